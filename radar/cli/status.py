"""`radar status`: the installation at a glance."""

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, format_age, say, say_json


@click.command()
@json_option
@pass_house
def status(house: House, as_json: bool) -> None:
    """Show the installation at a glance.

    \b
    Example: radar status
             radar status --json
    """
    with house.lookup() as lookup:
        at = lookup.status()
    if as_json:
        say_json(at)
        return
    now = house.now()
    states = ", ".join(f"{number} {state}" for state, number in at.feeds_by_state.items())
    say(f"Feeds       {at.feeds:,}" + (f" ({states})" if states else ""))
    read = f", read a feed {format_age(at.last_success_at, now)}" if at.last_success_at else ", read no feed yet"
    say(f"Last crawl  {format_age(at.last_crawl_at, now) + read if at.last_crawl_at else 'never; run `radar crawl`'}")
    say(f"Stories     {at.stories:,} from {count(at.entries, 'entry', 'entries')}, {at.topics:,} topics followed")
    if at.tagger_learnt_at:
        refused = f"; what it learnt last was refused: {at.tagger_refused}" if at.tagger_refused else ""
        say(f"Tagger      learnt {format_age(at.tagger_learnt_at, now)}{refused}")
    say(f"Executives  {at.executives:,}")
    issued = f", the last {format_age(at.last_digest_at, now)}" if at.last_digest_at else ""
    say(f"Issues      {at.issues:,}{issued}")
    say(f"Outbox      {at.outbox_waiting:,} waiting, {at.outbox_failed:,} failed")
