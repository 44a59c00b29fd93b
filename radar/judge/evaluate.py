"""Score what Radar makes of labelled or foreign data: pure functions over its records."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from radar.records import Parsed


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A feed document of a folder and what was read from it. Key: `file`."""

    file: str  # its path within the folder
    parsed: Parsed

    @property
    def outcome(self) -> str:
        """What became of it, in words: "read", or the problem."""
        return self.parsed.problem or "read"


@dataclass(frozen=True, slots=True)
class ParseScore:
    """What a folder of feed documents gave."""

    documents: int
    feeds: int  # documents that are feeds
    with_entries: int
    entries: int
    dated: int  # entries with a believable date of their own
    summarised: int
    signed: int  # entries with an author
    formats: Mapping[str, int]
    outcomes: Mapping[str, int]


def describe_document(document: ReadDocument, now: datetime) -> dict[str, object]:
    """Return a document as a line of JSON says it; an entry without a date of its own has null."""
    return {
        "file": document.file,
        "format": document.parsed.format,
        "title": document.parsed.title,
        "entries": [
            {
                "id": entry.entry_id,
                "url": entry.url,
                "title": entry.title,
                "summary": entry.summary,
                "author": entry.author,
                "published_at": None if entry.published_at == now else entry.published_at,
            }
            for entry in document.parsed.entries
        ],
        "outcome": document.outcome,
    }


def score_parse(documents: Iterable[ReadDocument], now: datetime) -> ParseScore:
    """Count what was read; `now` is the date the parser gave to entries without one."""
    documents = list(documents)
    entries = [entry for document in documents for entry in document.parsed.entries]
    return ParseScore(
        documents=len(documents),
        feeds=sum(bool(document.parsed.format) for document in documents),
        with_entries=sum(bool(document.parsed.entries) for document in documents),
        entries=len(entries),
        dated=sum(entry.published_at != now for entry in entries),
        summarised=sum(bool(entry.summary) for entry in entries),
        signed=sum(bool(entry.author) for entry in entries),
        formats=_count(document.parsed.format for document in documents if document.parsed.format),
        outcomes=_count(document.outcome for document in documents),
    )


def _count(values: Iterable[str]) -> dict[str, int]:
    """Return how often each value occurs, the most frequent first."""
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))
