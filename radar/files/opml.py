"""OPML in and out: the format in which people carry their lists of feeds from one reader to another (opml.org/spec2).

Reading is pure: no file, no network; an outline that cannot be taken is named with its reason, and so nothing is lost.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from itertools import groupby
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from radar.config import FeedRow, is_web_address, make_feed
from radar.errors import ConfigError
from radar.records import KINDS, Kind
from radar.text import clean_text, owner_domain, split_terms

MAX_BYTES = 64 * 1024 * 1024
MAX_URL = 2_000
MAX_NAME = 300
#: Attributes of OPML's own have no name for these; other readers leave them alone.
_NAMESPACE = "urn:radar:feeds"

# What folders are called; singular, as split_terms leaves them.
_FOLDERS: dict[Kind, str] = {
    "research": "research researcher academia academic paper preprint journal arxiv science scientific university "
    "lab laboratory standard study r&d",
    "community": "community blogger people person personal individual developer dev forum practitioner foundation "
    "aggregator opensource",
    "vendor": "vendor company corporate supplier manufacturer product provider",
    "trade": "trade tech technology technical industry sector computing gadget",
    "general": "general world business newspaper mainstream economy politic national daily",
}
_KIND_WORDS = {word: kind for kind, words in _FOLDERS.items() for word in words.split()}
# Words that say nothing beside another, with what they say alone.
_WEAK_WORDS: dict[str, Kind | None] = {
    "blog": "community", "news": "general", "press": "general", "media": "general", "magazine": "trade",
    "feed": None, "rss": None, "site": None, "source": None, "engineering": None,
}  # fmt: skip
_PHRASES: dict[str, Kind] = {"open source": "community", "hacker news": "community", "general tech": "trade"}

_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)")


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of an OPML file, as far as the file tells."""

    url: str
    title: str = ""
    kind: Kind | None = None  # None: no folder says so
    publisher: str = ""
    category: str = ""
    paused: bool = False


@dataclass(slots=True)
class Outlines:
    """What an OPML file holds: its feeds in order, and a line for everything in it that is none."""

    feeds: list[Outline] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def read_opml(body: bytes, name: str) -> Outlines:
    """Return the feeds of an OPML file; `name` only names it in errors.

    Raises ConfigError when the file is no OPML, is damaged beyond a bare "&", or declares entities of its own.
    """
    if len(body) > MAX_BYTES:
        raise ConfigError(f"{name}: is larger than {MAX_BYTES // 1024 // 1024} MB; split it")
    try:
        return _Reader(name).read(body)
    except expat.ExpatError as error:
        mended = _AMPERSAND.sub(b"&amp;", body)  # many readers write addresses with a bare "&"
        if mended == body:
            raise _describe(name, error) from None
        try:
            return _Reader(name).read(mended)
        except expat.ExpatError as second:
            raise _describe(name, second) from None
    except (LookupError, ValueError) as error:  # an encoding that Python does not know, or that is none for text
        raise ConfigError(f"{name}: cannot be decoded ({error}); save it as UTF-8") from None


def write_opml(rows: Iterable[FeedRow], now: datetime) -> str:
    """Return feeds as OPML 2.0, a folder for each kind; `read_opml` gives the same feeds back."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:radar="{_NAMESPACE}">',
        f"  <head><title>Radar: feeds</title><dateCreated>{format_datetime(now)}</dateCreated></head>",
        "  <body>",
    ]
    for kind, members in groupby(sorted(rows, key=lambda row: KINDS.index(row.kind)), key=lambda row: row.kind):
        lines.append(f'    <outline text="{kind.capitalize()}">')
        lines += (f"      <outline {_write_attributes(row)}/>" for row in members)
        lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def guess_kind(folder: str) -> Kind | None:
    """Return the kind of press a folder's name stands for, if it is clear: "Company blogs" are vendors."""
    words = split_terms(re.sub(r"\bIT\b", "computing", folder))  # "it" is a stop word
    if " ".join(words) in _PHRASES:
        return _PHRASES[" ".join(words)]
    strong = {_KIND_WORDS.get(word) for word in words if word not in _WEAK_WORDS}
    if strong:
        return next(iter(strong)) if len(strong) == 1 else None
    weak = {kind for kind in (_WEAK_WORDS[word] for word in words) if kind}
    return next(iter(weak)) if len(weak) == 1 else None


class _Reader:
    """Walks through the outlines of one file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found = Outlines()
        # What the outlines that are open say of those in them: a kind, and the names that say none.
        self._folders: list[tuple[Kind | None, str]] = [(None, "")]
        self._root = ""

    def read(self, body: bytes) -> Outlines:
        # expat neither opens files nor addresses by itself; entities are refused before the first is used.
        parser = expat.ParserCreate()
        parser.EntityDeclHandler = self._refuse_entity
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.Parse(body, True)
        return self._found

    def _refuse_entity(self, *_: Any) -> None:
        raise ConfigError(f"{self._name}: declares entities of its own, which no list of feeds needs; nothing was read")

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._root:
            self._root = tag.lower()
            if self._root != "opml":
                raise ConfigError(f"{self._name}: is no OPML file (it begins with <{clean_text(tag, 40)}>)")
        if tag.lower() == "outline":
            values = {key.lower(): clean_text(value) for key, value in attributes.items()}
            name = values.get("title") or values.get("text", "")
            if "radar:kind" not in values:  # others put HTML's character references inside XML's
                name = clean_text(html.unescape(name))
            name = clean_text(name, MAX_NAME)
            self._take(values, name)
            self._folders.append(self._folders[-1] if values.get("xmlurl") else self._enter(name))

    def _close(self, tag: str) -> None:
        if tag.lower() == "outline":
            self._folders.pop()

    def _enter(self, name: str) -> tuple[Kind | None, str]:
        kind, path = self._folders[-1]
        guess = guess_kind(name)
        if not name:
            return kind, path
        return (guess, path) if guess else (kind, f"{path}/{name}".strip("/")[:MAX_NAME])

    def _take(self, values: dict[str, str], name: str) -> None:
        address, site = values.get("xmlurl", ""), values.get("htmlurl", "") or values.get("url", "")
        if not address:
            kind = values.get("type", "").lower()
            if kind == "include":
                self._refuse(name, site, "another list; import it by itself")
            elif site or kind in ("rss", "atom"):
                self._refuse(name, site, f"no address of a feed{'; try `radar feeds add` with the site' * bool(site)}")
            return
        url = read_feed_address(address)
        if not url:
            self._refuse(name, address, "no web address" if len(address) <= MAX_URL else "an address without end")
            return
        kind = values.get("radar:kind", "")
        named, path = self._folders[-1]
        self._found.feeds.append(
            Outline(
                url,
                name,
                kind if kind in KINDS else named,
                values.get("radar:publisher", "")[:MAX_NAME],
                (path or values.get("category", ""))[:MAX_NAME],
                values.get("radar:paused", "").lower() == "true",
            )
        )

    def _refuse(self, name: str, address: str, reason: str) -> None:
        self._found.refused.append(f"{clean_text(address, 200) or '“' + name + '”'}: {reason}")


def read_feed_address(text: str) -> str:
    """Return the web address a person or another program means, or "": feed://host/x, feed:https://host/x."""
    text = text.strip()
    found = re.match(r"feed:(?://)?(?=https?://)|feed://", text, re.IGNORECASE)
    if found:
        rest = text[found.end() :]
        text = rest if re.match(r"https?://", rest, re.IGNORECASE) else f"http://{rest}"
    scheme, colon, rest = text.partition(":")
    text = scheme.lower() + colon + rest
    return text if len(text) <= MAX_URL and is_web_address(text) else ""


def _write_attributes(row: FeedRow) -> str:
    feed = make_feed(row)
    pairs = {"type": "rss", "text": feed.title, "title": feed.title, "xmlUrl": row.url, "category": row.category}
    pairs["radar:kind"] = row.kind
    pairs["radar:publisher"] = "" if feed.publisher == owner_domain(row.url) else feed.publisher
    pairs["radar:paused"] = "true" if row.paused else ""
    return " ".join(_list_pairs(pairs))


def _list_pairs(pairs: dict[str, str]) -> Iterator[str]:
    for name, value in pairs.items():
        if value:
            yield f"{name}={quoteattr(clean_text(value))}"


def _describe(name: str, error: expat.ExpatError) -> ConfigError:
    return ConfigError(
        f"{name}:{error.lineno}: is no well-formed XML ({expat.ErrorString(error.code)}); nothing was read"
    )
