"""Who is asking: a bearer token, or the cookie of a session, becomes a viewer, as the database has them now."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from secrets import token_urlsafe
from typing import Any

from resolvers import sessions
from resolvers.access import Viewer, load_viewer_of_token
from resolvers.tokens import hashed

COOKIE = "lejek_session"
LANGUAGES = ("en", "pl")
_LONGEST_SECRET = 512
_LONGEST_HEADER = 1_000
_LONGEST_COOKIES = 16_000


@dataclass(frozen=True)
class Credential:
    """What someone shows of who they are, by its hash: an API token, or the cookie of a session."""

    hash: str
    is_session: bool = False

    async def viewer(self, locale: str = "en") -> Viewer | None:
        """The viewer that it stands for now; null where it is unknown, revoked or over."""
        return await (sessions.find_viewer if self.is_session else load_viewer_of_token)(self.hash, locale)


def credential_of(token: str | None, headers: Mapping[str, str]) -> Credential | None:
    """What a request shows: a token, which wins, or else its cookie; null where it shows neither."""
    if token is None:
        cookie = cookie_of(headers)
        return None if cookie is None else Credential(hashed(cookie), is_session=True)
    return Credential(hashed(token)) if len(token) <= _LONGEST_SECRET else Credential("")


def cookie_of(headers: Mapping[str, str]) -> str | None:
    """The cookie of a session; null where there is none."""
    text = headers.get("cookie", "")
    if COOKIE not in text or len(text) > _LONGEST_COOKIES:
        return None
    try:
        found = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return None
    return found.value or None if found is not None and len(found.value) <= _LONGEST_SECRET else None


def new_cookie() -> str:
    """The cookie of a new session."""
    return token_urlsafe(32)


def csrf_token(cookie: str) -> str:
    """What a page shows with a write that comes with the cookie: only who may read our answers knows it."""
    return hmac.new(cookie.encode(), b"csrf", sha256).hexdigest()


def is_csrf_token(given: str | None, cookie: str) -> bool:
    """Whether a request shows the token of its cookie; compared in constant time."""
    return hmac.compare_digest((given or "").encode("utf-8", "surrogatepass"), csrf_token(cookie).encode())


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header; null where it holds none."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def token_of_connection(payload: Mapping[str, Any] | None, authorization: str | None = None) -> str | None:
    """The token of a socket: of its connectionParams, as `authorization` or `token`, or else of its handshake."""
    params = {key.lower(): value for key, value in (payload or {}).items() if isinstance(value, str)}
    return bearer(params.get("authorization")) or params.get("token") or bearer(authorization)


def language(accept_language: str | None) -> str:
    """The language, of those Lejek speaks, that an Accept-Language header likes best."""
    best, chosen = 0.0, LANGUAGES[0]
    if accept_language is None:
        return chosen
    for each in accept_language[:_LONGEST_HEADER].split(","):
        tag, _, parameter = each.partition(";")
        primary, quality = tag.strip().lower().partition("-")[0], _quality(parameter)
        if primary in LANGUAGES and quality > best:
            best, chosen = quality, primary
    return chosen


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return min(max(float(value), 0.0), 1.0) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
