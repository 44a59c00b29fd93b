"""What briefing keeps: issues, the outbox, alarms; and the keys of the API."""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
)

from radar.records import Issue, Letter
from radar.store.columns import Json, Text, UTCDateTime
from radar.store.tables.base import metadata

issue = Table(
    "issue",
    metadata,
    Column("executive", Text, ForeignKey("executive.slug"), primary_key=True),
    Column("week", Text, primary_key=True),
    Column("state", Text, nullable=False),  # "claimed" or "saved"
    Column("claimed_at", UTCDateTime),
    Column("lease_until", UTCDateTime),
    Column("token", Text),
    Column("composed_at", UTCDateTime),
    Column("document", Json(Issue)),
    UniqueConstraint("token"),
    Index("ix_issue_composed_at", "composed_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("executive", Text),
    Column("week", Text),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("queued_at", UTCDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UTCDateTime),
    Column("lease_until", UTCDateTime),
    Column("handed_over_at", UTCDateTime),
    Column("reply", Text, nullable=False),
    Column("sent_at", UTCDateTime),
    ForeignKeyConstraint(["executive", "week"], ["issue.executive", "issue.week"]),
    Index("ix_outbox_state", "state", "queued_at"),
    Index("ix_outbox_executive", "executive", "week"),
)

alarm = Table(
    "alarm",
    metadata,
    Column("about", Text, primary_key=True),
    Column("since_at", UTCDateTime, nullable=False),
    Column("told_at", UTCDateTime, nullable=False),
    Column("message_id", Text, ForeignKey("outbox.message_id"), nullable=False),
)

letter = Table(
    "letter",
    metadata,
    Column("week", Text, primary_key=True),
    Column("composed_at", UTCDateTime, nullable=False),
    Column("message_id", Text, ForeignKey("outbox.message_id")),  # null: the advisor had no address
    Column("document", Json(Letter), nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("executive", Text, nullable=False),
    Column("revoked_at", UTCDateTime),
)
