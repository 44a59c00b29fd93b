"""`radar evaluate`: what Radar makes of data of your own, with scores."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, say, say_json, to_plain

if TYPE_CHECKING:
    from radar.judge.evaluate import ReadDocument
    from radar.watch.discover import Discovery

_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group()
def evaluate() -> None:
    """Measure Radar on data of your own: results go to a file, scores are printed.

    \b
    Example: radar evaluate parse feeds/ --out parsed.jsonl
    """


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


_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@evaluate.command()
@click.argument("archives", metavar="ARCHIVE…", nargs=-1, required=True, type=_FILE)
@click.option("--start", type=_DAY, required=True, metavar="DATE", help="Warn from this day on; before it is history.")
@click.option("--end", type=_DAY, required=True, metavar="DATE", help="The last day.")
@click.option("--general", multiple=True, type=_FILE, metavar="ARCHIVE", help="The general press, as a contrast.")
@click.option("--topics", type=_FILE, metavar="TOPICS", help="Follow only the topics of this topics.toml.")
@click.option("--shuffle-dates", is_flag=True, help="Shuffle the dates within each source: what chance alone raises.")
@click.option("--explain", metavar="TERM", help="Print a term's whole story instead of a summary.")
@click.option("--out", type=_OUT, metavar="FILE", help="Write the alerts: JSON Lines, an alert a line.")
@json_option
@pass_house
def warnings(
    house: House,
    archives: tuple[Path, ...],
    start: datetime,
    end: datetime,
    general: tuple[Path, ...],
    topics: Path | None,
    shuffle_dates: bool,
    explain: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Replay archives of dated titles, deciding once a week on what had been published by then.

    An archive has the columns date, source and title, and may have url. A line of the file has: on, level (early or
    confirmed), terms, kind (new, surge or creep), phase, confidence and evidence; what is confirmed later comes again.

    \b
    Example: radar evaluate warnings titles.tsv.zst --start 2018-01-01 --end 2018-12-31 --out alerts.jsonl
             radar evaluate warnings titles.tsv --start 2018-01-01 --end 2018-12-31 --explain webassembly
    """
    import json

    from radar.config import parse_topics
    from radar.judge import replay
    from radar.judge.alerts import score_alerts

    until = end.date() + timedelta(days=1)
    reports = list(replay.read_reports(archives, "trade", until))
    reports += replay.read_reports(general, "general", until)
    if shuffle_dates:
        reports = replay.shuffle_dates(reports)
    titles = len(reports)
    story: list[str] = []

    def watch(discovery: "Discovery") -> None:
        if explain:
            on = discovery.day_after(discovery.panel.week)
            story.append(f"{on}  {discovery.explain(explain.lower())}")

    if topics:
        listed = parse_topics(topics.read_text(encoding="utf-8"), topics)
        alerts = list(replay.replay_topics(reports, listed, start.date(), end.date()))
    else:
        run = replay.Replay(reports, start.date(), end.date())
        del reports  # the index holds all that is needed, in a fifth of the memory
        alerts = list(run.run(watch))
    if out:
        lines = (json.dumps(to_plain(alert), ensure_ascii=False) for alert in alerts)
        out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    score = score_alerts(alerts, titles, start.date(), end.date())
    if as_json:
        say_json(score)
        return
    if explain:
        say("\n".join(story) or "No week was decided.")
        return
    say(f"{count(score.titles, 'title')}, {count(score.weeks, 'week')} decided")
    say(f"  early      {score.early:5}  {score.early_a_week:.2f} a week")
    say(f"  confirmed  {score.confirmed:5}  {score.confirmed_a_week:.2f} a week")


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
