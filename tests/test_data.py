"""The shipped topics.toml and feeds.toml keep the promises of their head comments."""

from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from radar.config import load_feeds, load_topics
from radar.records import KINDS, Feed, Topic
from radar.text import STOP_WORDS, canonicalise_url, count_words, fold_phrase, owner_domain
from radar.watch.tag import PhraseFinder, fold_words

QUADRANTS = {
    "reach and engagement",
    "data and intelligence",
    "infrastructure and connectivity",
    "security and trust",
    "work and operations",
    "frontier",
}
#: Ordinary words of headlines that are also names of products: alone they prove nothing.
COMMON = set(
    """cloud rust go swift edge mesh teams slack zoom signal meta threads apple amazon oracle windows office word
    excel discord stream python java ruby spark storm flink kafka chrome safari copilot gemini claude bard llama falcon
    mistral grok sora cursor agent agents chip chips wallet token tokens chain block
    ledger bank banks payment payments card cards phone phones network networks data privacy identity password
    passwords key keys security model models search video audio voice chat mail print energy battery batteries
    satellite satellites quantum web site app apps platform service services tool tools software hardware vision
    learning intelligence science lab labs gene heat grid car cars plane ship bus train""".split()
)


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> tuple[Topic, ...]:
    return load_topics(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def feeds() -> tuple[Feed, ...]:
    return load_feeds(Path(__file__).parents[1])


def test_there_are_topics_enough_in_every_quadrant(topics: tuple[Topic, ...]) -> None:
    """At least 60, and no empty sector in the radar picture."""
    quadrants = Counter(topic.quadrant for topic in topics)
    assert len(topics) >= 60
    assert set(quadrants) == QUADRANTS
    assert min(quadrants.values()) >= 10


def test_every_topic_is_complete_and_within_its_lengths(topics: tuple[Topic, ...]) -> None:
    """A definition of at most 200 characters, a primer of 60 to 120 words, aliases, 4 to 12 seeds."""
    faults = [
        topic.slug
        for topic in topics
        if not topic.name
        or not 10 <= len(topic.definition) <= 200
        or not 60 <= count_words(topic.primer) <= 120
        or not topic.aliases
        or not 4 <= len(topic.seeds) <= 12
    ]
    assert faults == []


def test_parents_exist_and_form_no_circle(topics: tuple[Topic, ...]) -> None:
    """Every line of parents ends."""
    parents = {topic.slug: topic.parent for topic in topics}
    for slug in parents:
        line = [slug]
        while parents[line[-1]]:
            line.append(parents[line[-1]])
            assert len(set(line)) == len(line), line
            assert line[-1] in parents


def test_an_alias_belongs_to_one_topic_only(topics: tuple[Topic, ...]) -> None:
    """As compared: hyphens, capitals and plurals folded; names count as aliases."""
    owners: dict[str, set[str]] = {}
    for topic in topics:
        for alias in (topic.name, *topic.aliases):
            owners.setdefault(fold_phrase(alias), set()).add(topic.slug)
    assert {alias: slugs for alias, slugs in owners.items() if len(slugs) > 1} == {}


def test_no_alias_is_an_ordinary_word(topics: tuple[Topic, ...]) -> None:
    """A single very common word would tag half the press; nor may an alias fold to nothing or to stop words only."""
    ordinary = {fold_phrase(word) for word in COMMON | STOP_WORDS}
    faults = {
        (topic.slug, alias)
        for topic in topics
        for alias in (topic.name, *topic.aliases)
        if fold_phrase(alias) in ordinary or not set(fold_phrase(alias).split()) - STOP_WORDS
    }
    assert faults == set()


def test_every_alias_proves_its_topic(topics: tuple[Topic, ...]) -> None:
    """No alias is swallowed by a longer name or a near-miss of another topic."""
    finder = PhraseFinder(topics)
    lost = {
        (topic.slug, alias)
        for topic in topics
        for alias in (topic.name, *topic.aliases)
        if topic.slug not in finder.find_names(fold_words(f"news of {alias} today"))
    }
    assert lost == set()


def test_a_near_miss_does_not_prove_its_topic(topics: tuple[Topic, ...]) -> None:
    """What `not` lists is really kept out."""
    finder = PhraseFinder(topics)
    found = {
        (topic.slug, term)
        for topic in topics
        for term in topic.not_terms
        if topic.slug in finder.find_names(fold_words(f"news of {term} today"))
    }
    assert found == set()


def test_there_are_feeds_enough_of_every_kind(feeds: tuple[Feed, ...]) -> None:
    """100 or more, with every kind of press, so that a crossing can be seen."""
    kinds = Counter(feed.kind for feed in feeds)
    assert len(feeds) >= 100
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 10


def test_no_feed_is_listed_twice_under_two_spellings(feeds: tuple[Feed, ...]) -> None:
    """Also not with http and https."""
    urls = Counter(canonicalise_url(feed.url) for feed in feeds)
    assert [url for url, count in urls.items() if count > 1] == []


def test_every_feed_has_a_title_and_a_registrable_publisher(feeds: tuple[Feed, ...]) -> None:
    """The publisher is a registrable domain itself, or grouping by owner would not work."""
    assert [
        feed.url for feed in feeds if not feed.title or owner_domain(f"https://{feed.publisher}/") != feed.publisher
    ] == []
    assert [feed.url for feed in feeds if urlsplit(feed.url).hostname in ("localhost", None)] == []
    assert len({feed.publisher for feed in feeds}) >= 80
