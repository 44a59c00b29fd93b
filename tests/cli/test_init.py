"""`radar init` makes a folder to work in and never takes anything away."""

import stat
import tomllib
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from radar.cli import radar
from radar.config import Settings, load_feeds, load_settings
from tests.cli.cli_run import Run


def test_init_writes_feeds_settings_and_database(home: Path, run: Run) -> None:
    """A newcomer gets a hundred feeds, every setting explained, a database only they can read."""
    assert len(load_feeds(home)) >= 100
    assert load_settings(home) == Settings(home, f"sqlite:///{home}/data/radar.db")
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    assert run("status").exit_code == 0
    assert "passkeys" in run("topics").output


def test_init_says_what_to_do_next(tmp_path: Path) -> None:
    """The commands that lead to a first digest, in order."""
    done = CliRunner().invoke(radar, ["init", str(tmp_path / "new")], catch_exceptions=False)

    assert done.exit_code == 0
    at = [
        done.output.index(word) for word in ("radar crawl", "radar executives add", "radar agenda add", "radar serve")
    ]
    assert at == sorted(at)


def test_init_again_keeps_what_is_there(home: Path, run: Run) -> None:
    """A file that is there stays byte for byte, and so does what is stored."""
    (home / "feeds.toml").write_text('[[feed]]\nurl = "https://a.example/feed"\nkind = "trade"\n')
    (home / "radar.toml").write_text('[advisor]\nname = "Ida"\n')
    run("executives", "add", "president", "--name", "Ada Blum")

    done = run("init")

    assert done.exit_code == 0
    assert "kept" in done.output
    assert "wrote" not in done.output
    assert (home / "radar.toml").read_text() == '[advisor]\nname = "Ida"\n'
    assert [feed.url for feed in load_feeds(home)] == ["https://a.example/feed"]
    assert "Ada Blum" in run("executives").output
    assert "1 feed," in done.output


def test_the_shipped_settings_name_every_key_with_its_default(tmp_path: Path) -> None:
    """Taking away every # gives the defaults: no key is missing, none is unknown, none says something else."""
    path = tmp_path / "radar.toml"
    lines = (Path("radar/data/radar.toml")).read_text().splitlines()
    path.write_text(
        "\n".join(line.removeprefix("# ") if " = " in line and line.startswith("# ") else line for line in lines)
    )

    settings = load_settings(tmp_path, {})

    assert settings == Settings(tmp_path, settings.database_url)
    written = tomllib.loads(path.read_text())
    for name in ("advisor", "crawl", "mail", "web"):
        keys = set(msgspec.structs.asdict(getattr(settings, name))) - {"password"}
        assert set(written[name]) == keys


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """Exit code 3 and the reason."""
    (tmp_path / "file").write_text("")

    done = CliRunner().invoke(radar, ["init", str(tmp_path / "file" / "home")])

    assert done.exit_code == 3
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["crawl", "init"])
def test_a_broken_feeds_file_names_line_and_key(home: Path, run: Run, command: str) -> None:
    """Exit code 3, and the operator knows where to look."""
    (home / "feeds.toml").write_text('[[feed]]\nurl = "https://a.example/feed"\nkind = "tarde"\n')

    done = run(command)

    assert done.exit_code == 3
    assert "feeds.toml:3: feed[0].kind: 'tarde'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_environment_names_the_database(
    bare_database_url: str, home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite and PostgreSQL alike: init makes the tables, commands read and write there, nowhere else."""
    monkeypatch.setenv("RADAR_DATABASE_URL", bare_database_url)
    assert run("status").exit_code == 5

    assert run("init").exit_code == 0
    assert run("executives", "add", "president", "--name", "Ada Blum").exit_code == 0

    assert "Executives  1" in run("status").output
    assert run("query", "mobile payments", "--for", "president").exit_code == 0
    monkeypatch.delenv("RADAR_DATABASE_URL")
    assert "Executives  0" in run("status").output
