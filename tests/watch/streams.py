"""Made-up streams of dated titles for discovery: many publishers, ordinary words, and one thing that comes up."""

import random
from datetime import date, timedelta

from radar.records import Report
from radar.watch.discover import Discovery
from radar.watch.panel import Panel
from radar.watch.terms import index_terms

FIRST = date(2024, 1, 7)
_SUBJECTS = "server browser compiler database kernel network router sensor library parser cluster editor".split()
_VERBS = "improves breaks replaces explains measures rewrites audits ships drops tests".split()
_OBJECTS = "memory storage security caching indexing logging testing hosting search syntax threads packets".split()
_ENDS = "in production,at scale,for everybody,with less code,under load,on old machines,after the outage".split(",")


def make_stream(weeks: int = 130, a_week: int = 60, seed: int = 1, source: str = "forum") -> list[Report]:
    """Titles in sentence case about nothing new, by forty publishers."""
    dice = random.Random(seed)
    return [
        Report(
            FIRST + timedelta(days=7 * week + dice.randrange(7)),
            source,
            f"site{dice.randrange(40)}.example",
            f"The {dice.choice(_SUBJECTS)} {dice.choice(_VERBS)} the {dice.choice(_OBJECTS)} {dice.choice(_ENDS)} "
            f"part {number} of {week}",
        )
        for week in range(weeks)
        for number in range(a_week)
    ]


def make_rise(
    name: str, first_week: int, counts: list[int], source: str = "forum", publishers: int = 12, seed: int = 2
) -> list[Report]:
    """Titles that name a thing, so many a week from a week on."""
    dice = random.Random(seed)
    return [
        Report(
            FIRST + timedelta(days=7 * (first_week + week) + dice.randrange(7)),
            source,
            f"site{(number + week) % publishers}.example",
            f"How {name} {dice.choice(_VERBS)} the {dice.choice(_SUBJECTS)} and its {dice.choice(_OBJECTS)} "
            f"try {week} number {number}",
        )
        for week, count in enumerate(counts)
        for number in range(count)
    ]


def discover(reports: list[Report], decide_from: int = 60, general: tuple[str, ...] = ()) -> Discovery:
    """Walk through all weeks, deciding from one on."""
    discovery = Discovery(Panel(index_terms(reports, FIRST), general))
    for week in range(discovery.index.weeks):
        if week < decide_from:
            discovery.watch_week()
        else:
            discovery.decide_week()
    return discovery


def raised(discovery: Discovery) -> dict[str, str]:
    """Terms with the level they have reached."""
    return {finding.candidate.term: finding.candidate.level for finding in discovery.findings}
