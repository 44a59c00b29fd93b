"""Feeds, the visits to them, and the entries they brought."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from radar.records import Activity, Crawl, Entry, Feed
from radar.store.bulk import Bulk, select_in
from radar.store.columns import Text, UTCDateTime
from radar.store.engine import Database, columns_of, dump, in_chunks, insert_into, load, upsert
from radar.store.glance import read_activity
from radar.store.marking import mark_stories
from radar.store.names import unknown_name
from radar.store.tables import crawl, entry, feed, host
from radar.text import host_of

#: An entry that keeps changing is a counter, not news: its text stays as this version had it.
REVISIONS_KEPT = 24
#: Visits remembered per feed.
CRAWLS_KEPT = 50

#: Any number will do, as long as nothing else on the server locks the same one: "Take" in ASCII.
_TAKING = 0x54616B65

#: What was seen of a feed's entries is long, and for the crawler only.
_FEED = [column for column in columns_of(feed, Feed) if column.name != "seen"]
_VOICES = select(feed.c.url, feed.c.publisher, feed.c.kind)
_ENTRY = [*columns_of(entry, Entry), feed.c.publisher, feed.c.kind, feed.c.title.label("source")]

#: What the rows of a feed, an entry and a crawl take over as it is.
_STATE = [column.name for column in columns_of(feed, Crawl)]
_OF_ENTRY = [column.name for column in columns_of(entry, Entry) if column.name != "feed_url"]
_OF_VISIT = [c.name for c in columns_of(crawl, Crawl) if c.name not in ("outcome", "entries_new")]
_state_values, _entry_values, _visit_values = attrgetter(*_STATE), attrgetter(*_OF_ENTRY), attrgetter(*_OF_VISIT)


class Watch(Database):
    """What the crawler reads and writes."""

    def sync_feeds(self, feeds: Iterable[Feed]) -> None:
        """Make the listed feeds those of feeds.toml.

        New ones are due at once; kind, publisher, title and whether it is paused follow the file; what crawling left
        behind is kept, also of feeds no longer listed and of their entries.
        """
        rows = [
            dump(item, feed, listed=True, lease_until=None, host=host_of(item.url))
            for item in {f.url: f for f in feeds}.values()
        ]
        state = {column.name for column in feed.c} - {"url", "kind", "publisher", "title", "listed", "paused"}
        with self._keep() as connection:
            listed = set(connection.scalars(select(feed.c.url).where(feed.c.listed)))
            gone = sorted(listed - {row["url"] for row in rows})
            for urls in in_chunks(gone):
                connection.execute(update(feed).where(feed.c.url.in_(urls)).values(listed=False))
            voices = {row.url: (row.publisher, row.kind) for row in connection.execute(_VOICES)}
            upsert(connection, feed, sorted(rows, key=lambda row: str(row["url"])), ["url"], keep=state)
            for row in rows:
                if voices.get(url := row["url"], here := (row["publisher"], row["kind"])) != here:
                    told = select(entry.c.story_id).where(entry.c.feed_url == url, entry.c.story_id.is_not(None))
                    mark_stories(connection, connection.scalars(told.distinct()))

    def take_due_feeds(self, now: datetime, lease: timedelta, limit: int, force: bool = False) -> list[Feed]:
        """Lease the listed feeds that are due, longest due first; nobody else gets them until `now + lease`.

        A host's feeds are taken together, so that of several workers only one asks a host at a time: there may be a
        few more than `limit`. With `force` all are due, except those that are paused or at whose host somebody is.
        """
        taken = feed.c.lease_until > now
        due: ColumnElement[bool] = and_(
            feed.c.listed, ~feed.c.paused, feed.c.host.not_in(select(feed.c.host).where(taken))
        )
        if not force:
            due = and_(due, or_(feed.c.next_due_at.is_(None), feed.c.next_due_at <= now))
        first = select(feed.c.host).where(due).order_by(feed.c.next_due_at.asc().nulls_first(), feed.c.url).limit(limit)
        taking = (
            update(feed)
            .where(feed.c.host.in_(first), due)
            .values(lease_until=now + lease)
            .returning(*_FEED, feed.c.seen)
        )
        with self._write() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time; here takers take turns
                connection.execute(select(func.pg_advisory_xact_lock(_TAKING)))
            rows = [load(Feed, row) for row in connection.execute(taking)]
        return sorted(rows, key=lambda f: (f.next_due_at is not None, f.next_due_at, f.url))

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
        """Record one visit as `save_crawls` does; return the new entries as they are stored. Raises UnknownName."""
        arrived = list(entries)
        [new] = self.save_crawls([(visit, arrived)])
        if not new:
            return []
        with self._read() as connection:
            stored: dict[str, Entry] = {}
            for ids in in_chunks(new):
                rows = connection.execute(select_entries().where(entry.c.id.in_(ids)))
                stored |= {row.id: load(Entry, row) for row in rows}
        return [stored[key] for key in new]

    def save_crawls(self, visits: Sequence[tuple[Crawl, Sequence[Entry]]]) -> list[list[str]]:
        """Record visits in one transaction: their rows, the feeds' next states, the entries; end the leases.

        Return the ids of each visit's new entries. Entries already stored are updated where their text changed; when
        they were first seen and published stays. Those that came with the last document and have not changed since
        (`visit.seen`) need not be given again. Whether the outcome is "new entries" or "unchanged" is what the store
        finds. Raises UnknownName, and then nothing of all is stored.
        """
        saved: list[list[str]] = []
        states, crawls, rows = [], [], []
        with self._write() as connection:
            # First the feeds' rows, in one order: on PostgreSQL their locks make two visits to one feed take turns.
            _lock_feeds(connection, sorted({visit.feed_url for visit, _ in visits}))
            known = _find_known(connection, [item.id for _, entries in visits for item in entries])
            for visit, entries in visits:
                new = []
                # The first of two with one identity counts.
                for item in {item.id: item for item in reversed(entries)}.values():
                    if item.id not in known:
                        new.append(item.id)
                        known.add(item.id)
                    rows.append((*_entry_values(item), visit.feed_url, 1))
                saved.append(new[::-1])
                failed = visit.outcome == "failed"
                outcome = "failed" if failed else "new entries" if new else "unchanged"
                states.append((*_state_values(visit), visit.at, None if failed else visit.at, visit.feed_url))
                crawls.append((*_visit_values(visit), outcome, len(new)))
            bulks = self._bulks
            bulks.change_state.run(connection, states)
            bulks.keep_entry.run(connection, rows)
            bulks.add_crawl.run(connection, crawls)
            bulks.drop_old.run(connection, [(visit.feed_url,) for visit, _ in visits])
        return saved

    @cached_property
    def _bulks(self) -> "_Bulks":
        """The statements of `save_crawls`, in this database's dialect."""
        return _Bulks(self._engine)

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


class _Bulks:
    """What saving visits writes."""

    def __init__(self, engine: Engine) -> None:
        url: BindParameter[str] = bindparam("of_url", type_=Text)
        success: BindParameter[datetime] = bindparam("success_at", type_=UTCDateTime)
        changing = update(feed).where(feed.c.url == url)
        changing = changing.values(lease_until=None, last_success_at=func.coalesce(success, feed.c.last_success_at))
        columns = [*(feed.c[name] for name in _STATE), feed.c.last_crawl_at]
        self.change_state = Bulk(
            changing, columns, engine.dialect, success_at=feed.c.last_success_at, of_url=feed.c.url
        )

        keeping = insert_into(engine, entry)
        new = keeping.excluded
        # What a reader would call a change: not the times, which feeds without dates make up at every visit.
        text = ("url", "title", "summary", "author")
        changed = or_(*(entry.c[name] != new[name] for name in text))
        keeping = keeping.on_conflict_do_update(
            index_elements=["id"],
            set_={**{name: new[name] for name in text}, "revisions": entry.c.revisions + 1},
            where=and_(changed, entry.c.revisions < REVISIONS_KEPT),
        )
        columns = [*(entry.c[name] for name in _OF_ENTRY), entry.c.feed_url, entry.c.revisions]
        self.keep_entry = Bulk(keeping, columns, engine.dialect)

        columns = [*(crawl.c[name] for name in _OF_VISIT), crawl.c.outcome, crawl.c.entries_new]
        self.add_crawl = Bulk(insert_into(engine, crawl).inline(), columns, engine.dialect)

        here = crawl.c.feed_url == url
        oldest_first = select(crawl.c.number).where(here).order_by(crawl.c.number.desc())
        oldest_kept = oldest_first.offset(literal_column(str(CRAWLS_KEPT))).limit(literal_column("1")).scalar_subquery()
        self.drop_old = Bulk(
            delete(crawl).where(here, crawl.c.number <= oldest_kept), [], engine.dialect, of_url=crawl.c.feed_url
        )


def _lock_feeds(connection: Connection, urls: Sequence[str]) -> None:
    """Lock the rows of feeds where the database locks rows. Raises UnknownName."""
    lock = "" if connection.dialect.name == "sqlite" else " ORDER BY url FOR UPDATE"
    there = {row[0] for row in select_in(connection, f"SELECT url FROM feed WHERE url IN (?){lock}", urls)}
    for url in urls:
        if url not in there:
            raise unknown_name("feed", url, _similar_feeds(connection, url))


def _find_known(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Return those of the ids under which an entry is stored."""
    return {row[0] for row in select_in(connection, "SELECT id FROM entry WHERE id IN (?)", ids)}


def _similar_feeds(connection: Connection, url: str) -> list[str]:
    """Return feeds of the same host, for a hint; comparing with ten thousand URLs would take a second."""
    host = url.split("://")[-1].split("/")[0].removeprefix("www.")
    return list(connection.scalars(select(feed.c.url).where(feed.c.url.contains(host, autoescape=True)).limit(20)))
