"""`radar executives`, `agenda`, `position`, `exposure`: what the advisor's desk writes down."""

import json
from pathlib import Path

import pytest

from radar.store import Store, open_store
from tests.building import make_signal
from tests.cli.cli_run import Run

ADVICE = ("--ring", "trial", "--so-what", "Donors sign in without passwords.", "--say", "We try it until March.")


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


# -- position ---------------------------------------------------------------------------------------------------------


def test_advice_is_written_shown_and_listed(run: Run) -> None:
    """Ring, so-what, what to say; without an approver it is a draft and says so."""
    done = run("position", "set", "passkeys", *ADVICE, "--next", "Approve", "--by", "2026-12-04", "--owner", "Ida")

    assert done.exit_code == 0
    assert "trial (version 1, a draft, not approved)" in done.output
    assert "Next: Approve by 4 Dec 2026 (Ida)" in done.output
    assert "We try it until March." in run("position", "passkeys").output
    assert "draft" in run("position").output
    assert "We try it until March." in run("topics", "show", "passkeys").output


def test_a_new_version_keeps_the_rest_but_not_the_approval(run: Run) -> None:
    """What was approved was the version before."""
    run("position", "set", "passkeys", *ADVICE, "--approved-by", "Ada Blum")
    run("position", "set", "passkeys", "--ring", "adopt")

    versions = json.loads(run("position", "passkeys", "--json").output)
    assert [(v["version"], v["ring"], v["approved_by"]) for v in versions] == [
        (1, "trial", "Ada Blum"),
        (2, "adopt", ""),
    ]
    assert versions[1]["say"] == versions[0]["say"]


def test_what_to_say_fits_a_corridor(run: Run) -> None:
    """Sixty words can be remembered; sixty-one are refused."""
    words = [*ADVICE[:-1], " ".join(["word"] * 61)]

    done = run("position", "set", "passkeys", *words)

    assert done.exit_code == 2
    assert "61 words; at most 60" in done.stderr


def test_the_first_advice_must_be_whole(run: Run) -> None:
    """The line names what is missing."""
    done = run("position", "set", "passkeys", "--ring", "hold")

    assert done.exit_code == 2
    assert "also needs --so-what, --say" in done.stderr


def test_advice_on_an_unknown_topic_is_exit_code_4(run: Run) -> None:
    """With the closest topic there is."""
    done = run("position", "set", "paskeys", *ADVICE)

    assert done.exit_code == 4
    assert "did you mean passkeys" in done.stderr


def test_exposure_lists_what_moves_without_advice_until_there_is_some(president: Run, home: Path) -> None:
    """A rising topic on the president's agenda is on the list; approved advice takes it off."""
    with open_home(home) as store:
        store.save_signals([make_signal("mobile-payments", "rising"), make_signal("passkeys", "surging")])
    rows = json.loads(president("exposure", "--json").output)
    assert [(row["topic"], row["executives"]) for row in rows] == [("mobile-payments", ["president"]), ("passkeys", [])]
    assert "no position" in president("exposure").output

    for topic in ("mobile-payments", "passkeys"):
        president("position", "set", topic, *ADVICE, "--approved-by", "Ada Blum")

    assert "Nobody is exposed" in president("exposure").output


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
