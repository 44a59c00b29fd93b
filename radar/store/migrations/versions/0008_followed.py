"""Candidates are followed: since when they have their phase, which press wrote of them, and what happened when."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, filled from what was known when a candidate was raised or confirmed, and the tables."""
    op.add_column("candidate", sa.Column("since", sa.Date()))
    op.add_column("candidate", sa.Column("as_of", sa.Date()))
    op.add_column("candidate", sa.Column("crossed", sa.Text()))
    known = "coalesce(confirmed_on, raised_on)"
    op.execute(f"UPDATE candidate SET since = {known}, as_of = {known}, crossed = '[]'")  # no input
    with op.batch_alter_table("candidate") as table:
        table.alter_column("since", existing_type=sa.Date(), nullable=False)
        table.alter_column("as_of", existing_type=sa.Date(), nullable=False)
        table.alter_column("crossed", existing_type=sa.Text(), nullable=False)
    op.create_table(
        "candidate_change",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_candidate_change"),
        sa.ForeignKeyConstraint(["term"], ["candidate.term"], name="fk_candidate_change_term"),
        sa.UniqueConstraint("term", "on", "what", name="uq_candidate_change_term"),
    )
    for what, day in (("raised", "raised_on"), ("confirmed", "confirmed_on")):
        op.execute(
            'INSERT INTO candidate_change (term, "on", what, "by", topic, sentence) '  # no input
            f"SELECT term, {day}, '{what}', '', '', sentence FROM candidate WHERE {day} IS NOT NULL ORDER BY term"
        )
    op.create_table(
        "calibration",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("on", name="pk_calibration"),
    )
