"""Compose one executive's issue of one week: [Ranked] + signals + positions + earlier issues → Issue.

The issue is the one stored selection: mail, page, API and command line render it and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from radar.brief.relevance import format_day
from radar.brief.slot import name_week
from radar.brief.wording import (
    count_reading,
    write_decline,
    write_feeds,
    write_phase,
    write_preheader,
    write_step,
    write_subject,
)
from radar.records import (
    Executive,
    Issue,
    Item,
    Move,
    Position,
    Primer,
    Ranked,
    Signal,
    Source,
    Statement,
    Story,
    Topic,
)
from radar.text import stable_id

MAX_MATTERS = 3
MAX_AGENDA = 6
MAX_PER_STATEMENT = 2
MAX_BLINDSIDED = 3
MAX_QUIET = 3
MAX_PRIMERS = 2
MAX_SOURCES = 3
#: A briefed story returns only when this many owners have joined since, and half as many again.
NEWS_OWNERS = 3
QUIET_AFTER = timedelta(weeks=2)  # a lull of a week or two is not yet the end of a wave
LOOK_BACK = 8  # issues in which a warning is remembered
WORDS_PER_MINUTE = 200
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_RING_ORDER = {"hold": 0, "assess": 1, "trial": 2, "adopt": 3}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read for an issue, for the line at its head."""

    stories: int
    publishers: int
    feeds_failing: int
    weeks_watched: int
    feeds_by_state: Mapping[str, int] = field(default_factory=dict)
    feeds_dead: Sequence[str] = ()  # titles of those unread for a week


@dataclass(frozen=True, slots=True)
class Material:
    """What an issue is chosen from. `positions` maps topic to its versions, oldest first."""

    ranked: Sequence[Ranked]
    signals: Mapping[str, Signal]
    topics: Mapping[str, Topic]
    positions: Mapping[str, Sequence[Position]]
    statements: Sequence[Statement]
    earlier: Sequence[Issue]  # newest first
    coverage: Coverage
    merged: Mapping[str, str] = field(default_factory=dict)  # id of a story that is no more → the one it went into


def compose_issue(executive: Executive, week: str, material: Material, now: datetime, token: str) -> Issue:
    """Return the issue. The same arguments give the same issue, byte for byte."""
    return _Composer(executive, week, material, now).compose(token)


class _Composer:
    """One issue in the making; remembers what it has already told."""

    def __init__(self, executive: Executive, week: str, material: Material, now: datetime) -> None:
        self.executive, self.week, self.material, self.now = executive, week, material, now
        self.earlier = material.earlier[:LOOK_BACK]
        self.briefed: dict[str, int] = {}  # story id → owners it was briefed with, at most
        for source in (source for issue in self.earlier for item in issue.items for source in item.sources):
            told = material.merged.get(source.story_id, source.story_id)
            self.briefed[told] = max(self.briefed.get(told, 0), source.publishers)
        self.met = {primer.topic for issue in material.earlier for primer in issue.primers}
        self.told: set[str] = set()  # story ids used in this issue
        self.topics_told: set[str] = set()

    def compose(self, token: str) -> Issue:
        matters = self._choose_matters()
        agenda = self._choose_agenda()
        blindsided = self._choose_blindsided()
        items = (*matters, *agenda, *blindsided, *self._choose_quiet())
        primers = self._choose_primers(items)
        explained = {primer.topic for primer in primers}
        # "new to you: primer below" must not promise what is not there.
        items = tuple(replace(item, new_to_reader=item.topic in explained) for item in items)
        coverage = self.material.coverage
        issue = Issue(
            executive=self.executive.slug,
            executive_name=self.executive.name,
            role=self.executive.role,
            week=self.week,
            composed_at=self.now,
            token=token,
            subject=write_subject(matters, agenda, blindsided, sum(self._is_decision(i.topic) for i in matters))
            if coverage.stories
            else "Radar read nothing this week",
            preheader=write_preheader(matters, agenda, blindsided)
            if coverage.stories
            else "No story reached it: your advisor should look at the feeds.",
            items=items,
            moves=self._find_moves(),
            primers=primers,
            stories_read=coverage.stories,
            publishers_read=coverage.publishers,
            feeds_failing=coverage.feeds_failing,
            feeds=write_feeds(coverage.feeds_by_state, coverage.feeds_dead),
            notes=self._write_notes(matters, agenda, blindsided),
            delivery=f"{WEEKDAYS[self.executive.day]} at {self.executive.time}",
        )
        return replace(issue, minutes=max(1, round(count_reading(issue) / WORDS_PER_MINUTE)))

    # -- matters most -------------------------------------------------------------------------------------------------

    def _choose_matters(self) -> tuple[Item, ...]:
        """Choose at most three moving topics on the agenda; one item a topic, led by its best story not yet briefed."""
        groups: dict[str, list[Ranked]] = {}
        for one in self.material.ranked:
            topic = self._moving_topic(one)
            if topic and one.statement and self._has_news(one.story):
                groups.setdefault(topic, []).append(one)
        chosen = sorted(groups, key=lambda topic: (-self._weigh_matter(topic, groups[topic]), topic))[:MAX_MATTERS]
        return tuple(self._write_matter(topic, groups[topic]) for topic in chosen)

    def _moving_topic(self, one: Ranked) -> str:
        """Return the story's topic that moves and serves the statement best, or ""."""
        moving = [topic for topic in one.topics if self._is_confirmed(topic)]
        linked = set(one.statement.topics) if one.statement else set()
        return next((topic for topic in moving if topic in linked), moving[0] if moving else "")

    def _is_confirmed(self, topic: str) -> bool:
        signal = self.material.signals.get(topic)
        return signal is not None and signal.confirmed

    def _weigh_matter(self, topic: str, group: Sequence[Ranked]) -> float:
        return max(one.score for one in group) + (0.25 if self._is_decision(topic) else 0.0)

    def _is_decision(self, topic: str) -> bool:
        """Tell whether the advice on file asks the reader for something by a day still to come."""
        position = self._current(topic)
        if position is None or not position.next_step or position.due_on is None:
            return False
        return position.due_on >= self.now.date()

    def _write_matter(self, topic: str, group: Sequence[Ranked]) -> Item:
        lead = group[0]
        signal = self.material.signals[topic]
        position = self._current(topic)
        self.topics_told.add(topic)
        item = self._write_item("matters", lead, topic, sources=[one.story for one in group])
        return replace(
            item,
            evidence=signal.sentence,
            so_what=position.so_what if position else "",
            say=position.say if position else "",
            do=write_step(position, self.now.date())
            if position
            else "No advice is on file yet; your advisor is preparing it.",
        )

    # -- on your agenda -----------------------------------------------------------------------------------------------

    def _choose_agenda(self) -> tuple[Item, ...]:
        """Choose the best stories per statement: one line each, topics already told left out.

        What one publisher alone reports is told only where a statement has nothing better: never filler.
        """
        per_statement: dict[str, int] = {}
        chosen: list[Ranked] = []
        for one in sorted(self.material.ranked, key=lambda one: len(one.story.publishers) == 1):
            if len(chosen) == MAX_AGENDA:
                break
            if one.statement is None or not self._has_news(one.story):
                continue
            if self.topics_told & set(one.topics) or self._repeats(one, chosen):
                continue
            most = MAX_PER_STATEMENT if len(one.story.publishers) > 1 else 1
            if per_statement.get(one.statement.id, 0) >= most:
                continue
            per_statement[one.statement.id] = per_statement.get(one.statement.id, 0) + 1
            chosen.append(one)
        order = {
            statement.id: n for n, statement in enumerate(sorted(self.material.statements, key=lambda s: -s.weight))
        }
        chosen.sort(key=lambda one: (order[one.statement.id] if one.statement else 0, -one.score))
        items = tuple(self._write_item("agenda", one, one.topics[0] if one.topics else "") for one in chosen)
        self.topics_told |= {item.topic for item in items if item.topic}
        return items

    def _repeats(self, one: Ranked, chosen: Sequence[Ranked]) -> bool:
        """Tell whether a line on the same topic was already chosen for the same statement."""
        return any(one.topics[:1] == other.topics[:1] and one.statement is other.statement for other in chosen)

    # -- don't be blindsided ------------------------------------------------------------------------------------------

    def _choose_blindsided(self) -> tuple[Item, ...]:
        """Choose confirmed topics whose news serves no statement, the strongest first."""
        moving = sorted(
            (signal for signal in self.material.signals.values() if signal.confirmed),
            key=lambda signal: (-signal.evidence.strength, signal.topic),
        )
        items: list[Item] = []
        for signal in moving:
            if signal.topic in self.topics_told or len(items) == MAX_BLINDSIDED:
                continue
            fresh = [
                one
                for one in self.material.ranked
                if signal.topic in one.topics and one.story.id not in self.told and self._has_news(one.story)
            ]
            if not fresh or any(one.statement for one in fresh):
                continue
            fresh.sort(key=lambda one: (-len(one.story.publishers), one.story.id))
            item = self._write_item("blindsided", fresh[0], signal.topic, sources=[one.story for one in fresh])
            position = self._current(signal.topic)
            advice = f"Our position: {position.ring}." if position else "Advice is being prepared."
            say = position.say if position else ""  # whoever is asked about it tomorrow needs an answer today
            items.append(replace(item, evidence=signal.sentence, say=say, do=advice))
            self.topics_told.add(signal.topic)
        return tuple(items)

    # -- watched, and quiet -------------------------------------------------------------------------------------------

    def _choose_quiet(self) -> tuple[Item, ...]:
        """Report the warnings of earlier issues that came to nothing, once."""
        items: list[Item] = []
        closed = {item.topic for issue in self.earlier for item in issue.items if item.section == "quiet"}
        for issue in self.earlier:
            for item in issue.items:
                signal = self.material.signals.get(item.topic)
                if item.section not in ("matters", "blindsided") or signal is None or item.topic in closed:
                    continue
                if signal.phase in ("rising", "surging", "mainstream"):
                    continue
                if signal.phase == "fading" and signal.week - signal.since < QUIET_AFTER:
                    continue
                closed.add(item.topic)
                warned = format_day(self._find_warning(item.topic, issue.composed_at).date())
                evidence = signal.evidence
                items.append(
                    Item(
                        id=stable_id(self.executive.slug, self.week, "quiet", item.topic)[:12],
                        section="quiet",
                        claim=(f"We warned of {item.topic_name} on {warned}. {write_decline(signal)} No action."),
                        topic=item.topic,
                        topic_name=item.topic_name,
                        phase=signal.phase,
                        phase_note=signal.phase or "quiet",
                        evidence=signal.sentence,
                        publishers=len(evidence.publishers),
                    )
                )
        return tuple(items[:MAX_QUIET])

    def _find_warning(self, topic: str, last: datetime) -> datetime:
        """Return when the warnings that ended with the one of `last` began: a wave is warned of week after week."""
        first = last
        for issue in self.material.earlier:
            warned = any(item.topic == topic and item.section in ("matters", "blindsided") for item in issue.items)
            if warned and timedelta(0) <= first - issue.composed_at <= QUIET_AFTER:
                first = issue.composed_at
        return first

    # -- the rest -----------------------------------------------------------------------------------------------------

    def _write_item(self, section: str, one: Ranked, topic: str, sources: Sequence[Story] = ()) -> Item:
        stories = list(sources) or [one.story]
        self.told.update(story.id for story in stories[:MAX_SOURCES])
        signal = self.material.signals.get(topic)
        owners = {owner for story in stories for owner in story.publishers}
        return Item(
            id=stable_id(self.executive.slug, self.week, one.story.id)[:12],
            section=section,  # type: ignore[arg-type]  # the callers pass the literals of Section
            claim=one.story.title,
            topic=topic,
            topic_name=self._name_topic(topic),
            phase=signal.phase if signal else None,
            phase_note=write_phase(signal) if signal else "",
            why=one.why,
            quote=one.statement.text if one.statement else "",
            sources=tuple(_cite(story) for story in stories[:MAX_SOURCES]),
            more_sources=max(0, sum(len(story.entries) for story in stories) - min(len(stories), MAX_SOURCES)),
            publishers=len(owners),
            update=one.story.id in self.briefed,
            score=one.score,
        )

    def _has_news(self, story: Story) -> bool:
        """Tell whether a story may be briefed: never before, or much wider since."""
        before = self.briefed.get(story.id)
        if before is None:
            return True
        return len(story.publishers) >= max(before + NEWS_OWNERS, before * 1.5)

    def _name_topic(self, topic: str) -> str:
        """Return a topic's name; the slug of one that was since taken off the list."""
        return self.material.topics[topic].name if topic in self.material.topics else topic

    def _current(self, topic: str) -> Position | None:
        """Return the approved position on file for a topic."""
        versions = [position for position in self.material.positions.get(topic, ()) if position.approved_by]
        return versions[-1] if versions else None

    def _find_moves(self) -> tuple[Move, ...]:
        """List the approved positions whose ring changed, or that were new, since the last issue (or in a week)."""
        since = self.earlier[0].composed_at if self.earlier else self.now - timedelta(days=7)
        moves = []
        for topic, versions in sorted(self.material.positions.items()):
            approved = [position for position in versions if position.approved_by]
            before = [position.ring for position in approved if position.written_at <= since]
            after = [position.ring for position in approved if since < position.written_at <= self.now]
            if after and (not before or before[-1] != after[-1]):
                moves.append(Move(topic, self._name_topic(topic), after[-1], before[-1] if before else None))
        return tuple(sorted(moves, key=lambda move: (-_RING_ORDER[move.ring], move.topic)))

    def _choose_primers(self, items: Sequence[Item]) -> tuple[Primer, ...]:
        primers: list[Primer] = []
        for item in items:
            topic = self.material.topics.get(item.topic)
            if item.section == "quiet" or topic is None or not topic.primer or item.topic in self.met:
                continue
            if self._is_confirmed(item.topic) and item.topic not in {primer.topic for primer in primers}:
                primers.append(Primer(topic.slug, topic.name, topic.primer))
        return tuple(primers[:MAX_PRIMERS])

    def _write_notes(
        self, matters: Sequence[Item], agenda: Sequence[Item], blindsided: Sequence[Item]
    ) -> tuple[str, ...]:
        notes = []
        if self.material.coverage.weeks_watched < 8:
            weeks = self.material.coverage.weeks_watched
            span = f"{weeks} week{'s' * (weeks != 1)}" if weeks > 0 else "less than a week"
            notes.append(f"Radar has watched for {span}: too short to tell a trend from a habit")
        if self.earlier and self.earlier[0].week != (missed := _name_week_before(self.week)):
            notes.append(
                f"no issue went out in week {missed[-2:].lstrip('0')}: Radar was not running, or you had paused it"
            )
        if not self.material.statements:
            notes.append("no agenda is on file for you yet: tell your advisor what you are trying to do")
        elif not self.material.coverage.stories:
            pass  # the issue's one sentence says that nothing was read, which is not a quiet week
        elif not matters and not agenda and not blindsided:
            notes.append("a quiet week: nothing passed your bar")
        elif not blindsided:
            notes.append("nothing outside your agenda passed the bar")
        return tuple(notes)


def _cite(story: Story) -> Source:
    entry = next((e for e in story.entries if e.title == story.title), story.entries[0] if story.entries else None)
    return Source(
        story_id=story.id,
        title=story.title,
        url=story.url,
        publisher=(entry.source or entry.publisher) if entry else "",
        published_on=(entry.published_at if entry else story.first_at).date(),
        publishers=len(story.publishers),
    )


def _name_week_before(week: str) -> str:
    year, number = week.split("-W")
    return name_week(date.fromisocalendar(int(year), int(number), 1) - timedelta(days=7))
