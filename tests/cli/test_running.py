"""`radar crawl`, `feeds`, `status`, `keys`, `doctor`, `serve`: what an operator runs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from pytest_httpserver import HTTPServer

from radar.brief.mail import SMTPMailer
from radar.store import open_store
from radar.web.auth import check_key
from tests.building import NOW
from tests.cli.cli_run import Run

FEED = """<rss version="2.0"><channel><title>The Ledger</title><item><guid>1</guid><title>Passkeys arrive</title>
<link>https://ledger.example/1</link><pubDate>Tue, 24 Nov 2026 07:00:00 GMT</pubDate></item></channel></rss>"""


def list_feeds(home: Path, server: HTTPServer, *paths: str) -> None:
    """Make feeds.toml name paths of a server on this machine, which radar.toml allows."""
    feeds = (f'[[feed]]\nurl = "{server.url_for(path)}"\nkind = "trade"\ntitle = "T{path}"\n' for path in paths)
    (home / "feeds.toml").write_text("".join(feeds))
    (home / "radar.toml").write_text(f'[crawl]\nallow = ["{server.host}:{server.port}"]\n')


def test_a_crawl_reads_what_it_can_and_says_what_it_could_not(home: Path, run: Run, httpserver: HTTPServer) -> None:
    """One feed gone costs the other nothing; the reason is shown here and by `radar feeds`."""
    httpserver.expect_request("/good").respond_with_data(FEED, content_type="application/rss+xml")
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    list_feeds(home, httpserver, "/good", "/gone")

    done = run("crawl")

    assert done.exit_code == 0
    assert "2 feeds visited: 1 answered, 1 failed; 1 new entry" in done.output
    assert httpserver.url_for("/gone") in done.output
    rows = {row["title"]: row for row in json.loads(run("feeds", "--json").output)}
    assert rows["T/good"]["state"] == "ok"
    assert rows["T/gone"]["state"] == "gone"
    assert rows["T/gone"]["reason"]
    assert "T/good" not in run("feeds", "--state", "gone").output
    assert "1 gone, 1 ok" in run("status").output
    assert json.loads(run("query", "passkeys", "--json").output)["stories"][0]["title"] == "Passkeys arrive"


def test_feeds_show_what_they_publish_and_since_when_they_fail(home: Path, run: Run, httpserver: HTTPServer) -> None:
    """What needs a look comes first, with reason and day; JSON has the same and the rest."""
    httpserver.expect_request("/good").respond_with_data(FEED, content_type="application/rss+xml")
    httpserver.expect_request("/nothing").respond_with_data("", status=404)
    list_feeds(home, httpserver, "/good", "/nothing")
    run("crawl")

    lines = run("feeds").output.splitlines()
    rows = json.loads(run("feeds", "--json").output)

    assert lines[0].split("  ")[0] == "state"
    assert {"a week", "last success", "next visit"} <= {cell.strip() for cell in lines[0].split("  ") if cell}
    assert lines[1].startswith("failing")
    assert lines[2].strip() == "the server does not find the feed (404) (since 24 Nov 2026)"
    assert lines[3].startswith("ok")
    assert "7.0" in lines[3]
    assert [row["entries_a_week"] for row in rows] == [7.0, 0.0]
    assert rows[1]["failing_since_at"] == "2026-11-24T08:00:00Z"
    assert "read a feed just now" in run("status").output


def test_a_crawl_fails_only_when_every_visit_failed(home: Path, run: Run, httpserver: HTTPServer) -> None:
    """Exit code 1: the trouble is probably here."""
    list_feeds(home, httpserver, "/nothing")

    assert run("crawl").exit_code == 1


def test_an_empty_feeds_file_is_exit_code_3(home: Path, run: Run) -> None:
    """There is nothing to crawl, and that is no success."""
    (home / "feeds.toml").write_text("")

    done = run("crawl")

    assert done.exit_code == 3
    assert "lists no feed" in done.stderr


# -- keys -------------------------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_opens_until_revoked(home: Path, run: Run) -> None:
    """The secret is the only thing on standard output; lists and JSON never hold its hash."""
    secret = run("keys", "new", "intranet", "--scope", "reader").stdout.strip()
    prefix = secret.split("_")[1]

    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        assert check_key(f"Bearer {secret}", store.find_key)
        listed = run("keys", "--json").output
        assert prefix in listed
        assert "hash" not in listed
        assert secret.split("_", 2)[2] not in listed
        run("keys", "revoke", prefix)
        assert check_key(f"Bearer {secret}", store.find_key) is None
    assert "24 Nov 2026  24 Nov 2026" in run("keys").output


def test_a_key_for_an_executive_names_one_that_exists(president: Run) -> None:
    """Without a name: usage. With an unknown one: exit code 4."""
    assert president("keys", "new", "page", "--scope", "executive").exit_code == 2
    assert president("keys", "new", "page", "--scope", "executive", "--executive", "nobody").exit_code == 4
    assert president("keys", "new", "page", "--scope", "executive", "--executive", "president").exit_code == 0


# -- doctor -----------------------------------------------------------------------------------------------------------


def examine(run: Run, *more: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = run("doctor", "--json", *more)
    return done.exit_code, {check["name"]: check for check in json.loads(done.output)}


def test_a_new_installation_has_nothing_to_put_right(run: Run) -> None:
    """Notes say what is still to do; nothing is bad."""
    code, checks = examine(run)

    assert code == 0
    assert {check["result"] for check in checks.values()} == {"ok", "note"}
    assert "radar crawl" in checks["crawl"]["line"]
    assert "Nothing to put right." in run("doctor").output


def test_doctor_finds_what_is_wrong_and_says_what_to_do(president: Run, home: Path) -> None:
    """A broken feeds.toml, an old crawl, no address, a stale statement, a message that waits: a line each, exit 1."""
    president("executives", "set", "president", "--email", "")
    president("agenda", "set", "president-1", "--noted", "2026-08-01")
    (home / "feeds.toml").write_text('[[feed]]\nkind = "trade"\n')

    code, checks = examine(president)

    assert code == 1
    assert "feeds.toml:1: feed[0].url" in checks["feeds.toml"]["line"]
    assert "president-1" in checks["agenda"]["line"]
    assert "radar executives set president --email" in checks["executives"]["line"]


def test_doctor_says_who_is_unread_and_when_the_crawler_stands_still(
    home: Path, run: Run, httpserver: HTTPServer
) -> None:
    """A week of failures has a name; a day without a success is bad; nobody to tell and no contact are notes."""
    for path in ("/a", "/b", "/c"):
        httpserver.expect_request(path).respond_with_data(FEED, content_type="application/rss+xml")
    list_feeds(home, httpserver, "/a", "/b", "/c")
    run("crawl")
    assert "advisor.email" in examine(run)[1]["alarms"]["line"]
    assert "crawl.contact" in examine(run)[1]["contact"]["line"]
    httpserver.clear()
    for path in ("/a", "/b"):
        httpserver.expect_request(path).respond_with_data(FEED, content_type="application/rss+xml")

    for days in range(1, 9):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            run("crawl")
            code, checks = examine(run)
    assert (code, checks["crawl"]["result"], checks["feeds"]["result"]) == (0, "ok", "note")
    assert "1 failing of 3; unread for a week: T/c" in checks["feeds"]["line"]
    with time_machine.travel(NOW + timedelta(days=11), tick=False):
        code, checks = examine(run)
    assert (code, checks["crawl"]["result"]) == (1, "bad")
    assert "Radar has read no feed since" in checks["crawl"]["line"]


def test_doctor_calls_no_feed_well_before_one_was_visited(run: Run) -> None:
    """A fresh installation has 138 feeds and has read none."""
    checks = examine(run)[1]
    assert (checks["feeds"]["result"], checks["feeds"]["line"]) == (
        "note",
        "none of 138 feeds has been visited yet: `radar crawl`",
    )


def test_doctor_goes_on_without_a_database(tmp_path: Path) -> None:
    """The checks that need none are made; the database is bad, with what to do."""
    from click.testing import CliRunner

    from radar.cli import radar

    done = CliRunner().invoke(radar, ["--home", str(tmp_path), "doctor"])

    assert done.exit_code == 1
    assert "BAD   database" in done.output
    assert "radar init" in done.output


def test_doctor_greets_the_mail_server_when_asked(run: Run, home: Path) -> None:
    """Nobody listens there: bad, with the server's name, and nothing is sent."""
    (home / "radar.toml").write_text('[mail]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n')

    assert "mail server" not in examine(run)[1]
    code, checks = examine(run, "--mail")

    assert code == 1
    assert "127.0.0.1:1" in checks["mail server"]["line"]


def test_a_check_of_the_mail_server_sends_nothing() -> None:
    """Greeting and farewell, no sender, no recipient, no data."""
    from aiosmtpd.controller import Controller

    class Handler:
        seen: list[str] = []  # noqa: RUF012

        async def handle_MAIL(self, *_: object) -> str:
            self.seen.append("MAIL")
            return "250 OK"

    with time_machine.travel(NOW, tick=True):
        controller = Controller(Handler(), hostname="127.0.0.1", port=find_port())
        controller.start()
        try:
            assert SMTPMailer("127.0.0.1", controller.port, "none").check() == ""
            assert "STARTTLS" in SMTPMailer("127.0.0.1", controller.port, "starttls").check()
        finally:
            controller.stop()
    assert Handler.seen == []


# -- serve ------------------------------------------------------------------------------------------------------------


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_until_it_is_told_to_end(home: Path, number: signal.Signals) -> None:
    """It makes the database itself, says where it listens, and ends in order with exit code 0."""
    (home / "data/radar.db").unlink()
    (home / "feeds.toml").write_text("")
    port = find_port()
    command = [sys.executable, "-c", "from radar.cli import main; main()", "serve", "--port", str(port)]
    environment = os.environ | {"RADAR_HOME": str(home)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        answer = b""
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
                    answer = response.read()
                break
            except OSError:
                time.sleep(0.1)
        process.send_signal(number)
        _, log = process.communicate(timeout=30)

    assert b"alive" in answer, log
    assert process.returncode == 0, log
    assert f"listening on http://127.0.0.1:{port}" in log
    assert log.rstrip().endswith("ended")
    assert "Traceback" not in log


def test_serve_says_when_the_port_is_taken(run: Run) -> None:
    """One line, exit code 3."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        done = run("serve", "--port", str(taken.getsockname()[1]))

    assert done.exit_code == 3
    assert "choose another --host or --port" in done.stderr
