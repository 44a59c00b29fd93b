"""Candidates, and the dated titles they are found in."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select

from radar.records import Candidate, Report
from radar.store.engine import columns_of, dump, in_chunks, insert_into, load, upsert
from radar.store.names import unknown_name
from radar.store.stories import Stories
from radar.store.tables import archived, candidate, entry, feed
from radar.text import stable_id

_CANDIDATE = columns_of(candidate, Candidate)
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
        """Store dated titles of an archive; those that are there already stay. Returns how many were new."""
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
        return new

    def save_candidates(self, candidates: Iterable[Candidate]) -> None:
        """Insert candidates, or update those of the same term."""
        rows = {one.term: dump(one, candidate) for one in candidates}
        with self._write() as connection:
            upsert(connection, candidate, [rows[term] for term in sorted(rows)], ["term"])

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
