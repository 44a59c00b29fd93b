"""Entries are compared by their text itself; only those in a story stand in the index of stories."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("entry", "content_hash")
    op.drop_index("ix_entry_story_id", "entry")
    grouped = sa.text("story_id IS NOT NULL")
    op.create_index("ix_entry_story_id", "entry", ["story_id"], sqlite_where=grouped, postgresql_where=grouped)
