"""What stories are found by: the words of their entries, and a mark for everything an answer can be narrowed to."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from radar.text import split_terms

#: Longer "words" are no words; PostgreSQL refuses those over 2,046 bytes.
WORD_LENGTH = 60
#: Words kept of one text; later ones rarely decide what it is about.
TERMS_KEPT = 400
#: Words kept of a story: only those of hundreds of entries have more.
TERMS_MOST = 4000
#: On PostgreSQL every story carries a mark of its block of numbers, so that the newest can be asked first.
BLOCK = 16384

_WEEK = timedelta(weeks=1)


def write_terms(title: str, summary: str, entries: Iterable[tuple[str, str]]) -> str:
    """Return the words of a story: of its title and summary, then each that its entries (title, summary) add, once."""
    terms = _split(f"{title}\n{summary}")
    known = set(terms)
    for text in dict.fromkeys(f"{one}\n{more}" for one, more in entries):
        for word in _split(text):
            if word not in known:
                known.add(word)
                terms.append(word)
    return " ".join(terms[:TERMS_MOST])


def _split(text: str) -> list[str]:
    return [word for word in split_terms(text) if len(word) <= WORD_LENGTH][:TERMS_KEPT]


def write_marks(last_at: datetime, publishers: Iterable[str], kinds: Iterable[str], topics: Iterable[str]) -> str:
    """Return the marks of a story. Each begins with a sign that no word begins with, and is one word to both databases.

    A filter is then a word that must occur: both engines intersect words without reading a story.
    """
    year, week, _ = last_at.astimezone(UTC).isocalendar()
    return " ".join(
        [
            f"~{year}",
            f"~{year}-{week:02}",
            *sorted({mark_publisher(one) for one in publishers}),
            *sorted({mark_kind(one) for one in kinds}),
            *sorted({mark_topic(one) for one in topics}),
        ]
    )


def mark_publisher(publisher: str) -> str:
    """Return the mark of what a publisher reports."""
    return "@" + quote(publisher.lower(), safe="")


def mark_kind(kind: str) -> str:
    """Return the mark of what a kind of press reports."""
    return "=" + quote(kind, safe="")


def mark_topic(slug: str) -> str:
    """Return the mark of what is on a topic."""
    return "#" + quote(slug, safe="")


def mark_times(since: datetime, until: datetime) -> list[str]:
    """Return the marks one of which every story last published in since … until (exclusive) has: years, else weeks.

    Stories of the first and the last week may lie outside.
    """
    since = since.astimezone(UTC)
    monday = datetime(since.year, since.month, since.day, tzinfo=UTC) - timedelta(days=since.weekday())
    marks = []
    while monday < until:
        year, week, _ = monday.isocalendar()
        if (
            week == 1
            and year < 9999
            and (following := datetime.fromisocalendar(year + 1, 1, 1)).replace(tzinfo=UTC) <= until
        ):
            marks.append(f"~{year}")
            monday = following.replace(tzinfo=UTC)
        else:
            marks.append(f"~{year}-{week:02}")
            monday += _WEEK
    return marks
