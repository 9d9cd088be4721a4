"""Tortoise's SQLite backend with transactions that begin IMMEDIATE and are whole.

A deferred transaction that reads first and writes later fails with `database is locked` when
another process wrote in between; an immediate one waits for its turn instead.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock at once."""

    async def begin(self) -> None:
        """Take the database's write lock, waiting for it up to the busy timeout."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(str(error)) from error

    @translate_exceptions
    async def execute_script(self, query: str) -> None:
        """Run statements inside the transaction; sqlite3's own executescript would commit it first."""
        async with self.acquire_connection() as connection:
            for statement in statements(query):
                await connection.execute(statement)


class ImmediateTransactionContext(SqliteTransactionContext):
    """Gives the connection back where a transaction could not begin: waited too long, or cancelled."""

    async def __aenter__(self) -> Any:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            await self._give_up()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection

    async def _give_up(self) -> None:
        try:
            if self.connection._connection:  # a BEGIN that was cancelled may yet have begun
                await self.connection._connection.rollback()
        finally:
            self._trxlock.release()


class ImmediateSqliteClient(SqliteClient):
    """The client whose outermost transactions are immediate."""

    def _in_transaction(self) -> Any:
        return ImmediateTransactionContext(ImmediateTransaction(self), self._lock)


def statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, one by one."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip("; \n"):
        yield statement


client_class = ImmediateSqliteClient
