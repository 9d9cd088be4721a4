"""What is not known when a plan is compiled: who will ask, and which rows will be above.

A plan is compiled for a stand-in, a viewer whose keys are nobody's. Where a scope writes one of
them into a statement, the real viewer's is put in its place each time the statement is run. A
scope that hid a stand-in in another value would therefore see nothing, and never too much.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphql.execution.values import VariableValues

from models.reading import Dialect
from models.users import Role
from resolvers.access import Viewer
from resolvers.reads.sql import Sql, key_value, keys_value

ACCOUNT, USER, MATES = (UUID(int=number) for number in (1, 2, 3))


def stand_in(is_admin: bool) -> Viewer:
    """The viewer that a plan is compiled for: of one kind, but nobody in particular."""
    return Viewer(ACCOUNT, USER, Role.ADMIN if is_admin else Role.REGULAR, frozenset({MATES}))


@dataclass
class Call:
    """One use of a plan: who asks, with which variables, and what lists were asked for by them."""

    viewer: Viewer
    variables: VariableValues
    asked: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Late:
    """An argument that is taken from the viewer and the keys above when the statement is run."""

    take: Callable[[Viewer, Sequence[str]], Any]


@dataclass(frozen=True)
class Statement:
    """A statement's text, and its arguments, some of them late."""

    text: str
    arguments: tuple[Any, ...]

    def fill(self, viewer: Viewer, keys: Sequence[str] = ()) -> tuple[str, list[Any]]:
        """The statement for one viewer, below these rows."""
        return self.text, [each.take(viewer, keys) if type(each) is Late else each for each in self.arguments]


class LateSql(Sql):
    """The arguments of a statement that is compiled once and run for many viewers."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._late: dict[Any, str] = {}

    def one(self, value: Any) -> str:
        """A placeholder for one value, or for what a stand-in stands for."""
        if value == ACCOUNT:
            return self._once(value, lambda viewer, keys: key_value(self.dialect, viewer.account_id))
        if value == USER:
            return self._once(value, lambda viewer, keys: key_value(self.dialect, viewer.user_id))
        return super().one(value)

    def among(self, values: Iterable[UUID | str]) -> str:
        """A membership test over keys, or over those that stand-ins stand for."""
        members = frozenset(values)
        if members == {USER}:
            return f"= {self.one(USER)}"
        placeholder = self._once(
            members, lambda viewer, keys: keys_value(self.dialect, [str(key) for key in _known(viewer, members)])
        )
        return self.among_keys(placeholder)

    def parents(self) -> str:
        """A placeholder for the keys of the rows above."""
        return self._once("parents", lambda viewer, keys: keys_value(self.dialect, keys))

    def each_parent(self) -> str:
        """The keys of the rows above as rows: `parents.value`."""
        keys = self.parents()
        return (
            f"unnest({keys}::uuid[]) AS parents(value)"
            if self.dialect == "postgres"
            else f"json_each({keys}) AS parents"
        )

    def parent(self) -> str:
        """A placeholder for the one key above."""
        return self._once("parent", lambda viewer, keys: keys[0])

    def fork(self) -> "LateSql":
        """The same so far; what is added to either from here on is not in the other."""
        fork = copy(self)
        fork.arguments, fork._placeholders, fork._late = (
            list(self.arguments),
            dict(self._placeholders),
            dict(self._late),
        )
        return fork

    def statement(self, text: str) -> Statement:
        """The finished statement."""
        return Statement(text, tuple(self.arguments))

    def _once(self, what: Any, take: Callable[[Viewer, Sequence[str]], Any]) -> str:
        if what not in self._late:
            self._late[what] = self.add(Late(take))
        return self._late[what]


def _known(viewer: Viewer, members: frozenset[UUID | str]) -> set[UUID | str]:
    known: set[UUID | str] = set()
    for member in members:
        if member == MATES:
            known |= viewer.teammate_ids
        else:
            known.add(viewer.user_id if member == USER else viewer.account_id if member == ACCOUNT else member)
    return known
