"""What the advisor put right about stories."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert, select, update

from radar.errors import RadarError
from radar.records import Correction, Story
from radar.store.engine import columns_of, dump, load
from radar.store.names import unknown_name
from radar.store.stories import Stories, check_homes, write_stories
from radar.store.tables import story_correction

_CORRECTION = columns_of(story_correction, Correction)


class Corrections(Stories):
    """What the advisor's desk reads and writes about stories."""

    def save_correction(self, correction: Correction, stories: Sequence[Story]) -> Correction:
        """Store a correction with the stories it changes, as one; return it with its number."""
        check_homes(stories)
        row = dump(correction, story_correction)
        del row["number"]
        with self._keep() as connection:
            number = connection.scalar(insert(story_correction).values(row).returning(story_correction.c.number))
            write_stories(connection, stories)
        return replace(correction, number=number or 0)

    def end_correction(self, correction: Correction, stories: Sequence[Story]) -> None:
        """Store that a correction was undone, with the stories that changes. Raises RadarError if it was before."""
        check_homes(stories)
        columns = story_correction.c
        ending = update(story_correction).where(columns.number == correction.number, columns.undone_at.is_(None))
        with self._keep() as connection:
            ended = connection.execute(
                ending.values(undone_at=correction.undone_at, undone_by=correction.undone_by).returning(columns.number)
            )
            if ended.one_or_none() is None:
                raise RadarError(f"correction {correction.number} has been undone already")
            write_stories(connection, stories)

    def find_correction(self, number: int) -> Correction:
        """Return one correction. Raises UnknownName."""
        with self._read() as connection:
            row = connection.execute(select(*_CORRECTION).where(story_correction.c.number == number)).one_or_none()
            if row is None:
                raise unknown_name("correction", str(number))
            return load(Correction, row)

    def list_corrections(self) -> list[Correction]:
        """Return every correction, those undone too, oldest first."""
        with self._read() as connection:
            rows = connection.execute(select(*_CORRECTION).order_by(story_correction.c.number))
            return [load(Correction, row) for row in rows]
