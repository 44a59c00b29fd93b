"""Drafts of advice: the facts are there, the advice is not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from radar.listen.advice import MAX_SAY_WORDS, find_blanks
from radar.listen.draft import Known, draft_advice
from radar.records import PHASES, LedgerLine, Position, Raised
from radar.text import count_words
from tests.building import NOW, make_evidence, make_position, make_signal, make_statement, make_topic

TODAY = NOW.date()
LINE = LedgerLine(
    "passkeys", "", None, date(2026, 11, 9), None, (("president", date(2026, 11, 16)),), None,
    (Raised("passkeys", "cfo", date(2026, 11, 20)),), None, None, None, None, "open",
)  # fmt: skip


def make_known(**more: Any) -> Known:
    fields: dict[str, Any] = {
        "topic": make_topic("passkeys"), "signal": make_signal("passkeys"), "versions": (),
        "touched": [make_statement("painless sign in", "passkeys", weight=4)],
        "executives": {"president": "Ada Blum", "cfo": "Ben Ode"}, "ledger": LINE,
    }  # fmt: skip
    return Known(**(fields | more))


def test_the_facts_are_filled_in_from_the_evidence() -> None:
    """Counts, publishers, kinds crossed, who is touched, first seen, past warnings."""
    facts = "\n".join(draft_advice(make_known(), TODAY).facts)
    for fact in (
        "What it is: What Passkeys is.",
        "Phase: rising since 2 November 2026, confirmed",
        "12 reports on passkeys this week, usually 2",
        "Publishers in four weeks: 7 (p00.example",
        "and 1 more",
        "the trade press since 5 January 2026, the general press since 2 November 2026",
        "First seen: 5 January 2026",
        f"Touches Ada Blum: {make_statement('painless sign in').id}, weight 4",
        "Flagged on 9 November 2026; told to Ada Blum on 16 November 2026",
        "Raised by Ben Ode on 20 November 2026",
    ):
        assert fact in facts


@pytest.mark.parametrize("phase", [*PHASES, None])
def test_every_phase_has_a_template_that_cannot_be_approved_as_it_is(phase: Any) -> None:
    """The advice is left to a person; what there is to say fits, and its days are to come."""
    draft = draft_advice(make_known(signal=make_signal("passkeys", phase, confirmed=False)), TODAY)
    advice = Position("passkeys", draft.ring, draft.so_what, draft.say, NOW, next_step=draft.next_step)
    assert {"so_what", "say"} <= set(find_blanks(advice))
    assert count_words(draft.say) <= MAX_SAY_WORDS // 2
    assert draft.review_on > TODAY
    assert draft.due_on is None or TODAY < draft.due_on < draft.review_on
    assert bool(draft.due_on) == bool(draft.next_step)


def test_what_was_advised_before_is_told_and_ring_and_owner_stay() -> None:
    """A person decides whether the climb changes them; a draft on file is not advice, and is told."""
    before = make_position("passkeys", ring="adopt", owner="Ida")
    draft = draft_advice(
        make_known(versions=[before, replace(before, version=2, approved_by="", say="Later words.")]), TODAY
    )
    assert (draft.ring, draft.owner) == ("adopt", "Ida")
    facts = "\n".join(draft.facts)
    assert "Advice so far: adopt, approved by Jo Ruiz on 25 October 2026 (version 1)" in facts
    assert "To say, then: “We are trying it in two offices.”" in facts
    assert "Version 2 is a draft of 25 October 2026: “Later words.”" in facts


def test_a_topic_nobody_wrote_about_says_so() -> None:
    """No evidence, no agenda, no warning: nothing is made up."""
    draft = draft_advice(make_known(signal=None, touched=(), ledger=None), TODAY)
    assert draft.facts == (
        "What it is: What Passkeys is.",
        "No closed week of press tells of it.",
        "Touches nobody's agenda.",
    )


def test_a_campaign_of_one_publisher_is_named() -> None:
    """Nobody should advise on an advertisement unawares."""
    signal = make_signal("passkeys", "weak signal", confirmed=False, evidence=make_evidence(largest_share=0.92))
    assert "Of the reports, 92% are one publisher's." in draft_advice(make_known(signal=signal), TODAY).facts
