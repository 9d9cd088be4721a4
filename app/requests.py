"""From an HTTP request to what is asked: the body within its bounds, and each part of the right type."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from app.errors import shorten
from subscriptions.stepping import step

BAD_REQUEST = "BAD_REQUEST"
_CLOSE = {"connection": "close"}


class Refusal(Exception):
    """Raised for a request that is answered with an HTTP status and one error."""

    def __init__(self, status: int, message: str, code: str = BAD_REQUEST, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers = headers


class Disconnected(Exception):
    """Raised where the client went away before its request was whole."""


@dataclass(frozen=True)
class Request:
    """One GraphQL request. Without a `query`, its extensions say by which hash the document is known."""

    query: str | None
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict)


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by their lower-case names; what is sent twice is joined with a comma."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers


def check_content(headers: Mapping[str, str]) -> None:
    """Refuse a body that is not plain JSON in UTF-8."""
    media, _, parameters = headers.get("content-type", "").partition(";")
    if media.strip().lower() != "application/json":
        raise Refusal(415, "Send the request as JSON, with Content-Type: application/json.", "UNSUPPORTED_MEDIA_TYPE")
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in {"utf-8", "utf8"}:
            raise Refusal(415, "Send JSON in UTF-8; no other charset is read.", "UNSUPPORTED_MEDIA_TYPE")
    if headers.get("content-encoding", "identity").strip().lower() not in {"identity", ""}:
        message = "Send the body as it is, without Content-Encoding."
        raise Refusal(415, message, "UNSUPPORTED_MEDIA_TYPE", **{"accept-encoding": "identity"})


async def read_body(receive: Receive, headers: Mapping[str, str], most: int, seconds: float) -> bytes:
    """The body, if it is no longer than `most` bytes and arrives in time; a longer one is not read to its end."""
    length = headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 15 or int(length) > most):
        raise too_long(most)
    body = bytearray()
    rest = step(_take(receive, body, most))
    if rest is not None:  # mostly it is all there, and then a deadline would cost more than the body
        try:
            async with asyncio.timeout(seconds):
                await rest
        except TimeoutError as error:
            message = f"The body did not arrive within {seconds:g} seconds."
            raise Refusal(408, message, "REQUEST_TIMEOUT", **_CLOSE) from error
    return bytes(body)


async def _take(receive: Receive, body: bytearray, most: int) -> None:
    async for chunk in chunks(receive):
        body += chunk
        if len(body) > most:
            raise too_long(most)


async def chunks(receive: Receive) -> Any:
    """The pieces of a body as they come; raises Disconnected where they stop short."""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        more = message.get("more_body", False)
        yield message.get("body", b"")


def too_long(most: int) -> Refusal:
    """The refusal of a body longer than so many bytes."""
    return Refusal(413, f"The body is longer than the {most} bytes allowed.", "PAYLOAD_TOO_LARGE", **_CLOSE)


def parse_body(body: bytes) -> Request:
    """The request in a JSON body."""
    if not body.strip():
        raise Refusal(400, 'The body is empty: send a JSON object such as {"query": "{ viewer { user { name } } }"}.')
    fields = _json(body, "The body")
    if isinstance(fields, list):
        raise Refusal(400, "Batches are not taken: send one operation in each request.")
    if not isinstance(fields, dict):
        raise Refusal(400, "The body must be a JSON object with the key query.")
    return _request(fields)


def parse_query_string(query_string: bytes, most: int) -> Request:
    """The request in the parameters of a URL; variables and extensions are JSON there."""
    if len(query_string) > most:
        raise Refusal(414, f"The URL is longer than the {most} bytes allowed: use POST.", "URI_TOO_LONG")
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except UnicodeDecodeError as error:
        raise Refusal(400, "The URL's parameters are not UTF-8.") from error
    except ValueError as error:
        raise Refusal(400, "The URL has too many parameters.") from error
    fields: dict[str, Any] = dict(pairs)
    if len(fields) < len(pairs):
        raise Refusal(400, "A parameter of the URL is given twice.")
    for name in ("variables", "extensions"):
        if fields.get(name):
            fields[name] = _json(fields[name], f"The parameter {name}")
        else:
            fields.pop(name, None)
    return _request(fields)


def _json(text: bytes | str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refusal(
            400, shorten(f"{what} is not valid JSON in UTF-8: {error.msg} (character {error.pos}).")
        ) from error


def _request(fields: Mapping[str, Any]) -> Request:
    query = fields.get("query")
    extensions = _object(fields, "extensions") or {}
    if query is None and extensions.get("persistedQuery") is None:
        raise Refusal(400, "The key query is missing: it holds the GraphQL document.")
    if query is not None and (not isinstance(query, str) or not query.strip()):
        raise Refusal(400, "The key query must be a string that holds a GraphQL document.")
    name = fields.get("operationName")
    if name is not None and not isinstance(name, str):
        raise Refusal(400, "The key operationName must be a string or null.")
    return Request(query, _object(fields, "variables"), name, extensions)


def _object(fields: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, dict):
        raise Refusal(400, f"The key {name} must be a JSON object or null.")
    return value
