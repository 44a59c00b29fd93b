"""Read the items of a well-formed feed document as feedparser would.

What an element means depends on those before it; the numbers in comments are lines of feedparser 6.0, _base.py where
not named otherwise.
"""

import re
from collections.abc import Callable
from datetime import datetime

from radar.watch.parse.dates import MAX_DATE, read_date
from radar.watch.parse.elements import Element, Elements, find_href, read_attributes
from radar.watch.parse.fields import choose_link, read_link
from radar.watch.parse.names import Role, is_known
from radar.watch.parse.people import read_author
from radar.watch.parse.raw import RawEntry, Unsure

#: Relation and media types by which a link is the entry's page.
WEB_PAGES = frozenset(("text/html", "html", "application/xhtml+xml", "xhtml"))
_QUERY_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")

_Reader = Callable[[Element, int], object]


def mend_query(link: str) -> str:
    """Take the semicolons out of a query which an earlier parser took for references (mixin.py 621)."""
    return _QUERY_REFERENCE.sub(r"&\1", link) if "&" in link else link


class ItemReader:
    """Reads one item after the other: `read` an element, then take `entry`."""

    def __init__(self, elements: Elements, base: str, now: datetime) -> None:
        self._elements, self._base, self._now = elements, base, now
        #: Readers by tag, and tags of elements in which only other elements could matter.
        self._by_tag: dict[str, _Reader] = {}
        self._passed: set[str] = set()
        self._readers: dict[Role, _Reader] = {
            Role.TITLE: self._read_title,
            Role.MEDIA_TITLE: self._take_title,
            Role.LINK: self._read_link,
            Role.ID: self._read_id,
            Role.DESCRIPTION: self._read_description,
            Role.SUMMARY: self._read_summary,
            Role.ABSTRACT: self._read_abstract,
            Role.CONTENT: self._read_content,
            Role.ENCODED: self._read_encoded,
            Role.AUTHOR: self._read_author,
            Role.PUBLISHED: self._read_published,
            Role.UPDATED: self._read_updated,
            Role.CREATED: self._read_created,
            Role.ENCLOSURE: self._read_enclosure,
            Role.LICENSE: self._read_license,
            Role.ORIGINAL_LINK: self._read_original_link,
            Role.SOURCE: self._pass_source,
            Role.IMAGE: self._pass_image,
            Role.CONTRIBUTOR: lambda element, _: elements.pass_person(element),
            Role.LEAF: lambda element, _: elements.pass_leaf(element),
            Role.CONTAINER: self._read_container,
        }

    def read(self, element: Element, depth: int, *, has_content: bool) -> RawEntry:
        """Return an item at that depth; `has_content` says that the channel's own content came before it."""
        self._guid = self._title = self._published = self._updated = self._created = ""
        self._author = self._source_author = self._original_link = ""
        self._title_is_plain = self._summary_is_plain = False
        self._has_content = has_content
        self._link: str | None = None
        self._summary: str | None = None
        self._links: list[tuple[str, str | None]] = []
        self._contents: list[tuple[str, bool]] = []
        self._depths: dict[str, int] = {}
        self.title_depth = -1
        if element.keys():
            attributes = read_attributes(element)
            if "href" in attributes or "lastmod" in attributes:
                raise Unsure("an item of CDF")
            self._guid = attributes.get("rdf:about", "")
        self._read_container(element, depth)
        at = read_date(self._published, self._now)
        at = at or read_date(self._updated, self._now) or read_date(self._created, self._now)
        texts = self._contents if self._summary is None else [(self._summary, self._summary_is_plain), *self._contents]
        url = read_link(self._original_link, self._base) if self._original_link else ""
        url = url or choose_link(self._link, self._links, self._guid, self._base)
        author = self._author or self._source_author
        # By position: by name a record takes twice as long to make.
        return RawEntry(self._guid, url, self._title, tuple(texts), author, at, self._title_is_plain)

    def _read_container(self, parent: Element, depth: int) -> None:
        depth += 1
        by_tag, passed = self._by_tag, self._passed
        for child in parent:
            tag = child.tag
            if tag in passed and not len(child):
                continue
            reader = by_tag.get(tag) or self._find_reader(child)
            reader(child, depth)

    def _find_reader(self, element: Element) -> _Reader:
        """Return what reads an element, and keep it where the prefix before its name does not matter."""
        role = self._elements.role(element)
        reader = self._readers.get(role)
        if reader is None:
            raise Unsure(f"{self._elements.name(element)} in an item")
        if is_known(element.tag):
            self._by_tag[element.tag] = reader
            if role is Role.LEAF or role is Role.CONTAINER:
                self._passed.add(element.tag)
        return reader

    def _counts(self, name: str, depth: int) -> bool:
        """Tell whether a value counts: a later one does unless it stands deeper (mixin.py 593)."""
        known = self._depths.setdefault(name, depth)
        if depth < known:
            self._depths[name] = depth
        return depth <= known

    def _read_title(self, element: Element, depth: int) -> None:
        if self._take_title(element, depth):
            self.title_depth = depth

    def _take_title(self, element: Element, depth: int) -> bool:
        value, plain = self._elements.content(element, "text/plain")
        if not -1 < self.title_depth <= depth:
            if self._counts("title", depth):
                self._title = value
            self._title_is_plain = plain
        return bool(value)

    def _read_link(self, element: Element, _: int) -> None:
        if not element.keys():
            text = self._elements.text(element)
            link = self._elements.resolve(text, element) if text else ""
            self._link = mend_query(link.replace("&amp;", "&"))
            self._links.append(("alternate", self._link))
            return
        attributes = read_attributes(element)
        href = find_href(attributes)
        if not href:
            raise Unsure("a link of an unusual form")
        relation = attributes.get("rel", "alternate")
        href = self._elements.resolve(href, element)
        self._links.append((relation, href))
        if relation == "alternate" and attributes.get("type", "text/html") in WEB_PAGES:
            self._link = href

    def _read_id(self, element: Element, depth: int) -> None:
        value, is_link = self._elements.id(element)
        if self._counts("id", depth):
            self._guid = value
        if is_link and self._link is None:
            self._link = value

    def _read_description(self, element: Element, depth: int) -> None:
        self._take_summary(element, depth, "text/html")

    def _read_summary(self, element: Element, depth: int) -> None:
        self._take_summary(element, depth, "text/plain")

    def _take_summary(self, element: Element, depth: int, default: str) -> None:
        # A second summary is content, unless there has been content already (391, 427).
        if self._summary is not None and not self._has_content:
            self._take_content(element, "text/plain")
        else:
            self._keep_summary(element, depth, default)

    def _read_abstract(self, element: Element, depth: int) -> None:
        self._keep_summary(element, depth, "text/plain")

    def _keep_summary(self, element: Element, depth: int, default: str) -> None:
        value, plain = self._elements.content(element, default)
        if self._counts("summary", depth):
            self._summary = value
        self._summary_is_plain = plain

    def _read_content(self, element: Element, _: int) -> None:
        self._take_content(element, "text/plain")

    def _read_encoded(self, element: Element, _: int) -> None:
        self._take_content(element, "text/html")

    def _take_content(self, element: Element, default: str) -> None:
        self._has_content = True
        value, plain = self._elements.content(element, default)
        self._contents.append((value, plain))
        if self._summary is None:
            self._summary = value

    def _read_author(self, element: Element, depth: int) -> None:
        """Read an author; the last one counts."""
        author = read_author(self._elements, element, self._author)
        if self._counts("author", depth):
            self._author = author
        elif len(element):
            raise Unsure("persons of an unusual form")

    def _read_published(self, element: Element, _: int) -> None:
        self._published = self._read_date(element)

    def _read_updated(self, element: Element, _: int) -> None:
        self._updated = self._read_date(element)

    def _read_created(self, element: Element, _: int) -> None:
        self._created = self._read_date(element)

    def _read_date(self, element: Element) -> str:
        text = self._elements.text(element)
        if len(text) >= MAX_DATE:
            raise Unsure("a long date")
        return text

    def _read_enclosure(self, element: Element, _: int) -> None:
        self._links.append(("enclosure", find_href(read_attributes(element))))
        self._elements.text(element)

    def _read_license(self, element: Element, _: int) -> None:
        self._links.append(("license", self._elements.text(element)))

    def _read_original_link(self, element: Element, depth: int) -> None:
        if element.keys():
            raise Unsure("an original link with attributes")
        if self._counts("original link", depth):
            self._original_link = self._elements.text(element)

    def _pass_source(self, source: Element, depth: int) -> None:
        """Pass over where an entry was taken from; only its title is felt outside (mixin.py 582), and Atom's author."""
        elements = self._elements
        self.title_depth = -1
        self._source_author = ""
        for child in source:
            role = elements.role(child)
            if role is Role.TITLE:
                if elements.content(child, "text/plain")[0]:
                    self.title_depth = depth + 1
            elif role is Role.AUTHOR and elements.is_atom:
                self._source_author = read_author(elements, child, self._source_author)
            elif role is Role.AUTHOR or role is Role.CONTRIBUTOR:
                elements.pass_person(child)
            elif role is Role.LEAF:
                elements.pass_leaf(child)
            elif len(child) or role not in (Role.LINK, Role.ID, Role.UPDATED, Role.CONTAINER):
                raise Unsure(f"{elements.name(child)} in a source")

    def _pass_image(self, image: Element, _: int) -> None:
        self.title_depth = -1
        if any(self._elements.name(child) not in ("url", "width", "height") or len(child) for child in image):
            raise Unsure("an image with a title")
