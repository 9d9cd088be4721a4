"""API tokens of the one who asks."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import tokens
from resolvers.access import Viewer
from resolvers.reads.declare import Many, Term
from resolvers.reads.run import Ref
from schema.common import Node, UserError
from schema.declaring import Answer, command, identifies, shows
from schema.enums import TokenScope

TOKENS = Many("Token", order=(Term("{a}.created_at", "instant"),))


@strawberry.type(description="What a program comes in with; it may do what its user may, or read it.")
class Token(Node):
    """A token, without what is secret of it."""

    id: strawberry.ID = identifies("Token")
    name: str = shows("name")
    scope: TokenScope = shows("scope")
    created_at: datetime = shows("created_at", "instant")
    revoked_at: datetime | None = shows("revoked_at", "instant")


@strawberry.input(description="A new token, by what it is for.")
class CreateTokenInput:
    """A new token."""

    name: str
    scope: TokenScope = TokenScope.WRITE
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A token of one's own that is to work no more.")
class RevokeTokenInput:
    """The token."""

    id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="A new token.")
class CreateTokenPayload:
    """The token, and its secret."""

    token: Token | None
    secret: str | None = strawberry.field(description="What to send as a bearer token. It is shown this once.")
    errors: list[UserError]


@strawberry.type(description="What became of a token.")
class TokenPayload:
    """The token after the command."""

    token: Token | None
    errors: list[UserError]


async def _create_token(viewer: Viewer, draft: Any) -> Answer:
    key, secret = await tokens.create_token(viewer, draft)
    return {"token": Ref("Token", key), "secret": secret}


async def _revoke_token(viewer: Viewer, given: Any) -> Answer:
    return {"token": Ref("Token", await tokens.revoke_token(viewer, given))}


@strawberry.type
class TokenCommands:
    """What users do with their tokens."""

    create_token = command(CreateTokenInput, CreateTokenPayload, _create_token)
    revoke_token = command(RevokeTokenInput, TokenPayload, _revoke_token, "Its connections end within seconds.")
