"""What listening keeps: executives, their statements, the advice on file."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    text,
)

from radar.records import Proposal, Risen, Statement, Subject
from radar.store.columns import Json, Number, Text, UTCDateTime, words
from radar.store.tables.base import metadata

executive = Table(
    "executive",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("tz", Text, nullable=False),
    Column("day", Integer, nullable=False),
    Column("time", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("enrolled_at", UTCDateTime),
    Column("detail", Text, nullable=False, server_default="standard"),
)

statement = Table(
    "statement",
    metadata,
    Column("id", Text, primary_key=True),
    Column("executive", Text, ForeignKey("executive.slug"), nullable=False),
    Column("text", Text, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("noted_on", Date),
    Column("occasion", Text, nullable=False),
    Column("review_on", Date),
    Column("topics", words(), nullable=False),
    Column("include", words(), nullable=False),
    Column("mute", words(), nullable=False),
    Column("ended_on", Date),
    Column("proposed", Json(tuple[Proposal, ...]), nullable=False, server_default="[]"),
    Column("dismissed", words(), nullable=False, server_default="[]"),
    Index("ix_statement_executive", "executive"),
)

statement_change = Table(
    "statement_change",
    metadata,
    Column("number", Number, primary_key=True),
    Column("statement_id", Text, ForeignKey("statement.id"), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("statement", Json(Statement), nullable=False),
    Index("ix_statement_change_statement_id", "statement_id", "number"),
)

position = Table(
    "position",
    metadata,
    Column("topic", Text, ForeignKey("topic.slug"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("ring", Text, nullable=False),
    Column("so_what", Text, nullable=False),
    Column("say", Text, nullable=False),
    Column("written_at", UTCDateTime, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("due_on", Date),
    Column("owner", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("review_on", Date),
    Column("drafted_by", Text, nullable=False, server_default=text("''")),
    Column("approved_at", UTCDateTime),
)

raised = Table(
    "raised",
    metadata,
    Column("topic", Text, ForeignKey("topic.slug"), primary_key=True),
    Column("executive", Text, ForeignKey("executive.slug"), primary_key=True),
    Column("raised_on", Date, nullable=False),
)

survey = Table(
    "survey",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("subjects", Json(tuple[Subject, ...]), nullable=False),
    Column("questions", Json(tuple[str, str]), nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("state", Text, nullable=False),  # "draft", "open" or "closed"
    Column("closed_on", Date),
    Column("answers", Integer, nullable=False),
    Column("risen", Json(Risen)),
)

survey_link = Table(
    "survey_link",
    metadata,
    Column("token", Text, primary_key=True),
    Column("survey", Text, ForeignKey("survey.slug"), nullable=False),
    Column("name", Text, nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("people", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("reminded", Boolean, nullable=False),
    UniqueConstraint("survey", "name"),
)

# Keys are random and SQLite orders the rows by them: a row number would tell who answered before whom.
survey_answer = Table(
    "survey_answer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("survey", Text, ForeignKey("survey.slug"), nullable=False),
    Column("needs", words(), nullable=False),
    Column("satisfaction", Json(dict[str, int]), nullable=False),
    Index("ix_survey_answer_survey", "survey"),
    sqlite_with_rowid=False,
)

survey_text = Table(
    "survey_text",
    metadata,
    Column("id", Text, primary_key=True),
    Column("survey", Text, ForeignKey("survey.slug"), nullable=False),
    Column("question", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("topics", words(), nullable=False),
    Index("ix_survey_text_survey", "survey"),
    sqlite_with_rowid=False,
)

need = Table(
    "need",
    metadata,
    Column("survey", Text, ForeignKey("survey.slug"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("closed_on", Date, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("asking", Integer),
    Column("at_least", Boolean, nullable=False),
    Column("satisfaction", Float),
    Column("before", Float),
    Column("asking_before", Integer),
    Column("answers_before", Integer),
    Column("sentence", Text, nullable=False),
    Index("ix_need_topic", "topic"),
)

talk = Table(
    "talk",
    metadata,
    Column("executive", Text, ForeignKey("executive.slug"), primary_key=True),
    Column("held_on", Date, primary_key=True),
    Column("noted_at", UTCDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("next_at", UTCDateTime),
    Column("moved", Integer, nullable=False),
)
