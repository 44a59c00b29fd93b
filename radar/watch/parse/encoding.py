"""Make a document safe to decode and cheap to parse, without changing what it says."""

import codecs
import re
from html.entities import html5

#: Codecs that Python knows but no feed is written in; decoding punycode is quadratic, "undefined" always fails.
_UNUSABLE = frozenset(
    "punycode idna utf_7 utf7 unicode_escape raw_unicode_escape undefined mbcs oem ansi palmos hz hz_gb_2312".split()
)
_DECLARED = re.compile(
    rb"""^\s*(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{0,100})["'][^>]{0,100}>"""
)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\"';\s]*)[\"']?", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00\x00<", b"\x00\x00\xfe\xff", b"\x4c\x6f\xa7\x94")
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})

#: Items beyond this many are dropped from the middle of the document before it is parsed; both ends stay, because some
#: feeds put the newest entry last.
_ITEMS_KEPT = 1_000
_ITEM_END = re.compile(rb"</(?:item|entry)\s*>")

# feedparser's expressions for authors and dates take quadratic time on long fields (its issue 562).
_SHORT_FIELDS = re.compile(
    rb"(<(?:(?:\w{1,20}:)?(?:author|creator|contributor|name|email|managingEditor|webMaster|pubDate|date|published|"
    rb"updated|created|issued|modified|lastBuildDate))\b[^<>]{0,200}>[^<]{1000})[^<]+",
    re.IGNORECASE,
)
# A reference to half a character: one of them makes feedparser give up the whole document.
_SURROGATE = re.compile(
    rb"&#(?:x0*d[89a-f][0-9a-f]{2}|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));",
    re.IGNORECASE,
)
# What starts like a reference but is none that XML knows: "R&D", "?a=1&b=2", "&nbsp;".
_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)([a-zA-Z][a-zA-Z0-9]{1,30};)?")
_CDATA = re.compile(rb"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_LONG_SPACE = re.compile(rb"[ \t\r\n]{1000,}")


def prepare_document(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return the body and its content type as they are safe to hand to feedparser."""
    content_type = _check_charset(body, content_type)
    if body.startswith(_WIDE):
        return body, content_type
    body = body.lstrip(b" \t\r\n\x0b\x0c")
    found = _DECLARED.match(body[:1024])
    declared = found.group(1).decode("ascii", "replace") if found else ""
    if found and not is_usable(declared):
        body = body[: found.start(1)] + b"utf-8" + body[found.end(1) :]
    if "2022" not in declared and "2022" not in content_type:  # these switch alphabets by the control character ESC
        body = body.translate(None, _CONTROLS)
    body = _LONG_SPACE.sub(b" ", body)
    body = _SURROGATE.sub(b"&#xFFFD;", body)
    body = _SHORT_FIELDS.sub(rb"\1", body)
    return _mend_references(_drop_middle(body)), content_type


def is_usable(name: str) -> bool:
    """Tell whether an encoding's name is one a text may be decoded with."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return False
    # `_is_text_encoding` marks out base64, rot13, zlib and their like.
    return found.name.replace("-", "_") not in _UNUSABLE and bool(getattr(found, "_is_text_encoding", True))


def _check_charset(body: bytes, content_type: str) -> str:
    """Drop a charset from the content type that cannot be meant."""
    found = _CHARSET.search(content_type)
    if not found:
        return content_type
    name = found.group(1)
    keep = is_usable(name)
    if keep and codecs.lookup(name).name in ("iso8859-1", "cp1252", "ascii") and not body.isascii():
        # Servers add their default; bytes above 127 that are valid UTF-8 are nothing else.
        try:
            body.decode("utf-8")
            keep = False
        except UnicodeDecodeError:
            pass
    if keep:
        return content_type
    bare = content_type[: found.start()] + content_type[found.end() :]
    # Without a charset feedparser takes text/xml for ASCII (RFC 3023); application/xml leaves it to the document.
    return bare.replace("text/xml", "application/xml")


def _mend_references(body: bytes) -> bytes:
    """Escape bare ampersands and spell out HTML's entities, outside CDATA; one of them makes a document ill-formed.

    Left alone, feedparser recovers, but its recovery reads "R&D" as "R&D;".
    """
    opened = body.count(b"<![CDATA[")
    if b"<!ENTITY" in body or opened != body.count(b"]]>"):
        return body
    parts = _CDATA.split(body) if opened else [body]
    return b"".join(part if part.startswith(b"<![CDATA[") else _AMPERSAND.sub(_mend_reference, part) for part in parts)


def _mend_reference(found: re.Match[bytes]) -> bytes:
    name = (found.group(1) or b"").decode("ascii")
    characters = html5.get(name, "") if name else ""
    if characters:
        return "".join(f"&#{ord(c)};" for c in characters).encode("ascii")
    return b"&amp;" + name.encode("ascii")


def _drop_middle(body: bytes) -> bytes:
    """Cut the middle out of a document of thousands of items; what remains is as well-formed as before."""
    ends = [found.end() for found in _ITEM_END.finditer(body)]
    if len(ends) <= 2 * _ITEMS_KEPT:
        return body
    return body[: ends[_ITEMS_KEPT - 1]] + body[ends[-_ITEMS_KEPT - 1] :]
