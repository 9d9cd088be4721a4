"""SQL for both databases, for the commands that Tortoise's query builder cannot say in one statement."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from tortoise import connections

from models import database


class Arguments:
    """The arguments of one statement. Ask for their placeholders in the order the text has them."""

    def __init__(self) -> None:
        self._postgres = database.current().dialect == "postgres"
        self._values: list[Any] = []

    def one(self, value: Any) -> str:
        """A placeholder for one value."""
        self._values.append(str(value) if isinstance(value, UUID) and not self._postgres else value)
        return f"${len(self._values)}" if self._postgres else "?"

    def among(self, values: Iterable[UUID]) -> str:
        """The right-hand side of a membership test over ids, however many, as one argument."""
        return self._any("uuid", [str(value) for value in values])

    def among_texts(self, values: Iterable[str]) -> str:
        """As `among`, over texts."""
        return self._any("text", list(values))

    def _any(self, kind: str, values: list[str]) -> str:
        if self._postgres:
            return f"= ANY({self.one(values)}::{kind}[])"
        return f"IN (SELECT value FROM json_each({self.one(orjson.dumps(values).decode())}))"

    async def fetch(self, statement: str) -> list[dict[str, Any]]:
        """Run a SELECT in the transaction one is in, or else by itself."""
        rows: list[dict[str, Any]] = await connections.get("default").execute_query_dict(statement, self._values)
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
