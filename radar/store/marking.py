"""Keeping the marks of stories true when feeds, tags or entries change."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from radar.store.engine import in_chunks
from radar.store.index import write_marks
from radar.store.tables import entry, feed, story, tag


def mark_stories(connection: Connection, ids: Iterable[str]) -> None:
    """Make the marks of stories what their entries, feeds and tags say now; rows that say so already stay."""
    for some in in_chunks(sorted(set(ids))):
        voices: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        of_feeds = select(entry.c.story_id, feed.c.publisher, feed.c.kind).join(feed, feed.c.url == entry.c.feed_url)
        for id_, publisher, kind in connection.execute(of_feeds.where(entry.c.story_id.in_(some)).distinct()):
            voices[id_].add((publisher, kind))
        topics = find_topics(connection, some)
        changed = []
        for id_, last_at, marks in connection.execute(
            select(story.c.id, story.c.last_at, story.c.marks).where(story.c.id.in_(some))
        ):
            publishers, kinds = zip(*voices[id_], strict=True) if voices[id_] else ((), ())
            now = write_marks(last_at, publishers, kinds, topics[id_])
            if now != marks:
                changed.append({"marked": id_, "now": now})
        if changed:
            statement = update(story).where(story.c.id == bindparam("marked")).values(marks=bindparam("now"))
            connection.execute(statement, changed)


def find_topics(connection: Connection, ids: Iterable[str]) -> defaultdict[str, list[str]]:
    """Return the topics that stories are tagged with."""
    topics: defaultdict[str, list[str]] = defaultdict(list)
    for some in in_chunks(ids):
        for id_, slug in connection.execute(select(tag.c.story_id, tag.c.topic).where(tag.c.story_id.in_(some))):
            topics[id_].append(slug)
    return topics
