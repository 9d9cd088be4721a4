"""Custom fields: what an account keeps of its leads and deals beside what every account does.

The values of a lead or a deal are in its own row, in `custom`: whatever copies, snapshots or logs
the row has them too. `custom_field_values` says the same value by value, to be read, filtered and
ordered by; it is written anew, from the log's subjects, whenever `custom` has changed.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import AccountRow, one_of

# The values of one record by the field's key: one value, or several where the field takes several.
# A value is the columns of `CustomFieldValue` that it fills, as JSON.
Value = dict[str, str]
Values = dict[str, list[Value]]


class CustomFieldType(StrEnum):
    """What a custom field holds."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    MONEY = "MONEY"
    DATE = "DATE"
    OPTION = "OPTION"
    MULTI_OPTION = "MULTI_OPTION"
    PERSON = "PERSON"
    ORGANIZATION = "ORGANIZATION"
    USER = "USER"


class CustomField(AccountRow):
    """A field of leads and deals. One with `removed_at` is shown nowhere, and keeps its values."""

    name = fields.CharField(max_length=64)
    folded_name = fields.CharField(max_length=128)
    type = one_of(CustomFieldType, max_length=12)
    position = fields.IntField()
    is_required = fields.BooleanField(default=False)
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "custom_fields"


class CustomFieldOption(AccountRow):
    """What can be chosen in an option field. One with `removed_at` stays on the values that have it."""

    field_id = fields.UUIDField()
    name = fields.CharField(max_length=255)
    folded_name = fields.CharField(max_length=512, db_default="")
    position = fields.IntField()
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "custom_field_options"


class StageCustomField(AccountRow):
    """A custom field that a deal must have to enter a stage."""

    stage_id = fields.UUIDField()
    field_id = fields.UUIDField()

    class Meta:
        table = "stage_custom_fields"


class CustomFieldValue(AccountRow):
    """One value of a lead or a deal; a field with several options chosen has several, by their `place`.

    Numbers and amounts are exact decimals as text. `sort_key` sorts as the values of the field do.
    """

    field_id = fields.UUIDField()
    lead_id = fields.UUIDField(null=True)
    deal_id = fields.UUIDField(null=True)
    place = fields.IntField(default=0)
    text = fields.CharField(max_length=255, null=True)
    number = fields.CharField(max_length=32, null=True)
    amount = fields.CharField(max_length=32, null=True)
    currency = fields.CharField(max_length=3, null=True)
    day = fields.CharField(max_length=10, null=True)
    option_id = fields.UUIDField(null=True)
    person_id = fields.UUIDField(null=True)
    organization_id = fields.UUIDField(null=True)
    user_id = fields.UUIDField(null=True)
    sort_key = fields.CharField(max_length=512)

    class Meta:
        table = "custom_field_values"


async def keep_values(account_id: UUID, subjects: Iterable[Mapping[str, Any]]) -> None:
    """Write the values of the leads and deals among these subjects anew, where they have changed."""
    changed = {"lead": dict[str, Values](), "deal": dict[str, Values]()}
    for subject in subjects:
        before, after = subject["before"] or {}, subject["after"]
        if subject["type"] in changed and after and before.get("custom", {}) != after.get("custom", {}):
            changed[subject["type"]][subject["id"]] = after["custom"]
    for kind, records in changed.items():
        if records:
            owner = f"{kind}_id"
            await CustomFieldValue.filter(**{f"{owner}__in": list(records)}).delete()
            await CustomFieldValue.bulk_create(
                [
                    CustomFieldValue(account_id=account_id, field_id=key, place=place, **{owner: record}, **value)
                    for record, custom in records.items()
                    for key, values in custom.items()
                    for place, value in enumerate(values)
                ]
            )
