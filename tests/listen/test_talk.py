"""What came of a talk: notes → statements, steps, questions, checked as a whole."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from radar.errors import Unusable
from radar.listen.talk import OnFile, TalkNotes, find_next_talk, settle_talk
from radar.listen.talk_file import write_talk_file
from radar.records import Executive, Outcomes, Raised, Statement, Talk
from tests.brief.test_pack import compose

NOW = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # Wednesday the 25th in Nairobi
TODAY = date(2026, 11, 25)
ADA = Executive("president", "Ada Blum", "President", "ada@example.org", "Africa/Nairobi")
DONORS = Statement(
    "president-1", "president", "protect donors", 5, date(2026, 9, 1), "board", date(2026, 11, 1), ("ai",)
)
ENDED = Statement("president-2", "president", "move offices", ended_on=date(2026, 10, 1))


def settle(before: Outcomes | None = None, **notes: Any) -> Outcomes:
    """Settle notes as they come from JSON; `before` is what an earlier time stored."""
    statements = {words.id: words for words in (DONORS, ENDED, *(before.statements if before else ()))}
    file = OnFile(
        ADA,
        list(statements.values()),
        before.steps if before else (),
        [before.talk] if before else (),
        ("ai", "drones"),
    )
    return settle_talk(msgspec.convert(msgspec.to_builtins(notes), TalkNotes), file, NOW, "ida")


def test_a_talk_is_of_today_where_the_executive_is() -> None:
    """Unless another day is named; the next one is at their time."""
    talk = settle(note="  She\x07 spoke of donors. ", next_at="2027-01-12T10:00:00").talk

    assert (talk.held_on, talk.note, talk.by) == (TODAY, "She spoke of donors.", "ida")
    assert talk.next_at == datetime(2027, 1, 12, 7, 0, tzinfo=UTC)
    assert settle(next_at="2027-01-12T10:00:00+01:00").talk.next_at == datetime(2027, 1, 12, 9, 0, tzinfo=UTC)


def test_what_was_not_spoken_of_stays_as_it_is() -> None:
    """A file left as it was printed changes nothing."""
    untouched = {"id": "president-1", "answer": "", "text": "protect donors", "weight": 5}
    outcomes = settle(statement=[untouched], outcome=[{"topic": "ai"}])
    assert (outcomes.statements, outcomes.steps, outcomes.raised) == ((), (), ())


def test_a_statement_that_still_holds_is_noted_anew() -> None:
    """On the day of the talk; a review whose day has come was this talk."""
    (words,) = settle(statement=[{"id": "president-1", "answer": "still right"}]).statements
    assert words == replace(DONORS, noted_on=TODAY, occasion="one-on-one", review_on=None)


def test_a_statement_is_changed_or_ended() -> None:
    """Other words or another weight are a change, whatever the answer; links stay."""
    (changed,) = settle(statement=[{"id": "president-1", "text": "protect what donors say", "weight": 4}]).statements
    assert (changed.text, changed.weight, changed.topics) == ("protect what donors say", 4, ("ai",))
    (ended,) = settle(statement=[{"id": "president-1", "answer": "ended"}], held_on="2026-11-20").statements
    assert ended.ended_on == date(2026, 11, 20)


def test_new_statements_get_the_next_ids_in_their_own_words() -> None:
    """An ended one keeps its own."""
    first, second = settle(new=[{"text": "reach the young", "topics": ["ai", "ai"]}, {"text": "spend less"}]).statements
    assert (first.id, first.topics, first.noted_on, first.occasion) == ("president-3", ("ai",), TODAY, "one-on-one")
    assert second.id == "president-4"


def test_ideas_become_steps_of_the_talk() -> None:
    """With note and days; a talk of an earlier day is noted at noon there."""
    notes = {"topic": "ai", "stage": "declined", "note": "too early", "revisit_on": "2027-05-01"}
    (step,) = settle(outcome=[notes]).steps
    assert (step.stage, step.channel, step.by, step.at) == ("declined", "talk", "ida", NOW)
    assert step.revisit_on == date(2027, 5, 1)
    (earlier,) = settle(outcome=[notes], held_on="2026-11-20").steps
    assert earlier.at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_questions_go_into_the_ledger_on_the_day_of_the_talk() -> None:
    """Or on the day that is named."""
    raised = settle(raised=[{"topic": "ai"}, {"topic": "drones", "on": "2026-11-02"}]).raised
    assert raised == (Raised("ai", "president", TODAY), Raised("drones", "president", date(2026, 11, 2)))


def test_the_same_notes_again_repeat_nothing() -> None:
    """And what they add completes the talk of that day."""
    notes: dict[str, Any] = {
        "note": "She spoke of donors.",
        "next_at": "2027-01-12T10:00:00",
        "statement": [{"id": "president-1", "answer": "ended"}],
        "new": [{"text": "reach the young"}],
        "outcome": [{"topic": "ai", "stage": "aware", "note": "heard of it"}],
    }
    first = settle(**notes)
    again = settle(first, **notes)
    assert (again.talk, again.statements, again.steps) == (first.talk, (), ())
    moved = settle(first, next_at="2027-01-13T10:00:00")
    assert (moved.talk.note, moved.talk.held_on) == (first.talk.note, TODAY)


@pytest.mark.parametrize(
    ("notes", "line"),
    [
        ({"held_on": "2026-11-26"}, "held_on: lies in the future"),
        ({"held_on": "0026-11-24"}, "held_on: is too long ago"),
        ({"next_at": "2026-11-25T23:00:00"}, "next_at: has to be after the talk"),
        ({"next_at": "3027-01-12T10:00:00"}, "next_at: lies more than five years ahead"),
        ({"note": "x" * 2001}, "note: has 2,001 characters"),
        ({"statement": [{"id": "board-1"}]}, r"statement\[0\].id: is none of theirs"),
        ({"statement": [{"id": "president-2", "answer": "still right"}]}, r"statement\[0\].id: is none of theirs"),
        (
            {"statement": [{"id": "president-1", "answer": "ended"}, {"id": "president-1", "weight": 1}]},
            r"statement\[1\].id: is named twice",
        ),
        ({"statement": [{"id": "president-1", "weight": 6}]}, r"statement\[0\].weight: .* from 1 to 5"),
        ({"statement": [{"id": "president-1", "text": "\u200b"}]}, r"statement\[0\].text: has to be their words"),
        (
            {"statement": [{"id": "president-1", "review_on": "2026-11-25"}]},
            r"statement\[0\].review_on: .* after the talk",
        ),
        ({"new": [{"text": " "}]}, r"new\[0\].text: has to be their words"),
        ({"new": [{"text": "x", "topics": ["ai", "nope"]}]}, r"new\[0\].topics\[1\]: is no topic"),
        ({"new": [{"text": "x", "weight": 0}]}, r"new\[0\].weight: has to be"),
        ({"outcome": [{"topic": "nope"}]}, r"outcome\[0\].topic: is no topic"),
        ({"outcome": [{"topic": "ai", "note": "well"}]}, r"outcome\[0\].stage: is missing; write floated, aware"),
        (
            {"outcome": [{"topic": "ai", "stage": "aware", "revisit_on": "2027-01-01"}]},
            r"outcome\[0\].revisit_on: only what was declined or parked",
        ),
        (
            {"outcome": [{"topic": "ai", "stage": "aware", "nudge_on": "2026-11-01"}]},
            r"outcome\[0\].nudge_on: has to be after the talk",
        ),
        ({"raised": [{"topic": "nope"}]}, r"raised\[0\].topic: is no topic"),
        ({"raised": [{"topic": "ai", "on": "2027-01-01"}]}, r"raised\[0\].on: lies in the future"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_naming_the_field(notes: dict[str, Any], line: str) -> None:
    """Nothing is settled then; the line repeats nothing that was said."""
    with pytest.raises(Unusable, match=line) as refusal:
        settle(**notes)
    assert "\n" not in str(refusal.value)
    assert "nope" not in str(refusal.value)


def test_a_printed_file_read_back_is_a_talk_in_which_nothing_was_said() -> None:
    """Statements, ideas and comments are there to fill in; names that break lines stay in their comment."""
    import tomllib

    pack = compose()
    text = write_talk_file(replace(pack, executive_name="Ada\nevil = 1"), TODAY)
    notes = msgspec.convert(tomllib.loads(text), TalkNotes)

    assert notes.held_on == TODAY
    assert [(one.id, one.text, one.weight) for one in notes.statement] == [
        (told.statement.id, told.statement.text, told.statement.weight) for told in pack.agenda
    ]
    assert [(one.topic, one.stage) for one in notes.outcome] == [("note-takers", "")]
    assert "# to float: On 12 October you said" in text
    assert f"# next_at = {TODAY + timedelta(weeks=6)}T10:00:00" in text


def test_the_next_talk_stays_agreed_when_one_comes_between() -> None:
    """A short talk before it, noted without a date, does not lose it; one that has been held is no next talk."""
    agreed = Talk("president", date(2026, 11, 2), NOW, "ida", next_at=NOW + timedelta(days=7))
    between = Talk("president", TODAY, NOW, "ida")
    assert find_next_talk([between, agreed]) == agreed
    assert find_next_talk([replace(between, held_on=TODAY + timedelta(days=8)), agreed]) is None
    assert find_next_talk([]) is None
