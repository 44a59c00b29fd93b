"""`radar evaluate`: what Radar makes of data of your own, with scores."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radar.cli.evaluate_tags import tags
from radar.cli.evaluate_warnings import warnings
from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, say, say_json, write_lines, write_records
from radar.cli.words import OutFile

if TYPE_CHECKING:
    from radar.judge.evaluate import ReadDocument


@click.group()
def evaluate() -> None:
    """Measure Radar on data of your own: results go to a file, scores are printed.

    \b
    Example: radar evaluate parse feeds/ --out parsed.jsonl
    """


evaluate.add_command(tags)
evaluate.add_command(warnings)


@evaluate.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=OutFile(), metavar="FILE", help="Write what was read: JSON Lines, a document a line.")
@json_option
@pass_house
def parse(house: House, folder: Path, out: Path | None, as_json: bool) -> None:
    """Read every file of a folder as a feed document.

    A line of the file has: file, format, title, entries (id, url, title, summary, author, published_at) and outcome
    ("read", or what the problem is). published_at is null where the entry has no believable date.

    \b
    Example: radar evaluate parse feeds/ --out parsed.jsonl --json
    """
    from radar.judge.evaluate import describe_document, score_parse

    now = house.now()
    documents = sorted(_read_folder(folder, now), key=lambda document: document.file)
    if out:
        write_records(out, (describe_document(one, now) for one in documents))
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


@evaluate.command()
@click.argument("items", metavar="ITEMS", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=OutFile(), metavar="FILE", help="Write the stories: TSV with id and story, a row an item.")
@json_option
def stories(items: Path, out: Path | None, as_json: bool) -> None:
    """Group a table of items into stories, in batches in the order of their time, as a crawler brings them.

    ITEMS is TSV with a header, or JSON Lines; .gz and .zst are unpacked. Columns: id, published (ISO or milliseconds),
    title, and where there are any summary, url, publisher and story (what is right: with it, scores are printed).
    Scored are the stories and, alone, the first of their layers: copies of one text.

    \b
    Example: radar evaluate stories items.tsv.gz --out stories.tsv --json
    """
    import time

    from radar.judge.evaluate_stories import (
        find_peak_memory,
        group_copies_stream,
        group_stream,
        read_items,
        score_stories,
    )

    entries, gold = read_items(items)
    begun = time.perf_counter(), time.process_time()
    found = group_stream(entries)
    seconds, cpu_seconds = time.perf_counter() - begun[0], time.process_time() - begun[1]
    peak = find_peak_memory()
    if out:
        write_lines(out, ["id\tstory", *(f"{entry.id}\t{found[entry.id]}" for entry in entries)])
    scores = {"stories": score_stories(found, gold)} if gold else {}
    if gold:
        scores["copies"] = score_stories(group_copies_stream(entries), gold)
    speed = len(entries) / max(seconds, 1e-9)
    if as_json:
        numbers = {"entries": len(entries), "found": len(set(found.values())), "seconds": round(seconds, 3)}
        numbers |= {"cpu_seconds": round(cpu_seconds, 3), "entries_per_second": round(speed), "peak_bytes": peak}
        say_json(numbers | scores)
        return
    say(f"{count(len(entries), 'entry', 'entries')} in {count(len(set(found.values())), 'story', 'stories')}")
    for name, score in scores.items():
        say(f"{name.capitalize()}: {score.found:,} found, {score.gold:,} labelled, of {score.labelled:,} entries")
        for title, agreement in (("pairwise", score.pairwise), ("B³", score.bcubed)):
            say(
                f"  {title:9} F1 {agreement.f1:.3f} "
                f"(precision {agreement.precision:.3f}, recall {agreement.recall:.3f})"
            )
    say(f"{speed:,.0f} entries/s ({seconds:.1f} s, {cpu_seconds:.1f} s CPU), peak memory {peak / 2**20:,.0f} MB")


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
