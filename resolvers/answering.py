"""What agents do in conversations with visitors: answer, take over, make a lead, close."""

from typing import TypedDict
from uuid import UUID

from models.chats import ChatAuthor, ConversationStatus
from models.opportunities import OpportunitySource
from models.web_forms import FormMeaning
from resolvers import commands, ids, text, users
from resolvers.access import Viewer
from resolvers.conversations import MESSAGE_LENGTH, facts, lock_talk, make_lead
from resolvers.errors import ErrorCode, refuse


class Reply(TypedDict, total=False):
    """What an agent answers."""

    id: str
    body: str
    client_mutation_id: str | None


class Assignment(TypedDict, total=False):
    """Who is to answer; null: nobody in particular."""

    id: str
    assignee_id: str | None
    client_mutation_id: str | None


class Closing(TypedDict, total=False):
    """A conversation that is over."""

    id: str
    client_mutation_id: str | None


class Qualification(TypedDict, total=False):
    """What an agent knows of a visitor who is to become a lead, beside what the visitor told the chatbot."""

    id: str
    title: str | None
    person_name: str | None
    email: str | None
    phone: str | None
    organization_name: str | None
    client_mutation_id: str | None


async def reply_to_conversation(viewer: Viewer, reply: Reply) -> UUID:
    """Answer a visitor. The chatbot asks no more; who answers first is assigned."""
    key = ids.expect("Conversation", reply["id"], "id")
    body = text.text(reply.get("body"), "body")
    if len(body) > MESSAGE_LENGTH:
        raise refuse(ErrorCode.INVALID, f"A message has at most {MESSAGE_LENGTH} characters.", "body")
    async with commands.begin(viewer, reply) as ledger:
        talk = await lock_talk(viewer.account_id, key)
        talk.speak(ChatAuthor.AGENT, body, viewer.user_id)
        talk.conversation.step = None
        talk.conversation.assignee_id = talk.conversation.assignee_id or viewer.user_id
        await talk.keep(ledger)
    return key


async def assign_conversation(viewer: Viewer, given: Assignment) -> UUID:
    """Say who is to answer; to whom it is assigned already is no change."""
    key = ids.expect("Conversation", given["id"], "id")
    wanted = given.get("assignee_id")
    assignee_id = None if wanted is None else await users.find_user(viewer, wanted, "assigneeId")
    async with commands.begin(viewer, given) as ledger:
        talk = await lock_talk(viewer.account_id, key)
        if talk.conversation.assignee_id != assignee_id:
            talk.conversation.assignee_id = assignee_id
            await talk.keep(ledger)
    return key


async def close_conversation(viewer: Viewer, given: Closing) -> UUID:
    """Let nothing more be said; one that is closed already stays as it is."""
    key = ids.expect("Conversation", given["id"], "id")
    async with commands.begin(viewer, given) as ledger:
        talk = await lock_talk(viewer.account_id, key)
        if talk.conversation.status is ConversationStatus.OPEN:
            talk.conversation.status, talk.conversation.step = ConversationStatus.CLOSED, None
            await talk.keep(ledger)
    return key


async def qualify_conversation(viewer: Viewer, given: Qualification) -> UUID:
    """Make a lead of the visitor, the viewer's own, with the transcript as a note; once for a conversation.

    Refuses with LEAD_NEEDS_CONTACT a visitor of whom nothing is known. Deals are not made by chats:
    convert the lead.
    """
    key = ids.expect("Conversation", given["id"], "id")
    told = {
        FormMeaning.TITLE: given.get("title"),
        FormMeaning.PERSON_NAME: given.get("person_name"),
        FormMeaning.EMAIL: given.get("email"),
        FormMeaning.PHONE: given.get("phone"),
        FormMeaning.ORGANIZATION_NAME: given.get("organization_name"),
    }
    known = facts({str(meaning): said for meaning, said in told.items() if said is not None})
    async with commands.begin(viewer, given) as ledger:
        talk = await lock_talk(viewer.account_id, key)
        if talk.conversation.lead_id is None:
            known = {**facts(talk.conversation.answers), **known}
            if not known.keys() & {"person", "emails", "phones", "organization"}:
                message = "Nothing is known of this visitor: give an e-mail, a phone number or a name."
                raise refuse(ErrorCode.LEAD_NEEDS_CONTACT, message, "email")
            await make_lead(viewer, ledger, talk, OpportunitySource.LIVE_CHAT, known)
            await talk.keep(ledger)
    return key
