"""The demo's older press: dated titles of the twenty weeks before Radar was watching, as an archive has them."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from radar.demo.material import WEEKS, load_material
from radar.demo.world import generate_world
from radar.records import Report


def write_past(seed: int, name_source: Callable[[str], str]) -> Iterator[Report]:
    """Yield the ordinary news of the weeks before the demo's first; `name_source` gives a publisher's feed.

    What was planted is left out: it had not happened yet. The same seed gives the same titles.
    """
    material = load_material()
    planted = {event.topic for event in material.events}
    planted |= {plan.slug for plan in material.topics if any(one.only or one.weeks for one in plan.templates)}
    world = generate_world(seed + 1)
    kinds = {publisher.domain: publisher.kind for publisher in world.publishers}
    for entry in world.entries:
        if entry.topic not in planted:
            on = (entry.published_at - timedelta(weeks=WEEKS)).date()
            yield Report(on, name_source(entry.publisher), entry.publisher, entry.title, kinds[entry.publisher])
