"""`radar init`: a folder to work in, with feeds, settings and a database."""

import shlex
from pathlib import Path

import click

from radar.cli.house import House, pass_house
from radar.cli.output import count, name_command, say
from radar.errors import ConfigError


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@pass_house
def init(house: House, folder: Path | None) -> None:
    """Write feeds.toml and radar.toml and make the database, in FOLDER (default: --home, else the current folder).

    A file that is there stays as it is. Run again after an upgrade of Radar: it brings the database up to date.

    \b
    Example: radar init
             radar init /srv/radar
    """
    from radar.config import FEEDS_FILE, SETTINGS_FILE

    home = (folder or house.home).resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / "data").mkdir(mode=0o700, exist_ok=True)  # agendas are confidential
        for name in (FEEDS_FILE, SETTINGS_FILE):
            _write_new(home / name)
    except OSError as error:
        raise ConfigError(f"{error.filename or home}: cannot be written ({error.strerror})") from None
    _prepare_database(House(home, house.verbose))
    _say_next(home)


def _write_new(path: Path) -> None:
    """Write a shipped file, unless the operator has one."""
    from importlib import resources

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(resources.files("radar").joinpath("data", path.name).read_text(encoding="utf-8"))
    except FileExistsError:
        say(f"kept   {path}, which is yours")
    else:
        say(f"wrote  {path}")


def _prepare_database(house: House) -> None:
    from radar.config import load_topics
    from radar.errors import StoreError
    from radar.store import migrate
    from radar.store.address import read_address

    url = house.settings().database_url
    address = read_address(url)
    try:
        house.lookup().close()
        was = "kept  "
    except StoreError:
        was = "upgraded" if address.path is not None and address.path.exists() else "made  "
    migrate(url)
    say(f"{was} {address}, the database")
    with house.open() as app:
        feeds = app.sync_feeds()
        # Later the crawl sees to topics: one that has changed is looked for in every story again.
        if not app.store.list_topics():
            app.store.save_topics(load_topics(house.home))
        topics = len(app.store.list_topics())
    say(f"       {count(feeds, 'feed')}, {count(topics, 'topic')}")


def _say_next(home: Path) -> None:
    radar = name_command(home)
    rows = [
        ("edit feeds.toml and radar.toml", "keep the feeds you need; name your mail server"),
        (f"{radar} crawl", "read the feeds, a few minutes"),
        (f'{radar} executives add president --name "Ada Blum" --role President --email ada@example.org', ""),
        (f'{radar} agenda add president "reach young donors where they are"', ""),
        (f"{radar} digest preview president", ""),
        (f"{radar} serve", "all of it, every week, on time"),
    ]
    if home != Path.cwd():
        rows.insert(0, (f"cd {shlex.quote(str(home))}", "or set RADAR_HOME to it"))
    width = max(len(todo) for todo, remark in rows if remark)
    say("\nNext:")
    for todo, remark in rows:
        say(f"  {todo:{width}}     {remark}".rstrip())
