"""Files, the uploads they come from, and the key that links are signed with."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values, unique

PARENTS = ("deal_id", "person_id", "organization_id", "message_id")
ONE_PARENT = " + ".join(f"(CASE WHEN {parent} IS NULL THEN 0 ELSE 1 END)" for parent in PARENTS) + " = 1"


class Migration(migrations.Migration):
    """Three tables."""

    dependencies = [("models", "0010_custom_fields")]
    operations = [
        ops.CreateModel(
            name="SigningKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("name", fields.CharField(max_length=16)),
                ("secret", fields.CharField(max_length=64)),
            ],
            options={"table": "signing_keys", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="Upload",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("user_id", fields.UUIDField(null=True)),
                ("name", fields.CharField(max_length=255)),
                ("status", fields.CharField(max_length=8)),
                ("token_hash", fields.CharField(max_length=64, null=True)),
                ("size", fields.BigIntField(null=True)),
                ("sha256", fields.CharField(max_length=64, null=True)),
                ("media_type", fields.CharField(max_length=127, null=True)),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "uploads", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="File",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("name", fields.CharField(max_length=255)),
                ("size", fields.BigIntField()),
                ("sha256", fields.CharField(max_length=64)),
                ("media_type", fields.CharField(max_length=127)),
                ("deal_id", fields.UUIDField(null=True)),
                ("person_id", fields.UUIDField(null=True)),
                ("organization_id", fields.UUIDField(null=True)),
                ("message_id", fields.UUIDField(null=True)),
                ("uploader_id", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField()),
                ("removed_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "files", "app": "models", "pk_attr": "id"},
        ),
        Constrain(
            unique("signing_keys", "name"),
            one_of_values("uploads", "status", "WAITING ARRIVING STORED"),
            Check("uploads", "known_once_stored", "status <> 'STORED' OR (size IS NOT NULL AND sha256 IS NOT NULL)"),
            Index("uploads", "user_id"),
            Index("uploads", "created_at"),
            unique("uploads", "token_hash", where="token_hash IS NOT NULL"),
            Reference("uploads", "account_id, user_id", "users"),
            Check("files", "one_parent", ONE_PARENT),
            Check("files", "size_not_negative", "size >= 0"),
            *(Index("files", f"{parent}, created_at, id", where=f"{parent} IS NOT NULL") for parent in PARENTS[:3]),
            Index("files", "uploader_id", where="uploader_id IS NOT NULL"),
            Index("files", "removed_at", where="removed_at IS NOT NULL"),
            Reference("files", "account_id, deal_id", "deals"),
            Reference("files", "account_id, person_id", "people"),
            Reference("files", "account_id, organization_id", "organizations"),
            Reference("files", "account_id, uploader_id", "users"),
        ),
    ]
