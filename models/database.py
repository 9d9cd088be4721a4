"""The open database: write transactions through Tortoise, read snapshots beside it.

Writes take one connection and wait for each other where they must. Reads never wait for a
writer: they take read-only connections of their own, and see one point in time.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.transactions import in_transaction

from models.readers import BUSY_TIMEOUT_MS, PostgresReaders, SqliteReaders
from models.reading import Dialect, Readers, Snapshot

MODEL_MODULES = [
    "models.accounts",
    "models.users",
    "models.contacts",
    "models.labels",
    "models.merges",
    "models.pipelines",
    "models.projects",
    "models.web_forms",
    "models.chats",
    "models.custom_fields",
    "models.formulas",
    "models.products",
    "models.invoices",
    "models.deal_documents",
    "models.leads",
    "models.deals",
    "models.notes",
    "models.mail",
    "models.participants",
    "models.activities",
    "models.conversions",
    "models.imports",
    "models.files",
    "models.signing",
    "models.sessions",
    "models.changes",
    "models.changelog",
    "models.documents",
]


def tortoise_config(url: str) -> dict[str, Any]:
    """The Tortoise configuration for a database URL, `sqlite://PATH` or `postgres://…`.

    Raises ValueError where the URL is of neither kind.
    """
    return {
        "connections": {"default": _connection(url)},
        "apps": {
            "models": {
                "models": MODEL_MODULES,
                "default_connection": "default",
                "migrations": "migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str) -> Any:
    if dialect_of(url) == "sqlite":
        return {
            "engine": "models.sqlite",
            "credentials": {"file_path": sqlite_path(url), "busy_timeout": BUSY_TIMEOUT_MS},
        }
    found: dict[str, Any] = expand_db_url("asyncpg://" + url.split("://", 1)[1])
    # Accounts differ in size, and lists in length: a plan made for any value, which PostgreSQL otherwise
    # takes from a statement's sixth run on, searched a list of 3,000 keys again for each row.
    found["credentials"]["server_settings"] = {"plan_cache_mode": "force_custom_plan", "jit": "off"}
    return found


def postgres_url(url: str) -> str:
    """A PostgreSQL URL as asyncpg wants it, whichever of its schemes it came with."""
    return "postgres://" + url.split("://", 1)[1]


def dialect_of(url: str) -> Dialect:
    """Which database a URL speaks of."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return "sqlite"
    if scheme in {"postgres", "postgresql", "asyncpg"}:
        return "postgres"
    raise ValueError(f"database URL must begin with sqlite:// or postgres://, not {scheme!r}")


def sqlite_path(url: str) -> str:
    """The file that a `sqlite://PATH` URL names; an absolute path may be written with one slash too many."""
    path = url.removeprefix("sqlite://")
    return f"/{path.lstrip('/')}" if path.startswith("/") else path


@dataclass
class Database:
    """The database this process has open."""

    dialect: Dialect
    readers: Readers


_open: Database | None = None


def current() -> Database:
    """The open database; RuntimeError where none is."""
    if _open is None:
        raise RuntimeError("no database is open: call models.database.open_database first")
    return _open


async def open_database(url: str) -> Database:
    """Connect to a migrated database and make it the one this process works on."""
    global _open
    EXECUTOR_CACHE.clear()  # keyed by table alone: what it holds may be another dialect's SQL
    if dialect_of(url) == "sqlite":
        Path(sqlite_path(url)).parent.mkdir(parents=True, exist_ok=True)
    await Tortoise.init(config=tortoise_config(url), _enable_global_fallback=True)
    try:
        _open = Database(dialect_of(url), await _open_readers(url))
    except BaseException:
        await Tortoise.close_connections()
        raise
    return _open


async def close_database() -> None:
    """Close what `open_database` opened; nothing where nothing is open."""
    global _open
    if _open is not None:
        await _open.readers.close()
        _open = None
        await Tortoise.close_connections()


def transaction() -> AbstractAsyncContextManager[Any]:
    """One write transaction; everything in it happens or nothing does.

    Start no task inside: it would inherit the transaction and lose its writes with a rollback.
    """
    return in_transaction()


def snapshot(*, single: bool = False) -> AbstractAsyncContextManager[Snapshot]:
    """One read snapshot of the open database; for a `single` step at less cost."""
    return current().readers.snapshot(single=single)


async def _open_readers(url: str) -> Readers:
    if dialect_of(url) == "sqlite":
        return SqliteReaders(sqlite_path(url))
    return await PostgresReaders.open(postgres_url(url))
