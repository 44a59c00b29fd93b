"""The desk letter: what waits for the advisor, told once, in our own words, and honest when nothing does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from radar.brief.letter import MOST, Waiting, compose_letter, render_letter
from radar.records import Acceptance, Exposure, Health, LedgerLine, Letter, Raised, Reminder
from tests.building import NOW, WEEK, make_candidate, make_position, make_signal

TODAY = NOW.date()
TOPICS = {"passkeys": "Passkeys", "ai": "AI note-takers", "drones": "Drones"}
PEOPLE = {"president": "Ada Blum", "cfo": "Ben Ode"}


def make_exposure(topic: str = "passkeys", *executives: str, **more: Any) -> Exposure:
    fields: dict[str, Any] = {
        "phase": "rising", "reason": "no position", "score": 2.0, "due_on": date(2026, 11, 30),
        "since_on": date(2026, 11, 16), "overdue": False, "confirmed": True, "statements": ("s1",),
        "command": f"radar position draft {topic} --out {topic}.toml",
    }  # fmt: skip
    return Exposure(topic, executives, **(fields | more))


def make_feed(title: str = "The Herald", **more: Any) -> Health:
    fields: dict[str, Any] = {
        "url": "https://herald.example/feed", "publisher": "herald.example", "kind": "trade", "paused": False,
        "state": "failing", "reason": "the server does not find the feed (404)", "failures": 9,
        "failing_since_at": NOW - timedelta(days=9), "last_crawl_at": NOW, "last_success_at": None, "newest_at": None,
        "entries_a_week": 3.0, "next_due_at": None,
    }  # fmt: skip
    return Health(title=title, **(fields | more))


def make_line(topic: str, verdict: Any = "faded", **more: Any) -> LedgerLine:
    fields: dict[str, Any] = {
        "first_seen_on": None, "flagged_on": date(2026, 9, 7), "confirmed_on": None,
        "briefed": (("president", date(2026, 9, 14)),), "mainstream_on": None, "raised": (), "lead": None,
        "confidence": None, "lasted": None, "term": "", "faded_on": None,
    }  # fmt: skip
    return LedgerLine(topic, verdict=verdict, **(fields | more))


def test_a_candidate_that_faded_is_news_by_its_name() -> None:
    """It is no topic yet."""
    letter = compose_letter("2026-W48", make_waiting(ledger=[make_line("", term="wrenmesh")]), NOW)
    [news] = [part for part in letter.parts if part.heading == "News from the ledger"]
    assert news.lines[0].what.startswith("“wrenmesh”: we warned on 7 September")
    assert letter.verdicts == ("wrenmesh faded",)


def make_waiting(**more: Any) -> Waiting:
    return Waiting(TOPICS, PEOPLE, **({"signals": {"passkeys": make_signal("passkeys")}, "feeds": 40} | more))


def make_last(**more: Any) -> Letter:
    fields: dict[str, Any] = {"subject": "", "preheader": "", "scope": "", "parts": ()}
    return Letter("2026-W47", NOW - timedelta(days=7), **(fields | more))


def make_full() -> Waiting:
    return make_waiting(
        exposures=[
            make_exposure("passkeys", "cfo", "president", phase="surging", overdue=True, due_on=date(2026, 11, 20)),
            make_exposure("ai", "president", reason="position written before the topic was rising", confirmed=False),
            make_exposure("drones", phase="surging"),
        ],
        approved={"esim": make_position("esim", approved_at=NOW - timedelta(days=2))},
        advice=[
            Reminder("eSIM", "next step: Approve the trial (Ida)", TODAY - timedelta(days=3), "radar position esim"),
            Reminder("Passkeys", "position is a draft", None, "radar position approve passkeys --by NAME"),
        ],
        agendas=[Reminder("Ben Ode", "no talk in 104 days", None, "radar pack cfo")],
        candidates=[make_candidate("wireguard"), make_candidate("old-hat", raised_on=date(2026, 11, 9)),
                    make_candidate("e ink", level="confirmed", confirmed_on=date(2026, 11, 16), confidence=0.71)],
        ideas=[Acceptance("cfo", "drones", "floated", date(2026, 8, 3), 2, date(2026, 8, 31), shelved=True),
               Acceptance("president", "ai", "parked", date(2026, 8, 3), 1, TODAY, nudge_on=date(2026, 11, 20)),
               Acceptance("president", "drones", "aware", date(2026, 8, 3), 1, TODAY, nudge_on=date(2026, 12, 20))],
        surveys=[Reminder("Autumn survey", "closes, 31 of 140 answered", date(2026, 11, 27), "radar survey")],
        ledger=[make_line("drones"), make_line("ai", "missed", raised=(Raised("ai", "cfo", date(2026, 8, 3)),)),
                make_line("passkeys", "in time")],
        failing=[make_feed(f"Herald {number}") for number in range(MOST + 2)],
        last=make_last(exposed=("passkeys", "esim"), verdicts=("drones faded",)),
    )  # fmt: skip


def read(waiting: Waiting) -> str:
    return " ".join(render_letter(compose_letter(WEEK, waiting, NOW), "Jo Ruiz").text.split())


def test_the_subject_states_what_needs_advice_and_what_is_overdue() -> None:
    """In our own words: topic and phase."""
    assert compose_letter(WEEK, make_full(), NOW).subject == "3 topics need advice, 1 overdue: Passkeys surging"


def test_exposures_come_first_with_whom_they_touch_the_deadline_and_the_command() -> None:
    """New ones are called new; those on nobody's agenda stand apart."""
    letter = compose_letter(WEEK, make_full(), NOW)
    touching, elsewhere = letter.parts[:2]
    assert [line.what for line in touching.lines] == [
        "Passkeys: surging since 2 November",
        "AI note-takers: rising, not confirmed yet",
    ]
    assert [line.note for line in touching.lines] == ["overdue since 20 November", "due 30 November"]
    assert touching.lines[0].more == "On the agenda of Ben Ode and Ada Blum. No position."
    assert touching.lines[0].command == "radar position draft passkeys --out passkeys.toml"
    assert (elsewhere.heading, elsewhere.lines[0].what) == ("Surging on nobody’s agenda", "Drones: surging")
    fresh = make_waiting(exposures=[make_exposure("ai", "president", since_on=TODAY)])
    assert compose_letter(WEEK, fresh, NOW).parts[0].lines[0].note == "new · due 30 November"


def test_what_is_exposed_is_not_told_again_as_advice_to_look_at() -> None:
    """Each thing once."""
    letter = compose_letter(WEEK, make_full(), NOW)
    (advice,) = [part for part in letter.parts if part.heading == "Advice to look at"]
    assert [line.what for line in advice.lines] == ["eSIM: next step: Approve the trial (Ida)"]
    assert advice.lines[0].note == "overdue since 21 November"


def test_candidates_are_the_confirmed_ones_and_the_early_ones_of_the_week() -> None:
    """What has waited since an earlier letter was told in it."""
    letter = compose_letter(WEEK, make_full(), NOW)
    (part,) = [part for part in letter.parts if part.heading == "Candidates to judge"]
    assert [line.command for line in part.lines] == ["radar candidates show 'e ink'", "radar candidates show wireguard"]


def test_ideas_on_the_shelf_and_nudges_due_are_told_others_are_not() -> None:
    """A nudge to come can wait."""
    letter = compose_letter(WEEK, make_full(), NOW)
    (part,) = [part for part in letter.parts if part.heading == "Ideas to bring up again"]
    assert [line.note for line in part.lines] == ["on the shelf", "to be brought up since 20 November"]
    assert part.lines[0].more == "Floated twice, last on 31 August; no answer."


def test_what_closed_and_what_the_ledger_learnt_is_told_once() -> None:
    """Against the letter before: one exposure ended by approval, one verdict that is new."""
    text = read(make_full())
    assert "eSIM" not in TOPICS.values()
    assert "esim: trial, approved by Jo Ruiz on 22 November" in text
    assert "AI note-takers: missed. Ben Ode raised it on 3 August, before we did" in text
    assert "it faded" not in text
    letter = compose_letter(WEEK, make_full(), NOW)
    after = replace(make_full(), last=replace(letter, week="2026-W47"))
    later = compose_letter(WEEK, after, NOW)
    assert {"Closed since the last letter", "News from the ledger"}.isdisjoint(part.heading for part in later.parts)


def test_a_topic_that_moves_no_more_is_closed_without_advice() -> None:
    """Nobody advised; it went away."""
    signals = {"drones": make_signal("drones", "fading", confirmed=False)}
    text = read(make_waiting(signals=signals, last=make_last(exposed=("drones",))))
    assert "Drones: fading now" in text


def test_a_long_part_is_cut_and_says_where_the_rest_is() -> None:
    """Two feeds more than fit."""
    assert "and 2 more: radar feeds" in read(make_full())


def test_a_week_in_which_nothing_waits_says_so_in_a_sentence() -> None:
    """No filler, and no silence."""
    letter = compose_letter(WEEK, make_waiting(), NOW)
    assert letter.subject == "Nothing needs you this week"
    assert letter.parts == ()
    text = read(make_waiting())
    assert "Nothing needs you this week: every topic that moves" in text
    assert "1 topic moves, 0 without advice · 40 of 40 feeds are read" in text


def test_a_radar_that_has_read_nothing_comforts_nobody() -> None:
    """Nothing moves and nothing was read must not look alike."""
    text = read(make_waiting(signals={}))
    assert "nobody can tell what moves" in text
    assert "every topic that moves" not in text


def test_a_week_without_a_letter_is_admitted() -> None:
    """Radar was down over the slot."""
    assert "No letter went out in week 47" in read(make_waiting(last=replace(make_last(), week="2026-W46")))
    assert "No letter" not in read(make_waiting(last=make_last()))
    new_year = compose_letter("2027-W01", make_waiting(last=replace(make_last(), week="2026-W53")), NOW)
    assert not any("No letter" in note for note in new_year.notes)


def test_hostile_names_stay_inert() -> None:
    """Feeds, terms and people may be called anything: no markup, no control characters, one line each."""
    evil = "Evil\r\nBcc: x <script>alert(1)</script>\x1b[31m\u202e"
    waiting = make_waiting(failing=[make_feed(evil, reason=evil)], candidates=[make_candidate(evil, sentence=evil)])
    rendered = render_letter(compose_letter(WEEK, waiting, NOW), evil)
    assert "<script" not in rendered.html
    for character in ("\x1b", "\u202e", "\r"):
        assert character not in rendered.text + rendered.html
    assert "\nBcc" not in rendered.text


def test_the_same_things_make_the_same_letter() -> None:
    """Byte for byte, so that doing it twice is harmless."""
    assert render_letter(compose_letter(WEEK, make_full(), NOW)) == render_letter(
        compose_letter(WEEK, make_full(), datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    )


def test_a_candidate_that_faded_is_told_by_its_name_and_once() -> None:
    """It has no topic; that another one faded before it is no reason to leave it out."""
    lines = [make_line("", term="quorvex"), make_line("", term="blenta")]
    first = compose_letter(WEEK, make_waiting(ledger=lines[:1]), NOW)
    assert "“quorvex”: we warned on 7 September, and it faded" in read(make_waiting(ledger=lines[:1]))
    second = read(make_waiting(ledger=lines, last=replace(first, week="2026-W47")))
    assert "“blenta”" in second
    assert "“quorvex”" not in second
