"""What the advisor put right about stories, and the ids of stories that went into others."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    zoned = op.get_context().dialect.name == "postgresql"
    op.create_table(
        "story_alias",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story_alias"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_alias_story_id"),
    )
    op.create_index("ix_story_alias_story_id", "story_alias", ["story_id"])
    op.create_table(
        "story_correction",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "story", "other", "entries", "rest")),
        sa.Column("at", sa.DateTime(timezone=zoned), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=zoned), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_story_correction"),
    )
