"""A database that an earlier release filled is brought up to date, with everything in it."""

import sqlite3

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from models import database as databases
from models.accounts import Account
from models.database import dialect_of, postgres_url, sqlite_path
from models.invoices import Invoice, InvoiceStatus
from models.migrating import _migration_config, migrate
from models.notes import Note

FIRST_RELEASE = "0004_board_index"
AT = "2026-11-01 12:00:00+00:00"
ACCOUNT, USER, PIPELINE, STAGE, DEAL, INVOICE, CHANGE, NOTE = (
    f"00000000-0000-7000-8000-00000000000{n}" for n in range(1, 9)
)
ROWS = f"""
INSERT INTO accounts (id, name, currency, plan_name, revision, created_at)
  VALUES ('{ACCOUNT}', 'Acme', 'PLN', 'Enterprise', 1, '{AT}');
INSERT INTO users (id, account_id, name, email, role, created_at)
  VALUES ('{USER}', '{ACCOUNT}', 'Anna', 'anna@example.com', 'ADMIN', '{AT}');
INSERT INTO pipelines (id, account_id, name, position, is_default)
  VALUES ('{PIPELINE}', '{ACCOUNT}', 'Sales', 0, TRUE);
INSERT INTO stages (id, account_id, pipeline_id, name, position, probability, required_fields)
  VALUES ('{STAGE}', '{ACCOUNT}', '{PIPELINE}', 'New', 0, 100, '[]');
INSERT INTO deals (id, account_id, owner_id, visibility, version, created_at, updated_at, title, folded_title, source,
    pipeline_id, stage_id, status, stage_entered_at)
  VALUES ('{DEAL}', '{ACCOUNT}', '{USER}', 'EVERYONE', 1, '{AT}', '{AT}', 'Roof', 'roof', 'API', '{PIPELINE}',
    '{STAGE}', 'OPEN', '{AT}');
INSERT INTO invoices (id, account_id, deal_id, number, amount_minor, currency, status, issued_at)
  VALUES ('{INVOICE}', '{ACCOUNT}', '{DEAL}', 'FV 1', 500, 'PLN', 'ISSUED', '{AT}');
INSERT INTO notes (id, account_id, deal_id, author_id, body, created_at)
  VALUES ('{NOTE}', '{ACCOUNT}', '{DEAL}', '{USER}', 'Zadzwonić  do @[user_01] w Łodzi', '{AT}');
INSERT INTO changes (id, account_id, revision, at, kind, subjects)
  VALUES ('{CHANGE}', '{ACCOUNT}', 1, '{AT}', 'DEAL_ADDED', '[]');
"""


async def migrate_to(url: str, name: str) -> None:
    async with TortoiseContext() as context:
        config = _migration_config(url)
        await context.init(config=config)
        executor = MigrationExecutor(context.connections.get("default"), config["apps"])
        await executor.migrate([MigrationTarget("models", name)], direction="forward")


async def run(url: str, script: str) -> None:
    if dialect_of(url) == "sqlite":
        connection = sqlite3.connect(sqlite_path(url))
        connection.executescript(script)
        connection.close()
        return
    server = await asyncpg.connect(postgres_url(url))
    await server.execute(script)
    await server.close()


async def test_what_the_first_release_kept_is_there_after_the_last_migration(empty_url: str) -> None:
    await migrate_to(empty_url, FIRST_RELEASE)
    await run(empty_url, ROWS)
    await migrate(empty_url)
    await databases.open_database(empty_url)
    try:
        account, invoice = await Account.get(id=ACCOUNT), await Invoice.get(id=INVOICE)
        assert (await Note.get(id=NOTE)).folded_body == "zadzwonic do w lodzi", "a search finds notes there were"
        assert not account.is_demo, "the demo's users come in without a password"
        assert (invoice.status, invoice.number, invoice.is_external) == (InvoiceStatus.SENT, "FV 1", True)
        assert (invoice.version, invoice.paid_minor, invoice.created_at) == (1, 0, invoice.issued_at)
    finally:
        await databases.close_database()
