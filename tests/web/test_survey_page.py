"""The page of a survey: one answer a link, and nobody can tell whose."""

import logging
import re
import secrets
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import replace

import pytest

from radar.config import WebSettings
from radar.records import SurveyAnswer, SurveyLink
from radar.web import make_server
from tests.web.web_world import NOW, WRITTEN, World

CANARY = "canaryrespondent5d1@example.org"
FORM = {"need": ["passkeys"], "satisfaction-passkeys": "4", "satisfaction-smart-glasses": "", "text-0": "a quiet room"}


@pytest.fixture
def token(world: World) -> str:
    """The token of one person's own link."""
    link = SurveyLink(secrets.token_urlsafe(16), "linked", CANARY, personal=True)
    world.store.invite(link)
    return link.token


def test_a_form_is_for_phones_and_for_everybody(world: World, token: str) -> None:
    """No script, every field labelled, groups in fieldsets, own styles allowed by their hash, dark mode."""
    answer = world.client().get(f"/s/{token}")
    page = answer.text
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert not re.search(r"<script|<link|<img|<iframe|\bon\w+=|style=|@import|url\(", page)
    assert 'name="viewport"' in page
    assert "prefers-color-scheme: dark" in page
    assert re.search(r"style-src 'sha256-[\w+/]{43}='", answer.headers["content-security-policy"])
    assert page.count("<h1") == 1
    assert page.count("<fieldset") == page.count("<legend") == 3
    for field in re.findall(r"<(?:input|textarea)[^>]*>", page):
        own = re.search(r'id="([^"]+)"', field)
        assert (own and f'for="{own[1]}"' in page) or re.search(rf"<label[^>]*>\s*{re.escape(field)}", page)
    assert page.count('value="" checked') == 2  # "no answer" until somebody says otherwise
    assert "set-cookie" not in answer.headers


def test_reading_changes_nothing_and_an_answer_counts_once(world: World, token: str) -> None:
    """However often it is fetched, or posted."""
    client = world.client()
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        client.request(method, f"/s/{token}?need=passkeys&satisfaction-passkeys=4")
    assert world.store.list_survey_answers("linked") == ([], [])
    first, second = (client.post(f"/s/{token}", data=FORM) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert "Your answer is in" in first.text
    assert "already answered" in second.text
    assert "already answered" in client.get(f"/s/{token}").text
    answers, texts = world.store.list_survey_answers("linked")
    assert answers == [SurveyAnswer(("passkeys",), {"passkeys": 4})]
    assert [text.text for text in texts] == ["a quiet room"]


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(world: World, token: str) -> None:
    """In words, with the field pointing to them; nothing is stored, and the link still works."""
    wrong = {**FORM, "satisfaction-passkeys": "9", "satisfaction-smart-glasses": "2", "text-1": "<b>" + "x" * 2_000}
    answer = world.client().post(f"/s/{token}", data=wrong)
    page = answer.text
    assert answer.status_code == 422
    assert 'role="alert"' in page
    for name in ("satisfaction-passkeys", "text-1"):
        assert f'href="#field-{name}"' in page
        assert re.search(rf'id="field-{name}"[^>]*aria-describedby="[^"]*error-{name}" aria-invalid="true"', page)
        assert f'id="error-{name}"' in page
    assert re.search(r'value="passkeys" checked', page)
    assert re.search(r'name="satisfaction-smart-glasses" value="2" checked', page)
    assert "a quiet room</textarea>" in page
    assert "&lt;b&gt;xxx" in page
    assert world.store.list_survey_answers("linked") == ([], [])
    assert "Nothing is filled in" in world.client().post(f"/s/{token}").text
    assert world.client().post(f"/s/{token}", data=FORM).status_code == 200


@pytest.mark.parametrize(
    "body", [b"x" * 300_000, b"&".join(b"a=%d" % n for n in range(300))], ids=["too large", "too many fields"]
)
def test_what_no_form_would_post_is_refused(world: World, token: str, body: bytes) -> None:
    """In a page that says so, before it is kept anywhere."""
    answer = world.client().post(f"/s/{token}", content=body)
    assert answer.status_code == 413
    assert "write less" in answer.text


@pytest.mark.parametrize("body", [b"\xff\xfe\0=%ff%00", b"need=%00&text-0=%ED%A0%80", b"text-0=" + b"%0D%0A" * 50])
def test_bytes_that_are_no_text_do_no_harm(world: World, token: str, body: bytes) -> None:
    """They are an answer or a mistake, never an error of ours."""
    assert world.client().post(f"/s/{token}", content=body).status_code in (200, 422)


def test_forged_links_open_nothing(world: World, token: str) -> None:
    """Whatever is not a stored token gets the same friendly 404."""
    for one in (secrets.token_urlsafe(16), token[:-1], token + "A", "%00" * 22, "é" * 22):
        for method in ("GET", "POST"):
            assert world.client().request(method, f"/s/{one}").status_code == 404


def test_after_its_last_day_a_survey_takes_no_answer(world: World, token: str) -> None:
    """The page says when it closed, and so does a form that was opened before."""
    survey = world.store.find_survey("linked")
    world.store.change_survey(replace(survey, closes_on=NOW.date().replace(day=23)), "open")
    for method in ("GET", "POST"):
        answer = world.client().request(method, f"/s/{token}")
        assert answer.status_code == 200
        assert "closed" in answer.text
        assert "23 November" in answer.text
    assert world.store.list_survey_answers("linked") == ([], [])


def test_what_staff_ask_for_is_on_the_topic_for_every_key(world: World) -> None:
    """Only as numbers; what somebody wrote is on no address at all."""
    for person in ("reader", "anna", "advisor"):
        need = world.client(person).get("/api/v1/topics/passkeys").json()["need"]
        assert (need["asking"], need["answers"], need["satisfaction"]) == (27, 40, 3.1)
        assert world.client(person).get("/api/v1/topics/smart-glasses").json()["need"] is None
    for path in ("surveys", "surveys/closed/results", "topics/passkeys", "topics"):
        assert WRITTEN not in world.client("advisor").get(f"/api/v1/{path}").text


def test_an_open_survey_tells_only_how_many_links_were_used(world: World, token: str) -> None:
    """Else each answer could be told by what it changes."""
    world.client().post(f"/s/{token}", data=FORM)
    told = world.client("advisor").get("/api/v1/surveys/linked/results").json()
    assert (told["invited"], told["used"], told["items"]) == (1_001, 1, [])
    assert told["survey"]["answers"] is None


class TestForty:
    """Forty people answer over a socket."""

    @pytest.fixture
    def database_url(self, sqlite_database: Callable[[], str]) -> str:
        """One kind of database is enough here: the store's tests race on both."""
        return sqlite_database()

    def test_forty_staff_answer_by_their_links_and_nobody_can_be_told_apart(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Each posts twice, four at a time; the numbers are right, their addresses in no answer, log or page."""
        store = world.store
        people = [f"canary{number}x7@example.org" for number in range(40)]
        links = [SurveyLink(secrets.token_urlsafe(16), "linked", name, personal=True) for name in people]
        for link in links:
            store.invite(link)
        server = make_server(world.app, WebSettings(port=0))
        thread = threading.Thread(target=server.run, daemon=True)
        with caplog.at_level(logging.DEBUG):
            thread.start()
            deadline = time.monotonic() + 20
            while not server.started and time.monotonic() < deadline:
                time.sleep(0.01)
            base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

            def answer(some: list[tuple[int, SurveyLink]]) -> None:
                for number, link in some:
                    form = [
                        ("satisfaction-passkeys", "3" if number % 2 else "4"),
                        ("text-0", f"smart glasses {number}"),
                    ]
                    form += [("need", "passkeys")] if number < 27 else []
                    for _ in range(2):
                        urllib.request.urlopen(
                            f"{base}/s/{link.token}", urllib.parse.urlencode(form).encode(), 20
                        ).close()

            workers = [threading.Thread(target=answer, args=[list(enumerate(links))[part::4]]) for part in range(4)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join(60)
            answers, texts = store.list_survey_answers("linked")
            closed = world.client("advisor").post("/api/v1/surveys/linked/close").json()
            server.should_exit = True
            thread.join(20)
        assert (len(answers), len(texts), closed["answers"]) == (40, 40, 40)
        told = world.client("advisor").get("/api/v1/surveys/linked/results")
        needs = {need["topic"]: need for need in told.json()["items"]}
        assert (needs["passkeys"]["asking"], needs["passkeys"]["satisfaction"]) == (27, 3.5)
        assert needs["smart-glasses"]["asking"] is None  # listed, and ticked by nobody
        kept = repr(
            (answers, texts, store.list_survey_texts("linked"), store.list_needs("linked"), told.text, caplog.text)
        )
        assert not re.search(r"canary\d+x7", kept)
        assert not any(link.token in kept for link in links)


def test_a_closed_survey_cannot_be_closed_or_opened_again(world: World) -> None:
    """409, and what it said stays."""
    client = world.client("advisor")
    for step in ("open", "close"):
        assert client.post(f"/api/v1/surveys/closed/{step}").status_code == 409
    assert client.get("/api/v1/surveys/closed/results").json()["items"][0]["asking"] == 27
