"""Answers change what one executive is shown, boundedly, visibly and until they are taken back; on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from radar.config import Settings
from radar.desk.rapport import (
    find_item,
    give_answer,
    judge_rapports,
    link_item,
    list_funnel,
    note_familiarity,
    note_step,
    open_link,
    read_answer,
    read_dossier,
)
from radar.errors import UnknownName, Unusable
from radar.pipeline import Pipeline
from radar.records import ANSWERS, Answer, Crawl, Entry, Feed, Issue, Ranked, Statement, Story, Tag
from radar.store import Store
from tests.building import DAY, NOW, PRESIDENT, index_topics, make_signal, make_topic, name_publishers

CHAIR = replace(PRESIDENT, slug="chair", name="Bo Vik")
TITLES = (
    ("Banks drop passwords for passkeys", "passkeys"),
    ("Passkeys arrive at two more banks", "passkeys"),
    ("Airlines let travellers sign in with passkeys", "passkeys"),
    ("Drones deliver vaccines to the islands", "drones"),
    ("Drone pilots want clearer rules", "drones"),
)
TOPICS = index_topics(make_topic("passkeys", primer="Keys instead of words."), make_topic("drones", primer="They fly."))
ROUNDING = 0.0002
LAST, THIS, NEXT = "2026-W47", "2026-W48", "2026-W49"


@pytest.fixture
def pipeline(store: Store, tmp_path: Path) -> Pipeline:
    """Two executives with the same agenda, five stories on two topics, both of them rising."""
    feeds = [Feed(f"https://{name}/feed", "trade", name) for name in name_publishers(4)]
    store.sync_feeds(feeds)
    store.save_topics(list(TOPICS.values()))
    for person in (PRESIDENT, CHAIR):
        store.save_executive(person)
        words = Statement(f"{person.slug}-1", person.slug, "Make signing in painless, and fly", topics=tuple(TOPICS))
        store.save_statement(words, NOW, "IT")
    save_stories(store, feeds, TITLES, NOW - DAY)
    store.save_signals([make_signal(slug) for slug in TOPICS])
    return Pipeline(store, Settings(tmp_path, ""), list(TOPICS.values()))


def save_stories(store: Store, feeds: list[Feed], titles: Any, at: Any) -> None:
    """Each title a story told by three publishers."""
    for number, (title, topic) in enumerate(titles):
        entries = [
            Entry(
                f"{title}-{f}", feed.url, f"{number}", f"{feed.url}/{number}", title, at, at, publisher=feed.publisher
            )
            for f, feed in enumerate(feeds[:3])
        ]
        for entry in entries:
            visit = Crawl(entry.feed_url, at, "new entries", "ok", "", at + DAY, status=200)
            store.save_crawl(visit, [entry])
        store.save_stories([Story(entries[0].id, title, entries[0].url, "", at, at, tuple(entries))])
        store.save_tags([entries[0].id], [Tag(entries[0].id, topic, 0.97, (topic,))])


def publish(pipeline: Pipeline, executive: str = "president", week: str = THIS, now: Any = NOW) -> Issue:
    issue = pipeline.publish(executive, week, now, send=False)
    assert issue is not None
    return issue


def vote(store: Store, issue: Issue, answer: Answer, topic: str = "passkeys") -> None:
    item = next(one for one in issue.items if one.topic == topic)
    give_answer(store, issue, item, answer, "api", NOW)


def scores(ranked: list[Ranked]) -> dict[str, float]:
    return {one.story.title: one.score for one in ranked}


def test_useful_raises_what_is_alike_and_says_so(pipeline: Pipeline) -> None:
    """Most of all the item itself and its topic's; within a factor of two; the why tells it."""
    issue, before = publish(pipeline), scores(pipeline.rank("president", NOW))
    vote(pipeline.store, issue, "useful")
    ranked = pipeline.rank("president", NOW)
    after = scores(ranked)
    for title, topic in TITLES:
        assert before[title] / 2 - ROUNDING <= after[title] <= before[title] * 2 + ROUNDING
        if topic == "passkeys":
            assert after[title] > before[title]
    why = {one.story.title: " ".join(one.why) for one in ranked}
    assert "you found items on Passkeys useful" in why[TITLES[1][0]]
    assert not any("you found" in why[title] for title, topic in TITLES if topic == "drones")


def test_not_for_me_lowers_what_is_alike_and_ends_that_story(pipeline: Pipeline) -> None:
    """The others of its topic fall; nothing falls below half."""
    issue, before = publish(pipeline), scores(pipeline.rank("president", NOW))
    vote(pipeline.store, issue, "not for me")
    after = scores(pipeline.rank("president", NOW))
    gone = set(before) - set(after)
    assert len(gone) == 1
    for title, topic in TITLES:
        if topic == "passkeys" and title not in gone:
            assert before[title] / 2 - ROUNDING <= after[title] < before[title]


def test_knew_already_lowers_nothing(pipeline: Pipeline) -> None:
    """The story is over, its kind is not; the topic counts as familiar."""
    issue, before = publish(pipeline), scores(pipeline.rank("president", NOW))
    vote(pipeline.store, issue, "knew already")
    after = scores(pipeline.rank("president", NOW))
    assert after == {title: before[title] for title in after}
    assert len(before) - len(after) == 1
    assert judge(pipeline)["passkeys"].familiarity == "familiar"


@pytest.mark.parametrize("answer", ANSWERS)
def test_anothers_ranking_stays_and_taking_back_restores(pipeline: Pipeline, answer: Answer) -> None:
    """Byte for byte, however often one votes and in whatever way; and so does the standing with every topic."""
    issue = publish(pipeline)
    publish(pipeline, "chair")
    mine, theirs = pipeline.rank("president", NOW), pipeline.rank("chair", NOW)
    before = judge(pipeline)
    for number in range(20):
        for item in issue.items:
            give_answer(pipeline.store, issue, item, ANSWERS[number % 4], "api", NOW)
    for item in issue.items:
        give_answer(pipeline.store, issue, item, answer, "api", NOW)
    assert pipeline.rank("chair", NOW) == theirs
    assert pipeline.rank("president", NOW) != mine
    assert judge(pipeline) != before
    for item in issue.items:
        pipeline.store.undo_feedback("president", issue.week, item.id, NOW)
    assert pipeline.rank("president", NOW) == mine
    assert judge(pipeline) == before


def judge(pipeline: Pipeline, executive: str = "president", now: Any = NOW) -> dict[str, Any]:
    return judge_rapports(read_dossier(pipeline.store, executive), now.date())


def test_an_issue_floats_introduces_and_an_answer_goes_on(pipeline: Pipeline) -> None:
    """From nothing to a wish to talk, without anybody noting anything."""
    assert judge(pipeline) == {}
    issue = publish(pipeline)
    assert {one.topic for one in issue.primers} == set(TOPICS)
    floated = judge(pipeline)["passkeys"]
    assert (floated.familiarity, floated.acceptance.stage, floated.acceptance.floated) == ("introduced", "floated", 1)
    vote(pipeline.store, issue, "let's talk")
    wants = judge(pipeline)["passkeys"].acceptance
    assert (wants.stage, wants.nudge_on) == ("interested", NOW.date())
    assert [one.acceptance.stage for one in list_funnel(pipeline.store, NOW)["president"] if one.acceptance] == [
        "floated", "interested",
    ]  # fmt: skip


def test_a_primer_is_sent_once_and_again_when_the_advisor_says_so(pipeline: Pipeline) -> None:
    """The ladder decides, not the last issues."""
    publish(pipeline)
    store, later = pipeline.store, NOW + 7 * DAY
    save_stories(store, store.list_feeds(), [("Passkeys reach the tax office", "passkeys")], later - DAY)
    assert pipeline.compose("president", NEXT, later).primers == ()
    note_familiarity(store, "president", "passkeys", "never met", later, "IT")
    assert [one.topic for one in pipeline.compose("president", NEXT, later).primers] == ["passkeys"]


def test_a_declined_topic_is_left_out_until_its_day_and_the_issue_says_so(pipeline: Pipeline) -> None:
    """Neither matters, agenda nor blindsided; afterwards, or in a new phase, it comes again."""
    store = pipeline.store
    note_step(store, "president", "passkeys", "declined", NOW, "IT", revisit_on=date(2026, 12, 20))
    held = pipeline.compose("president", THIS, NOW)
    assert {item.topic for item in held.items} == {"drones"}
    assert "left out: Passkeys, which you declined on 24 November, until 20 December 2026" in held.notes
    assert {item.topic for item in pipeline.compose("chair", THIS, NOW).items} == set(TOPICS)
    store.save_signals([make_signal("passkeys", "surging", week=date(2026, 11, 23), since=date(2026, 11, 23))])
    assert {item.topic for item in pipeline.compose("president", THIS, NOW).items} == set(TOPICS)


def test_floated_twice_without_an_answer_lies_on_the_shelf(pipeline: Pipeline) -> None:
    """Eight weeks after the second time."""
    publish(pipeline)
    store, later = pipeline.store, NOW + 7 * DAY
    save_stories(store, store.list_feeds(), [("Passkeys reach the tax office", "passkeys")], later - DAY)
    publish(pipeline, week=NEXT, now=later)
    assert not judge(pipeline, now=later + timedelta(weeks=8) - DAY)["passkeys"].acceptance.shelved
    assert judge(pipeline, now=later + timedelta(weeks=8))["passkeys"].acceptance.shelved


def test_a_link_opens_its_item_and_nothing_else(pipeline: Pipeline) -> None:
    """Of one executive, week, item and answer; none opens once the executive is unknown."""
    issue, other = publish(pipeline), publish(pipeline, "chair")
    store = pipeline.store
    tokens: set[str] = set()
    for one in (issue, other):
        for item in one.items:
            for answer, token in link_item(store, one, item).items():
                assert open_link(store, token, NOW) == (one, item, answer)
                tokens.add(token)
    assert len(tokens) == 5 * (len(issue.items) + len(other.items))


def test_an_item_is_found_by_its_beginning(pipeline: Pipeline) -> None:
    """In the newest issue that has it, or in a week's; too short or unknown is refused."""
    issue = publish(pipeline)
    item = issue.items[0]
    assert find_item(pipeline.store, "president", item.id[:6]) == (issue, item)
    assert find_item(pipeline.store, "president", item.id, THIS) == (issue, item)
    for words in (("president", item.id[:3]), ("president", "zzzz"), ("president", item.id, LAST), ("nobody", item.id)):
        with pytest.raises(UnknownName):
            find_item(pipeline.store, *words)


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"stage": "trial", "revisit_on": date(2027, 3, 1)}, "revisit_on"),
        ({"stage": "declined", "revisit_on": NOW.date()}, "revisit_on"),
        ({"stage": "aware", "nudge_on": date(2026, 1, 1)}, "nudge_on"),
        ({"stage": "aware", "on": date(2026, 11, 25)}, "on"),
    ],
)
def test_days_that_cannot_be_are_refused(pipeline: Pipeline, change: dict[str, Any], parameter: str) -> None:
    """By the name of the parameter; nothing is stored."""
    with pytest.raises(Unusable) as refusal:
        note_step(pipeline.store, "president", "passkeys", now=NOW, by="IT", **change)
    assert refusal.value.parameter == parameter
    assert pipeline.store.list_steps() == []


@pytest.mark.parametrize(
    ("word", "answer"),
    [("useful", "useful"), ("Lets-Talk", "let's talk"), ("let’s talk", "let's talk"), ("knew_already", "knew already")],
)
def test_answers_are_read_as_people_type_them(word: str, answer: Answer) -> None:
    """With or without the apostrophe and spaces."""
    assert read_answer(word) == answer


def test_a_word_that_is_no_answer_is_refused() -> None:
    """With those there are."""
    with pytest.raises(ValueError, match="write useful, lets-talk, knew-already or not-for-me"):
        read_answer("maybe")
