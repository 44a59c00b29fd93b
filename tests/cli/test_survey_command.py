"""`radar survey`: from the draft to what it says."""

import csv
import json
import re
import sqlite3
from pathlib import Path

import pytest

from radar.store import open_store
from tests.building import NOW
from tests.cli.cli_run import Run

NEW = ["--title", "What do you need?", "--closes", "2026-12-11", "--topics", "passkeys,short-video"]
MEETINGS = ["--topics", "Meetings=video-conferencing,ai-note-takers"]
HEADING = "needs,satisfaction:passkeys,satisfaction:video-conferencing,text1"


def write_answers(path: Path, rows: list[str], heading: str = HEADING) -> str:
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def drafted(run: Run, home: Path) -> Run:
    """A public address, and a draft."""
    settings = home / "radar.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^.*public_url.*$", 'public_url = "https://radar.example.org"', text, count=1))
    done = run("survey", "new", "autumn", *NEW, *MEETINGS)
    assert done.exit_code == 0, done.output
    return run


def test_a_survey_from_draft_to_invitations(drafted: Run, home: Path, tmp_path: Path) -> None:
    """Each address is mailed once and reminded once; a list has one link for so many people."""
    people = tmp_path / "staff.csv"
    people.write_text("Name,E-mail\nAda,ada@example.org\nBert,Bert <bert@example.org>\nAda,ADA@example.org\n")
    early = drafted("survey", "invite", "autumn", str(people))
    assert (early.exit_code, "radar survey open autumn" in early.stderr) == (1, True)
    assert "takes answers until 11 Dec 2026" in drafted("survey", "open", "autumn").output
    assert drafted("survey", "invite", "autumn", str(people)).output.startswith("2 invitations in the outbox:")
    assert "0 invitations in the outbox; 2 had been" in drafted("survey", "invite", "autumn", str(people)).output
    shared = drafted("survey", "invite", "autumn", "--list", "field offices", "--people", "60")
    assert re.fullmatch(r"https://radar\.example\.org/s/[\w-]{22}\n", shared.stdout)
    again = drafted("survey", "invite", "autumn", "--list", "field offices", "--people", "60")
    assert (again.exit_code, again.stderr.count("\n")) == (1, 1)
    assert drafted("survey", "remind", "autumn").output.startswith("2 reminders in the outbox")
    assert drafted("survey", "remind", "autumn").output.startswith("0 reminders in the outbox; 2 have")
    sent = drafted("digest", "send")
    assert sent.output.count("sent") == 4
    assert "@example.org" not in sent.output
    with sqlite3.connect(home / "data" / "radar.db") as database:
        mails = [body.decode() for (body,) in database.execute("SELECT body FROM outbox")]
    links = {re.search(r"https://radar\.example\.org/s/[\w-]{22}", mail.replace("=\r\n", ""))[0] for mail in mails}  # type: ignore[index]
    assert (len(mails), len(links)) == (4, 2)  # the reminder carries the same link
    assert "62 people invited, 0 answered" in drafted("survey", "show", "autumn").output


def test_answers_of_another_tool_come_in_and_results_go_out(drafted: Run, tmp_path: Path) -> None:
    """As table, JSON and CSV; texts by topic."""
    rows = (
        ["passkeys;video-conferencing,4,2,we need AI note-takers"] * 12 + ["short-video,3,,"] * 20 + ["passkeys,,,"] * 3
    )
    done = drafted("survey", "import", "autumn", write_answers(tmp_path / "answers.csv", rows))
    assert done.exit_code == 0, done.output
    assert "35 people answered" in done.output
    told = {
        need["topic"]: need for need in json.loads(drafted("survey", "results", "autumn", "--json").output)["needs"]
    }
    assert told["passkeys"]["asking"] == 15
    assert told["passkeys"]["satisfaction"] == 3.4
    assert told["ai-note-takers"]["sentence"].startswith("12 of 35 staff ask for “Meetings”, of which it is part")
    out = tmp_path / "out.csv"
    assert drafted("survey", "results", "autumn", "--csv", str(out)).exit_code == 0
    with out.open(newline="") as file:
        table = {row["topic"]: row for row in csv.DictReader(file)}
    assert (table["passkeys"]["asking"], table["passkeys"]["answers"]) == ("15", "35")
    assert "· we need AI note-takers [ai-note-takers]" in drafted("survey", "texts", "autumn").output
    assert len(json.loads(drafted("survey", "texts", "autumn", "--topic", "ai-note-takers", "--json").output)) == 12
    assert json.loads(drafted("survey", "texts", "autumn", "--topic", "passkeys", "--json").output) == []
    assert "15 of 35 staff ask for it" in drafted("signals", "--topic", "passkeys").output
    assert "15 of 35 staff ask for it" in drafted("topics", "show", "passkeys").output
    assert "closed" in drafted("survey").output


def test_the_second_survey_says_what_changed(drafted: Run, tmp_path: Path) -> None:
    """Needs and satisfaction against the survey before, and the word that rose."""
    first = ["passkeys,4,,a faster laptop"] * 6 + ["short-video,4,,a faster laptop"] * 14
    drafted("survey", "import", "autumn", write_answers(tmp_path / "a.csv", first))
    drafted("survey", "new", "winter", *NEW)
    second = ["passkeys,3,,recording of calls"] * 12 + ["short-video,3,,a faster laptop"] * 8
    heading = "needs,satisfaction:passkeys,,text1".replace(",,", ",satisfaction:short-video,")
    output = drafted("survey", "import", "winter", write_answers(tmp_path / "b.csv", second, heading)).output
    assert re.search(r"passkeys +Passkeys +12 +6 of 20 +3.0 +4.0", output)
    assert re.search(r"rose most is “(call|recording)”: 12 of 20 who wrote, before fewer than 5 of 20", output)


@pytest.mark.parametrize(
    ("heading", "rows", "line"),
    [
        (HEADING, ["passkeys,4,2,x", "passkeys,7,2,x"], "row 3, satisfaction:passkeys: '7' is no number from 1 to 5"),
        (HEADING, ["passkeys;drones,4,2,x"], "row 2, needs: 'drones' is not asked about; choose from passkeys"),
        (HEADING, ["passkeys,4,2,x", ",,,"], ""),
        (HEADING, ["passkeys,4,2,x", ', ,"",'], ""),
        (HEADING, [",,,", "passkeys,4"], "row 3 has 2 fields, the first row names 4"),
        (HEADING, ["passkeys,4,2," + "x" * 2_001], "row 2, text1: 2,001 characters; at most 2,000"),
        ("needs,E-mail", ["passkeys,ada@example.org"], "row 1: column 'E-mail' is unknown; take it out"),
        ("needs,needs", ["passkeys,passkeys"], "row 1: column 'needs' is there twice"),
        (HEADING, ['passkeys,4,2,"open'], "not a CSV table"),
        ("", [], "the first row is empty"),
    ],
)
def test_a_file_with_a_mistake_is_refused_whole(
    drafted: Run, home: Path, tmp_path: Path, heading: str, rows: list[str], line: str
) -> None:
    """In one line that names row and field; empty rows are no mistake."""
    good = ["passkeys,4,2,x"] * 6 if heading == HEADING and line else []
    done = drafted("survey", "import", "autumn", write_answers(tmp_path / "a.csv", rows + good, heading))
    if not line:
        assert done.exit_code == 0
        return
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert line in done.stderr
    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        assert store.find_survey("autumn").state == "draft"
        assert store.list_survey_answers("autumn") == ([], [])


def test_fewer_than_five_answers_say_nothing_anywhere(drafted: Run, home: Path, tmp_path: Path) -> None:
    """Table, JSON, CSV, texts, topic: and nothing of them is kept."""
    canary = "a canary text 4e1f"
    done = drafted("survey", "import", "autumn", write_answers(tmp_path / "a.csv", [f"passkeys,4,2,{canary}"] * 4))
    assert "fewer than 5 answers" in done.output
    out = tmp_path / "out.csv"
    drafted("survey", "results", "autumn", "--csv", str(out))
    told = [
        drafted("survey", *rest).output
        for rest in (
            ["show", "autumn"],
            ["results", "autumn", "--json"],
            ["texts", "autumn"],
            ["list"],
            ["list", "--json"],
        )
    ]
    told += [drafted("signals", "--topic", "passkeys").output, out.read_text()]
    assert not any(canary in one or "staff ask" in one for one in told)
    assert json.loads(told[1])["survey"]["answers"] is None
    assert out.read_text().count("\n") == 1
    assert canary.encode() not in b"".join(
        path.read_bytes() for path in (home / "data").iterdir() if "-" not in path.name
    )


def test_results_wait_until_a_survey_is_closed(drafted: Run, home: Path) -> None:
    """Else each answer could be told by what it changes."""
    from radar.records import SurveyAnswer, SurveyLink

    drafted("survey", "open", "autumn")
    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        store.invite(SurveyLink("t" * 22, "autumn", "all", personal=False, people=20))
        for _ in range(20):
            store.answer_survey("t" * 22, SurveyAnswer(("passkeys",), {}, ("please", "")), NOW.date())
    for rest in (["results"], ["texts"], ["show"]):
        told = drafted("survey", *rest, "autumn").output
        assert "when it is closed" in told
        assert "please" not in told
    assert json.loads(drafted("survey", "show", "autumn", "--json").output)["needs"] == []
    refused = drafted("survey", "set", "autumn", "--title", "Other")
    assert (refused.exit_code, "people have answered it" in refused.stderr) == (2, True)
    assert "last day 18 Dec 2026" in drafted("survey", "set", "autumn", "--closes", "2026-12-18").output
    assert "at least 16" in drafted("survey", "close", "autumn").output


def test_a_formula_stays_text_in_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    """A name that staff read could begin like one."""
    assert run("survey", "new", "odd", *NEW[:4], "--topics", "=x=passkeys").exit_code == 0
    answers = write_answers(tmp_path / "a.csv", ["passkeys"] * 10 + ["x"] * 0, "needs")
    assert run("survey", "import", "odd", answers).exit_code == 0
    out = tmp_path / "out.csv"
    run("survey", "results", "odd", "--csv", str(out))
    assert "passkeys,'=x," in out.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["show", "autum"], 4, "did you mean autumn?"),
        (["new", "autumn", *NEW], 1, "there is a survey autumn already"),
        (["new", "other", *NEW[:4], "--topics", "nothing"], 4, "no topic is called 'nothing'"),
        (["new", "other", *NEW[:4], "--topics", "passkeys,passkeys"], 2, "asked about twice"),
        (["invite", "autumn"], 2, "name a FILE with addresses, or --list together with --people"),
        (["invite", "autumn", "missing.csv"], 1, "missing.csv: cannot be read"),
        (["close", "autumn"], 1, "not open yet"),
        (["texts", "autumn", "--topic", "passkey"], 4, "did you mean passkeys"),
    ],
)
def test_a_mistake_is_one_line(drafted: Run, arguments: list[str], code: int, line: str) -> None:
    """What, which, what to do."""
    done = drafted("survey", *arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (code, 1)
    assert line in done.stderr


def test_without_a_public_address_nobody_is_invited(run: Run, tmp_path: Path) -> None:
    """A mail without a link that opens would only annoy; a wrong address is named by its row."""
    people = tmp_path / "staff.csv"
    people.write_text("ada@example.org\n")
    run("survey", "new", "autumn", *NEW)
    refused = run("survey", "open", "autumn")
    assert (refused.exit_code, "web.public_url" in refused.stderr) == (3, True)
    assert run("survey", "invite", "autumn", str(people)).exit_code == 1
    people.write_text("email\nada@example.org\nnobody\n")
    assert "row 3, email: 'nobody' is no mail address" in run("survey", "invite", "autumn", str(people)).stderr
    people.write_text("name,city\nAda,Bern\n")
    assert "no column is called email" in run("survey", "invite", "autumn", str(people)).stderr
    assert "Nothing waits" in run("digest", "send").output
