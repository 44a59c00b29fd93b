"""The words an issue is told in: phases, steps, subjects; always our own, never a publisher's."""

from collections.abc import Mapping, Sequence
from datetime import date

from radar.brief.relevance import format_day
from radar.records import DEAD_STATES, Held, Issue, Item, Position, Signal
from radar.text import clean_text, count_words

NAMED_FEEDS = 3


def write_phase(signal: Signal) -> str:
    """Return the phase as a reader follows it: "rising, 5th week"."""
    if signal.phase is None:
        return ""
    weeks = (signal.week - signal.since).days // 7 + 1
    if signal.phase in ("mainstream", "weak signal"):
        return signal.phase
    if weeks > 1:
        return f"{signal.phase}, {_ordinal(weeks)} week"
    return f"{signal.phase}, up from rising" if signal.previous == "rising" else f"{signal.phase}, new this week"


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def write_step(position: Position, today: date) -> str:
    """Return the next step with its day; a day that has passed is said to have passed."""
    if not position.next_step:
        return f"Nothing now. Our position: {position.ring}."
    if position.due_on is None:
        return position.next_step
    due = f"{position.due_on.strftime('%A')} {format_day(position.due_on)}"
    step = position.next_step.rstrip(".")
    return f"{step} by {due}." if position.due_on >= today else f"{step}. This was due on {due}."


def write_decline(signal: Signal) -> str:
    """Return how far a faded topic has come down, against its height."""
    peak, recent = signal.evidence.peak, signal.evidence.reports
    if recent == 0:
        return "Nobody has written about it this week."
    if peak and recent <= 0.25 * peak:
        return "Coverage has fallen to less than a quarter since."
    return "Coverage has halved since." if peak and recent <= 0.5 * peak else "Coverage has settled since."


def write_subject(matters: Sequence[Item], agenda: Sequence[Item], blindsided: Sequence[Item], decide: int) -> str:
    """State the news in our own words: topic and phase, never a publisher's headline, which could inject a header."""
    know = len(matters) + len(agenda) + len(blindsided) - decide
    parts = [f"{decide} to decide"] * bool(decide) + [f"{know} to know"] * bool(know)
    lead = next(iter([*matters, *blindsided]), None)
    if lead:
        return f"{', '.join(parts)}: {lead.topic_name} {_write_headline_phase(lead)}"
    if agenda:
        named = list(dict.fromkeys(item.topic_name for item in agenda if item.topic_name))[:2]
        return f"{', '.join(parts)}" + (f": {' and '.join(named)}" if named else "")
    return "A quiet week: nothing needs you"


def _write_headline_phase(item: Item) -> str:
    return f"{item.phase_note}, {item.publishers} publishers this week" if item.publishers > 1 else item.phase_note


def write_preheader(matters: Sequence[Item], agenda: Sequence[Item], blindsided: Sequence[Item], need: str = "") -> str:
    """Return the line a mail reader shows beside the subject; `need` is what users say of the topic it names."""
    advised = sum(bool(item.say) for item in matters)
    parts = [f"{need.partition(' (')[0]}."] if need else []
    if advised:
        parts.append(
            "Advice attached." if advised == len(matters) else f"Advice attached for {advised} of {len(matters)}."
        )
    also = list(dict.fromkeys(i.topic_name for i in [*matters[1:], *blindsided, *agenda] if i.topic_name))[:3]
    if also:
        parts.append("Also: " + ", ".join(also) + ".")
    return " ".join(parts) or "Nothing passed your bar this week; here is what we watched."


def write_held(name: str, held: Held) -> str:
    """Return why a topic that moves is not told: "left out: Passkeys, which you declined on 3 November"."""
    said = "which you declined" if held.stage == "declined" else "parked"
    until = f", until {format_day(held.revisit_on)} {held.revisit_on.year}" if held.revisit_on else ""
    return f"left out: {clean_text(name, 60)}, {said} on {format_day(held.since_on)}{until}"


def write_feeds(by_state: Mapping[str, int], dead: Sequence[str]) -> str:
    """Return how the feeds fare: "Read from 103 feeds: 98 well, 3 quiet, 2 failing. Unread for a week: The Ledger." """
    if not by_state:
        return ""
    failing = sum(by_state.get(state, 0) for state in DEAD_STATES)
    counts = {"well": by_state.get("ok", 0), "quiet": by_state.get("quiet", 0), "failing": failing}
    counts["not yet visited"] = by_state.get("new", 0)
    told = ", ".join(f"{number:,} {word}" for word, number in counts.items() if number)
    feeds = sum(by_state.values())
    line = f"Read from {feeds:,} feed{'s' * (feeds != 1)}: {told}."
    if dead:
        named = ", ".join(clean_text(title, 60) for title in dead[:NAMED_FEEDS])
        more = f" and {len(dead) - NAMED_FEEDS} more" if len(dead) > NAMED_FEEDS else ""
        line += f" Unread for a week: {named}{more}."
    return line


def count_reading(issue: Issue) -> int:
    """Return the words a reader reads."""
    words = sum(
        count_words(" ".join((item.claim, item.evidence, item.so_what, item.say, item.do, *item.why)))
        for item in issue.items
    )
    return words + sum(count_words(primer.text) for primer in issue.primers) + 40
