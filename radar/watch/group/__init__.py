"""Group entries that report the same happening into one story: new [Entry] + open [Story] → [Story].

Three layers: what is equal (canonical URL, normalised title), what is a copy (the same words in the same order under
another headline), then what reads alike: a stream of story centroids, and the merging of stories that turn out to be
one. Single-link is never used: one loose pair would chain whole weeks together. What the advisor corrected stays so.
"""

from collections.abc import Iterable, Sequence

from radar.records import Correction, Entry, Story
from radar.watch.group.bonds import Bonds
from radar.watch.group.correct import merge_stories, split_story, undo_correction
from radar.watch.group.lead import build_story, choose_lead
from radar.watch.group.stream import STORY_LIFE, Stream

__all__ = [
    "STORY_LIFE",
    "choose_lead",
    "group_copies",
    "group_entries",
    "merge_stories",
    "split_story",
    "undo_correction",
]


def group_entries(
    new: Iterable[Entry], open_stories: Iterable[Story], corrections: Iterable[Correction] = ()
) -> list[Story]:
    """Return the stories that are new or have changed, each with all its entries.

    Every new entry ends up in exactly one story. The outcome does not depend on the order of the first two arguments:
    entries are taken by time, then by id. Of stories that turn out to be one the oldest is returned with the entries
    of all; the others are gone. Corrections, oldest first, bind whatever the texts say.
    """
    return _group(new, open_stories, corrections, alike=True)


def group_copies(new: Iterable[Entry], open_stories: Iterable[Story]) -> list[Story]:
    """Do the same by the first two layers alone: a "story" is then one text and its copies."""
    return _group(new, open_stories, (), alike=False)


def _group(
    new: Iterable[Entry], open_stories: Iterable[Story], corrections: Iterable[Correction], alike: bool
) -> list[Story]:
    known = sorted(open_stories, key=lambda story: (story.first_at, story.id))
    already = {entry.id for story in known for entry in story.entries}
    arriving = _sort_entries({entry.id: entry for entry in new if entry.id not in already}.values())
    if not arriving:
        return []
    stream = Stream(known, arriving, Bonds(corrections), alike=alike)
    stream.place_all()
    stream.merge_all()
    return [build_story(id_, members) for id_, members in stream.list_changed()]


def _sort_entries(entries: Iterable[Entry]) -> Sequence[Entry]:
    return sorted(entries, key=lambda entry: (entry.published_at, entry.id))
