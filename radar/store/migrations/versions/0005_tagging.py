"""What the advisor said of tags, what the tagger has learnt, and topics that are in no file any more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=op.get_context().dialect.name == "postgresql")
    op.add_column("topic", sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "tag_correction",
        sa.Column("number", number, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_tag_correction"),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name="fk_tag_correction_topic"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_tag_correction_entry_id"),
    )
    op.create_index("ix_tag_correction_entry_id", "tag_correction", ["entry_id"])
    op.create_table(
        "training",
        sa.Column("number", number, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("rival", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("model", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_training"),
    )
