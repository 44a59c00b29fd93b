"""Keep the agenda register: what is noted or changed gets its proposals, and may be looked at before it is stored."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from radar.listen.agenda import check_statement, propose_links
from radar.pipeline.preview import Previewing
from radar.records import PreviewWeek, Statement
from radar.store.names import unknown_name

Change = Callable[[Statement], Statement]


class Registering(Previewing):
    """The agenda register, where listening, tagging and briefing meet."""

    def propose(self, statement: Statement, now: datetime) -> Statement:
        """Return the statement with the topics it may be about, as its words, their meaning and the tagger say."""
        known = [topic for topic in self.store.list_topics() if topic.slug in self.topics]
        (guesses,) = self._ready_tagger(now, learn=False).tag_texts([(statement.text, "")], why=False)
        tagged = {guess.topic: guess.confidence for guess in guesses}
        return replace(statement, proposed=propose_links(statement, known, tagged))

    def note_statement(self, draft: Statement, now: datetime, by: str) -> Statement:
        """Store what an executive wants, under an id of its own, with its proposals. Raises UnknownName; Unusable."""
        check_statement(draft, now.date())
        return self.store.add_statement(self.propose(draft, now), now, by)

    def change_statement(self, id: str, change: Change, now: datetime, by: str) -> Statement:  # noqa: A002
        """Change a statement; new words get new proposals. Raises UnknownName, and what the change raises."""
        before = self.store.find_statement(id)
        drafted = self._draft(before, change, now)

        def follow(current: Statement) -> Statement:
            changed = change(current)
            if changed.text == current.text:
                return changed
            decided = {*changed.topics, *changed.dismissed}
            return replace(changed, proposed=tuple(one for one in drafted.proposed if one.topic not in decided))

        return self.store.change_statement(id, follow, now, by)

    def renew_proposals(self, id: str, now: datetime, by: str) -> Statement:  # noqa: A002
        """Propose anew, after topics were added or the tagger has learnt. Raises UnknownName."""
        proposed = self.propose(self.store.find_statement(id), now).proposed
        return self.store.change_statement(id, lambda one: replace(one, proposed=proposed), now, by)

    def preview_note(self, draft: Statement, now: datetime) -> tuple[Statement, list[PreviewWeek]]:
        """Return a statement as it would be noted, and what it would have changed. Raises UnknownName."""
        check_statement(draft, now.date())
        agenda = self.store.list_statements(draft.executive)
        self._check_topics(draft.topics)
        noted = self.propose(replace(draft, id=f"{draft.executive}-new"), now)
        return noted, self._preview(draft.executive, [*agenda, noted], agenda, now)

    def preview_change(self, id: str, change: Change, now: datetime) -> tuple[Statement, list[PreviewWeek]]:  # noqa: A002
        """Return a statement as it would become, and what that would have changed. Raises as the change itself does."""
        before = self.store.find_statement(id)
        changed = self._draft(before, change, now)
        agenda = self.store.list_statements(before.executive)
        others = [one for one in agenda if one.id != id]
        return changed, self._preview(before.executive, [*others, changed], agenda, now)

    def preview(self, executive: str, now: datetime) -> list[PreviewWeek]:
        """Return what the agenda as it is would have brought in the last four weeks. Raises UnknownName."""
        return self.preview_agenda(self.store.find_executive(executive), self.store.list_statements(executive), now)

    def _draft(self, before: Statement, change: Change, now: datetime) -> Statement:
        changed = change(before)
        check_statement(changed, now.date())
        self._check_topics({*changed.topics, *changed.dismissed} - {*before.topics, *before.dismissed})
        return changed if changed.text == before.text else self.propose(changed, now)

    def _check_topics(self, slugs: Iterable[str]) -> None:
        for slug in sorted(set(slugs) - set(self.topics)):
            raise unknown_name("topic", slug, self.topics)

    def _preview(
        self, executive: str, agenda: Sequence[Statement], before: Sequence[Statement], now: datetime
    ) -> list[PreviewWeek]:
        ordered = sorted(agenda, key=lambda one: -one.weight)
        return self.preview_agenda(self.store.find_executive(executive), ordered, now, before)
