"""`radar evaluate warnings`: archives of dated titles, replayed week by week."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radar.cli.house import json_option
from radar.cli.output import count, say, say_json, write_records
from radar.cli.words import OutFile

if TYPE_CHECKING:
    from radar.watch.discover import Discovery

_DAY = click.DateTime(["%Y-%m-%d"])
_LAST_YEAR = 2100
_TABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("archives", metavar="ARCHIVE…", nargs=-1, required=True, type=_TABLE)
@click.option("--start", type=_DAY, required=True, metavar="DATE", help="Warn from this day on; before it is history.")
@click.option("--end", type=_DAY, required=True, metavar="DATE", help="The last day.")
@click.option("--general", multiple=True, type=_TABLE, metavar="ARCHIVE", help="The general press, as a contrast.")
@click.option("--topics", type=_TABLE, metavar="TOPICS", help="Follow only the topics of this topics.toml.")
@click.option("--shuffle-dates", is_flag=True, help="Shuffle the dates within each source: what chance alone raises.")
@click.option("--explain", metavar="TERM", help="Print a term's whole story instead of a summary.")
@click.option("--out", type=OutFile(), metavar="FILE", help="Write the alerts: JSON Lines, an alert a line.")
@json_option
def warnings(
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
    from radar.config import load_labels
    from radar.judge import replay
    from radar.judge.alerts import score_alerts

    if start > end:
        raise click.UsageError("--start: comes after --end")
    if end.year > _LAST_YEAR:
        raise click.UsageError(f"--end: no archive reaches beyond {_LAST_YEAR}; name an earlier day")
    if explain and topics:
        raise click.UsageError("--explain: tells of terms nobody listed; leave out --topics")
    until = end.date() + timedelta(days=1)
    reports = list(replay.read_reports(archives, "trade", until))
    reports += replay.read_reports(general, "general", until)
    if shuffle_dates:
        reports = replay.shuffle_dates(reports)
    titles = len(reports)
    term = (explain or "").lower()
    known = True
    story: list[dict[str, object]] = []

    def watch(discovery: "Discovery") -> None:
        if term and known:
            on = discovery.day_after(discovery.panel.week)
            story.append({"on": on, "standing": discovery.explain(term)})

    if topics:
        # A label without aliases is followed by its name, which `load_labels` counts among its seeds.
        listed = tuple(replace(one, name=one.name or one.seeds[0]) for one in load_labels(topics))
        alerts = list(replay.replay_topics(reports, listed, start.date(), end.date()))
    else:
        run = replay.Replay(reports, start.date(), end.date())
        del reports  # the index holds all that is needed, in a fifth of the memory
        known = run.discovery.index.number(term) >= 0
        alerts = list(run.run(watch))
    if out:
        write_records(out, alerts)
    if term:
        if as_json:
            say_json({"term": term, "known": known, "weeks": story})
        elif not known:
            say(f"{term}: in fewer than three titles of the whole archive.")
        else:
            say("\n".join(f"{week['on']}  {week['standing']}" for week in story) or "No week was decided.")
        return
    score = score_alerts(alerts, titles, start.date(), end.date())
    if as_json:
        say_json(score)
        return
    say(f"{count(score.titles, 'title')}, {count(score.weeks, 'week')} decided")
    say(f"  early      {score.early:5}  {score.early_a_week:.2f} a week")
    say(f"  confirmed  {score.confirmed:5}  {score.confirmed_a_week:.2f} a week")
