"""Tend the list of feeds: find the feed of a site, try feeds out, take in other people's lists; nothing is stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from radar.config import CrawlSettings, FeedRow, make_feed
from radar.errors import RadarError, UnknownName
from radar.files.opml import Outline
from radar.records import KINDS, Feed, FeedState, Fetched, FetchError, Kind, Parsed
from radar.text import canonicalise_url, clean_text, owner_domain
from radar.watch.fetch import Visitor, decide_crawl, fetch_all
from radar.watch.fetch.hops import split_login
from radar.watch.find import FeedLink, find_links, guess_addresses, is_page
from radar.watch.guard import Guard
from radar.watch.parse import ParserPool

#: Addresses of one site that are asked after its page: a few, as a reader would try by hand.
MAX_TRIES = 5
#: Answers after which a site is left alone.
_STOP = (401, 403, 429, 503)
#: They deliver other people's feeds: who owns one is told by where its entries lead.
_DELIVERERS = frozenset(
    "feedburner.com feedblitz.com feedpress.me feedpress.com rssground.com rss.app fetchrss.com".split()
)
_HOSTS_OF_BLOGS = ("blogspot.", "medium.com", "substack.com", "wordpress.com", "github.io", "gitlab.io", "ghost.io",
                   "tumblr.com", "bearblog.dev", "micro.blog", "hashnode.dev", "typepad.com", "write.as")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """The feed an address led to."""

    url: str
    publisher: str
    parsed: Parsed | None = None  # None: it is listed already, and so was not read
    listed: str = ""  # the URL it is listed under
    links: tuple[FeedLink, ...] = ()  # what the site offers, best first; none where the address was a feed's own


@dataclass(frozen=True, slots=True)
class Checked:
    """How one feed answered when the operator asked."""

    url: str
    title: str
    publisher: str
    kind: Kind
    state: FeedState
    reason: str
    format: str
    entries: int
    newest_at: datetime | None  # None: no entry carries a date


@dataclass(slots=True)
class Sifted:
    """What a list from elsewhere brings to feeds.toml."""

    rows: list[FeedRow] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    guessed: int = 0  # rows whose kind no folder said


def find_feed(
    address: str, listed: Mapping[str, str], crawl: CrawlSettings, now: datetime, guard: Guard | None = None
) -> Found:
    """Return the feed at an address, or that of the site at this address; `listed` is from `index_addresses`.

    One host is asked at most six times, with the crawler's spacing, limits and guard. Raises RadarError where there is
    no feed.
    """
    visitor = Visitor(guard or Guard(crawl.allow), contact=crawl.contact, now=now, timeout=crawl.timeout_seconds)
    shown, _ = split_login(address)
    with ParserPool(1) as pool:
        first = _make_feed(address)
        page = visitor.ask(first)
        if not isinstance(page, Fetched):
            raise RadarError(f"{shown}: {_say_failure(page)}")
        parsed = pool.parse(first, page, now)
        if not parsed.problem:
            return _describe_found(page, parsed, listed)
        if not is_page(page.body, page.content_type):
            raise RadarError(f"{shown}: {parsed.problem}")
        links = find_links(page.body, page.final_url, page.content_type, page.link)
        guesses = guess_addresses(page.body, page.final_url, page.content_type)
        tried: list[str] = []
        for url in list(dict.fromkeys([*(link.url for link in links), *guesses]))[:MAX_TRIES]:
            if canonicalise_url(url) in listed:
                return Found(url, "", listed=listed[canonicalise_url(url)], links=tuple(links))
            feed = _make_feed(url)
            result = visitor.ask(feed)
            if isinstance(result, Fetched):
                parsed = pool.parse(feed, result, now)
                if not parsed.problem:
                    return _describe_found(result, parsed, listed, page.final_url, links)
            tried.append(f"{url} ({parsed.problem if isinstance(result, Fetched) else _say_failure(result)})")
            if isinstance(result, FetchError) and result.status in _STOP:
                break
    raise RadarError(f"{shown}: no feed found there; tried {', '.join(tried)}; give the address of the feed itself")


def _make_feed(url: str) -> Feed:
    return Feed(url, "general", owner_domain(url))


def _say_failure(result: object) -> str:
    return result.reason if isinstance(result, FetchError) else "the server says 'not modified' to a first visit"


def _describe_found(
    fetched: Fetched,
    parsed: Parsed,
    listed: Mapping[str, str],
    page: str = "",
    links: Sequence[FeedLink] = (),
) -> Found:
    url = fetched.moved_to or fetched.feed_url
    if fetched.final_url.startswith("https:") and canonicalise_url(fetched.final_url) == canonicalise_url(url):
        url = fetched.final_url
    known = (listed.get(canonicalise_url(each)) for each in (fetched.feed_url, url, fetched.final_url))
    already = next((each for each in known if each), "")
    publisher = owner_domain(url)
    if publisher in _DELIVERERS:
        owners = Counter(owner_domain(entry.url) for entry in parsed.entries)
        publisher = next((o for o, times in owners.most_common(1) if 2 * times > len(parsed.entries)), publisher)
    if page:
        publisher = owner_domain(page)  # the site that names the feed as its own
    return Found(url, publisher, parsed, already, tuple(links))


def index_addresses(rows: Iterable[FeedRow], stored: Iterable[Feed] = ()) -> dict[str, str]:
    """Return the listed URLs by the form in which http and https, www and closing slashes are one.

    `stored` adds the addresses that listed feeds have moved to.
    """
    rows = tuple(rows)
    index = {canonicalise_url(row.url): row.url for row in rows}
    urls = {row.url for row in rows}
    for feed in stored:
        if feed.moved_to and feed.url in urls:
            index.setdefault(canonicalise_url(feed.moved_to), feed.url)
    return index


def match_row(rows: Sequence[FeedRow], name: str) -> FeedRow:
    """Return the one row that a URL, or a part of its URL, title or publisher, names. Raises UnknownName."""
    from radar.store.names import unknown_name

    wanted = canonicalise_url(name)
    same = [row for row in rows if row.url == name] or [row for row in rows if canonicalise_url(row.url) == wanted]
    if len(same) == 1:
        return same[0]
    part = name.strip().casefold()
    feeds = [(row, make_feed(row)) for row in rows]
    matching = [row for row, feed in feeds if feed.title.casefold() == part]
    if len(matching) != 1:
        matching = [
            row for row, f in feeds if part and any(part in text.casefold() for text in (f.url, f.title, f.publisher))
        ]
    if len(matching) == 1:
        return matching[0]
    if not matching:
        raise unknown_name("feed", name, [row.url for row in rows])
    shown = ", ".join(row.url for row in matching[:10])
    more = f" and {len(matching) - 10} more" if len(matching) > 10 else ""
    raise UnknownName(f"{clean_text(name, 120)!r} names {len(matching)} feeds: {shown}{more}; write more of the one")


class KindGuesser:
    """Says what kind of press a feed probably is, from what its publisher's other feeds are."""

    def __init__(self, rows: Iterable[FeedRow]) -> None:
        self._kinds: dict[str, Counter[Kind]] = {}
        for row in rows:
            self.learn(row)

    def learn(self, row: FeedRow) -> None:
        """Take a row as an example of its publisher's."""
        self._kinds.setdefault(make_feed(row).publisher, Counter())[row.kind] += 1

    def guess(self, publisher: str) -> tuple[Kind, str]:
        """Return the kind of a publisher's feed, and why."""
        known = self._kinds.get(publisher)
        if known:
            kind = max(known, key=lambda kind: (known[kind], -KINDS.index(kind)))
            return kind, f"as {publisher} is already"
        labels = publisher.split(".")
        if labels[-1] == "edu" or "ac" in labels[-2:-1] or "edu" in labels[-2:-1] or publisher == "arxiv.org":
            return "research", "from its domain"
        if any(host in publisher for host in _HOSTS_OF_BLOGS):
            return "community", "from its host"
        return "trade", "as nothing says otherwise"


def make_row(
    url: str,
    guesser: KindGuesser,
    *,
    kind: Kind | None,
    title: str,
    publisher: str,
    category: str = "",
    paused: bool = False,
) -> tuple[FeedRow, str]:
    """Return a row for feeds.toml without what goes without saying, and why it is of its kind ("": that was given)."""
    owner = owner_domain(url)
    publisher = clean_text(publisher) or owner
    why = ""
    if kind is None:
        kind, why = guesser.guess(publisher)
    title = clean_text(title)
    return (
        FeedRow(
            url,
            kind,
            "" if title == publisher else title,
            "" if publisher == owner else publisher,
            clean_text(category),
            paused,
        ),
        why,
    )


def sift_outlines(outlines: Iterable[Outline], rows: Sequence[FeedRow], guard: Guard) -> Sifted:
    """Return which outlines are new, which are listed already, and which may never be visited; asks nobody."""
    sifted = Sifted()
    index = index_addresses(rows)
    guesser = KindGuesser(rows)
    for outline in outlines:
        refusal = guard.check_url(outline.url)
        canonical = canonicalise_url(outline.url)
        if refusal:
            sifted.refused.append(f"{outline.url}: {refusal}")
        elif canonical in index:
            sifted.duplicates.append(outline.url)
        else:
            row, why = make_row(
                outline.url,
                guesser,
                kind=outline.kind,
                title=outline.title,
                publisher=outline.publisher,
                category=outline.category,
                paused=outline.paused,
            )
            index[canonical] = outline.url
            sifted.rows.append(row)
            sifted.guessed += bool(why)
    return sifted


def check_feeds(feeds: Iterable[Feed], crawl: CrawlSettings, now: datetime) -> Iterator[Checked]:
    """Fetch and parse feeds now, as if for the first time; yield how each answered, in the order of the answers."""
    by_url = {feed.url: feed for feed in feeds}
    with ParserPool() as pool:
        results = fetch_all(
            by_url.values(), now=now, contact=crawl.contact, allow=crawl.allow, timeout=crawl.timeout_seconds
        )
        for feed, result, parsed in pool.parse_results(results, by_url, now):
            visit = decide_crawl(feed, result, parsed, now)
            dated = [entry.published_at for entry in parsed.entries if entry.published_at != now] if parsed else []
            yield Checked(
                feed.url,
                feed.title,
                feed.publisher,
                feed.kind,
                visit.state,
                visit.reason,
                parsed.format if parsed else "",
                len(parsed.entries) if parsed else 0,
                max(dated, default=None),
            )
