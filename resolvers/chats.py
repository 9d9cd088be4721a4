"""Chats as admins define them."""

from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.accounts import Account
from models.changes import ChangeKind
from models.chats import Chat
from models.web_forms import FormLanguage
from resolvers import access, commands, ids, opportunities, text
from resolvers.access import Viewer
from resolvers.chat_flows import StepDraft, read_steps
from resolvers.errors import ErrorCode, refuse
from resolvers.opportunities import Columns, Read

MOST_CHATS = 50


class ChatDraft(TypedDict, total=False):
    """A chat as an admin gives it; a name and a language are needed."""

    name: str
    language: FormLanguage
    greeting: str | None
    steps: list[StepDraft] | None
    owner_id: str | None
    is_active: bool | None
    client_mutation_id: str | None


class ChatPatch(ChatDraft, total=False):
    """What an admin changes of a chat; of steps, all there are to be."""

    id: str


async def _name(viewer: Viewer, given: str | None) -> Columns:
    return {"name": text.line(given, "name")}


async def _language(viewer: Viewer, given: FormLanguage | None) -> Columns:
    if given is None:
        raise refuse(ErrorCode.INVALID, "A chat is in EN or PL.", "language")
    return {"language": given}


async def _greeting(viewer: Viewer, given: str | None) -> Columns:
    return {"greeting": text.text(given, "greeting") if given and given.strip() else None}


async def _steps(viewer: Viewer, given: Sequence[StepDraft] | None) -> Columns:
    return {"steps": read_steps(given or ())}


async def _is_active(viewer: Viewer, given: bool | None) -> Columns:
    return {"is_active": given is not False}


_READ: Mapping[str, Read] = {
    "name": _name,
    "language": _language,
    "greeting": _greeting,
    "steps": _steps,
    "owner_id": opportunities.FIELDS["owner_id"],
    "is_active": _is_active,
}


async def create_chat(viewer: Viewer, draft: ChatDraft) -> UUID:
    """Open a chat at an address that nobody can guess; only admins may. Its leads are the owner's."""
    access.require_admin(viewer, "define chats")
    given: dict[str, Any] = {name: value for name, value in draft.items() if value is not None}
    found = {"owner_id": viewer.user_id, **await opportunities.columns(viewer, {"name": None, **given}, _READ)}
    async with commands.begin(viewer, draft) as ledger:
        await Account.filter(id=viewer.account_id).select_for_update(no_key=True).get()
        if await Chat.filter(account_id=viewer.account_id).count() >= MOST_CHATS:
            raise refuse(ErrorCode.TOO_MANY, f"An account has at most {MOST_CHATS} chats: change one of them.")
        chat = await Chat.create(account_id=viewer.account_id, key=token_urlsafe(16), **found)
        ledger.record(ChangeKind.CHAT_ADDED, changes.added("chat", changes.snapshot(chat)))
    return chat.id


async def update_chat(viewer: Viewer, patch: ChatPatch) -> UUID:
    """Change what is given of a chat; only admins may. A bot whose question is no more stops asking."""
    access.require_admin(viewer, "define chats")
    key = ids.expect("Chat", patch["id"], "id")
    found = await opportunities.columns(viewer, patch, _READ)
    async with commands.begin(viewer, patch) as ledger:
        chat = await Chat.filter(account_id=viewer.account_id, id=key).select_for_update().first()
        if chat is None:
            raise access.not_found("Chat", "id")
        before = changes.snapshot(chat)
        chat.update_from_dict(found)
        if changes.snapshot(chat) != before:
            await chat.save(update_fields=list(found))
            ledger.record(ChangeKind.CHAT_UPDATED, changes.altered("chat", before, changes.snapshot(chat)))
    return key
