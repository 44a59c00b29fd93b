"""`radar feeds add, remove, pause, resume, check, import, export`: tending the list."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from radar.config import FeedRow, load_feeds, parse_feed_rows
from radar.store import open_store
from tests.cli.cli_run import Run
from tests.watch.loopback import Request, Server, answer

ITEMS = "".join(
    f"<item><title>Item {n}</title><link>https://news.example/{n}</link><guid>{n}</guid>"
    f"<pubDate>Mon, {n:02} Nov 2026 08:00:00 GMT</pubDate></item>"
    for n in range(1, 24)
)
RSS = (
    f'<rss version="2.0"><channel><title>Example News</title><link>https://news.example/</link>{ITEMS}</channel></rss>'
)
COMMENTS = RSS.replace("Example News", "Comments")
LINKS = """<!doctype html><html><head><title>Site</title>
<link rel="alternate" type="application/rss+xml" href="/comments/feed" title="Comments on everything">
<link rel="alternate" type="application/rss+xml" href="/feed" title="All posts"></head><body>Hello</body></html>"""
HTML = "text/html; charset=utf-8"
COMMENT = "# our own words\n"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def site(home: Path, server: Server) -> Server:
    """A site on loopback with a page and two feeds; Radar's list is empty but for a comment."""
    (home / "radar.toml").write_text(f'[crawl]\nallow = ["{server.host}"]\ntimeout_seconds = 5\n', encoding="utf-8")
    (home / "feeds.toml").write_text(COMMENT, encoding="utf-8")
    serve(server, "/", LINKS, HTML)
    serve(server, "/feed", RSS)
    serve(server, "/comments/feed", COMMENTS)
    return server


def serve(server: Server, path: str, body: str, content_type: str = "application/rss+xml") -> None:
    server.routes[path] = lambda _: answer(200, body.encode(), Content_Type=content_type)


def paths(server: Server) -> list[str]:
    return [request.path for request in server.requests]


def list_rows(home: Path) -> tuple[FeedRow, ...]:
    path = home / "feeds.toml"
    return parse_feed_rows(path.read_text(encoding="utf-8"), path)


def write_rows(home: Path, *rows: str) -> None:
    text = "".join(f"[[feed]]\n{row}\n\n" for row in rows)
    (home / "feeds.toml").write_text(COMMENT + text, encoding="utf-8")


# -- add --------------------------------------------------------------------------------------------------------------


def test_the_feed_of_a_site_is_found_read_and_added(home: Path, run: Run, site: Server) -> None:
    """The main feed, not the comments; what was found, what was guessed and how to choose otherwise are said."""
    done = run("feeds", "add", site.url("/"))

    assert done.exit_code == 0
    assert list_rows(home) == (FeedRow(site.url("/feed"), "trade", "Example News"),)
    assert paths(site) == ["/", "/feed"]
    assert (home / "feeds.toml").read_text(encoding="utf-8").startswith(COMMENT)
    for words in (
        "offers 2 feeds",
        f"→ {site.url('/feed')}  All posts",
        "Comments on everything",
        "radar feeds add with its address",
        "23 entries, the newest of 23 Nov 2026",
        "trade (a guess, as nothing says otherwise; correct it in feeds.toml)",
    ):
        assert words in done.output
    assert "Example News" in run("feeds").output


def test_a_feeds_own_address_is_added_with_what_the_operator_says(home: Path, run: Run, site: Server) -> None:
    """Kind, title and publisher; one request."""
    options = ("--kind", "vendor", "--title", "Ours", "--publisher", "example.org", "--json")
    done = run("feeds", "add", site.url("/comments/feed"), *options)

    assert done.exit_code == 0
    assert json.loads(done.output)["added"] == {
        "url": site.url("/comments/feed"), "title": "Ours", "kind": "vendor", "publisher": "example.org",
        "paused": False, "category": "",
    }  # fmt: skip
    assert list_rows(home) == (FeedRow(site.url("/comments/feed"), "vendor", "Ours", "example.org"),)
    assert paths(site) == ["/comments/feed"]


def test_a_feed_is_as_its_publishers_others_are(home: Path, run: Run, site: Server) -> None:
    """The guess follows the list."""
    write_rows(home, f'url = "{site.url("/other")}"\nkind = "research"')
    assert "research (a guess, as 127.0.0.1 is already;" in run("feeds", "add", site.url("/feed")).output


@pytest.mark.parametrize("listed", ["/feed", "/feed/"])
def test_what_is_listed_already_is_left_as_it_is(home: Path, run: Run, site: Server, listed: str) -> None:
    """Also by another spelling, also found through the site's page; exit code 0 and one line."""
    write_rows(home, f'url = "{site.url(listed)}"\nkind = "vendor"')
    before = (home / "feeds.toml").read_bytes()
    for address in ("/feed", "/feed/#top", "/feed?utm_source=x", "/"):
        done = run("feeds", "add", site.url(address))
        assert done.exit_code == 0
        assert done.output == f"Listed already as {site.url(listed)}: nothing was changed\n"
    assert (home / "feeds.toml").read_bytes() == before
    assert paths(site) == ["/"]


def test_http_and_https_and_www_are_one_feed(home: Path, run: Run) -> None:
    """Nobody is asked."""
    write_rows(home, 'url = "https://www.news.example/feed/"\nkind = "trade"\npaused = true')
    for address in ("http://news.example/feed", "news.example/feed", "feed://www.news.example/feed"):
        done = run("feeds", "add", address)
        assert done.exit_code == 0
        assert "radar feeds resume https://www.news.example/feed/" in done.output


def test_an_address_that_leads_to_a_listed_feed_is_listed(home: Path, run: Run, site: Server) -> None:
    """By a redirect now, or by one that a listed feed was answered with when it was crawled."""
    write_rows(home, f'url = "{site.url("/feed")}"\nkind = "vendor"')
    site.routes["/old"] = lambda _: answer(302, Location="/feed")
    assert "Listed already" in run("feeds", "add", site.url("/old")).output

    site.routes["/feed"] = lambda _: answer(301, Location="/new")
    serve(site, "/new", RSS)
    assert run("crawl").exit_code == 0
    site.requests.clear()
    assert "Listed already as " + site.url("/feed") in run("feeds", "add", site.url("/new")).output
    assert paths(site) == []


def test_a_permanent_redirect_is_followed_into_the_list_and_a_passing_one_is_not(
    home: Path, run: Run, site: Server
) -> None:
    """301 names the new address, 302 does not."""
    site.routes["/old"] = lambda _: answer(301, Location="/feed")
    site.routes["/passing"] = lambda _: answer(302, Location="/comments/feed")
    run("feeds", "add", site.url("/old"))
    run("feeds", "add", site.url("/passing"))
    assert [row.url for row in list_rows(home)] == [site.url("/feed"), site.url("/passing")]


def test_a_site_that_names_no_feed_is_tried_at_the_usual_places(home: Path, run: Run, site: Server) -> None:
    """One after the other, five at most, until one is a feed; a page that says 'not found' with 200 is none."""
    serve(site, "/", "<html><body>Hello</body></html>", HTML)
    serve(site, "/feed", "<html>Not found</html>", HTML)
    serve(site, "/feed.xml", RSS)
    done = run("feeds", "add", site.url("/"))
    assert done.exit_code == 0
    assert paths(site) == ["/", "/feed", "/rss.xml", "/feed.xml"]
    assert [row.url for row in list_rows(home)] == [site.url("/feed.xml")]


def test_a_site_without_a_feed_is_left_after_six_requests(home: Path, run: Run, site: Server) -> None:
    """The line says what was tried and what to do; nothing changes."""
    serve(site, "/", LINKS, HTML)
    for path in ("/feed", "/comments/feed"):
        serve(site, path, "<html>Not found</html>", HTML)
    before = (home / "feeds.toml").read_bytes()
    done = run("feeds", "add", site.url("/"))
    assert done.exit_code == 1
    assert len(site.requests) == 6
    assert done.stderr.count("\n") == 1
    assert "no feed found there; tried " in done.stderr
    assert "(an HTML page instead of a feed)" in done.stderr
    assert "give the address of the feed itself" in done.stderr
    assert (home / "feeds.toml").read_bytes() == before


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_site_that_refuses_is_not_pestered(run: Run, site: Server, status: int) -> None:
    """One such answer is enough."""
    serve(site, "/", "<html>", HTML)
    site.routes["*"] = lambda _: answer(status)
    del site.routes["/feed"]
    assert run("feeds", "add", site.url("/")).exit_code == 1
    assert paths(site) == ["/", "/feed"]


@pytest.mark.parametrize(
    ("status", "body", "content_type", "words"),
    [
        (404, "", "", "the server does not find the feed (404)"),
        (200, "", "", "an empty answer instead of a feed"),
        (200, "%PDF-1.7", "application/pdf", "something that is no feed"),
        (200, '{"a": 1}', "application/json", "JSON that is no feed"),
    ],
)
def test_an_address_without_a_feed_says_why(
    run: Run, site: Server, status: int, body: str, content_type: str, words: str
) -> None:
    """One line, exit code 1, one request."""
    site.routes["/x"] = lambda _: answer(status, body.encode(), Content_Type=content_type)
    done = run("feeds", "add", site.url("/x"))
    assert (done.exit_code, done.stderr) == (1, f"radar: {site.url('/x')}: {words}\n")
    assert len(site.requests) == 1


@pytest.mark.parametrize("address", ["ftp://news.example/", "file:///etc/passwd", "https://", "http://a:99999/"])
def test_what_is_no_web_address_is_wrong_usage(run: Run, address: str) -> None:
    """With an example."""
    done = run("feeds", "add", "--", address)
    assert done.exit_code == 2
    assert "is no web address; write https://host/path" in done.stderr


def test_titles_from_feeds_reach_the_terminal_and_the_file_clean(home: Path, run: Run, site: Server) -> None:
    """No escape sequences, no lines of TOML."""
    evil = "Evil&#27;[2J&quot;\npaused = true\u202e"
    serve(site, "/feed", RSS.replace("Example News", evil))
    done = run("feeds", "add", site.url("/feed"))
    assert done.exit_code == 0
    assert list_rows(home)[0].paused is False
    assert not set(done.output) & {"\x1b", "\u202e"}
    assert list_rows(home)[0].title.startswith("Evil")
    assert "\n" not in list_rows(home)[0].title


def test_a_feed_named_in_the_header_only_is_found(home: Path, run: Run, site: Server) -> None:
    """The page itself says nothing."""
    link = '</hidden>; rel="alternate"; type="application/atom+xml"'
    site.routes["/"] = lambda _: answer(200, b"<html>", Content_Type=HTML, Link=link)
    serve(site, "/hidden", RSS)
    assert run("feeds", "add", site.url("/")).exit_code == 0
    assert paths(site) == ["/", "/hidden"]


def test_a_json_feed_is_found_and_read(home: Path, run: Run, site: Server) -> None:
    """The third dialect that pages name."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "content_text": "x"}]}
    serve(site, "/", '<link rel="alternate" type="application/feed+json" href="f.json"><html>', HTML)
    serve(site, "/f.json", json.dumps(feed), "application/feed+json")
    assert run("feeds", "add", site.url("/")).exit_code == 0
    assert list_rows(home) == (FeedRow(site.url("/f.json"), "trade", "J"),)


# -- remove, pause, resume --------------------------------------------------------------------------------------------

THREE = (
    'url = "https://a.example/feed"\nkind = "trade"\ntitle = "Alpha"',
    'url = "https://b.example/feed"\nkind = "trade"\ntitle = "Beta"',
    'url = "https://b.example/other"\nkind = "trade"\ntitle = "Beta Labs"\npublisher = "labs.org"',
)


def test_a_removed_feed_leaves_the_list_and_its_history_stays(home: Path, run: Run, site: Server) -> None:
    """In the file and in the store at once; added again, it is as it was."""
    run("feeds", "add", site.url("/feed"))
    assert run("crawl").exit_code == 0
    done = run("feeds", "remove", site.url("/feed"))

    assert done.exit_code == 0
    assert "its entries stay" in done.output
    assert (home / "feeds.toml").read_text(encoding="utf-8").strip() == COMMENT.strip()
    assert json.loads(run("feeds", "--json").output) == []
    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        assert store.status().entries == 23
    assert run("feeds", "add", site.url("/feed")).exit_code == 0
    assert json.loads(run("feeds", "--json").output)[0]["state"] == "ok"


def test_a_paused_feed_is_listed_and_never_visited(home: Path, run: Run, site: Server) -> None:
    """Also not by force; it counts as paused; resumed, it is visited again."""
    write_rows(
        home, f'url = "{site.url("/feed")}"\nkind = "trade"', f'url = "{site.url("/comments/feed")}"\nkind = "trade"'
    )
    assert run("feeds", "pause", "comments").exit_code == 0
    assert list_rows(home)[1].paused
    assert run("crawl").exit_code == 0
    assert run("crawl", "--force").exit_code == 0
    assert paths(site) == ["/feed", "/feed"]
    listed = {feed["url"]: feed["paused"] for feed in json.loads(run("feeds", "--json").output)}
    assert listed == {site.url("/feed"): False, site.url("/comments/feed"): True}
    assert "paused" in run("feeds").output
    assert "1 paused" in run("status").output

    assert run("feeds", "resume", "comments").exit_code == 0
    assert run("crawl").exit_code == 0
    assert paths(site)[-1] == "/comments/feed"


def test_a_crawl_of_paused_feeds_only_says_so(home: Path, run: Run) -> None:
    """Nothing is due, ever."""
    write_rows(home, THREE[0] + "\npaused = true")
    assert "Every feed is paused" in run("crawl").output


@pytest.mark.parametrize("command", ["pause", "resume", "remove", "check"])
def test_a_name_that_fits_several_feeds_lists_them(home: Path, run: Run, command: str) -> None:
    """Exit code 4, and nothing happens."""
    write_rows(home, *THREE)
    before = (home / "feeds.toml").read_bytes()
    done = run("feeds", command, "b.example")
    assert done.exit_code == 4
    assert "names 2 feeds: https://b.example/feed, https://b.example/other; write more of the one" in done.stderr
    assert (home / "feeds.toml").read_bytes() == before


@pytest.mark.parametrize("command", ["pause", "resume", "remove", "check"])
def test_a_name_that_fits_no_feed_is_exit_code_4(home: Path, run: Run, command: str) -> None:
    """With the closest there is."""
    write_rows(home, *THREE)
    done = run("feeds", command, "https://a.example/fed")
    assert done.exit_code == 4
    assert "did you mean https://a.example/feed" in done.stderr


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("https://b.example/feed", 1), ("http://www.b.example/feed/", 1), ("a.example", 0), ("alpha", 0),
        ("LABS.ORG", 2), ("Beta", 1), ("beta l", 2), ("/other", 2),
    ],
)  # fmt: skip
def test_a_feed_goes_by_its_address_or_a_part_that_no_other_has(home: Path, run: Run, name: str, number: int) -> None:
    """Of address, title or publisher; a whole title before a part."""
    write_rows(home, *THREE)
    assert run("feeds", "pause", name).exit_code == 0
    assert [row.paused for row in list_rows(home)] == [number == each for each in range(3)]


def test_pausing_twice_changes_nothing_and_hurts_nobody(home: Path, run: Run) -> None:
    """Safe to repeat."""
    write_rows(home, *THREE)
    run("feeds", "pause", "alpha")
    before = (home / "feeds.toml").read_bytes()
    assert run("feeds", "pause", "alpha").exit_code == 0
    assert (home / "feeds.toml").read_bytes() == before


# -- check ------------------------------------------------------------------------------------------------------------


def test_check_says_how_each_feed_answers_and_stores_nothing(home: Path, run: Run, site: Server) -> None:
    """State, format, entries, newest, reason; exit code 1 because one fails."""
    serve(site, "/old", RSS.replace("2026", "2024"))
    serve(site, "/page", "<html>", HTML)
    write_rows(
        home,
        *(
            f'url = "{site.url(path)}"\nkind = "trade"\ntitle = "{path[1:]}"'
            for path in ("/feed", "/old", "/page", "/none")
        ),
    )
    before = run("status", "--json").output
    done = run("feeds", "check", "--json")

    assert done.exit_code == 1
    found = {each["title"]: each for each in json.loads(done.output)}
    assert {title: (each["state"], each["format"], each["entries"]) for title, each in found.items()} == {
        "feed": ("ok", "rss20", 23),
        "old": ("quiet", "rss20", 23),
        "page": ("not a feed", "", 0),
        "none": ("failing", "", 0),
    }
    assert found["feed"]["newest_at"] == "2026-11-23T08:00:00Z"
    assert found["none"]["reason"] == "the server does not find the feed (404)"
    assert run("status", "--json").output == before
    table = run("feeds", "check").output
    assert "4 feeds asked, 2 answered, 2 failed" in table
    assert f"{site.url('/page')}: an HTML page instead of a feed" in table.replace("\n    ", " ")


def test_check_asks_the_named_feeds_also_right_after_a_crawl(home: Path, run: Run, site: Server) -> None:
    """The operator asks, so the 60 minutes do not count; paused feeds are asked by name only."""
    write_rows(
        home,
        f'url = "{site.url("/feed")}"\nkind = "trade"',
        f'url = "{site.url("/comments/feed")}"\nkind = "trade"\npaused = true',
    )
    run("crawl")
    site.requests.clear()
    done = run("feeds", "check")
    assert done.exit_code == 0
    assert "1 feed asked, 1 answered, 0 failed; 1 paused feed not asked" in done.output
    assert run("feeds", "check", "comments").exit_code == 0
    assert paths(site) == ["/feed", "/comments/feed"]


def test_check_asks_unconditionally(run: Run, site: Server) -> None:
    """As a first visit does: no validators from the last crawl."""
    seen: list[dict[str, bytes]] = []

    def route(request: Request) -> bytes:
        seen.append(request.headers)
        return answer(200, RSS.encode(), ETag='"1"')

    site.routes["/feed"] = route
    run("feeds", "add", site.url("/feed"))
    run("crawl")
    run("feeds", "check")
    assert len(seen) == 3
    assert "if-none-match" not in seen[2]


# -- import and export ------------------------------------------------------------------------------------------------

OPML = """<opml version="1.0"><body>
<outline text="Papers"><outline text="Lab" xmlUrl="https://lab.example/feed"/></outline>
<outline text="Security"><outline text="Watch" xmlUrl="https://watch.example/feed"/></outline>
<outline text="Again" xmlUrl="http://www.lab.example/feed/"/>
<outline text="Inside" xmlUrl="http://127.1:{port}/feed"/>
<outline text="Path" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


def test_an_import_adds_what_is_new_and_names_what_is_not_taken(home: Path, run: Run, site: Server) -> None:
    """Kinds from folders, other folders as category, one line for each refused; nobody is asked."""
    file = home / "list.opml"
    file.write_text(OPML.format(port=site.port), encoding="utf-8")
    done = run("feeds", "import", str(file))

    assert done.exit_code == 0
    assert list_rows(home) == (
        FeedRow("https://lab.example/feed", "research", "Lab"),
        FeedRow("https://watch.example/feed", "trade", "Watch", category="Security"),
    )
    assert "not taken: file:///etc/passwd: no web address\n" in done.output
    assert f"not taken: http://127.1:{site.port}/feed: 127.1 is an unusual spelling of an IP address\n" in done.output
    assert "2 feeds added, 1 listed already, 2 not taken" in done.output
    assert "No folder says the kind of 1 of them" in done.output
    assert site.most_open == 0
    assert "Watch" in run("feeds").output

    again = json.loads(run("feeds", "import", str(file), "--json").output)
    assert again["added"] == []
    assert len(again["duplicates"]) == 3


def test_a_broken_import_changes_nothing(home: Path, run: Run, site: Server) -> None:
    """Exit code 3 and one line."""
    file = home / "list.opml"
    file.write_text("<opml><body>", encoding="utf-8")
    before = (home / "feeds.toml").read_bytes()
    done = run("feeds", "import", str(file))
    assert done.exit_code == 3
    assert done.stderr == "radar: list.opml:1: is no well-formed XML (no element found); nothing was read\n"
    assert (home / "feeds.toml").read_bytes() == before


def test_what_is_exported_can_be_imported_again(home: Path, run: Run) -> None:
    """To the terminal or into a file; the same feeds come back, paused ones paused."""
    write_rows(home, *THREE, 'url = "https://c.example/?a=1&b=2"\nkind = "vendor"\npaused = true')
    before = load_feeds(home)
    assert run("feeds", "export", "--out", str(home / "out.opml")).exit_code == 0
    assert run("feeds", "export").output == (home / "out.opml").read_text(encoding="utf-8")
    (home / "feeds.toml").write_text(COMMENT, encoding="utf-8")
    assert run("feeds", "import", str(home / "out.opml")).exit_code == 0
    assert set(load_feeds(home)) == set(before)


def test_an_export_with_a_login_warns(home: Path, run: Run) -> None:
    """The list would carry it on."""
    write_rows(home, 'url = "https://me:secret@a.example/feed"\nkind = "trade"')
    done = run("feeds", "export")
    assert "me:secret@" in done.stdout
    assert done.stderr == "An address in it carries a login: keep the file to yourself.\n"
