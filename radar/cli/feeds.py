"""`radar feeds`: the sources and how they fare."""

from typing import get_args

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, say, say_json, say_table
from radar.records import FeedState


@click.command()
@click.option("--state", multiple=True, type=click.Choice(get_args(FeedState)), help="Only feeds in this state.")
@json_option
@pass_house
def feeds(house: House, state: tuple[str, ...], as_json: bool) -> None:
    """List the feeds and how they fare.

    Feeds are named in feeds.toml; a crawl reads it anew. Times are in UTC.

    \b
    Example: radar feeds
             radar feeds --state failing --state gone
    """
    with house.lookup() as lookup:
        known = lookup.list_feeds()
    shown = [feed for feed in known if not state or feed.state in state]
    if as_json:
        say_json(shown)
        return
    if not shown:
        say(f"None of {count(len(known), 'feed')} is in that state." if known else "No feeds yet: run `radar crawl`.")
        return
    # What needs a look comes first.
    shown.sort(key=lambda feed: (feed.state in ("ok", "quiet", "new"), feed.state, feed.title.lower()))
    say_table(
        ("state", "title", "publisher", "kind", "last success", "next visit"),
        [(f.state, f.title, f.publisher, f.kind, f.last_success_at, f.next_due_at) for f in shown],
        [f.reason for f in shown],
    )
