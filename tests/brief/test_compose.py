"""One issue: few things, each once, none repeated without news, and honest when there is nothing to say."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

import pytest

from radar.brief.compose import Coverage, compose_issue
from radar.brief.wording import write_phase
from radar.records import Detail, Held, Issue, Ranked, Statement
from tests.building import (
    DAY,
    NOW,
    PRESIDENT,
    WEEK,
    index_topics,
    make_evidence,
    make_issue,
    make_item,
    make_material,
    make_position,
    make_ranked,
    make_signal,
    make_statement,
    make_story,
    make_topic,
    name_publishers,
)

PAINLESS = make_statement("Make signing in painless", "passkeys")
DONORS = make_statement("Protect what donors tell us", "ai", weight=5)
KEYS = make_story("Banks drop passwords for passkeys", *name_publishers(4))
TOPICS = ("passkeys", "ai", "satellite", "drones", "robots")


def compose(*ranked: Ranked, **more: Any) -> Issue:
    return compose_issue(PRESIDENT, WEEK, make_material(*ranked, **more), NOW, token="t" * 22)


def matter(topic: str, statement: Statement = PAINLESS, score: float = 0.8, publishers: int = 4) -> Ranked:
    return make_ranked(make_story(f"News of {topic}", *name_publishers(publishers)), statement, topic, score=score)


def confirmed(*topics: str) -> list[Any]:
    return [make_signal(topic) for topic in topics]


# -- matters most -----------------------------------------------------------------------------------------------------


def test_at_most_three_things_matter_most_each_topic_once() -> None:
    """The best first; several stories of a topic are one item; the rest is not lost but told in a line."""
    ranked = [matter(topic, score=0.9 - n / 10) for n, topic in enumerate(TOPICS)]
    second = make_ranked(KEYS, PAINLESS, "passkeys", score=0.85)
    issue = compose(*ranked, second, signals=confirmed(*TOPICS))
    matters = issue.section("matters")
    assert [item.topic for item in matters] == ["passkeys", "ai", "satellite"]
    assert [source.title for source in matters[0].sources] == ["News of passkeys", KEYS.title]
    assert [item.topic for item in issue.section("agenda")] == ["drones", "robots"]
    assert len({item.topic for item in issue.items}) == len(issue.items)


def test_a_matter_carries_the_advice_on_file() -> None:
    """So-what, what to say, the next step with its day, the evidence, the why and the statement's words."""
    position = make_position("passkeys", due_on=(NOW + 10 * DAY).date())
    (item,) = compose(matter("passkeys"), signals=confirmed("passkeys"), positions=[position]).section("matters")
    assert (item.so_what, item.say) == (position.so_what, position.say)
    assert item.do == "Approve the trial by Friday 4 December."
    assert item.quote == PAINLESS.text
    assert item.evidence == "12 reports on passkeys this week, usually 2"
    assert item.why
    assert item.phase_note == "rising, 3rd week"


@pytest.mark.parametrize(
    ("change", "do"),
    [
        ({"due_on": (NOW - DAY).date()}, "Approve the trial. This was due on Monday 23 November."),
        ({"due_on": None}, "Approve the trial"),
        ({"next_step": ""}, "Nothing now. Our position: trial."),
        ({"approved_by": ""}, "No advice is on file yet; your advisor is preparing it."),
    ],
)
def test_what_to_do_is_said_as_it_is(change: dict[str, Any], do: str) -> None:
    """Overdue, undated, without a step; a draft is no advice."""
    issue = compose(matter("passkeys"), signals=confirmed("passkeys"), positions=[make_position("passkeys", **change)])
    assert issue.section("matters")[0].do == do
    assert issue.subject.startswith("1 to know: ")


def test_a_decision_comes_before_mere_news_and_is_counted_in_the_subject() -> None:
    """Only what has a step and a day to come is something to decide, whatever words the step uses."""
    due = (NOW + 3 * DAY).date()
    positions = [
        make_position("ai", due_on=due),
        make_position("passkeys", next_step="Stand by the phone", due_on=None),
    ]
    issue = compose(
        matter("passkeys", score=0.8), matter("ai", DONORS, score=0.7), signals=confirmed("passkeys", "ai"),
        positions=positions,
    )  # fmt: skip
    assert [item.topic for item in issue.section("matters")] == ["ai", "passkeys"]
    assert issue.subject.startswith("1 to decide, 1 to know: Ai")


def test_the_newest_approved_version_counts() -> None:
    """A later draft does not replace it."""
    versions = [
        make_position("passkeys", version=1, ring="assess"),
        make_position("passkeys", version=2, ring="trial", say="Second."),
        make_position("passkeys", version=3, ring="adopt", say="Draft.", approved_by=""),
    ]
    (item,) = compose(matter("passkeys"), signals=confirmed("passkeys"), positions=versions).section("matters")
    assert item.say == "Second."


@pytest.mark.parametrize("phase", ["rising", "surging"])
def test_an_unconfirmed_signal_does_not_matter_most(phase: Any) -> None:
    """It is for the advisor's desk; the executive reads one line on the agenda."""
    issue = compose(matter("passkeys"), signals=[make_signal("passkeys", phase, confirmed=False)])
    assert issue.section("matters") == ()
    assert [item.topic for item in issue.section("agenda")] == ["passkeys"]
    assert compose(make_ranked(KEYS, None, "passkeys"), signals=[make_signal("passkeys", confirmed=False)]).items == ()


# -- on your agenda ---------------------------------------------------------------------------------------------------


def test_agenda_lines_are_few_and_spread_over_the_statements() -> None:
    """At most six, two a statement, one a topic and statement; the heavier statement first."""
    many = [
        make_ranked(make_story(f"{statement.text} {n}"), statement, f"{statement.id}-{n // 2}", score=0.5 - n / 100)
        for statement in (PAINLESS, DONORS, *(make_statement(f"Want {n}") for n in range(4)))
        for n in range(6)
    ]
    lines = compose(*many).section("agenda")
    quotes = [item.quote for item in lines]
    assert len(lines) == 6
    assert max(quotes.count(quote) for quote in quotes) <= 2
    assert len({item.topic for item in lines}) == 6
    weights = [5 if quote == DONORS.text else 3 for quote in quotes]
    assert weights == sorted(weights, reverse=True)


def test_what_one_publisher_alone_reports_is_no_filler() -> None:
    """It is told where a statement has nothing better, however high it ranks, and never twice for one statement."""

    def line(title: str, statement: Statement, topic: str, publishers: int, score: float) -> Ranked:
        return make_ranked(make_story(title, *name_publishers(publishers)), statement, topic, score=score)

    told = compose(
        line("Alone, and first", PAINLESS, "drones", 1, 0.9),
        line("Alone", DONORS, "robots", 1, 0.8),
        line("Alone again", DONORS, "satellite", 1, 0.7),
        line("Widely told", PAINLESS, "passkeys", 2, 0.3),
        statements=[PAINLESS, DONORS],
    ).section("agenda")
    assert [item.claim for item in told] == ["Alone", "Widely told"]


# -- nothing twice ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["matters", "agenda", "blindsided"])
@pytest.mark.parametrize(("before", "returns"), [(4, False), (3, False), (2, False), (1, True)])
def test_a_briefed_story_returns_only_with_news_and_then_as_an_update(section: str, before: int, returns: bool) -> None:
    """News is at least three more owners, and half as many again: the story has four now."""
    earlier = [make_issue(make_item(KEYS, "passkeys", publishers=before))]
    statement = None if section == "blindsided" else PAINLESS
    signals = [] if section == "agenda" else confirmed("passkeys")
    items = compose(make_ranked(KEYS, statement, "passkeys"), signals=signals, earlier=earlier).items
    assert [(item.section, item.update) for item in items if item.section != "quiet"] == [(section, True)] * returns


def test_a_story_of_months_ago_is_not_told_again_within_the_look_back() -> None:
    """Eight issues are remembered."""
    earlier = [make_issue(week=f"2026-W{47 - n}", at=NOW - (n + 1) * 7 * DAY) for n in range(7)]
    earlier.append(make_issue(make_item(KEYS, "passkeys"), week="2026-W40", at=NOW - 56 * DAY))
    assert compose(make_ranked(KEYS, PAINLESS, "passkeys"), earlier=earlier).section("agenda") == ()


def test_a_story_told_under_an_id_that_has_since_been_merged_is_not_told_again() -> None:
    """The issue keeps the id it had; the story goes by that of the older one it went into."""
    earlier = [make_issue(make_item(replace(KEYS, id="young"), "passkeys"))]
    ranked = make_ranked(KEYS, PAINLESS, "passkeys")
    assert compose(ranked, earlier=earlier).section("agenda")
    assert not compose(ranked, earlier=earlier, merged={"young": KEYS.id}).section("agenda")


def test_no_story_is_told_twice_in_one_issue() -> None:
    """Although it is on two topics and both move."""
    both = make_ranked(KEYS, PAINLESS, "passkeys", "ai")
    issue = compose(both, signals=confirmed("passkeys", "ai"))
    cited = [source.story_id for item in issue.items for source in item.sources]
    assert cited == [KEYS.id]
    assert len({item.id for item in issue.items}) == len(issue.items)


# -- don't be blindsided ----------------------------------------------------------------------------------------------


def test_what_moves_outside_the_agenda_is_told_strongest_first() -> None:
    """At most three, with the evidence and the state of the advice."""
    ranked = [make_ranked(make_story(f"News of {topic}", *name_publishers(5)), None, topic) for topic in TOPICS]
    signals = [make_signal(topic, evidence=make_evidence(strength=4.0 + number)) for number, topic in enumerate(TOPICS)]
    issue = compose(*ranked, signals=signals, positions=[make_position("robots", ring="hold")], statements=[DONORS])
    items = issue.section("blindsided")
    assert [item.topic for item in items] == ["robots", "drones", "satellite"]
    assert (items[0].do, items[0].say) == ("Our position: hold.", make_position("robots").say)
    assert items[1].do == "Advice is being prepared."
    assert all(item.evidence and not item.quote for item in items)


def test_a_topic_on_the_agenda_is_no_blind_spot() -> None:
    """Told under matters, it is not told again; but where only news outside the agenda is left, that is told."""
    on = make_ranked(KEYS, PAINLESS, "passkeys")
    off = make_ranked(make_story("Passkeys elsewhere", *name_publishers(5)), None, "passkeys")
    assert compose(on, off, signals=confirmed("passkeys")).section("blindsided") == ()
    earlier = [make_issue(make_item(KEYS, "passkeys"))]
    (item,) = compose(on, off, signals=confirmed("passkeys"), earlier=earlier).section("blindsided")
    assert item.claim == "Passkeys elsewhere"


# -- watched, and quiet -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "reports", "words"),
    [
        ("fading", 6, "Coverage has halved since."),
        ("fading", 3, "Coverage has fallen to less than a quarter since."),
        (None, 0, "Nobody has written about it this week."),
        ("weak signal", 10, "Coverage has settled since."),
    ],
)
def test_a_warning_that_came_to_nothing_is_reported(phase: Any, reports: int, words: str) -> None:
    """With the day we warned and what became of it."""
    signal = make_signal("passkeys", phase, confirmed=False, evidence=make_evidence(reports=reports, peak=14.0))
    earlier = [make_issue(make_item(KEYS, "passkeys"))]
    (item,) = compose(signals=[signal], earlier=earlier).section("quiet")
    assert item.claim == f"We warned of Passkeys on 17 November. {words} No action."


def test_a_warning_is_dated_from_its_beginning() -> None:
    """A wave is warned of week after week; one of half a year ago was another."""
    weeks = (1, 2, 3, 26)
    earlier = [make_issue(make_item(KEYS, "passkeys"), week=f"2026-W{47 - n}", at=NOW - n * 7 * DAY) for n in weeks]
    fading = make_signal("passkeys", "fading", confirmed=False)
    (item,) = compose(signals=[fading], earlier=earlier).section("quiet")
    assert item.claim.startswith("We warned of Passkeys on 3 November.")


@pytest.mark.parametrize("phase", ["rising", "surging", "mainstream"])
def test_a_warning_that_came_true_is_not_called_quiet(phase: Any) -> None:
    """Nor is a line on the agenda a warning."""
    earlier = [make_issue(make_item(KEYS, "passkeys"))]
    assert compose(signals=[make_signal("passkeys", phase, confirmed=False)], earlier=earlier).items == ()
    line = [make_issue(make_item(KEYS, "passkeys", section="agenda"))]
    assert compose(signals=[make_signal("passkeys", "fading", confirmed=False)], earlier=line).items == ()


def test_a_short_lull_is_not_yet_an_end() -> None:
    """A wave that began to fade less than two weeks ago may come back; the warning still stands."""
    signal = make_signal("passkeys", "fading", confirmed=False)
    earlier = [make_issue(make_item(KEYS, "passkeys"))]
    lull = replace(signal, since=signal.week - timedelta(weeks=1))
    assert compose(signals=[lull], earlier=earlier).section("quiet") == ()
    ended = replace(signal, since=signal.week - timedelta(weeks=2))
    assert len(compose(signals=[ended], earlier=earlier).section("quiet")) == 1


def test_an_end_is_reported_once() -> None:
    """The next issue is silent about it."""
    fading = [make_signal("passkeys", "fading", confirmed=False)]
    warning = make_issue(make_item(KEYS, "passkeys"), week="2026-W46", at=NOW - 14 * DAY)
    again = make_issue(make_item(KEYS, "passkeys", section="blindsided"), week="2026-W45", at=NOW - 21 * DAY)
    first = compose(signals=fading, earlier=[warning, again])
    told = replace(first, week="2026-W47", composed_at=NOW - 7 * DAY)
    assert len(first.section("quiet")) == 1
    assert compose(signals=fading, earlier=[told, warning, again]).section("quiet") == ()


# -- moves and primers ------------------------------------------------------------------------------------------------


def test_moves_between_rings_since_the_last_issue_are_told() -> None:
    """New advice, and advice whose ring changed; not drafts, not new words in the same ring, not older moves."""
    old, new = NOW - 30 * DAY, NOW - 2 * DAY
    positions = [
        make_position("passkeys", version=1, ring="assess", written_at=old),
        make_position("passkeys", version=2, ring="trial", written_at=new),
        make_position("ai", ring="hold", written_at=new),
        make_position("drones", version=1, ring="trial", written_at=old),
        make_position("drones", version=2, ring="trial", written_at=new, say="Other words."),
        make_position("robots", ring="adopt", written_at=old),
        make_position("satellite", ring="adopt", written_at=new, approved_by=""),
    ]
    issue = compose(positions=positions, topics=[make_topic(slug) for slug in TOPICS], earlier=[make_issue()])
    assert [(move.topic, move.previous, move.ring) for move in issue.moves] == [
        ("passkeys", "assess", "trial"), ("ai", None, "hold"),
    ]  # fmt: skip


def test_a_primer_is_for_a_topic_that_is_new_to_the_reader_and_shown() -> None:
    """At most two; the item says that it is below; known topics, quiet ones and those without a primer get none."""
    topics = [make_topic(slug, primer=f"What {slug} is.") for slug in ("passkeys", "ai", "drones")]
    topics.append(make_topic("satellite"))
    ranked = [matter(slug, score=0.9 - n / 10) for n, slug in enumerate(("satellite", "passkeys", "ai"))]
    signals = confirmed("satellite", "passkeys", "ai", "drones")
    issue = compose(*ranked, signals=signals, topics=topics, familiarity={"ai": "introduced"})
    assert [primer.topic for primer in issue.primers] == ["passkeys"]
    assert {item.topic: item.new_to_reader for item in issue.items} == {
        "satellite": False, "passkeys": True, "ai": False,
    }  # fmt: skip
    everything = [make_topic(slug, primer="Words.") for slug in TOPICS]
    crowded = compose(*[matter(slug) for slug in TOPICS], signals=confirmed(*TOPICS), topics=everything)
    assert len(crowded.primers) == 2
    assert {item.topic for item in crowded.items if item.new_to_reader} == {primer.topic for primer in crowded.primers}


# -- honesty ----------------------------------------------------------------------------------------------------------


def test_a_quiet_week_says_so() -> None:
    """A short issue, never filler: stories nobody asked for and no signal moves are not told."""
    issue = compose(make_ranked(KEYS, None, "passkeys"), statements=[PAINLESS])
    assert issue.items == ()
    assert issue.subject == "A quiet week: nothing needs you"
    assert "a quiet week: nothing passed your bar" in issue.notes
    assert issue.minutes == 1
    assert issue.stories_read == 1


@pytest.mark.parametrize(
    ("states", "dead", "line"),
    [
        ({"ok": 98, "quiet": 3, "failing": 1, "gone": 1}, (), "Read from 103 feeds: 98 well, 3 quiet, 2 failing."),
        ({"ok": 1}, (), "Read from 1 feed: 1 well."),
        ({"ok": 1_200, "new": 1}, (), "Read from 1,201 feeds: 1,200 well, 1 not yet visited."),
        (
            {"ok": 1, "refused": 4, "not a feed": 1},
            ("A", "B", "C\nx", "D", "E"),
            "Read from 6 feeds: 1 well, 5 failing. Unread for a week: A, B, C x and 2 more.",
        ),
        ({}, (), ""),
    ],
)
def test_the_footer_tells_how_the_feeds_fare(states: dict[str, int], dead: tuple[str, ...], line: str) -> None:
    """A reader knows what the issue may have missed."""
    coverage = Coverage(
        stories=0, publishers=0, feeds_failing=0, weeks_watched=9, feeds_by_state=states, feeds_dead=dead
    )
    assert compose(coverage=coverage).feeds == line


def test_a_reader_without_an_agenda_is_told_what_is_missing() -> None:
    """And still hears what nobody should be blindsided by."""
    issue = compose(make_ranked(KEYS, None, "passkeys"), signals=confirmed("passkeys"), statements=[])
    assert "no agenda is on file for you yet: tell your advisor what you are trying to do" in issue.notes
    assert len(issue.section("blindsided")) == 1


def test_a_week_in_which_nothing_was_read_is_not_called_quiet() -> None:
    """The subject already says that Radar, not the world, was silent."""
    nothing = Coverage(stories=0, publishers=0, feeds_failing=3, weeks_watched=9)
    issue = compose(coverage=nothing, statements=[PAINLESS])
    assert issue.subject == "Radar read nothing this week"
    assert "your advisor should look at the feeds" in issue.preheader
    assert not any("quiet" in note or "bar" in note for note in issue.notes)


@pytest.mark.parametrize(
    ("weeks", "words"), [(0, "for less than a week:"), (1, "for 1 week:"), (7, "for 7 weeks:"), (8, "")]
)
def test_a_short_watch_is_admitted(weeks: int, words: str) -> None:
    """Until a trend can be told from a habit."""
    coverage = Coverage(stories=0, publishers=0, feeds_failing=3, weeks_watched=weeks)
    issue = compose(coverage=coverage, statements=[PAINLESS])
    assert any(words in note for note in issue.notes if "watched" in note) is bool(words)
    assert issue.feeds_failing == 3


# -- subject and privacy ----------------------------------------------------------------------------------------------

INJECTION = "Hello\r\nBcc: everybody@example.org\r\n =?utf-8?q?X?= \u202e"


@pytest.mark.parametrize("section", ["matters", "agenda", "blindsided"])
def test_no_headline_reaches_the_subject(section: str) -> None:
    """Subject and preheader are our own words: a publisher cannot inject a header."""
    story = make_story(INJECTION, *name_publishers(4), summary=INJECTION)
    statement = None if section == "blindsided" else PAINLESS
    signals = [] if section == "agenda" else confirmed("passkeys")
    issue = compose(make_ranked(story, statement, "passkeys"), signals=signals)
    assert [item.section for item in issue.items] == [section]
    for header in (issue.subject, issue.preheader, issue.delivery):
        assert "Hello" not in header
        assert "Bcc" not in header
        assert header.isprintable()
    assert "Passkeys" in issue.subject


def test_a_topic_since_taken_off_the_list_is_named_by_its_slug() -> None:
    """The subject never has a hole in it."""
    issue = compose(matter("old-thing"), signals=confirmed("old-thing"), topics=[make_topic("passkeys")])
    assert issue.subject.startswith("1 to know: old-thing")


def test_an_issue_holds_the_agenda_of_its_reader_only() -> None:
    """The words of another executive's statement appear nowhere, although both follow the same topic."""
    canary = make_statement("CANARY cut the field budget", "passkeys", executive="cfo")
    positions = [make_position("passkeys")]
    signals = confirmed("passkeys")
    alone = compose(matter("passkeys"), signals=signals, positions=positions)
    other = compose_issue(
        replace(PRESIDENT, slug="cfo"), WEEK,
        make_material(matter("passkeys", canary), signals=signals, positions=positions), NOW, token="u" * 22,
    )  # fmt: skip
    assert "CANARY" in str(asdict(other))
    assert "CANARY" not in str(asdict(alone))
    assert PAINLESS.text in str(asdict(alone))
    assert not {item.id for item in alone.items} & {item.id for item in other.items}


def test_the_same_material_gives_the_same_issue() -> None:
    """Byte for byte, in any order of signals, topics and positions."""
    ranked = [matter(topic, score=0.5) for topic in TOPICS[:4]]
    positions = [make_position(topic, written_at=NOW - DAY) for topic in TOPICS]
    forward = compose(*ranked, signals=confirmed(*TOPICS), positions=positions)
    topics = index_topics(*(make_topic(slug) for slug in reversed(TOPICS)))
    backward = compose(
        *reversed(ranked), signals=confirmed(*reversed(TOPICS)), positions=positions[::-1],
        topics=list(topics.values()),
        statements=[PAINLESS],
    )  # fmt: skip
    assert repr(forward) == repr(backward)


@pytest.mark.parametrize(
    ("phase", "weeks", "words"),
    [("rising", 0, "rising, new this week"), ("rising", 1, "rising, 2nd week"), ("surging", 2, "surging, 3rd week"),
     ("rising", 10, "rising, 11th week"), ("rising", 20, "rising, 21st week"), ("mainstream", 30, "mainstream"),
     ("weak signal", 3, "weak signal"), (None, 4, "")],
)  # fmt: skip
def test_a_phase_is_followed_week_by_week(phase: Any, weeks: int, words: str) -> None:
    """As a reader counts."""
    signal = make_signal("passkeys", phase)
    assert write_phase(replace(signal, since=signal.week - timedelta(weeks=weeks))) == words


# -- level of detail --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("detail", "sources", "evidence", "primers"),
    [("plain", 1, "", 3), ("standard", 3, "12 reports on passkeys this week, usually 2", 2), ("technical", 5, "12", 0)],
)
def test_the_level_of_detail_decides_what_surrounds_a_claim(
    detail: Detail, sources: int, evidence: str, primers: int
) -> None:
    """Sources, evidence and primers; which things matter, and the advice on them, are the same for all."""
    ranked = [matter(topic) for topic in TOPICS[:3]]
    ranked += [make_ranked(make_story(f"Passkeys, again {n}"), PAINLESS, "passkeys", score=0.1) for n in range(6)]
    topics = [make_topic(topic, primer="It is new.") for topic in TOPICS]
    material = make_material(*ranked, signals=confirmed(*TOPICS), topics=topics, positions=[make_position("passkeys")])
    issue = compose_issue(replace(PRESIDENT, detail=detail), WEEK, material, NOW, token="t" * 22)
    usual = compose_issue(PRESIDENT, WEEK, material, NOW, token="t" * 22)
    first = next(item for item in issue.section("matters") if item.topic == "passkeys")
    assert len(first.sources) == sources
    assert first.more_sources == sum(len(one.story.entries) for one in ranked if "passkeys" in one.topics) - sources
    assert first.evidence.startswith(evidence)
    assert bool(first.evidence) == bool(evidence)
    assert len(issue.primers) == primers
    assert [(i.claim, i.so_what, i.do) for i in issue.items] == [(i.claim, i.so_what, i.do) for i in usual.items]


# -- what the reader set aside ----------------------------------------------------------------------------------------


def held(topic: str, stage: Any = "declined", **more: Any) -> dict[str, Held]:
    return {topic: Held(topic, stage, **({"since_on": NOW.date() - 9 * DAY, "revisit_on": None} | more))}


def test_a_topic_set_aside_is_in_no_section_that_floats_it() -> None:
    """Neither matters most, nor agenda, nor blindsided; a move on the radar stays, and a note says what is left out."""
    ranked = [
        matter("passkeys"),
        matter("ai"),
        make_ranked(make_story("Off the agenda", "a.example"), None, "passkeys"),
    ]
    moved = make_position("passkeys", written_at=NOW - DAY)
    issue = compose(*ranked, signals=confirmed("passkeys", "ai"), positions=[moved], held=held("passkeys"))
    assert {item.topic for item in issue.items} == {"ai"}
    assert [move.topic for move in issue.moves] == ["passkeys"]
    assert "left out: Passkeys, which you declined on 15 November" in issue.notes


def test_a_story_keeps_what_else_it_is_about() -> None:
    """Only what is about the topic most of all is left out; what it merely touches loses it."""
    both = make_ranked(make_story("Banks fly keys", *name_publishers(4)), PAINLESS, "drones", "passkeys")
    issue = compose(both, signals=confirmed("passkeys", "drones"), held=held("passkeys"))
    assert [item.topic for item in issue.items] == ["drones"]
    assert not any("left out" in note for note in issue.notes)


def test_nothing_is_said_of_a_held_topic_without_news() -> None:
    """A note each week on what is not there would be filler; parked is called parked."""
    quiet = compose(matter("passkeys"), signals=[make_signal("passkeys", None, confirmed=False)], held=held("passkeys"))
    assert not any("left out" in note for note in quiet.notes)
    parked = held("passkeys", "parked", revisit_on=date(2027, 1, 11))
    issue = compose(matter("passkeys"), signals=confirmed("passkeys"), held=parked)
    assert "left out: Passkeys, parked on 15 November, until 11 January 2027" in issue.notes
