"""Stories are ranked by what one executive is trying to do, each with its why."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radar.brief.rank import measure_news, rank_stories
from radar.records import Ranked, Statement, Story, Taste
from tests.building import (
    DAY,
    NOW,
    index_topics,
    make_signal,
    make_statement,
    make_story,
    make_tag,
    make_topic,
    name_publishers,
)

TOPICS = index_topics(
    make_topic("ai"), make_topic("note-takers", "AI note-takers", parent="ai"), make_topic("passkeys")
)
NOTES = make_story("Note-takers record meetings in three ministries", "a.example", "b.example", "c.example")
KEYS = make_story("Banks drop passwords for passkeys", "a.example", "b.example")
RAIN = make_story("Rain delays the harvest again", "a.example")
PHONES = make_story("Cheap phones text by satellite across the savannah", "d.example")
STORIES = [NOTES, KEYS, RAIN, PHONES]
TAGS = {NOTES.id: [make_tag(NOTES, "note-takers")], KEYS.id: [make_tag(KEYS, "passkeys")]}
DONORS = make_statement("Protect what donors tell us", "ai")
SIGN_IN = make_statement("Make signing in painless for volunteers", "passkeys")
FIELD = make_statement("Text with field staff by satellite phones")


def rank(*statements: Statement, stories: list[Story] | None = None, **more: Any) -> list[Ranked]:
    arguments: dict[str, Any] = {"tags": TAGS, "signals": {}, "topics": TOPICS, "now": NOW}
    return rank_stories(stories if stories is not None else STORIES, statements=statements, **(arguments | more))


def by_story(ranked: list[Ranked]) -> dict[str, Ranked]:
    return {one.story.id: one for one in ranked}


def test_what_serves_the_agenda_comes_first() -> None:
    """Every story is ranked, the others behind, without a statement."""
    ranked = rank(DONORS, SIGN_IN)
    assert {one.story.id for one in ranked[:2]} == {NOTES.id, KEYS.id}
    assert {one.story.id: one.statement for one in ranked} == {
        NOTES.id: DONORS, KEYS.id: SIGN_IN, RAIN.id: None, PHONES.id: None,
    }  # fmt: skip
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)


def test_without_an_agenda_every_story_is_still_ranked() -> None:
    """By what is happening alone; nothing is dropped, nothing claimed."""
    ranked = rank()
    assert {one.story.id for one in ranked} == {story.id for story in STORIES}
    assert {one.statement for one in ranked} == {None}
    assert rank(DONORS, stories=[]) == []


def test_the_why_quotes_the_statement_and_the_evidence() -> None:
    """In the executive's own words; nothing is invented for a story outside the agenda."""
    found = by_story(rank(DONORS))
    assert found[NOTES.id].why == (
        "Your words, 12 October: “Protect what donors tell us” · about AI note-takers, one of its topics",
        "3 publishers report it",
    )
    assert found[RAIN.id].why == ()


def test_on_a_linked_topic_the_statements_own_words_come_first() -> None:
    """The link says that the topic is right, the words that the story is; it may even be a little older."""
    wanted = make_statement("Train volunteers without flying them in", "passkeys")
    own = make_story("Ten minutes a day for volunteers of the trust", "a.example", at=NOW - DAY)
    other = make_story("Meetings are still video calls, landlord finds", "b.example")
    tags = {story.id: [make_tag(story, "passkeys")] for story in (own, other)}
    assert [one.story.id for one in rank(wanted, stories=[own, other], tags=tags)] == [own.id, other.id]


def test_a_link_to_the_parent_topic_serves() -> None:
    """A statement on artificial intelligence is served by a story on note-takers."""
    found = by_story(rank(DONORS))
    assert found[NOTES.id].statement == DONORS
    assert found[KEYS.id].statement is None


def test_words_in_common_serve_without_any_link() -> None:
    """Two or more words of the statement."""
    assert by_story(rank(FIELD))[PHONES.id].statement == FIELD


def test_muted_terms_remove_stories_whoever_asked() -> None:
    """As whole words, in any number; even a story the agenda asks for."""
    ranked = rank(replace(DONORS, mute=("password",)), SIGN_IN)
    assert KEYS.id not in by_story(ranked)
    assert len(ranked) == len(STORIES) - 1
    assert len(rank(replace(DONORS, mute=("pass",)))) == len(STORIES)


def test_an_included_term_decides() -> None:
    """A story nobody tagged comes first, and the why says by which word."""
    ranked = rank(replace(DONORS, include=("harvests",)))
    assert by_story(ranked)[RAIN.id].relevance == 1.0
    assert "“harvests”" in by_story(ranked)[RAIN.id].why[0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=3, max_size=3), st.integers(0, 2), st.integers(1, 4))
def test_raising_a_weight_never_lowers_what_serves_it(weights: list[int], which: int, more: int) -> None:
    """Neither the score nor the place of a story that serves the statement."""
    agenda = [replace(s, weight=w) for s, w in zip((DONORS, SIGN_IN, FIELD), weights, strict=True)]
    raised = [replace(s, weight=min(5, s.weight + more)) if n == which else s for n, s in enumerate(agenda)]
    before, after = rank(*agenda), rank(*raised)
    places = {one.story.id: place for place, one in enumerate(after)}
    served = [(place, one) for place, one in enumerate(before) if one.statement == agenda[which]]
    assert served
    for place, one in served:
        assert by_story(after)[one.story.id].score >= one.score
        assert places[one.story.id] <= place


@settings(max_examples=25, deadline=None)
@given(st.permutations(STORIES), st.permutations([DONORS, SIGN_IN, FIELD]))
def test_the_order_of_stories_and_statements_does_not_matter(stories: list[Story], agenda: list[Statement]) -> None:
    """Same input, same ranking."""
    assert rank(*agenda, stories=stories) == rank(DONORS, SIGN_IN, FIELD)


def test_an_empty_headline_changes_no_other_score() -> None:
    """It is ranked itself, last on the agenda's side."""
    ranked = rank(DONORS, SIGN_IN, stories=[*STORIES, make_story("")])
    assert {one.story.id: one.score for one in ranked if one.story.title} == {
        one.story.id: one.score for one in rank(DONORS, SIGN_IN)
    }


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"publishers": 1}, {"publishers": 6}),
        ({"age": 6}, {"age": 0}),
        ({"phase": None}, {"phase": "weak signal"}),
        ({"phase": "weak signal"}, {"phase": "rising"}),
        ({"phase": "rising"}, {"phase": "surging"}),
        ({"phase": "fading"}, {"phase": "rising"}),
        ({"phase": "rising", "confirmed": False}, {"phase": "rising", "confirmed": True}),
    ],
)
def test_more_happening_is_more_news(less: dict[str, Any], more: dict[str, Any]) -> None:
    """Owners, freshness and the phase of the topic raise a story; the measure stays in 0..1."""

    def measure(publishers: int = 2, age: int = 0, phase: Any = "rising", confirmed: bool = True) -> float:
        story = make_story("Note-takers everywhere", *name_publishers(publishers), at=NOW - age * DAY)
        signal = make_signal("note-takers", phase, confirmed=confirmed and phase in ("rising", "surging"))
        return measure_news(story, [make_tag(story, "note-takers")], {"note-takers": signal}, NOW)

    assert 0 < measure(**less) < measure(**more) <= 1


# -- what answers teach -----------------------------------------------------------------------------------------------

#: One that liked a story on note-takers, and one that wants none of them.
LIKES = Taste({"note-takers": 1 / 3}, ("Note-takers write the minutes of a cabinet",))
DISLIKES = Taste({"note-takers": -1 / 3}, (), ("Note-takers write the minutes of a cabinet",))


def test_answers_move_what_is_alike_and_say_so() -> None:
    """Up or down by the words and the topic, with a line in the why; what has nothing to do with it stays."""
    before, up, down = (by_story(rank(DONORS, SIGN_IN, taste=taste)) for taste in (Taste(), LIKES, DISLIKES))
    assert down[NOTES.id].score < before[NOTES.id].score < up[NOTES.id].score
    assert up[RAIN.id].score == before[RAIN.id].score
    assert "you found items on AI note-takers useful" in up[NOTES.id].why
    assert not any("you" in line.split()[0] for one in (before, down) for line in one[RAIN.id].why)


def test_no_number_of_answers_more_than_doubles_or_halves_a_score() -> None:
    """Ten thousand likes of the very headline, and as many dislikes."""
    many = tuple(f"{NOTES.title} {number}" for number in range(10_000))
    before = by_story(rank(DONORS))
    for taste in (Taste({"note-takers": 0.9998}, (NOTES.title, *many)), Taste({"note-takers": -0.9998}, (), many)):
        for story, one in by_story(rank(DONORS, taste=taste)).items():
            assert before[story].score / 2 - 0.0002 <= one.score <= before[story].score * 2 + 0.0002


def test_a_story_that_is_done_with_does_not_come_again() -> None:
    """And only that one."""
    assert NOTES.id not in by_story(rank(DONORS, taste=Taste(done=frozenset({NOTES.id}))))
    assert len(rank(DONORS, taste=Taste(done=frozenset({NOTES.id, "long gone"})))) == len(STORIES) - 1


def test_a_claim_without_a_known_word_teaches_nothing() -> None:
    """No zero vector spoils the rest."""
    assert rank(DONORS, taste=Taste(liked=("", "🛰"), disliked=("",))) == rank(DONORS)
    assert rank(DONORS, stories=[], taste=LIKES) == []


@settings(max_examples=25, deadline=None)
@given(st.permutations(STORIES), st.permutations((*LIKES.liked, KEYS.title, PHONES.title)))
def test_the_order_of_stories_and_answers_does_not_matter(stories: list[Story], liked: list[str]) -> None:
    """Same answers, same ranking."""
    taste = Taste(LIKES.topics, tuple(liked), DISLIKES.disliked)
    assert rank(DONORS, stories=stories, taste=taste) == rank(
        DONORS, taste=Taste(LIKES.topics, (*LIKES.liked, KEYS.title, PHONES.title), DISLIKES.disliked)
    )
