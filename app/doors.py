"""What a door does with what goes wrong behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from starlette.types import Message, Receive, Send

from app.errors import internal
from app.http import refuse_http, reply
from app.requests import Disconnected, Refusal
from resolvers.errors import ErrorCode, Refused


@asynccontextmanager
async def answering(receive: Receive, send: Send) -> AsyncIterator[Send]:
    """Send by what this gives: what is raised before the first byte of an answer is answered as JSON.

    What is raised later breaks the answer off, and is raised; a client who has gone is no fault.
    """
    noted = _Noted(send)
    try:
        yield noted
    except Disconnected:
        return
    except Exception as error:
        if noted.has_begun:
            raise
        if isinstance(error, Refusal | Refused):
            await refuse_http(receive, send, error if isinstance(error, Refusal) else _refusal(error))
        else:
            await reply(send, 500, orjson.dumps({"errors": [internal(error)]}))


class _Noted:
    """Sends on, and notes that an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        self.has_begun = True
        await self._send(message)


def _refusal(refused: Refused) -> Refusal:
    code = refused.errors[0].code
    return Refusal(403 if code is ErrorCode.FORBIDDEN else 400, str(refused), code.value)
