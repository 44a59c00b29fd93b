"""Decide, after a visit, what state a feed is in and when to come back: pure policy, no effects.

Healthy feeds are visited every 1 to 24 hours, by how often they publish and by what they ask for; failing ones ever
more rarely, up to once a week; gone ones once in 30 days. A permanent redirect is taken at its word once it was
answered at least three times over at least seven days; from then on `moved_to` is asked and `moved_since_at` is None.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from radar.records import Activity, Crawl, Feed, FeedState, Fetched, FetchError, FetchResult, NotModified, Parsed
from radar.text import stable_id
from radar.watch.health import NOTHING, count_a_week, find_quiet_after

SHORTEST = timedelta(minutes=60)
LONGEST = timedelta(hours=24)
USUAL = timedelta(hours=6)  # for a feed whose entries carry no dates
BACK_OFF_LIMIT = timedelta(days=7)
GONE_PROBE = timedelta(days=30)  # 410 is meant for good, yet sites have come back
MOVED_AFTER = timedelta(days=7)
#: A server that answers 304 for ever may be lying: for every fortnight of silence it is asked once without validators.
UNCONDITIONAL_EVERY = timedelta(days=14)
JITTER = 0.1  # visits spread by up to a tenth of the interval, by a hash of the feed's URL

#: What one more failure in a row adds to the time Radar stays away. 404 is soft: live feeds return it and come back.
STEP = {
    "temporary": timedelta(hours=1),
    "soft": timedelta(hours=6),
    "hard": timedelta(hours=24),
    "refused": timedelta(hours=24),
}


@dataclass(frozen=True, slots=True)
class _Move:
    """Where a feed has moved, as far as it is known."""

    to: str = ""
    since_at: datetime | None = None
    note: str = ""


def decide_crawl(
    feed: Feed, result: FetchResult, parsed: Parsed | None, now: datetime, activity: Activity = NOTHING
) -> Crawl:
    """Return the outcome of a visit with the feed's next state.

    `parsed` is None when there was nothing to parse: after a 304, a failure, or a body equal to the last one.
    `activity` is what the feed had published before this visit.
    """
    if isinstance(result, FetchError):
        return _decide_failed(feed, result, now)
    if isinstance(result, Fetched) and parsed is not None and parsed.problem:
        return _decide_unreadable(feed, result, parsed, now)
    move = _follow_move(feed, result.moved_to, now)
    state, reason = _judge_health(feed, parsed, activity, now)
    body_hash = hash_body(result.body) if isinstance(result, Fetched) else feed.body_hash
    etag, last_modified = (
        (result.etag, result.last_modified) if isinstance(result, Fetched) else (feed.etag, feed.last_modified)
    )
    if isinstance(result, NotModified) and _is_probe_due(feed, activity, now):
        etag = last_modified = ""
    changed = parsed is not None and bool(parsed.entries) and body_hash != feed.body_hash
    return Crawl(
        feed_url=feed.url,
        at=now,
        outcome="new entries" if changed else "unchanged",
        state=state,
        reason="; ".join(part for part in (reason, move.note) if part),
        next_due_at=_plan_visit(feed, result, parsed, now, activity),
        status=200 if isinstance(result, Fetched) else 304,
        etag=etag,
        last_modified=last_modified,
        body_hash=body_hash,
        seen=parsed.seen if parsed else feed.seen,
        moved_to=move.to,
        moved_since_at=move.since_at,
        ttl=parsed.ttl if parsed else feed.ttl,
        entries_seen=len(parsed.published_at) if parsed else 0,
    )


def hash_body(body: bytes) -> str:
    """Return the fingerprint by which an unchanged body is known."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def is_unchanged(feed: Feed, result: Fetched) -> bool:
    """Tell whether a body is the one a healthy feed sent last time, so that it need not be parsed."""
    return feed.state in ("ok", "quiet") and feed.body_hash == hash_body(result.body)


def is_moved(feed: Feed) -> bool:
    """Tell whether the feed's permanent redirect has been taken at its word."""
    return bool(feed.moved_to) and feed.moved_since_at is None


def find_address(feed: Feed) -> str:
    """Return the URL to ask for a feed: its own, or the one it has moved to."""
    return feed.moved_to if is_moved(feed) else feed.url


def _decide_failed(feed: Feed, result: FetchError, now: datetime) -> Crawl:
    """Keep what is known, count the failure, stay away for longer."""
    failures = feed.failures + 1
    states: dict[str, FeedState] = {"gone": "gone", "refused": "refused"}
    if result.retry_after:
        # RFC 9110 section 10.2.3: the server says when it wants to be asked again.
        pause = max(timedelta(seconds=result.retry_after), SHORTEST)
        due = now + min(_spread(feed, pause), max(BACK_OFF_LIMIT, pause))
    elif result.grade == "gone":
        due = now + GONE_PROBE
    else:
        due = now + _back_off(feed, STEP[result.grade], failures)
    return _keep_state(feed, states.get(result.grade, "failing"), result.reason, due, result.status, failures, now)


def _decide_unreadable(feed: Feed, result: Fetched, parsed: Parsed, now: datetime) -> Crawl:
    """An answer came, but no feed is in it: HTML instead, an empty body, or something that broke the parser."""
    failures = feed.failures + 1
    due = now + _back_off(feed, STEP["soft"], failures)
    # The validators are those of the last good body: a 304 must never confirm this one.
    return _keep_state(feed, "not a feed", parsed.problem, due, 200, failures, now)


def _keep_state(
    feed: Feed, state: FeedState, reason: str, due: datetime, status: int, failures: int, now: datetime
) -> Crawl:
    """Describe a failed visit; validators and hash stay those of the last good one."""
    # An address that was moved to and now fails or is gone is given up: the feed's own is asked again, and not with
    # validators another server gave, which could make it say "not modified" of something never read.
    lost = is_moved(feed) and (failures >= 3 or state == "gone")
    return Crawl(
        feed_url=feed.url,
        at=now,
        outcome="failed",
        state=state,
        reason=reason,
        next_due_at=due,
        status=status,
        etag="" if lost else feed.etag,
        last_modified="" if lost else feed.last_modified,
        body_hash=feed.body_hash,
        seen=feed.seen,
        moved_to="" if lost else feed.moved_to,
        moved_since_at=None if lost else feed.moved_since_at,
        failures=failures,
        failing_since_at=feed.failing_since_at or now,
        ttl=feed.ttl,
    )


def _follow_move(feed: Feed, answered: str, now: datetime) -> _Move:
    """Weigh a permanent redirect: three equal answers over seven days make it true."""
    if is_moved(feed) and answered in ("", feed.moved_to):
        return _Move(feed.moved_to, None, f"reads from {feed.moved_to}, where it has moved for good")
    if not answered or answered == feed.url:
        return _Move()
    since = feed.moved_since_at if answered == feed.moved_to else None
    if since is None:
        return _Move(answered, now, f"redirects to {answered}")
    # The first answer came at `since`; if the visit before this one was a later and a good one, this is the third.
    repeated = feed.failures == 0 and feed.last_crawl_at is not None and feed.last_crawl_at > since
    if repeated and now - since >= MOVED_AFTER:
        return _Move(answered, None, f"has moved for good to {answered}; it is read from there, correct feeds.toml")
    return _Move(answered, since, f"redirects to {answered}")


def _judge_health(feed: Feed, parsed: Parsed | None, activity: Activity, now: datetime) -> tuple[FeedState, str]:
    """Return the state of a feed that answered, with its reason: is it more silent than it ever was?"""
    if parsed is None and feed.state == "quiet":
        return "quiet", feed.reason.partition(";")[0]  # no news: the silence goes on
    if parsed is not None and not parsed.published_at:
        return "quiet", "the feed has no entries"
    dated = _list_dates(parsed, now)
    if parsed is not None and not dated:
        return "ok", ""  # a changed document of entries without dates: nobody knows how new they are
    newest = max([*dated, *([activity.newest_at] if activity.newest_at else [])], default=now)
    if now - newest > find_quiet_after(activity, now):
        return "quiet", f"nothing published since {newest:%Y-%m-%d}"
    return "ok", ""


def _list_dates(parsed: Parsed | None, now: datetime) -> list[datetime]:
    """Return when the entries of a document were published, as far as they say so."""
    # An entry dated exactly now carries no date of its own: the parser put "first seen" there.
    return [at for at in parsed.published_at if at != now] if parsed else []


def _is_probe_due(feed: Feed, activity: Activity, now: datetime) -> bool:
    """Tell whether another fortnight of silence has passed since the last good visit.

    Silence counts from the newest entry; without entries on file, from a day of the feed's own.
    """
    if feed.last_success_at is None:
        return False
    period = UNCONDITIONAL_EVERY.total_seconds()
    start = activity.newest_at.timestamp() if activity.newest_at else -_fraction(feed) * period
    before, after = (max(at.timestamp() - start, 0.0) // period for at in (feed.last_success_at, now))
    return before != after


def _plan_visit(
    feed: Feed, result: Fetched | NotModified, parsed: Parsed | None, now: datetime, activity: Activity
) -> datetime:
    """Return when to come back to a healthy feed: between 60 minutes and 24 hours from now."""
    asked = timedelta(seconds=max(result.max_age, parsed.ttl if parsed else feed.ttl))
    interval = max(_find_rhythm(feed, parsed, now, activity), asked)
    longest = LONGEST / (1 + JITTER)
    return now + _spread(feed, min(max(interval, SHORTEST), longest))


def _find_rhythm(feed: Feed, parsed: Parsed | None, now: datetime, activity: Activity) -> timedelta:
    """Return half the usual time between two of the feed's latest entries; a visit without news makes it longer."""
    if parsed is None and not feed.failures and feed.last_crawl_at and feed.next_due_at:
        return max(feed.next_due_at - feed.last_crawl_at, SHORTEST) * 1.25
    latest = sorted((at for at in _list_dates(parsed, now) if at < now), reverse=True)[:20]
    if latest:
        return (now - latest[-1]) / len(latest) / 2
    # Entries without dates were dated by the visits that found them: that is known only of the ones on file.
    a_week = count_a_week(activity, now)
    return timedelta(weeks=1) / a_week / 2 if a_week else USUAL


def _back_off(feed: Feed, step: timedelta, failures: int) -> timedelta:
    """Return how long to stay away: one step more for each failure in a row, up to a week."""
    limit = BACK_OFF_LIMIT / (1 + JITTER)
    return _spread(feed, min(step * min(failures, 1_000), limit))


def _spread(feed: Feed, interval: timedelta) -> timedelta:
    """Lengthen an interval by up to a tenth, always the same for a feed, so that visits do not bunch."""
    return interval * (1 + JITTER * _fraction(feed))


def _fraction(feed: Feed) -> float:
    """Return a number in 0..1 that depends on the feed's URL alone."""
    return int(stable_id(feed.url)[:8], 16) / 0xFFFFFFFF
