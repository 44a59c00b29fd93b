"""Crawl a feed farm where one feed in twenty misbehaves; judge by the farm's own ledger what was lost or doubled.

    python benchmarks/farm.py [--feeds 10000] [--kills 0] [--seed 1] [--timeout 30]

The farm is a process of its own; it writes down every document it has sent whole. A first cycle finds everything new, a
second one, two days later on the crawler's clock, finds one more entry in every fifth feed. With --kills the crawler is
killed (SIGKILL) so often, each time somewhere in the next seconds; the feeds it held wait until its lease ends, for
which the crawler's clock is put forward; cycles are added until all kills are used up. A small run:

    python benchmarks/farm.py --feeds 300 --kills 5 --timeout 5
"""

import argparse
import asyncio
import contextlib
import gzip
import json
import logging
import multiprocessing
import os
import random
import signal
import socket
import sqlite3
import struct
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from feed_server import Connection, Farm, answer, host_of, run_server, serve_forever, url_of, write_entries, write_feed

ENTRIES = 25
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
FAULTS = (
    "404 not found",
    "410 gone",
    "500 server error",
    "503 with Retry-After",
    "429 too many requests",
    "redirect to itself",
    "redirect to a private address",
    "HTML page",
    "empty answer",
    "cut off XML",
    "gzip bomb",
    "one byte per half second",
    "connection reset",
    "endless body",
)
WHOLE_ITEMS = 12  # before a document is cut off
BOMB = 300 * 1024 * 1024


def fault_of(number: int) -> str:
    """Return what is wrong with a feed, "" for most."""
    return FAULTS[number // 20 % len(FAULTS)] if number % 20 == 7 else ""


# -- the farm ----------------------------------------------------------------------------------------------------------


class FeedFarm(Farm):
    """Feeds good and bad, and a ledger of the documents sent whole."""

    def __init__(self, feeds: int, private_port: int) -> None:
        super().__init__(feeds, ENTRIES)
        self.private_port = private_port
        self.private_visits = 0
        self.sent: dict[int, set[int]] = {}  # feed → versions
        self.asked: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def version_of(self, number: int) -> int:
        """Return how often a feed has published: every fifth one does when the others do not."""
        return self.version if number % 5 == 0 else 1

    def etag(self, number: int) -> str:
        """Return the validator of a feed's present version."""
        return f'"{number}-{self.version_of(number)}"'

    def respond(self, connection: Connection, path: bytes, head: bytes) -> bytes | None:
        """Answer feeds as they are, and the benchmark's own questions."""
        if path == b"/ledger":
            ledger = {"sent": {n: sorted(v) for n, v in self.sent.items()}, "asked": self.asked}
            return answer(200, json.dumps(ledger | {"private": self.private_visits}).encode())
        if path == b"/publish":
            self.version += 1
            return answer(200, b"")
        number = int(path.removeprefix(b"/feed/"))
        fault = fault_of(number)
        version = self.version_of(number)
        fresh = b"\r\nif-none-match: " + self.etag(number).encode() not in head.lower()
        self.asked[fault or ("whole document" if fresh else "not modified")] += 1
        if fault:
            return self.misbehave(fault, number, connection)
        if not fresh:
            return b"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=86400\r\n\r\n"
        self.sent.setdefault(number, set()).add(version)
        document = write_feed(number, ENTRIES, version)
        return answer(200, document, f"ETag: {self.etag(number)}", "Cache-Control: max-age=86400")

    def misbehave(self, fault: str, number: int, connection: Connection) -> bytes | None:
        """Answer in one of fourteen bad ways."""
        document = write_feed(number, ENTRIES)
        if fault[:3].isdigit():
            status = int(fault[:3])
            wait = ["Retry-After: 7200"] if status in (429, 503) else []
            return answer(status, b"<html>no</html>", *wait, content_type="text/html")
        if fault == "redirect to itself":
            return answer(302, b"", f"Location: /feed/{number}")
        if fault == "redirect to a private address":
            return answer(302, b"", f"Location: http://127.0.0.1:{self.private_port}/feed/{number}")
        if fault == "HTML page":
            return answer(200, b"<!doctype html><html><head><title>Home</title></head><body>Hi</body></html>")
        if fault == "empty answer":
            return answer(200)
        if fault == "cut off XML":
            # In the middle of the next item's title.
            end = _find_all(document, b"<item><title>")[WHOLE_ITEMS]
            return answer(200, document[: end + len(b"<item><title>Some wo")])
        if fault == "gzip bomb":
            return answer(200, _make_bomb(), "Content-Encoding: gzip")
        if fault == "connection reset":
            connection.transport.write(answer(200, document)[:4_000])
            linger = connection.transport.get_extra_info("socket")
            linger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            asyncio.get_running_loop().call_later(0.05, connection.transport.abort)
            return None
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n"
        connection.transport.write(head)
        slow = fault == "one byte per half second"
        task = asyncio.create_task(_pour(connection.transport, b" " if slow else b" " * 65_536, 0.5 if slow else 0.0))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return None


async def _pour(transport: asyncio.Transport, piece: bytes, pause: float) -> None:
    """Send a piece again and again, until nobody listens."""
    while not transport.is_closing():
        if transport.get_write_buffer_size() < 1_000_000:
            transport.write(piece)
        await asyncio.sleep(pause or 0.001)


def _find_all(document: bytes, what: bytes) -> list[int]:
    places, start = [], document.find(what)
    while start >= 0:
        places.append(start)
        start = document.find(what, start + 1)
    return places


@cache
def _make_bomb() -> bytes:
    return gzip.compress(b" " * BOMB, 9)


async def run_farm(feeds: int) -> None:
    """Serve the farm, and beside it the private address that nobody may visit."""
    farm = FeedFarm(feeds, 0)

    class Private(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            farm.private_visits += 1
            transport.close()

    private = await asyncio.get_running_loop().create_server(Private, "127.0.0.1", 0)
    farm.private_port = private.sockets[0].getsockname()[1]
    _make_bomb()
    await serve_forever(farm)


# -- the crawler -------------------------------------------------------------------------------------------------------


def crawl_once(folder: Path, hosts: tuple[str, ...], timeout: int, now: datetime, done: Pipe) -> None:
    """Run one crawl as `radar crawl` does; tell how many feeds were visited."""
    from radar.config import CrawlSettings, Settings
    from radar.pipeline import Pipeline
    from radar.store import open_store

    logging.getLogger("asyncio").setLevel(logging.ERROR)
    crawl = CrawlSettings(contact="https://radar.example/bot", allow=hosts, timeout_seconds=timeout)
    settings = Settings(folder, "", crawl=crawl)
    with open_store(address_of(folder)) as store:
        done.send(Pipeline(store, settings, []).crawl(now).visited)


def address_of(folder: Path) -> str:
    """Return the URL of the benchmark's database."""
    return f"sqlite:///{folder}/radar.db"


@dataclass
class Run:
    """The crawler under observation: its clock, its memory, its ends."""

    folder: Path
    hosts: tuple[str, ...]
    timeout: int
    clock: datetime = NOW
    peak: int = 0  # bytes, all its processes together
    crawls: int = 0
    failed: list[int] = field(default_factory=list)  # exit codes of crawls that ended badly by themselves
    children: set[tuple[int, str]] = field(default_factory=set)  # process and start time: numbers are used again

    def crawl(self, kill_after: float | None = None) -> int | None:
        """Crawl once; return the feeds visited, None for a crawl that was killed."""
        spawn = multiprocessing.get_context("fork")  # the imports are paid once, not for each of a hundred crawls
        receive, send = spawn.Pipe(duplex=False)
        process = spawn.Process(target=crawl_once, args=(self.folder, self.hosts, self.timeout, self.clock, send))
        begun = time.monotonic()
        process.start()
        assert process.pid is not None
        send.close()
        self.crawls += 1
        while process.is_alive():
            left = 0.25 if kill_after is None else min(0.25, begun + kill_after - time.monotonic())
            process.join(max(left, 0.0))
            self._look_at(process.pid)
            if kill_after is not None and time.monotonic() - begun >= kill_after and process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
                process.join()
        self.clock += timedelta(seconds=time.monotonic() - begun)
        if process.exitcode == -signal.SIGKILL and kill_after is not None:
            return None
        if process.exitcode or not receive.poll():
            self.failed.append(process.exitcode or 0)
            return 0
        return int(receive.recv())

    def _look_at(self, pid: int) -> None:
        """Note how much memory the crawler's processes hold at this moment."""
        memory, seen = 0, [pid]
        for one in seen:
            with contextlib.suppress(OSError):
                memory += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
                seen += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        self.children.update((one, begun) for one in seen if (begun := read_process(one)[1]))
        self.peak = max(self.peak, memory)

    def count_survivors(self) -> int:
        """Return how many processes of crawls that have ended still run, be it only a little longer."""
        time.sleep(2.0)
        now = ((read_process(pid), begun) for pid, begun in self.children)
        return sum(started == begun and state != "Z" for (state, started), begun in now)


def read_process(pid: int) -> tuple[str, str]:
    """Return a process's state and when it was started; empty when there is none."""
    try:
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", ""
    return numbers[0], numbers[19]


def run_cycle(run: Run, lease: timedelta, kills: int, chance: random.Random) -> int:
    """Crawl until every feed that is due now has been visited; return how many kills are left."""
    begun = run.clock
    while True:
        killing = chance.uniform(0.3, 6.0) if kills else None
        visited = run.crawl(killing)
        kills -= visited is None
        with contextlib.closing(sqlite3.connect(run.folder / "radar.db")) as connection:
            at = begun.strftime("%Y-%m-%d %H:%M:%S.%f")
            question = (
                "SELECT count(*), sum(lease_until IS NOT NULL) FROM feed "
                "WHERE coalesce(last_crawl_at, '') < ?1 AND coalesce(next_due_at, '') <= ?1"
            )
            unvisited, leased = connection.execute(question, (at,)).fetchone()
        if not unvisited:
            return kills
        if leased == unvisited:
            run.clock += lease  # what the killed crawls held is due when their leases have ended
        elif visited == 0:
            sys.exit(f"{unvisited} feeds are left, and a crawl visits none of them")


# -- the judgement -----------------------------------------------------------------------------------------------------


@dataclass
class Judgement:
    """The ledger beside the database."""

    sent: int
    stored: int
    lost: int
    doubled: int
    invented: int
    unhandled: list[str]
    states: list[tuple[str, str, str, int]]  # what was wrong, state, reason, feeds


def judge(folder: Path, port: int, feeds: int, run: Run) -> Judgement:
    """Compare what the farm has sent with what is stored."""
    ledger = json.loads(ask(port, "ledger"))
    numbers = {url_of(number, port, feeds): number for number in range(feeds)}
    expected = {
        (int(number), guid)
        for number, versions in ledger["sent"].items()
        for version in versions
        for guid, _ in write_entries(int(number), ENTRIES, version)
    }
    cut_off = [number for number in range(feeds) if fault_of(number) == "cut off XML"]
    expected |= {(number, guid) for number in cut_off for guid, _ in list(write_entries(number, ENTRIES))[:WHOLE_ITEMS]}
    with contextlib.closing(sqlite3.connect(folder / "radar.db")) as connection:
        rows = connection.execute("SELECT feed_url, entry_id, url FROM entry").fetchall()
        found = connection.execute("SELECT url, state, reason FROM feed").fetchall()
    stored = Counter((numbers[url], guid) for url, guid, _ in rows)
    links = Counter((url, link) for url, _, link in rows if link)
    # What feedparser makes of the last, half sent item is no invention.
    invented = [key for key in stored if key not in expected and key[0] not in cut_off]
    states = Counter((fault_of(numbers[url]) or "nothing", state, shorten(reason)) for url, state, reason in found)
    unhandled = [f"a crawl ended with exit code {code}" for code in run.failed]
    unhandled += [f"{url} is still {state!r}" for url, state, _ in found if state == "new"]
    # After many kills the clock has been put forward by weeks, in which the farm published nothing: quiet is true.
    well = ("ok", "quiet")
    unhandled += [
        f"{url}: {state}, {why}" for url, state, why in found if state not in well and not fault_of(numbers[url])
    ]
    if ledger["private"]:
        unhandled.append(f"the private address was contacted {ledger['private']} times")
    if survivors := run.count_survivors():
        unhandled.append(f"{survivors} processes outlived their crawl")
    return Judgement(
        sent=len(expected),
        stored=sum(stored.values()),
        lost=len(expected - set(stored)),
        doubled=sum(count - 1 for count in [*stored.values(), *links.values()]),
        invented=len(invented),
        unhandled=unhandled,
        states=sorted((*key, count) for key, count in states.items()),
    )


def shorten(reason: str) -> str:
    """Cut addresses out of a reason, so that equal ones can be counted."""
    return " ".join("…" if "127." in word else word for word in reason.split())


def ask(port: int, what: str) -> bytes:
    """Ask the farm something of the benchmark's own."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{what}") as response:
        return bytes(response.read())


def main() -> None:
    """Run the cycles and print the judgement; exit 1 if anything was lost, doubled or not handled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1, help="of the kills' moments")
    parser.add_argument("--timeout", type=int, default=30, help="seconds for a visit, as in radar.toml")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(run_farm(chosen.feeds))
        return
    # A killed crawl's tracker warns of semaphores that it then removes.
    os.environ["PYTHONWARNINGS"] = "ignore:resource_tracker"
    # Imported before the first fork.
    from radar.pipeline.crawl import CRAWL_LEASE
    from radar.records import Feed
    from radar.store import migrate, open_store

    print(f"{chosen.feeds} feeds, {chosen.feeds * ENTRIES} entries, {chosen.kills} kills; {os.cpu_count()} cores")
    print(f"load before: {' '.join(f'{load:.2f}' for load in os.getloadavg())}")
    with (
        run_server(__file__, "--serve", "--feeds", str(chosen.feeds)) as port,
        tempfile.TemporaryDirectory(prefix="radar-farm-") as name,
    ):
        folder = Path(name)
        migrate(address_of(folder))
        with open_store(address_of(folder)) as store:
            urls = [url_of(number, port, chosen.feeds) for number in range(chosen.feeds)]
            store.sync_feeds([Feed(url, "trade", f"{host_of(n)}.example") for n, url in enumerate(urls)])
        run = Run(folder, tuple(url.split("/")[2] for url in urls), chosen.timeout)
        kills, cycles, chance = chosen.kills, 0, random.Random(chosen.seed)
        while cycles < 2 or kills:
            if cycles:
                ask(port, "publish")
                run.clock += timedelta(days=2)
            begun = time.monotonic()
            kills = run_cycle(run, CRAWL_LEASE, kills, chance)
            cycles += 1
            print(f"cycle {cycles}: {time.monotonic() - begun:.0f} s, {chosen.kills - kills} kills so far", flush=True)
        verdict = judge(folder, port, chosen.feeds, run)
        asked = json.loads(ask(port, "ledger"))["asked"]
    print(f"load after: {' '.join(f'{load:.2f}' for load in os.getloadavg())}")
    print(f"crawls {run.crawls}; peak memory of all their processes {run.peak / 1024**2:.0f} MB")
    print(f"requests: {asked.pop('whole document', 0)} whole documents, {asked.pop('not modified', 0)} not modified")
    print(f"\n{'what is wrong':32}{'asked':>7}{'feeds':>7}  state: reason")
    for fault, state, reason, count in verdict.states:
        print(f"{fault:32}{asked.get(fault, ''):>7}{count:>7}  {state}{': ' if reason else ''}{reason}")
    print(f"\nentries sent {verdict.sent}, stored {verdict.stored}")
    print(f"lost {verdict.lost}, doubled {verdict.doubled}, invented {verdict.invented}")
    print(f"unhandled {len(verdict.unhandled)}")
    for line in verdict.unhandled[:20]:
        print(f"  {line}")
    sys.exit(1 if verdict.lost or verdict.doubled or verdict.invented or verdict.unhandled else 0)


if __name__ == "__main__":
    main()
