"""`radar evaluate`: what Radar makes of data of your own, with scores."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radar.cli.evaluate_tags import tags
from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, say, say_json, to_plain

if TYPE_CHECKING:
    from radar.judge.evaluate import ReadDocument

_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group()
def evaluate() -> None:
    """Measure Radar on data of your own: results go to a file, scores are printed.

    \b
    Example: radar evaluate parse feeds/ --out parsed.jsonl
    """


evaluate.add_command(tags)


@evaluate.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=_OUT, metavar="FILE", help="Write what was read: JSON Lines, a document a line.")
@json_option
@pass_house
def parse(house: House, folder: Path, out: Path | None, as_json: bool) -> None:
    """Read every file of a folder as a feed document.

    A line of the file has: file, format, title, entries (id, url, title, summary, author, published_at) and outcome
    ("read", or what the problem is). published_at is null where the entry has no believable date.

    \b
    Example: radar evaluate parse feeds/ --out parsed.jsonl --json
    """
    import json

    from radar.judge.evaluate import describe_document, score_parse

    now = house.now()
    documents = sorted(_read_folder(folder, now), key=lambda document: document.file)
    if out:
        lines = (json.dumps(to_plain(describe_document(one, now)), ensure_ascii=False) for one in documents)
        out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    score = score_parse(documents, now)
    if as_json:
        say_json(score)
        return
    say(f"{count(score.documents, 'document')}: {count(score.feeds, 'feed')}, {score.with_entries:,} with entries")
    say(
        f"{count(score.entries, 'entry', 'entries')}: {score.dated:,} dated, {score.summarised:,} with a summary, "
        f"{score.signed:,} with an author"
    )
    for title, numbers in (("Formats", score.formats), ("Outcomes", score.outcomes)):
        say(title)
        for name, number in numbers.items():
            say(f"  {number:6,}  {name}")


def _read_folder(folder: Path, now: datetime) -> "Iterator[ReadDocument]":
    """Read the files, as they are done, as the crawler would: in workers with limits of time and memory."""
    from urllib.parse import quote

    from radar.judge.evaluate import ReadDocument
    from radar.records import Feed, Fetched
    from radar.watch.parse import ParserPool

    files = {
        f"http://documents.invalid/{quote(str(file.relative_to(folder)))}": file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    feeds = {url: Feed(url, "general", "documents.invalid") for url in files}
    with ParserPool() as pool:
        bodies = (Fetched(url, url, file.read_bytes()) for url, file in files.items())
        for feed, _, parsed in pool.parse_results(bodies, feeds, now):
            if parsed is not None:
                yield ReadDocument(str(files[feed.url].relative_to(folder)), parsed)
