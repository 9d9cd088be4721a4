"""Cursors: where a page ended, opaque to clients and bound to the order they were made under."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from models.reading import Dialect
from resolvers.reads.declare import Kind, Order


class BadCursor(ValueError):
    """The text is no cursor of this list in this order."""


@dataclass(frozen=True)
class Position:
    """The values of a row's order terms, ready for the database, and its key."""

    values: tuple[Any, ...]
    key: str


def encode(order_name: str, values: Sequence[Any], key: str) -> str:
    """The cursor for a row: its order's name, the raw values of its terms, its key."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps([order_name, *plain, key])).rstrip(b"=").decode()


def decode(cursor: str, order_name: str, order: Order, dialect: Dialect) -> Position:
    """Where the page after a cursor begins. Raises BadCursor."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        name, *values, key = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != order_name or len(values) != len(order):
            raise BadCursor("made for another order")
        typed = tuple(
            _typed(value, term.kind, term.nullable, dialect) for value, term in zip(values, order, strict=True)
        )
        return Position(typed, str(UUID(key)))
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise BadCursor(str(error)) from error


def _typed(value: Any, kind: Kind, nullable: bool, dialect: Dialect) -> Any:
    if value is None:
        if not nullable:
            raise BadCursor("null where there is none")
        return None
    if kind == "int":
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
            raise BadCursor("not a number")
        return value
    if not isinstance(value, str) or "\x00" in value:
        raise BadCursor("not a text")
    if kind in ("instant", "moment"):
        instant = datetime.fromisoformat(value)
        return instant if dialect == "postgres" else value
    if kind == "day":
        day = date.fromisoformat(value)
        return day if dialect == "postgres" else value
    return value
