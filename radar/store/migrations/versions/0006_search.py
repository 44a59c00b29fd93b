"""Search: the words of every entry, and marks for what an answer can be narrowed to."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from radar.store.index import write_marks, write_terms

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: Stories indexed at a time.
_AT_ONCE = 500


def upgrade() -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    # SQLite adds no column without a default to a table with rows.
    op.add_column("story", sa.Column("marks", sa.Text(), nullable=False, server_default=sa.text("''")))
    # The old index goes first: filling the columns would only keep it busy.
    if postgresql:
        op.execute("DROP INDEX ix_story_terms")
        op.execute("ALTER TABLE story DROP COLUMN terms_index")
    else:
        for change in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER story_fts_{change}")
        op.execute("DROP TABLE story_fts")
    _fill()
    if postgresql:
        _index_postgresql()
    else:
        _index_sqlite()


def _fill() -> None:
    connection = op.get_bind()
    last = 0
    while True:
        stories = connection.execute(
            sa.text(
                "SELECT number, id, title, summary, last_at FROM story WHERE number > :last ORDER BY number LIMIT :n"
            ),
            {"last": last, "n": _AT_ONCE},
        ).all()
        if not stories:
            return
        between = {"first": stories[0].number, "last": (last := stories[-1].number)}
        texts: dict[str, list[tuple[str, str]]] = {row.id: [] for row in stories}
        voices: dict[str, list[tuple[str, str]]] = {row.id: [] for row in stories}
        topics: dict[str, list[str]] = {row.id: [] for row in stories}
        for id_, title, summary, publisher, kind in connection.execute(
            sa.text(
                "SELECT s.id, e.title, e.summary, f.publisher, f.kind FROM story AS s "
                "JOIN entry AS e ON e.story_id = s.id "
                "JOIN feed AS f ON f.url = e.feed_url WHERE s.number BETWEEN :first AND :last "
                "ORDER BY e.published_at, e.id"
            ),
            between,
        ):
            texts[id_].append((title, summary))
            voices[id_].append((publisher, kind))
        for id_, slug in connection.execute(
            sa.text(
                "SELECT t.story_id, t.topic FROM story AS s JOIN tag AS t ON t.story_id = s.id "
                "WHERE s.number BETWEEN :first AND :last"
            ),
            between,
        ):
            topics[id_].append(slug)
        rows = [
            {
                "number": number,
                "terms": write_terms(title, summary, texts[id_]),
                "marks": write_marks(
                    _read_time(last_at), [one for one, _ in voices[id_]], [one for _, one in voices[id_]], topics[id_]
                ),
            }
            for number, id_, title, summary, last_at in stories
        ]
        connection.execute(sa.text("UPDATE story SET terms = :terms, marks = :marks WHERE number = :number"), rows)


def _read_time(value: Any) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def _index_postgresql() -> None:
    # A story's block of numbers is a word like the others: see radar/store/search.py.
    op.execute(
        "ALTER TABLE story ADD COLUMN terms_index tsvector GENERATED ALWAYS AS (array_to_tsvector("
        "string_to_array(terms, ' ') || string_to_array(marks, ' ') || ('^' || (number / 16384)::text))) STORED"
    )
    # Entries wait in a list before they reach the index, and every search reads that list: 256 kB of it, not 4 MB.
    op.execute("CREATE INDEX ix_story_terms ON story USING gin (terms_index) WITH (gin_pending_list_limit = 256)")


def _index_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE story_fts USING fts5(terms, marks, content='story', content_rowid='number', detail=none, "
        "tokenize=\"ascii tokenchars '+#&.''@=~-_%'\")"
    )
    op.execute("INSERT INTO story_fts (story_fts) VALUES ('rebuild')")
    add = "INSERT INTO story_fts (rowid, terms, marks) VALUES (new.number, new.terms, new.marks);"
    old = "VALUES ('delete', old.number, old.terms, old.marks);"
    remove = f"INSERT INTO story_fts (story_fts, rowid, terms, marks) {old}"
    op.execute(f"CREATE TRIGGER story_fts_insert AFTER INSERT ON story BEGIN {add} END")
    op.execute(f"CREATE TRIGGER story_fts_delete AFTER DELETE ON story BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER story_fts_update AFTER UPDATE OF terms, marks ON story BEGIN {remove} {add} END")
