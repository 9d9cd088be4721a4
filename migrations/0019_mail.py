"""E-mail: messages and all that belongs to them, and the queue of those to send."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, one_of_values, unique

_ONE_OPPORTUNITY = "(lead_id IS NULL) <> (deal_id IS NULL)"


def _table(name: str, table: str, *columns: tuple[str, fields.Field]) -> ops.CreateModel:
    common = [("id", fields.UUIDField(primary_key=True)), ("account_id", fields.UUIDField())]
    return ops.CreateModel(
        name=name, fields=[*common, *columns], options={"table": table, "app": "models", "pk_attr": "id"}
    )


class Migration(migrations.Migration):
    """Six tables."""

    dependencies = [("models", "0018_merges")]
    operations = [
        _table("MailThread", "mail_threads", ("created_at", fields.DatetimeField())),
        _table(
            "MailMessage",
            "mail_messages",
            ("thread_id", fields.UUIDField()),
            ("header_id", fields.CharField(max_length=512)),
            ("digest", fields.CharField(max_length=64)),
            ("status", fields.CharField(max_length=8)),
            ("subject", fields.CharField(max_length=512)),
            ("snippet", fields.CharField(max_length=225)),
            ("author_id", fields.UUIDField(null=True)),
            ("failure", fields.CharField(max_length=512, null=True)),
            ("at", fields.DatetimeField()),
        ),
        _table(
            "MailBody",
            "mail_bodies",
            ("message_id", fields.UUIDField()),
            ("text", fields.TextField()),
            ("html", fields.TextField(null=True)),
            ("in_reply_to", fields.CharField(max_length=512, null=True)),
        ),
        _table(
            "MailParty",
            "mail_parties",
            ("message_id", fields.UUIDField()),
            ("role", fields.CharField(max_length=4)),
            ("address", fields.CharField(max_length=320)),
            ("name", fields.CharField(max_length=255, null=True)),
            ("position", fields.IntField()),
        ),
        _table(
            "MailLink",
            "mail_links",
            ("message_id", fields.UUIDField()),
            ("lead_id", fields.UUIDField(null=True)),
            ("deal_id", fields.UUIDField(null=True)),
        ),
        _table(
            "MailDelivery",
            "mail_deliveries",
            ("message_id", fields.UUIDField()),
            ("attempts", fields.IntField()),
            ("due_at", fields.DatetimeField()),
        ),
        Constrain(
            unique("mail_threads", "account_id, id"),
            Reference("mail_threads", "account_id", "accounts", "id"),
            Index("mail_threads", "account_id"),
            one_of_values("mail_messages", "status", "RECEIVED QUEUED SENT FAILED"),
            unique("mail_messages", "account_id, id"),
            unique("mail_messages", "account_id, digest"),
            Index("mail_messages", "account_id, header_id"),
            Index("mail_messages", "thread_id, at"),
            Reference("mail_messages", "account_id, thread_id", "mail_threads"),
            Reference("mail_messages", "account_id, author_id", "users", looked_up=False),
            Index("mail_bodies", "message_id"),
            Reference("mail_bodies", "account_id, message_id", "mail_messages"),
            one_of_values("mail_parties", "role", "FROM TO CC BCC"),
            Index("mail_parties", "message_id, position"),
            Index("mail_parties", "account_id, address"),
            Reference("mail_parties", "account_id, message_id", "mail_messages"),
            Check("mail_links", "on_one_opportunity", _ONE_OPPORTUNITY),
            Index("mail_links", "message_id"),
            Index("mail_links", "lead_id", where="lead_id IS NOT NULL"),
            Index("mail_links", "deal_id", where="deal_id IS NOT NULL"),
            Reference("mail_links", "account_id, message_id", "mail_messages"),
            Reference("mail_links", "account_id, lead_id", "leads"),
            Reference("mail_links", "account_id, deal_id", "deals"),
            Check("mail_deliveries", "attempts_not_negative", "attempts >= 0"),
            Index("mail_deliveries", "due_at"),
            Index("mail_deliveries", "message_id"),
            Reference("mail_deliveries", "account_id, message_id", "mail_messages"),
            Index("files", "message_id", where="message_id IS NOT NULL"),
            Reference("files", "account_id, message_id", "mail_messages"),
        ),
    ]
