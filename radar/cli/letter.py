"""`radar letter`: what waits for the advisor, as the weekly mail tells it."""

import sys
from pathlib import Path

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import say, say_json, strip_controls, write_lines
from radar.cli.words import OutFile


@click.command()
@click.option("--html", "page", type=OutFile(), help="Write it as a web page into this file.")
@json_option
@pass_house
def letter(house: House, page: Path | None, as_json: bool) -> None:
    """Show the desk letter as it would be now. Nothing is stored or sent.

    Topics without advice, reviews and next steps due, candidates to judge, stale agendas, ideas to bring up again,
    feeds failing, and news from the ledger. `radar serve` sends it once a week, at the day and time under [advisor] in
    radar.toml.

    \b
    Example: radar letter
             radar letter --html letter.html
    """
    import os
    from zoneinfo import ZoneInfo

    from radar.brief.letter import render_letter, render_letter_text
    from radar.brief.slot import name_week

    with house.open() as app:
        now, advisor = app.now(), app.settings.advisor
        written = app.pipeline.compose_letter(name_week(now.astimezone(ZoneInfo(advisor.tz)).date()), now)
    if as_json:
        say_json(written)
    elif page:
        write_lines(page, render_letter(written, advisor.name).html.splitlines())
        say(f"wrote  {page}")
    else:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        say(f"Subject:   {written.subject}\n")
        click.echo(strip_controls(render_letter_text(written, advisor.name, colour=colour), colour=colour))
