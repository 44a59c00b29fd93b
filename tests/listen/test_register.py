"""The agenda register as a file: out and in again without loss, and every mistake named."""

import csv
import io
import tomllib
from contextlib import suppress
from datetime import UTC, date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from radar.errors import ConfigError
from radar.listen.register import FORMATS, READERS, WRITERS, Format, OnFile, Register, write_csv, write_toml
from radar.records import DETAILS, Executive, Proposal, Statement
from radar.text import clean_text

PATH = Path("register.toml")
TOPICS = ("passkeys", "mobile-payments")
LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["=1+1", "'=1+1", "''@x", "-5", "'-5|x", "+a\\|b", "a, b", 'say "no"', "%TEMP%", "'", "|", "a;b"]),
).map(clean_text)
WORDS = LINES.filter(bool)
SLUGS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
DAYS = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))
PEOPLE = st.builds(
    Executive,
    slug=SLUGS,
    name=WORDS,
    role=LINES,
    email=st.sampled_from(["", "ada@example.org"]),
    tz=st.sampled_from(["UTC", "Africa/Nairobi"]),
    day=st.integers(0, 6),
    time=st.sampled_from(["07:30", "23:59"]),
    paused=st.booleans(),
    enrolled_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    detail=st.sampled_from(DETAILS),
)
PROPOSALS = st.builds(Proposal, SLUGS, st.floats(0, 1).map(lambda score: round(score, 2)), WORDS)


@st.composite
def registers(draw: st.DrawFn) -> Register:
    people = draw(st.lists(PEOPLE, min_size=1, max_size=3, unique_by=lambda one: one.slug))
    linked = st.lists(st.sampled_from(TOPICS), unique=True).map(tuple)
    words = st.lists(WORDS, max_size=3).map(tuple)
    statement = st.builds(
        Statement,
        id=SLUGS,
        executive=st.sampled_from([one.slug for one in people]),
        text=WORDS,
        weight=st.integers(1, 5),
        noted_on=DAYS,
        occasion=WORDS,
        review_on=DAYS,
        topics=linked,
        include=words,
        mute=words,
        ended_on=DAYS,
        proposed=st.lists(PROPOSALS, max_size=2).map(tuple),
        dismissed=linked,
    )
    return Register(tuple(people), tuple(draw(st.lists(statement, max_size=3, unique_by=lambda one: one.id))))


def read(form: Format, text: str, on_file: OnFile | None = None) -> Register:
    return READERS[form](text, Path(f"register.{form}"), on_file or OnFile((), TOPICS, {}))


@pytest.mark.parametrize("form", FORMATS)
@given(register=registers())
@example(register=Register((), ()))
def test_a_register_comes_back_as_it_was(form: Format, register: Register) -> None:
    """Whatever was noted: no word, no day, no proposal is lost."""
    assert read(form, WRITERS[form](register)) == register


@given(register=registers())
def test_no_cell_is_a_formula(register: Register) -> None:
    """A spreadsheet that opens the table runs nothing an executive, or somebody else, has said."""
    for row in csv.reader(io.StringIO(write_csv(register), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "|", "%")), cell
            assert not cell.startswith("-") or cell[1:].replace(",", "").replace(".", "").isdigit(), cell


PERSON = Executive("president", "Ada Blum", "President", "ada@example.org")
WISH = Statement("president-1", "president", "protect donors, always", 4, date(2026, 10, 12), topics=TOPICS)


def test_a_person_can_read_and_write_the_file() -> None:
    """TOML with days as days, and weekdays by name; what has its default and no value is left out."""
    document = tomllib.loads(write_toml(Register((PERSON,), (WISH,))))
    assert document["executive"][0]["day"] == "monday"
    assert document["statement"][0]["noted_on"] == date(2026, 10, 12)
    assert "ended_on" not in document["statement"][0]


def test_little_is_enough() -> None:
    """A table made by hand: semicolons as some spreadsheets write them, few columns, an empty row."""
    text = "record;slug;name;id;executive;text;topics\nexecutive;ada;Ada Blum;;;;\n;;;;;;\n"
    text += "statement;;;ada-1;ada;protect donors;passkeys, mobile-payments\n"
    register = read("csv", text)
    assert register.executives == (Executive("ada", "Ada Blum", "", ""),)
    assert register.statements == (Statement("ada-1", "ada", "protect donors", topics=TOPICS),)


WANTED = "[[statement]]\nid = 'a-1'\nexecutive = 'p'\n"
SAID = WANTED + "text = 'canary'\n"
HEAD = "record,slug,name,id,executive,text,weight,noted_on,topics,email\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name,role\n", "row 1: the columns are not named, or twice; `radar agenda export` shows how"),
        (HEAD + "person,a,A\n", "row 2: record: is neither executive nor statement"),
        (HEAD + "executive,a\n", "row 2: name: is missing; add it"),
        (HEAD + "executive,A B,Ada\n", "row 2: slug: is no short name; use lower-case words joined by hyphens"),
        (HEAD + "executive,a,A\nexecutive,a,A\n", "row 3: slug: stands in the file twice"),
        (HEAD + "executive,a,A,,,,,,,canary\n", "row 2: email: is no e-mail address; write it as name@example.org"),
        (HEAD + "executive,a,A,x\n", "row 2: id: is no field of executives; correct or remove it"),
        (HEAD + "statement,,,a-1,a,canary\n", "row 2: executive: is neither in the file nor on file; add them"),
        (HEAD + "statement,,,a-1,p,canary,9\n", "row 2: weight: is no weight; write a number from 1 to 5"),
        (HEAD + "statement,,,a-1,p,canary,3,1 May\n", "row 2: noted_on: is no day; write it as 2026-11-30"),
        (HEAD + "statement,,,a-1,p,canary,3,,nets\n", "row 2: topics: nets is no topic; `radar topics` lists them"),
        (HEAD + "statement,,,q-1,p,canary\n", "row 2: id: is the id of another executive's statement"),
        (HEAD + "executive,a,A,,,,,,,,,\n", "row 2: has more cells than there are columns"),
    ],
)
def test_a_mistake_in_a_table_is_named_with_row_and_field(text: str, line: str) -> None:
    """In one line, which never repeats what somebody wants."""
    with pytest.raises(ConfigError) as refused:
        read("csv", text, OnFile(("p",), TOPICS, {"q-1": "q"}))
    assert str(refused.value) == f"register.csv: {line}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[executive]]\nslug = ", ":2: not valid TOML: Invalid value"),
        ("[[person]]\n", ":1: person is neither executive nor statement"),
        ("executive = 1\n", ": executive: write each as [[executive]]"),
        (
            "[[executive]]\nslug = 'a'\nname = 'A'\nfoo = 1\n",
            ":4: executive[0]: foo: is no field of executives; correct or remove it",
        ),
        ("[[executive]]\nslug = 'a'\n\n[[executive]]\nname = 'A'\n", ":1: executive[0]: name: is missing; add it"),
        (SAID + "weight = 'much'\n", ":5: statement[0]: weight: is no weight; write a number from 1 to 5"),
        (SAID + "topics = 'passkeys'\n", ":5: statement[0]: topics: has to be a list"),
        (WANTED + "text = ['canary']\n", ":4: statement[0]: text: has to be a single value"),
        (
            SAID + "proposed = ['x']\n",
            ":5: statement[0]: proposed: is no proposal; write topic, score and reason: passkeys .9 names “passkey”",
        ),
    ],
)
def test_a_mistake_in_toml_is_named_with_line_and_field(text: str, line: str) -> None:
    """In one line, too."""
    with pytest.raises(ConfigError) as refused:
        read("toml", text, OnFile(("p",), TOPICS, {}))
    assert str(refused.value) == f"register.toml{line}"


def test_brackets_without_end_are_refused() -> None:
    """The parser of the standard library runs out of stack on them."""
    with pytest.raises(ConfigError, match=r"^register\.toml: not valid TOML: brackets within brackets"):
        read("toml", "x = " + 10_000 * "[" + 10_000 * "]")


@pytest.mark.parametrize("form", FORMATS)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(form: Format, text: str) -> None:
    """Never a traceback."""
    with suppress(ConfigError):
        read(form, text)
