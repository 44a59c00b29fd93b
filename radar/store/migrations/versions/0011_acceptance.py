"""What executives answered, how far they have come, what they know; the key that signs links."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=op.get_context().dialect.name == "postgresql")
    op.create_table(
        "feedback",
        sa.Column("executive", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("undone_at", moment),
        sa.PrimaryKeyConstraint("executive", "week", "item", name="pk_feedback"),
        sa.ForeignKeyConstraint(["executive", "week"], ["issue.executive", "issue.week"], name="fk_feedback_executive"),
    )
    op.create_table(
        "step",
        sa.Column("number", number, nullable=False),
        sa.Column("executive", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revisit_on", sa.Date()),
        sa.Column("nudge_on", sa.Date()),
        sa.PrimaryKeyConstraint("number", name="pk_step"),
        sa.ForeignKeyConstraint(["executive"], ["executive.slug"], name="fk_step_executive"),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name="fk_step_topic"),
    )
    op.create_index("ix_step_executive", "step", ["executive", "topic", "number"])
    op.create_table(
        "taught",
        sa.Column("executive", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("familiarity", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("executive", "topic", name="pk_taught"),
        sa.ForeignKeyConstraint(["executive"], ["executive.slug"], name="fk_taught_executive"),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name="fk_taught_topic"),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secret"),
    )
