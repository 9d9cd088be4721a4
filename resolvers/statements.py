"""SQL for both databases, for the commands that Tortoise's query builder cannot say in one statement."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tortoise import connections

from models import database
from resolvers.reads.sql import Sql


class Arguments(Sql):
    """The arguments of one statement for the connection of the transaction one is in."""

    def __init__(self) -> None:
        super().__init__(database.current().dialect)

    async def fetch(self, statement: str) -> list[dict[str, Any]]:
        """Run a SELECT in the transaction one is in, or else by itself."""
        rows: list[dict[str, Any]] = await connections.get("default").execute_query_dict(statement, self.arguments)
        return rows


async def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert plain rows in the transaction one is in; several times faster than objects made for them."""
    postgres = database.current().dialect == "postgres"
    marks = ", ".join(f"${number}" if postgres else "?" for number in range(1, len(columns) + 1))
    values = rows if postgres else [[str(v) if isinstance(v, UUID) else v for v in row] for row in rows]
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    if rows:
        await connections.get("default").execute_many(statement, list(values))


async def refresh_statistics(tables: Sequence[str]) -> None:
    """Have PostgreSQL look at tables that have just grown; SQLite plans well without.

    Until it does, on its own within a minute or more, it plans as for the rows there were, and
    reads all of an account's rows where an index would find one.
    """
    if database.current().dialect == "postgres":
        await connections.get("default").execute_script(f"ANALYZE {', '.join(tables)}")


def to_uuid(value: Any) -> UUID:
    """A key as PostgreSQL answers it, or SQLite, which keeps text."""
    return value if isinstance(value, UUID) else UUID(str(value))
