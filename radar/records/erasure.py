"""What was removed when an executive was erased."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Erased:
    """What of an executive is gone, and what may linger."""

    executive: str
    rows: Mapping[str, int]  # table → rows removed; "letters to the advisor": those emptied or removed
    files: tuple[str, ...] = ()  # in the out folder
    lingering: str = ""  # why bytes of removed rows may still be in the database's files; "": they are not
