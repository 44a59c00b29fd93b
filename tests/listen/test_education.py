"""The education ladder: never met, introduced, familiar."""

from dataclasses import replace
from typing import Any

from radar.listen.education import BRIEFED_AGAIN, judge_familiarity
from radar.records import Feedback, Issue, Primer, Step, Taught
from tests.building import DAY, NOW, make_issue, make_item, make_story


def issue(week: int, *topics: str, primer: str = "") -> Issue:
    items = [make_item(make_story(f"News {week} of {topic}"), topic) for topic in topics]
    primers = (Primer(primer, primer, "Words."),) if primer else ()
    return replace(make_issue(*items, week=f"2026-W{week}", at=NOW + week * 7 * DAY), primers=primers)


def judge(*issues: Issue, **more: Any) -> dict[str, str]:
    parts: dict[str, Any] = {"feedback": (), "steps": (), "taught": ()}
    return dict(judge_familiarity(issues, **(parts | more)))


def taught(level: Any, week: int) -> Taught:
    return Taught("president", "ai", level, NOW + week * 7 * DAY, "IT")


def test_a_primer_introduces_and_being_briefed_again_makes_familiar() -> None:
    """The issue with the primer is not yet "again"; a topic told without one is still not met."""
    first = issue(10, "ai", primer="ai")
    again = [issue(10 + n, "ai") for n in range(1, BRIEFED_AGAIN + 1)]
    assert judge(first) == {"ai": "introduced"}
    assert judge(first, *again[:-1]) == {"ai": "introduced"}
    assert judge(*again, first) == {"ai": "familiar"}
    assert judge(*again) == {}


def test_a_talk_that_leaves_them_aware_introduces() -> None:
    """What was derived from a digest does not, and being floated alone does not either."""
    talked = Step("president", "ai", "aware", NOW, "talk", by="IT")
    assert judge(steps=[talked]) == {"ai": "introduced"}
    assert judge(steps=[replace(talked, by="")]) == judge(steps=[replace(talked, stage="floated")]) == {}


def test_knowing_already_trying_and_accepting_make_familiar() -> None:
    """Whatever was briefed; other answers and stages say nothing of what is known."""
    known = Feedback("president", "2026-W10", "i", "knew already", NOW, "mail", "ai")
    assert judge(feedback=[known]) == {"ai": "familiar"}
    assert judge(feedback=[replace(known, answer="useful")]) == {}
    for stage, level in (("trial", {"ai": "familiar"}), ("accepted", {"ai": "familiar"}), ("declined", {})):
        assert judge(steps=[Step("president", "ai", stage, NOW, "talk", "IT")]) == level  # type: ignore[arg-type]


def test_the_advisors_word_holds_until_more_happens() -> None:
    """Set back to never met, the next primer introduces again, and the count begins anew."""
    before = [issue(10, "ai", primer="ai"), *(issue(10 + n, "ai") for n in range(1, 6))]
    assert judge(*before, taught=[taught("never met", 20)]) == {"ai": "never met"}
    assert judge(*before, issue(21, "ai", primer="ai"), taught=[taught("never met", 20)]) == {"ai": "introduced"}
    assert judge(*before, issue(21, "ai"), taught=[taught("introduced", 20)]) == {"ai": "introduced"}
    assert judge(taught=[taught("familiar", 1)]) == {"ai": "familiar"}
