"""Signing in: passwords, sessions, failed attempts, the demo's accounts; and which way a change came in."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Index, Reference, one_of_values, unique


class Migration(migrations.Migration):
    """The tables, and the columns beside them."""

    dependencies = [("models", "0007_projects")]
    operations = [
        ops.CreateModel(
            name="Password",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("user_id", fields.UUIDField()),
                ("hash", fields.CharField(max_length=255)),
                ("set_at", fields.DatetimeField()),
            ],
            options={"table": "passwords", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("user_id", fields.UUIDField()),
                ("hash", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField()),
                ("used_at", fields.DatetimeField()),
                ("expires_at", fields.DatetimeField()),
                ("ended_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "sessions", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="SignInAttempt",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("email_hash", fields.CharField(max_length=64)),
                ("address_hash", fields.CharField(max_length=64)),
                ("at", fields.DatetimeField()),
            ],
            options={"table": "sign_in_attempts", "app": "models", "pk_attr": "id"},
        ),
        ops.AddField("Account", "is_demo", fields.BooleanField(default=False, db_default=False)),
        ops.AddField("Change", "way", fields.CharField(max_length=8, null=True)),
        Constrain(
            unique("passwords", "user_id"),
            Reference("passwords", "account_id, user_id", "users"),
            unique("sessions", "hash"),
            Index("sessions", "user_id"),
            Index("sessions", "expires_at"),
            Index("sessions", "ended_at", where="ended_at IS NOT NULL"),
            Reference("sessions", "account_id, user_id", "users"),
            Index("tokens", "revoked_at", where="revoked_at IS NOT NULL"),
            Index("sign_in_attempts", "email_hash, at"),
            Index("sign_in_attempts", "address_hash, at"),
            Index("sign_in_attempts", "at"),
            one_of_values("changes", "way", "API BOARD IMPORT FORM CHAT MAIL SYSTEM"),
        ),
    ]
