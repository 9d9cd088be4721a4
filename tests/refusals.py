"""How a test says that a command is refused: with which codes, where in the input, and for nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tortoise.models import Model

from models.accounts import Account
from resolvers import ids
from resolvers.errors import ErrorCode, Refused
from tests.replaying import unchanged


def global_id(row: Model) -> str:
    """The id of a row as clients know it."""
    return ids.encode(type(row).__name__, row.pk)


@asynccontextmanager
async def refused(code: ErrorCode, *path: str | int) -> AsyncIterator[Any]:
    """What is inside is refused with this one error, and changes nothing in any account."""
    async with unchanged(*[account.id for account in await Account.all()]):
        with pytest.raises(Refused) as caught:
            yield caught
        assert [(error.code, error.path) for error in caught.value.errors] == [(code, [str(step) for step in path])]
        assert caught.value.errors[0].message.endswith(".")
