"""The frozen records the rooms pass to each other, in order of appearance.

Times are aware UTC datetimes (`_at`), days are dates (`_on`), probabilities are `confidence` in 0..1. A week is named
by its Monday (a date); an issue's week is ISO ("2026-W48"). Natural keys make every job safe to run twice.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Kind = Literal["research", "community", "vendor", "trade", "general"]
#: In the order in which a technology usually crosses the press.
KINDS: tuple[Kind, ...] = ("research", "community", "vendor", "trade", "general")

FeedState = Literal["new", "ok", "quiet", "failing", "gone", "refused", "not a feed"]

# -- watch ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feed:
    """A source and what the last crawls left behind. Key: `url`."""

    url: str
    kind: Kind
    publisher: str  # registrable domain of the owner: feeds of one owner are one voice
    title: str = ""
    state: FeedState = "new"
    reason: str = ""  # the state in words, for the operator
    etag: str = ""  # validators are echoed byte for byte
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""  # a permanent redirect that was answered but is not yet adopted
    moved_since_at: datetime | None = None
    failures: int = 0  # in a row
    last_crawl_at: datetime | None = None
    last_success_at: datetime | None = None
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 answer with its whole, decompressed body."""

    feed_url: str
    final_url: str
    body: bytes
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    max_age: int = 0  # seconds the answer says it stays fresh; 0: it does not say
    moved_to: str = ""  # where a chain of permanent redirects led, else ""


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304 answer: nothing new."""

    feed_url: str
    max_age: int = 0
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class FetchError:
    """No usable answer. `grade` decides how long Radar stays away."""

    feed_url: str
    reason: str
    grade: Literal["temporary", "soft", "hard", "gone", "refused"]
    status: int = 0  # HTTP status, 0 when no answer came
    retry_after: int = 0  # seconds the server asked for


FetchResult = Fetched | NotModified | FetchError


@dataclass(frozen=True, slots=True)
class Entry:
    """What one feed published. Key: `id` = hash of (feed URL, the feed's own entry id)."""

    id: str
    feed_url: str
    entry_id: str  # guid, atom:id, or the link where the feed names none
    url: str
    title: str
    published_at: datetime
    first_seen_at: datetime
    summary: str = ""  # plain text, at most 1,000 characters
    author: str = ""
    publisher: str = ""  # filled in by the store from the feed, like the next two
    kind: Kind = "general"
    source: str = ""  # the feed's title, as readers know it


@dataclass(frozen=True, slots=True)
class Parsed:
    """A feed document read: its entries, or in `problem` why there are none."""

    title: str
    format: str  # "rss20", "atom10", "rdf", "json11", … or ""
    entries: tuple[Entry, ...]
    problem: str = ""  # "" or one line for the operator
    ttl: int = 0  # seconds the feed asks readers to wait between visits; 0: it does not say


@dataclass(frozen=True, slots=True)
class Crawl:
    """The outcome of one visit, and with it the feed's next state."""

    feed_url: str
    at: datetime
    outcome: Literal["new entries", "unchanged", "failed"]
    state: FeedState
    reason: str
    next_due_at: datetime
    status: int = 0
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""
    moved_since_at: datetime | None = None
    failures: int = 0
    entries_seen: int = 0
    entries_new: int = 0  # set by the store


@dataclass(frozen=True, slots=True)
class Story:
    """Entries on one happening. Key: `id` = the id of its first entry, kept for life."""

    id: str
    title: str
    url: str
    summary: str
    first_at: datetime  # earliest publication among its entries
    last_at: datetime
    entries: tuple[Entry, ...] = ()

    @property
    def publishers(self) -> tuple[str, ...]:
        """The owners that cover it, each once, sorted."""
        return tuple(sorted({entry.publisher for entry in self.entries}))

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of press that cover it, in the order of KINDS."""
        present = {entry.kind for entry in self.entries}
        return tuple(kind for kind in KINDS if kind in present)


@dataclass(frozen=True, slots=True)
class Topic:
    """A technology worth following. Key: `slug`."""

    slug: str
    name: str
    quadrant: str
    definition: str
    primer: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()  # prove the topic alone
    seeds: tuple[str, ...] = ()  # hint at it
    not_terms: tuple[str, ...] = ()  # near-misses


@dataclass(frozen=True, slots=True)
class Tag:
    """A story is about a topic. Key: (`story_id`, `topic`)."""

    story_id: str
    topic: str
    confidence: float
    terms: tuple[str, ...] = ()  # the words that decided


@dataclass(frozen=True, slots=True)
class Series:
    """One topic, week by week without gaps; all tuples have the same length. Key: `topic`."""

    topic: str
    weeks: tuple[date, ...]  # Mondays
    reports: tuple[int, ...]  # distinct (story, owner) pairs on the topic: one owner counts once a story
    totals: tuple[int, ...]  # reports on anything
    busiest: tuple[int, ...]  # reports of the topic's busiest owner that week
    publishers: tuple[tuple[str, ...], ...]  # owners that covered it, sorted
    kinds: tuple[tuple[Kind, ...], ...]


Phase = Literal["weak signal", "rising", "surging", "mainstream", "fading"]
PHASES: tuple[Phase, ...] = ("weak signal", "rising", "surging", "mainstream", "fading")


@dataclass(frozen=True, slots=True)
class Crossing:
    """The first week in which a kind of press covered a topic."""

    kind: Kind
    on: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers a phase rests on, all about the closed week unless named otherwise."""

    reports: int  # in the closed week
    usual: float  # reports a week the past leads one to expect
    reports_recent: int  # in the window that decided
    expected_recent: float  # expectation for that window
    window: int  # weeks
    strength: float  # -log10 of the chance of so many reports if nothing had changed
    publishers: tuple[str, ...]  # owners in the last four weeks
    publishers_all: int  # owners ever
    largest_share: float  # share of the busiest owner in the window's reports, 0..1
    crossed: tuple[Crossing, ...]  # in order of first coverage
    first_seen_on: date | None
    peak: float = 0.0  # highest four-week mean so far, reports a week


@dataclass(frozen=True, slots=True)
class Signal:
    """What detection says of a topic at the end of a week. Key: (`topic`, `week`)."""

    topic: str
    week: date  # Monday of the closed week
    phase: Phase | None  # None: nothing to report
    since: date  # Monday of the first week in this phase
    previous: Phase | None  # the phase before this one
    confirmed: bool  # strong enough for executives; otherwise for the advisor's desk only
    confidence: float
    evidence: Evidence
    sentence: str  # the evidence in words a president understands


# -- listen -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Executive:
    """A reader of digests. Key: `slug`."""

    slug: str
    name: str
    role: str
    email: str
    tz: str = "UTC"  # IANA name
    day: int = 0  # weekday of the digest, 0 = Monday
    time: str = "07:30"  # local
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing an executive wants, in their own words. Key: `id`."""

    id: str
    executive: str
    text: str
    weight: int = 3  # 1..5
    noted_on: date | None = None
    occasion: str = "one-on-one"
    review_on: date | None = None
    topics: tuple[str, ...] = ()  # confirmed links
    include: tuple[str, ...] = ()  # terms that always matter
    mute: tuple[str, ...] = ()  # terms never wanted
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class StatementChange:
    """One version of a statement: what it said from then on, and who wrote it down."""

    statement: Statement
    at: datetime
    by: str


Ring = Literal["adopt", "trial", "assess", "hold"]
RINGS: tuple[Ring, ...] = ("adopt", "trial", "assess", "hold")


@dataclass(frozen=True, slots=True)
class Position:
    """Advice on file. Versions are immutable. Key: (`topic`, `version`)."""

    topic: str
    ring: Ring
    so_what: str
    say: str  # what to say if asked, at most 60 words
    written_at: datetime
    version: int = 1
    next_step: str = ""
    due_on: date | None = None
    owner: str = ""
    approved_by: str = ""  # "": a draft
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """A topic that moves while no current, approved advice is on file."""

    topic: str
    executives: tuple[str, ...]  # whose agenda it touches; () : nobody's
    phase: Phase
    reason: str  # "no position", "position past its review date", …
    score: float
    due_on: date


# -- brief ------------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Move:
    """A topic that moved on the radar since the last issue: between rings, or onto it."""

    topic: str
    topic_name: str
    ring: Ring
    previous: Ring | None


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

    def section(self, name: Section) -> tuple[Item, ...]:
        """The items of one section, in order."""
        return tuple(item for item in self.items if item.section == name)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in the outbox. Key: `message_id`; its bytes never change once stored."""

    message_id: str
    executive: str
    week: str
    sender: str
    recipient: str
    body: bytes
    queued_at: datetime
    state: Literal["queued", "sending", "handing over", "sent", "failed"] = "queued"
    attempts: int = 0
    next_attempt_at: datetime | None = None
    reply: str = ""  # the server's last words
    sent_at: datetime | None = None


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
    last_digest_at: datetime | None = None
