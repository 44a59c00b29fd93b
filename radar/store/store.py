"""The store as the rest of Radar knows it, and how to open it."""

from types import TracebackType
from typing import Any

from sqlalchemy import exc, text

from radar.records import Status
from radar.store.acceptance import Steps
from radar.store.address import check_revision, read_address, say_failure
from radar.store.brief import Brief
from radar.store.candidates import Candidates
from radar.store.corrections import Corrections
from radar.store.counts import Counts
from radar.store.engine import create_database_engine
from radar.store.erase import Erasing
from radar.store.feedback import Answers
from radar.store.glance import read_status
from radar.store.letters import Letters
from radar.store.listen import Listen
from radar.store.match import ANYTHING, Filters
from radar.store.positions import Positions
from radar.store.search import Found, search_stories
from radar.store.surveys import Surveys
from radar.store.talks import Talks


class Store(
    Counts, Candidates, Corrections, Listen, Positions, Talks, Letters, Surveys, Brief, Answers, Steps, Erasing
):
    """Everything Radar remembers. One method is one transaction; threads may share it.

    Every method raises StoreError when the database is out of reach.
    """

    def status(self) -> Status:
        """Return the installation at a glance."""
        with self._read() as connection:
            return read_status(lambda sql: [tuple(row) for row in connection.exec_driver_sql(sql)])

    def search_stories(self, question: str, *, limit: int = 20, filters: Filters = ANYTHING) -> list[Found]:
        """Return the stories that answer a question best, as `radar.store.search` says. Raises UnknownName."""
        sqlite = self._address.path is not None
        with self._read() as connection:

            def ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
                sql = sql if sqlite else sql.replace("?", "%s")
                return [tuple(row) for row in connection.exec_driver_sql(sql, values)]

            return search_stories(ask, sqlite, question, limit, filters)

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_store(url: str) -> Store:
    """Open the database at a URL. Raises StoreError when it is missing, out of reach or of another version."""
    address = read_address(url)
    if address.path is not None and not address.path.exists():
        check_revision(address, None)
    engine = create_database_engine(address)
    try:
        with engine.connect() as connection:
            there = engine.dialect.has_table(connection, "alembic_version")
            stored = connection.scalar(text("SELECT version_num FROM alembic_version")) if there else None
        check_revision(address, stored)
    except exc.DatabaseError as error:  # SQLite says so of a file that is none
        engine.dispose()
        raise say_failure(address, error) from error
    except BaseException:
        engine.dispose()
        raise
    return Store(address, engine)
