"""The HTTP door: one GraphQL request in, one answer out, as the GraphQL-over-HTTP specification says.

It is plain ASGI: between the socket and the engine there is nothing that a request must pay for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Literal

import orjson
from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from app.callers import Callers
from app.errors import internal, problem
from app.form import Form
from app.graphql import Engine, Path, errors_of
from app.identity import Credential, bearer, cookie_of, credential_of, is_csrf_token, language
from app.intake import arriving, check_length
from app.multipart import Parts, is_multipart
from app.negotiation import JSON, RESPONSE, negotiate
from app.requests import (
    Disconnected,
    Refusal,
    Request,
    check_content,
    chunks,
    headers_of,
    parse_body,
    parse_query_string,
    read_body,
)
from app.settings import Settings
from resolvers.access import Viewer
from resolvers.errors import Refused
from resolvers.reads.documents import BadDocument, Operation

# Answered without errors or with some; refused by an HTTP status; left unasked by the client; failed by us.
Outcome = Literal["answered", "errors", "refused", "left", "failed"]
LINGER_SECONDS = 1.0
LINGER_BYTES = 8_000_000
_HEADERS = {
    media: (
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    )
    for media in (JSON, RESPONSE)
}
PATH_HEADER = "x-lejek-path"  # `plan`, or `executor` where graphql-core answered


class GraphQLDoor:
    """The ASGI application at /graphql for HTTP. `note` hears how each request went, and its seconds."""

    def __init__(
        self, engine: Engine, callers: Callers, settings: Settings, note: Callable[[Outcome, float], None] | None = None
    ) -> None:
        self._note = note
        self._engine = engine
        self._callers = callers
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it holds."""
        began = perf_counter()
        outcome = await self._serve(scope, receive, send)
        if self._note is not None:
            self._note(outcome, perf_counter() - began)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> Outcome:
        headers = headers_of(scope)
        media = JSON
        try:
            media = negotiate(headers.get("accept"))
            body, path = await self._answer(scope, receive, headers)
            await reply(send, 200, body, media, {PATH_HEADER: path} if self._settings.development else None)
            return "errors" if body.startswith(b'{"errors"') else "answered"
        except BadDocument as bad:
            body = orjson.dumps({"errors": errors_of(bad)})
            await reply(send, 200 if media == JSON else 400, body, media)
            return "errors"
        except Disconnected:
            return "left"
        except Refusal as refused:
            await refuse_http(receive, send, refused, media)
            return "refused"
        except Exception as error:
            body = orjson.dumps({"errors": [internal(error)]})
            await reply(send, 500, body, media)
            return "failed"

    async def _answer(self, scope: Scope, receive: Receive, headers: Mapping[str, str]) -> tuple[bytes, Path]:
        check_method(scope)
        if is_multipart(headers):  # a command, which is looked up afresh
            return await self._answer_form(receive, headers, await identify(headers, "POST", Credential.viewer))
        viewer = await identify(headers, scope["method"], self._callers.find)
        request = await read_request(scope, receive, headers, self._settings)
        operation = await self._operation(request, scope["method"])
        if operation.kind == "mutation":  # nothing is written by rights of a moment ago
            viewer = await identify(headers, scope["method"], Credential.viewer)
        return await self._engine.answer(operation, request.variables, viewer)

    async def _operation(self, request: Request, method: str) -> Operation:
        operation = await self._engine.find(request.query, request.operation_name, request.extensions)
        _check_kind(operation, method)
        return operation

    async def _answer_form(self, receive: Receive, headers: Mapping[str, str], viewer: Viewer) -> tuple[bytes, Path]:
        """Answer a request that brings files. Those that it did nothing with are not kept."""
        settings = self._settings
        most = settings.upload_bytes + settings.body_bytes
        check_length(headers, most)
        form = Form(viewer, Parts(headers["content-type"], arriving(receive, most, settings.body_seconds)))
        try:
            request = await form.read(settings.body_bytes)
            return await self._engine.answer(await self._operation(request, "POST"), request.variables, viewer)
        except Refused as refused:
            raise Refusal(400, str(refused), refused.errors[0].code.value) from refused
        finally:
            await form.discard()


def check_method(scope: Scope) -> None:
    """Refuse what is neither POST nor GET."""
    if scope["method"] not in {"GET", "POST"}:
        raise Refusal(405, "Use POST, or GET for a query.", "METHOD_NOT_ALLOWED", allow="GET, POST")


async def read_request(scope: Scope, receive: Receive, headers: Mapping[str, str], settings: Settings) -> Request:
    """What is asked, by POST or GET; refuses what is no request, or more than the settings allow."""
    if scope["method"] == "GET":
        return parse_query_string(scope["query_string"], settings.body_bytes)
    check_content(headers)
    return parse_body(await read_body(receive, headers, settings.body_bytes, settings.body_seconds))


def refuse_mutation_by_get(operation: Operation, method: str) -> None:
    """Refuse a mutation that a link or an image could send."""
    if operation.kind == "mutation" and method == "GET":
        raise Refusal(405, "A mutation may not be sent by GET: use POST.", "METHOD_NOT_ALLOWED", allow="POST")


def _check_kind(operation: Operation, method: str) -> None:
    if operation.kind == "subscription":
        message = (
            "Subscriptions are told over a WebSocket at this address (graphql-transport-ws), "
            "or as an event stream at /graphql/stream."
        )
        raise BadDocument([GraphQLError(message)], "SUBSCRIPTION_OVER_HTTP")
    refuse_mutation_by_get(operation, method)


async def identify(
    headers: Mapping[str, str], method: str, find: Callable[[Credential, str], Awaitable[Viewer | None]]
) -> Viewer:
    """The viewer that a request's token or cookie stands for; refuses with 401, or 403 as `check_csrf`."""
    token = bearer(headers.get("authorization"))
    shown = credential_of(token, headers)
    viewer = None if shown is None else await find(shown, language(headers.get("accept-language")))
    if shown is None or viewer is None:
        raise unauthenticated(token, headers)
    if shown.is_session:
        check_csrf(headers, method)
    return viewer


def check_csrf(headers: Mapping[str, str], method: str) -> None:
    """Refuse with 403 a write that brings its session's cookie, as any page can have a browser do, and no token."""
    cookie = cookie_of(headers)
    if method == "GET" or cookie is None or is_csrf_token(headers.get("x-csrf-token"), cookie):
        return
    message = "With a session's cookie, X-CSRF-Token is needed too: GET /session answers it as csrfToken."
    raise Refusal(403, message, "CSRF")


def unauthenticated(token: str | None, headers: Mapping[str, str]) -> Refusal:
    """The refusal with 401 of who shows nothing, or nothing that is known."""
    if token is not None:
        message = "This token is unknown, or was revoked."
        return Refusal(401, message, "UNAUTHENTICATED", **{"www-authenticate": 'Bearer error="invalid_token"'})
    message = "A token is needed: send the header Authorization: Bearer, and the token."
    if cookie_of(headers) is not None:
        message = "This session is over: sign in again."
    return Refusal(401, message, "UNAUTHENTICATED", **{"www-authenticate": "Bearer"})


def _body(refused: Refusal) -> bytes:
    return orjson.dumps({"errors": [problem(refused.message, refused.code)]})


async def reply(
    send: Send,
    status: int,
    body: bytes,
    media: str = JSON,
    more: Mapping[str, str] | None = None,
    *,
    last: bool = True,
) -> None:
    """Send a JSON answer; unless `last`, leave the response open, though its body is whole."""
    headers = [*_HEADERS[media], (b"content-length", b"%d" % len(body))]
    headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (more or {}).items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": not last})


async def refuse_http(receive: Receive, send: Send, refused: Refusal, media: str = JSON) -> None:
    """Send a refusal as JSON.

    A connection that is closed while its body still comes in is reset, and most clients then lose
    the answer: so a little more of a body that is too long is taken, and thrown away.
    """
    closing = refused.headers.get("connection") == "close"
    await reply(send, refused.status, _body(refused), media, refused.headers, last=not closing)
    if closing:
        with suppress(TimeoutError, Disconnected):
            async with asyncio.timeout(LINGER_SECONDS):
                await _discard(receive, LINGER_BYTES)
        await send({"type": "http.response.body", "body": b""})


async def _discard(receive: Receive, most: int) -> None:
    async for chunk in chunks(receive):
        most -= len(chunk)
        if most < 0:
            return
