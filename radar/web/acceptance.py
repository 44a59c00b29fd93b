"""The routes of acceptance: how an executive stands with each topic, its history, and what the advisor notes."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

import msgspec
from fastapi import Query, Request, Response

from radar.desk.rapport import judge_rapports, list_funnel, note_familiarity, note_step, read_dossier
from radar.listen.acceptance import count_stages
from radar.records import Channel, Familiarity, Rapport, Stage, Step
from radar.store.names import unknown_name
from radar.web.access import Caller, check_name, reach_executive, store_of
from radar.web.answers import answer
from radar.web.body import Body, decode_body
from radar.web.route import API, Route


@dataclass(frozen=True, slots=True)
class AcceptanceList:
    """How an executive stands with each topic they have met, by topic."""

    executive: str
    items: tuple[Rapport, ...]


@dataclass(frozen=True, slots=True)
class AcceptanceDetail:
    """How an executive stands with a topic, and the steps that led there, oldest first."""

    rapport: Rapport
    steps: tuple[Step, ...]


class NotedStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an executive stands with a topic now. It is carried in the body: a note in an address would be logged."""

    stage: Stage
    channel: Channel = "talk"
    note: str = ""  # a sentence, at most 500 characters
    on: date | None = None  # today if left out
    revisit_on: date | None = None  # declined or parked: not to be floated before
    nudge_on: date | None = None  # when to bring it up again


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many topics stand at a stage."""

    stage: Stage
    topics: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many topics stand at each stage with an executive, in the order of the ladder."""

    executive: str
    stages: tuple[StageCount, ...]


@dataclass(frozen=True, slots=True)
class FunnelList:
    """The funnel of every executive, by name."""

    items: tuple[Funnel, ...]


def show_funnel(request: Request) -> Response:
    """Show how many topics stand at each stage, by executive."""
    funnel = list_funnel(store_of(request), request.app.state.now())
    lines = []
    for slug, rapports in funnel.items():
        counted = count_stages(one.acceptance for one in rapports if one.acceptance)
        lines.append(Funnel(slug, tuple(StageCount(stage, topics) for stage, topics in counted.items())))
    return answer(FunnelList(tuple(lines)))


def list_acceptance(request: Request, slug: str, caller: Caller) -> Response:
    """List how an executive stands with each topic they have met: how well they know it, how far they have come."""
    executive = reach_executive(request, caller, slug)
    now = request.app.state.now()
    found = judge_rapports(read_dossier(store_of(request), executive.slug), now.date())
    return answer(AcceptanceList(slug, tuple(found.values())))


def show_acceptance(request: Request, slug: str, topic: str, caller: Caller) -> Response:
    """Show how an executive stands with a topic, and every step that led there, oldest first.

    The notes beside steps are the advisor's own, and shown to advisors alone.
    """
    executive = reach_executive(request, caller, slug)
    return _show(request, executive.slug, check_name(topic), notes=caller.scope == "advisor")


def set_acceptance(request: Request, slug: str, topic: str, body: Body, caller: Caller) -> Response:
    """Note a step of an executive with a topic; it overrules what was derived."""
    executive = reach_executive(request, caller, slug)
    noted = decode_body(body, NotedStep)
    note_step(
        store_of(request),
        executive.slug,
        check_name(topic),
        noted.stage,
        request.app.state.now(),
        caller.name,
        channel=noted.channel,
        note=noted.note,
        on=noted.on,
        revisit_on=noted.revisit_on,
        nudge_on=noted.nudge_on,
    )
    return _show(request, executive.slug, topic)


def set_familiarity(
    request: Request,
    slug: str,
    topic: str,
    level: Annotated[Familiarity, Query(description="Never met: the next digest brings the primer again.")],
    caller: Caller,
) -> Response:
    """Note how well an executive knows a topic; what happens later builds on it."""
    executive = reach_executive(request, caller, slug)
    now = request.app.state.now()
    note_familiarity(store_of(request), executive.slug, check_name(topic), level, now, caller.name)
    return _show(request, executive.slug, topic)


def _show(request: Request, executive: str, topic: str, *, notes: bool = True) -> Response:
    now = request.app.state.now()
    dossier = read_dossier(store_of(request), executive)
    found = judge_rapports(dossier, now.date()).get(topic)
    if found is None:
        raise unknown_name("topic", topic)
    steps = [step for step in dossier.steps if step.topic == topic]
    shown = (step if notes or not step.by else replace(step, note="") for step in steps)
    return answer(AcceptanceDetail(found, tuple(shown)))


_OF = f"{API}/executives/{{slug}}/acceptance"
ROUTES = (
    Route(f"{API}/acceptance", show_funnel, FunnelList, "acceptance"),
    Route(_OF, list_acceptance, AcceptanceList, "acceptance"),
    Route(f"{_OF}/{{topic}}", show_acceptance, AcceptanceDetail, "acceptance"),
    Route(f"{_OF}/{{topic}}", set_acceptance, AcceptanceDetail, "acceptance", "POST", NotedStep),
    Route(f"{_OF}/{{topic}}/familiarity", set_familiarity, AcceptanceDetail, "acceptance", "POST"),
)
