"""`radar agenda preview`, `history` and `stale`: what an agenda brings, how it came about, what has aged."""

from collections.abc import Sequence

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, format_at, format_on, say, say_block, say_json, say_table
from radar.records import PreviewItem, PreviewWeek, Section

_MARKS = {"": " ", "added": "+", "dropped": "-", "moved": "~"}
_TITLES: dict[Section, str] = {
    "matters": "Matters most",
    "agenda": "On the agenda",
    "blindsided": "Don't be blindsided",
    "quiet": "Watched, and quiet",
}


@click.command("preview")
@click.argument("executive")
@json_option
@pass_house
def preview_agenda(house: House, executive: str, as_json: bool) -> None:
    """Show what an agenda as it is now would have brought in the last four weeks. Nothing is stored or sent.

    Each week is composed from what was published, detected and advised by its day.

    \b
    Example: radar agenda preview president
             radar agenda set president-1 --weight 1 --dry-run
    """
    with house.open() as app:
        weeks = app.pipeline.preview(executive, app.now())
    if as_json:
        say_json(weeks)
    else:
        say_preview(weeks)


def say_preview(weeks: Sequence[PreviewWeek], *, changed: bool = False) -> None:
    """Print weeks as they would have been; with `changed`, what a change adds (+), drops (-) and moves (~)."""
    say("With this agenda, the last four weeks would have brought:")
    for week in weeks:
        read = count(week.stories_read, "story", "stories") if week.stories_read else "nothing"
        say(f"\n{week.week}, {format_on(week.due_at.date())}, {read} read")
        for item in week.items:
            _say_item(item, changed)
        if not any(item.change != "dropped" for item in week.items):
            say("    a quiet week: nothing passed the bar" if week.stories_read else "    no story on file")
    if changed:
        items = [item.change for week in weeks for item in week.items]
        told = [f"{items.count(change)} {change}" for change in ("added", "dropped", "moved") if change in items]
        say(f"\nAgainst the agenda on file: {', '.join(told) or 'no item comes or goes'}. Nothing was stored.")


def _say_item(item: PreviewItem, changed: bool) -> None:
    mark = f"{_MARKS[item.change]} " if changed else ""
    moved = f" (was: {_TITLES[item.moved_from].lower()})" if item.moved_from else ""
    topic = f" [{item.topic_name}]" if item.topic_name else ""
    say_block(f"{mark}{_TITLES[item.section]}{moved}: {item.claim}{topic}", "  ", "      ")
    if item.why:
        say_block(f"      {item.why[0]}", "", "      ")


@click.command("history")
@click.argument("statement_id", metavar="ID")
@json_option
@pass_house
def show_history(house: House, statement_id: str, as_json: bool) -> None:
    """Show every version of a statement: when, who, what changed.

    \b
    Example: radar agenda history president-1
    """
    from radar.listen.agenda import describe_change

    with house.open() as app:
        versions = app.store.statement_changes(statement_id)
    if as_json:
        say_json(versions)
        return
    before = None
    for version in versions:
        say(f"{format_on(version.at.date())}, {format_at(version.at).rpartition(' ')[2]} UTC, by {version.by}")
        for line in describe_change(before, version.statement):
            say_block(line, "    ")
        before = version.statement


@click.command("stale")
@json_option
@pass_house
def show_stale(house: House, as_json: bool) -> None:
    """List what ought to be renewed: no talk in 90 days, statements past their review, empty agendas.

    \b
    Example: radar agenda stale
    """
    from radar.desk.register import list_stale

    with house.open() as app:
        found = list_stale(app.store, app.now().date())
    if as_json:
        say_json(found)
    elif not found:
        say("Every agenda is fresh: talks within 90 days, no statement past its review.")
    else:
        say_table(("executive", "what", "since"), [(one.executive, one.reason, format_on(one.since)) for one in found])
