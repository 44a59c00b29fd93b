"""Acceptance: what issues, answers and the advisor's notes make of a topic."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.listen.acceptance import SHELF_AFTER, count_stages, derive_steps, find_held, judge_acceptance, judge_topics
from radar.records import STAGES, Acceptance, Feedback, Stage, Step
from tests.building import DAY, NOW, make_issue, make_item, make_signal, make_story

STORY = make_story("Banks drop passwords for passkeys")
WEEKS = 7 * DAY
TODAY = NOW.date()


def step(stage: Stage, at: Any = NOW, by: str = "", **more: Any) -> Step:
    return Step("president", "passkeys", stage, at, "talk" if by else "digest", by, **more)


def feedback(answer: Any, **more: Any) -> Feedback:
    fields: dict[str, Any] = {"topic": "passkeys", "story": STORY.id, "claim": STORY.title}
    return Feedback("president", "2026-W47", "i1", answer, NOW, "mail", **(fields | more))


def judge(*steps: Step, today: date = TODAY) -> Acceptance:
    return judge_acceptance(steps, today)


def test_an_issue_floats_each_topic_it_tells_of_once() -> None:
    """However many items it has on it; what is only reported as quiet is not floated, nor what has no topic."""
    items = [make_item(make_story(f"News {n}"), "passkeys", section) for n, section in enumerate(("matters", "agenda"))]
    issue = make_issue(*items, make_item(STORY, "drones", "quiet"), make_item(make_story("Untagged"), "", "agenda"))
    (only,) = derive_steps([issue], [])
    assert only == Step("president", "passkeys", "floated", issue.composed_at, "digest", note="2026-W47")


@pytest.mark.parametrize(
    ("answer", "stage"),
    [("useful", "aware"), ("knew already", "aware"), ("not for me", "aware"), ("let's talk", "interested")],
)
def test_an_answer_is_a_step(answer: Any, stage: Stage) -> None:
    """Whoever answers has read of it; a wish to talk is interest, and due at once."""
    (only,) = derive_steps([], [feedback(answer)])
    assert only.stage == stage
    assert answer in only.note
    assert only.nudge_on == (NOW.date() if stage == "interested" else None)


def test_an_answer_taken_back_or_without_a_topic_is_none() -> None:
    """Deriving anew restores exactly what was before."""
    assert derive_steps([], [feedback("useful", undone_at=NOW), feedback("useful", topic="")]) == []


def test_derived_steps_climb_and_noted_ones_decide() -> None:
    """The ladder upwards by itself; downwards, and off it, by a person's word only."""
    assert judge(step("floated"), step("interested"), step("aware")).stage == "interested"
    assert judge(step("interested"), step("floated", by="IT")).stage == "floated"
    assert judge(step("trial", by="IT"), step("interested")).stage == "trial"
    assert judge(step("declined", by="IT"), step("floated"), step("aware")).stage == "declined"


@pytest.mark.parametrize("aside", ["declined", "parked"])
def test_a_wish_to_talk_reopens_what_was_set_aside(aside: Stage) -> None:
    """It is the executive's own word, and a later one."""
    found = judge(step(aside, by="IT", revisit_on=date(2027, 3, 1)), step("interested", NOW + DAY))
    assert (found.stage, found.since_on, found.revisit_on) == ("interested", (NOW + DAY).date(), None)


def test_dates_say_since_when_and_how_often() -> None:
    """The same stage again does not begin anew; the days of the step that counts hold."""
    found = judge(
        step("floated", NOW - 9 * DAY),
        step("floated", NOW - 2 * DAY),
        step("parked", NOW - DAY, "IT", nudge_on=date(2027, 1, 4)),
        step("parked", NOW, "IT", revisit_on=date(2027, 2, 1)),
    )
    assert found == Acceptance(
        "president", "passkeys", "parked", (NOW - DAY).date(), 2, NOW.date(), None, date(2027, 2, 1)
    )


def test_floated_twice_and_no_answer_for_eight_weeks_is_a_shelf() -> None:
    """To the day; an answer of any kind, a third float or a single one make no shelf of their own."""
    floats = [step("floated", NOW), step("floated", NOW + WEEKS)]
    due = (NOW + WEEKS + SHELF_AFTER).date()
    assert not judge(*floats, today=due - timedelta(days=1)).shelved
    shelved = judge(*floats, today=due)
    assert (shelved.shelved, shelved.nudge_on) == (True, due)
    assert judge(*floats, step("floated", NOW + 6 * WEEKS), today=due).shelved
    assert not judge(*floats, step("aware", NOW + 2 * WEEKS), today=due).shelved
    assert not judge(floats[0], today=due).shelved


def test_a_declined_topic_is_held_until_its_day() -> None:
    """Parked ones too; without a day for good; others never."""
    today = NOW.date()
    declined = judge(step("declined", NOW - DAY, "IT", revisit_on=today + timedelta(days=1)))
    signals = {"passkeys": make_signal("passkeys", since=date(2026, 11, 2))}
    assert set(find_held([declined], signals, today)) == {"passkeys"}
    assert set(find_held([declined], signals, today + timedelta(days=1))) == set()
    assert set(find_held([replace(declined, stage="parked", revisit_on=None)], {}, today)) == {"passkeys"}
    for stage in set(STAGES) - {"declined", "parked"}:
        assert find_held([replace(declined, stage=stage)], signals, today) == {}


def test_a_new_phase_brings_a_declined_topic_back() -> None:
    """Known when its first week is over: one that began in the week of the decision came to light after it.

    A topic that became quiet is no news and stays set aside.
    """
    declined = judge(step("declined", NOW, "IT"))  # a Tuesday
    known = {"passkeys": make_signal("passkeys", since=date(2026, 11, 16))}  # known on Monday, the day before
    fresh = {"passkeys": make_signal("passkeys", "surging", since=date(2026, 11, 23))}
    assert set(find_held([declined], known, NOW.date())) == {"passkeys"}
    assert find_held([declined], fresh, date(2026, 12, 1)) == {}
    quiet = {"passkeys": replace(fresh["passkeys"], phase=None)}
    assert set(find_held([declined], quiet, date(2026, 12, 1))) == {"passkeys"}


def test_the_funnel_counts_every_stage() -> None:
    """Also those nobody is at."""
    accepted = judge_topics([step("floated"), replace(step("trial", by="IT"), topic="ai")], NOW.date())
    assert count_stages(accepted.values()) == {stage: int(stage in ("floated", "trial")) for stage in STAGES}


#: What can follow from issues and answers, and what a person may note.
steps = st.builds(
    lambda how, days, topic: replace(step(how[0], NOW + days * DAY, how[1]), topic=topic),
    st.sampled_from([*((stage, "") for stage in STAGES[:3]), *((stage, "IT") for stage in STAGES)]),
    st.integers(0, 400), st.sampled_from(["ai", "passkeys"]),
)  # fmt: skip


@given(st.lists(steps, max_size=12, unique_by=lambda one: (one.at, one.topic)), st.randoms())
def test_the_order_in_which_steps_arrive_does_not_matter(found: list[Step], shuffle: Any) -> None:
    """Nor does one topic's history touch another's."""
    today = (NOW + 500 * DAY).date()
    mixed = list(found)
    shuffle.shuffle(mixed)
    whole = judge_topics(found, today)
    assert judge_topics(mixed, today) == whole
    for topic in whole:
        assert judge_topics([one for one in found if one.topic == topic], today) == {topic: whole[topic]}


@given(st.lists(steps, min_size=1, max_size=12, unique_by=lambda one: one.at))
def test_the_last_noted_step_is_never_left_downwards(found: list[Step]) -> None:
    """What a person noted stands, unless the executive went on climbing, or asked to talk about what was set aside."""
    found = sorted((replace(one, topic="ai") for one in found), key=lambda one: one.at)
    noted = [one for one in found if one.by]
    if noted:
        stage = judge(*found).stage
        last = noted[-1].stage
        if last in ("declined", "parked"):
            assert stage in (last, "interested")
        else:
            assert STAGES.index(stage) >= STAGES.index(last)
