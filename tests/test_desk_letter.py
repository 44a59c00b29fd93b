"""The desk letter: once a week at the advisor's time, never twice, never lost, through the ordinary outbox."""

import email.policy
import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from radar.app import App
from radar.config import Advisor, MailSettings, Settings
from radar.desk.rapport import give_answer
from radar.records import Letter, Statement, Subject, Survey, SurveyLink, Talk
from radar.schedule import start_schedule
from radar.store import Store, open_store
from tests.building import make_candidate, make_position, make_signal
from tests.smtp_sink import serve_inbox
from tests.store.store_samples import PRESIDENT, make_crawl, make_feed, make_issue, make_topic, race

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # the default time, in week 48
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
CANARY = "reach canary7f3e donors"


def open_app(store: Store, home: Path, port: int = 0, at: datetime = MONDAY, **advisor: str) -> App:
    host = "127.0.0.1" if port else ""
    mail = MailSettings(sender="radar@foundation.example", host=host, port=port or 25, tls="none")
    named = {"name": "Jo Ruiz", "email": "jo@foundation.example"} | advisor
    return App(Settings(home, "", mail=mail, advisor=Advisor(**named)), store, lambda: at)  # type: ignore[arg-type]


@pytest.fixture
def desk(store: Store) -> Store:
    """An organisation with an exposure, a draft, a candidate and a dead feed."""
    save_desk(store)
    return store


def save_desk(store: Store) -> None:
    store.save_topics([make_topic("ai"), make_topic("drones")])
    store.save_executive(replace(PRESIDENT, enrolled_at=MONDAY - 60 * DAY))
    words = Statement("s1", PRESIDENT.slug, CANARY, noted_on=(MONDAY - 60 * DAY).date(), topics=("ai",))
    store.save_statement(words, MONDAY - 60 * DAY, "advisor")
    store.save_signals([make_signal("ai"), make_signal("drones", "mainstream", confirmed=False)])
    store.save_position(make_position("drones", approved_by=""))
    store.save_candidates([make_candidate("wireguard")])
    store.sync_feeds([make_feed("ledger"), make_feed("herald", title="The Herald")])
    died = {
        "outcome": "failed",
        "state": "failing",
        "reason": "404",
        "failures": 9,
        "failing_since_at": MONDAY - 9 * DAY,
    }
    store.save_crawl(make_crawl("herald", MONDAY, **died))


def publish(store: Store, home: Path, at: datetime, **advisor: str) -> Letter | None:
    return open_app(store, home, at=at, **advisor).pipeline.publish_letter(at)


def test_a_survey_is_in_the_letter_when_it_ends_and_when_it_has_ended(desk: Store, tmp_path: Path) -> None:
    """First whom it still waits for, then that there is something to read; a fortnight later it is history."""
    ends = (MONDAY + 4 * DAY).date()
    draft = Survey("autumn", "Needs?", (Subject("AI", ("ai",)),), ("q1", "q2"), ends, MONDAY - 9 * DAY)
    desk.add_survey(draft)
    desk.change_survey(replace(draft, state="open"), "draft")
    desk.invite(SurveyLink("t" * 22, "autumn", "all staff", personal=False, people=40))
    app = open_app(desk, tmp_path)
    told = [list_surveys(app, "2026-W48", MONDAY)]
    app.pipeline.close_due_surveys(MONDAY + 5 * DAY)
    told += [list_surveys(app, "2026-W49", MONDAY + days * DAY) for days in (7, 14)]
    assert told == [
        [("Needs?: 0 of 40 have answered.", "due 27 November", "radar survey remind autumn")],
        [("Needs?: it has closed with 0 answers.", "", "radar survey results autumn")],
        [],
    ]


def list_surveys(app: App, week: str, at: datetime) -> list[tuple[str, str, str]]:
    parts = app.pipeline.compose_letter(week, at).parts
    lines = [line for part in parts if part.heading == "Surveys" for line in part.lines]
    return [(line.what, line.note, line.command) for line in lines]


def test_a_wish_to_talk_about_what_is_no_topic_reaches_the_advisor_until_there_was_a_talk(
    desk: Store, tmp_path: Path
) -> None:
    """The page promised it; a topic's wish is among the ideas. Taking it back ends it, too."""
    issue = make_issue(at=MONDAY - 3 * DAY)
    item = replace(issue.items[0], topic="", claim="Quorvex spreads")
    assert desk.claim_issue("president", issue.week, MONDAY)
    assert desk.save_issue(replace(issue, items=(item,)))
    give_answer(desk, issue, item, "let's talk", "mail", MONDAY - 2 * DAY)

    def list_wishes() -> list[str]:
        parts = open_app(desk, tmp_path).pipeline.compose_letter("2026-W48", MONDAY).parts
        return [line.what for part in parts if part.heading == "They want to talk" for line in part.lines]

    assert list_wishes() == [f"{PRESIDENT.name}: since 21 November, about “Quorvex spreads”"]
    desk.undo_feedback("president", issue.week, item.id, MONDAY)
    assert list_wishes() == []
    give_answer(desk, issue, item, "let's talk", "mail", MONDAY - 2 * DAY)
    assert len(list_wishes()) == 1
    desk.save_talk(Talk("president", (MONDAY - DAY).date(), MONDAY, "jo"))
    assert list_wishes() == []


def test_the_letter_arrives_by_smtp_once(desk: Store, tmp_path: Path) -> None:
    """To the advisor alone, text and HTML alike; a second look, and a second day, send nothing."""
    with serve_inbox() as (inbox, port):
        app = open_app(desk, tmp_path, port)
        assert app.run("letter") == "letter 2026-W48 published"
        assert app.run("deliver") == "letter 2026-W48 sent"
        assert (app.run("letter"), app.run("deliver")) == ("", "")
        assert open_app(desk, tmp_path, port, MONDAY + DAY).run("letter") == ""
    [envelope] = inbox.received
    assert envelope.rcpt_tos == ["jo@foundation.example"]
    message = message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"].startswith("1 topic needs advice")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert not message.defects
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body is not None
        told = " ".join(body.get_content().split())
        for words in (
            "On the agenda of",
            "waits for approval",
            "wireguard",
            "The Herald: failing",
            "radar position draft ai",
        ):
            assert words in told, (part, words)
        assert CANARY not in told  # names and counts suffice: mails are forwarded


def test_it_comes_at_the_advisors_day_and_time_where_the_advisor_is(desk: Store, tmp_path: Path) -> None:
    """Thursdays at 18:30 in Nairobi; not a minute before."""
    slot = datetime(2026, 11, 26, 18, 30, tzinfo=ZoneInfo("Africa/Nairobi")).astimezone(UTC)
    when = {"tz": "Africa/Nairobi", "day": "thursday", "time": "18:30"}
    publish(desk, tmp_path, slot - 3 * DAY, **when)  # that of the week before is too late
    assert desk.last_letter() is None
    assert publish(desk, tmp_path, slot - timedelta(minutes=1), **when) is None
    letter = publish(desk, tmp_path, slot, **when)
    assert letter is not None
    assert letter.week == "2026-W48"


def test_a_late_letter_goes_out_for_three_days_and_is_then_skipped_and_admitted(desk: Store, tmp_path: Path) -> None:
    """News of last week is no news; the next one says that a week is missing."""
    assert publish(desk, tmp_path, MONDAY) is not None
    assert publish(desk, tmp_path, MONDAY + WEEK + 3 * DAY + HOUR) is None
    letter = publish(desk, tmp_path, MONDAY + 2 * WEEK + 3 * DAY)
    assert letter is not None
    assert letter.week == "2026-W50"
    assert "No letter went out in week 49: Radar was not running." in letter.notes


def test_no_letter_is_due_before_there_is_a_desk(store: Store, tmp_path: Path) -> None:
    """A Radar set up on a Wednesday does not send Monday's letter."""
    assert publish(store, tmp_path, MONDAY) is None
    store.save_executive(replace(PRESIDENT, enrolled_at=MONDAY + 2 * DAY))
    assert publish(store, tmp_path, MONDAY + 2 * DAY + HOUR) is None
    assert publish(store, tmp_path, MONDAY + WEEK) is not None


def test_five_schedulers_at_once_send_it_once(database_url: str, tmp_path: Path) -> None:
    """Each with its own connection."""
    with open_store(database_url) as store:
        save_desk(store)
    stores = [open_store(database_url) for _ in range(5)]
    apps = [open_app(store, tmp_path) for store in stores]

    written = race([partial(app.pipeline.publish_letter, MONDAY) for app in apps])

    assert sum(letter is not None for letter in written) == 1
    assert [outgoing.name for outgoing in stores[0].list_outbox()] == ["letter 2026-W48"]
    for store in stores:
        store.close()


def test_the_next_letter_tells_what_has_closed_and_what_is_new(desk: Store, tmp_path: Path) -> None:
    """Advice approved on Wednesday; another topic that surges on nobody's agenda."""
    publish(desk, tmp_path, MONDAY)
    desk.save_position(make_position("ai", approved_by="Ida", written_at=MONDAY + 2 * DAY))
    week = MONDAY.date()
    desk.save_signals([make_signal("ai", week=week), make_signal("drones", "surging", week=week, since=week)])

    letter = publish(desk, tmp_path, MONDAY + WEEK)

    assert letter is not None
    parts = {part.heading: [(line.what, line.note) for line in part.lines] for part in letter.parts}
    assert parts["Closed since the last letter"] == [("ai: trial, approved by Ida on 25 November", "")]
    assert parts["Surging on nobody’s agenda"] == [("drones: surging since 23 November", "new · due 7 December")]


def test_without_an_address_the_log_is_warned_once_a_week(
    desk: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The letter is kept all the same, so that the next one tells what has changed."""
    with caplog.at_level(logging.WARNING):
        for hours in range(3):
            publish(desk, tmp_path, MONDAY + hours * HOUR, email="")
    assert caplog.text.count("advisor.email") == 1
    assert desk.last_letter() is not None
    assert desk.list_outbox() == []


def test_the_running_scheduler_sends_it(desk: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job is on the ticker, beside the digests."""
    monkeypatch.setattr("radar.schedule.TICKS", {"letter": 60, "deliver": 0.2})
    with serve_inbox() as (inbox, port):
        ticker = start_schedule(open_app(desk, tmp_path, port, MONDAY + HOUR))
        try:
            for _ in range(100):
                if inbox.received:
                    break
                threading.Event().wait(0.1)
        finally:
            ticker.shutdown()
    assert len(inbox.received) == 1
