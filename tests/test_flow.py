"""One article from bytes to inbox: a real feed server, a real database of each kind, a real mail server."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from radar.app import App
from radar.config import CrawlSettings, MailSettings, Settings, WebSettings
from radar.desk.rapport import open_link
from radar.records import Feed, Position, Statement
from radar.store import Store
from tests.building import PRESIDENT
from tests.smtp_sink import serve_inbox

NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)  # a Monday, 10:00 in Nairobi
ARTICLE = "Passkeys replace passwords at five banks"
FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>The Ledger</title><link>https://ledger.example/</link><description>News</description>
<item><guid>urn:ledger:1</guid><title>{title}</title><link>https://ledger.example/1?utm_source=rss</link>
<description>&lt;p&gt;Customers will &lt;b&gt;sign in&lt;/b&gt; with a fingerprint.&lt;/p&gt;</description>
<pubDate>Fri, 27 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"""


def test_one_article_travels_from_bytes_to_the_executives_inbox(
    store: Store, tmp_path: Path, httpserver: HTTPServer
) -> None:
    """Crawled, grouped, tagged, ranked, composed and sent; the second visit is conditional, the second run silent."""
    visits: list[str] = []

    def answer(request: Request) -> Response:
        visits.append(request.headers.get("If-None-Match", ""))
        if request.headers.get("If-None-Match") == '"v1"':
            return Response(status=304)
        return Response(FEED.format(title=ARTICLE), content_type="application/rss+xml", headers={"ETag": '"v1"'})

    httpserver.expect_request("/feed").respond_with_handler(answer)
    with serve_inbox() as (inbox, port):
        settings = Settings(
            home=tmp_path,
            database_url="",
            crawl=CrawlSettings(contact="https://radar.example", allow=(f"localhost:{httpserver.port}",)),
            mail=MailSettings(sender="Radar <radar@foundation.example>", host="127.0.0.1", port=port, tls="none"),
            web=WebSettings(public_url="https://radar.example"),
        )
        clock = [NOW]
        app = App(settings, store, lambda: clock[0])
        store.sync_feeds([Feed(httpserver.url_for("/feed"), "trade", "ledger.example", "The Ledger")])
        app.pipeline.watch(NOW)  # stores the topics, which the agenda links to
        store.save_executive(PRESIDENT)
        store.save_statement(
            Statement("president-1", "president", "let donors sign in safely", 5, topics=("passkeys",)), NOW, "IT"
        )
        store.save_position(
            Position(
                "passkeys",
                "trial",
                "Donors will ask.",
                "We start in January.",
                NOW - timedelta(days=9),
                approved_by="IT",
            )
        )

        assert app.run("crawl").startswith("1 feeds visited, 0 failed, 1 new entries")
        assert app.run("publish") == "president 2026-W49 published"
        assert app.run("deliver") == "president 2026-W49 sent"
        clock[0] += timedelta(days=1)
        assert "0 new entries" in app.run("crawl")
        assert (app.run("publish"), app.run("deliver")) == ("", "")

    assert visits == ["", '"v1"']
    [story] = store.list_stories()
    assert (story.title, story.summary) == (ARTICLE, "Customers will sign in with a fingerprint.")
    assert store.tags_of([story.id])[story.id][0].topic == "passkeys"
    [envelope] = inbox.received
    message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
    issue = store.list_issues("president")[0]
    assert (message["To"], message["Subject"]) == (f"{PRESIDENT.name} <{PRESIDENT.email}>", issue.subject)
    assert f"/i/{issue.token}/pause" in message["List-Unsubscribe"]
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body is not None
        assert ARTICLE in body.get_content()
        assert "let donors sign in safely" in body.get_content()
        tokens = re.findall(r"https://radar\.example/f/([\w.-]+)", body.get_content())
        opened = [open_link(store, token, clock[0]) for token in tokens]
        assert {(found[0].week, found[1].claim) for found in opened if found} == {("2026-W49", ARTICLE)}
        assert len(opened) == (1 if part == "plain" else 4)
