"""Carry httpx's requests with libcurl: every connection past the guard, one request for one asked, nothing endless."""

import asyncio
import atexit
import ipaddress
import math
import re
import ssl
import tempfile
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import certifi
import httpx
import pycurl

from radar.watch.guard import BlockedAddress, Guard, GuardedResolver

MAX_HEADER = 32 * 1024  # bytes in one header line
MAX_HEADERS = 128  # lines
#: Of an answer that brings no feed this much is read, to keep the connection; a longer one is broken off.
MAX_SPARE = 64 * 1024
KEPT_OPEN = 256  # idle connections
IDLE = 5  # seconds until an idle connection is not used again
_FORGETFUL = 60.0  # seconds a name's addresses are remembered

_STATUS_LINE = re.compile(rb"HTTP/[\d.]+ (\d{3})(?: |\r|\n|$)")
_FORBIDDEN = re.compile(rb"[\r\n\0]")
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


class TransferFailed(httpx.TransportError):
    """libcurl gave up: `code` is its CURLE_…, `errno` the system's, `verified` OpenSSL's X509_V_ERR_… (0: none)."""

    def __init__(self, code: int, text: str, *, errno: int = 0, verified: int = 0, begun: bool = False) -> None:
        super().__init__(text)
        self.code, self.errno, self.verified = code, errno, verified
        self.begun = begun  # the answer's headers were complete


class HeadersTooLong(httpx.RemoteProtocolError):
    """The answer's headers pass every measure."""


class CurlTransport(httpx.AsyncBaseTransport):
    """An httpx transport over libcurl, for GET without a body; an async context manager.

    libcurl costs a tenth of what httpx's own transport does (docs/benchmarks.md). An answer comes with its raw body,
    still compressed, of at most `limit` + 1 bytes: a longer one was broken off. `authorities` is a PEM file of the
    certificates to trust instead of the machine's. Raises httpx.TransportError, BlockedAddress and what resolving a
    name raises.
    """

    def __init__(self, guard: Guard, *, limit: int, authorities: str = "") -> None:
        self._guard = guard
        self._limit = limit
        self._authorities = authorities
        self._resolver = GuardedResolver(guard)
        self._resolved: dict[tuple[str, int], tuple[float, list[str]]] = {}  # until when, what
        self._multi = pycurl.AsyncCurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, KEPT_OPEN)
        self._idle: list[pycurl.Curl] = []
        #: Hosts that broke off within the headers: libcurl takes such a connection for a good one and keeps it.
        self._breaking: set[tuple[str, int]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Make one request, redirects not followed, and return the answer once it is there.

        `extensions["timeout"]["total"]` bounds all of it, in seconds. Raises TimeoutError and what the class says.
        """
        url, headers = request.url, request.headers.raw
        host, port = url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)
        if any(_FORBIDDEN.search(value) for _, value in headers):
            raise httpx.LocalProtocolError("a header has a line break")
        total: float = request.extensions["timeout"]["total"]
        loop = asyncio.get_running_loop()
        ends = loop.time() + total
        resolved = await self._resolve(host, port, total)
        transfer = _Transfer(self._guard, self._limit)
        curl = self._idle.pop() if self._idle else pycurl.Curl()
        self._prepare(curl, url, headers, transfer)
        curl.setopt(pycurl.TIMEOUT_MS, max(1, int((ends - loop.time()) * 1000)))
        if resolved:
            curl.setopt(pycurl.RESOLVE, resolved)
        if (host, port) in self._breaking:
            curl.setopt(pycurl.FRESH_CONNECT, 1)
        failure = None
        try:
            await self._multi.perform(curl)
        except pycurl.error as error:
            failure = transfer.explain(error.args[0], str(error.args[1]), curl)
        # Not of a cancelled request: its handle is still being taken down.
        curl.reset()
        self._idle.append(curl)
        if failure is not None:
            raise failure
        if not transfer.whole:
            self._breaking.add((host, port))
            raise TransferFailed(pycurl.E_GOT_NOTHING, "the headers break off")
        return httpx.Response(transfer.status, headers=transfer.headers, stream=_Whole(transfer.body), request=request)

    async def _resolve(self, host: str, port: int, total: float) -> list[str]:
        """Return what libcurl must know of a host: the checked addresses of a name, asked for no longer than `total`.

        Of an address nothing: the guard sees it when it is connected to.
        """
        until, known = self._resolved.get((host, port), (0.0, []))
        now = asyncio.get_running_loop().time()
        if now < until:
            return known
        try:
            ipaddress.ip_address(host)
        except ValueError:
            async with asyncio.timeout(total):
                addresses = await self._resolver.resolve(host, port)
            until, known = now + _FORGETFUL, [f"{host}:{port}:{','.join(addresses)}"]
        else:
            until = math.inf
        self._resolved[host, port] = until, known
        return known

    def _prepare(
        self, curl: pycurl.Curl, url: httpx.URL, headers: list[tuple[bytes, bytes]], transfer: "_Transfer"
    ) -> None:
        # Put together from the parts the guard has judged: another parser's idea of the host does not count.
        curl.setopt(pycurl.URL, b"%s://%s%s" % (url.raw_scheme, url.netloc, url.raw_path))
        curl.setopt(pycurl.PATH_AS_IS, 1)
        # What is sent is what the request says: libcurl would leave out a header without a value.
        curl.setopt(pycurl.HTTPHEADER, [name + b": " + value if value else name + b";" for name, value in headers])
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.PROXY, "")  # whatever the environment says: a proxy would connect unguarded
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.MAXAGE_CONN, IDLE)
        if (b"Connection", b"close") in headers:  # the server will close it, and need not say so
            curl.setopt(pycurl.FORBID_REUSE, 1)
        if url.raw_scheme == b"https":
            curl.setopt(pycurl.CAINFO, self._authorities or find_authorities())
        curl.setopt(pycurl.OPENSOCKETFUNCTION, transfer.open_socket)
        curl.setopt(pycurl.PREREQFUNCTION, transfer.ask_once)
        curl.setopt(pycurl.HEADERFUNCTION, transfer.take_header)
        curl.setopt(pycurl.WRITEFUNCTION, transfer.take_body)

    async def aclose(self) -> None:
        """Break off what is under way and close every connection."""
        await self._multi.aclose()
        for curl in self._idle:
            curl.close()
        await self._resolver.close()


@dataclass(slots=True)
class _Transfer:
    """One request and its answer as libcurl brings it; the methods are its callbacks."""

    guard: Guard
    limit: int
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: deque[bytes] = field(default_factory=deque)
    _received: int = 0
    _asked: bool = False
    whole: bool = False  # the headers are complete
    _broken_off: bool = False  # by us: the rest of the body is not wanted
    _too_long: bool = False
    _blocked: BlockedAddress | None = None

    def open_socket(self, purpose: int, address: Any) -> Any:
        """Open a socket for an address that is about to be connected to, if the guard lets it pass."""
        family, kind, proto, target = address
        try:
            return self.guard.make_socket((family, kind, proto, "", target))
        except BlockedAddress as error:
            self._blocked = error
            return pycurl.SOCKET_BAD

    def ask_once(self, *_: object) -> int:
        """Let one request through. libcurl would ask again when a connection it had kept breaks off unanswered: two
        requests where one was due, and no pause between them."""
        again, self._asked = self._asked, True
        return int(pycurl.PREREQFUNC_ABORT if again else pycurl.PREREQFUNC_OK)

    def take_header(self, line: bytes) -> int | None:
        """Take one line: of the status, of a header, or the empty one at the end."""
        if self.whole and self.status >= 200:
            return None  # a trailer after the body
        if len(line) > MAX_HEADER or len(self.headers) >= MAX_HEADERS:
            self._too_long = True
            return -1
        if begins := _STATUS_LINE.match(line):
            self.status, self.whole = int(begins[1]), False
            self.headers.clear()
        elif line in (b"\r\n", b"\n"):
            self.whole = True
        elif line[:1] in (b" ", b"\t") and self.headers:  # RFC 9112 section 5.2: folded
            name, value = self.headers[-1]
            self.headers[-1] = name, value + b" " + line.strip()
        else:
            name, colon, value = line.partition(b":")
            if colon:
                self.headers.append((name.strip(), value.strip()))
        return None

    def take_body(self, piece: bytes) -> int | None:
        """Take the next bytes of the body, as long as they are wanted."""
        self.body.append(piece)
        self._received += len(piece)
        if self._received > (self.limit if self.status == 200 else min(self.limit, MAX_SPARE)):
            self._broken_off = True
            return 0
        return None

    def explain(self, code: int, text: str, curl: pycurl.Curl) -> Exception | None:
        """Return what a failure of libcurl means; None when it was us who broke off and the answer can be used."""
        if self._broken_off:
            return None
        if self._blocked is not None and code == pycurl.E_COULDNT_CONNECT:
            return self._blocked
        if self._too_long:
            return HeadersTooLong(text)
        return TransferFailed(
            code,
            text,
            errno=curl.getinfo(pycurl.OS_ERRNO),
            verified=curl.getinfo(pycurl.SSL_VERIFYRESULT),
            begun=self.whole,
        )


class _Whole(httpx.AsyncByteStream):
    """A body that has arrived."""

    def __init__(self, body: deque[bytes]) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self._body:
            yield self._body.popleft()


@cache
def find_authorities() -> str:
    """Return a PEM file of the public authorities and those this machine's owner installed.

    One file, since libcurl keeps what it has read of a file from one connection to the next, but of a folder or a
    text nothing. A process writes it once; it is gone when the process ends.
    """
    places = ssl.get_default_verify_paths()
    files = [Path(certifi.where()), *([Path(places.cafile)] if places.cafile else [])]
    files += sorted(Path(places.capath).glob("*.[cp][re][tm]")) if places.capath else []
    found = {pem for file in files for pem in _CERTIFICATE.findall(file.read_text("ascii", "replace"))}
    bundle = tempfile.NamedTemporaryFile("w", prefix="radar-", suffix=".pem", encoding="ascii", delete=False)  # noqa: SIM115
    with bundle:
        bundle.write("\n".join(sorted(found)))
    atexit.register(Path(bundle.name).unlink, missing_ok=True)
    return bundle.name
