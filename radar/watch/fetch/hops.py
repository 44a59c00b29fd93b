"""Follow redirects by hand: five hops, never from https to http, and a login stays with the host it was given for."""

from dataclasses import dataclass
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit

from radar.records import Feed, FetchError

MAX_HOPS = 5
PERMANENT = (301, 308)
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(slots=True)
class Visit:
    """One feed on its way through redirects."""

    feed: Feed
    url: str
    left: float  # seconds of talking to servers that remain; waiting for a turn is not counted
    login: tuple[str, str] | None = None  # from the feed's own URL, sent to its own host only
    hops: int = 0
    permanent: bool = True  # every hop so far was a 301 or 308


def follow_redirect(visit: Visit, status: int, location: str) -> FetchError | None:
    """Move the visit on to where a redirect leads, or say why it is not followed."""
    feed = visit.feed
    visit.hops += 1
    if visit.hops > MAX_HOPS:
        return FetchError(feed.url, f"the server redirects more than {MAX_HOPS} times", "hard", status)
    try:
        target, _ = split_login(urldefrag(urljoin(visit.url, location.strip())).url)
    except ValueError:
        return FetchError(feed.url, "the server redirects to an address that is not valid", "hard", status)
    if visit.url.startswith("https:") and not target.startswith("https:"):
        return FetchError(feed.url, "the server redirects from https to an insecure address", "hard", status)
    if _origin(target) != _origin(visit.url):
        visit.login = None
    visit.permanent = visit.permanent and status in PERMANENT
    visit.url = target
    return None


def split_login(url: str) -> tuple[str, tuple[str, str] | None]:
    """Take "user:password@" out of a URL."""
    try:
        parts = urlsplit(url)
        if "@" not in parts.netloc:
            return url, None
        login = (unquote(parts.username or ""), unquote(parts.password or ""))
    except ValueError:
        return url, None  # the guard refuses it in a moment
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])), login


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
