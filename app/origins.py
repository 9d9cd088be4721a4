"""Where a request comes from: a browser says so in Origin, and no page can make it say otherwise."""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from app.identity import bearer, cookie_of
from app.requests import Refusal, headers_of

_PORTS = {"http": 80, "https": 443}


def is_own(headers: Mapping[str, str], allowed: Collection[str]) -> bool:
    """Whether a request comes from a page of the host it is sent to, or of an origin that is allowed."""
    origin = headers.get("origin", "")
    if origin in allowed:
        return True
    try:
        page, host = urlsplit(origin), urlsplit(f"//{headers.get('host', '')}")
        port = _PORTS.get(page.scheme)
        return bool(port and page.hostname) and (page.hostname, page.port or port) == (host.hostname, host.port or port)
    except ValueError:  # a port that is none
        return False


def check_origin(headers: Mapping[str, str], allowed: Collection[str]) -> None:
    """Refuse with 403 what a browser sends from another site's page. What says no origin is no browser's write."""
    if "origin" in headers and not is_own(headers, allowed):
        message = "This comes from another site's page: list its origin in LEJEK_ALLOWED_ORIGINS to let it in."
        raise Refusal(403, message, "ORIGIN")


class CookieGuard:
    """Before sockets: a handshake that brings a session's cookie is let in from our own pages only.

    Browsers send cookies with handshakes to anywhere, and anyone's page may then read the answers.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a handshake on, or refuse it with 403."""
        headers = headers_of(scope)
        comes_by_cookie = bearer(headers.get("authorization")) is None and cookie_of(headers) is not None
        if comes_by_cookie and not is_own(headers, self._allowed):
            await receive()  # websocket.connect
            return await send({"type": "websocket.close", "code": 1008})
        await self._app(scope, receive, send)
