"""A quarter at the advisor's desk, by the real commands: the demo's press, two executives, forty members of staff.

With RADAR_TRANSCRIPT=/tmp/quarter.txt every line is written there, and beside it, as /tmp/quarter.md, the page
docs/quarter.md.
"""

import email
import email.message
import email.policy
import re
import socket
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
import tomli_w
from click.testing import CliRunner

from radar.cli import radar
from radar.demo.server import DemoServer
from radar.demo.world import FIRST_MONDAY, generate_world
from tests.walk import Walk

SETTINGS = """[advisor]
name = "Priya Raman"
email = "advisor@harbourlight.example"

[crawl]
contact = "https://harbourlight.example/radar"
allow = ["{host}"]

[mail]
sender = "Radar <radar@harbourlight.example>"

[web]
port = {port}
public_url = "http://127.0.0.1:{port}"
"""
STAFF = 40


@pytest.fixture
def press() -> Iterator[DemoServer]:
    with DemoServer(generate_world()) as server:
        yield server


@pytest.fixture
def walk(tmp_path: Path, press: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    """A fresh folder that reads the demo's press; its advisor is called priya."""
    for name in ("RADAR_HOME", "RADAR_DATABASE_URL", "RADAR_SMTP_PASSWORD", "RADAR_SMTP_PASSWORD_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "priya")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with time_machine.travel(FIRST_MONDAY, tick=True) as clock:
        home = tmp_path / "radar"
        assert CliRunner().invoke(radar, ["init", str(home)], catch_exceptions=False).exit_code == 0
        (home / "feeds.toml").write_text(press.feeds_toml(), encoding="utf-8")
        host = press.base_url.removeprefix("http://")
        (home / "radar.toml").write_text(SETTINGS.format(host=host, port=port), encoding="utf-8")
        monkeypatch.chdir(home)
        walk = Walk(home, clock, port)
        yield walk
        walk.write()


def find_monday(week: int) -> datetime:
    """Return the Monday morning after a week of 2026."""
    return FIRST_MONDAY + timedelta(weeks=week - 28, hours=5)


def read_press(walk: Walk, press: DemoServer, first: int, last: int, show: tuple[str, ...] | None = None) -> str:
    """Let weeks of press pass, each crawled when it has ended."""
    output = ""
    for week in range(first, last + 1):
        walk.clock.move_to(find_monday(week))
        press.set_now(find_monday(week))
        output = walk.run("crawl", show=show if week == last else None)
    return output


def read_mail(path: Path, form: str) -> tuple[str, str]:
    """Return to whom a mail goes that was written to the out folder, and its body, plain or html."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    body = message.get_body((form,))
    assert body is not None
    return str(message["To"]), str(body.get_content())


def send_mail(walk: Walk, copies: int) -> None:
    """Send what waits; the folder holds one file a mail."""
    assert walk.run("digest", "send").count("sent") == copies


def test_a_quarter_by_commands(walk: Walk, press: DemoServer) -> None:
    """From the first words of an executive to an idea accepted: what an advisor types, and sees."""
    walk.say(INTRODUCTION)
    read_press(walk, press, 29, 36)
    note_agendas(walk)
    float_an_idea(walk, press)
    meet_the_first_alarm(walk, press)
    advise(walk, press)
    take_answers(walk, press)
    hear_the_staff(walk, press)
    bring_it_up_again(walk, press)
    hold_a_talk(walk)
    close_the_quarter(walk, press)


INTRODUCTION = """# A quarter with Radar

An advisor's quarter, from September to November, by the commands they type. The press, the people and the
organisation are made up; the output is real: a test (`tests/test_quarter.py`) goes through all of it and writes this
page, leaving out commands and lines. What is done by hand here, crawl, build, send and close, `radar serve` does by
itself."""


def note_agendas(walk: Walk) -> None:
    walk.go(find_monday(36) + timedelta(hours=4), "what do they want?",
            "Two executives, and what they said in a first talk, in their own words. Radar proposes topics, with its "
            "reasons; you confirm or dismiss. Only what you confirm counts in full.")  # fmt: skip
    walk.run("executives", "add", "president", "--name", "Amara Lindqvist", "--role", "President",
             "--email", "president@harbourlight.example", "--tz", "Europe/London")  # fmt: skip
    walk.run("executives", "add", "fundraising", "--name", "Tomas Okafor", "--role", "Head of fundraising",
             "--email", "fundraising@harbourlight.example", "--tz", "Europe/Lisbon", "--detail", "plain")  # fmt: skip
    added = walk.run("agenda", "add", "president", "reach young donors where they are", "--weight", "4", show=())
    assert "president-1" in added
    walk.run("agenda", "add", "president", "protect what donors tell us in calls and on forms", "--weight", "5")
    walk.run("agenda", "link", "president-1", "short-video", "digital-giving")
    walk.run("agenda", "link", "president-2", "ai-note-takers", "ransomware", "passkeys", show=())
    walk.run("agenda", "add", "fundraising", "never lose a donor's trust over a call", "--weight", "4",
             "--topic", "ai-note-takers", "--topic", "deepfakes")  # fmt: skip
    third = ("agenda", "add", "president", "spend less on field connectivity", "--topic", "satellite-to-phone")
    dry = walk.run(*third, "--dry-run")
    assert "Against the agenda on file: 3 added. Nothing was stored." in dry
    assert "president-3" not in walk.run("agenda", "president")
    walk.run(*third)
    assert "president-3" in walk.run("agenda", "president")


def float_an_idea(walk: Walk, press: DemoServer) -> None:
    walk.say("The same talk floated an idea: signing in without passwords. It is noted, and floated once more three "
             "weeks later, at the end of a meeting. She said neither yes nor no.")  # fmt: skip
    idea = ("acceptance", "set", "president", "passkeys", "floated", "--note")
    assert "Floated once" in walk.run(*idea, "Listened, looked at the clock.", show=())
    read_press(walk, press, 37, 39)
    walk.go(find_monday(39) + timedelta(hours=6))
    assert "Floated twice" in walk.run(*idea, "Again, in a hurry.")


def meet_the_first_alarm(walk: Walk, press: DemoServer) -> None:
    walk.go(find_monday(41), "something surges that nobody asked for")
    read_press(walk, press, 40, 41, ("changed phase", "→"))
    exposed = walk.run("exposure", show=())
    assert "decentralised-social" in exposed
    walk.say(
        "Nobody's agenda is touched, but people will be asked: a position on hold, with a sentence to say, is enough."
    )
    walk.run("position", "set", "decentralised-social", "--ring", "hold",
             "--so-what", "An account costs little; moderating one does not.",
             "--say", "We reserved our name. We will not move unless our supporters do.",
             "--owner", "Head of communications", "--review", "2027-04-12")  # fmt: skip
    walk.run("position", "approve", "decentralised-social", "--by", "IT director")
    assert "decentralised-social" not in walk.run("exposure")


def advise(walk: Walk, press: DemoServer) -> None:
    walk.go(find_monday(44), "an agenda is touched, and there is no advice")
    read_press(walk, press, 42, 44)
    exposed = walk.run("exposure", show=())
    assert re.search(r"ai-note-takers +rising +fundraising, president .*\n +no position", exposed)
    walk.say("A draft has the facts in it; the advice, every `___`, is yours.")
    walk.run("position", "draft", "ai-note-takers", "--out", "note-takers.toml", show=("wrote",))
    draft = walk.file("note-takers.toml").read_text(encoding="utf-8")
    walk.show_file("note-takers.toml", ("^#.*Phase", "Evidence", "^so_what", "^say"))
    assert "___" in draft
    blank = walk.run("position", "set", "ai-note-takers", "--from", "note-takers.toml")
    assert "still has blanks" in blank
    walk.run("position", "approve", "ai-note-takers", "--by", "IT director", exit_code=1)
    words = tomllib.loads(draft)["position"] | {
        "so_what": "Board and donor calls may be recorded on other people's servers, by whoever brings a note-taker.",
        "say": "We are testing two tools that keep recordings with us. Until January, no recording of donor calls.",
        "next_step": "Approve the interim rule",
        "owner": "IT director",
    }
    walk.file("note-takers.toml", tomli_w.dumps({"position": words}))
    walk.run("position", "set", "ai-note-takers", "--from", "note-takers.toml", show=("Advice on",))
    assert "position is a draft" in walk.run("exposure", show=("^ai", "draft"))
    walk.run("position", "approve", "ai-note-takers", "--by", "IT director", show=("Advice", "Next"))
    assert "ai-note-takers" not in walk.run("exposure", show=())


def take_answers(walk: Walk, press: DemoServer) -> None:
    walk.go(find_monday(45) + timedelta(hours=4), "the digest goes out, and answers come back")
    read_press(walk, press, 45, 45)
    walk.clock.move_to(find_monday(45) + timedelta(hours=4))
    walk.run("digest", "build", "president", show=("Stored",))
    walk.run("digest", "build", "fundraising")
    send_mail(walk, 2)
    sent = walk.run("digest", "show", "president")
    assert "Approve the interim rule by Monday 16 November" in sent
    walk.say("Each item of the mail carries four buttons. A click opens a page that changes nothing; the button there "
             "does. The president clicks “Useful”, Tomas “Let’s talk”; what was said on the phone, you note for "
             "them.")  # fmt: skip
    for reader, answer in (("president", "Useful"), ("fundraising", "Let’s talk")):
        _, page = read_mail(walk.home / "out" / f"{reader}-2026-W46.eml", "html")
        link = re.findall(rf'href="({walk.base}/f/[^"]+)"[^>]*>{answer}', page)[0]
        with walk.serving():
            assert "Nothing changes until you press a button" in walk.open(link)
            assert "No answers yet" in walk.run("feedback", "list") or reader == "fundraising"
            assert f"Noted: {answer.lower()}" in walk.open(link, [])
        walk.full.append(f"({reader} clicks {answer})\n")
    item = re.findall(r"2026-W46 +(\w{4,}) +– .* ransomware", walk.run("feedback", "president"))[0]
    walk.run("feedback", "give", "president", item[:4], "knew-already")
    given = walk.run("feedback", show=())
    assert given.count("2026-W46") == 3
    assert given.index("let's talk") < given.index("useful")
    assert "wants to talk, 9 Nov" in walk.run("acceptance", "fundraising")


def hear_the_staff(walk: Walk, press: DemoServer) -> None:
    walk.go(find_monday(45) + timedelta(days=1), "what do our people need?",
            "Forty members of staff are asked, each by a link of their own. No answer can be traced.")  # fmt: skip
    subjects = "ai-note-takers,machine-translation,e-learning,passkeys"
    walk.run("survey", "new", "autumn", "--title", "What do you need for your work?", "--closes", "2026-11-20",
             "--topics", subjects, show=("draft",))  # fmt: skip
    walk.run("survey", "open", "autumn")
    people = "\n".join(f"Colleague {number},colleague{number}@harbourlight.example" for number in range(STAFF))
    walk.file("staff.csv").write_text(f"Name,E-mail\n{people}\n", encoding="utf-8")
    assert "40 invitations" in walk.run("survey", "invite", "autumn", "staff.csv", show=())
    send_mail(walk, 40)
    answer_all(walk, range(28))
    walk.go(find_monday(46))
    read_press(walk, press, 46, 46)
    walk.run("digest", "build", "president")
    assert "12 reminders" in walk.run("survey", "remind", "autumn")
    send_mail(walk, 13)
    answer_all(walk, range(28, STAFF))
    assert "40 people invited, 40 answered" in walk.run("survey", "show", "autumn", show=("answered",))
    read_press(walk, press, 47, 47)
    walk.run("digest", "build", "president")
    walk.go(find_monday(47) + timedelta(hours=4), "the survey closes, and an idea lies on the shelf")
    results = walk.run("survey", "close", "autumn", show=("answered", "^topic", "^ai", "^machine"))
    assert "40 people answered" in results
    assert re.search(r"ai-note-takers +\S.* 27 ", results)
    assert "27 of 40 staff ask for it" in walk.run("signals", "--topic", "ai-note-takers")


def answer_all(walk: Walk, people: range) -> None:
    """Let people open their own link, from their own mail, and answer."""
    mails = sorted((walk.home / "out").glob("*survey*.eml"))
    links: dict[str, str] = {}
    for path in mails:
        recipient, text = read_mail(path, "plain")
        links[recipient] = re.findall(rf"{walk.base}/s/[\w-]+", text)[0]
    assert len(links) == STAFF
    with walk.serving():
        for number in people:
            link = links[f"colleague{number}@harbourlight.example"]
            wish = [("need", "ai-note-takers")] if number % 3 != 2 else [("need", "machine-translation")]
            fields = [*wish, ("satisfaction-ai-note-takers", str(1 + number % 3))]
            fields += [("need", "e-learning")] * (number % 4 == 0) + [("need", "passkeys")] * (number % 5 == 0)
            fields += [("text-0", f"Minutes without typing, please ({number} a week).")] * (number % 4 == 1)
            assert "What do you need for your work?" in walk.open(link)
            assert "Your answer is in" in walk.open(link, fields)
    walk.full.append(f"({len(people)} members of staff open their link and answer)\n")


def bring_it_up_again(walk: Walk, press: DemoServer) -> None:
    assert "shelved" in walk.run("acceptance", "president", show=("^executive", "passkeys", "shelved"))
    walk.say("The desk letter of the week has it all on one page; `radar serve` mails it on Mondays.")
    letter = walk.run(
        "letter", show=(r"^(?!FEEDS|·  (Gadget|Lowlight|Orchard)|   (the server|an HTML)|--|This|`radar)",)
    )
    assert "Passkeys" in letter
    walk.say("So it is brought up again, with a figure from the survey. This time she asks something.")
    nudged = walk.run("acceptance", "set", "president", "passkeys", "interested", "--channel", "reply",
                      "--note", "Wants to see it on her own phone.", "--nudge", "2026-11-27", show=())  # fmt: skip
    assert "Next nudge 27 Nov 2026" in nudged


def hold_a_talk(walk: Walk) -> None:
    walk.go(datetime(2026, 11, 27, 8, tzinfo=UTC), "a talk, prepared and noted")
    pack = walk.run("pack", "president", show=PACK)
    assert "Passkeys" in pack
    walk.say("Afterwards: `radar talk president` asks for everything in one pass, or reads a file it has printed.")
    template = walk.run("talk", "president", "--template")
    notes = tomllib.loads(template)
    assert {one["id"] for one in notes["statement"]} == {"president-1", "president-2", "president-3"}
    walk.file("talk.toml", TALK, shown=True)
    noted = walk.run("talk", "president", "--from", "talk.toml", show=())
    assert "passkeys: accepted" in noted
    invitation = walk.run("talk", "president", "--ics")
    assert "DTSTART;TZID=Europe/London:20270115T100000" in invitation


#: Lines of a pack that a guide shows: the first statement, ideas, what is open.
PACK = (
    "^[A-MO-Z0-9]", r"^\[ \]", "weight 5", "note-takers: rising", "16 pub", "^      October", "our position", "Leaked",
    "Press, 2 Nov", "told in", "On 7 Sep", "help with that", "assess,", "was due", "to be brought", "useful",
)  # fmt: skip
TALK = """held_on = 2026-11-27
note = "She had signed in with her phone before I opened my mouth."
next_at = 2027-01-15T10:00:00

[[statement]]
id = "president-1"
answer = "still right"

[[new]]
text = "no member of staff spends an evening on minutes"
topics = ["ai-note-takers"]

[[outcome]]
topic = "passkeys"
stage = "accepted"
note = "Staff first, from January."
"""


def close_the_quarter(walk: Walk, press: DemoServer) -> None:
    walk.go(find_monday(48) + timedelta(hours=4), "the quarter ends")
    read_press(walk, press, 48, 48)
    walk.clock.move_to(find_monday(48) + timedelta(hours=4))
    exposed = walk.run("exposure", show=())
    for topic in ("ai-note-takers", "passkeys", "satellite-to-phone"):
        assert topic in exposed
    walk.say("The old advice is read again and holds; the accepted idea gets advice of its own, and so does the third.")
    walk.run("position", "approve", "ai-note-takers", "--by", "IT director")
    walk.run("position", "set", "satellite-to-phone", "--ring", "assess",
             "--so-what", "Field staff could send a text from any ordinary phone.",
             "--say", "It works for short texts, not for calls. We try six phones in the hills this winter.",
             "--next", "Name one field office", "--by", "2026-12-18", "--owner", "Head of field operations",
             "--approved-by", "IT director")  # fmt: skip
    walk.run("position", "set", "passkeys", "--ring", "trial",
             "--so-what", "Donors' banks drop passwords from July; our donor portal will look old beside them.",
             "--say", "We start with staff in January and decide on donors in spring.",
             "--next", "Agree the staff start", "--by", "2027-01-08", "--owner", "IT director",
             "--approved-by", "IT director")  # fmt: skip
    assert "Nobody is exposed" in walk.run("exposure", show=())
    walk.run("digest", "build", "president")
    digest = walk.run("digest", "show", "president", show=("Subject", "^★", "Asked"))
    assert "27 of 40 staff ask for it" in " ".join(digest.split())
    assert "Asked for most: AI note-takers, 27 of 40 staff" in digest
    assert "accepted" in walk.run("acceptance", "president", "passkeys", show=("since", "^on ", "priya"))
    assert re.search(r"president +\d+ +\d+ +0 +0 +1", walk.run("acceptance", "--funnel"))
    moves = walk.run("position", "moves")
    assert moves.endswith("4 moves")
    assert "TOPICS WITHOUT ADVICE" not in walk.run("letter")
    send_mail(walk, 2)
    assert "Nothing to put right." in walk.run("doctor")
