"""What the advisor's corrections bind: entries that stay together, entries that stay apart."""

from collections import defaultdict
from collections.abc import Iterable

from radar.records import Correction


class Bonds:
    """Units of entries that belong together, and which units must not meet in one story. The last word counts."""

    def __init__(self, corrections: Iterable[Correction]) -> None:
        self._units: dict[str, int] = {}  # entry id → its unit
        self._apart: defaultdict[int, set[int]] = defaultdict(set)
        self._fresh = 0
        for correction in corrections:
            if correction.undone_at is None:
                (self._split if correction.kind == "split" else self._merge)(correction)

    def unit_of(self, entry_id: str) -> int | None:
        """Return the unit of an entry that was ever corrected: entries of one unit are in one story."""
        return self._units.get(entry_id)

    def units_of(self, entry_ids: Iterable[str]) -> frozenset[int]:
        """Return the units that entries belong to; entries nobody corrected have none."""
        return frozenset(unit for id_ in entry_ids if (unit := self._units.get(id_)) is not None)

    def forbid(self, one: Iterable[int], other: Iterable[int]) -> bool:
        """Tell whether units, taken together in one story, would bring together what must stay apart."""
        others = set(other)
        return any(not others.isdisjoint(self._apart.get(unit, ())) for unit in one)

    def _split(self, correction: Correction) -> None:
        """Take entries out of their unit; they stay apart from those they were with."""
        before = self.units_of(correction.entries)
        taken = self._open_unit(correction.entries)
        # What kept them apart from others, while they were in their old unit, still does.
        far = {unit for old in before for unit in self._apart.get(old, ())}
        for unit in far | {self._enter(id_) for id_ in correction.rest}:
            self._apart[taken].add(unit)
            self._apart[unit].add(taken)

    def _merge(self, correction: Correction) -> None:
        """Make one unit of all; what kept its parts apart from one another is over, what keeps others off is not."""
        parts = self.units_of((*correction.entries, *correction.rest))
        whole = self._open_unit((*correction.entries, *correction.rest))
        for id_, unit in self._units.items():
            if unit in parts:
                self._units[id_] = whole
        for other in {far for part in parts for far in self._apart.pop(part, ())} - parts:
            self._apart[other] = self._apart[other] - parts | {whole}
            self._apart[whole].add(other)

    def _enter(self, entry_id: str) -> int:
        if entry_id not in self._units:
            self._open_unit([entry_id])
        return self._units[entry_id]

    def _open_unit(self, entry_ids: Iterable[str]) -> int:
        self._fresh += 1
        for id_ in entry_ids:
            self._units[id_] = self._fresh
        return self._fresh
