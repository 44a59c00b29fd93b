"""Make a document safe to decode and cheap to parse, without changing what it says."""

import codecs
import re
from html.entities import html5

from radar.watch.parse.raw import Unsure

#: Codecs that Python knows but no feed is written in; decoding punycode is quadratic, "undefined" always fails.
_UNUSABLE = frozenset(
    "punycode idna utf_7 utf7 unicode_escape raw_unicode_escape undefined mbcs oem ansi palmos hz hz_gb_2312".split()
)
_DECLARED = re.compile(
    rb"""^\s*(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{0,100})["'][^>]{0,100}>"""
)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\"';\s]*)[\"']?", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00\x00<", b"\x00\x00\xfe\xff", b"\x4c\x6f\xa7\x94")
_SPACES = b" \t\r\n\x0b\x0c"
#: Beginnings of the names of codecs in which ASCII means what it says.
_LIKE_ASCII = ("utf-8", "ascii", "iso8859", "cp125", "koi8", "gb", "euc", "big5")
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})

#: Items beyond this many are dropped from the middle of the document before it is parsed; both ends stay, because some
#: feeds put the newest entry last.
ITEMS_KEPT = 1_000
_ITEM_END = re.compile(rb"</(?:item|entry)\s*>")

# feedparser's expressions for authors and dates take quadratic time on long fields (its issue 562).
_SHORT_FIELDS = re.compile(
    rb"(<(?:(?:\w{1,20}:)?(?:author|creator|contributor|name|email|managingEditor|webMaster|pubDate|date|published|"
    rb"updated|created|issued|modified|lastBuildDate))\b[^<>]{0,200}>[^<]{1000})[^<]+",
    re.IGNORECASE,
)
# References by number; one that names no character makes feedparser give up the whole document.
_NUMBERED = re.compile(rb"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
# What starts like a reference but is none that XML knows: "R&D", "?a=1&b=2", "&nbsp;".
_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)([a-zA-Z][a-zA-Z0-9]{1,30};)?")
_CDATA = re.compile(rb"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_LONG_SPACE = re.compile(rb"[ \t\r\n]{1000,}")


def decode_strictly(body: bytes, charset: str) -> bytes:
    """Return a document in UTF-8; raises Unsure where its encoding takes guessing. `charset` is the server's, or ""."""
    body = body.lstrip(_SPACES)
    if body.startswith(_WIDE):
        raise Unsure("an encoding of wide characters")
    marked = body.startswith(codecs.BOM_UTF8)
    body = body.removeprefix(codecs.BOM_UTF8)
    found = _DECLARED.match(body[:1024])
    declared = found.group(1).decode("ascii", "replace") if found else ""
    for name in filter(None, (charset, declared)):
        if not is_usable(name) or not codecs.lookup(name).name.startswith(_LIKE_ASCII):
            raise Unsure("an unusual encoding")
    if body.isascii():
        return body
    encoding = codecs.lookup(charset or declared or "utf-8").name
    if encoding == "utf-8":
        return body  # the parser refuses bytes that are none
    if marked:
        raise Unsure("two encodings")
    try:
        return body.decode("gb18030" if encoding == "gb2312" else encoding).encode()
    except UnicodeDecodeError as error:
        raise Unsure("not what its encoding says") from error


def mend_document(body: bytes, charset: str) -> bytes:
    """Return the body as it is safe to hand to feedparser; `charset` is the server's, or ""."""
    if body.startswith(_WIDE):
        return body
    body = body.lstrip(_SPACES)
    found = _DECLARED.match(body[:1024])
    declared = found.group(1).decode("ascii", "replace") if found else ""
    if found and not is_usable(declared):
        body = body[: found.start(1)] + b"utf-8" + body[found.end(1) :]
    if "2022" not in declared and "2022" not in charset:  # these switch alphabets by the control character ESC
        body = body.translate(None, _CONTROLS)
    body = _LONG_SPACE.sub(b" ", body)
    body = _NUMBERED.sub(_mend_number, body)
    body = _SHORT_FIELDS.sub(rb"\1", body)
    return _mend_references(drop_middle(body))


def is_usable(name: str) -> bool:
    """Tell whether an encoding's name is one a text may be decoded with."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return False
    # `_is_text_encoding` marks out base64, rot13, zlib and their like.
    return found.name.replace("-", "_") not in _UNUSABLE and bool(getattr(found, "_is_text_encoding", True))


def find_charset(body: bytes, content_type: str) -> str:
    """Return the charset a server names for a body, "" where it names none or one that cannot be meant."""
    found = _CHARSET.search(content_type)
    name = found.group(1) if found else ""
    if not is_usable(name):
        return ""
    if codecs.lookup(name).name in ("iso8859-1", "cp1252", "ascii") and not body.isascii():
        # Servers add their default; bytes above 127 that are valid UTF-8 are nothing else.
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            return name
        return ""
    return name


def _mend_references(body: bytes) -> bytes:
    """Escape bare ampersands and spell out HTML's entities, outside CDATA; one of them makes a document ill-formed.

    Left alone, feedparser recovers, but its recovery reads "R&D" as "R&D;".
    """
    opened = body.count(b"<![CDATA[")
    if b"<!ENTITY" in body or opened != body.count(b"]]>"):
        return body
    parts = _CDATA.split(body) if opened else [body]
    return b"".join(part if part.startswith(b"<![CDATA[") else _AMPERSAND.sub(_mend_reference, part) for part in parts)


def _mend_number(found: re.Match[bytes]) -> bytes:
    """Replace what is half a character, or none."""
    digits = (found.group(1) or found.group(2)).lstrip(b"0")[:8] or b"0"
    number = int(digits, 16 if found.group(1) else 10)
    return found.group() if 0 < number < 0xD800 or 0xDFFF < number < 0x110000 else b"&#xFFFD;"


def _mend_reference(found: re.Match[bytes]) -> bytes:
    name = (found.group(1) or b"").decode("ascii")
    characters = html5.get(name, "") if name else ""
    if characters:
        return "".join(f"&#{ord(c)};" for c in characters).encode("ascii")
    return b"&amp;" + name.encode("ascii")


def drop_middle(body: bytes) -> bytes:
    """Cut the middle out of a document of thousands of items; what remains is as well-formed as before."""
    ends = [found.end() for found in _ITEM_END.finditer(body)]
    if len(ends) <= 2 * ITEMS_KEPT:
        return body
    return body[: ends[ITEMS_KEPT - 1]] + body[ends[-ITEMS_KEPT - 1] :]
