"""The demo's quarter of listening, from hand-written records: talks, steps, answers to digests, staff surveys."""

import random
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any

import msgspec

from radar.app import App
from radar.desk.rapport import give_answer, note_step
from radar.listen.survey import QUESTIONS, make_subjects
from radar.listen.talk import TalkNotes
from radar.records import Survey, SurveyAnswer, SurveyLink

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listening:
    """The records, as they are written in the file."""

    talks: Sequence[_Row]
    steps: Sequence[_Row]
    answers: Sequence[_Row]
    surveys: Sequence[_Row]


def load_listening() -> Listening:
    """Read what the shipped organisation's advisor hears."""
    text = resources.files("radar").joinpath("data/demo/listening.toml").read_text(encoding="utf-8")
    tables: dict[str, list[_Row]] = tomllib.loads(text)
    return Listening(tables["talk"], tables["step"], tables["answer"], tables["survey"])


def listen(app: App, heard: Listening, since: datetime, until: datetime, by: str) -> None:
    """Store what was heard on the days from `since` up to the day before `until`, as the commands would."""

    def fell(day: date | None) -> bool:
        return day is not None and since.date() <= day < until.date()

    for row in heard.talks:
        if fell(row["held_on"]):
            notes = msgspec.convert({key: row[key] for key in row if key != "executive"}, TalkNotes)
            app.pipeline.note_talk(row["executive"], notes, until, by)
    for row in heard.steps:
        if fell(row["on"]):
            note_step(app.store, now=until, by=by, **row)
    for row in heard.answers:
        _answer(app, row, since, until)
    for row in heard.surveys:
        if fell(row.get("imported_on")):
            app.store.add_survey(_draft(app, row, until))
            app.pipeline.import_answers(row["slug"], draw_answers(row), until)
        if fell(row.get("opened_on")):
            app.store.add_survey(_draft(app, row, until))
            app.pipeline.open_survey(row["slug"], until)
            app.store.invite(SurveyLink(secrets.token_urlsafe(16), row["slug"], "all staff", False, row["people"]))
        if fell(row.get("answered_on")):
            (link,) = app.store.list_survey_links(row["slug"])
            for answer in draw_answers(row):
                app.store.answer_survey(link.token, answer, row["answered_on"])
    app.pipeline.close_due_surveys(until)


def draw_answers(row: _Row) -> list[SurveyAnswer]:
    """Return each person's answer, so that together they are the counts of a survey; the same every time."""
    rng, people = random.Random(row["slug"]), range(row["people"])
    needs: list[list[str]] = [[] for _ in people]
    rated: list[dict[str, int]] = [{} for _ in people]
    for topic, asking in row["asking"].items():
        for person in rng.sample(people, asking):
            needs[person].append(topic)
        marks = [mark for mark, times in enumerate(row["rated"][topic], 1) for _ in range(times)]
        for person, mark in zip(rng.sample(people, len(marks)), marks, strict=True):
            rated[person][topic] = mark
    texts = [dict(zip(rng.sample(people, len(row[name])), row[name], strict=True)) for name in ("needs", "troubles")]
    answers = [
        SurveyAnswer(tuple(needs[one]), rated[one], (texts[0].get(one, ""), texts[1].get(one, ""))) for one in people
    ]
    return [one for one in answers if one.needs or one.satisfaction or any(one.texts)]


def _draft(app: App, row: _Row, now: datetime) -> Survey:
    subjects = make_subjects([",".join(row["asking"])], app.pipeline.topics)
    return Survey(row["slug"], row["title"], subjects, QUESTIONS, row["closes_on"], now)


def _answer(app: App, row: _Row, since: datetime, until: datetime) -> None:
    """Answer an item the day after its issue; another seed's press may not have brought it."""
    issue = app.store.find_issue(row["executive"], row["week"])
    if issue is None or not since <= issue.composed_at < until:
        return
    for item in issue.items:
        if item.topic == row["topic"]:
            give_answer(app.store, issue, item, row["answer"], "mail", issue.composed_at + timedelta(days=1))
            return
