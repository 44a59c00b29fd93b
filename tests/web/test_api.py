"""What the API answers, beyond who may ask."""

import json

import pytest

from tests.web.web_world import NOW, World

API = "/api/v1"


def test_stories_come_newest_first_and_cursors_lose_none(world: World) -> None:
    """Pages of two walk through all seven, each once, although pairs share their time."""
    client = world.client("reader")
    seen, cursor, pages = [], "", 0
    while True:
        page = client.get(f"{API}/stories?limit=2{cursor and '&cursor='}{cursor}").json()
        seen += [story["id"] for story in page["items"]]
        pages += 1
        if page["next"] is None:
            break
        cursor = page["next"]
    assert sorted(seen) == sorted(world.stories)
    assert pages == 4
    assert seen == [story["id"] for story in client.get(f"{API}/stories").json()["items"]]


def test_a_cursor_nobody_wrote_answers_404(world: World) -> None:
    """A cursor is opaque: it comes back as it was given or leads nowhere."""
    client = world.client("reader")
    for cursor in ("x", "eA", "MjAyNi0xMS0yNFQwOTowMDowMHxhYmM", "....", "a" * 5000, "%00", "MDAwMXx4"):
        answer = client.get(f"{API}/stories?cursor={cursor}")
        assert answer.status_code == 404, cursor
        assert answer.headers["content-type"] == "application/problem+json"


def test_stories_are_filtered_by_topic_and_time(world: World) -> None:
    """since includes, until excludes; a topic nobody follows is a mistake, not an empty list."""
    client = world.client("reader")
    assert len(client.get(f"{API}/stories?topic=passkeys").json()["items"]) == 3
    assert len(client.get(f"{API}/stories", params={"since": NOW.isoformat()}).json()["items"]) == 2
    assert len(client.get(f"{API}/stories", params={"until": NOW.isoformat()}).json()["items"]) == 5
    assert len(client.get(f"{API}/stories?since=2026-11-24").json()["items"]) == 7
    assert client.get(f"{API}/stories?topic=no-such").status_code == 404
    assert client.get(f"{API}/stories?topic=%00").status_code == 404


def test_a_parameter_that_cannot_be_used_is_named(world: World) -> None:
    """422 says which parameter and why, without repeating what was sent."""
    client = world.client("reader")
    for query in ["limit=0", "limit=101", "limit=x", "since=<b>x</b>", "until=0001-01-01T00:00:00%2B23:00"]:
        answer = client.get(f"{API}/stories?{query}")
        assert answer.status_code == 422, query
        assert [one["parameter"] for one in answer.json()["errors"]] == [query.partition("=")[0]]
        assert "<b>" not in answer.text


def test_a_story_tells_its_entries_topics_and_safe_links(world: World) -> None:
    """A javascript: address from a feed is not handed on."""
    client = world.client("reader")
    story = client.get(f"{API}/stories/{world.stories[0]}").json()
    assert story["url"] == ""
    assert [entry["url"] for entry in story["entries"]] == [""]
    assert story["topics"] == [{"topic": "passkeys", "confidence": 0.9, "terms": ["passkey"]}]
    assert story["publishers"] == ["ledger.example"]
    assert client.get(f"{API}/stories/nothing").status_code == 404


def test_topics_and_signals_tell_the_phase(world: World) -> None:
    """The advisor filters signals by phase and by whether they are confirmed."""
    client = world.client("advisor")
    topics = {topic["slug"]: topic["phase"] for topic in client.get(f"{API}/topics").json()["items"]}
    assert topics == {"passkeys": "rising", "smart-glasses": "weak signal"}
    for query, count in (("", 2), ("phase=rising", 1), ("confirmed=false", 1), ("phase=fading", 0)):
        page = client.get(f"{API}/signals?{query}").json()
        assert len(page["items"]) == count
        assert page["week"] == "2026-11-16"
    assert client.get(f"{API}/topics/passkeys").json()["signal"]["evidence"]["reports"] == 9
    assert client.get(f"{API}/topics/passkeys/signals").json()["items"][0]["topic"] == "passkeys"
    for path in ("topics/none", "topics/none/signals"):
        assert client.get(f"{API}/{path}").status_code == 404


def test_feeds_tell_their_health_but_no_password(world: World) -> None:
    """A feed's address may hold a login; the API leaves it out, in the reason too."""
    answer = world.client("reader").get(f"{API}/feeds")
    feed = answer.json()["items"][0]
    assert (feed["url"], feed["state"]) == ("https://ledger.example/feed.xml", "ok")
    assert "hunter2" not in answer.text


def test_feeds_tell_the_whole_of_their_health(world: World) -> None:
    """State, reason, since when it fails, what it publishes, last success, next visit; as the other faces show it."""
    answer = world.client("advisor").get(f"{API}/feeds").json()["items"][0]
    assert answer == {
        "url": "https://ledger.example/feed.xml",
        "title": "The Ledger",
        "publisher": "ledger.example",
        "kind": "trade",
        "paused": False,
        "state": "ok",
        "reason": "https://ledger.example/feed.xml answered",
        "failures": 0,
        "failing_since_at": None,
        "last_crawl_at": "2026-11-24T09:00:00Z",
        "last_success_at": "2026-11-24T09:00:00Z",
        "newest_at": "2026-11-24T09:00:00Z",
        "entries_a_week": 49.0,
        "next_due_at": "2026-11-24T10:00:00Z",
    }
    assert world.client("anna").get(f"{API}/feeds").status_code == 403


def test_an_issue_is_the_stored_one_without_its_token(world: World) -> None:
    """The token is a permission (it opens and pauses), so the API does not hand it out."""
    client = world.client("anna")
    issues = client.get(f"{API}/executives/anna/issues")
    issue = client.get(f"{API}/executives/anna/issues/2026-W48")
    assert [one["week"] for one in issues.json()["items"]] == ["2026-W48"]
    assert issue.json()["items"][0]["sources"][1]["url"] == ""
    assert world.tokens["anna"] not in issues.text + issue.text
    assert client.get(f"{API}/executives/anna/issues/2026-W01").status_code == 404


def test_me_names_the_key_in_use(world: World) -> None:
    """An integrator can see whose key they hold."""
    told = world.client("bert").get(f"{API}/me").json()
    assert (told["name"], told["scope"], told["executive"]) == ("bert", "executive", "bert")


def test_what_has_not_changed_is_not_sent_again(world: World) -> None:
    """An ETag that comes back answers 304 without a body, until something changes or another key asks."""
    client = world.client("advisor")
    for path in ["stories", "topics", "topics/passkeys", "signals", "topics/passkeys/signals"]:
        first = client.get(f"{API}/{path}")
        assert first.headers["vary"] == "Authorization"
        for sent in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
            again = client.get(f"{API}/{path}", headers={"If-None-Match": sent})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert client.get(f"{API}/{path}", headers={"If-None-Match": '"other"'}).content == first.content


def test_head_is_get_without_the_body(world: World) -> None:
    """Link checkers ask with HEAD (RFC 9110, 9.3.2)."""
    client = world.client("reader")
    head, get = client.head(f"{API}/topics"), client.get(f"{API}/topics")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


def test_ready_tells_when_the_database_is_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive stays alive; ready answers 503 without saying where the database is."""
    from radar.errors import StoreError

    def fail(prefix: str) -> None:
        raise StoreError("cannot reach postgresql://radar:secret@db/radar")

    client = world.client()
    assert client.get("/readyz").json() == {"status": "ready"}
    monkeypatch.setattr(world.store, "find_key", fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "secret" not in answer.text
    assert answer.headers["retry-after"]
    assert client.get("/healthz").json() == {"status": "alive"}


def test_times_are_utc_and_bodies_are_json(world: World) -> None:
    """Aware times end in Z; nothing is sent as a page."""
    answer = world.client("reader").get(f"{API}/stories?limit=1")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["items"][0]["last_at"] == "2026-11-24T09:00:00Z"


def test_a_search_finds_stories_and_names_entries(world: World) -> None:
    """Best first, with what was found it by; links that a browser may not follow are left out."""
    client = world.client("reader")
    titles = {story["title"] for story in client.get(f"{API}/stories").json()["items"]}
    title = sorted(titles)[0]
    answer = client.get(f"{API}/search", params={"q": title}).json()
    assert answer["hint"] == ""
    found = answer["items"][0]
    assert (found["title"], found["by"], found["publishers"]) == (title, "words", ["ledger.example"])
    assert [(entry["title"], entry["publisher"]) for entry in found["entries"]] == [(title, "ledger.example")]
    assert all(item["url"] in ("", *(entry["url"] for entry in item["entries"])) for item in answer["items"])
    assert len(client.get(f"{API}/search", params={"q": title, "limit": 1}).json()["items"]) == 1


def test_a_search_is_narrowed_and_says_what_to_try(world: World) -> None:
    """By topic, publisher, kind and time; unknown names are 404, what cannot be a filter 422."""
    client = world.client("reader")
    title = client.get(f"{API}/stories").json()["items"][0]["title"]

    def count(**filters: str) -> int:
        return len(client.get(f"{API}/search", params={"q": title, **filters}).json()["items"])

    assert count() > 0
    assert count(publisher="ledger.example") == count()
    assert 0 < count(topic="passkeys") <= count()
    assert count(until="2020-01-01") == count(since="2030-01-01") == 0
    nothing = client.get(f"{API}/search", params={"q": "xqzzt", "since": "2030-01-01"}).json()
    assert nothing == {"items": [], "hint": "Try other or fewer words, or leave out since."}
    for filters, status in (({"topic": "none"}, 404), ({"publisher": "\0"}, 404), ({"kind": "gossip"}, 422)):
        assert client.get(f"{API}/search", params={"q": title, **filters}).status_code == status
    assert client.get(f"{API}/search").status_code == 422


def test_a_hostile_question_is_plain_text(world: World) -> None:
    """Quotes, operators, NUL, other scripts and a book of words are answered, not obeyed."""
    client = world.client("reader")
    for question in [
        '"',
        "'; DROP TABLE story; --",
        "a AND NOT b*",
        "\0",
        "新聞 🛰",
        "x " * 10_000,
        "%s ?",
        "^0",
        "#ai",
    ]:
        assert client.get(f"{API}/search", params={"q": question}).status_code == 200, question
