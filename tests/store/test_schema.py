"""The schema: what migrations build is what tables.py declares, and opening says what is wrong with a database."""

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from radar.errors import StoreError
from radar.store import migrate, open_store
from radar.store.address import HEAD, REVISIONS, Address, read_address
from radar.store.engine import create_database_engine
from radar.store.lookup import open_lookup

MIGRATIONS = Path(__file__).parents[2] / "radar/store/migrations"


def test_migrated_schema_is_the_declared_one(database_url: str) -> None:
    """Alembic, comparing the migrated database with tables.py, finds no difference."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from radar.store.tables import metadata

    def include(name: str | None, kind: str, parents: object) -> bool:
        return not (name or "").startswith(("story_fts", "terms_index", "ix_story_terms"))

    engine = create_database_engine(read_address(database_url))
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": include}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    assert differences == []


def test_constraints_carry_the_declared_names(database_url: str) -> None:
    """Primary keys, foreign keys and unique constraints are named alike, so that later migrations can drop them."""
    from radar.store.tables import metadata

    engine = create_database_engine(read_address(database_url))
    inspector = sa.inspect(engine)
    for table in metadata.sorted_tables:
        found = {inspector.get_pk_constraint(table.name)["name"]}
        found |= {key["name"] for key in inspector.get_foreign_keys(table.name)}
        found |= {key["name"] for key in inspector.get_unique_constraints(table.name)}
        declared = {str(constraint.name) for constraint in table.constraints}
        assert found == declared
    engine.dispose()


def test_full_text_index_exists(database_url: str) -> None:
    """What the comparison leaves out is there: FTS5 with its triggers, or the GIN index."""
    engine = create_database_engine(read_address(database_url))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            names = set(connection.scalars(sa.text("SELECT name FROM sqlite_master")))
            assert {"story_fts", "story_fts_insert", "story_fts_update", "story_fts_delete"} <= names
        else:
            definition = connection.scalar(
                sa.text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_story_terms'")
            )
            assert "USING gin (terms_index)" in str(definition)
    engine.dispose()


def test_the_code_knows_every_revision_in_order() -> None:
    """REVISIONS, which opening compares with, is what Alembic would walk through."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    walked = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(walked)) == REVISIONS


def test_migrating_creates_and_repeating_changes_nothing(bare_database_url: str) -> None:
    """The first call makes the database, the second finds nothing to do."""
    migrate(bare_database_url)
    migrate(bare_database_url)
    with open_store(bare_database_url) as store:
        assert store.list_feeds() == []


def test_several_may_migrate_at_once(bare_database_url: str) -> None:
    """Four migrations started together all return, and the database is whole."""
    failures: list[BaseException] = []
    together = threading.Barrier(4)

    def run() -> None:
        together.wait()
        try:
            migrate(bare_database_url)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    open_store(bare_database_url).close()


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    """`radar init` in an empty place needs no mkdir; percent signs and spaces in the path are only characters."""
    url = f"sqlite:///{tmp_path}/100% new/data/radar.db"
    migrate(url)
    open_store(url).close()


@pytest.mark.parametrize("opened_by", [open_store, open_lookup])
def test_a_missing_database_says_what_to_run(bare_database_url: str, opened_by: object) -> None:
    """Neither a missing file nor an empty database is created or filled by opening it."""
    with pytest.raises(StoreError, match=r"^no database at .*: run `radar init`$"):
        opened_by(bare_database_url)  # type: ignore[operator]
    path = read_address(bare_database_url).path
    assert path is None or not path.exists()


@pytest.mark.parametrize("opened_by", [open_store, open_lookup])
@pytest.mark.parametrize(
    ("stored", "line"),
    [("0000", "which this Radar .* does not know: it was written by a newer version"), ("old", "run `radar init`")],
)
def test_a_database_of_another_version_is_refused(
    database_url: str, opened_by: object, stored: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older asks for `radar init`, unknown is called newer; the rows are not touched."""
    engine = create_database_engine(read_address(database_url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :stored"), {"stored": stored})
    engine.dispose()
    monkeypatch.setattr("radar.store.address.REVISIONS", ("old", HEAD))
    with pytest.raises(StoreError, match=line) as refusal:
        opened_by(database_url)  # type: ignore[operator]
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("opened_by", [open_store, open_lookup, migrate])
def test_a_file_that_is_no_database_gets_one_line(tmp_path: Path, opened_by: object) -> None:
    """A text file in the place of the database is named and left alone."""
    path = tmp_path / "radar.db"
    path.write_text("these are my notes, not a database\n" * 50)
    with pytest.raises(StoreError, match="is not a Radar database: move it away"):
        opened_by(f"sqlite:///{path}")  # type: ignore[operator]
    assert path.read_text().startswith("these are my notes")


@pytest.mark.parametrize("opened_by", [open_store, open_lookup, migrate])
def test_a_server_out_of_reach_gets_one_line_without_the_password(opened_by: object) -> None:
    """Nobody listens on port 1."""
    line = r"^cannot use the database at postgresql://radar@127\.0\.0\.1:1/radar: .*; is the server running"
    with pytest.raises(StoreError, match=line) as refusal:
        opened_by("postgresql://radar:secret@127.0.0.1:1/radar")  # type: ignore[operator]
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("url", ["", "radar.db", "mysql://u:secret@host/x", "sqlite://", "sqlite:///:memory:"])
def test_a_url_of_another_kind_gets_one_line(url: str) -> None:
    """The line says how to write one."""
    with pytest.raises(StoreError, match=r"write sqlite:///path/to/radar\.db") as refusal:
        open_store(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d"])
def test_every_spelling_of_postgresql_is_understood(url: str) -> None:
    """Hosting providers write postgres://, SQLAlchemy's users postgresql+psycopg://."""
    assert read_address(url) == Address(None, "postgresql://u@h/d")


def test_sqlite_is_set_up_for_one_writer_and_many_readers(tmp_path: Path) -> None:
    """The file is in WAL mode, foreign keys hold."""
    migrate(f"sqlite:///{tmp_path}/radar.db")
    with sqlite3.connect(tmp_path / "radar.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    engine = create_database_engine(read_address(f"sqlite:///{tmp_path}/radar.db"))
    with engine.connect() as opened:
        assert opened.scalar(sa.text("PRAGMA foreign_keys")) == 1
        assert opened.scalar(sa.text("PRAGMA busy_timeout")) == 30_000
    engine.dispose()


def test_candidates_from_before_they_were_followed_are_brought_along(bare_database_url: str) -> None:
    """A database of revision 0007: what was raised and confirmed is the history of each candidate."""
    from alembic import command
    from alembic.config import Config

    engine = create_database_engine(read_address(bare_database_url))
    with engine.execution_options(radar_intent="keep").begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        for term, confirmed_on in (("quorvex", "'2026-11-23'"), ("blenta", "NULL")):
            connection.execute(
                sa.text(
                    "INSERT INTO candidate VALUES (:term, :names, '2026-11-02', 'early', "
                    f"{confirmed_on}, 'new', 'rising', 0.3, 5.0, 8, 21, 1.5, 9, 8, 0.1, '2026-09-28', 'words', 'open', "
                    "'')"
                ),
                {"term": term, "names": f'["{term}"]'},
            )
    engine.dispose()
    migrate(bare_database_url)
    with open_store(bare_database_url) as store:
        known = {
            one.term: (one.since.isoformat(), one.as_of.isoformat(), one.crossed) for one in store.list_candidates()
        }
        assert known == {"quorvex": ("2026-11-23", "2026-11-23", ()), "blenta": ("2026-11-02", "2026-11-02", ())}
        told = [(change.term, change.what, change.on.isoformat()) for change in store.list_candidate_changes()]
        assert told == [
            ("blenta", "raised", "2026-11-02"),
            ("quorvex", "raised", "2026-11-02"),
            ("quorvex", "confirmed", "2026-11-23"),
        ]
