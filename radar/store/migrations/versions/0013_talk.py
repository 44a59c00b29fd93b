"""One-on-one talks."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    zoned = op.get_context().dialect.name == "postgresql"
    op.create_table(
        "talk",
        sa.Column("executive", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=zoned), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=zoned)),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("executive", "held_on", name="pk_talk"),
        sa.ForeignKeyConstraint(["executive"], ["executive.slug"], name="fk_talk_executive"),
    )
