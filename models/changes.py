"""The change log: every change of an account, gap-free, in the order it was committed.

It is the only source of what subscribers are told, of undo and of time travel. A change is
appended in the transaction that makes it; the account's row, locked and counted up as that
transaction's last step, gives it its revision.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

from tortoise import connections, fields
from tortoise.models import Model

from models import changelog, custom_fields, database, formulas
from models.base import AccountRow, now, one_of
from models.changelog import DealLogEntry
from models.reading import one_step
from models.ways import Way

Values = dict[str, Any]


class ChangeKind(StrEnum):
    """What happened."""

    LEAD_ADDED = "LEAD_ADDED"
    LEAD_UPDATED = "LEAD_UPDATED"
    LEAD_ARCHIVED = "LEAD_ARCHIVED"
    LEAD_UNARCHIVED = "LEAD_UNARCHIVED"
    LEAD_DELETED = "LEAD_DELETED"
    LEAD_CONVERTED = "LEAD_CONVERTED"
    LEAD_WAITLISTED = "LEAD_WAITLISTED"
    CONVERSION_UNDONE = "CONVERSION_UNDONE"
    DEAL_ADDED = "DEAL_ADDED"
    DEAL_UPDATED = "DEAL_UPDATED"
    DEAL_MOVED = "DEAL_MOVED"
    DEAL_CLOSED = "DEAL_CLOSED"
    DEAL_REOPENED = "DEAL_REOPENED"
    DEAL_DELETED = "DEAL_DELETED"
    DEAL_CONVERTED = "DEAL_CONVERTED"
    PIPELINE_ADDED = "PIPELINE_ADDED"
    PERSON_ADDED = "PERSON_ADDED"
    PERSON_UPDATED = "PERSON_UPDATED"
    ORGANIZATION_ADDED = "ORGANIZATION_ADDED"
    ORGANIZATION_UPDATED = "ORGANIZATION_UPDATED"
    LABEL_ADDED = "LABEL_ADDED"
    NOTE_ADDED = "NOTE_ADDED"
    COMMENT_ADDED = "COMMENT_ADDED"
    ACTIVITY_ADDED = "ACTIVITY_ADDED"
    ACTIVITY_COMPLETED = "ACTIVITY_COMPLETED"
    INVOICE_ADDED = "INVOICE_ADDED"
    INVOICE_VOIDED = "INVOICE_VOIDED"
    IMPORT_PROGRESSED = "IMPORT_PROGRESSED"
    TEAM_ADDED = "TEAM_ADDED"
    ACCESS_CHANGED = "ACCESS_CHANGED"
    MAIL_ADDED = "MAIL_ADDED"
    MAIL_UPDATED = "MAIL_UPDATED"
    PARTICIPANTS_CHANGED = "PARTICIPANTS_CHANGED"
    FOLLOWERS_CHANGED = "FOLLOWERS_CHANGED"
    CONVERSION_ADVANCED = "CONVERSION_ADVANCED"
    PROJECT_ADDED = "PROJECT_ADDED"
    PROJECT_UPDATED = "PROJECT_UPDATED"
    PRODUCT_ADDED = "PRODUCT_ADDED"
    PRODUCT_UPDATED = "PRODUCT_UPDATED"
    PRODUCTS_CHANGED = "PRODUCTS_CHANGED"
    INSTALLMENTS_CHANGED = "INSTALLMENTS_CHANGED"
    INVOICE_UPDATED = "INVOICE_UPDATED"
    INVOICE_SENT = "INVOICE_SENT"
    PAYMENTS_CHANGED = "PAYMENTS_CHANGED"
    INVOICING_CHANGED = "INVOICING_CHANGED"
    TEMPLATE_ADDED = "TEMPLATE_ADDED"
    TEMPLATE_UPDATED = "TEMPLATE_UPDATED"
    DOCUMENT_ADDED = "DOCUMENT_ADDED"
    FIELD_ADDED = "FIELD_ADDED"
    FIELD_UPDATED = "FIELD_UPDATED"
    FILE_ADDED = "FILE_ADDED"
    FILE_UPDATED = "FILE_UPDATED"
    FILE_DELETED = "FILE_DELETED"
    FILE_RESTORED = "FILE_RESTORED"
    CONTACTS_MERGED = "CONTACTS_MERGED"
    MERGE_UNDONE = "MERGE_UNDONE"
    CONTACTS_SEPARATED = "CONTACTS_SEPARATED"
    FORM_ADDED = "FORM_ADDED"
    FORM_UPDATED = "FORM_UPDATED"
    WAITLIST_LEFT = "WAITLIST_LEFT"
    CHAT_ADDED = "CHAT_ADDED"
    CHAT_UPDATED = "CHAT_UPDATED"
    CONVERSATION_CHANGED = "CONVERSATION_CHANGED"
    NOTE_UPDATED = "NOTE_UPDATED"
    NOTE_REMOVED = "NOTE_REMOVED"
    ACTIVITY_UPDATED = "ACTIVITY_UPDATED"
    ACTIVITY_REMOVED = "ACTIVITY_REMOVED"
    LABEL_REMOVED = "LABEL_REMOVED"


class Change(AccountRow):
    """One change. `subjects` is a list of `Subject` as JSON; replayed from zero they give the state."""

    revision = fields.BigIntField()
    at = fields.DatetimeField(default=now)
    actor_id = fields.UUIDField(null=True)
    client_mutation_id = fields.CharField(max_length=255, null=True)
    kind = one_of(ChangeKind, max_length=20)
    way = one_of(Way, max_length=8, null=True)  # null: made before ways were kept
    subjects = fields.JSONField[list[Values]](default=list)

    class Meta:
        table = "changes"

    def find(self, subject_type: str) -> "list[Subject]":
        """The subjects of one type, in the order they were recorded."""
        return [Subject(**each) for each in self.subjects if each["type"] == subject_type]


# Kept in every subject, changed or not: they decide where it is shown, by which filters it is found,
# and who sees it.
FACTS = (
    "owner_id",
    "visibility",
    "pipeline_id",
    "stage_id",
    "status",
    "removed_at",
    "archived_at",
    "lead_id",
    "deal_id",
    "folded_title",
    "label_ids",
    "custom",
    "formulas",
)


# An amount is nothing without its currency: where one changed, both are kept.
_AMOUNT = {"value_minor", "currency"}


@dataclass(frozen=True)
class Subject:
    """A row that a change is about: its changed columns and its facts, before and after.

    `before` is null for a row that is new, `after` for one that is gone from the table.
    """

    type: str
    id: str
    before: Values | None
    after: Values | None

    @property
    def changed(self) -> set[str]:
        """The columns that differ between before and after."""
        before, after = self.before or {}, self.after or {}
        return {name for name in {*before, *after} if before.get(name) != after.get(name)}

    @property
    def plain(self) -> Values:
        """The subject as a change keeps it."""
        return {"type": self.type, "id": self.id, "before": self.before, "after": self.after}


def snapshot(row: Model, **more: Any) -> Values:
    """A row's columns as JSON values, with whatever belongs to it beside them (label ids)."""
    columns = {name: _plain(getattr(row, name)) for name in row._meta.fields_db_projection}
    return columns | {name: _plain(value) for name, value in more.items()}


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case list() | set() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case _:
            return value


def added(subject_type: str, after: Values) -> Subject:
    """The subject for a new row."""
    return Subject(subject_type, after["id"], None, after)


def removed(subject_type: str, before: Values) -> Subject:
    """The subject for a row that is gone."""
    return Subject(subject_type, before["id"], before, None)


def altered(subject_type: str, before: Values, after: Values) -> Subject:
    """The subject for a row that was changed, reduced to what changed and the facts."""
    changed = {name for name in after if before.get(name) != after.get(name)}
    kept = changed | (_AMOUNT if changed & _AMOUNT else set()) | {name for name in after if name in FACTS}
    return Subject(
        subject_type,
        after["id"],
        {name: value for name, value in before.items() if name in kept},
        {name: value for name, value in after.items() if name in kept},
    )


class Ledger:
    """The changes that a transaction has made so far, appended when it ends.

    `recorded` has each change's kind and its subjects, plain. What is derived from them may amend
    subjects and add some, but no change.
    """

    def __init__(self, account_id: UUID, actor_id: UUID | None, mutation_id: str | None, way: Way) -> None:
        self.account_id = account_id
        self._actor_id = actor_id
        self._way = way
        self._mutation_id = mutation_id
        self.recorded: list[tuple[ChangeKind, list[Values]]] = []
        self.revision: int | None = None

    def record(self, kind: ChangeKind, *subjects: Subject) -> None:
        """Add one change, all of whose subjects changed as one."""
        self.recorded.append((kind, [subject.plain for subject in subjects]))

    async def append(self) -> None:
        """Take revisions for what was recorded, derive what follows, and write all. Then only COMMIT may follow."""
        if not self.recorded:
            return
        await custom_fields.keep_values(self.account_id, self._subjects())
        self.revision = await _advance(self.account_id, len(self.recorded))
        for derivation in _derivations:
            await derivation(self)
        await formulas.keep_results(self.account_id, self._subjects())
        await self._write(self.revision - len(self.recorded) + 1)

    def _subjects(self) -> Iterator[Values]:
        return (subject for _, subjects in self.recorded for subject in subjects)

    async def _write(self, first: int) -> None:
        at = now()
        await Change.bulk_create(
            [
                Change(
                    account_id=self.account_id,
                    revision=first + offset,
                    at=at,
                    actor_id=self._actor_id,
                    client_mutation_id=self._mutation_id,
                    kind=kind,
                    way=self._way,
                    subjects=subjects,
                )
                for offset, (kind, subjects) in enumerate(self.recorded)
            ]
        )
        common = {"account_id": self.account_id, "actor_id": self._actor_id, "way": self._way, "at": at}
        entries = [
            DealLogEntry(**common, revision=first + offset, **columns)
            for offset, (_, subjects) in enumerate(self.recorded)
            for columns in changelog.entries_of(subjects)
        ]
        await DealLogEntry.bulk_create(entries)


async def _advance(account_id: UUID, count: int) -> int:
    """Lock the account's row, count its revision up, and return the last one taken."""
    connection = connections.get("default")
    one, two = ("$1", "$2") if database.current().dialect == "postgres" else ("?", "?")
    statement = f"UPDATE accounts SET revision = revision + {one} WHERE id = {two} RETURNING revision"
    rows = await connection.execute_query_dict(statement, [count, str(account_id)])
    return int(rows[0]["revision"])


Derivation = Callable[[Ledger], Awaitable[None]]
_derivations: list[Derivation] = []


def derive(derivation: Derivation) -> Derivation:
    """Have this work out, in every write transaction, what follows from its changes.

    It runs once the account's row is held, so that no other transaction of the account comes between.
    """
    _derivations.append(derivation)
    return derivation


_committed: list[Callable[[UUID], None]] = []


def on_commit(listener: Callable[[UUID], None]) -> Callable[[], None]:
    """Call `listener(account_id)` after each commit of changes; returns the way to stop it.

    It is a wake-up only: it carries no data, and whoever misses one finds the change in the log.
    """
    _committed.append(listener)
    return lambda: _committed.remove(listener)


@asynccontextmanager
async def write(
    account_id: UUID, actor_id: UUID | None, client_mutation_id: str | None = None, way: Way = Way.SYSTEM
) -> AsyncIterator[Ledger]:
    """One write transaction with its ledger. An exception undoes everything and appends nothing."""
    ledger = Ledger(account_id, actor_id, client_mutation_id, way)
    async with database.transaction():
        yield ledger
        await ledger.append()
    if ledger.revision is not None:
        for listener in list(_committed):
            listener(account_id)


async def revision_of(account_id: UUID) -> int:
    """The revision of the account's latest change; 0 before the first."""
    async with database.snapshot(single=True) as snapshot:
        one = "$1" if snapshot.dialect == "postgres" else ":p1"
        statement = f"SELECT revision FROM accounts WHERE id = {one}"
        rows = await snapshot.run(one_step(statement, [str(account_id)]), brief=True)
    return int(rows[0][0])


async def read_after(account_id: UUID, revision: int, limit: int = 500) -> Sequence[Change]:
    """The next changes after a revision, in order, at most `limit`."""
    return await Change.filter(account_id=account_id, revision__gt=revision).order_by("revision").limit(limit)


async def oldest_kept(account_id: UUID) -> int | None:
    """The lowest revision that is still kept; null where the log is empty."""
    first = await Change.filter(account_id=account_id).order_by("revision").first()
    return None if first is None else first.revision


async def forget_before(account_id: UUID, instant: datetime) -> int:
    """Delete the changes made before an instant (retention); returns how many."""
    return await Change.filter(account_id=account_id, at__lt=instant).delete()
