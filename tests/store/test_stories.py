"""Stories, topics and tags, on SQLite and PostgreSQL."""

from dataclasses import replace

import pytest

from radar.errors import RadarError, UnknownName
from radar.records import Correction, Entry, Story, Tag
from radar.store import Store
from tests.store.store_samples import DAY, HOUR, NOW, fill, make_entry, make_story, make_topic


def stored(store: Store, *entries: Entry) -> list[Entry]:
    """Store entries and return them as the store gives them back."""
    fill(store, *entries)
    found = {entry.id: entry for entry in store.ungrouped_entries(10_000)}
    return [found[entry.id] for entry in entries]


def test_a_story_comes_back_with_its_entries(store: Store) -> None:
    """Oldest entry first, with publishers and kinds; grouped entries are no longer ungrouped."""
    a, b = stored(store, make_entry("a", at=NOW), make_entry("b", feed="herald", at=NOW + HOUR))
    story = make_story(a, b)
    store.save_stories([story])
    assert store.find_story("a") == story
    assert story.publishers == ("herald.example", "ledger.example")
    assert store.ungrouped_entries(10) == []


def test_a_growing_story_keeps_its_id(store: Store) -> None:
    """Saving it with one entry more updates it."""
    a, b = stored(store, make_entry("a"), make_entry("b", at=NOW + HOUR))
    store.save_stories([make_story(a)])
    store.save_stories([make_story(a, b, title="A better title")])
    assert [(story.id, story.title, len(story.entries)) for story in store.list_stories()] == [
        ("a", "A better title", 2)
    ]
    assert store.status().stories == 1


def test_changed_membership_moves_entries(store: Store) -> None:
    """An entry named in another story moves there; one no longer named becomes ungrouped."""
    a, b, c = stored(store, make_entry("a"), make_entry("b", at=NOW + HOUR), make_entry("c", at=NOW + 2 * HOUR))
    store.save_stories([make_story(a, b, c)])
    store.save_stories([make_story(a), make_story(b)])
    assert [entry.id for entry in store.find_story("a").entries] == ["a"]
    assert [entry.id for entry in store.find_story("b").entries] == ["b"]
    assert [entry.id for entry in store.ungrouped_entries(10)] == ["c"]


def test_a_merged_story_is_found_under_its_old_id(store: Store) -> None:
    """The empty story goes, with its tags; links to it lead to where its first entry went."""
    a, b = stored(store, make_entry("a"), make_entry("b", at=NOW + HOUR))
    store.save_topics([make_topic("ai")])
    store.save_stories([make_story(a), make_story(b)])
    store.save_tags(["b"], [Tag("b", "ai", 0.5)])
    store.save_stories([make_story(a, b)])
    assert [story.id for story in store.list_stories()] == ["a"]
    assert store.find_story("b").id == "a"
    assert store.tags_of(["b"]) == {}
    assert store.known_stories(["b"]) == []


def test_a_story_must_have_entries_that_exist_and_are_its_own(store: Store) -> None:
    """Each mistake is refused and changes nothing."""
    (a,) = stored(store, make_entry("a"))
    unheard = make_entry("never crawled")
    for wrong in ([make_story(unheard)], [replace(make_story(a), entries=())], [make_story(a), make_story(a, id="x")]):
        with pytest.raises(ValueError, match="story"):
            store.save_stories(wrong)
    assert store.list_stories() == []


def test_open_stories_are_those_with_recent_entries(store: Store) -> None:
    """The bound is inclusive."""
    entries = stored(store, make_entry("old", at=NOW - 3 * DAY), make_entry("new", at=NOW))
    store.save_stories([make_story(entry) for entry in entries])
    assert [story.id for story in store.open_stories(NOW)] == ["new"]
    assert [story.id for story in store.open_stories(NOW - 3 * DAY)] == ["old", "new"]


def test_pages_of_stories_meet_without_gap_or_overlap(store: Store) -> None:
    """The cursor continues behind the last story, also among stories of one instant."""
    entries = stored(store, *(make_entry(f"e{number:02}", at=NOW - (number // 4) * HOUR) for number in range(10)))
    store.save_stories([make_story(entry) for entry in entries])
    seen: list[Story] = []
    after = None
    while page := store.list_stories(limit=3, after=after):
        seen += page
        after = (page[-1].last_at, page[-1].id)
    assert [story.id for story in seen] == [f"e{number:02}" for number in (3, 2, 1, 0, 7, 6, 5, 4, 9, 8)]


def test_stories_are_listed_by_time_and_topic(store: Store) -> None:
    """Since is inclusive, until exclusive."""
    entries = stored(store, *(make_entry(f"e{number}", at=NOW + number * HOUR) for number in range(4)))
    store.save_stories([make_story(entry) for entry in entries])
    store.save_topics([make_topic("ai"), make_topic("passkeys")])
    store.save_tags(["e1", "e2"], [Tag("e1", "ai", 0.9), Tag("e2", "passkeys", 0.8)])
    between = store.list_stories(since=NOW + HOUR, until=NOW + 3 * HOUR)
    assert [story.id for story in between] == ["e2", "e1"]
    assert [story.id for story in store.list_stories(topic="ai")] == ["e1"]
    with pytest.raises(UnknownName, match=r"no topic is called 'passkey': did you mean passkeys\? `radar topics`"):
        store.list_stories(topic="passkey")


def test_known_stories_keep_the_order_asked_for(store: Store) -> None:
    """Unknown ids are left out."""
    entries = stored(store, make_entry("a"), make_entry("b"))
    store.save_stories([make_story(entry) for entry in entries])
    assert [story.id for story in store.known_stories(["b", "nothing", "a", "b"])] == ["b", "a"]


def test_many_stories_in_one_call(store: Store) -> None:
    """More than a database takes in one list of values."""
    entries = stored(store, *(make_entry(f"e{number:04}", at=NOW + number * HOUR) for number in range(1500)))
    stories = [make_story(entry) for entry in entries]
    store.save_stories(stories)
    assert store.known_stories([story.id for story in stories]) == stories


def test_the_ids_of_merged_stories_lead_to_where_they_went(store: Store) -> None:
    """Through a second merging, too; a story that stands is not listed."""
    a, b, c = stored(store, make_entry("a"), make_entry("b"), make_entry("c"))
    store.save_stories([make_story(a), make_story(b), make_story(c)])
    store.save_stories([make_story(b, c)])
    store.save_stories([make_story(a, b, c)])
    assert store.list_merged(["a", "b", "c", "x"]) == {"b": "a", "c": "a"}
    assert store.find_story("c").id == "a"


def test_topics_are_updated_and_come_back_whole(store: Store) -> None:
    """Tuples and all; topics not named stay."""
    first = make_topic("ai", "AI", "A.I.", "machine learning")
    first = replace(first, seeds=("model",), not_terms=("air",), primer="…")
    store.save_topics([first, make_topic("passkeys")])
    changed = replace(first, definition="New.", aliases=("A.I.",))
    store.save_topics([changed])
    assert store.list_topics() == [changed, make_topic("passkeys")]


def test_tags_are_replaced_story_by_story(store: Store) -> None:
    """Only the stories named lose their old tags; the most confident tag comes first."""
    entries = stored(store, make_entry("a"), make_entry("b"))
    store.save_stories([make_story(entry) for entry in entries])
    store.save_topics([make_topic("ai"), make_topic("passkeys")])
    store.save_tags(["a", "b"], [Tag("a", "ai", 0.4, ("model",)), Tag("a", "passkeys", 0.9), Tag("b", "ai", 0.5)])
    assert store.tags_of(["a", "b", "c"]) == {
        "a": [Tag("a", "passkeys", 0.9), Tag("a", "ai", 0.4, ("model",))],
        "b": [Tag("b", "ai", 0.5)],
    }
    store.save_tags(["a"], [])
    assert store.tags_of(["a", "b"]) == {"b": [Tag("b", "ai", 0.5)]}


def test_a_tag_needs_its_topic_and_its_story(store: Store) -> None:
    """Unknown ones are named; the old tags stay."""
    (a,) = stored(store, make_entry("a"))
    store.save_stories([make_story(a)])
    store.save_topics([make_topic("ai")])
    store.save_tags(["a"], [Tag("a", "ai", 0.4)])
    with pytest.raises(UnknownName, match="no topic is called 'aj': did you mean ai"):
        store.save_tags(["a"], [Tag("a", "aj", 0.4)])
    with pytest.raises(UnknownName, match="no story is called 'b'"):
        store.save_tags(["a", "b"], [Tag("b", "ai", 0.4)])
    with pytest.raises(ValueError, match="not being replaced"):
        store.save_tags([], [Tag("a", "ai", 0.4)])
    assert store.tags_of(["a"]) == {"a": [Tag("a", "ai", 0.4)]}


def test_an_unknown_story_gets_a_line(store: Store) -> None:
    """It says where stories are found."""
    with pytest.raises(UnknownName, match=r"^no story is called 'x': `radar query` finds stories$"):
        store.find_story("x")


def test_an_old_id_follows_its_story_through_every_merging(store: Store) -> None:
    """Also when the story that took it over goes into another; undone, the id is a story of its own again."""
    a, b, c = stored(store, make_entry("a"), make_entry("b", at=NOW + HOUR), make_entry("c", at=NOW + 2 * HOUR))
    store.save_stories([make_story(a), make_story(b), make_story(c)])
    store.save_stories([make_story(b, c)])
    store.save_stories([make_story(a, b, c)])
    assert (store.find_story("c").id, store.find_story("b").id) == ("a", "a")
    store.save_stories([make_story(a, b), make_story(c)])
    assert (store.find_story("c").id, store.find_story("b").id) == ("c", "a")


def test_a_correction_is_kept_with_its_author_until_it_is_undone_once(store: Store) -> None:
    """It changes stories in the same transaction; a second undoing is refused."""
    a, b = stored(store, make_entry("a"), make_entry("b", at=NOW + HOUR))
    store.save_stories([make_story(a, b)])
    wanted = Correction("split", "a", "x", ("b",), ("a",), NOW, "Ida")
    saved = store.save_correction(wanted, [make_story(a), make_story(b, id="x")])
    assert store.list_corrections() == [saved] == [replace(wanted, number=saved.number)]
    assert [story.id for story in store.stories_of(["a", "b"])] == ["a", "x"]
    undone = replace(saved, undone_at=NOW + HOUR, undone_by="Bo")
    store.end_correction(undone, [make_story(a, b)])
    assert store.find_correction(saved.number) == undone
    assert store.find_story("x").id == "a"
    with pytest.raises(RadarError, match="undone already"):
        store.end_correction(undone, [])
    with pytest.raises(UnknownName, match="no correction is called '99'"):
        store.find_correction(99)


def test_grouping_that_knew_less_than_the_advisor_is_not_stored(store: Store) -> None:
    """What was read before a correction must not overwrite it."""
    a, b = stored(store, make_entry("a"), make_entry("b", at=NOW + HOUR))
    store.save_stories([make_story(a, b)])
    before = store.count_corrections()
    correction = Correction("split", "a", "x", ("b",), ("a",), NOW, "Ida")
    store.save_correction(correction, [make_story(a), make_story(b, id="x")])
    assert not store.save_stories([make_story(a, b)], before)
    assert [entry.id for entry in store.find_story("a").entries] == ["a"]
    assert store.save_stories([make_story(a)], store.count_corrections())
