"""The routes by which the advisor puts stories right."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path, Query, Request, Response

from radar.errors import RadarError, StoreError, UnknownName
from radar.pipeline import Pipeline
from radar.records import Correction, Story
from radar.web import views
from radar.web.access import Caller, check_name, store_of
from radar.web.answers import answer
from radar.web.problems import ProblemError
from radar.web.route import API, Route

Correct = Callable[[Pipeline, datetime], tuple[Correction, list[Story]]]


def split_story(
    request: Request,
    id: str,  # noqa: A002
    entry: Annotated[str, Query(description="The entry to take out, by its id.")],
    caller: Caller,
) -> Response:
    """Take an entry out of a story for good: it becomes a story of its own."""
    story, taken = check_name(id), check_name(entry)
    return _correct(request, lambda pipeline, now: pipeline.split_story(story, taken, now, caller.name))


def merge_stories(
    request: Request,
    id: str,  # noqa: A002
    other: Annotated[str, Query(description="The story that is the same, by its id.")],
    caller: Caller,
) -> Response:
    """Make one story of two for good, under the id of the older."""
    story, same = check_name(id), check_name(other)
    return _correct(request, lambda pipeline, now: pipeline.merge_stories(story, same, now, caller.name))


def undo_correction(request: Request, number: Annotated[int, Path(ge=1, lt=2**63)], caller: Caller) -> Response:
    """Undo a correction; from now on its entries are grouped by their texts alone."""
    return _correct(request, lambda pipeline, now: pipeline.undo_correction(number, now, caller.name))


def correct_tag(
    request: Request,
    id: str,  # noqa: A002
    slug: str,
    about: Annotated[Literal["yes", "no", "undo"], Query(description="Is it about the topic? Undo takes back.")],
    caller: Caller,
) -> Response:
    """Say that a story is about a topic, or is not; it holds at once, and the tagger learns from it."""
    story, topic = check_name(id), check_name(slug)
    pipeline: Pipeline = request.app.state.pipeline()
    wanted = {"yes": True, "no": False, "undo": None}[about]
    try:
        changed = pipeline.correct_tag(story, topic, wanted, request.app.state.now(), caller.name)
    except (UnknownName, StoreError):
        raise
    except RadarError:
        raise ProblemError(409, "There is nothing to take back.") from None
    return answer(views.show_story(changed, store_of(request).tags_of([changed.id]).get(changed.id, [])))


def _correct(request: Request, correct: Correct) -> Response:
    try:
        correction, stories = correct(request.app.state.pipeline(), request.app.state.now())
    except (UnknownName, StoreError):
        raise
    except RadarError:
        raise ProblemError(409, "There is nothing to do: it has been done, or the story has only that entry.") from None
    tags = store_of(request).tags_of([story.id for story in stories])
    shown = tuple(views.show_story(story, tags.get(story.id, [])) for story in stories)
    return answer(views.Corrected(correction.number, shown))


ROUTES = (
    Route(f"{API}/stories/{{id}}/split", split_story, views.Corrected, "corrections", "POST"),
    Route(f"{API}/stories/{{id}}/topics/{{slug}}", correct_tag, views.StoryDetail, "corrections", "POST"),
    Route(f"{API}/stories/{{id}}/merge", merge_stories, views.Corrected, "corrections", "POST"),
    Route(f"{API}/corrections/{{number}}/undo", undo_correction, views.Corrected, "corrections", "POST"),
)
