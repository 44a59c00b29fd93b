"""`radar pack`: what to take into a one-on-one talk."""

import sys

import click

from radar.cli.house import House, pass_house
from radar.cli.output import say_json, strip_controls


@click.command()
@click.argument("executive")
@click.option(
    "--format", "form", type=click.Choice(("text", "html", "json")), default="text", show_default=True, help="As what."
)
@pass_house
def pack(house: House, executive: str, form: str) -> None:
    """Print the pack for a talk with an executive: one page.

    Their agenda with its age and what has changed on it since the last talk, ideas to float with an opening question,
    steps that are due, what they answered and asked. It is for you, not for them: their agenda is theirs alone.

    \b
    Example: radar pack president
             radar pack president --format html > president.html
    """
    import os

    with house.open() as app:
        packed = app.pipeline.compose_pack(executive, app.now())
        advisor = app.settings.advisor.name
    if form == "json":
        say_json(packed)
        return
    from radar.brief.pack import render_pack_page, render_pack_text

    if form == "html":
        click.echo(render_pack_page(packed, advisor), nl=False)
        return
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    click.echo(strip_controls(render_pack_text(packed, advisor, colour=colour), colour=colour), nl=False)
