"""How far an executive has come with a topic: issues + answers + noted steps → [Step] → Acceptance.

What an issue told and what was answered to it are steps by themselves, derived and never stored: taking an answer back
restores exactly what was. What the advisor notes overrules them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from radar.records import STAGES, Acceptance, Answer, Feedback, Held, Issue, Signal, Stage, Step

#: Floated twice, and this long after the second time no answer: it lies on a shelf.
SHELF_AFTER = timedelta(weeks=8)
_SHELF_FLOATS = 2
#: "Not for me" is no decision on the topic, but whoever answers it has read of it.
_ANSWERED: Mapping[Answer, Stage] = {
    "useful": "aware",
    "knew already": "aware",
    "not for me": "aware",
    "let's talk": "interested",
}
_SET_ASIDE = ("declined", "parked")


def derive_steps(issues: Iterable[Issue], feedback: Iterable[Feedback]) -> list[Step]:
    """Return what follows from the issues an executive got and the answers they gave, oldest first.

    An issue that tells news of a topic floats it, once however many items it has; a wish to talk is due at once.
    """
    steps = []
    for issue in issues:
        told = dict.fromkeys(item.topic for item in issue.items if item.topic and item.section != "quiet")
        steps += [
            Step(issue.executive, topic, "floated", issue.composed_at, "digest", note=issue.week) for topic in told
        ]
    for one in feedback:
        if one.topic and one.undone_at is None:
            stage = _ANSWERED[one.answer]
            nudge_on = one.at.date() if stage == "interested" else None
            note = f"answered “{one.answer}” in {one.week}"
            steps.append(Step(one.executive, one.topic, stage, one.at, "digest", note=note, nudge_on=nudge_on))
    return sort_steps(steps)


def sort_steps(steps: Iterable[Step]) -> list[Step]:
    """Return steps in the order of their time; of one moment what was noted comes last, and so overrules."""
    return sorted(steps, key=lambda one: (one.at, bool(one.by), one.number, one.topic, STAGES.index(one.stage)))


def judge_acceptance(steps: Sequence[Step], today: date) -> Acceptance:
    """Return where the steps of one executive with one topic have led; at least one, in the order of their time.

    A noted step sets the stage. A derived one only climbs: it never takes back what was decided, but a wish to talk
    reopens what was declined or parked.
    """
    stage, since_on = steps[0].stage, steps[0].at.date()
    nudge_on = revisit_on = None
    floats = [one.at.date() for one in steps if one.stage == "floated"]
    for number, one in enumerate(steps):
        reopens = stage in _SET_ASIDE and one.stage == "interested"
        climbs = stage not in _SET_ASIDE and STAGES.index(one.stage) > STAGES.index(stage)
        if number and not (one.by or climbs or reopens):
            continue
        if one.stage != stage:
            stage, since_on = one.stage, one.at.date()
        nudge_on, revisit_on = one.nudge_on, one.revisit_on
    shelf_on = floats[_SHELF_FLOATS - 1] + SHELF_AFTER if len(floats) >= _SHELF_FLOATS else None
    shelved = stage == "floated" and shelf_on is not None and shelf_on <= today
    return Acceptance(
        executive=steps[0].executive,
        topic=steps[0].topic,
        stage=stage,
        since_on=since_on,
        floated=len(floats),
        last_on=steps[-1].at.date(),
        nudge_on=nudge_on or (shelf_on if shelved else None),
        revisit_on=revisit_on,
        shelved=shelved,
    )


def judge_topics(steps: Iterable[Step], today: date) -> dict[str, Acceptance]:
    """Return where one executive stands with each topic there is a step on."""
    by_topic = sorted(sort_steps(steps), key=lambda one: one.topic)  # stable: within a topic the order of time stays
    return {topic: judge_acceptance(list(own), today) for topic, own in groupby(by_topic, key=lambda one: one.topic)}


def find_held(accepted: Iterable[Acceptance], signals: Mapping[str, Signal], today: date) -> dict[str, Held]:
    """Return the topics an executive set aside: not to be floated before their day, unless their phase has changed.

    A phase is known when its first week is over: a change counts that came to light after the decision. To have become
    quiet is none.
    """
    held = {}
    for one in accepted:
        if one.stage not in _SET_ASIDE or (one.revisit_on is not None and one.revisit_on <= today):
            continue
        signal = signals.get(one.topic)
        if signal is None or signal.phase is None or signal.since + timedelta(days=7) <= one.since_on:
            stage: Stage = one.stage
            held[one.topic] = Held(
                one.topic, "declined" if stage == "declined" else "parked", one.since_on, one.revisit_on
            )
    return held


def count_stages(accepted: Iterable[Acceptance]) -> dict[Stage, int]:
    """Return the funnel: how many topics stand at each stage, every stage named."""
    counted = Counter(one.stage for one in accepted)
    return {stage: counted[stage] for stage in STAGES}
