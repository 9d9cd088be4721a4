"""Taking mail in: a message for drop addresses is kept on their leads and deals, each account for itself."""

import asyncio
from collections.abc import Sequence

from tortoise.exceptions import IntegrityError

from models import changes
from models.changes import ChangeKind
from models.deals import Deal
from models.leads import Lead
from models.mail import MailMessage, MailStatus
from models.ways import Way
from resolvers import drop_addresses, uploads
from resolvers.mail_keeping import keep_message, link
from resolvers.mail_parsing import ParsedMessage, parse


async def receive(raw: bytes, recipients: Sequence[str]) -> int:
    """Keep a message on the leads and deals of these addresses; returns on how many.

    Raises Unreadable. What came before, to the same addresses, is ignored. Either all of it is
    kept when this returns, or the sender must try again.
    """
    found = [await drop_addresses.find_record(address) for address in dict.fromkeys(recipients)]
    records = {record.id: record for record in found if record is not None}
    if not records:
        return 0
    parsed = await asyncio.to_thread(parse, raw)
    for account_id in {record.account_id for record in records.values()}:
        await _take_in(parsed, [each for each in records.values() if each.account_id == account_id])
    return len(records)


async def _take_in(parsed: ParsedMessage, records: Sequence[Lead | Deal]) -> None:
    account_id = records[0].account_id
    known = await MailMessage.get_or_none(account_id=account_id, digest=parsed.digest)
    if known is None:
        attachments = [await uploads.store_made(account_id, each.name, each.content) for each in parsed.attachments]
        try:
            async with changes.write(account_id, None, way=Way.MAIL) as ledger:
                taken = [await uploads.take_made(each) for each in attachments]
                await keep_message(ledger, parsed, MailStatus.RECEIVED, await _lock(records), taken)
            return
        except IntegrityError:  # the same message, at the same moment, by another way
            known = await MailMessage.get_or_none(account_id=account_id, digest=parsed.digest)
            if known is None:
                raise
        finally:
            await uploads.discard_uploads(attachments)
    async with changes.write(account_id, None, way=Way.MAIL) as ledger:
        links = await link(known, await _lock(records))
        if links:
            ledger.record(ChangeKind.MAIL_UPDATED, *links)


async def _lock(records: Sequence[Lead | Deal]) -> list[Lead | Deal]:
    """The records, locked, so that no conversion passes in between; where one has, those that they became."""
    locked: list[Lead | Deal] = []
    for record in sorted(records, key=lambda each: each.id):
        again: Lead | Deal = await type(record).filter(id=record.id).select_for_update().get()
        heir = None if again.removed_at is None else await drop_addresses.successor(again)
        locked.append(again if heir is None else await type(heir).filter(id=heir.id).select_for_update().get())
    return locked
