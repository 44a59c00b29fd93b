"""Say in plain words why a visit failed, and how long that failure usually lasts."""

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import Literal

import aiohttp
import httpx

from radar.watch.guard import BlockedAddress

Grade = Literal["temporary", "soft", "hard", "gone", "refused"]

_STATUS: dict[int, tuple[str, Grade]] = {
    401: ("the server wants a login", "refused"),
    402: ("the server wants to be paid", "refused"),
    403: ("the server refuses Radar", "refused"),
    404: ("the server does not find the feed", "soft"),
    407: ("a proxy wants a login", "refused"),
    408: ("the server took the request for too slow", "temporary"),
    410: ("the server says the feed is gone for good", "gone"),
    425: ("the server wants the request repeated later", "temporary"),
    429: ("the server asks Radar to slow down", "temporary"),
    451: ("the server may not show the feed for legal reasons", "refused"),
    500: ("the server has an error of its own", "temporary"),
    502: ("the server's gateway has an error", "temporary"),
    503: ("the server is overloaded or being maintained", "temporary"),
    504: ("the server's gateway took too long", "temporary"),
}

# X509_V_ERR_… of OpenSSL, as far as an operator can do something about them.
_CERTIFICATE = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by itself",
    19: "is signed by an unknown authority",
    20: "is signed by an unknown authority",
    21: "is signed by an unknown authority",
    23: "has been revoked",
    62: "is for another name",
    64: "is for another address",
}


def describe_status(status: int) -> tuple[str, Grade]:
    """Return the reason and the grade of an HTTP status that brought no feed."""
    words, grade = _STATUS.get(status, ("", "hard"))
    if not words and status >= 500:
        words, grade = "the server failed", "temporary"
    elif not words and status < 300:
        words, grade = "the server answers without a feed", "soft"
    elif not words and status < 400:
        words = "the server redirects without saying where"
    return f"{words or 'the server rejects the request'} ({status})", grade


def describe_failure(error: BaseException, timeout: float) -> tuple[str, Grade]:
    """Return the reason and the grade of an exception raised on the way to an answer."""
    causes = list(_unwrap(error))
    for cause in causes:
        if isinstance(cause, BlockedAddress):
            return f"not contacted: {cause}", "refused"
        if isinstance(cause, socket.gaierror):
            if cause.errno == socket.EAI_AGAIN:
                return "the name server does not answer", "temporary"
            return "the host name does not resolve", "hard"
        if isinstance(cause, ssl.SSLCertVerificationError) and not isinstance(cause, aiohttp.ClientError):
            what = _CERTIFICATE.get(cause.verify_code, f"is not trusted ({cause.verify_message})")
            return f"the server's certificate {what}", "hard"
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, aiohttp.ClientError):
            return f"no secure connection could be made ({cause.reason or 'TLS error'})", "hard"
        if isinstance(cause, ConnectionRefusedError):
            return "the server refuses connections", "temporary"
        if isinstance(cause, OSError) and cause.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
            return "the server cannot be reached from here", "temporary"
    for cause in causes:
        if isinstance(cause, aiohttp.ServerDisconnectedError | ConnectionResetError | BrokenPipeError):
            return "the server breaks off the connection", "temporary"
        if isinstance(cause, aiohttp.ClientPayloadError):
            return "the answer breaks off", "temporary"
        if isinstance(cause, aiohttp.ClientResponseError):
            if "Got more than" in cause.message:
                return "the answer's headers are too long", "hard"
            return "the answer is not valid HTTP", "hard"
        if isinstance(cause, aiohttp.InvalidURL | httpx.InvalidURL | httpx.UnsupportedProtocol):
            return "the address is not valid", "hard"
        if isinstance(cause, TimeoutError | httpx.TimeoutException) and not isinstance(cause, httpx.ConnectTimeout):
            return f"the server took longer than {timeout:g} s", "temporary"
    if isinstance(error, ValueError | AssertionError):
        return "the address is not valid", "hard"
    return "the connection failed", "temporary"


def _unwrap(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what caused it, outermost first."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
        # aiohttp's errors are OSErrors and SSLErrors too, but only what they carry knows the details.
        inners = (getattr(cause, name, None) for name in ("os_error", "certificate_error"))
        waiting += [inner for inner in inners if isinstance(inner, BaseException)]
