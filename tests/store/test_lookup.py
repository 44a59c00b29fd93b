"""Quick questions, on SQLite and PostgreSQL."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radar.errors import UnknownName
from radar.records import Position, Statement, Tag
from radar.store import Store
from radar.store.lookup import Lookup, open_lookup
from radar.store.match import Filters
from tests.store.store_samples import (
    DAY,
    HOUR,
    NOW,
    PRESIDENT,
    fill,
    make_entry,
    make_feed,
    make_signal,
    make_story,
    make_topic,
)

TITLES = {
    "cpp": "C++ 29 gets reflection",
    "c": "The C standard turns fifty",
    "csharp": "C# and F# meet .NET again",
    "pay": "Mobile payments reach village markets",
    "pays": "A mobile payment fee is cut",
    "pay-only": "Payments by card decline",
    "node": "Node.js drops its old promise",
    "oneill": "O'Neill on open source",
    "sat": "Phones text by satellite 🛰",
}


@pytest.fixture
def lookup(store: Store, database_url: str) -> Iterator[Lookup]:
    """A lookup on a store with a few stories and topics."""
    entries = [make_entry(id_, title, at=NOW + n * HOUR) for n, (id_, title) in enumerate(TITLES.items())]
    entries.append(make_entry("sat2", "Satellite texting in two more countries", feed="herald", at=NOW + 20 * HOUR))
    fill(store, *entries, kinds={"herald": "general"})
    alone = [make_story(entry) for entry in entries if not entry.id.startswith("sat")]
    store.save_stories([*alone, make_story(*(entry for entry in entries if entry.id.startswith("sat")))])
    store.save_topics([make_topic("mobile-payments", "Mobile payments", "mobile money"), make_topic("go", "Go")])
    store.save_tags(["pay", "c"], [Tag("pay", "mobile-payments", 0.9), Tag("c", "mobile-payments", 0.3)])
    with open_lookup(database_url) as opened:
        yield opened


def ids(lookup: Lookup, query: str, **more: object) -> list[str]:
    """Return what holds words of a question or is on the topic it names; what means something near is another test."""
    return [found.id for found in lookup.search_stories(query, **more) if found.by != "meaning"]  # type: ignore[arg-type]


def test_names_of_technologies_are_found_whole(lookup: Lookup) -> None:
    """C++ is not C, node.js not node; plurals and case do not matter; members' titles count."""
    expected = {
        "C++": {"cpp"},
        "c": {"c"},
        "c#": {"csharp"},
        ".NET": {"csharp"},
        "node.js": {"node"},
        "Node": set(),
        "o'neill": {"oneill"},
        "satellites": {"sat"},
        "SATELLITE": {"sat"},
        "countries": {"sat"},
    }
    assert {query: set(ids(lookup, query)) for query in expected} == expected


ODD = ["", "   ", "🛰", "the of and", '"', "'", '"; DROP TABLE story; --', "*", "NEAR(a b)", "-", "(", "a:b", "%s ?"]
ODD += ["\\", "NOT", "AND", "^c", "{x}", "\0", "\ud83d", "!!! | & <->", "terms:", "c" * 5000, "x " * 5000]


def test_anything_may_be_asked(lookup: Lookup) -> None:
    """Operators, quotes, emoji and nothing at all are answered, not obeyed."""
    for query in ODD:
        found = ids(lookup, query)
        assert set(found) <= {*TITLES, "sat2"}, query
        assert found == [] or any(character.isalnum() for character in query), query


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet="\"'*():^-+&|!<>{} ANDORTc.#\\\0", max_size=40))
def test_no_text_breaks_a_search(lookup: Lookup, query: str) -> None:
    """Law: every string has an answer."""
    lookup.search_stories(query)


def test_overlong_words_and_texts_are_cut(store: Store, database_url: str) -> None:
    """A page-long "word" is stored in the story but not searched for; the first 400 words are."""
    entry = make_entry("a", "x" * 3000 + " start " + " ".join(f"w{number}" for number in range(500)))
    fill(store, entry)
    store.save_stories([make_story(entry)])
    with open_lookup(database_url) as lookup:
        assert ids(lookup, "start") == ids(lookup, "w398") == ["a"]
        assert ids(lookup, "x" * 3000) == ids(lookup, "w450") == []


def test_quoted_operators_are_words(lookup: Lookup) -> None:
    """`mobile OR card` looks for words, `"mobile payments"` for two of them."""
    assert set(ids(lookup, '"mobile" "fee"')) >= {"pays"}
    assert ids(lookup, '"mobile" "fee"')[0] == "pays"


def test_every_word_counts_before_some_do(lookup: Lookup) -> None:
    """Stories with all words lead; with fewer than five of them, stories with some follow."""
    found = ids(lookup, "mobile payment fee")
    assert found[0] == "pays"
    assert set(found) == {"pays", "pay", "pay-only"}


def test_enough_full_matches_leave_partial_ones_out(store: Store, database_url: str) -> None:
    """Five stories with both words need no company."""
    entries = [make_entry(f"both{number}", "quantum network") for number in range(5)]
    entries.append(make_entry("one", "quantum dots"))
    fill(store, *entries)
    store.save_stories([make_story(entry) for entry in entries])
    with open_lookup(database_url) as lookup:
        assert len(ids(lookup, "quantum networks")) == 5
        assert len(ids(lookup, "quantum networks dots")) == 6


def test_a_topics_name_alias_or_slug_brings_its_stories(lookup: Lookup) -> None:
    """Those tagged join, also without the words; the one with both leads."""
    for query in ("mobile money", "Mobile Payments", "mobile-payments", "MOBILE PAYMENT"):
        found = ids(lookup, query)
        assert found[0] == "pay", query
        assert "c" in found, query


def test_a_found_story_carries_what_a_reader_needs(lookup: Lookup) -> None:
    """Publishers, kinds, topics, the time of its last entry, and a score."""
    (found,) = lookup.search_stories("satellite")
    assert (found.title, found.url) == (TITLES["sat"], "https://ledger.example/sat")
    assert (found.publishers, found.kinds) == (("herald.example", "ledger.example"), ("trade", "general"))
    assert found.last_at == NOW + 20 * HOUR
    assert found.topics == ()
    assert found.score > 0
    (paid, *_) = lookup.search_stories("village")
    assert paid.topics == (("mobile-payments", "Mobile payments", 0.9),)


def test_answers_can_be_narrowed(lookup: Lookup) -> None:
    """To recent stories, to a topic, to a number; an unknown topic is named."""
    assert set(ids(lookup, "payment", filters=Filters(since=NOW + 4 * HOUR))) == {"pays", "pay-only"}
    assert ids(lookup, "payment", filters=Filters(topic="mobile-payments")) == ["pay"]
    assert len(ids(lookup, "payment", limit=1)) == 1
    with pytest.raises(UnknownName, match=r"no topic is called 'mobile-payment': did you mean mobile-payments\?"):
        lookup.search_stories("payment", filters=Filters(topic="mobile-payment"))


def test_the_index_follows_every_change(store: Store, database_url: str) -> None:
    """New words are found, old ones no longer, a merged story is gone."""
    a, b = make_entry("a", "Alpha"), make_entry("b", "Beta", at=NOW + HOUR)
    fill(store, a, b)
    store.save_stories([make_story(a), make_story(b)])
    with open_lookup(database_url) as lookup:
        assert ids(lookup, "alpha") == ["a"]
        store.save_stories([make_story(a, title="Gamma", entries=(replace(a, title="Gamma"),))])
        assert ids(lookup, "alpha") == []
        assert ids(lookup, "gamma") == ["a"]
        store.save_stories([make_story(a, b)])
        assert ids(lookup, "beta") == ["a"]


def test_of_a_common_word_the_newest_are_ranked(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two thousand, here three; the older ones are not even read."""
    monkeypatch.setattr("radar.store.search.EACH", 3)
    entries = [make_entry(f"e{number}", "quantum", at=NOW + number * HOUR) for number in range(6)]
    fill(store, *entries)
    store.save_stories([make_story(entry) for entry in reversed(entries)])
    with open_lookup(database_url) as lookup:
        assert ids(lookup, "quantum") == ["e5", "e4", "e3"]


def test_lookups_say_what_the_store_says(store: Store, database_url: str) -> None:
    """Executives, statements, signals, positions, topics, feeds and status are the same records from both."""
    fill(store, make_entry("a"))
    store.sync_feeds([make_feed("ledger"), make_feed("herald", "research")])
    store.save_executive(PRESIDENT)
    store.save_executive(replace(PRESIDENT, slug="board", paused=True))
    store.save_topics([replace(make_topic("ai", "AI", "A.I."), seeds=("x",), not_terms=("y",)), make_topic("drones")])
    words = Statement("s1", "president", "protect", noted_on=date(2026, 10, 12), topics=("ai",), mute=("a", "b"))
    for statement in (words, replace(words, id="s2", ended_on=date(2026, 11, 1)), replace(words, id="s3", weight=5)):
        store.save_statement(statement, NOW, "advisor")
    store.save_signals([make_signal("ai", NOW - 7 * DAY), make_signal("ai", NOW), make_signal("drones", NOW - 7 * DAY)])
    store.save_position(Position("ai", "assess", "So.", "Say.", NOW, due_on=date(2026, 12, 4)))
    store.save_position(Position("ai", "trial", "So.", "Say.", NOW))
    with open_lookup(database_url) as lookup:
        assert lookup.find_executive("president") == PRESIDENT
        assert lookup.find_executive("board").paused is True
        assert lookup.statements("president") == store.list_statements("president")
        assert lookup.signals() == [make_signal("ai", NOW), make_signal("drones", NOW - 7 * DAY)]
        assert lookup.positions() == store.list_positions()
        assert lookup.topics() == store.list_topics()
        assert lookup.list_feeds() == store.list_feeds()
        assert lookup.status() == store.status()
        with pytest.raises(UnknownName, match="did you mean president"):
            lookup.statements("presidnt")
        with pytest.raises(UnknownName, match="no executive is called"):
            lookup.find_executive("a\0b\ud83d")


def test_a_lookup_imports_nothing_heavy(lookup: Lookup, database_url: str) -> None:
    """Nor does `import radar.store`: SQLAlchemy alone would take longer than an answer may."""
    program = (
        "import sys; import radar.store; from radar.store.lookup import open_lookup\n"
        "with open_lookup(sys.argv[1]) as lookup:\n"
        "    assert lookup.search_stories('mobile money') and lookup.status().stories\n"
        "    lookup.signals(), lookup.positions(), lookup.topics(), lookup.list_feeds()\n"
        "heavy = {'sqlalchemy', 'alembic', 'pydantic', 'sklearn', 'numpy', 'httpx', 'fastapi', 'radar.store.tables'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program, database_url], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_lookup_cannot_write(sqlite_database: "object") -> None:
    """SQLite is opened read-only: a question never changes the answer."""
    url = sqlite_database()  # type: ignore[operator]
    with open_lookup(url) as lookup, pytest.raises(Exception, match="readonly"):
        lookup._ask("DELETE FROM story")
