"""Read who wrote something, as feedparser would: a name, or an element with <name> and <email> in it."""

from radar.watch.parse.dates import MAX_DATE
from radar.watch.parse.elements import Element, Elements
from radar.watch.parse.names import HANDLED, Role
from radar.watch.parse.raw import Unsure


def read_author(elements: Elements, element: Element, before: str) -> str:
    """Return the author an element names; `before` is the one that an earlier element named."""
    if not len(element):
        author = elements.text(element)
    else:
        person = _read_person(elements, element)
        name, email = person.get("name"), person.get("email")
        # Of an earlier person feedparser keeps what the later one lacks (mixin.py 734).
        if before and not name:
            raise Unsure("persons of an unusual form")
        author = f"{name} ({email})" if name and email else name or email or ""
    if len(author) > MAX_DATE:
        raise Unsure("a long author")
    return author


def _read_person(elements: Elements, element: Element) -> dict[str, str]:
    person = {}
    beside = [element.text]
    for child in element:
        beside.append(child.tail)
        name = elements.name(child).removeprefix("itunes_")
        if name in person:
            raise Unsure(f"two of {name} in a person")
        if name in ("name", "email") and not len(child):
            person[name] = (child.text or "").strip()
            continue
        role = elements.role(child)
        if len(child) or role not in (Role.CONTAINER, Role.LEAF):
            raise Unsure(f"{name} in a person")
        if (role is Role.CONTAINER or "_" in name) and (child.keys() or name in HANDLED):
            beside.append(child.text)  # feedparser may read on as if the element were not there
    if any(text and not text.isspace() for text in beside):
        raise Unsure("text beside a person's name")
    return person
