"""Deals: opportunities in a pipeline."""

from enum import StrEnum

from tortoise import fields

from models.base import now, one_of
from models.formulas import Results
from models.opportunities import Opportunity


class DealStatus(StrEnum):
    """Where a deal stands."""

    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


class Deal(Opportunity):
    """An opportunity in a stage. `source_lead_id` is unique: one lead, at most one deal.

    `probability` is the deal's own, in percent; null: its stage's. `formulas` has what formulas
    come to for it, see `models.formulas`. The recurring figures are in minor units of `currency`;
    they are null together, exactly where the deal has no lines of products. With lines,
    `value_minor` is their total (`resolvers.sales`). `import_key` is as a lead's.
    """

    pipeline_id = fields.UUIDField()
    stage_id = fields.UUIDField()
    status = one_of(DealStatus, default=DealStatus.OPEN, max_length=4)
    stage_entered_at = fields.DatetimeField(default=now)
    probability = fields.IntField(null=True)
    closed_at = fields.DatetimeField(null=True)
    lost_reason = fields.CharField(max_length=1000, null=True)
    last_activity_at = fields.DatetimeField(null=True)
    source_lead_id = fields.UUIDField(null=True)
    import_key = fields.CharField(max_length=64, null=True)
    formulas = fields.JSONField[Results](default=dict, db_default={})
    mrr_minor = fields.BigIntField(null=True)
    arr_minor = fields.BigIntField(null=True)
    acv_minor = fields.BigIntField(null=True)

    class Meta:
        table = "deals"


VALUE = ("value_minor", "currency")


def has_lines(deal: Deal) -> bool:
    """Whether a deal sells products, so that its value is what they come to."""
    return deal.mrr_minor is not None
