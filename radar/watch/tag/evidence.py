"""Make examples of stories nobody labelled: by the names and hints they use, and by what the advisor said.

A topic with names is learnt from the stories that name it, against those that do not even hint at it. Each is shown
twice, with the name and without, or the model would learn the name alone. A topic without names (known by its seeds
only) is learnt from the stories likest to its description, against those likest to others.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radar.records import Story, TagCorrection, Topic
from radar.vectors import scale_rows
from radar.watch.tag.learn import FOLDS, GUESSES_FOLLOWED, LABELS_FOLLOWED, Examples
from radar.watch.tag.phrases import PhraseFinder
from radar.watch.tag.rows import Floats, Words, cut_words, embed_words

#: Stories that must name a topic before it gets weights of its own.
MIN_PROVEN = 6
#: What the advisor said counts like so many guesses.
CORRECTION_WEIGHT = 10.0
#: What a topic's own description counts.
_DESCRIPTION_WEIGHT = 3.0
MAX_NEGATIVES = 500  # a topic; taken at even steps, so the choice is the same in every run
#: A seed present speaks like so much more likeness to the description; more than two add nothing.
_SEED_LIKENESS, _MOST_SEEDS = 0.2, 2.0
#: Of the stories known by likeness only, those that lead least are left out: their best topic is a guess.
_UNSURE = 0.25


@dataclass(frozen=True, slots=True)
class Reading:
    """A story as the tagger reads it, and what its words say at once."""

    title: Words
    whole: Words
    names: dict[str, list[tuple[int, int]]]
    seeds: dict[str, dict[str, tuple[int, int]]]


def read_text(title: str, support: str, finder: PhraseFinder) -> Reading:
    """Return a text read: its headline, and headline and support together."""
    first = cut_words(title)
    whole = cut_words(f"{title} . {support}") if support else first
    return Reading(first, whole, finder.find_names(whole.folded), finder.find_seeds(whole.folded))


def story_texts(story: Story) -> tuple[str, str]:
    """Return a story's headline text and its supporting text: other members' titles and the summaries."""
    titles = [entry.title for entry in story.entries if entry.title != story.title][:4]
    summaries = [story.summary[:600], *(e.summary[:200] for e in story.entries[:3] if e.summary != story.summary)]
    return story.title, " . ".join([*titles, *summaries]).strip(" .")


def is_named(topic: Topic) -> bool:
    """Tell whether a topic has names that prove it; else its seeds are all there is."""
    return bool(topic.name or topic.aliases)


def describe_topic(topic: Topic) -> str:
    """Return a topic in words."""
    return " . ".join(filter(None, [topic.name, topic.definition, ", ".join(topic.seeds), topic.primer]))


def deal_part(text: str) -> int:
    """Return the part a text belongs to, now and for ever."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=2).digest()[0] % FOLDS


def gather_examples(
    topics: Sequence[Topic], texts: Sequence[tuple[str, str]], corrections: Sequence[TagCorrection]
) -> Examples:
    """Return what texts (title, support) and corrections teach; topics of which too little is known are left out."""
    finder = PhraseFinder(topics)
    readings = [read_text(title, support, finder) for title, support in texts]
    said = [(one, read_text(one.title, one.summary, finder)) for one in corrections]
    count, spoken = len(readings), [reading for _, reading in said]
    proven = {
        topic.slug: [row for row, reading in enumerate(readings) if topic.slug in reading.names] for topic in topics
    }
    right = {one.topic for one, _ in said if one.wanted}
    likeness = _find_likest([topic for topic in topics if not is_named(topic)], readings)
    chosen = [
        topic
        for topic in topics
        if (len(proven[topic.slug]) >= MIN_PROVEN if is_named(topic) else topic.slug in likeness) or topic.slug in right
    ]
    # Rows: the texts, the same without names, the topics described, what the advisor said with and without names.
    described = [cut_words(describe_topic(topic)) for topic in chosen]
    documents = [
        *(reading.whole for reading in readings),
        *(_strip_names(reading) for reading in readings),
        *described,
        *(reading.whole for reading in spoken),
        *(_strip_names(reading) for reading in spoken),
    ]
    about = np.full((len(documents), len(chosen)), -1, dtype=np.int8)
    weight = np.ones(about.shape, dtype=np.float32)
    stands_for = np.ones(len(chosen), dtype=np.float32)
    column_of = {topic.slug: column for column, topic in enumerate(chosen)}
    for column, topic in enumerate(chosen):
        about[2 * count + column, column] = 1
        weight[2 * count + column, column] = _DESCRIPTION_WEIGHT
        if is_named(topic):
            yes = np.array(proven[topic.slug], dtype=int)
            about[yes, column] = about[count + yes, column] = 1
            hinted = {row for row, reading in enumerate(readings) if topic.slug in reading.seeds}
            no = np.array(sorted(set(range(count)) - hinted - set(proven[topic.slug])), dtype=int)
        else:
            yes = likeness.get(topic.slug, np.zeros(0, dtype=int))
            about[yes, column] = about[count + yes, column] = 1
            no = np.setdiff1d(np.concatenate([*likeness.values(), np.zeros(0, dtype=int)]).astype(int), yes)
        step = max(1, len(no) // MAX_NEGATIVES)
        about[no[::step], column] = about[count + no[::step], column] = 0
        stands_for[column] = step
    first = 2 * count + len(chosen)
    for number, (one, _) in enumerate(said):
        if one.topic in column_of:
            for row in (first + number, first + len(said) + number):
                about[row, column_of[one.topic]] = int(bool(one.wanted))
                weight[row, column_of[one.topic]] = CORRECTION_WEIGHT
    parts = [deal_part(title) for title, _ in texts]
    own = [deal_part(one.title) for one in corrections]
    # Thresholds are chosen on texts without the names: what has a name needs no model.
    judged = np.zeros(len(documents), dtype=bool)
    judged[count : 2 * count] = True
    judged[first + len(said) :] = True
    part = np.array([*parts, *parts, *[FOLDS] * len(chosen), *own, *own], dtype=np.int8)
    return Examples(tuple(column_of), documents, about, weight, stands_for, judged, part, GUESSES_FOLLOWED)


def gather_labelled(topics: Sequence[Topic], texts: Sequence[str], labels: Sequence[Collection[str]]) -> Examples:
    """Return what labelled texts teach; every topic a text is not labelled with, it is not about."""
    documents = [cut_words(text) for text in texts]
    described = [(column, cut_words(words)) for column, topic in enumerate(topics) if (words := describe_topic(topic))]
    about = np.full((len(texts) + len(described), len(topics)), -1, dtype=np.int8)
    weight = np.ones(about.shape, dtype=np.float32)
    about[: len(texts)] = 0
    column_of = {topic.slug: column for column, topic in enumerate(topics)}
    for row, own in enumerate(labels):
        about[row, [column_of[label] for label in own if label in column_of]] = 1
    for number, (column, _) in enumerate(described):
        about[len(texts) + number, column] = 1
        weight[len(texts) + number, column] = _DESCRIPTION_WEIGHT
    judged = np.arange(len(about)) < len(texts)
    part = np.array([*map(deal_part, texts), *[FOLDS] * len(described)], dtype=np.int8)
    stands_for = np.ones(len(topics), dtype=np.float32)
    documents += [words for _, words in described]
    return Examples(tuple(column_of), documents, about, weight, stands_for, judged, part, LABELS_FOLLOWED)


def _find_likest(topics: Sequence[Topic], readings: Sequence[Reading]) -> dict[str, NDArray[np.intp]]:
    """Return topic → the texts that are likest to it among these topics, and clearly so."""
    if len(topics) < 2 or not readings:
        return {}
    likeness = measure_likeness(topics, readings)
    order = np.sort(likeness, axis=1)
    lead = order[:, -1] - order[:, -2]
    sure = lead > max(float(np.quantile(lead, _UNSURE)), 0.0)
    best = likeness.argmax(axis=1)
    return {topic.slug: np.flatnonzero(sure & (best == column)) for column, topic in enumerate(topics)}


def measure_likeness(topics: Sequence[Topic], readings: Sequence[Reading]) -> Floats:
    """Return how like each text is to each topic's description, by meaning and by the seeds it uses."""
    rows = embed_words([reading.whole for reading in readings])
    known = rows.any(axis=1)
    mean = rows[known].mean(axis=0) if known.any() else np.zeros(rows.shape[1], dtype=np.float32)
    rows = embed_words([reading.whole for reading in readings], mean)
    centres = np.stack([_embed_topic(topic, mean) for topic in topics])
    likeness: Floats = rows @ scale_rows(centres).T
    column_of = {topic.slug: column for column, topic in enumerate(topics)}
    for row, reading in enumerate(readings):
        for slug, seeds in reading.seeds.items():
            if slug in column_of:
                hints = min(_MOST_SEEDS, sum(1.5 if " " in seed else 1.0 for seed in seeds))
                likeness[row, column_of[slug]] += _SEED_LIKENESS * hints
    return likeness


def _embed_topic(topic: Topic, mean: Floats) -> Floats:
    """Return a topic's place among meanings: its definition, all its seeds together, and each of them."""
    seeds = [cut_words(seed) for seed in topic.seeds]
    wholes = embed_words([cut_words(topic.definition), cut_words(", ".join(topic.seeds))], mean)
    place: Floats = wholes.sum(axis=0)
    if seeds:
        place = place + embed_words(seeds, mean).mean(axis=0)
    return place


def _strip_names(reading: Reading) -> Words:
    used = {at for spans in reading.names.values() for start, end in spans for at in range(start, end)}
    if not used:
        return reading.whole
    kept = [at for at in range(len(reading.whole.folded)) if at not in used]
    return Words([reading.whole.plain[at] for at in kept], [reading.whole.folded[at] for at in kept])
