"""What a visit leads to: the feed's state, its reason, and the time of the next visit."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.records import Activity, Crawl, Entry, Feed, Fetched, FetchError, FetchResult, NotModified, Parsed
from radar.watch.fetch import decide_crawl, hash_body, is_unchanged
from radar.watch.fetch.pace import find_address

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL, NEW = "http://news.example/feed", "https://news.example/rss"
FEED = Feed(URL, "trade", "news.example", title="News")


def parsed(*ages: timedelta, ttl: int = 0) -> Parsed:
    """A document with an entry of each age."""
    entries = [Entry(f"{i}", URL, f"{i}", URL, "t", NOW - age, NOW) for i, age in enumerate(ages)]
    return Parsed("News", "rss20", tuple(entries), ttl=ttl)


def fetched(body: bytes = b"<rss/>", **fields: object) -> Fetched:
    return replace(Fetched(URL, URL, body, etag='"1"', last_modified="today"), **fields)  # type: ignore[arg-type]


def error(grade: str = "temporary", status: int = 0, retry_after: int = 0) -> FetchError:
    return FetchError(URL, "some reason", grade, status, retry_after)  # type: ignore[arg-type]


def after(feed: Feed, crawl: Crawl) -> Feed:
    """The feed as the store keeps it after a visit."""
    kept = ("state", "reason", "etag", "last_modified", "body_hash", "moved_to", "moved_since_at", "failures")
    kept += ("failing_since_at", "ttl")
    succeeded = feed.last_success_at if crawl.outcome == "failed" else crawl.at
    fields = {name: getattr(crawl, name) for name in kept}
    return replace(feed, **fields, last_crawl_at=crawl.at, last_success_at=succeeded, next_due_at=crawl.next_due_at)


def wait(crawl: Crawl) -> timedelta:
    return crawl.next_due_at - crawl.at


# -- state and reason -------------------------------------------------------------------------------------------------


def test_a_feed_with_recent_entries_is_ok() -> None:
    """What the answer says is kept for the next visit, and failures are forgotten."""
    crawl = decide_crawl(replace(FEED, failures=3, state="failing"), fetched(), parsed(HOUR, DAY), NOW)
    assert (crawl.state, crawl.reason, crawl.outcome, crawl.failures) == ("ok", "", "new entries", 0)
    assert (crawl.etag, crawl.last_modified, crawl.body_hash) == ('"1"', "today", hash_body(b"<rss/>"))
    assert (crawl.status, crawl.entries_seen) == (200, 2)


def test_a_304_keeps_everything() -> None:
    """Validators, hash and state stay, and the outcome is unchanged."""
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(HOUR), NOW))
    crawl = decide_crawl(feed, NotModified(URL), None, NOW + 2 * HOUR)
    assert (crawl.outcome, crawl.state, crawl.status) == ("unchanged", "ok", 304)
    assert (crawl.etag, crawl.last_modified, crawl.body_hash) == (feed.etag, feed.last_modified, feed.body_hash)


def test_an_unchanged_body_need_not_be_parsed_but_a_changed_one_always_is() -> None:
    """The body decides, not the validators: servers repeat an ETag although the body changed."""
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(HOUR), NOW))
    assert is_unchanged(feed, fetched())
    assert not is_unchanged(feed, fetched(b"<rss>new</rss>"))
    assert not is_unchanged(replace(feed, state="not a feed"), fetched())
    assert decide_crawl(feed, fetched(), None, NOW + DAY).state == "ok"


def test_a_feed_that_published_nothing_for_sixty_days_is_quiet() -> None:
    """It is healthy all the same, and the reason names its last day."""
    crawl = decide_crawl(FEED, fetched(), parsed(61 * DAY, 90 * DAY), NOW)
    assert (crawl.state, crawl.reason) == ("quiet", "nothing published since 2026-09-24")
    assert decide_crawl(FEED, fetched(), parsed(59 * DAY), NOW).state == "ok"
    assert decide_crawl(FEED, fetched(), parsed(), NOW).reason == "the feed has no entries"
    assert decide_crawl(FEED, fetched(), parsed(timedelta(0)), NOW).state == "ok"  # no dates of its own
    again = decide_crawl(after(FEED, crawl), NotModified(URL), None, NOW + DAY)
    assert (again.state, again.reason) == ("quiet", "nothing published since 2026-09-24")


def test_an_answer_without_a_feed_is_said_to_be_none() -> None:
    """The last good validators stay, so that no 304 can confirm the wrong page."""
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(HOUR), NOW))
    page = Parsed("", "", (), problem="an HTML page instead of a feed")
    crawl = decide_crawl(feed, fetched(b"<html>", etag='"page"'), page, NOW + DAY)
    assert (crawl.state, crawl.reason, crawl.outcome) == ("not a feed", page.problem, "failed")
    assert (crawl.etag, crawl.body_hash, crawl.failures) == (feed.etag, feed.body_hash, 1)


@pytest.mark.parametrize(
    ("grade", "state"),
    [("temporary", "failing"), ("soft", "failing"), ("hard", "failing"), ("gone", "gone"), ("refused", "refused")],
)
def test_failures_become_states_with_their_reason(grade: str, state: str) -> None:
    """The operator sees what the server said, and nothing is deleted."""
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(HOUR), NOW))
    crawl = decide_crawl(feed, error(grade, 418), None, NOW + DAY)
    assert (crawl.state, crawl.reason, crawl.outcome, crawl.status) == (state, "some reason", "failed", 418)
    assert (crawl.failures, crawl.etag, crawl.body_hash) == (1, feed.etag, feed.body_hash)


# -- the next visit ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "least", "most"),
    [
        (timedelta(minutes=5), HOUR, 1.1 * HOUR),
        (4 * HOUR, 1.8 * HOUR, 2.3 * HOUR),
        (DAY, 11 * HOUR, 13.5 * HOUR),
        (7 * DAY, 20 * HOUR, DAY),
    ],
)
def test_busy_feeds_are_visited_more_often(gap: timedelta, least: timedelta, most: timedelta) -> None:
    """Half the usual time between two entries, within an hour and a day."""
    crawl = decide_crawl(FEED, fetched(), parsed(*(gap * (i + 1) for i in range(20))), NOW)
    assert least <= wait(crawl) <= most


def test_a_feed_that_fell_silent_is_visited_less_often() -> None:
    """Many entries at once, long ago, are no reason to come back every hour."""
    crawl = decide_crawl(FEED, fetched(), parsed(*(30 * DAY + i * HOUR for i in range(20))), NOW)
    assert wait(crawl) > 15 * HOUR


def test_ttl_and_max_age_are_honoured_up_to_a_day() -> None:
    """What asks for the longer wait decides; nobody keeps Radar away for more than a day while healthy."""
    busy = [timedelta(minutes=5 * i + 5) for i in range(20)]
    assert wait(decide_crawl(FEED, fetched(), parsed(*busy, ttl=4 * 3600), NOW)) >= 4 * HOUR
    assert wait(decide_crawl(FEED, fetched(max_age=5 * 3600), parsed(*busy, ttl=3600), NOW)) >= 5 * HOUR
    assert wait(decide_crawl(FEED, fetched(), parsed(*busy, ttl=999_999), NOW)) <= DAY
    assert wait(decide_crawl(FEED, fetched(), parsed(*busy, ttl=60), NOW)) >= HOUR


def test_visits_without_news_grow_apart() -> None:
    """Each 304 lengthens the interval by a quarter, up to a day."""
    feed, at = FEED, NOW
    feed = after(feed, decide_crawl(feed, fetched(), parsed(*(HOUR * (i + 1) for i in range(20))), at))
    waits = []
    for _ in range(20):
        assert feed.next_due_at is not None
        at = feed.next_due_at
        crawl = decide_crawl(feed, NotModified(URL), None, at)
        waits.append(wait(crawl))
        feed = after(feed, crawl)
    assert waits == sorted(waits)
    assert waits[0] < 2 * HOUR
    assert 20 * HOUR < waits[-1] <= DAY


def test_back_off_grows_with_every_failure_up_to_a_week_by_grade() -> None:
    """Temporary failures by an hour, soft ones by six, hard ones by a day; then weekly probes."""
    for grade, first in {"temporary": HOUR, "soft": 6 * HOUR, "hard": DAY, "refused": DAY}.items():
        waits = [wait(decide_crawl(replace(FEED, failures=n), error(grade), None, NOW)) for n in range(300)]
        assert waits == sorted(waits)
        assert first <= waits[0] <= 1.1 * first
        assert 6.3 * DAY <= waits[-1] <= 7 * DAY


def test_a_gone_feed_is_looked_at_once_in_thirty_days() -> None:
    """410 is meant for good."""
    assert wait(decide_crawl(FEED, error("gone", 410), None, NOW)) == 30 * DAY


def test_retry_after_wins_over_the_back_off() -> None:
    """No visit before the time asked for, at most seven days; never sooner than an hour."""
    crawl = decide_crawl(replace(FEED, failures=50), error("temporary", 503, 7200), None, NOW)
    assert 2 * HOUR <= wait(crawl) <= 2.2 * HOUR
    assert wait(decide_crawl(FEED, error("temporary", 429, 5), None, NOW)) >= HOUR
    assert wait(decide_crawl(FEED, error("temporary", 429, 7 * 86400), None, NOW)) == 7 * DAY


def test_feeds_spread_and_each_keeps_its_place() -> None:
    """The jitter hangs on the URL alone."""
    feeds = [replace(FEED, url=f"http://news.example/{i}") for i in range(200)]
    waits = [wait(decide_crawl(feed, error("hard"), None, NOW)) for feed in feeds]
    assert len(set(waits)) == 200
    assert waits == [wait(decide_crawl(feed, error("hard"), None, NOW)) for feed in feeds]


_RESULTS = st.one_of(
    st.builds(
        FetchError,
        st.just(URL),
        st.just("r"),
        st.sampled_from(["temporary", "soft", "hard", "gone", "refused"]),
        st.integers(0, 599),
        st.integers(0, 604_800),
    ),
    st.builds(NotModified, st.just(URL), st.integers(0, 10**6)),
    st.builds(Fetched, st.just(URL), st.just(URL), st.binary(max_size=9), max_age=st.integers(0, 10**6)),
)


@given(
    result=_RESULTS,
    failures=st.integers(0, 10**6),
    ages=st.lists(st.integers(-172_800, 10**8), max_size=30),
    ttl=st.integers(0, 10**6),
    last=st.none() | st.integers(0, 10**7),
    moved=st.sampled_from(["", NEW]),
)
def test_the_next_visit_is_never_sooner_than_an_hour_and_bounded(
    result: FetchResult, failures: int, ages: list[int], ttl: int, last: int | None, moved: str
) -> None:
    """Whatever happened: 60 minutes at least; a day at most when healthy, a week when failing, 30 days when gone."""
    at = None if last is None else NOW - timedelta(seconds=last)
    feed = replace(FEED, failures=failures, last_crawl_at=at, next_due_at=at and at + HOUR, moved_to=moved)
    document = parsed(*(timedelta(seconds=age) for age in ages), ttl=ttl) if isinstance(result, Fetched) else None
    crawl = decide_crawl(feed, result, document, NOW)
    limit = DAY if crawl.outcome != "failed" else 30 * DAY if crawl.state == "gone" else 7 * DAY
    assert HOUR <= wait(crawl) <= limit


# -- permanent redirects ----------------------------------------------------------------------------------------------


def _poll(feed: Feed, at: datetime, moved_to: str = NEW) -> Feed:
    return after(feed, decide_crawl(feed, fetched(moved_to=moved_to), parsed(HOUR), at))


def test_a_permanent_redirect_is_adopted_after_three_equal_answers_over_seven_days() -> None:
    """Until then the feed's own address is asked; from then on the new one, and the reason says so."""
    feed = _poll(FEED, NOW)
    assert find_address(feed) == URL
    assert feed.reason == f"redirects to {NEW}"
    assert find_address(_poll(feed, NOW + 8 * DAY)) == URL  # only two answers
    feed = _poll(feed, NOW + 3 * DAY)
    assert find_address(_poll(feed, NOW + 6 * DAY)) == URL  # only six days
    feed = _poll(feed, NOW + 7 * DAY)
    assert find_address(feed) == NEW
    assert "has moved for good" in feed.reason
    assert NEW in feed.reason
    feed = _poll(feed, NOW + 8 * DAY, moved_to="")
    assert find_address(feed) == NEW
    assert NEW in feed.reason


def test_another_answer_in_between_starts_the_count_again() -> None:
    """A redirect that comes and goes, or changes its aim, is not a move."""
    for other in ("", "https://elsewhere.example/"):
        feed = _poll(_poll(_poll(FEED, NOW), NOW + 3 * DAY), NOW + 6 * DAY, moved_to=other)
        assert find_address(_poll(feed, NOW + 9 * DAY)) == URL


def test_an_adopted_address_that_fails_three_times_is_given_up() -> None:
    """Then the feed's own address is asked again."""
    feed = replace(FEED, moved_to=NEW, moved_since_at=None, last_crawl_at=NOW)
    for failures in range(1, 4):
        assert find_address(feed) == NEW
        feed = after(feed, decide_crawl(feed, error("hard"), None, NOW + failures * DAY))
    assert find_address(feed) == URL


# -- lying servers ----------------------------------------------------------------------------------------------------


def test_a_server_that_says_304_for_ever_is_asked_without_validators_once_a_fortnight() -> None:
    """Of sixty daily visits answered 304, four or five drop the validators, and no two within a fortnight."""
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(HOUR), NOW))
    dropped = []
    for day in range(1, 61):
        crawl = decide_crawl(feed, NotModified(URL), None, NOW + day * DAY)
        if not crawl.etag and not crawl.last_modified:
            dropped.append(day)
        feed = replace(after(feed, crawl), etag='"1"', last_modified="today")
    assert len(dropped) in (4, 5)
    assert all(later - earlier == 14 for earlier, later in itertools.pairwise(dropped))


def test_a_feed_silent_for_a_fortnight_gets_one_unconditional_probe() -> None:
    """The silence counts from its newest entry: none before, one for each fortnight after."""
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(HOUR), NOW))
    dropped = []
    for number in range(1, 90):
        at = NOW + number * DAY / 2
        crawl = decide_crawl(feed, NotModified(URL), None, at, Activity(9, NOW - 9 * DAY, NOW))
        if not crawl.etag:
            dropped.append(number / 2)
        feed = replace(after(feed, crawl), etag='"1"', last_modified="today")
    assert dropped == [14, 28, 42]


def test_a_probe_is_not_lost_when_the_fortnight_turns_during_failures() -> None:
    """The time counts from the last good visit: after a month of failures the first 304 drops the validators."""
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(HOUR), NOW))
    for day in range(1, 29):
        feed = after(feed, decide_crawl(feed, error(), None, NOW + day * DAY))
    assert feed.etag == '"1"'
    assert decide_crawl(feed, NotModified(URL), None, NOW + 29 * DAY).etag == ""


def test_validators_of_an_address_that_is_given_up_go_with_it() -> None:
    """The feed's own server never gave them: its 304 would confirm a document that nobody has read."""
    feed = replace(FEED, moved_to=NEW, etag='"theirs"', last_modified="theirs", failures=2)
    crawl = decide_crawl(feed, error("hard"), None, NOW)
    assert (crawl.moved_to, crawl.etag, crawl.last_modified) == ("", "", "")


# -- what the entries on file say -------------------------------------------------------------------------------------

DAILY = Activity(84, NOW - 84 * DAY, NOW - HOUR)


def test_a_feed_that_only_ever_answers_304_becomes_quiet_all_the_same() -> None:
    """The entries on file tell how long it has been silent, and how busy it was."""
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(HOUR), NOW))
    for silent, state in ((13, "ok"), (15, "quiet")):
        at = NOW + silent * DAY
        activity = replace(DAILY, newest_at=NOW)
        assert decide_crawl(feed, NotModified(URL), None, at, activity).state == state
    slow = Activity(3, NOW - 84 * DAY, NOW)
    assert decide_crawl(feed, NotModified(URL), None, NOW + 30 * DAY, slow).state == "ok"


def test_a_stale_copy_of_the_document_does_not_make_a_feed_quiet() -> None:
    """The newest entry on file counts, also when the document at hand is an old one."""
    assert decide_crawl(FEED, fetched(), parsed(70 * DAY), NOW, DAILY).state == "ok"


def test_entries_without_dates_get_the_rhythm_of_those_on_file() -> None:
    """Two a day: half of twelve hours; without any on file six hours."""
    twice = Activity(168, NOW - 84 * DAY, NOW - HOUR)
    undated = parsed(timedelta(0), timedelta(0))
    assert 6 * HOUR <= wait(decide_crawl(FEED, fetched(), undated, NOW, twice)) <= 6.6 * HOUR
    busy = Activity(8_400, NOW - 84 * DAY, NOW - HOUR)
    assert wait(decide_crawl(FEED, fetched(), undated, NOW, busy)) <= 1.1 * HOUR
    assert 6 * HOUR <= wait(decide_crawl(FEED, fetched(), undated, NOW)) <= 6.6 * HOUR


def test_after_an_outage_a_304_returns_to_the_rhythm_on_file() -> None:
    """The back-off is no rhythm: a busy feed is back at its hour."""
    feed = replace(FEED, failures=9, state="failing", last_crawl_at=NOW - 3 * DAY, next_due_at=NOW)
    busy = Activity(8_400, NOW - 84 * DAY, NOW - HOUR)
    assert wait(decide_crawl(feed, NotModified(URL), None, NOW, busy)) <= 1.1 * HOUR


def test_a_ttl_holds_over_answers_without_a_document() -> None:
    """304s, unchanged bodies and outages do not make Radar forget what the feed asked for."""
    busy = [timedelta(minutes=5 * i + 5) for i in range(20)]
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(*busy, ttl=5 * 3600), NOW))
    assert wait(decide_crawl(feed, NotModified(URL), None, NOW + HOUR)) >= 5 * HOUR
    feed = after(feed, decide_crawl(feed, error(), None, NOW + 6 * HOUR))
    assert wait(decide_crawl(feed, NotModified(URL), None, NOW + 8 * HOUR)) >= 5 * HOUR
    assert wait(decide_crawl(feed, fetched(), parsed(*busy), NOW + 8 * HOUR)) < 2 * HOUR  # it no longer says so


def test_an_outage_is_dated_from_its_first_failure() -> None:
    """Whatever kinds of failure follow each other; an answer ends it, and the next is another."""
    feed = after(FEED, decide_crawl(FEED, fetched(), parsed(HOUR), NOW))
    page = Parsed("", "", (), problem="an HTML page instead of a feed")
    for day, result, document in ((1, error(), None), (2, error("gone", 410), None), (3, fetched(b"<html>"), page)):
        feed = after(feed, decide_crawl(feed, result, document, NOW + day * DAY))
        assert feed.failing_since_at == NOW + DAY
    feed = after(feed, decide_crawl(feed, fetched(), parsed(HOUR), NOW + 4 * DAY))
    assert feed.failing_since_at is None
    assert decide_crawl(feed, error(), None, NOW + 5 * DAY).failing_since_at == NOW + 5 * DAY
