"""`radar feedback` and `radar acceptance`: from a digest to a decision, by commands."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from radar.records import Item, Primer, Source
from radar.store import open_store
from tests.building import NOW, make_issue
from tests.cli.cli_run import Run

SOURCE = Source("s1", "Title", "https://ledger.example/1", "ledger.example", NOW.date(), 3)
ITEMS = (
    Item("3f9a01", "matters", "Shops take phones for money", "mobile-payments", "Mobile payments", sources=(SOURCE,)),
    Item("77cc02", "agenda", "A story without a topic", sources=(replace(SOURCE, story_id="s2"),)),
)


@pytest.fixture
def briefed(president: Run, home: Path) -> Run:
    """The president has had one issue, with a primer."""
    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        issue = make_issue(*ITEMS, week="2026-W48", at=NOW)
        store.save_issue(replace(issue, primers=(Primer("mobile-payments", "Mobile payments", "Words."),)))
    return president


def test_the_list_shows_what_can_be_answered_and_what_was(briefed: Run) -> None:
    """The newest issue's items with their ids; who wants to talk comes first."""
    before = briefed("feedback", "president").output
    assert "3f9a01" in before
    assert "77cc02" in before
    briefed("feedback", "give", "president", "77cc", "useful")
    done = briefed("feedback", "give", "president", "3f9a", "lets-talk")
    assert "Your advisor hears that you want to talk about it" in done.output
    lines = briefed("feedback").output.splitlines()
    assert [line.split()[2] for line in lines[1:]] == ["3f9a01", "77cc02"]


def test_an_answer_is_given_changed_and_taken_back(briefed: Run) -> None:
    """The latest counts; afterwards there is none."""
    briefed("feedback", "give", "president", "3f9a01", "useful")
    given = json.loads(briefed("feedback", "give", "president", "3f9a01", "not-for-me", "--json").output)
    assert (given["answer"], given["channel"], given["week"]) == ("not for me", "cli", "2026-W48")
    assert len(json.loads(briefed("feedback", "--json").output)) == 1
    assert "taken back" in briefed("feedback", "undo", "president", "3f9a").output
    assert "there was no answer" in briefed("feedback", "undo", "president", "3f9a").output
    assert json.loads(briefed("feedback", "president", "--json").output) == []


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("give", "president", "zzzz", "useful"), 4, "no item is called 'zzzz'"),
        (("give", "presidant", "3f9a", "useful"), 4, "did you mean president"),
        (("give", "president", "3f9a", "maybe"), 2, "write useful, lets-talk, knew-already or not-for-me"),
        (("undo", "president", "3f9a", "--week", "2026-W01"), 4, "no issue is called 'president 2026-W01'"),
    ],
)
def test_what_cannot_be_answered_gets_one_line(briefed: Run, words: tuple[str, ...], code: int, line: str) -> None:
    """What, which, what to do."""
    done = briefed("feedback", *words)
    assert done.exit_code == code
    assert line in done.stderr
    assert done.stderr.count("\n") == 1


def test_acceptance_goes_from_floated_to_decided(briefed: Run) -> None:
    """By issue, answer and note; the history names them all."""
    assert "floated" in briefed("acceptance", "president").output
    assert "introduced" in briefed("acceptance", "president").output
    briefed("feedback", "give", "president", "3f9a", "lets-talk")
    assert "wants to talk, 24 Nov\n" in briefed("acceptance", "president").output
    done = briefed(
        "acceptance", "set", "president", "mobile-payments", "declined",
        "--note", "not this year", "--revisit", "2027-03-01", "--nudge", "2027-02-15", "--by", "Jo",
    )  # fmt: skip
    assert done.exit_code == 0
    told = " ".join(done.output.split())
    assert "Not floated again before 1 Mar 2027 unless its phase changes. Next nudge 15 Feb 2027." in told
    history = briefed("acceptance", "president", "mobile-payments").output
    assert [word in history for word in ("floated", "interested", "declined", "not this year", "Jo")] == [True] * 5
    funnel = json.loads(briefed("acceptance", "--funnel", "--json").output)
    assert funnel["president"]["declined"] == 1
    assert "declined" in briefed("acceptance", "--funnel").output


def test_what_an_executive_knows_can_be_noted(briefed: Run) -> None:
    """And is shown as the rest is."""
    done = briefed("acceptance", "know", "president", "mobile-payments", "never-met")
    assert "not explained yet" in done.output
    found = json.loads(briefed("acceptance", "president", "mobile-payments", "--json").output)
    assert found["rapport"]["familiarity"] == "never met"
    assert "never floated" in briefed("acceptance", "president", "passkeys").output


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("set", "president", "mobile-payments", "trial", "--revisit", "2027-03-01"), 2, "revisit_on"),
        (("set", "president", "mobile-payments", "maybe"), 2, "'maybe' is not one of"),
        (("set", "president", "nothing-at-all", "trial"), 4, "no topic is called 'nothing-at-all'"),
        (("know", "president", "mobile-payments", "well"), 2, "write never-met, introduced or familiar"),
        (("president", "nothing-at-all"), 4, "no topic is called 'nothing-at-all'"),
        (("presidant",), 4, "did you mean president"),
        (("president", "--funnel"), 2, "leave the name out"),
    ],
)
def test_what_cannot_be_noted_gets_one_line(briefed: Run, words: tuple[str, ...], code: int, line: str) -> None:
    """And is not stored."""
    done = briefed("acceptance", *words)
    assert done.exit_code == code, done.output
    assert line in done.stderr
    assert done.stderr.count("\n") == 1


def test_before_the_first_issue_there_is_nothing(president: Run) -> None:
    """Said in a line each."""
    assert "No issue and no answers yet" in president("feedback", "president").output
    assert "No answers yet" in president("feedback").output
    assert "Nobody has met a topic yet" in president("acceptance").output
