"""topics.toml edited by commands: only what is meant changes, and comments survive."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.config import parse_topics
from radar.errors import ConfigError
from radar.files.topics import drop_topic, put_topic
from radar.records import Topic

PATH = Path("topics.toml")
TEXT = '''# our own topics

# asked for by the president
[[topic]]
slug = "tides"  # keep
name = "Tidal power"
quadrant = "frontier"
definition = """Turbines
under water."""
aliases = [
    "tidal power",  # the usual name
    # and an old one
    "tide mill",
]

# for the field
[[topic]]
slug = "kites"
name = "Kite power"
quadrant = "frontier"
definition = "Kites that make electricity."
'''
TIDES, KITES = parse_topics(TEXT, PATH)


def comments_of(text: str) -> list[str]:
    return [line[line.index("#") :].strip() for line in text.splitlines() if "#" in line]


def test_a_topic_is_added_at_the_end() -> None:
    """What was there stays to the letter."""
    text = put_topic(TEXT, Topic("waves", "Waves", "frontier", "Buoys.", seeds=('a "b"', "c")), PATH)
    assert text.startswith(TEXT)
    assert parse_topics(text, PATH)[-1].seeds == ('a "b"', "c")
    assert put_topic("", KITES, PATH).startswith("[[topic]]\nslug = ")


def test_an_edit_changes_one_key_and_keeps_every_comment() -> None:
    """Also those inside the list that changes."""
    text = put_topic(TEXT, replace(TIDES, aliases=("tidal power", "tide mill", "tidal stream")), PATH)
    assert comments_of(text) == comments_of(TEXT)
    assert parse_topics(text, PATH)[0].aliases[-1] == "tidal stream"
    before, _, rest = TEXT.partition("aliases = [")
    assert text.startswith(before)
    assert text.endswith(rest[rest.index("\n]\n") + 3 :])


def test_keys_come_and_go() -> None:
    """A new one is added to its topic, an emptied one leaves it."""
    text = put_topic(TEXT, replace(TIDES, parent="kites", aliases=()), PATH)
    assert parse_topics(text, PATH) == (replace(TIDES, parent="kites", aliases=()), KITES)
    assert 'parent = "kites"' in text[: text.index("# for the field")]


def test_a_topic_is_removed_and_the_comments_around_it_stay() -> None:
    """Those above the others."""
    text = drop_topic(TEXT, "tides", PATH)
    assert parse_topics(text, PATH) == (KITES,)
    assert {"# our own topics", "# for the field"} <= set(text.splitlines())
    assert parse_topics(drop_topic(text, "kites", PATH), PATH) == ()


@pytest.mark.parametrize("text", ['topic = [{slug = "kites", name = "K", quadrant = "q", definition = "d"}]\n'])
def test_what_cannot_be_edited_safely_is_left_alone(text: str) -> None:
    """In a line that says how to write it."""
    with pytest.raises(ConfigError, match=r"^topics\.toml: is written in a way .* a key a line$"):
        put_topic(text, replace(KITES, name="Other"), PATH)


_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
_LINES = st.text(_CHARACTERS, min_size=1, max_size=20).filter(str.strip)


@given(name=_LINES, aliases=st.lists(_LINES, max_size=4), definition=_LINES, ends=st.sampled_from(["\n", "\r\n"]))
def test_any_words_can_be_written_and_read_again(name: str, aliases: list[str], definition: str, ends: str) -> None:
    """Quotes, hashes, brackets, on both kinds of line ends."""
    definition = " ".join(definition.split()) or "x"
    wanted = replace(TIDES, name=name, aliases=tuple(aliases), definition=definition)
    text = put_topic(TEXT.replace("\n", ends), wanted, PATH)
    assert parse_topics(text, PATH) == (wanted, KITES)
