"""`radar signals` and `radar exposure`: what is emerging, and where advice is missing."""

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, format_on, say, say_block, say_json, say_need, say_table, to_plain
from radar.records import PHASES, Exposure

#: An empty list because nothing moves and one because nothing was read must not look alike.
UNREAD = "Nobody can tell yet: no week of press has been read: see `radar crawl`, `radar status`."


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also topics without a phase.")
@click.option("--topic", metavar="SLUG", help="Only this topic.")
@json_option
@pass_house
def signals(house: House, everything: bool, topic: str | None, as_json: bool) -> None:
    """List what is emerging: each topic's phase at the end of the last closed week, with the evidence.

    Confirmed signals are strong enough for executives; early ones are for the advisor's desk.

    \b
    Example: radar signals
             radar signals --topic passkeys
    """
    from radar.brief.wording import write_phase
    from radar.listen.survey import NEED_HOLDS
    from radar.store.names import unknown_name

    with house.lookup() as lookup:
        names = {known.slug: known.name for known in lookup.topics()}
        found = known = lookup.signals()
        need = lookup.needs(house.now().date() - NEED_HOLDS).get(topic) if topic else None
    if topic is not None:
        if topic not in names:
            raise unknown_name("topic", topic, names)
        found = [signal for signal in found if signal.topic == topic]
    elif not everything:
        found = [signal for signal in found if signal.phase]
    order = {phase: number for number, phase in enumerate(("surging", "rising", "weak signal", "mainstream", "fading"))}
    found.sort(key=lambda s: (order.get(s.phase or "", len(PHASES)), not s.confirmed, -s.confidence, s.topic))
    if as_json:
        say_json([to_plain(signal) | {"need": need} for signal in found] if topic else found)
        return
    if not found:
        if topic:
            say(f"{names[topic]}: no closed week yet.")
            say_need(need)
        else:
            say("Nothing to report: no topic has a phase." if known else UNREAD)
        return
    say(f"Week of {format_on(found[0].week)}")
    for signal in found:
        news = signal.phase in ("weak signal", "rising", "surging")
        grade = " · confirmed" if signal.confirmed else " · early" if news else ""
        say(f"\n{names.get(signal.topic, signal.topic)} ({signal.topic}) · {write_phase(signal) or 'quiet'}{grade}")
        say_block(signal.sentence, "    ")
        say_need(need)


@click.command()
@json_option
@pass_house
def exposure(house: House, as_json: bool) -> None:
    """List topics that move while no current, approved advice is on file, worst first.

    A topic counts when it is rising and on someone's agenda, or surging anywhere; a link to a broad topic counts for
    the narrower ones. Advice on a rising topic is due in 14 days, on a surging one in 7, counted from when it
    became exposed. The goal is an empty list.

    \b
    Example: radar exposure
    """
    from radar.desk.advising import list_exposures

    with house.open() as app:
        found = list_exposures(app.store, app.now().date())
        signals = app.store.list_signals()
    if as_json:
        say_json(found)
        return
    if not found:
        say("Nobody is exposed: every topic that moves has current advice." if signals else UNREAD)
        return
    touching = [one for one in found if one.executives]
    if touching:
        _say_exposures(touching)
    if surging := [one for one in found if not one.executives]:
        say(("\n" if touching else "") + "Surging, on nobody's agenda:")
        _say_exposures(surging)
    overdue = sum(one.overdue for one in found)
    say(f"\n{count(len(found), 'topic')} to advise on, {overdue} overdue. Begin with: {found[0].command}")


def _say_exposures(found: list[Exposure]) -> None:
    say_table(
        ("topic", "phase", "on the agenda of", "score", "due", ""),
        [
            (
                e.topic,
                e.phase,
                ", ".join(e.executives) or "nobody",
                f"{e.score:.1f}",
                format_on(e.due_on),
                "overdue" if e.overdue else "",
            )
            for e in found
        ],
        notes=[e.reason for e in found],  # whole, however long: it says what to do
    )
