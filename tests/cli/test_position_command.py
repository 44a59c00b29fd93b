"""`radar position`, `exposure`, `letter`: advice from draft to approval, and what waits for it."""

import json
from datetime import date
from pathlib import Path

import pytest

from radar.store import Store, open_store
from tests.building import make_position, make_signal
from tests.cli.cli_run import Run

ADVICE = ("--ring", "trial", "--so-what", "Donors sign in without passwords.", "--say", "We try it until March.")


def open_home(home: Path) -> Store:
    return open_store(f"sqlite:///{home}/data/radar.db")


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
    assert "also needs so_what, say" in done.stderr


def test_advice_on_an_unknown_topic_is_exit_code_4(run: Run) -> None:
    """With the closest topic there is."""
    done = run("position", "set", "paskeys", *ADVICE)

    assert done.exit_code == 4
    assert "did you mean passkeys" in done.stderr


@pytest.mark.parametrize("option", ["--by", "--review"])
def test_a_day_that_has_passed_is_refused(run: Run, option: str) -> None:
    """A step due yesterday is a typing mistake, or history."""
    done = run("position", "set", "passkeys", *ADVICE, option, "2026-11-23")

    assert done.exit_code == 2
    assert "2026-11-23 has passed" in done.stderr
    assert json.loads(run("position", "passkeys", "--json").output) == []


def test_a_draft_goes_through_a_file_to_approval(president: Run, home: Path, tmp_path: Path) -> None:
    """The facts are in it, the blanks stop an approval, filled in it is filed and approved; each step is a version."""
    with open_home(home) as store:
        store.save_signals([make_signal("mobile-payments", "rising")])
    file = tmp_path / "advice.toml"
    done = president("position", "draft", "mobile-payments", "--out", str(file))
    assert f"radar position set mobile-payments --from {file}" in done.output
    text = file.read_text(encoding="utf-8")
    assert "#   Phase: rising since 2 November 2026, confirmed" in text
    assert "#   Touches Ada Blum: president-1, weight 5" in text
    assert "in the field" not in text

    done = president("position", "set", "mobile-payments", "--from", str(file))
    assert done.exit_code == 0, done.stderr
    assert "still has blanks (___) in so_what, say, next_step" in done.output
    done = president("position", "approve", "mobile-payments", "--by", "Ada Blum")
    assert done.exit_code == 1
    assert "still has blanks (___) in so_what, say, next_step" in done.stderr

    again = president("position", "draft", "mobile-payments", "--out", str(file))
    assert again.exit_code == 2
    assert "is there already" in again.stderr

    file.write_text(text.replace("___", "a lot"), encoding="utf-8")
    done = president("position", "set", "mobile-payments", "--from", str(file), "--drafted-by", "Ida")
    assert "radar position approve mobile-payments --by NAME" in done.output
    assert president("position", "approve", "mobile-payments", "--by", "Ada Blum").exit_code == 0

    versions = json.loads(president("position", "mobile-payments", "--json").output)
    assert [(v["version"], v["drafted_by"], v["approved_by"], v["approved_at"]) for v in versions] == [
        (1, "", "", None),
        (2, "Ida", "", None),
        (3, "Ida", "Ada Blum", "2026-11-24T08:00:00Z"),
    ]
    assert versions[2]["say"] == versions[1]["say"] != versions[0]["say"]
    assert "Nobody is exposed" in president("exposure").output


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            '[position]\nring = "maybe"\n',
            "advice.toml:2: position.ring: 'maybe' is not one of adopt, trial, assess, hold",
        ),
        ("[position]\nrong = 1\n", "advice.toml:2: position.rong: unknown key 'rong'"),
        ('[position]\ntopic = "drones"\n', "holds advice on drones, not on passkeys"),
        ("position", "not valid TOML"),
        ('[position]\ndue_on = "soon"\n', "advice.toml:2: position.due_on"),
    ],
)
def test_a_file_that_holds_no_advice_is_refused_in_a_line(run: Run, tmp_path: Path, text: str, why: str) -> None:
    """File, line, key and what is wrong."""
    file = tmp_path / "advice.toml"
    file.write_text(text, encoding="utf-8")

    done = run("position", "set", "passkeys", "--from", str(file))

    assert done.exit_code in (2, 3)
    assert why in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_approval_is_for_the_version_that_was_read(run: Run) -> None:
    """Not for one that somebody wrote meanwhile, and not twice."""
    run("position", "set", "passkeys", *ADVICE)
    run("position", "set", "passkeys", "--say", "Other words.")

    done = run("position", "approve", "passkeys", "--by", "Ada Blum", "--version", "1")
    assert done.exit_code == 1
    assert "version 2 is the newest, not 1" in done.stderr
    assert run("position", "approve", "passkeys", "--by", "Ada Blum", "--version", "2").exit_code == 0
    assert "approved by Ada Blum already" in run("position", "approve", "passkeys", "--by", "Ben Ode").stderr
    assert "no advice on esim is on file" in run("position", "approve", "esim", "--by", "Ada Blum").stderr


def test_what_changes_nothing_is_no_version(run: Run) -> None:
    """History would fill with copies."""
    run("position", "set", "passkeys", *ADVICE)

    done = run("position", "set", "passkeys", "--ring", "trial")

    assert done.exit_code == 1
    assert "nothing has changed since version 1" in done.stderr


def test_advice_that_lapsed_is_renewed_with_a_new_review_date(run: Run, home: Path) -> None:
    """Without one it would have lapsed again at once."""
    with open_home(home) as store:
        store.save_position(
            make_position("passkeys", approved_by="Ada Blum", review_on=date(2026, 11, 1), due_on=date(2026, 11, 1))
        )
    assert "past its review date" in run("position", "passkeys").output
    assert "past its review date" in run("position").output

    assert "2026-11-01 has passed" in run("position", "approve", "passkeys", "--by", "Ada Blum").stderr
    done = run("position", "set", "passkeys", "--review", "2027-06-01", "--approved-by", "Ada Blum")
    assert "approved by Ada Blum on 24 Nov 2026" in done.output
    assert "Not current" not in run("position", "passkeys").output


def test_moves_between_rings_are_dated(run: Run) -> None:
    """By the approval; the latest first."""
    run("position", "set", "passkeys", *ADVICE, "--approved-by", "Ada Blum")
    run("position", "set", "passkeys", "--ring", "adopt", "--approved-by", "Ada Blum")
    run("position", "set", "esim", *ADVICE)

    moves = json.loads(run("position", "moves", "--json").output)
    assert [(m["topic"], m["moved_on"], m["previous"], m["ring"]) for m in moves] == [
        ("passkeys", "2026-11-24", "trial", "adopt"),
        ("passkeys", "2026-11-24", None, "trial"),
    ]
    assert "2 moves" in run("position", "moves", "passkeys").output
    assert "No moves since 25 Nov 2026." in run("position", "moves", "--since", "2026-11-25").output
    assert run("position", "moves", "paskeys").exit_code == 4


def test_the_letter_can_be_looked_at_any_day(president: Run, home: Path, tmp_path: Path) -> None:
    """As text, JSON and a page; nothing is stored."""
    with open_home(home) as store:
        store.save_signals([make_signal("mobile-payments", "rising")])

    out = president("letter").output
    assert "Subject:   1 topic needs advice: Mobile payments rising" in out
    assert "On the agenda of Ada Blum. No position." in out
    assert json.loads(president("letter", "--json").output)["exposed"] == ["mobile-payments"]
    assert president("letter", "--html", str(tmp_path / "letter.html")).exit_code == 0
    assert "Mobile payments" in (tmp_path / "letter.html").read_text(encoding="utf-8")
    assert (tmp_path / "letter.html").stat().st_mode & 0o777 == 0o600  # it names whose agenda is touched
    with open_home(home) as store:
        assert store.last_letter() is None


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
