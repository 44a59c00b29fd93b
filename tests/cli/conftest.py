"""A Radar's folder for each test, and a way to run commands in it at a known moment."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result

from radar.cli import radar
from tests.building import NOW
from tests.cli.cli_run import Run


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is Tuesday, 24 November 2026, 08:00 UTC; nothing comes from the environment."""
    for name in ("RADAR_HOME", "RADAR_DATABASE_URL", "RADAR_SMTP_PASSWORD", "RADAR_SMTP_PASSWORD_FILE"):
        monkeypatch.delenv(name, raising=False)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="session")
def _made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("made") / "home"
    done = CliRunner().invoke(radar, ["init", str(home)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return home


@pytest.fixture
def home(_made_home: Path, tmp_path: Path) -> Path:
    """A folder as `radar init` leaves it."""
    return Path(shutil.copytree(_made_home, tmp_path / "home"))


@pytest.fixture
def run(home: Path) -> Run:
    """Run `radar --home HOME …` and return what it printed and its exit code; a bug is raised."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(radar, ["--home", str(home), *arguments], catch_exceptions=False)

    return run


@pytest.fixture
def president(run: Run) -> Run:
    """The same, with one executive and what she wants."""
    person = ["--name", "Ada Blum", "--role", "President", "--email", "ada@example.org", "--tz", "Africa/Nairobi"]
    for command in (
        ["executives", "add", "president", *person],
        ["agenda", "add", "president", "mobile payments in the field", "--weight", "5", "--topic", "mobile-payments"],
    ):
        done = run(*command)
        assert done.exit_code == 0, done.output
    return run
