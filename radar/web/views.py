"""What the API answers with: records as they are where they fit, and these where less or more is told."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from radar.records import (
    Candidate,
    CandidateChange,
    Executive,
    Health,
    Issue,
    Item,
    Kind,
    LedgerLine,
    Move,
    Need,
    Phase,
    Position,
    Primer,
    Reliability,
    Signal,
    Statement,
    Story,
    Tag,
    Topic,
    Voice,
)
from radar.store.match import Filters
from radar.store.search import By, Found, FoundEntry, suggest
from radar.web.auth import Scope


@dataclass(frozen=True, slots=True)
class StoryTopic:
    """A topic a story is about."""

    topic: str
    confidence: float
    terms: tuple[str, ...]  # the words that decided; none where the advisor did


@dataclass(frozen=True, slots=True)
class StorySummary:
    """Entries on one happening."""

    id: str
    title: str
    url: str
    summary: str
    first_at: datetime
    last_at: datetime
    publishers: tuple[str, ...]
    kinds: tuple[Kind, ...]
    topics: tuple[StoryTopic, ...]


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """What one feed published on it."""

    id: str
    url: str
    title: str
    publisher: str
    kind: Kind
    published_at: datetime


@dataclass(frozen=True, slots=True)
class StoryDetail(StorySummary):
    """A story with its entries."""

    entries: tuple[StoryEntry, ...]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """Stories, newest first. `next` is the cursor of the following page, null on the last."""

    items: tuple[StorySummary, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction, by its number, and the stories it has changed."""

    correction: int
    stories: tuple[StoryDetail, ...]


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic a found story is about."""

    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class FoundStory:
    """A story that answers a question. `by` says what it was found by."""

    id: str
    title: str
    url: str
    summary: str
    last_at: datetime
    publishers: tuple[str, ...]
    kinds: tuple[Kind, ...]
    topics: tuple[FoundTopic, ...]
    entries: tuple[FoundEntry, ...]  # those that hold words of the question, most words first; at most three
    by: By
    score: float  # higher answers better; comparable within one answer only


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The stories that answer a question best. `hint` says what to try when there are none, else it is empty."""

    items: tuple[FoundStory, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """A technology worth following, and its phase where there is something to report."""

    slug: str
    name: str
    quadrant: str
    definition: str
    parent: str
    phase: Phase | None


@dataclass(frozen=True, slots=True)
class TopicDetail(TopicSummary):
    """A topic with its current signal and the advice on file, as far as the key reaches."""

    primer: str
    aliases: tuple[str, ...]
    signal: Signal | None
    position: Position | None
    need: Need | None  # what staff ask for, from the latest survey of the last year that tells


@dataclass(frozen=True, slots=True)
class TopicList:
    """Every topic, by slug."""

    items: tuple[TopicSummary, ...]


@dataclass(frozen=True, slots=True)
class SignalList:
    """The signals of the latest closed week: confirmed, then most confident first."""

    week: date | None
    items: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class CandidateList:
    """Terms nobody listed that may be topics: the latest raised first."""

    items: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class CandidateDetail:
    """A candidate, the seeds proposed for the topic it may become, and what has happened to it, oldest first."""

    candidate: Candidate
    seeds: tuple[str, ...]
    history: tuple[CandidateChange, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every topic that was flagged or raised, the latest flag first; how many warnings of each confidence lasted."""

    topics: tuple[LedgerLine, ...]
    reliability: tuple[Reliability, ...]


@dataclass(frozen=True, slots=True)
class SignalHistory:
    """A topic's signals, oldest first."""

    items: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class FeedList:
    """Every feed, by address."""

    items: tuple[Health, ...]


@dataclass(frozen=True, slots=True)
class ExecutiveList:
    """The executives the key reaches."""

    items: tuple[Executive, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """What an executive wants, in their own words, weightiest first."""

    executive: str
    items: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class IssueSummary:
    """One executive's digest of one week, by its subject."""

    executive: str
    week: str
    composed_at: datetime
    subject: str
    preheader: str
    minutes: int


@dataclass(frozen=True, slots=True)
class IssueList:
    """Issues, newest first."""

    items: tuple[IssueSummary, ...]


@dataclass(frozen=True, slots=True)
class IssueDetail(IssueSummary):
    """One executive's digest of one week, whole; without its token, which is a permission."""

    executive_name: str
    role: str
    items: tuple[Item, ...]
    moves: tuple[Move, ...]
    voices: tuple[Voice, ...]
    primers: tuple[Primer, ...]
    stories_read: int
    publishers_read: int
    feeds_failing: int
    feeds: str
    notes: tuple[str, ...]
    delivery: str


@dataclass(frozen=True, slots=True)
class Me:
    """The key in use."""

    name: str
    scope: Scope
    executive: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """Whether Radar runs."""

    status: str


def show_stories(stories: Iterable[Story], tags: dict[str, list[Tag]]) -> tuple[StorySummary, ...]:
    """Return stories as a list tells them."""
    return tuple(StorySummary(*_tell_story(story, tags.get(story.id, []))) for story in stories)


def show_story(story: Story, tags: list[Tag]) -> StoryDetail:
    """Return a story with its entries."""
    entries = tuple(
        StoryEntry(one.id, web_url(one.url), one.title, one.publisher, one.kind, one.published_at)
        for one in story.entries
    )
    return StoryDetail(*_tell_story(story, tags), entries)


def _tell_story(
    story: Story, tags: list[Tag]
) -> tuple[str, str, str, str, datetime, datetime, tuple[str, ...], tuple[Kind, ...], tuple[StoryTopic, ...]]:
    topics = tuple(StoryTopic(tag.topic, tag.confidence, tag.terms) for tag in tags)
    return (
        story.id,
        story.title,
        web_url(story.url),
        story.summary,
        story.first_at,
        story.last_at,
        story.publishers,
        story.kinds,
        topics,
    )


def show_found(found: Iterable[Found], filters: Filters) -> SearchAnswer:
    """Return the answer to a question."""
    items = tuple(
        FoundStory(
            one.id,
            one.title,
            web_url(one.url),
            one.summary,
            one.last_at,
            one.publishers,
            one.kinds,
            tuple(FoundTopic(slug, confidence) for slug, _, confidence in one.topics),
            tuple(replace(entry, url=web_url(entry.url)) for entry in one.entries),
            one.by,
            one.score,
        )
        for one in found
    )
    return SearchAnswer(items, "" if items else suggest(filters.names()))


def show_topic(topic: Topic, phase: Phase | None) -> TopicSummary:
    """Return a topic as a list tells it."""
    return TopicSummary(topic.slug, topic.name, topic.quadrant, topic.definition, topic.parent, phase)


def show_issue(issue: Issue) -> IssueDetail:
    """Return an issue whole."""
    items = tuple(
        replace(item, sources=tuple(replace(source, url=web_url(source.url)) for source in item.sources))
        for item in issue.items
    )
    return IssueDetail(**{field.name: getattr(issue, field.name) for field in fields(IssueDetail)} | {"items": items})


def list_issue(issue: Issue) -> IssueSummary:
    """Return an issue as a list tells it."""
    return IssueSummary(**{field.name: getattr(issue, field.name) for field in fields(IssueSummary)})


def web_url(url: str) -> str:
    """Return the address if a browser may follow it, else "": a feed could bring javascript: and the like."""
    return url if url[:8].lower().startswith(("http://", "https://")) else ""
