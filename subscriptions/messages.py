"""What a client of graphql-transport-ws may say: text in, a checked message out, or Malformed."""

import re
from dataclasses import dataclass
from typing import Any

import orjson

LONGEST_ID = 255

# A string, or a number; strings are matched so that digits in them are passed over.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?')
_LONG = re.compile(r"\d{19}")


class Malformed(Exception):
    """No message of the protocol; its text is the reason, and echoes nothing of the input."""


@dataclass(frozen=True)
class ConnectionInit:
    """The client begins, with its connectionParams."""

    payload: dict[str, Any]


@dataclass(frozen=True)
class Ping:
    """The client asks for a pong with the same payload."""

    payload: dict[str, Any] | None


@dataclass(frozen=True)
class Pong:
    """The client answers a ping."""


@dataclass(frozen=True)
class SubscribePayload:
    """The request of a query, mutation or subscription."""

    query: str | None  # null where its extensions say by which hash it is known
    operation_name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]


@dataclass(frozen=True)
class Subscribe:
    """The client asks, under an id of its own."""

    id: str
    payload: SubscribePayload


@dataclass(frozen=True)
class Complete:
    """The client ends what it asked under an id."""

    id: str


Message = ConnectionInit | Ping | Pong | Subscribe | Complete


def parse(text: str | bytes) -> Message:
    """The message that a frame holds; raises Malformed for everything else, and nothing but that."""
    if isinstance(text, bytes):
        raise Malformed("Binary frames are not part of the protocol: send text")
    message = _load(text)
    if not isinstance(message, dict):
        raise Malformed("A message must be a JSON object")
    match message.get("type"):
        case "connection_init":
            return ConnectionInit(_optional_object(message, "payload") or {})
        case "ping":
            return Ping(_optional_object(message, "payload"))
        case "pong":
            _optional_object(message, "payload")
            return Pong()
        case "subscribe":
            return Subscribe(_id(message), _request(message.get("payload")))
        case "complete":
            return Complete(_id(message))
        case str():
            raise Malformed("This type of message is not known, or is the server's to send")
        case _:
            raise Malformed("A message must have a type, which is a string")


def _load(text: str) -> Any:
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Malformed("A message must be valid JSON, and not nested too deeply") from error
    if _LONG.search(text) and any(_overflows(token[0]) for token in _TOKEN.finditer(text)):
        raise Malformed("A message holds an integer of more than 64 bits: send it as a string")
    return message


def _overflows(token: str) -> bool:
    """Whether it is an integer that the parser had to round to a float."""
    digits = token.removeprefix("-")
    if not digits.isdecimal():
        return False
    return len(digits) > 20 or not -(2**63) <= int(token) < 2**64


def _id(message: dict[str, Any]) -> str:
    match message.get("id"):
        case str() as given if 0 < len(given) <= LONGEST_ID:
            return given
        case _:
            raise Malformed(f"A message of this type must have an id, a string of 1 to {LONGEST_ID} characters")


def _request(payload: Any) -> SubscribePayload:
    if not isinstance(payload, dict):
        raise Malformed("The payload of subscribe must be an object")
    extensions = _optional_object(payload, "extensions") or {}
    is_known = payload.get("query") is None and extensions.get("persistedQuery") is not None
    return SubscribePayload(
        None if is_known else _string(payload, "query", "The query must be a string"),
        None
        if payload.get("operationName") is None
        else _string(payload, "operationName", "The operationName must be a string or null"),
        _optional_object(payload, "variables") or {},
        extensions,
    )


def _string(holder: dict[str, Any], name: str, otherwise: str) -> str:
    value = holder.get(name)
    if not isinstance(value, str):
        raise Malformed(otherwise)
    return value


def _optional_object(holder: dict[str, Any], name: str) -> dict[str, Any] | None:
    value = holder.get(name)
    if value is not None and not isinstance(value, dict):
        raise Malformed(f"The {name} must be an object or null")
    return value
