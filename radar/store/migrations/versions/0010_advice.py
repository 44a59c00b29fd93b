"""Who drafted advice and when it was approved; the desk letter."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table; so far advice was approved as it was written."""
    moment = sa.DateTime(timezone=op.get_context().dialect.name == "postgresql")
    op.add_column("position", sa.Column("drafted_by", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("position", sa.Column("approved_at", moment))
    op.execute("UPDATE \"position\" SET approved_at = written_at WHERE approved_by <> ''")
    op.create_table(
        "letter",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("composed_at", moment, nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("week", name="pk_letter"),
        sa.ForeignKeyConstraint(["message_id"], ["outbox.message_id"], name="fk_letter_message_id"),
    )
