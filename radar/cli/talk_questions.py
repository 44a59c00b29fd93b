"""The questions by which the notes of a talk are taken on a terminal; nothing is stored here."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import click

from radar.cli.output import format_on, say, say_block
from radar.cli.words import Word
from radar.listen.fields import FIRST_DAY, MOST_WORDS, read_day, read_time
from radar.listen.talk import LONGEST_AHEAD, MOST_NOTE, HeardStatement, NewStatement, Outcome, Question, TalkNotes
from radar.records import STAGES, Pack, Statement, Tidings, Topic
from radar.text import clean_text, hint_close

_ANSWERS = {"": "not spoken of", "y": "still right", "c": "change it", "e": "ended"}
_STAGES = {stage[:2]: stage for stage in STAGES}  # fl aw in tr ac de pa


def ask_notes(pack: Pack, topics: Mapping[str, Topic], now: datetime) -> TalkNotes | None:
    """Ask for the notes of a talk, in the order of its pack; None when they are not to be stored.

    Ctrl-C and the end of input raise click.Abort.
    """
    today = now.astimezone(ZoneInfo(pack.tz)).date()
    say(f"Talk with {pack.executive_name}. Enter leaves a thing as it is, Ctrl-C leaves everything as it was.")
    held_on = _ask("When was it?", lambda text: _read_past(text, today), str(today))
    note = _ask("What is to be remembered of it?", lambda text: _read_words(text, MOST_NOTE), "")
    heard = _ask_agenda(pack, held_on)
    new = _ask_new(topics)
    outcomes = _ask_ideas(pack, topics, held_on)
    raised = [Question(topic) for topic in _ask_topics("What did they ask about of their own accord? Topics", topics)]
    next_at = _ask_next(pack.tz, held_on)
    say()
    if not click.confirm("Store all this?", default=True):
        return None
    return TalkNotes(held_on, note, next_at, tuple(heard), tuple(new), tuple(outcomes), tuple(raised))


def _ask(question: str, read: Callable[[str], Any], default: str) -> Any:
    """Ask until the answer can be read; an empty default is not shown."""
    return click.prompt(question, default=default, show_default=bool(default), type=Word("text", read))


def _read_words(text: str, most: int = MOST_WORDS) -> str:
    """Read words as they can be stored: refused at the end, every other answer would be lost with them."""
    words = clean_text(text)
    if len(words) > most:
        raise ValueError(f"that is {len(words):,} characters long; write at most {most:,}")
    return words


def _read_past(text: str, today: date) -> date:
    day = read_day(text)
    if day < FIRST_DAY:
        raise ValueError(f"is too long ago; name a day from {FIRST_DAY} on")
    if day > today:
        raise ValueError("lies in the future; note a talk once it was held")
    return day


def _read_later(text: str, held_on: date) -> date | None:
    if not text:
        return None
    day = read_day(text)
    if day <= held_on:
        raise ValueError("has to be after the talk; write it as 2027-01-31")
    return day


def _read_next(text: str, held_on: date) -> date | None:
    day = _read_later(text, held_on)
    if day is not None and day - held_on >= LONGEST_AHEAD:
        raise ValueError("lies more than five years ahead; is the year right?")
    return day


def _choose(question: str, choices: Mapping[str, str], default: str = "") -> str:
    """Ask for one of a few answers by their first letters; Enter is the default."""
    shown = ", ".join(f"{key} {meaning}" for key, meaning in choices.items() if key)

    def read(text: str) -> str:
        wanted = text.strip().lower()
        found = [key for key, meaning in choices.items() if wanted in (key, meaning)]
        if not found:
            raise ValueError(f"write one of: {shown}; or press Enter")
        return found[0]

    return str(_ask(f"{question} ({shown})", read, default))


# -- the agenda -------------------------------------------------------------------------------------------------------


def _ask_agenda(pack: Pack, held_on: date) -> list[HeardStatement]:
    heard = []
    for told in pack.agenda:
        say()
        one = _ask_statement(told, held_on)
        if one:
            heard.append(one)
    return heard


def _ask_statement(told: Tidings, held_on: date) -> HeardStatement | None:
    words = told.statement
    age = f", noted {format_on(words.noted_on)}" if words.noted_on else ""
    say(f"“{words.text}” (weight {words.weight}{age})" + (f": {told.stale}" if told.stale else ""))
    answer = _choose("  Still right?", _ANSWERS)
    if answer == "c":
        text = _ask("  In their words", _read_words, words.text)
        weight = click.prompt("  Weight, 5 most", default=words.weight, type=click.IntRange(1, 5))
        review_on = _ask("  To be asked about again on (Enter: no day)", lambda day: _read_later(day, held_on), "")
        return HeardStatement(words.id, "still right", text, weight, review_on)
    if answer == "y":
        return HeardStatement(words.id, "still right")
    return HeardStatement(words.id, "ended") if answer == "e" else None


def _ask_new(topics: Mapping[str, Topic]) -> list[NewStatement]:
    from radar.listen.agenda import propose_links

    new: list[NewStatement] = []
    say()
    while text := _ask(f"What {'else ' if new else ''}do they want that is new? (Enter: nothing)", _read_words, ""):
        weight = click.prompt("  Weight, 5 most", default=3, type=click.IntRange(1, 5))
        proposed = propose_links(Statement("", "", text), list(topics.values()), {})
        for one in proposed:
            say_block(f"{one.topic}: {one.reason}", "    ")
        linked = _ask_topics("  About which topics?", topics)
        new.append(NewStatement(text, weight, tuple(linked)))
    return new


def _ask_topics(question: str, topics: Mapping[str, Topic]) -> list[str]:
    def read(text: str) -> list[str]:
        named = text.replace(",", " ").split()
        for one in named:
            if one not in topics:
                raise ValueError(f"{one!r} is no topic; {hint_close(one, topics) or '`radar topics` lists them'}")
        return named

    found: list[str] = _ask(f"{question} (Enter: none)", read, "")
    return found


# -- ideas ------------------------------------------------------------------------------------------------------------


def _ask_ideas(pack: Pack, topics: Mapping[str, Topic], held_on: date) -> list[Outcome]:
    known = {one.topic: f"{one.topic_name}: {one.opening}" for one in pack.possibilities}
    known |= {one.topic: f"{one.topic_name}, {one.stage} since {format_on(one.since_on)}" for one in pack.nudges}
    for step in pack.decisions:
        told = f"{step.step}, due {format_on(step.due_on)}"
        known[step.topic] = f"{known.get(step.topic, step.topic_name)} ({told})"
    outcomes = []
    for topic, reason in known.items():
        say()
        say_block(reason)
        outcomes += _ask_outcome(topic, held_on)
    say()
    for topic in _ask_topics("What other ideas were spoken of? Topics", topics):
        say(f"{topics[topic].name}:")
        outcomes += _ask_outcome(topic, held_on)
    return outcomes


def _ask_outcome(topic: str, held_on: date) -> list[Outcome]:
    stage = _choose("  How far did it come?", {"": "not spoken of", **_STAGES})
    if not stage:
        return []
    note = _ask("  What was said?", _read_words, "")
    aside = _STAGES[stage] in ("declined", "parked")
    asked = (
        "  Not to be floated again before (Enter: no day)" if aside else "  To be brought up again on (Enter: no day)"
    )
    day = _ask(asked, lambda text: _read_later(text, held_on), "")
    return [Outcome(topic, _STAGES[stage], note, None if aside else day, day if aside else None)]


def _ask_next(zone: str, held_on: date) -> datetime | None:
    say()
    day = _ask("When is the next talk? (a day; Enter: not agreed)", lambda text: _read_next(text, held_on), "")
    if day is None:
        return None
    clock = _ask(f"  At what time in {zone}?", read_time, "10:00")
    hour, minute = map(int, clock.split(":"))
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone))
