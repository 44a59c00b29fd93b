"""The pipeline under trouble: several at once, killed in between, late, paused; nothing twice and nothing lost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from radar.app import App
from radar.brief.mail import FolderMailer, Sent
from radar.config import CrawlSettings, MailSettings, Settings
from radar.records import Crawl, Feed, FetchResult, Letter, Outgoing
from radar.store import Store, open_store
from radar.watch.fetch import fetch_all
from tests.building import PRESIDENT, make_entry
from tests.smtp_sink import serve_inbox
from tests.watch.loopback import Server

SLOT = datetime(2026, 11, 30, 4, 30, tzinfo=UTC)  # Monday, 07:30 in Nairobi


def open_app(store: Store, home: Path, port: int = 0, clock: Callable[[], datetime] = lambda: SLOT) -> App:
    mail = MailSettings(
        sender="radar@foundation.example", host="127.0.0.1" if port else "", port=port or 25, tls="none"
    )
    return App(Settings(home=home, database_url="", mail=mail), store, clock)


def test_five_schedulers_at_once_publish_and_send_each_issue_once(database_url: str, tmp_path: Path) -> None:
    """Each scheduler has its own connection, as five machines would."""
    with open_store(database_url) as store:
        for name in ("anna", "bert", "carl"):
            store.save_executive(replace(PRESIDENT, slug=name, email=f"{name}@example.org"))
        open_app(store, tmp_path).pipeline.watch(SLOT)
    errors: list[BaseException] = []

    with serve_inbox() as (inbox, port):
        gate = threading.Barrier(5)

        def work() -> None:
            try:
                with open_store(database_url) as own:
                    app = open_app(own, tmp_path, port)
                    gate.wait(20)
                    app.run("publish")
                    app.run("deliver")
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert errors == []
    recipients = sorted(envelope.rcpt_tos[0] for envelope in inbox.received)
    assert recipients == ["anna@example.org", "bert@example.org", "carl@example.org"]
    with open_store(database_url) as store:
        assert sorted(issue.executive for issue in store.list_issues()) == ["anna", "bert", "carl"]
        assert {outgoing.state for outgoing in store.list_outbox()} == {"sent"}


def test_a_crash_between_claim_and_issue_is_made_good_once_the_claim_has_run_out(store: Store, tmp_path: Path) -> None:
    """The claim of a run that died blocks others for a quarter of an hour, no longer."""
    store.save_executive(PRESIDENT)
    app = open_app(store, tmp_path)
    assert store.claim_issue("president", "2026-W49", SLOT)  # and here the process died

    early = app.pipeline.publish_due(SLOT + timedelta(minutes=5))
    late = app.pipeline.publish_due(SLOT + timedelta(minutes=16))

    assert (early, [issue.week for issue in late]) == ([], ["2026-W49"])
    assert len(store.list_outbox()) == 1


def test_a_crash_after_the_handover_sends_the_same_bytes_under_the_same_id(store: Store, tmp_path: Path) -> None:
    """The server had taken the mail, the process died before it could note so: at most one copy, and it is reported."""

    class Killed(BaseException):
        pass

    class DyingMailer:
        def __init__(self, inner: FolderMailer) -> None:
            self.inner, self.seen = inner, list[Outgoing]()

        def send(self, outgoing: Outgoing, before_data: Callable[[], None]) -> Sent:
            self.inner.send(outgoing, before_data)
            self.seen.append(outgoing)
            raise Killed

    store.save_executive(PRESIDENT)
    app = open_app(store, tmp_path)
    app.pipeline.publish_due(SLOT)
    mailer = DyingMailer(FolderMailer(tmp_path / "dying"))
    with pytest.raises(Killed):
        app.pipeline.deliver(lambda: SLOT, mailer=mailer)

    with serve_inbox() as (inbox, port):
        app = open_app(store, tmp_path, port)
        at_once = app.pipeline.deliver(lambda: SLOT + timedelta(minutes=1))
        again = app.pipeline.deliver(lambda: SLOT + timedelta(minutes=10))
        nothing = app.pipeline.deliver(lambda: SLOT + timedelta(minutes=30))

    assert (at_once, nothing) == ([], [])
    assert [outgoing.message_id for outgoing in again] == [mailer.seen[0].message_id]
    assert inbox.received[0].original_content == mailer.seen[0].body
    assert len(inbox.received) == 1


def test_a_mail_server_that_is_down_delays_the_digest_and_loses_nothing(store: Store, tmp_path: Path) -> None:
    """4xx is retried later, from the outbox, with the same bytes."""
    store.save_executive(PRESIDENT)
    with serve_inbox(rcpt="451 greylisted, come back") as (_, port):
        app = open_app(store, tmp_path, port)
        app.pipeline.publish_due(SLOT)
        [refused] = app.pipeline.deliver(lambda: SLOT)
    assert (refused.state, refused.attempts) == ("queued", 1)
    assert "451" in refused.reply
    assert refused.next_attempt_at is not None

    with serve_inbox() as (inbox, port):
        app = open_app(store, tmp_path, port)
        assert app.pipeline.deliver(lambda: SLOT + timedelta(seconds=5)) == []
        at = refused.next_attempt_at
        [sent] = app.pipeline.deliver(lambda: at)

    assert (sent.state, len(inbox.received)) == ("sent", 1)


def test_a_refusal_for_good_is_visible_and_stops_nobody_else(store: Store, tmp_path: Path) -> None:
    """One executive's address is refused with 5xx; the other's mail goes out."""
    store.save_executive(PRESIDENT)
    store.save_executive(replace(PRESIDENT, slug="anna", email="anna@example.org"))
    open_app(store, tmp_path).pipeline.publish_due(SLOT)
    with serve_inbox() as (inbox, port):

        async def refuse(server: object, session: object, envelope: object, address: str, options: object) -> str:
            if address.startswith("president"):
                return "550 no such user"
            envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
            return "250 OK"

        inbox.handle_RCPT = refuse  # type: ignore[method-assign]
        done = open_app(store, tmp_path, port).pipeline.deliver(lambda: SLOT)

    assert {outgoing.executive: outgoing.state for outgoing in done} == {"anna": "sent", "president": "failed"}
    assert store.status().outbox_failed == 1


@pytest.mark.parametrize(
    ("down", "expected"),
    [(timedelta(minutes=1), 1), (timedelta(hours=6), 1), (timedelta(days=3), 1), (timedelta(days=3, minutes=1), 0)],
    ids=str,
)
def test_a_slot_missed_by_up_to_three_days_still_gives_one_issue(
    store: Store, tmp_path: Path, down: timedelta, expected: int
) -> None:
    """Radar was down over the slot and comes back later; then ticks twice."""
    store.save_executive(PRESIDENT)
    app = open_app(store, tmp_path)

    published = app.pipeline.publish_due(SLOT + down) + app.pipeline.publish_due(SLOT + down)

    assert len(published) == expected


def test_a_paused_executive_gets_nothing(store: Store, tmp_path: Path) -> None:
    """Pausing is the reader's own decision; it holds until it is taken back."""
    store.save_executive(replace(PRESIDENT, paused=True))

    assert open_app(store, tmp_path).pipeline.publish_due(SLOT) == []


def test_an_executive_erased_while_their_mail_is_in_hand_gets_nothing_and_stops_nobody(
    store: Store, tmp_path: Path
) -> None:
    """Between the taking of the message and its hand-over; the next one still goes."""

    class Erasing(FolderMailer):
        def send(self, outgoing: Outgoing, before_data: Callable[[], None]) -> Sent:
            if outgoing.executive == "first":
                app.pipeline.erase_executive("first")
            return super().send(outgoing, before_data)

    app = open_app(store, tmp_path)
    for slug in ("first", "second"):
        store.save_executive(replace(PRESIDENT, slug=slug))
    app.run("publish")

    done = app.pipeline.deliver(lambda: SLOT, mailer=Erasing(tmp_path / "sent"))

    assert [(message.executive, message.state) for message in done] == [("second", "sent")]
    assert {path.name.partition("-")[0] for path in (tmp_path / "sent").iterdir()} == {"second"}


def test_erasing_ends_the_desk_letters_in_the_out_folder_that_speak_of_somebody(store: Store, tmp_path: Path) -> None:
    """Without a mail server they lie there as files, agendas quoted; those that speak of nobody erased stay."""
    app = open_app(store, tmp_path)
    for slug, name in (("first", "Ada Blum"), ("second", "Bo Carr")):
        store.save_executive(replace(PRESIDENT, slug=slug, name=name))
    for week, name in (("2026-W47", "Bo Carr"), ("2026-W48", "Ada Blum")):
        body = f"Content-Type: text/html\r\n\r\n<p>On the agenda of {name}</p>\r\n".encode()
        mail = Outgoing(f"<{week}@x.example>", None, week, "r@x.example", "a@x.example", body, SLOT)
        assert store.save_letter(Letter(week, SLOT, "", "", "", ()), mail)
    assert len(app.pipeline.deliver(lambda: SLOT)) == 2

    erased = app.pipeline.erase_executive("first")

    assert erased.files == ("letter-2026-W48.eml", "letter-2026-W48.html")
    left = {path.name for path in app.pipeline.settings.out.iterdir()}
    assert left == {"letter-2026-W47.eml", "letter-2026-W47.html"}


def test_watching_twice_changes_nothing(store: Store, tmp_path: Path) -> None:
    """Jobs are safe to run twice: the same stories, tags and signals."""
    feed = Feed("https://ledger.example/feed", "trade", "ledger.example", "The Ledger")
    store.sync_feeds([feed])
    [leased] = store.take_due_feeds(SLOT, timedelta(minutes=1), 10)
    entries = [
        make_entry(f"Bank {number} moves customers to passkeys", at=SLOT - timedelta(days=number))
        for number in range(9)
    ]
    store.save_crawl(Crawl(leased.url, SLOT, "new entries", "ok", "", SLOT + timedelta(hours=1)), entries)
    app = open_app(store, tmp_path)
    first = app.pipeline.watch(SLOT)
    stories, tags = store.list_stories(), store.tags_of([story.id for story in store.list_stories()])

    second = app.pipeline.watch(SLOT)

    assert (first.entries, second.entries, second.stories) == (9, 0, 0)
    assert store.list_stories() == stories
    assert store.tags_of([story.id for story in stories]) == tags


def test_a_topic_added_to_the_list_takes_effect_on_stories_already_stored(store: Store, tmp_path: Path) -> None:
    """The operator's topics.toml is read anew by the next run; every stored story is tagged again."""
    test_watching_twice_changes_nothing(store, tmp_path)
    (tmp_path / "topics.toml").write_text(
        '[[topic]]\nslug = "bank-moves"\nname = "Bank moves"\nquadrant = "frontier"\ndefinition = "Moves."\n'
        'aliases = ["moves customers"]\n',
        encoding="utf-8",
    )

    open_app(store, tmp_path).pipeline.watch(SLOT)

    assert len(store.list_stories(topic="bank-moves")) == len(store.list_stories())


def test_an_interrupted_crawl_has_stored_the_visits_it_made(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Visits are stored some at a time; Ctrl-C in between costs none of those whose answer was there."""

    def fetch_ten(*arguments: Any, **options: Any) -> Iterator[FetchResult]:
        with closing(fetch_all(*arguments, **options)) as results:
            yield from islice(results, 10)
        raise KeyboardInterrupt

    monkeypatch.setattr("radar.pipeline.crawl.fetch_all", fetch_ten)
    with Server() as server:
        store.sync_feeds([Feed(server.url(f"/{n}"), "trade", "x.example") for n in range(30)])
        settings = Settings(home=tmp_path, database_url="", crawl=CrawlSettings(allow=(server.host,)))
        with pytest.raises(KeyboardInterrupt):
            App(settings, store, lambda: SLOT).pipeline.crawl(SLOT)

    assert sum(feed.state == "failing" for feed in store.list_feeds()) == 10
