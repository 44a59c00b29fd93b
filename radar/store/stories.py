"""Stories with their entries, topics, and the tags that join them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, or_, select, update

from radar.records import Entry, Story, Tag, Topic
from radar.store.engine import columns_of, dump, in_chunks, insert_into, load, upsert
from radar.store.index import write_marks, write_terms
from radar.store.marking import find_topics, mark_stories
from radar.store.names import unknown_name
from radar.store.tables import entry, feed, story, tag, topic, topic_name
from radar.store.watch import Watch, select_entries
from radar.text import fold_phrase

_STORY = columns_of(story, Story)


class Stories(Watch):
    """What grouping and tagging read and write."""

    def open_stories(self, since: datetime) -> list[Story]:
        """Return the stories with an entry published at or after `since`, oldest first, entries filled in."""
        with self._read() as connection:
            rows = connection.execute(
                select(*_STORY).where(story.c.last_at >= since).order_by(story.c.last_at, story.c.id)
            )
            return _fill_entries(connection, [load(Story, row) for row in rows])

    def save_stories(self, stories: Sequence[Story]) -> None:
        """Insert or update stories and make each hold exactly its entries.

        An entry named here leaves the story it was in; one no longer named becomes ungrouped; a story left empty goes
        (its id then finds the story its first entry moved to).
        """
        home = {item.id: one.id for one in stories for item in one.entries}
        if len(home) != sum(len(one.entries) for one in stories) or not all(one.entries for one in stories):
            raise ValueError("every story needs entries, and every entry one story")
        with self._write() as connection:
            _write_stories(connection, stories)
            _move_entries(connection, home)

    def find_story(self, id: str) -> Story:  # noqa: A002
        """Return a story; the id of a story that was merged finds the one it went into. Raises UnknownName."""
        with self._read() as connection:
            merged = select(entry.c.story_id).where(entry.c.id == id).scalar_subquery()
            rows = connection.execute(select(*_STORY).where(or_(story.c.id == id, story.c.id == merged))).all()
            found = sorted((load(Story, row) for row in rows), key=lambda one: one.id != id)
            if not found:
                raise unknown_name("story", id)
            return _fill_entries(connection, found[:1])[0]

    def list_stories(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        topic: str | None = None,
        limit: int = 50,
        after: tuple[datetime, str] | None = None,
    ) -> list[Story]:
        """Return stories, newest first: last published in since … until (exclusive), on one topic if named.

        `after` continues behind the story with that (last_at, id). Raises UnknownName for an unknown topic.
        """
        query = select(*_STORY).order_by(story.c.last_at.desc(), story.c.id.desc()).limit(limit)
        if since is not None:
            query = query.where(story.c.last_at >= since)
        if until is not None:
            query = query.where(story.c.last_at < until)
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

    def save_topics(self, topics: Iterable[Topic]) -> None:
        """Insert or update topics; topics not named stay."""
        listed = sorted({item.slug: item for item in topics}.values(), key=lambda item: item.slug)
        names = [
            {"folded": folded, "topic": item.slug}
            for item in listed
            for folded in sorted({fold_phrase(name) for name in (item.slug, item.name, *item.aliases)} - {""})
        ]
        with self._keep() as connection:
            upsert(connection, topic, [dump(item, topic) for item in listed], ["slug"])
            for slugs in in_chunks(item.slug for item in listed):
                connection.execute(delete(topic_name).where(topic_name.c.topic.in_(slugs)))
            if names:
                connection.execute(insert_into(connection, topic_name), names)

    def list_topics(self) -> list[Topic]:
        """Return every topic, by slug."""
        with self._read() as connection:
            rows = connection.execute(select(*columns_of(topic, Topic)).order_by(topic.c.slug))
            return [load(Topic, row) for row in rows]

    def save_tags(self, story_ids: Collection[str], tags: Iterable[Tag]) -> None:
        """Replace the tags of these stories. Raises UnknownName for a topic or story that does not exist."""
        wanted = {(item.story_id, item.topic): item for item in tags}
        replaced = set(story_ids)
        if not replaced.issuperset(story_id for story_id, _ in wanted):
            raise ValueError("a tag is on a story whose tags are not being replaced")
        with self._write() as connection:
            check_topics(connection, {slug for _, slug in wanted})
            for ids in in_chunks(sorted(replaced)):
                known = set(connection.scalars(select(story.c.id).where(story.c.id.in_(ids))))
                if len(known) < len(ids):
                    raise unknown_name("story", min(set(ids) - known))
                connection.execute(delete(tag).where(tag.c.story_id.in_(ids)))
            if wanted:
                connection.execute(insert_into(connection, tag), [dump(item, tag) for item in wanted.values()])
            mark_stories(connection, replaced)

    def tags_of(self, story_ids: Iterable[str]) -> dict[str, list[Tag]]:
        """Return the tags of each of these stories, most confident first; stories without tags are left out."""
        found: defaultdict[str, list[Tag]] = defaultdict(list)
        with self._read() as connection:
            for ids in in_chunks(dict.fromkeys(story_ids)):
                query = select(*columns_of(tag, Tag)).where(tag.c.story_id.in_(ids))
                for row in connection.execute(query.order_by(tag.c.confidence.desc(), tag.c.topic)):
                    found[row.story_id].append(load(Tag, row))
        return dict(found)


def check_topics(connection: Connection, slugs: Collection[str]) -> None:
    """Raise UnknownName unless all of these topics exist."""
    if not slugs:
        return
    known = set(connection.scalars(select(topic.c.slug)))
    for slug in sorted(slugs):
        if slug not in known:
            raise unknown_name("topic", slug, known)


def _write_stories(connection: Connection, stories: Sequence[Story]) -> None:
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
    for ids in in_chunks(sorted(left)):
        connection.execute(delete(story).where(story.c.id.in_(ids), ~exists().where(entry.c.story_id == story.c.id)))
        # Those that remain no longer hold the words of the entries that left.
        kept = select(*_STORY).where(story.c.id.in_(set(ids) - set(home.values())))
        _write_stories(connection, _fill_entries(connection, [load(Story, row) for row in connection.execute(kept)]))
