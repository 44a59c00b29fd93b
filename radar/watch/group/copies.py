"""Which entries are one text: the same page, the same title, or the same words under another headline."""

import re
from collections import defaultdict
from functools import lru_cache
from urllib.parse import unquote

from radar.records import Entry
from radar.text import canonicalise_url, normalise_title

_TITLE_WORDS = 4  # shorter titles ("Weekly roundup") repeat without being one story
#: Words that two summaries must have in common, from the first on, to be one text.
SAME_BEGINNING = 12
_READ = 600  # characters of a summary
_WORD = re.compile(r"\w+")


class CopyIndex:
    """The texts that were seen, each with the story it is in."""

    def __init__(self) -> None:
        self._by_page: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self._by_title: dict[str, int] = {}
        self._by_beginning: defaultdict[tuple[str, ...], list[tuple[Entry, int]]] = defaultdict(list)

    def add(self, entry: Entry, number: int) -> None:
        """Remember that an entry is in a story."""
        if entry.url:
            self._by_page[_name_page(entry.url)].append((entry.url, number))
        title = normalise_title(entry.title)
        if title.count(" ") >= _TITLE_WORDS - 1:
            self._by_title[title] = number
        if beginning := _find_beginning(entry):
            self._by_beginning[beginning].append((entry, number))

    def find(self, entry: Entry) -> list[int]:
        """Return the stories that hold the same page, the same title, the same text, in this order."""
        found = [self._find_page(entry.url)]
        found.append(self._by_title.get(normalise_title(entry.title)))
        if beginning := _find_beginning(entry):
            alike = (number for other, number in self._by_beginning.get(beginning, ()) if _is_reprint(entry, other))
            found.append(next(alike, None))
        return [number for number in dict.fromkeys(found) if number is not None]

    def _find_page(self, url: str) -> int | None:
        candidates = self._by_page.get(_name_page(url), ()) if url else ()
        canonical = _canonicalise(url) if candidates else ""
        return next((number for other, number in reversed(candidates) if _canonicalise(other) == canonical), None)


def _name_page(url: str) -> str:
    """Return the last part of a URL's path, roughly: equal pages have equal names, and it takes 1/100 of the time."""
    return unquote(url.partition("#")[0].partition("?")[0]).rstrip("/").rpartition("/")[2].lower()


_canonicalise = lru_cache(maxsize=65_536)(canonicalise_url)


def _find_beginning(entry: Entry) -> tuple[str, ...]:
    """Return the first words of a summary, or () where it has not enough of them."""
    words = _WORD.findall(entry.summary[: SAME_BEGINNING * 20].lower())
    return tuple(words[:SAME_BEGINNING]) if len(words) > SAME_BEGINNING else ()


def _is_reprint(one: Entry, other: Entry) -> bool:
    """Tell whether two entries carry one text: of two owners, one summary begins the other, the titles' numbers agree.

    Feeds cut at any word, so the last word of the shorter one does not count. What one owner publishes again under
    another title is a formula ("our weekly column on …"); near-misses have other numbers in their titles.
    """
    if one.publisher == other.publisher:
        return False
    first, second = (_WORD.findall(entry.summary[:_READ].lower()) for entry in (one, other))
    shorter = min(len(first), len(second)) - 1
    return first[:shorter] == second[:shorter] and _list_numbers(one.title) == _list_numbers(other.title)


def _list_numbers(title: str) -> set[str]:
    return {word for word in _WORD.findall(title) if any(c.isdigit() for c in word)}
