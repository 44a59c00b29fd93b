"""`radar evaluate warnings`: archives of dated titles, replayed week by week."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radar.cli.house import json_option
from radar.cli.output import count, say, say_json, to_plain

if TYPE_CHECKING:
    from radar.watch.discover import Discovery

_DAY = click.DateTime(["%Y-%m-%d"])
_TABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("archives", metavar="ARCHIVE…", nargs=-1, required=True, type=_TABLE)
@click.option("--start", type=_DAY, required=True, metavar="DATE", help="Warn from this day on; before it is history.")
@click.option("--end", type=_DAY, required=True, metavar="DATE", help="The last day.")
@click.option("--general", multiple=True, type=_TABLE, metavar="ARCHIVE", help="The general press, as a contrast.")
@click.option("--topics", type=_TABLE, metavar="TOPICS", help="Follow only the topics of this topics.toml.")
@click.option("--shuffle-dates", is_flag=True, help="Shuffle the dates within each source: what chance alone raises.")
@click.option("--explain", metavar="TERM", help="Print a term's whole story instead of a summary.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write the alerts: JSON Lines, an alert a line.",
)
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
    import json

    from radar.config import load_labels
    from radar.judge import replay
    from radar.judge.alerts import score_alerts

    if start > end:
        raise click.UsageError("--start: comes after --end")
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
        # A label without aliases is followed by its name, which `load_labels` counts among its seeds.
        listed = tuple(replace(one, name=one.name or one.seeds[0]) for one in load_labels(topics))
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
