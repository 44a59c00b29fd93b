"""How long a question takes in an archive of a million entries, on SQLite and PostgreSQL, and what the index costs.

    python benchmarks/search.py [--entries N] [--only sqlite|postgresql]

The text is made up from a seed: words of the shipped table and made-up ones, as frequent as Zipf's law has it, so that
common words stand in a fifth of all stories and most words in a handful. Rows go in by the databases' own bulk ways;
what storing costs is measured on some more, stored as the pipeline stores them. Everything lies in a folder that is
removed afterwards. PostgreSQL is found as the tests find it.
"""

import argparse
import contextlib
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from radar.config import load_topics
from radar.records import KINDS, Crawl, Entry, Feed, Story, Topic
from radar.store import Store, migrate, open_store
from radar.store.index import write_marks, write_terms
from radar.store.lookup import Lookup, open_lookup
from radar.store.match import ANYTHING, Filters
from radar.text import split_terms
from radar.vectors import embedding
from tests.conftest import _debian_server, _named_server, _wheel_server

END = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SPAN = timedelta(days=3 * 365)
FEEDS = [Feed(f"https://feed{n}.example/rss", KINDS[n % 5], f"owner{n // 3}.example") for n in range(600)]
TITLE, SUMMARY = 9, 30  # words
AT_ONCE = 20_000  # entries


@dataclass(frozen=True, slots=True)
class World:
    """The words there are, the commonest first, and the topics; some words of the table are kept out of all texts."""

    words: list[str]
    unused: list[str]
    topics: list[Topic]


def make_world() -> World:
    chance = random.Random(4)
    known = [word for word in embedding._load_shipped()._rows if split_terms(word) == [word] and word.isalpha()]
    chance.shuffle(known)
    syllables = [a + b for a in "bcdfghjklmnprtvwz" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "om", "ut")]
    made_up = {"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(70_000)}
    made_up = {word for word in made_up if split_terms(word) == [word]} - set(known)
    return World(known[500:] + sorted(made_up), known[:500], list(load_topics(Path("nowhere"))))


def make_rows(world: World, entries: int) -> Iterator[tuple[list[tuple], list[tuple], list[tuple]]]:
    """Yield rows of story, entry and tag, oldest first, some thousand at a time: the same every time."""
    chance = np.random.default_rng(4)
    weights = 1 / (np.arange(len(world.words)) + 8.0) ** 1.02
    edges = np.cumsum(weights / weights.sum())
    words = np.array(world.words, dtype=object)
    number = made = 0
    while made < entries:
        texts = words[np.searchsorted(edges, chance.random((AT_ONCE, TITLE + SUMMARY)))]
        feeds = chance.integers(0, len(FEEDS), AT_ONCE)
        sizes = chance.choice([1, 1, 1, 1, 2, 2, 4], AT_ONCE)
        about = chance.geometric(0.03, AT_ONCE) - 1
        stories, rows, tags, at = [], [], [], 0
        for size, subject in zip(sizes, about, strict=True):
            if at >= AT_ONCE:
                break
            number += 1
            members = []
            for place in range(at, min(at + size, AT_ONCE)):
                text = list(texts[place])
                if place > at:
                    text[:6] = texts[at][:6]  # what is on one happening shares words
                published = END - SPAN * (1 - (made + place) / entries)
                members.append(
                    (f"e{made + place}", " ".join(text[:TITLE]), " ".join(text[TITLE:]), feeds[place], published)
                )
            at += size
            id_, title, summary, _, first_at = members[0]
            terms = dict.fromkeys(word for _, one, more, _, _ in members for word in f"{one} {more}".split())
            topics = [world.topics[subject].slug] if subject < len(world.topics) and number % 3 == 0 else []
            voices = [FEEDS[feed] for *_, feed, _ in members]
            last_at = members[-1][-1]
            marks = write_marks(last_at, [one.publisher for one in voices], [one.kind for one in voices], topics)
            url = f"https://feed.example/{id_}"
            stories.append((number, id_, title, url, summary, first_at, last_at, " ".join(terms), marks))
            tags += [(id_, slug, 0.9, "[]") for slug in topics]
            rows += [
                (own, FEEDS[feed].url, own, url, head, when, when, body, "", 1, id_)
                for own, head, body, feed, when in members
            ]
        made += AT_ONCE
        yield stories, rows, tags


STORY = "number, id, title, url, summary, first_at, last_at, terms, marks"
ENTRY = "id, feed_url, entry_id, url, title, published_at, first_seen_at, summary, author, revisions, story_id"
TAG = "story_id, topic, confidence, terms"


def fill_sqlite(path: Path, world: World, entries: int) -> float:
    """Fill the tables, then build the index; return the CPU seconds that took the index."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -200000;")
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE name LIKE 'story_fts_%' AND type = 'trigger'"
    )
    kept = triggers.fetchall()
    for name, _ in kept:
        connection.execute(f"DROP TRIGGER {name}")
    write = lambda at: f"{at:%Y-%m-%d %H:%M:%S.%f}"  # noqa: E731
    connection.execute("BEGIN")
    for stories, rows, tags in make_rows(world, entries):
        for table, columns, values in (
            ("story", STORY, [(*row[:5], write(row[5]), write(row[6]), *row[7:]) for row in stories]),
            ("entry", ENTRY, [(*row[:5], write(row[5]), write(row[6]), *row[7:]) for row in rows]),
            ("tag", TAG, tags),
        ):
            marks = ", ".join("?" * len(columns.split(", ")))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
    connection.execute("COMMIT")
    started = time.process_time()
    connection.execute("INSERT INTO story_fts (story_fts) VALUES ('rebuild')")
    spent = time.process_time() - started
    for _, sql in kept:
        connection.execute(sql)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    return spent


def fill_postgresql(url: str, world: World, entries: int) -> float:
    """Fill the tables by COPY, then build the index; return the seconds that took the index."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        definition = connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_story_terms'").fetchone()
        connection.execute("DROP INDEX ix_story_terms")
        for stories, rows, tags in make_rows(world, entries):
            for table, columns, values in (("story", STORY, stories), ("entry", ENTRY, rows), ("tag", TAG, tags)):
                with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in values:
                        copy.write_row(row)
        connection.execute("SELECT setval(pg_get_serial_sequence('story', 'number'), (SELECT max(number) FROM story))")
        started = time.perf_counter()
        connection.execute(definition[0])
        spent = time.perf_counter() - started
        connection.execute("VACUUM ANALYZE")
    return spent


def make_questions(world: World) -> dict[str, list[tuple[str, Filters]]]:
    """Return questions by kind: text and filters."""
    chance = random.Random(5)
    common, usual, rare = world.words[:60], world.words[60:5_000], world.words[-30_000:]

    def some(number: int, *pools: Sequence[str]) -> list[tuple[str, Filters]]:
        return [(" ".join(chance.choice(pool) for pool in pools), ANYTHING) for _ in range(number)]

    def narrowed(pool: Sequence[str], **filters: object) -> list[tuple[str, Filters]]:
        return [(chance.choice(pool), Filters(**filters)) for _ in range(10)]  # type: ignore[arg-type]

    old = END - timedelta(days=800)
    return {
        "a rare word": some(40, rare),
        "a common word": some(40, common),
        "two common words": some(40, common, common),
        "three common words": some(40, common, common, common),
        "four words": some(40, common, usual, usual, rare),
        "a sentence of twelve": some(40, *[common] * 4, *[usual] * 7, rare),
        "a topic's name": [(topic.name, ANYTHING) for topic in chance.sample(world.topics, 40)],
        "a common word, narrowed": [
            *narrowed(common, topic=world.topics[3].slug),
            *narrowed(common, topic=world.topics[100].slug),
            *narrowed(common, publisher="owner7.example"),
            *narrowed(common, kind="research"),
            *narrowed(common, since=END - timedelta(days=2)),
            *narrowed(common, since=old, until=old + timedelta(days=30)),
            *narrowed(common, since=old, until=old + timedelta(days=400), topic=world.topics[5].slug),
        ],
        "a rare word, narrowed": [*narrowed(rare, kind="vendor"), *narrowed(rare, until=old)],
        "known words not on file": some(40, world.unused, world.unused),
        "words nobody knows": [("xqzzt wqxv", ANYTHING)] * 20,
    }


def measure(lookup: Lookup, questions: dict[str, list[tuple[str, Filters]]]) -> list[tuple[str, ...]]:
    """Ask everything twice; print milliseconds of the second time, and return the answers."""
    print(f"  {'milliseconds':26} {'CPU p50':>8} {'p95':>8} {'max':>8} {'wall p95':>9}   load {os.getloadavg()[0]:.1f}")
    clock = make_clock(lookup)
    for asked in questions.values():
        for text, filters in asked:
            lookup.search_stories(text, limit=10, filters=filters)
    everything: list[tuple[float, float]] = []
    answers = []
    for kind, asked in questions.items():
        times = []
        for text, filters in asked:
            started, spent = time.perf_counter(), clock()
            found = lookup.search_stories(text, limit=10, filters=filters)
            times.append(((clock() - spent) * 1000, (time.perf_counter() - started) * 1000))
            answers.append(tuple(one.id for one in found))
        everything += times
        _say_times(kind, times)
    _say_times("all", everything)
    return answers


def make_clock(lookup: Lookup) -> Callable[[], float]:
    """Return a clock of CPU seconds: this process's and, on PostgreSQL, those of the server's process that answers it.

    Of a machine that others use, wall time tells more about the others.
    """
    if lookup._address.path is not None:
        return time.process_time
    server = Path(f"/proc/{lookup._ask('SELECT pg_backend_pid()')[0][0]}/schedstat")
    return lambda: time.process_time() + int(server.read_text().split()[0]) / 1e9


def _say_times(kind: str, times: Sequence[tuple[float, float]]) -> None:
    cpu, wall = (sorted(column) for column in zip(*times, strict=True))
    at = max(0, round(len(times) * 0.95) - 1)
    print(f"  {kind:26} {statistics.median(cpu):8.1f} {cpu[at]:8.1f} {cpu[-1]:8.1f} {wall[at]:9.1f}", flush=True)


def measure_storing(store: Store, world: World) -> None:
    """Store 3,000 more entries, as visits and stories; print milliseconds of CPU."""
    chance = random.Random(6)
    entries = []
    for n in range(3_000):
        title, summary = (" ".join(chance.choices(world.words, k=many)) for many in (TITLE, SUMMARY))
        entries.append(Entry(f"x{n}", FEEDS[n % 100].url, f"x{n}", f"https://x.example/{n}", title, END, END, summary))
    visits = [
        (Crawl(feed.url, END, "new entries", "ok", "", END), [one for one in entries if one.feed_url == feed.url])
        for feed in FEEDS[:100]
    ]
    started = time.process_time()
    store.save_crawls(visits)
    crawled = time.process_time()
    store.save_stories([Story(one.id, one.title, one.url, one.summary, END, END, (one,)) for one in entries])
    ended = time.process_time()
    print(
        f"  stored: {(crawled - started) / 100 * 1000:.2f} ms CPU a visit with 30 new entries, "
        f"{(ended - crawled) / 3_000 * 1000:.2f} ms a story with its words"
    )


def run(name: str, url: str, fill: Callable[[], float], size: Callable[[], str], world: World) -> list[tuple[str, ...]]:
    """Fill one database, say what that cost, and ask it."""
    migrate(url)
    with open_store(url) as store:
        store.sync_feeds(FEEDS)
        store.save_topics(world.topics)
    started = time.perf_counter()
    indexed = fill()
    print(f"{name}: filled in {time.perf_counter() - started:.0f} s, {indexed:.0f} s of it for the index; {size()}")
    with open_lookup(url) as lookup:
        answers = measure(lookup, make_questions(world))
    with open_store(url) as store:
        measure_storing(store, world)
    return answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    world = make_world()
    assert write_terms("a " + world.words[0], world.words[1], []) == " ".join(world.words[:2])
    home = Path(tempfile.mkdtemp(prefix="radar-search-"))
    answers = []
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        if asked.only != "postgresql":
            path = home / "radar.db"

            def size_sqlite() -> str:
                with contextlib.closing(sqlite3.connect(path)) as connection:
                    pages = connection.execute("SELECT sum(length(block)) FROM story_fts_data").fetchone()[0]
                return f"{path.stat().st_size / 1e6:,.0f} MB, index {pages / 1e6:,.0f} MB"

            answers.append(
                run("SQLite", f"sqlite:///{path}", lambda: fill_sqlite(path, world, asked.entries), size_sqlite, world)
            )
        if asked.only != "sqlite":
            reasons: list[str] = []
            url = next(
                filter(None, (find(stack, reasons) for find in (_named_server, _debian_server, _wheel_server))), ""
            )
            if not url:
                sys.exit(f"no PostgreSQL: {'; '.join(reasons)}")

            def size_postgresql() -> str:
                import psycopg

                with psycopg.connect(url) as connection:
                    sizes = "SELECT pg_database_size(current_database()), pg_relation_size('ix_story_terms')"
                    whole, index = connection.execute(sizes).fetchone()
                return f"{whole / 1e6:,.0f} MB, index {index / 1e6:,.0f} MB"

            answers.append(
                run("PostgreSQL", url, lambda: fill_postgresql(url, world, asked.entries), size_postgresql, world)
            )
    if len(answers) == 2:
        same = sum(1 for one, other in zip(*answers, strict=True) if one == other)
        print(f"answers that are equal on both, in the same order: {same} of {len(answers[0])}")


if __name__ == "__main__":
    main()
