"""`radar candidates` and `radar import-archive`: terms nobody listed, and the past they are held against."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radar.cli.house import House, ListGroup, json_option, name_user, pass_house
from radar.cli.output import count, format_on, say, say_block, say_json, say_table
from radar.records import KINDS, Kind, Report

if TYPE_CHECKING:
    from radar.app import App

TITLE_LENGTH = 300


@click.group(cls=ListGroup)
def candidates() -> None:
    """List terms that may be worth a topic, as the weekly pass found them.

    \b
    Example: radar candidates
             radar candidates show wireguard
             radar candidates promote wireguard --quadrant "infrastructure and connectivity" \\
               --definition "A small, fast protocol for private networks."
    """


@candidates.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those promoted, merged or muted.")
@json_option
@pass_house
def list_candidates(house: House, everything: bool, as_json: bool) -> None:
    """List the candidates that wait for a decision, the latest first.

    \b
    Example: radar candidates list --json
    """
    with house.open() as app:
        found = [one for one in app.store.list_candidates() if everything or one.standing == "open"]
        weeks = _count_weeks(app)
    if as_json:
        say_json(found)
        return
    if weeks < 26:
        say_block(
            f"Only {count(weeks, 'week')} of press on file: nearly everything is new to Radar, so it warns of nothing "
            "in the first six weeks, and of the strongest only until half a year is known. `radar import-archive` "
            "helps."
        )
    if not found:
        say("No candidates.")
        return
    say_table(
        ("term", "raised", "level", "phase", "chance", "", "evidence"),
        [
            (
                one.term,
                format_on(one.raised_on),
                one.level,
                one.phase,
                f"{one.confidence:.0%}",
                one.novelty if one.standing == "open" else f"{one.standing} {one.topic}".strip(),
                one.sentence,
            )
            for one in found
        ],
    )


@candidates.command("show")
@click.argument("term")
@json_option
@pass_house
def show_candidate(house: House, term: str, as_json: bool) -> None:
    """Show a candidate: its names, the evidence, seeds proposed for a topic, and what has happened to it.

    \b
    Example: radar candidates show wireguard
    """
    from radar.desk import candidates

    with house.open() as app:
        one, seeds = candidates.show_candidate(app.store, term, app.now().date())
        history = app.store.list_candidate_changes(one.term)
    if as_json:
        say_json({"candidate": one, "seeds": seeds, "history": history})
        return
    say(f"{one.term} · {one.level} · {one.phase} · {one.novelty} · {one.standing} {one.topic}".rstrip())
    say_block(one.sentence)
    if one.crossed:
        say_block(" → ".join(f"{crossing.kind} {format_on(crossing.on)}" for crossing in one.crossed))
    say_block(f"Chance that it lasts half a year: {one.confidence:.0%}. Raised on {format_on(one.raised_on)}.")
    if one.names[1:]:
        say_block("Together with: " + ", ".join(one.names[1:]))
    if seeds:
        say_block("Seeds: " + ", ".join(seeds))
    for change in history:
        where = {"promoted": f" to {change.topic}", "merged": f" into {change.topic}"}.get(change.what, "")
        say_block(f"{format_on(change.on)}: {change.what}{where}" + (f" by {change.by}" if change.by else ""))


@candidates.command("promote")
@click.argument("term")
@click.option("--slug", default="", help="Default: the term itself.")
@click.option("--name", default="", help="As an executive reads it. Default: the term itself.")
@click.option("--quadrant", required=True, help="A sector of the radar picture, as in `radar topics`.")
@click.option("--definition", required=True, help="What it is, in a sentence of at most 200 characters.")
@click.option("--seed", "seeds", multiple=True, help="Words that hint at it. Default: those that `show` proposes.")
@pass_house
def promote_candidate(
    house: House, term: str, slug: str, name: str, quadrant: str, definition: str, seeds: tuple[str, ...]
) -> None:
    """Make a candidate a topic of topics.toml; what has been published on it is its history.

    \b
    Example: radar candidates promote wireguard --quadrant frontier --definition "A protocol for private networks."
    """
    from radar.config import TOPICS_FILE
    from radar.desk import candidates
    from radar.records import Topic

    draft = Topic(slug, name, quadrant, definition, seeds=seeds)
    with house.open() as app:
        one = candidates.promote_candidate(app.store, house.home, term, draft, app.now().date(), name_user())
    say(f"{TOPICS_FILE}: topic {one.topic} added. The next crawl reads every story anew with it.")


@candidates.command("merge")
@click.argument("term")
@click.argument("topic")
@pass_house
def merge_candidate(house: House, term: str, topic: str) -> None:
    """Give a candidate's names to a topic as aliases.

    \b
    Example: radar candidates merge wasm webassembly
    """
    from radar.desk import candidates

    with house.open() as app:
        one = candidates.merge_candidate(app.store, house.home, term, topic, app.now().date(), name_user())
    say(f"{one.term}: a name of {one.topic} from the next crawl on.")


@candidates.command("mute")
@click.argument("term")
@pass_house
def mute_candidate(house: House, term: str) -> None:
    """Never raise a term again.

    \b
    Example: radar candidates mute "black friday"
    """
    from radar.desk import candidates

    with house.open() as app:
        one = candidates.mute_candidate(app.store, house.home, term, app.now().date(), name_user())
    say(f"{one.term}: muted.")


@click.command("import-archive")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), default="trade", show_default=True, help="What sort of press it is.")
@pass_house
def import_archive(house: House, archive: Path, kind: Kind) -> None:
    """Read dated titles of the past, so that a young Radar can tell what is new from what is new to it.

    The file is TSV with a header, or JSON Lines, plain or packed (.gz, .zst), with date, source, title and perhaps url.
    Titles that are on file already stay as they are; rows without title or source, and of days to come, are skipped.

    \b
    Example: radar import-archive titles-2025.tsv.gz --kind trade
    """
    from radar.judge.replay import read_reports
    from radar.text import clean_text

    rows: Counter[str] = Counter()

    def sift(today: date) -> Iterator[Report]:
        for one in read_reports([archive], kind, date.max):
            title = clean_text(one.title, TITLE_LENGTH)
            sort = "empty" if not title or not one.source.strip() else "future" if one.on > today else "taken"
            rows[sort] += 1
            if sort == "taken":
                yield replace(one, title=title)

    with house.open() as app:
        new = app.store.save_archive(sift(app.now().date()))
    said = [f"{count(new, 'title')} new"]
    if known := rows["taken"] - new:
        said.append(f"{known:,} known already")
    if rows["future"]:
        said.append(f"{rows['future']:,} in the future (skipped)")
    if rows["empty"]:
        said.append(f"{rows['empty']:,} without title or source (skipped)")
    say(f"{archive.name}: {', '.join(said) if rows else 'no titles in it'}.")


def _count_weeks(app: "App") -> int:
    """Return the weeks of press on file, archives included."""
    first = app.store.first_report()
    return (app.now().date() - first).days // 7 if first else 0
