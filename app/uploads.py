"""Taking a file: POST /uploads with the file as its body, streamed to disk within a bound."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from starlette.types import Receive, Scope, Send

from app.errors import internal
from app.http import identify, refuse_http, reply
from app.identity import Credential
from app.requests import Disconnected, Refusal, chunks, headers_of, too_long
from app.settings import Settings
from models.base import new_id
from resolvers import ids
from resolvers.access import Viewer, require_writing
from resolvers.errors import ErrorCode, Refused

# register(viewer, file_name, path under the data folder) -> the key of the import that waits for its mapping
Register = Callable[[Viewer, str, str], Awaitable[UUID]]
_FOLDER = "uploads"


class UploadDoor:
    """The ASGI application at /uploads: `POST /uploads?fileName=leads.csv` answers an import's id as `uploadId`."""

    def __init__(self, settings: Settings, register: Register) -> None:
        self._settings = settings
        self._register = register

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one file, or say why not; a file that is refused leaves nothing on disk."""
        try:
            upload_id = await self._take(scope, receive)
            await reply(send, 201, orjson.dumps({"uploadId": upload_id}))
        except Disconnected:
            return
        except Refusal as refused:
            await refuse_http(receive, send, refused)
        except Refused as refused_by_rule:
            code = refused_by_rule.errors[0].code
            status = 403 if code is ErrorCode.FORBIDDEN else 400
            await refuse_http(receive, send, Refusal(status, str(refused_by_rule), code.value))
        except Exception as error:
            await reply(send, 500, orjson.dumps({"errors": [internal(error)]}))

    async def _take(self, scope: Scope, receive: Receive) -> str:
        if scope["method"] != "POST":
            raise Refusal(405, "Use POST, with the file as the body.", "METHOD_NOT_ALLOWED", allow="POST")
        headers = headers_of(scope)
        viewer = await identify(headers, scope["method"], Credential.viewer)
        require_writing(viewer)
        if headers.get("content-encoding", "identity").strip().lower() not in {"identity", ""}:
            raise Refusal(415, "Send the file as it is, without Content-Encoding.", "UNSUPPORTED_MEDIA_TYPE")
        length = headers.get("content-length", "")
        if length.isdecimal() and (len(length) > 15 or int(length) > self._settings.upload_bytes):
            raise too_long(self._settings.upload_bytes)
        name = file_name_of(scope["query_string"])
        path = f"{_FOLDER}/{new_id().hex}"
        target = self._settings.data_dir / path
        try:
            await write(receive, target, self._settings.upload_bytes)
            return ids.encode("Import", await self._register(viewer, name, path))
        except BaseException:
            target.unlink(missing_ok=True)
            raise


def file_name_of(query_string: bytes) -> str:
    """The name of the file that the parameter fileName gives; refuses where it is missing."""
    try:
        given = parse_qs(query_string.decode("ascii"), errors="strict", max_num_fields=20).get("fileName", [])
    except ValueError as error:
        raise Refusal(400, "The URL's parameters are not UTF-8.") from error
    if len(given) != 1:
        raise Refusal(400, "Name the file in the URL: /uploads?fileName=leads.csv")
    return given[0]


async def write(receive: Receive, target: Path, most: int) -> None:
    """Stream a body to a new file; refuses an empty one and one longer than `most` bytes."""
    written = 0
    file = await asyncio.to_thread(_create, target)
    try:
        async for chunk in chunks(receive):
            written += len(chunk)
            if written > most:
                raise too_long(most)
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)
    if not written:
        raise Refusal(400, "The file is empty: send it as the body.")


def _create(target: Path) -> IO[bytes]:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.open("xb")
