"""`radar pack` and `radar talk`: before a one-on-one, and after it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar

from radar.cli import radar
from radar.store import Store, open_store
from tests.building import make_signal
from tests.cli.cli_run import Run


def open_home(home: Path) -> Store:
    return open_store(f"sqlite:///{home}/data/radar.db")


@pytest.fixture
def moving(president: Run, home: Path) -> Run:
    """The president's topic rises, and there is a dated step on it."""
    with open_home(home) as store:
        store.save_signals([make_signal("mobile-payments", "rising")])
    advice = ("--ring", "trial", "--so-what", "Cheaper.", "--say", "We try it.", "--next", "Name a branch")
    done = president("position", "set", "mobile-payments", *advice, "--by", "2026-12-04", "--approved-by", "Ida")
    assert done.exit_code == 0, done.output
    president("agenda", "set", "president-1", "--noted", "2026-10-12")
    return president


def answer(home: Path, *lines: str) -> Result:
    """Type lines into the guided pass."""
    return CliRunner().invoke(
        radar, ["--home", str(home), "talk", "president"], input="\n".join(lines), catch_exceptions=False
    )


# -- the pack ---------------------------------------------------------------------------------------------------------


def test_the_pack_is_printed_as_text_page_and_json(moving: Run) -> None:
    """The same: the agenda, the idea with its question, the step that is due."""
    text = " ".join(moving("pack", "president").output.split())
    assert "One-on-one: Ada Blum, President" in text
    assert "“mobile payments in the field”" in text
    assert "We are trying mobile payments in a small way. What result would convince you?" in text
    assert "due Friday 4 December" in text
    assert moving("pack", "president", "--format", "html").output.startswith("<!DOCTYPE html>")
    pack = json.loads(moving("pack", "president", "--format", "json").output)
    assert [one["topic"] for one in pack["possibilities"]] == ["mobile-payments"]


def test_a_pack_for_nobody_is_exit_code_4(run: Run) -> None:
    """In one line."""
    for command in (("pack",), ("talk", "--template"), ("talk", "--ics"), ("talk", "--list")):
        done = run(command[0], "nobody", *command[1:])
        assert (done.exit_code, done.stderr.count("\n")) == (4, 1)


# -- the guided pass --------------------------------------------------------------------------------------------------


def test_one_pass_notes_everything(moving: Run, home: Path) -> None:
    """Agenda, a new statement with its links, the idea, a question, the next date; then all is stored at once."""
    done = answer(
        home,
        "2026-11-23", "She was pleased.",  # when, what
        "c", "mobile payments everywhere", "4", "2027-03-01",  # the statement, changed
        "sign in without passwords", "5", "passkeys",  # something new
        "",  # nothing else
        "in", "wants figures", "2026-12-07",  # the idea: interested
        "", "passkeys",  # no other ideas; asked about
        "2027-01-12", "09:30",  # next talk
        "y",
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    assert "Next talk 12 Jan 2027 09:30, Africa/Nairobi" in done.output
    with open_home(home) as store:
        first, second = store.list_statements("president")
        assert (first.text, first.weight, first.topics) == ("sign in without passwords", 5, ("passkeys",))
        assert (second.text, second.weight) == ("mobile payments everywhere", 4)
        assert {str(words.noted_on) for words in (first, second)} == {"2026-11-23"}
        assert [change.statement.weight for change in store.statement_changes("president-1")] == [5, 5, 4]
        (step,) = store.list_steps("president")
        assert (step.topic, step.stage, step.note, str(step.nudge_on)) == (
            "mobile-payments", "interested", "wants figures", "2026-12-07",
        )  # fmt: skip
        assert [(one.topic, str(one.raised_on)) for one in store.list_raised()] == [("passkeys", "2026-11-23")]
        (talk,) = store.list_talks("president")
        assert (talk.note, str(talk.next_at)) == ("She was pleased.", "2027-01-12 06:30:00+00:00")


def test_enter_all_the_way_notes_that_a_talk_was_held_and_nothing_else(moving: Run, home: Path) -> None:
    """Every default leaves a thing as it is."""
    done = answer(home, *[""] * 12)

    assert done.exit_code == 0, done.output
    assert "0 statements noted, 0 steps." in done.output
    with open_home(home) as store:
        assert [str(talk.held_on) for talk in store.list_talks("president")] == ["2026-11-24"]
        assert len(store.statement_changes("president-1")) == 2


@pytest.mark.parametrize("typed", [4, 8, 14])
def test_a_pass_that_is_broken_off_stores_nothing(moving: Run, home: Path, typed: int) -> None:
    """Wherever that happens, the last question included."""
    lines = ("", "note", "e", "", "fl", "", "", "", "", "2027-01-12", "", "n")
    done = answer(home, *lines[:typed])

    assert done.exit_code == (130 if typed < len(lines) else 0)
    with open_home(home) as store:
        assert store.list_talks("president") == []
        assert store.list_steps("president") == []
        assert [words.id for words in store.list_statements("president")] == ["president-1"]


def test_what_cannot_be_is_asked_again(moving: Run, home: Path) -> None:
    """With the reason, without losing what was typed before."""
    done = answer(home, "2026-13-01", "2026-11-30", "", "", "maybe", "y", *[""] * 12)

    assert done.exit_code == 0, done.output
    for line in ("is no day; write it as", "lies in the future", "write one of: y still right"):
        assert line in done.output
    assert "1 statement noted" in done.output


def test_what_would_be_refused_at_the_end_is_refused_at_once(moving: Run, home: Path) -> None:
    """Words without end, days nobody meant: every other answer would be lost with them."""
    lines = ("1989-12-31", "", "x" * 2_001, "note", "c", "y" * 501, "payments", "", "", "z" * 501, "", "fl", "s" * 501)
    done = answer(home, *lines, "said", "", "", "", "9999-12-31", "2027-01-12", "", "y")

    assert done.exit_code == 0, done.output
    refusals = ("is too long ago", "is 2,001 characters long", "is 501 characters long", "more than five years ahead")
    assert [done.output.count(line) for line in refusals] == [1, 1, 3, 1]
    with open_home(home) as store:
        assert [words.text for words in store.list_statements("president")] == ["payments"]
        assert [step.note for step in store.list_steps("president")] == ["said"]


# -- from a file ------------------------------------------------------------------------------------------------------


def test_a_printed_file_is_filled_in_and_read(moving: Run, home: Path) -> None:
    """Twice, which repeats nothing."""
    path = home / "talk.toml"
    printed = moving("talk", "president", "--template").output
    path.write_text(printed.replace('answer = ""', 'answer = "still right"').replace('stage = ""', 'stage = "aware"'))

    untouched = home / "untouched.toml"
    untouched.write_text(printed)
    refused = moving("talk", "president", "--from", str(untouched))
    assert (refused.exit_code, "nothing is filled in" in refused.stderr) == (3, True)
    assert json.loads(moving("talk", "president", "--list", "--json").output) == []

    first = json.loads(moving("talk", "president", "--from", str(path), "--json").output)
    again = moving("talk", "president", "--from", str(path)).output

    assert [words["noted_on"] for words in first["statements"]] == ["2026-11-24"]
    assert [(step["topic"], step["stage"]) for step in first["steps"]] == [("mobile-payments", "aware")]
    assert "0 statements noted, 0 steps." in again
    assert "24 Nov 2026" in moving("talk", "president", "--list").output


@pytest.mark.parametrize(
    ("notes", "line"),
    [
        ("held_on = soon", ":1: not valid TOML"),
        ("held_on = 2026-11-24\nnotes = 'x'", ":1: notes: unknown key 'notes'; correct or remove it"),
        (
            "[[outcome]]\ntopic = 'passkeys'\nstage = 'liked'",
            ":3: outcome[0].stage: 'liked' is not one of floated, aware",
        ),
        ("[[statement]]\nid = 'president-1'\nweight = 'high'", ":3: statement[0].weight: expected a whole number"),
        ("[[outcome]]\ntopic = 'paskeys'\nstage = 'aware'", ": outcome[0].topic: is no topic"),
        ("[[new]]\ntext = 'x'\n[[raised]]\ntopic = 'nothing'", ": raised[0].topic: is no topic"),
    ],
)
def test_a_file_with_a_mistake_is_refused_whole(moving: Run, home: Path, notes: str, line: str) -> None:
    """One line with the file and the field; nothing of it is stored."""
    path = home / "talk.toml"
    path.write_text(notes)

    done = moving("talk", "president", "--from", str(path))

    assert done.exit_code == 3
    assert f"{path}{line}" in done.stderr
    assert done.stderr.count("\n") == 1
    with open_home(home) as store:
        assert store.list_talks("president") == []
        assert len(store.list_statements("president")) == 1


# -- the calendar -----------------------------------------------------------------------------------------------------


def test_the_next_talk_goes_into_a_calendar_and_moves_there(moving: Run, home: Path) -> None:
    """To the terminal or a file; a date that is moved keeps its entry."""
    path, notes = home / "next.ics", home / "talk.toml"
    assert "no next talk with president is on file" in moving("talk", "president", "--ics").stderr
    events = []
    for day in ("12", "13"):
        notes.write_text(f"next_at = 2027-01-{day}T10:00:00")
        moving("talk", "president", "--from", str(notes))
        assert moving("talk", "president", "--ics", str(path)).exit_code == 0
        assert moving("talk", "president", "--ics").stdout_bytes == path.read_bytes()
        events += Calendar.from_ical(path.read_bytes()).walk("VEVENT")

    assert [event["SEQUENCE"] for event in events] == [0, 1]
    assert events[0]["UID"] == events[1]["UID"]
    assert b"mobile payments" not in path.read_bytes()


def test_one_thing_at_a_time(moving: Run) -> None:
    """Options that exclude each other are refused."""
    assert moving("talk", "president", "--template", "--list").exit_code == 2


# -- erasure ----------------------------------------------------------------------------------------------------------


def test_an_executive_is_erased_by_typing_the_name(moving: Run, home: Path) -> None:
    """A wrong one removes nothing; what went is told, the out folder included."""
    (home / "out").mkdir(exist_ok=True)
    for name in ("president-2026-W48.eml", "president-2026-W48.html", "president-notes.eml", "board-2026-W48.eml"):
        (home / "out" / name).write_text("x")
    erase = ["--home", str(home), "executives", "erase", "president"]

    refused = CliRunner().invoke(radar, erase, input="presidant\n")
    assert (refused.exit_code, "nothing was removed" in refused.stderr) == (1, True)
    assert "Ada Blum" in moving("executives").output

    done = CliRunner().invoke(radar, erase, input="president\n")
    assert done.exit_code == 0, done.output
    assert "statement_change" in done.output
    assert "president-2026-W48.eml, president-2026-W48.html" in done.output
    assert sorted(path.name for path in (home / "out").iterdir()) == ["board-2026-W48.eml", "president-notes.eml"]
    assert moving("agenda", "president").exit_code == 4
    assert b"mobile payments in the field" not in b"".join(path.read_bytes() for path in (home / "data").iterdir())


def test_erasing_can_be_scripted(moving: Run) -> None:
    """Without a question, as JSON."""
    erased = json.loads(moving("executives", "erase", "president", "--yes", "--json").output)
    assert (erased["executive"], erased["rows"]["statement"], erased["lingering"]) == ("president", 1, "")
    assert moving("executives", "erase", "president", "--yes").exit_code == 4
