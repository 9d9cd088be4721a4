"""Imports of files, and how far each has come."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import AccountRow, now, one_of
from models.import_kinds import ImportKind


class ImportStatus(StrEnum):
    """Where an import stands."""

    UPLOADED = "UPLOADED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Import(AccountRow):
    """One file of records. `path` is where it lies in the storage, empty once it is swept; counts are of rows.

    `wanted` says which companies of a register become leads; null: the file is no register.
    """

    user_id = fields.UUIDField()
    file_name = fields.CharField(max_length=255)
    path = fields.CharField(max_length=255)
    kind = one_of(ImportKind, default=ImportKind.LEADS, db_default=ImportKind.LEADS, max_length=13)
    status = one_of(ImportStatus, default=ImportStatus.UPLOADED, max_length=9)
    is_dry_run = fields.BooleanField(default=False)
    mapping = fields.JSONField[dict[str, str]](default=dict)
    wanted = fields.JSONField[dict[str, Any]](null=True)
    rows_read = fields.IntField(default=0)
    rows_created = fields.IntField(default=0)
    rows_updated = fields.IntField(default=0, db_default=0)
    rows_unchanged = fields.IntField(default=0)
    rows_skipped = fields.IntField(default=0)
    failure = fields.CharField(max_length=1000, null=True)
    created_at = fields.DatetimeField(default=now)
    finished_at = fields.DatetimeField(null=True)
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        table = "imports"
