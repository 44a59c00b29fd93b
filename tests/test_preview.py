"""What an agenda would have brought: the last four weeks, each as it stood then; and proposals as they are stored."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from radar.config import Settings
from radar.listen.agenda import link_topics
from radar.pipeline import Pipeline
from radar.records import Executive, Issue, Item, Need, PreviewWeek, Source, Statement, Step, Subject, Survey
from radar.store import Store
from radar.store.tables import story_alias
from tests.building import DAY, HOUR, NOW, make_entry, make_signal, make_story, make_tag, make_topic
from tests.store.store_samples import fill
from tests.weeks import MONDAYS, store_weeks

PERSON = Executive("president", "Ada Blum", "President", "", enrolled_at=NOW - 100 * DAY)  # Mondays, 07:30 UTC
PASSKEYS = make_topic("passkeys", "Passkeys", ["passkey"])
PAYMENTS = make_topic("mobile-payments", "Mobile payments")
SIGN_IN = Statement("president-1", "president", "sign in without pain", 4, topics=("passkeys",))
#: The digest of the last Monday.
SLOT = NOW - DAY - HOUR / 2


@pytest.fixture
def pipeline(store: Store, tmp_path: Path) -> Pipeline:
    """An executive, her one statement, and no press yet."""
    store.save_topics([PASSKEYS, PAYMENTS])
    store.save_executive(PERSON)
    store.save_statement(SIGN_IN, NOW, "advisor")
    return Pipeline(store, Settings(tmp_path, ""), store.list_topics())


def claims(weeks: list[PreviewWeek], change: str | None = None) -> list[list[str]]:
    return [[item.claim for item in week.items if change in (None, item.change)] for week in weeks]


def test_each_week_is_composed_of_what_was_known_then(pipeline: Pipeline, store: Store) -> None:
    """Its stories, its signals; the oldest first; and nothing is stored, claimed or sent."""
    store_weeks(store, ["passkeys"])
    weeks = pipeline.preview("president", NOW)
    assert [week.week for week in weeks] == ["2026-W45", "2026-W46", "2026-W47", "2026-W48"]
    assert claims(weeks) == [[f"Week {number} of passkeys"] for number in range(4)]
    assert {item.section for week in weeks for item in week.items} == {"matters"}
    assert store.list_issues("president") == []
    assert store.claim_issue("president", "2026-W48", NOW)


def test_a_signal_of_today_moves_no_week_of_the_past(pipeline: Pipeline, store: Store) -> None:
    """In the first weeks the topic did not surge: there its story is a line on the agenda."""
    store_weeks(store, ["passkeys"])
    store.save_signals([make_signal("passkeys", None, confirmed=False, week=monday) for monday in MONDAYS[:2]])
    sections = [week.items[0].section for week in pipeline.preview("president", NOW)]
    assert sections == ["agenda", "agenda", "matters", "matters"]


def test_a_story_is_what_it_was_by_then(pipeline: Pipeline, store: Store) -> None:
    """What was published after the digest is not in it: neither a title nor a publisher."""
    early = make_entry("Banks drop passwords", "p00.example", SLOT - 3 * DAY)
    late = [make_entry(f"Passwords dropped by banks {n}", f"p{n:02}.example", SLOT + HOUR * n) for n in (1, 2, 3)]
    story = make_story("Passwords dropped by banks 1", id="s1", first_at=early.published_at,
                       last_at=late[-1].published_at, entries=(early, *late))  # fmt: skip
    fill(store, *story.entries)
    store.save_stories([story])
    store.save_tags(["s1"], [make_tag(story, "passkeys")])
    (*_, last) = pipeline.preview("president", NOW)
    assert [(item.claim, item.why[1:]) for item in last.items] == [("Banks drop passwords", ())]
    assert last.stories_read == 1


def test_a_story_of_the_week_after_is_not_in_it(pipeline: Pipeline, store: Store) -> None:
    """Nor one that ended before the week."""
    for title, at in (("Later", SLOT + HOUR), ("Earlier", SLOT - 8 * DAY)):
        story = make_story(title, "p00.example", at=at)
        fill(store, *story.entries)
        store.save_stories([story])
    assert pipeline.preview("president", NOW)[-1].stories_read == 0


def test_what_was_advised_and_answered_counts_from_its_day(pipeline: Pipeline, store: Store) -> None:
    """A topic that was declined in the third week is held back in the fourth, and not before."""
    store_weeks(store, ["passkeys"])
    store.save_step(Step("president", "passkeys", "declined", SLOT - 4 * DAY, "talk", "Ida"))
    told = [bool(items) for items in claims(pipeline.preview("president", NOW))]
    assert told == [True, True, True, False]


def test_what_staff_ask_for_is_a_reason_from_the_day_their_survey_closed(pipeline: Pipeline, store: Store) -> None:
    """As in the real issue."""
    store_weeks(store, ["passkeys"])
    closed_on = (SLOT - 4 * DAY).date()
    draft = Survey("autumn", "Autumn", (Subject("Passkeys", ("passkeys",)),), ("a", "b"), closed_on, SLOT - 9 * DAY)
    store.add_survey(draft)
    need = Need("autumn", "passkeys", "Passkeys", closed_on, 40, 27, sentence="27 of 40 staff ask for it")
    store.close_survey(replace(draft, state="closed", closed_on=closed_on, answers=40), [need], [], "draft")
    weeks = pipeline.preview("president", NOW)
    assert [need.sentence in week.items[0].why for week in weeks] == [False, False, False, True]


def test_a_change_is_marked_by_what_it_adds_and_drops(pipeline: Pipeline, store: Store) -> None:
    """Muting a word drops its stories; a link moves what was outside the agenda."""
    store_weeks(store)
    _, weeks = pipeline.preview_change("president-1", lambda words: replace(words, mute=("passkeys",)), NOW)
    assert claims(weeks, "dropped") == [[f"Week {number} of passkeys"] for number in range(4)]
    _, weeks = pipeline.preview_change("president-1", lambda words: link_topics(words, ["mobile-payments"]), NOW)
    assert claims(weeks, "moved") == [[f"Week {number} of mobile-payments"] for number in range(4)]
    assert {item.moved_from for week in weeks for item in week.items if item.change} == {"blindsided"}
    assert store.find_statement("president-1") == SIGN_IN


def test_no_change_marks_nothing(pipeline: Pipeline, store: Store) -> None:
    """The same agenda before and after."""
    store_weeks(store)
    _, weeks = pipeline.preview_change("president-1", lambda words: words, NOW)
    assert {item.change for week in weeks for item in week.items} == {""}
    assert [replace(week) for week in weeks] == pipeline.preview("president", NOW)


def test_a_preview_tells_nothing_twice(pipeline: Pipeline, store: Store) -> None:
    """A story that stays in the news without more publishers is told in its first week only."""
    at = SLOT - timedelta(weeks=2, days=1)
    entries = tuple(make_entry("Banks drop passwords", "p00.example", at + timedelta(weeks=week)) for week in range(3))
    story = make_story("Banks drop passwords", id="s1", first_at=at, last_at=entries[-1].published_at, entries=entries)
    fill(store, *entries)
    store.save_stories([story])
    store.save_tags(["s1"], [make_tag(story, "passkeys")])
    assert [bool(told) for told in claims(pipeline.preview("president", NOW))] == [False, True, False, False]


def test_a_story_that_was_told_before_it_was_merged_is_not_told_again(pipeline: Pipeline, store: Store) -> None:
    """The issue of then names the story that is no more."""
    source = Source("old", "Banks drop passwords", "https://p00.example/1", "p00.example", date(2026, 10, 20), 3)
    item = Item("i1", "agenda", "Banks drop passwords", "passkeys", sources=(source,))
    told = Issue("president", "Ada Blum", "", "2026-W44", SLOT - 28 * DAY, "t" * 22, "", "", (item,))
    assert store.claim_issue("president", told.week, told.composed_at)
    assert store.save_issue(told)
    store_weeks(store, ["passkeys"])
    first = pipeline.store.list_stories()[-1]
    with store._write() as connection:
        connection.execute(insert(story_alias), [{"id": "old", "story_id": first.id}])
    assert [bool(items) for items in claims(pipeline.preview("president", NOW))] == [False, True, True, True]


# -- proposals in store -----------------------------------------------------------------------------------------------


def test_a_statement_is_noted_with_what_it_may_be_about(pipeline: Pipeline, store: Store) -> None:
    """Stored with it, numbered, and a version of its own; what is linked already is not proposed."""
    noted = pipeline.note_statement(Statement("", "president", "passkeys for all"), NOW, "Ida")
    assert noted.id == "president-2"
    assert [one.topic for one in noted.proposed] == ["passkeys"]
    assert store.find_statement("president-2") == noted
    assert [change.by for change in store.statement_changes("president-2")] == ["Ida"]
    linked = pipeline.note_statement(Statement("", "president", "passkeys", topics=("passkeys",)), NOW, "Ida")
    assert linked.proposed == ()


def test_a_proposal_brings_less_than_a_link_and_says_so(pipeline: Pipeline, store: Store) -> None:
    """The same story for two executives: who confirmed it hears of it first."""
    store_weeks(store, ["passkeys"])
    linked = pipeline.rank("president", SLOT)[0]
    proposed = pipeline.propose(replace(SIGN_IN, text="passkeys for all", topics=()), NOW)
    store.save_statement(proposed, NOW, "advisor")
    one = pipeline.rank("president", SLOT)[0]
    assert one.statement == proposed
    assert one.score < linked.score
    assert "may be about Passkeys, not confirmed yet" in one.why[0]


def test_new_words_keep_what_was_decided(pipeline: Pipeline, store: Store) -> None:
    """A change by somebody else in between is not undone by proposals made before it."""
    changed = pipeline.change_statement(
        "president-1", lambda words: replace(words, text="passkeys, please"), NOW, "Ida"
    )
    assert (changed.topics, changed.proposed) == (("passkeys",), ())
    assert store.find_statement("president-1") == changed
