"""Where the database is, whether this Radar can use it, and the lines an operator reads when it cannot.

Shared by the store and by the lookups, hence free of SQLAlchemy and Alembic.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from radar.errors import StoreError

#: Every revision of the schema, oldest first, as in migrations/versions (a test keeps them equal).
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013")
HEAD = REVISIONS[-1]
#: Seconds a writer waits for another writer before it gives up.
BUSY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Address:
    """A database URL read: a SQLite `path`, or a `postgresql` URL that libpq understands."""

    path: Path | None
    postgresql: str = ""

    def __str__(self) -> str:
        """Return what an operator may read: never the password."""
        if self.path is not None:
            return str(self.path)
        shown = re.sub(r"(//[^:/@?]*):[^@/]*@", r"\1@", self.postgresql)
        return re.sub(r"([?&]password=)[^&]*", r"\1…", shown)


def read_address(url: str) -> Address:
    """Read `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user:password@host/name`.

    Raises StoreError for anything else, in-memory databases included: no second connection could see them.
    """
    scheme, found, rest = url.partition("://")
    if found and scheme in ("sqlite", "sqlite+pysqlite"):
        path = rest.removeprefix("/")
        if not rest.startswith("/") or path in ("", ":memory:"):
            raise StoreError("the database URL names no file: write sqlite:///path/to/radar.db")
        return Address(Path(path))
    if found and scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return Address(None, f"postgresql://{rest}")
    shown = scheme if found else url.split("@")[-1]
    raise StoreError(
        f"cannot use the database URL ({shown!r}…): write sqlite:///path/to/radar.db or postgresql://user@host/name"
    )


def check_revision(address: Address, stored: str | None) -> None:
    """Raise StoreError unless the stored revision is the one this code is written for."""
    if stored is None:
        raise StoreError(f"no database at {address}: run `radar init`")
    if stored == HEAD:
        return
    if stored in REVISIONS:
        raise StoreError(
            f"the database at {address} has revision {stored}, this Radar needs {HEAD}: "
            "run `radar init` to bring it up to date"
        )
    raise StoreError(
        f"the database at {address} has revision {stored}, which this Radar (up to {HEAD}) does not know: "
        "it was written by a newer version; upgrade Radar or restore an older backup"
    )


def say_failure(address: Address, error: BaseException) -> StoreError:
    """Return a driver's complaint as one line: its first line, without the SQL."""
    words = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    reason = words.splitlines()[0].strip()
    if address.path is None:
        return StoreError(
            f"cannot use the database at {address}: {reason}; is the server running and RADAR_DATABASE_URL right?"
        )
    if "locked" in reason:
        return StoreError(
            f"the database at {address} was busy for {BUSY_SECONDS} seconds: does another program hold it open?"
        )
    if "not a database" in reason:
        return StoreError(f"{address} is not a Radar database: move it away, then run `radar init` or restore a backup")
    return StoreError(f"cannot use the database at {address}: {reason}; check the disk and who may write there")
