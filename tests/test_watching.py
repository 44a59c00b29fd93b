"""The weekly pass over terms nobody listed, each time from what is stored, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from radar.config import Settings
from radar.desk.ledger import read_ledger
from radar.pipeline import Pipeline
from radar.records import Candidate, CandidateChange, Crawl, Feed, Report
from radar.store import Store
from radar.watch.discover import CALIBRATE, Discovery
from radar.watch.follow import list_changes
from radar.watch.panel import Panel
from radar.watch.terms import index_terms
from tests.building import PRESIDENT, make_candidate, make_entry
from tests.watch.streams import FIRST as SUNDAY
from tests.watch.streams import make_rise, make_stream

FIRST = SUNDAY + timedelta(days=1)  # live weeks begin on Mondays
WEEK = timedelta(weeks=1)
RISE = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8]
FALL = [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]


def shift(reports: list[Report]) -> list[Report]:
    return [replace(report, on=report.on + timedelta(days=1)) for report in reports]


def moment(week: int) -> datetime:
    """The first hours of a week, in which the one before it is closed."""
    return datetime.combine(FIRST + week * WEEK, time(5), UTC)


@pytest.fixture
def pipeline(store: Store, tmp_path: Path) -> Pipeline:
    return Pipeline(store, Settings(home=tmp_path, database_url=""), ())


def walk(reports: list[Report], start: int, end: int) -> Iterator[tuple[list[Candidate], list[CandidateChange]]]:
    """All candidates and all changes after each week, decided in one go."""
    discovery = Discovery(Panel(index_terms(reports, FIRST)))
    latest: dict[str, Candidate] = {}
    changes: list[CandidateChange] = []
    for week in range(end):
        if week < start:
            discovery.watch_week()
            continue
        for one in (*discovery.decide_week(), *discovery.follow_week()):
            changes += list_changes(latest.get(one.term), one)
            latest[one.term] = one
        yield sorted(latest.values(), key=lambda one: one.term), list(changes)


def test_weekly_passes_decide_as_one_walk_would(pipeline: Pipeline, store: Store) -> None:
    """Begun anew each week from what is stored, at a threshold set once and kept, with most weeks only counted."""
    rises = make_rise("Quorvex", 70, RISE + FALL) + make_rise("Blenta Ondriva", 78, RISE, seed=3)
    reports = shift(make_stream(100) + rises)
    store.save_archive(reports)
    start, end = 76, 94
    for week, (candidates, changes) in zip(range(start, end), walk(reports, start, end), strict=True):
        pipeline.watch(moment(week + 1))
        assert sorted(store.list_candidates(), key=lambda one: one.term) == candidates
        told = store.list_candidate_changes()
        assert sorted(told, key=lambda change: (change.on, change.term)) == sorted(
            changes, key=lambda change: (change.on, change.term)
        )
    quorvex = store.find_candidate("quorvex")
    assert (quorvex.level, quorvex.phase, quorvex.as_of) == ("confirmed", "fading", FIRST + end * WEEK)
    assert "quorvex" not in {one.term for one in candidates if one.phase != "fading"}


def test_weeks_that_were_missed_are_looked_at_one_by_one(pipeline: Pipeline, store: Store) -> None:
    """A Radar that stood still for two months dates each change by the week it belongs to."""
    reports = shift(make_stream(100) + make_rise("Quorvex", 70, RISE + FALL))
    store.save_archive(reports)
    pipeline.watch(moment(78))
    [early] = store.list_candidates()
    assert early.as_of == FIRST + 78 * WEEK
    pipeline.watch(moment(95))
    *_, last = store.list_candidate_changes("quorvex")
    assert last.what == "fading"
    assert FIRST + 86 * WEEK < last.on < FIRST + 95 * WEEK
    assert store.find_candidate("quorvex").as_of == FIRST + 95 * WEEK


def test_a_threshold_holds_for_a_year_and_until_an_archive_is_imported(pipeline: Pipeline, store: Store) -> None:
    reports = shift(make_stream(120))
    store.save_archive(reports)
    pipeline.watch(moment(60))
    first = store.find_calibration()
    assert first is not None
    assert first[0] == FIRST + 60 * WEEK
    store.save_candidates([make_candidate("quorvex", as_of=FIRST + 110 * WEEK, raised_on=FIRST + 58 * WEEK)])
    pipeline.watch(moment(111))
    assert store.find_calibration() == first
    pipeline.watch(moment(60 + CALIBRATE))
    later = store.find_calibration()
    assert later is not None
    assert later[0] == FIRST + (60 + CALIBRATE) * WEEK
    assert store.save_archive(reports) == 0
    assert store.find_calibration() == later
    assert store.save_archive([replace(reports[0], title="A title nobody had")]) == 1
    assert store.find_calibration() is None


def test_what_is_decided_while_a_week_is_closed_stays_decided(store: Store) -> None:
    """The pass has read the candidate as open; the advisor mutes it; the pass stores its numbers, and no more."""
    one = make_candidate("quorvex")
    store.save_candidates([one], list_changes(None, one))
    store.decide_candidate(
        replace(one, standing="muted"), CandidateChange("quorvex", date(2026, 11, 24), "muted", "Ida")
    )
    store.save_candidates([replace(one, titles=99)])
    kept = store.find_candidate("quorvex")
    assert (kept.standing, kept.titles) == ("muted", 99)
    assert [(change.what, change.by) for change in store.list_candidate_changes()] == [("raised", ""), ("muted", "Ida")]


def test_two_who_close_one_week_tell_of_one_change(store: Store) -> None:
    one = make_candidate("quorvex")
    for _ in range(2):
        store.save_candidates([one], list_changes(None, one))
    assert len(store.list_candidate_changes("quorvex")) == 1


def test_the_kind_of_each_feed_is_known_to_its_reports(pipeline: Pipeline, store: Store) -> None:
    """Crawled feeds and archives alike: a candidate that is followed has crossed both."""
    url = "https://ledger.example/feed"
    store.sync_feeds([Feed(url, "trade", "ledger.example")])
    at = moment(60)
    entries = [make_entry(f"Quorvex number {n} ships", "ledger.example", at - timedelta(days=2 + n)) for n in range(3)]
    store.save_crawl(Crawl(url, at, "new entries", "ok", "", at), entries)
    old = [
        Report(FIRST + n * timedelta(days=8), "journal", "journal.example", f"Quorvex in theory, part {n}", "research")
        for n in range(9)
    ]
    store.save_archive(old)
    raised_on = FIRST + 58 * WEEK
    store.save_candidates([make_candidate("quorvex", raised_on=raised_on, as_of=raised_on, crossed=())])
    pipeline.watch(at)
    crossed = store.find_candidate("quorvex").crossed
    assert [crossing.kind for crossing in crossed] == ["research", "trade"]


def test_a_candidate_is_told_once_and_then_that_it_faded(pipeline: Pipeline, store: Store) -> None:
    """From the stored issue: by the mail's text, and in the ledger with the day and the reader."""
    now = moment(60) + timedelta(days=1)
    store.save_executive(PRESIDENT)
    url = "https://ledger.example/feed"
    store.sync_feeds([Feed(url, "trade", "ledger.example", "The Ledger")])
    entry = make_entry("Quorvex digs tunnels", "ledger.example", now - timedelta(days=2))
    store.save_crawl(Crawl(url, now, "new entries", "ok", "", now), [entry])
    day = FIRST + 60 * WEEK
    one = make_candidate("quorvex", level="confirmed", raised_on=day, confirmed_on=day, as_of=day)
    store.save_candidates([one], list_changes(None, one))
    pipeline.watch(now)
    weeks = [f"{moment(60 + n).isocalendar().year}-W{moment(60 + n).isocalendar().week:02}" for n in range(2)]
    issue = pipeline.publish("president", weeks[0], now)
    assert issue is not None
    [item] = issue.section("blindsided")
    assert (item.term, item.sources[0].title, item.sources[0].url) == ("quorvex", entry.title, entry.url)
    assert item.sources[0].story_id == entry.id
    assert b"your advisor is looking at it" in store.list_outbox()[0].body
    store.save_candidates([replace(one, phase="fading", since=day + WEEK, titles=0)])
    later = pipeline.publish("president", weeks[1], now + WEEK)
    assert later is not None
    [item] = later.section("quiet")
    assert item.term == "quorvex"
    assert store.find_issue("president", weeks[1]) == later
    lines, _ = read_ledger(store)
    assert [(line.term, line.briefed, line.verdict) for line in lines] == [
        ("quorvex", (("president", now.date()),), "faded")
    ]
