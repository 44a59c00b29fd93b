"""The tables as this code expects them; docs/data.md explains every column, migrations/ builds them.

Columns carry the names of the records' fields, so that a row is a record. Texts that say nothing are '', not null; null
means "not yet".
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
    true,
)

from radar.records import Crossing, Evidence, Issue, Statement
from radar.store.columns import Json, Number, Text, UTCDateTime, words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# -- watch ------------------------------------------------------------------------------------------------------------

feed = Table(
    "feed",
    metadata,
    Column("url", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("seen", words(), nullable=False),
    Column("moved_to", Text, nullable=False),
    Column("moved_since_at", UTCDateTime),
    Column("failures", Integer, nullable=False),
    Column("failing_since_at", UTCDateTime),
    Column("ttl", Integer, nullable=False),
    Column("last_crawl_at", UTCDateTime),
    Column("last_success_at", UTCDateTime),
    Column("next_due_at", UTCDateTime),
    Column("lease_until", UTCDateTime),
    Column("host", Text),
    Index("ix_feed_next_due_at", "next_due_at"),
    Index("ix_feed_host", "host"),
)

host = Table(
    "host",
    metadata,
    Column("name", Text, primary_key=True),
    Column("closed_until_at", UTCDateTime, nullable=False),
)

crawl = Table(
    "crawl",
    metadata,
    Column("number", Number, primary_key=True),
    Column("feed_url", Text, ForeignKey("feed.url"), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("next_due_at", UTCDateTime, nullable=False),
    Column("status", Integer, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("moved_to", Text, nullable=False),
    Column("moved_since_at", UTCDateTime),
    Column("failures", Integer, nullable=False),
    Column("failing_since_at", UTCDateTime),
    Column("ttl", Integer, nullable=False),
    Column("entries_seen", Integer, nullable=False),
    Column("entries_new", Integer, nullable=False),
    Index("ix_crawl_feed_url", "feed_url", "number"),
)

story = Table(
    "story",
    metadata,
    # SQLite's full-text index needs a number that VACUUM leaves alone.
    Column("number", Number, primary_key=True),
    Column("id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("first_at", UTCDateTime, nullable=False),
    Column("last_at", UTCDateTime, nullable=False),
    Column("terms", Text, nullable=False),
    Column("marks", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("id"),
    Index("ix_story_last_at", "last_at", "id"),
)

entry = Table(
    "entry",
    metadata,
    Column("id", Text, primary_key=True),
    Column("feed_url", Text, ForeignKey("feed.url"), nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published_at", UTCDateTime, nullable=False),
    Column("first_seen_at", UTCDateTime, nullable=False),
    Column("summary", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("revisions", Integer, nullable=False),
    Column("story_id", Text, ForeignKey("story.id")),
    Index(
        "ix_entry_story_id",
        "story_id",
        sqlite_where=text("story_id IS NOT NULL"),
        postgresql_where=text("story_id IS NOT NULL"),
    ),
    Index("ix_entry_feed_url", "feed_url", "published_at"),
    Index(
        "ix_entry_ungrouped",
        "published_at",
        "id",
        sqlite_where=text("story_id IS NULL"),
        postgresql_where=text("story_id IS NULL"),
    ),
)

story_alias = Table(
    "story_alias",
    metadata,
    Column("id", Text, primary_key=True),
    Column("story_id", Text, ForeignKey("story.id"), nullable=False),
    Index("ix_story_alias_story_id", "story_id"),
)

story_correction = Table(
    "story_correction",
    metadata,
    Column("number", Number, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("story", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("entries", words(), nullable=False),
    Column("rest", words(), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("undone_at", UTCDateTime),
    Column("undone_by", Text, nullable=False),
)

topic = Table(
    "topic",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("quadrant", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("primer", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("aliases", words(), nullable=False),
    Column("seeds", words(), nullable=False),
    Column("not_terms", words(), nullable=False),
    Column("listed", Boolean, nullable=False, server_default=true()),
)

topic_name = Table(
    "topic_name",
    metadata,
    Column("folded", Text, primary_key=True),
    Column("topic", Text, ForeignKey("topic.slug"), primary_key=True),
)

tag = Table(
    "tag",
    metadata,
    Column("story_id", Text, ForeignKey("story.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", Text, ForeignKey("topic.slug"), primary_key=True),
    Column("confidence", Float, nullable=False),
    Column("terms", words(), nullable=False),
    Index("ix_tag_topic", "topic", "story_id"),
)

tag_correction = Table(
    "tag_correction",
    metadata,
    Column("number", Number, primary_key=True),
    Column("entry_id", Text, ForeignKey("entry.id"), nullable=False),
    Column("topic", Text, ForeignKey("topic.slug"), nullable=False),
    Column("wanted", Boolean),
    Column("at", UTCDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Index("ix_tag_correction_entry_id", "entry_id"),
)

training = Table(
    "training",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("basis", Text, nullable=False),
    Column("stories", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("corrections", Integer, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("score", Float),
    Column("rival", Float),
    Column("reason", Text, nullable=False),
    Column("model", LargeBinary),
)

signal = Table(
    "signal",
    metadata,
    Column("topic", Text, ForeignKey("topic.slug"), primary_key=True),
    Column("week", Date, primary_key=True),
    Column("phase", Text),
    Column("since", Date, nullable=False),
    Column("previous", Text),
    Column("confirmed", Boolean, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("evidence", Json(Evidence), nullable=False),
    Column("sentence", Text, nullable=False),
    Index("ix_signal_week", "week"),
)

candidate = Table(
    "candidate",
    metadata,
    Column("term", Text, primary_key=True),
    Column("names", Json(tuple[str, ...]), nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("level", Text, nullable=False),
    Column("confirmed_on", Date),
    Column("novelty", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("strength", Float, nullable=False),
    Column("weeks", Integer, nullable=False),
    Column("titles", Integer, nullable=False),
    Column("expected", Float, nullable=False),
    Column("publishers", Integer, nullable=False),
    Column("active_weeks", Integer, nullable=False),
    Column("affinity", Float, nullable=False),
    Column("first_seen_on", Date, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("crossed", Json(tuple[Crossing, ...]), nullable=False),
)

candidate_change = Table(
    "candidate_change",
    metadata,
    Column("number", Number, primary_key=True),
    Column("term", Text, ForeignKey("candidate.term"), nullable=False),
    Column("on", Date, nullable=False),
    Column("what", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    UniqueConstraint("term", "on", "what"),
)

calibration = Table(
    "calibration",
    metadata,
    Column("on", Date, primary_key=True),
    Column("threshold", Float, nullable=False),
)

archived = Table(
    "archived",
    metadata,
    Column("id", Text, primary_key=True),
    Column("day", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Index("ix_archived_day", "day"),
)

# -- listen -----------------------------------------------------------------------------------------------------------

raised = Table(
    "raised",
    metadata,
    Column("topic", Text, ForeignKey("topic.slug"), primary_key=True),
    Column("executive", Text, ForeignKey("executive.slug"), primary_key=True),
    Column("raised_on", Date, nullable=False),
)

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
)

# -- brief ------------------------------------------------------------------------------------------------------------

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
