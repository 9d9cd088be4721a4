"""What leads and deals have in common."""

from enum import StrEnum

from tortoise import fields

from models.base import Record, one_of
from models.custom_fields import Values


class OpportunitySource(StrEnum):
    """How a lead or a deal came to be."""

    MANUAL = "MANUAL"
    API = "API"
    IMPORT = "IMPORT"
    WEB_FORM = "WEB_FORM"
    CHATBOT = "CHATBOT"
    LIVE_CHAT = "LIVE_CHAT"
    PROSPECTOR = "PROSPECTOR"
    CONVERSION = "CONVERSION"


class Opportunity(Record):
    """The columns that a lead and a deal share; a conversion copies them.

    `value_minor` is in the currency's minor units and null together with `currency`. `custom` has
    the values of custom fields, see `models.custom_fields`.
    `removed_at` is when it was deleted or became the other kind; such a row is a tombstone.
    """

    title = fields.CharField(max_length=255)
    folded_title = fields.CharField(max_length=512)
    value_minor = fields.BigIntField(null=True)
    currency = fields.CharField(max_length=3, null=True)
    person_id = fields.UUIDField(null=True)
    organization_id = fields.UUIDField(null=True)
    source = one_of(OpportunitySource, max_length=10)
    expected_close_date = fields.DateField(null=True)
    next_activity_id = fields.UUIDField(null=True)
    next_activity_at = fields.DatetimeField(null=True)
    custom = fields.JSONField[Values](default=dict, db_default={})
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        abstract = True
