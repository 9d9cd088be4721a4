"""Keeping a message: its thread, its parties, what it hangs on, its attachments, as one change."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from models import changes
from models.changes import ChangeKind, Ledger, Subject
from models.deals import Deal
from models.files import Upload
from models.leads import Lead
from models.mail import MailBody, MailLink, MailMessage, MailParty, MailStatus, MailThread
from resolvers import files
from resolvers.mail_parsing import ParsedMessage


async def keep_message(
    ledger: Ledger,
    parsed: ParsedMessage,
    status: MailStatus,
    records: Sequence[Lead | Deal],
    attachments: Sequence[Upload] = (),
    author_id: UUID | None = None,
) -> MailMessage:
    """Keep a new message on these leads and deals of one account, which the caller has locked."""
    account_id = records[0].account_id
    message = await MailMessage.create(
        account_id=account_id,
        thread_id=await _thread(account_id, parsed.answers),
        header_id=parsed.header_id[:512],
        digest=parsed.digest,
        status=status,
        subject=parsed.subject,
        snippet=parsed.snippet,
        author_id=author_id,
    )
    own: dict[str, Any] = {"account_id": account_id, "message_id": message.id}
    nearest = parsed.answers[0][:512] if parsed.answers else None
    await MailBody.create(**own, text=parsed.text, html=parsed.html, in_reply_to=nearest)
    parties = enumerate(parsed.parties)
    await MailParty.bulk_create(
        [MailParty(**own, role=each.role, address=each.address, name=each.name, position=at) for at, each in parties]
    )
    links = await link(message, records)
    ledger.record(ChangeKind.MAIL_ADDED, changes.added("mail_message", changes.snapshot(message)), *links)
    for upload in attachments:
        await files.keep(ledger, upload, message_id=message.id)
    return message


async def link(message: MailMessage, records: Sequence[Lead | Deal]) -> list[Subject]:
    """Hang a message on these leads and deals, as far as it does not yet; the subjects for the log."""
    there = {each.lead_id or each.deal_id for each in await MailLink.filter(message_id=message.id)}
    links = [
        MailLink(
            account_id=message.account_id,
            message_id=message.id,
            **{"lead_id" if isinstance(each, Lead) else "deal_id": each.id},
        )
        for each in records
        if each.id not in there
    ]
    await MailLink.bulk_create(links)
    return [changes.added("mail_link", changes.snapshot(each)) for each in links]


async def _thread(account_id: UUID, answers: Sequence[str]) -> UUID:
    """The thread of the nearest message that this one answers; a new one where none is known."""
    known = await MailMessage.filter(account_id=account_id, header_id__in=[each[:512] for each in answers[:50]])
    by_id = {each.header_id: each.thread_id for each in known}
    found = next((by_id[each[:512]] for each in answers if each[:512] in by_id), None)
    return found or (await MailThread.create(account_id=account_id)).id


async def tell_status(ledger: Ledger, message: MailMessage, **columns: Any) -> None:
    """Write how a message stands now, and tell it wherever the message hangs."""
    before = changes.snapshot(message)
    message.update_from_dict(columns)
    await message.save(update_fields=list(columns))
    links = [changes.snapshot(each) for each in await MailLink.filter(message_id=message.id).order_by("id")]
    same = [changes.altered("mail_link", each, each) for each in links]
    ledger.record(ChangeKind.MAIL_UPDATED, changes.altered("mail_message", before, changes.snapshot(message)), *same)
