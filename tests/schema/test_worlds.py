"""The world that random questions are asked about grows with the schema."""

from tortoise import Tortoise

from models.database import Database, snapshot
from resolvers.ids import PREFIXES
from resolvers.reads.tables import TABLES
from tests.resolvers.reads.worlds import make_world

# Types of no table that is read: an upload is only ever told of to who sends it.
UNREAD = {"Upload"}
# Columns that no field shows: what row of a file an import made it from.
UNSHOWN = {"import_key"}


async def counted(*selects: str) -> list[list[int]]:
    """What each of these statements counts."""
    async with snapshot() as reading:
        return [list((await reading.fetch(select, []))[0]) for select in selects]


async def test_the_world_has_rows_of_everything_that_is_read(database: Database) -> None:
    world = await make_world(1)
    assert set(world.ids) == set(PREFIXES) - UNREAD
    names = sorted({table.name for table in TABLES.values()})
    found = await counted(*[f"SELECT count(*) FROM {name} t" for name in names])
    empty = [name for name, [count] in zip(names, found, strict=True) if not count]
    assert not empty, "give the world rows of these: tests/resolvers/reads/worlds.py"


async def test_what_may_be_null_is_null_in_some_rows_of_the_world_and_not_in_others(database: Database) -> None:
    await make_world(1)
    read = {table.name for table in TABLES.values()}
    models = [each for each in Tortoise.apps["models"].values() if each._meta.db_table in read]
    columns = [
        (each._meta.db_table, name)
        for each in models
        for name, at in each._meta.fields_map.items()
        if at.null and name not in UNSHOWN
    ]
    found = await counted(*[f"SELECT count(*), count({name}) FROM {table}" for table, name in columns])
    uniform = [
        f"{table}.{name}" for (table, name), [count, given] in zip(columns, found, strict=True) if not 0 < given < count
    ]
    assert not uniform, "let the world have rows with and without these: tests/resolvers/reads/worlds.py"
