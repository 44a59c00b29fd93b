"""The routes of advice: positions with their versions and moves, drafts, and the topics exposed without any."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import Path, Query, Request, Response

from radar.desk import advising
from radar.listen.advice import find_gap, find_moves
from radar.records import AdviceDraft, Exposure, Position, Ring, RingMove
from radar.web.access import Caller, check_name, store_of
from radar.web.answers import answer
from radar.web.body import Body, decode_body
from radar.web.route import API, Route


@dataclass(frozen=True, slots=True)
class AdviceOnFile:
    """The advice on a topic as far as the key reaches; `gap` says why it is not current, else it is empty."""

    topic: str
    current: bool
    gap: str
    position: Position


@dataclass(frozen=True, slots=True)
class AdviceList:
    """The advice on file, by topic."""

    items: tuple[AdviceOnFile, ...]


@dataclass(frozen=True, slots=True)
class AdviceHistory:
    """Every version of the advice on a topic, oldest first, and the moves they made."""

    topic: str
    items: tuple[Position, ...]
    moves: tuple[RingMove, ...]


@dataclass(frozen=True, slots=True)
class MoveList:
    """Moves between rings, the latest first."""

    items: tuple[RingMove, ...]


@dataclass(frozen=True, slots=True)
class ExposureList:
    """Topics that move without current advice: worst first, then those on nobody's agenda. Statements by their ids."""

    items: tuple[Exposure, ...]


_Days = Annotated[date | None, Query(description="Only moves from this day on.")]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version of advice to be written; what is left out stays as in the version before, null takes a day away."""

    ring: Ring | msgspec.UnsetType = msgspec.UNSET
    so_what: str | msgspec.UnsetType = msgspec.UNSET
    say: str | msgspec.UnsetType = msgspec.UNSET
    next_step: str | msgspec.UnsetType = msgspec.UNSET
    due_on: date | msgspec.UnsetType | None = msgspec.UNSET
    owner: str | msgspec.UnsetType = msgspec.UNSET
    review_on: date | msgspec.UnsetType | None = msgspec.UNSET


def list_positions(request: Request, caller: Caller) -> Response:
    """List the advice on file: to the advisor the newest version on each topic, to an executive the approved one."""
    store, today = store_of(request), request.app.state.now().date()
    signals = {signal.topic: signal for signal in store.list_signals()}
    items = []
    for topic, versions in _shared(store.list_versions(), caller.scope).items():
        gap = find_gap(versions, signals.get(topic), today)
        items.append(AdviceOnFile(topic, gap is None, gap.reason if gap else "", versions[-1]))
    return answer(AdviceList(tuple(items)))


def list_moves(request: Request, caller: Caller, since: _Days = None) -> Response:
    """List the moves between rings, the latest first: the approvals that changed where the organisation stands."""
    return answer(MoveList(tuple(advising.list_moves(store_of(request), None, since or date.min))))


def list_versions(request: Request, slug: str, caller: Caller) -> Response:
    """Show the advice on a topic, oldest version first, and its moves: to an executive the approved versions."""
    versions = store_of(request).position_history(check_name(slug))
    shared = _shared({slug: versions}, caller.scope).get(slug, [])
    return answer(AdviceHistory(slug, tuple(shared), tuple(find_moves(shared))))


def write_position(request: Request, slug: str, body: Body, caller: Caller) -> Response:
    """Add a version to the advice on a topic; it is a draft until somebody approves it."""
    words = msgspec.structs.asdict(decode_body(body, Words))
    given: dict[str, Any] = {name: value for name, value in words.items() if value is not msgspec.UNSET}
    now = request.app.state.now()
    saved = advising.file_position(store_of(request), check_name(slug), given, now, drafted_by=caller.name)
    return answer(saved)


def approve_position(
    request: Request,
    slug: str,
    version: Annotated[int, Path(ge=1, lt=2**31)],
    by: Annotated[str, Query(description="Who stands up for it.", min_length=1, max_length=200)],
    review: Annotated[date | None, Query(description="When to look at it again.")] = None,
) -> Response:
    """Approve a version, if it is still the newest: adds one with the same words and the approval."""
    store, now = store_of(request), request.app.state.now()
    saved = advising.approve_position(store, check_name(slug), by, now, version=version, review_on=review)
    return answer(saved)


def draft_position(request: Request, slug: str) -> Response:
    """Draft advice for a topic's present phase: facts from the evidence, and sentences with blanks; stores nothing."""
    today = request.app.state.now().date()
    return answer(advising.draft_position(store_of(request), check_name(slug), today))


def list_exposures(request: Request) -> Response:
    """List topics that move while no current, approved advice is on file: worst first, then those that touch nobody."""
    store = store_of(request)
    found = advising.list_exposures(store, request.app.state.now().date())
    return answer(ExposureList(tuple(found)))


def _shared(versions: dict[str, list[Position]], scope: str) -> dict[str, list[Position]]:
    """Return the versions a key may see: the advisor all, an executive those that were approved."""
    shared = {t: [one for one in found if one.approved_by or scope == "advisor"] for t, found in versions.items()}
    return {topic: found for topic, found in shared.items() if found}


ROUTES = (
    Route(f"{API}/positions", list_positions, AdviceList, "advice"),
    Route(f"{API}/positions/moves", list_moves, MoveList, "advice"),
    Route(f"{API}/topics/{{slug}}/positions", list_versions, AdviceHistory, "advice"),
    Route(f"{API}/topics/{{slug}}/positions", write_position, Position, "desk", "POST", Words),
    Route(f"{API}/topics/{{slug}}/positions/draft", draft_position, AdviceDraft, "advice"),
    Route(f"{API}/topics/{{slug}}/positions/{{version}}/approve", approve_position, Position, "desk", "POST"),
    Route(f"{API}/exposures", list_exposures, ExposureList, "advice"),
)
