"""Erasing an executive, on SQLite and PostgreSQL: every row, waiting mail, and the bytes in the database's files."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Text

from radar.errors import UnknownName
from radar.records import Letter, LetterLine, LetterPart, Outgoing, Statement
from radar.store import Store, open_store
from radar.store.erase import LETTERS, find_owned
from radar.store.listen import write_statement
from radar.store.tables import executive, metadata
from tests.canaries import count_owned, plant_canary, read_everything
from tests.store.store_samples import NOW, PRESIDENT, make_issue, make_topic, race

CANARY, OTHER = "canaryada5b1e", "canarybea77d0"


@pytest.fixture
def planted(store: Store) -> Store:
    """Two executives, each with a row in every table that can hold one."""
    store.save_topics([make_topic("passkeys")])
    for slug, canary in (("president", CANARY), ("board", OTHER)):
        store.save_executive(replace(PRESIDENT, slug=slug, name=f"Name {canary}", email=f"{canary}@example.org"))
        plant_canary(store, slug, canary, make_issue(slug, token=canary.ljust(22, "x")), "passkeys", NOW)
    return store


def test_every_table_that_can_hold_something_of_an_executive_is_planted_here(planted: Store) -> None:
    """A table made tomorrow fails here until `plant_canary` puts a row into it; what tests plant, erasing must end."""
    for slug in ("president", "board"):
        empty = {table for table, rows in count_owned(planted, slug).items() if not rows}
        # An alarm and a desk letter are nobody's; what a letter says of somebody goes, see below.
        assert empty <= {"alarm", "letter"}, f"plant a row of an executive in {empty} (tests/canaries.py)"
    assert {"statement", "statement_change", "talk", "step", "feedback", "outbox"} <= set(count_owned(planted, "board"))


def test_erasing_leaves_no_row_and_touches_nobody_elses(planted: Store) -> None:
    """What went is told table by table; whoever else is there keeps every row."""
    mine, others = count_owned(planted, "president"), count_owned(planted, "board")

    erased = planted.erase_executive("president")

    assert dict(erased.rows) == {table: rows for table, rows in mine.items() if rows} | {LETTERS: 1}
    assert set(count_owned(planted, "president").values()) == {0}
    assert count_owned(planted, "board") == others
    everything = read_everything(planted)
    assert CANARY not in everything
    assert everything.count(OTHER) > 15
    assert [person.slug for person in planted.list_executives()] == ["board"]


def test_nothing_of_the_erased_lingers_in_the_files(sqlite_database: object, tmp_path: Path) -> None:
    """Not in free pages, not in the write-ahead log, not even what had been overwritten before."""
    url = sqlite_database()  # type: ignore[operator]
    folder = Path(url.removeprefix("sqlite:///")).parent
    with open_store(url) as store:
        store.save_topics([make_topic("passkeys")])
        for slug, canary in (("president", CANARY), ("board", OTHER)):
            store.save_executive(replace(PRESIDENT, slug=slug, name=f"Name {canary}"))
            plant_canary(store, slug, canary, make_issue(slug, token=canary.ljust(22, "x")), "passkeys", NOW)
        assert CANARY.encode() in read_files(folder)
        assert store.erase_executive("president").lingering == ""
        left = read_files(folder)
        assert CANARY.encode() not in left
        assert OTHER.encode() in left


def read_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("*.db*"))


def test_a_log_in_use_is_said(sqlite_database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody reads while we erase: the rows are gone, and that their bytes may linger is told."""
    url = sqlite_database()  # type: ignore[operator]
    monkeypatch.setattr("radar.store.erase.PATIENCE", 0.1)
    with open_store(url) as store, open_store(url) as reader:
        store.save_topics([make_topic("passkeys")])
        store.save_executive(PRESIDENT)
        with reader._read() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM executive").fetchall()
            erased = store.erase_executive("president")
        assert "in use" in erased.lingering or "locked" in erased.lingering
        assert store.list_executives() == []


def test_what_is_being_written_of_them_goes_too(database_url: str) -> None:
    """A statement is half stored when the erasing begins: it waits for the other half, and takes both."""
    half, begun = threading.Event(), threading.Event()

    def write() -> None:
        with open_store(database_url) as store, store._keep() as connection:
            write_statement(connection, Statement("president-1", "president", "then"), NOW, "ida")
            half.set()
            begun.wait()
            time.sleep(0.2)  # so that it is most likely waiting by now; that it is not cannot fail

    def erase() -> None:
        half.wait()
        with open_store(database_url) as store:
            begun.set()
            store.erase_executive("president")

    with open_store(database_url) as store:
        store.save_topics([make_topic("passkeys")])
        store.save_executive(PRESIDENT)
        store.save_statement(Statement("president-1", "president", "first"), NOW, "ida")
        race([write, erase])
        assert set(count_owned(store, "president").values()) == {0}


def test_a_waiting_message_is_never_sent(planted: Store) -> None:
    """Theirs is gone, and so is the waiting letter that quotes them; the other's mail still goes."""
    planted.erase_executive("president")
    sent = []
    while message := planted.take_outgoing(NOW, NOW - NOW):
        sent.append(message)
        planted.mark_sent(message.message_id, NOW, "250")
    assert {(message.executive, CANARY.encode() in message.body) for message in sent} == {
        ("board", False),
        (None, False),
    }


@pytest.mark.parametrize("sent", [True, False])
def test_a_desk_letter_loses_its_words_and_keeps_what_the_next_is_told_against(planted: Store, *, sent: bool) -> None:
    """Whether its mail has gone or waits; a letter that names somebody else is left alone."""
    mails = {}
    for week, name in (("2026-W47", OTHER), ("2026-W48", CANARY)):
        body = f"Content-Type: text/plain\r\n\r\nOn the agenda of Name {name}."
        mail = Outgoing(f"<{week}@x.example>", None, week, "r@x.example", "a@x.example", body.encode(), NOW)
        part = LetterPart("Topics without advice", (LetterLine("Ai: rising", more=f"On the agenda of Name {name}."),))
        mails[week] = Letter(week, NOW, "1 topic needs advice", "", "", (part,), exposed=("ai",))
        assert planted.save_letter(mails[week], mail)
        if sent:
            planted.take_outgoing(NOW, NOW - NOW)
            planted.mark_sent(mail.message_id, NOW, "250")

    planted.erase_executive("president")

    assert CANARY not in read_everything(planted)
    last = planted.last_letter()
    assert last is not None
    assert (last.week, last.parts, last.exposed) == ("2026-W48", (), ("ai",))
    assert planted.last_letter(before="2026-W48") == mails["2026-W47"]


def test_a_letter_that_was_sent_keeps_its_row_and_loses_its_words(planted: Store) -> None:
    """Whatever its encoding: the ledger of what went out stays, what it quoted does not."""
    wrapped = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    words = f"She wants: then {CANARY[:6]}=\r\n{CANARY[6:]}\r\n   president\r\n"
    letter = Outgoing("<old@radar.example>", None, None, "r@x.example", "a@x.example", (wrapped + words).encode(), NOW)
    planted.save_alarm((), letter, NOW)
    planted.take_outgoing(NOW, NOW - NOW)
    planted.mark_sent("<old@radar.example>", NOW, "250")

    assert planted.erase_executive("president").rows[LETTERS] == 2

    assert planted.find_outgoing("<old@radar.example>").body == b""
    with pytest.raises(UnknownName):
        planted.find_outgoing("<desk-president@radar.example>")
    assert planted.find_outgoing("<desk-board@radar.example>").body


def test_nobody_is_erased_by_a_wrong_name(planted: Store) -> None:
    """In one line, with the closest; everything stays."""
    before = read_everything(planted)
    with pytest.raises(UnknownName, match="did you mean president"):
        planted.erase_executive("presidant")
    assert read_everything(planted) == before


def test_a_table_that_refers_to_theirs_is_found_by_its_keys() -> None:
    """Whatever a later table calls its columns: rows that hang on an executive's are owned, others never are."""
    later = MetaData()
    people = executive.to_metadata(later)
    note = Table("note", later, Column("id", Text, primary_key=True), Column("executive", Text))
    remark = Table("remark", later, Column("id", Text), Column("note", Text, ForeignKey("note.id")))
    plain = Table("plain", later, Column("id", Text))
    assert people is not None
    assert "note.executive" in str(find_owned(note, "x"))
    assert "remark.note" in str(find_owned(remark, "x"))
    assert find_owned(plain, "x") is None
    assert find_owned(metadata.tables["entry"], "x") is None
