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
