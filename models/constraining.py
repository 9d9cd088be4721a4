"""The migration operation that puts declared constraints and indexes on tables, or takes them off.

PostgreSQL alters a table in place. SQLite cannot add a constraint to a table, so the table is
made anew with it, and its rows and indexes are put back.
"""

from collections.abc import Sequence
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.migrations.operations import TortoiseOperation

from models.constraints import Constraint, Index, Rule


class Constrain(TortoiseOperation):
    """Adds constraints and indexes that are not there yet.

    Name them again after an operation that rebuilds a table on SQLite (AlterField, RemoveField):
    Tortoise then loses them without a word.
    """

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules

    def describe(self) -> str:
        """What it does, in a migration's plan."""
        return f"Put {len(self.rules)} constraints and indexes on tables"

    async def database_forward(self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None) -> None:
        """Put them on."""
        await _put_on(state_editor, self.rules)

    async def database_backward(self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None) -> None:
        """Take them off."""
        await _take_off(state_editor, self.rules)


class Release(Constrain):
    """Takes constraints and indexes off; the reverse of `Constrain`."""

    def describe(self) -> str:
        """What it does, in a migration's plan."""
        return f"Take {len(self.rules)} constraints and indexes off tables"

    async def database_forward(self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None) -> None:
        """Take them off."""
        await _take_off(state_editor, self.rules)

    async def database_backward(self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None) -> None:
        """Put them on."""
        await _put_on(state_editor, self.rules)


async def _put_on(editor: Any, rules: Sequence[Rule]) -> None:
    for rule in rules:  # first, because a foreign key needs its target's unique index
        if isinstance(rule, Index):
            await editor._run_sql(rule.statement)
    for table, constraints in _by_table(rules).items():
        await _alter(editor, table, add=constraints)
    await _verify(editor)


async def _take_off(editor: Any, rules: Sequence[Rule]) -> None:
    for table, constraints in _by_table(rules).items():
        await _alter(editor, table, drop=constraints)
    for rule in rules:
        if isinstance(rule, Index):
            await editor._run_sql(f'DROP INDEX IF EXISTS "{rule.name}"')


def _by_table(rules: Sequence[Rule]) -> dict[str, list[Constraint]]:
    tables: dict[str, list[Constraint]] = {}
    for rule in rules:
        if not isinstance(rule, Index):
            tables.setdefault(rule.table, []).append(rule)
    return tables


async def _alter(editor: Any, table: str, add: Sequence[Constraint] = (), drop: Sequence[Constraint] = ()) -> None:
    if editor.DIALECT == "sqlite" and not editor.collect_sql:
        await _remake(editor.client, table, add, drop)
        return
    changes = [f'DROP CONSTRAINT IF EXISTS "{each.name}"' for each in (*add, *drop)]
    changes += [f"ADD {each.definition}" for each in add]
    await editor._run_sql(f"ALTER TABLE {table} {', '.join(changes)}")


async def _remake(client: Any, table: str, add: Sequence[Constraint], drop: Sequence[Constraint]) -> None:
    _, rows = await client.execute_query(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", [table]
    )
    before = next(row["sql"] for row in rows if row["type"] == "table").rstrip()
    after = _rewritten(before, add, drop)
    if after == before:
        return
    await client.execute_query(after.replace(f'"{table}"', f'"{table}_anew"', 1), [])
    await client.execute_query(f"INSERT INTO {table}_anew SELECT * FROM {table}", [])
    await client.execute_query(f"DROP TABLE {table}", [])
    await client.execute_query(f"ALTER TABLE {table}_anew RENAME TO {table}", [])
    for row in rows:
        if row["type"] != "table":
            await client.execute_query(row["sql"], [])


def _rewritten(statement: str, add: Sequence[Constraint], drop: Sequence[Constraint]) -> str:
    """A CREATE TABLE statement with these constraints, and without those."""
    for each in drop:
        statement = statement.replace(f",\n    {each.definition}", "")
    missing = [each.definition for each in add if f'CONSTRAINT "{each.name}"' not in statement]
    if not missing:
        return statement
    return statement[: statement.rindex(")")].rstrip() + "".join(f",\n    {each}" for each in missing) + "\n)"


async def _verify(editor: Any) -> None:
    """PostgreSQL has checked the rows that were there; SQLite must be asked to."""
    if editor.DIALECT != "sqlite" or editor.collect_sql:
        return
    _, rows = await editor.client.execute_query("PRAGMA foreign_key_check", [])
    if rows:
        tables = ", ".join(sorted({row["table"] for row in rows}))
        raise IntegrityError(f"rows of {tables} point to rows that are not there; repair them, then migrate again")
