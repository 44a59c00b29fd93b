"""Searching entries and stories: what is found, in which order, and narrowed to what; on SQLite and PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from radar.errors import UnknownName
from radar.records import Crawl, Tag
from radar.store import Store, migrate, open_store
from radar.store.address import read_address
from radar.store.engine import create_database_engine
from radar.store.index import BLOCK, mark_times, write_marks, write_terms
from radar.store.lookup import open_lookup
from radar.store.match import ANYTHING, Filters
from radar.store.search import suggest
from tests.store.store_samples import DAY, HOUR, NOW, fill, make_entry, make_feed, make_story, make_topic

MIGRATIONS = Path(__file__).parents[2] / "radar/store/migrations"
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def ids(store: Store, question: str, filters: Filters = ANYTHING) -> list[str]:
    """Return what holds words of a question or is on the topic it names."""
    return [one.id for one in store.search_stories(question, filters=filters) if one.by != "meaning"]


def test_a_story_is_found_by_every_words_of_its_entries(store: Store) -> None:
    """Also of summaries, and of an entry that is not its first; the entries that hold the words are named."""
    first = make_entry("a", "Phones text by satellite", summary="A first test in the mountains.")
    second = make_entry("b", "Texting from space", "herald", NOW + HOUR, summary="Shepherds were the first to try.")
    third = make_entry("c", "Satellites again", "gazette", NOW + 2 * HOUR)
    fill(store, first, second, third)
    store.save_stories([make_story(first, second, third)])
    (found,) = store.search_stories("shepherd")
    assert (found.id, found.by) == ("a", "words")
    assert [(entry.id, entry.publisher, entry.published_at) for entry in found.entries] == [
        ("b", "herald.example", NOW + HOUR)
    ]
    (found,) = store.search_stories("satellite mountains")
    assert [entry.id for entry in found.entries] == ["a", "c"]


@pytest.mark.parametrize(
    ("title", "question", "other"),
    [
        ("C++ 29 gets reflection", "c++", "c"),
        ("C# meets records", "C#", "c++"),
        (".NET is faster", ".net", "internet"),
        ("An A.I. that listens", "ai", "training"),
        ("AI that listens", "a.i.", "air"),
        ("5G in every valley", "5g", "5"),
        ("Two robots at work", "robot", "robotics"),
        ("A robot at work", "ROBOTS", "robotic"),
        ("Chip-maker cuts jobs", "chip maker", "chipmaker"),
        ("Wi-Fi on trains", "wifi", "wi"),
        ("Node.js drops a promise", "node.js", "node"),
    ],
)
def test_names_are_cut_as_people_mean_them(store: Store, title: str, question: str, other: str) -> None:
    """In questions and stories alike; what only looks alike does not match."""
    entry = make_entry("a", title)
    fill(store, entry)
    store.save_stories([make_story(entry)])
    assert ids(store, question) == ["a"]
    assert ids(store, other) == []


@pytest.fixture
def press(store: Store) -> Store:
    """Five stories on drones: two kinds of press, three publishers, a topic, three years."""
    entries = [
        make_entry("now", "Drones carry blood", at=NOW),
        make_entry("two", "Drones over fields", "herald", NOW - 2 * DAY),
        make_entry("week", "Drones count sheep", "herald", NOW - 9 * DAY),
        make_entry("year", "Drones find a ship", "gazette", NOW - 370 * DAY),
        make_entry("years", "Drones were toys", at=NOW - 900 * DAY),
    ]
    fill(store, *entries, kinds={"herald": "research"})
    store.save_stories([make_story(entry) for entry in entries])
    store.save_topics([make_topic("drones"), make_topic("health")])
    store.save_tags(["now", "year"], [Tag("now", "health", 0.9), Tag("year", "drones", 0.8)])
    return store


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (ANYTHING, {"now", "two", "week", "year", "years"}),
        (Filters(topic="health"), {"now"}),
        (Filters(publisher="herald.example"), {"two", "week"}),
        (Filters(publisher="Herald.Example"), {"two", "week"}),
        (Filters(kind="research"), {"two", "week"}),
        (Filters(kind="vendor"), set()),
        (Filters(since=NOW - 2 * DAY), {"now", "two"}),
        (Filters(since=NOW - 2 * DAY + timedelta(microseconds=1)), {"now"}),
        (Filters(until=NOW), {"two", "week", "year", "years"}),
        (Filters(since=NOW - 900 * DAY, until=NOW - 9 * DAY), {"year", "years"}),
        (Filters(since=NOW - 3 * DAY, kind="research"), {"two"}),
        (Filters(since=NOW + DAY), set()),
        (Filters(until=FIRST), set()),
        (Filters(since=NOW, until=NOW), set()),
        (Filters(since=FIRST, until=LAST), {"now", "two", "week", "year", "years"}),
    ],
)  # fmt: skip
def test_an_answer_is_narrowed_by_each_filter(press: Store, filters: Filters, expected: set[str]) -> None:
    """Topic, publisher, kind, and the time of the last entry: from since, before until."""
    assert {one.id for one in press.search_stories("drones toys", filters=filters)} == expected


def test_a_filter_nobody_goes_by_is_refused_with_the_closest(press: Store) -> None:
    """A wrong name is a mistake, not an empty answer."""
    with pytest.raises(UnknownName, match=r"no publisher is called 'herold.example': did you mean herald.example"):
        press.search_stories("drones", filters=Filters(publisher="herold.example"))
    for hostile in ("a\0b", "\ud83d", "' OR 1", '" OR "x', "x" * 5000):
        with pytest.raises(UnknownName):
            press.search_stories("drones", filters=Filters(publisher=hostile))
        with pytest.raises(UnknownName):
            press.search_stories("drones", filters=Filters(topic=hostile))


@given(
    days=st.integers(-9000, 9000),
    before=st.timedeltas(timedelta(0), timedelta(days=2000)),
    after=st.timedeltas(timedelta(microseconds=1), timedelta(days=2000)),
)
@settings(max_examples=200)
def test_a_range_of_times_names_a_mark_of_every_story_within(days: int, before: timedelta, after: timedelta) -> None:
    """Law: whatever since ≤ at < until, the story carries one of the range's marks."""
    at = NOW + days * DAY
    marks = set(write_marks(at, [], [], []).split())
    assert marks & set(mark_times(at - before, at + after))


def test_a_question_in_other_words_finds_what_is_meant(store: Store) -> None:
    """Its words occur nowhere; the story that means the same comes, marked as such; one that does not stays out."""
    entries = [
        make_entry("car", "Self-driving cars are allowed on city roads"),
        make_entry("law", "Parliament debates the harvest", at=NOW + HOUR),
    ]
    fill(store, *entries)
    store.save_stories([make_story(entry) for entry in entries])
    found = store.search_stories("an automobile that drives itself")
    assert [(one.id, one.by, one.entries) for one in found] == [("car", "meaning", ())]
    assert store.search_stories("xqzzt wqxv") == []
    assert store.search_stories("automobile", filters=Filters(kind="vendor")) == []


def test_a_story_on_a_topic_near_the_question_is_found(store: Store) -> None:
    """Without a word in common: the topic's definition leads there."""
    entry = make_entry("a", "Thieves empty accounts after fake message from bank")
    fill(store, entry)
    store.save_stories([make_story(entry)])
    store.save_topics([replace(make_topic("phishing", "Phishing"), definition="Fake messages that steal passwords.")])
    store.save_tags(["a"], [Tag("a", "phishing", 0.9)])
    assert [one.id for one in store.search_stories("stolen password")] == ["a"]


def test_the_index_follows_entries_that_move(store: Store) -> None:
    """Split off, merged, freed: each story is found by the words of the entries it has, and by their publishers."""
    a = make_entry("a", "Alpha")
    b = make_entry("b", "Bravo", "herald", NOW + HOUR)
    c = make_entry("c", "Charlie", "gazette", NOW + 2 * HOUR)
    fill(store, a, b, c, kinds={"herald": "research"})
    store.save_stories([make_story(a, b), make_story(c)])
    assert ids(store, "bravo") == ["a"]
    store.save_stories([make_story(b, c)])  # b leaves a, whose story is not named
    assert ids(store, "bravo") == ids(store, "charlie") == ["b"]
    assert ids(store, "alpha") == ["a"]
    assert ids(store, "alpha", Filters(kind="research")) == []
    assert ids(store, "charlie", Filters(publisher="gazette.example")) == ["b"]
    store.save_stories([make_story(a, b, c)])
    assert ids(store, "charlie", Filters(kind="research")) == ["a"]
    store.save_stories([make_story(a)])
    assert ids(store, "bravo") == ids(store, "charlie") == []


def test_the_index_follows_tags_and_feeds(press: Store) -> None:
    """A tag taken away, and a feed whose kind and publisher were corrected, count at once and for the past."""
    press.save_tags(["now"], [Tag("now", "drones", 0.9)])
    assert ids(press, "blood", Filters(topic="health")) == []
    assert ids(press, "blood", Filters(topic="drones")) == ["now"]
    press.save_stories([replace(press.find_story("now"), title="Drones carry plasma")])
    assert ids(press, "plasma", Filters(topic="drones")) == ["now"]
    feeds = [
        replace(make_feed("herald", "vendor"), publisher="times.example"),
        make_feed("ledger"),
        make_feed("gazette"),
    ]
    press.sync_feeds(feeds)
    assert set(ids(press, "drones sheep", Filters(publisher="times.example"))) == {"two", "week"}
    assert set(ids(press, "drones sheep", Filters(kind="vendor"))) == {"two", "week"}
    assert ids(press, "drones sheep", Filters(kind="research")) == []


def test_odd_publishers_are_one_mark(store: Store) -> None:
    """Blanks, quotes and other scripts in a publisher's name neither break the index nor match another."""
    names = ["the press", "the", 'press" OR "x', "presse=é", "新聞", "a%20b", "'"]
    feeds = [replace(make_feed(f"f{n}"), publisher=name) for n, name in enumerate(names)]
    store.sync_feeds(feeds)
    entries = [make_entry(f"e{n}", "Drones", f"f{n}") for n in range(len(names))]
    for feed, entry in zip(feeds, entries, strict=True):
        store.save_crawl(Crawl(feed.url, NOW, "new entries", "ok", "", NOW), [entry])
    store.save_stories([make_story(entry) for entry in entries])
    for n, name in enumerate(names):
        assert ids(store, "drones", Filters(publisher=name)) == [f"e{n}"], name


def test_both_databases_give_one_order(
    sqlite_database: Callable[[], str], postgres_database: Callable[[], str]
) -> None:
    """Same stories, same questions: same answers with the same scores, word for word."""
    words = "drone field blood chip cloud robot phone bank water school".split()
    titles = [" ".join(words[(n * k) % 10] for k in (1, 3, 7)) for n in range(120)]
    entries = [
        make_entry(f"e{n:03}", title, ("ledger", "herald")[n % 2], NOW + n * HOUR) for n, title in enumerate(titles)
    ]
    asked = ["drone", "field blood", "cloud robot bank water", "robot", "an automobile", "unheard drone chip"]
    answers = []
    for url in (sqlite_database(), postgres_database()):
        with open_store(url) as store:
            fill(store, *entries)
            store.save_stories([make_story(entry) for entry in entries])
            store.save_topics([make_topic("robots", "Robot")])
            store.save_tags(["e005", "e050"], [Tag("e005", "robots", 0.9), Tag("e050", "robots", 0.4)])
            asked = [
                "drone",
                "field blood",
                "cloud robot bank water",
                "robot",
                "an automobile",
                "unheard drone chip school",
            ]
            answers.append([store.search_stories(question, limit=50) for question in asked])
        with open_lookup(url) as lookup:
            assert [lookup.search_stories(question, limit=50) for question in asked] == answers[-1]
    assert answers[0] == answers[1]
    assert all(answers[0][:4])


def test_a_common_word_is_sought_among_the_newest_blocks_first(postgres_database: Callable[[], str]) -> None:
    """On PostgreSQL, and when those do not hold enough, everywhere; the story's block is what the code asks for."""
    url = postgres_database()
    with open_store(url) as store:
        entries = [make_entry(f"e{n}", "Drones", at=NOW + n * HOUR) for n in range(6)]
        fill(store, *entries)
        store.save_stories([make_story(entry) for entry in entries])
        engine = create_database_engine(read_address(url))
        with engine.begin() as connection:
            for n in range(6):
                connection.execute(
                    sa.text("UPDATE story SET number = :far WHERE id = :id"), {"far": n * 4 * BLOCK + 7, "id": f"e{n}"}
                )
        engine.dispose()
        assert ids(store, "drones") == [f"e{n}" for n in (5, 4, 3, 2, 1, 0)]


def test_the_migration_indexes_what_exists(bare_database_url: str) -> None:
    """A database of the first revision, with stories in it, is found through afterwards: words, marks and tags."""
    make_first_revision(bare_database_url)
    migrate(bare_database_url)
    with open_store(bare_database_url) as store:
        assert ids(store, "shepherds") == ids(store, "satellite") == ["a"]
        assert ids(store, "satellite", Filters(publisher="ledger.example", kind="trade", topic="space")) == ["a"]
        assert ids(store, "satellite", Filters(since=NOW, until=NOW + DAY)) == ["a"]
        assert ids(store, "satellite", Filters(until=NOW)) == []
        assert ids(store, "stale") == []
        entry = make_entry("b", "Shepherds sing", at=NOW + HOUR)
        fill(store, entry)
        store.save_stories([make_story(entry)])
        assert set(ids(store, "shepherd")) == {"a", "b"}


def make_first_revision(url: str) -> None:
    """Make a database as the first revision left it, with a story whose terms are those of that time."""
    from alembic import command
    from alembic.config import Config

    address = read_address(url)
    engine = create_database_engine(address)
    with engine.execution_options(radar_intent="keep").begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        at = "2026-11-24 08:00:00.000000" if address.path else NOW
        empty = "'', '', '', '', ''"
        connection.execute(
            sa.text(
                "INSERT INTO feed (url, kind, publisher, title, listed, paused, state, reason, etag, last_modified, "
                "body_hash, seen, moved_to, failures, ttl) VALUES ('https://ledger.example/feed', 'trade', "
                f"'ledger.example', '', true, false, 'ok', {empty}, '', 0, 0)"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO story (id, title, url, summary, first_at, last_at, terms) "
                "VALUES ('a', 'Phones text by satellite', '', '', :at, :at, 'stale')"
            ),
            {"at": at},
        )
        connection.execute(
            sa.text(
                "INSERT INTO entry (id, feed_url, entry_id, url, title, published_at, first_seen_at, summary, author, "
                "content_hash, revisions, story_id) VALUES ('a', 'https://ledger.example/feed', 'a', '', "
                "'Phones text by satellite', :at, :at, 'Shepherds were first.', '', '', 1, 'a')"
            ),
            {"at": at},
        )
        connection.execute(
            sa.text(
                "INSERT INTO topic (slug, name, quadrant, definition, primer, parent, aliases, seeds, not_terms) "
                "VALUES ('space', 'Space', '', '', '', '', '[]', '[]', '[]')"
            )
        )
        connection.execute(
            sa.text("INSERT INTO tag (story_id, topic, confidence, terms) VALUES ('a', 'space', 0.9, '[]')")
        )
    engine.dispose()


def test_words_of_further_entries_count_once() -> None:
    """A story's own words keep their number; its entries add what is new."""
    assert write_terms("Chip chip", "the chip", [("Chip", "A new fab"), ("Fabs", "")]) == "chip chip chip fab"
    assert write_terms("", "", []) == ""


def test_nothing_found_says_what_to_try() -> None:
    """The filters in force are named."""
    assert suggest([]) == "Try other or fewer words."
    assert suggest(["topic", "since"]) == "Try other or fewer words, or leave out topic and since."
    assert Filters(topic="x", until=NOW).names() == ["topic", "until"]
