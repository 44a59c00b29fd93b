"""How each executive stands with each topic, and what their answers change: store and rules joined.

For every face and for the pipeline. Nothing is stored but what was answered and what the advisor noted; the rest is
derived from the issues each time it is asked for.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Literal

from radar.brief.answer_links import mark_item, mark_reader, read_token, write_token
from radar.brief.sheet import Links
from radar.errors import Unusable
from radar.listen.acceptance import derive_steps, judge_topics, sort_steps
from radar.listen.education import judge_familiarity
from radar.listen.feedback import learn_taste
from radar.listen.fields import FIRST_DAY
from radar.records import (
    ANSWERS,
    Answer,
    Channel,
    Familiarity,
    Feedback,
    Issue,
    Item,
    Rapport,
    Stage,
    Step,
    Taste,
    Taught,
)
from radar.store import Store
from radar.store.names import unknown_name
from radar.text import clean_text

MOST_ISSUES = 1_000  # nineteen years
_KEY_BYTES = 32
_MOST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is on file of one executive: issues (newest first), answers, steps (derived and noted), what was taught."""

    executive: str
    issues: tuple[Issue, ...]
    feedback: tuple[Feedback, ...]
    steps: tuple[Step, ...]
    taught: tuple[Taught, ...]


def read_dossier(store: Store, executive: str) -> Dossier:
    """Read what is on file of an executive. Raises UnknownName."""
    issues = store.list_issues(executive, MOST_ISSUES)
    feedback = store.list_feedback(executive)
    steps = sort_steps([*derive_steps(issues, feedback), *store.list_steps(executive)])
    return Dossier(executive, tuple(issues), tuple(feedback), tuple(steps), tuple(store.list_taught(executive)))


def judge_rapports(dossier: Dossier, today: date) -> dict[str, Rapport]:
    """Return how the executive stands with each topic they have met."""
    accepted = judge_topics(dossier.steps, today)
    known = judge_familiarity(dossier.issues, dossier.feedback, dossier.steps, dossier.taught)
    return {
        topic: Rapport(dossier.executive, topic, known.get(topic, "never met"), accepted.get(topic))
        for topic in sorted(known.keys() | accepted.keys())
    }


def read_taste(store: Store, dossier: Dossier) -> Taste:
    """Return what the executive's answers teach their ranking; stories that were merged are known by their new id."""
    taste = learn_taste(dossier.feedback)
    merged = store.list_merged(taste.done) if taste.done else {}
    return replace(taste, done=taste.done | frozenset(merged.values()))


# -- answers ----------------------------------------------------------------------------------------------------------


def give_answer(
    store: Store, issue: Issue, item: Item, answer: Answer, channel: Literal["mail", "api", "cli"], now: datetime
) -> Feedback:
    """Store an executive's answer to an item, in the place of an earlier one, and return what stands."""
    given = Feedback(
        issue.executive,
        issue.week,
        item.id,
        answer,
        now,
        channel,
        item.topic,
        item.sources[0].story_id if item.sources else "",
        item.claim,
    )
    store.save_feedback(given)
    return store.find_feedback(issue.executive, issue.week, item.id) or given


def find_item(store: Store, executive: str, item: str, week: str | None = None) -> tuple[Issue, Item]:
    """Return an item by its id, or the beginning of it, and the issue it stands in: the newest, or a week's.

    Raises UnknownName.
    """
    store.find_executive(executive)
    if week is None:
        issues = store.list_issues(executive, MOST_ISSUES)
    else:
        found = store.find_issue(executive, week)
        if found is None:
            raise unknown_name("issue", f"{executive} {week}")
        issues = [found]
    for issue in issues:
        exact = [one for one in issue.items if one.id == item]
        begun = exact or [one for one in issue.items if len(item) >= 4 and one.id.startswith(item)]
        if len(begun) == 1:
            return issue, begun[0]
    raise unknown_name("item", item, [one.id for issue in issues[:1] for one in issue.items])


def read_answer(word: str) -> Answer:
    """Read an answer as people type it: useful, lets-talk, knew-already, not-for-me. Raises ValueError."""
    plain = " ".join(word.lower().replace("-", " ").replace("_", " ").replace("'", "").replace("’", "").split())
    for answer in ANSWERS:
        if plain == answer.replace("'", ""):
            return answer
    raise ValueError(f"{word!r} is no answer; write useful, lets-talk, knew-already or not-for-me")


# -- links ------------------------------------------------------------------------------------------------------------


def link_issue(store: Store, issue: Issue, base: str) -> Links:
    """Return the addresses at which a reader finds an issue and answers its items; empty without a public address."""
    if not base:
        return Links()
    return Links(
        browser_url=f"{base}/i/{issue.token}",
        pause_url=f"{base}/i/{issue.token}/pause",
        answer_urls={
            item.id: {answer or "": f"{base}/f/{token}" for answer, token in link_item(store, issue, item).items()}
            for item in issue.items
        },
    )


def link_item(store: Store, issue: Issue, item: Item) -> dict[Answer | None, str]:
    """Return the token of each answer to an item; None: of the page that offers all of them."""
    key = _find_key(store, issue.composed_at)
    answers = (None, *ANSWERS)
    return {answer: write_token(key, issue.executive, issue.week, item.id, answer) for answer in answers}


def open_link(store: Store, token: str, now: datetime) -> tuple[Issue, Item, Answer | None] | None:
    """Return the item that a link answers, and the answer it proposes; None for a link that is not ours."""
    key = _find_key(store, now)
    ticket = read_token(key, token)
    if ticket is None:
        return None
    for person in store.list_executives():
        if mark_reader(key, person.slug) == ticket.reader:
            issue = store.find_issue(person.slug, ticket.week)
            for item in issue.items if issue else ():
                if issue and mark_item(key, issue.executive, issue.week, item.id) == ticket.item:
                    return issue, item, ticket.answer
    return None


def _find_key(store: Store, now: datetime) -> bytes:
    return store.keep_secret("answer links", lambda: secrets.token_bytes(_KEY_BYTES), now)


# -- what the advisor notes -------------------------------------------------------------------------------------------


def note_step(
    store: Store,
    executive: str,
    topic: str,
    stage: Stage,
    now: datetime,
    by: str,
    *,
    channel: Channel = "talk",
    note: str = "",
    on: date | None = None,
    revisit_on: date | None = None,
    nudge_on: date | None = None,
) -> Step:
    """Note a step by hand: it sets the stage. Raises UnknownName; Unusable for days that cannot be."""
    today = now.astimezone(UTC).date()
    if on is not None and on > today:
        raise Unusable("on", "a step is noted when it has happened")
    if on is not None and on < FIRST_DAY:
        raise Unusable("on", f"is too long ago; name a day from {FIRST_DAY} on")
    if revisit_on is not None and stage not in ("declined", "parked"):
        raise Unusable("revisit_on", "only what was declined or parked is revisited; use a nudge")
    for name, day in (("revisit_on", revisit_on), ("nudge_on", nudge_on)):
        if day is not None and day <= (on or today):
            raise Unusable(name, "must be a later day than the step's own")
    at = now if on in (None, today) else datetime.combine(on or today, time(12), UTC)
    return store.save_step(
        Step(executive, topic, stage, at, channel, by, clean_text(note, _MOST_NOTE), revisit_on, nudge_on)
    )


def note_familiarity(
    store: Store, executive: str, topic: str, familiarity: Familiarity, now: datetime, by: str
) -> Taught:
    """Note how well an executive knows a topic. Raises UnknownName."""
    one = Taught(executive, topic, familiarity, now, by)
    store.save_taught(one)
    return one


def list_funnel(store: Store, now: datetime) -> dict[str, Sequence[Rapport]]:
    """Return how every executive stands with every topic they have met, by executive."""
    today = now.astimezone(UTC).date()
    return {
        person.slug: tuple(judge_rapports(read_dossier(store, person.slug), today).values())
        for person in store.list_executives()
    }
