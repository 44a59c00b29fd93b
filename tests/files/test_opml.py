"""OPML in and out: nothing lost, nothing asked, nobody fooled."""

import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.config import FeedRow, load_feeds, make_feed, parse_feed_rows
from radar.errors import ConfigError
from radar.files.opml import Outline, guess_kind, read_feed_address, read_opml, write_opml
from radar.records import KINDS, Kind
from radar.sources import KindGuesser, make_row, sift_outlines
from radar.text import clean_text
from radar.watch.guard import Guard

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def read(body: str) -> list[Outline]:
    found = read_opml(opml(body), "x.opml")
    assert found.refused == []
    return found.feeds


# -- in ---------------------------------------------------------------------------------------------------------------


def test_folders_become_kinds_and_the_rest_a_category() -> None:
    """The innermost folder that names a kind decides; other names are kept as a path."""
    found = read(
        '<outline text="Company blogs"><outline text="Cloud"><outline xmlUrl="https://a.example/f" title="A"/>'
        "</outline>"
        '<outline text="Papers"><outline xmlurl="https://b.example/f" text="B &amp;amp; C"/></outline></outline>'
        '<outline text="Security"><outline text="Europe"><outline xmlUrl="https://c.example/f" text="C"/></outline>'
        '</outline><outline type="rss" text="D" xmlUrl="https://d.example/f" category="/Tech,/AI"/>'
    )
    assert found == [
        Outline("https://a.example/f", "A", "vendor", category="Cloud"),
        Outline("https://b.example/f", "B & C", "research"),
        Outline("https://c.example/f", "C", None, category="Security/Europe"),
        Outline("https://d.example/f", "D", None, category="/Tech,/AI"),
    ]


def test_feeds_below_a_feed_belong_to_the_folder_around_it() -> None:
    """Some readers nest a site's feeds below its main one."""
    found = read('<outline text="Trade"><outline text="A" xmlUrl="https://a.example/"><outline xmlUrl="https://b.example/"/>'
                 "</outline></outline>")  # fmt: skip
    assert [(each.url, each.kind, each.category) for each in found] == [
        ("https://a.example/", "trade", ""),
        ("https://b.example/", "trade", ""),
    ]


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("Research", "research"), ("RESEARCH & PAPERS", "research"), ("arXiv", "research"),
        ("Universities", "research"), ("Community", "community"), ("Blogs", "community"),
        ("Developer blogs", "community"), ("Open Source", "community"), ("Vendors", "vendor"),
        ("Company blogs", "vendor"), ("Product news", "vendor"), ("Trade press", "trade"), ("Tech news", "trade"),
        ("IT", "trade"), ("Industry", "trade"), ("technology", "trade"), ("General", "general"), ("News", "general"),
        ("World news", "general"), ("Newspapers", "general"), ("Security", None), ("AI", None), ("", None),
        ("Cloud vendors and research", None), ("Feeds", None), ("🚀", None),
    ],
)  # fmt: skip
def test_a_folder_stands_for_a_kind_only_where_its_name_says_so(folder: str, kind: Kind | None) -> None:
    """Obvious synonyms; what could be two is none."""
    assert guess_kind(folder) == kind


def test_an_outline_that_is_no_feed_of_the_web_is_named_with_its_reason() -> None:
    """One line each; folders are nothing to complain about."""
    found = read_opml(
        opml(
            '<outline text="Empty folder"/><outline text="A" xmlUrl="file:///etc/passwd"/>'
            '<outline text="B" xmlUrl="javascript:alert(1)"/><outline text="C" type="rss"/>'
            '<outline text="D" type="include" url="https://other.example/list.opml"/>'
            '<outline text="E" type="link" url="https://site.example/"/><outline text="F" xmlUrl="gopher://x/"/>'
            f'<outline text="G" xmlUrl="https://long.example/{"x" * 5000}"/>'
            '<outline text="H" xmlUrl="https://h.example/"/>'
        ),
        "x.opml",
    )
    assert [feed.url for feed in found.feeds] == ["https://h.example/"]
    assert [line.replace("x" * 100, "") for line in found.refused] == [
        "file:///etc/passwd: no web address",
        "javascript:alert(1): no web address",
        "“C”: no address of a feed",
        "https://other.example/list.opml: another list; import it by itself",
        "https://site.example/: no address of a feed; try `radar feeds add` with the site",
        "gopher://x/: no web address",
        f"https://long.example/{'x' * 78}…: an address without end",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("feed://a.example/x", "http://a.example/x"),
        ("feed:https://a.example/x", "https://a.example/x"),
        ("feed://https://a.example/x", "https://a.example/x"),
        ("HTTPS://a.example/x", "https://a.example/x"),
        (" https://a.example/x ", "https://a.example/x"),
        ("a.example/x", ""),
        ("https://", ""),
        ("feed://", ""),
        ("", ""),
    ],
)
def test_an_address_is_read_as_it_is_meant(written: str, meant: str) -> None:
    """Readers write feed: for http."""
    assert read_feed_address(written) == meant


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_file_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    """As old readers wrote them."""
    name = encoding.removesuffix("-sig")
    body = f'<?xml version="1.0" encoding="{name}"?><opml><body><outline text="Zürich" xmlUrl="https://a.example/"/></body></opml>'
    assert read_opml(body.encode(encoding), "x").feeds == [Outline("https://a.example/", "Zürich")]


def test_a_bare_ampersand_costs_nothing() -> None:
    """The commonest mistake of readers that write OPML."""
    (feed,) = read('<outline text="R&D" xmlUrl="https://a.example/?a=1&b=2&amp;c=3"/>')
    assert feed == Outline("https://a.example/?a=1&b=2&c=3", "R&D")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", r"x\.opml:1: is no well-formed XML \(no element found\); nothing was read"),
        (b"<opml>\n<body>\n", r"x\.opml:3: is no well-formed XML"),
        (b"<html><body/></html>", r"x\.opml: is no OPML file \(it begins with <html>\)"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', r"x\.opml: cannot be decoded"),
        (b'<?xml version="1.0" encoding="punycode"?><opml/>', r"x\.opml: cannot be decoded"),
        (b"PK\x03\x04 a zip", r"x\.opml:1: is no well-formed XML"),
    ],
)
def test_what_is_no_opml_is_refused_in_one_line(body: bytes, message: str) -> None:
    """With the line where there is one."""
    with pytest.raises(ConfigError, match=f"^{message}") as caught:
        read_opml(body, "x.opml")
    assert "\n" not in str(caught.value)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(12))


@pytest.mark.parametrize("what", ["bomb", "quadratic", "file", "http", "parameter", "external"])
def test_entities_are_refused_before_they_are_used(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No bomb goes off, no file is read, nobody is called."""
    secret = tmp_path / "secret"
    secret.write_text("canary-4711", encoding="utf-8")

    def refuse(*_: object, **__: object) -> Any:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    declarations = {
        "bomb": LAUGHS,
        "quadratic": f'<!ENTITY l11 "{"x" * 100_000}">',
        "file": f'<!ENTITY l11 SYSTEM "{secret.as_uri()}">',
        "http": '<!ENTITY l11 SYSTEM "http://127.0.0.1:9/x">',
        "parameter": f'<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;',
        "external": "",
    }
    external = ' SYSTEM "http://127.0.0.1:9/x.dtd"' if what == "external" else ""
    outline = '<outline text="&l11;" xmlUrl="https://a.example/&l11;"/>'.replace("&l11;", "A" if external else "&l11;")
    body = opml(outline * 100, f"<!DOCTYPE opml{external} [{declarations[what]}]>")
    begun = time.process_time()
    if external:
        assert {feed.title for feed in read_opml(body, "x").feeds} == {"A"}
    else:
        with pytest.raises(ConfigError, match=r"^x: declares entities of its own, which no list of feeds needs"):
            read_opml(body, "x")
    assert time.process_time() - begun < 1.0


def test_a_hundred_thousand_outlines_are_read_in_seconds_however_deep_they_are() -> None:
    """Flat, or each inside the one before: the work is linear."""
    many = 100_000
    flat = "".join(f'<outline text="{n}" xmlUrl="https://a.example/{n}"/>' for n in range(many))
    deep = "".join(f'<outline text="{n}"><outline xmlUrl="https://a.example/{n}"/>' for n in range(many // 2))
    for body in (flat, deep + "</outline>" * (many // 2)):
        begun = time.process_time()
        found = read_opml(opml(body), "x")
        assert len(found.feeds) in (many, many // 2)
        assert max(len(feed.category) for feed in found.feeds) <= 300
        assert time.process_time() - begun < 20.0


def test_a_file_beyond_all_measure_is_refused() -> None:
    """Before it is parsed."""
    with pytest.raises(ConfigError, match="is larger than 64 MB"):
        read_opml(b" " * (64 * 1024 * 1024 + 1), "x")


# -- sifting ----------------------------------------------------------------------------------------------------------


def test_what_is_listed_by_any_spelling_is_a_duplicate_also_within_the_file() -> None:
    """http and https, www, a closing slash."""
    rows = [FeedRow("https://www.a.example/feed/", "trade")]
    outlines = [Outline(url) for url in ("http://a.example/feed", "https://b.example/f", "http://www.b.example/f/")]
    sifted = sift_outlines(outlines, rows, Guard())
    assert [row.url for row in sifted.rows] == ["https://b.example/f"]
    assert sifted.duplicates == ["http://a.example/feed", "http://www.b.example/f/"]


def test_the_kind_is_the_folders_else_the_publishers_else_a_guess_that_is_counted() -> None:
    """A university is research, a hosted blog community, the rest trade."""
    rows = [FeedRow("https://a.example/1", "vendor")]
    urls = (
        "https://a.example/2",
        "https://news.x.edu/f",
        "https://x.ac.uk/f",
        "https://me.github.io/f",
        "https://z.example/",
    )
    sifted = sift_outlines([*map(Outline, urls), Outline("https://y.example/", kind="general")], rows, Guard())
    assert [row.kind for row in sifted.rows] == ["vendor", "research", "research", "community", "trade", "general"]
    assert sifted.guessed == 5


# -- out --------------------------------------------------------------------------------------------------------------


def load(rows: list[FeedRow]) -> list[FeedRow]:
    found = read_opml(write_opml(rows, NOW).encode(), "x")
    assert found.refused == []
    return sift_outlines(found.feeds, [], Guard()).rows


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(clean_text)
_FEEDS = st.lists(
    st.builds(
        FeedRow,
        st.from_regex(r"https?://[a-z]{1,8}\.(example|co\.uk)/[a-zA-Z0-9?=&;'\"<>.~%]{0,20}", fullmatch=True),
        st.sampled_from(KINDS),
        _TEXTS,
        _TEXTS,
        _TEXTS,
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda row: row.url,
)


@given(_FEEDS)
def test_import_of_export_gives_the_same_feeds(rows: list[FeedRow]) -> None:
    """Address, title, kind, publisher, pause, category: whatever the words are."""
    first: dict[str, FeedRow] = {}
    for row in rows:  # what import takes for one feed counts once
        sifted = sift_outlines([Outline(row.url)], list(first.values()), Guard())
        if sifted.rows:
            first[row.url] = row
    wanted = {url: (make_feed(row), row.category) for url, row in first.items()}
    assert {row.url: (make_feed(row), row.category) for row in load(list(first.values()))} == wanted


def test_the_shipped_list_survives_the_round_trip() -> None:
    """All 138, as they are."""
    home = Path(__file__).parents[2]
    rows = list(parse_feed_rows((home / "feeds.toml").read_text(encoding="utf-8"), home / "feeds.toml"))
    assert {make_feed(row) for row in load(rows)} == set(load_feeds(home))


def test_the_export_is_opml_2_in_folders_by_kind() -> None:
    """As other readers want it: text, type, xmlUrl; what is Radar's own is in a namespace."""
    rows = [
        FeedRow("https://b.example/f", "trade", "B", paused=True),
        FeedRow("https://a.example/f", "research", publisher="x.org"),
    ]
    root = ElementTree.fromstring(write_opml(rows, NOW))
    assert root.get("version") == "2.0"
    assert root.findtext("head/dateCreated") == "Tue, 24 Nov 2026 07:00:00 +0000"
    assert [folder.get("text") for folder in root.findall("body/outline")] == ["Research", "Trade"]
    assert [feed.attrib for feed in root.findall("body/outline/outline")] == [
        {"type": "rss", "text": "x.org", "title": "x.org", "xmlUrl": "https://a.example/f",
         "{urn:radar:feeds}kind": "research", "{urn:radar:feeds}publisher": "x.org"},
        {"type": "rss", "text": "B", "title": "B", "xmlUrl": "https://b.example/f",
         "{urn:radar:feeds}kind": "trade", "{urn:radar:feeds}paused": "true"},
    ]  # fmt: skip


def test_what_goes_without_saying_is_not_written() -> None:
    """No publisher that is the address's own, no title that is the publisher."""
    row, why = make_row("https://a.example/f", KindGuesser([]), kind="trade", title="a.example", publisher="a.example")
    assert row == FeedRow("https://a.example/f", "trade")
    assert why == ""
