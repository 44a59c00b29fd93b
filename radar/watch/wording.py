"""Put evidence into words a president understands: how far something has travelled, and how it fares."""

from collections.abc import Sequence
from datetime import date, timedelta

from radar.records import KINDS, Candidate, Crossing, Kind

#: How long a crossing is news: of a topic, whose phases come and go, and of a candidate, which is young as a whole.
FRESH, FRESH_TERM = timedelta(weeks=8), timedelta(weeks=26)

_KIND_WORDS: dict[Kind, str] = {
    "research": "research",
    "community": "practitioners",
    "vendor": "vendors",
    "trade": "the trade press",
    "general": "the general press",
}


def describe_crossing(crossed: Sequence[Crossing], on: date, fresh: timedelta = FRESH) -> str:
    """Return "from research to the trade press since October", or "" where nothing was crossed of late."""
    if not crossed:
        return ""
    first, newest = crossed[0], crossed[-1]
    onward = KINDS.index(newest.kind) > max(KINDS.index(first.kind), KINDS.index("community"))
    if not onward or on - newest.on > fresh:
        return ""
    return f"from {_KIND_WORDS[first.kind]} to {_KIND_WORDS[newest.kind]} since {newest.on:%B}"


def describe_rise(one: Candidate, height: float = 0.0) -> str:
    """Return a candidate's evidence in one line: titles against expectation, publishers, persistence, age, press.

    Of one that fades, `height`, the most titles it ever had in as many weeks, stands where its expectation does.
    """
    usual = "none" if one.expected < 0.5 else f"{one.expected:.0f}"
    against = f"at its height {height:.0f}" if one.phase == "fading" else f"{usual} expected"
    return " · ".join(
        part
        for part in (
            f"{one.titles} titles in {one.weeks} weeks, {against}",
            f"{one.publishers} publishers in a year",
            f"in {one.active_weeks} of the last 13 weeks",
            describe_crossing(one.crossed, one.as_of, FRESH_TERM),
            f"first seen in {one.first_seen_on:%B %Y}",
        )
        if part
    )
