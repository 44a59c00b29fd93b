"""The pages a digest links to."""

import re
import secrets

import pytest

from radar.web.page import fill_page
from tests.web.web_world import CANARIES, World

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def paused(world: World) -> dict[str, bool]:
    """Who is paused."""
    return {person.slug: person.paused for person in world.store.list_executives()}


def test_the_link_of_the_mail_opens_the_stored_issue(world: World) -> None:
    """Without a login; not kept, not indexed, no script, and its links lead to its own pause page."""
    token = world.tokens["anna"]
    answer = world.client().get(f"/i/{token}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-robots-tag"].startswith("noindex")
    assert CANARIES["anna"] in answer.text
    assert CANARIES["bert"] not in answer.text
    assert "<script" not in answer.text
    assert f'href="https://radar.example.org/i/{token}/pause"' in answer.text


def test_the_issues_own_style_is_allowed_and_nothing_else(world: World) -> None:
    """The policy names the style sheet by its hash; no element carries a style that the policy would drop."""
    answer = world.client().get(f"/i/{world.tokens['anna']}")
    policy = answer.headers["content-security-policy"]
    assert re.search(r"style-src 'sha256-[\w+/]{43}=';", policy)
    assert "unsafe" not in policy
    assert " style=" not in answer.text


def test_reading_changes_nothing(world: World) -> None:
    """Mail scanners and previews fetch every link, also with HEAD; only a press of the button counts."""
    client = world.client()
    for path in ("", "/pause", "/resume"):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            client.request(method, f"/i/{world.tokens['anna']}{path}")
            client.request(method, f"/i/{world.tokens['anna']}{path}?List-Unsubscribe=One-Click")
    assert paused(world) == {"anna": False, "bert": False}


@pytest.mark.parametrize("body", [ONE_CLICK, {}, {"x": "y" * 100_000}])
def test_one_post_pauses_and_another_resumes(world: World, body: dict[str, str]) -> None:
    """As a mail program posts it (RFC 8058) and as the button does; twice is as good as once."""
    client = world.client()
    path = f"/i/{world.tokens['anna']}"
    for _ in range(2):
        answer = client.post(f"{path}/pause", data=body)
        assert answer.status_code == 200  # a redirect would not count as done (RFC 8058, 3.2)
        assert "paused" in answer.text
        assert paused(world) == {"anna": True, "bert": False}
    assert "Resume" in client.get(f"{path}/pause").text
    for _ in range(2):
        assert client.post(f"{path}/resume").status_code == 200
        assert paused(world) == {"anna": False, "bert": False}


def test_pausing_keeps_everything_else(world: World) -> None:
    """Only the one flag changes."""
    from dataclasses import replace

    before = world.store.find_executive("anna")
    world.client().post(f"/i/{world.tokens['anna']}/pause", data=ONE_CLICK)
    assert world.store.find_executive("anna") == replace(before, paused=True)


def test_forged_tokens_open_and_change_nothing(world: World) -> None:
    """Whatever is not a stored token gets the same friendly 404."""
    token = world.tokens["anna"]
    flipped = ("A" if token[0] != "A" else "B") + token[1:]
    # Not token.swapcase(): a token without letters would be itself.
    forged = [
        "x",
        flipped,
        token[:-1],
        token + "A",
        secrets.token_urlsafe(16),
        "%00" * 22,
        "é" * 22,
        "%25",
        "'--",
        "*" * 22,
    ]
    client = world.client("advisor")
    pages = set()
    for one in forged:
        for method, rest in (("GET", ""), ("GET", "/pause"), ("POST", "/pause"), ("POST", "/resume")):
            answer = client.request(method, f"/i/{one}{rest}")
            assert answer.status_code == 404, (method, one, rest)
            pages.add(answer.text)
    assert len(pages) == 1
    assert "latest digest" in pages.pop()
    assert paused(world) == {"anna": False, "bert": False}


def test_the_front_page_tells_nothing_confidential(world: World) -> None:
    """What this is and where the API is described; no name, no count."""
    page = world.client().get("/").text
    assert "api/v1/openapi.json" in page
    assert not any(canary in page for canary in CANARIES.values())


@pytest.mark.parametrize("path", ["/", "/nothing", "/i/{token}/pause"])
def test_pages_stand_alone(world: World, path: str) -> None:
    """No script, nothing loaded, one style sheet, which the policy names by its hash; fit for phone and dark mode."""
    answer = world.client().get(path.format(token=world.tokens["anna"]))
    page = answer.text
    assert not re.search(r"<script|<link|<img|<iframe|\bon\w+=|style=|@import|url\(", page)
    assert 'lang="en"' in page
    assert 'name="viewport"' in page
    assert "prefers-color-scheme: dark" in page
    assert page.count("<h1>") == 1
    assert re.search(r"style-src 'sha256-[\w+/]{43}='", answer.headers["content-security-policy"])
    assert "form-action 'self'" in answer.headers["content-security-policy"]


def test_a_page_escapes_what_it_is_given() -> None:
    """Today our pages print our own words only; the templates do not rely on it."""
    page = fill_page("message.html", sentence="<script>alert(1)</script>").body.decode()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
