"""`radar talk`: what came of a one-on-one talk, asked for in one pass or read from a file."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from radar.cli.house import House, json_option, name_user, pass_house
from radar.cli.output import count, format_on, say, say_json
from radar.errors import ConfigError, Unusable

if TYPE_CHECKING:
    from radar.listen.talk import TalkNotes
    from radar.records import Executive, Outcomes


@click.command()
@click.argument("executive")
@click.option(
    "--from", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read the notes from a file."
)
@click.option("--template", is_flag=True, help="Print such a file, filled in from the pack.")
@click.option("--list", "listing", is_flag=True, help="List the talks on file.")
@click.option(
    "--ics",
    "calendar",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    is_flag=False,
    flag_value=Path("-"),
    help="Write the next talk for a calendar.  [default: to the terminal]",
)
@json_option
@pass_house
def talk(
    house: House,
    executive: str,
    source: Path | None,
    template: bool,
    listing: bool,
    calendar: Path | None,
    as_json: bool,
) -> None:
    """Note what came of a talk: asks for all of it in one pass, stores it at the end or not at all.

    Enter leaves a thing as it is; Ctrl-C leaves everything as it was. What was said goes into agenda, acceptance and
    ledger under the day of the talk.

    \b
    Example: radar talk president
             radar talk president --template > talk.toml
             radar talk president --from talk.toml
             radar talk president --ics next-talk.ics
    """
    if sum((source is not None, template, listing, calendar is not None)) > 1:
        raise click.UsageError("--from, --template, --list and --ics are one or the other")
    with house.open() as app:
        if calendar is not None:
            _write_calendar(app.pipeline.write_invitation(executive), calendar)
            return
        if listing:
            _list_talks(app.store.list_talks(executive), as_json)
            return
        person = app.store.find_executive(executive)
        if template:
            from radar.listen.talk_file import write_talk_file

            click.echo(write_talk_file(app.pipeline.compose_pack(executive, app.now()), app.now().date()), nl=False)
            return
        if source:
            try:
                outcomes = app.pipeline.note_talk(executive, _read_notes(source), app.now(), name_user())
            except Unusable as error:
                raise ConfigError(f"{source}: {error}") from None
        else:
            from radar.cli.talk_questions import ask_notes

            notes = ask_notes(app.pipeline.compose_pack(executive, app.now()), app.pipeline.topics, app.now())
            if notes is None:
                say("Nothing was stored.")
                return
            outcomes = app.pipeline.note_talk(executive, notes, app.now(), name_user(), bare=True)
    if as_json:
        say_json(outcomes)
    else:
        _say_outcomes(outcomes, person)


def _read_notes(path: Path) -> "TalkNotes":
    from radar.config.toml import decode, read_text
    from radar.listen.talk import TalkNotes

    return decode(read_text(path), TalkNotes, path)


def _say_outcomes(outcomes: "Outcomes", person: "Executive") -> None:
    ended = sum(words.ended_on is not None for words in outcomes.statements)
    parts = [
        count(len(outcomes.statements) - ended, "statement") + " noted",
        *[f"{count(ended, 'statement')} ended"] * bool(ended),
        count(len(outcomes.steps), "step"),
        *[count(len(outcomes.raised), "question")] * bool(outcomes.raised),
    ]
    say(f"Talk with {person.name} on {format_on(outcomes.talk.held_on)}: {', '.join(parts)}.")
    for words in outcomes.statements:
        state = "ended" if words.ended_on else f"weight {words.weight}"
        say(f"  {words.id}, {state}: “{words.text}”")
    for step in outcomes.steps:
        day = step.nudge_on or step.revisit_on
        say(f"  {step.topic}: {step.stage}" + (f", again on {format_on(day)}" if day else ""))
    for words in outcomes.statements:
        if not words.topics and words.ended_on is None:
            say(f"Link it to topics: radar agenda link {words.id} TOPIC …")
    if outcomes.talk.next_at:
        say(f"Next talk {format_local(outcomes.talk.next_at, person.tz)}: radar talk {person.slug} --ics next-talk.ics")


def format_local(at: datetime, zone: str) -> str:
    """Return a moment as it is where somebody is: 12 Jan 2027 10:00, Africa/Nairobi."""
    from zoneinfo import ZoneInfo

    local = at.astimezone(ZoneInfo(zone))
    return f"{format_on(local.date())} {local:%H:%M}, {zone}"


def _list_talks(talks: list[Any], as_json: bool) -> None:
    if as_json:
        say_json(talks)
        return
    if not talks:
        say("No talk is on file.")
    for held in talks:
        say(f"{format_on(held.held_on)}  {held.note or '–'}")


def _write_calendar(content: bytes, path: Path) -> None:
    if str(path) == "-":
        click.echo(content, nl=False)
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from None
    say(f"wrote  {path}")
