"""Where Radar knows better than feedparser: arXiv's papers, original links, inherited authors; on both paths alike."""

from datetime import UTC, datetime
from typing import Any

import pytest

from radar.records import Entry, Feed
from radar.watch.parse.entries import build_feed
from radar.watch.parse.lenient import read_leniently
from radar.watch.parse.strict import read_strictly
from tests.watch.hostile import item, rss

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
FEED = Feed("http://news.example/feeds/all.xml", "research", "news.example")
FEEDBURNER = ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'


def read(body: bytes | str, feed: Feed = FEED) -> tuple[Entry, ...]:
    """Return the entries, which both readers must find alike."""
    document = body.encode() if isinstance(body, str) else body
    options: dict[str, Any] = {"base": feed.url, "now": NOW}
    strict = build_feed(read_strictly(document, "", **options), feed=feed, **options)
    lenient = build_feed(read_leniently(document, "", **options), feed=feed, **options)
    assert strict.entries == lenient.entries
    return strict.entries


def paper(kind: str, version: int, abstract: str = "We pump water.") -> str:
    return (
        f"<item><title>On pumps</title><link>https://arxiv.org/abs/2611.00001</link>"
        f'<guid isPermaLink="false">oai:arXiv.org:2611.00001v{version}</guid>'
        f"<description>arXiv:2611.00001v{version} Announce Type: {kind} \nAbstract: {abstract}</description></item>"
    )


@pytest.mark.parametrize("kind", ["new", "cross"])
def test_a_papers_summary_is_its_abstract(kind: str) -> None:
    """Without the announcement before it; what an abstract says of announcements stays."""
    (entry,) = read(rss(paper(kind, 1, "We pump. Announce Type: replace Abstract: no.")))
    assert (entry.entry_id, entry.summary) == (
        "oai:arXiv.org:2611.00001",
        "We pump. Announce Type: replace Abstract: no.",
    )


@pytest.mark.parametrize("kind", ["replace", "replace-cross"])
def test_a_replaced_paper_is_no_news(kind: str) -> None:
    """It is left out, however new to Radar."""
    entries = read(rss(paper("new", 1) + paper(kind, 3).replace("00001", "00002")))
    assert [entry.entry_id for entry in entries] == ["oai:arXiv.org:2611.00001"]


@pytest.mark.parametrize("number", ["2611.00001", "math.GT/0309136"])
def test_all_versions_of_a_paper_are_one_entry(number: str) -> None:
    """In answers to queries the id and the link name the version; the first date stays that of the first one."""

    def answer(version: int) -> str:
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry>'
            f"<id>http://arxiv.org/abs/{number}v{version}</id><title>On pumps</title><summary>We pump.</summary>"
            f'<published>2026-11-20T18:00:00Z</published><link href="https://arxiv.org/abs/{number}v{version}"/>'
            "</entry></feed>"
        )

    (first,), (second,) = read(answer(1)), read(answer(2))
    assert first.id == second.id
    assert (second.entry_id, second.url) == (f"http://arxiv.org/abs/{number}", f"https://arxiv.org/abs/{number}v2")


def test_other_feeds_keep_what_looks_like_a_version() -> None:
    """Only arXiv's identities are known to end in one."""
    (entry,) = read(rss(item("One", "http://news.example/abs/2611.00001v2")))
    assert entry.entry_id == "http://news.example/abs/2611.00001v2"


def test_the_original_link_goes_before_the_one_that_counts_readers() -> None:
    """FeedBurner's; an unusable one does not."""
    original = "<feedburner:origLink>{}</feedburner:origLink>"
    good, bad = original.format("https://blog.example/1?a=1&amp;b=2"), original.format("javascript:alert(1)")
    entries = read(rss(item("One", "g1", good) + item("Two", "g2", bad) + item("Three", "g3"), attributes=FEEDBURNER))
    assert [entry.url for entry in entries] == [
        "https://blog.example/1?a=1&b=2",
        "http://news.example/1",
        "http://news.example/1",
    ]


def test_an_entry_of_atom_without_an_author_has_its_sources_or_the_feeds() -> None:
    """RFC 4287, 4.2.1, wherever in the feed its author stands."""
    entry = "<entry><id>{}</id><title>T</title>{}</entry>"
    person = "<author><name>{}</name></author>"
    document = (
        '<feed xmlns="http://www.w3.org/2005/Atom">'
        + entry.format("own", person.format("Ada") + f"<source>{person.format('Grace')}</source>")
        + entry.format("source", f"<source><title>S</title>{person.format('Grace')}</source>")
        + entry.format("feed", "<source><title>S</title></source>")
        + entry.format("empty", "<author/>")
        + "<author><name>The house</name><email>house@news.example</email></author></feed>"
    )
    authors = {entry.entry_id: entry.author for entry in read(document)}
    assert authors == {"own": "Ada", "source": "Grace", "feed": "The house", "empty": "The house"}


def test_an_item_of_rss_inherits_no_author() -> None:
    """There the channel names its editor, who need not have written anything."""
    (entry,) = read(rss("<managingEditor>e@news.example (Ed)</managingEditor>" + item("One", "g1")))
    assert entry.author == ""


def test_an_inherited_author_that_changes_is_an_edit() -> None:
    """Known entries are read again."""
    document = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><author><name>{}</name></author><entry><id>1</id></entry></feed>'
    )
    options: dict[str, Any] = {"base": FEED.url, "now": NOW}
    first = build_feed(read_strictly(document.format("Ada").encode(), "", **options), feed=FEED, **options)
    knowing = Feed(FEED.url, "research", "news.example", seen=first.seen)
    assert read(document.format("Ada"), knowing) == ()
    assert [entry.author for entry in read(document.format("Grace"), knowing)] == ["Grace"]
