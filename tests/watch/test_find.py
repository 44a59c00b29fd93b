"""A site's feed is found on its page, else where sites keep theirs."""

import time

import pytest

from radar.watch.find import FeedLink, find_links, guess_addresses, is_page

PAGE = "https://site.example/"
RSS, ATOM, JSON = "application/rss+xml", "application/atom+xml", "application/feed+json"


def urls(page: str, url: str = PAGE) -> list[str]:
    return [link.url for link in find_links(page.encode(), url, "text/html; charset=utf-8")]


# -- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag",
    [
        f'<link rel="alternate" type="{RSS}" href="/feed">',
        f'<link rel="alternate" type="{ATOM}" href="/feed"/>',
        f'<link rel="alternate" type="{JSON}" href="/feed" />',
        f"<link rel='alternate' type='{RSS}' href='/feed'>",
        f"<link rel=alternate type={RSS} href=/feed>",
        f'<LINK HREF="/feed" TYPE="{RSS.upper()}" REL="ALTERNATE">',
        f'<link\n\trel = "alternate"\n  type = "{RSS}; charset=utf-8"\n  href = " /feed ">',
        f'<link rel="home alternate" type="{RSS}" href="https://site.example/feed#top">',
        f'<link rel="alternate" type="{RSS}" href="//site.example/feed">',
        f'<link rel="alternate" type="{RSS}" title="a > b" href="feed">',
        f'<link rel="alternate" type="{RSS}" href="/fe\ned">',
        f'<link rel="alternate" type="{RSS}" href="&#47;feed">',
        f'<link rel="alternate" type="{RSS}" href="feed:https://site.example/feed">',
        '<link rel="feed" href="/feed">',
        '<link rel="alternate" type="text/xml" href="/feed">',
        '<link rel="alternate" type="application/json" href="/feed">',
        '<a href="/feed">Subscribe</a>',
        "<A CLASS=x HREF=/feed>RSS</A>",
    ],
)
def test_a_feed_is_found_however_the_page_names_it(tag: str) -> None:
    """Quotes, case, order, references, relative addresses, the types of RSS, Atom and JSON Feed."""
    assert urls(f"<!doctype html><html><head><title>x</title>{tag}</head><body>text</body></html>") == [
        "https://site.example/feed"
    ]


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate stylesheet" type="application/rss+xml" href="/feed">',
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=feed">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="http://[::1">',
        f'<link rel="alternate" type="application/rss+xml" href="/{"x" * 3000}">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/feed"> -->',
        '<script>document.write(\'<link rel="alternate" type="application/rss+xml" href="/feed">\')</script>',
        '<style>/* <a href="/feed"> */</style>',
        '<!-- never closed <link rel="alternate" type="application/rss+xml" href="/feed">',
        '<a href="/feedback">Write to us</a>',
        '<a href="/images/rss.png">Icon</a>',
        '<a href="/rss.html">What is RSS?</a>',
        '<a href="mailto:feed@site.example">Mail</a>',
    ],
)
def test_what_is_no_feed_of_the_web_is_left_alone(tag: str) -> None:
    """Other alternates, other schemes, what the browser would not show."""
    assert urls(f"<html><head>{tag}</head></html>") == []


def test_the_header_of_an_answer_names_feeds_too() -> None:
    """RFC 8288: several links, parameters quoted or not, others beside them."""
    header = (
        '<https://site.example/wp-json/>; rel="https://api.w.org/", </style.css>; rel=preload; as=style, '
        '</feed?a=1,2>; rel="alternate"; type="application/rss+xml"; title="All, of it", '
        "<comments/feed>;rel=alternate;type=application/atom+xml"
    )
    assert find_links(b"<html>", "https://site.example/blog/", "", header) == [
        FeedLink("https://site.example/feed?a=1,2", "All, of it"),
        FeedLink("https://site.example/blog/comments/feed", is_main=False),
    ]
    begun = time.process_time()
    for piece in ("<", "<a>;", "<a>;b=", '<a>; b="', "<a>;b=c", ";b=c", "<a>; "):
        find_links(b"", PAGE, "", piece * (4_000 // len(piece)))
    assert time.process_time() - begun < 1.0


def test_the_main_feed_comes_before_comments_tags_and_authors() -> None:
    """Whatever the order on the page; titles in other languages, too."""
    page = f"""
      <link rel="alternate" type="{RSS}" href="/comments/feed/" title="Site » Comments Feed">
      <link rel="alternate" type="{RSS}" href="/tag/ai/feed/" title="AI">
      <link rel="alternate" type="{RSS}" href="/k" title="Kommentare">
      <link rel="alternate" type="{RSS}" href="/feed/" title="Site &amp; Co">
      <link rel="alternate" type="{ATOM}" href="/atom.xml">
      <link rel="alternate" type="{ATOM}" href="/atom.xml">
    """
    assert find_links(page.encode(), PAGE)[:2] == [
        FeedLink("https://site.example/feed/", "Site & Co"),
        FeedLink("https://site.example/atom.xml"),
    ]
    assert urls(page)[2:] == [f"https://site.example/{path}" for path in ("comments/feed/", "tag/ai/feed/", "k")]


def test_a_magazine_of_commentary_is_not_taken_for_comments() -> None:
    """Only the word itself counts, and not in the host."""
    page = f'<link rel=alternate type={RSS} href="https://comment.example/commentary/feed">'
    assert find_links(page.encode(), PAGE) == [FeedLink("https://comment.example/commentary/feed")]


def test_below_a_path_the_feed_of_that_part_comes_first() -> None:
    """A company's blog, asked for by its own address."""
    page = f'<link rel=alternate type={RSS} href="/feed/"><link rel=alternate type={RSS} href="/blog/feed/">'
    assert urls(page, "https://site.example/blog")[0] == "https://site.example/blog/feed/"
    assert urls(page, "https://site.example/")[0] == "https://site.example/feed/"


def test_the_base_of_the_page_counts_once() -> None:
    """The first <base href> wins, also where it is relative; a broken one changes nothing."""
    link = f'<link rel=alternate type={RSS} href="feed.xml">'
    assert urls(f'<base target=x><base href="/blog/"><base href="/other/">{link}') == [
        "https://site.example/blog/feed.xml"
    ]
    assert urls(f'<base href="https://cdn.example/a/b">{link}') == ["https://cdn.example/a/feed.xml"]
    assert urls(f'<base href="http://[bad">{link}') == ["https://site.example/feed.xml"]


def test_text_links_count_only_where_no_main_feed_is_declared() -> None:
    """A page that declares nothing but its comments still has a feed in its footer."""
    footer = '<a href="/rss.xml">RSS</a>'
    comments = f'<link rel=alternate type={RSS} href="/comments/feed">'
    assert urls(f'<link rel=alternate type={RSS} href="/a">{footer}') == ["https://site.example/a"]
    assert urls(comments + footer) == ["https://site.example/rss.xml", "https://site.example/comments/feed"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "shift_jis"])
def test_a_page_in_any_encoding_gives_its_addresses(encoding: str) -> None:
    """The address is ASCII, whatever the words are."""
    page = f'<html><head><meta charset="{encoding}"><title>é</title><link rel=alternate type={RSS} href="/feed">'
    body = page.encode(encoding, "replace")
    assert [link.url for link in find_links(body, PAGE)] == ["https://site.example/feed"]


@pytest.mark.parametrize("name", ["punycode", "utf-7", "undefined", "base64", "klingon", "unicode_escape"])
def test_an_odd_charset_breaks_nothing(name: str) -> None:
    """Python knows codecs that no page is written in."""
    body = f'<meta charset="{name}"><link rel=alternate type={RSS} href="/feed">'.encode() + b"\xff\xfe\x80"
    assert [link.url for link in find_links(body, PAGE, f"text/html; charset={name}")] == ["https://site.example/feed"]


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<link ", "<!--", "<script>", "<link rel='", '<a href="', "<a b=", "<a/", "=", "<link a a a a a a a a a",
     "&#", "<base href=x ", f"<link rel=alternate type={RSS} href=/f"],
)  # fmt: skip
def test_a_hostile_page_is_read_in_linear_time(piece: str) -> None:
    """A megabyte of anything, in a second or two."""
    body = (piece * (1_200_000 // len(piece))).encode()
    begun = time.process_time()
    find_links(body, PAGE)
    guess_addresses(body, PAGE)
    assert time.process_time() - begun < 3.0


# -- guesses ----------------------------------------------------------------------------------------------------------


def test_the_usual_places_are_guessed_in_order() -> None:
    """The commonest first."""
    assert guess_addresses(b"<html>", "https://site.example/")[:4] == [
        f"https://site.example/{name}" for name in ("feed", "rss.xml", "feed.xml", "atom.xml")
    ]


@pytest.mark.parametrize(
    ("generator", "path"),
    [("WordPress 6.9", "feed/"), ("Hugo 0.140", "index.xml"), ("Jekyll v4", "feed.xml"), ("Ghost 6", "rss/"),
     ("blogger", "feeds/posts/default"), ("Micro.blog", "feed.json"), ("Something", "feed")],
)  # fmt: skip
def test_the_program_a_site_is_made_with_says_where_its_feed_is(generator: str, path: str) -> None:
    """As the page's <meta name=generator> tells."""
    page = f'<html><head><META content="{generator}" NAME="Generator">'
    assert guess_addresses(page.encode(), "https://site.example/")[0] == f"https://site.example/{path}"


@pytest.mark.parametrize(
    ("url", "first", "later"),
    [
        ("https://site.example/blog", "https://site.example/blog/feed", "https://site.example/feed"),
        ("https://site.example/blog/?page=2#x", "https://site.example/blog/feed", "https://site.example/feed"),
        ("https://site.example/blog/index.php", "https://site.example/blog/feed", "https://site.example/feed"),
    ],
)
def test_below_a_path_its_own_places_come_first(url: str, first: str, later: str) -> None:
    """Then the site's."""
    guesses = guess_addresses(b"<html>", url)
    assert guesses[0] == first
    assert later in guesses[:4]


@pytest.mark.parametrize(
    ("body", "content_type", "page"),
    [
        (b"<p>x", "text/html", True),
        (b"<p>x", "TEXT/HTML; charset=utf-8", True),
        (b"\n<!DOCTYPE html>", "", True),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "application/xml", True),
        (b"<rss/>", "application/xml", False),
        (b"{}", "application/json", False),
        (b"%PDF", "application/pdf", False),
    ],
)
def test_a_page_is_told_from_other_things(body: bytes, content_type: str, page: bool) -> None:
    """By its type or its first tags."""
    assert is_page(body, content_type) == page
