"""What users ask for: a reason beside a story, and a section of its own after a survey."""

from dataclasses import replace
from datetime import date
from typing import Any

from radar.brief.compose import compose_issue
from radar.brief.render import render_issue, render_page, render_text
from radar.records import Issue, Need, Risen, Survey, Voice
from tests.building import (
    NOW,
    PRESIDENT,
    WEEK,
    make_issue,
    make_material,
    make_ranked,
    make_signal,
    make_statement,
    make_story,
    make_topic,
)

SURVEY = Survey("autumn", "Needs?", (), ("q1", "q2"), date(2026, 11, 20), NOW, "closed", date(2026, 11, 20), 140)


def make_need(topic: str = "passkeys", **more: Any) -> Need:
    fields: dict[str, Any] = {"asking": 27, "answers": 140, "sentence": "27 of 140 staff ask for it"}
    return Need("autumn", topic, topic.capitalize(), date(2026, 11, 20), **(fields | more))


def compose(*needs: Need, survey: Survey | None = SURVEY, **more: Any) -> Issue:
    wish = make_statement("sign in without passwords", "passkeys")
    ranked = make_ranked(make_story("Banks drop passwords", "a.example", "b.example"), wish, "passkeys")
    material = make_material(
        ranked,
        signals=[make_signal("passkeys")],
        topics=[make_topic("passkeys"), make_topic("drones")],
        needs={need.topic: need for need in needs},
        polled=survey,
        polled_needs=needs,
        **more,
    )
    return compose_issue(PRESIDENT, WEEK, material, NOW, "t" * 22)


def texts(issue: Issue) -> list[str]:
    return [voice.text for voice in issue.voices]


def test_the_need_is_a_reason_on_every_face() -> None:
    """Stored with the item, so mail, text and page say the same."""
    issue = compose(make_need())
    [item] = issue.section("matters")
    assert item.why[-1] == "27 of 140 staff ask for it"
    assert issue.preheader.startswith("27 of 140 staff ask for it.")
    mail = render_issue(issue)
    faces = [mail.html, mail.text, render_page(issue), render_text(issue)]
    assert all("27 of 140 staff ask for it" in " ".join(face.split()) for face in faces)


def test_a_topic_too_few_ask_for_gives_no_reason() -> None:
    """An empty sentence is none."""
    [item] = compose(make_need(asking=None, sentence="")).section("matters")
    assert all("staff" not in why for why in item.why)


def test_the_section_tells_what_changed_on_every_face() -> None:
    """Satisfaction that moved by .3 or more, the need that rose most, the word that rose most."""
    issue = compose(
        make_need(satisfaction=3.1, before=3.6, asking_before=14, answers_before=140),
        make_need("drones", satisfaction=4.0, before=3.8, asking=20, asking_before=20, answers_before=140),
        survey=replace(SURVEY, risen=Risen("recording", 9, 31, None, 28)),
    )
    assert texts(issue) == [
        "Satisfaction with Passkeys: 3.1 of 5 (was 3.6)",
        "Asked for more than before: Passkeys, 27 of 140 staff (before 14 of 140)",
        "“recording” is the word that rose most: 9 of 31 who wrote used it",
    ]
    mail = render_issue(issue)
    for face in (mail.html, mail.text, render_page(issue), render_text(issue)):
        assert "from your users" in face.lower()
        assert all(text in " ".join(face.split()) for text in texts(issue))


def test_a_first_survey_tells_what_is_asked_for_most() -> None:
    """There is nothing to compare with."""
    assert texts(compose(make_need(), make_need("drones", asking=30, at_least=True))) == [
        "Asked for most: Drones, at least 30 of 140 staff"
    ]


def test_a_need_that_did_not_rise_and_a_change_too_small_are_no_news() -> None:
    """Then there is no section."""
    issue = compose(make_need(satisfaction=3.5, before=3.6, asking_before=26, answers_before=140))
    assert issue.voices == ()
    assert "from your users" not in render_issue(issue).text.lower()


def test_a_survey_is_told_once() -> None:
    """Not again where an earlier issue has; and not at all when it closed long ago."""
    told = make_issue(voices=(Voice("autumn", "told"),))
    assert compose(make_need(), earlier=[told]).voices == ()
    assert compose(make_need(), earlier=[make_issue(voices=(Voice("spring", "told"),))]).voices != ()
    assert compose(make_need(), survey=None).voices == ()


def test_hostile_labels_stay_text() -> None:
    """What the advisor or staff wrote is escaped."""
    need = replace(make_need(satisfaction=3.1, before=3.6), label="<script>alert(1)</script>")
    assert "<script>alert" not in render_issue(compose(need)).html
