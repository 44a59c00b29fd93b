"""The register of agendas at the desk: what is stale in it, and what a file adds to it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from radar.errors import ConfigError, Unusable
from radar.listen.agenda import check_statement, find_stale
from radar.listen.register import READERS, Format, OnFile, Register
from radar.records import Stale
from radar.store import Store

#: Titles in which a candidate's company is looked for.
_SEED_WEEKS = timedelta(weeks=26)


def list_stale(store: Store, today: date) -> list[Stale]:
    """Return what ought to be renewed about the agendas: no statements, no talk, statements past their review."""
    people = store.list_executives()
    agendas = {person.slug: store.list_statements(person.slug) for person in people}
    return find_stale(people, agendas, store.last_talks(), today)


def read_register(store: Store) -> Register:
    """Return every executive and every statement, ended ones too."""
    people = store.list_executives()
    return Register(
        tuple(people),
        tuple(words for person in people for words in store.list_statements(person.slug, ended=True)),
    )


def join_register(
    store: Store, text: str, path: Path, form: Format, now: datetime
) -> tuple[Register, dict[str, list[str]]]:
    """Return what a file adds to the register and changes in it, and the names: "added", "changed", "unchanged".

    What the file does not name stays as it is. Raises ConfigError.
    """
    mine = read_register(store)
    people = {one.slug: one for one in mine.executives}
    statements = {one.id: one for one in mine.statements}
    topics = {topic.slug for topic in store.list_topics()}
    topics |= {slug for one in mine.statements for slug in (*one.topics, *one.dismissed)}  # also what is listed no more
    owners = {one.id: one.executive for one in mine.statements}
    given = READERS[form](text, path, OnFile(people, topics, owners))
    # Who is new is enrolled now: no issue is due for a slot before it.
    enrolled = tuple(
        replace(one, enrolled_at=now) if one.slug not in people and one.enrolled_at is None else one
        for one in given.executives
    )
    for one in given.statements:
        try:
            check_statement(one, now.date())
        except Unusable as error:
            raise ConfigError(f"{path}: {one.id}: {error}") from None
    told: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    pairs: list[tuple[str, object, object]] = [(one.slug, people.get(one.slug), one) for one in enrolled]
    pairs += [(one.id, statements.get(one.id), one) for one in given.statements]
    for name, before, after in pairs:
        told["added" if before is None else "unchanged" if before == after else "changed"].append(name)
    return replace(given, executives=enrolled), told
