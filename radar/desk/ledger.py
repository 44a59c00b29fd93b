"""The ledger at the desk: how well was warned, and what an executive raised first."""

from datetime import date, timedelta

from radar.errors import Conflict, UnknownName, Unusable
from radar.judge.ledger import measure_reliability, write_ledger
from radar.listen.fields import FIRST_DAY
from radar.records import LedgerLine, Raised, Reliability
from radar.store import Store

#: Titles in which a candidate's company is looked for.
_SEED_WEEKS = timedelta(weeks=26)


def read_ledger(store: Store) -> tuple[list[LedgerLine], list[Reliability]]:
    """Return how what was flagged or raised was warned of, topics and candidates; how far confidence can be trusted."""
    histories = {topic.slug: store.signal_history(topic.slug) for topic in store.list_topics()}
    issues, raised = store.list_issues(limit=100_000), store.list_raised()
    lines = write_ledger(histories, issues, raised, store.list_candidates(), store.list_candidate_changes())
    return lines, measure_reliability(lines)


def take_back_raised(store: Store, topic: str, executive: str) -> date:
    """Take back that an executive raised a topic; return the day that was noted. Raises UnknownName."""
    gone = store.remove_raised(topic, executive)
    if gone is None:
        raise UnknownName(f"{topic}: nothing is noted as raised by {executive}; `radar ledger` lists what is")
    return gone


def note_raised(store: Store, noted: Raised, today: date) -> date | None:
    """Note the day on which an executive raised a topic; return the later day that it replaces.

    Raises UnknownName; Unusable for a day to come or before 1990; Conflict where an earlier day is on file.
    """
    if noted.raised_on > today:
        raise Unusable("on", f"{noted.raised_on} lies in the future; note what was raised, when it was")
    if noted.raised_on < FIRST_DAY:
        raise Unusable("on", f"{noted.raised_on} is too long ago; name a day from {FIRST_DAY} on")
    before = store.save_raised(noted)
    if before is not None and before < noted.raised_on:
        raise Conflict(
            f"{noted.topic}: {noted.executive} raised it on {before} already, and the first day stands; to take that "
            f"back: radar ledger raised {noted.topic} --by {noted.executive} --undo"
        )
    return None if before == noted.raised_on else before
