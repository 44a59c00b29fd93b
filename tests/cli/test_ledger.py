"""`radar ledger`: what was flagged and raised."""

import json

from tests.cli.cli_run import Run


def test_what_an_executive_raised_is_noted_and_listed(president: Run) -> None:
    """Unknown topics and executives are refused by name."""
    assert president("ledger").output == "Nothing has been flagged or raised yet.\n"
    noted = president("ledger", "raised", "passkeys", "--by", "president", "--on", "2026-11-20")
    assert noted.exit_code == 0, noted.output
    [line] = json.loads(president("ledger", "--json").output)["topics"]
    assert line["raised"] == [{"topic": "passkeys", "executive": "president", "raised_on": "2026-11-20"}]
    assert line["verdict"] == "missed"
    assert "missed" in president("ledger").output
    assert president("ledger", "raised", "nothing", "--by", "president", "--on", "2026-11-20").exit_code == 4
    assert president("ledger", "raised", "passkeys", "--by", "nobody", "--on", "2026-11-20").exit_code == 4
    assert president("ledger", "raised", "passkeys", "--by", "president", "--on", "yesterday").exit_code == 2


def raise_on(president: Run, day: str) -> str:
    return president("ledger", "raised", "passkeys", "--by", "president", "--on", day).output


def read_day(president: Run) -> str:
    [line] = json.loads(president("ledger", "--json").output)["topics"]
    return str(line["raised"][0]["raised_on"])


def test_the_first_day_on_which_it_was_raised_stands(president: Run) -> None:
    """A later one is refused with the one on file, an earlier one replaces it and says so, the same is no news."""
    raise_on(president, "2026-11-20")
    later = president("ledger", "raised", "passkeys", "--by", "president", "--on", "2026-11-21")
    assert (later.exit_code, later.stderr.count("\n")) == (1, 1)
    assert "on 2026-11-20 already" in later.stderr
    assert read_day(president) == "2026-11-20"
    assert raise_on(president, "2026-11-20") == "passkeys: raised by president on 20 Nov 2026.\n"
    assert "instead of 20 Nov 2026" in raise_on(president, "2026-11-02")
    assert read_day(president) == "2026-11-02"


def test_a_day_to_come_or_long_ago_is_refused(president: Run) -> None:
    """It is 24 November 2026: today counts, tomorrow does not, nor what was before 1990."""
    for day, said in (("2026-11-25", "in the future"), ("9999-12-31", "in the future"), ("1989-12-31", "too long ago")):
        refused = president("ledger", "raised", "passkeys", "--by", "president", "--on", day)
        assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
        assert said in refused.stderr
    raise_on(president, "2026-11-24")
    assert read_day(president) == "2026-11-24"


def test_what_was_noted_is_taken_back(president: Run) -> None:
    """Once; with a day, or with neither, nothing is done."""
    noted = ["ledger", "raised", "passkeys", "--by", "president"]
    raise_on(president, "2026-11-20")
    for options in (["--undo", "--on", "2026-11-20"], []):
        assert "either --on, the day, or --undo" in president(*noted, *options).stderr
    assert "no longer noted" in president(*noted, "--undo").output
    assert president("ledger").output == "Nothing has been flagged or raised yet.\n"
    again = president(*noted, "--undo")
    assert (again.exit_code, again.stderr.count("\n")) == (4, 1)
    raise_on(president, "2026-11-21")
    assert read_day(president) == "2026-11-21"
