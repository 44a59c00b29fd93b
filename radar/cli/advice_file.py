"""Advice as a file to fill in: a draft written as TOML, read back key by key."""

import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from radar.errors import Unusable
from radar.records import AdviceDraft, Ring

_HEAD = """\
# Advice on {name}. Every ___ is a blank that only a person can fill: nothing with a blank left is approved.
# Then: radar position set {slug} --from THIS-FILE, and radar position approve {slug} --by NAME
#
# What is known on {today}:
"""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The table [position]; what is left out stays as in the version before."""

    topic: str = ""
    ring: Ring | None = None
    so_what: str | None = None
    say: str | None = None
    next_step: str | None = None
    due_on: date | None = None
    owner: str | None = None
    review_on: date | None = None


class _AdviceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    position: _Words


def write_draft(draft: AdviceDraft, name: str, today: date) -> str:
    """Return a draft as the text of a file: the facts as comments, the words below them."""
    head = _HEAD.format(name=name, slug=draft.topic, today=today)
    facts = "".join(f"{line}\n" for fact in draft.facts for line in _wrap(fact))
    return f"{head}{facts}\n[position]\n" + "".join(f"{line}\n" for line in _list_lines(draft))


def _wrap(fact: str) -> list[str]:
    return textwrap.wrap(fact, 100, initial_indent="#   ", subsequent_indent="#     ", break_long_words=False)


def _list_lines(draft: AdviceDraft) -> Iterator[str]:
    import tomli_w

    def put(key: str, value: object, why: str = "") -> Iterator[str]:
        if why:
            yield f"# {why}"
        yield tomli_w.dumps({key: value}).rstrip("\n")

    yield from put("topic", draft.topic)
    yield from put("ring", draft.ring, "adopt, trial, assess or hold")
    yield from put("so_what", draft.so_what, "What it means for us, in a sentence or two.")
    yield from put("say", draft.say, "What to say if asked: at most 60 words, as one would speak them.")
    yield from put("next_step", draft.next_step, 'What happens next, as an order: "Approve the trial". "" for nothing.')
    if draft.due_on:
        yield from put("due_on", draft.due_on, "By when.")
    yield from put("owner", draft.owner, "Who does it.")
    yield from put("review_on", draft.review_on, "When to look at this again.")


def read_draft(path: Path, topic: str) -> dict[str, Any]:
    """Return what a file says of a topic's advice, by the names of its fields. Raises ConfigError, Unusable."""
    from radar.config.toml import decode, read_text

    words = decode(read_text(path), _AdviceFile, path).position
    if words.topic and words.topic != topic:
        raise Unusable("topic", f"{path} holds advice on {words.topic}, not on {topic}")
    given = msgspec.structs.asdict(words)
    return {name: value for name, value in given.items() if value is not None and name != "topic"}
