"""Say how feeds fare: what counts as quiet, what a person is shown of a feed, what the advisor must hear of.

A feed is *quiet* when it answers well but has published nothing for much longer than it used to: three times its usual
gap, a fortnight at least and sixty days at most. It is *dead* when every visit for a week has failed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from radar.records import DEAD_STATES, Activity, Feed, Health, Trouble
from radar.text import hide_login

NOTHING = Activity()
WEEK = timedelta(weeks=1)
QUIET_AT_LEAST, QUIET_AT_MOST = timedelta(days=14), timedelta(days=60)
USUAL_GAPS = 3
DEAD_AFTER = timedelta(days=7)
STANDS_STILL_AFTER = timedelta(hours=24)
#: A visit may be late by as much: a round of visits takes a while, and a restart longer.
OVERDUE = timedelta(hours=1)
TELL_AGAIN = timedelta(days=7)
CRAWLER = "crawler"


def count_a_week(activity: Activity, now: datetime) -> float:
    """Return the entries a week of the last twelve weeks, or of the time since the first of those."""
    if activity.lately_since_at is None:
        return 0.0
    return activity.lately / (max(now - activity.lately_since_at, timedelta(days=1)) / WEEK)


def find_quiet_after(activity: Activity, now: datetime) -> timedelta:
    """Return how long a feed that publishes like this may be silent before that is worth a word."""
    a_week = count_a_week(activity, now)
    usual = USUAL_GAPS * WEEK / a_week if a_week else QUIET_AT_MOST
    return min(max(usual, QUIET_AT_LEAST), QUIET_AT_MOST)


def describe_feed(feed: Feed, activity: Activity, now: datetime) -> Health:
    """Return a feed's health as every face shows it; passwords in addresses are left out."""
    shown = hide_login(feed.url)
    return Health(
        url=shown,
        title=feed.title,
        publisher=feed.publisher,
        kind=feed.kind,
        paused=feed.paused,
        state=feed.state,
        reason=feed.reason.replace(feed.url, shown),
        failures=feed.failures,
        failing_since_at=feed.failing_since_at,
        last_crawl_at=feed.last_crawl_at,
        last_success_at=feed.last_success_at,
        newest_at=activity.newest_at,
        entries_a_week=round(count_a_week(activity, now), 1),
        next_due_at=feed.next_due_at,
    )


def describe_feeds(feeds: Iterable[Feed], activity: Mapping[str, Activity], now: datetime) -> list[Health]:
    """Return the health of feeds, in their order; `activity` is by URL."""
    return [describe_feed(feed, activity.get(feed.url, NOTHING), now) for feed in feeds]


def is_dead(feed: Feed, now: datetime) -> bool:
    """Tell whether every visit for a week has failed.

    A feed whose next visit is due is not judged before that: after a pause of Radar's own it may well be alive.
    """
    if feed.paused or feed.state not in DEAD_STATES or feed.failing_since_at is None or feed.next_due_at is None:
        return False
    return now - feed.failing_since_at >= DEAD_AFTER and feed.next_due_at > now


def find_troubles(feeds: Iterable[Feed], activity: Mapping[str, Activity], now: datetime) -> list[Trouble]:
    """Return what the advisor must hear of: the crawler standing still, else feeds that used to publish and are dead.

    `feeds` are the listed ones, `activity` is by URL. A paused feed is no trouble, one that never published no loss.
    """
    feeds = [feed for feed in feeds if not feed.paused]
    if still := _find_standstill(feeds, now):
        return [still]
    return [
        _describe_dead(feed, activity[feed.url], now)
        for feed in sorted(feeds, key=lambda feed: (feed.failing_since_at or now, feed.url))
        if feed.url in activity and is_dead(feed, now)
    ]


def choose_untold(
    troubles: Iterable[Trouble], told: Mapping[str, tuple[datetime, datetime]], now: datetime
) -> list[Trouble]:
    """Return the troubles to tell of now; `told` has for each subject since when its last told outage lasted, and when
    that was told.

    An outage is told once, and again a week later while it lasts. Feeds are gathered: a day passes between two mails
    about them, and what has come up meanwhile waits for the next. A standstill waits for nothing.
    """
    untold = [
        trouble
        for trouble in troubles
        if (before := told.get(trouble.about)) is None or before[0] < trouble.since_at or now - before[1] >= TELL_AGAIN
    ]
    last = max((told_at for about, (_, told_at) in told.items() if about != CRAWLER), default=None)
    if last is not None and now - last < timedelta(days=1):
        return [trouble for trouble in untold if trouble.about == CRAWLER]
    return untold


def _find_standstill(feeds: list[Feed], now: datetime) -> Trouble | None:
    """Tell whether no visit has succeeded for a day although some should have.

    They should have if a visit is long overdue, or if every feed failed when it was last visited: a healthy feed is
    visited once a day.
    """
    successes = [feed.last_success_at for feed in feeds if feed.last_success_at]
    starts = [feed.failing_since_at for feed in feeds if feed.failing_since_at]
    since = max(successes, default=None) or min(starts, default=None)
    if since is None or now - since < STANDS_STILL_AFTER:
        return None
    visits = [feed.last_crawl_at for feed in feeds if feed.last_crawl_at]
    overdue = sum(feed.next_due_at is None or now - feed.next_due_at >= OVERDUE for feed in feeds)
    if not overdue and not all(feed.failures for feed in feeds):
        return None
    line = f"Radar has read no feed since {_write_at(since)}"
    if overdue and (not visits or now - max(visits) >= OVERDUE):
        return Trouble(
            CRAWLER,
            since,
            f"{line}: {overdue} of {len(feeds)} feeds wait for a visit, and nobody visits them.",
            "See whether `radar serve` runs and what it logs; `radar crawl` makes the visits by hand.",
        )
    return Trouble(
        CRAWLER,
        since,
        f"{line}: every visit fails.",
        "See whether Radar's machine reaches the internet; `radar feeds` gives the reasons.",
    )


def _describe_dead(feed: Feed, activity: Activity, now: datetime) -> Trouble:
    health = describe_feed(feed, activity, now)
    since = feed.failing_since_at or now
    rate = f"It used to publish {health.entries_a_week:g} entries a week" if health.entries_a_week else "It published"
    newest = f"; the newest is of {_write_day(activity.newest_at)}" if activity.newest_at else ""
    if feed.state in ("gone", "not a feed"):
        advice = "Find the feed's new address, or take it out of feeds.toml."
    else:
        advice = "Open it in a browser: when it answers again Radar finds that by itself; else find its new address."
    return Trouble(
        feed.url,
        since,
        f"{feed.title or feed.publisher} ({feed.publisher}), unread since {_write_day(since)}: {health.reason}. "
        f"{rate}{newest}.",
        advice,
    )


def _write_day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _write_at(at: datetime) -> str:
    return f"{_write_day(at)}, {at:%H:%M} UTC"
