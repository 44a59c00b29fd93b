"""`radar feedback`: what executives answered to the items of their digests."""

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import format_on, say, say_json, say_table
from radar.cli.words import WEEK, Word
from radar.records import Answer


def _read_answer(text: str) -> Answer:
    from radar.desk.rapport import read_answer

    return read_answer(text)


ANSWER = Word("answer", _read_answer)
week_option = click.option("--week", type=WEEK, help="ISO week. [default: the newest issue with such an item]")


@click.group(cls=ListGroup)
def feedback() -> None:
    """List what executives answered; answer for one, or take an answer back.

    Executives answer with one click in their digest. An answer moves their own ranking, and theirs alone.

    \b
    Example: radar feedback
             radar feedback president
             radar feedback give president 3f9a useful
             radar feedback undo president 3f9a
    """


@feedback.command("list")
@click.argument("executive", required=False)
@json_option
@pass_house
def list_feedback(house: House, executive: str | None, as_json: bool) -> None:
    """List the answers that stand, newest first; whoever wants to talk comes first.

    For one executive also the items of the newest issue that wait for an answer.

    \b
    Example: radar feedback list president
    """
    with house.open() as app:
        given = app.store.list_feedback(executive)
        issues = app.store.list_issues(executive, limit=1) if executive else []
    if as_json:
        say_json(given)
        return
    given.sort(key=lambda one: one.answer != "let's talk")
    answered = {(one.week, one.item) for one in given}
    rows = [(one.executive, one.week, one.item, str(one.answer), format_on(one.at.date()), one.claim) for one in given]
    rows += [
        (issue.executive, issue.week, item.id, "–", "–", item.claim)
        for issue in issues
        for item in issue.items
        if (issue.week, item.id) not in answered
    ]
    if not rows:
        say("No answers yet." if executive is None else f"No issue and no answers yet: radar digest build {executive}")
        return
    say_table(("executive", "week", "item", "answer", "on", "what it said"), rows)


@feedback.command("give")
@click.argument("executive")
@click.argument("item")
@click.argument("answer", type=ANSWER, metavar="ANSWER")
@week_option
@json_option
@pass_house
def give_feedback(house: House, executive: str, item: str, answer: Answer, week: str | None, as_json: bool) -> None:
    """Answer an item for an executive, as they said it: useful, lets-talk, knew-already or not-for-me.

    ITEM is its id, or the first four letters or more of it. The latest answer counts.

    \b
    Example: radar feedback give president 3f9a lets-talk
    """
    from radar.desk.rapport import find_item, give_answer
    from radar.listen.feedback import say_effect

    with house.open() as app:
        issue, found = find_item(app.store, executive, item, week)
        given = give_answer(app.store, issue, found, answer, "cli", app.now())
        effect = say_effect(answer, found.topic_name if found.topic else "", app.settings.advisor.name)
    if as_json:
        say_json(given)
        return
    say(f"{executive}, {issue.week}: “{answer}” to “{found.claim}”")
    say(f"What the page would say: {effect}")


@feedback.command("undo")
@click.argument("executive")
@click.argument("item")
@week_option
@json_option
@pass_house
def undo_feedback(house: House, executive: str, item: str, week: str | None, as_json: bool) -> None:
    """Take an answer back: what it taught is forgotten, and everything is as before.

    \b
    Example: radar feedback undo president 3f9a
    """
    from radar.desk.rapport import find_item

    with house.open() as app:
        issue, found = find_item(app.store, executive, item, week)
        undone = app.store.undo_feedback(executive, issue.week, found.id, app.now())
    if as_json:
        say_json({"executive": executive, "week": issue.week, "item": found.id, "undone": undone})
        return
    say(f"{executive}, {issue.week}: {'taken back' if undone else 'there was no answer'} on “{found.claim}”")
