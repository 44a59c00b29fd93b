"""Candidates and what became of them, and the dated titles they are found in."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection, delete, func, select, update

from radar.records import Candidate, CandidateChange, Report
from radar.store.engine import columns_of, dump, in_chunks, insert_into, load, upsert
from radar.store.names import unknown_name
from radar.store.stories import Stories
from radar.store.tables import archived, calibration, candidate, candidate_change, entry, feed
from radar.text import stable_id

_CANDIDATE = columns_of(candidate, Candidate)
_CHANGE = columns_of(candidate_change, CandidateChange)
_ROWS_AT_ONCE = 5_000


class Candidates(Stories):
    """What discovery reads and writes."""

    def list_reports(self, since: date, until: date) -> list[Report]:
        """Return the reports of the days [since, until), one a story and publisher, and the titles of archives.

        A report has the title, feed and day (UTC) of that publisher's first entry in that story.
        """
        first, last = (datetime.combine(day, time(), UTC) for day in (since, until))
        with self._read() as connection:
            rows = connection.execute(
                select(entry.c.published_at, entry.c.story_id, entry.c.title, feed.c.url, feed.c.publisher, feed.c.kind)
                .join(feed, feed.c.url == entry.c.feed_url)
                .where(entry.c.story_id.is_not(None), entry.c.published_at >= first, entry.c.published_at < last)
                .order_by(entry.c.published_at, entry.c.id)
            )
            seen: set[tuple[str, str]] = set()
            found = []
            for at, story_id, title, url, publisher, kind in rows:
                if (story_id, publisher) not in seen:
                    seen.add((story_id, publisher))
                    found.append(Report(at.date(), url, publisher, title, kind))
            old = connection.execute(
                select(archived.c.day, archived.c.source, archived.c.publisher, archived.c.title, archived.c.kind)
                .where(archived.c.day >= since, archived.c.day < until)
                .order_by(archived.c.day, archived.c.id)
            )
            return found + [Report(*row) for row in old]

    def first_report(self) -> date | None:
        """Return the day of the oldest entry or archived title."""
        with self._read() as connection:
            at = connection.scalar(select(func.min(entry.c.published_at)))
            day = connection.scalar(select(func.min(archived.c.day)))
        return min((on for on in (at.date() if at else None, day) if on), default=None)

    def save_archive(self, reports: Iterable[Report]) -> int:
        """Store dated titles of an archive; those that are there already stay. Returns how many were new.

        Another past calls for another threshold: the one on file is dropped.
        """
        new = 0
        for chunk in in_chunks(reports, _ROWS_AT_ONCE):
            rows = {stable_id(str(one.on), one.source, one.title): one for one in chunk}
            with self._write() as connection:
                statement = insert_into(connection, archived).on_conflict_do_nothing().returning(archived.c.id)
                values = [
                    {"id": key, "day": one.on, "source": one.source, "publisher": one.publisher}
                    | {"kind": one.kind, "title": one.title}
                    for key, one in rows.items()
                ]
                new += len(connection.execute(statement, values).all())
                if new:
                    connection.execute(delete(calibration))
        return new

    def save_candidates(self, candidates: Iterable[Candidate], changes: Iterable[CandidateChange] = ()) -> None:
        """Insert candidates, or update those of the same term, together with what has happened to them.

        What was decided on a candidate meanwhile stays.
        """
        rows = {one.term: dump(one, candidate) for one in candidates}
        with self._write() as connection:
            upsert(connection, candidate, [rows[term] for term in sorted(rows)], ["term"], keep=["standing", "topic"])
            _add_changes(connection, changes)

    def decide_candidate(self, one: Candidate, change: CandidateChange) -> None:
        """Store where a candidate stands from now on, and who decided that. Raises UnknownName."""
        decided = {"standing": one.standing, "topic": one.topic}
        with self._keep() as connection:
            found = update(candidate).where(candidate.c.term == one.term).values(decided).returning(candidate.c.term)
            if connection.scalar(found) is None:
                raise unknown_name("candidate", one.term, connection.scalars(select(candidate.c.term)))
            _add_changes(connection, [change])

    def list_candidate_changes(self, term: str | None = None) -> list[CandidateChange]:
        """Return what has happened to candidates, to one if named, oldest first."""
        query = select(*_CHANGE).order_by(candidate_change.c.on, candidate_change.c.number)
        if term is not None:
            query = query.where(candidate_change.c.term == term)
        with self._read() as connection:
            return [load(CandidateChange, row) for row in connection.execute(query)]

    def find_calibration(self) -> tuple[date, float] | None:
        """Return when the threshold of merit was last set, and to what."""
        query = select(calibration.c.on, calibration.c.threshold).order_by(calibration.c.on.desc()).limit(1)
        with self._read() as connection:
            row = connection.execute(query).one_or_none()
        return (row.on, row.threshold) if row else None

    def save_calibration(self, on: date, threshold: float) -> None:
        """Store a threshold and the day after the last week it rests on."""
        with self._write() as connection:
            upsert(connection, calibration, [{"on": on, "threshold": threshold}], ["on"])

    def list_candidates(self) -> list[Candidate]:
        """Return all candidates: the latest raised first, of one day the strongest."""
        order = (candidate.c.raised_on.desc(), candidate.c.strength.desc(), candidate.c.term)
        with self._read() as connection:
            return [load(Candidate, row) for row in connection.execute(select(*_CANDIDATE).order_by(*order))]

    def find_candidate(self, term: str) -> Candidate:
        """Return a candidate by its term or one of its names. Raises UnknownName."""
        known = self.list_candidates()
        found = [one for one in known if one.term == term] or [one for one in known if term in one.names]
        if not found:
            raise unknown_name("candidate", term, [one.term for one in known])
        return found[0]


def _add_changes(connection: Connection, changes: Iterable[CandidateChange]) -> None:
    """Insert changes; two workers that close the same week tell of one."""
    rows = [dump(change, candidate_change) for change in changes]
    if rows:
        upsert(connection, candidate_change, rows, ["term", "on", "what"])
