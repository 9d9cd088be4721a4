"""What a plan shows as it is kept must be what the field's scalar would make of it."""

from graphql import GraphQLEnumType, get_named_type

from resolvers.reads.bind import bindings_of
from resolvers.reads.declare import Value
from schema.build import graphql_schema

# The scalars that write a column of a kind just as a plan reads it.
WRITTEN = {
    "text": {"String", "Decimal", "Date"},
    "json": {"String"},
    "int": {"Int"},
    "flag": {"Boolean"},
    "instant": {"DateTime"},
    "moment": {"DateTime"},
    "day": {"Date"},
}


def test_a_column_shown_as_it_is_is_kept_as_its_scalar_writes_it() -> None:
    for type_name, fields in bindings_of(graphql_schema).items():
        for name, declared in fields.items():
            if not isinstance(declared, Value) or declared.make is not None:
                continue
            scalar = get_named_type(graphql_schema.type_map[type_name].fields[name].type)  # type: ignore[attr-defined]
            written = "String" if isinstance(scalar, GraphQLEnumType) else scalar.name
            assert written in WRITTEN.get(declared.needs[0].kind, ()), f"{type_name}.{name}"
