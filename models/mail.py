"""E-mail: messages, who they are from and to, what they hang on, and those that wait to be sent."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, now, one_of


class MailStatus(StrEnum):
    """How a message stands: one that came, or one that goes."""

    RECEIVED = "RECEIVED"
    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


class PartyRole(StrEnum):
    """What somebody is in a message."""

    FROM = "FROM"
    TO = "TO"
    CC = "CC"
    BCC = "BCC"


class MailThread(AccountRow):
    """Messages that answer one another."""

    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "mail_threads"


class MailMessage(AccountRow):
    """One message. `header_id` is its Message-ID, in angle brackets; `digest` says that two are the same.

    `at` is when it came or was written, never the date that it says of itself.
    """

    thread_id = fields.UUIDField()
    header_id = fields.CharField(max_length=512)
    digest = fields.CharField(max_length=64)
    status = one_of(MailStatus, max_length=8)
    subject = fields.CharField(max_length=512)
    snippet = fields.CharField(max_length=225)
    author_id = fields.UUIDField(null=True)
    failure = fields.CharField(max_length=512, null=True)
    at = fields.DatetimeField(default=now)

    class Meta:
        table = "mail_messages"


class MailBody(AccountRow):
    """What a message says, its HTML cleaned; kept out of the change log."""

    message_id = fields.UUIDField()
    text = fields.TextField()
    html = fields.TextField(null=True)
    in_reply_to = fields.CharField(max_length=512, null=True)

    class Meta:
        table = "mail_bodies"


class MailParty(AccountRow):
    """Somebody in a message, by an address in lower case."""

    message_id = fields.UUIDField()
    role = one_of(PartyRole, max_length=4)
    address = fields.CharField(max_length=320)
    name = fields.CharField(max_length=255, null=True)
    position = fields.IntField()

    class Meta:
        table = "mail_parties"


class MailLink(AccountRow):
    """The lead or the deal that a message hangs on."""

    message_id = fields.UUIDField()
    lead_id = fields.UUIDField(null=True)
    deal_id = fields.UUIDField(null=True)

    class Meta:
        table = "mail_links"


class MailDelivery(AccountRow):
    """A message that is to be sent, or being sent by whoever leases it until it is due again."""

    message_id = fields.UUIDField()
    attempts = fields.IntField(default=0)
    due_at = fields.DatetimeField(default=now)

    class Meta:
        table = "mail_deliveries"
