"""Giving skip files out: GET /imports/import_…/skipped.csv, to who may see the import."""

import re

from starlette.types import Receive, Scope, Send

from app.doors import answering
from app.http import identify
from app.identity import Credential
from app.requests import Refusal, headers_of
from app.sending import stream
from models.imports import Import
from resolvers import ids, imports, skip_files
from resolvers.errors import Refused

_PATH = re.compile(r"/imports/(import_[0-9a-f]{32})/skipped\.csv")
_HEADERS = {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="skipped.csv"',
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}


class SkipFileDoor:
    """The ASGI application at /imports/."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the rows that an import left out, or say why not."""
        async with answering(receive, send) as answer:
            parts = await skip_files.find_parts(await _find(scope))
            if not parts:
                raise Refusal(404, "This import has left out no row.", "NOT_FOUND")
            await stream(receive, answer, 200, _HEADERS, skip_files.read_parts(parts))


async def _find(scope: Scope) -> Import:
    if scope["method"] != "GET":
        raise Refusal(405, "Use GET.", "METHOD_NOT_ALLOWED", allow="GET")
    viewer = await identify(headers_of(scope), scope["method"], Credential.viewer)
    asked = _PATH.fullmatch(scope["path"])
    decoded = ids.decode(asked[1]) if asked else None
    try:
        if decoded is None:
            raise Refusal(404, "There is no such import, or you may not see it.", "NOT_FOUND")
        return await imports.find_import(viewer, decoded[1], "id")
    except Refused as refused:
        raise Refusal(404, str(refused), "NOT_FOUND") from refused
