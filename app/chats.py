"""Chats for visitors: GET /chats/KEY is the page, POST begins a conversation, /chats/KEY/messages says and hears.

/chats/KEY/stream tells what is said as it is said, as server-sent events.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import orjson
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.errors import internal, problem, refusal
from app.hearing import Hearing, told
from app.rates import Rates
from app.requests import Disconnected, Refusal, check_content, headers_of, read_body
from app.settings import Settings
from app.visiting import TEMPLATES, address_of, asset_routes
from models.chats import Chat
from models.web_forms import FormLanguage
from resolvers.conversations import begin_conversation, conversation_of, find_open_chat, hear, say
from resolvers.errors import Refused
from subscriptions.operation import failure
from subscriptions.seats import Seats
from subscriptions.streams import Ending, Streams

_ASSETS = {"chat.css": "chat.css", "chat.js": "chat.js", "embed.js": "embed-chat.js"}
_LONGEST_BODY = 50_000
CONVERSATION_STREAMS, ADDRESS_STREAMS = 4, 50  # open at once in this process: tabs of a visitor, people of an office
_CLOSED = failure("This chat is closed.", "NOT_FOUND")
BEGINNINGS, MESSAGES = RateLimitItemPerHour(20), RateLimitItemPerMinute(30)
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_TEXTS: Mapping[FormLanguage, Mapping[str, str]] = {
    FormLanguage.EN: {
        "begin": "Start a conversation",
        "message": "Your message",
        "send": "Send",
        "you": "You",
        "log": "Conversation",
        "choices": "Choose an answer",
        "script": "This chat needs JavaScript.",
        "lost": "The connection is lost. Trying again…",
        "closed": "This conversation is closed. Thank you.",
    },
    FormLanguage.PL: {
        "begin": "Rozpocznij rozmowę",
        "message": "Twoja wiadomość",
        "send": "Wyślij",
        "you": "Ty",
        "log": "Rozmowa",
        "choices": "Wybierz odpowiedź",
        "script": "Ten czat wymaga JavaScriptu.",
        "lost": "Brak połączenia. Próbujemy ponownie…",
        "closed": "Rozmowa została zakończona. Dziękujemy.",
    },
}


class Chats:
    """What is served at /chats."""

    def __init__(self, settings: Settings, rates: Rates, streams: Streams) -> None:
        self._settings = settings
        self._rates = rates
        self._streams = streams
        self._seats = Seats()

    @property
    def routes(self) -> list[Route]:
        """What is served, and where."""
        return [
            *asset_routes("/chats", _ASSETS),
            Route("/chats/{key}", _answered(self._page), methods=["GET"]),
            Route("/chats/{key}", _answered(self._begin), methods=["POST"]),
            Route("/chats/{key}/messages", _answered(self._hear), methods=["GET"]),
            Route("/chats/{key}/messages", _answered(self._say), methods=["POST"]),
            Route("/chats/{key}/stream", _answered(self._follow), methods=["GET"]),
        ]

    async def _page(self, request: Request) -> Response:
        chat = await _chat(request)
        shown = {"title": chat.name, "path": f"/chats/{chat.key}", "texts": _TEXTS[chat.language]}
        body = TEMPLATES.get_template("chat.html").render(language=chat.language.lower(), **shown)
        return HTMLResponse(body, headers=_HEADERS)

    async def _begin(self, request: Request) -> Response:
        chat = await _chat(request)
        await self._read(request)
        await self._allow(BEGINNINGS, "chat", chat.key, address_of(request))
        return _json({"token": await begin_conversation(chat)}, 201)

    async def _hear(self, request: Request) -> Response:
        chat = await _chat(request)
        conversation_id = _conversation(chat, request.query_params.get("token"))
        return _json(told(await hear(conversation_id, _after(request.query_params.get("after")))))

    async def _follow(self, request: Request) -> Response:
        if self._streams.is_ending:
            message = "This server is stopping: try again."
            raise Refusal(503, message, "TRY_AGAIN_LATER", **{"retry-after": "1", "connection": "close"})
        if request.method != "GET":
            raise Refusal(405, "Use GET here.", "METHOD_NOT_ALLOWED", allow="GET")
        mark, chat = self._streams.mark(), await _chat(request)
        conversation_id = _conversation(chat, request.query_params.get("token"))
        resumed = request.headers.get("last-event-id", "").strip()
        after = _after(resumed or request.query_params.get("after"))
        ending = Ending(_CLOSED)
        hearing = Hearing(chat, conversation_id, after, ending)
        leave = self._seats.take(
            [
                (conversation_id, CONVERSATION_STREAMS),
                (address_of(request), ADDRESS_STREAMS),
                (chat.account_id, self._settings.account_connections),
            ]
        )
        if leave is None:
            raise Refusal(429, "Too many streams are open from here: ask instead.", "TOO_MANY", **{"retry-after": "5"})
        return _Following(self._streams, hearing, mark, ending, leave)

    async def _say(self, request: Request) -> Response:
        chat = await _chat(request)
        given = await self._read(request)
        conversation_id, body = _conversation(chat, given.get("token")), given.get("body")
        if not isinstance(body, str):
            raise Refusal(400, "The key body must be a string: what the visitor says.")
        await self._allow(MESSAGES, "message", conversation_id.hex)
        await say(chat, conversation_id, body)
        return _json({}, 201)

    async def _allow(self, most: RateLimitItem, *who: str) -> None:
        if not await self._rates.take(most, *who):
            raise Refusal(429, "That is more than a person says: wait a minute.", "TOO_MANY", **{"retry-after": "60"})

    async def _read(self, request: Request) -> dict[str, Any]:
        headers = headers_of(request.scope)
        check_content(headers)
        body = await read_body(request.receive, headers, _LONGEST_BODY, self._settings.body_seconds)
        try:
            given = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Refusal(400, "The body is not valid JSON in UTF-8.") from error
        if not isinstance(given, dict):
            raise Refusal(400, "The body must be a JSON object.")
        return given


def _answered(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint with each way to fail as JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            return await answer(request)
        except Refusal as refused:
            return _json({"errors": [problem(refused.message, refused.code)]}, refused.status, refused.headers)
        except Refused as refused_by_rule:
            return _json({"errors": [refusal(refused_by_rule)]}, 422)
        except Disconnected:
            return PlainTextResponse("", 400)
        except Exception as error:
            return _json({"errors": [internal(error)]}, 500)

    return endpoint


async def _chat(request: Request) -> Chat:
    chat = await find_open_chat(request.path_params["key"])
    if chat is None:
        raise Refusal(404, "There is no such chat, or it is closed.", "NOT_FOUND")
    return chat


def _conversation(chat: Chat, token: Any) -> UUID:
    found = conversation_of(chat, token) if isinstance(token, str) else None
    if found is None:
        raise Refusal(401, "This token is for no conversation here: begin one with POST.", "UNAUTHENTICATED")
    return found


def _after(written: str | None) -> int:
    number = written or "0"
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        raise Refusal(400, "The parameter after, or Last-Event-ID, is the number of a message.")
    return int(number)


class _Following(Response):
    """The stream of a conversation, as the response to a request; the seat is given back with its end."""

    def __init__(
        self, streams: Streams, hearing: Hearing, mark: int, ending: Ending, leave: Callable[[], None]
    ) -> None:
        super().__init__()
        self._streams = streams
        self._hearing = hearing
        self._mark = mark
        self._ending = ending
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            serve, hearing = self._streams.serve, self._hearing
            await serve(hearing, self._mark, receive, send, self._ending, hearing.delivered)
        finally:
            self._leave()


def _json(body: Any, status: int = 200, more: Mapping[str, str] | None = None) -> Response:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return Response(content, status, headers={**_HEADERS, **(more or {})}, media_type="application/json")
