"""What a plan shows as it is kept must be what the field's scalar would make of it."""

from graphql import GraphQLEnumType, get_named_type, is_non_null_type
from tortoise import Tortoise

from models.database import Database
from resolvers.reads.bind import bindings_of
from resolvers.reads.declare import Value
from resolvers.reads.tables import TABLES
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


def test_what_is_never_null_to_clients_is_never_null_in_its_table(database: Database) -> None:
    """By such a column a plan tells that a row which another points to is there."""
    models = {model._meta.db_table: model._meta.fields_map for model in Tortoise.apps["models"].values()}
    for type_name, table in TABLES.items():
        for name, declared in bindings_of(graphql_schema).get(type_name, {}).items():
            if table.name in models and isinstance(declared, Value) and declared.is_column:
                field = graphql_schema.type_map[type_name].fields[name]  # type: ignore[attr-defined]
                column = models[table.name][declared.needs[0].sql.removeprefix("{a}.")]
                assert not (is_non_null_type(field.type) and column.null), f"{type_name}.{name}"
