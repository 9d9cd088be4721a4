"""E-mail about leads and deals."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import drop_addresses, mail_sending
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Many, Need, One, Term, Value
from resolvers.reads.run import Ref
from schema.common import Node, PageInfo, User, UserError
from schema.declaring import Answer, command, identifies, paged, reads, shows
from schema.enums import MailStatus, PartyRole
from schema.files import File
from schema.scalars import Upload

if TYPE_CHECKING:
    from schema.contacts import Person
    from schema.deals import Deal
    from schema.leads import Lead

_LATEST = {"AT": (Term("{a}.at", "instant"),)}
MAIL_OF_LEAD = Connection("MailOfLead", column="lead_id", order="AT", orders=_LATEST)
MAIL_OF_DEAL = Connection("MailOfDeal", column="deal_id", order="AT", orders=_LATEST)
MAIL_OF_PERSON = Connection("MailOfPerson", column="person_id", order="AT", orders=_LATEST)
_OF_THREAD = Connection("MailMessage", column="thread_id", order="AT", descending=False, orders=_LATEST)
LEAD_ADDRESS = Value((Need("{a}.id", "key"),), drop_addresses.lead_address)
DEAL_ADDRESS = Value((Need("{a}.id", "key"),), drop_addresses.deal_address)
DROP_ADDRESS = "Mail to this address hangs on it: put it in copy. Null where this server takes no mail."
MAIL = "What hangs on it and what its people sent and were sent, latest first, as far as the viewer may see it."


def _body(column: str) -> Value:
    return Value((Need(f"(SELECT b.{column} FROM mail_bodies b WHERE b.message_id = {{a}}.id)"),))


@strawberry.type(description="Somebody in a message.")
class MailParty:
    """A sender or a recipient."""

    role: PartyRole = shows("role")
    address: str = shows("address")
    name: str | None = shows("name")
    person: Annotated["Person", strawberry.lazy("schema.contacts")] | None = reads(
        One("Person", "person_id"), "Whoever has the address, as far as the viewer may see them."
    )


@strawberry.type(description="A message that came, was sent, or is to be sent.")
class MailMessage(Node):
    """A message."""

    id: strawberry.ID = identifies("MailMessage")
    status: MailStatus = shows("status")
    failure: str | None = shows("failure", description="Why it was not sent, or not yet.")
    subject: str = shows("subject")
    snippet: str = shows("snippet", description="How it begins.")
    text: str = reads(_body("text"))
    html: str | None = reads(_body("html"), "Cleaned: it runs nothing and loads nothing.")
    parties: list[MailParty] = reads(
        Many("MailParty", column="message_id", order=(Term("{a}.position", "int"),)), "Who it is from, then to whom."
    )
    author: User | None = reads(One("User", "author_id"), "Who wrote it here; null: it came from outside.")
    attachments: list[File] = reads(Many("File", column="message_id", order=(Term("{a}.created_at"),)))
    thread: Annotated["MailThread", strawberry.lazy("schema.mail")] = reads(One("MailThread", "thread_id"))
    leads: list[Annotated["Lead", strawberry.lazy("schema.leads")]] = reads(
        Many("Lead", through=("mail_links", "message_id", "lead_id"), order=(Term("{a}.created_at"),))
    )
    deals: list[Annotated["Deal", strawberry.lazy("schema.deals")]] = reads(
        Many("Deal", through=("mail_links", "message_id", "deal_id"), order=(Term("{a}.created_at"),))
    )
    at: datetime = shows("at", "instant", "When it came, or was written.")


@strawberry.type(description="One message in a list.")
class MailMessageEdge:
    """A message and where it lies."""

    cursor: str
    node: MailMessage


@strawberry.type(description="A page of messages.")
class MailMessageConnection:
    """A page of messages."""

    edges: list[MailMessageEdge]
    nodes: list[MailMessage]
    page_info: PageInfo


@strawberry.type(description="Messages that answer one another.")
class MailThread(Node):
    """A conversation."""

    id: strawberry.ID = identifies("MailThread")
    messages = reads(
        _OF_THREAD, "The earliest first, those the viewer may see.", arguments=paged, answers=MailMessageConnection
    )


@strawberry.input(description="A message to send about exactly one of leadId and dealId.")
class SendMailInput:
    """A new message."""

    lead_id: strawberry.ID | None = strawberry.UNSET
    deal_id: strawberry.ID | None = strawberry.UNSET
    to: list[str]
    cc: list[str] | None = strawberry.UNSET
    bcc: list[str] | None = strawberry.UNSET
    subject: str
    text: str
    attachments: list[Upload] | None = strawberry.UNSET
    file_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="Files that are there already, to attach too."
    )
    in_reply_to: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The message that it answers."
    )
    idempotency_key: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a message.")
class MailPayload:
    """The message after the command."""

    message: MailMessage | None
    errors: list[UserError]


async def _send_mail(viewer: Viewer, draft: Any) -> Answer:
    return {"message": Ref("MailMessage", await mail_sending.send_mail(viewer, draft))}


@strawberry.type
class MailCommands:
    """What may be done with mail."""

    send_mail = command(
        SendMailInput,
        MailPayload,
        _send_mail,
        "Puts a message in line and answers at once; its status, told live, says what becomes of it.",
    )
