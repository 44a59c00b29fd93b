"""Stories get the topics they are about: by name, by hints, or by the company they keep."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from radar.config import load_topics
from radar.records import Story, Tag, Topic
from radar.watch.tag import TAGGED, PhraseFinder, Tagger, fold_words
from tests.building import DAY, NOW, make_story, make_topic

SOCIAL = make_topic("social-media", "Social media", ["social network", "Facebook"], seeds=("followers", "timeline"),
                    not_terms=("social network analysis",))  # fmt: skip
FEDERATED = make_topic("decentralised-social", "Decentralised social networks", ["fediverse"], parent="social-media")
AI = make_topic("ai", "Artificial intelligence", ["AI"], seeds=("machine learning", "neural"))
LANGUAGES = make_topic("languages", "Programming languages", ["C++", "C#", ".NET", "node.js"])
PASSKEYS = make_topic(
    "passkeys", "Passkeys", ["passkey"], seeds=("sign in", "passwordless", "authenticator", "biometric")
)
TOPICS = [SOCIAL, FEDERATED, AI, LANGUAGES, PASSKEYS]

ENDINGS = "banks shops hospitals libraries airlines councils schools museums insurers charities".split()


def make_archive() -> list[Story]:
    """Stories on passkeys that name them and speak of login credentials, and as many on other matters."""
    passkeys = [
        make_story(f"Passkeys reach customers of {who}", at=NOW - day * DAY,
                   summary=f"The login credentials stay on the handset and cannot be stolen from {who}.")
        for day, who in enumerate(ENDINGS)
    ]  # fmt: skip
    others = [
        make_story(f"Rain delays the harvest near {who} in district {number}", at=NOW - number * DAY,
                   summary="Farmers wait for dry weather while prices of grain go up.")
        for number, who in enumerate(ENDINGS * 2)
    ]  # fmt: skip
    return passkeys + others


def tag(story: Story, *, archive: list[Story] | None = None) -> dict[str, Tag]:
    return {tag.topic: tag for tag in Tagger(TOPICS).fit(archive or []).tag_stories([story])}


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("AI reads the scans", "ai"),
        ("A.I.-driven scans are read", "ai"),
        ("New release of C++ is out", "languages"),
        ("Why C# and not Java?", "languages"),
        ("Microsoft ports .NET again", "languages"),
        ("Banks like passkeys", "passkeys"),
        ("Banks like the passkey's comfort", "passkeys"),
        ("A new SOCIAL-NETWORK for cooks", "social-media"),
    ],
)
def test_a_name_proves_its_topic(title: str, topic: str) -> None:
    """Without any label or archive; capitals, hyphens, plurals and signs do not matter."""
    tags = tag(make_story(title))
    assert set(tags) == {topic}
    assert tags[topic].confidence >= 0.9


@pytest.mark.parametrize(
    "title", ["Training for chairs in Spain", "Vitamin C and networks", "The net closes in", "Keys pass"]
)
def test_a_name_inside_other_words_proves_nothing(title: str) -> None:
    """Word boundaries decide: "ai" is not in "training", "C++" not in "C"."""
    assert tag(make_story(title)) == {}


def test_the_longest_name_takes_its_words() -> None:
    """A decentralised social network is not a social network by that alias, but may be named beside one."""
    assert set(tag(make_story("A decentralised social network grows"))) == {"decentralised-social"}
    both = tag(make_story("A decentralised social network challenges the old social network"))
    assert set(both) == {"decentralised-social", "social-media"}


def test_a_near_miss_takes_its_words_away() -> None:
    """What `not` lists looks like the topic and is not; the topic named beside it still counts."""
    assert tag(make_story("Social network analysis of ants")) == {}
    assert set(tag(make_story("Social network analysis of Facebook"))) == {"social-media"}


def test_a_name_in_the_summary_is_weaker_than_in_the_title() -> None:
    """Both are tagged."""
    in_title, in_summary = make_story("Passkeys at banks"), make_story("News of banks", summary="They offer passkeys.")
    assert tag(in_title)["passkeys"].confidence > tag(in_summary)["passkeys"].confidence >= TAGGED


def test_names_are_found_where_they_stand() -> None:
    """Spans point into the folded words."""
    words = fold_words("Old fediverse and new passkeys, more passkeys")
    assert PhraseFinder(TOPICS).find_names(words) == {"decentralised-social": [(1, 2)], "passkeys": [(4, 5), (6, 7)]}


# -- hints and company ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", ["followers", "machine learning", "sign in", "biometric"])
def test_one_seed_never_tags(seed: str) -> None:
    """It hints only: with or without a trained model."""
    story = make_story(f"The committee talks about {seed} again")
    assert tag(story) == {}
    assert tag(story, archive=make_archive()) == {}


def test_several_seeds_tag_and_are_named() -> None:
    """The tag says which words decided."""
    tags = tag(make_story("Passwordless sign in with an authenticator"))
    assert set(tags) == {"passkeys"}
    assert tags["passkeys"].terms == ("authenticator", "passwordless", "sign in")


def test_a_story_is_recognised_by_its_company() -> None:
    """It uses neither name nor seed, but the words of those that do; the terms tell which."""
    story = make_story("Login credentials of airlines stay on the handset",
                       summary="They cannot be stolen from customers.")  # fmt: skip
    assert tag(story) == {}
    tags = tag(story, archive=make_archive())
    assert set(tags) == {"passkeys"}
    assert tags["passkeys"].confidence < 0.88
    assert set(tags["passkeys"].terms) & {"login", "credential", "handset", "stolen"}


def test_other_news_is_not_drawn_in() -> None:
    """The model abstains on what it has seen to be something else, and on what it has never seen."""
    archive = make_archive()
    assert tag(make_story("Dry weather helps farmers near banks"), archive=archive) == {}
    assert tag(make_story("Orchestra tours with a new conductor"), archive=archive) == {}


# -- the tagger as a whole --------------------------------------------------------------------------------------------


def test_a_tagger_works_on_day_0() -> None:
    """No stories to learn from, none to tag, no topics at all."""
    assert Tagger(TOPICS).fit([]).tag_stories([]) == []
    assert Tagger([]).fit(make_archive()).tag_stories(make_archive()) == []
    assert Tagger(TOPICS).tag_stories([make_story("AI reads scans")]) != []


@pytest.mark.parametrize("title", ["", "…", "日本", "x"])
def test_an_empty_headline_changes_nothing_else(title: str) -> None:
    """It gets no tag, and the others keep theirs to the last digit."""
    archive = make_archive()
    tagger = Tagger(TOPICS).fit(archive)
    odd = make_story(title, at=NOW)
    assert tagger.tag_stories([odd]) == []
    assert tagger.tag_stories([odd, *archive]) == tagger.tag_stories(archive)


def test_learning_and_tagging_do_not_depend_on_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of stories or of topics; also where only a part of the other stories is learnt from."""
    monkeypatch.setattr("radar.watch.tag.evidence.MAX_NEGATIVES", 3)
    archive = make_archive()
    likely = [
        "Login credentials stay on the handset",
        "Credentials cannot be stolen from banks",
        "Handset login in shops",
    ]
    archive += [make_story(title, summary="They cannot be stolen.") for title in likely]
    forward = Tagger(TOPICS).fit(archive).tag_stories(archive)
    backward = Tagger(TOPICS[::-1]).fit(archive[::-1]).tag_stories(archive[::-1])
    assert len(forward) > 10
    assert sorted(forward, key=lambda t: (t.story_id, t.topic)) == sorted(backward, key=lambda t: (t.story_id, t.topic))


def test_tags_are_confidences_with_reasons_best_first() -> None:
    """In TAGGED..1, at most one a topic and story, each with the words that decided."""
    archive = make_archive()
    tags = Tagger(TOPICS).fit(archive).tag_stories(archive)
    assert len({(tag.story_id, tag.topic) for tag in tags}) == len(tags)
    assert all(TAGGED <= tag.confidence <= 1 and tag.terms for tag in tags)
    for story in archive:
        own = [tag.confidence for tag in tags if tag.story_id == story.id]
        assert own == sorted(own, reverse=True)


def test_another_hash_seed_gives_the_same_tags() -> None:
    """Byte for byte, in a process of its own."""
    story = make_story("Login credentials stay on the handset", summary="They cannot be stolen from customers.")
    here = Tagger(TOPICS).fit(make_archive()).tag_stories([*make_archive(), story])
    code = (
        "from tests.watch.test_tag import *\n"
        "story = make_story('Login credentials stay on the handset', summary='They cannot be stolen from customers.')\n"
        "print(Tagger(TOPICS).fit(make_archive()).tag_stories([*make_archive(), story]))\n"
    )
    root = Path(__file__).parents[2]
    there = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": "77", "PYTHONPATH": str(root)}, cwd=root, capture_output=True, check=True,
    )  # fmt: skip
    assert there.stdout.decode().strip() == repr(here)
    assert story.id in {tag.story_id for tag in here}


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("AI note-takers join our meetings", "ai-note-takers"),
        ("Banks begin to drop passwords for passkeys", "passkeys"),
        ("Mastodon and Bluesky grow as people leave X", "decentralised-social"),
        ("Starlink adds ten thousand customers", "satellite-internet"),
        ("Ransomware closes a hospital", "ransomware"),
    ],
)
def test_the_shipped_topics_recognise_plain_headlines(title: str, topic: str, tmp_path: Path) -> None:
    """As they come out of the box."""
    shipped: tuple[Topic, ...] = load_topics(tmp_path)
    assert Tagger(shipped).tag_stories([make_story(title)])[0].topic == topic


def test_a_mastodon_in_a_museum_is_no_network(tmp_path: Path) -> None:
    """Near-misses of the shipped list."""
    tags = Tagger(load_topics(tmp_path)).tag_stories([make_story("Mastodon bones found under a car park")])
    assert tags == []
