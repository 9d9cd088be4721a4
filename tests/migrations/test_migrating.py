"""Migrations run once, whole, and agree with the models."""

import asyncio
import sys
from importlib import import_module
from pathlib import Path

import pytest
from tortoise import connections
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions
from tortoise.transactions import in_transaction

from models import database as databases
from models import migrating
from models.accounts import Plan
from models.base import _OneOf
from models.constraints import one_of_values
from models.database import Database
from models.migrating import TORTOISE, migrate, unmigrated
from tests.migrations.rules import CHECKS

STARTING = "import asyncio, sys; from models.migrating import migrate; print(asyncio.run(migrate(sys.argv[1])))"


async def start(url: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTING, url, stdout=asyncio.subprocess.PIPE, cwd=Path(migrating.__file__).parents[1]
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().strip()


async def test_a_second_migration_has_nothing_to_do(database_url: str) -> None:
    assert await migrate(database_url) == []


def test_each_migration_follows_the_one_before_it() -> None:
    """One that branches off would be passed over, without a word, by a database that has a later one."""
    names = sorted(path.stem for path in (Path(migrating.__file__).parents[1] / "migrations").glob("0*.py"))
    followed = [import_module(f"migrations.{name}").Migration.dependencies for name in names]
    assert followed[1:] == [[("models", name)] for name in names[:-1]]


async def test_what_a_database_lacks_is_named(database: Database) -> None:
    assert await unmigrated() == []
    await connections.get("default").execute_query("DELETE FROM tortoise_migrations WHERE name = '0003_plans'", [])
    assert await unmigrated() == ["0003_plans"]
    insert = "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', '0003_plans', '2026-01-01')"
    await connections.get("default").execute_query(insert, [])


async def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    said = await asyncio.gather(start(empty_url), start(empty_url), start(empty_url))
    assert sum("0001_initial" in each for each in said) == 1
    assert said.count("[]") == 2


async def test_migrating_leaves_the_open_database_open(database: Database, database_url: str) -> None:
    await migrate(database_url)
    assert await Plan.all().count() == 5


async def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    await databases.open_database(empty_url)
    with pytest.raises(ZeroDivisionError):
        async with in_transaction() as connection:
            await connection.execute_script("CREATE TABLE half (id INT); CREATE TABLE whole (t TEXT DEFAULT ';')")
            raise ZeroDivisionError
    connection = connections.get("default")
    await connection.execute_script("CREATE TABLE half (id INT); CREATE TABLE whole (t TEXT DEFAULT ';')")
    await databases.close_database()


async def test_the_five_plans_are_there(database: Database) -> None:
    limits = {plan.name: plan.open_deal_limit for plan in await Plan.all()}
    assert limits == {
        "Essential": 3_000,
        "Advanced": 10_000,
        "Professional": 100_000,
        "Power": 200_000,
        "Enterprise": None,
    }


async def test_models_have_no_change_that_no_migration_makes() -> None:
    async with TortoiseContext() as context:
        await context.init(config=TORTOISE, init_connections=False)
        assert context.apps is not None
        writers = await MigrationAutodetector(context.apps, TORTOISE["apps"]).changes()
    # A model's docstring is an option to Tortoise, and no matter of the database.
    pending = [each for writer in writers for each in writer.operations if not isinstance(each, AlterModelOptions)]
    assert [each.describe() for each in pending] == []


async def test_each_enum_column_is_checked_for_exactly_its_enums_values() -> None:
    async with TortoiseContext() as context:
        await context.init(config=TORTOISE, init_connections=False)
        assert context.apps is not None
        expected = {
            one_of_values(model._meta.db_table, name, " ".join(field.enum_type))
            for model in context.apps.get_models_iterable()
            for name, field in model._meta.fields_map.items()
            if isinstance(field, _OneOf)
        }
    assert expected == {check for check in CHECKS if check.name.endswith("_known")}
