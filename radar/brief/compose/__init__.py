"""Compose one executive's issue of one week: [Ranked] + signals + positions + earlier issues → Issue.

The issue is the one stored selection: mail, page, API and command line render it and nothing else.
"""

from dataclasses import replace
from datetime import datetime

from radar.brief.compose.aside import leave_out_held
from radar.brief.compose.choose import MAX_BLINDSIDED, Choosing
from radar.brief.compose.items import cite_story
from radar.brief.compose.margins import Margins, find_moves
from radar.brief.compose.material import LOOK_BACK, Coverage, Material
from radar.brief.compose.quiet import Quiet
from radar.brief.compose.unlisted import Unlisted
from radar.brief.compose.voices import Voices
from radar.brief.wording import count_reading, write_feeds, write_preheader, write_subject
from radar.records import Executive, Issue

__all__ = ["LOOK_BACK", "Coverage", "Material", "cite_story", "compose_issue", "find_moves"]

WORDS_PER_MINUTE = 200
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def compose_issue(executive: Executive, week: str, material: Material, now: datetime, token: str) -> Issue:
    """Return the issue. The same arguments give the same issue, byte for byte."""
    return _Composer(executive, week, leave_out_held(material), now).compose(token)


class _Composer(Choosing, Unlisted, Quiet, Voices, Margins):
    """The sections, joined over one issue in the making."""

    def compose(self, token: str) -> Issue:
        matters = self._choose_matters()
        agenda = self._choose_agenda()
        listed = self._choose_blindsided()
        # One place is theirs in any case: what nobody has listed is what surprises.
        blindsided = (*listed, *self._choose_unlisted(MAX_BLINDSIDED + 1 - len(listed)))
        items = (*matters, *agenda, *blindsided, *self._choose_quiet())
        primers = self._choose_primers(items)
        explained = {primer.topic for primer in primers}
        # "new to you: primer below" must not promise what is not there, nor call new what was told before.
        new = explained - {item.topic for issue in self.material.earlier for item in issue.items}
        items = tuple(replace(item, new_to_reader=item.topic in new) for item in items)
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
            preheader=write_preheader(matters, agenda, blindsided, *self._say_need(matters[0].topic if matters else ""))
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
            voices=self._hear_users(),
            delivery=f"{WEEKDAYS[self.executive.day]} at {self.executive.time}",
        )
        return replace(issue, minutes=max(1, round(count_reading(issue) / WORDS_PER_MINUTE)))
