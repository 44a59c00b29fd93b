"""`radar position`: advice on file, from draft to approval, every version kept."""

from datetime import date
from pathlib import Path

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import count, format_on, say, say_block, say_json, say_position, say_table, to_plain
from radar.cli.words import DAY, LINE, OutFile
from radar.records import RINGS, Position, Ring, Topic


@click.group(cls=ListGroup)
def position() -> None:
    """List the advice on file, show a topic's, draft, write and approve a new version.

    \b
    Example: radar position
             radar position draft passkeys --out passkeys.toml
             radar position set passkeys --from passkeys.toml
             radar position approve passkeys --by "Ada Blum"
    """


@position.command("list")
@click.argument("topic", required=False)
@json_option
@pass_house
def list_positions(house: House, topic: str | None, as_json: bool) -> None:
    """List the newest advice on every topic, or every version on one.

    Advice is current when it is approved, before its review date, and not older than the topic's climb into its phase.

    \b
    Example: radar position list passkeys
    """
    from radar.listen.advice import find_gap

    with house.open() as app:
        names = {known.slug: known.name for known in app.store.list_topics()}
        found = app.store.list_versions() if topic is None else {topic: app.store.position_history(topic)}
        signals = {signal.topic: signal for signal in app.store.list_signals()}
        today = app.now().date()
    gaps = {slug: find_gap(versions, signals.get(slug), today) for slug, versions in found.items()}
    if as_json:
        say_json([one for versions in found.values() for one in (versions if topic else versions[-1:])])
    elif topic is None:
        _say_newest([versions[-1] for versions in found.values()], {s: g.reason for s, g in gaps.items() if g})
    elif not found[topic]:
        say(f"No advice on {names[topic]} yet: radar position draft {topic}")
    else:
        _say_history(found[topic], names[topic])
        if gap := gaps[topic]:
            say(f"\nNot current: {gap.reason}. {gap.command}")


def _say_newest(found: list[Position], gaps: dict[str, str]) -> None:
    if not found:
        say("No advice on file yet: `radar exposure` says where it is missing.")
        return
    say_table(
        ("topic", "ring", "version", "approved by", "review", "standing", "next step"),
        [
            (
                p.topic,
                p.ring,
                p.version,
                p.approved_by or "draft",
                format_on(p.review_on),
                gaps.get(p.topic, "current").removeprefix("position "),
                p.next_step,
            )
            for p in found
        ],
    )


def _say_history(versions: list[Position], name: str) -> None:
    say_position(versions[-1], name)
    if versions[1:]:
        say()
        say_table(
            ("version", "ring", "written", "drafted by", "approved by", "on", "if asked, say"),
            [
                (
                    p.version,
                    p.ring,
                    format_on(p.written_at.date()),
                    p.drafted_by,
                    p.approved_by or "draft",
                    format_on(p.approved_at.date()) if p.approved_at else "",
                    p.say,
                )
                for p in versions
            ],
        )


@position.command("draft")
@click.argument("topic")
@click.option("--out", type=OutFile(), help="Write it into this file, to be filled in.")
@json_option
@pass_house
def draft_position(house: House, topic: str, out: Path | None, as_json: bool) -> None:
    """Draft advice for a topic's present phase: the facts filled in, the advice left blank for you.

    Nothing is stored. Fill in every ___, then file it with `radar position set TOPIC --from FILE`.

    \b
    Example: radar position draft passkeys --out passkeys.toml
    """
    from radar.cli.advice_file import write_draft
    from radar.cli.output import write_lines
    from radar.desk.advising import draft_position
    from radar.text import clean_text

    if out is not None and out.exists():
        raise click.UsageError(f"--out: {out} is there already, perhaps filled in: name another file, or remove it")
    with house.open() as app:
        today = app.now().date()
        draft = draft_position(app.store, topic, today)
        name = _find_topic(app.store.list_topics(), topic).name
    if as_json:
        say_json(draft)
        return
    text = write_draft(draft, clean_text(name), today)
    if out is None:
        say(text.rstrip("\n"))
        return
    write_lines(out, text.splitlines())
    say(f"wrote  {out}")
    say(f"Fill in every ___, then: radar position set {topic} --from {out}")


def _find_topic(topics: list[Topic], slug: str) -> Topic:
    return next(topic for topic in topics if topic.slug == slug)


@position.command("set")
@click.argument("topic")
@click.option(
    "--from", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A draft, filled in."
)
@click.option("--ring", type=click.Choice(RINGS), help="Where the organisation stands.")
@click.option("--so-what", type=LINE, help="What it means for the organisation.")
@click.option("--say", "words", type=LINE, help="What to say if asked, at most 60 words.")
@click.option("--next", "next_step", type=LINE, help="The next step.")
@click.option("--by", "due_on", type=DAY, help="When the next step is due.")
@click.option("--owner", type=LINE, help="Who does it.")
@click.option("--drafted-by", type=LINE, help="Who wrote this version. [default: the advisor in radar.toml]")
@click.option("--approved-by", type=LINE, help="Who approved this version; without, it is a draft.")
@click.option("--review", "review_on", type=DAY, help="When to look at it again.")
@json_option
@pass_house
def set_position(
    house: House,
    topic: str,
    file: Path | None,
    ring: Ring | None,
    so_what: str | None,
    words: str | None,
    next_step: str | None,
    due_on: date | None,
    owner: str | None,
    drafted_by: str | None,
    approved_by: str | None,
    review_on: date | None,
    as_json: bool,
) -> None:
    """Write a new version of the advice on a topic.

    What is not given stays as in the version before, except the approval: a new version is a draft until approved.

    \b
    Example: radar position set passkeys --from passkeys.toml
             radar position set passkeys --ring trial --so-what "Donors log in without passwords." \\
                 --say "We try passkeys with 50 staff until March." --next "Approve the trial" --by 2027-12-04
    """
    from radar.cli.advice_file import read_draft
    from radar.desk.advising import approve_position, file_position

    given = {
        "ring": ring,
        "so_what": so_what,
        "say": words,
        "next_step": next_step,
        "due_on": due_on,
        "owner": owner,
        "review_on": review_on,
    }
    changes = (read_draft(file, topic) if file else {}) | {k: value for k, value in given.items() if value is not None}
    with house.open() as app:
        now = app.now()
        if approved_by and changes.keys() <= {"review_on"}:
            saved = approve_position(app.store, topic, approved_by, now, review_on=review_on)
        else:
            by = drafted_by or app.settings.advisor.name
            saved = file_position(app.store, topic, changes, now, drafted_by=by, approved_by=approved_by or "")
        name = _find_topic(app.store.list_topics(), topic).name
    if as_json:
        say_json(saved)
        return
    say_position(saved, name)
    _say_standing(saved)


@position.command("approve")
@click.argument("topic")
@click.option("--by", required=True, type=LINE, help="Who stands up for it.")
@click.option("--version", type=click.IntRange(1), help="The version that was read. [default: the newest]")
@click.option("--review", "review_on", type=DAY, help="When to look at it again.")
@json_option
@pass_house
def approve_position(
    house: House, topic: str, by: str, version: int | None, review_on: date | None, as_json: bool
) -> None:
    """Approve the newest version: from now on digests speak from it.

    The approval is a version of its own, with the same words; the draft stays as it was. Words with blanks (___) are
    refused. Advice that is no longer current is renewed the same way, after a second look.

    \b
    Example: radar position approve passkeys --by "Ada Blum"
             radar position approve passkeys --by "Ada Blum" --review 2027-06-01
    """
    from radar.desk.advising import approve_position

    with house.open() as app:
        saved = approve_position(app.store, topic, by, app.now(), version=version, review_on=review_on)
        name = _find_topic(app.store.list_topics(), topic).name
    if as_json:
        say_json(saved)
    else:
        say_position(saved, name)


@position.command("moves")
@click.argument("topic", required=False)
@click.option("--since", type=DAY, help="Only moves from this day on.")
@json_option
@pass_house
def list_moves(house: House, topic: str | None, since: date | None, as_json: bool) -> None:
    """List the moves between rings, the latest first: the approvals that changed where we stand.

    \b
    Example: radar position moves --since 2026-07-01
    """
    from radar.desk.advising import list_moves

    with house.open() as app:
        moves = list_moves(app.store, topic, since or date.min)
        names = {known.slug: known.name for known in app.store.list_topics()}
    if as_json:
        say_json(to_plain(moves))
        return
    if not moves:
        say("No moves" + (f" since {format_on(since)}." if since else " yet."))
        return
    say_table(
        ("on", "topic", "name", "from", "to", "approved by", "version"),
        [
            (format_on(m.moved_on), m.topic, names.get(m.topic, m.topic), m.previous or "new", m.ring, m.approved_by,
             m.version)
            for m in moves
        ],
    )  # fmt: skip
    say(f"\n{count(len(moves), 'move')}")


def _say_standing(saved: Position) -> None:
    from radar.listen.advice import find_blanks

    if saved.approved_by:
        return
    if blanks := find_blanks(saved):
        say_block(f"It still has blanks (___) in {', '.join(blanks)}: nobody can approve it before they are filled in.")
    else:
        say(f"Approve it with: radar position approve {saved.topic} --by NAME")
