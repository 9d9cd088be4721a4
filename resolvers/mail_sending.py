"""Writing mail: a message to people about a lead or a deal is kept there, and waits to be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import make_msgid
from typing import Any, TypedDict
from uuid import UUID

from models.files import File, Upload
from models.mail import MailBody, MailDelivery, MailMessage, MailStatus, PartyRole
from models.users import User
from resolvers import commands, contact_keys, idempotency, ids, installation, parents, text, uploads
from resolvers.access import Viewer, not_found
from resolvers.errors import ErrorCode, refuse
from resolvers.events import look
from resolvers.faults import Faults
from resolvers.mail_keeping import keep_message
from resolvers.mail_parsing import ParsedMessage, Party
from resolvers.parents import ParentId
from resolvers.reads.run import Reader

MOST_RECIPIENTS = 50
MOST_FILES = 20
MOST_BYTES = 20 * 1024 * 1024
_ROLES = {"to": PartyRole.TO, "cc": PartyRole.CC, "bcc": PartyRole.BCC}


class MailDraft(TypedDict, total=False):
    """A message as a client gives it, about exactly one lead or deal.

    `attachments` are uploads, `file_ids` files that are there already.
    """

    lead_id: str | None
    deal_id: str | None
    to: list[str]
    cc: list[str] | None
    bcc: list[str] | None
    subject: str
    text: str
    attachments: list[str] | None
    file_ids: list[str] | None
    in_reply_to: str | None
    idempotency_key: str | None
    client_mutation_id: str | None


async def send_mail(viewer: Viewer, draft: MailDraft) -> UUID:
    """Keep a message and put it in line to be sent, once; returns its key at once."""

    async def act() -> idempotency.Answer:
        return await _send(viewer, draft)

    answer = await idempotency.once(viewer, "send_mail", draft.get("idempotency_key"), _meant(draft), act)
    return UUID(answer["id"])


def _meant(draft: MailDraft) -> Mapping[str, Any]:
    """The input without the uploads: a request that is sent again brings the same files as others."""
    return {name: value for name, value in draft.items() if name != "attachments"}


@dataclass(frozen=True)
class _Letter:
    """A draft that was read, and found good as far as that can be said of it alone."""

    parent: ParentId
    parties: list[Party]
    subject: str
    text: str
    answers: list[str]
    uploads: Sequence[str]
    files: Sequence[File]


async def _read(viewer: Viewer, draft: MailDraft) -> _Letter:
    faults = Faults()
    with faults.noted():
        parent = parents.parent_id(draft)
    with faults.noted():
        parties = _recipients(draft)
    with faults.noted():
        subject = text.line(draft["subject"], "subject")
    with faults.noted():
        body = text.text(draft["text"], "text")
    with faults.noted():
        answers = await _answered(viewer, draft.get("in_reply_to"))
    with faults.noted():
        given, files = draft.get("attachments") or [], await _files(viewer, draft.get("file_ids") or [])
        _require_few([*given, *files])
    faults.raise_any()
    return _Letter(parent, parties, subject, body, answers, given, files)


async def _send(viewer: Viewer, draft: MailDraft) -> idempotency.Answer:
    letter = await _read(viewer, draft)
    if not installation.current().sends_mail:
        raise refuse(ErrorCode.INVALID, "This server sends no mail: have it given LEJEK_SMTP_URL.", "to")
    _require_light(letter.files, "fileIds")
    copies = [await uploads.copy_file(viewer, each) for each in letter.files]
    try:
        return await _keep(viewer, draft, letter, copies)
    finally:
        await uploads.discard_uploads(copies)


async def _keep(viewer: Viewer, draft: MailDraft, letter: _Letter, copies: Sequence[Upload]) -> idempotency.Answer:
    async with commands.begin(viewer, draft) as ledger:
        record = await parents.lock_parent(viewer, letter.parent)
        taken = [await uploads.take_upload(viewer, each, "attachments", at) for at, each in enumerate(letter.uploads)]
        taken += [await uploads.take_made(each) for each in copies]
        _require_light(taken, "attachments")
        parties = [await _sender(viewer), *letter.parties]
        parsed = ParsedMessage(_new_id(), letter.answers, letter.subject, parties, letter.text, None, [])
        message = await keep_message(ledger, parsed, MailStatus.QUEUED, [record], taken, viewer.user_id)
        await MailDelivery.create(message_id=message.id, account_id=message.account_id)
        answer = {"id": str(message.id)}
        await idempotency.remember(viewer, "send_mail", draft.get("idempotency_key"), _meant(draft), answer)
    return answer


def _require_few(files: Sequence[Any]) -> None:
    if len(files) > MOST_FILES:
        raise refuse(ErrorCode.TOO_MANY, f"A message has at most {MOST_FILES} attachments.", "attachments")


def _require_light(files: Sequence[File | Upload], path: str) -> None:
    if sum(each.size or 0 for each in files) > MOST_BYTES:
        raise refuse(ErrorCode.INVALID, f"Attachments have at most {MOST_BYTES} bytes together.", path)


async def _files(viewer: Viewer, global_ids: Sequence[str]) -> list[File]:
    """Files that the viewer sees, on whatever they are; refuses with every other one."""
    _require_few(global_ids)
    faults = Faults()
    keys: list[UUID] = []
    async with Reader(viewer) as reader:
        for at, global_id in enumerate(global_ids):
            with faults.noted():
                keys.append(ids.expect("File", global_id, "fileIds", at))
                if not await look(reader, "File", keys[-1]):
                    raise not_found("File", "fileIds", at)
    faults.raise_any()
    return [await File.get(id=key) for key in dict.fromkeys(keys)]


def _recipients(draft: MailDraft) -> list[Party]:
    fields: Mapping[str, Any] = draft
    given = [(name, at, each) for name in _ROLES for at, each in enumerate(fields.get(name) or ())]
    if not draft.get("to"):
        raise refuse(ErrorCode.EMPTY, "Give at least one address to send to.", "to")
    if len(given) > MOST_RECIPIENTS:
        raise refuse(ErrorCode.TOO_MANY, f"A message goes to at most {MOST_RECIPIENTS} addresses.", "to")
    faults = Faults()
    parties: list[Party] = []
    for name, at, each in given:
        with faults.noted():
            parties.append(Party(_ROLES[name], address(each, name, at), None))
    faults.raise_any()
    return list({party.address: party for party in reversed(parties)}.values())[::-1]


def address(given: str, *path: str | int) -> str:
    """One bare e-mail address in lower case; refuses anything else, such as one with a name or a line break."""
    key = contact_keys.email_key(text.line(given, *path))
    if key is None or not key.isascii() or len(key) > 254 or set(key) & set(' <>(),;:"\\[]') or ".." in key:
        raise refuse(ErrorCode.INVALID, "This is no e-mail address: write it as anna@example.com.", *path)
    return key


async def _answered(viewer: Viewer, global_id: str | None) -> list[str]:
    """The Message-IDs that an answer to a message refers to, the nearest first."""
    if global_id is None:
        return []
    key = ids.expect("MailMessage", global_id, "inReplyTo")
    async with Reader(viewer) as reader:
        if not await look(reader, "MailMessage", key):
            raise not_found("MailMessage", "inReplyTo")
    message, body = await MailMessage.get(id=key), await MailBody.get(message_id=key)
    return [message.header_id, *([body.in_reply_to] if body.in_reply_to else [])]


async def _sender(viewer: Viewer) -> Party:
    user = await User.get(id=viewer.user_id)
    return Party(PartyRole.FROM, (installation.current().mail_from or user.email).lower(), user.name)


def _new_id() -> str:
    sender = installation.current()
    return make_msgid(domain=sender.mail_domain or "lejek.invalid")
