"""Web forms: pages on which visitors leave what becomes a lead or a deal."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, now, one_of


class FormLanguage(StrEnum):
    """What a form's own texts are in."""

    EN = "EN"
    PL = "PL"


class FormTarget(StrEnum):
    """What a submission becomes."""

    LEAD = "LEAD"
    DEAL = "DEAL"


class FormMeaning(StrEnum):
    """What a visitor's answer is kept as, which also says what it is asked with."""

    TITLE = "TITLE"
    PERSON_NAME = "PERSON_NAME"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    ORGANIZATION_NAME = "ORGANIZATION_NAME"
    WEBSITE = "WEBSITE"
    ADDRESS = "ADDRESS"
    VALUE = "VALUE"
    MESSAGE = "MESSAGE"
    CUSTOM_FIELD = "CUSTOM_FIELD"


class WebForm(AccountRow):
    """A form. `key` is its public address; `turn` counts submissions, which the owners take in turn."""

    key = fields.CharField(max_length=32)
    name = fields.CharField(max_length=255)
    language = one_of(FormLanguage, max_length=4)
    target = one_of(FormTarget, max_length=4)
    stage_id = fields.UUIDField(null=True)
    intro = fields.TextField(null=True)
    button = fields.CharField(max_length=64, null=True)
    consent_text = fields.TextField(null=True)
    thanks = fields.TextField(null=True)
    redirect_url = fields.CharField(max_length=1000, null=True)
    is_active = fields.BooleanField(default=True)
    turn = fields.IntField(default=0)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(default=now)
    updated_at = fields.DatetimeField(default=now)

    class Meta:
        table = "web_forms"


class WebFormField(AccountRow):
    """A question of a form, asked in order of position."""

    form_id = fields.UUIDField()
    position = fields.IntField()
    label = fields.CharField(max_length=255)
    meaning = one_of(FormMeaning, max_length=17)
    custom_field_id = fields.UUIDField(null=True)
    is_required = fields.BooleanField(default=False)

    class Meta:
        table = "web_form_fields"


class WebFormOwner(AccountRow):
    """A user who owns what the form makes, in turn with the others, in order of position."""

    form_id = fields.UUIDField()
    user_id = fields.UUIDField()
    position = fields.IntField()

    class Meta:
        table = "web_form_owners"


class FormSubmission(AccountRow):
    """What a visitor sent, once by its `key`: the consent as it read then, and what became of it."""

    form_id = fields.UUIDField()
    key = fields.CharField(max_length=64)
    lead_id = fields.UUIDField(null=True)
    deal_id = fields.UUIDField(null=True)
    consent_text = fields.TextField(null=True)
    at = fields.DatetimeField(default=now)

    class Meta:
        table = "form_submissions"
