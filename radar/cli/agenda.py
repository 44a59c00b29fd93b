"""`radar agenda`: what each executive wants, in their own words."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from radar.cli.agenda_looks import preview_agenda, say_preview, show_history, show_stale
from radar.cli.house import House, ListGroup, json_option, name_user, pass_house
from radar.cli.output import format_on, say, say_block, say_json, say_table
from radar.cli.register import export_register, import_register
from radar.cli.words import DAY, LINE
from radar.records import Statement

if TYPE_CHECKING:
    from radar.records import Topic


@click.group(cls=ListGroup)
def agenda() -> None:
    """List what executives want, note a statement, link it to topics, see what it would change.

    \b
    Example: radar agenda president
             radar agenda add president "reach young donors where they are" --weight 5
             radar agenda link president-1 short-video mobile-payments
             radar agenda dismiss president-1 mp3-players
             radar agenda end president-1 --dry-run
    """


@agenda.command("list")
@click.argument("executive", required=False)
@click.option("--ended", is_flag=True, help="Also statements that ended.")
@json_option
@pass_house
def list_statements(house: House, executive: str | None, ended: bool, as_json: bool) -> None:
    """List the statements of one executive, or of all, weightiest first. Topics with ? are proposed, not confirmed.

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
            ("id", "weight", "noted", "review"),
            [
                (
                    words.id,
                    words.weight,
                    format_on(words.noted_on),
                    f"ended {format_on(words.ended_on)}" if words.ended_on else format_on(words.review_on),
                )
                for words in found
            ],
            notes=[_write_words(words) for words in found],
        )


_FIELDS = (
    click.option("--weight", type=click.IntRange(1, 5), help="How much it matters, 5 most. [default: 3]"),
    click.option("--include", type=LINE, multiple=True, help="A term that always matters; repeat for more."),
    click.option("--mute", type=LINE, multiple=True, help="A term never wanted; repeat for more."),
    click.option("--noted", "noted_on", type=DAY, help="When they said it. [default: today]"),
    click.option("--occasion", type=LINE, help="Where they said it. [default: one-on-one]"),
    click.option("--review", "review_on", type=DAY, help="When to ask whether it still holds."),
)
_dry_run = click.option(
    "--dry-run", is_flag=True, help="Change nothing; show what the last four weeks would have brought."
)
_ID = click.argument("statement_id", metavar="ID")
_TOPICS = click.argument("topics", metavar="TOPIC…", nargs=-1, required=True)


def _field_options(command: Any) -> Any:
    for option in reversed(_FIELDS):
        command = option(command)
    return command


def _write_words(words: Statement) -> str:
    """Return a statement and what it is about; what is only proposed has a question mark."""
    topics = [*words.topics, *(f"{one.topic}?" for one in words.proposed)]
    return f"“{words.text}” · about {', '.join(topics) or 'no topic yet'}"


@agenda.command("add")
@click.argument("executive")
@click.argument("text", type=LINE)
@_field_options
@click.option("--topic", "topics", metavar="SLUG", multiple=True, help="A topic it is about; repeat for more.")
@_dry_run
@json_option
@pass_house
def add_statement(house: House, /, executive: str, text: str, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Note what an executive wants, in their own words. Topics it may be about are proposed, with the reason.

    \b
    Example: radar agenda add president "reach young donors where they are" --weight 5
             radar agenda add president "protect what donors tell us" --topic passkeys --include "donor data"
             radar agenda add president "spend less on field connectivity" --dry-run
    """
    fields = {name: value for name, value in given.items() if value not in (None, ())}
    with house.open() as app:
        draft = Statement("", executive, text, **({"noted_on": app.now().date()} | fields))
        if dry_run:
            words, weeks = app.pipeline.preview_note(draft, app.now())
        else:
            words, weeks = app.pipeline.note_statement(draft, app.now(), name_user()), []
        topics = app.store.list_topics()
    if as_json:
        say_json({"statement": words} | ({"weeks": weeks} if dry_run else {}))
        return
    _say_statement(words)
    _say_proposals(words, topics, noted=not dry_run)
    if dry_run:
        say_preview(weeks, changed=True)


@agenda.command("link")
@_ID
@_TOPICS
@_dry_run
@json_option
@pass_house
def link_topics(house: House, statement_id: str, topics: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Confirm that a statement is about topics, proposed or not.

    \b
    Example: radar agenda link president-1 short-video mobile-payments
    """
    from radar.listen.agenda import link_topics

    _change(house, statement_id, lambda words: link_topics(words, topics), dry_run, as_json)


@agenda.command("unlink")
@_ID
@_TOPICS
@_dry_run
@json_option
@pass_house
def unlink_topics(house: House, statement_id: str, topics: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Take back that a statement is about topics.

    \b
    Example: radar agenda unlink president-1 mobile-payments
    """
    from radar.listen.agenda import unlink_topics

    _change(house, statement_id, lambda words: unlink_topics(words, topics), dry_run, as_json)


@agenda.command("dismiss")
@_ID
@_TOPICS
@_dry_run
@json_option
@pass_house
def dismiss_topics(house: House, statement_id: str, topics: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Say that a statement is not about topics: they are not proposed for it again.

    \b
    Example: radar agenda dismiss president-1 satellite-internet
    """
    from radar.listen.agenda import dismiss_topics

    _change(house, statement_id, lambda words: dismiss_topics(words, topics), dry_run, as_json)


@agenda.command("propose")
@click.argument("statement_id", metavar="[ID]", required=False)
@json_option
@pass_house
def propose_topics(house: House, statement_id: str | None, as_json: bool) -> None:
    """Propose topics anew for a statement, or for all: after an import, or when topics were added.

    \b
    Example: radar agenda propose president-1
    """
    with house.open() as app:
        people = app.store.list_executives() if statement_id is None else []
        living = [words.id for person in people for words in app.store.list_statements(person.slug)]
        ids = [statement_id] if statement_id else living
        found = [app.pipeline.renew_proposals(id_, app.now(), name_user()) for id_ in ids]
        topics = app.store.list_topics()
    if as_json:
        say_json(found)
        return
    for words in found:
        _say_statement(words)
        _say_proposals(words, topics)


@agenda.command("set")
@_ID
@click.option("--text", type=LINE, help="Their words, put right.")
@_field_options
@_dry_run
@json_option
@pass_house
def set_statement(house: House, /, statement_id: str, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Change what is given, leave the rest; every version is kept. Terms given replace those there were.

    \b
    Example: radar agenda set president-1 --weight 5 --review 2027-02-01
    """
    changes = {name: value for name, value in given.items() if value not in (None, ())}
    if not changes:
        raise click.UsageError("nothing to change: name an option")
    new_words = "text" in changes
    _change(house, statement_id, lambda words: replace(words, **changes), dry_run, as_json, new_words=new_words)


@agenda.command("end")
@_ID
@_dry_run
@json_option
@pass_house
def end_statement(house: House, statement_id: str, dry_run: bool, as_json: bool) -> None:
    """End a statement: it moves no digest any more and stays on file.

    \b
    Example: radar agenda end president-1
    """
    today = house.now().date()
    _change(house, statement_id, lambda words: replace(words, ended_on=today), dry_run, as_json)


def _change(
    house: House,
    statement_id: str,
    change: Callable[[Statement], Statement],
    dry_run: bool,
    as_json: bool,
    *,
    new_words: bool = False,
) -> None:
    with house.open() as app:
        topics: Sequence[Topic] = ()
        if dry_run:
            words, weeks = app.pipeline.preview_change(statement_id, change, app.now())
        elif new_words:
            words, weeks = app.pipeline.change_statement(statement_id, change, app.now(), name_user()), []
        else:  # without the pipeline, whose libraries take a second to load
            words, weeks = app.store.change_statement(statement_id, change, app.now(), name_user()), []
        if new_words:
            topics = app.store.list_topics()
    if as_json:
        say_json({"statement": words, "weeks": weeks} if dry_run else words)
        return
    _say_statement(words)
    if new_words:
        _say_proposals(words, topics)
    if dry_run:
        say_preview(weeks, changed=True)


def _say_statement(words: Statement) -> None:
    say(f"{words.id}, weight {words.weight}: “{words.text}”")
    if words.topics:
        say_block(f"about {', '.join(words.topics)}", "    ")
    if words.dismissed:
        say_block(f"not about {', '.join(words.dismissed)}", "    ")
    if words.include:
        say_block(f"always: {', '.join(words.include)}", "    ")
    if words.mute:
        say_block(f"never: {', '.join(words.mute)}", "    ")
    if words.ended_on:
        say(f"    ended {format_on(words.ended_on)}")


def _say_proposals(words: Statement, topics: "Sequence[Topic]", *, noted: bool = True) -> None:
    if words.proposed:
        names = {topic.slug: topic.name for topic in topics}
        say("It may be about:")
        width = max(len(proposal.topic) for proposal in words.proposed)
        for one in words.proposed:
            say(f"  {one.score:.2f}  {one.topic:{width}}  {names.get(one.topic, one.topic)}: {one.reason}")
        if noted:
            say(f"Confirm what fits: radar agenda link {words.id} {' '.join(one.topic for one in words.proposed)}")
            say(f"Drop what does not: radar agenda dismiss {words.id} TOPIC …")
    elif noted and not words.topics:
        say(f"No topic suggests itself; `radar topics` lists them: radar agenda link {words.id} TOPIC …")


for _command in (preview_agenda, show_history, show_stale, export_register, import_register):
    agenda.add_command(_command)
