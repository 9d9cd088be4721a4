"""Answering: a plan run on one snapshot, references loaded together, rows kept as answers.

The rows of a plan are dictionaries keyed as the answer will be, so what a plan answers is the
answer, and graphql-core, where it answers, has only to walk it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLResolveInfo

from models import database
from models.reading import ReadRow, Snapshot
from resolvers.access import Viewer
from resolvers.reads.compile import For
from resolvers.reads.late import Call
from resolvers.reads.plans import plans_of
from resolvers.reads.roots import TYPE, ByKeys, Ref, Root, compile_root, compile_whole
from resolvers.reads.select import Question, below, choose

__all__ = ["TYPE", "Reader", "Ref", "answer", "answer_whole", "complete", "may_refer"]


@dataclass
class _Batch:
    """References of one type met in one place of the document, to be read together."""

    plan: ByKeys
    call: Call
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
        self._batches: dict[tuple[Any, ...], _Batch] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Reader":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.renew()

    @property
    def kind(self) -> For:
        """What plans for this reader are compiled for."""
        return For(database.current().dialect, self.viewer.is_admin)

    async def renew(self) -> None:
        """Leave the snapshot; the next read takes a new one."""
        if self._snapshot is not None:
            async with self._turn:
                self._snapshot = None
                await self._stack.aclose()

    async def fetch(self, statement: str, arguments: Sequence[Any] = ()) -> Sequence[ReadRow]:
        """Run one SELECT on this reader's snapshot."""
        async with self._turn:
            return await (await self._ready()).fetch(statement, arguments)

    async def read(self, root: Root, question: Question) -> Any:
        """What one root field answers."""
        call = Call(self.viewer, question.variables)
        root.bind(call)
        async with self._turn:
            return await (await self._ready()).run(root.read(call))

    async def load(self, ref: Ref, info: GraphQLResolveInfo[Any]) -> Any:
        """One row, read with every other that is asked for in the same place of the document."""
        place = (ref.type_name, *map(id, info.field_nodes))
        batch = self._batches.get(place)
        if batch is None:
            batch = self._batches[place] = self._begin(ref.type_name, place, info)
            task = asyncio.create_task(self._load_batch(place))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        batch.waiting.append((str(ref.key), future))
        return await future

    def _begin(self, type_name: str, place: tuple[Any, ...], info: GraphQLResolveInfo[Any]) -> _Batch:
        question, kind = Question.of(info), self.kind

        def compiled() -> ByKeys:
            selection = below(question, choose(question, info), type_name)
            return ByKeys(type_name, selection, kind, tagged=True)

        plan = plans_of(info.schema).find(question, kind, place, compiled)
        call = Call(self.viewer, question.variables)
        plan.bind(call)
        return _Batch(plan, call, [])

    async def _load_batch(self, place: tuple[Any, ...]) -> None:
        await asyncio.sleep(0)  # let every sibling that is about to ask join in
        batch = self._batches.pop(place)
        try:
            keys = list(dict.fromkeys(key for key, _ in batch.waiting))
            async with self._turn:
                rows = await (await self._ready()).run(batch.plan.read(batch.call, keys))
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


async def answer(reader: Reader, info: GraphQLResolveInfo[Any]) -> Any:
    """What a declared root field answers to graphql-core."""
    question, kind = Question.of(info), reader.kind
    place = tuple(map(id, info.field_nodes))
    root = plans_of(info.schema).find(
        question, kind, place, lambda: compile_root(question, choose(question, info), kind)
    )
    return await reader.read(root, question)


async def answer_whole(viewer: Viewer, question: Question) -> dict[str, Any] | None:
    """The data of a query all of whose root fields are declared; null for any other query.

    Raises GraphQLError where it was asked with bad arguments.
    """
    kind = For(database.current().dialect, viewer.is_admin)
    plan = plans_of(question.schema).find(question, kind, "whole", lambda: compile_whole(question, kind))
    if plan is None:
        return None
    call = Call(viewer, question.variables)
    plan.bind(call)
    async with database.snapshot(single=plan.is_single(call)) as snapshot:
        return await snapshot.run(plan.read(call), brief=plan.is_brief(call))


def may_refer(value: Any) -> bool:
    """Whether a value has references that `complete` has to read."""
    return isinstance(value, Ref) or (isinstance(value, list) and any(isinstance(item, Ref) for item in value))


async def complete(reader: Reader, value: Any, info: GraphQLResolveInfo[Any]) -> Any:
    """A value that `may_refer` with its references read: it is one, or a list of them."""
    if isinstance(value, Ref):
        return await reader.load(value, info)
    rows = await asyncio.gather(*[reader.load(item, info) for item in value])
    return [row for row in rows if row is not None]
