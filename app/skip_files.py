"""Giving skip files out: GET /imports/import_…/skipped.csv, to who may see the import."""

import asyncio
import re
from pathlib import Path
from typing import IO

import orjson
from starlette.types import Receive, Scope, Send

from app.errors import internal
from app.http import identify, refuse_http, reply
from app.identity import Credential
from app.requests import Refusal, headers_of
from resolvers import ids, imports
from resolvers.errors import Refused
from resolvers.skip_files import skip_file_beside

_PATH = re.compile(r"/imports/(import_[0-9a-f]{32})/skipped\.csv")
_PIECE = 1 << 16


class SkipFileDoor:
    """The ASGI application at /imports/."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the rows that an import left out, or say why not."""
        begun = False
        try:
            file = await asyncio.to_thread(_open, await _find(scope))
            begun = True
            await _send(send, file)
        except Refusal as refused:
            await refuse_http(receive, send, refused)
        except Exception as error:
            if begun:
                raise
            await reply(send, 500, orjson.dumps({"errors": [internal(error)]}))


async def _find(scope: Scope) -> Path:
    if scope["method"] != "GET":
        raise Refusal(405, "Use GET.", "METHOD_NOT_ALLOWED", allow="GET")
    viewer = await identify(headers_of(scope), scope["method"], Credential.viewer)
    asked = _PATH.fullmatch(scope["path"])
    decoded = ids.decode(asked[1]) if asked else None
    try:
        if decoded is None:
            raise Refusal(404, "There is no such import, or you may not see it.", "NOT_FOUND")
        job = await imports.find_import(viewer, decoded[1], "id")
    except Refused as refused:
        raise Refusal(404, str(refused), "NOT_FOUND") from refused
    return skip_file_beside(imports.current().path_of(job))


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise Refusal(404, "This import has left out no row.", "NOT_FOUND") from error


async def _send(send: Send, file: IO[bytes]) -> None:
    headers = {
        b"content-type": b"text/csv; charset=utf-8",
        b"content-disposition": b'attachment; filename="skipped.csv"',
        b"cache-control": b"no-store",
        b"x-content-type-options": b"nosniff",
    }
    with file:
        await send({"type": "http.response.start", "status": 200, "headers": list(headers.items())})
        while piece := await asyncio.to_thread(file.read, _PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
