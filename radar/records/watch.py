"""What watching produces: feeds, entries, stories, topics, series and signals."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["research", "community", "vendor", "trade", "general"]
#: In the order in which a technology usually crosses the press.
KINDS: tuple[Kind, ...] = ("research", "community", "vendor", "trade", "general")

FeedState = Literal["new", "ok", "quiet", "failing", "gone", "refused", "not a feed"]
#: A feed in one of these was not read when it was last visited.
DEAD_STATES: tuple[FeedState, ...] = ("failing", "gone", "refused", "not a feed")


@dataclass(frozen=True, slots=True)
class Feed:
    """A source and what the last crawls left behind. Key: `url`."""

    url: str
    kind: Kind
    publisher: str  # registrable domain of the owner: feeds of one owner are one voice
    title: str = ""
    paused: bool = False  # listed, but not visited
    state: FeedState = "new"
    reason: str = ""  # the state in words, for the operator
    etag: str = ""  # validators are echoed byte for byte
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""  # where a permanent redirect leads: adopted when moved_since_at is empty, else still watched
    moved_since_at: datetime | None = None
    failures: int = 0  # in a row
    failing_since_at: datetime | None = None  # the first of them
    ttl: int = 0  # seconds its last document asked readers to wait between visits; 0: it did not say
    last_crawl_at: datetime | None = None
    last_success_at: datetime | None = None
    next_due_at: datetime | None = None
    seen: tuple[str, ...] = ()  # fingerprints of the last document's entries; filled in for the crawler only


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
    link: str = ""  # the Link header (RFC 8288), where some sites name their feed


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
    host: str = ""  # of a 429, the host that gave it: it counts for all that host's feeds


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
    entries: tuple[Entry, ...]  # without those that the feed's last document had as well, unchanged
    problem: str = ""  # "" or one line for the operator
    ttl: int = 0  # seconds the feed asks readers to wait between visits; 0: it does not say
    known_at: tuple[datetime, ...] = ()  # publication of the entries left out
    seen: tuple[str, ...] = ()  # fingerprints of all entries, for the next visit

    @property
    def published_at(self) -> tuple[datetime, ...]:
        """The publication of all entries in the document, known ones too."""
        return (*(entry.published_at for entry in self.entries), *self.known_at)


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
    failing_since_at: datetime | None = None
    ttl: int = 0
    entries_seen: int = 0
    entries_new: int = 0  # set by the store
    seen: tuple[str, ...] = ()  # the feed's, from now on


@dataclass(frozen=True, slots=True)
class Activity:
    """What a feed has published, by the entries on file."""

    lately: int = 0  # entries of the last twelve weeks
    lately_since_at: datetime | None = None  # the first of those
    newest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """How a feed fares, for people: every face shows the same. Key: `url`."""

    url: str  # without a password
    title: str
    publisher: str
    kind: Kind
    paused: bool
    state: FeedState
    reason: str
    failures: int
    failing_since_at: datetime | None
    last_crawl_at: datetime | None
    last_success_at: datetime | None
    newest_at: datetime | None  # publication of its newest entry
    entries_a_week: float
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something the advisor must hear of. Key: (`about`, `since_at`): one outage is one trouble."""

    about: str  # a feed's URL, or "crawler"
    since_at: datetime
    line: str  # what has happened, in a sentence
    advice: str  # what to do


@dataclass(frozen=True, slots=True)
class Story:
    """Entries on one happening. Key: `id`, kept for life: its first entry's, or one made for what was split off."""

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
class Correction:
    """What the advisor put right about a story; it binds its entries for good, until undone. Key: `number`."""

    kind: Literal["split", "merge"]
    story: str  # the story that was corrected
    other: str  # the story of what was split off; or the one that was merged in
    entries: tuple[str, ...]  # what was split off; or what the other story held
    rest: tuple[str, ...]  # what else the story held at that time
    at: datetime
    by: str
    number: int = 0  # in order of time, given by the store
    undone_at: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One publisher's part in a story, as discovery reads it: a dated title."""

    on: date
    source: str  # the feed: expectations are held per source
    publisher: str  # its owner; "" where nobody can tell, and then every title is a voice of its own
    title: str
    kind: Kind = "trade"


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
class TagCorrection:
    """What the advisor said of a story and a topic; of several on the same pair the latest counts."""

    entry_id: str  # the story's first entry: what was said follows it into whatever story it goes
    topic: str
    wanted: bool | None  # "also this topic", "not this topic"; None: take back what was said
    at: datetime
    by: str
    title: str  # of the story as it read then: the tagger learns from it even when the story is gone
    summary: str


@dataclass(frozen=True, slots=True)
class Training:
    """One time the tagger learnt. Scores: weighted F1 on texts that neither tagger learnt from."""

    at: datetime
    basis: str  # fingerprint of topics and corrections
    stories: int  # that it learnt from; the archive may have been larger
    known: int  # stories in the archive then
    corrections: int
    accepted: bool
    score: float | None  # None: too little to judge by
    rival: float | None  # the score of the tagger in service; None: there was none
    reason: str


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
    # The same reports and totals, a row a source, for expectations that hold source by source; () where unknown.
    by_source: tuple[tuple[int, ...], ...] = ()
    source_totals: tuple[tuple[int, ...], ...] = ()
    press: tuple[Kind, ...] = KINDS  # the kinds that are read at all


Level = Literal["early", "confirmed"]
Novelty = Literal["new", "surge", "creep"]
Standing = Literal["open", "promoted", "merged", "muted"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term nobody listed that may be a topic, as it stood when it was raised or confirmed. Key: `term`."""

    term: str
    names: tuple[str, ...]  # the term first; what else it is called, and terms that stand in the same titles
    raised_on: date  # the day after the week that raised it
    level: Level
    confirmed_on: date | None
    novelty: Novelty  # never seen before, more than its past, or a slow growth over a year
    phase: "Phase"
    confidence: float  # chance that it still lasts half a year on
    strength: float  # -log10 of the chance of so many titles if nothing had changed
    weeks: int  # the window in which that is so
    titles: int  # in the window
    expected: float
    publishers: int  # independent ones in 52 weeks
    active_weeks: int  # of the last 13
    affinity: float  # to the trade rather than the world's news, by the words around it: about -0.7 to 0.9
    first_seen_on: date
    sentence: str  # the evidence in words a president understands
    standing: Standing = "open"
    topic: str = ""  # the topic it was promoted to or merged into


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
    reports_recent: int  # in the window that decided, campaigns of one owner cut down
    expected_recent: float  # expectation for that window
    window: int  # weeks
    strength: float  # -log10 of the chance of so many reports if nothing had changed
    publishers: tuple[str, ...]  # owners in the last four weeks
    publishers_all: int  # owners ever
    largest_share: float  # share of the busiest owner in the last four weeks' reports, 0..1
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
