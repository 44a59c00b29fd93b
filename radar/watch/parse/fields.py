"""Turn the fields of a feed, whatever is in them, into clean text and web links."""

import functools
import html
import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import nh3

from radar.text import clean_text

MAX_HTML = 64 * 1024  # characters of a field that are looked at: an HTML parser's work is quadratic in nesting
MAX_TITLE = 300
MAX_SUMMARY = 1_000
MAX_AUTHOR = 120
MAX_URL = 2_000
MAX_ENTRY_ID = 1_000

_TAGS = (
    "a|abbr|address|article|aside|audio|b|big|blockquote|br|button|center|cite|code|dd|del|details|div|dl|dt|em|embed|"
    "figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|meta|"
    "nav|nobr|object|ol|p|param|picture|pre|q|s|script|section|select|small|source|span|strike|strong|style|sub|"
    "summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|tt|u|ul|video|wbr"
)
_MARKUP = re.compile(rf"<(?:/?(?:{_TAGS})(?:[\s/][^<>]*)?>|!--|!\[CDATA\[)", re.IGNORECASE)
_BLOCKS = (
    "address|article|blockquote|br|dd|div|dl|dt|figure|figcaption|h[1-6]|hr|img|li|ol|p|pre|section|table|td|th|tr|ul"
)
_BLOCK = re.compile(rf"<(?=/?(?:{_BLOCKS})\b)", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_ANGLES = re.compile(r"<(/?[a-zA-Z][^<>]*)(?:>|$)")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")

# Tags that neither hide their content nor move it, with attributes about whose end nobody can be of two minds: taking
# such a tag out by hand leaves what an HTML parser would leave. Text between the cells of a table would be moved, so
# there must be none.
_SPACE = r"[ \t\r\n\f]"
_VALUE = r"""(?:"[^"<>]*+"|'[^'<>]*+'|[^ \t\r\n\f"'<>=`]++)"""
_ATTRIBUTE = rf"""{_SPACE}++[^ \t\r\n\f"'<>/=]++(?:{_SPACE}*+={_SPACE}*+{_VALUE})?+"""
_TAG = re.compile(rf"<(?:(/?[a-zA-Z][a-zA-Z0-9]*+)(?:{_ATTRIBUTE})*+{_SPACE}*+/?|!--(?!-?>)[^<>]*--)>")
_SIMPLE_BLOCKS = """address article blockquote br dd div dl dt figure figcaption h1 h2 h3 h4 h5 h6 hr img li ol p pre
    section table td th tr ul"""
_SIMPLE_INLINES = """a abbr aside audio b bdi bdo big center cite code del details dfn em embed font footer header i ins
    kbd label main mark nav picture q s samp small source span strike strong sub summary sup tbody tfoot thead time tt u
    var video wbr"""
_BETWEEN_CELLS = frozenset("table thead tbody tfoot tr /thead /tbody /tfoot /tr /td /th".split())
_IN_TABLE = _BETWEEN_CELLS | {"td", "th", "/table"}
#: What stands in a simple tag's place; None is a comment.
_GAPS: dict[str | None, str] = {None: ""} | {
    f"{slash}{spelling}": gap
    for names, gap in ((_SIMPLE_BLOCKS, " "), (_SIMPLE_INLINES, ""))
    for name in names.split()
    for spelling in (name, name.upper())
    for slash in ("", "/")
}
_ADDRESS = re.compile(r"(?:mailto:)?[^\s@()<>\[\]]{1,200}@[^\s@()<>\[\]]{1,200}")
_CLEANER = nh3.Cleaner(tags=set())
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_MAX_TTL = 7 * 86_400
PLAIN_URL = re.compile(
    r"https?://[A-Za-z0-9._-]*[A-Za-z0-9](?::\d{1,4})?"
    r"(?:/[\w.~:/@!$&()*+,=%-]*(?:\?[\w.~:/?@!$&()*+,;=%-]+)?(?:#[\w.~:/?@!$&()*+,;=%-]+)?)?",
    re.ASCII,
)
_DOUBTFUL = re.compile(r"""[<>"'`{}|\\^]|[^!-~]""")


@functools.lru_cache(maxsize=512)  # an entry's address is asked about twice or thrice
def is_plain_url(address: str) -> bool:
    """Tell whether an address is absolute and of such characters only that nothing can be done to it."""
    return PLAIN_URL.fullmatch(address) is not None


def read_text(value: Any, limit: int, *, plain: bool = False) -> str:
    """Return a field as one line of plain text of at most `limit` characters.

    `plain` says that the feed declares the field as text: then only well-known HTML tags are taken for markup, so that
    a headline on the "<dialog>" element keeps its subject.
    """
    if not isinstance(value, str) or not value:
        return ""
    text = value[:MAX_HTML]
    if "<" not in text and "&" not in text and "]]>" not in text:
        return clean_text(text, limit)
    if not plain:
        for length in (4 * limit, 16 * limit):
            if length < len(text) and (beginning := _read_beginning(text, length, limit)):
                return beginning
    text = _strip_tags(text) if not plain or ("<" in text and _MARKUP.search(text)) else html.unescape(text)
    # Feeds escape markup twice, some three times.
    for _ in range(3):
        if "<" in text and _MARKUP.search(text):
            text = _strip_tags(text)
        elif "&" in text and _REFERENCE.search(text):
            text = html.unescape(text)
        else:
            break
    return clean_text(text, limit)


def read_summary(value: Any, *, plain: bool = False) -> str:
    """Return a summary or content as plain text, in which what still looks like a tag is shown as ‹such›."""
    text = read_text(value, MAX_SUMMARY, plain=plain)
    if "<" not in text:
        return text
    return _ANGLES.sub(r"‹\1›", text).replace("<!", "‹!").replace("<?", "‹?")


@functools.lru_cache(maxsize=256)  # a feed has few authors
def _read_author(value: str) -> str:
    text = read_text(value, MAX_AUTHOR * 2, plain=True)
    name = _ADDRESS.sub("", text) if "@" in text else text
    return read_text(name.strip(' ()<>[],;:"') or text, MAX_AUTHOR, plain=True)


def read_author(value: Any) -> str:
    """Return an author's name without an address; feedparser takes the address of a@b.example to end in "exam"."""
    return _read_author(value[:MAX_HTML]) if isinstance(value, str) and value else ""


def read_link(value: Any, base: str) -> str:
    """Return an absolute http or https URL, or "" where the field holds none."""
    if not isinstance(value, str):
        return ""
    value = value.strip()
    if not value or len(value) > MAX_URL:
        return ""
    if is_plain_url(value):
        return str(value)
    try:
        url: str = urljoin(base, value)
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return ""
    return _DOUBTFUL.sub(_quote_unsafe, url) if usable else ""


def choose_link(link: Any, links: Iterable[tuple[str, Any]], guid: str, base: str) -> str:
    """Return the page of an entry, else whatever else of it can be opened: `links` are (relation, address)."""
    if isinstance(link, str) and link != guid and len(link) <= MAX_URL and is_plain_url(link):
        return link  # as most are
    # feedparser takes every guid for a link unless it is told otherwise, also "12345".
    candidates = [] if link == guid else [link]
    candidates += [href for rel, href in links if rel == "alternate"]
    candidates += [href for rel, href in links if rel != "self"]
    if guid.startswith(("http://", "https://")):
        candidates.insert(0 if link == guid else len(candidates), guid)
    return next((url for url in (read_link(candidate, base) for candidate in candidates) if url), "")


def read_ttl(ttl: Any, period: Any, frequency: Any) -> int:
    """Return the seconds a feed asks to be left alone: RSS `ttl` in minutes, or the syndication module's hints."""
    ttl = str(ttl or "").strip()
    if re.fullmatch(r"\d{1,7}", ttl, re.ASCII):
        return min(int(ttl) * 60, _MAX_TTL)
    seconds = _PERIODS.get(str(period or "").strip().lower(), 0)
    frequency = str(frequency or "").strip()
    times = int(frequency) if re.fullmatch(r"[1-9]\d{0,4}", frequency, re.ASCII) else 1
    return min(seconds // times, _MAX_TTL)


def _strip_tags(text: str) -> str:
    """Take the markup out of HTML and undo its character references; scripts and styles go with their content."""
    if "<![" in text or "]]>" in text:
        text = _CDATA.sub(" ", text)
    bare = _strip_simple_tags(text)
    if bare is None:
        # A lone surrogate, as JSON can name one, is nothing that nh3 takes.
        bare = _CLEANER.clean(_BLOCK.sub(" <", text).encode("utf-8", "replace").decode("utf-8"))
    return html.unescape(bare)


def _strip_simple_tags(text: str) -> str | None:
    """Return text without its tags, None where there are others than simple ones."""
    pieces = _TAG.split(text)
    names = pieces[1::2]
    try:
        pieces[1::2] = [_GAPS[name] for name in names]
    except KeyError:
        return None
    if not _BETWEEN_CELLS.isdisjoint(names):
        for number, name in enumerate(names[:-1]):
            if name in _BETWEEN_CELLS and (names[number + 1] not in _IN_TABLE or pieces[2 * number + 2].strip()):
                return None
    bare = "".join(pieces)
    return None if "<" in bare else bare


def _read_beginning(text: str, length: int, limit: int) -> str:
    """Return the first `limit` characters of HTML from its first `length`, "" where they are not enough or unsure.

    What comes later in a document does not change what was before it (but for text astray in a table); only a second
    layer of markup could be cut in half, and then the whole is read.
    """
    beginning = _strip_tags(text[: max(text.rfind("<", 0, length), 0)])
    if "<" in beginning or ("&" in beginning and html.unescape(beginning) != beginning):
        return ""
    enough = clean_text(beginning)
    return clean_text(enough, limit) if len(enough) > limit else ""


def _quote_unsafe(found: re.Match[str]) -> str:
    """Percent-encode what could end an attribute, break a line or hide."""
    c = found.group()
    if c in "<>\"'`{}|\\^" or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Co", "Cn"):
        return quote(c, safe="", errors="replace")
    return c
