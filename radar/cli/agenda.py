"""`radar agenda`: what each executive wants, in their own words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from radar.cli.house import House, ListGroup, json_option, name_user, pass_house
from radar.cli.output import format_on, say, say_block, say_json, say_table
from radar.cli.words import DAY, LINE
from radar.records import Statement

if TYPE_CHECKING:
    from radar.app import App
    from radar.listen.agenda import Proposal


@click.group(cls=ListGroup)
def agenda() -> None:
    """List what executives want, note a statement, link it to topics.

    \b
    Example: radar agenda president
             radar agenda add president "reach young donors where they are" --weight 5
             radar agenda link president-1 short-video mobile-payments
             radar agenda end president-1
    """


@agenda.command("list")
@click.argument("executive", required=False)
@click.option("--ended", is_flag=True, help="Also statements that ended.")
@json_option
@pass_house
def list_statements(house: House, executive: str | None, ended: bool, as_json: bool) -> None:
    """List the statements of one executive, or of all, weightiest first.

    \b
    Example: radar agenda list president --ended
    """
    with house.open() as app:
        people = [executive] if executive else [person.slug for person in app.store.list_executives()]
        found = [words for slug in people for words in app.store.list_statements(slug, ended=ended)]
    if as_json:
        say_json(found)
    elif not found:
        say(f'Nothing noted yet: radar agenda add {executive or "EXECUTIVE"} "what they want, in their own words"')
    else:
        say_table(
            ("id", "weight", "noted", "review", "topics", "in their words"),
            [
                (
                    words.id,
                    words.weight,
                    format_on(words.noted_on),
                    f"ended {format_on(words.ended_on)}" if words.ended_on else format_on(words.review_on),
                    ", ".join(words.topics) or "none",
                    words.text,
                )
                for words in found
            ],
        )


_FIELDS = (
    click.option("--weight", type=click.IntRange(1, 5), help="How much it matters, 5 most. [default: 3]"),
    click.option("--include", type=LINE, multiple=True, help="A term that always matters; repeat for more."),
    click.option("--mute", type=LINE, multiple=True, help="A term never wanted; repeat for more."),
    click.option("--noted", "noted_on", type=DAY, help="When they said it. [default: today]"),
    click.option("--occasion", type=LINE, help="Where they said it. [default: one-on-one]"),
    click.option("--review", "review_on", type=DAY, help="When to ask whether it still holds."),
)


def _field_options(command: Any) -> Any:
    for option in reversed(_FIELDS):
        command = option(command)
    return command


@agenda.command("add")
@click.argument("executive")
@click.argument("text", type=LINE)
@_field_options
@click.option("--topic", "topics", metavar="SLUG", multiple=True, help="A topic it is about; repeat for more.")
@json_option
@pass_house
def add_statement(house: House, /, executive: str, text: str, as_json: bool, **given: Any) -> None:
    """Note what an executive wants, in their own words. Topics it may be about are proposed, with the reason.

    \b
    Example: radar agenda add president "reach young donors where they are" --weight 5
             radar agenda add president "protect what donors tell us" --topic passkeys --include "donor data"
    """
    from radar.listen.agenda import propose_links

    fields = {name: value for name, value in given.items() if value not in (None, ())}
    with house.open() as app:
        number = _next_number([words.id for words in app.store.list_statements(executive, ended=True)])
        fields = {"noted_on": app.now().date()} | fields
        words = Statement(f"{executive}-{number}", executive, text, **fields)
        _save(app, words)
        topics = app.store.list_topics()
    proposals = [proposal for proposal in propose_links(text, topics) if proposal.topic not in words.topics]
    if as_json:
        say_json({"statement": words, "proposals": proposals})
        return
    _say_statement(words)
    _say_proposals(words, proposals)


def _next_number(ids: Sequence[str]) -> int:
    """Return the number for the next statement: an ended one keeps its own."""
    return max((int(tail) for tail in (known.rpartition("-")[2] for known in ids) if tail.isdigit()), default=0) + 1


def _save(app: "App", words: Statement) -> None:
    app.store.save_statement(words, app.now(), name_user())


def _say_statement(words: Statement) -> None:
    say(f"{words.id}, weight {words.weight}: “{words.text}”")
    if words.topics:
        say_block(f"about {', '.join(words.topics)}", "    ")
    if words.include:
        say_block(f"always: {', '.join(words.include)}", "    ")
    if words.mute:
        say_block(f"never: {', '.join(words.mute)}", "    ")
    if words.ended_on:
        say(f"    ended {format_on(words.ended_on)}")


def _say_proposals(words: Statement, proposals: "Sequence[Proposal]") -> None:
    if proposals:
        say("It may be about:")
        width = max(len(proposal.topic) for proposal in proposals)
        for proposal in proposals:
            say(f"  {proposal.topic:{width}}  {proposal.topic_name}: {proposal.reason}")
        say(f"Confirm what fits: radar agenda link {words.id} {' '.join(p.topic for p in proposals)}")
    elif not words.topics:
        say(f"No topic suggests itself; `radar topics` lists them: radar agenda link {words.id} TOPIC …")


@agenda.command("link")
@click.argument("statement_id", metavar="ID")
@click.argument("topics", metavar="TOPIC…", nargs=-1, required=True)
@pass_house
def link_topics(house: House, statement_id: str, topics: tuple[str, ...]) -> None:
    """Confirm that a statement is about topics.

    \b
    Example: radar agenda link president-1 short-video mobile-payments
    """
    with house.open() as app:
        words = app.store.find_statement(statement_id)
        words = replace(words, topics=tuple(dict.fromkeys((*words.topics, *topics))))
        _save(app, words)
    _say_statement(words)


@agenda.command("unlink")
@click.argument("statement_id", metavar="ID")
@click.argument("topics", metavar="TOPIC…", nargs=-1, required=True)
@pass_house
def unlink_topics(house: House, statement_id: str, topics: tuple[str, ...]) -> None:
    """Take back that a statement is about topics.

    \b
    Example: radar agenda unlink president-1 mobile-payments
    """
    from radar.store.names import unknown_name

    with house.open() as app:
        words = app.store.find_statement(statement_id)
        for topic in topics:
            if topic not in words.topics:
                raise unknown_name("topic", topic, words.topics)
        words = replace(words, topics=tuple(topic for topic in words.topics if topic not in topics))
        _save(app, words)
    _say_statement(words)


@agenda.command("set")
@click.argument("statement_id", metavar="ID")
@click.option("--text", type=LINE, help="Their words, put right.")
@_field_options
@json_option
@pass_house
def set_statement(house: House, /, statement_id: str, as_json: bool, **given: Any) -> None:
    """Change what is given, leave the rest; every version is kept. Terms given replace those there were.

    \b
    Example: radar agenda set president-1 --weight 5 --review 2027-02-01
    """
    changes = {name: value for name, value in given.items() if value not in (None, ())}
    if not changes:
        raise click.UsageError("nothing to change: name an option")
    _change(house, statement_id, as_json, **changes)


@agenda.command("end")
@click.argument("statement_id", metavar="ID")
@pass_house
def end_statement(house: House, statement_id: str) -> None:
    """End a statement: it moves no digest any more and stays on file.

    \b
    Example: radar agenda end president-1
    """
    _change(house, statement_id, False, ended_on=house.now().date())


def _change(house: House, statement_id: str, as_json: bool, **changes: str | int | date | tuple[str, ...]) -> None:
    with house.open() as app:
        words = replace(app.store.find_statement(statement_id), **changes)  # type: ignore[arg-type]
        _save(app, words)
    if as_json:
        say_json(words)
    else:
        _say_statement(words)
