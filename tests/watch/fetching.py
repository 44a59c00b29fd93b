"""Fetch from a loopback server as the crawler does."""

import socket
from datetime import UTC, datetime
from typing import Any

from radar.records import Feed, FetchError, FetchResult
from radar.watch.fetch import fetch_all
from tests.watch.loopback import Server

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
CONTACT = "https://radar.example/bot"


def fetch(server: Server, *feeds: Feed | str, **options: Any) -> list[FetchResult]:
    """Fetch feeds, or paths of the server, with the server on the allow-list."""
    options = {"now": NOW, "contact": CONTACT, "allow": [server.host], "timeout": 5.0, **options}
    listed = [feed if isinstance(feed, Feed) else Feed(server.url(feed), "trade", "x.example") for feed in feeds]
    return list(fetch_all(listed, **options))


def fetch_one(server: Server, feed: Feed | str = "/feed", **options: Any) -> FetchResult:
    (result,) = fetch(server, feed, **options)
    return result


def failure(server: Server, feed: Feed | str = "/feed", **options: Any) -> FetchError:
    result = fetch_one(server, feed, **options)
    assert isinstance(result, FetchError)
    return result


def resolve_to_loopback(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
    """A name server for which every name is here."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
