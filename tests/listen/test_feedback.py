"""What answers teach: bounded, undoable, and never more than they say."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.listen.feedback import MOST_ANSWERS, learn_taste, say_effect
from radar.records import ANSWERS, Feedback, Taste
from tests.building import HOUR, NOW

answers = st.builds(
    lambda number, answer, topic, hours, undone: Feedback(
        "president", "2026-W48", f"i{number}", answer, NOW + hours * HOUR, "mail", topic, f"s{number}",
        f"Claim {number}", NOW if undone else None,
    ),
    st.integers(0, 20), st.sampled_from(ANSWERS), st.sampled_from(["", "ai", "passkeys"]), st.integers(0, 99),
    st.booleans(),
)  # fmt: skip


def given_answer(answer: Any, number: int = 1, **more: Any) -> Feedback:
    fields = {"topic": "ai", "story": f"s{number}", "claim": f"Claim {number}"}
    return Feedback("president", "2026-W48", f"i{number}", answer, NOW + number * HOUR, "mail", **(fields | more))


def test_useful_and_lets_talk_raise_not_for_me_lowers() -> None:
    """The topic, and the words of the claim."""
    taste = learn_taste([given_answer("useful", 1), given_answer("let's talk", 2)])
    assert taste.topics["ai"] == 0.5
    assert taste.liked == ("Claim 2", "Claim 1")
    taste = learn_taste([given_answer("not for me")])
    assert taste.topics["ai"] == pytest.approx(-1 / 3)
    assert (taste.disliked, taste.liked, taste.done) == (("Claim 1",), (), {"s1"})


def test_knew_already_is_no_dislike() -> None:
    """It only ends that story."""
    assert learn_taste([given_answer("knew already")]) == Taste(done=frozenset({"s1"}))


@given(st.lists(answers, max_size=30))
def test_what_is_learnt_is_bounded_and_what_is_taken_back_is_forgotten(found: list[Feedback]) -> None:
    """Any number of any answers, in any order; those undone leave no trace."""
    taste = learn_taste(found)
    assert all(-1 < leaning < 1 for leaning in taste.topics.values())
    assert learn_taste([one for one in found if one.undone_at is None]) == taste
    undone = [replace(one, undone_at=NOW) for one in found]
    assert learn_taste(undone) == Taste()


def test_ten_thousand_answers_say_no_more_than_the_latest_hundreds() -> None:
    """Time to rank does not grow with them."""
    many = [given_answer("useful", number) for number in range(10_000)]
    taste = learn_taste(many)
    assert len(taste.liked) == MOST_ANSWERS
    assert taste.liked[0] == "Claim 9999"
    assert taste.topics["ai"] < 1


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("topic", ["Passkeys", ""])
def test_every_answer_says_in_one_line_what_it_changes(answer: Any, topic: str) -> None:
    """Also for an item without a topic, and without an advisor's name."""
    line = say_effect(answer, topic, "")
    assert line.endswith(".")
    assert "\n" not in line
    assert (topic in line) or not topic
    assert "  " not in line
