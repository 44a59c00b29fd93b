"""Surveys of end users: the advisor's routes, and the page on which somebody answers.

The page asks for no login and sets no cookie. What arrives with an answer besides the fields (address, browser, time)
is neither read nor kept, and no error or log line repeats a field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, Path, Query, Request, Response

from radar.brief.relevance import format_day
from radar.errors import Unusable
from radar.listen.survey import QUESTIONS, RATINGS, make_subjects, read_form
from radar.pipeline import Pipeline
from radar.records import LEAST_ANSWERS, Need, Risen, Subject, Survey, SurveyLink, SurveyState, Topic
from radar.text import clean_text
from radar.web.access import check_name, store_of
from radar.web.answers import answer
from radar.web.page import fill_page
from radar.web.pages import TOKEN_LENGTH
from radar.web.problems import ProblemError
from radar.web.route import API, Route


@dataclass(frozen=True, slots=True)
class SurveySummary:
    """A survey. `answers` is null until it has closed with at least five."""

    slug: str
    title: str
    subjects: tuple[Subject, ...]
    questions: tuple[str, str]
    closes_on: date
    created_at: datetime
    state: SurveyState
    closed_on: date | None
    answers: int | None
    risen: Risen | None


@dataclass(frozen=True, slots=True)
class SurveyList:
    """Surveys, the newest first."""

    items: tuple[SurveySummary, ...]


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """What a survey says, topic by topic; empty until it has closed with at least five answers."""

    survey: SurveySummary
    invited: int  # people, by their own links or on lists
    used: int  # how many of them answered
    items: tuple[Need, ...]


def show_survey(survey: Survey) -> SurveySummary:
    """Return a survey; fewer than five answers are not counted out."""
    told = {field.name: getattr(survey, field.name) for field in fields(SurveySummary)}
    return SurveySummary(**told | {"answers": survey.answers if survey.answers >= LEAST_ANSWERS else None})


_SLUG = Annotated[str, Path(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
#: Bytes of a filled-in form: far more than two texts of the greatest length.
_LARGEST = 200_000
_MOST_FIELDS = 200


def list_surveys(request: Request) -> Response:
    """List every survey, the newest first."""
    return answer(SurveyList(tuple(show_survey(one) for one in store_of(request).list_surveys())))


def new_survey(
    request: Request,
    slug: _SLUG,
    title: Annotated[str, Query(description="As staff read it.", min_length=1, max_length=200)],
    closes: Annotated[date, Query(description="The last day on which it takes answers, UTC.")],
    topics: Annotated[
        tuple[str, ...], Query(description="Slugs; Name=slug,slug for several that staff see as one thing.")
    ],
    need_question: Annotated[str, Query(description="The open question after needs.", max_length=300)] = QUESTIONS[0],
    other_question: Annotated[str, Query(description="The other open question.", max_length=300)] = QUESTIONS[1],
) -> Response:
    """Draft a survey: needs and satisfaction per topic, and two open questions."""
    store = store_of(request)
    if not clean_text(title):
        raise Unusable("title", "it has no visible letter")
    subjects = make_subjects(topics, {topic.slug: topic for topic in store.list_topics()})
    draft = Survey(
        slug,
        clean_text(title),
        subjects,
        (clean_text(need_question) or QUESTIONS[0], clean_text(other_question) or QUESTIONS[1]),
        closes,
        request.app.state.now(),
    )
    store.add_survey(draft)
    return answer(show_survey(draft))


def open_survey(request: Request, slug: str) -> Response:
    """Let a draft take answers."""
    return answer(show_survey(_pipeline(request).open_survey(check_name(slug), request.app.state.now())))


def close_survey(request: Request, slug: str) -> Response:
    """Close a survey for good: keep what it comes to, delete every single answer."""
    return answer(show_survey(_pipeline(request).close_survey(check_name(slug), request.app.state.now())))


def show_survey_results(request: Request, slug: str) -> Response:
    """Show what a closed survey says, topic by topic; of an open one only how many links were used."""
    store = store_of(request)
    survey = store.find_survey(check_name(slug))
    links = store.list_survey_links(slug)
    invited, used = sum(link.people for link in links), sum(link.used for link in links)
    needs = tuple(store.list_needs(slug))
    return answer(SurveyResults(show_survey(survey), invited, used, needs))


ROUTES = (
    Route(f"{API}/surveys", list_surveys, SurveyList, "surveys"),
    Route(f"{API}/surveys/{{slug}}", new_survey, SurveySummary, "desk", "POST"),
    Route(f"{API}/surveys/{{slug}}/open", open_survey, SurveySummary, "desk", "POST"),
    Route(f"{API}/surveys/{{slug}}/close", close_survey, SurveySummary, "desk", "POST"),
    Route(f"{API}/surveys/{{slug}}/results", show_survey_results, SurveyResults, "surveys"),
)


# -- the page ---------------------------------------------------------------------------------------------------------


def add_survey_pages(app: FastAPI) -> None:
    """Add the pages that a survey's link opens."""
    app.add_api_route("/s/{token}", show_survey_page, methods=["GET"], include_in_schema=False)
    app.add_api_route("/s/{token}", answer_survey, methods=["POST"], include_in_schema=False)


async def read_fields(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form as a browser posts it; a body that is none has none."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise ProblemError(413)
    try:
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise ProblemError(413) from None


def show_survey_page(request: Request, token: str) -> Response:
    """Show the form behind a link, or why it takes no answer."""
    survey, link = _find_link(request, token)
    return _refuse(request, survey, link) or _show_form(request, survey, link, {}, {})


def answer_survey(
    request: Request, token: str, fields: Annotated[dict[str, list[str]], Depends(read_fields)]
) -> Response:
    """Take an answer, once for each person the link is for; what is wrong is said beside its field."""
    survey, link = _find_link(request, token)
    if refusal := _refuse(request, survey, link):
        return refusal
    said, wrong = read_form(survey, fields)
    if wrong:
        return _show_form(request, survey, link, fields, wrong, 422)
    outcome = store_of(request).answer_survey(token, said, _today(request))
    if outcome == "closed":
        return _say_closed(survey)
    if outcome == "used":
        return _say_used(link)
    return fill_page(
        "survey_done.html",
        heading="Thank you",
        sentence="Your answer is in. It carries nothing that leads to you, so nobody can look it up or change it.",
        note="What staff need is told as numbers, never below five people, once the survey has closed.",
    )


def _find_link(request: Request, token: str) -> tuple[Survey, SurveyLink]:
    found = None
    if len(token) == TOKEN_LENGTH and token.isascii() and token.isprintable():
        found = store_of(request).find_survey_link(token)
    if found is None:
        raise ProblemError(404)
    return found


def _refuse(request: Request, survey: Survey, link: SurveyLink) -> Response | None:
    if link.used >= link.people:
        return _say_used(link)
    return None if survey.takes_answers(_today(request)) else _say_closed(survey)


def _say_used(link: SurveyLink) -> Response:
    personal = (
        "This link has been used, and it works once. Your answer counts; it cannot be traced, so not changed either."
    )
    shared = "As many answers have come in by this link as there are people on its list."
    return fill_page(
        "survey_done.html",
        heading="Thanks, already answered",
        sentence=personal if link.personal else shared,
        note="If that was not you, please tell whoever sent you the link.",
    )


def _say_closed(survey: Survey) -> Response:
    day = format_day(min(survey.closed_on or survey.closes_on, survey.closes_on))
    return fill_page(
        "survey_done.html",
        heading="This survey has closed",
        sentence=f"It took answers until {day}. Thank you for looking in.",
        note="The next one comes in some months.",
    )


def _show_form(
    request: Request,
    survey: Survey,
    link: SurveyLink,
    fields: Mapping[str, Sequence[str]],
    wrong: Mapping[str, str],
    status: int = 200,
) -> Response:
    topics = {topic.slug: topic for topic in store_of(request).list_topics()}
    subjects = [
        {
            "key": subject.key,
            "label": subject.label,
            "hint": _explain(subject, topics),
            "ticked": subject.key in fields.get("need", ()),
            "rated": rated[-1] if (rated := fields.get(f"satisfaction-{subject.key}")) and rated[-1] in RATINGS else "",
        }
        for subject in survey.subjects
    ]
    texts = [(question, (fields.get(f"text-{number}") or [""])[-1]) for number, question in enumerate(survey.questions)]
    by = f"{survey.closes_on.strftime('%A')} {format_day(survey.closes_on)}"
    return fill_page(
        "survey.html",
        status,
        title=survey.title,
        by=by,
        personal=link.personal,
        subjects=subjects,
        texts=texts,
        wrong=wrong,
        names={"form": "The form", "need": "What you need"}
        | {f"satisfaction-{subject.key}": f"Satisfaction with {subject.label}" for subject in survey.subjects}
        | {f"text-{number}": question for number, question in enumerate(survey.questions)},
    )


def _explain(subject: Subject, topics: Mapping[str, Topic]) -> str:
    """Return what a subject is: a topic's definition, or the names of its topics."""
    known = [topics[slug] for slug in subject.topics if slug in topics]
    return known[0].definition if len(subject.topics) == 1 and known else ", ".join(topic.name for topic in known)


def _pipeline(request: Request) -> Pipeline:
    pipeline: Pipeline = request.app.state.pipeline()
    return pipeline


def _today(request: Request) -> date:
    today: date = request.app.state.now().date()
    return today
