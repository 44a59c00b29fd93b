"""`radar position`: advice on file, every version kept."""

from dataclasses import replace
from datetime import date

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import format_on, say, say_json, say_position, say_table
from radar.cli.words import DAY, LINE
from radar.records import RINGS, Position, Ring


@click.group(cls=ListGroup)
def position() -> None:
    """List the advice on file, show a topic's, or write a new version.

    \b
    Example: radar position
             radar position passkeys
             radar position set passkeys --ring trial --so-what "Donors log in without passwords." \\
                 --say "We try passkeys with 50 staff until March." --next "Approve the trial" --by 2026-12-04 \\
                 --approved-by "Ada Blum" --review 2027-03-01
    """


@position.command("list")
@click.argument("topic", required=False)
@json_option
@pass_house
def list_positions(house: House, topic: str | None, as_json: bool) -> None:
    """List the newest advice on every topic, or every version on one.

    \b
    Example: radar position list passkeys
    """
    with house.open() as app:
        names = {known.slug: known.name for known in app.store.list_topics()}
        found = app.store.list_positions() if topic is None else app.store.position_history(topic)
    if as_json:
        say_json(found)
    elif topic is None:
        _say_newest(found, names)
    elif not found:
        say(f"No advice on {names[topic]} yet: radar position set {topic} --ring assess --so-what … --say …")
    else:
        say_position(found[-1], names[topic])
        if found[1:]:
            say()
            say_table(
                ("version", "ring", "written", "approved by", "if asked, say"),
                [(p.version, p.ring, format_on(p.written_at.date()), p.approved_by or "draft", p.say) for p in found],
            )


def _say_newest(found: list[Position], names: dict[str, str]) -> None:
    if not found:
        say("No advice on file yet: `radar exposure` says where it is missing.")
        return
    say_table(
        ("topic", "name", "ring", "version", "approved by", "review", "next step"),
        [
            (
                p.topic,
                names.get(p.topic, p.topic),
                p.ring,
                p.version,
                p.approved_by or "draft",
                format_on(p.review_on),
                p.next_step,
            )
            for p in found
        ],
    )


@position.command("set")
@click.argument("topic")
@click.option("--ring", type=click.Choice(RINGS), help="Where the organisation stands.")
@click.option("--so-what", type=LINE, help="What it means for the organisation.")
@click.option("--say", "words", type=LINE, help="What to say if asked, at most 60 words.")
@click.option("--next", "next_step", type=LINE, help="The next step.")
@click.option("--by", "due_on", type=DAY, help="When the next step is due.")
@click.option("--owner", type=LINE, help="Who does it.")
@click.option("--approved-by", type=LINE, help="Who approved this version; without, it is a draft.")
@click.option("--review", "review_on", type=DAY, help="When to look at it again.")
@json_option
@pass_house
def set_position(
    house: House,
    topic: str,
    ring: Ring | None,
    so_what: str | None,
    words: str | None,
    next_step: str | None,
    due_on: date | None,
    owner: str | None,
    approved_by: str | None,
    review_on: date | None,
    as_json: bool,
) -> None:
    """Write a new version of the advice on a topic.

    What is not given stays as in the version before, except the approval: a new version is a draft until approved.

    \b
    Example: radar position set passkeys --ring trial --so-what "Donors log in without passwords." \\
                 --say "We try passkeys with 50 staff until March." --next "Approve the trial" --by 2026-12-04
             radar position set passkeys --approved-by "Ada Blum"
    """
    from radar.listen.advice import MAX_SAY_WORDS
    from radar.text import count_words

    if words and count_words(words) > MAX_SAY_WORDS:
        raise click.UsageError(f"--say has {count_words(words)} words; at most {MAX_SAY_WORDS} can be remembered")
    given = {
        "ring": ring,
        "so_what": so_what,
        "say": words,
        "next_step": next_step,
        "due_on": due_on,
        "owner": owner,
        "review_on": review_on,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    with house.open() as app:
        history = app.store.position_history(topic)
        missing = [name for name in ("ring", "so_what", "say") if name not in changes]
        if not history and missing:
            options = ", ".join("--" + name.replace("_", "-") for name in missing)
            raise click.UsageError(f"the first advice on {topic} also needs {options}")
        now = app.now()
        before = history[-1] if history else Position(topic, "assess", "", "", now)
        advice = replace(before, **changes, approved_by=approved_by or "", written_at=now)  # type: ignore[arg-type]
        saved = app.store.save_position(advice)
        names = {known.slug: known.name for known in app.store.list_topics()}
    if as_json:
        say_json(saved)
        return
    say_position(saved, names[topic])
    if not saved.approved_by:
        say(f"Approve it with: radar position set {topic} --approved-by NAME")
    if saved.review_on and saved.review_on < now.date():
        say("Its review date has passed: set another with --review.")
