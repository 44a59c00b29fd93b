"""The routes of the agenda register: what executives want, what it is about, what a change would bring."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated

import msgspec
from fastapi import Query, Request, Response

from radar.desk import register
from radar.errors import UnknownName, Unusable
from radar.listen.agenda import describe_change, dismiss_topics, link_topics, unlink_topics
from radar.listen.fields import read_line
from radar.pipeline import Pipeline
from radar.records import PreviewWeek, Stale, Statement
from radar.web.access import Caller, check_name, reach_executive, store_of
from radar.web.answers import answer
from radar.web.body import Body, decode_body, read_fields
from radar.web.route import API, Route

DryRun = Annotated[bool, Query(description="Store nothing; answer with what the last four weeks would have brought.")]
Topics = Annotated[tuple[str, ...], Query(min_length=1, description="A topic, by its slug; repeat for more.")]
_READERS = dict.fromkeys(("text", "occasion", "include", "mute"), read_line)
_Weight = Annotated[int, msgspec.Meta(ge=1, le=5)]


class StatementFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change of a statement; what is left out stays as it is."""

    text: str | None = None
    weight: _Weight | None = None
    noted_on: date | None = None
    occasion: str | None = None
    review_on: date | None = None
    include: tuple[str, ...] | None = None
    mute: tuple[str, ...] | None = None


class StatementDraft(StatementFields, frozen=True, forbid_unknown_fields=True):
    """What an executive wants: `text`, in their own words, and what is known beside it."""

    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """A statement as it is now; on a dry run as it would be, with the weeks it would have brought."""

    statement: Statement
    weeks: tuple[PreviewWeek, ...] | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an agenda as it is now would have brought in the last four weeks, the oldest first."""

    executive: str
    weeks: tuple[PreviewWeek, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a statement: when, by whom, what changed, and how it read from then on."""

    at: datetime
    by: str
    changes: tuple[str, ...]
    statement: Statement


@dataclass(frozen=True, slots=True)
class History:
    """Every version of a statement, oldest first."""

    items: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class StaleList:
    """What ought to be renewed about the agendas."""

    items: tuple[Stale, ...]


def note_statement(request: Request, slug: str, body: Body, caller: Caller, dry_run: DryRun = False) -> Response:
    """Note what an executive wants; the topics it may be about are proposed."""
    executive = reach_executive(request, caller, slug)
    given = decode_body(body, StatementDraft)
    if given.text is None:
        raise Unusable("text", "is missing; write what they want, in their own words")
    pipeline, now = _desk(request)
    draft = Statement("", executive.slug, "", noted_on=now.date(), topics=given.topics)
    draft = replace(draft, **read_fields(given, _READERS))
    if dry_run:
        return _answer_dry(*pipeline.preview_note(draft, now))
    return answer(Noted(pipeline.note_statement(draft, now, caller.name), None))


def change_statement(
    request: Request,
    slug: str,
    id: str,  # noqa: A002
    body: Body,
    caller: Caller,
    dry_run: DryRun = False,
) -> Response:
    """Change a statement; new words get new proposals. Terms given replace those there were."""
    changes = read_fields(decode_body(body, StatementFields), _READERS)
    return _change(request, slug, id, caller, dry_run, lambda words: replace(words, **changes))


def link_statement(
    request: Request,
    slug: str,
    id: str,  # noqa: A002
    topic: Topics,
    caller: Caller,
    dry_run: DryRun = False,
) -> Response:
    """Confirm that a statement is about topics, proposed or not."""
    return _change(request, slug, id, caller, dry_run, lambda words: link_topics(words, topic))


def unlink_statement(
    request: Request,
    slug: str,
    id: str,  # noqa: A002
    topic: Topics,
    caller: Caller,
    dry_run: DryRun = False,
) -> Response:
    """Take back that a statement is about topics."""
    return _change(request, slug, id, caller, dry_run, lambda words: unlink_topics(words, topic))


def dismiss_proposals(
    request: Request,
    slug: str,
    id: str,  # noqa: A002
    topic: Topics,
    caller: Caller,
    dry_run: DryRun = False,
) -> Response:
    """Say that a statement is not about topics: they are not proposed for it again."""
    return _change(request, slug, id, caller, dry_run, lambda words: dismiss_topics(words, topic))


def end_statement(
    request: Request,
    slug: str,
    id: str,  # noqa: A002
    caller: Caller,
    dry_run: DryRun = False,
) -> Response:
    """End a statement: it moves no digest any more and stays on file."""
    today = request.app.state.now().date()
    return _change(request, slug, id, caller, dry_run, lambda words: replace(words, ended_on=words.ended_on or today))


def propose_topics(request: Request, slug: str, id: str, caller: Caller) -> Response:  # noqa: A002
    """Propose topics for a statement anew."""
    words = _reach_statement(request, slug, id, caller)
    pipeline, now = _desk(request)
    return answer(Noted(pipeline.renew_proposals(words.id, now, caller.name), None))


def show_history(request: Request, slug: str, id: str, caller: Caller) -> Response:  # noqa: A002
    """Show every version of a statement: when, who, what changed."""
    words = _reach_statement(request, slug, id, caller)
    versions = store_of(request).statement_changes(words.id)
    befores = [None, *(version.statement for version in versions)]
    told = [describe_change(old, one.statement) for old, one in zip(befores, versions, strict=False)]
    pairs = zip(versions, told, strict=True)
    return answer(History(tuple(Version(one.at, one.by, changes, one.statement) for one, changes in pairs)))


def preview_agenda(request: Request, slug: str, caller: Caller) -> Response:
    """Show what an agenda as it is now would have brought in the last four weeks, each on what was known by its day."""
    executive = reach_executive(request, caller, slug)
    pipeline, now = _desk(request)
    return answer(Preview(executive.slug, tuple(pipeline.preview(executive.slug, now))))


def list_stale(request: Request) -> Response:
    """List what ought to be renewed: no talk in 90 days, statements past their review, empty agendas."""
    return answer(StaleList(tuple(register.list_stale(store_of(request), request.app.state.now().date()))))


def _desk(request: Request) -> tuple[Pipeline, datetime]:
    return request.app.state.pipeline(), request.app.state.now()


def _reach_statement(request: Request, slug: str, id_: str, caller: Caller) -> Statement:
    """Return a statement of that executive's. Raises UnknownName for one of somebody else's, as for none."""
    executive = reach_executive(request, caller, slug)
    words = store_of(request).find_statement(check_name(id_))
    if words.executive != executive.slug:
        raise UnknownName("that is another executive's statement")
    return words


def _change(
    request: Request,
    slug: str,
    id_: str,
    caller: Caller,
    dry_run: bool,
    change: Callable[[Statement], Statement],
) -> Response:
    words = _reach_statement(request, slug, id_, caller)
    pipeline, now = _desk(request)
    if dry_run:
        return _answer_dry(*pipeline.preview_change(words.id, change, now))
    return answer(Noted(pipeline.change_statement(words.id, change, now, caller.name), None))


def _answer_dry(statement: Statement, weeks: list[PreviewWeek]) -> Response:
    return answer(Noted(statement, tuple(weeks)))


_AGENDA = f"{API}/executives/{{slug}}/agenda"
ROUTES = (
    Route(_AGENDA, note_statement, Noted, "executives", "POST", StatementDraft),
    Route(f"{_AGENDA}/preview", preview_agenda, Preview, "executives"),
    Route(f"{_AGENDA}/{{id}}", change_statement, Noted, "executives", "PATCH", StatementFields),
    Route(f"{_AGENDA}/{{id}}/link", link_statement, Noted, "executives", "POST"),
    Route(f"{_AGENDA}/{{id}}/unlink", unlink_statement, Noted, "executives", "POST"),
    Route(f"{_AGENDA}/{{id}}/dismiss", dismiss_proposals, Noted, "executives", "POST"),
    Route(f"{_AGENDA}/{{id}}/propose", propose_topics, Noted, "executives", "POST"),
    Route(f"{_AGENDA}/{{id}}/end", end_statement, Noted, "executives", "POST"),
    Route(f"{_AGENDA}/{{id}}/history", show_history, History, "executives"),
    Route(f"{API}/agendas/stale", list_stale, StaleList, "executives"),
)
