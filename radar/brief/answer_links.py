"""Signed links by which a reader answers an item: (key, executive, week, item, answer) ↔ the token in the address.

A token is 15 bytes and their HMAC, 48 characters in all. The bytes name the reader and the item by keyed hashes, so
that a link shows nobody whose it is, and opens neither the issue nor another item; without the key none can be made.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, timedelta

from itsdangerous import BadSignature, Signer

from radar.records import ANSWERS, Answer

TOKEN_LENGTH = 48  # 20 letters for 15 bytes (6 reader, 2 week, 6 item, 1 answer), a dot, 27 letters of signature
_FIRST_WEEK = date(2000, 1, 3)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token says. Readers and items are known by the marks of those there are."""

    reader: bytes
    week: str
    item: bytes
    answer: Answer | None  # None: the reader has still to choose


def write_token(key: bytes, executive: str, week: str, item: str, answer: Answer | None) -> str:
    """Return the token of an answer to an item, or of the page that offers all of them."""
    year, number = week.split("-W")
    weeks = (date.fromisocalendar(int(year), int(number), 1) - _FIRST_WEEK).days // 7
    which = 0 if answer is None else ANSWERS.index(answer) + 1
    payload = mark_reader(key, executive) + weeks.to_bytes(2) + mark_item(key, executive, week, item) + bytes([which])
    return _make_signer(key).sign(urlsafe_b64encode(payload)).decode()


def read_token(key: bytes, token: str) -> Ticket | None:
    """Return what a token says; None for one that was not made with the key, letter for letter."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    signer = _make_signer(key)
    try:
        written = signer.unsign(token)
    except BadSignature:
        return None
    # Base64 can write the last bits of a signature in four ways; only ours counts.
    if not hmac.compare_digest(signer.sign(written), token.encode()):
        return None
    payload = urlsafe_b64decode(written)
    monday = _FIRST_WEEK + timedelta(weeks=int.from_bytes(payload[6:8]))
    year, number, _ = monday.isocalendar()
    which = payload[14]
    return Ticket(payload[:6], f"{year}-W{number:02}", payload[8:14], ANSWERS[which - 1] if which else None)


def mark_reader(key: bytes, executive: str) -> bytes:
    """Return the mark by which a token knows an executive."""
    return _mark(key, "reader", executive)


def mark_item(key: bytes, executive: str, week: str, item: str) -> bytes:
    """Return the mark by which a token knows an item of an issue."""
    return _mark(key, "item", executive, week, item)


def _mark(key: bytes, *parts: str) -> bytes:
    return hashlib.blake2b("\x1f".join(parts).encode(), key=key, digest_size=6).digest()


def _make_signer(key: bytes) -> Signer:
    # HMAC-SHA1, the default: collisions do not touch an HMAC, and the address stays short.
    return Signer(key, salt="radar.answer", key_derivation="hmac")
