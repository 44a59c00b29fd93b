"""Surveys of end users: what is asked, the links, the answers, and what they come to."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "survey",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("risen", sa.Text()),
        sa.PrimaryKeyConstraint("slug", name="pk_survey"),
    )
    op.create_table(
        "survey_link",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_survey_link"),
        sa.UniqueConstraint("survey", "name", name="uq_survey_link_survey"),
        sa.ForeignKeyConstraint(["survey"], ["survey.slug"], name="fk_survey_link_survey"),
    )
    op.create_table(
        "survey_answer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("satisfaction", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_answer"),
        sa.ForeignKeyConstraint(["survey"], ["survey.slug"], name="fk_survey_answer_survey"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_answer_survey", "survey_answer", ["survey"])
    op.create_table(
        "survey_text",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_text"),
        sa.ForeignKeyConstraint(["survey"], ["survey.slug"], name="fk_survey_text_survey"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_text_survey", "survey_text", ["survey"])
    op.create_table(
        "need",
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("asking", sa.Integer()),
        sa.Column("at_least", sa.Boolean(), nullable=False),
        sa.Column("satisfaction", sa.Float()),
        sa.Column("before", sa.Float()),
        sa.Column("asking_before", sa.Integer()),
        sa.Column("answers_before", sa.Integer()),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("survey", "topic", name="pk_need"),
        sa.ForeignKeyConstraint(["survey"], ["survey.slug"], name="fk_need_survey"),
    )
    op.create_index("ix_need_topic", "need", ["topic"])
