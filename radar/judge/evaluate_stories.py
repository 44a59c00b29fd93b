"""Group foreign entries as the product does, in the order of their time, and score the stories."""

import resource
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from radar.errors import RadarError
from radar.judge.archive import read_moment, read_table
from radar.records import Entry, Story
from radar.text import clean_text, owner_domain
from radar.watch.group import STORY_LIFE, group_copies, group_entries

#: Entries that arrive together: what a crawl of a few hundred feeds brings.
BATCH = 250
_SUMMARY = 1_000  # characters, as the parser keeps them

Grouping = Callable[[Sequence[Entry], Collection[Story]], list[Story]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a partition agrees with another: precision, recall, F1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class StoryScore:
    """What grouping made of labelled entries."""

    entries: int
    labelled: int
    gold: int  # stories among the labelled
    found: int
    pairwise: Agreement
    bcubed: Agreement  # Bagga and Baldwin 1998, averaged over entries


def read_items(path: Path) -> tuple[list[Entry], dict[str, str]]:
    """Read entries and the stories they are labelled with; one without a label is grouped but not scored.

    Who published an entry is `publisher`, else the owner of its URL; unknown ones are all different. Raises RadarError.
    """
    entries: list[Entry] = []
    gold: dict[str, str] = {}
    seen: set[str] = set()
    for row in read_table(path, ["id", "published", "title"], ["summary", "url", "publisher", "story"]):
        id_, at = row["id"], read_moment(row, "published")
        if not id_ or id_ in seen:
            raise RadarError(
                f"{row.where}: {'the id has been there before' if id_ else 'no id'}: {clean_text(id_, 40)}"
            )
        seen.add(id_)
        owner = clean_text(row["publisher"]) or owner_domain(row["url"]) or f"{id_}.invalid"
        title, summary = clean_text(row["title"], 300), clean_text(row["summary"], _SUMMARY)
        entries.append(Entry(id_, "", id_, row["url"], title, at, at, summary, publisher=owner))
        if row["story"]:
            gold[id_] = row["story"]
    return entries, gold


def group_stream(entries: Iterable[Entry], group: Grouping = group_entries, batch: int = BATCH) -> dict[str, str]:
    """Group entries as they come, each batch among the stories open at its time; return entry id → story id."""
    home: dict[str, str] = {}
    stories: dict[str, Story] = {}
    for new in _cut_batches(sorted(entries, key=lambda entry: (entry.published_at, entry.id)), batch):
        horizon = new[0].published_at - STORY_LIFE
        for closed in [story.id for story in stories.values() if story.last_at < horizon]:
            del stories[closed]
        for story in group(new, stories.values()):
            for entry in story.entries:
                before = home.get(entry.id, story.id)
                if before != story.id:
                    stories.pop(before, None)  # merged into this one
                home[entry.id] = story.id
            stories[story.id] = story
    return home


def group_copies_stream(entries: Iterable[Entry]) -> dict[str, str]:
    """Do the same for copies of one text alone."""
    return group_stream(entries, group_copies)


def find_peak_memory() -> int:
    """Return the most memory this process has had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def score_stories(found: Mapping[str, str], gold: Mapping[str, str]) -> StoryScore:
    """Compare two partitions of the labelled entries."""
    both = Counter((found[key], label) for key, label in gold.items())
    by_found, by_gold = Counter(found[key] for key in gold), Counter(gold.values())
    return StoryScore(
        entries=len(found),
        labelled=len(gold),
        gold=len(by_gold),
        found=len(by_found),
        pairwise=_agree(
            _divide(_count_pairs(both.values()), _count_pairs(by_found.values())),
            _divide(_count_pairs(both.values()), _count_pairs(by_gold.values())),
        ),
        bcubed=_agree(
            _divide(sum(n * n / by_found[story] for (story, _), n in both.items()), len(gold)),
            _divide(sum(n * n / by_gold[label] for (_, label), n in both.items()), len(gold)),
        ),
    )


def _agree(precision: float, recall: float) -> Agreement:
    return Agreement(precision, recall, _divide(2 * precision * recall, precision + recall, none=0.0))


def _divide(part: float, whole: float, none: float = 1.0) -> float:
    """Return the share; of nothing everything was found."""
    return part / whole if whole else none


def _count_pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def _cut_batches(entries: Sequence[Entry], size: int) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), size):
        yield entries[start : start + size]
