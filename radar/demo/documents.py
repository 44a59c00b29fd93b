"""Render a demo publisher's newest entries as the feed document it would serve, damage included."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from html import escape as escape_html
from xml.sax.saxutils import escape, quoteattr

from radar.demo.material import Publisher
from radar.demo.world import DemoEntry

ENTRIES_SHOWN = 30

_SMALL_WORDS = re.compile(r"an?|and|as|at|but|by|for|from|in|into|is|its?|no|not|of|on|or|so|than|the|to|with")

_CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
_PHP_WARNING = (
    "<br />\n<b>Warning</b>:  Undefined array key &quot;lang&quot; in "
    "<b>/var/www/html/wp-content/plugins/relay-seo/head.php</b> on line <b>214</b><br />\n"
)


def render_document(publisher: Publisher, entries: Sequence[DemoEntry], base_url: str, now: datetime) -> bytes:
    """Render the newest entries published up to `now`, newest first, with the publisher's damage applied."""
    shown = select_shown(entries, now)
    if publisher.headline_case == "title":
        shown = [replace(entry, title=capitalise_words(entry.title)) for entry in shown]
    feed_url = f"{base_url}/{publisher.domain}/feed"
    if publisher.format == "json":
        return _render_json(publisher, shown, feed_url)
    render = {"rss": _render_rss, "atom": _render_atom, "rdf": _render_rdf}[publisher.format]
    return apply_damage(publisher.damage, render(publisher, shown, feed_url))


def select_shown(entries: Sequence[DemoEntry], now: datetime) -> list[DemoEntry]:
    """Return the entries a feed shows at `now`, newest first."""
    published = [entry for entry in entries if entry.published_at <= now]
    published.sort(key=lambda entry: (entry.published_at, entry.guid), reverse=True)
    return published[:ENTRIES_SHOWN]


def capitalise_words(headline: str) -> str:
    """Set a headline in title case, leaving names and abbreviations as they are written."""
    words = headline.split(" ")
    return " ".join(
        word if index and _SMALL_WORDS.fullmatch(word) else word[:1].upper() + word[1:]
        for index, word in enumerate(words)
    )


def find_content_type(publisher: Publisher) -> str:
    """Return the Content-Type the publisher sends, which is not always the right one."""
    return publisher.content_type or _CONTENT_TYPES[publisher.format]


def apply_damage(damage: str, document: str) -> bytes:
    """Spoil a well-formed document in the way named; ValueError for a name nobody knows."""
    if damage in ("", "no-dates"):
        return document.encode()
    if damage == "bare-ampersand":
        return document.replace("&amp;", "&").encode()
    if damage == "latin1-declared-utf8":
        return document.encode("latin-1", "xmlcharrefreplace")
    if damage == "missing-close-tag":
        return document.replace("</category>", "").encode()
    if damage == "undefined-entity":
        return document.replace(". ", ".&nbsp; ").replace("£", "&pound;").replace("é", "&eacute;").encode()
    if damage == "php-warning-before-xml":
        return (_PHP_WARNING + document).encode()
    raise ValueError(f"unknown damage {damage!r}: see apply_damage for the names")


def _render_rss(publisher: Publisher, entries: Sequence[DemoEntry], feed_url: str) -> str:
    dated = publisher.damage != "no-dates"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">',
        "<channel>",
        f"<title>{escape(publisher.name)}</title>",
        f"<link>https://{publisher.domain}/</link>",
        f"<description>{escape(_describe(publisher))}</description>",
        "<language>en-gb</language>",
        f'<atom:link href={quoteattr(feed_url)} rel="self" type="application/rss+xml"/>',
    ]
    if dated and entries:
        lines.append(f"<lastBuildDate>{format_datetime(entries[0].published_at)}</lastBuildDate>")
    for entry in entries:
        body = _write_body(publisher, entry)
        lines += [
            "<item>",
            f"<title>{escape(entry.title)}</title>",
            f"<link>{escape(entry.url)}</link>",
            f'<guid isPermaLink="false">{escape(entry.guid)}</guid>',
            f"<dc:creator>{escape(entry.author)}</dc:creator>",
            f"<category>{escape(entry.category)}</category>",
        ]
        if dated:
            lines.append(f"<pubDate>{format_datetime(entry.published_at)}</pubDate>")
        # Both spellings of markup are found in life: CDATA sections, and text escaped once more.
        lines += [
            f"<description>{f'<![CDATA[{body}]]>' if publisher.markup else escape(body)}</description>",
            "</item>",
        ]
    return "\n".join([*lines, "</channel>", "</rss>", ""])


def _render_atom(publisher: Publisher, entries: Sequence[DemoEntry], feed_url: str) -> str:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">',
        f"<title>{escape(publisher.name)}</title>",
        f"<subtitle>{escape(_describe(publisher))}</subtitle>",
        f"<id>tag:{publisher.domain},2026:feed</id>",
        f'<link rel="self" href={quoteattr(feed_url)}/>',
        f'<link rel="alternate" type="text/html" href="https://{publisher.domain}/"/>',
    ]
    if entries:
        lines.append(f"<updated>{_format_iso(entries[0].published_at)}</updated>")
    for entry in entries:
        kind = "html" if publisher.markup else "text"
        lines += [
            "<entry>",
            f"<title>{escape(entry.title)}</title>",
            f'<link rel="alternate" type="text/html" href={quoteattr(entry.url)}/>',
            f"<id>{escape(entry.guid)}</id>",
            f"<published>{_format_iso(entry.published_at)}</published>",
            f"<updated>{_format_iso(entry.published_at)}</updated>",
            f"<author><name>{escape(entry.author)}</name></author>",
            f"<category term={quoteattr(entry.category)}/>",
            f'<summary type="{kind}">{escape(_write_body(publisher, entry))}</summary>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _render_rdf(publisher: Publisher, entries: Sequence[DemoEntry], feed_url: str) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">',
        f"<channel rdf:about={quoteattr(feed_url)}>",
        f"<title>{escape(publisher.name)}</title>",
        f"<link>https://{publisher.domain}/</link>",
        f"<description>{escape(_describe(publisher))}</description>",
        "<items><rdf:Seq>",
        *(f"<rdf:li rdf:resource={quoteattr(entry.url)}/>" for entry in entries),
        "</rdf:Seq></items>",
        "</channel>",
    ]
    for entry in entries:
        lines += [
            f"<item rdf:about={quoteattr(entry.guid)}>",
            f"<title>{escape(entry.title)}</title>",
            f"<link>{escape(entry.url)}</link>",
            f"<description>{escape(_write_body(publisher, entry))}</description>",
            f"<dc:creator>{escape(entry.author)}</dc:creator>",
            f"<dc:subject>{escape(entry.category)}</dc:subject>",
            f"<dc:date>{_format_iso(entry.published_at)}</dc:date>",
            "</item>",
        ]
    return "\n".join([*lines, "</rdf:RDF>", ""])


def _render_json(publisher: Publisher, entries: Sequence[DemoEntry], feed_url: str) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.name,
        "home_page_url": f"https://{publisher.domain}/",
        "feed_url": feed_url,
        "description": _describe(publisher),
        "language": "en-GB",
        "items": [
            {
                "id": entry.guid,
                "url": entry.url,
                "title": entry.title,
                "summary": entry.summary,
                "content_html": f"<p>{escape_html(entry.summary, quote=False)}</p>",
                "date_published": _format_iso(entry.published_at),
                "authors": [{"name": entry.author}],
                "tags": [entry.category],
            }
            for entry in entries
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _describe(publisher: Publisher) -> str:
    return f"{publisher.name}: {publisher.voice}"


def _write_body(publisher: Publisher, entry: DemoEntry) -> str:
    """Write an entry's description as plain text, or as HTML where the publisher uses markup."""
    sign_off = publisher.sign_off.format(title=entry.title) if publisher.sign_off else ""
    if not publisher.markup:
        return f"{entry.summary} {sign_off}".strip()
    first, stop, rest = entry.summary.partition(". ")
    rest = f" {escape_html(rest, quote=False)}" if stop else ""
    link = f'<a href="{escape_html(entry.url)}">Read on</a>'
    return f"<p><strong>{escape_html(first, quote=False)}{stop.strip()}</strong>{rest}</p> <p>{link}</p>"


def _format_iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
