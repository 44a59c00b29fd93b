"""`radar digest`: each executive's weekly issue, previewed, built, shown and sent."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import count, format_at, format_on, say, say_json, say_table, strip_controls, to_plain, write_text
from radar.cli.words import WEEK
from radar.errors import DeliveryError, RadarError, UnknownName
from radar.records import Issue

if TYPE_CHECKING:
    from radar.app import App
    from radar.brief.sheet import Links

week_option = click.option("--week", type=WEEK, help="ISO week. [default: the current one]")
html_option = click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a web page into this file."
)


@click.group(cls=ListGroup)
def digest() -> None:
    """List issues; preview, build, show and send them.

    `radar serve` builds and sends each digest at its time; these commands do it by hand.

    \b
    Example: radar digest preview president
             radar digest build president --week 2026-W48
             radar digest send
    """


@digest.command("list")
@click.argument("executive", required=False)
@json_option
@pass_house
def list_issues(house: House, executive: str | None, as_json: bool) -> None:
    """List stored issues, newest first, with what became of their mail.

    \b
    Example: radar digest list president
    """
    with house.open() as app:
        issues = app.store.list_issues(executive)
        mail = {(message.executive, message.week): message.state for message in app.store.list_outbox(1_000)}
    if as_json:
        say_json(to_plain(issues, without=("token",)))
    elif not issues:
        say(f"No issues yet: radar digest build {executive or 'EXECUTIVE'}")
    else:
        say_table(
            ("executive", "week", "composed", "mail", "subject"),
            [
                (
                    i.executive,
                    i.week,
                    format_on(i.composed_at.date()),
                    mail.get((i.executive, i.week), "none"),
                    i.subject,
                )
                for i in issues
            ],
        )


@digest.command("preview")
@click.argument("executive")
@week_option
@html_option
@json_option
@pass_house
def preview_issue(house: House, executive: str, week: str | None, page: Path | None, as_json: bool) -> None:
    """Compose an executive's issue as it would be now, and print it. Nothing is stored or sent.

    \b
    Example: radar digest preview president
             radar digest preview president --html preview.html
    """
    with house.open() as app:
        issue = app.pipeline.compose(executive, week or _find_week(app, executive), app.now())
        _show(issue, {}, app.settings.advisor.name, page, as_json)


@digest.command("build")
@click.argument("executive")
@week_option
@json_option
@pass_house
def build_issue(house: House, executive: str, week: str | None, as_json: bool) -> None:
    """Make an executive's issue of a week for good.

    It is stored and its mail put into the outbox; nothing is sent. There is one issue for an executive and week,
    whoever makes it; a second call changes nothing.

    \b
    Example: radar digest build president --week 2026-W48
    """
    with house.open() as app:
        current = _find_week(app, executive)
        week = week or current
        if week > current:
            raise click.UsageError(
                f"--week: {week} has not begun; an issue built now would take the place of the real one"
            )
        issue = app.pipeline.publish(executive, week, app.now())
        stored = issue or app.store.find_issue(executive, week)
        person = app.store.find_executive(executive)
    if stored is None:
        raise RadarError(f"somebody else is building {executive}'s issue of {week} right now: look in 15 minutes")
    if as_json:
        say_json(to_plain(stored, without=("token",)))
        return
    verb = "Stored" if issue else "Already stored"
    say(f"{verb}: {executive}'s issue of {week}, {count(len(stored.items), 'item')}, “{stored.subject}”")
    if issue and person.email:
        say("Its mail waits in the outbox: `radar digest send` sends it, as does `radar serve`.")
    elif not person.email:
        say(f"No mail: {person.name} has no address; radar executives set {executive} --email …")


@digest.command("show")
@click.argument("executive")
@click.option("--week", type=WEEK, help="ISO week. [default: the newest issue]")
@html_option
@json_option
@pass_house
def show_issue(house: House, executive: str, week: str | None, page: Path | None, as_json: bool) -> None:
    """Print a stored issue, as it was sent.

    \b
    Example: radar digest show president --week 2026-W48
    """
    from radar.desk.rapport import link_issue

    with house.open() as app:
        newest = next(iter(app.store.list_issues(executive, limit=1)), None)
        issue = app.store.find_issue(executive, week) if week else newest
        if issue is None:
            which = f"of {week} " if week else ""
            raise UnknownName(f"no issue {which}for {executive}: `radar digest list` shows those there are")
        _show(
            issue, link_issue(app.store, issue, app.settings.web.public_url), app.settings.advisor.name, page, as_json
        )


@digest.command("send")
@click.argument("executive", required=False)
@json_option
@click.pass_context
@pass_house
def send_waiting(house: House, ctx: click.Context, executive: str | None, as_json: bool) -> None:
    """Send what waits in the outbox; say what came of each message.

    To one executive or to all. Without a mail server in radar.toml the digests are written to the folder named there.
    The exit code is 6 when a message was not sent.

    \b
    Example: radar digest send
             radar digest send president
    """
    with house.open() as app:
        if executive:
            app.store.find_executive(executive)
        done = app.pipeline.deliver(app.now, executive)
        waiting = [
            message
            for message in app.store.list_outbox(1_000)
            if message.state not in ("sent", "failed") and executive in (None, message.executive)
        ]
    if as_json:
        say_json(to_plain(done, without=("body",)))
    elif done:
        say_table(("mail", "state", "reply"), [(m.name, m.state, m.reply) for m in done])
    else:
        say("Nothing to send now." if waiting else "Nothing waits in the outbox.")
    if not as_json:
        for message in waiting:
            until = format_at(message.next_attempt_at)
            say(f"{message.name} waits until {until} UTC: {message.reply}")
    unsent = [message for message in done if message.state != "sent"]
    if unsent:
        ctx.exit(DeliveryError.exit_code)


def _find_week(app: "App", executive: str) -> str:
    """Return the week that runs where the executive is."""
    from zoneinfo import ZoneInfo

    from radar.brief.slot import name_week

    return name_week(app.now().astimezone(ZoneInfo(app.store.find_executive(executive).tz)).date())


def _show(issue: Issue, links: "Links", advisor: str, page: Path | None, as_json: bool) -> None:
    import os

    from radar.brief.render import render_headers, render_page, render_text

    if as_json:
        say_json(to_plain(issue, without=("token",)))
        return
    if page:
        write_text(page, render_page(issue, advisor=advisor, **links))
        say(f"wrote  {page}")
        return
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    text = render_text(issue, colour=colour, advisor=advisor, **links)
    say(render_headers(issue))
    click.echo(strip_controls(text, colour=colour))
