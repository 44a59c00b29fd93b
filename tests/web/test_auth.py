"""Keys: how they are made, and which ones are believed."""

import hashlib
import secrets
import subprocess
import sys

import pytest

from radar.errors import ConfigError
from radar.records import Key
from radar.web.auth import check_key, create_key
from tests.web.web_world import NOW, World


def test_a_key_holds_256_random_bits_of_which_only_the_hash_is_kept() -> None:
    """Who reads the database cannot use the API."""
    asked: list[int] = []

    def token_bytes(size: int) -> bytes:
        asked.append(size)
        return secrets.token_bytes(size)

    key, text = create_key("intranet", "reader", "", NOW, token_bytes)
    start, prefix, secret = text.split("_", 2)
    assert (start, prefix, asked) == ("radar", key.prefix, [5, 32])
    assert len(prefix) == 8
    assert key.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in repr(key)


def test_only_the_whole_key_is_believed() -> None:
    """Any other spelling, scheme or secret is refused alike."""
    key, text = create_key("desk", "advisor", "", NOW, secrets.token_bytes)
    known: dict[str, Key] = {key.prefix: key}
    assert check_key(f"Bearer {text}", known.get) == key
    assert check_key(f"bearer  {text} ", known.get) == key
    wrong = text[:-1] + ("A" if text[-1] != "A" else "B")
    for header in ("", text, f"Basic {text}", f"Bearer {wrong}", f"Bearer {text}x", f"Bearer {text} {text}", "Bearer "):
        assert check_key(header, known.get) is None
    assert check_key(f"Bearer {text}", {}.get) is None


def test_the_hash_is_no_key() -> None:
    """A stolen hash does not open what it guards."""
    key, _ = create_key("desk", "advisor", "", NOW, secrets.token_bytes)
    header = f"Bearer radar_{key.prefix}_{key.secret_hash[:43]}"
    assert check_key(header, {key.prefix: key}.get) is None


@pytest.mark.parametrize(("scope", "executive"), [("executive", ""), ("reader", "anna"), ("root", "")])
def test_a_key_that_makes_no_sense_is_not_made(scope: str, executive: str) -> None:
    """An executive's key is for somebody, the others are for nobody in particular."""
    with pytest.raises(ConfigError):
        create_key("x", scope, executive, NOW, secrets.token_bytes)  # type: ignore[arg-type]


def test_a_revoked_key_is_refused_from_the_next_request_on(world: World) -> None:
    """There is no cache to wait for."""
    client = world.client("advisor")
    assert client.get("/api/v1/me").status_code == 200
    prefix = world.keys["advisor"].split("_")[1]
    world.store.revoke_key(prefix, NOW)
    assert client.get("/api/v1/me").status_code == 401


def test_a_refusal_says_how_to_come_back(world: World) -> None:
    """401 carries WWW-Authenticate, and names a bad token only where one was sent (RFC 6750, 3.1)."""
    without, forged = world.client().get("/api/v1/me"), world.client("revoked").get("/api/v1/me")
    assert without.headers["www-authenticate"] == 'Bearer realm="radar"'
    assert forged.headers["www-authenticate"] == 'Bearer realm="radar", error="invalid_token"'
    assert without.content == forged.content


def test_a_request_costs_one_look_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check before every route and the route's own wish for the key are the same look-up."""
    asked: list[str] = []
    find_key = world.store.find_key

    def count(prefix: str) -> Key | None:
        asked.append(prefix)
        return find_key(prefix)

    monkeypatch.setattr(world.store, "find_key", count)
    assert world.client("reader").get("/api/v1/topics").status_code == 200
    assert len(asked) == 1


def test_making_a_key_needs_no_web_framework() -> None:
    """`radar keys` stays quick."""
    check = "import sys, radar.web.auth; sys.exit(bool({'fastapi', 'starlette', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
