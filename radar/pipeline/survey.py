"""Ask the staff: links mailed once, answers counted and tagged when a survey closes."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from radar.brief.mail import build_survey_mail
from radar.brief.survey_mail import render_invitation
from radar.errors import ConfigError, Conflict, Unusable
from radar.listen.survey import NEED_HOLDS, choose_texts, count_needs, find_risen
from radar.pipeline.tag import Tagging
from radar.records import LEAST_ANSWERS, Need, Outgoing, Survey, SurveyAnswer, SurveyLink, SurveyText

#: How long what a survey says is news.
NEED_IS_NEWS = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Mailed:
    """How many got a mail, and how many had one already or need none."""

    mailed: int
    passed_over: int


class Surveying(Tagging):
    """Surveys of end users, from the draft to what they come to."""

    def open_survey(self, slug: str, now: datetime) -> Survey:
        """Let a survey take answers. Raises UnknownName; Conflict for one that is no draft; Unusable past its day."""
        survey = self.store.find_survey(slug)
        if survey.state != "draft":
            raise Conflict(f"survey {slug} is {survey.state} already")
        if survey.closes_on < now.date():
            raise Unusable(
                "closes", f"its last day, {survey.closes_on}, has passed; `radar survey set {slug} --closes` moves it"
            )
        opened = replace(survey, state="open")
        self.store.change_survey(opened, "draft")
        return opened

    def invite_people(self, slug: str, addresses: Sequence[str], now: datetime) -> Mailed:
        """Mail each address its own link, once for good. Raises UnknownName, Conflict, ConfigError."""
        survey = self._find_open(slug, now)
        mailed = 0
        for address in dict.fromkeys(address.lower() for address in addresses):
            link = SurveyLink(secrets.token_urlsafe(16), slug, address, personal=True)
            mailed += self.store.invite(link, self._write_mail(survey, link, now)) is not None
        return Mailed(mailed, len(addresses) - mailed)

    def share_link(self, slug: str, name: str, people: int, now: datetime) -> str:
        """Make one link for a list of so many people and return its address. Raises as above, Conflict for a second."""
        self._find_open(slug, now)
        link = SurveyLink(secrets.token_urlsafe(16), slug, name, personal=False, people=people)
        address = self.link_survey(link)
        if self.store.invite(link) is None:
            raise Conflict(f"{name!r} has a link to survey {slug} already")
        return address

    def remind_people(self, slug: str, now: datetime) -> Mailed:
        """Mail everybody who has not answered once more, and never again. Raises UnknownName, Conflict, ConfigError."""
        survey = self._find_open(slug, now)
        links = [link for link in self.store.list_survey_links(slug) if link.personal]
        due = [link for link in links if not link.used and not link.reminded]
        mailed = sum(self.store.remind(link.token, self._write_mail(survey, link, now, reminder=True)) for link in due)
        return Mailed(mailed, len(links) - mailed)

    def link_survey(self, link: SurveyLink) -> str:
        """Return the address of a link. Raises ConfigError where readers could not reach it."""
        return f"{self.find_base()}/s/{link.token}"

    def find_base(self) -> str:
        """Return where people reach this Radar. Raises ConfigError where they could not."""
        base = self.settings.web.public_url
        if not base:
            raise ConfigError(
                "radar.toml: web.public_url: people open a survey at that address, so name it first, under [web]: "
                'public_url = "https://radar.example.org"'
            )
        return base

    def close_survey(self, slug: str, now: datetime) -> Survey:
        """Close a survey: keep what it comes to, delete the answers. Raises UnknownName, Conflict."""
        survey = self.store.find_survey(slug)
        if survey.state != "open":
            raise Conflict(f"survey {slug} is {'closed already' if survey.state == 'closed' else 'not open yet'}")
        answers, texts = self.store.list_survey_answers(slug)
        return self._close(survey, answers, texts, now)

    def close_due_surveys(self, now: datetime) -> list[Survey]:
        """Close every survey whose last day has passed."""
        today = now.date()
        due = [one for one in self.store.list_surveys() if one.state == "open" and not one.takes_answers(today)]
        closed = []
        for survey in due:
            with suppress(Conflict):  # another scheduler was faster
                closed.append(self.close_survey(survey.slug, now))
        return closed

    def import_answers(self, slug: str, answers: Sequence[SurveyAnswer], now: datetime) -> Survey:
        """Close a draft with the answers another tool has gathered. Raises UnknownName, Conflict."""
        survey = self.store.find_survey(slug)
        if survey.state != "draft":
            raise Conflict(f"survey {slug} is {survey.state}: answers are imported into a draft, all at once")
        texts = [SurveyText(number, text) for one in answers for number, text in enumerate(one.texts) if text]
        return self._close(survey, answers, texts, now)

    def list_needs(self, now: datetime) -> dict[str, Need]:
        """Return what staff ask for, topic by topic, as far as it is not too old to be a reason."""
        return self.store.latest_needs(now.date() - NEED_HOLDS, now.date())

    def _close(
        self, survey: Survey, answers: Sequence[SurveyAnswer], texts: Sequence[SurveyText], now: datetime
    ) -> Survey:
        closed_on = min(now.date(), survey.closes_on)
        told = [one for one in self.store.list_surveys() if one.answers >= LEAST_ANSWERS]
        earlier = [one for one in told if one.closed_on and one.closed_on <= closed_on]
        earlier.sort(key=lambda one: (one.closed_on, one.created_at))
        before: dict[str, Need] = {}
        for one in earlier:
            before |= {need.topic: need for need in self.store.list_needs(one.slug)}
        known: list[SurveyText] = []
        for last in earlier[-1:]:  # a word can only have risen in answer to the same question
            same = {number for number in range(2) if last.questions[number] == survey.questions[number]}
            known = [text for text in self.store.list_survey_texts(last.slug) if text.question in same]
        shown = self._tag_texts(choose_texts(texts), now)
        needs = count_needs(survey, answers, shown, self.topics, before, closed_on)
        risen = find_risen(shown, known)
        closed = replace(survey, state="closed", closed_on=closed_on, answers=len(answers), risen=risen)
        self.store.close_survey(closed, needs, shown, survey.state)
        return closed

    def _tag_texts(self, texts: Sequence[SurveyText], now: datetime) -> list[SurveyText]:
        tagger = self._ready_tagger(now, learn=False)
        tagged = tagger.tag_texts([(text.text, "") for text in texts], why=False)
        return [
            replace(text, topics=tuple(guess.topic for guess in guesses))
            for text, guesses in zip(texts, tagged, strict=True)
        ]

    def _find_open(self, slug: str, now: datetime) -> Survey:
        survey = self.store.find_survey(slug)
        if not survey.takes_answers(now.date()):
            hint = f"open it first: radar survey open {slug}" if survey.state == "draft" else "it takes no answers"
            raise Conflict(
                f"survey {slug} is {'past its last day' if survey.state == 'open' else survey.state}; {hint}"
            )
        return survey

    def _write_mail(self, survey: Survey, link: SurveyLink, now: datetime, *, reminder: bool = False) -> Outgoing:
        advisor = self.settings.advisor
        return build_survey_mail(
            survey,
            link,
            render_invitation(survey, self.link_survey(link), advisor.name, reminder=reminder),
            sender=self.settings.mail.sender,
            reply_to=f"{advisor.name} <{advisor.email}>".strip() if advisor.email else "",
            message_id_domain=self._find_domain(),
            now=now,
            reminder=reminder,
        )
