"""The types of columns: what each database keeps of a time, a text and a document, and what comes back."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator
from sqlalchemy import Text as PlainText
from sqlalchemy.types import TypeEngine


def to_utc(value: datetime | None) -> datetime | None:
    """Return a time in UTC; a naive one is refused, since nobody could say when that was."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {value!r}")
    return value.astimezone(UTC)


def mend_text(value: str | None) -> str | None:
    """Replace what no database can hold as text."""
    if value is None or (value.isascii() and "\0" not in value):
        return value
    return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime, in and out, on every database.

    SQLite keeps no offsets: there it is text in UTC, "2026-11-24 07:30:00.000000", which sorts as time does. A naive
    value is refused: nobody could say when that was.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        value = to_utc(value)
        return value if value is None or dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Text(TypeDecorator[str]):
    """Text that every database can hold: NUL and lone surrogates become U+FFFD on their way in."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return mend_text(value)


class Json(TypeDecorator[Any]):
    """A tuple or a whole record as a JSON document."""

    impl = PlainText
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._decode = msgspec.json.Decoder(kind).decode

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self._decode(value)


#: On SQLite only INTEGER can be the row's own number, and there it has 64 bits anyway.
Number = BigInteger().with_variant(Integer, "sqlite")


def words() -> Json:
    """Return the type of a tuple of words."""
    return Json(tuple[str, ...])
