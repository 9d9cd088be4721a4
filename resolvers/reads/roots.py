"""What the fields at the root of a query answer, and the rows that verbs and events refer to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from models.reading import Steps, one_step, together
from resolvers import ids
from resolvers.errors import ErrorCode
from resolvers.reads.compile import CHILDREN, For, Level
from resolvers.reads.declare import ById, ByIds, Connection, Figures, Many
from resolvers.reads.figures import FigureRows
from resolvers.reads.late import Call
from resolvers.reads.lists import AllRows
from resolvers.reads.pages import Pages
from resolvers.reads.select import TYPENAME, Chosen, Question, Selection, below, choose_roots

CHILDREN[Figures] = FigureRows
# Where a row keeps its type's name for graphql-core; no field can have this key.
TYPE = ""


@dataclass(frozen=True)
class Ref:
    """A row that a verb or an event speaks of; it becomes what the document asks of it."""

    type_name: str
    key: UUID | str


class Root(Protocol):
    """The plan of a field at the root."""

    def bind(self, call: Call) -> None:
        """Take the arguments; raises GraphQLError where they are bad. The rest is asked after it."""
        ...

    def is_single(self, call: Call) -> bool:
        """Whether it is read in one step, which is a point in time by itself."""
        ...

    def is_brief(self, call: Call) -> bool:
        """Whether it looks up rows by their keys and nothing else."""
        ...

    def read(self, call: Call) -> Steps[Any]:
        """Read the answer."""
        ...


class ByKeys:
    """The rows of one type with given keys, or that those lead to now. `tagged` rows say their type."""

    def __init__(self, type_name: str, selection: Selection, kind: For, *, tagged: bool) -> None:
        self.level = level = Level(kind, type_name)
        asked = _asked(level)
        self._index = level.key(asked)
        self._shape = level.source.function("row, below", level.shape(selection, tag=TYPE if tagged else None))
        # What hangs on the rows asked for is read with them, since their keys are known; where a row is not seen,
        # nothing shows what hung on it.
        self._early = {place: child for place, (index, child) in enumerate(level.children) if index == self._index}
        one, many = level.fork(), level.fork()
        found = one.where(f"{asked}.id = {one.sql.parent()}")
        self._one = one.sql.statement(f"SELECT {level.columns} FROM {level.rows} {found}")
        found = many.where(f"{asked}.id {many.sql.among_keys(many.sql.parents())}")
        self._many = many.sql.statement(f"SELECT {level.columns} FROM {level.rows} {found}")

    def bind(self, call: Call) -> None:
        """Take the arguments of what is below."""
        self.level.bind(call)

    def is_single(self, call: Call) -> bool:
        """Whether it is read in one step, as it was asked."""
        return len(self._early) == len(self.level.children) and all(
            each.is_single(call) for each in self._early.values()
        )

    def read(self, call: Call, keys: Sequence[str]) -> Steps[Mapping[str, Any]]:
        """The rows that the viewer sees, by key."""
        statement = self._one if len(keys) == 1 else self._many
        early = [child.read(call, keys) for child in self._early.values()]
        rows, *read = yield from together([one_step(*statement.fill(call.viewer, keys)), *early])
        below = yield from self.level.below(call, rows, dict(zip(self._early, read, strict=True)))
        shape, index = self._shape, self._index
        return {row[index]: shape(row, below) for row in rows}


def _asked(level: Level) -> str:
    """The alias whose key is asked for: the row's own, or that of a row which this one has succeeded."""
    table = level.table
    if table.successor is None:
        return level.alias
    asked = level.sql.alias()
    level.joins.append(
        f"JOIN {table.name} {asked} ON {level.alias}.id = COALESCE({asked}.{table.successor}, {asked}.id)"
    )
    return asked


class Refs:
    """The rows for the global ids that a field is asked with, in their order; null for what is not seen."""

    def __init__(self, question: Question, chosen: Chosen, kind: For, *, tagged: bool) -> None:
        self._question = question
        self._chosen = chosen
        self._kind = kind
        self._tagged = tagged
        self._types: dict[str, ByKeys] = {}

    def bind(self, call: Call) -> None:
        """Take the ids."""
        arguments = self._chosen.arguments(call.variables)
        match self._chosen.declaration:
            case ById(type_name):
                refs = [self._ref(arguments["id"], type_name)]
            case _:
                refs = [self._ref(each, None) for each in arguments["ids"]]
        call.asked[self] = refs
        for type_name in {type_name for type_name, _ in refs}:
            self._of_type(type_name).bind(call)

    def is_single(self, call: Call) -> bool:
        """Whether what is asked of the rows is read in one step."""
        return all(self._of_type(type_name).is_single(call) for type_name, _ in call.asked[self])

    def is_brief(self, call: Call) -> bool:
        """A lookup by key is, unless lists hang below."""
        return self.is_single(call) and len(call.asked[self]) == 1

    def read(self, call: Call) -> Steps[Any]:
        """Read the rows, each type's in one statement."""
        refs: list[tuple[str, str]] = call.asked[self]
        keys: dict[str, list[str]] = {}
        for type_name, key in dict.fromkeys(refs):
            keys.setdefault(type_name, []).append(key)
        read = yield from together([self._of_type(name).read(call, of_type) for name, of_type in keys.items()])
        found = {(name, key): row for name, rows in zip(keys, read, strict=True) for key, row in rows.items()}
        answers = [found.get(ref) for ref in refs]
        return answers if isinstance(self._chosen.declaration, ByIds) else answers[0]

    def _of_type(self, type_name: str) -> ByKeys:
        if type_name not in self._types:
            selection = below(self._question, self._chosen, type_name)
            self._types[type_name] = ByKeys(type_name, selection, self._kind, tagged=self._tagged)
        return self._types[type_name]

    def _ref(self, global_id: str, type_name: str | None) -> tuple[str, str]:
        decoded = ids.decode(global_id)
        if decoded is None:
            raise self._chosen.refuse("This is not an id that Lejek gave out.")
        if type_name not in (None, decoded[0]):
            message = f"This is the id of a {decoded[0].lower()}; a {str(type_name).lower()} is asked for"
            instead = ids.INSTEAD.get((decoded[0], str(type_name)))
            if instead is not None:
                raise self._chosen.refuse(f"{message}: {instead}.", ErrorCode.CAPABILITY_MISSING)
            raise self._chosen.refuse(f"{message}.")
        return decoded[0], str(decoded[1])


def compile_root(question: Question, chosen: Chosen, kind: For, *, tagged: bool = True) -> Root:
    """The plan of a declared root field."""
    match chosen.declaration:
        case Many():
            return AllRows(chosen, kind)
        case Connection():
            return RootPage(chosen, kind)
        case ById() | ByIds():
            return Refs(question, chosen, kind, tagged=tagged)
    raise TypeError(f"{chosen.name} is declared as nothing that a root can answer")


class RootPage:
    """A connection at the root."""

    def __init__(self, chosen: Chosen, kind: For) -> None:
        self._pages = Pages(chosen, kind)

    def bind(self, call: Call) -> None:
        """Take the arguments."""
        self._pages.bind(call)

    def is_single(self, call: Call) -> bool:
        """Whether it is read in one step, as it was asked."""
        return self._pages.is_single(call)

    def is_brief(self, call: Call) -> bool:
        """A list is not."""
        return False

    def read(self, call: Call) -> Steps[Any]:
        """Read the page."""
        return (yield from self._pages.read(call, None))[None]


class Whole:
    """The plan of a query all of whose root fields are declared."""

    def __init__(self, fields: Sequence[tuple[str, Root | None]]) -> None:
        self._fields = fields
        self._roots = [root for _, root in fields if root is not None]

    def bind(self, call: Call) -> None:
        """Take the arguments of every field; raises GraphQLError where one is bad."""
        for root in self._roots:
            root.bind(call)

    def is_single(self, call: Call) -> bool:
        """Whether the query is read in one step."""
        return all(root.is_single(call) for root in self._roots)

    def is_brief(self, call: Call) -> bool:
        """Whether the query is one lookup by key."""
        return len(self._roots) <= 1 and all(root.is_brief(call) for root in self._roots)

    def read(self, call: Call) -> Steps[dict[str, Any]]:
        """Read the data of the whole query."""
        read = iter((yield from together([root.read(call) for root in self._roots])))
        return {key: "Query" if root is None else next(read) for key, root in self._fields}


def compile_whole(question: Question, kind: For) -> Whole | None:
    """The plan of a query; null where a root field is not declared, and graphql-core must answer."""
    roots = choose_roots(question)
    if any(root.declaration is None and root.name != TYPENAME for root in roots):
        return None
    return Whole(
        [
            (root.key, None if root.declaration is None else compile_root(question, root, kind, tagged=False))
            for root in roots
        ]
    )
