"""Run an archive through the watch with the clock in hand: each week decided on what had been published by then."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from radar.errors import RadarError
from radar.judge.alerts import Alert, describe_candidate
from radar.judge.archive import read_moment, read_table
from radar.judge.listed import follow_topics
from radar.records import Kind, Report, Topic
from radar.text import owner_domain
from radar.watch.discover import Discovery
from radar.watch.panel import Panel
from radar.watch.terms import index_terms

#: Sites on which many people publish under paths of their own: github.com/ada is Ada's.
_SITES_OF_MANY = frozenset(
    """github.com gitlab.com bitbucket.org medium.com youtube.com reddit.com twitter.com sourceforge.net google.com
    linkedin.com facebook.com""".split()
)
ONE_VOICE = 0.5  # share of the busiest publisher from which an archive is that publisher's own
SUNDAY = 6


def read_reports(paths: Iterable[Path], kind: Kind, until: date) -> Iterator[Report]:
    """Yield the titles of archives dated before `until`. Raises RadarError naming the row that cannot be read."""
    for path in paths:
        for row in read_table(path, ["date", "source", "title"], ["url", "description"]):
            on = _read_day(row["date"]) or read_moment(row, "date").date()
            if on < until:
                yield Report(on, row["source"], name_publisher(row["url"]), row["title"], kind)


def _read_day(text: str) -> date | None:
    """Return a plain date, which nearly all rows have: reading them as moments takes twice as long."""
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def name_publisher(url: str) -> str:
    """Return who is behind a link: its owner's domain, on sites of many people with the path of the one; "" if none."""
    if not url:
        return ""
    parts = url.split("/", 4)
    owner = owner_domain("/".join(parts[:3]))
    return f"{owner}/{parts[3].partition('?')[0]}" if owner in _SITES_OF_MANY and len(parts) > 3 else owner


def shuffle_dates(reports: Sequence[Report], seed: int = 0) -> list[Report]:
    """Return the reports with their dates shuffled within each source: a stream in which nothing can be coming."""
    dice = random.Random(seed)
    days: defaultdict[str, list[date]] = defaultdict(list)
    for report in reports:
        days[report.source].append(report.on)
    for source in sorted(days):
        dice.shuffle(days[source])
    return [replace(report, on=days[report.source].pop()) for report in reports]


class Replay:
    """An archive's weeks from `start` to `end`. A week's decision is dated the Sunday after it and sees nothing later.

    Titles before `start` are history: learned from, not warned of. The general press is held against the others.
    """

    def __init__(self, reports: Sequence[Report], start: date, end: date) -> None:
        self.start, self.end = start, end
        reports, first = _prepare(reports, start, end)
        general = {report.source for report in reports if report.kind == "general"}
        self.discovery = Discovery(Panel(index_terms(reports, first), general))

    def run(self, watch: Callable[[Discovery], None] = lambda _: None) -> Iterator[Alert]:
        """Yield the warnings, week by week; `watch` is shown the state after each decision."""
        for week in range(self.discovery.index.weeks):
            on = self.discovery.day_after(week)
            if on > self.end:
                return
            if on < self.start:
                self.discovery.watch_week()
                continue
            for candidate in self.discovery.decide_week():
                yield describe_candidate(candidate)
            watch(self.discovery)


def replay_topics(reports: Sequence[Report], topics: Sequence[Topic], start: date, end: date) -> Iterator[Alert]:
    """Yield the changes of listed topics' phases, in order of time, on the days on which a replay decides."""
    reports, first = _prepare(reports, start, end)
    return follow_topics(reports, topics, first, start, end)


def _prepare(reports: Sequence[Report], start: date, end: date) -> tuple[Sequence[Report], date]:
    """Return the reports as they count, and the Sunday on or before the first."""
    if not reports:
        raise RadarError(f"no titles before {end}: name archives that reach that far back")
    earliest = min(report.on for report in reports)
    if _is_one_voice(reports, start):
        reports = [replace(report, publisher="") for report in reports]
    return reports, earliest - timedelta(days=(earliest.weekday() - SUNDAY) % 7)


def _is_one_voice(reports: Iterable[Report], start: date) -> bool:
    """Tell whether an archive is a single publisher's own: each of its titles then stands for itself."""
    counts = Counter(report.publisher for report in reports if report.publisher and report.on < start)
    total = counts.total()
    return total > 0 and counts.most_common(1)[0][1] > ONE_VOICE * total
