"""Statements find the topics that may serve them; a person confirms."""

from pathlib import Path

import pytest

from radar.config import load_topics
from radar.listen.agenda import propose_links
from tests.building import make_topic

TOPICS = [
    make_topic("note-takers", "AI note-takers", ["meeting assistant"], seeds=("transcript",), definition="It listens."),
    make_topic("passkeys", "Passkeys", ["passkey"], seeds=("sign in",), definition="Login without a password."),
    make_topic("satellite", "Satellite texting", seeds=("no coverage",), definition="Phones that text from anywhere."),
]  # fmt: skip


def test_a_name_in_the_statement_is_proposed_first_with_its_reason() -> None:
    """Also an alias, however spelled."""
    first = propose_links("Stop Meeting Assistants before staff sign in with them", TOPICS)[0]
    assert (first.topic, first.reason) == ("note-takers", "names “meeting assistant”")


def test_a_seed_and_words_of_the_definition_are_proposed_after() -> None:
    """With the words that suggest them; names weigh more than seeds, seeds more than single words."""
    proposals = propose_links("Passkeys, a transcript for all, and phones", TOPICS)
    assert [proposal.topic for proposal in proposals] == ["passkeys", "note-takers", "satellite"]
    assert [proposal.reason for proposal in proposals] == [
        "names “Passkeys”",
        "mentions “transcript”",
        "shares “phone”",
    ]
    assert [p.score for p in proposals] == sorted((p.score for p in proposals), reverse=True)


@pytest.mark.parametrize("text", ["", "…", "Be nice", "Training of passengers"])
def test_nothing_is_proposed_without_a_reason(text: str) -> None:
    """Stop words, parts of words and empty statements suggest nothing."""
    assert propose_links(text, TOPICS) == []


def test_the_limit_is_kept_and_the_order_of_topics_does_not_matter() -> None:
    """The best come first."""
    text = "passkey transcript phone"
    assert propose_links(text, TOPICS, limit=2) == propose_links(text, TOPICS)[:2]
    assert propose_links(text, TOPICS[::-1]) == propose_links(text, TOPICS)


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
    assert topic in [proposal.topic for proposal in propose_links(text, load_topics(tmp_path))]
