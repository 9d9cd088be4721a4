"""Chats with visitors: their definitions, conversations and what was said."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values, unique


class Migration(migrations.Migration):
    """Three tables."""

    dependencies = [("models", "0021_imports")]
    operations = [
        ops.CreateModel(
            name="Chat",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("key", fields.CharField(max_length=32)),
                ("name", fields.CharField(max_length=255)),
                ("language", fields.CharField(max_length=4)),
                ("greeting", fields.TextField(null=True)),
                ("steps", fields.JSONField(default=list)),
                ("owner_id", fields.UUIDField()),
                ("is_active", fields.BooleanField(default=True)),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "chats", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="Conversation",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("chat_id", fields.UUIDField()),
                ("status", fields.CharField(max_length=6)),
                ("assignee_id", fields.UUIDField(null=True)),
                ("lead_id", fields.UUIDField(null=True)),
                ("step", fields.CharField(max_length=64, null=True)),
                ("answers", fields.JSONField(default=dict)),
                ("created_at", fields.DatetimeField()),
                ("updated_at", fields.DatetimeField()),
            ],
            options={"table": "conversations", "app": "models", "pk_attr": "id"},
        ),
        ops.CreateModel(
            name="ChatMessage",
            fields=[
                ("id", fields.UUIDField(primary_key=True)),
                ("account_id", fields.UUIDField()),
                ("conversation_id", fields.UUIDField()),
                ("number", fields.IntField()),
                ("author", fields.CharField(max_length=7)),
                ("agent_id", fields.UUIDField(null=True)),
                ("body", fields.TextField()),
                ("at", fields.DatetimeField()),
            ],
            options={"table": "chat_messages", "app": "models", "pk_attr": "id"},
        ),
        Constrain(
            one_of_values("chats", "language", "EN PL"),
            unique("chats", "key"),
            unique("chats", "account_id, id"),
            Index("chats", "owner_id"),
            Reference("chats", "account_id, owner_id", "users"),
            one_of_values("conversations", "status", "OPEN CLOSED"),
            unique("conversations", "account_id, id"),
            Index("conversations", "account_id, updated_at, id"),
            Index("conversations", "chat_id"),
            Index("conversations", "assignee_id", where="assignee_id IS NOT NULL"),
            Index("conversations", "lead_id", where="lead_id IS NOT NULL"),
            Reference("conversations", "account_id, chat_id", "chats"),
            Reference("conversations", "account_id, assignee_id", "users"),
            Reference("conversations", "account_id, lead_id", "leads"),
            one_of_values("chat_messages", "author", "VISITOR BOT AGENT"),
            Check("chat_messages", "by_an_agent", "author = 'AGENT' OR agent_id IS NULL"),
            unique("chat_messages", "conversation_id, number"),
            Index("chat_messages", "agent_id", where="agent_id IS NOT NULL"),
            Reference("chat_messages", "account_id, conversation_id", "conversations"),
            Reference("chat_messages", "account_id, agent_id", "users"),
        ),
    ]
