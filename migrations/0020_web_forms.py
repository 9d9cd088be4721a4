"""Web forms, their questions and owners, and what visitors sent."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values, unique

MEANINGS = "TITLE PERSON_NAME EMAIL PHONE ORGANIZATION_NAME WEBSITE ADDRESS VALUE MESSAGE CUSTOM_FIELD"


class Migration(migrations.Migration):
    """Four tables."""

    dependencies = [("models", "0019_mail")]
    operations = [
        ops.CreateModel(
            name="WebForm",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("key", fields.CharField(max_length=32)),
                ("name", fields.CharField(max_length=255)),
                ("language", fields.CharField(max_length=4)),
                ("target", fields.CharField(max_length=4)),
                ("stage_id", fields.UUIDField(null=True)),
                ("intro", fields.TextField(null=True)),
                ("button", fields.CharField(max_length=64, null=True)),
                ("consent_text", fields.TextField(null=True)),
                ("thanks", fields.TextField(null=True)),
                ("redirect_url", fields.CharField(max_length=1000, null=True)),
                ("is_active", fields.BooleanField(default=True)),
                ("turn", fields.IntField(default=0)),
                ("version", fields.IntField()),
                ("created_at", fields.DatetimeField()),
                ("updated_at", fields.DatetimeField()),
            ],
            options={"table": "web_forms", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="WebFormField",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("form_id", fields.UUIDField()),
                ("position", fields.IntField()),
                ("label", fields.CharField(max_length=255)),
                ("meaning", fields.CharField(max_length=17)),
                ("custom_field_id", fields.UUIDField(null=True)),
                ("is_required", fields.BooleanField(default=False)),
            ],
            options={"table": "web_form_fields", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="WebFormOwner",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("form_id", fields.UUIDField()),
                ("user_id", fields.UUIDField()),
                ("position", fields.IntField()),
            ],
            options={"table": "web_form_owners", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="FormSubmission",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("form_id", fields.UUIDField()),
                ("key", fields.CharField(max_length=64)),
                ("lead_id", fields.UUIDField(null=True)),
                ("deal_id", fields.UUIDField(null=True)),
                ("consent_text", fields.TextField(null=True)),
                ("at", fields.DatetimeField()),
            ],
            options={"table": "form_submissions", "app": "models", "pk_attr": "id"},
        ),
        Constrain(
            one_of_values("web_forms", "language", "EN PL"),
            one_of_values("web_forms", "target", "LEAD DEAL"),
            Check("web_forms", "with_stage", "(target = 'DEAL') = (stage_id IS NOT NULL)"),
            Check("web_forms", "version_positive", "version >= 1"),
            unique("web_forms", "key"),
            unique("web_forms", "account_id, id"),
            Index("web_forms", "stage_id", where="stage_id IS NOT NULL"),
            Reference("web_forms", "account_id", "accounts", "id"),
            Reference("web_forms", "account_id, stage_id", "stages"),
            one_of_values("web_form_fields", "meaning", MEANINGS),
            Check(
                "web_form_fields",
                "names_custom_field",
                "(meaning = 'CUSTOM_FIELD') = (custom_field_id IS NOT NULL)",
            ),
            unique("web_form_fields", "form_id, position"),
            Index("web_form_fields", "custom_field_id", where="custom_field_id IS NOT NULL"),
            Reference("web_form_fields", "account_id, form_id", "web_forms"),
            Reference("web_form_fields", "account_id, custom_field_id", "custom_fields"),
            unique("web_form_owners", "form_id, user_id"),
            Index("web_form_owners", "user_id"),
            Reference("web_form_owners", "account_id, form_id", "web_forms"),
            Reference("web_form_owners", "account_id, user_id", "users"),
            Check("form_submissions", "became_one", "(lead_id IS NULL) <> (deal_id IS NULL)"),
            unique("form_submissions", "form_id, key"),
            Index("form_submissions", "form_id, at, id"),
            Index("form_submissions", "lead_id", where="lead_id IS NOT NULL"),
            Index("form_submissions", "deal_id", where="deal_id IS NOT NULL"),
            Reference("form_submissions", "account_id, form_id", "web_forms"),
            Reference("form_submissions", "account_id, lead_id", "leads"),
            Reference("form_submissions", "account_id, deal_id", "deals"),
        ),
    ]
