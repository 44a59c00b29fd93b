"""Compose the issues of the last weeks again with an agenda as it might be: what it would have brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from radar.brief.compare import compare_issues
from radar.brief.compose import LOOK_BACK, Coverage, Material, compose_issue
from radar.brief.rank import rank_stories
from radar.brief.slot import Slot, find_slot
from radar.desk.rapport import Dossier, judge_rapports, read_dossier, read_taste
from radar.listen.acceptance import find_held
from radar.pipeline.brief import ISSUE_SPAN, STORIES_AT_ONCE, Briefing
from radar.pipeline.steps import find_monday
from radar.records import Executive, Issue, Need, Position, PreviewWeek, Signal, Statement, Story, Tag, Taste
from radar.watch.group.lead import build_story

WEEKS = 4


@dataclass(frozen=True, slots=True)
class _Past:
    """What was known at a moment."""

    stories: list[Story]
    tags: dict[str, list[Tag]]
    signals: dict[str, Signal]
    positions: dict[str, list[Position]]
    dossier: Dossier
    taste: Taste
    needs: dict[str, Need]


class Previewing(Briefing):
    """What a change of an agenda would have changed. Nothing is claimed, nothing stored, nothing sent."""

    def preview_agenda(
        self,
        executive: Executive,
        agenda: Sequence[Statement],
        now: datetime,
        before: Sequence[Statement] | None = None,
    ) -> list[PreviewWeek]:
        """Return what an agenda would have brought an executive in the last four weeks, the oldest first.

        With `before`, the agenda as it is, the items say what changes. Every issue is composed from what was published,
        detected, advised and answered by its day; only the topics, and which story is about which, are today's. Each
        remembers those before it, as the real ones do, so that nothing is told twice.
        """
        slots, versions = _list_slots(executive, now), self.store.list_versions()
        dossier = read_dossier(self.store, executive.slug)
        stood = [self._look_back(slot.due_at, dossier, versions) for slot in slots]
        sent = [one for one in self.store.list_issues(executive.slug, limit=4 * LOOK_BACK) if one.week < slots[0].week]
        after = self._compose_weeks(executive, agenda, slots, stood, sent)
        if before is None:
            return [compare_issues(None, issue, slot.due_at) for issue, slot in zip(after, slots, strict=True)]
        were = self._compose_weeks(executive, before, slots, stood, sent)
        pairs = zip(were, after, slots, strict=True)
        return [compare_issues(old, issue, slot.due_at) for old, issue, slot in pairs]

    def _compose_weeks(
        self,
        executive: Executive,
        agenda: Sequence[Statement],
        slots: Sequence[Slot],
        stood: Sequence[_Past],
        sent: Sequence[Issue],
    ) -> list[Issue]:
        living = [statement for statement in agenda if statement.ended_on is None]
        merged = self.store.list_merged(
            source.story_id for issue in sent for item in issue.items for source in item.sources
        )
        issues: list[Issue] = []
        for slot, past in zip(slots, stood, strict=True):
            earlier = [*reversed(issues), *sent]
            told = judge_rapports(replace(past.dossier, issues=tuple(earlier)), slot.due_at.date())
            ranked = rank_stories(past.stories, past.tags, past.signals, living, self.topics, slot.due_at, past.taste)
            material = Material(
                ranked=ranked,
                signals=past.signals,
                topics=self.topics,
                positions=past.positions,
                statements=living,
                earlier=earlier,
                familiarity={topic: one.familiarity for topic, one in told.items()},
                held=find_held(
                    (one.acceptance for one in told.values() if one.acceptance), past.signals, slot.due_at.date()
                ),
                merged=merged,
                needs=past.needs,
                coverage=Coverage(len(ranked), 0, 0, weeks_watched=52),
            )
            issues.append(compose_issue(executive, slot.week, material, slot.due_at, token=""))
        return issues

    def _look_back(self, at: datetime, dossier: Dossier, versions: Mapping[str, Sequence[Position]]) -> _Past:
        """Return what was known at a moment."""
        # A story that has grown since stands further up in time: it is sought there, and cut to what it was.
        grown = self.store.list_stories(since=at - ISSUE_SPAN, begun_before=at, limit=2 * STORIES_AT_ONCE)
        stories = [story for one in grown if (story := _cut_story(one, at)) and story.last_at >= at - ISSUE_SPAN]
        stories = sorted(stories, key=lambda one: (one.last_at, one.id), reverse=True)[:STORIES_AT_ONCE]
        week = find_monday(at) - timedelta(weeks=1)
        then = _cut_dossier(dossier, at)
        return _Past(
            stories,
            self.store.tags_of([story.id for story in stories]),
            {signal.topic: signal for signal in self.store.list_signals(week)},
            {
                topic: known
                for topic, written in versions.items()
                if (known := [version for version in written if version.settled_at <= at])
            },
            then,
            read_taste(self.store, then),
            self.list_needs(at),
        )


def _list_slots(executive: Executive, now: datetime) -> list[Slot]:
    """Return the last slots of an executive, oldest first."""
    slots = [find_slot(executive, now)]
    while len(slots) < WEEKS:
        slots.append(find_slot(executive, slots[-1].due_at - timedelta(hours=1)))
    return slots[::-1]


def _cut_dossier(dossier: Dossier, at: datetime) -> Dossier:
    """Return what was on file of an executive at a moment."""
    return replace(
        dossier,
        issues=tuple(issue for issue in dossier.issues if issue.composed_at <= at),
        feedback=tuple(one for one in dossier.feedback if one.at <= at),
        steps=tuple(step for step in dossier.steps if step.at <= at),
        taught=tuple(one for one in dossier.taught if one.at <= at),
    )


def _cut_story(story: Story, at: datetime) -> Story | None:
    """Return a story as its entries of before a moment make it, under today's id; None if it had none."""
    if story.last_at < at:
        return story
    entries = [entry for entry in story.entries if entry.published_at < at]
    return build_story(story.id, entries) if entries else None
