"""A loopback server that answers with exactly the bytes a test wants, and keeps the requests it received."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

RSS = b'<rss version="2.0"><channel><title>T</title><item><title>One</title><guid>1</guid></item></channel></rss>'


@dataclass
class Request:
    """One request, as it came over the wire."""

    path: str
    headers: dict[str, bytes]
    lines: list[bytes]
    at: float


Answer = bytes | Iterable[bytes]


def answer(status: int = 200, body: bytes = b"", **headers: str | bytes) -> bytes:
    """Build an answer; underscores in header names become hyphens."""
    lines = [f"HTTP/1.1 {status} Whatever".encode()]
    headers.setdefault("Content_Length", str(len(body)))
    for name, value in headers.items():
        lines.append(name.replace("_", "-").encode() + b": " + (value.encode() if isinstance(value, str) else value))
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


@dataclass
class Server:
    """Serves `routes` from a free port; a context manager."""

    routes: dict[str, Callable[[Request], Answer]] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    greeting: bytes = b""  # sent before anything is read
    address: str = "127.0.0.1"  # another of 127.0.0.0/8 makes another host
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    open: int = 0
    most_open: int = 0

    def __enter__(self) -> Self:
        self._socket = socket.create_server((self.address, 0), backlog=256)
        self._lock = threading.Lock()
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._socket.close()

    @property
    def host(self) -> str:
        return f"{self.address}:{self.port}"

    def url(self, path: str = "/feed") -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}{path}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.open += 1
            self.most_open = max(self.most_open, self.open)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            if self.tls:
                connection = stack.enter_context(self.tls.wrap_socket(connection, server_side=True))
            connection.settimeout(20)
            connection.sendall(self.greeting)
            raw = b""
            while b"\r\n\r\n" not in raw:
                piece = connection.recv(65536)
                if not piece:
                    return
                raw += piece
            lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
            path = lines[0].split(b" ")[1].decode()
            headers = {k.decode().lower(): v.removeprefix(b" ") for k, _, v in (x.partition(b":") for x in lines[1:])}
            request = Request(path, headers, lines, time.monotonic())
            self.requests.append(request)
            route = self.routes.get(path) or self.routes.get("*")
            sent = route(request) if route else answer(404)
            for part in [sent] if isinstance(sent, bytes) else sent:
                connection.sendall(part)
        with self._lock:
            self.open -= 1


def drip(*pieces: bytes, pause: float) -> Iterator[bytes]:
    """Send pieces with pauses, the last one again and again, without end."""
    yield from pieces[:-1]
    while True:
        yield pieces[-1]
        time.sleep(pause)
