"""`radar stories tag` and `untag`: what a story is about, put right by the advisor."""

import click

from radar.cli.house import House, json_option, name_user, pass_house
from radar.cli.output import say, say_json
from radar.cli.words import LINE

_BY = click.option("--by", type=LINE, help="Who says so. [default: your login name]")
_UNDO = click.option("--undo", is_flag=True, help="Take back what was said of this story and topic.")


@click.command("tag")
@click.argument("story")
@click.argument("topic")
@_UNDO
@_BY
@json_option
@pass_house
def tag_story(house: House, story: str, topic: str, undo: bool, by: str | None, as_json: bool) -> None:
    """Say that a story is also about a topic.

    It holds for what joins the story later, and the tagger learns from it: one word of yours weighs like ten of its own
    guesses, and is never forgotten.

    \b
    Example: radar stories tag 6a1f0c2b9d3e4f5a6b7c passkeys
             radar stories tag 6a1f0c2b9d3e4f5a6b7c passkeys --undo
    """
    _correct(house, story, topic, None if undo else True, by, as_json)


@click.command("untag")
@click.argument("story")
@click.argument("topic")
@_UNDO
@_BY
@json_option
@pass_house
def untag_story(house: House, story: str, topic: str, undo: bool, by: str | None, as_json: bool) -> None:
    """Say that a story is not about a topic.

    \b
    Example: radar stories untag 6a1f0c2b9d3e4f5a6b7c generative-ai
             radar stories untag 6a1f0c2b9d3e4f5a6b7c generative-ai --undo
    """
    _correct(house, story, topic, None if undo else False, by, as_json)


def _correct(house: House, story: str, topic: str, wanted: bool | None, by: str | None, as_json: bool) -> None:
    with house.open() as app:
        found = app.pipeline.correct_tag(story, topic, wanted, app.now(), by or name_user())
        tags = app.store.tags_of([found.id]).get(found.id, [])
        name = app.pipeline.topics[topic].name
    if as_json:
        say_json({"story": found.id, "topic": topic, "about": wanted, "tags": tags})
        return
    said = {True: f"is about {name}", False: f"is not about {name}", None: f"is tagged by its words again as to {name}"}
    say(f"{found.title} {said[wanted]}")
    say(f"Topics now: {', '.join(tag.topic for tag in tags) or 'none'}")
    if wanted is not None:
        say(f"To take it back: radar stories {'tag' if wanted else 'untag'} {found.id} {topic} --undo")
