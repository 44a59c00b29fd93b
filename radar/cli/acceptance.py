"""`radar acceptance`: how far each executive has come with each topic, and how well they know it."""

from collections.abc import Mapping, Sequence
from datetime import date

import click

from radar.cli.house import House, ListGroup, json_option, name_user, pass_house
from radar.cli.output import format_on, say, say_block, say_json, say_table
from radar.cli.words import DAY, LINE, Word
from radar.records import FAMILIARITIES, STAGES, Channel, Familiarity, Rapport, Stage


def _read_level(text: str) -> Familiarity:
    plain = text.lower().replace("-", " ")
    for level in FAMILIARITIES:
        if plain == level:
            return level
    raise ValueError(f"{text!r} is no level; write never-met, introduced or familiar")


LEVEL = Word("level", _read_level)
by_option = click.option("--by", type=LINE, metavar="NAME", help="Who notes it. [default: who runs the command]")


@click.group(cls=ListGroup)
def acceptance() -> None:
    """List how far executives have come with topics; note a step, or what they know.

    A topic is floated by an issue that tells of it; answers make it aware or interested. What you note overrules that.

    \b
    Example: radar acceptance president
             radar acceptance president passkeys
             radar acceptance --funnel
             radar acceptance set president passkeys declined --note "not this year" --revisit 2027-03-01
             radar acceptance know president passkeys familiar
    """


@acceptance.command("list")
@click.argument("executive", required=False)
@click.argument("topic", required=False)
@click.option("--funnel", is_flag=True, help="How many topics stand at each stage, by executive.")
@json_option
@pass_house
def list_acceptance(house: House, executive: str | None, topic: str | None, funnel: bool, as_json: bool) -> None:
    """List how executives stand with topics, what is due first; the history with one topic; or the funnel.

    Due is what lies on a shelf (floated twice, no answer for eight weeks) and what was to be brought up again.

    \b
    Example: radar acceptance list president passkeys
    """
    from radar.desk.rapport import judge_rapports, list_funnel, read_dossier
    from radar.listen.acceptance import count_stages

    if funnel and executive:
        raise click.UsageError("--funnel shows all executives; leave the name out")
    with house.open() as app:
        now, today = app.now(), app.now().date()
        if executive and topic:
            dossier = read_dossier(app.store, executive)
            found = judge_rapports(dossier, today).get(topic)
            if found is None:
                app.store.position_history(topic)  # refuses a topic there is not
                found = Rapport(executive, topic, "never met", None)
            steps = [step for step in dossier.steps if step.topic == topic]
            if as_json:
                say_json({"rapport": found, "steps": steps})
                return
            _say_history(found, today)
            if steps:
                say()
                rows = [(format_on(s.at.date()), s.stage, s.channel, s.by or "Radar", s.note) for s in steps]
                say_table(("on", "step", "by way of", "noted by", "note"), rows)
            return
        all_of_them = (
            {executive: tuple(judge_rapports(read_dossier(app.store, executive), today).values())}
            if executive
            else list_funnel(app.store, now)
        )
    if funnel:
        counted = {
            slug: count_stages(one.acceptance for one in rapports if one.acceptance)
            for slug, rapports in all_of_them.items()
        }
        if as_json:
            say_json(counted)
        else:
            say_table(("executive", *STAGES), [(slug, *stages.values()) for slug, stages in counted.items()])
    elif as_json:
        say_json([one for rapports in all_of_them.values() for one in rapports])
    else:
        _say_rapports(all_of_them, today)


@acceptance.command("set")
@click.argument("executive")
@click.argument("topic")
@click.argument("stage", type=click.Choice(STAGES))
@click.option("--note", type=LINE, help="What was said, in a sentence.")
@click.option("--channel", type=click.Choice(("talk", "reply", "digest")), default="talk", help="How. [default: talk]")
@click.option("--on", type=DAY, help="When. [default: today]")
@click.option("--revisit", "revisit_on", type=DAY, help="Declined or parked: not to be floated before this day.")
@click.option("--nudge", "nudge_on", type=DAY, help="When to bring it up again.")
@by_option
@json_option
@pass_house
def set_acceptance(
    house: House,
    executive: str,
    topic: str,
    stage: Stage,
    note: str | None,
    channel: Channel,
    on: date | None,
    revisit_on: date | None,
    nudge_on: date | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Note a step of an executive with a topic; it overrules what Radar derived.

    What was declined or parked is left out of their digests until its day, or until the topic changes phase; without a
    day, only a new phase brings it back. Moves between rings are always told.

    \b
    Example: radar acceptance set president passkeys trial --note "with the finance team" --nudge 2027-01-15
    """
    from radar.desk.rapport import judge_rapports, note_step, read_dossier

    with house.open() as app:
        step = note_step(
            app.store,
            executive,
            topic,
            stage,
            app.now(),
            by or name_user(),
            channel=channel,
            note=note or "",
            on=on,
            revisit_on=revisit_on,
            nudge_on=nudge_on,
        )
        today = app.now().date()
        found = judge_rapports(read_dossier(app.store, executive), today)[topic]
    if as_json:
        say_json({"rapport": found, "step": step})
        return
    _say_history(found, today)


@acceptance.command("know")
@click.argument("executive")
@click.argument("topic")
@click.argument("level", type=LEVEL, metavar="LEVEL")
@by_option
@json_option
@pass_house
def note_knowledge(house: House, executive: str, topic: str, level: Familiarity, by: str | None, as_json: bool) -> None:
    """Note how well an executive knows a topic: never-met, introduced or familiar.

    Who has never met a topic gets its primer with the next digest that tells of it; everybody else the news alone.

    \b
    Example: radar acceptance know president passkeys familiar
    """
    from radar.desk.rapport import judge_rapports, note_familiarity, read_dossier

    with house.open() as app:
        note_familiarity(app.store, executive, topic, level, app.now(), by or name_user())
        today = app.now().date()
        found = judge_rapports(read_dossier(app.store, executive), today)[topic]
    if as_json:
        say_json(found)
        return
    _say_history(found, today)


def _say_rapports(found: Mapping[str, Sequence[Rapport]], today: date) -> None:
    rows = [
        (
            one.executive,
            one.topic,
            _write_level(one),
            one.acceptance.stage if one.acceptance else "–",
            format_on(one.acceptance.since_on) if one.acceptance else "–",
            one.acceptance.floated if one.acceptance else 0,
            _write_due(one, today),
        )
        for rapports in found.values()
        for one in sorted(rapports, key=lambda one: (not _write_due(one, today), one.topic))
    ]
    if not rows:
        say("Nobody has met a topic yet: an issue that tells of one floats it.")
        return
    notes = [due for *_, due in rows]
    say_table(("executive", "topic", "explained", "stage", "since", "floated"), [row[:-1] for row in rows], notes)


def _write_level(one: Rapport) -> str:
    """Return how well a topic is known: who talks about it has met it, even where nothing has explained it yet."""
    return "not explained yet" if one.familiarity == "never met" else one.familiarity


def _write_due(one: Rapport, today: date) -> str:
    """Return what is due with a topic, or ""."""
    accepted = one.acceptance
    if accepted is None:
        return ""
    if accepted.shelved:
        return f"shelved, {_write_day(accepted.nudge_on)}"
    if accepted.nudge_on is not None and accepted.nudge_on <= today:
        what = "wants to talk" if accepted.stage == "interested" else "nudge"
        return f"{what}, {_write_day(accepted.nudge_on)}"
    if accepted.revisit_on is not None and accepted.revisit_on <= today:
        return f"revisit, {_write_day(accepted.revisit_on)}"
    return ""


def _write_day(day: date | None) -> str:
    return f"{day.day} {day:%b}" if day else ""


def _say_history(one: Rapport, today: date) -> None:
    accepted = one.acceptance
    if accepted is None:
        say(f"{one.executive}, {one.topic}: {_write_level(one)}, never floated")
        return
    times = {1: "once", 2: "twice"}.get(accepted.floated, f"{accepted.floated} times")
    say(f"{one.executive}, {one.topic}: {accepted.stage} since {format_on(accepted.since_on)}, {_write_level(one)}")
    parts = [f"Floated {times}."] if accepted.floated else []
    if accepted.stage in ("declined", "parked") and (accepted.revisit_on is None or accepted.revisit_on > today):
        day = f"before {format_on(accepted.revisit_on)} " if accepted.revisit_on else ""
        parts.append(f"Not floated again {day}unless its phase changes.")
    if accepted.nudge_on and accepted.nudge_on > today:
        parts.append(f"Next nudge {format_on(accepted.nudge_on)}.")
    if due := _write_due(one, today):
        parts.append(f"Due: {due}.")
    if parts:
        say_block(" ".join(parts), "    ")
