"""The application as it runs: what it follows while it does."""

import logging
import os
from pathlib import Path

import pytest

from radar.app import App
from radar.config import FEEDS_FILE, Settings
from radar.store import Store
from tests.building import NOW

ONE = '[[feed]]\nurl = "https://{}.invalid/feed"\nkind = "trade"\n'


def write_feeds(home: Path, text: str, second: int) -> None:
    """Write feeds.toml as an editor would, at a later second each time."""
    (home / FEEDS_FILE).write_text(text, encoding="utf-8")
    os.utime(home / FEEDS_FILE, (second, second))


@pytest.fixture
def app(store: Store, tmp_path: Path) -> App:
    write_feeds(tmp_path, ONE.format("first"), 1)
    app = App(Settings(home=tmp_path, database_url=""), store, lambda: NOW)
    app.sync_feeds()
    return app


def test_a_running_crawler_follows_the_list_of_feeds(app: App, tmp_path: Path) -> None:
    write_feeds(tmp_path, ONE.format("first") + ONE.format("second"), 2)
    app.run("crawl")
    assert [feed.url for feed in app.store.list_feeds()] == [
        "https://first.invalid/feed",
        "https://second.invalid/feed",
    ]


@pytest.mark.parametrize("broken", ["[[feed]]\nurl = 5\n", None])
def test_a_broken_list_changes_nothing_and_is_said_once(
    app: App, tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str | None
) -> None:
    if broken is None:
        (tmp_path / FEEDS_FILE).unlink()
    else:
        write_feeds(tmp_path, broken, 2)
    with caplog.at_level(logging.WARNING, "radar.app"):
        app.run("crawl")
        app.run("crawl")
    assert [feed.url for feed in app.store.list_feeds()] == ["https://first.invalid/feed"]
    [line] = [record.getMessage() for record in caplog.records if record.name == "radar.app"]
    assert FEEDS_FILE in line
    assert "stay as they were" in line
