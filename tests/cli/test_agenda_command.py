"""`radar agenda`: proposals and what is decided on them, dry runs, history, staleness, the register as a file."""

import json
import stat
from pathlib import Path

import pytest

from radar.records import Talk
from tests.building import DAY, NOW
from tests.cli.cli_run import Run
from tests.cli.test_listening import open_home
from tests.weeks import store_weeks

CANARY = "canary7f3e passkeys"


def ask(run: Run, *arguments: str) -> object:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def statement(run: Run, number: int = 1) -> dict[str, object]:
    found = ask(run, "agenda", "list", "president", "--ended")
    assert isinstance(found, list)
    return next(one for one in found if one["id"] == f"president-{number}")


def test_proposals_are_kept_until_they_are_decided_on(president: Run) -> None:
    """The list marks them; a dismissed one is not proposed again, not even with new words."""
    added = president("agenda", "add", "president", "passkeys instead of passwords").output
    assert "names “Passkeys”" in added
    assert "passkeys?" in president("agenda", "president").output
    assert "not about passkeys" in president("agenda", "dismiss", "president-2", "passkeys").output
    president("agenda", "set", "president-2", "--text", "nothing but passkeys")
    president("agenda", "propose", "president-2")
    words = statement(president, 2)
    assert words["dismissed"] == ["passkeys"]
    assert "passkeys" not in str(words["proposed"])


def test_a_confirmed_proposal_is_a_link(president: Run) -> None:
    """And proposed no more."""
    president("agenda", "add", "president", "passkeys instead of passwords")
    president("agenda", "link", "president-2", "passkeys")
    words = statement(president, 2)
    assert words["topics"] == ["passkeys"]
    assert "passkeys" not in str(words["proposed"])


def test_new_words_get_new_proposals(president: Run) -> None:
    """What the old ones suggested goes."""
    president("agenda", "add", "president", "passkeys instead of passwords")
    out = president("agenda", "set", "president-2", "--text", "keep ransomware out").output
    assert "names “Ransomware”" in out
    assert "passkeys" not in str(statement(president, 2)["proposed"])


def test_all_statements_can_be_proposed_for_at_once(president: Run) -> None:
    """After an import, say."""
    president("agenda", "add", "president", "keep ransomware out")
    out = president("agenda", "propose").output
    assert "president-1" in out
    assert "names “Ransomware”" in out


def test_what_is_not_linked_cannot_be_unlinked(president: Run) -> None:
    """One line, which says what is."""
    done = president("agenda", "unlink", "president-1", "passkeys")
    assert done.exit_code == 2
    assert done.stderr == "radar: topic: it is not linked to that; it is about mobile-payments\n"


@pytest.mark.parametrize("command", ["link", "dismiss"])
def test_an_unknown_topic_is_refused_with_the_closest(president: Run, command: str) -> None:
    """Also on a dry run."""
    for more in ([], ["--dry-run"]):
        done = president("agenda", command, "president-1", "paskeys", *more)
        assert done.exit_code == 4
        assert "did you mean passkeys" in done.stderr
    assert statement(president)["dismissed"] == []


def test_history_tells_who_changed_what_and_when(president: Run) -> None:
    """Oldest first."""
    president("agenda", "set", "president-1", "--weight", "2")
    president("agenda", "dismiss", "president-1", "mobile-payments")
    lines = president("agenda", "history", "president-1").output.splitlines()
    assert lines[0].startswith("24 Nov 2026, 08:00 UTC, by ")
    assert "noted with weight 5: “mobile payments in the field”" in lines[1]
    assert "    weight: 5 → 2" in lines
    assert "    topics: − mobile-payments" in lines
    assert president("agenda", "history", "president-9").exit_code == 4


# -- dry runs ---------------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_what_comes_and_goes_and_stores_nothing(president: Run, home: Path) -> None:
    """A link brings what it is about, in each of the four weeks; ending the statement takes it away."""
    with open_home(home) as store:
        store_weeks(store)
        before = store.statement_changes("president-1")
    linked = president("agenda", "link", "president-1", "passkeys", "--dry-run").output
    assert linked.count("~ Matters most (was: don't be blindsided): Week") == 4
    assert "Nothing was stored." in linked
    assert president("agenda", "end", "president-1", "--dry-run").output.count("(was: matters most)") == 4
    with open_home(home) as store:
        assert store.statement_changes("president-1") == before
        assert store.list_issues("president") == []


def test_an_agenda_is_previewed_as_it_is(president: Run, home: Path) -> None:
    """Week by week, in the words of the digest; on the first day nothing was read."""
    assert president("agenda", "preview", "president").output.count("nothing read") == 4
    with open_home(home) as store:
        store_weeks(store)
    weeks = ask(president, "agenda", "preview", "president")
    assert isinstance(weeks, list)
    assert [week["week"] for week in weeks] == ["2026-W45", "2026-W46", "2026-W47", "2026-W48"]
    assert [week["items"][0]["claim"] for week in weeks] == [f"Week {n} of mobile-payments" for n in range(4)]
    assert president("agenda", "preview", "presidnet").exit_code == 4


def test_a_statement_is_tried_before_it_is_noted(president: Run) -> None:
    """It has no number yet, so that nothing can be linked to it."""
    out = president("agenda", "add", "president", "keep ransomware out", "--dry-run").output
    assert "names “Ransomware”" in out
    assert "president-new" in out
    assert "agenda link" not in out
    assert "president-2" not in president("agenda", "president").output


# -- staleness --------------------------------------------------------------------------------------------------------


def test_stale_agendas_are_called_out_until_there_was_a_talk(president: Run, home: Path) -> None:
    """And by `radar doctor`, which repeats no word of an agenda."""
    assert "Every agenda is fresh" in president("agenda", "stale").output
    president("agenda", "set", "president-1", "--review", "2026-11-01", "--text", CANARY)
    out = president("agenda", "stale").output
    assert "president-1 was to be reviewed 23 days ago" in out
    checks = json.loads(president("doctor", "--json").output)
    told = next(check["line"] for check in checks if check["name"] == "agenda")
    assert "president-1 was to be reviewed" in told
    assert "canary" not in told
    with open_home(home) as store:
        store.save_talk(Talk("president", NOW.date() - 91 * DAY, NOW, "advisor"))
    assert "no talk for 91 days" in president("agenda", "stale").output


# -- the register as a file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["agendas.toml", "agendas.csv"])
def test_a_register_moves_from_one_radar_to_another(president: Run, home: Path, tmp_path: Path, name: str) -> None:
    """What is imported again changes nothing; into an empty Radar it brings everything back."""
    president("agenda", "add", "president", "=passkeys, “always”", "--include", "a, b", "--topic", "passkeys")
    president("agenda", "end", "president-1")
    file = tmp_path / name
    assert "1 executive, 2 statements written" in president("agenda", "export", str(file)).output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "0 added, 0 changed, 3 unchanged." in president("agenda", "import", str(file)).output
    before = statement(president), statement(president, 2), ask(president, "executives")

    with open_home(home) as store:
        store.erase_executive("president")
    told = president("agenda", "import", str(file), "--dry-run").output
    assert "+ president-2" in told
    assert "3 added, 0 changed, 0 unchanged. Nothing was stored." in told
    assert ask(president, "executives") == []
    president("agenda", "import", str(file))
    assert (statement(president), statement(president, 2), ask(president, "executives")) == before


def test_nothing_is_half_imported(president: Run, tmp_path: Path) -> None:
    """A mistake in the last row, and no row counts; the line names it and repeats nothing."""
    file = tmp_path / "agendas.csv"
    rows = (
        "record,slug,name,id,executive,text,topics",
        "executive,ada,Ada,,,,",
        f"statement,,,ada-1,ada,{CANARY},nets",
    )
    file.write_text("\n".join(rows))
    done = president("agenda", "import", str(file))
    assert done.exit_code == 3
    assert done.stderr == f"radar: {file}: row 3: topics: nets is no topic; `radar topics` lists them\n"
    assert "ada" not in str(ask(president, "executives")).replace("ada@example.org", "")


def test_an_import_changes_what_is_named_and_keeps_the_rest(president: Run, home: Path, tmp_path: Path) -> None:
    """Each change is a version with its author; who is new is enrolled now."""
    file = tmp_path / "more.toml"
    file.write_text(
        '[[executive]]\nslug = "board"\nname = "The board"\n'
        '[[statement]]\nid = "president-1"\nexecutive = "president"\ntext = "payments"\nweight = 1\n'
    )
    out = president("agenda", "import", str(file)).output
    assert out == "+ board\n~ president-1\n1 added, 1 changed, 0 unchanged.\n"
    with open_home(home) as store:
        assert [change.statement.weight for change in store.statement_changes("president-1")] == [5, 1]
        assert store.find_executive("board").enrolled_at == NOW
        assert store.find_executive("president").name == "Ada Blum"


def test_a_file_that_is_none_is_refused_in_a_line(president: Run, tmp_path: Path) -> None:
    """By its name, or by its bytes."""
    odd, latin = tmp_path / "agendas.xlsx", tmp_path / "agendas.csv"
    odd.write_text("")
    latin.write_bytes(b"\xff\xfe\x00")
    assert "--format" in president("agenda", "import", str(odd)).stderr
    done = president("agenda", "import", str(latin))
    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)
    assert "is not UTF-8 text" in done.stderr


def test_the_level_of_detail_is_the_executives(president: Run) -> None:
    """Given when they are added, changed later."""
    done = president("executives", "set", "president", "--detail", "technical")
    assert done.exit_code == 0
    assert "technical" in president("executives").output
    assert president("executives", "set", "president", "--detail", "much").exit_code == 2
