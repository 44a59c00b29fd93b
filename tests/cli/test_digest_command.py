"""From an empty folder to a digest in the out folder, by commands alone."""

import email
import email.policy
import json
from pathlib import Path

import pytest

from radar.records import Crawl, Entry, Feed
from radar.store import open_store
from tests.building import HOUR, NOW, make_signal
from tests.cli.cli_run import Run


@pytest.fixture
def briefed(president: Run, home: Path) -> Run:
    """The president, her agenda, and news on it."""
    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        feeds = [Feed(f"https://{name}.example/feed", "trade", f"{name}.example") for name in ("one", "two", "three")]
        store.sync_feeds(feeds)
        for feed in feeds:
            url = f"https://{feed.publisher}/1"
            entry = Entry(feed.publisher, feed.url, "1", url, "Mobile payments reach farms", NOW - HOUR, NOW)
            store.save_crawl(Crawl(feed.url, NOW, "new entries", "ok", "", NOW), [entry])
    # The commands have no word for "watch what is there"; a crawl does, and here no feed is due.
    (home / "feeds.toml").write_text(
        "".join(f'[[feed]]\nurl = "https://{name}.example/feed"\nkind = "trade"\n' for name in ("one", "two", "three"))
    )
    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        for feed in store.list_feeds():
            store.save_crawl(Crawl(feed.url, NOW, "unchanged", "ok", "", NOW + HOUR), [])
    done = president("crawl")
    assert done.exit_code == 0, done.output
    assert "No feed is due before 24 Nov 09:00 UTC" in done.output
    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        store.save_signals([make_signal("mobile-payments", "rising", week=NOW.date())])
    return president


def test_the_whole_path_by_commands(briefed: Run, home: Path) -> None:
    """Position → preview → build → send: one mail in the out folder, and the same issue everywhere."""
    advice = ("--ring", "trial", "--so-what", "Farms can give.", "--say", "We test two.", "--approved-by", "Ada Blum")
    briefed("position", "set", "mobile-payments", *advice)

    preview = briefed("digest", "preview", "president")
    assert preview.exit_code == 0
    assert "mobile payments in the field" in preview.output
    assert "No issues yet" in briefed("digest").output  # a preview stores nothing

    built = briefed("digest", "build", "president", "--week", "2026-W48")
    assert built.exit_code == 0
    assert "Stored: president's issue of 2026-W48" in built.output
    assert "Already stored" in briefed("digest", "build", "president").output
    assert not (home / "out").exists()  # a build sends nothing
    assert "queued" in briefed("digest", "list", "president").output

    sent = briefed("digest", "send", "president")
    assert sent.exit_code == 0
    assert "sent" in sent.output
    assert "Nothing waits" in briefed("digest", "send").output

    message = email.message_from_bytes((home / "out/president-2026-W48.eml").read_bytes(), policy=email.policy.default)
    issue = json.loads(briefed("digest", "show", "president", "--json").output)
    assert message["Subject"] == issue["subject"]
    assert message["To"] == "Ada Blum <ada@example.org>"
    shown = briefed("digest", "show", "president", "--week", "2026-W48").output
    assert issue["subject"] in " ".join(shown.split())  # a long one goes on in the next line
    assert "token" not in issue  # it opens the issue to anybody


def test_a_preview_can_be_written_as_a_page(briefed: Run, tmp_path: Path) -> None:
    """To look at it in a browser before it goes out."""
    done = briefed("digest", "preview", "president", "--html", str(tmp_path / "preview.html"))

    assert done.exit_code == 0
    assert "<html" in (tmp_path / "preview.html").read_text()
    assert (tmp_path / "preview.html").stat().st_mode & 0o777 == 0o600  # it quotes an agenda


def test_an_issue_of_the_future_is_not_built(briefed: Run) -> None:
    """It would take the place of the real one."""
    done = briefed("digest", "build", "president", "--week", "2026-W49")

    assert done.exit_code == 2
    assert "2026-W49 has not begun" in done.stderr


@pytest.mark.parametrize("week", ["2026-48", "2026-W54", "48"])
def test_a_week_that_is_none_is_refused(briefed: Run, week: str) -> None:
    """One line with an example."""
    done = briefed("digest", "build", "president", "--week", week)

    assert done.exit_code == 2
    assert "is no week; write it as 2026-W48" in done.stderr


def test_an_issue_that_was_never_made_is_exit_code_4(briefed: Run) -> None:
    """One line that says where to look."""
    done = briefed("digest", "show", "president", "--week", "2026-W20")

    assert done.exit_code == 4
    assert "`radar digest list`" in done.stderr


def test_a_message_that_cannot_be_sent_is_exit_code_6_and_waits(briefed: Run, home: Path) -> None:
    """The reason is shown, nothing is lost, and the next attempt has a time."""
    (home / "radar.toml").write_text('[mail]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n')
    briefed("digest", "build", "president")

    done = briefed("digest", "send")

    assert done.exit_code == 6
    assert "127.0.0.1:1" in done.output
    assert "waits until 24 Nov 08:05 UTC" in done.output
    assert "Nothing to send now" in briefed("digest", "send").output


def test_send_can_be_for_one_executive(briefed: Run, home: Path) -> None:
    """The others' mail stays where it is."""
    briefed("executives", "add", "cfo", "--name", "Cy Ost", "--email", "cy@example.org")
    for slug in ("president", "cfo"):
        briefed("digest", "build", slug)

    briefed("digest", "send", "cfo")

    assert [path.name for path in sorted((home / "out").glob("*.eml"))] == ["cfo-2026-W48.eml"]


def test_an_executive_without_address_gets_an_issue_and_a_hint(briefed: Run) -> None:
    """Stored, not mailed, and the command that mends it."""
    briefed("executives", "add", "cfo", "--name", "Cy Ost")

    done = briefed("digest", "build", "cfo")

    assert done.exit_code == 0
    assert "radar executives set cfo --email" in done.output
