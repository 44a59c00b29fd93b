"""Quick questions, answered straight by the database's driver: SQLAlchemy alone would take longer than an answer may.

The SQL is portable but for the full-text match. Nothing here writes: SQLite is opened read-only. Ranking is our own
BM25 over the words in `story.terms`, so that both databases give one order.
"""

import json
import math
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

from radar.errors import StoreError
from radar.records import KINDS, Activity, Executive, Feed, Kind, Position, Signal, Statement, Status, Topic
from radar.store.address import Address, check_revision, read_address, say_failure
from radar.store.glance import read_activity, read_status, read_time
from radar.store.names import unknown_name
from radar.text import fold_phrase, split_terms

R = TypeVar("R")

#: Stories ranked: the newest that match. A common word matches half an archive, and ranking that takes a second.
RANKED = 2000
#: With fewer stories than this holding every word, stories holding some of them are welcome.
ENOUGH = 5
#: Words of a question that count.
ASKED = 16
#: Longer "words" are no words; PostgreSQL refuses those over 2,046 bytes.
WORD_LENGTH = 60
#: A story's terms begin with its title, and words there weigh double.
_TITLE_WORDS = 12
#: What a certain tag adds to the score, when the question is a topic's name: about half of one rare word.
_TAG_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """A story that answers a question."""

    id: str
    title: str
    url: str
    summary: str
    last_at: datetime
    publishers: tuple[str, ...]
    kinds: tuple[Kind, ...]
    topics: tuple[tuple[str, str, float], ...]  # (slug, name, confidence), most confident first
    score: float  # higher answers better; comparable within one answer only


def open_lookup(url: str) -> "Lookup":
    """Open the database for questions. Raises StoreError as `open_store` does."""
    address = read_address(url)
    if address.path is not None:
        if not address.path.exists():
            check_revision(address, None)
        lookup = Lookup(address, lambda: _connect_sqlite(address), sqlite3.Error)
    else:
        try:
            import psycopg
        except ImportError:
            raise StoreError("PostgreSQL needs one more package: pip install 'radar[postgres]'") from None
        connect = psycopg.connect
        lookup = Lookup(address, lambda: connect(address.postgresql, autocommit=True), psycopg.Error)
    try:
        lookup.check()
    except BaseException:
        lookup.close()
        raise
    return lookup


def _connect_sqlite(address: Address) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(address.path))}?mode=ro", uri=True, timeout=5, isolation_level=None)


class Lookup:
    """An open database that answers; use it as a context manager, from one thread."""

    def __init__(self, address: Address, connect: Callable[[], Any], failure: type[Exception]) -> None:
        self._address = address
        self._failure = failure
        self._connection: Any = None
        try:
            self._connection = connect()
        except failure as error:
            raise say_failure(address, error) from error

    def __enter__(self) -> "Lookup":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def check(self) -> None:
        """Raise StoreError unless the database has the schema this code reads."""
        master = "sqlite_master WHERE name" if self._address.path else "information_schema.tables WHERE table_name"
        there = self._ask(f"SELECT 1 FROM {master} = 'alembic_version'")
        stored = self._ask("SELECT version_num FROM alembic_version") if there else []
        check_revision(self._address, stored[0][0] if stored else None)

    def search_stories(
        self, query: str, *, limit: int = 20, since: datetime | None = None, topic: str | None = None
    ) -> list[Found]:
        """Return the stories that answer a question best, of those last published at or after `since`, on `topic`.

        Every word must occur; when fewer than five stories have them all, some suffice. If the question is the name of
        a topic, stories tagged with it join. Operators and quotes are read as plain text. Raises UnknownName.
        """
        words = [word for word in dict.fromkeys(split_terms(query)) if len(word) <= WORD_LENGTH][:ASKED]
        limits, values = self._narrow(since, topic)
        documents = self._match(words, "AND", limits, values)
        if len(documents) < ENOUGH and len(words) > 1:
            documents |= self._match(words, "OR", limits, values)
        tagged = self._match_topic(fold_phrase(query), limits, values)
        documents |= {number: terms for number, (terms, _) in tagged.items()}
        scores = _score(words, documents, self._story_count())
        for number, (_, confidence) in tagged.items():
            scores[number] += _TAG_WEIGHT * confidence
        best = sorted(scores, key=lambda number: (-scores[number], -number))[:limit]
        return self._describe(best, scores)

    def find_executive(self, slug: str) -> Executive:
        """Return one executive. Raises UnknownName."""
        found = self._records(Executive, "executive", "WHERE slug = ?", slug)
        if not found:
            raise unknown_name("executive", slug, (row[0] for row in self._ask("SELECT slug FROM executive")))
        return found[0]

    def statements(self, executive: str) -> list[Statement]:
        """Return an executive's living statements, weightiest first. Raises UnknownName."""
        self.find_executive(executive)
        order = "ORDER BY weight DESC, noted_on, id"
        return self._records(Statement, "statement", f"WHERE executive = ? AND ended_on IS NULL {order}", executive)

    def signals(self) -> list[Signal]:
        """Return the latest signal of every topic, by topic."""
        latest = (
            "JOIN (SELECT topic AS t, max(week) AS w FROM signal GROUP BY topic) AS latest ON topic = t AND week = w"
        )
        return self._records(Signal, "signal", f"{latest} ORDER BY topic")

    def positions(self) -> list[Position]:
        """Return the latest version of the advice on every topic that has any, by topic."""
        latest = (
            'JOIN (SELECT topic AS t, max(version) AS v FROM "position" GROUP BY topic) AS latest '
            "ON topic = t AND version = v"
        )
        return self._records(Position, "position", f"{latest} ORDER BY topic")

    def topics(self) -> list[Topic]:
        """Return every listed topic, by slug."""
        return self._records(Topic, "topic", "WHERE listed ORDER BY slug")

    def list_feeds(self) -> list[Feed]:
        """Return the listed feeds, by URL."""
        return self._records(Feed, "feed", "WHERE listed ORDER BY url")

    def measure_feeds(self, now: datetime) -> dict[str, Activity]:
        """Return what each feed has published lately, by URL; a feed without entries is left out."""
        return read_activity(self._ask, now)

    def status(self) -> Status:
        """Return the installation at a glance."""
        return read_status(self._ask)

    def _ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        if self._address.path is None:
            sql = sql.replace("?", "%s")
        # What no text column can hold matches nothing, rather than breaking the driver.
        values = tuple(
            value.replace("\0", "\ufffd").encode("utf-8", "replace").decode() if isinstance(value, str) else value
            for value in values
        )
        try:
            return list(self._connection.execute(sql, values).fetchall())
        except self._failure as error:
            raise say_failure(self._address, error) from error

    def _records(self, record: type[R], table: str, rest: str, *values: object) -> list[R]:
        # What was seen of a feed's entries is long, and for the crawler only.
        names = [field.name for field in fields(record) if field.name != "seen"]  # type: ignore[arg-type]
        readers = [_reader_of(name) or _as_is for name in names]
        columns = ", ".join(f'"{name}"' for name in names)
        return [
            record(*(None if value is None else read(value) for read, value in zip(readers, row, strict=True)))
            for row in self._ask(f'SELECT {columns} FROM "{table}" {rest}', *values)
        ]

    def _narrow(self, since: datetime | None, topic: str | None) -> tuple[str, tuple[object, ...]]:
        """Return what else a story s must fulfil, and the values for it."""
        limits, values = "", []
        if since is not None:
            limits += " AND s.last_at >= ?"
            since = since.astimezone(UTC)
            values.append(since if self._address.path is None else f"{since:%Y-%m-%d %H:%M:%S.%f}")
        if topic is not None:
            known = [row[0] for row in self._ask("SELECT slug FROM topic WHERE listed")]
            if topic not in known:
                raise unknown_name("topic", topic, known)
            limits += " AND EXISTS (SELECT 1 FROM tag AS x WHERE x.story_id = s.id AND x.topic = ?)"
            values.append(topic)
        return limits, tuple(values)

    def _match(self, words: Sequence[str], join: str, limits: str, values: tuple[object, ...]) -> dict[int, list[str]]:
        """Return the newest stories that hold all or some of the words: number → terms."""
        if not words:
            return {}
        # Quoted, a word is a word and never an operator.
        if self._address.path is not None:
            match = f" {join} ".join(f'"{word}"' for word in words)  # split_terms leaves no double quotes
            # CROSS JOIN: the full-text index first, whatever the planner thinks; it walks newest first and stops.
            sql = (
                "SELECT s.number, s.terms FROM story_fts CROSS JOIN story AS s ON s.number = story_fts.rowid "
                f"WHERE story_fts MATCH ?{limits} ORDER BY story_fts.rowid DESC LIMIT {RANKED}"
            )
        else:
            quoted = ("'" + word.replace("'", "''") + "'" for word in words)
            match = (" & " if join == "AND" else " | ").join(quoted)
            # Materialised: else the planner may walk all stories newest first in search of a rare word.
            sql = (
                "WITH hit AS MATERIALIZED (SELECT s.number FROM story AS s "
                f"WHERE s.terms_index @@ CAST(? AS tsquery){limits}) "
                "SELECT s.number, s.terms FROM story AS s "
                f"WHERE s.number IN (SELECT number FROM hit ORDER BY number DESC LIMIT {RANKED})"
            )
        return {number: terms.split() for number, terms in self._ask(sql, match, *values)}

    def _match_topic(self, folded: str, limits: str, values: tuple[object, ...]) -> dict[int, tuple[list[str], float]]:
        """Return the newest stories tagged with a topic of that name: number → (terms, confidence)."""
        rows = self._ask(
            "SELECT s.number, s.terms, max(t.confidence) FROM topic_name AS n JOIN tag AS t ON t.topic = n.topic "
            f"JOIN story AS s ON s.id = t.story_id WHERE n.folded = ?{limits} "
            f"GROUP BY s.number, s.terms ORDER BY s.number DESC LIMIT {RANKED}",
            folded,
            *values,
        )
        return {number: (terms.split(), confidence) for number, terms, confidence in rows}

    def _story_count(self) -> int:
        """Return about how many stories there are; counting them all would read them all."""
        return int(self._ask("SELECT coalesce(max(number), 0) FROM story")[0][0])

    def _describe(self, numbers: Sequence[int], scores: dict[int, float]) -> list[Found]:
        if not numbers:
            return []
        marks = ", ".join("?" * len(numbers))
        stories = {
            number: rest
            for number, *rest in self._ask(
                f"SELECT number, id, title, url, summary, last_at FROM story WHERE number IN ({marks})", *numbers
            )
        }
        numbers = [number for number in numbers if number in stories]
        ids = [stories[number][0] for number in numbers]
        marks = ", ".join("?" * len(ids))
        voices: dict[str, set[tuple[str, Kind]]] = {id_: set() for id_ in ids}
        for id_, publisher, kind in self._ask(
            "SELECT e.story_id, f.publisher, f.kind FROM entry AS e JOIN feed AS f ON f.url = e.feed_url "
            f"WHERE e.story_id IN ({marks})",
            *ids,
        ):
            voices[id_].add((publisher, kind))
        topics: dict[str, list[tuple[str, str, float]]] = {id_: [] for id_ in ids}
        for id_, slug, name, confidence in self._ask(
            "SELECT t.story_id, p.slug, p.name, t.confidence FROM tag AS t JOIN topic AS p ON p.slug = t.topic "
            f"WHERE t.story_id IN ({marks}) ORDER BY t.confidence DESC, p.slug",
            *ids,
        ):
            topics[id_].append((slug, name, confidence))
        found = []
        for number in numbers:
            id_, title, url, summary, last_at = stories[number]
            publishers = tuple(sorted({publisher for publisher, _ in voices[id_]}))
            present = {kind for _, kind in voices[id_]}
            kinds = tuple(kind for kind in KINDS if kind in present)
            about = tuple(topics[id_])
            score = round(scores[number], 6)
            found.append(Found(id_, title, url, summary, read_time(last_at), publishers, kinds, about, score))
        return found


def _score(words: Sequence[str], documents: dict[int, list[str]], total: int) -> dict[int, float]:
    """Return BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75) times the share of the words that occur.

    How rare a word is, is judged within the ranked stories.
    """
    if not documents or not words:
        return dict.fromkeys(documents, 0.0)
    counts = {
        number: [terms.count(word) + terms[:_TITLE_WORDS].count(word) for word in words]
        for number, terms in documents.items()
    }
    having = [sum(1 for row in counts.values() if row[place]) for place in range(len(words))]
    total = max(total, len(documents))
    rarity = [math.log1p((total - number + 0.5) / (number + 0.5)) for number in having]
    usual = sum(map(len, documents.values())) / len(documents) or 1.0
    scores = {}
    for number, row in counts.items():
        damp = 1.2 * (0.25 + 0.75 * len(documents[number]) / usual)
        weight = sum(rare * count * 2.2 / (count + damp) for rare, count in zip(rarity, row, strict=True) if count)
        scores[number] = weight * sum(1 for count in row if count) / len(words)
    return scores


def _as_is(value: object) -> object:
    return value


def _read_day(value: "str | date") -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _read_words(value: str) -> tuple[str, ...]:
    return tuple(json.loads(value))


def _read_evidence(value: str) -> object:
    import msgspec  # only signals need it

    from radar.records import Evidence

    return msgspec.json.decode(value, type=Evidence)


_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("aliases", "seeds", "not_terms", "topics", "include", "mute"), _read_words),
    **dict.fromkeys(("week", "since"), _read_day),
    **dict.fromkeys(("paused", "confirmed"), bool),
    "evidence": _read_evidence,
}


def _reader_of(name: str) -> Callable[[Any], Any] | None:
    """Return what turns a stored value into the field of that name; the house's suffixes say what it is."""
    if name.endswith("_at"):
        return read_time
    if name.endswith("_on"):
        return _read_day
    return _READERS.get(name)
