"""Follow listed topics through an archive: their reports week by week, and the changes of their phases."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from radar.judge.alerts import Alert
from radar.records import KINDS, Kind, Report, Series, Signal, Topic
from radar.text import fold_phrase
from radar.watch.detect import walk_weeks
from radar.watch.terms import COPY_WEEKS, split_title


def follow_topics(
    reports: Sequence[Report], topics: Sequence[Topic], first: date, start: date, end: date
) -> Iterator[Alert]:
    """Yield every change of a topic's phase from `start` to `end`, dated the day after the week that made it."""
    last = (end - first).days // 7
    changes = []
    for topic, series in zip(topics, count_topics(reports, topics, first, last), strict=True):
        before: Signal | None = None
        for signal in walk_weeks(series):
            on = signal.week + timedelta(weeks=1)
            if start <= on <= end and signal.phase and (before is None or before.phase != signal.phase):
                changes.append((on, topic.slug, _describe_change(topic, signal, on)))
            before = signal
    for _, _, alert in sorted(changes, key=lambda change: change[:2]):
        yield alert


def count_topics(reports: Sequence[Report], topics: Sequence[Topic], first: date, weeks: int) -> list[Series]:
    """Count the reports on every topic, week by week from `first`, as titles name it or one of its aliases.

    A text that was published in the last COPY_WEEKS weeks is its copy and does not count. Expectations hold source by
    source.
    """
    names: defaultdict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
    for number, topic in enumerate(topics):
        for name in {fold_phrase(name) for name in (topic.name, *topic.aliases)} - {""}:
            words = tuple(name.split())
            names[words[0]].append((words, number))
    sources = {source: row for row, source in enumerate(sorted({report.source for report in reports}))}
    totals = [[0] * weeks for _ in sources]
    mentions: list[list[tuple[int, int, str, Kind]]] = [[] for _ in topics]
    seen: dict[str, int] = {}
    for order, report in enumerate(sorted(reports, key=lambda r: (r.on, r.source, r.publisher, r.title))):
        week = (report.on - first).days // 7
        folded = fold_phrase(" ".join(split_title(report.title)))
        copied, seen[folded] = seen.get(folded), week
        if not 0 <= week < weeks or (copied is not None and week - copied < COPY_WEEKS):
            continue
        row = sources[report.source]
        totals[row][week] += 1
        for number in _find_topics(folded.split(), names):
            mentions[number].append((week, row, report.publisher or f"title {order}", report.kind))
    shared = tuple(tuple(row) for row in totals)
    press = tuple(kind for kind in KINDS if kind in {report.kind for report in reports})
    days = tuple(first + timedelta(weeks=week) for week in range(weeks))
    return [
        _build_series(topic, days, on_topic, shared, press) for topic, on_topic in zip(topics, mentions, strict=True)
    ]


def _find_topics(words: Sequence[str], names: dict[str, list[tuple[tuple[str, ...], int]]]) -> Iterable[int]:
    return sorted(
        {
            number
            for place, word in enumerate(words)
            for name, number in names.get(word, ())
            if tuple(words[place : place + len(name)]) == name
        }
    )


def _build_series(
    topic: Topic,
    days: tuple[date, ...],
    mentions: Sequence[tuple[int, int, str, Kind]],
    totals: tuple[tuple[int, ...], ...],
    press: tuple[Kind, ...],
) -> Series:
    counts = [[0] * len(days) for _ in totals]
    owners: list[Counter[str]] = [Counter() for _ in days]
    kinds: list[set[Kind]] = [set() for _ in days]
    for week, row, publisher, kind in mentions:
        counts[row][week] += 1
        owners[week][publisher] += 1
        kinds[week].add(kind)
    return Series(
        topic=topic.slug,
        weeks=days,
        reports=tuple(map(sum, zip(*counts, strict=True))),
        totals=tuple(map(sum, zip(*totals, strict=True))),
        busiest=tuple(max(week.values(), default=0) for week in owners),
        publishers=tuple(tuple(sorted(week)) for week in owners),
        kinds=tuple(tuple(kind for kind in KINDS if kind in week) for week in kinds),
        by_source=tuple(tuple(row) for row in counts),
        source_totals=totals,
        press=press,
    )


def _describe_change(topic: Topic, signal: Signal, on: date) -> Alert:
    evidence = signal.evidence
    return Alert(
        on=on,
        level="confirmed" if signal.confirmed else "early",
        terms=(topic.name, *topic.aliases)[:8],
        kind="topic",
        phase=signal.phase or "",
        confidence=signal.confidence,
        evidence={
            "sentence": signal.sentence,
            "strength": evidence.strength,
            "weeks": evidence.window,
            "titles": evidence.reports_recent,
            "expected": evidence.expected_recent,
            "publishers": len(evidence.publishers),
            "first_seen_on": evidence.first_seen_on,
            "previous": signal.previous,
        },
    )
