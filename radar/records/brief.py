"""What briefing makes: ranked stories, issues, messages; the keys to read them, and the installation at a glance."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from radar.records.listen import Ring, Statement
from radar.records.watch import Phase, Story


@dataclass(frozen=True, slots=True)
class Ranked:
    """A story's standing for one executive, with its reasons."""

    story: Story
    score: float
    statement: Statement | None  # the agenda statement it serves best; None: outside the agenda
    topics: tuple[str, ...]  # its topics, most confident first
    relevance: float  # to that statement, 0..1
    why: tuple[str, ...]  # in words: agenda first, evidence after


@dataclass(frozen=True, slots=True)
class Source:
    """A story as a digest cites it."""

    story_id: str
    title: str
    url: str
    publisher: str
    published_on: date
    publishers: int = 1  # owners that cover it


Section = Literal["matters", "agenda", "blindsided", "quiet"]
SECTIONS: tuple[Section, ...] = ("matters", "agenda", "blindsided", "quiet")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing an issue tells. Key within an issue: `id`."""

    id: str
    section: Section
    claim: str
    topic: str = ""
    topic_name: str = ""
    phase: Phase | None = None
    phase_note: str = ""  # "rising, 5th week"
    evidence: str = ""
    so_what: str = ""
    say: str = ""
    do: str = ""
    why: tuple[str, ...] = ()
    quote: str = ""  # the agenda statement, in the reader's own words
    sources: tuple[Source, ...] = ()
    more_sources: int = 0
    publishers: int = 0
    new_to_reader: bool = False
    update: bool = False  # briefed before, and there is news
    score: float = 0.0
    term: str = ""  # instead of a topic: the candidate it tells of


@dataclass(frozen=True, slots=True)
class Move:
    """A topic that moved on the radar since the last issue: between rings, or onto it."""

    topic: str
    topic_name: str
    ring: Ring
    previous: Ring | None


@dataclass(frozen=True, slots=True)
class Voice:
    """What a survey of end users says, in a line."""

    survey: str
    text: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Primer:
    """What a topic is, for a reader who meets it for the first time."""

    topic: str
    topic_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One executive's digest of one week: the stored selection every face renders. Key: (`executive`, `week`)."""

    executive: str
    executive_name: str
    role: str
    week: str  # ISO, "2026-W48"
    composed_at: datetime
    token: str  # unguessable, 22 characters: opens this issue in a browser
    subject: str
    preheader: str
    items: tuple[Item, ...]
    moves: tuple[Move, ...] = ()
    primers: tuple[Primer, ...] = ()
    stories_read: int = 0
    publishers_read: int = 0
    feeds_failing: int = 0
    minutes: int = 1  # reading time
    notes: tuple[str, ...] = ()  # honest remarks: "nothing passed your bar", "a week was missed"
    delivery: str = ""  # "Mondays at 07:30", for the footer
    feeds: str = ""  # how the feeds fare, for the footer
    voices: tuple[Voice, ...] = ()  # from your users

    def section(self, name: Section) -> tuple[Item, ...]:
        """The items of one section, in order."""
        return tuple(item for item in self.items if item.section == name)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in the outbox. Key: `message_id`; its bytes never change once stored, but erasing may empty them."""

    message_id: str
    executive: str | None  # None: to the advisor
    week: str | None  # of the issue or desk letter; None: an alarm
    sender: str
    recipient: str
    body: bytes
    queued_at: datetime
    state: Literal["queued", "sending", "handing over", "sent", "failed"] = "queued"
    attempts: int = 0
    next_attempt_at: datetime | None = None
    reply: str = ""  # the server's last words
    sent_at: datetime | None = None

    @property
    def name(self) -> str:
        """What it carries, for lists and files: "president 2026-W48", "letter 2026-W48", "survey 5f1c…", "alarm …"."""
        if self.week:
            return f"{self.executive or 'letter'} {self.week}"
        key = self.message_id.removeprefix("<radar.").partition("@")[0]
        return key.replace("-", " ", 1) if key.startswith("survey-") else f"alarm {self.queued_at:%Y-%m-%d %H%M}"


@dataclass(frozen=True, slots=True)
class Key:
    """An API key. The secret itself is shown once and stored as SHA-256. Key: `prefix`."""

    prefix: str
    name: str
    scope: Literal["reader", "advisor", "executive"]
    secret_hash: str
    created_at: datetime
    executive: str = ""  # for the scope "executive"
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The installation at a glance, for `radar status` and `radar doctor`."""

    feeds: int = 0
    feeds_by_state: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    stories: int = 0
    topics: int = 0
    executives: int = 0
    issues: int = 0
    outbox_waiting: int = 0
    outbox_failed: int = 0
    last_crawl_at: datetime | None = None
    last_success_at: datetime | None = None  # the last visit that was answered with a feed
    last_digest_at: datetime | None = None
    tagger_learnt_at: datetime | None = None  # when the tagger in service learnt
    tagger_refused: str = ""  # why the last attempt to learn was refused; "" when it was not
