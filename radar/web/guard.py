"""The outermost layer: which host names are answered to, the headers on every answer, HEAD from GET."""

from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from radar.config import WebSettings

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
    # What an answer does not allow to be kept is not kept: it may be confidential.
    "Cache-Control": "private, no-store",
}
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
API_HEADERS = {**_COMMON, "Content-Security-Policy": _NOTHING}
PAGE_HEADERS = {**_COMMON, "Content-Security-Policy": _NOTHING}  # a page names its own styles and forms

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_EVERY_INTERFACE = ("", "0.0.0.0", "::")


def is_page(path: str) -> bool:
    """Tell whether people look at that path; everything else is for programs."""
    return not path.startswith(("/api/", "/healthz", "/readyz"))


def allowed_hosts(web: WebSettings) -> frozenset[str]:
    """Return the host names to answer to: where we listen, the public address, and those the operator lists."""
    names = {web.host.strip("[]").lower(), *(read_host(name) for name in web.allowed_hosts)}
    if web.host in (*_EVERY_INTERFACE, *_LOOPBACK):
        names.update(_LOOPBACK)
    if web.public_url:
        names.add((urlsplit(web.public_url).hostname or "").lower())
    return frozenset(names - set(_EVERY_INTERFACE))


def read_host(header: str) -> str:
    """Return the name in a Host header, lower-case, without its port and brackets; "" where it is malformed."""
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port
    except ValueError:
        return ""
    if parts.netloc != header or "@" in header:
        return ""
    return (parts.hostname or "").rstrip(".").lower()


class Guard:
    """ASGI middleware around the whole application.

    The Host allow-list keeps other sites' pages from reaching a Radar on the reader's own machine by rebinding their
    name to it. Ports are not compared: a container or a proxy may show another one.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], refuse: Callable[[Request], Response]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        defaults = PAGE_HEADERS if is_page(scope["path"]) else API_HEADERS
        head = scope["method"] == "HEAD"

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in defaults.items():
                    headers.setdefault(name, value)
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1 or read_host(named[0].decode("latin-1")) not in self._hosts:
            await self._refuse(Request(scope))(scope, receive, send_guarded)
            return
        await self._app({**scope, "method": "GET"} if head else scope, receive, send_guarded)
