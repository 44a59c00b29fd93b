"""Word an issue for print: Issue → Sheet, cleaned, capped and in the order a reader meets it.

Mail, page and terminal print the same sheet, so no face can tell more than another, or tell it differently.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypedDict, Unpack
from urllib.parse import quote, urlsplit

from radar.records import Answer, Issue, Item, Move, Phase, Ring, Section, Source
from radar.text import clean_text, stable_id

#: Section → heading and what stands beside it, in the order of the digest.
HEADINGS: Final[dict[Section, tuple[str, str]]] = {
    "matters": ("Matters most", ""),
    "agenda": ("On your agenda", ""),
    "blindsided": ("Don’t be blindsided", "outside your agenda"),
    "quiet": ("Watched, and quiet", ""),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: From "keep away" to "use it": a move to the right is a move up.
RING_ORDER: Final[dict[Ring, int]] = {"hold": 0, "assess": 1, "trial": 2, "adopt": 3}
#: Answer → what its button says, in the order of the digest.
ANSWER_WORDS: Final[dict[Answer, str]] = {
    "useful": "Useful",
    "let's talk": "Let’s talk",
    "knew already": "Knew already",
    "not for me": "Not for me",
}
_PHASE_MARKS: Final[dict[Phase, str]] = {"rising": "▲", "surging": "▲", "fading": "▼"}
_SCHEMES = ("http", "https", "mailto")
_MAX_URL = 1500
_BARE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Links(TypedDict, total=False):
    """The addresses an issue is printed with; none where there is no public address."""

    browser_url: str
    pause_url: str
    answer_urls: Mapping[str, Mapping[str, str]]  # item → answer → its address; "" → the page that offers all of them


@dataclass(frozen=True, slots=True)
class Room:
    """How much a sheet may hold: `lines` and `moves` per section (0: all of them), `letters` in the longest text."""

    lines: int = 0
    letters: int = 1200

    def first(self, number: int) -> int:
        """Return how many of so many lines there is room for."""
        return min(number, self.lines) if self.lines else number


@dataclass(frozen=True, slots=True)
class Link:
    """A story as the digest cites it. `number` is its place in the text's list of links; 0: no usable URL."""

    label: str
    title: str
    url: str
    number: int


@dataclass(frozen=True, slots=True)
class Line:
    """One item in words. `rows` are the label and text of what follows from it."""

    anchor: str
    number: int
    claim: str
    link: Link | None
    note: str
    aside: str
    evidence: str
    rows: tuple[tuple[str, str], ...]
    quote: str
    sources: tuple[Link, ...]
    more_sources: int
    new: str  # "new to you: primer below", or ""
    primer: str  # the anchor of that primer, or ""
    update: bool
    answers: tuple[tuple[str, str], ...]  # what each button says, and its address
    answer_url: str  # of the page that offers all answers
    again: bool = False  # serves the statement that the line above quotes


@dataclass(frozen=True, slots=True)
class Block:
    """A section with its lines; `more` counts those there was no room for."""

    section: Section
    heading: str
    beside: str
    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A move on the radar in words: "▲", "Passkeys", "assess → trial"."""

    mark: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A primer with the anchor that "primer below" leads to."""

    anchor: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything one issue prints, in words."""

    subject: str
    preheader: str
    title: str
    week: str
    minutes: str
    scope: str
    quiet: str  # the one honest sentence of an issue without news, or ""
    blocks: tuple[Block, ...]
    moves: tuple[Shift, ...]
    more_moves: int
    voices: tuple[str, ...]  # from your users
    primers: tuple[Explained, ...]
    more_primers: int
    links: tuple[Link, ...]
    feeds: str
    delivery: str
    reply: str
    browser_url: str
    pause_url: str
    answering: str  # how to answer an item, or ""


def lay_out(issue: Issue, room: Room, *, advisor: str = "", **links: Unpack[Links]) -> Sheet:
    """Return the issue in words. The same arguments give the same sheet."""
    return _Layout(issue, room, links).lay_out(clean_text(advisor, 80))


def clean_url(url: str) -> str:
    """Return the URL when a reader may safely follow it (http, https, mailto), else the empty string.

    Browsers drop tabs and line ends inside a scheme ("java\\nscript:"), so a URL with control or invisible characters
    is refused whole; spaces, quotes and angle brackets are percent-encoded.
    """
    url = url.strip(" ")
    if len(url) > _MAX_URL or clean_text(url.replace(" ", "")) != url.replace(" ", ""):
        return ""
    try:
        parts = urlsplit(url)
        named = parts.hostname or (parts.scheme == "mailto" and "@" in parts.path)
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES or not named:
        return ""
    return re.sub(r"[\s<>\"'\\^`{|}]", lambda found: quote(found[0], safe=""), url)


def count_things(number: int, one: str, many: str = "") -> str:
    """Return "1 story", "1,200 stories", "no feeds"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def say_day(day: date) -> str:
    """Return a day as a reader writes it: "2 Dec"."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def put_in_quotes(text: str) -> str:
    """Return the text in quotation marks, unless it brings its own."""
    return text if not text or text[0] in "\"“„«'‘" else f"“{text}”"


class _Layout:
    """One sheet in the making; numbers the links in the order a reader meets them."""

    def __init__(self, issue: Issue, room: Room, addresses: Links) -> None:
        self.issue, self.room, self.addresses = issue, room, addresses
        self.links: list[Link] = []
        self.primers = {primer.topic for primer in issue.primers[: room.first(len(issue.primers))]}
        self.anchors: set[str] = set()

    def lay_out(self, advisor: str) -> Sheet:
        issue = self.issue
        blocks = tuple(block for name in HEADINGS if (block := self._lay_out_block(name)).lines)
        moves = issue.moves[: self.room.first(len(issue.moves))]
        primers = issue.primers[: self.room.first(len(issue.primers))]
        return Sheet(
            subject=self._clean(issue.subject, 200),
            preheader=self._clean(issue.preheader, 300),
            title=_write_title(issue),
            week=_write_week(issue.week),
            minutes=f"{max(1, issue.minutes)}-minute read",
            scope=self._write_scope(),
            quiet=_write_quiet(issue),
            blocks=blocks,
            moves=tuple(write_move(move) for move in moves),
            more_moves=len(issue.moves) - len(moves),
            voices=tuple(self._clean(voice.text, 300) for voice in issue.voices),
            primers=tuple(
                Explained(_anchor("primer", p.topic), self._clean(p.topic_name, 120), self._clean(p.text))
                for p in primers
            ),
            more_primers=len(issue.primers) - len(primers),
            links=tuple(self.links),
            feeds=self._clean(issue.feeds, 400),
            delivery=f"You get this on {self._clean(issue.delivery, 120)}." if issue.delivery else "",
            reply=f"Reply to reach {advisor}, your advisor." if advisor else "Reply to reach your advisor.",
            browser_url=clean_url(self.addresses.get("browser_url", "")),
            pause_url=clean_url(self.addresses.get("pause_url", "")),
            answering=f"To answer an item, follow its link: {' · '.join(ANSWER_WORDS.values())}."
            if any(line.answer_url for block in blocks for line in block.lines)
            else "",
        )

    def _lay_out_block(self, name: Section) -> Block:
        items = self.issue.section(name)
        shown = items[: self.room.first(len(items))]
        lines = [self._write_line(item, number) for number, item in enumerate(shown, 1)]
        for number in range(len(lines) - 1, 0, -1):  # a statement with two lines is quoted once
            if lines[number].quote == lines[number - 1].quote:
                lines[number] = replace(lines[number], quote="", again=bool(lines[number].quote))
        return Block(name, *HEADINGS[name], tuple(lines), len(items) - len(shown))

    def _write_line(self, item: Item, number: int) -> Line:
        matters = item.section == "matters"
        claim = self._clean(item.claim, 400)
        moving = item.phase in _PHASE_MARKS or item.section == "quiet"  # "mainstream" is no news to a reader
        note = self._clean(item.phase_note or item.phase or "", 80) if moving else ""
        if note and item.phase in _PHASE_MARKS and item.section != "quiet":
            note = f"{note}\u00a0{_PHASE_MARKS[item.phase]}"
        if note and item.topic_name and item.section != "quiet":
            note = f"{self._clean(item.topic_name, 80)}: {note}"
        sources: tuple[Link, ...] = ()
        link = None
        if matters or item.term:
            sources = tuple(self._cite(source) for source in item.sources)
        elif item.sources and (cited := self._cite(item.sources[0])).url:
            link = cited
        urls = self.addresses.get("answer_urls", {}).get(item.id, {})
        has_primer = item.section != "quiet" and item.topic in self.primers
        return Line(
            anchor=self._take_anchor(item.id),
            number=number if matters else 0,
            claim=claim,
            link=link,
            note=note if matters else "",
            aside="" if matters else _write_aside(item, note),
            evidence=self._clean(item.evidence, 600) if item.section in ("matters", "blindsided") else "",
            rows=self._write_rows(item),
            quote=put_in_quotes(self._clean(item.quote, 300)) if item.section == "agenda" else "",
            sources=sources,
            more_sources=item.more_sources + len(item.sources) - len(sources) if matters or item.term else 0,
            new=": ".join(filter(None, ("new to you" * item.new_to_reader, "primer below" * has_primer))),
            primer=_anchor("primer", item.topic) if has_primer else "",
            update=item.update,
            answers=tuple((words, urls[answer]) for answer, words in ANSWER_WORDS.items() if answer in urls),
            answer_url=urls.get("", ""),
        )

    def _write_rows(self, item: Item) -> tuple[tuple[str, str], ...]:
        """Return the advice with its labels. A one-liner carries what to say and do, where it is given."""
        rows = [
            ("So what for you", self._clean(item.so_what) if item.section == "matters" else ""),
            ("If asked, say", put_in_quotes(self._clean(item.say))),
            ("Do" if item.section == "matters" else "", self._clean(item.do)),
        ]
        if item.section == "matters":
            rows.append(("Why you see this", " · ".join(self._clean(why, 400) for why in item.why[:6])))
        return tuple((label, text) for label, text in rows if text)

    def _cite(self, source: Source) -> Link:
        publisher = self._clean(source.publisher, 60) or "source"
        url = clean_url(source.url)
        link = Link(
            label=f"{publisher}, {say_day(source.published_on)}",
            title=self._clean(source.title, 200),
            url=url,
            number=len(self.links) + 1 if url else 0,
        )
        if url:
            self.links.append(link)
        return link

    def _write_scope(self) -> str:
        """Return what was read, what failed and the honest remarks, in one line."""
        issue = self.issue
        stories = count_things(issue.stories_read, "story", "stories")
        publishers = count_things(issue.publishers_read, "publisher")
        failing = count_things(issue.feeds_failing, "feed") if issue.feeds_failing else "no feeds"
        remarks = (self._clean(note, 300).rstrip(".") for note in issue.notes)
        return " · ".join(
            [f"{stories} from {publishers} read for you", f"{failing} failing", *(r for r in remarks if r)]
        )

    def _clean(self, text: str, limit: int = 1200) -> str:
        return clean_text(text, min(limit, self.room.letters))

    def _take_anchor(self, item_id: str) -> str:
        """Return an anchor no other item has: two elements of one id lead a reader astray."""
        anchor = _anchor("item", item_id)
        while anchor in self.anchors:
            anchor += "-"
        self.anchors.add(anchor)
        return anchor


def _anchor(kind: str, key: str) -> str:
    return f"{kind}-{key if _BARE_ID.fullmatch(key) else stable_id(key)}"


def _write_title(issue: Issue) -> str:
    role = clean_text(issue.role, 80)
    if not role:
        return f"Radar for {clean_text(issue.executive_name, 80) or clean_text(issue.executive, 80)}"
    return f"Radar for {role}" if role.lower().startswith("the ") else f"Radar for the {role}"


def _write_week(week: str) -> str:
    """Return "week 48" for "2026-W48"."""
    found = re.fullmatch(r"\d{4}-W(\d\d)", week)
    return f"week {int(found[1])}" if found else clean_text(week, 20)


def _write_quiet(issue: Issue) -> str:
    if any(item.section != "quiet" for item in issue.items):
        return ""
    if not issue.stories_read:
        return "No story reached Radar this week, so it cannot tell you whether anything has moved."
    return "Nothing we read this week calls for your attention. We keep watching."


def _write_aside(item: Item, note: str) -> str:
    """Return what stands in brackets after a one-liner: "surging ▲, 19 publishers"; a single one is named."""
    if item.section == "quiet":
        return ""
    parts = [note] if note else []
    if item.publishers == 1 and item.sources and item.sources[0].publisher:
        parts.append(clean_text(item.sources[0].publisher, 60))
    elif item.publishers:
        parts.append(count_things(item.publishers, "publisher"))
    return ", ".join(parts)


def write_move(move: Move) -> Shift:
    """Return a move in words."""
    name = clean_text(move.topic_name, 120) or clean_text(move.topic, 120)
    if move.previous is None:
        return Shift("★", name, f"new, {move.ring}")
    step = RING_ORDER[move.ring] - RING_ORDER[move.previous]
    mark = "▲" if step > 0 else "▼" if step < 0 else "·"
    return Shift(mark, name, f"{move.previous} → {move.ring}" if step else f"stays at {move.ring}")
