"""The routes of what is watched: stories, topics, signals and feeds."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AfterValidator

from radar.listen.survey import NEED_HOLDS
from radar.records import Key, Kind, Phase, Position, Signal
from radar.store import Store
from radar.store.match import Filters
from radar.watch.health import describe_feeds
from radar.web import views
from radar.web.access import Caller, check_name, store_of
from radar.web.answers import answer, answer_tagged, read_cursor, write_cursor
from radar.web.problems import ProblemError
from radar.web.route import API, Limit, Route


def _to_utc(at: datetime) -> datetime:
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the calendar") from None


When = Annotated[
    Annotated[datetime, AfterValidator(_to_utc)] | None,
    Query(description="A day or a time; UTC where it names no zone."),
]


def list_stories(
    request: Request,
    topic: Annotated[str | None, Query(description="Only stories on this topic, by its slug.")] = None,
    since: When = None,
    until: When = None,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> Response:
    """List stories, newest first; `since` includes, `until` excludes."""
    store = store_of(request)
    after = None if cursor is None else read_cursor(cursor)
    stories = store.list_stories(
        since=since,
        until=until,
        topic=None if topic is None else check_name(topic),
        limit=limit + 1,  # one more than asked tells whether there is a next page
        after=after,
    )
    more = len(stories) > limit
    stories = stories[:limit]
    items = views.show_stories(stories, store.tags_of([story.id for story in stories]))
    following = write_cursor(stories[-1].last_at, stories[-1].id) if more else None
    return answer_tagged(request, views.StoryPage(items, following))


def find_story(request: Request, id: str) -> Response:  # noqa: A002
    """Show one story with its entries."""
    store = store_of(request)
    story = store.find_story(check_name(id))
    return answer_tagged(request, views.show_story(story, store.tags_of([story.id]).get(story.id, [])))


def search_stories(
    request: Request,
    q: Annotated[str, Query(description="The question, in any words; operators and quotes are plain text.")],
    topic: Annotated[str | None, Query(description="Only stories on this topic, by its slug.")] = None,
    publisher: Annotated[str | None, Query(description="Only stories this publisher reports.")] = None,
    kind: Annotated[Kind | None, Query(description="Only stories this kind of press reports.")] = None,
    since: When = None,
    until: When = None,
    limit: Limit = 20,
) -> Response:
    """Answer a question with the stories on file, best first; `since` includes, `until` excludes."""
    filters = Filters(
        topic=None if topic is None else check_name(topic),
        publisher=None if publisher is None else check_name(publisher),
        kind=kind,
        since=since,
        until=until,
    )
    return answer_tagged(
        request, views.show_found(store_of(request).search_stories(q, limit=limit, filters=filters), filters)
    )


def list_topics(request: Request, caller: Caller) -> Response:
    """List every topic with its phase."""
    store = store_of(request)
    phases = {signal.topic: signal.phase for signal in _visible(store.list_signals(), caller)}
    items = tuple(views.show_topic(topic, phases.get(topic.slug)) for topic in store.list_topics())
    return answer_tagged(request, views.TopicList(items))


def find_topic(request: Request, slug: str, caller: Caller) -> Response:
    """Show one topic with its current signal.

    The position on it is advice: advisors see the latest version, executives the latest approved one, readers none.
    What staff ask for is told to every key: nothing is kept of it that fewer than five people stand behind.
    """
    store = store_of(request)
    topic = next((topic for topic in store.list_topics() if topic.slug == slug), None)
    if topic is None:
        raise ProblemError(404)
    signals = [signal for signal in _visible(store.list_signals(), caller) if signal.topic == slug]
    signal = signals[0] if signals else None
    listed = views.show_topic(topic, signal.phase if signal else None)
    return answer_tagged(
        request,
        views.TopicDetail(
            listed.slug,
            listed.name,
            listed.quadrant,
            listed.definition,
            listed.parent,
            listed.phase,
            topic.primer,
            topic.aliases,
            signal,
            _shared_position(store, slug, caller),
            store.latest_needs(request.app.state.now().date() - NEED_HOLDS).get(slug),
        ),
    )


def list_topic_signals(request: Request, slug: str, caller: Caller) -> Response:
    """Show how a topic's signal developed, oldest first."""
    history = store_of(request).signal_history(check_name(slug))
    return answer_tagged(request, views.SignalHistory(tuple(_visible(history, caller))))


def list_signals(
    request: Request, caller: Caller, phase: Phase | None = None, confirmed: bool | None = None
) -> Response:
    """List the signals of the latest closed week.

    Unconfirmed signals are for the advisor's desk; other keys are not shown them.
    """
    latest = store_of(request).list_signals()
    items = tuple(
        signal
        for signal in _visible(latest, caller)
        if (phase is None or signal.phase == phase) and (confirmed is None or signal.confirmed == confirmed)
    )
    return answer_tagged(request, views.SignalList(latest[0].week if latest else None, items))


def list_feeds(request: Request) -> Response:
    """List the feeds and how they fare."""
    store, now = store_of(request), request.app.state.now()
    return answer(views.FeedList(tuple(describe_feeds(store.list_feeds(), store.measure_feeds(now), now))))


def _visible(signals: list[Signal], caller: Key) -> list[Signal]:
    """Return the signals a key may see: the early ones are for the advisor's desk only."""
    return signals if caller.scope == "advisor" else [signal for signal in signals if signal.confirmed]


def _shared_position(store: Store, topic: str, caller: Key) -> Position | None:
    """Return the advice a key may see: an approved version, or to the advisor any."""
    if caller.scope == "reader":
        return None
    versions = store.position_history(topic)
    shared = [one for one in versions if one.approved_by or caller.scope == "advisor"]
    return shared[-1] if shared else None


ROUTES = (
    Route(f"{API}/stories", list_stories, views.StoryPage, "watch"),
    Route(f"{API}/stories/{{id}}", find_story, views.StoryDetail, "watch"),
    Route(f"{API}/search", search_stories, views.SearchAnswer, "watch"),
    Route(f"{API}/topics", list_topics, views.TopicList, "watch"),
    Route(f"{API}/topics/{{slug}}", find_topic, views.TopicDetail, "watch"),
    Route(f"{API}/topics/{{slug}}/signals", list_topic_signals, views.SignalHistory, "watch"),
    Route(f"{API}/signals", list_signals, views.SignalList, "watch"),
    Route(f"{API}/feeds", list_feeds, views.FeedList, "watch"),
)
