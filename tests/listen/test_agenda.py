"""Statements find the topics that may serve them; a person decides; what has aged is called out."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.config import load_topics
from radar.errors import Unusable
from radar.listen.agenda import (
    describe_change,
    dismiss_topics,
    find_stale,
    link_topics,
    propose_links,
    unlink_topics,
)
from radar.records import Proposal, Statement
from tests.building import DAY, NOW, PRESIDENT, make_statement, make_topic

TOPICS = [
    make_topic("note-takers", "AI note-takers", ["meeting assistant"], seeds=("transcript",),
               definition="Software that listens to meetings and writes the minutes.",
               not_terms=("meeting assistant job",)),
    make_topic("passkeys", "Passkeys", ["passkey"], seeds=("sign in",), definition="Login without a password."),
    make_topic("satellite", "Satellite texting", seeds=("no coverage",), definition="Phones that text from anywhere."),
    make_topic("solar", "Solar power", seeds=("panels",), definition="Electricity from sunlight."),
]  # fmt: skip
TODAY = NOW.date()


def propose(text: str, tagged: dict[str, float] | None = None, **more: tuple[str, ...]) -> list[Proposal]:
    return list(propose_links(replace(make_statement(text), **more), TOPICS, tagged or {}))


# -- proposals --------------------------------------------------------------------------------------------------------


def test_a_name_in_the_statement_is_proposed_first_with_its_reason() -> None:
    """Also an alias, however spelled."""
    first = propose("Stop Meeting Assistants before staff sign in with them")[0]
    assert first.topic == "note-takers"
    assert first.score >= 0.95
    assert first.reason.startswith("names “meeting assistant”")


def test_a_hint_counts_less_than_a_name_and_a_phrase_more_than_a_word() -> None:
    """Each says which words they are."""
    found = {one.topic: one for one in propose("Passkeys: they should sign in, and a transcript where no coverage is")}
    assert found["passkeys"].score > found["satellite"].score
    assert "mentions “no coverage”" in found["satellite"].reason


def test_meaning_proposes_what_shares_no_word() -> None:
    """The shipped vectors know that sunshine and electricity go together."""
    (one,) = propose("get electricity out of sunshine")
    assert (one.topic, one.reason) == ("solar", "close in meaning")


def test_the_tagger_is_a_witness_of_its_own() -> None:
    """What it takes the words for is proposed with that reason, and raises what others suggest, too."""
    (alone,) = propose("be kind to one another", {"satellite": 0.7})
    assert (alone.topic, alone.reason) == ("satellite", "the tagger takes it for that")
    text = "get electricity out of sunshine"
    assert propose(text, {"solar": 0.6})[0].score > propose(text)[0].score


def test_a_near_miss_holds_a_name_off() -> None:
    """As in the stories themselves."""
    assert "names" not in " ".join(one.reason for one in propose("advertise the meeting assistant job"))


def test_what_was_decided_is_not_proposed() -> None:
    """Neither what is linked nor what was dismissed."""
    assert propose("passkeys", topics=("passkeys",)) == []
    assert propose("passkeys", dismissed=("passkeys",)) == []


@pytest.mark.parametrize("text", ["", "…", "Be nice"])
def test_nothing_is_proposed_without_a_reason(text: str) -> None:
    """Stop words and empty statements suggest nothing."""
    assert propose(text) == []
    assert propose_links(make_statement(text), [], {}) == ()


def test_the_limit_is_kept_and_the_order_of_topics_does_not_matter() -> None:
    """The surest come first."""
    words = make_statement("passkey, transcript, no coverage, panels")
    tagged = {"solar": 0.6, "note-takers": 0.6}
    found = propose_links(words, TOPICS, tagged)
    assert propose_links(words, TOPICS, tagged, limit=2) == found[:2]
    assert propose_links(words, TOPICS[::-1], tagged) == found
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(st.text(max_size=60), st.dictionaries(st.sampled_from([topic.slug for topic in TOPICS]), st.floats(0, 1)))
def test_a_proposal_is_a_chance_with_a_reason(text: str, tagged: dict[str, float]) -> None:
    """Whatever was said."""
    for one in propose(text, tagged):
        assert 0 < one.score <= 1
        assert one.reason


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Protect what donors tell us in meetings recorded by AI note-takers", "ai-note-takers"),
        ("Let donors pay with mobile payments", "mobile-payments"),
        ("Nobody should have to remember a password again", "passkeys"),
        ("Keep ransomware out of our clinics", "ransomware"),
    ],
)
def test_the_shipped_topics_serve_statements_in_plain_words(text: str, topic: str, tmp_path: Path) -> None:
    """Among the five proposed."""
    assert topic in [one.topic for one in propose_links(make_statement(text), load_topics(tmp_path), {})]


def test_reaching_somebody_is_no_matter_of_satellites(tmp_path: Path) -> None:
    """“Reach” once proposed satellite internet, whose definition says that it reaches remote places."""
    found = propose_links(make_statement("reach young donors where they are"), load_topics(tmp_path), {})
    assert "satellite-internet" not in [one.topic for one in found]
    assert "digital-giving" in [one.topic for one in found]


# -- decisions --------------------------------------------------------------------------------------------------------

PROPOSED = replace(
    make_statement("sign in", "solar"), proposed=(Proposal("passkeys", 0.9, "x"), Proposal("satellite", 0.4, "y"))
)


def test_a_link_ends_the_proposal_and_takes_a_dismissal_back() -> None:
    """Confirmed is confirmed, once."""
    linked = link_topics(replace(PROPOSED, dismissed=("note-takers",)), ["passkeys", "note-takers", "solar"])
    assert linked.topics == ("solar", "passkeys", "note-takers")
    assert linked.dismissed == ()
    assert [one.topic for one in linked.proposed] == ["satellite"]


def test_a_dismissal_ends_proposal_and_link_for_good() -> None:
    """It is remembered as such."""
    dropped = dismiss_topics(PROPOSED, ["satellite", "solar"])
    assert (dropped.topics, dropped.dismissed) == ((), ("satellite", "solar"))
    assert [one.topic for one in dropped.proposed] == ["passkeys"]
    assert dismiss_topics(dropped, ["solar"]) == dropped


def test_only_what_is_linked_can_be_unlinked() -> None:
    """The refusal says what is linked."""
    assert unlink_topics(PROPOSED, ["solar"]).topics == ()
    with pytest.raises(Unusable, match="it is about solar"):
        unlink_topics(PROPOSED, ["passkeys"])


# -- history ----------------------------------------------------------------------------------------------------------


def test_a_version_says_what_it_changed() -> None:
    """Fields with old and new value, words that came and went."""
    before = make_statement("sign in", "solar", include=("login",))
    after = replace(link_topics(before, ["passkeys"]), weight=5, include=("sso",), review_on=date(2027, 1, 1))
    assert describe_change(before, after) == (
        "weight: 3 → 5",
        "review: none → 2027-01-01",
        "topics: + passkeys",
        "always: + sso, − login",
    )
    assert describe_change(before, before) == ()
    assert describe_change(None, before)[0] == "noted with weight 3: “sign in”"
    assert "topics: + solar" in describe_change(None, before)


# -- staleness --------------------------------------------------------------------------------------------------------

FRESH = make_statement("a", noted_on=TODAY)


def stale(*statements: Statement, talk: date | None = TODAY, **more: object) -> list[tuple[str, str]]:
    person = replace(PRESIDENT, **more)  # type: ignore[arg-type]
    talks = {"president": talk} if talk else {}
    return [(one.kind, one.statement) for one in find_stale([person], {"president": statements}, talks, TODAY)]


def test_an_agenda_that_is_cared_for_is_not_stale() -> None:
    """Neither on the ninetieth day after the talk, nor on the day of the review."""
    assert stale(replace(FRESH, review_on=TODAY), talk=TODAY - 90 * DAY) == []


@pytest.mark.parametrize(
    ("talk", "enrolled", "due"),
    [(91, 200, True), (90, 200, False), (None, 91, True), (None, 90, False), (None, None, True)],
)
def test_a_talk_is_due_after_ninety_days(talk: int | None, enrolled: int | None, due: bool) -> None:
    """Counted from the last one, before the first from the day they came."""
    last = None if talk is None else TODAY - timedelta(days=talk)
    came = None if enrolled is None else NOW - timedelta(days=enrolled)
    assert stale(FRESH, talk=last, enrolled_at=came) == ([("no talk", "")] if due else [])


def test_statements_past_their_review_and_empty_agendas_are_called_out() -> None:
    """A statement without a date is to be reviewed ninety days after it was noted."""
    late = replace(FRESH, id="late", review_on=TODAY - DAY)
    old = replace(FRESH, id="old", noted_on=TODAY - 92 * DAY)
    assert stale(FRESH, late, old) == [("past review", "old"), ("past review", "late")]
    assert stale() == [("no statements", "")]


def test_what_is_stale_is_told_without_the_agendas_words() -> None:
    """The line may stand in a terminal's scroll-back and in a mail to the advisor."""
    late = make_statement("canary", id="president-1", review_on=TODAY - 3 * DAY)
    (one,) = find_stale([PRESIDENT], {"president": [late]}, {"president": TODAY}, TODAY)
    assert one.reason == "president-1 was to be reviewed 3 days ago"
