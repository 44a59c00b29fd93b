"""`radar ledger`: how well were the executives warned?"""

from datetime import date

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import format_on, say, say_json, say_table
from radar.cli.words import Word
from radar.listen.fields import read_day
from radar.records import LedgerLine


@click.group(cls=ListGroup)
def ledger() -> None:
    """List what was flagged, briefed and raised, and when; note what an executive raised first.

    \b
    Example: radar ledger
             radar ledger raised passkeys --by president --on 2026-11-20
    """


@ledger.command("list")
@json_option
@pass_house
def list_ledger(house: House, as_json: bool) -> None:
    """List what was flagged or raised: leads, misses, false alarms, and how far confidence can be trusted.

    Topics, and candidates that were confirmed or told to somebody. A topic that was a candidate keeps its first days.

    The lead is from the flag to mainstream: "in time" is four weeks or more, "late" is less. What an executive raised
    before it was flagged is "missed"; "faded" was warned of in vain.

    \b
    Example: radar ledger list --json
    """
    from radar.desk.ledger import read_ledger

    with house.open() as app:
        lines, reliability = read_ledger(app.store)
    if as_json:
        say_json({"topics": lines, "reliability": reliability})
        return
    if not lines:
        say("Nothing has been flagged or raised yet.")
        return
    say_table(
        ("topic", "flagged", "confirmed", "mainstream", "lead", "verdict"),
        [
            (
                line.topic or f"{line.term} (candidate)",
                format_on(line.flagged_on) if line.flagged_on else "",
                format_on(line.confirmed_on) if line.confirmed_on else "",
                format_on(line.mainstream_on) if line.mainstream_on else "",
                "" if line.lead is None else f"{line.lead} days",
                line.verdict,
            )
            for line in lines
        ],
        notes=[_write_note(line) for line in lines],
    )
    for band in reliability:
        say(f"confidence {band.low:.0%} to {band.high:.0%}: {band.lasted} of {band.warnings} lasted half a year")


def _write_note(line: LedgerLine) -> str:
    """Return whom it was told, and who raised it."""
    told = [executive for executive, _ in line.briefed]
    raised = [f"{one.executive} on {format_on(one.raised_on)}" for one in line.raised]
    parts = [f"told to {', '.join(told)}" if told else "", f"raised by {', '.join(raised)}" if raised else ""]
    return "; ".join(filter(None, parts))


@ledger.command("raised")
@click.argument("topic")
@click.option("--by", "executive", required=True, metavar="EXEC", help="The executive who raised it.")
@click.option("--on", type=Word("DATE", read_day), help="When, as in 2026-11-20.")
@click.option("--undo", is_flag=True, help="Take back what was noted.")
@pass_house
def note_raised(house: House, topic: str, executive: str, on: date | None, undo: bool) -> None:
    """Note that an executive raised a topic: if Radar had not flagged it by then, it was missed.

    The first day stands: an earlier one replaces what is on file, a later one is refused.

    \b
    Example: radar ledger raised passkeys --by president --on 2026-11-20
             radar ledger raised passkeys --by president --undo
    """
    from radar.desk.ledger import note_raised, take_back_raised
    from radar.records import Raised

    if undo == (on is not None):
        raise click.UsageError("give either --on, the day, or --undo")
    with house.open() as app:
        if on is None:
            gone = take_back_raised(app.store, topic, executive)
            say(f"{topic}: no longer noted as raised by {executive} on {format_on(gone)}.")
            return
        before = note_raised(app.store, Raised(topic, executive, on), app.now().date())
    instead = f" (instead of {format_on(before)}: the first day stands)" if before else ""
    say(f"{topic}: raised by {executive} on {format_on(on)}{instead}.")
