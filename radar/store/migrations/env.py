"""Alembic's entry: run the versions on the connection that radar.store.migrate holds, inside its transaction."""

from typing import Any

from alembic import context

from radar.store.tables import metadata

#: Made by the migrations in the databases' own words, which the comparison with tables.py cannot read.
HAND_MADE = ("story_fts", "terms_index", "ix_story_terms")


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Leave the full-text index out of comparisons."""
    return not (name or "").startswith(HAND_MADE)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=include_name,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
