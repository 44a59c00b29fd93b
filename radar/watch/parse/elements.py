"""Read single elements of a well-formed feed document as feedparser would; the border to lxml.

The numbers in comments are lines of feedparser 6.0's mixin.py.
"""

import functools
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from feedparser.html import _cp1252
from feedparser.mixin import _FeedParserMixin
from feedparser.urls import _urljoin, make_safe_absolute_uri
from lxml import etree

from radar.watch.parse.fields import is_plain_url
from radar.watch.parse.names import HANDLED, Role, find_role, name_element
from radar.watch.parse.raw import Unsure

Element = Any  # an lxml.etree._Element; lxml ships no types

_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html"}
_XHTML = ("xhtml", "application/xhtml+xml")
_ATTRIBUTES_READ = frozenset("type rel href url uri mode version ispermalink lastmod".split())
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_MARKED = re.compile(r"</\w+>|&#?\w+;")  # what looks like HTML has one of these (638)
_LEGACY = re.compile("[\x80-\x9f]")
# The same as bytes of UTF-8 and as references.
_LEGACY_BYTES = (re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"&#0*(?:1[2-5]\d|[xX]0*[89][0-9a-fA-F]);"))
_BASE = re.compile(rb"base\s*=")

# No entity is resolved and nothing is fetched; documents with a DTD do not come here at all.
_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


def parse_xml(document: bytes) -> Element:
    """Return the root of a document in UTF-8; raises Unsure where it is not well-formed."""
    try:
        root: Element = etree.fromstring(document, _PARSER)
    except etree.XMLSyntaxError as error:
        raise Unsure("not well-formed") from error
    return root


def read_attributes(element: Element) -> dict[str, str]:
    """Return the attributes by feedparser's names for them; type and relation in lower case."""
    found = {}
    for key, value in element.items():
        name = key.lower()
        if name.startswith("{"):
            if key == _RDF_ABOUT:
                name = "rdf:about"
            elif name.partition("}")[2] in _ATTRIBUTES_READ:
                raise Unsure("an attribute with a namespace")
        found[name] = value.lower() if name == "type" or name == "rel" else value
    return found


@functools.lru_cache(maxsize=64)  # the same few for all elements of a document
def _join_base(base: str, given: str) -> str:
    return str(make_safe_absolute_uri(base, given))


def find_href(attributes: Mapping[str, str]) -> str | None:
    """Return where an element points, whatever its attribute is called."""
    return attributes.get("url", attributes.get("uri", attributes.get("href")))


class Elements:
    """The elements of one document: their names, their roles, and what is in them."""

    def __init__(self, document: bytes, base: str) -> None:
        """`document` is in UTF-8, `base` its address."""
        self.is_atom = False
        self._document, self._base = document, base

    # Few documents need to know this.

    @functools.cached_property
    def _has_bases(self) -> bool:
        """Tell whether the document has xml:base; raises Unsure where it has that attribute without the namespace."""
        before = {self._document[found.start() - 1 : found.start()] for found in _BASE.finditer(self._document)}
        if any(character.isspace() for character in before):
            raise Unsure("a base attribute without a namespace")
        return b":" in before

    @functools.cached_property
    def _has_legacy(self) -> bool:
        """Tell whether the document has characters of Windows-1252 where Unicode has controls."""
        return any(expression.search(self._document) for expression in _LEGACY_BYTES)

    def name(self, element: Element) -> str:
        """Return feedparser's name for an element."""
        return name_element(element.tag, element.prefix)

    def role(self, element: Element) -> Role:
        """Return what part the element plays."""
        return find_role(element.tag, element.prefix)

    def text(self, element: Element) -> str:
        """Return the text of an element that has nothing else in it."""
        if len(element):
            raise Unsure(f"elements in {self.name(element)}")
        return self._read_text(element)

    def content(self, element: Element, default: str) -> tuple[str, bool]:
        """Return the text of a title, summary or content, and whether it is plain; `default` is its type."""
        kind = default
        is_leaf = not len(element)
        if element.keys():
            attributes = read_attributes(element)
            if attributes.get("mode") == "base64":
                raise Unsure("base64")
            given = attributes.get("type", default)
            kind = _TYPES.get(given, given)
            if kind in _XHTML:
                return self._mend(self._write_markup(element).strip()), False
            if kind not in ("text/plain", "text/html") and not (is_leaf and not element.text):  # Atom's is elsewhere
                raise Unsure("content of an unusual type")
        if not is_leaf:
            return self._mend(self._write_undeclared(element).strip()), False
        text = self._read_text(element)
        plain = kind == "text/plain"
        if plain and not self.is_atom and ("<" in text or "&" in text) and _MARKED.search(text):
            plain = not _FeedParserMixin.looks_like_html(text)
        return text, plain

    def id(self, element: Element) -> tuple[str, bool]:
        """Return an id, and whether it is a link as well: it is, unless it says otherwise."""
        is_link = not element.keys() or read_attributes(element).get("ispermalink", "true") == "true"
        return self.text(element), is_link

    def resolve(self, address: str, element: Element) -> str:
        """Return an address made absolute, against xml:base where there is one."""
        if is_plain_url(address):
            return address
        base = self._base
        if self._has_bases:
            for at in (*reversed([*element.iterancestors()]), element):
                base = _join_base(base, at.get(_XML_BASE) or base) or base
        return str(_urljoin(base, address))

    def pass_leaf(self, element: Element) -> None:
        """Make sure that there is nothing in an element but text, or XHTML where it says so."""
        if len(element):
            if read_attributes(element).get("type") not in _XHTML:
                raise Unsure(f"elements in {self.name(element)}")
            self._write_markup(element)

    def pass_person(self, element: Element) -> None:
        """Make sure that there is nothing in an element but names, addresses and what Radar does not read."""
        named: set[str] = set()
        for child in element.iterdescendants():
            name = self.name(child)
            if self.role(child) not in (Role.LEAF, Role.CONTAINER):
                raise Unsure(f"{name} in {self.name(element)}")
            if (short := name.removeprefix("itunes_")) in ("name", "email"):
                # The second of two, and what stands before an empty one, feedparser may take for the author's.
                if short in named or not (child.text or "").strip():
                    raise Unsure(f"{name} in {self.name(element)}, twice or empty")
                named.add(short)

    def _read_text(self, element: Element) -> str:
        text: str | None = element.text
        if not text:
            return ""
        text = text.strip()
        return text if text.isascii() else self._mend(text)

    def _write_markup(self, element: Element) -> str:
        """Return XHTML as HTML, without attributes: nobody reads them (258, 307)."""
        return escape(element.text or "") + self._write_children(element)

    def _write_undeclared(self, element: Element) -> str:
        """Return XHTML where something else is declared: only from the first tag on is text escaped (242, 347)."""
        if self.name(element[0]) in ("div", "xhtml_div"):
            raise Unsure("a division in text")
        return (element.text or "") + self._write_children(element)

    def _write_children(self, element: Element) -> str:
        pieces: list[str] = []
        for child in element:
            name = self.name(child)
            tag = name.removeprefix("xhtml_")
            if "_" in tag or tag in HANDLED:
                raise Unsure(f"{name} in XHTML")
            pieces += (f"<{tag}>", self._write_markup(child), f"</{tag}>", escape(child.tail or ""))
        return "".join(pieces)

    def _mend(self, text: str) -> str:
        """Undo a wrong encoding within a right one (560)."""
        try:  # noqa: SIM105  # it fails nearly always, and suppress() takes as long as the attempt
            text = text.encode("iso-8859-1").decode("utf-8")
        except ValueError:
            pass
        return text.translate(_cp1252) if not text.isascii() and self._has_legacy and _LEGACY.search(text) else text
