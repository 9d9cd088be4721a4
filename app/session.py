"""The door for people: /session says who is signed in on the board; POST signs in, DELETE signs out.

The session is a cookie that no script can read. A page proves that it is ours, with each write, by
a token that only we tell it: `csrfToken`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from app.doors import answering
from app.http import check_csrf, reply
from app.identity import COOKIE, cookie_of, csrf_token, new_cookie
from app.origins import check_origin
from app.requests import Refusal, check_content, headers_of, read_body
from app.settings import Settings
from models.users import User
from resolvers import ids, sessions
from resolvers.access import Viewer
from resolvers.sessions import Attempt, TooManyAttempts
from resolvers.tokens import hashed

_BODY_BYTES = 10_000
_LONGEST_AGE = 400 * 24 * 3_600  # what browsers keep; when a session is over is for the server to say
Answer = tuple[dict[str, Any], str | None]  # the body, and a cookie to set: empty takes it away


class SessionDoor:
    """The ASGI application at /session and /session/demo."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it holds."""
        async with answering(receive, send) as answer:
            body, cookie = await self._answer(scope, receive)
            more = {} if cookie is None else {"set-cookie": _cookie(cookie, scope["scheme"])}
            await reply(answer, 200, orjson.dumps(body), more=more)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        headers = headers_of(scope)
        match scope["method"], scope["path"]:
            case "GET", "/session":
                return await self._tell(headers)
            case "POST", "/session":
                given = await self._read(headers, receive, "email", "password")
                return await self._begin(headers, await self._find(scope, *given))
            case "POST", "/session/demo":
                return await self._begin(headers, await self._find_demo(*await self._read(headers, receive, "email")))
            case "DELETE", "/session":
                return await self._end(headers)
        allowed = "GET, POST, DELETE" if scope["path"] == "/session" else "POST"
        raise Refusal(405, f"Use {allowed} here.", "METHOD_NOT_ALLOWED", allow=allowed)

    async def _tell(self, headers: Mapping[str, str]) -> Answer:
        cookie = cookie_of(headers)
        viewer = None if cookie is None else await sessions.find_viewer(hashed(cookie))
        return await self._shown(viewer, cookie), None

    async def _find(self, scope: Scope, email: str, password: str) -> User:
        address = (scope.get("client") or ("",))[0]
        try:
            attempt = Attempt(hashed(email.strip().lower()), hashed(address))
            user = await sessions.find_by_password(email, password, attempt)
        except TooManyAttempts as too_many:
            message = f"Signing in failed too often: try again in {too_many.seconds} seconds."
            raise Refusal(429, message, "TOO_MANY", **{"retry-after": str(too_many.seconds)}) from None
        if user is None:
            raise Refusal(401, "This e-mail and this password are not those of a user.", "UNAUTHENTICATED")
        return user

    async def _find_demo(self, email: str) -> User:
        user = await sessions.find_demo_user(email) if self._settings.demo else None
        if user is None:
            raise Refusal(401, "This is no user of a demo that is loaded here.", "UNAUTHENTICATED")
        return user

    async def _read(self, headers: Mapping[str, str], receive: Receive, *names: str) -> list[str]:
        """The texts of these names in the body. A sign-in that another site's page sends is refused."""
        check_origin(headers, self._settings.allowed_origins)
        check_content(headers)
        body = await read_body(receive, headers, _BODY_BYTES, self._settings.body_seconds)
        try:
            given = orjson.loads(body)
        except orjson.JSONDecodeError:
            given = None
        if not isinstance(given, dict) or not all(isinstance(given.get(name), str) for name in names):
            raise Refusal(400, f"Send a JSON object with the texts {' and '.join(names)}.")
        return [given[name] for name in names]

    async def _begin(self, headers: Mapping[str, str], user: User) -> Answer:
        await self._leave(cookie_of(headers))  # who signs in anew is no longer who they were
        cookie = new_cookie()
        lifetime = timedelta(days=self._settings.session_days)
        return await self._shown(await sessions.begin_session(user, hashed(cookie), lifetime), cookie), cookie

    async def _end(self, headers: Mapping[str, str]) -> Answer:
        check_csrf(headers, "DELETE")
        await self._leave(cookie_of(headers))
        return await self._shown(None, None), ""

    async def _leave(self, cookie: str | None) -> None:
        if cookie is not None:
            await sessions.end_session(hashed(cookie))

    async def _shown(self, viewer: Viewer | None, cookie: str | None) -> dict[str, Any]:
        shown: dict[str, Any] = {"user": None, "account": None, "csrfToken": None, "demo": await self._demo()}
        if viewer is not None and cookie is not None:
            user, account = await sessions.account_of(viewer)
            who = {"id": ids.encode("User", user.id), "name": user.name, "email": user.email, "role": user.role}
            where = {"name": account.name, "currency": account.currency}
            shown |= {"user": who, "account": where, "csrfToken": csrf_token(cookie)}
        return shown

    async def _demo(self) -> list[dict[str, str]]:
        if not self._settings.demo:
            return []
        users = await sessions.demo_users()
        return [{"account": account.name, "email": user.email, "name": user.name} for account, user in users]


def _cookie(value: str, scheme: str) -> str:
    age = _LONGEST_AGE if value else 0
    secure = "; Secure" if scheme == "https" else ""
    return f"{COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
