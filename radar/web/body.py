"""JSON that requests carry: read up to a limit, decoded into a struct that refuses what it does not know, described."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Request

from radar.errors import Unusable
from radar.listen.fields import FieldError
from radar.web.problems import ProblemError

T = TypeVar("T")
MOST_BYTES = 256 * 1024
_REF = "#/components/schemas/{name}"


async def read_body(request: Request) -> bytes:
    """Return what a request carries; larger than anything we ask for answers 413."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ProblemError(413)
    return bytes(body)


Body = Annotated[bytes, Depends(read_body)]


def decode_body(body: bytes, shape: type[T]) -> T:
    """Return the JSON of a request as a struct. Raises Unusable, naming the field and repeating nothing of it."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        raise Unusable(where.rstrip("`").lstrip(".") or "body", _plain(message)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unusable("body", "is no JSON") from None


def _plain(message: str) -> str:
    if message.startswith("Invalid enum value"):
        return "is none of the words that are allowed there"
    if message.startswith("Object contains unknown field"):
        return "has a field that is none of its own"
    return re.sub(r"`", "", message)


def read_fields(given: msgspec.Struct, readers: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """Return the fields of a struct that were given (are not None), texts cleaned by their reader. Raises Unusable."""
    fields = {name: value for name in given.__struct_fields__ if (value := getattr(given, name)) is not None}
    for name in fields.keys() & readers.keys():
        value = fields[name]
        try:
            read = readers[name]
            fields[name] = read(value) if isinstance(value, str) else tuple(read(word) for word in value)
        except FieldError as error:
            raise Unusable(name, error.reason) from None
        except ValueError as error:
            raise Unusable(name, str(error)) from None
    return fields


def describe_body(shape: Any) -> dict[str, Any]:
    """Return what OpenAPI says of a request that carries a struct."""
    schema = {"$ref": _REF.format(name=shape.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def describe_structs(shapes: Sequence[Any]) -> dict[str, Any]:
    """Return the schemas of structs and of what is in them, by name."""
    _, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    return components
