"""What the database itself must refuse, and what it must find fast: declared as data, said in SQL.

Columns are written as in SQL, `"account_id, lead_id"`. Every SQL text here is the same for SQLite
and PostgreSQL; how it gets into a table that is there already differs, see `models.constraining`.
"""

from dataclasses import dataclass


def _listed(columns: str) -> list[str]:
    return [column.strip() for column in columns.split(",")]


def _named(table: str, columns: str, name: str | None) -> str:
    return f"{table}_{name or '_'.join(_listed(columns))}"


@dataclass(frozen=True)
class Check:
    """A condition that each row of a table meets."""

    table: str
    about: str
    condition: str

    @property
    def name(self) -> str:
        """The constraint's name in the database."""
        return f"{self.table}_{self.about}"

    @property
    def definition(self) -> str:
        """The constraint as a part of CREATE TABLE."""
        return f'CONSTRAINT "{self.name}" CHECK ({self.condition})'


@dataclass(frozen=True)
class Reference:
    """A foreign key. With the account's id in it, a row can only ever point into its own account.

    `looked_up` is False where no index is wanted: no row is found by it, no target is deleted.
    """

    table: str
    columns: str
    target: str
    target_columns: str = "account_id, id"
    looked_up: bool = True

    @property
    def name(self) -> str:
        """The constraint's name in the database."""
        own = [column for column in _listed(self.columns) if column != "account_id"] or ["account_id"]
        return f"{self.table}_{'_'.join(own)}_in_{self.target}"

    @property
    def definition(self) -> str:
        """The constraint as a part of CREATE TABLE."""
        return f'CONSTRAINT "{self.name}" FOREIGN KEY ({self.columns}) REFERENCES {self.target} ({self.target_columns})'


@dataclass(frozen=True)
class Index:
    """An index; `where` keeps out of it the rows that nobody looks for."""

    table: str
    columns: str
    where: str | None = None
    called: str | None = None
    unique: bool = False

    @property
    def name(self) -> str:
        """The index's name in the database."""
        return _named(self.table, self.columns, self.called)

    @property
    def statement(self) -> str:
        """The statement that makes it."""
        kind = "UNIQUE INDEX" if self.unique else "INDEX"
        condition = f" WHERE {self.where}" if self.where else ""
        return f'CREATE {kind} IF NOT EXISTS "{self.name}" ON {self.table} ({self.columns}){condition}'


def unique(table: str, columns: str, where: str | None = None, called: str | None = None) -> Index:
    """Columns whose values, together, no two rows of a table share."""
    return Index(table, columns, where, called, unique=True)


def one_of_values(table: str, column: str, values: str) -> Check:
    """A text column that holds one of these space-separated values."""
    listed = ", ".join(f"'{value}'" for value in values.split())
    return Check(table, f"{column}_known", f"{column} IN ({listed})")


Constraint = Check | Reference
Rule = Constraint | Index
