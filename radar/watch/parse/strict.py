"""Read a well-formed feed document fast: bytes → RawFeed, exactly as feedparser would find it.

Every element is read as feedparser reads it, its oddities included. Whatever is not known to come out the same raises
Unsure, and the document goes to feedparser. The numbers in comments are lines of feedparser 6.0.
"""

import re
from datetime import datetime

from radar.watch.parse.elements import Element, Elements, find_href, parse_xml, read_attributes
from radar.watch.parse.encoding import ITEMS_KEPT, decode_strictly, drop_middle
from radar.watch.parse.fields import read_ttl
from radar.watch.parse.items import WEB_PAGES, ItemReader, mend_query
from radar.watch.parse.names import Role, list_namespaces
from radar.watch.parse.people import read_author
from radar.watch.parse.raw import RawEntry, RawFeed, Unsure

_NETSCAPE = "http://my.netscape.com/rdf/simple/0.9/"
_TELLING = {"http://purl.org/rss/1.0/": "rss10", "http://www.w3.org/2005/atom": "atom10", _NETSCAPE: "rss090"}
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM_VERSIONS = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_FORMATS = {"rss10": "rdf", "rss090": "rdf"}
_IN_BOX = {
    Role.IMAGE: frozenset("title link url width height description href".split()),
    Role.TEXT_INPUT: frozenset("title link description name".split()),
}
# What may come before the root: no DTD, so that lxml never sees one.
_PROLOG = re.compile(rb"(?:\s++|<\?[^?]*+\?>|<!--(?:[^-]|-(?!-))*+-->)*+<[A-Za-z_]")


def read_strictly(body: bytes, charset: str, *, base: str, now: datetime) -> RawFeed:
    """Return what the document publishes; raises Unsure where only feedparser can say.

    `charset` is the one the server named, if any; `base` is what relative links are resolved against.
    """
    if not base.startswith(("http://", "https://")):
        raise Unsure("no web address to resolve links against")
    document = decode_strictly(body, charset)
    if not _PROLOG.match(document):
        raise Unsure("a DTD, or no XML")
    try:
        return _read(document, base, now)
    except _TooLongError:
        return _read(drop_middle(document), base, now)


def _read(document: bytes, base: str, now: datetime) -> RawFeed:
    declared = list_namespaces(document)
    elements = Elements(document, base)
    root = parse_xml(document)
    version = _find_version(root, elements.name(root), declared)
    elements.is_atom = version.startswith("atom")
    return _FeedReader(elements, ItemReader(elements, base, now)).read(root, _FORMATS.get(version, version))


def _find_version(root: Element, name: str, declared: list[tuple[str, str]]) -> str:
    """Return feedparser's name for the dialect: by the first telling namespace, then by the root."""
    here = {(prefix or "", uri) for prefix, uri in root.nsmap.items()}
    telling = [
        (place, _TELLING[place[1].lower()])
        for place in declared
        if place[1].lower() in _TELLING and (place[1].lower() != _NETSCAPE or not place[0])
    ]
    version = next((version for place, version in telling if place in here), "")
    given = read_attributes(root).get("version", "")
    if name == "rss":
        if not version.startswith("rss"):
            version = _RSS_VERSIONS.get(given) or ("rss20" if given.startswith("2.") else "rss")
    elif name == "feed":
        version = version or _ATOM_VERSIONS.get(given, "atom")
    elif name != "rdf_rdf" or (telling and not version):
        raise Unsure("a root that is no feed's")
    return version


class _TooLongError(Exception):
    """The document has more items than are read."""


class _FeedReader:
    """Reads one document, with the state feedparser keeps between its elements."""

    def __init__(self, elements: Elements, items: ItemReader) -> None:
        self._elements, self._items = elements, items
        self._entries: list[RawEntry] = []
        self._title, self._title_is_plain = "", False
        self._title_depth = -1
        self._link: str | None = None
        self._author = ""
        self._hints: dict[str, str] = {}
        self._has_summary = self._has_content = self._has_channel = False

    def read(self, root: Element, format: str) -> RawFeed:  # noqa: A002
        if self._elements.name(root) == "feed":
            self._read_channel(root, 1)
        else:
            self._read_root(root)
        ttl, period, frequency = (self._hints.get(name) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency"))
        return RawFeed(
            title=self._title,
            link=self._link or "",
            format=format,
            items=self._entries,
            ttl=read_ttl(ttl, period, frequency),
            title_is_plain=self._title_is_plain,
            author=self._author,
        )

    def _read_root(self, root: Element) -> None:
        """Read the children of <rss> or <rdf:RDF>: the channel, and items beside it."""
        for child in root:
            role = self._elements.role(child)
            if role is Role.CHANNEL and not self._has_channel:
                self._has_channel = True
                if {"href", "lastmod"} & read_attributes(child).keys():
                    raise Unsure("a channel of CDF")
                self._read_channel(child, 2)
            elif role is Role.ITEM:
                self._read_item(child, 2)
            elif role in _IN_BOX:
                self._pass_box(child, role, 2)
            elif role is Role.LEAF:
                self._elements.pass_leaf(child)
            else:
                raise Unsure(f"{self._elements.name(child)} beside the channel")

    def _read_channel(self, channel: Element, depth: int) -> None:
        """Read the children of the channel, or of an element that stands in it."""
        depth += 1
        for child in channel:
            role = self._elements.role(child)
            if role is Role.ITEM:
                self._read_item(child, depth)
            elif role is Role.CONTAINER:
                self._read_channel(child, depth)
            elif role is Role.LEAF or role is Role.LICENSE or role is Role.ORIGINAL_LINK:
                self._elements.pass_leaf(child)
            elif role is Role.TITLE or role is Role.MEDIA_TITLE:
                self._read_title(child, role, depth)
            elif role is Role.LINK:
                self._read_link(child)
            elif role is Role.ID:
                value, is_link = self._elements.id(child)
                if is_link and self._link is None:
                    self._link = value
            elif role is Role.HINT:
                if child.keys():
                    raise Unsure("a hint with attributes")
                self._hints[self._elements.name(child)] = self._elements.text(child)
            elif role is Role.SUMMARY or role is Role.DESCRIPTION:
                self._note_summary(child, role)
            elif role in _IN_BOX:
                self._pass_box(child, role, depth)
            elif role is Role.AUTHOR and self._elements.is_atom:
                self._author = read_author(self._elements, child, self._author)
            elif role is Role.AUTHOR or role is Role.CONTRIBUTOR:
                self._elements.pass_person(child)
            elif role not in (Role.PUBLISHED, Role.UPDATED, Role.CREATED, Role.ABSTRACT) or len(child):
                raise Unsure(f"{self._elements.name(child)} in the channel")

    def _read_item(self, element: Element, depth: int) -> None:
        if len(self._entries) == 2 * ITEMS_KEPT:
            raise _TooLongError
        self._entries.append(self._items.read(element, depth, has_content=self._has_content))
        self._title_depth, self._has_content = self._items.title_depth, False

    def _read_title(self, element: Element, role: Role, depth: int) -> None:
        value, plain = self._elements.content(element, "text/plain")
        if not -1 < self._title_depth <= depth:
            self._title, self._title_is_plain = value, plain
        if value and role is Role.TITLE:
            self._title_depth = depth

    def _read_link(self, element: Element) -> None:
        attributes = read_attributes(element)
        href = find_href(attributes)
        if href is None:
            text = self._elements.text(element)
            self._link = mend_query(self._elements.resolve(text, element)) if text else ""
        elif attributes.get("rel", "alternate") == "alternate" and attributes.get("type", "text/html") in WEB_PAGES:
            self._link = self._elements.resolve(href, element)

    def _note_summary(self, element: Element, role: Role) -> None:
        # A second summary of the channel counts as content, and that holds to the end of the first item (_base.py 391,
        # 427).
        self._elements.content(element, "text/plain")
        if self._has_summary and not self._has_content:
            self._has_content = True
        elif role is Role.SUMMARY:
            self._has_summary = True

    def _pass_box(self, box: Element, kind: Role, depth: int) -> None:
        """Pass over <image> or <textInput>, which have a title and a link of their own."""
        self._title_depth = -1
        for child in box:
            name = self._elements.name(child)
            if len(child) or (name not in _IN_BOX[kind] and "_" not in name):
                raise Unsure(f"{name} in an image or a text input")
            if name == "title" and self._elements.text(child):
                self._title_depth = depth + 1
