"""`radar topics`: the technologies Radar follows."""

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import format_on, say, say_block, say_json, say_need, say_position, say_table
from radar.cli.topic_edits import add_topic, edit_topic, remove_topic


@click.group(cls=ListGroup)
def topics() -> None:
    """List the technologies Radar follows; add, change or remove some.

    A topics.toml in Radar's folder adds topics, or replaces shipped ones by their slug. You may also edit it by hand:
    `radar serve` follows it, `radar crawl` reads it.

    \b
    Example: radar topics
             radar topics show passkeys
             radar topics edit passkeys --alias "device-bound key" --dry-run
    """


topics.add_command(add_topic)
topics.add_command(edit_topic)
topics.add_command(remove_topic)


@topics.command("list")
@json_option
@pass_house
def list_topics(house: House, as_json: bool) -> None:
    """List every topic with its phase.

    \b
    Example: radar topics list --json
    """
    from radar.brief.wording import write_phase

    with house.lookup() as lookup:
        known = lookup.topics()
        phases = {signal.topic: write_phase(signal) for signal in lookup.signals()}
    if as_json:
        say_json(known)
        return
    if not known:
        say("No topics yet: run `radar init`.")
        return
    _name_mistake(house)
    say_table(
        ("topic", "name", "quadrant", "phase"),
        [
            (t.slug, t.name, t.quadrant, phases.get(t.slug, ""))
            for t in sorted(known, key=lambda t: (t.quadrant, t.slug))
        ],
    )


def _name_mistake(house: House) -> None:
    """Name a mistake in topics.toml: what is listed is then older than the file."""
    from radar.cli import complain
    from radar.config import load_topics
    from radar.errors import ConfigError

    try:
        load_topics(house.home)
    except ConfigError as error:
        complain(f"{error}; listed are the topics as they were before")


@topics.command("show")
@click.argument("slug")
@json_option
@pass_house
def show_topic(house: House, slug: str, as_json: bool) -> None:
    """Show a topic: what it is, how it moved, the advice on file.

    \b
    Example: radar topics show passkeys
    """
    from radar.brief.wording import write_phase
    from radar.listen.survey import NEED_HOLDS
    from radar.store.names import unknown_name

    with house.open() as app:
        known = {topic.slug: topic for topic in app.store.list_topics()}
        slug = slug.lower()
        if slug not in known:
            raise unknown_name("topic", slug, known)
        topic = known[slug]
        history = app.store.signal_history(slug)
        versions = app.store.position_history(slug)
        need = app.store.latest_needs(app.now().date() - NEED_HOLDS).get(slug)
    if as_json:
        say_json({"topic": topic, "signals": history, "positions": versions, "need": need})
        return
    say(f"{topic.name} ({topic.slug}) · {topic.quadrant}" + (f" · part of {topic.parent}" if topic.parent else ""))
    say_block(topic.definition)
    if topic.primer:
        say()
        say_block(topic.primer)
    if topic.aliases:
        say()
        say_block("Also called: " + ", ".join(topic.aliases))
    say()
    if history:
        say_table(
            ("week of", "phase", "", "reports", "usual", "publishers"),
            [
                (
                    format_on(signal.week),
                    write_phase(signal) or "quiet",
                    "" if not signal.phase else "confirmed" if signal.confirmed else "early",
                    signal.evidence.reports,
                    f"{signal.evidence.usual:.1f}",
                    len(signal.evidence.publishers),
                )
                for signal in history[-12:]
            ],
        )
        say_block(history[-1].sentence)
    else:
        say("No closed week yet.")
    say_need(need)
    say()
    if versions:
        say_position(versions[-1], topic.name)
    else:
        say(f"No advice on file: radar position set {slug} --ring assess --so-what … --say …")
