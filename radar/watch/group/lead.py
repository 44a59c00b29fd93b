"""What an entry says, and which entry speaks for a story."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from radar.records import Entry, Story
from radar.text import split_terms

_READ = 300  # characters of a summary: what happened is said by then


def entry_text(entry: Entry) -> str:
    """Return what an entry says: its title, twice as heavy, and the start of its summary."""
    return f"{entry.title}. {entry.title}. {entry.summary[:_READ]}"


def build_story(story_id: str, members: Sequence[Entry]) -> Story:
    """Return the story of these entries, under the title that stands for them."""
    entries = tuple(sorted(members, key=lambda entry: (entry.published_at, entry.id)))
    lead = choose_lead(entries)
    story = Story(story_id, lead.title, lead.url, lead.summary, entries[0].published_at, entries[-1].published_at)
    return replace(story, entries=entries)


def choose_lead(entries: Sequence[Entry]) -> Entry:
    """Return the entry whose title stands for the story: the one whose words the others share most.

    A title no one else echoes is often clickbait; ties go to the earliest.
    """
    counts: dict[str, int] = defaultdict(int)
    words = [set(split_terms(entry.title)) for entry in entries]
    for own in words:
        for word in own:
            counts[word] += 1
    shares = [sum(counts[word] - 1 for word in own) / (len(own) + 2) for own in words]
    best = max(range(len(entries)), key=lambda i: (shares[i], bool(entries[i].summary), -i))
    return entries[best]
