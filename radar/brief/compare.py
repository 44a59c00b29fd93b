"""Compare two issues of one week: what one would have told that the other would not."""

from dataclasses import replace
from datetime import datetime

from radar.records import Issue, Item, PreviewItem, PreviewWeek


def compare_issues(before: Issue | None, after: Issue, due_at: datetime) -> PreviewWeek:
    """Return the items of `after`, marked where `before` had them not, or elsewhere; then those that only it had.

    Two items are the same when they tell of the same topic, or, where a line tells of one story, of that story. Without
    `before` nothing is marked.
    """
    old = {_name_item(item): item for item in before.items} if before else {}
    new = {_name_item(item): item for item in after.items}
    items = []
    for key, item in new.items():
        shown = _show_item(item)
        if before and key not in old:
            shown = replace(shown, change="added")
        elif before and old[key].section != item.section:
            shown = replace(shown, change="moved", moved_from=old[key].section)
        items.append(shown)
    items += [replace(_show_item(item), change="dropped") for key, item in old.items() if key not in new]
    return PreviewWeek(after.week, due_at, after.stories_read, tuple(items))


def _name_item(item: Item) -> str:
    return f"topic {item.topic}" if item.topic else f"story {item.sources[0].story_id if item.sources else item.id}"


def _show_item(item: Item) -> PreviewItem:
    return PreviewItem(item.section, item.claim, item.topic, item.topic_name, item.quote, item.why)
