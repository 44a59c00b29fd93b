"""Weeks of press on file, for tests that look back at them."""

from collections.abc import Sequence
from datetime import date, timedelta

from radar.store import Store
from tests.building import NOW, make_signal, make_story, make_tag, name_publishers
from tests.store.store_samples import fill

#: The Mondays before the last four slots of an executive whose digest is due on Mondays.
MONDAYS = tuple(date(2026, 11, 16) - timedelta(weeks=week) for week in range(4))[::-1]


def store_weeks(store: Store, topics: Sequence[str] = ("passkeys", "mobile-payments")) -> None:
    """Store four weeks in which each of these topics surged, and one story of three publishers on it."""
    for number, monday in enumerate(MONDAYS):
        at = NOW.replace(year=monday.year, month=monday.month, day=monday.day) + timedelta(days=5)
        for topic in topics:
            story = make_story(f"Week {number} of {topic}", *name_publishers(3), at=at)
            fill(store, *story.entries)
            store.save_stories([story])
            store.save_tags([story.id], [make_tag(story, topic)])
        store.save_signals([make_signal(topic, "surging", week=monday, since=monday) for topic in topics])
