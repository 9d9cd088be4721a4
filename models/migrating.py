"""Bringing a database up to date: `migrations/` applied in order, once, by one process at a time."""

import asyncio
import os
import pkgutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps

import migrations
from models.database import dialect_of, postgres_url, snapshot, sqlite_path, tortoise_config

# What Tortoise's own command line needs to write a migration: `tortoise -c models.migrating.TORTOISE makemigrations`.
TORTOISE = tortoise_config("sqlite://:memory:")
_LOCK = 0x6C656A656B  # "lejek", the PostgreSQL advisory lock that migrating processes share


class _Apps(StateApps):
    """The models of a state. Nothing here asks them for rows, so no queries are prepared."""

    def _build_initial_querysets(self) -> None:
        pass


class _State(State):
    """What the tables are like between two operations.

    Tortoise copies it for every operation, and makes the class of every model anew for the copy. No
    model here knows another, so changing one leaves the others' classes as they are: copies share
    them. A database is made in a fifth of the time.
    """

    def clone(self) -> "_State":
        return _state({key: model.clone() for key, model in self.models.items()}, self.apps)


def _state(models: dict[tuple[str, str], ModelState], apps: StateApps) -> _State:
    copy = _Apps(apps._default_connections, apps._connections)
    copy.apps.update({label: dict(those) for label, those in apps.apps.items()})
    return _State(models, copy)


class _Executor(MigrationExecutor):
    """Tortoise's, on states that are cheap to copy."""

    async def _project_state(self, applied: set[MigrationKey], *, upto: MigrationKey | None = None) -> State:
        state = await super()._project_state(applied, upto=upto)
        return _state(state.models, state.apps)


async def migrate(url: str) -> list[str]:
    """Apply the migrations that a database lacks, and return their names; none where it is up to date.

    Processes that start together take turns, so each migration is applied once. A migration that
    fails leaves nothing of itself behind.
    """
    async with _alone(url), TortoiseContext() as context:
        config = _migration_config(url)
        await context.init(config=config)
        executor = _Executor(context.connections.get("default"), config["apps"])
        pending = [step.migration.name for step in await executor.plan()]
        if pending:
            await executor.migrate(direction="forward")
        return pending


async def unmigrated() -> list[str]:
    """The names of the migrations that the open database lacks."""
    known = {each.name for each in pkgutil.iter_modules(migrations.__path__)}
    async with snapshot() as reading:
        rows = await reading.fetch("SELECT name FROM tortoise_migrations WHERE app = 'models'")
    return sorted(known - {row[0] for row in rows})


def _migration_config(url: str) -> dict[str, Any]:
    """As for work, but on SQLite without foreign keys: a table that is remade is gone for a moment."""
    config = tortoise_config(url)
    if dialect_of(url) == "sqlite":
        config["connections"]["default"]["credentials"]["foreign_keys"] = "OFF"
    return config


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[None]:
    if dialect_of(url) == "sqlite":
        async with _alone_in_folder(Path(sqlite_path(url)).parent):
            yield
    else:
        connection = await asyncpg.connect(postgres_url(url))
        try:
            await connection.execute(f"SELECT pg_advisory_lock({_LOCK})")
            yield
        finally:
            await connection.close()


@asynccontextmanager
async def _alone_in_folder(folder: Path) -> AsyncIterator[None]:
    """Hold a lock on a folder, since migrations are many transactions and SQLite locks for one."""
    handle = await asyncio.to_thread(_lock, folder)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _lock(folder: Path) -> int | None:
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        return None  # no way to lock a folder there: start one server before another
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle
