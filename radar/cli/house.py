"""What commands share: the folder they work in, the option for JSON, the groups that list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from radar.errors import ConfigError

if TYPE_CHECKING:
    from radar.app import App
    from radar.config import Settings
    from radar.store.lookup import Lookup


@dataclass(frozen=True, slots=True)
class House:
    """Where Radar lives, and how to open what is there."""

    home: Path
    verbose: bool = False

    def settings(self) -> "Settings":
        """Read radar.toml and the environment."""
        from radar.config import load_settings

        if not self.home.is_dir():
            raise ConfigError(f"{self.home}: no such folder; run `radar init {self.home}` to make it")
        return load_settings(self.home)

    def lookup(self) -> "Lookup":
        """Open the database for quick questions."""
        from radar.store.lookup import open_lookup

        return open_lookup(self.settings().database_url)

    def open(self) -> "App":
        """Open everything: for commands that write, or that need more than quick questions."""
        from radar.app import open_app

        self.settings()
        self.start_log("INFO" if self.verbose else "ERROR")
        return open_app(self.home)

    def now(self) -> datetime:
        """Return the present moment."""
        from radar.app import read_clock

        return read_clock()

    def start_log(self, level: str) -> None:
        """Write what is logged to standard error, one line an event."""
        import logging

        logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
        for chatty in ("httpx", "apscheduler", "asyncio", "uvicorn"):
            logging.getLogger(chatty).setLevel(logging.WARNING)


pass_house = click.make_pass_decorator(House)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def name_user() -> str:
    """Return who is at the command line, for what is written down."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


def refuse_command(ctx: click.Context, name: str, known: Iterable[str]) -> NoReturn:
    """Refuse an unknown command with the closest known ones."""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=2, cutoff=0.5)
    ctx.fail(f"no command {name!r}" + (f"; did you mean {' or '.join(close)}?" if close else ""))


class ListGroup(click.Group):
    """A group whose name alone lists: `radar agenda president` is short for `radar agenda list president`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` before arguments that do not begin with a command."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            listing = self.commands["list"]
            if args and not args[0].startswith("-") and not any(isinstance(p, click.Argument) for p in listing.params):
                refuse_command(ctx, args[0], self.commands)
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what may follow the name."""
        listing = self.commands["list"]
        return [*listing.collect_usage_pieces(click.Context(listing)), "| COMMAND …"]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of the listing, then the commands."""
        listing = self.commands["list"]
        options = [param for param in listing.get_params(ctx) if isinstance(param, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in (option.get_help_record(ctx) for option in options) if record])
        self.format_commands(ctx, formatter)
