"""Tell what a term may name: a technology, product, company or rule, or only a plain word, place, person or date."""

import functools
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from radar.watch.terms import is_number

Marks = NDArray[np.bool_]

# Words about when, not what.
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december jan feb mar apr jun jul aug sep sept oct nov dec spring summer autumn winter
    christmas xmas thanksgiving halloween easter ramadan tonight today tomorrow yesterday week weeks weekend month
    months year years day days decade century hour hours minute minutes morning night eve q1 q2 q3 q4 birthday
    anniversary am pm est pst utc""".split()
)
# Words of shops, columns and formats, of deals between companies and of people's lives: events, not names.
_COLUMN = frozenset(
    """deal deals sale sales discount discounts coupon coupons promo cheap cheapest price prices priced pricing gift
    gifts giveaway save savings buy buying review reviews reviewed hands-on roundup recap podcast episode newsletter
    column quiz interview interviews ama webinar hiring hires hire job jobs obituary rip died dies dead death funeral
    lawsuit lawsuits sues sued ceo cto cfo coo ipo pdf video videos audio slides poll survey hn ask show tell part
    chapter best top worst guide tips list lists raises acquires acquired acquisition funding round million billion
    trillion percent became began held paid has hasn't isn't wasn't doesn't""".split()
)
# Words of government, sport, screen and disaster: whatever they are part of is no technology.
_AFFAIRS = frozenset(
    """president presidents minister ministers senator senators mayor governor pope congress senate parliament court
    courts supreme police troops war wars missile missiles immigration refugees election elections midterm midterms
    ballot referendum impeachment harassment murder hurricane earthquake tornado wildfire wildfires tsunami volcano
    holiday holidays season seasons festival olympics olympic tournament championship championships playoffs league cup
    bowl trailer episode finale movie movies film films""".split()
)
# What people, languages and corners of the world are called, where the gazetteer has the country only.
_PEOPLES = frozenset(
    """american americans british english french german germans italian spanish russian russians chinese japanese korean
    koreans indian indians brazilian canadian canadians australian australians mexican dutch swiss swedish norwegian
    danish finnish polish turkish greek israeli israelis iranian iranians iraqi saudi egyptian african europe european
    europeans asia asian africa america u.s us usa u.k uk eu ukrainian ukrainians syrian thai vietnamese irish scottish
    welsh palestinian gaza england scotland wales nyc sf la d.c korea uae czech arctic antarctica pacific atlantic
    roman catholic muslim muslims jewish christian islam islamic""".split()
)
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "r", "ly", "ers", "rs", "est", "ings")


@dataclass(frozen=True, slots=True)
class Naming:
    """What is known of each term for good; the evidence of capitals, which grows with the weeks, comes on top."""

    plain: Marks  # every word of it was an English word in 1934
    pair: Marks  # two words
    person: Marks  # two words, the first a given name
    ruled_out: Marks  # a place, a person, a date, a column, an affair of the world or too short to be a name


def name_terms(terms: Sequence[str]) -> Naming:
    """Classify terms of one or two tokens.

    The dictionary is of 1934 on purpose: a list of today's frequent words would know which names became famous.
    """
    kinds: dict[str, tuple[bool, bool, bool, bool]] = {}
    plain, pair, person, ruled_out = (np.zeros(len(terms), bool) for _ in range(4))
    places, given = _read_words("places.txt"), _read_words("given_names.txt")
    for number, term in enumerate(terms):
        parts = term.split(" ")
        for part in parts:
            if part not in kinds:
                digit = any(c.isdigit() for c in part)
                date = part in _CALENDAR or (part.isdigit() and len(part) == 4) or is_number(part)
                place = part in places or part in _PEOPLES
                kinds[part] = is_plain_word(part), digit, date or part in _COLUMN or part in _AFFAIRS, place
        plain[number] = all(kinds[part][0] for part in parts)
        pair[number] = len(parts) > 1
        digit = any(kinds[part][1] for part in parts)
        place = any(kinds[part][3] for part in parts) or term in places
        person[number] = len(parts) > 1 and parts[0] in given
        ruled_out[number] = (
            any(kinds[part][2] for part in parts)
            or (place and not digit)
            or person[number]
            or len(term) < 2
            or (len(term) == 2 and not digit)
        )
    return Naming(plain, pair, person, ruled_out)


def is_plain_word(token: str) -> bool:
    """Tell whether a token is an English word of 1934, or an inflection or compound of such words."""
    words = _read_words("english_1934.txt.gz")
    parts = token.replace("'", "-").split("-")
    if len(parts) > 1:
        return all(len(part) < 3 or part.isdigit() or is_plain_word(part) for part in parts)
    # Twice: the list leaves out a word that, without an ending, is another ("read" is "rea" and "d" there).
    once = list(_list_forms(token))
    return any(form in words for stem in once for form in ([stem, *_list_forms(stem)] if len(stem) > 2 else [stem]))


def _list_forms(token: str) -> Iterator[str]:
    yield token
    if token.endswith("ies") and len(token) > 4:
        yield token[:-3] + "y"
    for ending in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= 3:
            stem = token.removesuffix(ending)
            yield stem
            if ending in ("ing", "er", "ed"):
                yield stem + "e"
                if stem[-1] == stem[-2]:
                    yield stem[:-1]


@functools.cache
def _read_words(name: str) -> frozenset[str]:
    path = files("radar") / "data" / "lists" / name
    content = path.read_bytes()
    return frozenset((gzip.decompress(content) if name.endswith(".gz") else content).decode().splitlines())
