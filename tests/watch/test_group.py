"""Entries on one happening become one story, whatever the order in which they arrive."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radar.records import Entry, Story
from radar.watch.group import STORY_LIFE, choose_lead, group_copies, group_entries
from tests.building import DAY, HOUR, NOW, make_entry

PASSKEYS = [
    make_entry("Three large banks drop passwords for passkeys", "ledger.example", NOW,
               summary="Customers of three large banks sign in with passkeys from March; passwords end in June."),
    make_entry("Passkeys replace passwords at three large banks", "herald.example", NOW + 2 * HOUR,
               summary="Three large banks end passwords. Customers sign in with passkeys from March."),
    make_entry("Three banks end passwords, move customers to passkeys", "wire.example", NOW + 5 * HOUR,
               summary="From March customers of three large banks sign in with passkeys."),
]  # fmt: skip
SATELLITE = [
    make_entry("Satellite texting gets its first flat tariff", "ledger.example", NOW + HOUR,
               summary="An operator in Kenya sells unlimited satellite texting to ordinary phones for two dollars."),
    make_entry("First flat tariff for satellite texting to phones", "orbit.example", NOW + 4 * HOUR,
               summary="Unlimited satellite texting to ordinary phones costs two dollars in Kenya."),
]  # fmt: skip
OTHERS = [
    make_entry("Weekly roundup", "ledger.example", NOW + 3 * HOUR),
    make_entry("Weekly roundup", "herald.example", NOW + 3 * HOUR),
    make_entry("", "mute.example", NOW + HOUR),
    make_entry("…", "mute.example", NOW + 2 * HOUR),
    make_entry("Passkeys", "herald.example", NOW + 6 * HOUR),
    make_entry("Robots harvest strawberries in Spain without bruising them", "herald.example", NOW - DAY),
]
ALL = [*PASSKEYS, *SATELLITE, *OTHERS]


def sets_of(stories: list[Story]) -> set[frozenset[str]]:
    return {frozenset(entry.id for entry in story.entries) for story in stories}


def ids(entries: list[Entry]) -> frozenset[str]:
    return frozenset(entry.id for entry in entries)


# -- laws -------------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(ALL), unique_by=lambda entry: entry.id, max_size=len(ALL)))
def test_grouping_is_a_partition_and_does_not_depend_on_the_order(entries: list[Entry]) -> None:
    """Every entry is in exactly one story; stories are equal, ids included, in any order of arrival."""
    stories = group_entries(entries, [])
    members = [entry.id for story in stories for entry in story.entries]
    assert sorted(members) == sorted(entry.id for entry in entries)
    assert stories == group_entries(sorted(entries, key=lambda entry: entry.title, reverse=True), [])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, len(ALL)))
def test_a_story_keeps_its_id_when_more_arrives(seed: int, split: int) -> None:
    """Whatever came first: what was together stays together, under the id of the oldest; nothing is lost."""
    shuffled = random.Random(seed).sample(ALL, len(ALL))
    before = {story.id: story for story in group_entries(shuffled[:split], [])}
    changed = group_entries(shuffled[split:], before.values())
    moved = {entry.id for story in changed for entry in story.entries}
    after = {id_: one for id_, one in before.items() if moved.isdisjoint(e.id for e in one.entries)}
    after |= {story.id: story for story in changed}
    for id_, story in before.items():
        holders = [one.id for one in after.values() if ids(list(one.entries)) & ids(list(story.entries))]
        oldest = min((one.first_at, one.id) for one in before.values() if one.entries[0] in after[holders[0]].entries)
        assert len(holders) == 1
        assert holders[0] == id_ or holders[0] == oldest[1]
    assert sorted(entry.id for story in after.values() for entry in story.entries) == sorted(e.id for e in ALL)


def test_running_twice_adds_nothing() -> None:
    """Entries that already are in a story are passed over, and a repeated entry counts once."""
    stories = group_entries([*ALL, *ALL], [])
    assert group_entries(ALL, stories) == []
    assert len([entry for story in stories for entry in story.entries]) == len(ALL)


def test_nothing_comes_of_nothing() -> None:
    """No entries, no stories."""
    assert group_entries([], []) == []
    assert group_entries([], group_entries(ALL, [])) == []


# -- what joins -------------------------------------------------------------------------------------------------------


def test_reports_of_one_happening_are_one_story_and_others_stay_apart() -> None:
    """Different words, one event; two events and odd headlines beside it do not mix."""
    assert sets_of(group_entries(ALL, [])) >= {ids(PASSKEYS), ids(SATELLITE), ids([OTHERS[-1]])}


def test_one_page_is_one_story_whatever_its_trackers() -> None:
    """The canonical URL decides even where title and text differ."""
    one = make_entry("Banks and keys", "a.example", url="https://news.example/item?id=7&utm_source=rss")
    other = make_entry("Something else entirely happened", "b.example", url="http://www.news.example/item/?id=7#top")
    another = make_entry("Nothing of the sort was seen", "b.example", url="http://www.news.example/item/?id=8")
    assert sets_of(group_entries([one, other, another], [])) == {ids([one, other]), ids([another])}


def test_a_reprint_with_the_same_title_joins() -> None:
    """A closing publisher and capitals do not matter; nor does an unlike summary."""
    one = make_entry("Donors ask charities for recurring gifts", "a.example", summary="Alpha beta gamma delta.")
    other = make_entry("Donors Ask Charities For Recurring Gifts | Herald", "b.example", summary="Epsilon zeta eta.")
    assert sets_of(group_entries([one, other], [])) == {ids([one, other])}


def test_different_happenings_on_one_topic_stay_apart() -> None:
    """Sharing the topic's words is not enough."""
    entries = [
        make_entry("Passkeys arrive at the national health service", "a.example",
                   summary="Patients in Norway book visits with a passkey instead of a code card."),
        make_entry("Study: passkeys cut support calls by a third", "b.example",
                   summary="Researchers counted help desk calls at twelve universities over two years."),
        make_entry("Browser maker adds export of passkeys between wallets", "c.example",
                   summary="A new format lets people carry their keys from one manager to another."),
    ]  # fmt: skip
    assert len(group_entries(entries, [])) == 3


def test_reports_that_share_actors_but_not_the_event_stay_apart() -> None:
    """Three banks and their passkeys twice in a week: some words in common, two happenings."""
    summary = "Customers of the banks get eleven million back after a ruling on overdrafts."
    fine = make_entry("Regulator fines three large banks over hidden fees", "court.example", NOW + DAY, summary=summary)
    assert sets_of(group_entries([*PASSKEYS, fine], [])) == {ids(PASSKEYS), ids([fine])}


def test_an_empty_headline_joins_nothing_and_changes_nothing_else() -> None:
    """A text without a known word is a row of zeros: it must not collapse the rest."""
    odd = [make_entry(title, f"p{n}.example", NOW + n * HOUR) for n, title in enumerate(["", "…", "—", "???", "日本"])]
    with_odd = sets_of(group_entries([*PASSKEYS, *SATELLITE, *odd], []))
    assert with_odd == sets_of(group_entries([*PASSKEYS, *SATELLITE], [])) | {ids([entry]) for entry in odd}


def test_a_short_headline_of_two_publishers_joins_nothing() -> None:
    """ "Weekly roundup" repeats without being one story; so does a single word."""
    entries = [
        make_entry(title, publisher, NOW)
        for title in ("Weekly roundup", "Passkeys", "Podcast")
        for publisher in ("a.example", "b.example")
    ]
    assert len(group_entries([*entries, *PASSKEYS], [])) == len(entries) + 1


def test_copies_from_twenty_domains_are_one_story_of_as_many_owners() -> None:
    """Under the same title or one of their own; a second feed of one owner adds no publisher."""
    text = (
        "An operator in Kenya sells unlimited satellite texting to ordinary phones for two dollars a month, from May."
    )
    copies = [
        make_entry("Unlimited texting by satellite" if n % 2 else f"{'So ' * n}cheap it is now to write from anywhere",
                   f"p{n % 20}.example", NOW + n * HOUR / 4, summary=text[: 90 + n])
        for n in range(22)
    ]  # fmt: skip
    (story,) = group_entries(copies, [])
    assert (len(story.entries), len(story.publishers)) == (22, 20)


def test_a_near_miss_is_no_copy() -> None:
    """Nearly the same words with another number or name in them are another happening, even on different owners."""
    text = (
        "The council of {} has approved a budget of {} for new phones after a long and heated debate on Monday night."
    )
    one = make_entry("Council approves budget of 3 million", "a.example", summary=text.format("Larch", "3 million"))
    number = make_entry("Council approves budget of 4 million", "b.example", summary=text.format("Larch", "3 million"))
    name = make_entry("Budget passed in the end", "c.example", summary=text.format("Finlay", "3 million"))
    assert sets_of(group_copies([one, number, name], [])) == {ids([one]), ids([number]), ids([name])}


def test_an_entry_whose_page_and_title_are_in_two_stories_makes_them_one() -> None:
    """Being equal is transitive; the older id stays."""
    one = make_entry("Agent writes about its maintainer", "a.example", url="https://a.example/agent")
    other = make_entry("Something about an agent", "b.example", NOW + HOUR, url="https://b.example/agent")
    bridge = make_entry("Agent writes about its maintainer", "b.example", NOW + 2 * HOUR, url="https://b.example/agent")
    apart = group_copies([one, other], [])
    (joined,) = group_copies([bridge], apart)
    assert (joined.id, len(joined.entries)) == (one.id, 3)


def test_an_affair_that_began_as_several_stories_becomes_one() -> None:
    """Each report resembles only some of the others; together they are near enough. The oldest id stays."""
    names, turns = ("Plosser", "Fed"), ("tapering", "jobs", "weather", "growth", "bonds", "rates", "pace")
    reports = [
        make_entry(f"{a} {b} {c} {' '.join(names)}", f"p{n}.example", NOW + n * HOUR / 2)
        for n, (a, b, c) in enumerate(itertools.permutations(turns, 3))
    ][:60]
    stories: dict[str, Story] = {}
    for start in range(0, len(reports), 10):
        changed = group_entries(reports[start : start + 10], stories.values())
        moved = {entry.id for story in changed for entry in story.entries}
        stories = {i: s for i, s in stories.items() if moved.isdisjoint(e.id for e in s.entries)}
        stories |= {story.id: story for story in changed}
    assert len(max(stories.values(), key=lambda story: len(story.entries)).entries) > 50
    assert reports[0].id in stories


# -- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "joins"), [(2 * DAY, True), (STORY_LIFE, True), (STORY_LIFE + HOUR, False)])
def test_a_late_report_joins_an_open_story_only(late: object, joins: bool) -> None:
    """A story takes in entries until STORY_LIFE after its last one, even with an equal title."""
    (story,) = group_entries(PASSKEYS[:1], [])
    entry = make_entry(PASSKEYS[0].title, "late.example", NOW + late, summary=PASSKEYS[0].summary)  # type: ignore[operator]
    (changed,) = group_entries([entry], [story])
    assert (changed.id == story.id) is joins
    assert len(changed.entries) == (2 if joins else 1)


def test_a_story_tells_when_it_began_and_last_grew() -> None:
    """Also when the earliest report arrives last; its id stays."""
    (story,) = group_entries(PASSKEYS[1:], [])
    (grown,) = group_entries(PASSKEYS[:1], [story])
    assert (grown.first_at, grown.last_at) == (NOW, NOW + 5 * HOUR)
    assert grown.id == story.id == PASSKEYS[1].id
    assert [entry.id for entry in grown.entries] == [entry.id for entry in PASSKEYS]


def test_the_lead_is_the_title_the_others_echo() -> None:
    """Not the clickbait, even if it came first."""
    bait = make_entry("You will not believe what your money did this week", "bait.example", NOW - HOUR)
    assert choose_lead([bait, *PASSKEYS]) in PASSKEYS


def test_a_report_from_the_middle_of_a_long_story_joins() -> None:
    """A feed read late tells of day 1 when the story has reached day 9."""
    title = "Court hears the case of the leaked donor files"
    days = [make_entry(title, f"p{day}.example", NOW + day * DAY) for day in (0, 4, 9)]
    (story,) = group_entries(days, [])
    (grown,) = group_entries([make_entry(title, "slow.example", NOW + DAY)], [story])
    assert (grown.id, len(grown.entries)) == (story.id, 4)
