"""What a request brings: JSON of a known shape, read after the key was checked, and never more than fits in memory."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from fastapi import Request

from radar.errors import Unusable
from radar.web.problems import ProblemError

T = TypeVar("T")
MAX_BODY = 65_536


def read_json(shape: type[T]) -> Callable[[Request], Awaitable[T]]:
    """Return the dependency that reads a request's body as that shape; 400, 413 or 422 where it is none.

    Not FastAPI's own reading: that takes in a whole body, however long, before it is known who sends it.
    """
    decoder = msgspec.json.Decoder(shape)

    async def read(request: Request) -> T:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise ProblemError(413, f"The body is too long; at most {MAX_BODY:,} bytes are read.")
        try:
            return decoder.decode(bytes(body))
        except msgspec.ValidationError as error:
            message, _, where = str(error).partition(" - at `$.")
            # Of an unknown name or value msgspec repeats what was sent; no answer of ours does.
            message = re.sub(r"^(Invalid enum value|Object contains unknown field) .*", r"\1", message)
            raise Unusable(where.rstrip("`") or "body", message) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ProblemError(400, "The body is not JSON.") from None

    return read


def describe_body(shape: type[Any]) -> dict[str, Any]:
    """Return what the description says of a body of that shape."""
    (schema,), parts = msgspec.json.schema_components([shape], ref_template="#/components/schemas/{name}")
    return {"content": {"application/json": {"schema": parts.get(shape.__name__, schema)}}, "required": True}
