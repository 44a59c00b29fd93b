"""The application as it runs: what it follows while it does."""

import logging
import os
from pathlib import Path

import pytest

from radar.app import App
from radar.config import FEEDS_FILE, TOPICS_FILE, Settings
from radar.desk.candidates import merge_candidate, promote_candidate
from radar.records import Crawl, Topic
from radar.store import Store
from tests.building import HOUR, NOW, make_candidate, make_entry

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


OWN = '[[topic]]\nslug = "tides"\nname = "Tides"\nquadrant = "frontier"\ndefinition = "{}"\n'


def write_topics(home: Path, text: str, second: int) -> None:
    (home / TOPICS_FILE).write_text(text, encoding="utf-8")
    os.utime(home / TOPICS_FILE, (second, second))


def test_a_running_crawler_follows_the_list_of_topics(app: App, tmp_path: Path) -> None:
    """Added, changed, taken out: without a restart, whether or not a feed is due."""
    app.run("crawl")
    shipped = len(app.pipeline.topics)
    for second, definition in ((2, "Turbines."), (3, "Turbines under water.")):
        write_topics(tmp_path, OWN.format(definition), second)
        app.run("crawl")
        (own,) = [topic for topic in app.store.list_topics() if topic.slug == "tides"]
        assert own.definition == definition
    write_topics(tmp_path, "", 4)
    app.run("crawl")
    assert len(app.store.list_topics()) == shipped


def test_a_running_crawler_follows_what_is_decided_on_candidates(app: App, tmp_path: Path) -> None:
    """What was published before is the new topic's, and what goes by a merged name is the old one's."""
    titles = ("Quorvex digs tunnels", "Blenta sends power ashore")
    entries = [make_entry(title, "first.invalid") for title in titles]
    app.store.save_crawl(Crawl(entries[0].feed_url, NOW, "new entries", "ok", "", NOW + HOUR), entries)
    app.pipeline.watch(NOW)
    app.store.save_candidates([make_candidate("quorvex"), make_candidate("blenta")])
    write_topics(tmp_path, OWN.format("Turbines."), 2)
    app.run("crawl")
    promote_candidate(app.store, tmp_path, "quorvex", Topic("", "", "frontier", "A tunnel."), NOW.date(), "Ida")
    app.run("crawl")
    merge_candidate(app.store, tmp_path, "blenta", "tides", NOW.date(), "Ida")
    app.run("crawl")
    tags = app.store.tags_of([entry.id for entry in entries])
    assert [[tag.topic for tag in tags.get(entry.id, [])] for entry in entries] == [["quorvex"], ["tides"]]


def test_a_broken_list_of_topics_changes_nothing_and_is_said_once(
    app: App, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line with the topic and the key."""
    write_topics(tmp_path, OWN.format("Turbines."), 2)
    app.run("crawl")
    write_topics(tmp_path, OWN.format(""), 3)
    with caplog.at_level(logging.WARNING, "radar.app"):
        app.run("crawl")
        app.run("crawl")
    assert "tides" in {topic.slug for topic in app.store.list_topics()}
    (line,) = [record.getMessage() for record in caplog.records if record.name == "radar.app"]
    assert "topic[0] tides: definition: is empty" in line
    assert "stay as they were" in line
