"""The real application on a real store, with people who ask it things."""

import secrets
from pathlib import Path

import pytest

from radar.config import Advisor, Settings, WebSettings
from radar.pipeline import Pipeline
from radar.store import Store
from radar.web import create_web
from tests.web.web_world import CANARIES, NOW, World, make_issue, save_executive, save_keys, save_surveys, save_watch


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A public address, and one more host name the operator allows."""
    return Settings(
        tmp_path,
        "",
        advisor=Advisor("Ida Advisor"),
        web=WebSettings(public_url="https://radar.example.org", allowed_hosts=("desk.example.org:8443",)),
    )


@pytest.fixture
def world(store: Store, settings: Settings) -> World:
    """Everything web_world describes, stored, behind the application."""
    stories = save_watch(store)
    for slug in CANARIES:
        save_executive(store, slug)
    tokens = {slug: secrets.token_urlsafe(16) for slug in CANARIES}
    for slug, token in tokens.items():
        store.save_issue(make_issue(slug, token))
    pipeline = Pipeline(store, settings, store.list_topics())
    app = create_web(store, settings, lambda: NOW, lambda: pipeline)
    return World(app, store, save_keys(store), tokens, stories, save_surveys(store))
