"""Surveys of end users: what is asked, the links, the answers until it closes, and what they come to.

A link is marked and an answer stored by one transaction, and nothing stored connects the two.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from radar.errors import Conflict
from radar.records import Need, Outgoing, Survey, SurveyAnswer, SurveyLink, SurveyState, SurveyText
from radar.store.engine import Database, columns_of, dump, insert_into, load
from radar.store.names import unknown_name
from radar.store.tables import need, outbox, survey, survey_answer, survey_link, survey_text
from radar.store.tagging import check_topics

Answered = Literal["stored", "used", "closed"]
_SURVEY = columns_of(survey, Survey)
_LINK = columns_of(survey_link, SurveyLink)
_TEXT = columns_of(survey_text, SurveyText)
_NEED = columns_of(need, Need)


class Surveys(Database):
    """What asking the staff reads and writes."""

    def add_survey(self, draft: Survey) -> None:
        """Store a new survey. Raises UnknownName for a topic, Conflict where there is such a survey."""
        with self._keep() as connection:
            check_topics(connection, {topic for subject in draft.subjects for topic in subject.topics})
            added = insert_into(connection, survey).values(dump(draft, survey)).on_conflict_do_nothing()
            if connection.scalar(added.returning(survey.c.slug)) is None:
                raise Conflict(f"there is a survey {draft.slug} already; choose another name")

    def change_survey(self, changed: Survey, state: str) -> None:
        """Store a survey's changes, if it is still in that state. Raises Conflict, UnknownName."""
        with self._keep() as connection:
            done = update(survey).where(survey.c.slug == changed.slug, survey.c.state == state)
            if connection.scalar(done.values(dump(changed, survey)).returning(survey.c.slug)) is None:
                raise Conflict(f"survey {changed.slug} is {_find(connection, changed.slug).state} by now")

    def list_surveys(self) -> list[Survey]:
        """Return every survey, the newest first."""
        with self._read() as connection:
            rows = connection.execute(select(*_SURVEY).order_by(survey.c.created_at.desc(), survey.c.slug))
            return [load(Survey, row) for row in rows]

    def find_survey(self, slug: str) -> Survey:
        """Return one survey. Raises UnknownName."""
        with self._read() as connection:
            return _find(connection, slug)

    def invite(self, link: SurveyLink, outgoing: Outgoing | None = None) -> SurveyLink | None:
        """Store a link and the mail that carries it together; None, and nothing stored, where the name has one."""
        with self._keep() as connection:
            added = insert_into(connection, survey_link).values(dump(link, survey_link)).on_conflict_do_nothing()
            if connection.scalar(added.returning(survey_link.c.token)) is None:
                return None
            if outgoing:
                connection.execute(insert(outbox), [dump(outgoing, outbox)])
        return link

    def remind(self, token: str, outgoing: Outgoing) -> bool:
        """Put a reminder into the outbox; false where that person has answered or been reminded."""
        link = survey_link.c
        waiting = (link.token == token) & (link.used == 0) & ~link.reminded
        with self._keep() as connection:
            marked = update(survey_link).where(waiting).values(reminded=True).returning(link.token)
            if connection.scalar(marked) is None:
                return False
            connection.execute(insert(outbox), [dump(outgoing, outbox)])
        return True

    def list_survey_links(self, slug: str) -> list[SurveyLink]:
        """Return a survey's links, by name. Raises UnknownName."""
        with self._read() as connection:
            _find(connection, slug)
            query = select(*_LINK).where(survey_link.c.survey == slug).order_by(survey_link.c.name)
            return [load(SurveyLink, row) for row in connection.execute(query)]

    def find_survey_link(self, token: str) -> tuple[Survey, SurveyLink] | None:
        """Return what a link opens, if anything."""
        with self._read() as connection:
            row = connection.execute(select(*_LINK).where(survey_link.c.token == token)).one_or_none()
            if row is None:
                return None
            link = load(SurveyLink, row)
            return _find(connection, link.survey), link

    def answer_survey(self, token: str, answer: SurveyAnswer, today: date) -> Answered:
        """Store an answer, once for each person a link is for. Raises UnknownName for a link that there is not."""
        link = survey_link.c
        with self._keep() as connection:
            slug = connection.scalar(select(link.survey).where(link.token == token))
            if slug is None:
                raise unknown_name("survey", "")
            # PostgreSQL holds the row, so that none is lost between an answer and the closing of its survey.
            held = select(*_SURVEY).where(survey.c.slug == slug).with_for_update(read=True)
            if not load(Survey, connection.execute(held).one()).takes_answers(today):
                return "closed"
            counted = update(survey_link).where(link.token == token, link.used < link.people)
            if connection.scalar(counted.values(used=link.used + 1).returning(link.token)) is None:
                return "used"
            _insert_answers(connection, slug, [answer])
        return "stored"

    def list_survey_answers(self, slug: str) -> tuple[list[SurveyAnswer], list[SurveyText]]:
        """Return what was answered so far, ticks and texts each in an order of their own. Raises UnknownName."""
        with self._read() as connection:
            _find(connection, slug)
            return _read_answers(connection, slug)

    def close_survey(
        self, closed: Survey, needs: Iterable[Need], texts: Sequence[SurveyText], was: SurveyState = "open"
    ) -> None:
        """Close a survey for good: keep what it comes to and the texts that may be shown, delete answers and addresses.

        Raises Conflict for one that is not what it `was`, and where somebody answered meanwhile: an open survey's
        `closed.answers` has to be the number of answers there are. A draft has none of its own; its answers came from
        elsewhere.
        """
        with self._keep() as connection:
            held = select(survey.c.state).where(survey.c.slug == closed.slug).with_for_update()
            if connection.scalar(held) != was:
                raise Conflict(f"survey {closed.slug} is {_find(connection, closed.slug).state}, not {was}")
            mine = survey_answer.c.survey == closed.slug
            counted = connection.scalar(select(func.count()).select_from(survey_answer).where(mine))
            if was == "open" and counted != closed.answers:
                raise Conflict(f"survey {closed.slug} was being answered just now; close it again")
            connection.execute(update(survey).where(survey.c.slug == closed.slug).values(dump(closed, survey)))
            connection.execute(delete(survey_answer).where(mine))
            # Who took part is nobody's business either, once nobody can be invited or reminded any more.
            personal = (survey_link.c.survey == closed.slug) & survey_link.c.personal
            connection.execute(update(survey_link).where(personal).values(name=survey_link.c.token))
            connection.execute(delete(survey_text).where(survey_text.c.survey == closed.slug))
            _insert_texts(connection, closed.slug, texts)
            if rows := [dump(one, need) for one in needs]:
                connection.execute(insert(need), rows)

    def list_survey_texts(self, slug: str, topic: str | None = None) -> list[SurveyText]:
        """Return what was written in a closed survey, in a new order each time. Raises UnknownName."""
        with self._read() as connection:
            if _find(connection, slug).state != "closed":
                return []
            texts = _read_texts(connection, slug)
        return [text for text in texts if topic is None or topic in text.topics]

    def list_needs(self, slug: str) -> list[Need]:
        """Return what one survey says, by topic. Raises UnknownName."""
        with self._read() as connection:
            _find(connection, slug)
            rows = connection.execute(select(*_NEED).where(need.c.survey == slug).order_by(need.c.topic))
            return [load(Need, row) for row in rows]

    def latest_needs(self, since: date, until: date = date.max) -> dict[str, Need]:
        """Return what the latest survey of the days [since, until] that tells of a topic says of it, topic by topic."""
        closed = need.c.closed_on.between(since, until)
        query = select(*_NEED).where(closed).order_by(need.c.closed_on, need.c.survey)
        with self._read() as connection:
            return {one.topic: one for one in (load(Need, row) for row in connection.execute(query))}


def _find(connection: Connection, slug: str) -> Survey:
    row = connection.execute(select(*_SURVEY).where(survey.c.slug == slug)).one_or_none()
    if row is None:
        raise unknown_name("survey", slug, connection.scalars(select(survey.c.slug)))
    return load(Survey, row)


def _insert_answers(connection: Connection, slug: str, answers: Sequence[SurveyAnswer]) -> None:
    rows: list[Mapping[str, Any]] = [dump(answer, survey_answer, id=_draw_id(), survey=slug) for answer in answers]
    connection.execute(insert(survey_answer), rows)
    texts = [SurveyText(number, text) for answer in answers for number, text in enumerate(answer.texts) if text]
    _insert_texts(connection, slug, texts)


def _insert_texts(connection: Connection, slug: str, texts: Sequence[SurveyText]) -> None:
    rows = [dump(text, survey_text, id=_draw_id(), survey=slug) for text in _shuffle(texts)]
    if rows:
        connection.execute(insert(survey_text), rows)


def _read_answers(connection: Connection, slug: str) -> tuple[list[SurveyAnswer], list[SurveyText]]:
    columns = (survey_answer.c.needs, survey_answer.c.satisfaction)
    rows = connection.execute(select(*columns).where(survey_answer.c.survey == slug))
    return _shuffle([load(SurveyAnswer, row) for row in rows]), _read_texts(connection, slug)


def _read_texts(connection: Connection, slug: str) -> list[SurveyText]:
    rows = connection.execute(select(*_TEXT).where(survey_text.c.survey == slug))
    return _shuffle([load(SurveyText, row) for row in rows])


def _shuffle(things: Sequence[Any]) -> list[Any]:
    shuffled = list(things)
    secrets.SystemRandom().shuffle(shuffled)
    return shuffled


def _draw_id() -> str:
    return secrets.token_hex(8)
