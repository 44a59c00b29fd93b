"""Reading feed documents: every dialect, exact identities, clean text, believable dates."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.records import Entry, Feed, Fetched, NotModified, Parsed
from radar.watch.parse import ParserPool, parse_feed
from radar.watch.parse.fields import read_link, read_summary, read_text
from tests.watch.hostile import DATES, item, rss

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
FEED = Feed("http://news.example/feeds/all.xml", "trade", "news.example", title="News")

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://base.example/dir/">
<title>An Atom feed</title><link href="/home"/><id>tag:feed</id>
<entry><id>tag:one</id><title type="html">One &amp;amp; &lt;b&gt;only&lt;/b&gt;</title><link href="one.html"/>
<updated>2026-11-23T10:00:00Z</updated><published>2026-11-22T10:00:00+02:00</published>
<author><name>Ada</name></author>
<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First</p><p>second</p></div></summary></entry>
<entry><id>tag:two</id><title type="text">The &lt;dialog&gt; element</title>
<link rel="enclosure" href="/sound.mp3"/><updated>2026-11-21T10:00:00Z</updated>
<content type="html">&lt;p&gt;Only content&lt;/p&gt;</content></entry>
</feed>"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel rdf:about="http://rdf.example/"><title>An RDF feed</title><link>http://rdf.example/</link>
<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>
<item rdf:about="http://rdf.example/1"><title>One</title><link>http://rdf.example/1</link>
<dc:date>2026-11-20T08:00:00+01:00</dc:date><dc:creator>Grace</dc:creator><description>Text</description></item>
</rdf:RDF>"""


def parse(body: bytes | str, **options: Any) -> Parsed:
    return parse_feed(body.encode() if isinstance(body, str) else body, feed=FEED, now=NOW, **options)


def parse_one(body: bytes | str, **options: Any) -> Entry:
    (entry,) = parse(body, **options).entries
    return entry


# -- dialects ---------------------------------------------------------------------------------------------------------


def test_rss_is_read() -> None:
    """Title, link, guid, date, author and summary arrive in the entry; ttl in seconds."""
    body = rss(
        "<ttl>120</ttl>"
        + item(
            "A &amp; B", "g1", "<pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate><author>a@b.example (Ada)</author>"
        )
    )
    found = parse(body)
    assert (found.title, found.format, found.problem, found.ttl) == ("T", "rss20", "", 7200)
    (entry,) = found.entries
    assert (entry.title, entry.url, entry.entry_id) == ("A & B", "http://news.example/1", "g1")
    assert entry.published_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert (entry.author, entry.feed_url, entry.publisher, entry.kind) == ("Ada", FEED.url, "news.example", "trade")
    assert entry.first_seen_at == NOW


def test_atom_is_read() -> None:
    """Published before updated, xml:base, XHTML and escaped titles, content where there is no summary."""
    found = parse(ATOM)
    one, two = found.entries
    assert (found.title, found.format) == ("An Atom feed", "atom10")
    assert (one.title, one.url, one.author) == ("One & only", "http://base.example/dir/one.html", "Ada")
    assert one.published_at == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert one.summary == "First second"
    assert (two.title, two.url) == ("The <dialog> element", "http://base.example/sound.mp3")
    assert two.summary == "Only content"


def test_rdf_is_read() -> None:
    """Dublin Core dates and authors, and the syndication module's hints."""
    found = parse(RDF)
    (entry,) = found.entries
    assert (found.format, found.ttl) == ("rdf", 21_600)
    assert (entry.entry_id, entry.author) == ("http://rdf.example/1", "Grace")
    assert entry.published_at == datetime(2026, 11, 20, 7, tzinfo=UTC)


def test_json_feed_is_read() -> None:
    """Both versions, in which feedparser finds nothing; numbers as ids, relative links, wrong types left out."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "A JSON feed",
        "home_page_url": "https://json.example/",
        "items": [
            {"id": 7, "url": "/seven", "title": "Seven", "content_html": "<p>Hi<script>x()</script></p>"},
            {"id": "8", "content_text": "Only text, no title", "date_published": "2026-11-23T10:00:00+01:00"},
            {"id": "9", "external_url": "https://other.example/", "authors": [{"name": "Ada"}], "summary": "S"},
            "nonsense",
            {"url": 5, "title": ["x"], "date_published": "never", "author": "x"},
        ],
    }
    found = parse(json.dumps(document))
    assert (found.format, found.title, len(found.entries)) == ("json11", "A JSON feed", 4)
    seven, eight, nine, odd = found.entries
    assert (seven.entry_id, seven.url, seven.summary) == ("7", "http://news.example/seven", "Hi")
    assert (eight.title, eight.url) == ("Only text, no title", "https://json.example/")
    assert eight.published_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert (nine.url, nine.author, nine.title) == ("https://other.example/", "Ada", "S")
    assert odd.published_at == NOW
    assert odd.title
    document["version"] = "https://jsonfeed.org/version/1"
    assert parse("\ufeff  " + json.dumps(document)).format == "json10"


def test_json_feeds_authors_and_ids_are_read_as_both_versions_have_them() -> None:
    """The feed's author where an item has none, 1.0's author besides 1.1's, long numbers digit by digit."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Ids",
        "author": {"name": "The house"},
        "items": [
            {"id": 9007199254740993, "content_text": "x", "authors": [{"url": "/a"}, {"name": "Grace"}]},
            {"id": "two", "content_html": "y \ud83d <b>z</b>", "author": {"name": "Ada <ada@json.example>"}},
            {
                "id": True,
                "url": "https://json.example/three",
                "title": "\u202ethree",
                "date_published": "2026-11-23T10:00:00Z",
            },
        ],
    }
    one, two, three = parse(json.dumps(document)).entries
    assert (one.entry_id, one.author) == ("9007199254740993", "The house")
    assert (two.author, two.summary) == ("Ada", "y ? z")
    assert (three.entry_id, three.title, three.author) == ("https://json.example/three", "three", "The house")
    assert three.published_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32-be"])
def test_json_feed_is_read_in_every_encoding_of_unicode(encoding: str) -> None:
    """With a mark or without."""
    document = '{"version": "https://jsonfeed.org/version/1.1", "title": "é", "items": [{"id": "1", "title": "日本"}]}'
    found = parse(document.encode(encoding))
    assert (found.title, found.entries[0].title) == ("é", "日本")


def test_references_to_no_character_do_not_cost_the_feed() -> None:
    """Half characters and numbers beyond Unicode become a mark."""
    entry = parse_one(rss(item("a&#xD800;b&#x110000;&#99999999999;c &#8217;")))
    assert entry.title == "a\ufffdb\ufffd\ufffdc ’"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "an empty answer instead of a feed"),
        (b" \n\0", "an empty answer instead of a feed"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "an HTML page instead of a feed"),
        (b"<?xml version='1.0'?><opml/>", "an XML document that is no feed"),
        (b"just words", "something that is no feed"),
        (b'{"a": 1}', "JSON that is no feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "damaged JSON instead of a feed"),
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body: bytes, problem: str) -> None:
    """One line for the operator, and no entries."""
    assert parse(body) == Parsed("", "", (), problem=problem)


def test_a_feed_without_entries_is_a_feed() -> None:
    """Nothing is wrong with it."""
    assert parse(rss()) == Parsed("T", "rss20", ())


# -- identity ---------------------------------------------------------------------------------------------------------


def test_a_guid_is_kept_as_written_wherever_the_feed_was_fetched_from() -> None:
    """A number is not resolved against an address: the entries stay the same when the feed moves."""
    for guid in ("12345", "/a/b", "tag:x,2026:y", "http://news.example/1?a=1&amp;b=2", "  spaced  "):
        here = parse_one(rss(item(guid=guid)), final_url="http://news.example/a")
        there = parse_one(rss(item(guid=guid)), final_url="https://moved.example/b")
        assert here.entry_id == there.entry_id == guid.strip().replace("&amp;", "&")
        assert here.id == there.id


def test_without_a_guid_the_link_identifies_and_without_both_title_and_date_do() -> None:
    """Equal documents give equal identities."""
    linked = parse_one(rss("<item><title>x</title><link>http://news.example/1</link></item>"))
    assert linked.entry_id == "http://news.example/1"
    bare = "<item><title>{}</title><pubDate>Mon, {} Nov 2026 10:00:00 GMT</pubDate></item>"
    documents = [rss(bare.format(*pair)) for pair in (("x", 16), ("x", 16), ("x", 17), ("y", 16))]
    assert len({parse_one(document).id for document in documents}) == 3


def test_a_guid_repeated_in_a_document_keeps_the_first_entry() -> None:
    """One row per identity."""
    found = parse(rss(item("first") + item("second") + item("third", "g2")))
    assert [entry.title for entry in found.entries] == ["first", "third"]


def test_equal_guids_of_two_feeds_are_two_entries() -> None:
    """A guid is unique within its feed only; nobody overwrites another's entries."""
    other = Feed("http://other.example/feed", "trade", "other.example")
    ours, theirs = (parse_feed(rss(item()), feed=feed, now=NOW).entries[0] for feed in (FEED, other))
    assert ours.entry_id == theirs.entry_id
    assert ours.id != theirs.id


def test_an_edited_entry_keeps_its_identity() -> None:
    """A hundred edits of title, date and text are one entry."""
    ids = {
        parse_one(rss(item(f"t{i}", "g", f"<pubDate>Mon, 23 Nov 2026 10:{i % 60:02}:00 GMT</pubDate>"))).id
        for i in range(100)
    }
    assert len(ids) == 1


def test_a_guid_of_a_megabyte_is_an_identity_too() -> None:
    """It is hashed, and two that differ at the end stay apart."""
    ids = {parse_one(rss(item(guid="g" * 5_000 + end))).id for end in "ab"}
    assert len(ids) == 2


def test_at_most_the_newest_500_entries_are_kept() -> None:
    """Also where a feed puts the newest last, and where it lists thousands."""
    for count in (600, 6_000):
        dates = [NOW - timedelta(hours=count - i) for i in range(count)]
        items = (
            item(f"t{i}", f"g{i}", f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>") for i, at in enumerate(dates)
        )
        found = parse(rss("".join(items)))
        assert {entry.entry_id for entry in found.entries} == {f"g{i}" for i in range(count - 500, count)}


# -- fields -----------------------------------------------------------------------------------------------------------


def test_an_entry_without_a_title_gets_one_from_its_summary() -> None:
    """And one without anything is called untitled."""
    summary = "word " * 60
    entry = parse_one(rss(f"<item><guid>1</guid><description>{summary}</description></item>"))
    assert entry.title.startswith("word word")
    assert len(entry.title) <= 120
    assert entry.title.endswith("…")
    assert parse_one(rss("<item><guid>1</guid></item>")).title == "Untitled entry of T"


def test_an_entry_without_a_link_gets_the_best_there_is() -> None:
    """An enclosure, a guid that is an address, else the feed's home page."""
    home = "<link>http://news.example/</link>"
    podcast = "<item><title>x</title><guid>1</guid><enclosure url='http://news.example/x.mp3'/></item>"
    assert parse_one(rss(home + podcast)).url == "http://news.example/x.mp3"
    assert (
        parse_one(rss(home + "<item><guid isPermaLink='false'>http://n.example/1</guid></item>")).url
        == "http://n.example/1"
    )
    assert parse_one(rss(home + "<item><title>x</title></item>")).url == "http://news.example/"
    assert parse_one(rss("<item><title>x</title></item>")).url == FEED.url


def test_relative_links_are_resolved_against_where_the_document_came_from() -> None:
    """After a redirect that is not the feed's own address."""
    body = rss("<item><title>x</title><link>../x?a=1&amp;b=2</link></item>")
    assert parse_one(body).url == "http://news.example/x?a=1&b=2"
    assert parse_one(body, final_url="https://moved.example/a/b/c.xml").url == "https://moved.example/a/x?a=1&b=2"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.example"]
)
def test_only_web_links_are_kept(link: str) -> None:
    """Others count as no link at all."""
    assert parse_one(rss(f"<item><title>x</title><link>{link}</link><guid>1</guid></item>")).url == FEED.url


@given(st.text(), st.sampled_from(["http://news.example/a/", "https://n.example"]))
def test_a_link_is_a_safe_web_address_or_empty(value: str, base: str) -> None:
    """Nothing in it ends an attribute, breaks a line or hides; reading it again changes nothing."""
    link = read_link(value, base)
    assert link == "" or link.startswith(("http://", "https://"))
    assert not set(link) & set("<>\"'` \n\r\t\u202e\u200b")
    assert link == "" or read_link(link, "") == link


@given(st.text(max_size=300), st.booleans())
def test_text_is_clean_whatever_comes_in(value: str, plain: bool) -> None:
    """One line, valid UTF-8, no tags in summaries, within its limit."""
    text = read_summary(value, plain=plain)
    assert len(text) <= 1_010
    assert text == " ".join(text.split())
    assert text.encode("utf-8").isascii() or "\u200b" not in text
    assert "<a" not in text.lower()
    assert "<script" not in text.lower()
    assert "</" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("<p>One</p><p>two<br>three</p>", "One two three"),
        ("AT&amp;T &lt;b&gt;bold&lt;/b&gt;", "AT&T bold"),
        ("&amp;lt;p&amp;gt;thrice&amp;lt;/p&amp;gt;", "thrice"),
        ("x<script>alert(1)</script>y<style>p{}</style>z", "xyz"),
        ("<!-- hidden -->shown<![CDATA[ and this ]]>", "shown and this"),
        ("a < b and c > d", "a < b and c > d"),
        ("zero\u200bwidth \u202eright\u202c \x1b[31mred", "zerowidth right [31mred"),
        ("caf\u0065\u0301", "café"),
        ("&#x1b;&#0;&#xD800;x", "\ufffd\ufffdx"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<a href='javascript:x'>link</a>", "link"),
        ("<svg/onload=alert(1)>x", "x"),
        ("unclosed <a href='x", "unclosed"),
    ],
)
def test_markup_becomes_text(value: str, text: str) -> None:
    """Scripts go with their content, other tags leave theirs, references are undone."""
    assert read_text(value, 1000) == text


def test_a_long_summary_is_cut_at_a_word() -> None:
    """At most 1,000 characters, the last one an ellipsis."""
    entry = parse_one(rss(item(more=f"<description>{'word ' * 1000}</description>")))
    assert 980 < len(entry.summary) <= 1000
    assert entry.summary.endswith("word…")


@pytest.mark.parametrize("name", DATES)
def test_bad_dates_count_as_first_seen(name: str) -> None:
    """At least 20 bad forms: the stored date lies in 1995 … now + 48 hours, and is now where none can be read."""
    assert len(DATES) >= 20
    for element in ("<pubDate>{}</pubDate>", "<updated>{}</updated>"):
        at = parse_one(rss(item(more=element.format(DATES[name])))).published_at
        assert at == NOW or datetime(1995, 1, 1, tzinfo=UTC) <= at <= NOW + timedelta(hours=48)
        assert at.tzinfo is not None


def test_dates_ten_years_off_count_as_first_seen_and_slightly_ahead_are_kept() -> None:
    """Clocks go wrong by hours; a date far ahead would stay on top for ever."""

    def date(at: str) -> datetime:
        return parse_one(rss(item(more=f"<pubDate>{at}</pubDate>"))).published_at

    assert date("Tue, 24 Nov 2037 07:00:00 GMT") == NOW
    assert date("Fri, 24 Nov 1989 07:00:00 GMT") == NOW
    assert date("Thu, 26 Nov 2026 06:00:00 GMT") == NOW + timedelta(hours=47)
    assert date("Thu, 26 Nov 2026 08:00:00 GMT") == NOW
    assert date("Fri, 24 Nov 2006 07:00:00 GMT") == datetime(2006, 11, 24, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", ""),
        ("utf-8", "text/xml"),
        ("utf-8", "application/rss+xml; charset=ISO-8859-1"),  # a server's default that cannot be meant
        ("utf-8", "text/xml; charset=punycode"),
        ("iso-8859-1", "text/xml; charset=iso-8859-1"),
        ("windows-1252", "application/xml"),
        ("utf-16", ""),
        ("iso-2022-jp", ""),
        ("shift_jis", ""),
        ("gb2312", ""),
    ],
)
def test_charsets_are_found(encoding: str, content_type: str) -> None:
    """From the header, the declaration or the byte order mark; a header that lies is not believed."""
    word = {"iso-2022-jp": "日本語", "shift_jis": "日本語", "gb2312": "中文"}.get(encoding, "naïve café")
    document = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>{item(word)}</channel></rss>'
    assert parse_one(document.encode(encoding), content_type=content_type).title == word


def test_one_bad_character_does_not_cost_the_others() -> None:
    """Control characters, half surrogates and stray ampersands are taken out, the entry stays."""
    bad = rss(item("a\x08b &#xD83D; R&D &nbsp;c") + item("fine", "g2"))
    assert [entry.title for entry in parse(bad).entries] == ["ab \ufffd R&D c", "fine"]


def test_words_before_the_document_are_forgiven() -> None:
    """A blank line or a warning of the server's script comes before many feeds."""
    for noise in (b"\n\n  ", b"\xef\xbb\xbf", b"<br />\n<b>Warning</b>: include(x) failed in y on line 3<br />\n"):
        assert parse_one(noise + rss(item())).entry_id == "g1"


# -- the pool ---------------------------------------------------------------------------------------------------------


def test_the_pool_gives_what_parsing_here_gives_and_passes_other_results_through() -> None:
    """Every result comes out once, with its feed; only bodies are parsed."""
    feeds = {f"http://news.example/{i}": Feed(f"http://news.example/{i}", "trade", "x.example") for i in range(60)}
    bodies = {url: rss(item(url, url)) for url in feeds}
    results = [NotModified(url) if i % 3 == 0 else Fetched(url, url, bodies[url]) for i, url in enumerate(feeds)]
    with ParserPool(2) as pool:
        found = {feed.url: (result, parsed) for feed, result, parsed in pool.parse_results(results, feeds, NOW)}
    assert found.keys() == feeds.keys()
    for url, (result, parsed) in found.items():
        expected = parse_feed(bodies[url], feed=feeds[url], now=NOW) if isinstance(result, Fetched) else None
        assert parsed == expected
