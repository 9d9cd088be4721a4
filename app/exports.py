"""Giving tables out: GET /exports/deals.csv and the like, streamed as they are read, under the viewer's scope."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope, Send

from app.doors import answering
from app.graphql import Engine, errors_of
from app.http import identify, reply
from app.identity import Credential
from app.requests import Refusal, headers_of
from app.sending import stream
from app.tables import FORMATS
from resolvers import text
from resolvers.access import Viewer
from resolvers.import_custom import suffixed
from resolvers.reads.documents import BadDocument
from schema.export_tables import EXPORTS
from schema.exports import CUSTOM_FIELDS, Cell, Export, Node, Read, custom_column


class Unanswered(Exception):
    """A page of the table could not be read; the errors are as the API answers them."""

    def __init__(self, errors: Sequence[Any]) -> None:
        super().__init__()
        self.errors = errors


class ExportDoor:
    """The ASGI application at /exports/. The parameter `filter` (or `search`) is the list's argument, as JSON."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send one table, or say why not. What goes wrong once it has begun breaks it off."""
        async with answering(receive, send) as answer:
            export, form, name = _asked(scope)
            viewer = await identify(headers_of(scope), scope["method"], Credential.viewer)
            table = _Table(self._engine, viewer, export, _variables(export, scope["query_string"]))
            try:
                await table.open()
            except Unanswered as unanswered:
                await reply(answer, 400, orjson.dumps({"errors": unanswered.errors}))
                return
            media, write = FORMATS[form]
            await stream(receive, answer, 200, _headers(media, name), write(table.columns, table.rows()))


def _asked(scope: Scope) -> tuple[Export, str, str]:
    if scope["method"] != "GET":
        raise Refusal(405, "Use GET.", "METHOD_NOT_ALLOWED", allow="GET")
    name = scope["path"].rpartition("/")[2]
    noun, _, form = name.partition(".")
    if noun not in EXPORTS or form not in FORMATS:
        message = f"There are {', '.join(EXPORTS)}, each as {', '.join(FORMATS)}: ask for /exports/deals.csv."
        raise Refusal(404, message, "NOT_FOUND")
    return EXPORTS[noun], form, name


def _variables(export: Export, query_string: bytes) -> dict[str, Any]:
    variables = dict(export.given)
    try:
        given = parse_qs(query_string.decode("ascii"), errors="strict", max_num_fields=20)
        for name, values in given.items():
            if name not in export.filters:
                raise Refusal(400, f"This export takes {' and '.join(export.filters) or 'no parameter'} only.")
            variables[name] = values[-1] if name == "search" else orjson.loads(values[-1])
    except ValueError as error:
        raise Refusal(400, "The filter is no JSON in UTF-8.") from error
    return variables


class _Table:
    """The rows of one export, read page by page as the API answers them."""

    def __init__(self, engine: Engine, viewer: Viewer, export: Export, variables: Mapping[str, Any]) -> None:
        self._engine = engine
        self._viewer = viewer
        self._export = export
        self._variables = variables
        self._reads: dict[str, Read] = dict(export.columns)
        self._page: dict[str, Any] = {}

    @property
    def columns(self) -> list[str]:
        """The names of the columns, custom fields after all others; known once it is open."""
        return list(self._reads)

    async def open(self) -> None:
        """Read the columns and the first page. Raises Unanswered where the filter is none."""
        if self._export.has_custom_fields:
            fields = (await self._ask(CUSTOM_FIELDS, {}))["customFields"]
            names, taken = {text.fold(field["name"]) for field in fields}, {text.fold(name) for name in self._reads}
            for field in fields:
                name = field["name"]
                self._reads[suffixed(name, names) if text.fold(name) in taken else name] = custom_column(field["id"])
        self._page = await self._read(self._export, None)

    async def rows(self) -> AsyncIterator[list[list[Cell]]]:
        """The rows, a page at a time."""
        export: Export | None = self._export
        page = self._page
        while export is not None:
            rows = [row for node in page["nodes"] for row in await self._rows_of(export, node)]
            yield [[read(row) for read in self._reads.values()] for row in rows]
            cursor = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
            if cursor is None:
                export = export.then
            if export is not None:
                page = await self._read(export, cursor)

    async def _rows_of(self, export: Export, node: Node) -> Sequence[Node]:
        """What of a row of the list is in the table."""
        if export.below is None:
            return [node]
        below = node[export.below]
        found = below if export.members is None else [each async for each in self._members(export, node["id"], below)]
        return [{**each, "parent": node} for each in found]

    async def _members(self, export: Export, key: str, page: Node | None) -> AsyncIterator[Node]:
        """What is below a row, in pages; that ends where the row is gone meanwhile."""
        while page is not None:
            for each in page["nodes"]:
                yield each
            if not page["pageInfo"]["hasNextPage"]:
                return
            answer = await self._ask(export.further, {"id": key, "after": page["pageInfo"]["endCursor"]})
            page = answer["parent"] and answer["parent"][export.below]

    async def _read(self, export: Export, after: str | None) -> dict[str, Any]:
        variables = self._variables if export is self._export else export.given
        answer = await self._ask(export.document, {**variables, "after": after})
        page: dict[str, Any] = answer[export.root]
        return page

    async def _ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = orjson.loads(await self._engine.run(self._engine.choose(document), variables, self._viewer))
        except BadDocument as bad:
            raise Unanswered(errors_of(bad)) from bad
        if answer.get("errors"):
            raise Unanswered(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data


def _headers(media: str, name: str) -> dict[str, str]:
    return {
        "content-type": media,
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
