"""Erase an executive: rows, waiting mail, and the digests that lie in the out folder."""

import re
from dataclasses import replace
from pathlib import Path

from radar.pipeline.steps import Steps
from radar.records import Erased


class Erasing(Steps):
    """What ends an executive."""

    def erase_executive(self, slug: str) -> Erased:
        """Remove everything kept of an executive; say what went. Raises UnknownName."""
        erased = self.store.erase_executive(slug)
        return replace(erased, files=tuple(_remove_digests(self.settings.out, slug)))


def _remove_digests(folder: Path, slug: str) -> list[str]:
    """Remove the digests that were written into a folder for want of a mail server; return their names."""
    digest = re.compile(rf"{re.escape(slug)}-\d{{4}}-W\d\d\.(eml|html)")
    found = sorted(path for path in folder.glob(f"{slug}-*") if digest.fullmatch(path.name))
    for path in found:
        path.unlink(missing_ok=True)
    return [path.name for path in found]
