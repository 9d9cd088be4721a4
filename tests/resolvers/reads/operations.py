"""Operations that anyone could send: drawn from the schema, mostly sensible, some of them wrong."""

import json
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from hypothesis import strategies as st

DEEPEST = 5
MOST = 25  # fields and fragments
# Their arguments are commands' inputs, and no plan is made for them.
LEFT_OUT = {"conversionPreview", "conversionResults", "importPreview"}
INTROSPECTION = ["__schema { queryType { name } }", '__type(name: "Lead") { name kind }']
BAD_IDS = ["", "nonsense", "lead_00000000000000000000000000000000", "deal_zz", "stage_\u0000"]
BAD_CURSORS = ["", "AAAA", "ś", "WyJDUkVBVEVEX0FULSIsMSwyXQ"]
SEARCHES = ["oferta", "ćma", "called", "b.example", "o1", "100%", "_", "", "\\", "ŁÓDŹ", "\u0000"]


@dataclass
class Pool:
    """The values that arguments are drawn from: global ids and cursors that are real."""

    ids: dict[str, list[str]]
    cursors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """A document, and two sets of variables to ask it with."""

    text: str
    variables: tuple[dict[str, Any], dict[str, Any]]


@st.composite
def operations(draw: st.DrawFn, schema: GraphQLSchema, pool: Pool) -> Asked:
    """A request for the schema's queries, as it might come twice."""
    return _Author(draw, schema, pool).write()


@st.composite
def nodes(draw: st.DrawFn, schema: GraphQLSchema, pool: Pool) -> Asked:
    """A request for whatever hangs on the records of some types of the pool, by all their ids."""
    return _Author(draw, schema, pool).write_nodes()


class _Author:
    """Writes one document. Every choice is drawn, so that a failing one is made as small as it can be."""

    def __init__(self, draw: st.DrawFn, schema: GraphQLSchema, pool: Pool) -> None:
        self._draw = draw
        self._schema = schema
        self._pool = pool
        self._definitions: list[str] = []
        self._variables: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        self._fragments: list[str] = []
        self._names = 0
        self._left = self._up_to(1, MOST)

    def write(self) -> Asked:
        """The document, and values for its variables."""
        query = self._schema.query_type
        assert query is not None
        fields = [self._field(query, self._choose(self._roots(query)), 1) for _ in range(self._up_to(1, 2))]
        if self._seldom():
            fields.append(self._choose([*INTROSPECTION, "__typename", "root: __typename"]))
        definitions = f"({', '.join(self._definitions)})" if self._definitions else ""
        text = f"query Q{definitions} {{ {' '.join(fields)} }} {' '.join(self._fragments)}"
        return Asked(text, self._variables)

    def write_nodes(self) -> Asked:
        """The document that asks for all there is of some types by their ids, and values for its variables."""
        names = sorted({self._choose(list(self._pool.ids)) for _ in range(self._up_to(1, 4))})
        parts = [f"... on {name} {{ {self._selection(self._schema.type_map[name], 2)} }}" for name in names]
        for given in self._variables:
            given["all"] = [each for name in names for each in self._pool.ids[name]]
        definitions = ", ".join(["$all: [ID!]!", *self._definitions])
        text = f"query Q({definitions}) {{ nodes(ids: $all) {{ {' '.join(parts)} }} }} {' '.join(self._fragments)}"
        return Asked(text, self._variables)

    def _roots(self, query: GraphQLObjectType) -> list[str]:
        names = [name for name in query.fields if name not in LEFT_OUT]
        return names + ["pipelines", "leads", "deals", "node", "nodes", "deal", "lead"] * 2

    def _choose(self, among: Any) -> Any:
        return self._draw(st.sampled_from(among))

    def _up_to(self, least: int, most: int) -> int:
        return self._draw(st.integers(least, most))

    def _seldom(self) -> bool:
        return self._up_to(0, 7) == 7

    def _name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix}{self._names}"

    def _selection(self, type_: Any, depth: int) -> str:
        """The inside of a selection set."""
        parts = [self._part(type_, depth)]
        while self._left > 0 and self._up_to(0, 3):
            parts.append(self._part(type_, depth))
        if self._seldom():
            parts.append(self._choose(parts))  # the same again: it merges
        return " ".join(parts)

    def _part(self, type_: Any, depth: int) -> str:
        self._left -= 1
        narrowed = isinstance(type_, GraphQLInterfaceType)
        if self._left > 0 and self._up_to(0, 9) >= (4 if narrowed else 8):
            return self._fragment(type_, depth)
        names = [name for name, each in type_.fields.items() if (depth < DEEPEST and self._left > 0) or _is_leaf(each)]
        name = self._choose([*names, "__typename"] if names else ["__typename"])
        if name == "__typename":
            return "__typename" + self._directive()
        return self._field(type_, name, depth)

    def _fragment(self, type_: Any, depth: int) -> str:
        on = self._choose(self._kin(type_))
        if on is None:
            return f"...{self._directive()} {{ {self._selection(type_, depth)} }}"
        inside = self._selection(on, depth)
        if self._up_to(0, 2) < 2:
            return f"... on {on.name}{self._directive()} {{ {inside} }}"
        name = self._name("F")
        self._fragments.append(f"fragment {name} on {on.name} {{ {inside} }}")
        return f"...{name}{self._directive()}"

    def _kin(self, type_: Any) -> list[Any]:
        """What a fragment may be on: the type, what it is a kind of, and what is a kind of it."""
        if isinstance(type_, GraphQLInterfaceType):
            concrete = [each for each in self._schema.get_possible_types(type_) if each.name != "Query"]
            return [*concrete, *self._schema.get_implementations(type_).interfaces, type_]
        return [None, type_, *type_.interfaces]

    def _field(self, owner: Any, name: str, depth: int) -> str:
        declared = owner.fields[name]
        arguments = self._arguments(name, declared)
        alias = f"{self._name('a')}: " if arguments or self._seldom() else ""
        below = "" if _is_leaf(declared) else f" {{ {self._selection(get_named_type(declared.type), depth + 1)} }}"
        return f"{alias}{name}{arguments}{self._directive()}{below}"

    def _directive(self) -> str:
        if not self._seldom():
            return ""
        which, value = self._choose(["skip", "include"]), self._draw(st.booleans())
        if self._draw(st.booleans()):
            return f" @{which}(if: {self._variable('Boolean!', value, not value)})"
        return f" @{which}(if: {str(value).lower()})"

    def _arguments(self, field_name: str, declared: GraphQLField) -> str:
        given = []
        for name, argument in declared.args.items():
            required = isinstance(argument.type, GraphQLNonNull)
            if required or self._up_to(0, 2) == 2:
                about = f"{field_name}Id" if name == "id" else name
                given.append(f"{name}: {self._argument(about, argument.type)}")
        return f"({', '.join(given)})" if given else ""

    def _argument(self, name: str, type_: Any) -> str:
        value = self._value(name, type_)
        if self._up_to(0, 2) == 2:
            return self._variable(str(type_), value, self._value(name, type_))
        return _literal(value, type_)

    def _variable(self, type_: str, *values: Any) -> str:
        """A variable: given, left to a default, left out, or given something else altogether."""
        name, how = self._name("v"), self._up_to(0, 11)
        default = ""
        if how == 8 and type_.startswith(("Int", "Boolean", "[ID", "ID", "String")):
            default = f" = {_literal(values[0], None)}"
        for given, value in zip(self._variables, values, strict=True):
            if how == 9 and self._seldom():
                given[name] = self._choose([None, "text", -1, [], {}, 2**31])
            elif not default and (how != 10 or type_.endswith("!")):
                given[name] = value
        self._definitions.append(f"${name}: {type_}{default}")
        return f"${name}"

    def _value(self, name: str, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self._value(name, type_.of_type)
        if self._up_to(0, 11) == 11:
            return None
        if isinstance(type_, GraphQLList):
            return [self._value(name, type_.of_type) for _ in range(self._up_to(0, 3))]
        if isinstance(type_, GraphQLEnumType):
            return self._choose(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return self._object(type_)
        if type_.name == "ID":
            return self._id(name)
        if name == "after":
            return self._choose([*self._pool.cursors, *BAD_CURSORS] if self._seldom() else self._pool.cursors)
        if name == "first":
            return self._choose([0, 1, 2, 3, 250] if not self._seldom() else [-1, 251])
        known = {"Int": [0, 1], "Boolean": [True, False], "String": SEARCHES, "Decimal": ["-1.5", "12"]}
        known |= {"Date": ["2026-05-01", "2026-02-30"], "Float": [0, 0.5, 2], "DateTime": ["2026-05-01T00:00:00Z"]}
        return self._choose(known[type_.name])

    def _id(self, name: str) -> str:
        """Mostly an id of the type that the argument's name speaks of."""
        if self._seldom():
            return str(self._choose(BAD_IDS))
        type_name = name.removesuffix("Ids").removesuffix("Id")
        type_name = type_name[:1].upper() + type_name[1:]
        type_names = [type_name] if type_name in self._pool.ids else list(self._pool.ids)
        return str(self._choose(self._pool.ids[self._choose(type_names)]))

    def _object(self, type_: GraphQLInputObjectType) -> dict[str, Any]:
        made = {}
        for name, each in type_.fields.items():
            if isinstance(each.type, GraphQLNonNull) or self._draw(st.booleans()):
                made[name] = self._value(name, each.type)
        return made


def _is_leaf(declared: GraphQLField) -> bool:
    return not isinstance(get_named_type(declared.type), GraphQLObjectType | GraphQLInterfaceType)


def _literal(value: Any, type_: Any) -> str:
    """A value as it is written in a document; strings of an enum's are names there."""
    named = get_named_type(type_) if type_ is not None else None
    if isinstance(value, list):
        return f"[{', '.join(_literal(each, type_) for each in value)}]"
    if isinstance(value, dict):
        fields = named.fields if isinstance(named, GraphQLInputObjectType) else {}
        return "{" + ", ".join(f"{name}: {_literal(each, fields[name].type)}" for name, each in value.items()) + "}"
    if isinstance(value, str) and isinstance(named, GraphQLEnumType):
        return value
    return json.dumps(value)
