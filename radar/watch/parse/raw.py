"""What a document publishes, nothing cleaned yet: what all the ways of reading one agree on."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Unsure(Exception):
    """The document has something in it that only feedparser knows how to read."""


class RawEntry(NamedTuple):
    """One item of a document as published, nothing cleaned yet."""

    guid: str
    url: str  # absolute, or ""
    title: str
    texts: tuple[tuple[str, bool], ...]  # summary, then contents; True: plain text
    author: str
    published_at: datetime | None
    title_is_plain: bool = True


class RawFeed(NamedTuple):
    """A document as published: what all the ways of reading one agree on."""

    title: str
    link: str
    format: str
    items: Sequence[RawEntry]
    ttl: int = 0
    title_is_plain: bool = True
    author: str = ""  # of the entries that name none, where the dialect says so
