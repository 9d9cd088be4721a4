"""Sending what waits: who leases a message sends it, and nobody else meanwhile; the rest is told as it goes.

A lease is the instant at which the message is due again, moved on. So a sender that dies holds
nothing up for longer than that, and the same Message-ID goes out again.
"""

from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

from tortoise.queryset import QuerySet

from models import changes, database, storage
from models.base import now
from models.deals import Deal
from models.files import File, storage_key
from models.leads import Lead
from models.mail import MailBody, MailDelivery, MailLink, MailMessage, MailParty, MailStatus, PartyRole
from models.ways import Way
from resolvers import drop_addresses
from resolvers.mail_keeping import tell_status

LEASE = timedelta(minutes=15)  # longer than any sending takes
MOST_ATTEMPTS = 8
_LONGEST = timedelta(hours=6)
_FIRST = timedelta(seconds=30)


@dataclass(frozen=True)
class Outgoing:
    """A leased message, ready to be sent: to whom, and what."""

    message_id: UUID
    account_id: UUID
    attempt: int
    recipients: list[str]
    content: EmailMessage


async def lease() -> Outgoing | None:
    """Take the message that has been due for longest; null where none is due."""
    async with database.transaction():
        due = MailDelivery.filter(due_at__lte=now()).order_by("due_at", "id")
        delivery = await due.select_for_update(skip_locked=True).first()
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.due_at = now() + LEASE
        await delivery.save(update_fields=["attempts", "due_at"])
    if delivery.attempts > MOST_ATTEMPTS:  # each time, whoever leased it has ended before it could say why
        await _give_up(delivery)
        return await lease()
    parties = await MailParty.filter(message_id=delivery.message_id).order_by("position")
    recipients = [party.address for party in parties if party.role is not PartyRole.FROM]
    content = await compose(await MailMessage.get(id=delivery.message_id), parties)
    return Outgoing(delivery.message_id, delivery.account_id, delivery.attempts, recipients, content)


async def _give_up(delivery: MailDelivery) -> None:
    spent = Outgoing(delivery.message_id, delivery.account_id, delivery.attempts, [], EmailMessage())
    await _end(spent, status=MailStatus.FAILED, failure="It could not be put together.")


async def mark_sent(outgoing: Outgoing) -> None:
    """The message is on its way."""
    await _end(outgoing, status=MailStatus.SENT, failure=None)


async def mark_failed(outgoing: Outgoing, reason: str, *, for_good: bool) -> None:
    """The message could not be sent: it is tried again, later each time, unless that was for good or the last time."""
    reason = " ".join(reason.split())[:500]
    if for_good or outgoing.attempt >= MOST_ATTEMPTS:
        await _end(outgoing, status=MailStatus.FAILED, failure=reason)
        return
    async with changes.write(outgoing.account_id, None, way=Way.SYSTEM) as ledger:
        due_at = now() + min(_LONGEST, _FIRST * 4 ** (outgoing.attempt - 1))
        if await _mine(outgoing).update(due_at=due_at):
            await tell_status(ledger, await MailMessage.get(id=outgoing.message_id), failure=reason)


async def _end(outgoing: Outgoing, **columns: object) -> None:
    async with changes.write(outgoing.account_id, None, way=Way.SYSTEM) as ledger:
        if await _mine(outgoing).delete():
            await tell_status(ledger, await MailMessage.get(id=outgoing.message_id), **columns)


def _mine(outgoing: Outgoing) -> QuerySet[MailDelivery]:
    """The delivery, if the lease has not passed on to another."""
    return MailDelivery.filter(message_id=outgoing.message_id, attempts=outgoing.attempt)


async def compose(message: MailMessage, parties: list[MailParty]) -> EmailMessage:
    """The message as it goes over SMTP. Answers come back to what it hangs on, where mail is taken."""
    body, content = await MailBody.get(message_id=message.id), EmailMessage(policy=SMTP)
    content["Message-ID"] = message.header_id
    content["Date"] = message.at
    content["Subject"] = message.subject
    for role in (PartyRole.FROM, PartyRole.TO, PartyRole.CC):
        found = [Address(party.name or "", addr_spec=party.address) for party in parties if party.role is role]
        if found:
            content[role.value.title()] = found
    drop = await _drop_address(message)
    if drop is not None:
        content["Reply-To"] = [Address(addr_spec=drop)]
    if body.in_reply_to:
        content["In-Reply-To"] = content["References"] = body.in_reply_to
    content.set_content(body.text)
    for file in await File.filter(message_id=message.id).order_by("id"):
        kind, _, subtype = file.media_type.partition("/")
        content.add_attachment(await _bytes(file), maintype=kind, subtype=subtype, filename=file.name)
    return content


async def _drop_address(message: MailMessage) -> str | None:
    link = await MailLink.filter(message_id=message.id).order_by("id").first()
    if link is None:
        return None
    record = await Lead.get(id=link.lead_id) if link.lead_id else await Deal.get(id=link.deal_id)
    return drop_addresses.address_of(record)


async def _bytes(file: File) -> bytes:
    return b"".join([piece async for piece in storage.current().read(storage_key(file))])
