"""`radar keys`: who may ask the API, and for what."""

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import format_on, say, say_json, say_table, to_plain
from radar.cli.words import LINE


@click.group(cls=ListGroup)
def keys() -> None:
    """List, make and revoke keys to the API.

    A reader sees stories, topics and signals; an executive also their own agenda and issues; an advisor everything.

    \b
    Example: radar keys
             radar keys new intranet --scope reader
             radar keys new "Ada's page" --scope executive --executive president
    """


@keys.command("list")
@json_option
@pass_house
def list_keys(house: House, as_json: bool) -> None:
    """List every key, never its secret.

    \b
    Example: radar keys list --json
    """
    with house.open() as app:
        found = app.store.list_keys()
    if as_json:
        say_json(to_plain(found, without=("secret_hash",)))
    elif not found:
        say("No keys yet: radar keys new intranet --scope reader")
    else:
        say_table(
            ("prefix", "name", "scope", "executive", "made", "revoked"),
            [
                (
                    key.prefix,
                    key.name,
                    key.scope,
                    key.executive,
                    format_on(key.created_at.date()),
                    format_on(key.revoked_at.date()) if key.revoked_at else "",
                )
                for key in found
            ],
        )


@keys.command("new")
@click.argument("name", type=LINE)
@click.option("--scope", type=click.Choice(("reader", "advisor", "executive")), required=True, help="What it opens.")
@click.option("--executive", default="", help="Whose, for the scope executive.")
@json_option
@pass_house
def new_key(house: House, name: str, scope: str, executive: str, as_json: bool) -> None:
    """Make a key and print it, once: Radar keeps only its hash.

    \b
    Example: radar keys new intranet --scope reader
    """
    import secrets

    from radar.web.auth import create_key

    if (scope == "executive") != bool(executive):
        raise click.UsageError("--scope executive and --executive go together")
    with house.open() as app:
        key, secret = create_key(name, scope, executive, app.now(), secrets.token_bytes)  # type: ignore[arg-type]  # click has checked it
        app.store.save_key(key)
    if as_json:
        say_json(to_plain(key, without=("secret_hash",)) | {"key": secret})
        return
    say(secret)
    say("This is shown once: keep it where secrets belong. Send it as", err=True)
    say("  Authorization: Bearer …", err=True)
    say(f"End it with: radar keys revoke {key.prefix}", err=True)


@keys.command("revoke")
@click.argument("prefix")
@pass_house
def revoke_key(house: House, prefix: str) -> None:
    """End a key, at once and for good.

    \b
    Example: radar keys revoke abcd2345
    """
    with house.open() as app:
        app.store.revoke_key(prefix, app.now())
    say(f"Revoked {prefix}: it opens nothing any more.")
