"""What executives answered, how far they have come, what they know; and the key that signs the links they answer by."""

from sqlalchemy import Column, Date, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Table

from radar.store.columns import Number, Text, UTCDateTime
from radar.store.tables.base import metadata

feedback = Table(
    "feedback",
    metadata,
    Column("executive", Text, primary_key=True),
    Column("week", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("channel", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("story", Text, nullable=False),
    Column("claim", Text, nullable=False),
    Column("undone_at", UTCDateTime),
    ForeignKeyConstraint(["executive", "week"], ["issue.executive", "issue.week"]),
)

step = Table(
    "step",
    metadata,
    Column("number", Number, primary_key=True),
    Column("executive", Text, ForeignKey("executive.slug"), nullable=False),
    Column("topic", Text, ForeignKey("topic.slug"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("channel", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("revisit_on", Date),
    Column("nudge_on", Date),
    Index("ix_step_executive", "executive", "topic", "number"),
)

taught = Table(
    "taught",
    metadata,
    Column("executive", Text, ForeignKey("executive.slug"), primary_key=True),
    Column("topic", Text, ForeignKey("topic.slug"), primary_key=True),
    Column("familiarity", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("by", Text, nullable=False),
)

secret = Table(
    "secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
)
