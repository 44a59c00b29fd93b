"""The shipped topics.toml and feeds.toml keep the promises of their head comments."""

import dataclasses
import re
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
#: Words that the general press writes in lower case, plurals folded, the commonest first.
ORDINARY = (Path(__file__).parent / "ordinary_words.txt").read_text(encoding="utf-8").partition("\n")[2].split()
#: Names that are ordinary words as well: products that mean too many other things to prove a topic by themselves.
AMBIGUOUS = set(
    """cloud rust go swift edge mesh teams slack zoom signal meta threads apple amazon oracle windows office word
    excel discord stream python java ruby spark storm flink kafka chrome safari copilot gemini claude bard llama falcon
    mistral grok sora cursor agent agents chip chips wallet token tokens chain block jenkins puppet vagrant chef salt
    soap scrum kayak hinge bumble plaid chime seamless thunderbird superhuman prometheus sketch notion box""".split()
)
#: Ordinary words that mean a technology and nothing else, wherever the press uses them.
SPEAK_FOR_THEMSELVES = set(
    """antitrust audiobook blogger chatbot crypto cryptocurrency cyberattack cybersecurity disinformation drone hacker
    hacking influencer laptop livestream metaverse misinformation podcast ransomware renewable robot smartphone
    spacecraft spyware""".split()
)
#: Proper names that are ordinary words too, kept because near-misses hold off what else they mean.
PROPER_NAMES = {"intel": "the maker of chips; “Senate intel”, “intel agency” and their like are near-misses"}


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> tuple[Topic, ...]:
    return load_topics(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def feeds() -> tuple[Feed, ...]:
    return load_feeds(Path(__file__).parents[1])


def test_there_are_topics_enough_in_every_quadrant(topics: tuple[Topic, ...]) -> None:
    """At least 180, and no sector of the radar picture that is nearly empty."""
    quadrants = Counter(topic.quadrant for topic in topics)
    assert len(topics) >= 180
    assert set(quadrants) == QUADRANTS
    assert min(quadrants.values()) >= 25


def test_every_topic_is_complete_and_within_its_lengths(topics: tuple[Topic, ...]) -> None:
    """A definition of at most 200 characters, a primer of 60 to 120 words, four aliases or more, 6 to 14 seeds."""
    faults = [
        topic.slug
        for topic in topics
        if not topic.name
        or not 10 <= len(topic.definition) <= 200
        or not 60 <= count_words(topic.primer) <= 120
        or not len(topic.aliases) >= 4
        or not 6 <= len(topic.seeds) <= 14
    ]
    assert faults == []


def test_primers_and_definitions_are_each_their_own(topics: tuple[Topic, ...]) -> None:
    """No sentence of one stands in another."""
    sentences = Counter(
        sentence.strip() for topic in topics for sentence in [topic.definition, *re.split(r"(?<=[.?!]) ", topic.primer)]
    )
    assert [sentence for sentence, count in sentences.items() if count > 1] == []


def test_primers_name_no_year(topics: tuple[Topic, ...]) -> None:
    """Dates age."""
    assert [topic.slug for topic in topics if re.search(r"\b(?:19|20)\d\d\b", topic.primer + topic.definition)] == []


def test_parents_exist_and_form_no_circle(topics: tuple[Topic, ...]) -> None:
    """Every line of parents ends."""
    parents = {topic.slug: topic.parent for topic in topics}
    for slug in parents:
        line = [slug]
        while parents[line[-1]]:
            line.append(parents[line[-1]])
            assert len(set(line)) == len(line), line
            assert line[-1] in parents


def test_an_alias_is_listed_once(topics: tuple[Topic, ...]) -> None:
    """As compared: hyphens, capitals and plurals folded; names count as aliases of other topics."""
    owners: dict[str, set[str]] = {}
    twice = set()
    for topic in topics:
        folded = Counter(fold_phrase(alias) for alias in topic.aliases)
        twice |= {(topic.slug, alias) for alias, count in folded.items() if count > 1}
        for alias in (topic.name, *topic.aliases):
            owners.setdefault(fold_phrase(alias), set()).add(topic.slug)
    assert twice == set()
    assert {alias: slugs for alias, slugs in owners.items() if len(slugs) > 1} == {}


def test_no_alias_is_an_ordinary_word(topics: tuple[Topic, ...]) -> None:
    """A single common word would tag half the press; nor may an alias fold to nothing or to stop words only."""
    ordinary = {fold_phrase(word) for word in {*ORDINARY, *AMBIGUOUS, *STOP_WORDS}}
    ordinary -= {fold_phrase(word) for word in {*SPEAK_FOR_THEMSELVES, *PROPER_NAMES}}
    faults = {
        (topic.slug, alias)
        for topic in topics
        for alias in (topic.name, *topic.aliases)
        if fold_phrase(alias) in ordinary or not set(fold_phrase(alias).split()) - STOP_WORDS
    }
    assert faults == set()


def test_a_seed_is_written_once_and_is_no_alias(topics: tuple[Topic, ...]) -> None:
    """A seed that proves would not be a seed."""
    faults = set()
    for topic in topics:
        seeds = Counter(fold_phrase(seed) for seed in topic.seeds)
        faults |= {(topic.slug, seed) for seed, count in seeds.items() if count > 1}
        faults |= {(topic.slug, seed) for seed in {fold_phrase(alias) for alias in topic.aliases} & set(seeds)}
    assert faults == set()


def test_no_seed_is_one_of_the_commonest_words(topics: tuple[Topic, ...]) -> None:
    """“school” or “launch” hints at nothing."""
    common = {*ORDINARY[:600], *STOP_WORDS}
    assert {(topic.slug, seed) for topic in topics for seed in topic.seeds if fold_phrase(seed) in common} == set()


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


def test_every_primer_speaks_of_its_topic(topics: tuple[Topic, ...]) -> None:
    """Definition and primer contain the name, an alias or a seed: words that a reader will meet in the news."""
    finder = PhraseFinder(topics)
    silent = set()
    for topic in topics:
        words = fold_words(f"{topic.definition} . {topic.primer}")
        if topic.slug not in {*finder.find_names(words), *finder.find_seeds(words)}:
            silent.add(topic.slug)
    assert silent == set()


def test_a_near_miss_does_not_prove_its_topic(topics: tuple[Topic, ...]) -> None:
    """What `not` lists is really kept out, and would not be without it: a near-miss that does nothing is deleted."""
    finder = PhraseFinder(topics)
    without = PhraseFinder([dataclasses.replace(topic, not_terms=()) for topic in topics])
    found, idle = set(), set()
    for topic in topics:
        for term in topic.not_terms:
            words = fold_words(f"news of {term} today")
            if topic.slug in finder.find_names(words):
                found.add((topic.slug, term))
            if topic.slug not in without.find_names(words):
                idle.add((topic.slug, term))
    assert found == set()
    assert idle == set()


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
