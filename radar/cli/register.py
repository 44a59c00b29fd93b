"""`radar agenda export` and `import`: the whole register as a file."""

from pathlib import Path

import click

from radar.cli.house import House, json_option, name_user, pass_house
from radar.cli.output import count, say, say_json, strip_controls, write_text
from radar.cli.words import OutFile
from radar.errors import ConfigError
from radar.listen.register import FORMATS, WRITERS, Format

_FORMAT = click.option("--format", "form", type=click.Choice(FORMATS), help="[default: what the file's name says]")


@click.command("export")
@click.argument("file", required=False, type=OutFile())
@_FORMAT
@pass_house
def export_register(house: House, file: Path | None, form: Format | None) -> None:
    """Write every executive and statement to FILE, else to the screen. It is confidential: only you may read the file.

    \b
    Example: radar agenda export agendas.toml
             radar agenda export --format csv > agendas.csv
    """
    from radar.desk.register import read_register

    chosen = form or (_find_format(file) if file else "toml")
    with house.open() as app:
        register = read_register(app.store)
    text = WRITERS[chosen](register)
    if file is None:
        click.echo(strip_controls(text), nl=False)
        return
    write_text(file, text)
    told = f"{count(len(register.executives), 'executive')}, {count(len(register.statements), 'statement')}"
    say(f"{told} written to {file}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_FORMAT
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would be added and changed.")
@json_option
@pass_house
def import_register(house: House, file: Path, form: Format | None, dry_run: bool, as_json: bool) -> None:
    """Add the executives and statements of FILE, and change those on file: all or, where one is wrong, none.

    What the file does not name stays as it is. `radar agenda export` shows what a file looks like.

    \b
    Example: radar agenda import agendas.csv --dry-run
    """
    from radar.desk.register import join_register

    chosen = form or _find_format(file)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    with house.open() as app:
        register, told = join_register(app.store, text, file, chosen, app.now())
        if not dry_run:
            app.store.save_register(register.executives, register.statements, app.now(), name_user())
    if as_json:
        say_json(told)
        return
    for what, mark in (("added", "+"), ("changed", "~")):
        for name in told[what]:
            say(f"{mark} {name}")
    line = ", ".join(f"{len(names)} {what}" for what, names in told.items())
    say(f"{line}. Nothing was stored." if dry_run else f"{line}.")


def _find_format(file: Path) -> Format:
    for form in FORMATS:
        if file.suffix.lower() == f".{form}":
            return form
    raise click.UsageError(f"{file.name!r} says neither .toml nor .csv; name the format with --format")
