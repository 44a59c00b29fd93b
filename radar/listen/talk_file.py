"""The notes of a talk as a file to fill in: Pack → TOML, where nothing filled in means nothing spoken of."""

from collections.abc import Iterator
from datetime import date, timedelta

import tomli_w

from radar.records import STAGES, Pack

_LATER = timedelta(weeks=6)  # an example of a day
_HEAD = """\
# Talk with {name}. Fill in what was said and delete or leave the rest: what is left as it is changes nothing.
# Then: radar talk {slug} --from THIS-FILE. It is stored as a whole or not at all; a second time repeats nothing.
"""
_NEW = """\
# Something new they want, in their own words: one table each.
# [[new]]
# text = "…"
# weight = 3
# topics = []
"""
_RAISED = """\
# A topic they asked about of their own accord.
# [[raised]]
# topic = "passkeys"
"""


def write_talk_file(pack: Pack, held_on: date) -> str:
    """Return the file, filled in as far as a pack knows: statements, ideas to float, open steps."""
    return "\n".join(_write_parts(pack, held_on))


def _write_parts(pack: Pack, held_on: date) -> Iterator[str]:
    yield _HEAD.format(name=_comment(pack.executive_name), slug=pack.executive)
    later = held_on + _LATER
    yield f'held_on = {held_on}\nnote = ""\n# next_at = {later}T10:00:00  # where they are: {pack.tz}\n'
    if pack.agenda:
        yield '# Their agenda. answer = "still right" or "ended"; another text or weight is a change.\n'
    for told in pack.agenda:
        words = told.statement
        yield "[[statement]]\n" + _write(id=words.id, answer="", text=words.text, weight=words.weight)
    yield _NEW
    topics = {one.topic: f"to float: {one.opening}" for one in pack.possibilities}
    topics |= {one.topic: f"{one.stage} since {one.since_on}: {one.because}" for one in pack.nudges}
    topics |= {one.topic: f"due {one.due_on}: {one.step}" for one in pack.decisions if one.topic not in topics}
    yield (
        f"# Ideas. stage = {', '.join(STAGES)}.\n"
        f"# With nudge_on = {later} it comes back then; with revisit_on, what was declined or parked.\n"
    )
    for topic, reason in topics.items():
        yield f"# {_comment(reason)}\n[[outcome]]\n" + _write(topic=topic, stage="", note="")
    yield _RAISED


def _write(**values: str | int) -> str:
    return tomli_w.dumps(values)


def _comment(text: str) -> str:
    """Return text that stays on its line."""
    return " ".join(text.split())
