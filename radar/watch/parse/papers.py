"""Read arXiv's dialect: a paper is one entry whatever its version, and a replacement is no news."""

import re

from radar.watch.parse.raw import RawEntry

#: What the identities of papers begin with, in the daily feeds and in the answers to queries.
PAPERS = ("oai:arXiv.org:", "http://arxiv.org/abs/", "https://arxiv.org/abs/")
_VERSION = re.compile(r"v\d+$", re.ASCII)
_ANNOUNCEMENT = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*([\w-]+)\s+Abstract:\s*", re.ASCII)


def read_paper(item: RawEntry) -> RawEntry | None:
    """Return a paper without its version and with nothing before its abstract; None for one announced again.

    The daily feeds date a replacement by the day it was announced, be the paper years old.
    """
    texts = []
    for text, plain in item.texts:
        announced = _ANNOUNCEMENT.match(text)
        if announced and announced[1].startswith("replace"):
            return None
        texts.append((text[announced.end() :] if announced else text, plain))
    return item._replace(guid=_VERSION.sub("", item.guid), texts=tuple(texts))
