"""Tell of candidates: confirmed terms that nobody has listed, each once, while they rise."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from radar.brief.compose.items import Items, cite_entry
from radar.brief.relevance import format_day
from radar.records import Candidate, Entry, Item, Story
from radar.text import fold_phrase, split_terms, stable_id

MAX_UNLISTED = 2


class Unlisted(Items):
    """Candidates in the section *don't be blindsided*."""

    def _choose_unlisted(self, room: int) -> tuple[Item, ...]:
        """Choose confirmed candidates with news this week, the strongest first; `room` is how many there is room for.

        One that was told before is told again only when it begins to surge.
        """
        rising = [
            one
            for one in self.material.candidates
            if one.level == "confirmed" and one.standing == "open" and one.phase in ("rising", "surging")
        ]
        items: list[Item] = []
        for one in sorted(rising, key=lambda one: (-one.strength, one.term)):
            if len(items) == min(room, MAX_UNLISTED):
                break
            last = self._find_told(one.term)
            if last is not None and not (one.phase == "surging" and one.since > last):
                continue
            if item := self._write_candidate(one, update=last is not None):
                items.append(item)
        return tuple(items)

    def _find_told(self, term: str) -> date | None:
        """Return the day of the last issue that told of a term."""
        for issue in self.material.earlier:
            if any(item.term == term and item.section == "blindsided" for item in issue.items):
                return issue.composed_at.date()
        return None

    def _write_candidate(self, one: Candidate, *, update: bool) -> Item | None:
        """Return what to tell of a candidate; None when no title that names it is left to be cited."""
        cited = [
            (ranked.story, entry)
            for ranked in self.material.ranked
            if ranked.story.id not in self.told and self._has_news(ranked.story)
            if (entry := _find_entry(ranked.story, one.term))
        ]
        if not cited:
            return None
        cited.sort(key=lambda pair: (-len(pair[0].publishers), pair[0].id))
        shown = cited[: self.amount.sources]
        sources = tuple(cite_entry(story, entry, entry.title, entry.url) for story, entry in shown)
        self.told.update(source.story_id for source in sources)
        name = write_term(one.term, (entry.title for _, entry in cited))
        found_on = format_day(one.confirmed_on) if one.confirmed_on else ""
        return Item(
            id=stable_id(self.executive.slug, self.week, "term", one.term)[:12],
            section="blindsided",
            claim=write_news(name, one),
            topic_name=name,
            term=one.term,
            phase=one.phase,
            phase_note=one.phase,
            evidence=one.sentence if self.amount.evidence else "",
            do="No advice on file yet; your advisor is looking at it.",
            why=(f"a name nobody has listed: Radar found it in the press, and confirmed it on {found_on}",),
            sources=sources,
            more_sources=len(cited) - len(sources),
            publishers=len({owner for story, _ in cited for owner in story.publishers}),
            update=update,
        )


def write_news(name: str, one: Candidate) -> str:
    """Return what is new about a candidate, in plain words of our own."""
    if one.novelty == "new":
        return f"{name} is a new name that spreads: nobody we read wrote of it before {one.first_seen_on:%B %Y}."
    if one.novelty == "creep":
        return f"{name} has grown slowly for a year, and is written about much more than it used to be."
    return f"{name} has been known for some time, and is suddenly written about much more."


def write_term(term: str, titles: Iterable[str]) -> str:
    """Return a term as most titles write it."""
    pattern = re.compile(r"\b" + "[ -]".join(re.escape(word) for word in term.split(" ")), re.IGNORECASE)
    written = Counter(found[0] for title in titles if (found := pattern.search(title)))
    return min(written, key=lambda name: (-written[name], name), default=term)


def _find_entry(story: Story, term: str) -> Entry | None:
    """Return the first entry of a story whose title names a term."""
    name = f" {fold_phrase(term)} "
    return next((entry for entry in story.entries if name in f" {' '.join(split_terms(entry.title))} "), None)
