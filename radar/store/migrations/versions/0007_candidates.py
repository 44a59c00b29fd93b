"""Candidates, titles from before Radar was watching, and what executives raised first."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "candidate",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("confirmed_on", sa.Date()),
        sa.Column("novelty", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("titles", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("publishers", sa.Integer(), nullable=False),
        sa.Column("active_weeks", sa.Integer(), nullable=False),
        sa.Column("affinity", sa.Float(), nullable=False),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("term", name="pk_candidate"),
    )
    op.create_table(
        "archived",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archived"),
    )
    op.create_index("ix_archived_day", "archived", ["day"])
    op.create_table(
        "raised",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("executive", sa.Text(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "executive", name="pk_raised"),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name="fk_raised_topic"),
        sa.ForeignKeyConstraint(["executive"], ["executive.slug"], name="fk_raised_executive"),
    )
