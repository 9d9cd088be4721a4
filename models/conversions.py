"""Conversions of leads into deals, and the leads that wait for a place under the plan."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import AccountRow, now, one_of
from models.ways import Way


class ConversionRunStatus(StrEnum):
    """Where a conversion of many leads stands."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Conversion(AccountRow):
    """One lead that became a deal, with what undoing it needs.

    `moved` lists the ids of the notes and activities that changed hands, of the people and
    organizations given to a deal that had none, and of the participants it got; `into_existing`
    says that the deal was there before, so that an undo leaves it. At most one conversion of a
    lead is not undone; the database insists.
    """

    lead_id = fields.UUIDField()
    deal_id = fields.UUIDField()
    by_id = fields.UUIDField()
    at = fields.DatetimeField(default=now)
    into_existing = fields.BooleanField(default=False)
    deal_version = fields.IntField()
    moved = fields.JSONField[dict[str, list[str]]](default=dict)
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        table = "conversions"


class WaitingConversion(AccountRow):
    """A lead that waits for a place under the plan, in the order of its UUIDv7 key."""

    lead_id = fields.UUIDField()
    requested_by_id = fields.UUIDField()
    request = fields.JSONField[dict[str, Any]](default=dict)

    class Meta:
        table = "waiting_conversions"


class ConversionRun(AccountRow):
    """A conversion of many leads that goes on beside the requests; counts are of leads."""

    user_id = fields.UUIDField()
    way = one_of(Way, max_length=8)
    request = fields.JSONField[dict[str, Any]](default=dict)
    status = one_of(ConversionRunStatus, default=ConversionRunStatus.RUNNING, max_length=9)
    leads_total = fields.IntField()
    leads_done = fields.IntField(default=0)
    leads_converted = fields.IntField(default=0)
    failure = fields.CharField(max_length=1000, null=True)
    created_at = fields.DatetimeField(default=now)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "conversion_runs"


class ConversionResult(AccountRow):
    """What became of the lead in this place of a run, as `resolvers.conversion_reports` writes it."""

    run_id = fields.UUIDField()
    place = fields.IntField()
    result = fields.JSONField[list[Any]](default=list)

    class Meta:
        table = "conversion_results"


class IdempotencyKey(AccountRow):
    """The first answer to a keyed command, kept 24 hours."""

    user_id = fields.UUIDField()
    command = fields.CharField(max_length=32)
    key = fields.CharField(max_length=255)
    input_hash = fields.CharField(max_length=64)
    answer = fields.JSONField[dict[str, Any]](default=dict)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "idempotency_keys"
