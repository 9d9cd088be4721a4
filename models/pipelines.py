"""Pipelines and their stages."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow


class DealField(StrEnum):
    """What a stage may require a deal to have."""

    VALUE = "VALUE"
    EXPECTED_CLOSE_DATE = "EXPECTED_CLOSE_DATE"
    PERSON = "PERSON"
    ORGANIZATION = "ORGANIZATION"


class Pipeline(AccountRow):
    """An ordered set of stages; exactly one of an account is the default."""

    name = fields.CharField(max_length=255)
    position = fields.IntField()
    is_default = fields.BooleanField(default=False)

    class Meta:
        table = "pipelines"


class Stage(AccountRow):
    """A step of a pipeline. `required_fields` holds the DealFields a deal must have to enter it."""

    pipeline_id = fields.UUIDField()
    name = fields.CharField(max_length=255)
    position = fields.IntField()
    probability = fields.IntField(default=100)
    rotten_after_days = fields.IntField(null=True)
    required_fields = fields.JSONField[list[str]](default=list)

    class Meta:
        table = "stages"
