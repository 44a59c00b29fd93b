"""One-on-one talks: the pack an advisor takes along, and what comes of the talk."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parseaddr

from radar.brief.invitation import write_invitation
from radar.brief.pack import Notes, compose_pack, find_since
from radar.brief.relevance import format_day
from radar.desk.rapport import read_dossier
from radar.errors import UnknownName, Unusable
from radar.listen.acceptance import find_held, judge_topics
from radar.listen.agenda import find_stale
from radar.listen.talk import OnFile, TalkNotes, find_next_talk, settle_talk
from radar.pipeline.agenda import Registering
from radar.records import Outcomes, Pack


class Talking(Registering):
    """What happens before a talk, and after it."""

    def compose_pack(self, executive: str, now: datetime) -> Pack:
        """Compose the pack for a talk with an executive now. Raises UnknownName."""
        person = self.store.find_executive(executive)
        talks = self.store.list_talks(executive)
        dossier = read_dossier(self.store, executive)
        accepted = judge_topics(dossier.steps, now.date())
        signals = self.list_signals()
        statements = self.store.list_statements(executive)
        since = find_since(talks, now)
        span = max(timedelta(days=1), now - datetime(since.year, since.month, since.day, tzinfo=now.tzinfo))
        notes = Notes(
            statements=statements,
            stale={
                one.statement: f"ask whether it still holds: due for review since {format_day(one.since)}"
                for one in find_stale([person], {executive: statements}, {}, now.date())
                if one.statement and one.since
            },
            topics=self.topics,
            histories={topic: self.store.signal_history(topic) for topic in signals},
            ranked=self.rank(executive, now, span, dossier),
            positions=self.store.list_versions(),
            talks=talks,
            steps=dossier.steps,
            acceptances=accepted,
            held=find_held(accepted.values(), signals, now.date()),
            answers=dossier.feedback,
            raised=[one for one in self.store.list_raised() if one.executive == executive],
        )
        return compose_pack(person, notes, now)

    def note_talk(self, executive: str, notes: TalkNotes, now: datetime, by: str, *, bare: bool = False) -> Outcomes:
        """Store what came of a talk, all of it or nothing. Raises UnknownName; Unusable, naming the field.

        Notes in which nothing is filled in are refused: only who was asked (`bare`) can mean that there was a talk, and
        nothing came of it.
        """
        while True:
            file = OnFile(
                person=self.store.find_executive(executive),
                statements=self.store.list_statements(executive, ended=True),
                steps=self.store.list_steps(executive),
                talks=self.store.list_talks(executive),
                topics=self.topics.keys(),
            )
            outcomes = settle_talk(notes, file, now, by)
            held = outcomes.talk
            said = held.note or held.next_at or outcomes.statements or outcomes.steps or outcomes.raised
            if not (said or bare or any(talk.held_on == held.held_on for talk in file.talks)):
                raise Unusable("note", "nothing is filled in; write at least a sentence on the talk")
            known = {words.id: words.text for words in file.statements}
            # New words get what they may be about proposed, as everywhere.
            said = tuple(
                words if known.get(words.id) == words.text else self.propose(words, now)
                for words in outcomes.statements
            )
            stored = self.store.save_outcomes(replace(outcomes, statements=said), file.statements)
            if stored is not None:  # else somebody changed the agenda meanwhile: the notes are held against it anew
                return stored

    def write_invitation(self, executive: str) -> bytes:
        """Return the next talk with an executive as an iCalendar file. Raises UnknownName when there is no date."""
        person = self.store.find_executive(executive)
        talk = find_next_talk(self.store.list_talks(executive))
        if talk is None:
            raise UnknownName(f"no next talk with {executive} is on file: `radar talk {executive}` notes one")
        advisor = self.settings.advisor
        organiser = advisor.email or parseaddr(self.settings.mail.sender)[1]
        return write_invitation(talk, person, advisor.name, organiser, self._find_domain())
