"""API tokens: made by users for their programs, shown once, revoked.

Only the SHA-256 is kept. A token is 256 random bits, so a plain hash is enough: there is nothing
to guess, and no need for the slow hash that passwords want.
"""

from hashlib import sha256
from secrets import token_urlsafe
from typing import TypedDict
from uuid import UUID

from models.base import now
from models.departing import depart
from models.users import Token, TokenScope, User
from resolvers import access, commands, ids, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse

PREFIX = "lejek_"
MOST_TOKENS = 100


class TokenDraft(TypedDict, total=False):
    """A token as its user asks for it: what it is for, and whether it may only read."""

    name: str
    scope: TokenScope | None
    client_mutation_id: str | None


class TokenRevocation(TypedDict, total=False):
    """A token that is to work no more."""

    id: str
    client_mutation_id: str | None


async def create_token(viewer: Viewer, draft: TokenDraft) -> tuple[UUID, str]:
    """Make a token that may do what its user may, or read it; its key, and the token, which is never seen again.

    Refuses with TOO_MANY a user who has MOST_TOKENS.
    """
    name = text.line(draft.get("name"), "name")
    async with commands.begin(viewer, draft):
        await User.filter(id=viewer.user_id).select_for_update(no_key=True).get()
        if await Token.filter(user_id=viewer.user_id, revoked_at__isnull=True).count() >= MOST_TOKENS:
            raise refuse(ErrorCode.TOO_MANY, f"You have {MOST_TOKENS} tokens: revoke those that nothing uses.")
        scope = draft.get("scope") or TokenScope.WRITE
        secret = await make_token(viewer.account_id, viewer.user_id, name, scope=scope)
        token = await Token.get(hash=hashed(secret))
    return token.id, secret


async def revoke_token(viewer: Viewer, given: TokenRevocation) -> UUID:
    """End one of the viewer's own tokens. Its open connections end: here at once, at other processes within seconds."""
    key = ids.expect("Token", given["id"], "id")
    async with commands.begin(viewer, given):
        token = await Token.filter(id=key, user_id=viewer.user_id).select_for_update().first()
        if token is None:
            raise access.not_found("Token", "id")
        if token.revoked_at is None:
            token.revoked_at = now()
            await token.save(update_fields=["revoked_at"])
    depart(token.hash)
    return key


async def make_token(
    account_id: UUID, user_id: UUID, name: str, token: str | None = None, scope: TokenScope = TokenScope.WRITE
) -> str:
    """Make a token for a user, and return it: the only time it is seen. A token may be given, for a demo."""
    token = token or PREFIX + token_urlsafe(32)
    await Token.create(account_id=account_id, user_id=user_id, name=name, hash=hashed(token), scope=scope)
    return token


def hashed(secret: str) -> str:
    """What is kept of a token, and of the cookie of a session."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
