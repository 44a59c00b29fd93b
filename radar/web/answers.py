"""Records as JSON answers, with ETags where asking again may be answered by "nothing new"; cursors."""

import base64
import binascii
import hashlib
from datetime import UTC, datetime

import msgspec
from fastapi import Request, Response

from radar.web.problems import ProblemError

_encode = msgspec.json.Encoder().encode


def answer(view: object) -> Response:
    """Return a view as JSON that nobody keeps."""
    return Response(_encode(view), media_type="application/json")


def answer_tagged(request: Request, view: object) -> Response:
    """Return a view as JSON with its ETag, or 304 when that is the one the caller has (RFC 9110, 13.1.2).

    What a key sees depends on its scope, hence Vary; a cache must ask again each time.
    """
    body = _encode(view)
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    wanted = request.headers.get("if-none-match", "")
    known = {one.strip().removeprefix("W/") for one in wanted.split(",")}
    if etag in known or wanted.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def write_cursor(at: datetime, id: str) -> str:  # noqa: A002
    """Return the cursor that continues behind the story with that (last_at, id)."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """Return what a cursor stands for; one we did not write answers 404."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        written, _, id_ = text.partition("|")
        at = datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError, binascii.Error):
        at, id_ = datetime.min.replace(tzinfo=UTC), ""
    if not id_.isalnum() or len(id_) > 64 or write_cursor(at, id_) != cursor:
        raise ProblemError(404, "There is no such page; start again without a cursor.")
    return at, id_
