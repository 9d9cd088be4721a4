"""What a field of the schema may be, declared once and read by every path.

An SQL expression in a declaration writes `{a}` for the alias of its row.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from resolvers.access import Binder, Viewer

# How a column is read: `key` a UUID as text, `instant` RFC 3339 text, `moment` a datetime.
Kind = Literal["text", "int", "flag", "key", "instant", "moment", "day", "json"]
Scope = Callable[[Viewer, str, Binder], str]
Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Need:
    """One SQL expression that a field is made from, and how its value is read."""

    sql: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Value:
    """A scalar, or an object without a table (money), made from columns of the row.

    Without `make` there is one need, shown as it is. `makes_object` says that `make` answers
    null or a mapping from field names to values; `makes_list`, a list of
    mappings.
    """

    needs: tuple[Need, ...]
    make: Callable[..., Any] | None = None
    makes_object: bool = False
    makes_list: bool = False

    @property
    def is_column(self) -> bool:
        """Whether it shows a column as it is."""
        return self.make is None and re.fullmatch(r"\{a\}\.\w+", self.needs[0].sql) is not None


@dataclass(frozen=True)
class One:
    """The row of another table that a column of this one points to; null where it is not seen."""

    type_name: str
    column: str


@dataclass(frozen=True)
class Term:
    """One thing rows are ordered by. Nulls come last, whichever way the order goes."""

    sql: str
    kind: Kind = "text"
    nullable: bool = False


Order = tuple[Term, ...]
# Conditions that an argument adds to a list: (alias, argument values, binder) to SQL, or null.
Filter = Callable[[str, Arguments, Binder], str | None]
# One that looks at other rows, and so at what the viewer sees of them.
ScopedFilter = Callable[[Viewer, str, Arguments, Binder], str | None]


@dataclass(frozen=True)
class Many:
    """A whole list, short by nature: labels of a deal, stages of a pipeline.

    `column` holds the parent's key, or `through` names a link table, its column for the parent
    and its column for the row. Both null: every row in scope. `own` names the parent's table and
    a column of it that points to one such row as well, whether it is linked or not.
    """

    type_name: str
    column: str | None = None
    through: tuple[str, str, str] | None = None
    own: tuple[str, str] | None = None
    order: Order = ()


@dataclass(frozen=True)
class Connection:
    """A list that is read in pages. Arguments: `first`, `after`, `orderBy` and what the filters read.

    `column` holds the parent's key; null: every row in scope. `orders` are by the name of the
    order's field; `order` is used where none is asked for. An order that is `keyed` is by a row of
    its own, whose id `orderBy` has too: the member for it, and the row's type; its SQL has
    `{{key}}` for the row's key.
    """

    type_name: str
    column: str | None = None
    order: str = "CREATED_AT"
    descending: bool = True
    orders: Mapping[str, Order] = field(default_factory=dict)
    keyed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    scoped_filters: tuple[ScopedFilter, ...] = ()


@dataclass(frozen=True)
class Totals:
    """Count and sums of the open deals whose `column` holds the row's key."""

    column: str


@dataclass(frozen=True)
class Figures:
    """What the deals below a row come to, by the name of the figure in `resolvers.reads.figures`."""

    name: Literal["forecast", "outcomes", "funnel", "ages"]


@dataclass(frozen=True)
class ById:
    """A root field that answers the row whose global id is its `id` argument; null: any type's."""

    type_name: str | None = None


@dataclass(frozen=True)
class ByIds:
    """A root field that answers the rows for the global ids in its `ids` argument, in order."""


Declaration = Value | One | Many | Connection | Totals | Figures | ById | ByIds
METADATA = "read"


def column(name: str, kind: Kind = "text") -> Value:
    """A column shown as it is."""
    return Value((Need(f"{{a}}.{name}", kind),))
