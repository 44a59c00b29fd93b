"""The demo world has the size, the variety and the planted stories that the demo needs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import feedparser
import pytest

from radar.demo.documents import ENTRIES_SHOWN, apply_damage, find_content_type, render_document
from radar.demo.material import WEEKS, load_publishers
from radar.demo.past import write_past
from radar.demo.world import FIRST_MONDAY, LAST_NOW, World, find_week, generate_world

BASE_URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def world() -> World:
    return generate_world()


def count_entries(world: World, topic: str) -> list[int]:
    weeks = Counter(find_week(entry.published_at) for entry in world.entries if entry.topic == topic)
    return [weeks[week] for week in range(1, WEEKS + 1)]


def count_publishers(world: World, topic: str) -> list[int]:
    pairs = {(find_week(entry.published_at), entry.publisher) for entry in world.entries if entry.topic == topic}
    weeks = Counter(week for week, _ in pairs)
    return [weeks[week] for week in range(1, WEEKS + 1)]


def find_first_weeks(world: World, topic: str) -> dict[str, int]:
    first: dict[str, int] = {}
    for entry in world.entries:
        if entry.topic == topic:
            first.setdefault(world.find_publisher(entry.publisher).kind, find_week(entry.published_at))
    return first


def test_the_world_is_large_and_varied(world: World) -> None:
    sound = [publisher for publisher in world.publishers if not publisher.failing]

    assert len(world.entries) >= 1500
    assert len(sound) >= 14
    assert {publisher.kind for publisher in sound} == {"research", "community", "vendor", "trade", "general"}
    assert {publisher.format for publisher in sound} == {"rss", "atom", "rdf", "json"}
    assert len({publisher.damage for publisher in sound if publisher.damage}) >= 6
    assert all(publisher.domain.endswith(".example") for publisher in world.publishers)
    assert len({publisher.domain for publisher in world.publishers}) == len(world.publishers)


def test_every_week_has_news_and_nothing_lies_outside_the_twenty_weeks(world: World) -> None:
    weeks = Counter(find_week(entry.published_at) for entry in world.entries)

    assert sorted(weeks) == list(range(1, WEEKS + 1))
    assert min(weeks.values()) >= 70
    assert world.entries[0].published_at >= FIRST_MONDAY
    assert world.entries[-1].published_at < LAST_NOW


def test_no_feed_forgets_an_entry_between_two_weekly_crawls(world: World) -> None:
    written = Counter((entry.publisher, find_week(entry.published_at)) for entry in world.entries)

    assert max(written.values()) <= ENTRIES_SHOWN


def test_entries_have_distinct_identities_and_complete_text(world: World) -> None:
    identities = {(entry.publisher, entry.guid) for entry in world.entries}

    assert len(identities) == len(world.entries)
    for entry in world.entries:
        assert entry.title
        assert entry.author
        assert entry.summary.endswith((".", ")", "?"))
        assert "{" not in entry.title + entry.summary


def test_a_headline_is_repeated_only_where_agency_copy_is_reprinted(world: World) -> None:
    first: dict[str, tuple[str, str]] = {}
    for entry in world.entries:
        publisher, happening = first.setdefault(entry.title, (entry.publisher, entry.happening))
        if publisher != entry.publisher or entry.happening != happening:
            assert publisher == "concord-press.example"
            assert entry.happening == happening


def test_some_reprints_carry_the_agency_address_with_tracking_parameters(world: World) -> None:
    addresses = {entry.url for entry in world.entries if entry.publisher == "concord-press.example"}
    tracked = [entry for entry in world.entries if "?utm_source=" in entry.url]

    assert tracked
    assert all(entry.url.partition("?")[0] in addresses for entry in tracked)


def test_the_same_seed_gives_the_same_world_and_another_seed_another(world: World) -> None:
    assert generate_world() == world
    assert generate_world(8) != world


def test_the_world_does_not_depend_on_the_hash_seed(world: World) -> None:
    program = (
        "import hashlib; from radar.demo.world import generate_world; "
        "print(hashlib.sha256(repr(generate_world()).encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=environment | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "4711")
    }

    assert digests == {hashlib.sha256(repr(world).encode()).hexdigest()}


def test_ai_note_takers_cross_from_research_to_the_general_press(world: World) -> None:
    first = find_first_weeks(world, "ai-note-takers")
    publishers = count_publishers(world, "ai-note-takers")

    assert first["research"] == 1
    assert first["community"] in range(5, 11)
    assert first["vendor"] in range(5, 11)
    assert (first["trade"], first["general"]) == (11, 16)
    assert publishers == [1, 1, 0, 1, 2, 2, 2, 3, 3, 3, 5, 5, 6, 7, 8, 10, 11, 13, 14, 14]
    assert count_entries(world, "ai-note-takers")[-1] >= 25


def test_satellite_texting_crosses_later_and_more_narrowly(world: World) -> None:
    first = find_first_weeks(world, "satellite-to-phone")

    assert first["research"] < first["community"] < first["trade"] < first["general"]
    assert (first["trade"], first["general"]) == (14, 19)
    assert count_publishers(world, "satellite-to-phone")[-4:] == [6, 7, 8, 9]


def test_the_hype_has_one_publisher(world: World) -> None:
    entries = [entry for entry in world.entries if entry.topic == "brain-computer-interfaces"]
    others = [entry for entry in entries if entry.publisher != "frontier-device.example"]

    assert len(others) <= 1
    assert all(4 <= count <= 8 for count in count_entries(world, "brain-computer-interfaces")[12:])
    assert count_publishers(world, "brain-computer-interfaces")[12:] == [1] * 8


def test_decentralised_social_networks_surge_and_fade(world: World) -> None:
    publishers = count_publishers(world, "decentralised-social")

    assert max(publishers[:11]) <= 1
    assert min(publishers[11:15]) >= 8
    assert max(publishers) == 10
    assert publishers[16] <= 5
    assert max(publishers[18:]) <= 1


def test_wrenmesh_crosses_from_research_to_the_general_press(world: World) -> None:
    """The technology in no list; in every title, so that it can be found by name alone."""
    first = find_first_weeks(world, "wrenmesh")

    assert first["research"] < first["community"] < first["trade"] < first["general"]
    assert max(count_publishers(world, "wrenmesh")) == count_publishers(world, "wrenmesh")[-1]
    assert all("wrenmesh" in entry.title.lower() for entry in world.entries if entry.topic == "wrenmesh")


def test_the_past_holds_ordinary_news_only() -> None:
    """The twenty weeks before, from the same feeds, without anything that was planted."""
    past = list(write_past(7, lambda domain: f"feed of {domain}"))

    assert past == list(write_past(7, lambda domain: f"feed of {domain}"))
    assert FIRST_MONDAY.date() - timedelta(weeks=WEEKS) <= min(report.on for report in past)
    assert max(report.on for report in past) < FIRST_MONDAY.date()
    assert len(past) > 1000
    assert {report.source for report in past} <= {f"feed of {one.domain}" for one in load_publishers()}
    words = " ".join(report.title for report in past).lower()
    assert not [name for name in ("wrenmesh", "note-taker", "neurava", "federated") if name in words]


@pytest.mark.parametrize("topic", ["generative-ai", "ransomware"])
def test_mainstream_topics_stay_high_and_wide(world: World, topic: str) -> None:
    entries = count_entries(world, topic)

    assert max(entries) <= min(entries) * 1.3
    assert min(count_publishers(world, topic)) >= 5


def test_background_topics_are_many_and_steady(world: World) -> None:
    topics = sorted({entry.topic for entry in world.entries})
    steady = [topic for topic in topics if sum(1 for count in count_entries(world, topic) if count) == WEEKS]

    assert len(steady) >= 15 + 2


def test_every_feed_parses_at_every_week_however_damaged(world: World) -> None:
    for publisher in world.publishers:
        entries = world.select_entries(publisher.domain)
        for week in (4, 12, WEEKS):
            now = FIRST_MONDAY + (LAST_NOW - FIRST_MONDAY) * week / WEEKS
            document = render_document(publisher, entries, BASE_URL, now)
            shown = [entry for entry in entries if entry.published_at <= now][-ENTRIES_SHOWN:]
            parsed = feedparser.parse(document, response_headers={"content-type": find_content_type(publisher)})
            if publisher.format == "json":
                continue
            assert parsed.feed.title, publisher.domain
            assert len(parsed.entries) == len(shown), (publisher.domain, week)


def test_json_feeds_follow_version_1_1(world: World) -> None:
    for publisher in world.publishers:
        if publisher.format == "json":
            entries = world.select_entries(publisher.domain)
            document = json.loads(render_document(publisher, entries, BASE_URL, LAST_NOW))
            assert document["version"] == "https://jsonfeed.org/version/1.1"
            assert len(document["items"]) == ENTRIES_SHOWN
            assert document["items"][0]["id"] == entries[-1].guid


def test_damage_really_damages(world: World) -> None:
    for publisher in world.publishers:
        if publisher.damage and publisher.damage != "no-dates":
            document = render_document(publisher, world.select_entries(publisher.domain), BASE_URL, LAST_NOW)
            assert feedparser.parse(document).bozo, publisher.domain


def test_an_unknown_damage_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="coffee-stain"):
        apply_damage("coffee-stain", "<rss/>")
