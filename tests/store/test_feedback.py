"""Answers, noted steps, what was taught, and the installation's secret, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from radar.errors import UnknownName
from radar.records import Feedback, Item, Step, Taught
from radar.store import Store
from tests.store.store_samples import DAY, HOUR, NOW, PRESIDENT, WEEK, make_issue, make_topic, race

GIVEN = Feedback("president", WEEK, "i1", "useful", NOW, "mail", "ai", "s1", "Makers of note-takers are heard")


@pytest.fixture
def desk(store: Store) -> Store:
    """An executive with an issue of two items, and a topic."""
    store.save_executive(PRESIDENT)
    store.save_topics([make_topic("ai"), make_topic("passkeys")])
    items = tuple(Item(id_, "matters", "Claim", "ai") for id_ in ("i1", "i2"))
    store.save_issue(replace(make_issue(), items=items))
    return store


def test_an_answer_comes_back_whole_and_once(desk: Store) -> None:
    """The same again changes nothing, not even its time; another takes its place."""
    assert desk.save_feedback(GIVEN)
    assert not desk.save_feedback(replace(GIVEN, at=NOW + HOUR, channel="cli"))
    assert desk.list_feedback("president") == desk.list_feedback() == [GIVEN]
    other = replace(GIVEN, answer="not for me", at=NOW + HOUR)
    assert desk.save_feedback(other)
    assert desk.list_feedback() == [other]
    assert desk.find_feedback("president", WEEK, "i1") == other


def test_an_answer_taken_back_is_gone_and_may_be_given_again(desk: Store) -> None:
    """Taking back twice is as good as once; the same answer afterwards is a new one."""
    desk.save_feedback(GIVEN)
    assert desk.undo_feedback("president", WEEK, "i1", NOW + HOUR)
    assert not desk.undo_feedback("president", WEEK, "i1", NOW + HOUR)
    assert desk.list_feedback() == []
    assert desk.find_feedback("president", WEEK, "i1") is None
    again = replace(GIVEN, at=NOW + DAY)
    assert desk.save_feedback(again)
    assert desk.list_feedback() == [again]


def test_only_items_there_are_can_be_answered(desk: Store) -> None:
    """Issue, item and executive are checked; nothing is stored."""
    for wrong, line in (
        (replace(GIVEN, item="i3"), r"^no item is called 'i3': .*`radar feedback EXECUTIVE` lists"),
        (replace(GIVEN, week="2020-W01"), "^no issue is called 'president 2020-W01'"),
        (replace(GIVEN, executive="presidant"), "did you mean president"),
    ):
        with pytest.raises(UnknownName, match=line):
            desk.save_feedback(wrong)
    with pytest.raises(UnknownName):
        desk.list_feedback("nobody")
    assert desk.list_feedback() == []


def test_answers_at_once_leave_one(desk: Store) -> None:
    """Two clicks on two buttons: one row, and it is one of the two."""
    answers = [replace(GIVEN, answer=answer) for answer in ("useful", "not for me") for _ in range(4)]
    race([partial(desk.save_feedback, one) for one in answers])
    (only,) = desk.list_feedback()
    assert only in answers


def test_steps_are_kept_in_the_order_of_their_time(desk: Store) -> None:
    """With their days and notes; one noted later for an earlier day comes before."""
    late = desk.save_step(
        Step("president", "ai", "trial", NOW, "talk", "IT", "with finance", nudge_on=date(2027, 1, 4))
    )
    early = desk.save_step(Step("president", "ai", "aware", NOW - DAY, "reply", "IT"))
    assert desk.list_steps("president") == desk.list_steps() == [early, late]
    assert early.number > late.number > 0
    for wrong in (replace(late, executive="nobody"), replace(late, topic="nothing")):
        with pytest.raises(UnknownName):
            desk.save_step(wrong)


def test_what_was_taught_last_holds(desk: Store) -> None:
    """One word for an executive and topic."""
    first = Taught("president", "ai", "familiar", NOW, "IT")
    desk.save_taught(first)
    desk.save_taught(replace(first, topic="passkeys"))
    desk.save_taught(replace(first, familiarity="never met", at=NOW + DAY))
    assert [one.familiarity for one in desk.list_taught("president")] == ["never met", "familiar"]
    assert desk.list_taught("nobody") == []
    with pytest.raises(UnknownName):
        desk.save_taught(replace(first, topic="nothing"))


def test_a_secret_is_made_once_whoever_asks_first(store: Store) -> None:
    """Eight at once get the same, and so does everybody later."""
    got = race([partial(store.keep_secret, "links", lambda n=n: bytes([n]) * 32, NOW) for n in range(8)])
    assert len(set(got)) == 1
    assert store.keep_secret("links", lambda: b"another", NOW) == got[0]
    assert store.keep_secret("something else", lambda: b"another", NOW) == b"another"
