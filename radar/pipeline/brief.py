"""Rank, compose and publish: one issue a week and executive."""

import logging
import secrets
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from radar.brief.compose import LOOK_BACK, Coverage, Material, compose_issue
from radar.brief.mail import build_outgoing
from radar.brief.rank import rank_stories
from radar.brief.render import render_issue
from radar.brief.slot import find_due_week
from radar.desk.rapport import Dossier, judge_rapports, link_issue, read_dossier, read_taste
from radar.listen.acceptance import find_held
from radar.pipeline.steps import find_monday
from radar.pipeline.survey import NEED_IS_NEWS, Surveying
from radar.records import DEAD_STATES, Executive, Issue, Outgoing, Ranked, Survey
from radar.watch.health import is_dead

log = logging.getLogger(__name__)

#: What a weekly issue looks at.
ISSUE_SPAN = timedelta(days=7)
STORIES_AT_ONCE = 2_000


class Briefing(Surveying):
    """From stories to issues in the outbox."""

    def rank(
        self, executive: str, now: datetime, span: timedelta = ISSUE_SPAN, dossier: Dossier | None = None
    ) -> list[Ranked]:
        """Rank the stories of the last days for one executive, as their answers so far have taught."""
        stories = self.store.list_stories(since=now - span, until=now, limit=STORIES_AT_ONCE)
        tags = self.store.tags_of([story.id for story in stories])
        statements = self.store.list_statements(executive)
        taste = read_taste(self.store, dossier or read_dossier(self.store, executive))
        return rank_stories(stories, tags, self.list_signals(), statements, self.topics, now, taste)

    def compose(self, executive: str, week: str, now: datetime) -> Issue:
        """Compose an issue without storing or claiming anything."""
        person = self.store.find_executive(executive)
        dossier = read_dossier(self.store, executive)
        ranked = self.rank(executive, now, dossier=dossier)
        feeds = [feed for feed in self.store.list_feeds() if not feed.paused]
        signals = self.list_signals()
        seen = [s.evidence.first_seen_on for s in signals.values() if s.evidence.first_seen_on]
        before = replace(dossier, issues=tuple(issue for issue in dossier.issues if issue.week < week))
        earlier = before.issues[: 4 * LOOK_BACK]
        rapports = judge_rapports(before, now.date())
        told = {source.story_id for issue in earlier for item in issue.items for source in item.sources}
        polled = self._find_polled(now)
        material = Material(
            ranked=ranked,
            signals=signals,
            topics=self.topics,
            positions=self.store.list_versions(),
            statements=self.store.list_statements(executive),
            earlier=earlier,
            familiarity={topic: one.familiarity for topic, one in rapports.items()},
            held=find_held((one.acceptance for one in rapports.values() if one.acceptance), signals, now.date()),
            merged=self.store.list_merged(told),
            candidates=self.store.list_candidates(),
            needs=self.list_needs(now),
            polled=polled,
            polled_needs=self.store.list_needs(polled.slug) if polled else (),
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

    def _find_polled(self, now: datetime) -> Survey | None:
        """Return the latest survey that has closed in the last weeks."""
        today = now.date()
        closed = [one for one in self.store.list_surveys() if one.closed_on and one.closed_on <= today]
        news = [one for one in closed if one.closed_on and today - one.closed_on <= NEED_IS_NEWS]
        return max(news, key=lambda one: (one.closed_on or today, one.created_at), default=None)

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
        links = link_issue(self.store, issue, self.settings.web.public_url)
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
                unsubscribe_url=links.get("pause_url", ""),
                unsubscribe_mailto=advisor.email,
            ),
        )

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
