"""Write the desk letter once a week and put it into the outbox."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from radar.brief.letter import Waiting, compose_letter, render_letter
from radar.brief.mail import build_letter
from radar.brief.relevance import format_day
from radar.brief.slot import LATE, Appointment, find_slot
from radar.desk import advising, ledger, register
from radar.desk.rapport import judge_rapports, read_dossier
from radar.listen.advice import choose_approved, find_due
from radar.pipeline.steps import Steps
from radar.records import DEAD_STATES, WEEKDAYS, Acceptance, Letter, Reminder, Stale, Survey
from radar.watch.health import describe_feeds

log = logging.getLogger(__name__)

SURVEY_ENDS = timedelta(days=10)  # so soon that one letter more comes at most
SURVEY_IS_NEWS = timedelta(days=7)


class Lettering(Steps):
    """From everything that waits to one mail to the advisor."""

    def compose_letter(self, week: str, now: datetime) -> Letter:
        """Compose the letter of a week as it would be now; nothing is stored or sent."""
        store, today = self.store, now.date()
        positions, signals = store.list_versions(), self.list_signals()
        topics = {topic.slug: topic.name for topic in store.list_topics()}
        names = {person.slug: person.name for person in store.list_executives()}
        feeds = [feed for feed in store.list_feeds() if not feed.paused]
        failing = [feed for feed in feeds if feed.state in DEAD_STATES]
        approved = {topic: choose_approved(versions) for topic, versions in positions.items()}
        waiting = Waiting(
            topics=topics,
            executives=names,
            signals=signals,
            exposures=advising.list_exposures(store, today),
            approved={topic: position for topic, position in approved.items() if position},
            advice=find_due(positions, signals, topics, today),
            agendas=[self._remind(one, names) for one in register.list_stale(store, today)],
            candidates=[one for one in store.list_candidates() if one.standing == "open"],
            ideas=[one for slug in names for one in self._list_ideas(slug, now)],
            wishes=self._list_wishes(names),
            surveys=[one for survey in store.list_surveys() if (one := self._follow_survey(survey, today))],
            ledger=ledger.read_ledger(store)[0],
            feeds=len(feeds),
            failing=describe_feeds(failing, store.measure_feeds(now), now),
            last=store.last_letter(before=week),
        )
        return compose_letter(week, waiting, now)

    def _remind(self, one: Stale, names: Mapping[str, str]) -> Reminder:
        command = f"radar pack {one.executive}" if one.kind == "no talk" else f"radar agenda {one.executive}"
        return Reminder(names[one.executive], one.reason, None, command)

    def _list_ideas(self, executive: str, now: datetime) -> list[Acceptance]:
        """Return how an executive stands with each topic that was floated to them."""
        rapports = judge_rapports(read_dossier(self.store, executive), now.date())
        return [one.acceptance for one in rapports.values() if one.acceptance]

    def _list_wishes(self, names: Mapping[str, str]) -> list[Reminder]:
        """Return what executives asked to talk about that is no topic, and no talk has come since; newest first."""
        talks = self.store.last_talks()
        return [
            Reminder(
                names[one.executive],
                f"since {format_day(one.at.date())}, about “{one.claim}”",
                command=f"radar pack {one.executive}",
            )
            for one in self.store.list_feedback()
            if one.answer == "let's talk" and not one.topic and one.executive in names
            if one.executive not in talks or talks[one.executive] < one.at.date()
        ]

    def _follow_survey(self, survey: Survey, today: date) -> Reminder | None:
        """Return what is to be done about a survey: remind whom it still waits for, then read what was said."""
        if survey.takes_answers(today) and survey.closes_on - today <= SURVEY_ENDS:
            links = self.store.list_survey_links(survey.slug)
            used, places = sum(one.used for one in links), sum(one.people for one in links)
            command = f"radar survey remind {survey.slug}"
            return Reminder(survey.title, f"{used} of {places} have answered.", survey.closes_on, command)
        if survey.closed_on and today - survey.closed_on < SURVEY_IS_NEWS:
            answered = f"it has closed with {survey.answers} answers."
            return Reminder(survey.title, answered, None, f"radar survey results {survey.slug}")
        return None

    def find_letter_week(self, now: datetime) -> str | None:
        """Return the week whose letter should be out by now; None when it is too late, or there was no desk yet.

        A desk begins with its first executive: a Radar set up on a Wednesday owes no letter for Monday.
        """
        advisor = self.settings.advisor
        slot = find_slot(Appointment(advisor.tz, WEEKDAYS.index(advisor.day), advisor.time), now)
        people = self.store.list_executives()
        begun = any(person.enrolled_at is None or person.enrolled_at <= slot.due_at for person in people)
        return slot.week if begun and now - slot.due_at <= LATE else None

    def publish_letter(self, now: datetime, *, send: bool = True) -> Letter | None:
        """Put the letter of the week into the outbox, if it is due and not there; return it if it was.

        Without an advisor's address it is stored all the same, so that the next one tells what has changed.
        """
        week = self.find_letter_week(now)
        last = self.store.last_letter()
        if week is None or (last and last.week >= week):
            return None
        letter, advisor = self.compose_letter(week, now), self.settings.advisor
        if send and not advisor.email:
            log.warning("the desk letter of %s is not sent: set advisor.email in radar.toml; see `radar letter`", week)
        outgoing = (
            send
            and advisor.email
            and build_letter(
                letter,
                render_letter(letter, advisor.name),
                sender=self.settings.mail.sender,
                advisor=f"{advisor.name} <{advisor.email}>".strip(),
                message_id_domain=self._find_domain(),
            )
        )
        return letter if self.store.save_letter(letter, outgoing or None) else None
