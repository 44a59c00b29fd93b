"""Surveys: what a form holds, what may be told of the answers, what rose."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.errors import Unusable
from radar.listen.survey import (
    MAX_LETTERS,
    choose_texts,
    count_needs,
    find_risen,
    hide_few,
    make_subjects,
    read_form,
)
from radar.records import Need, Subject, Survey, SurveyAnswer, SurveyText
from tests.building import NOW, index_topics, make_topic

TOPICS = index_topics(make_topic("passkeys"), make_topic("calls"), make_topic("note-takers"), make_topic("drones"))
SURVEY = Survey(
    "autumn",
    "What do you need?",
    (Subject("Passkeys", ("passkeys",)), Subject("Meetings", ("calls", "note-takers"))),
    ("What do you need?", "What is in your way?"),
    date(2026, 12, 11),
    NOW,
)
CLOSED = date(2026, 11, 24)


def count(answers: list[SurveyAnswer], texts: list[SurveyText] = [], earlier: dict[str, Need] = {}) -> dict[str, Need]:  # noqa: B006
    needs = count_needs(SURVEY, answers, texts, TOPICS, earlier, CLOSED)
    return {need.topic: need for need in needs}


def answers(asking: int, others: int, *needs: str, **satisfaction: int) -> list[SurveyAnswer]:
    asks = SurveyAnswer(needs or ("passkeys",), satisfaction)
    return [asks] * asking + [SurveyAnswer((), satisfaction)] * others


def test_subjects_are_topics_or_several_under_one_name() -> None:
    """Slugs with commas are a subject each, under the topic's name."""
    made = make_subjects(["passkeys, drones", "Meetings = calls, note-takers"], TOPICS)
    assert made == (
        Subject("Passkeys", ("passkeys",)),
        Subject("Drones", ("drones",)),
        Subject("Meetings", ("calls", "note-takers")),
    )
    for wrong in ([], [""], ["=calls"], ["Calls="], ["calls", "Meetings=calls"], ["a,b,c,d,e,f,g,h,i,j,k,l,m"]):
        with pytest.raises(Unusable, match="topics"):
            make_subjects(wrong, TOPICS)


def test_a_form_is_read_and_what_is_wrong_said_by_field() -> None:
    """Forged names and numbers, texts too long, nothing at all."""
    said, wrong = read_form(
        SURVEY,
        {"need": ["calls"], "satisfaction-passkeys": ["4"], "satisfaction-calls": [""], "text-0": [" two\n lines "]},
    )
    assert wrong == {}
    assert said == SurveyAnswer(("calls",), {"passkeys": 4}, ("two lines", ""))
    bad = {"need": ["note-takers"], "satisfaction-calls": ["6"], "text-1": ["x" * (MAX_LETTERS + 1)]}
    assert set(read_form(SURVEY, bad)[1]) == {"need", "satisfaction-calls", "text-1"}
    assert set(read_form(SURVEY, {"text-0": [" \u200b "], "satisfaction-calls": [""]})[1]) == {"form"}


@given(st.integers(0, 60), st.integers(0, 60))
def test_no_told_count_lets_fewer_than_five_be_told_apart(count_: int, others: int) -> None:
    """Whoever asks and whoever does not: each side of a told number has room for five, or for none to four unseen."""
    total = count_ + others
    told, at_least = hide_few(count_, total)
    if told is None:
        assert count_ < 5 or others < 5
        return
    assert told >= 5
    if at_least:
        assert {hide_few(total - few, total) for few in range(5)} == {(told, True)}
    else:
        assert told == count_
        assert others >= 5


def test_below_five_answers_nothing_is_told() -> None:
    """Neither a need nor a mean."""
    assert count(answers(4, 0, passkeys=5)) == {}
    five = count(answers(5, 0, passkeys=4))["passkeys"]
    assert (five.asking, five.sentence) == (None, "")  # five of five would tell what each of them said
    assert five.satisfaction == 4.0


def test_few_who_ask_are_not_counted_out() -> None:
    """Nor few who do not; a mean needs five ratings."""
    assert count(answers(4, 36))["passkeys"].asking is None
    assert count(answers(0, 40))["passkeys"].asking is None
    assert count(answers(27, 113))["passkeys"].sentence == "27 of 140 staff ask for it (survey, November 2026)"
    most = count(answers(38, 2))["passkeys"]
    assert (most.asking, most.at_least) == (36, True)
    assert most.sentence.startswith("at least 36 of 40 staff ask for it")
    rated = [*answers(0, 4, passkeys=1), *answers(10, 10)]
    assert count(rated)["passkeys"].satisfaction is None


def test_a_need_for_several_topics_says_what_was_asked_about() -> None:
    """Who ticked "Meetings" did not ask for note-takers in particular."""
    needs = count(answers(12, 20, "calls"))
    assert needs["calls"].asking == needs["note-takers"].asking == 12
    assert "12 of 32 staff ask for “Meetings”, of which it is part" in needs["note-takers"].sentence


def test_a_topic_nobody_listed_counts_where_staff_name_it_as_a_need() -> None:
    """In answer to the first question; a mention in the other may be a complaint."""
    wants = [SurveyText(0, f"a drone, {number}", ("drones",)) for number in range(7)]
    assert "7 of 40 staff ask for it in their own words" in count(answers(9, 31), wants)["drones"].sentence
    complaints = [SurveyText(1, text.text, text.topics) for text in wants]
    assert "drones" not in count(answers(9, 31), complaints)
    assert "drones" not in count(answers(9, 31), [*wants[:4], SurveyText(0, "a desk")])
    ticked = count(answers(9, 31), [SurveyText(0, "passkeys", ("passkeys",))] * 20)["passkeys"]
    assert ticked.asking == 9  # a text cannot be joined with what its author ticked: who ticks counts, once


def test_the_survey_before_is_compared_where_it_asked_the_same() -> None:
    """Under the same name, and with numbers that are known."""
    spring = count(answers(10, 90, passkeys=4))
    autumn = count(answers(27, 73, passkeys=3), earlier=spring)["passkeys"]
    assert (autumn.before, autumn.asking_before, autumn.answers_before) == (4.0, 10, 100)
    assert autumn.rise == pytest.approx(0.17)
    few = count(answers(3, 90, passkeys=4))
    unknown = count(answers(27, 73, passkeys=3), earlier=few)["passkeys"]
    assert (unknown.before, unknown.asking_before, unknown.rise) == (4.0, None, 0.0)
    renamed = {"passkeys": count(answers(9, 31, "calls"))["calls"]}
    assert count(answers(27, 73, passkeys=3), earlier=renamed)["passkeys"].before is None


def test_texts_are_shown_from_five_on_question_by_question() -> None:
    """Four answers to a question stay unseen, however many the other has."""
    texts = [SurveyText(0, "many")] * 5 + [SurveyText(1, "few")] * 4
    assert choose_texts(texts) == texts[:5]


def test_the_word_that_rose_most_is_one_that_five_people_used() -> None:
    """As a share of those who wrote, in answer to the same question, against the survey before."""
    before = [SurveyText(0, f"faster laptops please {number}") for number in range(10)]
    now = [SurveyText(0, "recording of calls, recording everywhere")] * 6 + [SurveyText(0, "faster laptops")] * 4
    risen = find_risen(now, before)
    assert risen is not None
    assert (risen.people, risen.wrote, risen.before, risen.wrote_before) == (6, 10, None, 10)
    assert risen.word in {"call", "everywhere", "recording"}
    assert find_risen(now, []) is None
    assert find_risen(before, now) is not None  # "please": ten of ten, before nobody
    assert find_risen([*now[:4], *before[:8]], before) is None  # four people are too few
    assert find_risen(now, now) is None
    assert find_risen(now, [SurveyText(1, text.text) for text in before]) is None  # another question


@pytest.mark.parametrize(
    ("asking", "answers", "told"),
    [(27, 40, "27"), (2, 40, "fewer than 5"), (12, 12, "at least 8"), (6, 6, "not told, only 6 answered")],
)
def test_what_is_not_told_is_not_told_falsely(asking: int, answers: int, told: str) -> None:
    """Of six who all ask, "fewer than 5" would be a lie, and any number would tell of each of them."""
    ticked = [SurveyAnswer(needs=("passkeys",) if n < asking else ()) for n in range(answers)]
    survey = replace(SURVEY, subjects=(Subject("Passkeys", ("passkeys",)),))
    [need] = count_needs(survey, ticked, (), {}, {}, date(2026, 11, 20))
    assert need.told == told
