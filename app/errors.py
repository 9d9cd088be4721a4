"""What clients are shown of an error: all of their own mistakes, nothing of ours but a number to ask about."""

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

import structlog
from graphql import GraphQLError

from resolvers.errors import Refused

INTERNAL = "INTERNAL"
BAD_INPUT = "BAD_USER_INPUT"
MESSAGE_LENGTH = 400

_log = structlog.get_logger("lejek")
Shown = dict[str, Any]


def shorten(message: str) -> str:
    """The message, or its beginning: what a client sent is not sent back at length."""
    return message if len(message) <= MESSAGE_LENGTH else message[: MESSAGE_LENGTH - 1] + "…"


def problem(message: str, code: str) -> Shown:
    """An error that belongs to no place in a document."""
    return {"message": shorten(message), "extensions": {"code": code}}


def internal(error: BaseException, where: Sequence[str | int] | None = None) -> Shown:
    """Log a fault of ours, and show its number."""
    number = token_hex(6)
    _log.error("internal error", id=number, path=list(where or []), exc_info=error)
    return problem(f"Internal error (id {number}).", INTERNAL)


def request_error(error: GraphQLError) -> Shown:
    """An error in the request itself: its syntax, its validity, its variables."""
    return _placed(error, shorten(error.message), dict(error.extensions or {}))


def refusal(refused: Refused) -> Shown:
    """The expected failure of a question: the code of a command's, and which argument it is about."""
    first = refused.errors[0]
    shown = problem(str(refused), first.code.value)
    shown["extensions"]["argument"] = first.path
    return shown


def field_error(error: GraphQLError) -> Shown:
    """An error from running a field: shown where it was meant for the client, else masked."""
    cause = error.original_error
    if isinstance(cause, Refused):
        shown = refusal(cause)
        return _placed(error, shown["message"], shown["extensions"])
    if (error.extensions or {}).get("code"):
        return _placed(error, shorten(error.message), dict(error.extensions or {}))
    if _blames_the_document(error):
        return _placed(error, shorten(error.message), {"code": BAD_INPUT})
    shown = internal(cause or error, error.path)
    return _placed(error, shown["message"], shown["extensions"])


def _blames_the_document(error: GraphQLError) -> bool:
    # graphql-core raises a bad argument with the nodes it is written in, and a value that a type
    # cannot show, which is our fault, without.
    cause = error.original_error
    return isinstance(cause, GraphQLError) and bool(cause.nodes)


def _placed(error: GraphQLError, message: str, extensions: Shown) -> Shown:
    shown: Shown = {"message": message}
    if error.locations:
        shown["locations"] = [{"line": each.line, "column": each.column} for each in error.locations]
    if error.path is not None:
        shown["path"] = error.path
    shown["extensions"] = extensions
    return shown
