"""The command line: `radar COMMAND`, each command imported only when it runs.

What a command needs beyond click is imported inside its function: `radar --help` imports no other part of Radar, and
`radar query` neither SQLAlchemy nor scikit-learn.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from radar import __version__
from radar.errors import RadarError

#: Name → (module, line of help); the command is the attribute of the module that has its name.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Show the main job from nothing: 20 weeks of sample news, three digests."),
    "init": ("init", "Write feeds.toml and radar.toml, make or upgrade the database."),
    "crawl": ("crawl", "Visit the feeds, then group, tag and detect."),
    "feeds": ("feeds", "List the feeds and how they fare; find, check, import and retire them."),
    "stories": ("stories", "Show a story with its entries; split it, merge it, undo that."),
    "topics": ("topics", "List the technologies, or show one."),
    "signals": ("signals", "List what is emerging, with the evidence."),
    "candidates": ("candidates", "List terms nobody listed; promote, merge or mute them."),
    "import-archive": ("candidates", "Read dated titles of the past, so that a young Radar knows it."),
    "ledger": ("ledger", "How well were the executives warned? Note what one raised first."),
    "exposure": ("signals", "List topics that move while no current advice is on file."),
    "executives": ("executives", "List, add and change the readers of digests."),
    "agenda": ("agenda", "List, add and link what executives want."),
    "feedback": ("feedback", "List and note what executives answered to their digests."),
    "acceptance": ("acceptance", "How far has each executive come with each topic?"),
    "pack": ("pack", "Print what to take into a one-on-one talk."),
    "talk": ("talk", "Note what came of a talk; the next one for a calendar."),
    "position": ("position", "List, draft, write and approve advice on topics."),
    "letter": ("letter", "Show the desk letter as it would be now."),
    "survey": ("survey", "Ask the staff what they need; show what they say."),
    "query": ("query", "Answer a question from the stories on file."),
    "digest": ("digest", "Preview, build, show and send digests."),
    "serve": ("serve", "Crawl, publish and deliver on time; serve pages and API."),
    "keys": ("keys", "List, make and revoke keys to the API."),
    "evaluate": ("evaluate", "Measure Radar on data of your own."),
    "doctor": ("doctor", "Check the installation, say what to do."),
    "status": ("status", "Show the installation at a glance."),
}

EPILOG = """\b
Example: radar init && radar crawl && radar status

\b
Exit codes: 0 fine · 1 something failed · 2 wrong usage · 3 configuration · 4 unknown name
            5 database · 6 delivery · 130 interrupted

\b
Environment: RADAR_HOME (the folder), RADAR_DATABASE_URL (default: SQLite in data/radar.db),
             RADAR_SMTP_PASSWORD or RADAR_SMTP_PASSWORD_FILE"""


class Radar(click.Group):
    """The group of all commands: loads one when it is asked for, and turns what went wrong into a line and a code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(
            import_module(f"radar.cli.{COMMANDS[cmd_name][0]}"), cmd_name.replace("-", "_")
        )
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command named first; an unknown one is refused with the closest known names."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from radar.cli.house import refuse_command

            refuse_command(ctx, args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def main(  # type: ignore[override]  # never returns: it exits
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run the command line and exit with its code; a bug keeps its traceback."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # a title the terminal cannot write is no reason to fail
                stream.reconfigure(errors="replace")
        extra["standalone_mode"] = False
        try:
            code = super().main(args, prog_name or "radar", **extra) or 0
        except RadarError as error:
            complain(str(error))
            code = error.exit_code
        except click.exceptions.NoArgsIsHelpError as error:  # a command that needs more, called bare
            click.echo(error.format_message(), err=True)
            code = 2
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "radar"
            complain(f"{_explain(error)}; see `{command} --help`")
            code = 2
        except click.ClickException as error:
            complain(error.format_message())
            code = 1
        except click.Abort:
            code = 130
        sys.exit(code)


def _explain(error: click.UsageError) -> str:
    """Return what is wrong: `--tz: 'Nairobi' is no time zone; …`."""
    options = error.param.opts if isinstance(error, click.BadParameter) and error.param else ()
    if options and not isinstance(error, click.MissingParameter):
        return f"{max(options, key=len)}: {error.message}".rstrip(".")
    return error.format_message().rstrip(".")


def complain(line: str) -> None:
    """Write one line to standard error."""
    from radar.cli.output import strip_controls

    click.echo(f"radar: {strip_controls(' '.join(line.split()))}", err=True)


@click.group(
    cls=Radar, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="RADAR_HOME",
    default=".",
    help="Radar's folder (default: RADAR_HOME, else the current folder).",
)
@click.option("-v", "--verbose", is_flag=True, help="Say on standard error what happens inside.")
@click.version_option(__version__, prog_name="radar", message="%(prog)s %(version)s")
@click.pass_context
def radar(ctx: click.Context, home: Path, verbose: bool) -> None:
    """Radar keeps an organisation's executives from being blindsided by technology.

    It reads the tech press, notices what is emerging, and tells each executive, in their own terms, the few things that
    matter to their agenda, with the advice attached.
    """
    from radar.cli.house import House

    ctx.obj = House(home.resolve(), verbose)


def main() -> NoReturn:
    """Run the command line: what the script `radar` calls."""
    radar.main()
