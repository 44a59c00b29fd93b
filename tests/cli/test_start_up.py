"""What commands import, and how they end."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from radar.cli import COMMANDS, radar

HEAVY = ("sqlalchemy", "alembic", "sklearn", "numpy", "scipy", "fastapi", "httpx", "pydantic", "rich")


def run_and_list_modules(*arguments: str, home: Path | None = None) -> tuple[int, set[str]]:
    """Run the command line in a process of its own; return its exit code and the packages it imported."""
    program = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr))\n"
        "from radar.cli import main\n"
        "main()\n"
    )
    environment = os.environ | ({"RADAR_HOME": str(home)} if home else {})
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, env=environment)
    return done.returncode, set(done.stderr.splitlines()[-1].split())


def test_help_imports_nothing_but_click() -> None:
    """`radar --help` answers at once: no library of the commands, no settings."""
    code, modules = run_and_list_modules("--help")

    assert code == 0
    assert "click" in modules
    assert modules.isdisjoint({*HEAVY, "msgspec", "jinja2", "logging"})


def test_help_imports_no_other_part_of_radar() -> None:
    """The list of commands comes from a table, not from the commands."""
    program = (
        "import sys\nfrom radar.cli import radar\ntry: radar.main(['--help'])\n"
        "finally: print(*[n for n in sys.modules if n.startswith('radar')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert set(done.stderr.split()) == {"radar", "radar.cli", "radar.errors"}


@pytest.mark.parametrize(
    "arguments",
    [["query", "mobile payments"], ["query", "mobile payments", "--json"], ["status"], ["feeds"], ["feeds", "export"]],
)
def test_quick_commands_import_no_heavy_library(home: Path, arguments: list[str]) -> None:
    """An answer from the store within 15 × a bare Python allows none of these."""
    code, modules = run_and_list_modules(*arguments, home=home)

    assert code == 0
    assert modules.isdisjoint(HEAVY)


def test_a_question_that_words_do_not_answer_imports_numpy_alone(home: Path) -> None:
    """Meaning needs the table of vectors; nothing that learns, and no SQLAlchemy."""
    code, modules = run_and_list_modules("query", "cellphone cash", home=home)

    assert code == 0
    assert "numpy" in modules
    assert modules.isdisjoint({*HEAVY} - {"numpy"})


def test_a_command_line_that_fails_says_so_in_one_line_without_traceback(tmp_path: Path) -> None:
    """A missing database is exit code 5 and one line that says what to do."""
    done = subprocess.run(
        [sys.executable, "-c", "from radar.cli import main; main()", "--home", str(tmp_path), "status"],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 5
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("radar: no database at ")
    assert "radar init" in done.stderr


def test_a_broken_pipe_is_quiet(home: Path) -> None:
    """`radar topics | head -1` ends without a word."""
    with subprocess.Popen(
        [sys.executable, "-c", "from radar.cli import main; main()", "--home", str(home), "topics"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()  # the reader has gone before the first line
        complaint = process.stderr.read()

    assert complaint == ""


def test_an_interrupt_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is no failure of Radar's: no traceback, the code shells expect."""
    from click.testing import CliRunner

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("radar.cli.house.House.lookup", interrupt)
    done = CliRunner().invoke(radar, ["status"], catch_exceptions=False)

    assert done.exit_code == 130
    assert done.output.strip() == ""


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what operators can put right becomes one line."""
    from click.testing import CliRunner

    def stumble(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("radar.cli.house.House.lookup", stumble)

    assert isinstance(CliRunner().invoke(radar, ["status"]).exception, ZeroDivisionError)


def list_commands() -> list[tuple[str, click.Command]]:
    found = []
    for name in COMMANDS:
        command = radar.get_command(click.Context(radar), name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", inner) for sub, inner in command.commands.items()]
    return found


@pytest.mark.parametrize(
    ("name", "command"), list_commands(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_help_of_every_command_shows_an_example(name: str, command: click.Command) -> None:
    """A newcomer copies the example; it begins with the command's own name."""
    with click.Context(command, info_name=f"radar {name}") as ctx:
        text = command.get_help(ctx)

    assert f"Example: radar {name.removesuffix(' list')}" in text


def test_the_help_lists_commands_and_exit_codes() -> None:
    """`radar --help` documents what scripts rely on."""
    from click.testing import CliRunner

    text = CliRunner().invoke(radar, ["--help"]).output

    assert all(f"\n  {name} " in text for name in COMMANDS)
    for code in ("0 fine", "1 something failed", "2 wrong usage", "3 configuration", "4 unknown name", "5 database"):
        assert code in text
    assert "6 delivery" in text


def test_a_mistyped_command_is_answered_with_the_closest() -> None:
    """Usage errors are one line and exit code 2."""
    from click.testing import CliRunner

    done = CliRunner().invoke(radar, ["stats"])

    assert done.exit_code == 2
    assert done.stderr == "radar: no command 'stats'; did you mean status or stories?; see `radar --help`\n"


def test_radar_alone_shows_its_help_as_lines() -> None:
    """As wrong usage: on standard error, with exit code 2."""
    done = subprocess.run([sys.executable, "-c", "from radar.cli import main; main()"], capture_output=True, text=True)

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Usage: radar ")
    assert "\n  doctor " in done.stderr


def test_an_unknown_word_after_a_group_is_an_unknown_command(home: Path) -> None:
    """Not a wrong argument to the listing that the group's name alone stands for."""
    program = "from radar.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--home", str(home), "keys", "nwe"], capture_output=True, text=True
    )

    assert done.returncode == 2
    assert done.stderr == "radar: no command 'nwe'; did you mean new?; see `radar keys --help`\n"
