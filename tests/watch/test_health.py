"""How feeds fare: what is quiet, what is dead, what the advisor hears of, and how often."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.records import Activity, Feed, FeedState, Trouble
from radar.watch.health import (
    CRAWLER,
    choose_untold,
    count_a_week,
    describe_feed,
    find_quiet_after,
    find_troubles,
    is_dead,
)

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make_feed(name: str = "ledger", **fields: object) -> Feed:
    """A feed that was read an hour ago and is due in an hour."""
    feed = Feed(f"https://{name}.example/feed", "trade", f"{name}.example", f"The {name.title()}", state="ok")
    usual = replace(feed, last_crawl_at=NOW - HOUR, last_success_at=NOW - HOUR, next_due_at=NOW + HOUR)
    return replace(usual, **fields)  # type: ignore[arg-type]


def make_failing(days: float, name: str = "herald", state: FeedState = "failing", **fields: object) -> Feed:
    """A feed whose visits have failed for so many days."""
    since = NOW - days * DAY
    told = {"state": state, "reason": "the server does not find the feed (404)", "failures": 9}
    return make_feed(name, **(told | {"failing_since_at": since, "last_success_at": since - HOUR} | fields))


def publishing(*feeds: Feed) -> dict[str, Activity]:
    return {feed.url: Activity(24, NOW - 84 * DAY, NOW - 9 * DAY) for feed in feeds}


# -- quiet ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "days", "a_week", "quiet_after"),
    [
        (0, 0, 0.0, 60),
        (84, 84, 7.0, 14),
        (12, 84, 1.0, 21),
        (3, 84, 0.25, 60),
        (20, 0.1, 140.0, 14),  # a feed met today: its rate is taken over a day, not over an hour
        (10, 5, 14.0, 14),
    ],
)
def test_the_rate_is_that_of_the_last_weeks_and_decides_what_is_quiet(
    entries: int, days: float, a_week: float, quiet_after: int
) -> None:
    """Three times the usual gap, a fortnight at least and sixty days at most."""
    activity = Activity(entries, NOW - days * DAY if entries else None, NOW - HOUR if entries else None)
    assert count_a_week(activity, NOW) == pytest.approx(a_week)
    assert find_quiet_after(activity, NOW) == pytest.approx(quiet_after * DAY, abs=HOUR)


@given(st.integers(0, 10_000), st.integers(0, 84 * 86_400))
def test_silence_is_never_remarked_on_before_a_fortnight_nor_after_two_months(entries: int, seconds: int) -> None:
    """Whatever the rate; and a busier feed is never given more time than a slower one."""
    since = NOW - timedelta(seconds=seconds)
    allowed = find_quiet_after(Activity(entries, since, NOW), NOW)
    assert 14 * DAY <= allowed <= 60 * DAY
    assert find_quiet_after(Activity(entries + 1, since, NOW), NOW) <= allowed


def test_a_feeds_health_tells_no_password() -> None:
    """Neither in the address nor in the reason."""
    feed = replace(make_feed(), url="https://me:secret@ledger.example/feed")
    health = describe_feed(replace(feed, reason=f"{feed.url} is odd"), Activity(12, NOW - 84 * DAY, NOW - DAY), NOW)
    assert (health.url, health.entries_a_week) == ("https://ledger.example/feed", 1.0)
    assert "secret" not in f"{health}"
    assert health.newest_at == NOW - DAY


# -- dead -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feed", "dead"),
    [
        (make_failing(7), True),
        (make_failing(6.9), False),
        (make_failing(8, state="gone"), True),
        (make_failing(8, state="refused"), True),
        (make_failing(8, state="not a feed"), True),
        (make_failing(8, state="ok"), False),
        (make_failing(8, state="quiet"), False),
        (make_failing(8, next_due_at=NOW), False),  # about to be visited
        (make_failing(8, next_due_at=None), False),
    ],
)
def test_dead_is_what_failed_for_a_week_and_is_not_about_to_be_tried(feed: Feed, dead: bool) -> None:
    """After a pause of Radar's own, the visit that is due decides first."""
    assert is_dead(feed, NOW) == dead
    assert bool(find_troubles([make_feed(), feed], publishing(feed), NOW)) == dead


def test_a_feed_that_never_published_is_no_loss() -> None:
    """It is shown as failing, but nobody is called."""
    assert find_troubles([make_feed(), make_failing(30)], {}, NOW) == []


def test_a_dead_feed_is_told_in_words() -> None:
    """Which, since when, why, what is missed, what to do."""
    feed = make_failing(9)
    [trouble] = find_troubles([make_feed(), feed], publishing(feed), NOW)
    assert (trouble.about, trouble.since_at) == (feed.url, NOW - 9 * DAY)
    assert trouble.line == (
        "The Herald (herald.example), unread since 15 November 2026: the server does not find the feed (404). "
        "It used to publish 2 entries a week; the newest is of 15 November 2026."
    )
    assert "browser" in trouble.advice


# -- the crawler ------------------------------------------------------------------------------------------------------


def test_a_crawler_that_makes_no_visits_is_told_of_instead_of_its_feeds() -> None:
    """One trouble, not one for every feed."""
    late = {"last_success_at": NOW - 25 * HOUR, "last_crawl_at": NOW - 25 * HOUR, "next_due_at": NOW - 20 * HOUR}
    feeds = [make_feed(name, **late) for name in "abc"] + [make_failing(9, last_crawl_at=NOW - 30 * HOUR)]
    [trouble] = find_troubles(feeds, publishing(*feeds), NOW)
    assert (trouble.about, trouble.since_at) == (CRAWLER, NOW - 25 * HOUR)
    assert trouble.line.startswith("Radar has read no feed since 23 November 2026, 06:00 UTC: 3 of 4 feeds wait")
    assert "radar serve" in trouble.advice


def test_visits_that_all_fail_are_a_trouble_of_radars_own() -> None:
    """A machine cut off from the internet still visits; the advice is another."""
    feeds = [make_failing(1.1, name) for name in "abc"]
    [trouble] = find_troubles(feeds, publishing(*feeds), NOW)
    assert trouble.about == CRAWLER
    assert "every visit fails" in trouble.line
    assert "internet" in trouble.advice


def test_an_installation_that_never_read_anything_says_so_after_a_day() -> None:
    """There is no last success to count from: the first failure is."""
    feeds = [make_failing(1.1, name, last_success_at=None) for name in "abc"]
    assert [trouble.about for trouble in find_troubles(feeds, {}, NOW)] == [CRAWLER]


@pytest.mark.parametrize(
    "feeds",
    [
        [],
        [make_feed(state="new", last_success_at=None, last_crawl_at=None, next_due_at=None)],
        [make_feed(last_success_at=NOW - 23 * HOUR, last_crawl_at=NOW - 23 * HOUR, next_due_at=NOW - 9 * HOUR)],
        # A single feed is visited once a day: a little over a day passes between two visits.
        [make_feed(last_success_at=NOW - 24.5 * HOUR, next_due_at=NOW - 0.5 * HOUR)],
        [make_feed(last_success_at=NOW - 24.5 * HOUR, next_due_at=NOW - 0.5 * HOUR), make_failing(3)],
        [make_feed(), make_feed("late", next_due_at=NOW - 9 * DAY)],
    ],
)
def test_an_ordinary_day_is_no_standstill(feeds: list[Feed]) -> None:
    """Nothing listed, nothing visited yet, a success within the day, or nothing that should have been visited."""
    assert find_troubles(feeds, publishing(*feeds), NOW) == []


# -- told once --------------------------------------------------------------------------------------------------------

TROUBLES = [Trouble(name, NOW - 8 * DAY, "line", "advice") for name in ("a", "b", CRAWLER)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, ["a", "b", CRAWLER]),
        ({"a": (NOW - 8 * DAY, NOW - 2 * DAY)}, ["b", CRAWLER]),
        ({"a": (NOW - 8 * DAY, NOW - 7 * DAY)}, ["a", "b", CRAWLER]),  # a week later, once more
        ({"a": (NOW - 30 * DAY, NOW - 2 * DAY)}, ["a", "b", CRAWLER]),  # another outage
        ({"c": (NOW - 8 * DAY, NOW - 2 * HOUR)}, [CRAWLER]),  # a mail about feeds went out today
        ({CRAWLER: (NOW - 8 * DAY, NOW - 2 * HOUR)}, ["a", "b"]),
    ],
)
def test_an_outage_is_told_once_and_weekly_and_feeds_are_gathered(
    told: Mapping[str, tuple[datetime, datetime]], expected: list[str]
) -> None:
    """Never twice for one trouble; a day passes between two mails about feeds."""
    assert [trouble.about for trouble in choose_untold(TROUBLES, told, NOW)] == expected


def test_a_paused_feed_is_no_trouble_and_stands_for_no_standstill() -> None:
    """The operator knows; a list of which all is paused may rest."""
    dead = make_failing(30, paused=True)
    late = make_feed("late", paused=True, last_success_at=NOW - 9 * DAY, next_due_at=NOW - 8 * DAY)
    assert find_troubles([make_feed(), dead, late], publishing(dead, late), NOW) == []
    assert find_troubles([dead, late], publishing(dead, late), NOW) == []
