"""Host names, headers and errors: the same on every address."""

import logging
from collections.abc import Callable

import pytest

from radar.config import WebSettings
from radar.web.access import ACCESS
from radar.web.guard import allowed_hosts, read_host
from tests.web.web_world import PERSONS, World

ATTACK = "<script>alert('attack')</script>"


@pytest.fixture
def database_url(sqlite_database: Callable[[], str]) -> str:
    """One kind of database is enough here: what is tested is above it."""
    return sqlite_database()


def addresses(world: World) -> list[str]:
    """Every GET address, found and not found, page and API."""
    values = {"slug": "anna", "week": "2026-W48", "id": "x", "token": world.tokens["anna"], "term": "quorvex"}
    values |= {"topic": "passkeys"}
    filled = [path.format(**values) for path in _paths()]
    return [*filled, "/nothing", "/api/v1/nothing", "/i/forged", "/api/v1/stories?limit=x", "/docs", "/redoc"]


def _paths() -> list[str]:
    return [line.partition(" ")[2] for line in ACCESS if line.startswith("GET")]


def test_every_answer_carries_the_security_headers(world: World) -> None:
    """Errors too, whoever asks; and no answer sets a cookie."""
    for person in PERSONS:
        client = world.client(person)
        for path in addresses(world):
            for answer in (client.get(path), client.post(path), client.get(path, headers={"Host": "evil.example"})):
                headers = answer.headers
                assert headers["x-content-type-options"] == "nosniff", path
                assert headers["referrer-policy"] == "no-referrer"
                assert headers["x-frame-options"] == "DENY"
                assert headers["x-robots-tag"].startswith("noindex")
                policy = headers["content-security-policy"]
                assert policy.startswith("default-src 'none'")
                assert "frame-ancestors 'none'" in policy
                assert "script-src" not in policy
                assert "set-cookie" not in headers
                assert "traceback" not in answer.text.lower()
                if not headers["cache-control"].endswith(("no-store", "no-cache")):
                    pytest.fail(f"{path} may be kept: {headers['cache-control']}")
                if "/executives" in path or path.startswith("/i/") or answer.status_code >= 400:
                    assert headers["cache-control"].endswith("no-store")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8420", "localhost", "localhost.", "[::1]:8420", "radar.example.org", "DESK.example.org:8443"],
)
def test_listed_host_names_are_answered(world: World, host: str) -> None:
    """Where it listens, its public address, and what the operator lists; on any port."""
    assert world.client().get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "", "127.0.0.1.evil.example", "localhost@evil.example", "x:y:z", "a/b", "[", "127.0.0.1:x"]
)
def test_other_host_names_are_refused_before_anything_runs(world: World, host: str) -> None:
    """A page that rebinds its own name to this machine gets nothing, whatever key it has."""
    client = world.client("advisor")
    for path in ("/healthz", "/api/v1/executives", f"/i/{world.tokens['anna']}", "/nothing"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 421
        assert "evil" not in answer.text


def test_forwarded_headers_change_nothing(world: World) -> None:
    """Who asks may write them, so they are not believed."""
    forged = {"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1", "Forwarded": "host=127.0.0.1"}
    assert world.client().get("/healthz", headers=forged).status_code == 421


def test_listening_everywhere_still_means_names() -> None:
    """0.0.0.0 is no name anybody should be able to use."""
    assert allowed_hosts(WebSettings(host="0.0.0.0")) == {"localhost", "127.0.0.1", "::1"}
    assert allowed_hosts(WebSettings(host="radar.lan", allowed_hosts=("Radar:80",))) == {"radar.lan", "radar"}
    assert read_host("EXAMPLE.org:80") == "example.org"


def test_errors_do_not_repeat_what_was_sent(world: World) -> None:
    """Path, query, headers and host may hold an attack; no answer holds it."""
    client = world.client("advisor")
    for path in (
        f"/{ATTACK}",
        f"/i/{ATTACK}",
        f"/api/v1/stories?topic={ATTACK}&limit={ATTACK}&cursor={ATTACK}&since={ATTACK}",
        f"/api/v1/stories/{ATTACK}",
        f"/api/v1/topics/{ATTACK}",
        f"/api/v1/signals?phase={ATTACK}&confirmed={ATTACK}",
        f"/api/v1/executives/{ATTACK}/issues",
        f"/api/v1/executives/anna/issues/{ATTACK}",
    ):
        answer = client.get(path, headers={"X-Name": ATTACK, "If-None-Match": ATTACK})
        assert answer.status_code in (404, 422)
        assert "attack" not in answer.text + str(answer.headers)


def test_a_bug_is_logged_under_the_reference_it_answers_with(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer holds the reference and nothing else; page readers get a sentence."""

    def fail(*_: object, **__: object) -> None:
        raise ValueError("the inside story")

    monkeypatch.setattr(world.store, "list_topics", fail)
    monkeypatch.setattr(world.store, "find_issue_by_token", fail)
    with caplog.at_level(logging.ERROR, "radar.web.problems"):
        answer = world.client("reader").get("/api/v1/topics")
        page = world.client().get(f"/i/{world.tokens['anna']}")
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert set(problem) == {"type", "title", "status", "detail", "reference"}
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert page.status_code == 500
    assert page.headers["content-type"].startswith("text/html")
    assert "inside story" not in answer.text + page.text
    assert problem["reference"] in caplog.text
    assert world.tokens["anna"] not in caplog.text


def test_there_are_no_documentation_pages_from_elsewhere(world: World) -> None:
    """The framework's own load scripts from a CDN."""
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert world.client("advisor").get(path).status_code == 404
