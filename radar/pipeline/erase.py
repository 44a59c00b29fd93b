"""Erase an executive: rows, waiting mail, and the messages that lie in the out folder."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from radar.brief.mail import name_file
from radar.pipeline.steps import Steps
from radar.records import Erased

_MOST_MESSAGES = 100_000


class Erasing(Steps):
    """What ends an executive."""

    def erase_executive(self, slug: str) -> Erased:
        """Remove everything kept of an executive; say what went. Raises UnknownName."""
        erased = self.store.erase_executive(slug)
        emptied = [re.escape(name_file(one)) for one in self.store.list_outbox(_MOST_MESSAGES) if not one.body]
        names = [rf"{re.escape(slug)}-\d{{4}}-W\d\d", *emptied]
        return replace(erased, files=tuple(_remove_messages(self.settings.out, names)))


def _remove_messages(folder: Path, names: Iterable[str]) -> list[str]:
    """Remove the messages that were written into a folder for want of a mail server; return their files' names."""
    message = re.compile(rf"({'|'.join(names)})\.(eml|html)")
    found = sorted(path for path in folder.glob("*") if message.fullmatch(path.name))
    for path in found:
        path.unlink(missing_ok=True)
    return [path.name for path in found]
