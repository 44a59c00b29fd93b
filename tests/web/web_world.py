"""An organisation with two executives and every kind of key, for the tests of the web face."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from fastapi import FastAPI
from fastapi.testclient import TestClient

from radar.desk.rapport import link_item
from radar.records import (
    Answer,
    Crawl,
    Crossing,
    Entry,
    Evidence,
    Executive,
    Feed,
    Issue,
    Item,
    Move,
    Need,
    Position,
    Primer,
    Signal,
    Source,
    Statement,
    Story,
    Subject,
    Survey,
    SurveyLink,
    SurveyText,
    Tag,
    Talk,
    Topic,
)
from radar.store import Store
from radar.text import stable_id
from radar.web.auth import Scope, create_key
from tests.building import make_candidate

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WEEK = date(2026, 11, 16)
BASE = "http://127.0.0.1:8420"
FEED = "https://user:hunter2@ledger.example/feed.xml"
#: Strings only the executive of that name, and the advisor, may ever be sent.
CANARIES = {"anna": "canaryanna7f3e", "bert": "canarybert91c2"}
EARLY = "the early signal only the desk hears of"
DRAFT = "a draft nobody approved"
WRITTEN = "what one member of staff wrote"
ADVICE = "wait for the second generation"
PERSONS = ("nobody", "anna", "bert", "reader", "advisor", "revoked")


@dataclass(frozen=True)
class World:
    """The application with its keys and links."""

    app: FastAPI
    store: Store
    keys: dict[str, str]  # person → Authorization header
    tokens: dict[str, str]  # executive → the token of their issue
    stories: tuple[str, ...]
    survey_token: str  # of a link that takes many answers

    def answer_token(self, slug: str, answer: Answer | None) -> str:
        """Return the token by which that executive's first item is answered."""
        issue = self.store.list_issues(slug)[0]
        return link_item(self.store, issue, issue.items[0])[answer]

    def client(self, person: str = "nobody") -> TestClient:
        """Return an HTTP client that presents that person's key."""
        headers = {"Authorization": self.keys[person]} if person in self.keys else {}
        return TestClient(
            self.app, base_url=BASE, headers=headers, raise_server_exceptions=False, follow_redirects=False
        )


def save_keys(store: Store) -> dict[str, str]:
    keys = {}
    scopes: dict[str, Scope] = {"anna": "executive", "bert": "executive", "reader": "reader", "advisor": "advisor"}
    for person, scope in {**scopes, "revoked": "advisor"}.items():
        key, text = create_key(person, scope, person if scope == "executive" else "", NOW, secrets.token_bytes)
        store.save_key(key)
        keys[person] = f"Bearer {text}"
        if person == "revoked":
            store.revoke_key(key.prefix, NOW)
    return keys


def save_watch(store: Store) -> tuple[str, ...]:
    store.sync_feeds([Feed(FEED, "trade", "ledger.example", "The Ledger")])
    store.save_topics(
        [
            Topic("passkeys", "Passkeys", "security", "Sign-in without passwords.", "A primer.", aliases=("passkey",)),
            Topic("smart-glasses", "Smart glasses", "devices", "Glasses with a display."),
        ]
    )
    entries = [
        Entry(
            stable_id(FEED, str(number)),
            FEED,
            str(number),
            "javascript:alert(1)" if number == 0 else f"https://ledger.example/{number}",
            f"Happening number {number}",
            NOW - timedelta(hours=number // 2),  # pairs share their time, so that cursors must tell them apart
            NOW,
            "<script>alert(1)</script>",
        )
        for number in range(7)
    ]
    visit = Crawl(FEED, NOW, "new entries", "ok", f"{FEED} answered", NOW + timedelta(hours=1), status=200)
    store.save_crawl(visit, entries)
    filled = [replace(one, publisher="ledger.example", kind="trade") for one in entries]
    store.save_stories(
        [Story(one.id, one.title, one.url, one.summary, one.published_at, one.published_at, (one,)) for one in filled]
    )
    store.save_tags([one.id for one in entries], [Tag(one.id, "passkeys", 0.9, ("passkey",)) for one in entries[:3]])
    evidence = Evidence(
        9, 2.5, 20, 8.0, 4, 4.2, ("ledger.example",), 3, 0.4, (Crossing("trade", WEEK),), WEEK - timedelta(days=70)
    )
    store.save_signals(
        [
            Signal("passkeys", WEEK, "rising", WEEK, "weak signal", True, 0.97, evidence, "Nine reports, usually two."),
            Signal("smart-glasses", WEEK, "weak signal", WEEK, None, False, 0.6, evidence, EARLY),
        ]
    )
    store.save_candidates(
        [make_candidate("quorvex", "quorvex blenta"), make_candidate("fido key"), make_candidate("black friday")]
    )
    store.save_position(Position("passkeys", "assess", "Fewer thefts.", ADVICE, NOW, approved_by="Ida Advisor"))
    store.save_position(Position("passkeys", "trial", "Fewer thefts.", DRAFT, NOW))
    return tuple(one.id for one in entries)


def save_surveys(store: Store) -> str:
    """A draft, two open surveys and a closed one, each by its name; return the token of a link."""
    subjects = (Subject("Passkeys", ("passkeys",)), Subject("Seeing more", ("smart-glasses",)))
    questions = ("What do you need?", "What is in your way?")
    for slug in ("drafted", "opened", "linked", "closed"):
        store.add_survey(Survey(slug, f"Survey {slug}", subjects, questions, date(2026, 12, 11), NOW))
    for slug in ("opened", "linked"):
        store.change_survey(replace(store.find_survey(slug), state="open"), "draft")
    closed = replace(store.find_survey("closed"), state="closed", closed_on=NOW.date(), answers=40)
    need = Need(
        "closed", "passkeys", "Passkeys", NOW.date(), 40, 27, satisfaction=3.1, sentence="27 of 40 staff ask for it"
    )
    store.close_survey(closed, [need], [SurveyText(0, WRITTEN)] * 5, was="draft")
    token = secrets.token_urlsafe(16)
    store.invite(SurveyLink(token, "linked", "everybody", personal=False, people=1_000))
    return token


def save_executive(store: Store, slug: str) -> None:
    canary = CANARIES[slug]
    store.save_executive(Executive(slug, f"{slug.title()} {canary}", f"Role {canary}", f"{canary}@example.org"))
    wish = Statement(f"s-{slug}", slug, f"protect {canary}", 4, date(2026, 10, 12), include=(canary,), mute=(canary,))
    store.save_statement(wish, NOW, "advisor")
    store.save_talk(
        Talk(slug, date(2026, 11, 2), NOW, "advisor", f"said {canary}", datetime(2027, 1, 12, 9, tzinfo=UTC))
    )


def make_issue(slug: str, token: str) -> Issue:
    canary = CANARIES[slug]
    source = Source("s1", "Banks drop passwords", "https://ledger.example/1", "ledger.example", date(2026, 11, 20), 3)
    item = Item(
        "i1",
        "matters",
        f"A claim for {canary}",
        "passkeys",
        "Passkeys",
        "rising",
        why=("agenda",),
        quote=f"protect {canary} <script>alert(1)</script>",
        sources=(source, replace(source, url="javascript:alert(1)")),
    )
    return Issue(
        slug,
        slug.title(),
        f"Role {canary}",
        "2026-W48",
        NOW,
        token,
        f"1 to decide: {canary}",
        f"Advice attached for {canary}",
        (item,),
        (Move("passkeys", "Passkeys", "trial", "assess"),),
        (Primer("passkeys", "Passkeys", "What it is."),),
        312,
        41,
        2,
        3,
        ("a quiet week",),
        "Mondays at 07:30",
    )
