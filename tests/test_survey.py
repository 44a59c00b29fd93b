"""Surveys through the pipeline: mails once and without traces, closing on time, the digest that tells."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from radar.app import App
from radar.config import Advisor, MailSettings, Settings, WebSettings
from radar.records import Subject, Survey, SurveyAnswer, SurveyLink
from radar.store import Store
from tests.building import NOW, PRESIDENT
from tests.smtp_sink import serve_inbox

CANARY = "canaryrespondent77@example.org"
DRAFT = Survey(
    "autumn", "Needs?", (Subject("Passkeys", ("passkeys",)),), ("q1", "q2"), NOW.date() + timedelta(days=7), NOW
)


def open_app(store: Store, home: Path, port: int = 0) -> App:
    host = "127.0.0.1" if port else ""
    mail = MailSettings(sender="radar@foundation.example", host=host, port=port or 25, tls="none")
    web = WebSettings(public_url="https://radar.example.org")
    advisor = Advisor("Jo Ruiz", "advisor@foundation.example")
    app = App(Settings(home=home, database_url="", mail=mail, web=web, advisor=advisor), store, lambda: NOW)
    store.sync_topics(app.pipeline.topics.values())
    store.add_survey(DRAFT)
    app.pipeline.open_survey("autumn", NOW)
    return app


def answer(store: Store, people: int, *needs: str) -> None:
    link = SurveyLink(("t" * 22)[:-1] + str(people % 10), "autumn", f"list {people}", personal=False, people=people)
    store.invite(link)
    for _ in range(people):
        store.answer_survey(link.token, SurveyAnswer(needs, {"passkeys": 3}, ("a passkey, please", "")), NOW.date())


def read_log(caplog: pytest.LogCaptureFixture) -> str:
    """What Radar logged: the test's mail server logs what it is told."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")


def test_an_invitation_reaches_its_person_once_and_the_log_never(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Replies go to the advisor."""
    with serve_inbox() as (inbox, port), caplog.at_level(logging.DEBUG):
        app = open_app(store, tmp_path, port)
        for _ in range(2):
            app.pipeline.invite_people("autumn", [CANARY, CANARY.upper()], NOW)
            app.run("deliver")
    [received] = inbox.received
    assert received.rcpt_tos == [CANARY]
    assert b"Reply-To: Jo Ruiz <advisor@foundation.example>" in received.content
    assert b"Subject: Needs? (two minutes, anonymous)" in received.content
    assert "sent" in read_log(caplog)
    assert CANARY not in read_log(caplog)


def test_a_server_that_repeats_an_address_cannot_put_it_into_the_log(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The refusal is logged, its recipient is not."""
    with serve_inbox(rcpt=f"550 <{CANARY}> is unknown here") as (_, port), caplog.at_level(logging.DEBUG):
        app = open_app(store, tmp_path, port)
        app.pipeline.invite_people("autumn", [CANARY], NOW)
        app.run("deliver")
    assert "is unknown here" in read_log(caplog)
    assert CANARY not in read_log(caplog)


def test_a_survey_past_its_last_day_closes_by_itself(store: Store, tmp_path: Path) -> None:
    """And its texts are tagged with the topics of the list; before, nothing happens."""
    app = open_app(store, tmp_path)
    answer(store, 12, "passkeys")
    answer(store, 8)
    assert app.run("survey") == ""
    app.now = lambda: NOW + timedelta(days=8)
    assert app.run("survey") == "survey autumn closed"
    assert store.find_survey("autumn").closed_on == DRAFT.closes_on
    [need] = store.list_needs("autumn")
    assert (need.asking, need.answers, need.satisfaction) == (12, 20, 3.0)
    assert len(store.list_survey_texts("autumn", "passkeys")) == 20
    assert app.run("survey") == ""


def test_the_next_issue_tells_of_it_once_and_not_after_a_month(store: Store, tmp_path: Path) -> None:
    """Then it remains a reason beside stories on the topic."""
    app = open_app(store, tmp_path)
    store.save_executive(PRESIDENT)
    answer(store, 12, "passkeys")
    answer(store, 8)
    app.pipeline.close_survey("autumn", NOW)
    first = app.pipeline.publish("president", "2026-W48", NOW)
    assert first is not None
    assert [voice.text for voice in first.voices] == ["Asked for most: Passkeys, 12 of 20 staff"]
    assert store.find_issue("president", "2026-W48") == first
    assert app.pipeline.compose("president", "2026-W49", NOW + timedelta(days=7)).voices == ()
    late = NOW + timedelta(days=40)
    assert app.pipeline.list_needs(late)["passkeys"].asking == 12
    assert app.pipeline.list_needs(NOW + timedelta(days=400)) == {}
