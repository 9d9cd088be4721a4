"""Accounts (tenants), the plans they are on, and how much of a plan is used."""

from tortoise import fields
from tortoise.models import Model

from models.base import Row, now


class Plan(Model):
    """A plan as data: how many open deals an account on it may have."""

    name = fields.CharField(primary_key=True, max_length=32)
    open_deal_limit = fields.IntField(null=True)

    class Meta:
        table = "plans"


class Account(Row):
    """A tenant. `revision` is the revision of its latest change; a demo's users may be signed in as by anyone."""

    name = fields.CharField(max_length=255)
    currency = fields.CharField(max_length=3)
    plan_name = fields.CharField(max_length=32)
    revision = fields.BigIntField(default=0)
    is_demo = fields.BooleanField(default=False, db_default=False)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "accounts"


class PlanUsage(Model):
    """The open deals of an account, counted in the transaction that opens or closes them.

    It is a row of its own so that counting does not hold the account's row, which every
    change locks last.
    """

    account_id = fields.UUIDField(primary_key=True)
    open_deals = fields.IntField(default=0)

    class Meta:
        table = "plan_usages"
