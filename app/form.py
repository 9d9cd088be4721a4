"""GraphQL multipart: an operation, and the files of its variables, each stored as it passes."""

from contextlib import suppress
from typing import Any

import orjson

from app.multipart import Part, Parts
from app.requests import Refusal, Request, parse_body
from models.files import Upload
from resolvers import ids, uploads
from resolvers.access import Viewer

MOST_FILES = 20
_MAP_BYTES = 10_000


class Form:
    """A request that is being read; `stored` are the uploads that it brought so far."""

    def __init__(self, viewer: Viewer, parts: Parts) -> None:
        self._viewer = viewer
        self._parts = parts
        self.stored: list[Upload] = []

    async def read(self, most: int) -> Request:
        """The operation, its files being uploads in its variables; it and its variables have at most so many bytes.

        As the specification has it, `operations` comes first, then `map`, then the files, so that
        each file can be put where it belongs while it comes.
        """
        request = parse_body(await self._expect("operations", most))
        places = _places(await self._expect("map", _MAP_BYTES))
        while (part := await self._parts.part()) is not None:
            await self._store(part, places, {"variables": request.variables})
        if places:
            raise Refusal(400, f"The file {next(iter(places))[:50]} of the map did not come.")
        return request

    async def _expect(self, name: str, most: int) -> bytes:
        part = await self._parts.part()
        if part is None or part.name != name:
            raise Refusal(400, "Send the parts in this order: operations, map, then the files.")
        return await part.text(most)

    async def _store(self, part: Part, places: dict[str, list[str]], fields: dict[str, Any]) -> None:
        paths = places.pop(part.name, None)
        if paths is None:
            raise Refusal(400, f"The map says nothing of the part {part.name[:50]}.")
        upload = await uploads.expect_upload(self._viewer, part.file_name or "")
        self.stored.append(upload)
        await uploads.fill_upload(upload, part.chunks())
        for path in paths:
            _put(fields, path, ids.encode("Upload", upload.id))

    async def discard(self) -> None:
        """Forget the uploads that the operation has not taken."""
        if self.stored:
            await uploads.discard_uploads(self.stored)


def _places(body: bytes) -> dict[str, list[str]]:
    """Where in the request each file belongs, by its part's name."""
    with suppress(orjson.JSONDecodeError):
        given = orjson.loads(body)
        if isinstance(given, dict) and all(_is_paths(paths) for paths in given.values()):
            if len(given) > MOST_FILES:
                raise Refusal(400, f"A request brings at most {MOST_FILES} files.")
            return given
    raise Refusal(400, 'The map must be a JSON object such as {"0": ["variables.input.file"]}.')


def _is_paths(paths: Any) -> bool:
    return isinstance(paths, list) and 0 < len(paths) <= MOST_FILES and all(isinstance(path, str) for path in paths)


def _put(fields: dict[str, Any], path: str, upload_id: str) -> None:
    """Put an upload where a path leads, which must be null until then."""
    *steps, last = path.split(".")
    at: Any = fields
    for step in steps:
        at = at[_key(at, step)] if _has(at, step) else None
    if steps[:1] != ["variables"] or not _has(at, last) or at[_key(at, last)] is not None:
        raise Refusal(400, f"The map's path {path[:100]} leads to no null in the variables.")
    at[_key(at, last)] = upload_id


def _has(at: Any, step: str) -> bool:
    if isinstance(at, list):
        return step.isascii() and step.isdecimal() and len(step) < 6 and int(step) < len(at)
    return isinstance(at, dict) and step in at


def _key(at: Any, step: str) -> str | int:
    return int(step) if isinstance(at, list) else step
