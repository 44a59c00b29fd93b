"""`radar topics add`, `edit` and `remove`: the operator's own topics, in topics.toml and in effect at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, say, say_block, say_json
from radar.cli.words import LINE, SLUG

if TYPE_CHECKING:
    from radar.pipeline import Retagging
    from radar.records import Topic

_dry_run = click.option("--dry-run", is_flag=True, help="Change nothing; show which stories would be tagged otherwise.")


def _describing(required: bool) -> Callable[[Any], Any]:
    """Return the options that describe a topic."""
    options = [
        click.option("--name", type=LINE, required=required, help="As an executive reads it in a sentence."),
        click.option("--definition", type=LINE, required=required, help="What it is, in one plain sentence."),
        click.option("--quadrant", type=LINE, required=required, help="The sector of the radar picture it belongs to."),
        click.option("--primer", type=LINE, help="60 to 120 words for somebody who has never heard of it."),
        click.option("--parent", help="The broader topic it is part of, by its slug."),
        click.option("--alias", "aliases", type=LINE, multiple=True, help="A name that proves the topic alone."),
        click.option("--seed", "seeds", type=LINE, multiple=True, help="A word or phrase that hints at it."),
        click.option("--not", "not_terms", type=LINE, multiple=True, help="What looks like it and is not."),
    ]

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.command("add")
@click.argument("slug", type=SLUG)
@_describing(required=True)
@_dry_run
@json_option
@pass_house
def add_topic(house: House, /, slug: str, dry_run: bool, as_json: bool, **words: Any) -> None:
    """Add a topic to topics.toml and read every story anew with it.

    \b
    Example: radar topics add kite-power --name "Kite power" --quadrant frontier \\
               --definition "Kites that make electricity." --seed tether --dry-run
    """
    from radar.records import Topic

    given = {key: value for key, value in words.items() if value}
    topic = Topic(slug, **given)

    def change(text: str, path: Path) -> str:
        if slug in _list_topics(text, path):
            raise click.UsageError(f"{slug} is a topic already; change it with `radar topics edit {slug}`")
        return _put_checked(text, topic, path)

    _carry_out(house, slug, "Added", change, dry_run, as_json)


@click.command("edit")
@click.argument("slug")
@_describing(required=False)
@click.option("--drop", "dropped", multiple=True, metavar="TEXT", help="Take out an alias, a seed or a --not.")
@_dry_run
@json_option
@pass_house
def edit_topic(house: House, /, slug: str, dropped: Sequence[str], dry_run: bool, as_json: bool, **words: Any) -> None:
    """Change a topic and read every story anew with it.

    Aliases, seeds and near-misses are added to those it has. A topic that Radar brings is copied to topics.toml as you
    change it; `radar topics remove` brings the shipped one back. Your comments there stay.

    \b
    Example: radar topics edit passkeys --alias "device-bound key" --drop "sign in"
    """
    from radar.store.names import unknown_name

    def change(text: str, path: Path) -> str:
        known = _list_topics(text, path)
        if slug not in known:
            raise unknown_name("topic", slug, known)
        return _put_checked(text, _change_topic(known[slug], words, dropped), path)

    _carry_out(house, slug, "Changed", change, dry_run, as_json)


@click.command("remove")
@click.argument("slug")
@_dry_run
@json_option
@pass_house
def remove_topic(house: House, slug: str, dry_run: bool, as_json: bool) -> None:
    """Take a topic of your own out of topics.toml: it is followed no more, its history and advice stay.

    A topic that Radar brings and you have changed becomes as it was shipped.

    \b
    Example: radar topics remove kite-power
    """
    from radar.config import parse_topics
    from radar.files.topics import drop_topic
    from radar.store.names import unknown_name

    def change(text: str, path: Path) -> str:
        if slug not in {topic.slug for topic in parse_topics(text, path)}:
            known = _list_topics(text, path)
            if slug not in known:
                raise unknown_name("topic", slug, known)
            raise click.UsageError(f"{slug} is one of the topics that Radar brings; only your own can be removed")
        return drop_topic(text, slug, path)

    _carry_out(house, slug, "Removed", change, dry_run, as_json)


def _list_topics(text: str, path: Path) -> "dict[str, Topic]":
    from radar.config import join_topics, load_shipped_topics

    return {topic.slug: topic for topic in join_topics(load_shipped_topics(), text, path)}


def _put_checked(text: str, topic: "Topic", path: Path) -> str:
    """Return the text of topics.toml with a topic; what is wrong with it is said of the option that brought it."""
    from radar.config import find_mistake, load_shipped_topics
    from radar.files.topics import put_topic

    topics = _list_topics(text, path) | {topic.slug: topic}
    if mistake := find_mistake([topic], topics, {known.quadrant for known in load_shipped_topics()}):
        raise click.UsageError(f"--{'alias' if mistake.key == 'aliases' else mistake.key}: {mistake}")
    return put_topic(text, topic, path)


def _change_topic(topic: "Topic", words: dict[str, Any], dropped: Sequence[str]) -> "Topic":
    from radar.text import fold_phrase

    unwanted = {fold_phrase(text) for text in dropped}
    fields: dict[str, Any] = {key: value for key, value in words.items() if isinstance(value, str)}
    found: set[str] = set()
    for key in ("aliases", "seeds", "not_terms"):
        had = getattr(topic, key)
        kept = [term for term in had if fold_phrase(term) not in unwanted]
        found |= {fold_phrase(term) for term in had} & unwanted
        fields[key] = tuple(dict.fromkeys([*kept, *words[key]]))
    for text in dropped:
        if fold_phrase(text) not in found:
            raise click.UsageError(f"{text!r} is no alias, seed or near-miss of {topic.slug}")
    return replace(topic, **fields)


def _carry_out(
    house: House, slug: str, done: str, change: Callable[[str, Path], str], dry_run: bool, as_json: bool
) -> None:
    """Change topics.toml, then everything that follows from it; or only say what would follow."""
    from radar.config import TOPICS_FILE, join_topics, load_shipped_topics, read_topics_file
    from radar.files.topics import edit_topics

    path = house.home / TOPICS_FILE
    shipped = load_shipped_topics()

    def checked(text: str, path: Path) -> str:
        changed = change(text, path)
        join_topics(shipped, changed, path)
        return changed

    with house.open() as app:
        wanted = join_topics(shipped, checked(read_topics_file(path), path), path)
        changes = app.pipeline.preview_topics(wanted)
        if not dry_run:
            edit_topics(house.home, checked)
            app.sync_topics()
    if as_json:
        say_json({"topic": slug, "dry_run": dry_run, "changes": changes})
        return
    back = ": the one that Radar brings holds again" if done == "Removed" and slug in {t.slug for t in shipped} else ""
    say(f"{'Nothing is changed yet' if dry_run else f'{done} {slug} in {path.name}{back}'}.")
    own = [one for one in changes if one.topic == slug]
    for one in own:
        _say_change(one, dry_run)
    if not own:
        say(f"No story {'would get or lose' if dry_run else 'got or lost'} the topic.")
    rest = [one for one in changes if one.topic != slug]
    if rest:
        stories = sum(one.gained + one.lost for one in rest)
        named = ", ".join(f"{one.topic} (+{one.gained} −{one.lost})" for one in rest[:5])
        say_block(
            f"With it {count(stories, 'tag')} of {count(len(rest), 'other topic')} change: {named}"
            + (" …" * (len(rest) > 5))
        )


def _say_change(change: "Retagging", dry_run: bool) -> None:
    would = "would " if dry_run else ""
    for number, titles, verb in ((change.gained, change.gains, "get"), (change.lost, change.losses, "lose")):
        if number:
            say(f"{count(number, 'story', 'stories')} {would}{verb} {change.topic}:")
            for title in titles:
                say_block(title, "  ", "    ")
            if number > len(titles):
                say(f"  and {number - len(titles):,} more")
