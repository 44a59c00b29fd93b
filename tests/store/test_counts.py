"""Weekly series and signals, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from radar.errors import UnknownName
from radar.records import Series, Tag
from radar.store import Store
from tests.store.store_samples import DAY, NOW, fill, make_entry, make_signal, make_story, make_topic

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
WEEKS = (date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16))
UNTIL = date(2026, 11, 23)


def test_an_owner_counts_once_a_story_in_the_week_of_its_first_entry(store: Store) -> None:
    """Three entries of one owner on one story, over two weeks and two feeds, are one report of the first week."""
    entries = [
        make_entry("a1", feed="ledger", at=MONDAY),
        make_entry("a2", feed="ledger", at=MONDAY + DAY),
        make_entry("a3", feed="herald", at=MONDAY + 8 * DAY),
        make_entry("b1", feed="herald", at=MONDAY + 7 * DAY),
        make_entry("c1", feed="ledger", at=MONDAY + 14 * DAY),
    ]
    fill(store, *entries, kinds={"ledger": "trade", "herald": "general"})
    store.save_stories([make_story(*entries[:3]), make_story(entries[3]), make_story(entries[4])])
    store.save_topics([make_topic("ai"), make_topic("passkeys"), make_topic("untagged")])
    store.save_tags(["a1", "b1", "c1"], [Tag("a1", "ai", 0.9), Tag("b1", "ai", 0.4), Tag("a1", "passkeys", 0.3)])
    assert store.weekly_series(UNTIL) == [
        Series(
            topic="ai",
            weeks=WEEKS,
            reports=(1, 2, 0),
            totals=(1, 2, 1),
            busiest=(1, 2, 0),
            publishers=(("ledger.example",), ("herald.example",), ()),
            kinds=(("trade",), ("general",), ()),
            by_source=((0, 2, 0), (1, 0, 0)),
            source_totals=((0, 2, 0), (1, 0, 1)),
            press=("trade", "general"),
        ),
        Series(
            topic="passkeys",
            weeks=WEEKS,
            reports=(1, 1, 0),
            totals=(1, 2, 1),
            busiest=(1, 1, 0),
            publishers=(("ledger.example",), ("herald.example",), ()),
            kinds=(("trade",), ("general",), ()),
            by_source=((0, 1, 0), (1, 0, 0)),
            source_totals=((0, 2, 0), (1, 0, 1)),
            press=("trade", "general"),
        ),
    ]


def test_two_feeds_of_one_owner_are_one_voice(store: Store) -> None:
    """Twenty domains of one owner with the same text make one report, of the kind that came first."""
    entries = [make_entry(f"e{number:02}", feed=f"f{number:02}", at=MONDAY + number * DAY / 24) for number in range(20)]
    fill(store, *entries, kinds={"f00": "vendor"})
    store.sync_feeds([replace(feed, publisher="owner.example") for feed in store.list_feeds()])
    store.save_stories([make_story(*store.ungrouped_entries(100))])
    store.save_topics([make_topic("ai")])
    store.save_tags(["e00"], [Tag("e00", "ai", 0.9)])
    (series,) = store.weekly_series(date(2026, 11, 9))
    assert (series.reports, series.publishers, series.kinds) == ((1,), (("owner.example",),), (("vendor",),))


def test_weeks_begin_on_monday_in_utc_and_have_no_gaps(store: Store) -> None:
    """Sunday's last second and Monday's first are two weeks; a silent week counts zero; `until` is exclusive."""
    times = {"a": MONDAY - timedelta(seconds=1), "b": MONDAY, "c": MONDAY + 21 * DAY - timedelta(seconds=1)}
    entries = [make_entry(id_, at=at) for id_, at in times.items()]
    entries.append(make_entry("d", at=MONDAY + 21 * DAY))
    fill(store, *entries)
    store.save_stories([make_story(entry) for entry in entries])
    store.save_topics([make_topic("ai")])
    store.save_tags(["a", "c", "d"], [Tag(id_, "ai", 0.9) for id_ in ("a", "c", "d")])
    (series,) = store.weekly_series(UNTIL)
    assert series.weeks == (date(2026, 10, 26), *WEEKS)
    assert (series.reports, series.totals) == ((1, 0, 0, 1), (1, 1, 0, 1))


def test_since_leaves_out_what_an_old_archive_brings(store: Store) -> None:
    """One entry of 2009 would make every series 900 weeks long."""
    entries = [make_entry("old", at=datetime(2009, 5, 1, tzinfo=UTC)), make_entry("new", at=MONDAY + DAY)]
    fill(store, *entries)
    store.save_stories([make_story(entry) for entry in entries])
    store.save_topics([make_topic("ai")])
    store.save_tags(["old", "new"], [Tag("old", "ai", 0.9), Tag("new", "ai", 0.9)])
    assert len(store.weekly_series(UNTIL)[0].weeks) > 900
    (series,) = store.weekly_series(UNTIL, since=date(2026, 11, 4))
    assert (series.weeks, series.reports, series.totals) == (WEEKS, (1, 0, 0), (1, 0, 0))


def test_without_stories_or_tags_there_is_no_series(store: Store) -> None:
    """Nothing to count is an empty list, not a failure."""
    assert store.weekly_series(UNTIL) == []
    entry = make_entry("a", at=NOW)
    fill(store, entry)
    store.save_stories([make_story(entry)])
    assert store.weekly_series(date(2026, 11, 30)) == []


def test_until_must_be_a_monday() -> None:
    """A week cut in half would look like a decline."""
    with pytest.raises(ValueError, match="Monday"):
        Store.weekly_series(None, date(2026, 11, 24))  # type: ignore[arg-type]


def test_signals_are_replaced_week_by_week(store: Store) -> None:
    """The latest week is listed, confirmed and most confident first; history runs oldest first."""
    store.save_topics([make_topic("ai"), make_topic("passkeys"), make_topic("drones")])
    last_week = NOW - 7 * DAY
    store.save_signals([make_signal("ai", last_week), make_signal("ai", NOW, 0.1)])
    now = [make_signal("ai", NOW, 0.5), make_signal("drones", NOW, 0.99, confirmed=False), make_signal("passkeys", NOW)]
    store.save_signals(now)
    assert [signal.topic for signal in store.list_signals()] == ["passkeys", "ai", "drones"]
    assert store.list_signals(date(2026, 11, 16)) == [make_signal("ai", last_week)]
    assert store.list_signals(date(2026, 11, 9)) == []
    assert store.signal_history("ai") == [make_signal("ai", last_week), make_signal("ai", NOW, 0.5)]


def test_signals_need_their_topic(store: Store) -> None:
    """Unknown topics are named, in writing and asking."""
    with pytest.raises(UnknownName, match="no topic is called 'ai'"):
        store.save_signals([make_signal("ai", NOW)])
    with pytest.raises(UnknownName, match="no topic is called 'ai'"):
        store.signal_history("ai")
