"""Word a pack for print: Pack → HTML for one sheet of A4, and plain text; both say the same."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from radar.brief.relevance import format_day
from radar.brief.render import print_page, print_text
from radar.brief.sheet import clean_url, count_things, put_in_quotes, say_day, write_move
from radar.records import Decision, Feedback, Nudge, Pack, Phase, Possibility, Source, Tidings, Turn
from radar.text import clean_text

_MARKS: dict[Phase | None, str] = {"rising": "▲", "surging": "▲", "fading": "▼"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line below an entry: `mark` stands before it, `url` is where it leads."""

    text: str
    mark: str = "·"
    url: str = ""
    label: str = ""  # what follows the linked words: "The Ledger, 1 Dec · 4 publishers"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to speak of. `tick` is for the pen."""

    head: str
    note: str = ""
    warning: str = ""  # what wants attention: "ask whether it still holds"
    ask: str = ""  # the question to begin with
    rows: tuple[Row, ...] = ()
    tick: bool = True


@dataclass(frozen=True, slots=True)
class Block:
    """A section; `empty` is the honest sentence where there is nothing."""

    heading: str
    entries: tuple[Entry, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a pack prints, in words."""

    title: str
    edition: str
    note: str
    blocks: tuple[Block, ...]
    footer: str


def render_pack_page(pack: Pack, advisor: str = "") -> str:
    """Return the pack as a page that stands alone and prints on A4."""
    return print_page("pack.html.j2", {"sheet": lay_out_pack(pack, advisor)})


def render_pack_text(pack: Pack, advisor: str = "", width: int = 76, colour: bool = False) -> str:
    """Return the pack as plain text."""
    return print_text("pack.txt.j2", {"sheet": lay_out_pack(pack, advisor)}, max(40, width), colour)


def lay_out_pack(pack: Pack, advisor: str) -> Sheet:
    """Return the pack in words. The same arguments give the same sheet."""
    name, role, keeper = clean_text(pack.executive_name, 80), clean_text(pack.role, 80), clean_text(advisor, 80)
    since = format_day(pack.since)
    told = Block("Their agenda", tuple(_lay_out_tidings(one, pack) for one in pack.agenda), "No statement is on file.")
    told_above = {turn.topic for one in pack.agenda for turn in one.turns}
    floated = Block(
        "To float",
        tuple(_lay_out_possibility(one, told_above) for one in pack.possibilities),
        "Nothing that moves on this agenda waits to be floated.",
    )
    opened = (*map(_lay_out_decision, pack.decisions), *map(_lay_out_nudge, pack.nudges))
    undecided = Block("Open", opened, "No step is due, and nothing waits for an answer.")
    blocks = [told, floated, undecided]
    if pack.answers:
        blocks.append(Block("They answered", tuple(map(_lay_out_answer, pack.answers))))
    if pack.raised:
        entries = tuple(Entry(clean_text(topic, 80), say_day(one.raised_on), tick=False) for topic, one in pack.raised)
        blocks.append(Block("They asked about", entries))
    when = f"last talk {_say_date(pack.last_on, pack)}" if pack.last_on else f"no talk on file: changes since {since}"
    local = pack.prepared_at.astimezone(ZoneInfo(pack.tz)).date()
    return Sheet(
        title=f"One-on-one: {name}" + (f", {role}" if role else ""),
        edition=f"{_say_date(local, pack)} · {when}",
        note=clean_text(pack.last_note, 600),
        blocks=tuple(blocks),
        footer=f"Notes of {keeper or 'the advisor'}. What is in them is between the two of you.",
    )


def _say_date(day: date, pack: Pack) -> str:
    return format_day(day) if day.year == pack.prepared_at.year else f"{format_day(day)} {day.year}"


def _lay_out_tidings(one: Tidings, pack: Pack) -> Entry:
    words = one.statement
    age = (
        f"noted {_say_date(words.noted_on, pack)}, {_say_age(one.days)}"
        if words.noted_on
        else "noted nobody knows when"
    )
    rows = (
        *map(_lay_out_turn, one.turns),
        *(Row(f"our position on {move.name}: {move.words}", move.mark) for move in map(write_move, one.moves)),
        *map(_lay_out_story, one.stories),
    )
    links = "" if words.topics else ", linked to no topic yet"
    quiet = (Row(f"nothing has changed since {format_day(pack.since)}"),)
    return Entry(
        head=put_in_quotes(clean_text(words.text, 300)),
        note=f"weight {words.weight}, {age}{links}",
        warning=clean_text(one.stale, 160),
        rows=rows or quiet,
    )


def _say_age(days: int | None) -> str:
    if days is None:
        return ""
    if days < 14:
        return "today" if days == 0 else f"{count_things(days, 'day')} ago"
    return f"{days // 7} weeks ago" if days < 120 else f"{days // 30} months ago"


def _lay_out_turn(turn: Turn) -> Row:
    now = turn.phase or "quiet"
    steps = f"{turn.before} → {now}" if turn.before else now
    text = f"{clean_text(turn.topic_name, 80)}: {steps}, {format_day(turn.on)}"
    return Row(f"{text} · {clean_text(turn.sentence, 200)}", _MARKS.get(turn.phase, "·"))


def _lay_out_story(source: Source) -> Row:
    label = f"{clean_text(source.publisher, 60) or 'source'}, {say_day(source.published_on)}"
    if source.publishers > 1:
        label += f" · {count_things(source.publishers, 'publisher')}"
    return Row(clean_text(source.title, 160), "·", clean_url(source.url), label)


def _lay_out_possibility(one: Possibility, told_above: Collection[str]) -> Entry:
    return Entry(
        head=clean_text(one.topic_name, 80),
        note=f"{one.phase}\u00a0{_MARKS[one.phase]} · {one.because}",
        ask=one.opening,
        rows=() if one.topic in told_above else (Row(clean_text(one.evidence, 240)),),
    )


def _lay_out_decision(one: Decision) -> Entry:
    standing = ", ".join([one.ring, *["a draft"] * one.draft, *[clean_text(one.owner, 60)] * bool(one.owner)])
    due = f" · due {one.due_on.strftime('%A')} {format_day(one.due_on)}"
    return Entry(
        head=clean_text(one.step, 200).rstrip("."),
        note=f"{clean_text(one.topic_name, 80)} ({standing}){'' if one.overdue else due}",
        warning=f"was due {say_day(one.due_on)}, {count_things(one.overdue, 'day')} ago" if one.overdue else "",
    )


def _lay_out_nudge(one: Nudge) -> Entry:
    return Entry(clean_text(one.topic_name, 80), f"{one.stage} since {say_day(one.since_on)}: {one.because}")


def _lay_out_answer(one: Feedback) -> Entry:
    return Entry(f"{one.answer}: {clean_text(one.claim or one.topic, 160)}", say_day(one.at.date()), tick=False)
