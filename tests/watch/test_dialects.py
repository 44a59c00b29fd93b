"""Every dialect people publish in, as its own programs write it, read field by field; the documents are our own."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from radar.records import Feed, Parsed
from radar.watch.parse import parse_feed

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
FEED = Feed("https://site.example/feed", "trade", "site.example", title="Site")


@dataclass(frozen=True)
class Item:
    """What one entry must come out as."""

    title: str
    url: str
    entry_id: str
    at: datetime | None = None  # None: it carries no date, and so was published when first seen
    author: str = ""
    summary: str = ""


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def read(document: str | bytes) -> Parsed:
    body = document.strip().encode() if isinstance(document, str) else document
    return parse_feed(body, feed=FEED, now=NOW)


def check(document: str | bytes, title: str, format_: str, *items: Item) -> None:
    found = read(document)
    assert (found.problem, found.title, found.format) == ("", title, format_)
    assert [
        Item(e.title, e.url, e.entry_id, None if e.published_at == NOW else e.published_at, e.author, e.summary)
        for e in found.entries
    ] == list(items)


# -- RSS 0.9x ---------------------------------------------------------------------------------------------------------


def test_rss_090() -> None:
    """Netscape's first: RDF with a namespace of its own, title and link only."""
    check(
        """<?xml version="1.0"?>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
        <channel><title>Old news</title><link>http://old.example/</link><description>Since 1999</description></channel>
        <item><title>First</title><link>http://old.example/1</link></item>
        <item><title>Second</title><link>http://old.example/2</link></item>
        </rdf:RDF>""",
        "Old news",
        "rdf",
        Item("First", "http://old.example/1", "http://old.example/1"),
        Item("Second", "http://old.example/2", "http://old.example/2"),
    )


def test_rss_091_with_netscapes_doctype() -> None:
    """The document type names a file that no longer exists; its entities are HTML's."""
    check(
        """<?xml version="1.0" encoding="iso-8859-1"?>
        <!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
        "http://my.netscape.com/publish/formats/rss-0.91.dtd">
        <rss version="0.91"><channel><title>Caf\xe9</title><link>http://old.example/</link><language>en-us</language>
        <item><title>Menu &eacute;toil\xe9</title><link>http://old.example/menu</link>
        <description>Soup &amp; fish</description></item></channel></rss>""".strip().encode("latin-1"),
        "Café",
        "rss091n",
        Item("Menu étoilé", "http://old.example/menu", "http://old.example/menu", summary="Soup & fish"),
    )


def test_rss_091_of_userland() -> None:
    """The same without the document type, with a picture and a text box that are no entries."""
    check(
        """<rss version="0.91"><channel><title>Userland</title><link>http://old.example/</link>
        <image><title>Logo</title><url>http://old.example/logo.png</url><link>http://old.example/</link></image>
        <item><title>Only</title><link>http://old.example/only</link></item>
        <textInput><title>Search</title><link>http://old.example/search</link></textInput></channel></rss>""",
        "Userland",
        "rss091u",
        Item("Only", "http://old.example/only", "http://old.example/only"),
    )


def test_rss_092() -> None:
    """Items without a title, with an enclosure, a category and a source; a cloud that nobody calls."""
    check(
        """<rss version="0.92"><channel><title>Weblog</title><link>http://weblog.example/</link>
        <cloud domain="data.example" port="80" path="/RPC2" registerProcedure="x" protocol="xml-rpc"/>
        <item><description>Just a thought about &lt;b&gt;bold&lt;/b&gt; things.</description>
        <category domain="x">Thoughts</category><source url="http://other.example/rss">Other</source></item>
        <item><title>Sound</title><link>http://weblog.example/s</link>
        <enclosure url="http://weblog.example/s.mp3" length="12" type="audio/mpeg"/></item></channel></rss>""",
        "Weblog",
        "rss092",
        Item("Just a thought about bold things.", "http://weblog.example/", read_id(
            "Just a thought about bold things."), summary="Just a thought about bold things."),
        Item("Sound", "http://weblog.example/s", "http://weblog.example/s"),
    )  # fmt: skip


def read_id(text: str) -> str:
    """The identity of an entry that has neither an id nor a link: what it says."""
    from radar.text import stable_id

    return stable_id(text, text)


# -- RSS 2.0 ----------------------------------------------------------------------------------------------------------

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:arxiv="http://arxiv.org/schemas/atom"'
)


def rss(items: str, channel: str = "<title>T</title><link>https://site.example/</link>") -> str:
    return f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel>{channel}{items}</channel></rss>'


def test_rss_20_as_wordpress_writes_it() -> None:
    """CDATA, Dublin Core authors, a guid that is no link, an excerpt beside the whole text, a link to the comments."""
    found = rss(
        """<item><title>Robots &#8211; what&#8217;s next?</title><link>https://site.example/robots/</link>
        <comments>https://site.example/robots/#respond</comments><dc:creator><![CDATA[Ada Blum]]></dc:creator>
        <pubDate>Mon, 23 Nov 2026 09:30:00 +0000</pubDate><category><![CDATA[Robots]]></category>
        <guid isPermaLink="false">https://site.example/?p=42</guid>
        <description><![CDATA[<p>An excerpt &#8230; <a href="x">more</a></p>]]></description>
        <content:encoded><![CDATA[<p>The whole text.</p>]]></content:encoded>
        <wfw:commentRss>https://site.example/robots/feed/</wfw:commentRss><slash:comments>3</slash:comments></item>""",
        "<title>T</title><atom:link href='https://site.example/feed/' rel='self'/><link>https://site.example</link>"
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>",
    )
    check(
        found,
        "T",
        "rss20",
        Item("Robots – what’s next?", "https://site.example/robots/", "https://site.example/?p=42", at(23, 9, 30),
             "Ada Blum", "An excerpt … more"),
    )  # fmt: skip
    assert read(found).ttl == 3_600


def test_rss_20_whose_guid_is_the_link() -> None:
    """`isPermaLink` is true unless it says otherwise; a false one is never opened."""
    check(
        rss(
            "<item><title>One</title><guid>https://site.example/one</guid></item>"
            '<item><title>Two</title><guid isPermaLink="false">two-2</guid></item>'
        ),
        "T",
        "rss20",
        Item("One", "https://site.example/one", "https://site.example/one"),
        Item("Two", "https://site.example/", "two-2"),
    )


def test_rss_20_with_media_and_feedburner() -> None:
    """Pictures and their captions are no titles; the text of a caption is no summary."""
    check(
        rss(
            """<item><title>News</title><link>https://site.example/n</link><guid>n</guid>
            <description>What happened.</description><media:title>Photo: a bridge</media:title>
            <media:content url="https://site.example/p.jpg" medium="image"><media:title>A bridge</media:title>
            <media:description>Grey.</media:description></media:content><media:credit>Ben</media:credit></item>"""
        ),
        "T",
        "rss20",
        Item("News", "https://site.example/n", "n", summary="What happened."),
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon, 23 Nov 2026 09:30:00 GMT", at(23, 9, 30)),
        ("Mon, 23 Nov 26 09:30:00 GMT", at(23, 9, 30)),
        ("23 Nov 2026 09:30 +0100", at(23, 8, 30)),
        ("Mon, 23 Nov 2026 09:30:00 EST", at(23, 14, 30)),
        ("Mon, 23 Nov 2026 09:30:00 PDT", at(23, 16, 30)),
        ("2026-11-23T09:30:00Z", at(23, 9, 30)),
        ("2026-11-23", at(23)),
    ],
)
def test_dates_are_read_as_programs_write_them(written: str, meant: datetime) -> None:
    """RFC 822 and 2822 with zones by name or number; what does not keep to them as well."""
    (entry,) = read(rss(f"<item><title>A</title><guid>1</guid><pubDate>{written}</pubDate></item>")).entries
    assert entry.published_at == meant


# -- RDF 1.0 ----------------------------------------------------------------------------------------------------------


def test_rdf_10() -> None:
    """Items outside the channel, the list of them inside it, Dublin Core; rdf:about is the identity."""
    check(
        """<?xml version="1.0"?>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
        <channel rdf:about="https://site.example/"><title>Standards</title><link>https://site.example/</link>
        <items><rdf:Seq><rdf:li rdf:resource="https://site.example/1"/></rdf:Seq></items></channel>
        <image rdf:about="https://site.example/i"><title>Logo</title><url>https://site.example/i</url></image>
        <item rdf:about="https://site.example/1"><title>Draft published</title>
        <link>https://site.example/1?from=rss</link>
        <description>For review.</description><dc:creator>Working Group</dc:creator>
        <dc:date>2026-11-20T08:00+01:00</dc:date>
        <content:encoded><![CDATA[<p>Long</p>]]></content:encoded></item></rdf:RDF>""",
        "Standards",
        "rdf",
        Item("Draft published", "https://site.example/1?from=rss", "https://site.example/1", at(20, 7), "Working Group",
             "For review."),
    )  # fmt: skip


# -- Atom -------------------------------------------------------------------------------------------------------------


def test_atom_03() -> None:
    """The draft that was in use for years: issued and modified, mode="escaped", tagline."""
    check(
        """<?xml version="1.0" encoding="utf-8"?>
        <feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en"><title>Drafts</title>
        <link rel="alternate" type="text/html" href="https://site.example/"/><tagline>x</tagline>
        <modified>2026-11-22T10:00:00Z</modified>
        <entry><title mode="escaped" type="text/html">Cheap &amp;amp; good</title>
        <link rel="alternate" type="text/html" href="https://site.example/cheap"/>
        <link rel="service.edit" href="https://site.example/edit/7"/><id>tag:site.example,2026:7</id>
        <issued>2026-11-21T10:00:00-05:00</issued><modified>2026-11-22T10:00:00Z</modified>
        <author><name>Ada</name><email>ada@site.example</email></author>
        <summary type="text/plain">Short.</summary>
        <content type="text/html" mode="escaped">&lt;p&gt;Long.&lt;/p&gt;</content></entry></feed>""",
        "Drafts",
        "atom03",
        Item("Cheap & good", "https://site.example/cheap", "tag:site.example,2026:7", at(21, 15), "Ada", "Short."),
    )


def test_atom_10() -> None:
    """Links of every relation, text in its three types, content elsewhere."""
    check(
        """<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">A &amp;amp; C</title>
        <link rel="self" href="https://site.example/atom"/><link href="https://site.example/"/><id>urn:x</id>
        <updated>2026-11-23T00:00:00Z</updated>
        <entry><id>urn:1</id><title type="text">List&lt;T&gt; in plain words</title>
        <updated>2026-11-23T12:00:00.5+02:00</updated>
        <link rel="edit" href="https://site.example/edit"/><link rel="enclosure" href="https://site.example/a.mp3"/>
        <link rel="alternate" type="text/html" href="https://site.example/1"/><summary>One.</summary></entry>
        <entry><id>urn:2</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">X <em>HTML</em></div></title>
        <updated>2026-11-22T12:00:00Z</updated><published>2026-11-20T12:00:00Z</published><link href="/2"/>
        <author><name>Ben</name><uri>https://ben.example/</uri></author>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>In</p><p>XHTML</p></div></content></entry>
        <entry><id>urn:3</id><title/><updated>2026-11-19T12:00:00Z</updated>
        <content type="image/png" src="https://site.example/3.png"/><link href="https://site.example/3"/></entry>
        </feed>""",
        "A & C",
        "atom10",
        Item(
            "List<T> in plain words",
            "https://site.example/1",
            "urn:1",
            datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
            "",
            "One.",
        ),
        Item("X HTML", "https://site.example/2", "urn:2", at(20, 12), "Ben", "In XHTML"),
        Item("Untitled entry of A & C", "https://site.example/3", "urn:3", at(19, 12)),
    )


def test_atom_as_a_video_site_writes_it() -> None:
    """The description is in the media module."""
    found = read(
        """<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
        xmlns="http://www.w3.org/2005/Atom"><title>Talks</title><link href="https://video.example/c"/>
        <entry><id>yt:video:abc</id><yt:videoId>abc</yt:videoId><title>Passkeys in ten minutes</title>
        <link rel="alternate" href="https://video.example/watch?v=abc"/><author><name>Conference</name></author>
        <published>2026-11-20T10:00:00+00:00</published><updated>2026-11-21T10:00:00+00:00</updated>
        <media:group><media:title>Passkeys in ten minutes</media:title>
        <media:content url="https://video.example/v/abc" type="application/x-shockwave-flash"/>
        <media:description>How they work.</media:description></media:group></entry></feed>"""
    )
    (entry,) = found.entries
    assert (entry.title, entry.url, entry.entry_id, entry.author, entry.published_at) == (
        "Passkeys in ten minutes", "https://video.example/watch?v=abc", "yt:video:abc", "Conference", at(20, 10),
    )  # fmt: skip
    assert entry.summary in ("How they work.", "")


# -- JSON Feed --------------------------------------------------------------------------------------------------------


def test_json_feed_11() -> None:
    """Authors in the plural, of an item or of the whole feed; HTML, text and what microblogs leave out."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Notes",
        "home_page_url": "https://site.example/",
        "feed_url": "https://site.example/feed.json",
        "language": "en-GB",
        "items": [
            {
                "id": "https://site.example/1", "url": "https://site.example/1", "title": "One &amp; <b>two</b>",
                "content_html": "<p>Some <b>HTML</b>.</p>", "date_published": "2026-11-23T10:00:00+02:00",
                "authors": [{"name": "Ada", "url": "https://ada.example/"}, {"name": "Ben"}], "tags": ["x"],
            },
            {
                "id": "2", "external_url": "https://other.example/2", "content_text": "Only a note",
                "date_modified": "2026-11-22T10:00:00Z", "attachments": [{"url": "x.mp3", "mime_type": "audio/mpeg"}],
            },
        ],
    }  # fmt: skip
    check(
        json.dumps(feed),
        "Notes",
        "json11",
        Item("One & two", "https://site.example/1", "https://site.example/1", at(23, 8), "Ada", "Some HTML."),
        Item("Only a note", "https://other.example/2", "2", at(22, 10), "", "Only a note"),
    )


# -- podcasts ---------------------------------------------------------------------------------------------------------


def test_a_podcast() -> None:
    """Titles in two namespaces, the episode's page or else its sound, notes in three places, owners with addresses."""
    check(
        rss(
            """<item><title>12: Satellites</title><itunes:title>Satellites</itunes:title>
            <itunes:episode>12</itunes:episode>
            <itunes:author>Ada and Ben</itunes:author><itunes:summary>Notes &amp; links</itunes:summary>
            <description><![CDATA[<p>Notes &amp; links</p>]]></description><itunes:duration>1:02:03</itunes:duration>
            <enclosure url="https://cdn.example/12.mp3?x=1&amp;y=2" length="1" type="audio/mpeg"/>
            <guid isPermaLink="false">0c1f-12</guid><link>https://pod.example/12</link>
            <pubDate>Fri, 20 Nov 2026 05:00:00 -0000</pubDate><itunes:explicit>no</itunes:explicit></item>
            <item><title>11: Batteries</title><enclosure url="https://cdn.example/11.mp3" length="1" type="audio/mpeg"/>
            <guid isPermaLink="false">0c1f-11</guid><pubDate>Fri, 13 Nov 2026 05:00:00 -0000</pubDate></item>""",
            "<title>Pod</title><link>https://pod.example/</link>"
            "<itunes:owner><itunes:name>Owner</itunes:name><itunes:email>o@pod.example</itunes:email></itunes:owner>"
            '<itunes:image href="https://pod.example/i.jpg"/><itunes:category text="Technology"/>',
        ),
        "Pod",
        "rss20",
        Item("12: Satellites", "https://pod.example/12", "0c1f-12", at(20, 5), "Ada and Ben", "Notes & links"),
        Item("11: Batteries", "https://cdn.example/11.mp3", "0c1f-11", at(13, 5)),
    )


# -- arXiv ------------------------------------------------------------------------------------------------------------

ABSTRACT = "We fold laundry with $O(n)$ robots and show that $n < 3$ suffices."


def arxiv(number: str, version: int, kind: str) -> str:
    abstract = ABSTRACT.replace("<", "&lt;")
    return (
        f"<item><title>Folding laundry</title><link>https://arxiv.org/abs/{number}</link>"
        f"<description>arXiv:{number}v{version} Announce Type: {kind} \nAbstract: {abstract}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{number}v{version}</guid><category>cs.RO</category>'
        f"<pubDate>Mon, 23 Nov 2026 00:00:00 -0500</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        "<dc:rights>http://license.example/by/4.0/</dc:rights><dc:creator>Ada Blum, Ben Cole</dc:creator></item>"
    )


def test_arxiv_as_it_is_today() -> None:
    """RSS 2.0; the abstract with its mathematics is all there, both authors too."""
    found = read(
        rss(
            arxiv("2611.01234", 1, "new"),
            "<title>cs.RO updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.RO</link>",
        )
    )
    (entry,) = found.entries
    assert (entry.title, entry.url, entry.entry_id) == (
        "Folding laundry",
        "https://arxiv.org/abs/2611.01234",
        "oai:arXiv.org:2611.01234",
    )
    assert (entry.author, entry.published_at) == ("Ada Blum, Ben Cole", at(23, 5))
    assert entry.summary == ABSTRACT


def test_an_arxiv_weekend_is_a_feed_without_entries() -> None:
    """Saturdays and Sundays bring none, which is no fault."""
    found = read(rss("", "<title>cs.RO</title><skipDays><day>Saturday</day><day>Sunday</day></skipDays>"))
    assert (found.problem, found.format, found.entries) == ("", "rss20", ())


def test_arxiv_as_it_was_until_2024() -> None:
    """RDF with the number in the title and the authors as links in escaped HTML."""
    check(
        """<?xml version="1.0" encoding="UTF-8"?>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:syn="http://purl.org/rss/1.0/modules/syndication/">
        <channel rdf:about="http://arxiv.org/"><title>cs.RO updates on arXiv.org</title><link>http://arxiv.org/</link>
        <dc:date>2026-11-23T20:30:00-05:00</dc:date><syn:updateBase>1901-01-01T00:00+00:00</syn:updateBase>
        <syn:updateFrequency>1</syn:updateFrequency><syn:updatePeriod>daily</syn:updatePeriod></channel>
        <item rdf:about="http://arxiv.org/abs/2611.01234">
        <title>Folding laundry. (arXiv:2611.01234v1 [cs.RO])</title><link>http://arxiv.org/abs/2611.01234</link>
        <description rdf:parseType="Literal">&lt;p&gt;We fold laundry.
        &lt;/p&gt;</description>
        <dc:creator> &lt;a href="http://arxiv.org/find/cs/1/au:+Blum_A/0/1/0/all/0/1"&gt;Ada Blum&lt;/a&gt;,
        &lt;a href="http://arxiv.org/find/cs/1/au:+Cole_B/0/1/0/all/0/1"&gt;Ben Cole&lt;/a&gt;</dc:creator>
        </item></rdf:RDF>""",
        "cs.RO updates on arXiv.org",
        "rdf",
        Item("Folding laundry. (arXiv:2611.01234v1 [cs.RO])", "http://arxiv.org/abs/2611.01234",
             "http://arxiv.org/abs/2611.01234", None, "Ada Blum, Ben Cole", "We fold laundry."),
    )  # fmt: skip


def test_arxiv_as_atom() -> None:
    """The third form: authors in one Dublin Core element, the abstract as summary."""
    found = read(
        """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
        xmlns:arxiv="http://arxiv.org/schemas/atom" xml:lang="en-us"><id>http://rss.arxiv.org/atom/cs.RO</id>
        <title>cs.RO updates on arXiv.org</title><updated>2026-11-23T05:00:00+00:00</updated>
        <entry><id>oai:arXiv.org:2611.01234v1</id><title>Folding laundry</title>
        <updated>2026-11-23T05:00:07+00:00</updated>
        <link href="https://arxiv.org/abs/2611.01234" rel="alternate" type="text/html"/>
        <summary>arXiv:2611.01234v1 Announce Type: cross
Abstract: We fold laundry.</summary><category term="cs.RO"/><published>2026-11-23T00:00:00-05:00</published>
        <arxiv:announce_type>cross</arxiv:announce_type><dc:creator>Ada Blum, Ben Cole</dc:creator></entry></feed>"""
    )
    (entry,) = found.entries
    assert (entry.title, entry.url, entry.author) == (
        "Folding laundry",
        "https://arxiv.org/abs/2611.01234",
        "Ada Blum, Ben Cole",
    )
    assert entry.published_at == at(23, 5)
    assert entry.summary == "We fold laundry."
