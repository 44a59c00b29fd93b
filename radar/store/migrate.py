"""Create a database or bring it to this version's schema."""

from pathlib import Path

from sqlalchemy import exc, text

from radar.errors import StoreError
from radar.store.address import HEAD, REVISIONS, check_revision, read_address, say_failure
from radar.store.engine import create_database_engine

#: Any number will do, as long as nothing else on the server locks the same one: "Radar" in ASCII.
_LOCK = 0x5261646172


def migrate(url: str) -> None:
    """Create the database's tables or upgrade them; safe when several do it at once, and to repeat.

    A PostgreSQL database itself must exist. Raises StoreError.
    """
    address = read_address(url)
    if address.path is not None:
        try:
            address.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make the folder of the database {address}: {error.strerror}") from None
    engine = create_database_engine(address)
    try:
        # One transaction from the lock to the last table: others wait, and a failure leaves nothing half made.
        with engine.execution_options(radar_intent="keep").begin() as connection:
            if address.path is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            there = engine.dialect.has_table(connection, "alembic_version")
            stored = connection.scalar(text("SELECT version_num FROM alembic_version")) if there else None
            if stored == HEAD:
                return
            if stored is not None and stored not in REVISIONS:
                check_revision(address, stored)
            from alembic import command  # 0.4 s, for those who need it
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except exc.DatabaseError as error:
        raise say_failure(address, error) from error
    finally:
        engine.dispose()
