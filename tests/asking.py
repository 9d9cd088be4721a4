"""Asking the real schema, without a transport: for tests of what is answered."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from graphql import ExecutionResult, graphql

from models import database
from models.reading import Readers, ReadRow, Snapshot, Steps, T, step_through
from resolvers.access import Viewer
from schema.build import graphql_schema
from schema.context import Context


async def execute(viewer: Viewer, document: str, **variables: Any) -> ExecutionResult:
    """The result of one operation, errors and all."""
    context = Context(viewer)
    try:
        return await graphql(graphql_schema, document, context_value=context, variable_values=variables)
    finally:
        await context.close()


async def ask(viewer: Viewer, document: str, **variables: Any) -> dict[str, Any]:
    """The data of one operation, which must go without errors."""
    result = await execute(viewer, document, **variables)
    assert result.errors is None, result.errors
    assert result.data is not None
    return result.data


class _Counting:
    """A snapshot that notes the statements it runs."""

    def __init__(self, inner: Snapshot, statements: list[str]) -> None:
        self.dialect = inner.dialect
        self._inner = inner
        self._statements = statements

    async def fetch(self, sql: str, arguments: Sequence[Any] = ()) -> Sequence[ReadRow]:
        self._statements.append(sql)
        return await self._inner.fetch(sql, arguments)

    async def run(self, steps: Steps[T], *, brief: bool = False) -> T:
        return await step_through(self, steps)


class _CountingReaders:
    """Readers whose snapshots note the statements they run."""

    def __init__(self, inner: Readers, statements: list[str]) -> None:
        self._inner = inner
        self._statements = statements

    @asynccontextmanager
    async def snapshot(self, *, single: bool = False) -> AsyncIterator[Snapshot]:
        async with self._inner.snapshot(single=single) as snapshot:
            yield _Counting(snapshot, self._statements)

    async def close(self) -> None:
        await self._inner.close()


@asynccontextmanager
async def statements() -> AsyncIterator[list[str]]:
    """The SELECTs that reads run inside, in order."""
    current, noted = database.current(), []  # type: tuple[database.Database, list[str]]
    readers = current.readers
    current.readers = _CountingReaders(readers, noted)
    try:
        yield noted
    finally:
        current.readers = readers
