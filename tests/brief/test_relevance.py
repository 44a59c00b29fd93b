"""How a story meets an agenda statement, and the reason in words."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.brief.relevance import (
    ON_AGENDA,
    contains_phrase,
    find_shared_words,
    list_parents,
    match_statement,
    quote_statement,
)
from radar.records import Proposal, Tag
from radar.text import fold_phrase
from tests.building import index_topics, make_statement, make_topic

TOPICS = index_topics(
    make_topic("ai", "Artificial intelligence"),
    make_topic("note-takers", "AI note-takers", parent="ai"),
    make_topic("passkeys", "Passkeys"),
)
DONORS = make_statement("Protect what donors tell us", "ai")
STORY = fold_phrase("Note-takers record what donors say in meetings")


def tag(topic: str, confidence: float = 0.97) -> Tag:
    return Tag("story", topic, confidence)


def test_a_term_the_executive_asked_for_decides_alone() -> None:
    """Whatever its number and hyphens, without any tag; the reason names it."""
    match = match_statement(replace(DONORS, include=("note taker",)), STORY, [], TOPICS, 0.0)
    assert match.relevance == 1.0
    assert "“note taker”" in match.reason


def test_a_confirmed_link_counts_as_much_as_the_tag_is_sure() -> None:
    """And says about which topic."""
    linked = replace(DONORS, topics=("passkeys",))
    sure = match_statement(linked, "x", [tag("passkeys", 0.9)], TOPICS, 0.0)
    unsure = match_statement(linked, "x", [tag("passkeys", 0.6)], TOPICS, 0.0)
    assert sure.relevance == pytest.approx(0.9)
    assert unsure.relevance == pytest.approx(0.6)
    assert "Passkeys" in sure.reason


def test_a_link_to_a_broad_topic_is_served_by_a_narrow_one() -> None:
    """Nearly as well; not the other way round."""
    match = match_statement(DONORS, "x", [tag("note-takers")], TOPICS, 0.0)
    exact = match_statement(DONORS, "x", [tag("ai")], TOPICS, 0.0)
    assert ON_AGENDA < match.relevance < exact.relevance
    assert "AI note-takers" in match.reason
    narrow = replace(DONORS, topics=("note-takers",))
    assert match_statement(narrow, "x", [tag("ai")], TOPICS, 0.0).relevance == 0.0


def test_a_topic_nobody_linked_counts_for_nothing() -> None:
    """Only what was confirmed with the executive."""
    assert match_statement(DONORS, "x", [tag("passkeys")], TOPICS, 1.0).relevance == 0.0


def test_words_alone_need_two_in_common() -> None:
    """One is chance, whatever the agreement."""
    alone = replace(DONORS, topics=())
    one = match_statement(alone, fold_phrase("Donors of blood wanted"), [], TOPICS, 1.0)
    two = match_statement(alone, fold_phrase("How to protect the donors of blood"), [], TOPICS, 1.0)
    assert (one.relevance, one.reason) == (0.0, "")
    assert two.relevance > ON_AGENDA
    assert "“protect”" in two.reason
    assert "“donor”" in two.reason


def test_words_alone_need_most_of_the_statement() -> None:
    """Two words of five are a turn of phrase, not a subject."""
    spend = make_statement("Spend less on field connectivity in Kenya")
    christmas = match_statement(spend, fold_phrase("People spend less at Christmas"), [], TOPICS, 1.0)
    field = match_statement(spend, fold_phrase("Spend less: field connectivity by satellite"), [], TOPICS, 1.0)
    assert christmas.relevance == 0.0
    assert field.relevance > ON_AGENDA


def test_words_alone_never_weigh_like_a_link() -> None:
    """Even when they agree completely."""
    alone = match_statement(replace(DONORS, topics=()), fold_phrase("Protect donors"), [], TOPICS, 99.0)
    linked = match_statement(DONORS, fold_phrase("Protect donors"), [tag("ai")], TOPICS, 0.0)
    assert alone.relevance < linked.relevance


def test_a_proposed_link_counts_less_than_a_confirmed_one_and_says_so() -> None:
    """By its own score, and for the topic itself only, not for what is below it."""
    maybe = replace(DONORS, topics=(), proposed=(Proposal("ai", 0.9, "names “AI”"),))
    proposed = match_statement(maybe, "x", [tag("ai")], TOPICS, 0.0)
    unsure = match_statement(replace(maybe, proposed=(Proposal("ai", 0.4, ""),)), "x", [tag("ai")], TOPICS, 0.0)
    confirmed = match_statement(DONORS, "x", [tag("ai")], TOPICS, 0.0)
    assert unsure.relevance < ON_AGENDA < proposed.relevance < 0.6 < confirmed.relevance
    assert proposed.reason == f"may be about {TOPICS['ai'].name}, not confirmed yet"
    assert match_statement(maybe, "x", [tag("note-takers")], TOPICS, 0.0).relevance == 0.0


@given(st.floats(0, 1), st.floats(0.55, 1), st.floats(0, 2))
def test_a_proposal_never_outdoes_a_link(score: float, confidence: float, agreement: float) -> None:
    """However sure it is, and however well the words agree."""
    tags = [tag("ai", confidence)]
    maybe = replace(DONORS, topics=(), proposed=(Proposal("ai", score, ""),))
    linked = match_statement(DONORS, STORY, tags, TOPICS, agreement).relevance
    assert match_statement(maybe, STORY, tags, TOPICS, agreement).relevance <= linked


def test_one_word_in_common_makes_no_news_of_a_weak_proposal() -> None:
    """“Reach” alone is no reason to tell of whatever else was proposed."""
    maybe = replace(DONORS, topics=(), proposed=(Proposal("ai", 0.4, ""),))
    assert match_statement(maybe, fold_phrase("Donors"), [tag("ai")], TOPICS, 1.0).relevance < ON_AGENDA


@given(st.floats(0, 2), st.floats(0, 2), st.floats(0.55, 1))
def test_more_agreement_is_never_less_relevant(one: float, other: float, confidence: float) -> None:
    """Relevance stays in 0..1 and is monotone in the agreement of words."""
    low, high = sorted((one, other))
    tags = [tag("note-takers", confidence)]
    first = match_statement(DONORS, STORY, tags, TOPICS, low).relevance
    second = match_statement(DONORS, STORY, tags, TOPICS, high).relevance
    assert 0 <= first <= second <= 1


def test_shared_words_are_whole_words_in_the_statements_order() -> None:
    """Stop words never count; plurals do; parts of words do not."""
    assert find_shared_words("Train donors on AI, and donors again", fold_phrase("AI donor training")) == (
        "donor",
        "ai",
    )


def test_a_phrase_is_found_as_whole_words_only() -> None:
    """An empty one never."""
    assert contains_phrase("ai note taker here", "Note-Takers")
    assert not contains_phrase("ai note taker here", "note take")
    assert not contains_phrase("training", "ai")
    assert not contains_phrase("anything", "")
    assert not contains_phrase("anything", "…")


def test_a_quote_carries_the_day_it_was_said() -> None:
    """And none when none was noted."""
    assert quote_statement(DONORS) == "Your words, 12 October: “Protect what donors tell us”"
    assert quote_statement(replace(DONORS, noted_on=None)) == "Your words: “Protect what donors tell us”"
    assert "1 May" in quote_statement(replace(DONORS, noted_on=date(2026, 5, 1)))


def test_the_parents_of_a_topic_end() -> None:
    """Also in a circle, with a missing parent, or for an unknown topic."""
    topics = index_topics(
        make_topic("a", parent="b"),
        make_topic("b", parent="c"),
        make_topic("c", parent="a"),
        make_topic("d", parent="x"),
    )
    assert list_parents("a", topics) == ("b", "c")
    assert list_parents("d", topics) == ()
    assert list_parents("unknown", topics) == ()
    assert list_parents("note-takers", TOPICS) == ("ai",)
