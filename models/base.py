"""What every table has in common: a time-ordered key, an account, UTC instants."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from tortoise import fields
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.models import Model
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new primary key: UUIDv7, so that keys sort by the time they were made."""
    return uuid7()


def now() -> datetime:
    """The current instant in UTC, the only zone that is ever stored."""
    return datetime.now(UTC)


EnumT = TypeVar("EnumT", bound=StrEnum)


class _OneOf(CharEnumFieldInstance):
    """To migrations a plain text column: an enum that grows alters no column, only its check."""

    def __init__(self, enum_type: type[StrEnum], **options: Any) -> None:
        super().__init__(enum_type, **options)
        self.description = None

    def describe(self, serializable: bool) -> dict[str, Any]:
        return super().describe(serializable) | {"field_type": "CharField" if serializable else fields.CharField}

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        options: dict[str, Any] = {"max_length": self.max_length} | ({"null": True} if self.null else {})
        options |= {"db_default": str(self.db_default)} if self.has_db_default() else {}
        return "tortoise.fields.data.CharField", [], options


def one_of(
    enum_type: type[EnumT],
    *,
    max_length: int,
    default: EnumT | None = None,
    db_default: EnumT | None = None,
    null: bool = False,
) -> "fields.Field[EnumT]":
    """A text column that holds the values of an enum; the database checks them too.

    `db_default` is what rows have that were there before the column.
    """
    defaults = {"default": default, "db_default": db_default}
    options: dict[str, Any] = {"null": null} | {name: each for name, each in defaults.items() if each is not None}
    return _OneOf(enum_type, max_length=max_length, **options)


class Visibility(StrEnum):
    """Who in the account sees a record, beside admins and its owner."""

    OWNER = "OWNER"
    TEAM = "TEAM"
    EVERYONE = "EVERYONE"


class Row(Model):
    """A table row with a UUIDv7 key."""

    id = fields.UUIDField(primary_key=True, default=new_id)

    class Meta:
        abstract = True


class AccountRow(Row):
    """A row that belongs to one account and is never seen by another."""

    account_id = fields.UUIDField()

    class Meta:
        abstract = True


class Versioned(AccountRow):
    """A row that people update under its version."""

    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(default=now)
    updated_at = fields.DatetimeField(default=now)

    class Meta:
        abstract = True


class Record(Versioned):
    """A row that people own, and see by its visibility."""

    owner_id = fields.UUIDField()
    visibility = one_of(Visibility, default=Visibility.EVERYONE, max_length=8)

    class Meta:
        abstract = True
