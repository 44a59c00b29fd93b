"""Documents built to hurt a feed reader, each with a name that says how: more than 84, deterministic, no network."""

from collections.abc import Iterator

HEAD = '<?xml version="1.0" encoding="utf-8"?>'

DATES = {
    "year nought": "0000-01-01T00:00:00Z",
    "before year one": "0001-01-01T00:00:00+14:00",
    "after year 9999": "9999-12-31T23:59:59-12:00",
    "five-digit year": "Fri, 31 Dec 99999 23:59:59 GMT",
    "zone +9999": "Tue, 03 Jun 2025 10:00:00 +9999",
    "zone -99:99": "2025-06-03T10:00:00-99:99",
    "thirtieth of February": "2025-02-30",
    "hour 25": "2025-06-03T25:61:61Z",
    "empty": "",
    "a picture": "\U0001f600",
    "a thousand digits": "9" * 1000,
    "five thousand decimals": f"2025-06-03T10:00:00.{'1' * 5000}Z",
    "unknown month": "Tue, 03 Foo 2025 10:00:00 GMT",
    "year 1601": "Thu, 01 Jan 1601 00:00:00 GMT",
    "seconds since 1970": "1750000000",
    "leap second": "2016-12-31T23:59:60Z",
    "negative year": "-2025-06-03",
    "words": "yesterday at noon",
    "ten years ahead": "2036-11-24T00:00:00Z",
    "year 1985": "1985-01-01T00:00:00Z",
    "Arabic digits": "٢٠٢٥-٠٦-٠٣",
}

ENCODINGS = (
    "punycode idna utf-7 unicode_escape raw_unicode_escape undefined zlib bz2 hex rot13 base64 uu mbcs oem hz "
    "utf-32 no-such-thing ../../x"
).split()


def rss(items: str = "", *, head: str = HEAD, doctype: str = "", attributes: str = "") -> bytes:
    """Wrap items into an RSS 2.0 document."""
    text = f'{head}{doctype}<rss version="2.0"{attributes}><channel><title>T</title>{items}</channel></rss>'
    return text.encode("utf-8", "surrogatepass")


def item(title: str = "a title", guid: str = "g1", more: str = "") -> str:
    """Build one item."""
    return f"<item><title>{title}</title><link>http://news.example/1</link><guid>{guid}</guid>{more}</item>"


def good_feed(number: int, entries: int = 5) -> bytes:
    """Build a harmless feed, told apart by its number."""
    return rss("".join(item(f"Good {number}.{i}", f"good-{number}-{i}") for i in range(entries)))


def hostile_documents(port: int = 0, canary: str = "/nowhere") -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes; `port` and `canary` are where a document tries to make the parser read."""
    yield from _entities(port, canary)
    yield from _nesting_and_size()
    yield from _slow_patterns()
    yield from _characters_and_encodings()
    for name, value in DATES.items():
        yield f"date: {name}", rss(item(more=f"<pubDate>{value}</pubDate>"))
    for name, value in {"digits": "9" * 500_000, "spaces": f"Tue,{' ' * 200_000}x", "colons": "1:" * 100_000}.items():
        yield f"date of many {name}", rss(item(more=f"<pubDate>{value}</pubDate>"))
        yield f"Atom date of many {name}", rss(item(more=f"<updated>{value}</updated>"))
    yield from _shapes()
    yield from _paths(port, canary)


def _entities(port: int, canary: str) -> Iterator[tuple[str, bytes]]:
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    laughs = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>'
    bomb = rss(item("&l9;"), doctype=laughs).decode()
    yield "billion laughs", bomb.encode()
    yield "billion laughs in UTF-16", bomb.replace("utf-8", "utf-16").encode("utf-16")
    yield "billion laughs in Latin-1", bomb.replace("utf-8", "iso-8859-1").encode("latin-1")
    big = f'<!DOCTYPE rss [<!ENTITY b "{"A" * 50_000}">]>'
    yield "quadratic entities", rss(item("&b;" * 20_000), doctype=big)
    for scheme, system in (("file", f"file://{canary}"), ("http", f"http://127.0.0.1:{port}/entity")):
        yield f"external {scheme} entity", rss(item("x&x;y"), doctype=f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{system}">]>')
        yield (
            f"parameter {scheme} entity",
            rss(item("x&z;"), doctype=f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{system}">%p;<!ENTITY z "%p;">]>'),
        )
        yield f"external {scheme} DTD", rss(item("x"), doctype=f'<!DOCTYPE rss SYSTEM "{system}">')
        include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{system}" parse="text"/>'
        yield f"XInclude of {scheme}", rss(item(more=f"<description>{include}</description>"))
    yield "stylesheet elsewhere", rss(item(), head=f'{HEAD}<?xml-stylesheet href="http://127.0.0.1:{port}/style"?>')
    yield "flood of entity declarations", f"{HEAD}<!DOCTYPE x [{'<!ENTITY ' * 60_000}".encode() + rss(head="")
    yield "flood of doctypes", f"{HEAD}{'<!DOCTYPE ' * 60_000}".encode() + rss(head="")
    yield "entity name of spaces", f"{HEAD}<!DOCTYPE x [<!ENTITY a{' ' * 500_000}b>]>".encode() + rss(head="")
    yield "recursive entities", rss(item("&a;"), doctype='<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>')
    yield "hundred thousand references", rss(item("&nbsp;" * 100_000))


def _nesting_and_size() -> Iterator[tuple[str, bytes]]:
    yield "deep elements", rss("<a>" * 50_000 + "</a>" * 50_000)
    yield "deep elements in an item", rss(item(more="<x>" * 50_000 + "</x>" * 50_000))
    yield "deep divs in a description", rss(item(more=f"<description>{'&lt;div&gt;' * 50_000}</description>"))
    yield "unclosed links", rss(item(more=f"<description>{'&lt;a href=x&gt;&lt;b&gt;' * 20_000}</description>"))
    yield (
        "deep JSON",
        b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    )
    words = '"\\ud83d <b>\\udc00</b>"'
    fields = ", ".join(
        f'"{name}": {words}' for name in ("id", "title", "summary", "content_html", "url", "external_url")
    )
    yield "half characters in JSON", f'{{"version":"https://jsonfeed.org/version/1.1","items":[{{{fields}}}]}}'.encode()
    yield "huge JSON number", b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":' + b"9" * 100_000 + b"}]}"
    yield "thirty thousand items", rss("".join(item(f"title {i}", f"g{i}") for i in range(30_000)))
    yield "title of 8 MB", rss(item("A" * 8_000_000))
    yield "description of 3 MB", rss(item(more=f"<description>{'&lt;p&gt;words&lt;/p&gt;' * 120_000}</description>"))
    attributes = " ".join(f'a{i}="1"' for i in range(100_000))
    yield "a hundred thousand attributes", rss(item(more=f"<x {attributes}/>"))
    yield "attribute of 5 MB", rss(item(more=f'<x a="{"A" * 5_000_000}"/>'))
    yield "comment of 5 MB", f"<!--{'A' * 5_000_000}-->".encode() + rss(item(), head="")
    yield "endless processing instruction", b"<?x " + b"A" * 5_000_000
    namespaces = "".join(f'<x{i}:y xmlns:x{i}="http://n{i}"/>' for i in range(10_000))
    yield "ten thousand namespaces", rss(item(more=namespaces))
    nested = "".join(f'<x{i}:y xmlns:x{i}="http://n{i}">' for i in range(200))
    closing = "".join(f"</x{i}:y>" for i in reversed(range(200)))
    yield "namespaces within namespaces", rss(item(more=nested + closing))
    images = "&lt;img src=&quot;../../x&quot;/&gt;" * 40_000
    yield "flood of relative links", rss(item(more=f"<description>{images}</description>"))
    yield "guid of 1 MB", rss(item(guid="g" * 1_000_000))
    yield "link of 1 MB", rss(f"<item><title>x</title><link>http://news.example/{'a' * 1_000_000}</link></item>")


def _slow_patterns() -> Iterator[tuple[str, bytes]]:
    for size in (16_000, 64_000):
        yield f"author of {size} dots", rss(item(more=f"<author>a@{'a.' * size}!</author>"))
    many = "".join(item(guid=f"g{i}", more=f"<author>a@{'a.' * 8_000}!</author>") for i in range(20))
    yield "twenty slow authors", rss(many)
    yield "unclosed tags", rss("<a " * 60_000)
    for name, piece in (("less-than", "<"), ("ampersand", "&"), ("CDATA", "<![CDATA["), ("declaration", "<!")):
        yield f"flood of {name} signs", f"<rss><channel><item><title>{piece * (300_000 // len(piece))}".encode()
    yield "declaration in CDATA", rss("<item><description><![CDATA[ <!h<!h<!h< ]]></description></item>")
    yield "marked section", rss(item(more="<description>&lt;![if foo&gt;&lt;!x[[</description>"))
    for name, css in (("functions", "a:b(" * 50_000), ("spaces", f"color: {' ' * 100_000}x(")):
        yield f"style of many {name}", rss(item(more=f"<description>&lt;p style=&quot;{css}&quot;&gt;x</description>"))
    tags = {
        "attributes": f"<a{' b=c' * 15_000}",
        "spaces in a tag": f"<a{' ' * 60_000}x",
        "open quotes": "<a b='" * 10_000,
        "empty values": f"<a {'x=' * 30_000}>",
        "comments": "<!--" * 16_000,
        "dashes": f"<!--{'-' * 60_000}",
        "cells": "<table><tr><td>" * 4_000,
        "references": "&amp" * 15_000,
        "accents": f"a{chr(0x301)}{chr(0x316)}" * 20_000,
        "piled accents": "a" + f"{chr(0x301)}{chr(0x316)}" * 30_000,
    }
    for name, text in tags.items():
        yield f"description of many {name}", rss(item(more=f"<description><![CDATA[{text}]]></description>"))
        yield f"title of many {name}", rss(item(f"<![CDATA[{text}]]>"))
    bogus = '<content:encoded xmlns:content="bogus"><![CDATA[ <!h<!h<!h< ]]></content:encoded>'
    yield "content of a bogus namespace", rss(item(more=bogus))
    yield (
        "point of one number",
        rss(item(more='<georss:point xmlns:georss="http://www.georss.org/georss">1</georss:point>')),
    )
    point = '<georss:polygon xmlns:georss="http://www.georss.org/georss">'
    yield "polygon of an odd length", rss(item(more=f"{point}{'1 ' * 50_001}</georss:polygon>"))


def _characters_and_encodings() -> Iterator[tuple[str, bytes]]:
    yield "NUL bytes", rss(item("a\x00b\x00"))
    yield "control characters", rss(item("a\x01\x08\x0b\x1b[31mb\x1f"))
    yield "references to no character", rss(item("a&#xD800;b&#x110000;&#0;c&#4294967361;&#x0000000000041;"))
    yield "lone surrogates as bytes", rss(item("a\ud800b"))
    yield "bidirectional overrides", rss(item("safe\u202egpj.exe\u202c\u2066x"))
    yield "bad UTF-8", rss(item("@@")).replace(b"@@", b"\xff\xfe\xc3\x28" * 100_000)
    yield "UTF-16 of an odd length", rss(item("x")).decode().replace("utf-8", "utf-16").encode("utf-16") + b"\x00"
    yield "a byte order mark that lies", b"\xff\xfe" + rss(item("x"))
    plenty = "".join(item("x-" + "a9" * 40, f"g{i}") for i in range(300))
    for name in ENCODINGS:
        yield f"encoding {name}", rss(plenty, head=f'<?xml version="1.0" encoding="{name}"?>')
    yield "encoding with a quote", rss(plenty, head="""<?xml version="1.0" encoding="a' b"?>""")
    tail = f"-{'zz9' * 70_000}".encode()
    yield "slow punycode", rss(item("x"), head='<?xml version="1.0" encoding="punycode"?>') + tail


def _shapes() -> Iterator[tuple[str, bytes]]:
    twenty = rss("".join(item(f"t{i}", f"g{i}") for i in range(20)))
    yield "one guid three times", rss(item("a") + item("b") + item("c"))
    yield "no guid and no link", rss("<item><title>x</title></item><item/>")
    yield "nothing", b""
    yield "only NUL", b"\x00" * 10_000
    yield "an HTML page", b"<!doctype html><html><head><title>x</title></head><body><p>404</p></body></html>"
    yield "JSON of another kind", b'{"a":1}'
    yield "JSON Feed of wrong types", b'{"version":"https://jsonfeed.org/version/1.1","title":[],"items":[1,{"id":{}}]}'
    yield "broken off", twenty[:1200]
    yield "two roots", twenty + twenty
    yield "random bytes", bytes((i * i * 31 + i // 7) % 256 for i in range(200_000))
    yield "gzip", b"\x1f\x8b\x08" + bytes(range(256)) * 100
    active = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&lt;svg/onload=alert(1)&gt;"
    yield "active content", rss(item(active, more=f"<description>{active}</description><author>{active}</author>"))
    yield (
        "script link",
        rss("<item><title>x</title><link>javascript:alert(1)</link><guid>data:text/html,x</guid></item>"),
    )


def _paths(port: int, canary: str) -> Iterator[tuple[str, bytes]]:
    """Bodies which a parser that accepts names would open."""
    yield "a path", canary.encode()
    yield "a URL", f"http://127.0.0.1:{port}/body".encode()
    yield "a file URL", f"file://{canary}".encode()
    yield "a feed URL", f"feed:http://127.0.0.1:{port}/body".encode()
