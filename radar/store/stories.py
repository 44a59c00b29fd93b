"""Stories with their entries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, or_, select, text, update

from radar.records import Entry, Story
from radar.store.engine import columns_of, dump, in_chunks, load, upsert
from radar.store.index import write_marks, write_terms
from radar.store.marking import find_topics
from radar.store.names import unknown_name
from radar.store.tables import entry, feed, story, story_alias, story_correction, tag
from radar.store.tagging import Tagging, check_topics
from radar.store.watch import Watch, select_entries

_STORY = columns_of(story, Story)


class Stories(Tagging, Watch):
    """What grouping reads and writes."""

    def open_stories(self, since: datetime) -> list[Story]:
        """Return the stories with an entry published at or after `since`, oldest first, entries filled in."""
        with self._read() as connection:
            rows = connection.execute(
                select(*_STORY).where(story.c.last_at >= since).order_by(story.c.last_at, story.c.id)
            )
            return _fill_entries(connection, [load(Story, row) for row in rows])

    def save_stories(self, stories: Sequence[Story], corrected: int | None = None) -> bool:
        """Insert or update stories and make each hold exactly its entries; tell whether that was done.

        An entry named here leaves the story it was in; one no longer named becomes ungrouped; a story left empty goes,
        and its id from then on finds the story that took its entries over. With `corrected` (see `count_corrections`)
        nothing is done if the advisor has corrected stories since.
        """
        check_homes(stories)
        with self._write() as connection:
            if corrected is not None:
                if connection.dialect.name == "postgresql":  # who is correcting just now ends first, or waits
                    connection.execute(text("LOCK TABLE story_correction IN SHARE MODE"))
                if _count_corrections(connection) != corrected:
                    return False
            write_stories(connection, stories)
        return True

    def count_corrections(self) -> int:
        """Return how often stories were corrected, undoing included: equal counts mean equal corrections."""
        with self._read() as connection:
            return _count_corrections(connection)

    def find_story(self, id: str) -> Story:  # noqa: A002
        """Return a story; the id of a story that was merged finds the one it went into. Raises UnknownName."""
        with self._read() as connection:
            merged = select(story_alias.c.story_id).where(story_alias.c.id == id).scalar_subquery()
            rows = connection.execute(select(*_STORY).where(or_(story.c.id == id, story.c.id == merged))).all()
            found = sorted((load(Story, row) for row in rows), key=lambda one: one.id != id)
            if not found:
                raise unknown_name("story", id)
            return _fill_entries(connection, found[:1])[0]

    def list_merged(self, ids: Iterable[str]) -> dict[str, str]:
        """Return where those of the stories are that went into another: old id → today's."""
        found: dict[str, str] = {}
        with self._read() as connection:
            for some in in_chunks(dict.fromkeys(ids)):
                rows = connection.execute(
                    select(story_alias.c.id, story_alias.c.story_id).where(story_alias.c.id.in_(some))
                )
                found.update((id_, story_id) for id_, story_id in rows)
        return found

    def list_stories(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        begun_before: datetime | None = None,
        topic: str | None = None,
        limit: int = 50,
        after: tuple[datetime, str] | None = None,
    ) -> list[Story]:
        """Return stories, newest first: last published in since … until (exclusive), on one topic if named.

        `begun_before` asks for those of which something was published before that. `after` continues behind the story
        with that (last_at, id). Raises UnknownName for an unknown topic.
        """
        query = select(*_STORY).order_by(story.c.last_at.desc(), story.c.id.desc()).limit(limit)
        if since is not None:
            query = query.where(story.c.last_at >= since)
        if until is not None:
            query = query.where(story.c.last_at < until)
        if begun_before is not None:
            query = query.where(story.c.first_at < begun_before)
        if after is not None:
            at, id_ = after
            query = query.where(
                story.c.last_at <= at, or_(story.c.last_at < at, and_(story.c.last_at == at, story.c.id < id_))
            )
        with self._read() as connection:
            if topic is not None:
                check_topics(connection, [topic])
                query = query.join(tag, and_(tag.c.story_id == story.c.id, tag.c.topic == topic))
            return _fill_entries(connection, [load(Story, row) for row in connection.execute(query)])

    def known_stories(self, ids: Iterable[str]) -> list[Story]:
        """Return those of the stories that exist, in the order asked for."""
        wanted = list(dict.fromkeys(ids))
        with self._read() as connection:
            found: dict[str, Story] = {}
            for chunk in in_chunks(wanted):
                for row in connection.execute(select(*_STORY).where(story.c.id.in_(chunk))):
                    found[row.id] = load(Story, row)
            return _fill_entries(connection, [found[id_] for id_ in wanted if id_ in found])

    def stories_of(self, entry_ids: Iterable[str]) -> list[Story]:
        """Return the stories that hold any of these entries, by id."""
        with self._read() as connection:
            found: dict[str, Story] = {}
            for ids in in_chunks(dict.fromkeys(entry_ids)):
                holding = select(entry.c.story_id).where(entry.c.id.in_(ids))
                for row in connection.execute(select(*_STORY).where(story.c.id.in_(holding))):
                    found[row.id] = load(Story, row)
            return _fill_entries(connection, [found[id_] for id_ in sorted(found)])


def check_homes(stories: Sequence[Story]) -> None:
    """Raise ValueError unless every story has entries and every entry one story."""
    entries = [item.id for one in stories for item in one.entries]
    if len(set(entries)) != len(entries) or not all(one.entries for one in stories):
        raise ValueError("every story needs entries, and every entry one story")


def write_stories(connection: Connection, stories: Sequence[Story]) -> None:
    """Make each of these stories hold exactly its entries; see `Stories.save_stories`."""
    _write_rows(connection, stories)
    _move_entries(connection, {item.id: one.id for one in stories for item in one.entries})


def _count_corrections(connection: Connection) -> int:
    number, undone = story_correction.c.number, story_correction.c.undone_at
    return connection.scalar(select(func.count(number) + func.count(undone))) or 0


def _write_rows(connection: Connection, stories: Sequence[Story]) -> None:
    """Insert new stories, oldest first, so that story.number follows the news; update those that changed."""
    rows = _index_stories(connection, stories)
    stored: dict[str, dict[str, Any]] = {}
    for ids in in_chunks(rows):
        query = select(*_STORY, story.c.terms, story.c.marks).where(story.c.id.in_(ids))
        stored.update({row.id: dict(row._mapping) for row in connection.execute(query)})
    changed = [row | {"stored_id": id_} for id_, row in sorted(rows.items()) if id_ in stored and row != stored[id_]]
    if changed:
        connection.execute(update(story).where(story.c.id == bindparam("stored_id")), changed)
    # Not by upsert alone: on PostgreSQL every row that is there already would use up a number.
    new = [row for id_, row in rows.items() if id_ not in stored]
    upsert(connection, story, sorted(new, key=lambda row: (row["last_at"], row["id"])), ["id"])
    for ids in in_chunks(row["id"] for row in new):  # a merging that was undone
        connection.execute(delete(story_alias).where(story_alias.c.id.in_(ids)))


def _index_stories(connection: Connection, stories: Sequence[Story]) -> dict[str, dict[str, Any]]:
    """Return the stories' rows, by id, with the words and marks a search finds them by."""
    voices: dict[str, tuple[str, str]] = {}
    for urls in in_chunks(sorted({item.feed_url for one in stories for item in one.entries})):
        query = select(feed.c.url, feed.c.publisher, feed.c.kind).where(feed.c.url.in_(urls))
        voices |= {url: (publisher, kind) for url, publisher, kind in connection.execute(query)}
    topics = find_topics(connection, [one.id for one in stories])
    rows = {}
    for one in stories:
        heard = [voices[item.feed_url] for item in one.entries if item.feed_url in voices]
        rows[one.id] = dump(
            one,
            story,
            terms=write_terms(one.title, one.summary, ((item.title, item.summary) for item in one.entries)),
            marks=write_marks(one.last_at, [who for who, _ in heard], [kind for _, kind in heard], topics[one.id]),
        )
    return rows


def _fill_entries(connection: Connection, stories: list[Story]) -> list[Story]:
    members: defaultdict[str, list[Entry]] = defaultdict(list)
    for ids in in_chunks(one.id for one in stories):
        query = select_entries(entry.c.story_id).where(entry.c.story_id.in_(ids))
        for row in connection.execute(query.order_by(entry.c.published_at, entry.c.id)):
            fields = dict(row._mapping)
            members[fields.pop("story_id")].append(Entry(**fields))
    return [replace(one, entries=tuple(members[one.id])) for one in stories]


def _move_entries(connection: Connection, home: dict[str, str]) -> None:
    """Give every entry its new story and free those that are named no longer."""
    stored: dict[str, str | None] = {}
    for ids in in_chunks(home):
        query = select(entry.c.id, entry.c.story_id).where(entry.c.id.in_(ids))
        stored.update({row.id: row.story_id for row in connection.execute(query)})
    if len(stored) < len(home):
        raise ValueError(f"an entry that was never crawled cannot join a story: {min(set(home) - set(stored))}")
    moves: list[dict[str, str | None]] = [
        {"moved": id_, "to": home[id_]} for id_ in sorted(home) if stored[id_] != home[id_]
    ]
    left = {old for id_, old in stored.items() if old is not None and old != home[id_]}
    for ids in in_chunks(sorted(set(home.values()))):
        members = connection.scalars(select(entry.c.id).where(entry.c.story_id.in_(ids)))
        moves += [{"moved": id_, "to": None} for id_ in members if id_ not in home]
    if moves:
        connection.execute(
            update(entry).where(entry.c.id == bindparam("moved")).values(story_id=bindparam("to")), moves
        )
    heirs: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for id_, old in stored.items():
        if old in left:
            heirs[old][home[id_]] += 1
    for ids in in_chunks(sorted(left)):
        empty = select(story.c.id).where(story.c.id.in_(ids), ~exists().where(entry.c.story_id == story.c.id))
        for old in sorted(connection.scalars(empty)):
            heir = min(heirs[old], key=lambda id_: (-heirs[old][id_], id_))
            follow = update(story_alias).where(story_alias.c.story_id == old)
            connection.execute(follow.values(story_id=heir))
            upsert(connection, story_alias, [{"id": old, "story_id": heir}], ["id"])
            connection.execute(delete(story).where(story.c.id == old))
    # Those that remain no longer hold the words of the entries that left.
    kept = [id_ for id_ in sorted(left) if id_ not in home.values()]
    for ids in in_chunks(kept):
        rows = connection.execute(select(*_STORY).where(story.c.id.in_(ids)))
        _write_rows(connection, _fill_entries(connection, [load(Story, row) for row in rows]))
