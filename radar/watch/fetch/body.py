"""Read what a server says without trusting it: capped decompression, and the few headers that matter."""

import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MAX_BODY = 10 * 1024 * 1024  # bytes, decompressed
MAX_RETRY_AFTER = timedelta(days=7)
MAX_FRESH = timedelta(days=1)
MAX_VALIDATOR = 8_000  # characters; a longer one would not fit into a request most servers accept
_GZIP_MAGIC = b"\x1f\x8b\x08"


class BadBody(Exception):
    """The body cannot be used; the text says why in words for the operator."""


class TooLarge(BadBody):
    """The body, decompressed, is over the cap."""


class Inflater:
    """One layer of gzip or deflate, undone piece by piece and never beyond a limit."""

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = coding
        self._left = limit
        self._stream = zlib.decompressobj(wbits=47)  # 32 + 15: gzip or zlib, by its header
        self._begun = False
        self.finished = False

    def feed(self, piece: bytes) -> bytes:
        """Return the next decompressed bytes. Raises BadBody, or TooLarge once the limit is passed."""
        output = bytearray()
        while piece:
            try:
                part = self._stream.decompress(piece, self._left + 1)
            except zlib.error as error:
                if self._coding == "deflate" and not self._begun:
                    # Many servers send raw deflate where RFC 9110 section 8.4.1.2 asks for zlib.
                    self._stream, self._begun = zlib.decompressobj(wbits=-15), True
                    continue
                if self.finished:
                    break  # padding after the last gzip member
                raise BadBody("the compressed answer is damaged") from error
            self._begun = True
            output += part
            self._left -= len(part)
            if self._left < 0:
                raise TooLarge(f"the answer is larger than {MAX_BODY // 1024 // 1024} MB")
            piece = self._stream.unconsumed_tail
            if self._stream.eof:
                self.finished = True
                piece = self._stream.unused_data.lstrip(b"\0")
                if piece:  # RFC 1952 section 2.2: members follow each other
                    self._stream = zlib.decompressobj(wbits=47)
        return bytes(output)


class BodyReader:
    """Collects a body as it arrives, decompressed, up to the cap."""

    def __init__(self, content_encoding: str, limit: int = MAX_BODY) -> None:
        codings = [coding.strip().lower() for coding in content_encoding.split(",")]
        codings = [coding.removeprefix("x-") for coding in codings if coding not in ("", "identity")]
        unknown = [coding for coding in codings if coding not in ("gzip", "deflate")]
        if unknown:
            raise BadBody(f"the answer is compressed with {unknown[0][:20]!r}, which Radar did not ask for")
        if len(codings) > 2:
            raise BadBody("the answer is compressed more than twice")
        self._limit = limit
        self._layers = [Inflater(coding, limit) for coding in reversed(codings)]
        self._received = 0
        self._body = bytearray()

    def feed(self, piece: bytes) -> None:
        """Take the next bytes off the wire. Raises BadBody."""
        self._received += len(piece)
        for layer in self._layers:
            piece = layer.feed(piece)
        self._body += piece
        if max(len(self._body), self._received) > self._limit:
            raise TooLarge(f"the answer is larger than {self._limit // 1024 // 1024} MB")

    def finish(self) -> bytes:
        """Return the whole body. Raises BadBody when its compression breaks off."""
        if self._received and any(not layer.finished for layer in self._layers):
            raise BadBody("the compressed answer breaks off")
        body = bytes(self._body)
        if body.startswith(_GZIP_MAGIC):  # a .gz file served as it is, or compressed twice and declared once
            layer = Inflater("gzip", self._limit)
            body = layer.feed(body)
            if not layer.finished:
                raise BadBody("the compressed answer breaks off")
        return body


def read_validator(headers: Mapping[str, str], name: str) -> str:
    """Return ETag or Last-Modified exactly as it can be sent back, or "" where it cannot be."""
    value = headers.get(name, "")
    # A value that is not valid UTF-8 could not be echoed byte for byte: better to ask without it.
    if len(value) > MAX_VALIDATOR or any(c < " " or c == "\x7f" or "\x80" <= c <= "\x9f" for c in value):
        return ""
    return value


def read_retry_after(headers: Mapping[str, str], now: datetime) -> int:
    """Return the seconds Retry-After asks for (a number or a date), at most seven days; 0 when it asks for nothing."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,12}", value, re.ASCII):
        seconds = float(value)
    else:
        at = _read_date(value)
        seconds = (at - now).total_seconds() if at else 0.0
    return int(min(max(seconds, 0.0), MAX_RETRY_AFTER.total_seconds()))


def read_max_age(headers: Mapping[str, str], now: datetime) -> int:
    """Return the seconds an answer stays fresh by Cache-Control or Expires, at most a day; 0 when it does not say."""
    seconds = 0.0
    found = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,12})", headers.get("cache-control", ""), re.ASCII | re.I)
    if found:
        age = headers.get("age", "").strip()
        seconds = float(found.group(1)) - (float(age) if re.fullmatch(r"\d{1,9}", age, re.ASCII) else 0.0)
    elif headers.get("expires"):
        expires = _read_date(headers["expires"])
        sent = _read_date(headers.get("date", "")) or now
        seconds = (expires - sent).total_seconds() if expires else 0.0
    return int(min(max(seconds, 0.0), MAX_FRESH.total_seconds()))


def _read_date(value: str) -> datetime | None:
    """Return the date of an HTTP header, or None where it is none."""
    try:
        at = parsedate_to_datetime(value[:100])
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
