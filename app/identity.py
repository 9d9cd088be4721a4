"""Who is asking: a bearer token becomes a viewer, looked up anew for each request.

Only the SHA-256 of a token is kept. A token is 256 random bits, so a plain hash is enough: there is
nothing to guess, and no need for the slow hash that passwords want.
"""

from collections.abc import Mapping
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from models.users import Token
from resolvers.access import Viewer, load_viewer_of_token

PREFIX = "lejek_"
LANGUAGES = ("en", "pl")
_LONGEST_TOKEN = 512
_LONGEST_HEADER = 1_000


async def make_token(account_id: UUID, user_id: UUID, name: str, token: str | None = None) -> str:
    """Make a token for a user, and return it: the only time it is seen. A token may be given, for a demo."""
    token = token or PREFIX + token_urlsafe(32)
    await Token.create(account_id=account_id, user_id=user_id, name=name, hash=hashed(token))
    return token


def hashed(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def find_viewer(token: str | None, locale: str = "en") -> Viewer | None:
    """The viewer that a token stands for; null where it is missing, unknown or revoked."""
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    return await viewer_of(hashed(token), locale)


async def viewer_of(token_hash: str, locale: str) -> Viewer | None:
    """The viewer that a token stands for now, by what is kept of it."""
    return await load_viewer_of_token(token_hash, locale)


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
    for each in (accept_language or "")[:_LONGEST_HEADER].split(","):
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
