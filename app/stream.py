"""The door for event streams: GraphQL over Server-Sent Events, for those who have no WebSockets.

Each request is one operation, by POST or GET as at the HTTP door, and is answered by
`text/event-stream`. What fails before there is a stream (no token, a body that is none) is an
HTTP error; what is wrong with the operation is told in the stream, as the protocol wants it.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress

import orjson
from starlette.types import Receive, Scope, Send

from app.errors import internal
from app.graphql import Engine
from app.http import check_csrf, check_method, read_request, refuse_http, refuse_mutation_by_get, reply, unauthenticated
from app.identity import bearer
from app.live import Live, Session
from app.negotiation import accepts
from app.origins import check_origin
from app.requests import Disconnected, Refusal, Request, headers_of
from app.settings import Settings
from resolvers.reads.documents import BadDocument
from subscriptions.gateway import Errors, Result
from subscriptions.messages import SubscribePayload
from subscriptions.sources import Subscription
from subscriptions.streams import Ending, Streams

EVENT_STREAM = "text/event-stream"
_LONGEST_REVISION = 18


class StreamDoor:
    """The ASGI application at /graphql/stream."""

    def __init__(self, engine: Engine, live: Live, streams: Streams, settings: Settings) -> None:
        self._engine = engine
        self._live = live
        self._streams = streams
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as long as it takes."""
        with ExitStack() as seats:
            await self._answer(scope, receive, send, seats)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, seats: ExitStack) -> None:
        ending = Ending()
        mark = self._streams.mark()  # before the session's rights are read
        try:
            outcome = await self._begin(scope, receive, headers_of(scope), seats, ending)
        except Disconnected:
            return
        except Refusal as refused:
            return await refuse_http(receive, send, refused)
        except Exception as error:
            return await reply(send, 500, orjson.dumps({"errors": [internal(error)]}))
        await self._streams.serve(outcome, mark, receive, send, ending)

    async def _begin(
        self, scope: Scope, receive: Receive, headers: Mapping[str, str], seats: ExitStack, ending: Ending
    ) -> Subscription | Result | Errors:
        if self._streams.is_ending:
            message = "This server is stopping: try again."
            raise Refusal(503, message, "TRY_AGAIN_LATER", **{"retry-after": "1", "connection": "close"})
        check_method(scope)
        if not accepts(headers.get("accept"), EVENT_STREAM):
            message = f"Answers come as {EVENT_STREAM} here: name it in Accept, or ask at /graphql."
            raise Refusal(406, message, "NOT_ACCEPTABLE")
        session = await self._session(scope, headers)
        seats.callback(self._seat(session, ending))
        request = await read_request(scope, receive, headers, self._settings)
        await self._check_kind(request, scope["method"])
        asked = SubscribePayload(
            request.query, request.operation_name, dict(request.variables or {}), dict(request.extensions)
        )
        return await self._live.begin(session, asked, after=_last_event(headers))

    async def _session(self, scope: Scope, headers: Mapping[str, str]) -> Session:
        session = await self._live.authenticate(scope, {})
        if session is None:
            raise unauthenticated(bearer(headers.get("authorization")), headers)
        if session.credential.is_session:
            check_origin(headers, self._settings.allowed_origins)
            check_csrf(headers, scope["method"])
        return session

    def _seat(self, session: Session, ending: Ending) -> Callable[[], None]:
        leave = self._live.seat(session, ending)
        if leave is None:
            message = "This token or its account has as many connections open as it may: close some first."
            raise Refusal(429, message, "TOO_MANY", **{"retry-after": "5"})
        return leave

    async def _check_kind(self, request: Request, method: str) -> None:
        with suppress(BadDocument):  # it is told in the stream
            operation = await self._engine.find(request.query, request.operation_name, request.extensions)
            refuse_mutation_by_get(operation, method)


def _last_event(headers: Mapping[str, str]) -> int | None:
    """The revision to resume after, where the client comes back and says what it has had."""
    text = headers.get("last-event-id", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_REVISION):
        message = "Last-Event-ID is not the id of an event of Lejek's: a revision, in decimal digits."
        raise Refusal(400, message)
    return int(text)
