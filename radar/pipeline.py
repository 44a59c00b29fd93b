"""What Radar does: crawl, watch, publish, deliver; the only place where steps meet the outside world."""

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr

from radar.brief.alarm import render_alarm, write_subject
from radar.brief.compose import LOOK_BACK, Coverage, Material, compose_issue
from radar.brief.mail import FolderMailer, Mailer, SMTPMailer, build_alarm, build_outgoing, next_attempt
from radar.brief.rank import rank_stories
from radar.brief.render import render_issue
from radar.brief.slot import find_due_week
from radar.config import Settings
from radar.errors import ConfigError
from radar.listen.advice import find_exposures
from radar.records import (
    DEAD_STATES,
    Crawl,
    Entry,
    Executive,
    Exposure,
    Feed,
    FetchError,
    Issue,
    Outgoing,
    Position,
    Ranked,
    Signal,
    Story,
    Topic,
    Trouble,
)
from radar.store import Store
from radar.watch.detect import walk_weeks
from radar.watch.fetch import decide_crawl, fetch_all, is_unchanged
from radar.watch.group import STORY_LIFE, group_entries
from radar.watch.health import NOTHING, TELL_AGAIN, choose_untold, find_troubles, is_dead
from radar.watch.parse import ParserPool
from radar.watch.tag import Tagger

log = logging.getLogger(__name__)

#: A visit that was made but never recorded (a killed process) must not be repeated within the hour, a round included.
CRAWL_LEASE = timedelta(minutes=90)
SEND_LEASE = timedelta(minutes=5)
FEEDS_AT_ONCE = 2_000
ENTRIES_AT_ONCE = 2_000
#: Visits are stored together, so many or those of so many seconds: a transaction for each costs more than its rows do.
VISITS_AT_ONCE = 64
SAVE_EVERY = 1.0
OLD = timedelta(days=30)
TRAINING_STORIES = 4_000
#: The tagger learns anew when the archive has grown by this much since it last did.
GROWN = 1.25
#: What a weekly issue looks at.
ISSUE_SPAN = timedelta(days=7)
SERIES_SPAN = timedelta(weeks=130)

Progress = Callable[[int, int], None]
Visits = list[tuple[Crawl, Sequence[Entry]]]


@dataclass(slots=True)
class CrawlSummary:
    """What a round of visits brought."""

    visited: int = 0
    failed: int = 0
    unchanged: int = 0
    entries: int = 0
    reasons: list[tuple[str, str]] = field(default_factory=list)  # (feed URL, why it failed)


@dataclass(slots=True)
class WatchSummary:
    """What the new entries became."""

    entries: int = 0
    stories: int = 0
    tags: int = 0
    signals: tuple[Signal, ...] = ()


class _LeaseLost(Exception):
    """The message is in other hands by now."""


class Pipeline:
    """The steps, joined over one store. Keeps a trained tagger and each host's pause between runs, nothing else."""

    def __init__(self, store: Store, settings: Settings, topics: Sequence[Topic]) -> None:
        self.store, self.settings = store, settings
        self.topics = {topic.slug: topic for topic in topics}
        self._tagger: Tagger | None = None
        self._free_at: dict[str, float] = {}

    # -- watch --------------------------------------------------------------------------------------------------------

    def crawl(self, now: datetime, *, force: bool = False, progress: Progress | None = None) -> CrawlSummary:
        """Visit every feed that is due (with `force`, every feed) and store what they publish."""
        summary = CrawlSummary()
        with ParserPool() as pool:
            limit = FEEDS_AT_ONCE if not force else max(1, len(self.store.list_feeds()))
            while feeds := self.store.take_due_feeds(now, CRAWL_LEASE, limit, force=force):
                waiting = {feed.url for feed in feeds}
                try:
                    self._visit(feeds, pool, now, summary, progress, waiting)
                finally:
                    if waiting:  # the round was interrupted
                        self.store.release_feeds(sorted(waiting))
                if force or waiting:  # visited feeds are never due again within a round, but forced ones would be
                    break
        return summary

    def _visit(
        self,
        feeds: Sequence[Feed],
        pool: ParserPool,
        now: datetime,
        summary: CrawlSummary,
        progress: Progress | None,
        waiting: set[str],
    ) -> None:
        """Visit feeds and store what comes; their URLs leave `waiting` as that is done."""
        by_url = {feed.url: feed for feed in feeds}
        activity = self.store.measure_feeds(now, list(by_url))
        crawl = self.settings.crawl
        results = fetch_all(
            feeds,
            now=now,
            contact=crawl.contact,
            allow=crawl.allow,
            timeout=crawl.timeout_seconds,
            closed=self.store.list_closed_hosts(now),
            free_at=self._free_at,
        )
        visits: Visits = []
        started = begun = time.monotonic()
        try:
            for feed, result, parsed in pool.parse_results(results, by_url, now, is_unchanged):
                visit = decide_crawl(feed, result, parsed, now, activity.get(feed.url, NOTHING))
                if isinstance(result, FetchError) and result.host:
                    self.store.close_host(result.host, visit.next_due_at)
                # A round may take long: the pause begins at this visit, not where the round did.
                if late := timedelta(minutes=(time.monotonic() - started) // 60):
                    visit = replace(visit, at=visit.at + late, next_due_at=visit.next_due_at + late)
                visits.append((visit, parsed.entries if parsed else ()))
                if len(visits) >= VISITS_AT_ONCE or time.monotonic() - begun > SAVE_EVERY:
                    self._save_visits(visits, summary, waiting)
                    begun = time.monotonic()
                    if progress:
                        progress(summary.visited, len(feeds))
        finally:  # also of an interrupted round: what has been fetched need not be fetched again
            self._save_visits(visits, summary, waiting)
        if progress:
            progress(summary.visited, len(feeds))

    def _save_visits(self, visits: Visits, summary: CrawlSummary, waiting: set[str]) -> None:
        """Store visits and count them; the list is empty afterwards, even if storing fails."""
        saving = visits.copy()
        visits.clear()
        saved = self.store.save_crawls(saving)
        for (visit, _), new in zip(saving, saved, strict=True):
            waiting.discard(visit.feed_url)
            summary.visited += 1
            summary.entries += len(new)
            if visit.outcome == "failed":
                summary.failed += 1
                summary.reasons.append((visit.feed_url, visit.reason))
            summary.unchanged += visit.outcome == "unchanged"

    def watch(self, now: datetime) -> WatchSummary:
        """Turn entries that belong to no story yet into stories, tags and signals."""
        summary = WatchSummary()
        self._sync_topics()
        while entries := self.store.ungrouped_entries(ENTRIES_AT_ONCE):
            # A feed read for the first time brings years of entries; those open no old stories again.
            earliest = max(min(entry.published_at for entry in entries), now - OLD)
            stories = group_entries(entries, self.store.open_stories(earliest - STORY_LIFE))
            self.store.save_stories(stories)
            summary.entries += len(entries)
            summary.stories += len(stories)
            summary.tags += self._tag(stories)
        summary.signals = self._detect(now)
        return summary

    def _sync_topics(self) -> None:
        """Make the stored topics those of the files; when they differ, every story is read anew with them."""
        stored = {topic.slug: topic for topic in self.store.list_topics()}
        if all(stored.get(slug) == topic for slug, topic in self.topics.items()):
            return
        self.store.save_topics(self.topics.values())
        self._tagger = None
        after = None
        while stories := self.store.list_stories(limit=ENTRIES_AT_ONCE, after=after):
            self._tag(stories)
            after = (stories[-1].last_at, stories[-1].id)

    def _tag(self, stories: Sequence[Story]) -> int:
        known = self.store.status().stories
        if self._tagger is None or known > GROWN * self._tagger.trained_on:
            self._tagger = Tagger(list(self.topics.values())).fit(self.store.list_stories(limit=TRAINING_STORIES))
        tags = self._tagger.tag_stories(stories)
        self.store.save_tags([story.id for story in stories], tags)
        return len(tags)

    def _detect(self, now: datetime) -> tuple[Signal, ...]:
        """Close the weeks that have ended: every topic's phase at the end of each, from the last one known on."""
        monday = find_monday(now)
        known = self.store.list_signals()
        since = known[0].week if known else date.min
        fresh = [
            signal
            for series in self.store.weekly_series(monday, since=monday - SERIES_SPAN)
            for signal in walk_weeks(series)
            if signal.week >= since
        ]
        self.store.save_signals(fresh)
        return tuple(signal for signal in fresh if signal.week == monday - timedelta(weeks=1))

    # -- brief --------------------------------------------------------------------------------------------------------

    def rank(self, executive: str, now: datetime, span: timedelta = ISSUE_SPAN) -> list[Ranked]:
        """Rank the stories of the last days for one executive."""
        stories = self.store.list_stories(since=now - span, until=now, limit=ENTRIES_AT_ONCE)
        tags = self.store.tags_of([story.id for story in stories])
        statements = self.store.list_statements(executive)
        return rank_stories(stories, tags, self.list_signals(), statements, self.topics, now)

    def list_signals(self) -> dict[str, Signal]:
        """Return each topic's latest signal."""
        return {signal.topic: signal for signal in self.store.list_signals()}

    def compose(self, executive: str, week: str, now: datetime) -> Issue:
        """Compose an issue without storing or claiming anything."""
        person = self.store.find_executive(executive)
        ranked = self.rank(executive, now)
        feeds = [feed for feed in self.store.list_feeds() if not feed.paused]
        signals = self.list_signals()
        seen = [s.evidence.first_seen_on for s in signals.values() if s.evidence.first_seen_on]
        material = Material(
            ranked=ranked,
            signals=signals,
            topics=self.topics,
            positions=self._list_versions(),
            statements=self.store.list_statements(executive),
            earlier=[i for i in self.store.list_issues(executive, limit=4 * LOOK_BACK) if i.week < week],
            coverage=Coverage(
                stories=len(ranked),
                publishers=len({owner for one in ranked for owner in one.story.publishers}),
                feeds_failing=sum(feed.state in DEAD_STATES for feed in feeds),
                weeks_watched=max(0, (find_monday(now) - min(seen, default=now.date())).days // 7),
                feeds_by_state=Counter(feed.state for feed in feeds),
                feeds_dead=tuple(sorted(feed.title or feed.publisher for feed in feeds if is_dead(feed, now))),
            ),
        )
        return compose_issue(person, week, material, now, token=secrets.token_urlsafe(16))

    def _list_versions(self) -> dict[str, list[Position]]:
        return {p.topic: self.store.position_history(p.topic) for p in self.store.list_positions()}

    def publish(self, executive: str, week: str, now: datetime, *, send: bool = True) -> Issue | None:
        """Make an issue and put its mail into the outbox; None when somebody else has, or is about to.

        Issue and message are stored in one transaction, so that a crash leaves both or neither; the claim of a crashed
        run expires and the next one makes the issue.
        """
        person = self.store.find_executive(executive)
        if not self.store.claim_issue(executive, week, now):
            return None
        issue = self.compose(executive, week, now)
        return issue if self.store.save_issue(issue, self._address(issue, person, now) if send else ()) else None

    def _address(self, issue: Issue, person: Executive, now: datetime) -> tuple[Outgoing, ...]:
        if not person.email:
            log.warning("%s has no e-mail address: the issue of %s is stored, not sent", person.slug, issue.week)
            return ()
        links = self.link_issue(issue)
        advisor = self.settings.advisor
        return (
            build_outgoing(
                issue,
                person,
                render_issue(issue, advisor=advisor.name, **links),
                sender=self.settings.mail.sender,
                reply_to=f"{advisor.name} <{advisor.email}>".strip() if advisor.email else "",
                message_id_domain=self._find_domain(),
                now=now,
                unsubscribe_url=links["pause_url"],
                unsubscribe_mailto=advisor.email,
            ),
        )

    def _find_domain(self) -> str:
        """Return the domain that Message-IDs carry."""
        return parseaddr(self.settings.mail.sender)[1].partition("@")[2] or "localhost"

    def link_issue(self, issue: Issue) -> dict[str, str]:
        """Return the addresses at which readers find an issue; empty when no public URL is configured."""
        base = self.settings.web.public_url
        return {
            "browser_url": f"{base}/i/{issue.token}" if base else "",
            "pause_url": f"{base}/i/{issue.token}/pause" if base else "",
        }

    def publish_due(self, now: datetime) -> list[Issue]:
        """Publish every issue that should be out by now and is not."""
        published = []
        for person in self.store.list_executives():
            week = find_due_week(person, now)
            if week and self.store.find_issue(person.slug, week) is None:
                issue = self.publish(person.slug, week, now)
                if issue:
                    published.append(issue)
        return published

    def deliver(
        self, clock: Callable[[], datetime], executive: str | None = None, mailer: Mailer | None = None
    ) -> list[Outgoing]:
        """Hand every waiting message, or one executive's, to the mailer (default: the configured one).

        Returns each message as it stands afterwards. Takes a clock, not a moment: a slow mail server must not outlast
        the lease on a message unnoticed.
        """
        mailer = mailer or self.open_mailer()
        done = []
        while outgoing := self.store.take_outgoing(clock(), SEND_LEASE, executive):
            self._hand_over(mailer, outgoing, clock)
            done.append(self.store.find_outgoing(outgoing.message_id))
        return done

    def _hand_over(self, mailer: Mailer, outgoing: Outgoing, clock: Callable[[], datetime]) -> None:
        def announce() -> None:
            # Recorded before the message leaves: after a crash it is known that it may have left.
            if not self.store.mark_handing_over(outgoing.message_id, clock()):
                raise _LeaseLost

        try:
            sent = mailer.send(outgoing, announce)
        except _LeaseLost:
            log.warning("%s: another process has taken it over", outgoing.name)
            return
        if sent.outcome == "sent":
            self.store.mark_sent(outgoing.message_id, clock(), sent.reply)
        else:
            retry_at = next_attempt(outgoing.attempts, clock(), sent.outcome)
            self.store.mark_failed(outgoing.message_id, sent.reply, retry_at)
            log.warning("%s: %s", outgoing.name, sent.reply)

    def open_mailer(self) -> Mailer:
        """Return the configured way out: a mail server, or the out folder when none is configured."""
        mail = self.settings.mail
        if not mail.host:
            return FolderMailer(self.settings.out)
        if mail.user and not mail.password:
            raise ConfigError("mail.user is set but no password: set RADAR_SMTP_PASSWORD or mail.password_file")
        return SMTPMailer(mail.host, mail.port, mail.tls, mail.user, mail.password)

    def raise_alarm(self, now: datetime) -> list[Trouble]:
        """Put a mail to the advisor into the outbox if there is trouble not yet told; return what it tells.

        Without an advisor's address the trouble is logged, each time.
        """
        feeds = self.store.list_feeds()
        troubles = choose_untold(find_troubles(feeds, self.store.measure_feeds(now), now), self.store.list_told(), now)
        advisor = self.settings.advisor
        if not troubles:
            return []
        if not advisor.email:
            for trouble in troubles:
                log.warning("%s %s; set advisor.email in radar.toml to be told by mail", trouble.line, trouble.advice)
            return []
        outgoing = build_alarm(
            write_subject(troubles),
            render_alarm(troubles, TELL_AGAIN),
            sender=self.settings.mail.sender,
            advisor=f"{advisor.name} <{advisor.email}>".strip(),
            message_id_domain=self._find_domain(),
            now=now,
        )
        return troubles if self.store.save_alarm(troubles, outgoing, now - TELL_AGAIN) else []

    # -- listen -------------------------------------------------------------------------------------------------------

    def list_exposures(self, now: datetime) -> list[Exposure]:
        """Return the topics that move while no current advice is on file, worst first."""
        agendas = {p.slug: self.store.list_statements(p.slug) for p in self.store.list_executives()}
        positions = {position.topic: position for position in self.store.list_positions()}
        return find_exposures(self.list_signals().values(), agendas, positions, now.date())


def find_monday(now: datetime) -> date:
    """Return the Monday (UTC) of the week that is running."""
    today = now.astimezone(UTC).date()
    return today - timedelta(days=today.weekday())
