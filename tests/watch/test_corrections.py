"""What the advisor corrected stays so, whatever arrives later and however often everything is grouped again."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radar.errors import RadarError, UnknownName
from radar.records import Correction, Entry, Story
from radar.watch.group import group_entries, merge_stories, split_story, undo_correction
from tests.building import HOUR, NOW, make_entry
from tests.watch.test_group import ALL, PASSKEYS, SATELLITE, ids, sets_of

LATER = NOW + timedelta(days=1)


def apply(stories: Sequence[Story], changed: Sequence[Story]) -> dict[str, Story]:
    """The stories after a change, as a store would hold them: an entry is where it was named last."""
    moved = {entry.id for story in changed for entry in story.entries}
    left = {one.id: one for one in stories if not moved.intersection(entry.id for entry in one.entries)}
    return left | {one.id: one for one in changed}


def cut(entries: Sequence[Entry], size: int) -> list[Sequence[Entry]]:
    return [entries[start : start + size] for start in range(0, len(entries), size)]


def home_of(stories: Sequence[Story], entry: Entry) -> str:
    return next(story.id for story in stories if entry in story.entries)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_split_holds_under_any_later_arrival(data: st.DataObject) -> None:
    """Copies of both parts arrive in any order and any batches: the parts never share a story again."""
    (story,) = group_entries(PASSKEYS, [])
    taken = data.draw(st.sampled_from(PASSKEYS))
    correction, parts = split_story(story, taken.id, LATER, "Ida")
    late = [
        make_entry(entry.title, f"copy{n}.example", entry.published_at + n * HOUR, summary=entry.summary)
        for n, entry in enumerate([*PASSKEYS, *PASSKEYS], 1)
    ]
    stories = {one.id: one for one in parts}
    for batch in cut(data.draw(st.permutations(late)), 2):
        stories = apply(list(stories.values()), group_entries(batch, stories.values(), [correction]))
    others = [entry for entry in PASSKEYS if entry != taken]
    assert home_of(list(stories.values()), taken) not in {home_of(list(stories.values()), one) for one in others}
    assert sorted(e.id for one in stories.values() for e in one.entries) == sorted(e.id for e in [*PASSKEYS, *late])


@settings(max_examples=30, deadline=None)
@given(st.permutations(ALL), st.sampled_from(PASSKEYS), st.booleans())
def test_grouping_everything_again_keeps_both_kinds(order: list[Entry], taken: Entry, merged: bool) -> None:
    """From nothing, in any order: what was split is apart, what was merged is one, and all else is a partition."""
    stories = group_entries(ALL, [])
    story = next(one for one in stories if PASSKEYS[0] in one.entries)
    corrections = [split_story(story, taken.id, LATER, "Ida")[0]]
    if merged:
        satellite, robots = (next(one for one in stories if e in one.entries) for e in (SATELLITE[0], ALL[-1]))
        corrections.append(merge_stories(satellite, robots, LATER, "Ida")[0])
    again = group_entries(order, [], corrections)
    assert sorted(entry.id for one in again for entry in one.entries) == sorted(entry.id for entry in ALL)
    assert not any(home_of(again, taken) == home_of(again, entry) for entry in PASSKEYS if entry != taken)
    if merged:
        assert len({home_of(again, entry) for entry in [*SATELLITE, ALL[-1]]}) == 1
    assert again == group_entries(ALL, [], corrections)


def test_the_last_word_counts() -> None:
    """Split and then merged again is together; merged and then split is apart."""
    (story,) = group_entries(PASSKEYS, [])
    split, (rest, own) = split_story(story, PASSKEYS[1].id, LATER, "Ida")
    merge, _ = merge_stories(rest, own, LATER + HOUR, "Ida")
    assert sets_of(group_entries(PASSKEYS, [], [split, merge])) == {ids(PASSKEYS)}
    again, _ = split_story(story, PASSKEYS[1].id, LATER + 2 * HOUR, "Ida")
    assert len(group_entries(PASSKEYS, [], [split, merge, again])) == 2


def test_an_undone_correction_binds_nothing() -> None:
    """Grouping is by text again."""
    (story,) = group_entries(PASSKEYS, [])
    split, parts = split_story(story, PASSKEYS[1].id, LATER, "Ida")
    undone, changed = undo_correction(split, parts, LATER + HOUR, "Bo")
    assert (undone.undone_at, undone.undone_by) == (LATER + HOUR, "Bo")
    assert sets_of(changed) == {ids(PASSKEYS)}
    assert [one.id for one in changed] == [story.id]
    assert sets_of(group_entries(PASSKEYS, [], [undone])) == {ids(PASSKEYS)}


def test_the_first_entry_of_a_story_can_be_split_off() -> None:
    """The rest keeps the id although that is the id of the entry that left."""
    (story,) = group_entries(PASSKEYS, [])
    assert story.id == PASSKEYS[0].id
    _, (rest, own) = split_story(story, PASSKEYS[0].id, LATER, "Ida")
    assert (rest.id, ids(list(rest.entries))) == (story.id, ids(PASSKEYS[1:]))
    assert own.id not in {entry.id for entry in PASSKEYS}


def test_merging_keeps_the_older_id_and_undoing_gives_the_younger_back() -> None:
    """What has arrived since stays with the older."""
    passkeys, satellite = (group_entries(entries, [])[0] for entries in (PASSKEYS, SATELLITE))
    correction, (one,) = merge_stories(satellite, passkeys, LATER, "Ida")
    assert (one.id, correction.other) == (passkeys.id, satellite.id)
    late = make_entry(PASSKEYS[0].title, "late.example", NOW + 7 * HOUR, summary=PASSKEYS[0].summary)
    (grown,) = group_entries([late], [one], [correction])
    _, changed = undo_correction(correction, [grown], LATER, "Ida")
    assert {story.id: ids(list(story.entries)) for story in changed} == {
        passkeys.id: ids([*PASSKEYS, late]),
        satellite.id: ids(SATELLITE),
    }


def test_what_was_split_from_two_stories_joins_neither_again() -> None:
    """The second split does not forget the first."""
    entry, mate = PASSKEYS[0], PASSKEYS[1]
    first = Correction("split", "s", "x", (entry.id,), (mate.id,), LATER, "Ida")
    second = Correction("split", "t", "y", (entry.id,), (PASSKEYS[2].id,), LATER, "Ida")
    assert sets_of(group_entries(PASSKEYS, [], [first, second])) == {ids([entry]), ids([mate, PASSKEYS[2]])}


def test_what_cannot_be_corrected_is_refused_in_words() -> None:
    """An entry of another story, a story of one entry, a story and itself, a correction undone twice."""
    (story,) = group_entries(PASSKEYS, [])
    (single,) = group_entries(PASSKEYS[:1], [])
    with pytest.raises(UnknownName, match="has no such entry"):
        split_story(story, SATELLITE[0].id, LATER, "Ida")
    with pytest.raises(RadarError, match="has a single entry"):
        split_story(single, PASSKEYS[0].id, LATER, "Ida")
    with pytest.raises(RadarError, match="with itself"):
        merge_stories(story, story, LATER, "Ida")
    undone, _ = undo_correction(split_story(story, PASSKEYS[1].id, LATER, "Ida")[0], [story], LATER, "Ida")
    with pytest.raises(RadarError, match="undone already"):
        undo_correction(undone, [story], LATER, "Ida")
