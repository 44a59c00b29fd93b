"""What the advisor puts right, applied to stories: each returns the stories that change, whole."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from radar.errors import RadarError, UnknownName
from radar.records import Correction, Entry, Story
from radar.text import stable_id
from radar.watch.group.lead import build_story


def split_story(story: Story, entry_id: str, at: datetime, by: str) -> tuple[Correction, list[Story]]:
    """Take one entry out of a story: it becomes a story of its own, the rest keeps the id.

    Raises UnknownName when the story has no such entry, RadarError when it has no other.
    """
    taken = [entry for entry in story.entries if entry.id == entry_id]
    rest = [entry for entry in story.entries if entry.id != entry_id]
    if not taken:
        raise UnknownName(f"story {story.id} has no such entry; `radar stories show {story.id}` lists its entries")
    if not rest:
        raise RadarError(f"story {story.id} has a single entry: there is nothing to split it from")
    # Not the entry's own id: that may be the id of the story it leaves.
    other = stable_id("split", story.id, entry_id, at.isoformat())
    correction = Correction("split", story.id, other, _ids(taken), _ids(rest), at, by)
    return correction, [build_story(story.id, rest), build_story(other, taken)]


def merge_stories(story: Story, other: Story, at: datetime, by: str) -> tuple[Correction, list[Story]]:
    """Make one story of two; the older one's id stays. Raises RadarError when they are one already."""
    if story.id == other.id:
        raise RadarError(f"story {story.id} cannot be merged with itself")
    older, younger = sorted((story, other), key=lambda one: (one.first_at, one.id))
    correction = Correction("merge", older.id, younger.id, _ids(younger.entries), _ids(older.entries), at, by)
    return correction, [build_story(older.id, [*older.entries, *younger.entries])]


def undo_correction(
    correction: Correction, stories: Collection[Story], at: datetime, by: str
) -> tuple[Correction, list[Story]]:
    """End a correction and put its entries back to where they would be without it.

    `stories` are those that now hold the entries it names. What has joined since stays where it is. Raises RadarError
    when it was undone before.
    """
    if correction.undone_at is not None:
        raise RadarError(f"correction {correction.number} has been undone already")
    ended = replace(correction, undone_at=at, undone_by=by)
    homes = {entry.id: story for story in stories for entry in story.entries}
    found = Counter(homes[id_].id for id_ in correction.rest if id_ in homes)
    if not found:
        return ended, []
    chosen = min(found, key=lambda id_: (-found[id_], id_))
    main = next(story for story in stories if story.id == chosen)
    wanted = set(correction.entries)
    if correction.kind == "merge":
        back = [entry for entry in main.entries if entry.id in wanted]
        rest = [entry for entry in main.entries if entry.id not in wanted]
        if not back or not rest:
            return ended, []
        return ended, [build_story(main.id, rest), build_story(correction.other, back)]
    returning = [entry for story in stories if story.id != main.id for entry in story.entries if entry.id in wanted]
    if not returning:
        return ended, []
    changed = [build_story(main.id, [*main.entries, *returning])]
    for story in sorted(stories, key=lambda one: one.id):
        staying = [entry for entry in story.entries if entry.id not in wanted]
        if story.id != main.id and staying and len(staying) < len(story.entries):
            changed.append(build_story(story.id, staying))
    return ended, changed


def _ids(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(entry.id for entry in entries)
