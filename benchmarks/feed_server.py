"""Serve generated feeds on every loopback address, from a process of its own: what the crawling benchmarks read.

A feed is `http://127.x.y.z:PORT/feed/N`: the whole of 127.0.0.0/8 is this machine, so that every feed can have a host
of its own. The documents are generated from a list of words; one number and version always give the same bytes.
"""

import asyncio
import contextlib
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

EPOCH = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # the newest entry of a feed's first version
WORDS = (
    "access adapter agenda alert archive array audit balance battery beacon binary bridge broker browser budget "
    "buffer cable cache camera carrier catalog cell chain channel charter chip circuit client cloud cluster codec "
    "compiler console container contract copper cursor data database decision deploy desk device digital display "
    "document domain driver editor edge engine export fabric factory failure feature fiber field filter firmware "
    "format forum frame gateway graph grid group handheld harbor hardware header history host identity image index "
    "input insight interface journal kernel keyboard label lattice layer ledger lens library license light link logic "
    "machine market matrix meeting memory mesh message metric mirror mobile model module monitor network node "
    "notebook object office operator output packet panel parser partner patch pattern pilot pixel platform policy "
    "portal privacy process product program protocol proxy quality queue radio range record region relay release "
    "report request research router safety sample satellite scanner schema school screen search secure sensor server "
    "service session signal silicon socket software source spectrum standard station storage stream switch symbol "
    "system tablet target teacher terminal token tower tracker traffic transfer travel update upgrade vector vendor "
    "version video voice wallet window wireless worker "
).split()


def write_entries(number: int, entries: int, version: int = 1) -> Iterator[tuple[str, bytes]]:
    """Yield (guid, item) newest first; each further version has one entry more and shows the newest only."""
    for position in range(entries + version - 2, version - 2, -1):
        chance = random.Random(number * 100_003 + position)
        title = " ".join(chance.choices(WORDS, k=7)).capitalize()
        first, second = (" ".join(chance.choices(WORDS, k=35)) for _ in range(2))
        link = f"http://site{number}.example/{2026}/{position}-{title.replace(' ', '-').lower()}"
        at = format_datetime(EPOCH - timedelta(hours=9 * (entries - 1 - position)), usegmt=True)
        guid = f"tag:site{number}.example,2026:{position}"
        html = (
            f'<p>{first} <a href="{link}">read on</a>.</p>\n<p><strong>{chance.choice(WORDS)}</strong> {second} <br/>'
            f'<img src="http://site{number}.example/{position}.png" alt=""/></p>'
        )
        # Most real feeds escape their HTML; the others wrap it.
        description = escape(html) if number % 3 else f"<![CDATA[{html}]]>"
        yield (
            guid,
            f"<item><title>{title} &amp; more</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid>"
            f"<pubDate>{at}</pubDate><dc:creator>{chance.choice(WORDS).capitalize()} Writer</dc:creator>"
            f"<category>{chance.choice(WORDS)}</category><category>{chance.choice(WORDS)}</category>"
            f"<description>{description}</description></item>\n".encode(),
        )


def write_feed(number: int, entries: int, version: int = 1) -> bytes:
    """Write one RSS document; 30 entries are about 32 kB."""
    items = b"".join(item for _, item in write_entries(number, entries, version))
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Site {number}</title><link>http://site{number}.example/</link>"
        f"<description>{WORDS[number % len(WORDS)]} news</description>\n"
    )
    return head.encode() + items + b"</channel></rss>\n"


def host_of(number: int) -> str:
    """Return the loopback address of a host by its number."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"


def url_of(number: int, port: int, hosts: int) -> str:
    """Return the address of a feed when all feeds are spread over so many hosts."""
    return f"http://{host_of(number % hosts)}:{port}/feed/{number}"


def answer(status: int, body: bytes = b"", *headers: str, content_type: str = "application/rss+xml") -> bytes:
    """Build a whole answer."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {content_type}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Farm:
    """The feeds of a server and what it counts; subclasses let some of them misbehave."""

    feeds: int
    entries: int
    version: int = 1
    requests: int = 0
    served: dict[int, int] = field(default_factory=dict)  # whole documents sent, by status
    _documents: dict[int, bytes] = field(default_factory=dict)

    def warm_up(self) -> None:
        """Write all documents ahead, so that no crawler waits for one."""
        for number in range(self.feeds):
            self._documents[number] = self.write(number)

    def write(self, number: int) -> bytes:
        """Return the whole answer with a feed's document."""
        etag = self.etag(number)
        stamp = format_datetime(EPOCH + timedelta(minutes=self.version), usegmt=True)
        return answer(200, write_feed(number, self.entries, self.version), f"ETag: {etag}", f"Last-Modified: {stamp}")

    def etag(self, number: int) -> str:
        """Return the validator of a feed's present version."""
        return f'"{number}-{self.version}"'

    def respond(self, connection: "Connection", path: bytes, head: bytes) -> bytes | None:
        """Return the answer to a request; None when the connection has been taken care of."""
        number = int(path.removeprefix(b"/feed/"))
        self.requests += 1
        status = 304 if b"\r\nif-none-match: " + self.etag(number).encode() in head.lower() else 200
        self.served[status] = self.served.get(status, 0) + 1
        if status == 304:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + self.etag(number).encode() + b"\r\n\r\n"
        return self._documents.get(number) or self.write(number)


class Connection(asyncio.Protocol):
    """One connection: requests in, answers out, kept alive."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head, self._received = self._received[:end], self._received[end + 4 :]
            sent = self._farm.respond(self, head.split(b" ", 2)[1], head)
            if sent is not None:
                self.transport.write(sent)
                if b"\r\nconnection: close" in head.lower():
                    self.transport.close()


async def serve_forever(farm: Farm) -> None:
    """Serve on all loopback addresses; print the port on standard output, end when standard input does."""
    loop = asyncio.get_running_loop()
    listening = socket.socket()
    # All loopback addresses, and none that another machine could reach.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    listening.bind(("0.0.0.0", 0))
    server = await loop.create_server(lambda: Connection(farm), sock=listening, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()


@contextlib.contextmanager
def run_server(*command: str) -> Iterator[int]:
    """Run a server's script in a process of its own; yield its port. It ends with this process, however that ends."""
    process = subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()


def main() -> None:
    """Serve `feeds` feeds of `entries` entries each."""
    feeds, entries = map(int, sys.argv[1:3])
    farm = Farm(feeds, entries)
    farm.warm_up()
    asyncio.run(serve_forever(farm))


if __name__ == "__main__":
    main()
