"""Candidates in digests: confirmed ones, each once, with their titles; and what came of them."""

from dataclasses import replace
from datetime import date
from typing import Any

from radar.brief.compose import compose_issue
from radar.brief.compose.unlisted import MAX_UNLISTED, write_term
from radar.brief.render import render_issue, render_page, render_text
from radar.records import Candidate, Issue, Item, Ranked
from tests.building import (
    DAY,
    NOW,
    PRESIDENT,
    WEEK,
    make_candidate,
    make_issue,
    make_material,
    make_ranked,
    make_signal,
    make_statement,
    make_story,
    name_publishers,
)

STORIES = [
    make_story("QuorVex tunnels reach the clinic", *name_publishers(4)),
    make_story("Why everybody speaks of QuorVex", *name_publishers(2)),
    make_story("Three questions on Quorvex", "late.example"),
    make_story("Quorvexes in the field", "other.example"),
]
NEWS = [make_ranked(story) for story in STORIES]


def make_confirmed(term: str = "quorvex", **more: Any) -> Candidate:
    fields = {"level": "confirmed", "confirmed_on": date(2026, 11, 16), "phase": "rising"}
    return make_candidate(term, **(fields | more))


def compose(
    *candidates: Candidate, ranked: list[Ranked] = NEWS, earlier: list[Issue] | None = None, **more: Any
) -> Issue:
    material = make_material(*ranked, candidates=candidates, earlier=earlier or [], **more)
    return compose_issue(PRESIDENT, WEEK, material, NOW, token="t" * 22)


def told_of(issue: Issue) -> list[str]:
    return [item.term for item in issue.section("blindsided")]


def test_a_confirmed_candidate_is_told_with_the_titles_that_name_it() -> None:
    """In plain words of our own, under the name as the press writes it, with the evidence and no advice."""
    [item] = compose(make_confirmed()).section("blindsided")
    assert (item.topic, item.term, item.topic_name) == ("", "quorvex", "QuorVex")
    assert item.claim == "QuorVex is a new name that spreads: nobody we read wrote of it before September 2026."
    assert item.evidence == make_confirmed().sentence
    assert item.do == "No advice on file yet; your advisor is looking at it."
    assert [source.story_id for source in item.sources[:2]] == [STORIES[0].id, STORIES[1].id]
    assert (len(item.sources), item.more_sources, item.publishers) == (3, 1, 6)
    assert "confirmed it on" in item.why[0]


def test_other_candidates_are_not_told() -> None:
    """Early ones, those that were decided on, that fade, or that nobody writes of this week."""
    for one in (
        make_candidate("quorvex", phase="rising"),
        *(make_confirmed(standing=standing, topic="x") for standing in ("promoted", "merged", "muted")),
        make_confirmed(phase="fading"),
        make_confirmed(phase="mainstream"),
        make_confirmed("blenta"),
    ):
        assert told_of(compose(one)) == []


def test_at_most_two_are_told_and_one_place_is_always_theirs() -> None:
    """The strongest first; three listed topics leave room for one."""
    terms = ("quorvex", "blenta", "ondriva")
    ranked = [make_ranked(make_story(f"News of {term}", *name_publishers(3))) for term in terms]
    candidates = [make_confirmed(term, strength=5.0 + n) for n, term in enumerate(terms)]
    assert told_of(compose(*candidates, ranked=ranked)) == ["ondriva", "blenta"]
    assert MAX_UNLISTED == 2
    topics = ("passkeys", "ai", "drones")
    ranked += [make_ranked(make_story(f"On {topic}", *name_publishers(3)), None, topic) for topic in topics]
    signals = [make_signal(topic) for topic in topics]
    assert told_of(compose(*candidates, ranked=ranked, signals=signals)) == ["", "", "", "ondriva"]


def test_what_was_told_is_told_again_only_when_it_surges() -> None:
    """And then it says that it is an update; a surge that was told of is over."""
    told = make_issue(Item("i1", "blindsided", "QuorVex", topic_name="QuorVex", term="quorvex"))
    fresh = [make_ranked(make_story("QuorVex in every clinic", *name_publishers(5)))]
    assert told_of(compose(make_confirmed(), ranked=fresh, earlier=[told])) == []
    surging = make_confirmed(phase="surging", since=date(2026, 11, 23))
    [item] = compose(surging, ranked=fresh, earlier=[told]).section("blindsided")
    assert item.update
    again = replace(told, week="2026-W48", composed_at=NOW)
    assert told_of(compose(surging, ranked=fresh, earlier=[again, told])) == []


def test_a_story_on_the_agenda_is_not_told_twice() -> None:
    """Of three that name it one is told above; where all are, nothing is left to be told."""
    wish = make_statement("Reach the clinics", include=("clinic",))
    ranked = [make_ranked(STORIES[0], wish), *NEWS[1:3]]
    issue = compose(make_confirmed(), ranked=ranked)
    [item] = issue.section("blindsided")
    assert STORIES[0].id not in {source.story_id for source in item.sources}
    assert issue.section("agenda")
    assert told_of(compose(make_confirmed(), ranked=[make_ranked(STORIES[0], wish)])) == []


def test_a_warning_that_faded_is_reported_once() -> None:
    """In the next issue, with the day on which we warned."""
    told = make_issue(Item("i1", "blindsided", "QuorVex", topic_name="QuorVex", term="quorvex"), at=NOW - 70 * DAY)
    faded = make_confirmed(phase="fading", titles=2)
    [item] = compose(faded, earlier=[told]).section("quiet")
    assert item.claim == (
        "We warned of QuorVex on 15 September, a name nobody had listed. Coverage has fallen to less than half since. "
        "No action."
    )
    assert (item.term, item.phase, item.evidence) == ("quorvex", "fading", faded.sentence)
    reported = make_issue(item, week="2026-W47")
    assert compose(faded, earlier=[reported, told]).section("quiet") == ()
    assert "Nobody writes of it now." in compose(replace(faded, titles=0), earlier=[told]).section("quiet")[0].claim
    assert compose(make_confirmed(), earlier=[told], ranked=[]).section("quiet") == ()
    warned_again = make_issue(
        Item("i2", "blindsided", "QuorVex", topic_name="QuorVex", term="quorvex"), week="2026-W47"
    )
    assert len(compose(faded, earlier=[warned_again, reported, told]).section("quiet")) == 1


def test_a_warning_of_what_is_a_topic_now_is_closed_by_the_topic() -> None:
    """Told as a candidate, promoted since: its own signal says that it has come to nothing."""
    told = make_issue(Item("i1", "blindsided", "QuorVex", topic_name="QuorVex", term="quorvex"), at=NOW - 7 * DAY)
    promoted = make_confirmed(standing="promoted", topic="tunnels", phase="rising")
    fading = make_signal("tunnels", "fading", since=date(2026, 10, 26))
    [item] = compose(promoted, earlier=[told], signals=[fading]).section("quiet")
    assert item.topic == "tunnels"
    assert item.claim.startswith("We warned of QuorVex on 17 November.")
    young = make_signal("tunnels", None)  # too young to rise by a topic's measure
    assert compose(promoted, earlier=[told], signals=[young]).section("quiet") == ()


def test_every_face_shows_the_titles_and_the_sentence() -> None:
    """Mail, its text, the page and the terminal; each title leads to its report."""
    one = make_confirmed()
    issue = compose(one)
    [item] = issue.section("blindsided")
    rendered = render_issue(issue)
    for face in (rendered.html, rendered.text, render_page(issue), render_text(issue)):
        flat = " ".join(face.split())
        for words in (item.claim, one.sentence, item.do, *(source.title for source in item.sources)):
            assert words in flat
        assert all(source.url in face for source in item.sources)
        assert "+1" in face.replace("&nbsp;", " ")
    assert issue.subject == "1 to know: QuorVex rising, 6 publishers this week"


def test_a_term_is_written_as_most_titles_write_it() -> None:
    """Of two that are as frequent, always the same; where no title has it, as it is counted."""
    titles = ["Deep-Link explained", "deep link, again", "Deep Link for all", "On Deep Link"]
    assert write_term("deep link", titles) == "Deep Link"
    assert write_term("deep link", []) == "deep link"
    assert write_term("c++", ["Why C++ stays"]) == "C++"
    assert {write_term("link", order) for order in (["Link", "LINK"], ["LINK", "Link"])} == {"LINK"}
