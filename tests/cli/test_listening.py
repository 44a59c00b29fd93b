"""`radar executives`, `agenda`, `signals`: whom the desk serves, what they want, what moves."""

import json
from pathlib import Path

import pytest

from radar.store import Store, open_store
from tests.building import make_signal
from tests.cli.cli_run import Run


def open_home(home: Path) -> Store:
    return open_store(f"sqlite:///{home}/data/radar.db")


# -- executives -------------------------------------------------------------------------------------------------------


def test_an_executive_is_added_and_listed(president: Run) -> None:
    """The list says who gets a digest, when and where."""
    out = president("executives").output

    assert "Ada Blum" in out
    assert "Mondays at 07:30, Africa/Nairobi" in out


def test_an_executive_is_added_once(president: Run) -> None:
    """Adding must not overwrite somebody."""
    done = president("executives", "add", "president", "--name", "Another")

    assert done.exit_code == 1
    assert "radar executives set president" in done.stderr
    assert "Ada Blum" in president("executives").output


def test_set_changes_only_what_is_given(president: Run) -> None:
    """The time moves; name, address and zone stay."""
    before = json.loads(president("executives", "--json").output)[0]

    after = json.loads(president("executives", "set", "president", "--time", "18:05", "--day", "fri", "--json").output)

    assert after == before | {"time": "18:05", "day": 4}


def test_pause_and_resume(president: Run) -> None:
    """A paused executive is listed as such."""
    president("executives", "pause", "president")
    assert "paused" in president("executives").output
    president("executives", "resume", "president")
    assert "paused" not in president("executives").output


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--tz", "Africa/Nairoby", "is no time zone; did you mean Africa/Nairobi"),
        ("--tz", "../etc/passwd", "is no time zone"),
        ("--day", "someday", "is no weekday; write monday … sunday"),
        ("--time", "7:30", "is no time; write it as 07:30"),
        ("--time", "24:00", "is no time"),
        ("--email", "ada at example", "is no e-mail address; write it as name@example.org"),
        ("--email", "a@b.example\nBcc: c@d.example", "is no e-mail address"),
        ("--name", " \x1b ", "no words given"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(president: Run, option: str, value: str, words: str) -> None:
    """Exit code 2, the option, the reason, an example."""
    done = president("executives", "set", "president", option, value)

    assert done.exit_code == 2
    assert done.stderr.startswith(f"radar: {option}: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_executive_is_exit_code_4(president: Run) -> None:
    """With the closest name there is."""
    for command in (("executives", "pause"), ("agenda",), ("digest", "preview"), ("digest", "send")):
        done = president(*command, "presidnet")
        assert done.exit_code == 4
        assert "did you mean president?" in done.stderr
        assert done.stderr.count("\n") == 1


# -- agenda -----------------------------------------------------------------------------------------------------------


def test_a_statement_is_noted_and_topics_are_proposed(president: Run) -> None:
    """Its id is readable, the proposals say why, and the line to confirm them can be copied."""
    out = president("agenda", "add", "president", "passkeys before our donors ask").output

    assert "president-2, weight 3: “passkeys before our donors ask”" in out
    assert "names “Passkeys”" in out
    assert "radar agenda link president-2 passkeys" in out


def test_links_are_confirmed_and_taken_back(president: Run) -> None:
    """A link is there once, whoever confirms it twice."""
    president("agenda", "link", "president-1", "passkeys", "mobile-payments")
    assert json.loads(president("agenda", "--json").output)[0]["topics"] == ["mobile-payments", "passkeys"]
    president("agenda", "unlink", "president-1", "passkeys")
    assert json.loads(president("agenda", "--json").output)[0]["topics"] == ["mobile-payments"]


def test_a_link_to_an_unknown_topic_is_refused(president: Run) -> None:
    """Exit code 4, the closest topic, and nothing changed."""
    done = president("agenda", "link", "president-1", "paskeys")

    assert done.exit_code == 4
    assert "did you mean passkeys" in done.stderr
    assert json.loads(president("agenda", "--json").output)[0]["topics"] == ["mobile-payments"]


def test_every_version_of_a_statement_is_kept(president: Run, home: Path) -> None:
    """Weight and review date change; the version before stays on file with its author."""
    president("agenda", "set", "president-1", "--weight", "2", "--review", "2027-02-01")

    with open_home(home) as store:
        versions = store.statement_changes("president-1")
    assert [change.statement.weight for change in versions] == [5, 2]
    assert all(change.by for change in versions)


def test_an_ended_statement_leaves_the_list_and_keeps_its_id(president: Run) -> None:
    """The next statement gets a new number, never that of an ended one."""
    president("agenda", "end", "president-1")
    assert "Nothing noted yet" in president("agenda", "president").output
    assert "ended 24 Nov 2026" in president("agenda", "president", "--ended").output

    assert "president-2" in president("agenda", "add", "president", "something else").output


def test_a_statement_records_the_talk_it_comes_from(president: Run) -> None:
    """Day, occasion, terms: as given, else today and a one-on-one."""
    options = ("--noted", "2026-10-12", "--occasion", "board", "--include", "donor data", "--mute", "bitcoin")
    added = json.loads(president("agenda", "add", "president", "protect donors", *options, "--json").output)

    statement = added["statement"]
    assert (statement["noted_on"], statement["occasion"]) == ("2026-10-12", "board")
    assert (statement["include"], statement["mute"]) == (["donor data"], ["bitcoin"])
    assert json.loads(president("agenda", "--json").output)[0]["noted_on"] == "2026-11-24"


@pytest.mark.parametrize("day", ["2026-13-01", "1 May", "20261124"])
def test_a_day_that_is_none_is_refused(president: Run, day: str) -> None:
    """One line with an example."""
    done = president("agenda", "set", "president-1", "--review", day)

    assert done.exit_code == 2
    assert "is no day; write it as 2026-11-30" in done.stderr


def test_signals_show_phase_and_evidence(run: Run, home: Path) -> None:
    """By default those with a phase; one topic by its slug; an unknown one is exit code 4."""
    with open_home(home) as store:
        store.save_signals([make_signal("passkeys", "surging"), make_signal("esim", None)])

    out = run("signals").output
    assert "Passkeys (passkeys) · surging" in out
    assert "confirmed" in out
    assert "eSIM" not in out
    assert "eSIM" in run("signals", "--all").output
    assert run("signals", "--topic", "paskeys").exit_code == 4


@pytest.mark.parametrize("command", ["exposure", "signals"])
def test_an_installation_that_has_read_nothing_comforts_nobody(president: Run, command: str) -> None:
    """Nothing moves, and nothing was read: these must not look alike."""
    assert "Nobody can tell yet" in president(command).output
