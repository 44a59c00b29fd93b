"""Counting: weekly series per topic, and the signals found in them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from radar.records import KINDS, Kind, Series, Signal
from radar.store.engine import columns_of, dump, load, upsert
from radar.store.stories import Stories
from radar.store.tables import entry, feed, signal, tag
from radar.store.tagging import check_topics

_SIGNAL = columns_of(signal, Signal)
_WEEK = timedelta(days=7)


class Counts(Stories):
    """What detection reads and writes."""

    def weekly_series(self, until: date, since: date | None = None) -> list[Series]:
        """Count the reports on every tagged topic, week by week up to `until` (a Monday, exclusive).

        A report is a (story, publisher) pair in the week (Monday, UTC) of that publisher's first entry in that story.
        The weeks run without gaps from the week of the first report, or of `since` if later.
        """
        if until.weekday():
            raise ValueError(f"weeks begin on Mondays; {until} is none")
        with self._read() as connection:
            counted = connection.execute(
                select(entry.c.story_id, feed.c.publisher, feed.c.kind, func.min(entry.c.published_at))
                .join(feed, feed.c.url == entry.c.feed_url)
                .where(entry.c.story_id.is_not(None))
                .group_by(entry.c.story_id, feed.c.publisher, feed.c.kind)
            ).all()
            tagged = connection.execute(select(tag.c.topic, tag.c.story_id)).all()
        # An owner whose feeds are of two kinds still makes one report: its first.
        reports: dict[tuple[str, str], tuple[datetime, Kind]] = {}
        for story_id, publisher, kind, at in counted:
            key = (story_id, publisher)
            if key not in reports or (at, kind) < reports[key]:
                reports[key] = (at, kind)
        first = min((at.date() for at, _ in reports.values()), default=until)
        start = first - timedelta(days=first.weekday())
        if since is not None:
            start = max(start, since - timedelta(days=since.weekday()))
        weeks = tuple(start + _WEEK * number for number in range((until - start).days // 7))
        if not weeks:
            return []
        totals = [0] * len(weeks)
        by_story: defaultdict[str, list[tuple[int, str, Kind]]] = defaultdict(list)
        for (story_id, publisher), (at, kind) in reports.items():
            number = (at.date() - start).days // 7
            if 0 <= number < len(weeks):
                totals[number] += 1
                by_story[story_id].append((number, publisher, kind))
        owners = {owner: row for row, owner in enumerate(sorted({owner for _, owner in reports}))}
        owner_totals = _count_owners(((w, o) for on_story in by_story.values() for w, o, _ in on_story), owners, weeks)
        read = {kind for on_story in by_story.values() for _, _, kind in on_story}
        press = tuple(kind for kind in KINDS if kind in read)
        by_topic: defaultdict[str, list[str]] = defaultdict(list)
        for topic, story_id in tagged:
            by_topic[topic].append(story_id)
        series = []
        for topic, ids in sorted(by_topic.items()):
            mine = [report for id_ in ids for report in by_story.get(id_, ())]
            plain = _count_topic(topic, weeks, tuple(totals), mine)
            by_owner = _count_owners(((week, owner) for week, owner, _ in mine), owners, weeks)
            series.append(replace(plain, by_source=by_owner, source_totals=owner_totals, press=press))
        return series

    def save_signals(self, signals: Iterable[Signal]) -> None:
        """Insert or update signals, one per topic and week. Raises UnknownName for an unknown topic."""
        wanted = {(item.topic, item.week): item for item in signals}
        with self._write() as connection:
            check_topics(connection, {topic for topic, _ in wanted})
            upsert(connection, signal, [dump(wanted[key], signal) for key in sorted(wanted)], ["topic", "week"])

    def list_signals(self, week: date | None = None) -> list[Signal]:
        """Return the signals of a week, the latest if none is named: confirmed, then most confident first."""
        chosen = week if week is not None else select(func.max(signal.c.week)).scalar_subquery()
        order = (signal.c.confirmed.desc(), signal.c.confidence.desc(), signal.c.topic)
        with self._read() as connection:
            rows = connection.execute(select(*_SIGNAL).where(signal.c.week == chosen).order_by(*order))
            return [load(Signal, row) for row in rows]

    def signal_history(self, topic: str) -> list[Signal]:
        """Return a topic's signals, oldest first. Raises UnknownName."""
        with self._read() as connection:
            check_topics(connection, [topic])
            rows = connection.execute(select(*_SIGNAL).where(signal.c.topic == topic).order_by(signal.c.week))
            return [load(Signal, row) for row in rows]


def _count_owners(
    reports: Iterable[tuple[int, str]], owners: Mapping[str, int], weeks: Sequence[date]
) -> tuple[tuple[int, ...], ...]:
    """Return reports a week, a row an owner."""
    counts = [[0] * len(weeks) for _ in owners]
    for week, owner in reports:
        counts[owners[owner]][week] += 1
    return tuple(tuple(row) for row in counts)


def _count_topic(
    topic: str, weeks: tuple[date, ...], totals: tuple[int, ...], reports: Iterable[tuple[int, str, Kind]]
) -> Series:
    counts = [0] * len(weeks)
    publishers: list[Counter[str]] = [Counter() for _ in weeks]
    kinds: list[set[Kind]] = [set() for _ in weeks]
    for number, publisher, kind in reports:
        counts[number] += 1
        publishers[number][publisher] += 1
        kinds[number].add(kind)
    return Series(
        topic,
        weeks,
        tuple(counts),
        totals,
        tuple(max(week.values(), default=0) for week in publishers),
        tuple(tuple(sorted(week)) for week in publishers),
        tuple(tuple(kind for kind in KINDS if kind in week) for week in kinds),
    )
