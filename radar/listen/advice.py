"""Advice on file: what may be filed and approved, what still holds, when topics moved between rings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from radar.errors import Conflict, Unusable
from radar.records import RINGS, Phase, Position, Reminder, RingMove, Signal
from radar.text import clean_text, count_words

MAX_SAY_WORDS = 60  # what can be said from memory when asked in a corridor
#: Longer than anybody reads in a digest; also what one request may store.
MAX_TEXT = 1_000
#: A run of underscores is a blank: easy to type, and in no sentence.
_BLANK = re.compile(r"_{3,}")
#: Reviews and steps due within as many days are worth a reminder.
SOON = timedelta(days=14)
WEEK = timedelta(weeks=1)

# -- what may be filed ------------------------------------------------------------------------------------------------


def check_advice(advice: Position, today: date, before: Position | None = None) -> Position:
    """Return advice fit to be filed, its texts cleaned. Raises Unusable for what is missing, too long, or past.

    A date that stands as in the version `before` may have passed: it is history by then, and said to be.
    """
    texts = {name: clean_text(getattr(advice, name)) for name in _TEXTS}
    for name in ("so_what", "say"):
        if not texts[name]:
            raise Unusable(name, "it must not be empty")
    for name, text in texts.items():
        if len(text) > MAX_TEXT:
            raise Unusable(name, f"it has {len(text):,} characters; at most {MAX_TEXT:,} are read")
    if advice.ring not in RINGS:
        raise Unusable("ring", f"it has to be one of {', '.join(RINGS)}")
    if (words := count_words(texts["say"])) > MAX_SAY_WORDS:
        raise Unusable("say", f"it has {words} words; at most {MAX_SAY_WORDS} can be remembered")
    for name in ("due_on", "review_on"):
        day = getattr(advice, name)
        if day is not None and day < today and (before is None or getattr(before, name) != day):
            raise Unusable(name, f"{day} has passed; name a day from today on")
    if texts["approved_by"]:
        check_blanks(advice)
    return Position(**{name: getattr(advice, name) for name in _FIELDS} | texts)


def check_blanks(advice: Position) -> None:
    """Raise Conflict where words still have blanks: what a template left open must not be approved by accident."""
    if blanks := find_blanks(advice):
        raise Conflict(
            f"the advice on {advice.topic} still has blanks (___) in {', '.join(blanks)}: fill them in, then approve"
        )


def find_blanks(advice: Position) -> list[str]:
    """Return the names of the texts that still have blanks."""
    return [name for name in _TEXTS if _BLANK.search(getattr(advice, name))]


_TEXTS = ("so_what", "say", "next_step", "owner", "drafted_by", "approved_by")
_FIELDS = tuple(Position.__dataclass_fields__)

# -- what still holds -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a topic's advice does not count as current, since when, and the command that mends it."""

    reason: str
    since_on: date | None  # None: there never was any
    command: str


def choose_approved(versions: Sequence[Position]) -> Position | None:
    """Return the version that counts: the newest one somebody approved."""
    return next((version for version in reversed(versions) if version.approved_by), None)


def find_gap(versions: Sequence[Position], signal: Signal | None, today: date) -> Gap | None:
    """Return why the advice on a topic (its versions, oldest first) does not count as current, or None where it does.

    A newer draft takes nothing from the approved version before it.
    """
    topic = versions[0].topic if versions else signal.topic if signal else ""
    command = _write_command(topic, versions)
    if not versions:
        return Gap("no position", None, command)
    approved = choose_approved(versions)
    if approved is None:
        unfinished = " with blanks" if find_blanks(versions[-1]) else ""
        return Gap(f"position is a draft{unfinished}", None, command)
    if approved.review_on and approved.review_on < today:
        return Gap("position past its review date", approved.review_on + timedelta(days=1), command)
    if signal and has_climbed(signal) and approved.settled_at.date() < signal.since:
        return Gap(f"position written before the topic was {signal.phase}", signal.since + WEEK, command)
    return None


def _write_command(topic: str, versions: Sequence[Position]) -> str:
    """Return the command that brings the advice on a topic forward: approve the draft there is, or draft."""
    if versions and not versions[-1].approved_by and not find_blanks(versions[-1]):
        return f"radar position approve {topic} --by NAME"
    return f"radar position draft {topic} --out {topic}.toml"


def has_climbed(signal: Signal) -> bool:
    """Tell whether a topic came up into its phase: advice from before speaks of something smaller.

    What fades, or comes down from surging to rising, was larger when it was advised on. Mainstream is a climb from a
    wave only: topics that everybody writes about now and then drop out of that phase and return.
    """
    came_from: dict[Phase, tuple[Phase | None, ...]] = {
        "rising": (None, "weak signal", "fading", "mainstream"),
        "surging": (None, "weak signal", "fading", "mainstream", "rising"),
        "mainstream": ("rising", "surging"),
    }
    return signal.phase is not None and signal.previous in came_from.get(signal.phase, ())


def find_due(
    positions: Mapping[str, Sequence[Position]], signals: Mapping[str, Signal], names: Mapping[str, str], today: date
) -> list[Reminder]:
    """Return what is to be done about advice on file: reviews, next steps, drafts to approve; the longest due first.

    `positions` maps topics to versions, oldest first.
    """
    found = []
    for topic, versions in positions.items():
        name, newest, approved = names.get(topic, topic), versions[-1], choose_approved(versions)
        gap = find_gap(versions, signals.get(topic), today)
        if gap and approved:
            found.append(Reminder(name, gap.reason, gap.since_on, gap.command))
        elif not newest.approved_by:
            waits = "has blanks to fill in" if find_blanks(newest) else "waits for approval"
            line = f"version {newest.version}, a draft of {newest.written_at.date()}, {waits}"
            found.append(Reminder(name, line, None, _write_command(topic, versions)))
        elif approved and approved.review_on and approved.review_on - today <= SOON:
            found.append(Reminder(name, "review", approved.review_on, f"radar position draft {topic}"))
        if approved and approved.next_step and approved.due_on and approved.due_on - today <= SOON:
            step = approved.next_step.rstrip(".")
            owner = f" ({approved.owner})" if approved.owner else ""
            found.append(Reminder(name, f"next step: {step}{owner}", approved.due_on, f"radar position {topic}"))
    return sorted(found, key=lambda one: (one.due_on or date.max, one.about, one.line))


# -- moves between rings ----------------------------------------------------------------------------------------------


def find_moves(versions: Iterable[Position]) -> list[RingMove]:
    """Return when a topic came onto the radar and moved between rings, oldest first: what approvals changed."""
    moves: list[RingMove] = []
    for one in versions:
        previous = moves[-1].ring if moves else None
        if one.approved_by and one.ring != previous:
            moves.append(RingMove(one.topic, one.settled_at.date(), one.ring, previous, one.version, one.approved_by))
    return moves
