"""A walk through commands: run, checked, and written down as a newcomer may read it."""

import html
import os
import re
import shlex
import textwrap
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import time_machine
from click.testing import CliRunner

from radar.app import open_app
from radar.cli import radar
from radar.config import WebSettings
from radar.web import create_web, make_server

SHOWN = "RADAR_TRANSCRIPT"
PUBLIC = "https://radar.harbourlight.example"  # what the pages' address is called in what is told


@dataclass(slots=True)
class Walk:
    """A Radar's folder, a clock in hand, and what was typed and answered so far.

    `full` has every line; `told` what a guide would show, as Markdown.
    """

    home: Path
    clock: time_machine.Traveller
    port: int
    full: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def go(self, moment: datetime, heading: str = "", words: str = "") -> None:
        """Set the clock; a heading and a sentence or two say what happens then."""
        self.clock.move_to(moment)
        self.full.append(f"\n# {moment:%A %d %B %Y}\n")
        if heading:
            self.say(f"## {moment.day} {moment:%B}: {heading}")
        if words:
            self.say(words)

    def say(self, words: str) -> None:
        """Tell the reader something."""
        self.full.append(f"\n{words}\n")
        self.told.append("\n\n".join(textwrap.fill(part, 120) for part in words.split("\n\n")) + "\n")

    def run(self, *arguments: str, show: Sequence[str] | None = None, exit_code: int = 0) -> str:
        """Run a command and return what it printed; `show` are patterns of the lines a guide would show, () all."""
        done = CliRunner().invoke(radar, ["--home", str(self.home), *arguments], catch_exceptions=False)
        assert done.exit_code == exit_code, (arguments, done.output)
        output = done.output.replace(f"{self.home}/", "").replace(self.base, PUBLIC).rstrip()
        typed = shlex.join(["radar", *arguments]).replace(f"{self.home}/", "")
        self.full += [f"$ {typed}", output, ""]
        if show is not None:
            self._tell(typed, output.splitlines(), show)
        return output

    def _tell(self, typed: str, lines: Sequence[str], show: Sequence[str]) -> None:
        block = [f"$ {typed}", *_choose(lines, show), "```\n"]
        if self.told and self.told[-1].startswith("```console"):  # commands in a row are one block
            block = [self.told.pop().removesuffix("```\n"), *block]
        else:
            block = ["```console", *block]
        self.told.append("\n".join(block))

    def file(self, name: str, text: str = "", *, shown: bool = False) -> Path:
        """Return a file of the folder, with that text in it if one is given."""
        path = self.home / name
        if text:
            path.write_text(text, encoding="utf-8")
            self.full += [f"$ cat {name}", text.rstrip(), ""]
        if shown:
            self._tell(f"cat {name}", text.splitlines(), ())
        return path

    def show_file(self, name: str, show: Sequence[str]) -> None:
        """Show the lines of a file that match a pattern."""
        lines = self.file(name).read_text(encoding="utf-8").splitlines()
        self.full += [f"$ cat {name}", *lines, ""]
        self._tell(f"cat {name}", lines, show)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Let the folder's pages be open meanwhile, as by `radar serve`."""
        with open_app(self.home) as app:
            web = WebSettings(port=self.port, public_url=self.base)
            server = make_server(create_web(app.store, app.settings, app.now, lambda: app.pipeline), web)
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            try:
                yield
            finally:
                server.should_exit = True
                thread.join(30)

    @property
    def base(self) -> str:
        """The address of the pages."""
        return f"http://127.0.0.1:{self.port}"

    def open(self, address: str, fields: Sequence[tuple[str, str]] | None = None) -> str:
        """GET an address, or POST fields to it; return the words on the page."""
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        with urllib.request.urlopen(address, data, 30) as response:
            page = response.read().decode()
        body = re.sub(r"<(style|title)\b.*?</\1>", "", page, flags=re.S)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def write(self) -> None:
        """Write every line to the file that RADAR_TRANSCRIPT names, if it names one, and what is told beside it."""
        if name := os.environ.get(SHOWN):
            for path, lines in ((Path(name), self.full), (Path(name).with_suffix(".md"), self.told)):
                path.write_text("\n".join(lines).strip() + "\n", encoding="utf-8")


def _choose(lines: Sequence[str], show: Sequence[str]) -> list[str]:
    """Return the lines that match a pattern, without empty ones; a gap between them is an ellipsis."""
    chosen: list[str] = []
    left_out = False
    for line in filter(None, lines):
        if not show or any(re.search(pattern, line) for pattern in show):
            chosen += ["…"] * (left_out and bool(chosen)) + [line]
            left_out = False
        else:
            left_out = True
    return chosen
