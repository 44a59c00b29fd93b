"""Surveys on SQLite and PostgreSQL: a link is used once, and nothing leads from it to an answer."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
import sqlalchemy as sa

from radar.errors import Conflict, UnknownName
from radar.records import Need, Outgoing, Subject, Survey, SurveyAnswer, SurveyLink, SurveyText
from radar.store import Store, open_store
from radar.store.lookup import open_lookup
from radar.store.tables import survey_answer, survey_link, survey_text
from tests.store.store_samples import NOW, make_topic, race

TODAY = NOW.date()
DRAFT = Survey("autumn", "Needs?", (Subject("Passkeys", ("passkeys",)),), ("q1", "q2"), date(2026, 12, 11), NOW)
OPEN = replace(DRAFT, state="open")
SAID = SurveyAnswer(("passkeys",), {"passkeys": 4}, ("a need", ""))


def make_link(name: str = "ada@example.org", people: int = 1) -> SurveyLink:
    return SurveyLink(f"{name:t<22}"[:22], "autumn", name, personal=people == 1, people=people)


def make_mail(id_: str) -> Outgoing:
    return Outgoing(f"<{id_}@radar>", None, None, "radar@example.org", "ada@example.org", b"Subject: x\r\n\r\n", NOW)


@pytest.fixture
def opened(store: Store) -> Store:
    """A store with an open survey."""
    store.save_topics([make_topic("passkeys")])
    store.add_survey(DRAFT)
    store.change_survey(OPEN, "draft")
    return store


def test_a_survey_comes_back_whole(opened: Store) -> None:
    """Its name is taken; a topic it asks about has to exist; a change finds it in the state it was read in."""
    assert opened.list_surveys() == [opened.find_survey("autumn")] == [OPEN]
    with pytest.raises(Conflict, match="autumn already"):
        opened.add_survey(DRAFT)
    with pytest.raises(UnknownName, match="no topic"):
        opened.add_survey(replace(DRAFT, slug="other", subjects=(Subject("x", ("nothing",)),)))
    with pytest.raises(Conflict, match="is open by now"):
        opened.change_survey(OPEN, "draft")
    with pytest.raises(UnknownName, match="did you mean autumn"):
        opened.find_survey("autum")


def test_nobody_is_invited_or_reminded_twice(opened: Store) -> None:
    """One link and one mail a name; one reminder, and none once the link was used."""
    link = make_link()
    assert opened.invite(link, make_mail("1")) == link
    assert opened.invite(replace(link, token="u" * 22), make_mail("2")) is None
    assert len(opened.list_outbox()) == 1
    assert opened.remind(link.token, make_mail("3"))
    assert not opened.remind(link.token, make_mail("4"))
    bert = make_link("bert@example.org")
    opened.invite(bert, make_mail("5"))
    opened.answer_survey(bert.token, SAID, TODAY)
    assert not opened.remind(bert.token, make_mail("6"))
    assert {mail.message_id for mail in opened.list_outbox()} == {"<1@radar>", "<3@radar>", "<5@radar>"}


def test_five_who_invite_at_once_mail_once(database_url: str, opened: Store) -> None:
    """Each with a link and a mail of its own; and the same for a reminder."""
    stores = [open_store(database_url) for _ in range(5)]
    try:
        links = [replace(make_link(), token=str(number) * 22) for number in range(5)]
        invite = [partial(one.invite, link, make_mail(link.token)) for one, link in zip(stores, links, strict=True)]
        [made] = [link for link in race(invite) if link is not None]
        assert race([partial(one.remind, made.token, make_mail("again")) for one in stores]).count(True) == 1
    finally:
        for one in stores:
            one.close()
    assert {mail.message_id for mail in opened.list_outbox()} == {f"<{made.token}@radar>", "<again@radar>"}
    assert [link.token for link in opened.list_survey_links("autumn")] == [made.token]


def test_a_link_counts_once_however_many_press_at_once(database_url: str, opened: Store) -> None:
    """And a shared one as often as there are people on its list."""
    own, shared = make_link(), make_link("field offices", people=5)
    for link in (own, shared):
        opened.invite(link)
    stores = [open_store(database_url) for _ in range(8)]
    try:
        for link, wanted in ((own, 1), (shared, 5)):
            got = race([partial(one.answer_survey, link.token, SAID, TODAY) for one in stores])
            assert sorted(got) == ["stored"] * wanted + ["used"] * (8 - wanted)
    finally:
        for one in stores:
            one.close()
    answers, texts = opened.list_survey_answers("autumn")
    assert (len(answers), len(texts)) == (6, 6)


def test_after_the_last_day_no_answer_is_taken(opened: Store) -> None:
    """The day itself counts."""
    for name in ("ada@example.org", "bert@example.org"):
        opened.invite(make_link(name))
    assert opened.answer_survey(make_link().token, SAID, OPEN.closes_on) == "stored"
    assert opened.answer_survey(make_link("bert@example.org").token, SAID, date(2026, 12, 12)) == "closed"
    with pytest.raises(UnknownName):
        opened.answer_survey("x" * 22, SAID, TODAY)


def test_nothing_stored_connects_an_answer_with_a_link(opened: Store) -> None:
    """No column for author, time or order; texts are apart from ticks; SQLite keeps no row numbers."""
    assert {column.name for column in survey_answer.c} == {"id", "survey", "needs", "satisfaction"}
    assert {column.name for column in survey_text.c} == {"id", "survey", "question", "text", "topics"}
    assert not {"at", "on"} & {column.name.rpartition("_")[2] for column in survey_link.c}
    opened.invite(make_link())
    opened.answer_survey(make_link().token, SAID, TODAY)
    with opened._read() as connection:
        rows = [*connection.execute(sa.select(survey_answer)), *connection.execute(sa.select(survey_text))]
        if connection.dialect.name == "sqlite":
            for table in ("survey_answer", "survey_text"):
                with pytest.raises(sa.exc.OperationalError, match="no such column"):
                    connection.exec_driver_sql(f"SELECT rowid FROM {table}")
    ids = {row.id for row in rows}
    assert len(ids) == 2
    assert not any("ada@" in str(row) or make_link().token in str(row) for row in rows)


def test_closing_keeps_what_it_comes_to_and_deletes_every_answer(opened: Store) -> None:
    """An answer that came between counting and closing is not lost: the survey stays open."""
    opened.invite(make_link("list", people=9))
    opened.invite(make_link())  # a person who did not answer
    for _ in range(6):
        opened.answer_survey(make_link("list", people=9).token, SAID, TODAY)
    closed = replace(OPEN, state="closed", closed_on=TODAY, answers=5)
    need = Need("autumn", "passkeys", "Passkeys", TODAY, 6, None, satisfaction=4.0)
    texts = [SurveyText(0, f"text {number}", ("passkeys",) * (number % 2)) for number in range(6)]
    assert opened.list_survey_texts("autumn") == []  # none while it is open
    with pytest.raises(Conflict, match="being answered"):
        opened.close_survey(closed, [need], texts)
    opened.close_survey(replace(closed, answers=6), [need], texts)
    assert opened.find_survey("autumn") == replace(closed, answers=6)
    answers, kept = opened.list_survey_answers("autumn")
    assert answers == []
    assert [link.name for link in opened.list_survey_links("autumn")] == sorted([make_link().token, "list"])
    assert sorted(kept, key=lambda text: text.text) == texts
    assert len(opened.list_survey_texts("autumn", "passkeys")) == 3
    with pytest.raises(Conflict, match="is closed, not open"):
        opened.close_survey(closed, [need], texts)


def test_texts_come_in_another_order_each_time(opened: Store) -> None:
    """Twelve texts in the same order five times in a row: once in 10^34."""
    closed = replace(OPEN, state="closed", closed_on=TODAY)
    opened.close_survey(closed, [], [SurveyText(0, str(number)) for number in range(12)])
    orders = {tuple(text.text for text in opened.list_survey_texts("autumn")) for _ in range(5)}
    assert len(orders) > 1


def test_the_latest_need_of_a_topic_counts(database_url: str, opened: Store) -> None:
    """From a survey that closed not too long ago; the quick look-up agrees."""
    for number, day in enumerate((date(2026, 5, 1), date(2026, 11, 1), date(2024, 1, 1))):
        slug = f"survey-{number}"
        opened.add_survey(replace(DRAFT, slug=slug))
        need = Need(slug, "passkeys", "Passkeys", day, 40, 10 + number, sentence="so many ask")
        opened.close_survey(replace(DRAFT, slug=slug, state="closed", closed_on=day), [need], [], was="draft")
    latest = opened.latest_needs(date(2025, 11, 24))
    assert latest["passkeys"].asking == 11
    assert opened.latest_needs(date(2026, 11, 2)) == {}
    assert [need.survey for need in opened.list_needs("survey-2")] == ["survey-2"]
    with open_lookup(database_url) as lookup:
        assert lookup.needs(date(2025, 11, 24)) == latest
