"""Topics, the tags that join them to stories, what the advisor said of tags, and what the tagger has learnt."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, func, insert, select, update

from radar.records import Tag, TagCorrection, Topic, Training
from radar.store.engine import Database, columns_of, dump, in_chunks, insert_into, load, upsert
from radar.store.marking import mark_stories
from radar.store.names import unknown_name
from radar.store.tables import story, tag, tag_correction, topic, topic_name, training
from radar.text import fold_phrase

_TRAINING = columns_of(training, Training)
#: Attempts of the tagger to learn that are kept.
_TRAININGS_KEPT = 50


class Tagging(Database):
    """What tagging and the topics' desk read and write."""

    def save_topics(self, topics: Iterable[Topic]) -> None:
        """Insert or update topics; topics not named stay."""
        with self._keep() as connection:
            _write_topics(connection, topics)

    def sync_topics(self, topics: Iterable[Topic]) -> None:
        """Make the listed topics these. One that is named no longer loses its tags; its history and advice stay."""
        listed = list(topics)
        with self._keep() as connection:
            _write_topics(connection, listed)
            gone = set(connection.scalars(select(topic.c.slug).where(topic.c.listed))) - {item.slug for item in listed}
            for slugs in in_chunks(sorted(gone)):
                connection.execute(update(topic).where(topic.c.slug.in_(slugs)).values(listed=False))
                connection.execute(delete(topic_name).where(topic_name.c.topic.in_(slugs)))
                tagged = list(connection.scalars(select(tag.c.story_id).where(tag.c.topic.in_(slugs)).distinct()))
                connection.execute(delete(tag).where(tag.c.topic.in_(slugs)))
                mark_stories(connection, tagged)

    def list_topics(self) -> list[Topic]:
        """Return every listed topic, by slug."""
        with self._read() as connection:
            rows = connection.execute(select(*columns_of(topic, Topic)).where(topic.c.listed).order_by(topic.c.slug))
            return [load(Topic, row) for row in rows]

    def save_tags(self, story_ids: Collection[str], tags: Iterable[Tag]) -> None:
        """Replace the tags of these stories. Raises UnknownName for a topic or story that does not exist."""
        with self._write() as connection:
            _write_tags(connection, story_ids, tags)

    def tags_of(self, story_ids: Iterable[str]) -> dict[str, list[Tag]]:
        """Return the tags of each of these stories, most confident first; stories without tags are left out."""
        found: defaultdict[str, list[Tag]] = defaultdict(list)
        with self._read() as connection:
            for ids in in_chunks(dict.fromkeys(story_ids)):
                query = select(*columns_of(tag, Tag)).where(tag.c.story_id.in_(ids))
                for row in connection.execute(query.order_by(tag.c.confidence.desc(), tag.c.topic)):
                    found[row.story_id].append(load(Tag, row))
        return dict(found)

    def save_tag_correction(self, said: TagCorrection, story_id: str, tags: Iterable[Tag]) -> None:
        """Keep what the advisor said, with the tags its story has from now on. Raises UnknownName."""
        with self._keep() as connection:
            check_topics(connection, [said.topic])
            connection.execute(insert(tag_correction), [dump(said, tag_correction)])
            _write_tags(connection, [story_id], tags)

    def list_tag_corrections(self) -> list[TagCorrection]:
        """Return the latest of what was said on each pair of entry and topic, without what was taken back."""
        latest = select(func.max(tag_correction.c.number)).group_by(tag_correction.c.entry_id, tag_correction.c.topic)
        query = select(*columns_of(tag_correction, TagCorrection)).where(
            tag_correction.c.number.in_(latest), tag_correction.c.wanted.is_not(None)
        )
        with self._read() as connection:
            rows = connection.execute(query.order_by(tag_correction.c.entry_id, tag_correction.c.topic))
            return [load(TagCorrection, row) for row in rows]

    def save_training(self, attempt: Training, model: bytes | None) -> None:
        """Keep how an attempt to learn ended; an accepted one's model replaces the one in service."""
        with self._write() as connection:
            if attempt.accepted:
                connection.execute(update(training).values(model=None))
            connection.execute(insert(training), [dump(attempt, training, model=model if attempt.accepted else None)])
            oldest = select(training.c.number).order_by(training.c.number.desc()).limit(_TRAININGS_KEPT)
            kept = set(connection.scalars(oldest))
            connection.execute(delete(training).where(training.c.number < min(kept), training.c.model.is_(None)))

    def last_training(self) -> Training | None:
        """Return the last attempt to learn, accepted or refused."""
        with self._read() as connection:
            row = connection.execute(select(*_TRAINING).order_by(training.c.number.desc()).limit(1)).one_or_none()
            return None if row is None else load(Training, row)

    def find_model(self) -> tuple[Training, bytes] | None:
        """Return the attempt whose model is in service, and the model as its bytes."""
        query = select(*_TRAINING, training.c.model).where(training.c.model.is_not(None))
        with self._read() as connection:
            row = connection.execute(query.order_by(training.c.number.desc()).limit(1)).one_or_none()
            if row is None:
                return None
            fields = dict(row._mapping)
            model = fields.pop("model")
            return Training(**fields), model


def check_topics(connection: Connection, slugs: Collection[str]) -> None:
    """Raise UnknownName unless all of these topics exist."""
    if not slugs:
        return
    known = set(connection.scalars(select(topic.c.slug)))
    for slug in sorted(slugs):
        if slug not in known:
            raise unknown_name("topic", slug, known)


def _write_tags(connection: Connection, story_ids: Collection[str], tags: Iterable[Tag]) -> None:
    wanted = {(item.story_id, item.topic): item for item in tags}
    replaced = set(story_ids)
    if not replaced.issuperset(story_id for story_id, _ in wanted):
        raise ValueError("a tag is on a story whose tags are not being replaced")
    check_topics(connection, {slug for _, slug in wanted})
    for ids in in_chunks(sorted(replaced)):
        known = set(connection.scalars(select(story.c.id).where(story.c.id.in_(ids))))
        if len(known) < len(ids):
            raise unknown_name("story", min(set(ids) - known))
        connection.execute(delete(tag).where(tag.c.story_id.in_(ids)))
    if wanted:
        connection.execute(insert_into(connection, tag), [dump(item, tag) for item in wanted.values()])
    mark_stories(connection, replaced)


def _write_topics(connection: Connection, topics: Iterable[Topic]) -> None:
    listed = sorted({item.slug: item for item in topics}.values(), key=lambda item: item.slug)
    names = [
        {"folded": folded, "topic": item.slug}
        for item in listed
        for folded in sorted({fold_phrase(name) for name in (item.slug, item.name, *item.aliases)} - {""})
    ]
    upsert(connection, topic, [dump(item, topic, listed=True) for item in listed], ["slug"])
    for slugs in in_chunks(item.slug for item in listed):
        connection.execute(delete(topic_name).where(topic_name.c.topic.in_(slugs)))
    if names:
        connection.execute(insert_into(connection, topic_name), names)
