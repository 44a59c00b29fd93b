"""`radar query` answers from the store and says why."""

import json
from pathlib import Path

import pytest

from radar.cli.query import find_topic, rank_answers
from radar.records import Crawl, Entry, Feed, Statement, Story, Tag
from radar.store import open_store
from radar.store.search import Found
from tests.building import DAY, NOW, index_topics, make_signal, make_topic
from tests.cli.cli_run import Run

TITLES = {
    "pay": ("Mobile payments reach the countryside", "mobile-payments", 3, 1),
    "old": ("Mobile payments in field hospitals", "mobile-payments", 1, 40),
    "coin": ("Mobile payments by bitcoin", "", 1, 2),
    "key": ("Passkeys at \x1b[31mthe bank", "passkeys", 1, 3),
}


@pytest.fixture
def asked(president: Run, home: Path) -> Run:
    """A few stories on file: one from three publishers, one old, one the president mutes."""
    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        feeds = [Feed(f"https://{name}.example/feed", "trade", f"{name}.example") for name in ("one", "two", "three")]
        store.sync_feeds(feeds)
        for number, feed in enumerate(feeds):
            entries = [
                Entry(f"{id_}{number}", feed.url, id_, f"https://{id_}.example/", title, NOW - days * DAY, NOW)
                for id_, (title, _, owners, days) in TITLES.items()
                if number < owners
            ]
            store.save_crawl(Crawl(feed.url, NOW, "new entries", "ok", "", NOW), entries)
        found = store.ungrouped_entries(100)
        stories = []
        for id_, (title, _, _, days) in TITLES.items():
            own = tuple(entry for entry in found if entry.entry_id == id_)
            at = NOW - days * DAY
            stories.append(Story(f"{id_}0", title, own[0].url, "", at, at, own))
        store.save_stories(stories)
        tags = [Tag(f"{id_}0", topic, 0.9) for id_, (_, topic, _, _) in TITLES.items() if topic]
        store.save_tags([story.id for story in stories], tags)
        store.save_signals([make_signal("mobile-payments", "rising")])
        store.save_statement(Statement("president-9", "president", "no coins", mute=("bitcoin",)), NOW, "test")
    return president


def test_a_question_finds_stories_with_publishers_topics_and_phase(asked: Run) -> None:
    """What there is to say comes first; everything one needs to judge a story is beside it."""
    out = asked("query", "mobile payments").output

    assert out.startswith("Mobile payments: ")
    assert out.index("No advice on file") < out.index("3 stories on “mobile payments”")
    assert "one.example, three.example, two.example · 23 Nov 2026" in out
    assert "Topics: Mobile payments (rising)" in out
    assert "3 publishers report it" in out


def test_for_an_executive_the_why_quotes_the_agenda(asked: Run) -> None:
    """Her words, the reason, and nothing that she muted."""
    out = asked("query", "mobile payments", "--for", "president").output

    assert "for Ada Blum" in out
    assert "“mobile payments in the field” · about Mobile payments, one of its topics" in " ".join(out.split())
    assert "bitcoin" not in out


def test_a_question_that_contains_a_topics_name_is_about_it() -> None:
    """The longest name decides; a short one may mean anything."""
    topics = index_topics(
        make_topic("payments", aliases=["payments"]), make_topic("mobile-payments"), make_topic("go", "Go")
    )
    asked = {
        "what do we say about mobile payments?": "mobile-payments",
        "are payments late": "payments",
        "where do we go": None,
        "Mobile-Payments": "mobile-payments",
    }
    found = {question: find_topic(question, topics) for question in asked}
    assert {question: topic and topic.slug for question, topic in found.items()} == asked


def test_of_two_stories_that_answer_alike_the_newer_comes_first() -> None:
    """Age takes something, never more than a fifth."""
    new, old, ancient = (_find(name, age) for name, age in (("new", 1), ("old", 60), ("ancient", 3_000)))
    answers = rank_answers([ancient, old, new], [], {}, NOW)
    assert [answer.found.id for answer in answers] == ["new", "old", "ancient"]
    assert answers[-1].score >= 0.8


def _find(name: str, age: int) -> Found:
    return Found(name, "Mobile payments", "", "", NOW - age * DAY, ("one.example",), ("trade",), (), (), "words", 1.0)


def test_the_agenda_raises_a_story_that_serves_it(asked: Run) -> None:
    """The same words found twice: the one linked to her statement comes first and scores higher than without her."""
    plain = json.loads(asked("query", "mobile payments", "--json").output)["stories"]
    hers = json.loads(asked("query", "mobile payments", "--for", "president", "--json").output)["stories"]

    scores = {story["id"]: story["score"] for story in plain}
    assert all(story["score"] > scores[story["id"]] for story in hers)
    assert [story["score"] for story in hers] == sorted((story["score"] for story in hers), reverse=True)
    assert hers[0]["topics"][0] | {"confidence": 0} == {
        "slug": "mobile-payments", "name": "Mobile payments", "confidence": 0, "phase": "rising",
    }  # fmt: skip


def test_a_question_that_is_a_topic_brings_the_advice_on_file(asked: Run) -> None:
    """By name or alias: ring and what to say; without advice, the line that writes some."""
    assert "radar position set mobile-payments" in asked("query", "mobile money").output
    asked("position", "set", "mobile-payments", "--ring", "trial", "--so-what", "Cash fades.", "--say", "We test two.")

    out = asked("query", "Mobile Payments").output

    assert "Advice on Mobile payments: trial" in out
    assert "“We test two.”" in out


def test_days_topic_and_limit_narrow(asked: Run) -> None:
    """Old stories, other topics and all beyond the limit stay out."""

    def ids(*more: str) -> list[str]:
        found = json.loads(asked("query", "mobile payments", "--json", *more).output)["stories"]
        return sorted(story["id"] for story in found)

    assert ids() == ["coin0", "old0", "pay0"]
    assert ids("--days", "7") == ["coin0", "pay0"]
    assert ids("--topic", "mobile-payments") == ["old0", "pay0"]
    assert len(ids("--limit", "1")) == 1


def test_words_need_no_quotes(asked: Run) -> None:
    """`radar query mobile payments` is the same question."""
    assert asked("query", "mobile", "payments").output == asked("query", "mobile payments").output


def test_an_empty_question_is_refused(asked: Run) -> None:
    """As wrong usage, not as a question that nothing answers."""
    for empty in ("", "  "):
        done = asked("query", empty)
        assert done.exit_code == 2
        assert "no question given" in done.output


def test_nothing_found_is_said(asked: Run) -> None:
    """And is no failure."""
    done = asked("query", "zeppelin")

    assert done.exit_code == 0
    assert "Nothing on file answers “zeppelin”" in done.output


def test_escapes_in_a_title_do_not_reach_the_terminal(asked: Run) -> None:
    """Records are clean; should one not be, the border is."""
    for more in ((), ("--json",)):
        out = asked("query", "passkeys", *more).output
        assert "bank" in out
        assert "\x1b" not in out


@pytest.mark.parametrize("option", ["--for", "--topic"])
def test_unknown_names_are_exit_code_4(asked: Run, option: str) -> None:
    """One line."""
    done = asked("query", "x", option, "nobody")

    assert done.exit_code == 4
    assert done.stderr.count("\n") == 1


def test_publisher_kind_and_days_narrow(asked: Run) -> None:
    """Each alone and together; from a day includes, until a day excludes."""

    def ids(*more: str) -> list[str]:
        found = json.loads(asked("query", "mobile payments", "--json", *more).output)["stories"]
        return sorted(story["id"] for story in found)

    assert ids("--publisher", "three.example") == ["pay0"]
    assert ids("--kind", "trade") == ["coin0", "old0", "pay0"]
    assert ids("--kind", "research") == []
    assert ids("--since", f"{NOW - DAY:%Y-%m-%d}") == ["pay0"]
    assert ids("--since", f"{NOW - 2 * DAY:%Y-%m-%d}", "--until", f"{NOW - DAY:%Y-%m-%d}") == ["coin0"]
    assert ids("--until", f"{NOW - 30 * DAY:%Y-%m-%d}", "--topic", "mobile-payments") == ["old0"]


def test_two_beginnings_or_no_day_are_wrong_usage(asked: Run) -> None:
    """One line that says so."""
    both = asked("query", "x", "--days", "3", "--since", "2026-11-01")
    assert (both.exit_code, both.stderr.count("\n")) == (2, 1)
    assert "give one" in both.stderr
    assert asked("query", "x", "--since", "yesterday").exit_code == 2
    assert asked("query", "x", "--kind", "gossip").exit_code == 2
    assert asked("query", "x", "--publisher", "four.example").exit_code == 4


def test_nothing_found_says_what_to_leave_out(asked: Run) -> None:
    """The options in use are named."""
    out = asked("query", "xqzzt", "--kind", "trade", "--days", "9").output
    assert "Nothing on file answers “xqzzt”." in out
    assert "Try other or fewer words, or leave out --kind and --days." in out


def test_an_answer_by_meaning_says_that_it_is_one(asked: Run) -> None:
    """No story holds a word of the question; what comes near is not passed off as a match."""
    out = asked("query", "cellphone cash").output
    assert "near “cellphone cash”" in out
    assert "None holds these words; this is what comes nearest." in out
    assert "Mobile payments" in out
