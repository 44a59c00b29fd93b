"""Feeds, the visits to them, and the entries they brought."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, or_, select, update

from radar.records import Activity, Crawl, Entry, Feed
from radar.store.engine import Database, columns_of, dump, in_chunks, insert_into, load, upsert
from radar.store.glance import read_activity
from radar.store.names import unknown_name
from radar.store.tables import crawl, entry, feed, host

#: An entry that keeps changing is a counter, not news: its text stays as this version had it.
REVISIONS_KEPT = 24
#: Visits remembered per feed.
CRAWLS_KEPT = 50

_FEED = columns_of(feed, Feed)
_ENTRY = [*columns_of(entry, Entry), feed.c.publisher, feed.c.kind, feed.c.title.label("source")]


class Watch(Database):
    """What the crawler reads and writes."""

    def sync_feeds(self, feeds: Iterable[Feed]) -> None:
        """Make the listed feeds those of feeds.toml.

        New ones are due at once; kind, publisher, title and whether it is paused follow the file; what crawling left
        behind is kept, also of feeds no longer listed and of their entries.
        """
        rows = [dump(item, feed, listed=True, lease_until=None) for item in {f.url: f for f in feeds}.values()]
        state = {column.name for column in feed.c} - {"url", "kind", "publisher", "title", "listed", "paused"}
        with self._keep() as connection:
            listed = set(connection.scalars(select(feed.c.url).where(feed.c.listed)))
            gone = sorted(listed - {row["url"] for row in rows})
            for urls in in_chunks(gone):
                connection.execute(update(feed).where(feed.c.url.in_(urls)).values(listed=False))
            upsert(connection, feed, sorted(rows, key=lambda row: str(row["url"])), ["url"], keep=state)

    def take_due_feeds(self, now: datetime, lease: timedelta, limit: int, force: bool = False) -> list[Feed]:
        """Lease the listed feeds that are due, longest due first; nobody else gets them until `now + lease`.

        With `force` all are due, except those that are paused or that somebody holds.
        """
        due: ColumnElement[bool] = and_(
            feed.c.listed, ~feed.c.paused, or_(feed.c.lease_until.is_(None), feed.c.lease_until <= now)
        )
        if not force:
            due = and_(due, or_(feed.c.next_due_at.is_(None), feed.c.next_due_at <= now))
        # PostgreSQL: two workers skip each other's rows; the condition is repeated outside because a row may have
        # been leased between the reading and the locking. SQLite has one writer at a time and ignores the lock.
        chosen = (
            select(feed.c.url)
            .where(due)
            .order_by(feed.c.next_due_at.asc().nulls_first(), feed.c.url)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("chosen")
        )
        taking = (
            update(feed)
            .where(feed.c.url.in_(select(chosen.c.url)), due)
            .values(lease_until=now + lease)
            .returning(*_FEED)
        )
        with self._write() as connection:
            taken = [load(Feed, row) for row in connection.execute(taking)]
        return sorted(taken, key=lambda f: (f.next_due_at is not None, f.next_due_at, f.url))

    def release_feeds(self, urls: Iterable[str]) -> None:
        """End the leases of feeds that will not be visited after all: they are due again."""
        with self._write() as connection:
            for some in in_chunks(urls):
                connection.execute(update(feed).where(feed.c.url.in_(some)).values(lease_until=None))

    def close_host(self, name: str, until: datetime) -> None:
        """Remember that a host asked to be left alone until then; of two times the later one holds."""
        with self._write() as connection:
            statement = insert_into(connection, host).values(name=name, closed_until_at=until)
            later = statement.excluded.closed_until_at
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["name"],
                    set_={"closed_until_at": later},
                    where=host.c.closed_until_at < later,
                )
            )

    def list_closed_hosts(self, now: datetime) -> dict[str, datetime]:
        """Return the hosts that asked to be left alone, each with the end of that time."""
        with self._read() as connection:
            rows = connection.execute(select(host).where(host.c.closed_until_at > now))
            return {row.name: row.closed_until_at for row in rows}

    def measure_feeds(self, now: datetime, urls: Sequence[str] = ()) -> dict[str, Activity]:
        """Return what feeds (all, if none is named) have published lately; one without entries is left out."""
        with self._read() as connection:
            mark = "?" if connection.dialect.name == "sqlite" else "%s"

            def ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
                return [tuple(row) for row in connection.exec_driver_sql(sql.replace("?", mark), values)]

            activity: dict[str, Activity] = {}
            for some in in_chunks(urls) if urls else [[]]:
                activity |= read_activity(ask, now, some)
            return activity

    def save_crawl(self, visit: Crawl, entries: Iterable[Entry] = ()) -> list[Entry]:
        """Record a visit: its row, the feed's next state, its entries; end the lease. Return the new entries.

        Entries already stored are updated where their text changed; when they were first seen and published stays.
        Whether the outcome is "new entries" or "unchanged" is what the store finds. Raises UnknownName.
        """
        arrived = {item.id: item for item in reversed(list(entries))}  # the first of two with one identity counts
        with self._write() as connection:
            # First the feed's row: on PostgreSQL its lock makes two visits to one feed take turns.
            state = dump(visit, feed, last_crawl_at=visit.at, lease_until=None)
            if visit.outcome != "failed":
                state["last_success_at"] = visit.at
            owner = connection.execute(
                update(feed)
                .where(feed.c.url == visit.feed_url)
                .values(state)
                .returning(feed.c.publisher, feed.c.kind, feed.c.title)
            ).one_or_none()
            if owner is None:
                raise unknown_name("feed", visit.feed_url, _similar_feeds(connection, visit.feed_url))
            known: set[str] = set()
            for ids in in_chunks(arrived):
                known.update(connection.scalars(select(entry.c.id).where(entry.c.id.in_(ids))))
            _upsert_entries(connection, visit.feed_url, list(arrived.values()))
            new = [
                replace(item, feed_url=visit.feed_url, publisher=owner.publisher, kind=owner.kind, source=owner.title)
                for item in reversed(arrived.values())
                if item.id not in known
            ]
            if visit.outcome != "failed":
                visit = replace(visit, outcome="new entries" if new else "unchanged")
            _append_crawl(connection, replace(visit, entries_new=len(new)))
        return new

    def list_feeds(self) -> list[Feed]:
        """Return the listed feeds, by URL."""
        with self._read() as connection:
            return [
                load(Feed, row) for row in connection.execute(select(*_FEED).where(feed.c.listed).order_by(feed.c.url))
            ]

    def find_feed(self, url: str) -> Feed:
        """Return one feed, listed or not. Raises UnknownName."""
        with self._read() as connection:
            row = connection.execute(select(*_FEED).where(feed.c.url == url)).one_or_none()
            if row is None:
                raise unknown_name("feed", url, _similar_feeds(connection, url))
            return load(Feed, row)

    def list_crawls(self, feed_url: str, limit: int = CRAWLS_KEPT) -> list[Crawl]:
        """Return the last visits to a feed, newest first. Raises UnknownName."""
        with self._read() as connection:
            rows = connection.execute(
                select(*columns_of(crawl, Crawl))
                .where(crawl.c.feed_url == feed_url)
                .order_by(crawl.c.number.desc())
                .limit(limit)
            ).all()
            if not rows and connection.scalar(select(feed.c.url).where(feed.c.url == feed_url)) is None:
                raise unknown_name("feed", feed_url, _similar_feeds(connection, feed_url))
            return [load(Crawl, row) for row in rows]

    def ungrouped_entries(self, limit: int) -> list[Entry]:
        """Return entries that belong to no story yet, oldest first."""
        with self._read() as connection:
            return [
                load(Entry, row)
                for row in connection.execute(
                    select_entries()
                    .where(entry.c.story_id.is_(None))
                    .order_by(entry.c.published_at, entry.c.id)
                    .limit(limit)
                )
            ]


def select_entries(*more: ColumnElement[Any]) -> "Select[*tuple[Any, ...]]":
    """Select entries with the publisher, kind and title their feed has today."""
    return select(*_ENTRY, *more).join(feed, feed.c.url == entry.c.feed_url)


def _upsert_entries(connection: Connection, feed_url: str, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    rows = [dump(item, entry, feed_url=feed_url, content_hash=_hash_content(item), revisions=1) for item in entries]
    statement = insert_into(connection, entry)
    new = statement.excluded
    changing = ("url", "title", "summary", "author", "content_hash")
    statement = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={**{name: new[name] for name in changing}, "revisions": entry.c.revisions + 1},
        where=and_(entry.c.content_hash != new.content_hash, entry.c.revisions < REVISIONS_KEPT),
    )
    connection.execute(statement, rows)


def _hash_content(item: Entry) -> str:
    """Hash what a reader would call a change; not the times, which feeds without dates make up at every visit."""
    content = "\x1f".join((item.url, item.title, item.summary, item.author))
    return hashlib.blake2b(content.encode("utf-8", "replace"), digest_size=10).hexdigest()


def _append_crawl(connection: Connection, visit: Crawl) -> None:
    connection.execute(insert_into(connection, crawl), [dump(visit, crawl)])
    here = crawl.c.feed_url == visit.feed_url
    oldest_kept = (
        select(crawl.c.number)
        .where(here)
        .order_by(crawl.c.number.desc())
        .offset(CRAWLS_KEPT)
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(delete(crawl).where(here, crawl.c.number <= oldest_kept))


def _similar_feeds(connection: Connection, url: str) -> list[str]:
    """Return feeds of the same host, for a hint; comparing with ten thousand URLs would take a second."""
    host = url.split("://")[-1].split("/")[0].removeprefix("www.")
    return list(connection.scalars(select(feed.c.url).where(feed.c.url.contains(host, autoescape=True)).limit(20)))
