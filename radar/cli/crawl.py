"""`radar crawl`: one round of visits, and what the news became."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, format_at, say, say_json
from radar.errors import ConfigError

if TYPE_CHECKING:
    from radar.pipeline import CrawlSummary
    from radar.records import Signal

Progress = Callable[[int, int], None]


@click.command()
@click.option("--force", is_flag=True, help="Visit every feed now, also those that are not due.")
@json_option
@click.pass_context
@pass_house
def crawl(house: House, ctx: click.Context, force: bool, as_json: bool) -> None:
    """Visit the feeds that are due, then group their entries into stories, tag and detect.

    A feed that fails costs the others nothing; `radar feeds` shows its state and the reason. The exit code is 1 only
    when every visit failed.

    \b
    Example: radar crawl
             radar crawl --force
    """
    with house.open() as app:
        if not app.sync_feeds():
            raise ConfigError(f"{app.settings.home / 'feeds.toml'}: lists no feed; add one as [[feed]]")
        names = {slug: topic.name for slug, topic in app.pipeline.topics.items()}
        before = app.pipeline.list_signals()
        with show_progress() as progress:
            crawled = app.pipeline.crawl(app.now(), force=force, progress=progress)
        with _show_work("Grouping, tagging, detecting"):
            watched = app.pipeline.watch(app.now())
        due = min(
            (feed.next_due_at for feed in app.store.list_feeds() if feed.next_due_at and not feed.paused), default=None
        )
    moved = [s for s in watched.signals if s.phase != (before[s.topic].phase if s.topic in before else None)]
    if as_json:
        say_json(
            {
                "visited": crawled.visited,
                "failed": crawled.failed,
                "unchanged": crawled.unchanged,
                "entries": crawled.entries,
                "stories": watched.stories,
                "tags": watched.tags,
                "reasons": [{"feed_url": url, "reason": reason} for url, reason in crawled.reasons],
                "moved": moved,
            }
        )
    else:
        if not crawled.visited and due is None:
            say("Every feed is paused or being visited; `radar feeds resume NAME` lets one on again.")
        elif not crawled.visited:
            say(f"No feed is due before {format_at(due)} UTC; `radar crawl --force` visits all now.")
        else:
            _say_visits(crawled)
        if watched.entries:
            say(f"{count(watched.stories, 'story', 'stories')} new or changed, {count(watched.tags, 'tag')}")
        _say_moves(moved, before, names)
    if crawled.visited and crawled.failed == crawled.visited:
        ctx.exit(1)


@contextmanager
def show_progress() -> Iterator[Progress | None]:
    """Yield what shows a progress line on a terminal; None elsewhere."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Visiting feeds"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as line:
        task = line.add_task("", total=None)
        yield lambda done, total: line.update(task, completed=done, total=max(done, total))


@contextmanager
def _show_work(what: str) -> Iterator[None]:
    """Show on a terminal that something goes on."""
    import sys

    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


def _say_visits(crawled: "CrawlSummary") -> None:
    answered = crawled.visited - crawled.failed
    say(
        f"{count(crawled.visited, 'feed')} visited: {answered:,} answered, {crawled.failed:,} failed; "
        f"{count(crawled.entries, 'new entry', 'new entries')}"
    )
    grouped: dict[str, list[str]] = defaultdict(list)
    for url, reason in crawled.reasons:
        grouped[reason].append(url)
    for reason, urls in sorted(grouped.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        say(f"  {len(urls)} × {reason}")
        for url in sorted(urls)[:3]:
            say(f"      {url}")
        if len(urls) > 3:
            say(f"      and {len(urls) - 3} more; `radar feeds` lists them")


def _say_moves(moved: "Sequence[Signal]", before: "Mapping[str, Signal]", names: Mapping[str, str]) -> None:
    if not moved:
        return
    say("Topics that changed phase:")
    for signal in sorted(moved, key=lambda s: (not s.confirmed, s.topic)):
        old = before[signal.topic].phase if signal.topic in before else None
        news = signal.phase in ("weak signal", "rising", "surging")  # as in `radar signals`
        early = " (early)" if news and not signal.confirmed else ""
        say(f"  {names.get(signal.topic, signal.topic)}: {old or 'quiet'} → {signal.phase or 'quiet'}{early}")
