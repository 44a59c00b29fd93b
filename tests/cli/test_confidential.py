"""What one executive wants, answered and said is searched for in the output of every command.

The commands are read off the command line itself: a new one fails here until it is declared, as one that tells of
nobody else, or as one whose purpose is to tell the advisor of everybody.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from radar.cli import COMMANDS, radar
from radar.records import Executive
from radar.store import Store, open_store
from tests.building import NOW, make_signal
from tests.canaries import count_owned, plant_canary
from tests.cli.cli_run import Run
from tests.store.store_samples import fill, make_entry, make_issue, make_story

CANARY = "canarybea63f0"

#: Command → what it is asked on behalf of the president, or of nobody: the other's words must not be in the answer.
TELLS_NOBODY_ELSES: dict[str, tuple[str, ...]] = {
    "init": ("again",),
    "crawl": ("--json",),
    "feeds list": (),
    "feeds add": ("http://127.0.0.1:9/feed",),
    "feeds remove": ("nothing",),
    "feeds pause": ("nothing",),
    "feeds resume": ("nothing",),
    "feeds check": ("nothing",),
    "feeds export": (),
    "stories show": ("STORY",),
    "stories tag": ("STORY", "passkeys"),
    "stories untag": ("STORY", "passkeys"),
    "stories split": ("STORY", "nothing"),
    "stories merge": ("STORY", "nothing"),
    "stories undo": ("1",),
    "topics add": ("new-thing", "--name", "Gravity shoes", "--quadrant", "frontier", "--definition", "It is new."),
    "topics edit": ("passkeys", "--definition", "Sign-in without passwords."),
    "topics remove": ("nothing",),
    "topics list": (),
    "topics show": ("passkeys",),
    "signals": ("--all",),
    "candidates list": ("--all",),
    "candidates show": ("nothing",),
    "candidates promote": ("nothing", "--quadrant", "frontier", "--definition", "It is new."),
    "candidates merge": ("nothing", "passkeys"),
    "candidates mute": ("nothing",),
    "ledger list": (),
    "ledger raised": ("passkeys", "--by", "president", "--on", "2026-11-20"),
    "exposure": (),
    "executives list": (),
    "executives add": ("third", "--name", "Third"),
    "executives set": ("president", "--role", "President"),
    "executives pause": ("president",),
    "executives resume": ("president",),
    "executives erase": ("third", "--yes"),
    "agenda list": ("president",),
    "agenda add": ("president", "something new"),
    "agenda link": ("president-1", "passkeys"),
    "agenda unlink": ("president-1", "passkeys"),
    "agenda set": ("president-1", "--weight", "2"),
    "agenda end": ("president-2",),
    "agenda dismiss": ("president-1", "esim"),
    "agenda propose": ("president-1",),
    "agenda preview": ("president",),
    "agenda history": ("president-1",),
    "agenda stale": (),
    "feedback list": ("president",),
    "feedback give": ("president", "i1", "useful"),
    "feedback undo": ("president", "i1"),
    "acceptance list": ("president",),
    "acceptance set": ("president", "passkeys", "aware"),
    "acceptance know": ("president", "passkeys", "familiar"),
    "pack": ("president",),
    "talk": ("president", "--template"),
    "position list": (),
    "position set": ("passkeys", "--ring", "trial", "--so-what", "x", "--say", "y"),
    "position approve": ("passkeys", "--by", "Ida"),
    "position moves": (),
    "position draft": ("passkeys",),
    "query": ("passkeys", "--for", "president"),
    "digest list": ("president",),
    "digest preview": ("president",),
    "digest build": ("president",),
    "digest show": ("president",),
    "digest send": ("president",),
    "keys new": ("intranet", "--scope", "reader"),
    "keys revoke": ("nothing",),
    "survey list": (),
    "survey new": ("winter", "--title", "What do you need?", "--closes", "2026-12-20", "--topics", "passkeys"),
    "survey set": ("winter", "--title", "What do you miss?"),
    "survey open": ("winter",),
    "survey invite": ("winter", "--list", "staff", "--people", "40"),
    "survey remind": ("winter",),
    "survey show": ("winter",),
    "survey results": ("winter",),
    "survey texts": ("winter",),
    "survey close": ("winter",),
    "doctor": ("--json",),
    "status": ("--json",),
}
#: The same commands asked of everybody: they are the advisor's desk, and their log is not.
TELLS_THE_ADVISOR: dict[str, tuple[str, ...]] = {
    "agenda list": ("board",),
    "agenda history": ("board-90",),
    "agenda export": (),
    "feedback list": (),
    "acceptance list": ("board", "passkeys"),
    "letter": (),
    "pack": ("board",),
    "talk": ("board", "--list"),
    "digest list": (),
    "digest show": ("board",),
    "keys list": (),
    "query": ("passkeys", "--for", "board"),
}
#: Tables that hang on the outbox and hold rows of no executive.
NOBODYS = ("alarm", "letter")
NOT_RUN = {
    "demo": "is a Radar of its own",
    "agenda import": "reads the whole register, as the advisor wrote it",
    "survey import": "reads answers, which are anonymous",
    "feeds import": "reads a list of feeds, knows no executive",
    "import-archive": "reads titles of the past, knows no executive",
    "evaluate tags": "measures a file",
    "evaluate warnings": "measures a file",
    "evaluate parse": "measures a folder",
    "evaluate stories": "measures a file",
    "serve": "does not end; what it serves is searched in tests/web/test_access.py",
}


def list_commands() -> Iterator[str]:
    """Yield every command that can be run, by its full name."""
    context = click.Context(radar)
    for name in COMMANDS:
        command = radar.get_command(context, name)
        if isinstance(command, click.Group):
            yield from (f"{name} {sub}" for sub in command.commands)
        else:
            yield name


def open_home(home: Path) -> Store:
    return open_store(f"sqlite:///{home}/data/radar.db")


@pytest.fixture
def planted(president: Run, home: Path) -> Run:
    """The president has an agenda and an issue; the board has a canary in everything that can be kept of it."""
    (home / "feeds.toml").write_text("")
    with open_home(home) as store:
        store.save_executive(Executive("board", "Bea Moss", "Board", "bea@example.org"))
        entry = make_entry("STORY", "Passkeys come to banks")
        fill(store, entry)
        store.save_stories([make_story(entry)])
        store.save_signals([make_signal("passkeys", "rising"), make_signal("mobile-payments", "rising")])
        store.save_issue(make_issue("president"))
        plant_canary(store, "board", CANARY, make_issue("board", token="b" * 22), "passkeys", NOW)
    return president


def test_every_command_is_declared() -> None:
    """A new command fails here before it ships, and so does a line left behind."""
    assert set(list_commands()) == {*TELLS_NOBODY_ELSES, *TELLS_THE_ADVISOR, *NOT_RUN}, (
        "declare the command in tests/cli/test_confidential.py"
    )


def test_no_command_tells_one_executives_words_where_it_is_asked_of_another(
    planted: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Output, errors and log, as text and at their most talkative; the canary is in place to the end."""
    monkeypatch.chdir(home.parent)  # what a command writes where it stands stays out of the checkout
    for command, arguments in TELLS_NOBODY_ELSES.items():
        done = planted("--verbose", *command.split(), *arguments)
        assert CANARY not in done.output + done.stderr, f"radar {command} {' '.join(arguments)}"
        assert done.exit_code != 2, f"{command}: {done.stderr}"  # a command that is not understood tells nothing
    with open_home(home) as store:
        assert {rows > 0 for table, rows in count_owned(store, "board").items() if table not in NOBODYS} == {True}


def test_what_the_advisor_is_told_is_told_to_nobody_beside(planted: Run) -> None:
    """The canary is where it belongs, so the search above can find it; the log has nothing of it."""
    for command, arguments in TELLS_THE_ADVISOR.items():
        done = planted("--verbose", *command.split(), *arguments)
        assert done.exit_code == 0, done.stderr
        assert CANARY not in done.stderr, f"the log of radar {command}"
    told = {command: CANARY in planted(*command.split(), *rest).stdout for command, rest in TELLS_THE_ADVISOR.items()}
    assert sum(told.values()) >= 4, told


def test_mails_to_one_executive_have_nothing_of_another(planted: Run, home: Path) -> None:
    """Subject, text and page of what is built and written for the president."""
    planted("digest", "build", "president", "--week", "2026-W48")
    planted("digest", "send", "president")
    with open_home(home) as store:
        for message in store.list_outbox():
            assert message.executive != "president" or CANARY.encode() not in message.body
        issues = json.dumps([repr(issue) for issue in store.list_issues("president")])
    assert CANARY not in issues
    for path in (home / "out").glob("president-*"):
        assert CANARY not in path.read_text()
