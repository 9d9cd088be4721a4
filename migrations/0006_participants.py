"""Who else is in a deal: participants and followers."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Index, Reference, unique


class Migration(migrations.Migration):
    """Two tables that link deals to people and to users."""

    dependencies = [("models", "0005_kinds")]
    operations = [
        ops.CreateModel(
            name="Participant",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("deal_id", fields.UUIDField()),
                ("person_id", fields.UUIDField()),
                ("added_at", fields.DatetimeField()),
            ],
            options={"table": "deal_participants", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="Follower",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("deal_id", fields.UUIDField()),
                ("user_id", fields.UUIDField()),
                ("added_at", fields.DatetimeField()),
            ],
            options={"table": "deal_followers", "app": "models", "pk_attr": "id"},
        ),
        Constrain(
            unique("deal_participants", "deal_id, person_id"),
            Index("deal_participants", "person_id"),
            Reference("deal_participants", "account_id, deal_id", "deals"),
            Reference("deal_participants", "account_id, person_id", "people"),
            unique("deal_followers", "deal_id, user_id"),
            Index("deal_followers", "user_id"),
            Reference("deal_followers", "account_id, deal_id", "deals"),
            Reference("deal_followers", "account_id, user_id", "users"),
        ),
    ]
