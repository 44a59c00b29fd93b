"""Alarms to the advisor: one mail for one outage, whoever looks and however often, through the ordinary outbox."""

import email.policy
import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest

from radar.app import App
from radar.config import Advisor, MailSettings, Settings
from radar.records import Outgoing, Trouble
from radar.schedule import start_schedule
from radar.store import Store, open_store
from tests.smtp_sink import serve_inbox
from tests.store.store_samples import make_crawl, make_entry, make_feed, race

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "the server does not find the feed (404)"


def open_app(store: Store, home: Path, port: int = 0, *, address: str = "advisor@foundation.example") -> App:
    host = "127.0.0.1" if port else ""
    mail = MailSettings(sender="radar@foundation.example", host=host, port=port or 25, tls="none")
    settings = Settings(home=home, database_url="", mail=mail, advisor=Advisor("Jo Ruiz", address))
    return App(settings, store, lambda: NOW)


def read_mail(outgoing: Outgoing) -> tuple[EmailMessage, str]:
    """The message and its text in one line."""
    message = message_from_bytes(outgoing.body, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return message, " ".join(body.get_content().split())


def let_live(store: Store, name: str, at: datetime = NOW) -> None:
    """A feed is read at that time."""
    store.save_crawl(make_crawl(name, at, next_due_at=at + DAY), [make_entry(f"{name} {at}", feed=name, at=at)])


def let_die(store: Store, name: str, since: datetime = NOW - 8 * DAY, *, at: datetime = NOW) -> None:
    """A feed that published until then has failed ever since."""
    if store.find_feed(make_feed(name).url).last_success_at is None:
        let_live(store, name, since - HOUR)
    failed = make_crawl(name, at, outcome="failed", state="failing", reason=WHY, failures=7, failing_since_at=since)
    store.save_crawl(replace(failed, next_due_at=at + 40 * DAY))


@pytest.fixture
def press(store: Store) -> Store:
    """Four feeds, of which the first is read every time somebody looks."""
    store.sync_feeds([make_feed(name, title=f"The {name.title()}") for name in ("ledger", "herald", "echo", "globe")])
    for name in ("ledger", "herald", "echo", "globe"):
        let_live(store, name, NOW - 20 * DAY)
        let_live(store, name, NOW)
    return store


def look(store: Store, home: Path, at: datetime) -> list[str]:
    """Look for trouble at that time, while the first feed lives; return what is told."""
    let_live(store, "ledger", at)
    return [trouble.about for trouble in open_app(store, home).pipeline.raise_alarm(at)]


def test_two_dead_feeds_are_one_mail_in_words(press: Store, tmp_path: Path) -> None:
    """To the advisor, as text and simple HTML, with which, since when, why and what to do; the outbox delivers it."""
    let_die(press, "herald")
    let_die(press, "echo", NOW - 9 * DAY)
    with serve_inbox() as (inbox, port):
        app = open_app(press, tmp_path, port)
        assert app.run("alarm") == "2 troubles told to the advisor"
        assert app.run("deliver") == "alarm 2026-11-24 0800 sent"
        assert (app.run("alarm"), app.run("deliver")) == ("", "")
    [envelope] = inbox.received
    assert envelope.rcpt_tos == ["advisor@foundation.example"]
    [outgoing] = press.list_outbox()
    message, text = read_mail(outgoing)
    assert (outgoing.executive, outgoing.week, outgoing.state) == (None, None, "sent")
    assert message["Subject"] == "2 feeds have gone unread for a week"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    for words in ("The Herald (herald.example), unread since 16 November 2026: " + WHY, "The Echo", "radar feeds"):
        assert words in text
    page = message.get_body(("html",))
    assert page is not None
    assert "The Herald (herald.example)" in page.get_content()
    assert not message.defects


def test_an_outage_is_told_once_then_weekly_while_it_lasts(press: Store, tmp_path: Path) -> None:
    """Looked for twice a day over a month, the mails are a week apart; they end when the feed is read again."""
    let_die(press, "herald")
    times = [NOW + number * HOUR for number in range(0, 30 * 24, 12)]
    told = [at for at in times[:30] if look(press, tmp_path, at)]
    let_live(press, "herald", times[30])
    told += [at for at in times[30:] if look(press, tmp_path, at)]
    assert told == [NOW, NOW + 7 * DAY, NOW + 14 * DAY]
    assert len(press.list_outbox()) == 3
    assert len({outgoing.message_id for outgoing in press.list_outbox()}) == 3


def test_a_feed_that_dies_the_same_day_waits_for_the_next_mail(press: Store, tmp_path: Path) -> None:
    """A day between two mails about feeds; the second tells only what is new."""
    let_die(press, "herald")
    assert look(press, tmp_path, NOW) == [make_feed("herald").url]
    let_die(press, "echo", NOW - 7 * DAY)
    let_die(press, "globe", NOW - 7 * DAY)
    assert look(press, tmp_path, NOW + 6 * HOUR) == []
    assert sorted(look(press, tmp_path, NOW + DAY)) == [make_feed("echo").url, make_feed("globe").url]


def test_a_second_outage_of_a_feed_is_told_again(press: Store, tmp_path: Path) -> None:
    """It came back in between: that is another trouble, also within the week."""
    let_die(press, "herald", NOW - 9 * DAY, at=NOW)
    assert look(press, tmp_path, NOW) == [make_feed("herald").url]
    let_live(press, "herald", NOW + HOUR)
    let_die(press, "herald", NOW + 2 * HOUR, at=NOW + 9 * DAY)
    assert look(press, tmp_path, NOW + 9 * DAY) == [make_feed("herald").url]


def test_a_feed_that_never_published_and_one_no_longer_listed_are_nobodys_trouble(press: Store, tmp_path: Path) -> None:
    """There is nothing to miss, or nobody who wants it."""
    let_die(press, "herald")
    listed = [feed for feed in press.list_feeds() if feed.publisher != "herald.example"]
    press.sync_feeds([*listed, make_feed("mute")])
    url = make_feed("mute").url
    since = NOW - 30 * DAY
    press.save_crawl(make_crawl("mute", outcome="failed", state="failing", failures=30, failing_since_at=since))
    assert press.find_feed(url).failing_since_at == since
    assert look(press, tmp_path, NOW) == []


def test_five_schedulers_at_once_tell_it_once(database_url: str, tmp_path: Path) -> None:
    """Each with its own connection: one mail in the outbox, and one of them says that it told."""
    with open_store(database_url) as store:
        store.sync_feeds([make_feed(name) for name in ("ledger", "herald", "echo")])
        let_live(store, "ledger")
        let_die(store, "herald")
        let_die(store, "echo")
    stores = [open_store(database_url) for _ in range(5)]

    told = race([partial(open_app(store, tmp_path).pipeline.raise_alarm, NOW) for store in stores])

    assert sorted(map(len, told)) == [0, 0, 0, 0, 2]
    assert len(stores[0].list_outbox()) == 1
    for store in stores:
        store.close()


def test_an_alarm_already_told_in_part_is_not_stored_at_all(press: Store, tmp_path: Path) -> None:
    """Two who looked at different moments: the later one's mail would tell a trouble twice."""
    let_die(press, "herald")
    assert look(press, tmp_path, NOW)
    before = press.list_outbox()
    both = [Trouble(make_feed("herald").url, NOW - 8 * DAY, "", ""), Trouble("crawler", NOW - 2 * DAY, "", "")]
    mail = replace(before[0], message_id="<2@x>")
    assert not press.save_alarm(both, mail, NOW - 7 * DAY)
    assert press.list_outbox() == before
    assert press.list_told().keys() == {make_feed("herald").url}
    assert press.save_alarm(both[1:], mail, NOW - 7 * DAY)


def test_a_crawler_that_stands_still_is_told_once_and_not_as_dead_feeds(press: Store, tmp_path: Path) -> None:
    """Nothing was read for a day although feeds are due: one mail, a week later another, nothing once it crawls."""
    let_die(press, "herald")
    pipeline = open_app(press, tmp_path).pipeline
    assert [trouble.about for trouble in pipeline.raise_alarm(NOW)] == [make_feed("herald").url]
    told = [
        at
        for at in (NOW + number * HOUR for number in range(10 * 24))
        if [trouble.about for trouble in pipeline.raise_alarm(at)] == ["crawler"]
    ]
    assert told == [NOW + 25 * HOUR, NOW + 25 * HOUR + 7 * DAY]  # due after a day, and an hour overdue
    _, text = read_mail(press.list_outbox()[0])
    assert "Radar has read no feed since 24 November 2026, 08:00 UTC" in text
    assert "radar serve" in text
    for name in ("ledger", "echo", "globe"):
        let_live(press, name, NOW + 10 * DAY)
    assert [trouble.about for trouble in pipeline.raise_alarm(NOW + 10 * DAY)] == [make_feed("herald").url]


def test_without_an_advisors_address_the_log_is_warned(
    press: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is stored, so that an address entered later is told at once."""
    let_die(press, "herald")
    with caplog.at_level(logging.WARNING):
        assert open_app(press, tmp_path, address="").pipeline.raise_alarm(NOW) == []
    assert "The Herald (herald.example), unread since 16 November 2026" in caplog.text
    assert "advisor.email" in caplog.text
    assert press.list_outbox() == []
    assert len(open_app(press, tmp_path).pipeline.raise_alarm(NOW)) == 1


def test_hostile_names_stay_out_of_headers_and_inert_in_the_page(press: Store, tmp_path: Path) -> None:
    """A feed may call itself anything; the subject is in our own words."""
    url = make_feed("evil").url
    title = "Evil\r\nBcc: all@example.org <script>alert(1)</script> =?utf-8?q?x?="
    press.sync_feeds([*press.list_feeds(), make_feed("evil", title=title)])
    let_die(press, "evil")
    assert look(press, tmp_path, NOW) == [url]
    [outgoing] = press.list_outbox()
    message, text = read_mail(outgoing)
    assert "Bcc" not in message
    assert message["Subject"] == "A feed has gone unread for a week"
    assert "Evil Bcc:" in text
    page = message.get_body(("html",))
    assert page is not None
    assert "<script" not in page.get_content()


def test_alarms_are_written_to_the_folder_where_no_mail_server_is_named(press: Store, tmp_path: Path) -> None:
    """Beside the digests, under a name of their own."""
    let_die(press, "herald")
    app = open_app(press, tmp_path)
    app.run("alarm")
    assert app.run("deliver") == "alarm 2026-11-24 0800 sent"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "alarm-2026-11-24-0800.eml",
        "alarm-2026-11-24-0800.html",
    }


def test_the_alarm_is_raised_and_sent_while_a_crawl_never_ends(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ticker's jobs do not wait for each other: what still runs when the crawler hangs tells of it."""
    monkeypatch.setattr("radar.schedule.PATIENCE", {})
    monkeypatch.setattr("radar.schedule.TICKS", {"crawl": 60, "deliver": 0.2, "alarm": 0.2})
    store.sync_feeds([make_feed()])
    let_live(store, "ledger", datetime.now(UTC) - 3 * DAY)
    hanging = threading.Event()
    monkeypatch.setattr("radar.pipeline.crawl.fetch_all", lambda *_, **__: hanging.wait(30) and iter(()))
    with serve_inbox() as (inbox, port):
        app = open_app(store, tmp_path, port)
        app.now = lambda: datetime.now(UTC)
        ticker = start_schedule(app)
        try:
            for _ in range(100):
                if inbox.received:
                    break
                threading.Event().wait(0.1)
        finally:
            hanging.set()
            ticker.shutdown()
    assert len(inbox.received) == 1
    assert b"Radar reads no feeds any more" in inbox.received[0].original_content
