"""The one-on-one pack: what is told since the last talk, what is floated and asked, how it prints."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.brief.pack import Notes, compose_pack, render_pack_page, render_pack_text
from radar.brief.pack.questions import find_common_words, lower_name
from radar.records import Acceptance, Feedback, Held, Pack, Phase, Raised, Signal, Step, Talk
from tests.building import (
    DAY,
    NOW,
    PRESIDENT,
    index_topics,
    make_position,
    make_ranked,
    make_signal,
    make_statement,
    make_story,
    make_topic,
    name_publishers,
)

TODAY = NOW.date()
DONORS = make_statement("protect what donors tell us", "note-takers", weight=5)
TOPICS = index_topics(
    make_topic("note-takers", "AI note-takers", definition="Software that writes minutes; note-takers join calls."),
    make_topic("short-video", "Short video", definition="Clips; a short video lasts a minute."),
    make_topic("linux", "Linux", definition="Linux is an operating system."),
)
TALK = Talk("president", date(2026, 11, 3), NOW - 21 * DAY, "ida", "She asked for a rule.")


def make_history(topic: str, *phases: Phase | None, **more: Any) -> list[Signal]:
    """A signal a week, the last of them that of the closed week."""
    first = date(2026, 11, 16) - timedelta(weeks=len(phases) - 1)
    history: list[Signal] = []
    for number, phase in enumerate(phases):
        week = first + timedelta(weeks=number)
        before = history[-1] if history else None
        since = before.since if before and before.phase == phase else week
        history.append(make_signal(topic, phase, week=week, since=since, **more))
    return history


def make_notes(**more: Any) -> Notes:
    fields: dict[str, Any] = {
        "statements": [DONORS], "stale": {}, "topics": TOPICS, "ranked": (), "positions": {}, "talks": [TALK],
        "histories": {"note-takers": make_history("note-takers", "weak signal", "weak signal", "rising", "surging")},
    }  # fmt: skip
    return Notes(**(fields | more))


def compose(**more: Any) -> Pack:
    return compose_pack(PRESIDENT, make_notes(**more), NOW)


def accept(stage: Any, topic: str = "note-takers", **more: Any) -> dict[str, Acceptance]:
    fields: dict[str, Any] = {"since_on": date(2026, 10, 1), "floated": 1, "last_on": date(2026, 10, 1)}
    return {topic: Acceptance("president", topic, stage, **(fields | more))}


# -- what has changed -------------------------------------------------------------------------------------------------


def test_a_statement_tells_its_age_and_what_changed_since_the_last_talk() -> None:
    """From the phase then to the phase now, the day it was noticed, the evidence."""
    (told,) = compose().agenda

    assert (told.statement, told.days, told.stale) == (DONORS, (TODAY - date(2026, 10, 12)).days, "")
    (turn,) = told.turns
    assert (turn.before, turn.phase, turn.on) == ("weak signal", "surging", date(2026, 11, 23))
    assert "12 reports" in turn.sentence


def test_what_was_so_at_the_last_talk_is_no_news() -> None:
    """A phase that stands, a weak signal, and that e-mail is mainstream are not told."""
    for phases in (("surging", "surging", "surging", "surging"), (None, None, None, "weak signal"),
                   (None, None, "mainstream", "mainstream")):  # fmt: skip
        assert compose(histories={"note-takers": make_history("note-takers", *phases)}).agenda[0].turns == ()


def test_without_a_talk_a_quarter_is_told() -> None:
    """And said to be."""
    pack = compose(talks=[])

    assert (pack.last_on, pack.since) == (None, date(2026, 8, 25))
    assert "no talk on file: changes since 25 August" in render_pack_text(pack)


def test_our_own_moves_since_the_talk_are_told() -> None:
    """A ring that changed, approved; not one that had changed by then, nor a draft."""
    old = make_position("note-takers", ring="hold", written_at=NOW - 60 * DAY)
    new = make_position("note-takers", ring="assess", version=2, written_at=NOW - 3 * DAY)
    draft = replace(new, version=3, ring="adopt", approved_by="")

    (told,) = compose(positions={"note-takers": [old, new, draft]}).agenda

    assert [(move.previous, move.ring) for move in told.moves] == [("hold", "assess")]


def test_the_best_stories_of_a_statement_are_cited_with_their_source() -> None:
    """Two, what several publishers cover before what one does; other statements' stories stay theirs."""
    broad = make_story("Broad", *name_publishers(4))
    more = make_story("More", *name_publishers(2))
    lonely = make_story("Lonely")
    other = make_statement("spend less", id="other")
    ranked = [
        make_ranked(lonely, DONORS, score=0.9),
        make_ranked(broad, DONORS, score=0.6),
        make_ranked(more, DONORS, score=0.5),
        make_ranked(make_story("Elsewhere", *name_publishers(9)), other, score=0.9),
    ]

    (told,) = compose(ranked=ranked).agenda

    assert [(one.title, one.publishers) for one in told.stories] == [("Broad", 4), ("More", 2)]


def test_answers_and_questions_since_the_talk_are_listed() -> None:
    """Those before it were spoken of then."""
    given = Feedback("president", "2026-W47", "i1", "let's talk", NOW - DAY, "mail", "note-takers", "s", "They listen")
    raised = [Raised("linux", "president", TODAY - DAY), Raised("short-video", "president", date(2026, 9, 1))]

    pack = compose(answers=[given, replace(given, at=NOW - 40 * DAY)], raised=raised)

    assert pack.answers == (given,)
    assert [name for name, _ in pack.raised] == ["Linux"]
    text = render_pack_text(pack)
    assert "let's talk: They listen" in text
    assert "THEY ASKED ABOUT" in text


# -- what to float ----------------------------------------------------------------------------------------------------


def test_a_moving_topic_on_the_agenda_is_floated_with_a_question() -> None:
    """In the statement's own words and the topic's name as it reads in a sentence."""
    (one,) = compose().possibilities

    assert (one.topic, one.phase, one.statement, one.because) == ("note-takers", "surging", DONORS.id, "never floated")
    assert one.opening == (
        "On 12 October you said: “protect what donors tell us”. If a board member asked you about AI note-takers "
        "tomorrow, what would you want to be able to say?"
    )


@pytest.mark.parametrize(
    ("accepted", "because"),
    [
        (accept("accepted"), ""),
        (accept("trial"), ""),
        (accept("floated", floated=3), "told in 3 digests, never talked about"),
        (accept("interested"), "wants to talk about it since 1 October"),
        (accept("aware", nudge_on=TODAY), "aware; to be brought up again since 24 November"),
        (accept("aware", nudge_on=TODAY + DAY), "told in 1 digest, never talked about"),
        (accept("floated", floated=2, shelved=True), "floated 2 times since 1 October, no answer"),
        (accept("declined"), "declined on 1 October; surging since 23 November"),
    ],
)
def test_why_an_idea_is_floated_or_not(accepted: dict[str, Acceptance], because: str) -> None:
    """Never one that is decided; else with the reason in words."""
    pack = compose(acceptances=accepted)

    assert [one.because for one in pack.possibilities] == [because] * bool(because)


def test_what_was_talked_about_waits_for_its_nudge() -> None:
    """It is not floated again until its day has come; then the question goes back to that talk."""
    step = Step("president", "note-takers", "aware", NOW - 30 * DAY, "talk", "ida")

    assert compose(acceptances=accept("aware"), steps=[step]).possibilities == ()
    (one,) = compose(acceptances=accept("aware", nudge_on=TODAY), steps=[step]).possibilities
    assert one.opening == "On 25 October we spoke of AI note-takers. What has become clearer to you since?"


def test_what_was_set_aside_is_not_floated_before_its_time() -> None:
    """Held topics stay out, whatever moves."""
    held = {"note-takers": Held("note-takers", "declined", date(2026, 10, 1), None)}
    assert compose(acceptances=accept("declined"), held=held).possibilities == ()


def test_topics_that_move_elsewhere_are_not_floated() -> None:
    """Nor those that stand still on the agenda; a narrower topic counts for the broad one it is linked by."""
    moving = make_history("linux", "rising")
    assert compose(histories={"linux": moving, "note-takers": make_history("note-takers", None)}).possibilities == ()
    nested = index_topics(*TOPICS.values(), make_topic("summaries", parent="note-takers"))
    (one,) = compose(topics=nested, histories={"summaries": make_history("summaries", "rising")}).possibilities
    assert one.statement == DONORS.id


def test_three_are_floated_the_weightiest_first_and_no_two_in_the_same_words() -> None:
    """A fourth waits for the next talk."""
    slugs = ["one", "two", "three", "four"]
    topics = index_topics(*(make_topic(slug) for slug in slugs))
    wishes = [make_statement(f"want {slug}", slug, weight=5 - number) for number, slug in enumerate(slugs)]
    histories = {slug: make_history(slug, "rising") for slug in reversed(slugs)}

    chosen = compose(topics=topics, statements=wishes, histories=histories).possibilities

    assert [one.topic for one in chosen] == slugs[:3]
    assert len({one.opening.partition("”. ")[2].replace(one.topic, "") for one in chosen[:2]}) == 2


def test_the_advice_on_file_decides_what_is_asked() -> None:
    """Of a trial, what would convince; of what is held, who asks; never after a draft."""
    rising = {"note-takers": make_history("note-takers", "rising")}
    asked = {
        ring: compose(histories=rising, positions={"note-takers": [make_position("note-takers", ring=ring)]})
        .possibilities[0]
        .opening
        for ring in ("adopt", "trial", "assess", "hold")
    }
    assert "go first" in asked["adopt"]
    assert "convince you" in asked["trial"]
    assert "in one place" in asked["assess"]
    assert "who, if anybody" in asked["hold"].lower()
    draft = {"note-takers": [make_position("note-takers", ring="adopt", approved_by="")]}
    assert "worry you" in compose(histories=rising, positions=draft).possibilities[0].opening


def test_names_read_well_in_the_middle_of_a_sentence() -> None:
    """Common words begin small, proper names and abbreviations do not."""
    common = find_common_words(TOPICS.values())
    names = ("Short video", "Linux", "AI note-takers", "eSIM")
    assert [lower_name(name, common) for name in names] == ["short video", "Linux", "AI note-takers", "eSIM"]


# -- what is open -----------------------------------------------------------------------------------------------------


def test_dated_steps_are_listed_overdue_first() -> None:
    """Those on the agenda or theirs to do; what touches others only is not."""
    late = make_position("note-takers", due_on=TODAY - 3 * DAY)
    theirs = make_position("linux", due_on=TODAY + 2 * DAY, owner="president")
    others = make_position("short-video", due_on=TODAY)

    pack = compose(positions={"linux": [theirs], "note-takers": [late], "short-video": [others]})

    assert [(one.topic, one.overdue) for one in pack.decisions] == [("note-takers", 3), ("linux", 0)]
    text = render_pack_text(pack)
    assert "! was due 21 Nov, 3 days ago" in text
    assert "due Thursday 26 November" in text


def test_nudges_are_those_that_are_not_floated_anyway() -> None:
    """Within a week, shelved, or to be looked at again."""
    accepted = (
        accept("aware", "linux", nudge_on=TODAY + 3 * DAY)
        | accept("floated", "short-video", shelved=True, floated=2)
        | accept("parked", "drones", revisit_on=TODAY)
        | accept("aware", "esim", nudge_on=TODAY + 30 * DAY)
        | accept("floated", shelved=True, floated=2)
    )
    pack = compose(acceptances=accepted)

    assert [one.topic for one in pack.nudges] == ["drones", "linux", "short-video"]
    assert [one.topic for one in pack.possibilities] == ["note-takers"]


# -- print ------------------------------------------------------------------------------------------------------------


def test_page_and_text_say_the_same_and_say_so_where_there_is_nothing() -> None:
    """Honest sentences instead of filler."""
    bare = compose(statements=[], histories={})
    for printed in (render_pack_page(bare, "Ida"), render_pack_text(bare, "Ida")):
        for words in ("No statement is on file", "waits to be floated", "No step is due", "Notes of Ida"):
            assert words in " ".join(printed.split())
    full = compose(
        ranked=[make_ranked(make_story("Broad <b>news</b>", "ledger.example"), DONORS)], stale={DONORS.id: "ask her"}
    )
    page, text = render_pack_page(full), render_pack_text(full)
    assert "&lt;b&gt;news" in page
    assert "<b>" not in page
    assert "She asked for a rule." in page
    assert "! ask her" in text
    assert "[ ] “protect what donors tell us”" in text


def test_links_in_a_page_are_those_a_reader_may_follow() -> None:
    """A feed can bring any address."""
    evil = make_story("Evil", "ledger.example", url="javascript:alert(1)")
    assert "javascript" not in render_pack_page(compose(ranked=[make_ranked(evil, DONORS)]))


@given(st.text(max_size=200), st.text(max_size=80))
def test_any_words_make_a_pack_that_prints(words: str, name: str) -> None:
    """Whatever people say or are called: no error, no markup of theirs, no control character on a terminal."""
    wish = replace(DONORS, text=f"<i>{words}")
    pack = compose_pack(replace(PRESIDENT, name=f"<i>{name}"), make_notes(statements=[wish]), NOW)
    assert "<i>" not in render_pack_page(pack)
    assert not {"\x1b", "\x07", "\u202e"} & set(render_pack_text(pack))


def test_the_same_notes_make_the_same_pack() -> None:
    """Word for word, in whatever order the topics come."""
    notes = make_notes(histories={slug: make_history(slug, "rising") for slug in ("note-takers", "linux")})
    turned = replace(notes, histories=dict(reversed(list(notes.histories.items()))))
    assert compose_pack(PRESIDENT, notes, NOW) == compose_pack(PRESIDENT, turned, NOW)
