"""Tortoise's SQLite backend with transactions that begin IMMEDIATE.

A deferred transaction that reads first and writes later fails with `database is locked` when
another process wrote in between; an immediate one waits for its turn instead.
"""

import sqlite3
from typing import Any

from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.exceptions import TransactionManagementError


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock at once."""

    async def begin(self) -> None:
        """Take the database's write lock, waiting for it up to the busy timeout."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(str(error)) from error


class ImmediateSqliteClient(SqliteClient):
    """The client whose outermost transactions are immediate."""

    def _in_transaction(self) -> Any:
        return SqliteTransactionContext(ImmediateTransaction(self), self._lock)


client_class = ImmediateSqliteClient
