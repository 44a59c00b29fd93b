"""Find the feeds of a site: what its page links to, else where sites usually keep them; pure, best first."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from radar.text import clean_text

#: A page says where its feed is at its top; what comes after this many bytes is not looked at.
MAX_PAGE = 1024 * 1024
MAX_TAG = 4_000  # characters of one tag
MAX_TAGS = 3_000  # <link>, <base>, <meta> and <a> looked at
MAX_ATTRIBUTES = 32
MAX_LINKS = 50

_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/feed+json application/rdf+xml application/x-rss+xml "
    "application/x.atom+xml application/x-atom+xml text/rss+xml text/rss text/atom+xml text/rdf+xml".split()
)
#: Types that feeds are served as, and many other things too: taken only where the address speaks of a feed.
_LOOSE_TYPES = frozenset("application/json application/xml text/xml text/x-opml text/json".split())

_TAG = re.compile(r"<(link|base|meta|a)(?=[\s/])", re.IGNORECASE)
# A "<" outside quotes is the next tag: what a browser makes of a tag that is never closed does not matter here.
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/<>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s<>]*)))?""")
# What a browser does not show as part of the page: its end, if it has one, comes with the same name.
_HIDDEN = (
    ("<!--", "-->"),
    ("<script", "</script"),
    ("<style", "</style"),
    ("<template", "</template"),
    ("<textarea", "</textarea"),
)
_LINK_VALUE = re.compile(
    r"""<([^<>]{1,2000})>((?:\s*;\s*[\w*-]{1,30}\s*=\s*(?:"[^"]{0,500}"|[^\s",;]{1,500})){0,16})"""
)
_PARAMETER = re.compile(r"""([\w*-]{1,30})\s*=\s*(?:"([^"]*)"|([^\s",;]+))""")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)

_FEEDISH = re.compile(r"(?<![a-z])(?:feeds?|rss2?|atom|rdf)(?![a-z])|\.(?:rss|rdf|atom)$", re.IGNORECASE)
_NO_FEED = re.compile(r"wp-json|oembed|\.(?:png|jpe?g|gif|svg|css|js|html?|pdf|opml|ico)$", re.IGNORECASE)
_COMMENTS = re.compile(
    r"(?<![a-z])(?:comments?|kommentare?|comentarios?|comentários?|commenti|commentaires?|reacties|replies)(?![a-z])"
    r"|коммент|コメント|评论",
    re.IGNORECASE,
)
#: Feeds of a part of a site: one author's, one tag's, a search's. Podcasts and videos bring no text.
_PARTIAL = re.compile(
    r"/(?:tags?|author|category|categories|search|topics?|label)/|podcast|/audio|/video|[?&](?:s|q|tag|cat|author)=",
    re.IGNORECASE,
)

#: Where a site keeps its feed, by the program that its page says it was made with.
_GENERATORS = {
    "wordpress": "feed/", "hugo": "index.xml", "jekyll": "feed.xml", "ghost": "rss/", "blogger": "feeds/posts/default",
    "drupal": "rss.xml", "gatsby": "rss.xml", "eleventy": "feed.xml", "squarespace": "?format=rss", "tumblr": "rss",
    "substack": "feed", "medium": "feed", "micro.blog": "feed.json", "pelican": "feeds/all.atom.xml",
    "astro": "rss.xml", "docusaurus": "rss.xml", "hexo": "atom.xml", "zola": "atom.xml",
    "typo3": "feed.xml", "wix": "blog-feed.xml",
}  # fmt: skip
#: The commonest first; what is left of the allowance decides how many are asked.
_USUAL = ("feed", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json")


@dataclass(frozen=True, slots=True)
class FeedLink:
    """An address that may be a feed's, and what the page calls it."""

    url: str
    title: str = ""
    is_main: bool = True  # not the comments, nor one author's or tag's


def is_page(body: bytes, content_type: str) -> bool:
    """Tell whether a body is a page on which feeds may be named."""
    if re.match(r"\s*(?:text/html|application/xhtml\+xml)", content_type, re.IGNORECASE):
        return True
    return bool(re.search(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", body[:8_192], re.IGNORECASE))


def find_links(body: bytes, url: str, content_type: str = "", header: str = "") -> list[FeedLink]:
    """Return the feeds that a page names in `<link rel=alternate>` or its Link header, else those it links to.

    Best first: the site's main feed comes before those of comments, tags and authors, a feed below the page's own
    address before others; what is equal stays in the page's order.
    """
    declared: dict[str, FeedLink] = {}
    linked: dict[str, FeedLink] = {}
    base = url
    based = False
    for attributes in _read_header(header):
        if _is_declared(attributes):
            _add(declared, url, attributes["href"], attributes.get("title", ""))
    for tag, attributes in _read_tags(_decode(body, content_type)):
        href = attributes.get("href", "").strip()
        if tag == "base" and href and not based:
            base, based = _join(url, href) or url, True
        elif tag == "link" and _is_declared(attributes):
            _add(declared, base, href, attributes.get("title", ""))
        elif tag == "a" and _looks_like_feed(href):
            _add(linked, base, href, attributes.get("title", ""))
    # Some pages declare the feed of their comments only.
    found = declared if any(link.is_main for link in declared.values()) else linked | declared
    return sorted(found.values(), key=lambda link: (not link.is_main, not _is_below(link.url, url)))


def guess_addresses(body: bytes, url: str, content_type: str = "") -> list[str]:
    """Return where the feed of a page that names none may be, likeliest first."""
    names = dict.fromkeys(_USUAL)
    for tag, attributes in _read_tags(_decode(body, content_type)):
        if tag == "meta" and attributes.get("name", "").lower() == "generator":
            made_with = attributes.get("content", "").lower()
            names = dict.fromkeys([*(path for name, path in _GENERATORS.items() if name in made_with), *_USUAL])
            break
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    folder = root + parts.path.strip("/").rpartition("/")[0] if "." in parts.path.rpartition("/")[2] else url
    folder = folder.partition("?")[0].partition("#")[0].rstrip("/") + "/"
    near = [urljoin(folder, name) for name in names]
    # Below a path, the blog's own feed is the likelier; the site's comes after two tries.
    far = [urljoin(root, name) for name in names]
    return list(dict.fromkeys([*near[:2], *far, *near[2:]]))


def _read_tags(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the tags that matter, their attributes by lower-case name; linear in the page, however broken it is."""
    page = _hide(page)
    for count, found in enumerate(_TAG.finditer(page)):
        if count >= MAX_TAGS:
            return
        rest, at = page[found.end() : found.end() + MAX_TAG], 0
        attributes: dict[str, str] = {}
        while len(attributes) < MAX_ATTRIBUTES and (attribute := _ATTRIBUTE.match(rest, at)):
            at = attribute.end()
            value = next((group for group in attribute.groups()[1:] if group is not None), "")
            attributes.setdefault(attribute[1].lower(), html.unescape(value))
        yield found[1].lower(), attributes


def _read_header(header: str) -> Iterator[dict[str, str]]:
    """Yield the links of a Link header (RFC 8288 section 3), as attributes of a tag."""
    for found in _LINK_VALUE.finditer(header):
        pairs = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(found[2])}
        yield {**pairs, "href": found[1]}


def _hide(page: str) -> str:
    """Take out comments, scripts and the like; one that is never closed goes on to the end."""
    for opening, closing in _HIDDEN:
        lower, kept, at = page.lower(), [], 0
        if len(lower) != len(page):  # a few letters grow when they become small
            lower = page
        while (start := lower.find(opening, at)) >= 0:
            kept.append(page[at:start])
            end = lower.find(closing, start + len(opening))
            at = end + len(closing) if end >= 0 else len(page)
        page = "".join([*kept, page[at:]])
    return page


def _decode(body: bytes, content_type: str) -> str:
    """Return the beginning of a page as text; for addresses, which are ASCII, any guess is good."""
    body = body[:MAX_PAGE]
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        found = _CHARSET.search(content_type) or _CHARSET.search(body[:2_048].decode("ascii", "replace"))
        name = found[1].lower() if found else ""
        # Only what the web is written in: Python also knows codecs that are slow or do not decode text.
        known = re.fullmatch(
            r"utf-?8|(?:windows-|cp)125\d|iso-8859-\d\d?|shift_jis|euc-(?:jp|kr)|gb\w+|big5|koi8-\w", name
        )
        try:
            return body.decode(name if known else "utf-8", "replace")
        except LookupError:
            return body.decode("utf-8", "replace")


def _is_declared(attributes: dict[str, str]) -> bool:
    rel = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    if "feed" in rel:
        return True
    if "alternate" not in rel or "stylesheet" in rel:
        return False
    return kind in _TYPES or (kind in _LOOSE_TYPES and _looks_like_feed(attributes.get("href", "")))


def _looks_like_feed(href: str) -> bool:
    path = href.partition("#")[0][:2_000]
    return bool(_FEEDISH.search(path)) and not _NO_FEED.search(path.partition("?")[0])


def _add(links: dict[str, FeedLink], base: str, href: str, title: str) -> None:
    target = _join(base, href)
    if target and target not in links and len(links) < MAX_LINKS:
        title = clean_text(title, 120)
        path = target.partition("://")[2].partition("/")[2]
        main = not (_COMMENTS.search(path) or _COMMENTS.search(title) or _PARTIAL.search(f"/{path}"))
        links[target] = FeedLink(target, title, main)


def _join(base: str, href: str) -> str:
    """Return an absolute web address without a fragment, or ""."""
    href = re.sub(r"[\t\r\n]", "", href.strip())
    href = re.sub(r"^feed:(?://)?(?=https?://)", "", href, flags=re.IGNORECASE)
    href = re.sub(r"^feed://", "http://", href, flags=re.IGNORECASE)
    try:
        target = urljoin(base, href.partition("#")[0])
        parts = urlsplit(target)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return target.replace(" ", "%20") if href and usable and len(target) <= 2_000 else ""


def _is_below(target: str, page: str) -> bool:
    """Tell whether an address lies below the page, which must be more than the site's front page to matter."""
    parts = urlsplit(page)
    folder = parts.path if parts.path.endswith("/") else parts.path + "/"
    return folder != "/" and urlsplit(target).path.startswith(folder)
