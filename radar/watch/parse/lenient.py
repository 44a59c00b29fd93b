"""Read any feed document, however damaged, with feedparser: bytes → RawFeed."""

import io
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import feedparser
import feedparser.mixin

from radar.watch.parse.dates import read_date
from radar.watch.parse.fields import choose_link, read_link, read_ttl
from radar.watch.parse.raw import RawEntry, RawFeed

# An entry's id is compared as it is written; feedparser would resolve "12345" against the feed's address, and every
# entry would become a new one when the feed moves.
_mixin = feedparser.mixin._FeedParserMixin
_mixin.can_be_relative_uri = _mixin.can_be_relative_uri - {"id"}

FORMATS = {"rss10": "rdf", "rss090": "rdf"}


def read_leniently(document: bytes, charset: str, *, base: str, now: datetime) -> RawFeed:
    """Return what feedparser finds; raises whatever feedparser raises, which on damaged documents is a dozen kinds.

    `document` is as prepare_document leaves it, `charset` the one the server named for it, if any.
    """
    # Of the types only XML's leaves it to the document to name its encoding (RFC 7303).
    content_type = f"application/xml; charset={charset}" if charset else "application/xml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # Always from a stream: feedparser opens files and URLs that it is given as text.
        found = feedparser.parse(
            io.BytesIO(document),
            response_headers={"content-location": base, "content-type": content_type},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        about, version = found["feed"], str(found.get("version") or "")
        is_atom = version.startswith("atom")
        return RawFeed(
            title=_find_text(about, "title"),
            title_is_plain=_is_plain(about, "title"),
            link=_find_text(about, "link"),
            format=FORMATS.get(version, version),
            items=list(_read_items(found["entries"], base, now, is_atom)),
            ttl=read_ttl(about.get("ttl"), about.get("sy_updateperiod"), about.get("sy_updatefrequency")),
            author=_find_text(about, "author") if is_atom else "",
        )


def _read_items(items: list[Any], base: str, now: datetime, is_atom: bool) -> Iterator[RawEntry]:
    for item in items:
        source = item.get("source") if is_atom else None
        guid = str(item.get("id") or "")
        links = [link for link in item.get("links") or [] if isinstance(link, dict)]
        texts = [(item.get("summary"), _is_plain(item, "summary"))] if "summary" in item else []
        texts += [(part.get("value"), part.get("type") == "text/plain") for part in item.get("content") or ()]
        names = ("published_parsed", "updated_parsed", "created_parsed")
        dates = (read_date(item.get(name), now) for name in names if name in item)
        yield RawEntry(
            guid=guid,
            url=read_link(item.get("feedburner_origlink"), base)
            or choose_link(item.get("link"), [(str(link.get("rel")), link.get("href")) for link in links], guid, base),
            title=_find_text(item, "title"),
            title_is_plain=_is_plain(item, "title"),
            texts=tuple((text, plain) for text, plain in texts if isinstance(text, str)),
            author=_find_text(item, "author") or (_find_text(source, "author") if source else ""),
            published_at=next((at for at in dates if at), None),
        )


def _find_text(element: Any, name: str) -> str:
    value = element.get(name)
    return value if isinstance(value, str) else ""


def _is_plain(element: Any, name: str) -> bool:
    detail = element.get(f"{name}_detail")
    return isinstance(detail, dict) and detail.get("type") == "text/plain"
