"""Many rows, fast: an account with so many deals and leads, written as a driver writes in bulk."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from models import database
from models.database import dialect_of, postgres_url, sqlite_path
from models.users import User
from resolvers import sort_keys
from tests import given

START = datetime(2026, 1, 1, tzinfo=UTC)
STAGES = 7
Row = dict[str, Any]


@dataclass(frozen=True)
class Many:
    """The account that was filled: who asks, and the keys of what they ask for."""

    account_id: UUID
    admin_id: UUID
    pipeline_id: UUID
    deal_id: UUID  # with notes and activities
    field_id: UUID  # a custom field of numbers


async def fill(url: str, deals: int, leads: int, in_stage: int = 700) -> Many:
    """Fill a migrated, empty database with an account, its deals spread over pipelines of seven stages."""
    await database.open_database(url)
    try:
        account = await given.account("Many")
        users = [await given.admin(account), await given.user(account, "Anna")]
        labels = [await given.label(account, name) for name in ("Hot", "Warm", "Cold")]
        names = {f"Stage {number}": 10 * number for number in range(STAGES)}
        pipelines = max(1, round(deals / in_stage / STAGES))
        stages = []
        for number in range(pipelines):
            _, made = await given.pipeline(account, f"Pipeline {number}", names, is_default=number == 0)
            stages += made
    finally:
        await database.close_database()
    filling = _Filling(account.id, users, [label.id for label in labels], [(s.id, s.pipeline_id) for s in stages])
    tables = filling.tables(deals, leads)
    if dialect_of(url) == "postgres":
        await _copy(url, tables)
    else:
        _insert(url, tables)
    return Many(account.id, users[0].id, stages[0].pipeline_id, _key(4, 0), _key(11, 0))


def _key(kind: int, number: int) -> UUID:
    return UUID(int=(kind << 96) | (0x7000 << 64) | (0x8000 << 48) | number)


class _Filling:
    """The rows of the account, table by table, in the order in which they may be written."""

    def __init__(
        self, account_id: UUID, users: list[User], labels: list[UUID], stages: list[tuple[UUID, UUID]]
    ) -> None:
        self.account_id = account_id
        self.users = [user.id for user in users]
        self.labels = labels
        self.stages = stages

    def tables(self, deals: int, leads: int) -> list[tuple[str, Iterator[Row]]]:
        """Each table's rows."""
        contacts = max(1, (deals + leads) // 10)
        return [
            ("organizations", (self._organization(number) for number in range(contacts))),
            ("people", (self._person(number) for number in range(contacts))),
            ("deals", (self._deal(number, contacts) for number in range(deals))),
            ("leads", (self._lead(number, contacts) for number in range(leads))),
            ("deal_labels", (self._label(6, "deal_id", 4, number) for number in range(0, deals, 2))),
            ("lead_labels", (self._label(7, "lead_id", 5, number) for number in range(0, leads, 2))),
            ("notes", (self._note(number) for number in range(max(20, deals // 5)))),
            ("activities", (self._activity(number) for number in range(max(20, deals // 5)))),
            ("custom_fields", (self._field(number) for number in range(1))),
            ("custom_field_values", (self._value(number) for number in range(0, deals, 2))),
            ("deal_log", (self._entry(number) for number in range(max(20, deals // 5)))),
        ]

    def _record(self, kind: int, number: int) -> Row:
        at = START + timedelta(minutes=number * 7919 % 500_000)
        return {
            "id": _key(kind, number),
            "account_id": self.account_id,
            "owner_id": self.users[number % len(self.users)],
            "visibility": "EVERYONE",
            "version": 1,
            "created_at": at,
            "updated_at": at,
        }

    def _organization(self, number: int) -> Row:
        return {**self._record(2, number), "name": f"Organization {number}", "folded_name": f"organization {number}"}

    def _person(self, number: int) -> Row:
        name = {"name": f"Person {number}", "folded_name": f"person {number}"}
        emails = f'["person{number}@example.com"]'
        return {**self._record(3, number), **name, "emails": emails, "phones": "[]", "organization_id": _key(2, number)}

    def _opportunity(self, kind: int, number: int, contacts: int) -> Row:
        return {
            **self._record(kind, number),
            "title": f"Opportunity number {number}",
            "folded_title": f"opportunity number {number}",
            "value_minor": number * 101 % 10_000_000,
            "currency": ("PLN", "EUR")[number % 2],
            "person_id": _key(3, number % contacts),
            "organization_id": _key(2, number * 7 % contacts),
            "source": "API",
            "expected_close_date": date(2026, 1 + number % 12, 1),
        }

    def _deal(self, number: int, contacts: int) -> Row:
        stage, pipeline = self.stages[number % len(self.stages)]
        row = self._opportunity(4, number, contacts)
        return {
            **row,
            "stage_id": stage,
            "pipeline_id": pipeline,
            "status": "OPEN",
            "stage_entered_at": row["created_at"],
            "probability": None if number % 3 else number % 100,
        }

    def _lead(self, number: int, contacts: int) -> Row:
        archived = START if number % 10 == 9 else None
        return {**self._opportunity(5, number, contacts), "is_seen": number % 2 == 0, "archived_at": archived}

    def _label(self, kind: int, column: str, parent: int, number: int) -> Row:
        label = self.labels[number % len(self.labels)]
        return {
            "id": _key(kind, number),
            "account_id": self.account_id,
            column: _key(parent, number),
            "label_id": label,
        }

    def _field(self, number: int) -> Row:
        name = {"name": "Size", "folded_name": "size", "type": "NUMBER"}
        return {"id": _key(11, number), "account_id": self.account_id, "position": number, "is_required": False, **name}

    def _value(self, number: int) -> Row:
        """A number of each second deal, all different."""
        place = {"field_id": _key(11, 0), "deal_id": _key(4, number), "place": 0}
        shown = {"number": str(number), "sort_key": sort_keys.of_number(Decimal(number))}
        return {"id": _key(12, number), "account_id": self.account_id, **place, **shown}

    def _child(self, kind: int, number: int) -> Row:
        """Twenty to a deal."""
        at = START + timedelta(minutes=number)
        common = {"id": _key(kind, number), "account_id": self.account_id, "deal_id": _key(4, number // 20)}
        return {**common, "created_at": at}

    def _note(self, number: int) -> Row:
        return {**self._child(8, number), "author_id": self.users[0], "body": f"Note number {number}. " * 5}

    def _activity(self, number: int) -> Row:
        row = self._child(9, number)
        more = {"subject": f"Call {number}", "type": "CALL", "due_at": row["created_at"]}
        return {**row, "assignee_id": self.users[0], **more}

    def _entry(self, number: int) -> Row:
        row = self._child(10, number)
        at = row.pop("created_at")
        changed = {"event": "CHANGED", "field": "stage_id", "new_id": self.stages[number % len(self.stages)][0]}
        return {**row, "revision": number, "at": at, "actor_id": self.users[0], "way": "API", **changed}


async def _copy(url: str, tables: Sequence[tuple[str, Iterator[Row]]]) -> None:
    connection = await asyncpg.connect(postgres_url(url))
    try:
        for name, rows in tables:
            for chunk in _chunks(rows):
                values = [tuple(row.values()) for row in chunk]
                await connection.copy_records_to_table(name, records=values, columns=list(chunk[0]))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _insert(url: str, tables: Sequence[tuple[str, Iterator[Row]]]) -> None:
    connection = sqlite3.connect(sqlite_path(url))
    for name, rows in tables:
        for chunk in _chunks(rows):
            places = ", ".join("?" * len(chunk[0]))
            insert = f"INSERT INTO {name} ({', '.join(chunk[0])}) VALUES ({places})"
            connection.executemany(insert, [tuple(map(_kept, row.values())) for row in chunk])
    connection.commit()
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _kept(value: Any) -> Any:
    """A value as SQLite keeps it."""
    return str(value) if isinstance(value, UUID | date) else value


def _chunks(rows: Iterator[Row], size: int = 20_000) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
