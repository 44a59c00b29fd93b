"""`radar stories`: what was grouped, and the advisor's corrections of it."""

from typing import TYPE_CHECKING

import click

from radar.cli.house import House, json_option, name_user, pass_house
from radar.cli.output import count, format_at, say, say_block, say_json, say_table
from radar.cli.story_tags import tag_story, untag_story
from radar.cli.words import LINE

if TYPE_CHECKING:
    from radar.records import Correction, Story, Tag

_BY = click.option("--by", type=LINE, help="Who says so. [default: your login]")


@click.group()
def stories() -> None:
    """Show a story with its entries, and put right what was grouped wrongly.

    A correction holds for good, whatever arrives later, until it is undone. Stories that change are tagged anew.

    \b
    Example: radar stories show 6a1f0c2b9d3e4f5a6b7c
             radar stories split 6a1f0c2b9d3e4f5a6b7c 0b1c2d3e4f5a6b7c8d9e
             radar stories merge 6a1f0c2b9d3e4f5a6b7c 9e8d7c6b5a4f3e2d1c0b
             radar stories undo 3
    """


@stories.command("show")
@click.argument("story")
@json_option
@pass_house
def show_story(house: House, story: str, as_json: bool) -> None:
    """Show a story: its entries, who published them, its topics, its corrections.

    The id of a story that went into another shows the other.

    \b
    Example: radar stories show 6a1f0c2b9d3e4f5a6b7c --json
    """
    with house.open() as app:
        found = app.store.find_story(story)
        tags = app.store.tags_of([found.id]).get(found.id, [])
        entries = {entry.id for entry in found.entries}
        corrections = [one for one in app.store.list_corrections() if entries & {*one.entries, *one.rest}]
    if as_json:
        say_json({"story": found, "publishers": found.publishers, "tags": tags, "corrections": corrections})
        return
    _say_story(found)
    if tags:
        say_block("Topics: " + ", ".join(_explain_tag(tag) for tag in tags))
    if corrections:
        say_table(
            ("correction", "what", "when", "by", "undone"),
            [
                (one.number, _describe(one), format_at(one.at), one.by, one.undone_by if one.undone_at else "")
                for one in corrections
            ],
        )


stories.add_command(tag_story)
stories.add_command(untag_story)


@stories.command("split")
@click.argument("story")
@click.argument("entry")
@_BY
@json_option
@pass_house
def split(house: House, story: str, entry: str, by: str | None, as_json: bool) -> None:
    """Take an entry out of a story: it becomes a story of its own, and never joins the rest again.

    \b
    Example: radar stories split 6a1f0c2b9d3e4f5a6b7c 0b1c2d3e4f5a6b7c8d9e
    """
    with house.open() as app:
        done = app.pipeline.split_story(story, entry, app.now(), by or name_user())
    _say_done(*done, as_json)


@stories.command("merge")
@click.argument("story")
@click.argument("other")
@_BY
@json_option
@pass_house
def merge(house: House, story: str, other: str, by: str | None, as_json: bool) -> None:
    """Say that two stories are the same: they become one, under the id of the older.

    \b
    Example: radar stories merge 6a1f0c2b9d3e4f5a6b7c 9e8d7c6b5a4f3e2d1c0b
    """
    with house.open() as app:
        done = app.pipeline.merge_stories(story, other, app.now(), by or name_user())
    _say_done(*done, as_json)


@stories.command("undo")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@_BY
@json_option
@pass_house
def undo(house: House, number: int, by: str | None, as_json: bool) -> None:
    """Undo a correction: its entries go back to where they were; from now on they are grouped by their texts alone.

    \b
    Example: radar stories undo 3
    """
    with house.open() as app:
        done = app.pipeline.undo_correction(number, app.now(), by or name_user())
    _say_done(*done, as_json)


def _say_done(correction: "Correction", changed: "list[Story]", as_json: bool) -> None:
    if as_json:
        say_json({"correction": correction, "stories": changed})
        return
    done = "undone" if correction.undone_at else f"to undo it: radar stories undo {correction.number}"
    say(f"Correction {correction.number}: {_describe(correction)}; {done}")
    for story in changed:
        say()
        _say_story(story)


def _explain_tag(tag: "Tag") -> str:
    why = ", ".join(tag.terms) or "put right by the advisor"
    return f"{tag.topic} {tag.confidence:.2f} ({why})"


def _describe(correction: "Correction") -> str:
    parts = count(len(correction.entries), "entry", "entries")
    if correction.kind == "split":
        return f"{parts} split off {correction.story}"
    return f"{correction.other} ({parts}) merged into {correction.story}"


def _say_story(story: "Story") -> None:
    first, *more = story.publishers
    say_block(f"{story.id}  {story.title}", hang="    ")
    say(f"    {first}" + (f" +{count(len(more), 'publisher')}" if more else ""))
    for entry in story.entries:  # titles whole: they are what one splits and merges by
        say(f"    entry {entry.id} · {format_at(entry.published_at)} · {entry.publisher}")
        say_block(entry.title, "      ")
