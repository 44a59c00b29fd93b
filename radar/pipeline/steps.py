"""What the rooms of the pipeline share: store, settings, topics, and which week is running."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr

from radar.config import Settings
from radar.records import Signal, Topic
from radar.store import Store
from radar.watch.tag import Tagger


class Steps:
    """One store and its settings. Keeps a trained tagger and each host's pause between runs, nothing else."""

    def __init__(self, store: Store, settings: Settings, topics: Sequence[Topic]) -> None:
        self.store, self.settings = store, settings
        self.topics = {topic.slug: topic for topic in topics}
        self._tagger: Tagger | None = None
        self._tagger_basis: tuple[str, datetime | None] | None = None  # what it was made from
        self._free_at: dict[str, float] = {}

    def list_signals(self) -> dict[str, Signal]:
        """Return each topic's latest signal."""
        return {signal.topic: signal for signal in self.store.list_signals()}

    def _find_domain(self) -> str:
        """Return the domain that Message-IDs carry."""
        return parseaddr(self.settings.mail.sender)[1].partition("@")[2] or "localhost"


def find_monday(now: datetime) -> date:
    """Return the Monday (UTC) of the week that is running."""
    today = now.astimezone(UTC).date()
    return today - timedelta(days=today.weekday())
