"""What watching keeps: feeds and crawls, entries and stories, topics and tags, signals and candidates."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
    true,
)

from radar.records import Crossing, Evidence
from radar.store.columns import Json, Number, Text, UTCDateTime, words
from radar.store.tables.base import metadata

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
