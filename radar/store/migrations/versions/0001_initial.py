"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _at(name: str, nullable: bool = False) -> sa.Column[Any]:
    """A point in time: with its zone where the database knows zones, in UTC as text on SQLite."""
    zoned = op.get_context().dialect.name == "postgresql"
    return sa.Column(name, sa.DateTime(timezone=zoned), nullable=nullable)


def _text(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _number() -> sa.Column[Any]:
    return sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def upgrade() -> None:
    _create_watch()
    _create_search()
    _create_listen()
    _create_brief()


def _create_watch() -> None:
    op.create_table(
        "feed",
        _text("url"),
        _text("kind"),
        _text("publisher"),
        _text("title"),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        _text("state"),
        _text("reason"),
        _text("etag"),
        _text("last_modified"),
        _text("body_hash"),
        _text("seen"),
        _text("moved_to"),
        _at("moved_since_at", nullable=True),
        _whole("failures"),
        _at("failing_since_at", nullable=True),
        _whole("ttl"),
        _at("last_crawl_at", nullable=True),
        _at("last_success_at", nullable=True),
        _at("next_due_at", nullable=True),
        _at("lease_until", nullable=True),
        sa.PrimaryKeyConstraint("url", name="pk_feed"),
    )
    op.create_index("ix_feed_next_due_at", "feed", ["next_due_at"])
    op.create_table(
        "host",
        _text("name"),
        _at("closed_until_at"),
        sa.PrimaryKeyConstraint("name", name="pk_host"),
    )
    op.create_table(
        "crawl",
        _number(),
        _text("feed_url"),
        _at("at"),
        _text("outcome"),
        _text("state"),
        _text("reason"),
        _at("next_due_at"),
        _whole("status"),
        _text("etag"),
        _text("last_modified"),
        _text("body_hash"),
        _text("moved_to"),
        _at("moved_since_at", nullable=True),
        _whole("failures"),
        _at("failing_since_at", nullable=True),
        _whole("ttl"),
        _whole("entries_seen"),
        _whole("entries_new"),
        sa.PrimaryKeyConstraint("number", name="pk_crawl"),
        sa.ForeignKeyConstraint(["feed_url"], ["feed.url"], name="fk_crawl_feed_url"),
    )
    op.create_index("ix_crawl_feed_url", "crawl", ["feed_url", "number"])
    op.create_table(
        "story",
        _number(),
        _text("id"),
        _text("title"),
        _text("url"),
        _text("summary"),
        _at("first_at"),
        _at("last_at"),
        _text("terms"),
        sa.PrimaryKeyConstraint("number", name="pk_story"),
        sa.UniqueConstraint("id", name="uq_story_id"),
    )
    op.create_index("ix_story_last_at", "story", ["last_at", "id"])
    op.create_table(
        "entry",
        _text("id"),
        _text("feed_url"),
        _text("entry_id"),
        _text("url"),
        _text("title"),
        _at("published_at"),
        _at("first_seen_at"),
        _text("summary"),
        _text("author"),
        _text("content_hash"),
        _whole("revisions"),
        _text("story_id", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.ForeignKeyConstraint(["feed_url"], ["feed.url"], name="fk_entry_feed_url"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_entry_story_id"),
    )
    op.create_index("ix_entry_story_id", "entry", ["story_id"])
    op.create_index("ix_entry_feed_url", "entry", ["feed_url", "published_at"])
    ungrouped = sa.text("story_id IS NULL")
    op.create_index(
        "ix_entry_ungrouped", "entry", ["published_at", "id"], sqlite_where=ungrouped, postgresql_where=ungrouped
    )
    op.create_table(
        "topic",
        _text("slug"),
        _text("name"),
        _text("quadrant"),
        _text("definition"),
        _text("primer"),
        _text("parent"),
        _text("aliases"),
        _text("seeds"),
        _text("not_terms"),
        sa.PrimaryKeyConstraint("slug", name="pk_topic"),
    )
    op.create_table(
        "topic_name",
        _text("folded"),
        _text("topic"),
        sa.PrimaryKeyConstraint("folded", "topic", name="pk_topic_name"),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name="fk_topic_name_topic"),
    )
    op.create_table(
        "tag",
        _text("story_id"),
        _text("topic"),
        sa.Column("confidence", sa.Float(), nullable=False),
        _text("terms"),
        sa.PrimaryKeyConstraint("story_id", "topic", name="pk_tag"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_tag_story_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name="fk_tag_topic"),
    )
    op.create_index("ix_tag_topic", "tag", ["topic", "story_id"])
    op.create_table(
        "signal",
        _text("topic"),
        sa.Column("week", sa.Date(), nullable=False),
        _text("phase", nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        _text("previous", nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        _text("evidence"),
        _text("sentence"),
        sa.PrimaryKeyConstraint("topic", "week", name="pk_signal"),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name="fk_signal_topic"),
    )
    op.create_index("ix_signal_week", "signal", ["week"])


def _create_search() -> None:
    """The full-text index over story.terms: words are already cut, so the database only splits at spaces."""
    if op.get_context().dialect.name == "postgresql":
        # Stored, because a common word makes PostgreSQL read the whole table, and parsing that again took 1.5 s for
        # 25,000 stories; from an array, because its parser would cut node.js and o'neill once more.
        op.execute(
            "ALTER TABLE story ADD COLUMN terms_index tsvector "
            "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(terms, ' '))) STORED"
        )
        op.execute("CREATE INDEX ix_story_terms ON story USING gin (terms_index)")
        return
    # detail=none: which stories hold a word, not where; a third of the size. Triggers keep it in the same transaction.
    op.execute(
        "CREATE VIRTUAL TABLE story_fts USING fts5(terms, content='story', content_rowid='number', detail=none, "
        "tokenize=\"ascii tokenchars '+#&.'''\")"
    )
    add = "INSERT INTO story_fts (rowid, terms) VALUES (new.number, new.terms);"
    remove = "INSERT INTO story_fts (story_fts, rowid, terms) VALUES ('delete', old.number, old.terms);"
    op.execute(f"CREATE TRIGGER story_fts_insert AFTER INSERT ON story BEGIN {add} END")
    op.execute(f"CREATE TRIGGER story_fts_delete AFTER DELETE ON story BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER story_fts_update AFTER UPDATE OF terms ON story BEGIN {remove} {add} END")


def _create_listen() -> None:
    op.create_table(
        "executive",
        _text("slug"),
        _text("name"),
        _text("role"),
        _text("email"),
        _text("tz"),
        _whole("day"),
        _text("time"),
        sa.Column("paused", sa.Boolean(), nullable=False),
        _at("enrolled_at", nullable=True),
        sa.PrimaryKeyConstraint("slug", name="pk_executive"),
    )
    op.create_table(
        "statement",
        _text("id"),
        _text("executive"),
        _text("text"),
        _whole("weight"),
        sa.Column("noted_on", sa.Date(), nullable=True),
        _text("occasion"),
        sa.Column("review_on", sa.Date(), nullable=True),
        _text("topics"),
        _text("include"),
        _text("mute"),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_statement"),
        sa.ForeignKeyConstraint(["executive"], ["executive.slug"], name="fk_statement_executive"),
    )
    op.create_index("ix_statement_executive", "statement", ["executive"])
    op.create_table(
        "statement_change",
        _number(),
        _text("statement_id"),
        _at("at"),
        _text("by"),
        _text("statement"),
        sa.PrimaryKeyConstraint("number", name="pk_statement_change"),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name="fk_statement_change_statement_id"),
    )
    op.create_index("ix_statement_change_statement_id", "statement_change", ["statement_id", "number"])
    op.create_table(
        "position",
        _text("topic"),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        _text("ring"),
        _text("so_what"),
        _text("say"),
        _at("written_at"),
        _text("next_step"),
        sa.Column("due_on", sa.Date(), nullable=True),
        _text("owner"),
        _text("approved_by"),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("topic", "version", name="pk_position"),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name="fk_position_topic"),
    )


def _create_brief() -> None:
    op.create_table(
        "issue",
        _text("executive"),
        _text("week"),
        _text("state"),
        _at("claimed_at", nullable=True),
        _at("lease_until", nullable=True),
        _text("token", nullable=True),
        _at("composed_at", nullable=True),
        _text("document", nullable=True),
        sa.PrimaryKeyConstraint("executive", "week", name="pk_issue"),
        sa.ForeignKeyConstraint(["executive"], ["executive.slug"], name="fk_issue_executive"),
        sa.UniqueConstraint("token", name="uq_issue_token"),
    )
    op.create_index("ix_issue_composed_at", "issue", ["composed_at"])
    op.create_table(
        "outbox",
        _text("message_id"),
        _text("executive", nullable=True),
        _text("week", nullable=True),
        _text("sender"),
        _text("recipient"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _at("queued_at"),
        _text("state"),
        _whole("attempts"),
        _at("next_attempt_at", nullable=True),
        _at("lease_until", nullable=True),
        _at("handed_over_at", nullable=True),
        _text("reply"),
        _at("sent_at", nullable=True),
        sa.PrimaryKeyConstraint("message_id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["executive", "week"], ["issue.executive", "issue.week"], name="fk_outbox_executive"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "queued_at"])
    op.create_index("ix_outbox_executive", "outbox", ["executive", "week"])
    op.create_table(
        "alarm",
        _text("about"),
        _at("since_at"),
        _at("told_at"),
        _text("message_id"),
        sa.PrimaryKeyConstraint("about", name="pk_alarm"),
        sa.ForeignKeyConstraint(["message_id"], ["outbox.message_id"], name="fk_alarm_message_id"),
    )
    op.create_table(
        "api_key",
        _text("prefix"),
        _text("name"),
        _text("scope"),
        _text("secret_hash"),
        _at("created_at"),
        _text("executive"),
        _at("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("prefix", name="pk_api_key"),
    )
