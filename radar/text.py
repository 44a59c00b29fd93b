"""Text as Radar compares it: clean strings, tokens that keep C++ and 5G whole, canonical URLs, stable ids."""

import contextlib
import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterable

# Characters that carry no text but can hide or reorder it: zero-width marks, bidirectional controls, BOM.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# Control characters, line and paragraph separators: Unicode's Cc, Zl and Zp.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPACED = bytes(32 if byte < 32 or byte == 127 else byte for byte in range(256))  # ASCII, its controls as spaces
_SPACES = re.compile(rb"  +")
_ASCII = bytes(range(128))
# Normalising takes time quadratic in the marks that are piled on one letter. No language has more than a few; Unicode's
# stream-safe format (UAX 15, section 13) has at most 30.
_MOST_MARKS = 30
_PILE = re.compile(rf"[^\w\s!-~]{{{_MOST_MARKS + 1},}}")  # such marks, and signs like dashes
_PLENTY = 8  # a text this many times longer than its limit is cleaned only as far as it is shown

# Runs of letters first: one alternative a letter would take three times as long.
_TOKEN = re.compile(r"[a-z0-9]+(?:(?:[+#](?![a-z0-9])|[.&'](?=[a-z0-9]))[a-z0-9]*)*")
_INITIALS = re.compile(r"(?:[a-z]\.)+[a-z]?")
# Names whose sign is part of the name; search engines reduce both C++ and C# to "c".
_SPELLED = {"c++": "cplusplus", "c#": "csharp", "f#": "fsharp", "at&t": "att", "g++": "gplusplus"}
_VERSIONED = re.compile(r"(?<![a-z0-9])(c\+\+|c#|f#)(?=[0-9])")  # C++20: the name and its version
_DOT_NAMES = re.compile(r"(?<![a-z0-9])\.net\b")
_NOT_PLURAL = frozenset(
    """aws ios dns gps news series kubernetes devops analytics saas paas iaas tls https cms sms always bias lens canvas
    chaos atlas macos chromeos bios ddos postgres""".split()
)
# Plurals the endings alone would fold to something their singular is not.
_SINGULARS = {
    "analyses": "analysis", "apis": "api", "biases": "bias", "bonuses": "bonus", "buses": "bus", "cpus": "cpu",
    "emojis": "emoji", "gpus": "gpu", "indices": "index", "kpis": "kpi", "matrices": "matrix", "menus": "menu",
    "npus": "npu", "robotaxis": "robotaxi", "taxis": "taxi", "tpus": "tpu", "wikis": "wiki",
    "caches": "cache", "campuses": "campus", "canvases": "canvas", "cookies": "cookie", "crises": "crisis",
    "headaches": "headache", "lenses": "lens", "movies": "movie", "quizzes": "quiz", "selfies": "selfie",
    "statuses": "status", "viruses": "virus", "zombies": "zombie",
}  # fmt: skip

STOP_WORDS = frozenset(
    """a about after all also an and any are as at be because been before being between both but by can could did
    do does down during each for from further had has have he her here him his how i if in into is it its just may me
    more most my new no nor not now of off on once only or other our out over own per said same says she should so
    some such than that the their them then there these they this those through to too under until up us use very was
    we were what when where which while who why will with would you your""".split()
)

TRACKERS = frozenset(
    """fbclid gclid dclid gbraid wbraid msclkid yclid twclid igshid mc_cid mc_eid mkt_tok _hsenc _hsmi vero_id
    oly_enc_id oly_anon_id ref_src cmpid ncid sh guccounter guce_referrer guce_referrer_sig ito ftag taid wt_mc cmp ocid
    at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4""".split()
)


def clean_text(text: str, limit: int = 0) -> str:
    """Return text as one line of valid, visible Unicode; with a limit, cut at a word and close with an ellipsis.

    Control characters, lone surrogates, zero-width and bidirectional marks go: they come from feeds and would reach
    terminals, mail headers and pages.
    """
    if limit and len(text) > _PLENTY * limit:
        # Nothing beyond the cut can change what is before it: a space joins with no letter.
        beginning = _clean(text[: max(text.rfind(" ", 0, _PLENTY * limit), 0)])
        text = beginning if len(beginning) > limit else _clean(text)
    else:
        text = _clean(text)
    if limit and len(text) > limit:
        cut = text[: limit - 1]
        space = cut.rfind(" ")
        text = (cut[:space] if space > limit // 2 else cut).rstrip(" ,;:–-") + "…"
    return text


def _clean(text: str) -> str:
    if text.isascii():
        # Half the work of the same on text; splitting would make an object of every word.
        return _SPACES.sub(b" ", text.encode().translate(_SPACED)).strip(b" ").decode()
    written = text.encode("utf-8", "replace")
    text = written.decode()
    # Most texts have few characters beyond ASCII, and only those can be invisible.
    if _INVISIBLE.search(written.translate(None, _ASCII).decode()):
        text = _INVISIBLE.sub("", text)
    text = _compose(text)  # after that: a mark between two letters has gone
    if "  " not in text and text.isprintable():  # then its only white space are single blanks
        return text.strip()
    text = " ".join(text.split())
    if not text.isprintable():  # else it has no control characters
        text = " ".join(_CONTROL.sub(" ", text).split())
    return text


def _compose(text: str) -> str:
    """Return text in Unicode's form NFC; where that takes sorting marks, without those piled too high on a letter."""
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _PILE.sub(_cut_pile, text))


def _cut_pile(found: re.Match[str]) -> str:
    kept, height = [], 0
    for c in found.group():
        height = height + 1 if unicodedata.combining(c) else 0
        if height <= _MOST_MARKS:
            kept.append(c)
    return "".join(kept)


def stable_id(*parts: str) -> str:
    """Return 20 hexadecimal digits that depend on the parts alone, on every machine and in every run."""
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=10).hexdigest()


def split_tokens(text: str) -> list[str]:
    """Return the words of a text in order, lower-case, with the names of technologies kept whole.

    "C++" gives cplusplus, "C#" csharp, ".NET" dotnet, "A.I." ai, "node.js" node.js, "Wi-Fi" wifi, "Zürich" zurich.
    """
    if not text.isascii():
        text = text.replace("\u2019", "'").replace("\u2010", "-").replace("\u2011", "-")
        text = unicodedata.normalize("NFD", text)
        for mark in {c for c in set(text) if unicodedata.combining(c)}:
            text = text.replace(mark, "")
    text = text.lower()
    if ".net" in text:
        text = _DOT_NAMES.sub(" dotnet", text)
    text = text.replace("wi-fi", "wifi").replace("e-mail", "email").replace("e-commerce", "ecommerce")
    if "+" in text or "#" in text:
        text = _VERSIONED.sub(r"\1 ", text)
    return list(map(_spell_token, _TOKEN.findall(text)))


@functools.lru_cache(maxsize=65536)
def _spell_token(token: str) -> str:
    token = token.removesuffix("'s")
    token = _SPELLED.get(token, token)
    return token.replace(".", "") if "." in token and _INITIALS.fullmatch(token) else token


@functools.lru_cache(maxsize=65536)
def fold_plural(token: str) -> str:
    """Return an English plural as its singular; names and short words stay as they are."""
    if token in _SINGULARS:
        return _SINGULARS[token]
    if len(token) < 4 or token[-1] != "s" or token in _NOT_PLURAL or token[-2] in "su'i" or "." in token:
        return token
    if token.endswith("ies") and len(token) > 4:
        return token[:-3] + "y"
    if token.endswith(("xes", "ches", "shes", "sses")):
        return token[:-2]
    return token[:-1]


def split_terms(text: str) -> list[str]:
    """Return the tokens of a text as search and tagging compare them: plurals folded, stop words kept out."""
    return [fold_plural(token) for token in split_tokens(text) if token not in STOP_WORDS]


def fold_phrase(phrase: str) -> str:
    """Return a name as a run of folded tokens, so that "AI note-takers" and "AI note taker" are one."""
    return " ".join(fold_plural(token) for token in split_tokens(phrase))


def hint_close(name: str, known: Iterable[str]) -> str:
    """Return the question whether one of the known names was meant that are close to a name; "" if none is."""
    from difflib import get_close_matches  # only a mistake pays for it

    close = get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else ""


# A closing number is the title's own ("… - week 46"), not a publisher's.
_PUBLISHER_SUFFIX = re.compile(r"\s+[|–—-]\s+[^|–—-]{1,39}[^|–—\s\d-]$")


def normalise_title(title: str) -> str:
    """Return a title as reprints share it: words only, without a closing " | Publisher"."""
    trimmed = _PUBLISHER_SUFFIX.sub("", title) if title.count(" ") > 4 else title
    return " ".join(split_tokens(trimmed))


_WEB_URL = re.compile(r"https?://[^\s/?#]+(?:[/?#]|$)", re.IGNORECASE)


def canonicalise_url(url: str) -> str:
    """Return the URL under which reprints and trackers of one page meet; idempotent.

    Scheme and host are lower-cased, default ports, fragments, tracking parameters and "www." go, the query is sorted,
    http becomes https (a page reachable both ways is one page). A string that is no web URL comes back unchanged.
    """
    from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

    from url_normalize import url_normalize

    if not _WEB_URL.match(url):
        return url
    try:
        parts = urlsplit(url_normalize(url) or "")
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return url
    host = parts.hostname.rstrip(".")
    while host.startswith("www.") and host.count(".") > 1:
        host = host[4:]
    if ":" in host:
        host = f"[{host}]"
    if port and port not in (80, 443):
        host = f"{host}:{port}"
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in TRACKERS and not name.lower().startswith("utm_")
    )
    return urlunsplit(("https", host, parts.path.rstrip("/") or "/", urlencode(kept), ""))


def hide_login(url: str) -> str:
    """Return an address without the user and password it may hold."""
    from urllib.parse import urlsplit, urlunsplit

    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url


def host_of(url: str) -> str:
    """Return the host a URL leads to, "" where it names none: feeds of one host are asked one after the other."""
    from urllib.parse import urlsplit

    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


@functools.cache
def _suffixes() -> "object":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


#: Hosts of other people's sites that the public suffix list does not know as such: ada.substack.com is Ada's.
_HOSTS_OF_MANY = frozenset(
    """beehiiv.com buttondown.email dreamwidth.org ghost.io hashnode.dev home.blog livejournal.com medium.com micro.blog
    over-blog.com posthaven.com substack.com svbtle.com tistory.com tumblr.com typepad.com wordpress.com write.as
    """.split()
)
_BLOGSPOT = re.compile(r"blogspot(?:\.[a-z]{2,3}){1,2}")  # the list knows blogspot.com, and lost its national twins


@functools.lru_cache(maxsize=4096)
def owner_domain(url: str) -> str:
    """Return the registrable domain of a URL's host (news.bbc.co.uk → bbc.co.uk), or the host where there is none.

    An address in numbers is its own owner; a string that is no URL has none (""). What several people publish under one
    host name (medium.com/@ada) is one owner here.
    """
    from urllib.parse import urlsplit

    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    if ":" in host or host.replace(".", "").isdigit():
        return host
    with contextlib.suppress(UnicodeError):  # no host name at all, but still one voice
        host = host.encode("idna").decode("ascii")
    owner: str | None = _suffixes().privatesuffix(host)  # type: ignore[attr-defined]  # the package ships no types
    if owner and owner != host and (owner in _HOSTS_OF_MANY or _BLOGSPOT.fullmatch(owner)):
        name = host.removesuffix(f".{owner}").rpartition(".")[2]
        return owner if name == "www" else f"{name}.{owner}"
    return owner or host


def count_words(text: str) -> int:
    """Return the number of words, for reading times and limits."""
    return len(text.split())


# By hand, because email.utils.parseaddr takes the first of several addresses and misreads some (CVE-2023-27043).
_MAILBOX = re.compile(r" *(?:([^<>]*)<([^<>]*)>|([^<> ]*)) *")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9.-]+)")
_DOMAIN = re.compile(r"(?!.{254})[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}))*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def split_mailbox(text: str) -> tuple[str, str]:
    """Return name and address of "Name <name@example.org>" or "name@example.org". Raises ValueError with the reason."""
    written = _MAILBOX.fullmatch(text) if not _CONTROLS.search(text) else None
    name, spec = (written[1] or "", written[2] or written[3]) if written else ("", "")
    found = _ADDRESS.fullmatch(spec)
    if not found or len(spec) > 254 or len(spec.split("@")[0]) > 64 or not is_mail_domain(found[1]):
        raise ValueError(f"{clean_text(text, 100)!r} is no mail address; write it as name@example.org")
    return name.strip().strip('"'), spec


def is_mail_domain(domain: str) -> bool:
    """Tell whether a mail address or a Message-ID can end in a domain."""
    return bool(_DOMAIN.fullmatch(domain))
