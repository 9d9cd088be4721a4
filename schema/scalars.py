"""The scalars: instants, days, exact decimals, revisions. What a plan answers is text already."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from graphql import GraphQLError

Revision = NewType("Revision", int)
Upload = NewType("Upload", str)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)
_REVISION = re.compile(r"\d{1,18}", re.ASCII)


def _bad(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


def _parse_instant(value: Any) -> datetime:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise _bad("A DateTime is RFC 3339 with its offset, such as 2026-12-31T12:00:00Z.")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _bad("There is no such instant.") from error


def _parse_day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise _bad("A Date is written as in 2026-12-31.")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise _bad("There is no such day.") from error


def _parse_decimal(value: Any) -> Decimal:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _DECIMAL.fullmatch(text):
        raise _bad('A Decimal is a string of digits, such as "1200.50".')
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise _bad("This is no decimal.") from error


def _parse_revision(value: Any) -> int:
    if not isinstance(value, str) or not _REVISION.fullmatch(value):
        raise _bad("A Revision is the string of digits that an earlier answer gave.")
    return int(value)


def _parse_upload(value: Any) -> str:
    if not isinstance(value, str):
        raise _bad("An Upload is a file of a multipart request, or the uploadId of a file that was sent before.")
    return value


def _show_instant(value: Any) -> str:
    return value if isinstance(value, str) else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


SCALARS: dict[object, Any] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, RFC 3339, always UTC on output.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_show_instant,
        parse_value=_parse_instant,
    ),
    date: strawberry.scalar(
        name="Date", description="A calendar day, ISO 8601.", serialize=str, parse_value=_parse_day
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal as a string, never a float.",
        serialize=str,
        parse_value=_parse_decimal,
    ),
    Revision: strawberry.scalar(
        name="Revision",
        description="A point in an account's history: strictly increasing, gap-free, opaque to clients. "
        "A string of decimal digits.",
        serialize=str,
        parse_value=_parse_revision,
    ),
    Upload: strawberry.scalar(
        name="Upload",
        description="A file: in a request by GraphQL multipart the file itself, else the uploadId of one that "
        "was sent before.",
        specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
        serialize=str,
        parse_value=_parse_upload,
    ),
}
