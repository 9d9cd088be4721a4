"""Activities: what is to be done, or was done, about a lead or a deal."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, now, one_of


class ActivityType(StrEnum):
    """The kind of an activity."""

    CALL = "CALL"
    MEETING = "MEETING"
    TASK = "TASK"
    DEADLINE = "DEADLINE"
    EMAIL = "EMAIL"
    LUNCH = "LUNCH"


class Activity(AccountRow):
    """Something to do on exactly one lead or deal; undone while `done_at` is null. `import_key` is as a lead's."""

    lead_id = fields.UUIDField(null=True)
    deal_id = fields.UUIDField(null=True)
    subject = fields.CharField(max_length=255)
    type = one_of(ActivityType, max_length=8)
    due_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)
    assignee_id = fields.UUIDField()
    created_at = fields.DatetimeField(default=now)
    import_key = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "activities"
