"""Answering: a plan run on one snapshot, references loaded together, rows kept as answers.

The rows of a plan are dictionaries keyed as the answer will be, so what a plan answers is the
answer, and graphql-core has only to walk it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphql import GraphQLResolveInfo

from models import database
from models.database import ReadRow, Snapshot
from resolvers import ids
from resolvers.access import Viewer
from resolvers.reads.compile import Level, where
from resolvers.reads.declare import ById, ByIds, Connection, Many
from resolvers.reads.lists import ManyRows, Pages
from resolvers.reads.select import TYPENAME, Chosen, Question, Selection, below, choose, choose_roots

# Where a referenced row keeps its type's name; no field can have this key.
TYPE = ""


@dataclass(frozen=True)
class Ref:
    """A row that a verb or an event speaks of; it becomes what the document asks of it."""

    type_name: str
    key: UUID | str


@dataclass
class _Batch:
    """References of one type met in one place of the document, to be read together."""

    selection: Selection
    waiting: list[tuple[str, asyncio.Future[Any]]]


class Reader:
    """Reads for one viewer on one snapshot, from the first question to `close`.

    A command calls `renew` when it has written, so that its payload is read after the write.
    """

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._stack = AsyncExitStack()
        self._snapshot: Snapshot | None = None
        self._turn = asyncio.Lock()
        self._batches: dict[tuple[str, tuple[int, ...]], _Batch] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Reader":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.renew()

    async def renew(self) -> None:
        """Leave the snapshot; the next read takes a new one."""
        async with self._turn:
            self._snapshot = None
            await self._stack.aclose()

    async def fetch(self, statement: str, arguments: Sequence[Any] = ()) -> Sequence[ReadRow]:
        """Run one SELECT on this reader's snapshot."""
        async with self._turn:
            return await (await self._ready()).fetch(statement, arguments)

    async def all(self, chosen: Chosen) -> list[Any]:
        """A whole list at the root."""
        async with self._turn:
            snapshot = await self._ready()
            rows = ManyRows(chosen, self.viewer, snapshot.dialect)
            return await rows.fetch_all(snapshot)

    async def page(self, chosen: Chosen) -> Any:
        """A connection at the root."""
        async with self._turn:
            snapshot = await self._ready()
            pages = Pages(chosen, self.viewer, snapshot.dialect)
            await pages.fetch(snapshot)
            return pages.below(None)

    async def by_keys(self, type_name: str, keys: Sequence[str], selection: Selection) -> dict[str, Any]:
        """The rows with these keys that the viewer sees, by key."""
        async with self._turn:
            snapshot = await self._ready()
            level = Level(self.viewer, snapshot.dialect, type_name)
            index, shape = level.key(), level.shape(selection)
            condition = where(f"{level.alias}.id {level.sql.among(keys)}", level.scope())
            source = f"{level.table.name} {level.alias} {' '.join(level.joins)}"
            rows = await level.fetch(snapshot, f"SELECT {level.columns} FROM {source} {condition}")
            return {row[index]: {TYPE: type_name, **shape(row)} for row in rows}

    async def load(self, ref: Ref, info: GraphQLResolveInfo[Any]) -> Any:
        """One row, read with every other that is asked for in the same place of the document."""
        place = (ref.type_name, tuple(id(node) for node in info.field_nodes))
        batch = self._batches.get(place)
        if batch is None:
            batch = self._batches[place] = _Batch(below(*choose(info), ref.type_name), [])
            task = asyncio.create_task(self._load_batch(place))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        batch.waiting.append((str(ref.key), future))
        return await future

    async def _load_batch(self, place: tuple[str, tuple[int, ...]]) -> None:
        await asyncio.sleep(0)  # let every sibling that is about to ask join in
        batch = self._batches.pop(place)
        try:
            keys = list(dict.fromkeys(key for key, _ in batch.waiting))
            rows = await self.by_keys(place[0], keys, batch.selection)
        except Exception as error:
            for _, future in batch.waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for key, future in batch.waiting:
            if not future.done():
                future.set_result(rows.get(key))

    async def _ready(self) -> Snapshot:
        if self._snapshot is None:
            self._snapshot = await self._stack.enter_async_context(database.snapshot())
        return self._snapshot


async def answer(reader: Reader, question: Question, chosen: Chosen) -> Any:
    """What a declared root field answers."""
    match chosen.declaration:
        case Many():
            return await reader.all(chosen)
        case Connection():
            return await reader.page(chosen)
        case ById(type_name):
            ref = _ref(chosen.arguments["id"], type_name, chosen)
            return (await _by_refs(reader, [ref], question, chosen))[0]
        case ByIds():
            refs = [_ref(each, None, chosen) for each in chosen.arguments["ids"]]
            return await _by_refs(reader, refs, question, chosen)
    raise TypeError(f"{chosen.name} is declared as nothing that a root can answer")


async def _by_refs(reader: Reader, refs: Sequence[Ref], question: Question, chosen: Chosen) -> list[Any]:
    """The rows of references, in their order, each type's in one statement; null for what is not seen."""
    found: dict[Ref, Any] = {}
    for type_name in dict.fromkeys(ref.type_name for ref in refs):
        keys = list(dict.fromkeys(str(ref.key) for ref in refs if ref.type_name == type_name))
        rows = await reader.by_keys(type_name, keys, below(question, chosen, type_name))
        found |= {Ref(type_name, UUID(key)): row for key, row in rows.items()}
    return [found.get(ref) for ref in refs]


async def answer_whole(reader: Reader, question: Question) -> dict[str, Any] | None:
    """The data of a query all of whose root fields are declared; null for any other query."""
    roots = choose_roots(question)
    if any(root.declaration is None and root.name != TYPENAME for root in roots):
        return None
    data = {root.key: await answer(reader, question, root) for root in roots if root.declaration is not None}
    return {root.key: _untagged(data.get(root.key, "Query")) for root in roots}


def _untagged(rows: Any) -> Any:
    if isinstance(rows, list):
        return [_untagged(row) for row in rows]
    if isinstance(rows, dict) and TYPE in rows:
        return {key: value for key, value in rows.items() if key != TYPE}
    return rows


def _ref(global_id: str, type_name: str | None, chosen: Chosen) -> Ref:
    decoded = ids.decode(global_id)
    if decoded is None:
        raise chosen.refuse("This is not an id that Lejek gave out.")
    if type_name not in (None, decoded[0]):
        raise chosen.refuse(f"This is the id of a {decoded[0].lower()}; a {str(type_name).lower()} is asked for.")
    return Ref(*decoded)


def may_refer(value: Any) -> bool:
    """Whether a value has references that `complete` has to read."""
    return isinstance(value, Ref) or (isinstance(value, list) and any(isinstance(item, Ref) for item in value))


async def complete(reader: Reader, value: Any, info: GraphQLResolveInfo[Any]) -> Any:
    """A resolver's value with its references read: alone, in a list, or none at all."""
    if not may_refer(value):
        return value
    if isinstance(value, Ref):
        return await reader.load(value, info)
    rows = await asyncio.gather(*[reader.load(item, info) for item in value])
    return [row for row in rows if row is not None]
