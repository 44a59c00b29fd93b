"""Which stories hold words and pass filters: the newest of them, looked up in either database's full-text index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from radar.records import Kind
from radar.store.glance import Ask, read_time
from radar.store.index import BLOCK, mark_kind, mark_publisher, mark_times, mark_topic
from radar.store.names import unknown_name

#: Blocks of story numbers asked one after another on PostgreSQL, until there are enough; then all.
_NEWEST_BLOCKS = (2, 10)


@dataclass(frozen=True, slots=True)
class Filters:
    """What an answer is narrowed to: `since` includes, `until` excludes the time of a story's last entry."""

    topic: str | None = None
    publisher: str | None = None
    kind: Kind | None = None
    since: datetime | None = None
    until: datetime | None = None

    def names(self) -> list[str]:
        """Return which filters are set."""
        return [name for name in self.__dataclass_fields__ if getattr(self, name) is not None]


ANYTHING = Filters()


class Matcher:
    """One database, and what answers are narrowed to. Raises UnknownName for a topic or publisher nobody goes by."""

    def __init__(self, ask: Ask, sqlite: bool, filters: Filters) -> None:
        self._ask = ask
        self._sqlite = sqlite
        self._needed: list[list[str]] = []  # marks: of each list, a story must have one
        self._limits, self._values = "", []  # type: str, list[object]
        #: The number of the latest story, and so about how many there are.
        self.newest = int(ask("SELECT coalesce(max(number), 0) FROM story")[0][0])
        #: No story passes the filters.
        self.impossible = False
        self._narrow(filters)

    def _narrow(self, filters: Filters) -> None:
        if filters.topic is not None:
            self._check("topic", filters.topic, "SELECT slug FROM topic WHERE listed")
            self._needed.append([mark_topic(filters.topic)])
        if filters.publisher is not None:
            self._check("publisher", filters.publisher.lower(), "SELECT DISTINCT lower(publisher) FROM feed")
            self._needed.append([mark_publisher(filters.publisher)])
        if filters.kind is not None:
            self._needed.append([mark_kind(filters.kind)])
        if filters.since is None and filters.until is None:
            return
        oldest, newest = self._ask("SELECT (SELECT min(last_at) FROM story), (SELECT max(last_at) FROM story)")[0]
        if newest is None:
            self.impossible = True
            return
        first, last = read_time(oldest), read_time(newest) + timedelta(microseconds=1)
        since, until = max(filters.since or first, first), min(filters.until or last, last)
        self.impossible = since >= until
        if (since, until) != (first, last) and not self.impossible:
            self._needed.append(mark_times(since, until))
            self._limits = " AND s.last_at >= ? AND s.last_at < ?"
            self._values = [self._write_time(since), self._write_time(until)]

    def _check(self, what: str, name: str, sql: str) -> None:
        known = {row[0] for row in self._ask(sql)}
        if name not in known:
            raise unknown_name(what, name, sorted(known))

    def _write_time(self, at: datetime) -> object:
        at = at.astimezone(UTC)
        return f"{at:%Y-%m-%d %H:%M:%S.%f}" if self._sqlite else at

    def match(self, queries: Sequence[Sequence[str]], each: int) -> list[list[int]]:
        """Return, for each list of words, the newest stories that hold them all and pass the filters: numbers."""
        if self._sqlite:
            return [self._match_sqlite(words, each) for words in queries]
        found: list[list[int]] = [[] for _ in queries]
        left = list(range(len(queries)))
        # Newest first, a part at a time: of a common word PostgreSQL would fetch every story before it could sort.
        for blocks in (*_NEWEST_BLOCKS, 0):
            first = max(0, self.newest // BLOCK - blocks + 1) if blocks else 0
            recent = [f"^{block}" for block in range(first, self.newest // BLOCK + 1)] if first else None
            for place, numbers in zip(
                left, self._match_postgresql([queries[n] for n in left], each, recent), strict=True
            ):
                found[place] = numbers
            left = [place for place in left if len(found[place]) < each] if recent else []
            if not left:
                break
        return found

    def _match_sqlite(self, words: Sequence[str], each: int) -> list[int]:
        # Quoted, a word is a word and never an operator; neither split_terms nor a mark leaves double quotes.
        wanted = [[word] for word in words] + self._needed
        match = " AND ".join("(" + " OR ".join(f'"{word}"' for word in some) + ")" for some in wanted)
        # CROSS JOIN: the full-text index first, whatever the planner thinks; it walks newest first and stops.
        story = " CROSS JOIN story AS s ON s.number = story_fts.rowid" if self._limits else ""
        sql = (
            f"SELECT story_fts.rowid FROM story_fts{story} WHERE story_fts MATCH ?{self._limits} "
            f"ORDER BY story_fts.rowid DESC LIMIT {each}"
        )
        return [row[0] for row in self._ask(sql, match, *self._values)]

    def _match_postgresql(
        self, queries: Sequence[Sequence[str]], each: int, recent: list[str] | None
    ) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in queries]
        needed = [*self._needed, recent] if recent else self._needed
        asked: list[str] = []
        values: list[object] = []
        for place, words in enumerate(queries):
            wanted = [[word] for word in words] + needed
            match = " & ".join("(" + " | ".join(map(_quote, some)) + ")" for some in wanted)
            # Materialised: else the planner may walk all stories newest first in search of a rare word.
            asked.append(
                f"SELECT {place} AS place, number FROM (WITH hit AS MATERIALIZED (SELECT s.number FROM story AS s "
                f"WHERE s.terms_index @@ CAST(? AS tsquery){self._limits}) "
                f"SELECT number FROM hit ORDER BY number DESC LIMIT {each}) AS hits_{place}"
            )
            values += [match, *self._values]
        if asked:
            for place, number in self._ask(" UNION ALL ".join(asked) + " ORDER BY place, number DESC", *values):
                found[place].append(number)
        return found


def _quote(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
