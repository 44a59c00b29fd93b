"""Crawl the same loopback feeds with Radar, lemon24/reader and newsboat: all of them new, then nothing new (304).

    python benchmarks/crawl.py [--feeds 2000] [--rounds 3] [--reader PYTHON]

The feeds come from a process of its own, whose work does not count; every crawler stores everything in SQLite. Wall
time and CPU (of child processes, too) are medians over interleaved rounds. What a long-running crawler pays once does
not count: Radar and reader are imported (Radar's parser in the server its workers are forked from) and their databases
created before the clock starts; newsboat is one command. It takes minutes for two thousand feeds: one round must do.
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feed_server import run_server, url_of

HERE = Path(__file__).resolve().parent
ENTRIES = 30  # about 32 kB
HOSTS = 100
READER = Path(tempfile.gettempdir()) / "radar-benchmarks" / "reader" / "bin" / "python"
READER_WORKERS = 4
NEWSBOAT_THREADS = 4
PHASES = ("full", "nothing new")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@dataclass
class Cost:
    """What one crawl took, in seconds."""

    wall: float
    cpu: float
    parts: dict[str, float] = field(default_factory=dict)  # of the CPU


# -- the crawlers, each in a process of its own ------------------------------------------------------------------------


@contextlib.contextmanager
def measure(costs: list[Cost]) -> Iterator[Cost]:
    """Append what the body costs: this process, its threads and its children."""
    cost = Cost(0.0, 0.0)
    begun, own, children = time.perf_counter(), time.process_time(), read_children()
    yield cost
    cost.wall = time.perf_counter() - begun
    cost.cpu = time.process_time() - own + read_children() - children
    costs.append(cost)


def read_children() -> float:
    """Return the CPU seconds of all children: those that have ended and those that live, with what they reaped."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    parents = {os.getpid()}
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            numbers = (folder / "stat").read_text().rpartition(")")[2].split()
            stats[int(folder.name)] = (int(numbers[1]), sum(map(int, numbers[11:15])) / os.sysconf("SC_CLK_TCK"))
    while found := [pid for pid, (parent, _) in stats.items() if parent in parents and pid not in parents]:
        parents.update(found)
    return seconds + sum(stats[pid][1] for pid in parents - {os.getpid()})


def crawl_with_radar(urls: list[str], folder: Path) -> list[Cost]:
    """Run Radar's own crawl twice, a day apart on its clock."""
    from radar.config import CrawlSettings, Settings
    from radar.pipeline import Pipeline
    from radar.records import Feed, Fetched
    from radar.store import migrate, open_store
    from radar.watch.parse import ParserPool

    address = f"sqlite:///{folder}/radar.db"
    migrate(address)
    store = open_store(address)
    store.sync_feeds([Feed(url, "trade", "site.example") for url in urls])
    hosts = tuple({url.split("/")[2] for url in urls})
    settings = Settings(folder, address, crawl=CrawlSettings(contact="https://radar.example/bot", allow=hosts))
    pipeline = Pipeline(store, settings, [])
    with ParserPool() as pool:
        pool.parse(Feed("http://x.example/", "trade", "x.example"), Fetched("", "", b"<rss/>"), NOW)
    in_store = time_calls(store, "take_due_feeds", "save_crawls")
    costs: list[Cost] = []
    for number in range(len(PHASES)):
        in_store.clear()
        with watch_threads() as threads, measure(costs) as cost:
            main, children = time.thread_time(), read_children()
            summary = pipeline.crawl(NOW + timedelta(days=2 * number))
            main = time.thread_time() - main
        if summary.failed:
            sys.exit(f"Radar failed with {summary.failed} feeds: {summary.reasons[:3]}")
        stored, fetched, parsed = sum(in_store.values()), threads["fetch"], read_children() - children
        cost.parts = {"fetch": fetched, "parse": parsed, "store": stored, "join": main - stored}
        cost.parts["other"] = cost.cpu - sum(cost.parts.values())
    return costs


def time_calls(instance: Any, *names: str) -> defaultdict[str, float]:
    """Let methods of an object note the CPU seconds their thread spends in them."""
    spent: defaultdict[str, float] = defaultdict(float)

    def wrap(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            begun = time.thread_time()
            try:
                return method(*arguments, **options)
            finally:
                spent[name] += time.thread_time() - begun

        return timed

    for name in names:
        setattr(instance, name, wrap(name, getattr(instance, name)))
    return spent


@contextlib.contextmanager
def watch_threads() -> Iterator[defaultdict[str, float]]:
    """Read the CPU clocks of this process's threads, by name, until the body ends."""
    last: dict[threading.Thread, float] = {}
    spent: defaultdict[str, float] = defaultdict(float)
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.02):
            for thread in threading.enumerate():
                if thread.ident is not None:
                    with contextlib.suppress(OSError):
                        last[thread] = time.clock_gettime(time.pthread_getcpuclockid(thread.ident))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield spent
    finally:
        done.set()
        watcher.join()
        for thread, seconds in last.items():
            spent[thread.name] += seconds


def crawl_with_reader(urls: list[str], folder: Path) -> list[Cost]:
    """Update all feeds with reader's own workers, twice."""
    from reader import make_reader  # type: ignore[import-not-found]  # in an environment of its own

    reader = make_reader(str(folder / "reader.db"))
    for url in urls:
        reader.add_feed(url)
    costs: list[Cost] = []
    for _ in PHASES:
        with measure(costs):
            reader.update_feeds(workers=READER_WORKERS, scheduled=False)
    return costs


def crawl_with_newsboat(urls: list[str], folder: Path) -> list[Cost]:
    """Let newsboat reload all feeds, twice."""
    (folder / "urls").write_text("\n".join(urls))
    (folder / "config").write_text(f"reload-threads {NEWSBOAT_THREADS}\n")
    names = ("-u", folder / "urls", "-C", folder / "config", "-c", folder / "cache.db")
    costs: list[Cost] = []
    for _ in PHASES:
        with measure(costs):
            subprocess.run(["newsboat", *names, "-x", "reload"], check=True, env=os.environ | {"HOME": str(folder)})
    return costs


#: Name → how it crawls, and how to count what it has stored.
CRAWLERS: dict[str, tuple[Callable[[list[str], Path], list[Cost]], str, str]] = {
    "radar": (crawl_with_radar, "radar.db", "SELECT count(*) FROM entry"),
    "reader": (crawl_with_reader, "reader.db", "SELECT count(*) FROM entries"),
    "newsboat": (crawl_with_newsboat, "cache.db", "SELECT count(*) FROM rss_item"),
}


# -- the comparison ----------------------------------------------------------------------------------------------------


def run_crawler(name: str, python: Path, port: int, feeds: int) -> list[Cost]:
    """Run one crawler from nothing in a fresh folder; return what the two crawls cost."""
    with tempfile.TemporaryDirectory(prefix="radar-crawl-") as folder:
        command = [python, __file__, "--crawler", name, "--feeds", str(feeds), "--port", str(port), "--folder", folder]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        _, database, question = CRAWLERS[name]
        with contextlib.closing(sqlite3.connect(Path(folder) / database)) as connection:
            stored = connection.execute(question).fetchone()[0]
    if stored != feeds * ENTRIES:
        sys.exit(f"{name} stored {stored} of {feeds * ENTRIES} entries")
    return [Cost(**cost) for cost in json.loads(done.stdout.splitlines()[-1])]


def find_crawlers(reader: Path) -> dict[str, Path]:
    """Return the crawlers that are installed, with the interpreter for each; say how to get the others."""
    found = {"radar": Path(sys.executable)}
    if reader.exists():
        found["reader"] = reader
    else:
        folder = reader.parents[1]
        print(f"reader is not there: python -m venv {folder} && {folder}/bin/pip install reader sgmllib3k")
    if shutil.which("newsboat"):
        found["newsboat"] = Path(sys.executable)
    else:
        print("newsboat is not there: apt-get install newsboat")
    return found


def show(costs: dict[str, list[list[Cost]]], feeds: int) -> None:
    """Print medians and ratios."""
    for number, phase in enumerate(PHASES):
        print(f"\n{phase + ' crawl':20} {'wall s':>8} {'CPU ms/feed':>12} {'radar is × faster':>18} {'× less CPU':>11}")
        medians = {
            name: Cost(
                statistics.median(round_[number].wall for round_ in rounds),
                statistics.median(round_[number].cpu for round_ in rounds),
            )
            for name, rounds in costs.items()
        }
        ours = medians["radar"]
        for name, cost in medians.items():
            ratios = f"{cost.wall / ours.wall:18.1f} {cost.cpu / ours.cpu:11.1f}" if name != "radar" else ""
            print(f"{name:20} {cost.wall:8.2f} {cost.cpu / feeds * 1000:12.2f} {ratios}")
        parts = costs["radar"][0][number].parts
        shares = {part: statistics.median(r[number].parts[part] for r in costs["radar"]) for part in parts}
        print("radar, CPU ms/feed:  " + ", ".join(f"{part} {s / feeds * 1000:.2f}" for part, s in shares.items()))


def main() -> None:
    """Compare, or (with --crawler) be one of those compared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reader", type=Path, default=READER, help="an interpreter that has the package reader")
    parser.add_argument("--crawler", choices=CRAWLERS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.crawler:
        urls = [url_of(number, chosen.port, HOSTS) for number in range(chosen.feeds)]
        print(json.dumps([asdict(cost) for cost in CRAWLERS[chosen.crawler][0](urls, chosen.folder)]))
        return
    crawlers = find_crawlers(chosen.reader)
    print(f"{chosen.feeds} feeds of {ENTRIES} entries on {HOSTS} hosts, {chosen.rounds} rounds; {os.cpu_count()} cores")
    print(f"load before: {' '.join(f'{load:.2f}' for load in os.getloadavg())}")
    costs: dict[str, list[list[Cost]]] = {name: [] for name in crawlers}
    with run_server(str(HERE / "feed_server.py"), str(chosen.feeds), str(ENTRIES)) as port:
        for number in range(chosen.rounds):
            for name, python in crawlers.items():
                if name == "newsboat" and number:
                    continue
                costs[name].append(run_crawler(name, python, port, chosen.feeds))
    show(costs, chosen.feeds)
    print(f"\nload after: {' '.join(f'{load:.2f}' for load in os.getloadavg())}")


if __name__ == "__main__":
    main()
