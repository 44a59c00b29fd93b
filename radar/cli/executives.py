"""`radar executives`: the readers of digests."""

from dataclasses import replace
from typing import Any

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import say, say_json, say_table
from radar.cli.words import ADDRESS, LINE, SLUG, TIME, WEEKDAY, ZONE
from radar.errors import RadarError
from radar.records import DETAILS, WEEKDAYS, Executive


@click.group(cls=ListGroup)
def executives() -> None:
    """List, add and change the readers of digests.

    \b
    Example: radar executives
             radar executives add president --name "Ada Blum" --role President --email ada@example.org \\
                 --tz Africa/Nairobi --day monday --time 07:30
             radar executives pause president
    """


@executives.command("list")
@json_option
@pass_house
def list_executives(house: House, as_json: bool) -> None:
    """List every executive.

    \b
    Example: radar executives list --json
    """
    with house.open() as app:
        found = app.store.list_executives()
    if as_json:
        say_json(found)
    elif not found:
        say("No executives yet: radar executives add president --name … --email …")
    else:
        say_table(
            ("slug", "name", "role", "e-mail", "detail", "digest"),
            [
                (p.slug, p.name, p.role, p.email or "none", p.detail, "paused" if p.paused else format_slot(p))
                for p in found
            ],
        )


def format_slot(person: Executive) -> str:
    """Return when a digest is due: Mondays at 07:30, Africa/Nairobi."""
    return f"{WEEKDAYS[person.day].capitalize()}s at {person.time}, {person.tz}"


_FIELDS = (
    click.option("--role", type=LINE, help="What digests call them: President."),
    click.option("--email", type=ADDRESS, help='Where the digest goes; "" for nowhere.'),
    click.option("--tz", type=ZONE, help="Time zone: Europe/Zurich. [default: UTC]"),
    click.option("--day", type=WEEKDAY, help="Weekday of the digest. [default: monday]"),
    click.option("--time", type=TIME, help="Local time of the digest. [default: 07:30]"),
    click.option(
        "--detail",
        type=click.Choice(DETAILS),
        help="How technical the digest is: evidence, sources, primers. [default: standard]",
    ),
)


def _field_options(command: Any) -> Any:
    for option in reversed(_FIELDS):
        command = option(command)
    return command


@executives.command("add")
@click.argument("slug", type=SLUG)
@click.option("--name", type=LINE, required=True, help="Their name.")
@_field_options
@json_option
@pass_house
def add_executive(house: House, /, slug: str, as_json: bool, **given: Any) -> None:
    """Add an executive, who gets the next digest that is due. SLUG is a short name for commands.

    \b
    Example: radar executives add president --name "Ada Blum" --role President --email ada@example.org \\
                 --tz Africa/Nairobi --day monday --time 07:30
    """
    fields = {"role": "", "email": ""} | {name: value for name, value in given.items() if value is not None}
    with house.open() as app:
        if slug in {person.slug for person in app.store.list_executives()}:
            raise RadarError(f"there is an executive called {slug!r}: change it with `radar executives set {slug}`")
        person = Executive(slug, enrolled_at=app.now(), **fields)
        app.store.save_executive(person)
    if as_json:
        say_json(person)
        return
    say(f"Added {person.name} ({slug}): {format_slot(person)}, to {person.email or 'no address yet'}")
    say(f'Next: radar agenda add {slug} "what they want, in their own words"')


@executives.command("set")
@click.argument("slug")
@click.option("--name", type=LINE, help="Their name.")
@_field_options
@json_option
@pass_house
def set_executive(house: House, /, slug: str, as_json: bool, **given: Any) -> None:
    """Change what is given, leave the rest.

    \b
    Example: radar executives set president --tz Europe/Zurich --time 08:00
    """
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise click.UsageError("nothing to change: name an option")
    _change(house, slug, as_json, **changes)


@executives.command("pause")
@click.argument("slug")
@pass_house
def pause_executive(house: House, slug: str) -> None:
    """Send no more digests until resumed; agenda and issues stay.

    \b
    Example: radar executives pause president
    """
    _change(house, slug, False, paused=True)


@executives.command("resume")
@click.argument("slug")
@pass_house
def resume_executive(house: House, slug: str) -> None:
    """Send digests again.

    \b
    Example: radar executives resume president
    """
    _change(house, slug, False, paused=False)


@executives.command("erase")
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@pass_house
def erase_executive(house: House, slug: str, yes: bool, as_json: bool) -> None:
    """Remove an executive and everything kept of them, for good: agenda, answers, talks, digests, waiting mail.

    Backups made before keep them until you delete those: see docs/operations.md.

    \b
    Example: radar executives erase president
    """
    with house.open() as app:
        person = app.store.find_executive(slug)
        if not yes:
            say(f"This removes {person.name} and everything kept of them, for good.")
            if click.prompt(f"Type {slug} to go on", default="", show_default=False) != slug:
                raise RadarError("nothing was removed")
        erased = app.pipeline.erase_executive(slug)
    if as_json:
        say_json(erased)
        return
    say_table(("removed", "from"), [(number, table) for table, number in erased.rows.items()])
    if erased.files:
        say(f"Removed from the out folder: {', '.join(erased.files)}")
    if erased.lingering:
        say(f"The rows are gone, but their bytes may linger in the database's files: {erased.lingering}", err=True)
    say("Backups made before still hold them: delete those, or erase again after restoring one.")


def _change(house: House, slug: str, as_json: bool, **changes: Any) -> None:
    with house.open() as app:
        person = replace(app.store.find_executive(slug), **changes)
        app.store.save_executive(person)
    if as_json:
        say_json(person)
    else:
        when = "paused" if person.paused else f"{format_slot(person)}, to {person.email or 'no address yet'}"
        say(f"{person.name} ({slug}): {when}")
