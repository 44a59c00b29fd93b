"""What to answer when nobody goes by a name."""

from collections.abc import Iterable

from radar.errors import UnknownName
from radar.text import hint_close

_WHERE = {
    "candidate": "`radar candidates --all` lists them",
    "executive": "`radar executives` lists them",
    "topic": "`radar topics` lists them",
    "feed": "`radar feeds` lists them; `feeds.toml` is where they are named",
    "publisher": "`radar feeds` lists them",
    "story": "`radar query` finds stories",
    "correction": "`radar stories show` lists those of a story",
    "statement": "`radar agenda` lists them",
    "issue": "`radar digest` builds them",
    "item": "`radar feedback EXECUTIVE` lists those of the newest issue",
    "message": "`radar status` shows the outbox",
    "key": "`radar keys` lists them",
}


def unknown_name(what: str, name: str, known: Iterable[str] = ()) -> UnknownName:
    """Return the error to raise: what was asked for, the closest known names, where to look."""
    hint = f"{close} " if (close := hint_close(name, known)) else ""
    shown = name if len(name) <= 120 else name[:119] + "…"
    return UnknownName(f"no {what} is called {shown!r}: {hint}{_WHERE[what]}")
