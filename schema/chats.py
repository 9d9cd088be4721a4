"""Chats with visitors: the chatbot's steps, and conversations that agents answer."""

from datetime import datetime
from typing import Any

import strawberry

from models.chats import ChatAuthor, ConversationStatus
from resolvers import answering, chats
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Many, Need, One, Term, Value
from resolvers.reads.filters import by_status
from resolvers.reads.run import Ref
from schema.common import Node, PageInfo, User, UserError
from schema.declaring import Answer, command, identifies, reads, shows
from schema.enums import FormLanguage, FormMeaning
from schema.leads import Lead

strawberry.enum(ChatAuthor, description="Who said something.")
strawberry.enum(ConversationStatus, description="Whether anything more can be said.")

CHATS = Many("Chat", order=(Term("{a}.name"), Term("{a}.id", "key")))
_BY_TIME = {"UPDATED_AT": (Term("{a}.updated_at", "instant"),)}
CONVERSATIONS = Connection("Conversation", order="UPDATED_AT", orders=_BY_TIME, filters=(by_status,))


@strawberry.type(description="What a visitor may choose; next is the key of a step, null an end.")
class ChatChoice:
    """A choice."""

    label: str
    next: str | None


@strawberry.type(
    description="A step of a chatbot: it says something, and waits where it asks or offers choices. Where none is "
    "next the bot is done; qualifies says whether the visitor then becomes a lead."
)
class ChatStep:
    """A step."""

    key: str
    says: str
    asks: FormMeaning | None
    choices: list[ChatChoice]
    next: str | None
    qualifies: bool


@strawberry.type(description="A chat that sites embed, with a chatbot where it has steps, and agents behind it.")
class Chat(Node):
    """A chat."""

    id: strawberry.ID = identifies("Chat")
    name: str = shows("name")
    path: str = reads(
        Value((Need("{a}.key"),), lambda key: f"/chats/{key}"),
        "Where it is on this server. /chats/embed.js puts it into a page by a script: data-chat names the path.",
    )
    language: FormLanguage = shows("language")
    greeting: str | None = shows("greeting")
    steps: list[ChatStep] = reads(
        Value((Need("{a}.steps", "json"),), lambda steps: steps, makes_object=True, makes_list=True)
    )
    owner: User = reads(One("User", "owner_id"), "Whose the chatbot's leads are.")
    is_active: bool = shows("is_active", "flag")
    created_at: datetime = shows("created_at", "instant")


@strawberry.type(description="Something said; text, as it was written.")
class ChatMessage:
    """A message."""

    number: int = shows("number", "int")
    author: ChatAuthor = shows("author")
    agent: User | None = reads(One("User", "agent_id"))
    body: str = shows("body")
    at: datetime = shows("at", "instant")


@strawberry.type(description="What one visitor says; all users of the account see it.")
class Conversation(Node):
    """A conversation."""

    id: strawberry.ID = identifies("Conversation")
    chat: Chat = reads(One("Chat", "chat_id"))
    status: ConversationStatus = shows("status")
    assignee: User | None = reads(One("User", "assignee_id"))
    lead: Lead | None = reads(One("Lead", "lead_id"), "What the visitor became; null too once that was converted.")
    messages: list[ChatMessage] = reads(
        Many("ChatMessage", column="conversation_id", order=(Term("{a}.number", "int"),))
    )
    created_at: datetime = shows("created_at", "instant")
    updated_at: datetime = shows("updated_at", "instant")


@strawberry.type(description="One conversation in a list.")
class ConversationEdge:
    """A conversation and where it lies."""

    cursor: str
    node: Conversation


@strawberry.type(description="A page of conversations.")
class ConversationConnection:
    """A page of conversations."""

    edges: list[ConversationEdge]
    nodes: list[Conversation]
    page_info: PageInfo
    total_count: int


def conversations_paged(
    root: object,
    status: list[ConversationStatus] | None = strawberry.UNSET,
    first: int | None = 50,
    after: str | None = None,
) -> Any:
    """The arguments of the list of conversations."""


@strawberry.input(description="A choice, and the key of the step that is next.")
class ChatChoiceInput:
    """A choice."""

    label: str
    next: str | None = strawberry.UNSET


@strawberry.input(
    description="A step. With choices, each of them says what is next. asks: PERSON_NAME, EMAIL, PHONE, "
    "ORGANIZATION_NAME or MESSAGE."
)
class ChatStepInput:
    """A step."""

    key: str
    says: str
    asks: FormMeaning | None = strawberry.UNSET
    choices: list[ChatChoiceInput] | None = strawberry.UNSET
    next: str | None = strawberry.UNSET
    qualifies: bool | None = strawberry.UNSET


@strawberry.input(description="A new chat. Without steps only agents answer. Its owner is who makes it.")
class CreateChatInput:
    """A new chat."""

    name: str
    language: FormLanguage
    greeting: str | None = strawberry.UNSET
    steps: list[ChatStepInput] | None = strawberry.UNSET
    owner_id: strawberry.ID | None = strawberry.UNSET
    is_active: bool | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to change of a chat; what is left out stays. Steps are all there are to be.")
class UpdateChatInput:
    """A change of a chat."""

    id: strawberry.ID
    name: str | None = strawberry.UNSET
    language: FormLanguage | None = strawberry.UNSET
    greeting: str | None = strawberry.UNSET
    steps: list[ChatStepInput] | None = strawberry.UNSET
    owner_id: strawberry.ID | None = strawberry.UNSET
    is_active: bool | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to answer a visitor.")
class ReplyToConversationInput:
    """An answer."""

    id: strawberry.ID
    body: str
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="Who is to answer; null: nobody in particular.")
class AssignConversationInput:
    """An assignment."""

    id: strawberry.ID
    assignee_id: strawberry.ID | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A conversation that is over.")
class CloseConversationInput:
    """The conversation."""

    id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A visitor to make a lead of, with what is known beside what they told the chatbot.")
class QualifyConversationInput:
    """A qualification."""

    id: strawberry.ID
    title: str | None = strawberry.UNSET
    person_name: str | None = strawberry.UNSET
    email: str | None = strawberry.UNSET
    phone: str | None = strawberry.UNSET
    organization_name: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a chat.")
class ChatPayload:
    """The chat after the command."""

    chat: Chat | None
    errors: list[UserError]


@strawberry.type(description="What became of a conversation.")
class ConversationPayload:
    """The conversation after the command."""

    conversation: Conversation | None
    errors: list[UserError]


async def _create(viewer: Viewer, draft: Any) -> Answer:
    return {"chat": Ref("Chat", await chats.create_chat(viewer, draft))}


async def _update(viewer: Viewer, patch: Any) -> Answer:
    return {"chat": Ref("Chat", await chats.update_chat(viewer, patch))}


async def _reply(viewer: Viewer, given: Any) -> Answer:
    return {"conversation": Ref("Conversation", await answering.reply_to_conversation(viewer, given))}


async def _assign(viewer: Viewer, given: Any) -> Answer:
    return {"conversation": Ref("Conversation", await answering.assign_conversation(viewer, given))}


async def _close(viewer: Viewer, given: Any) -> Answer:
    return {"conversation": Ref("Conversation", await answering.close_conversation(viewer, given))}


async def _qualify(viewer: Viewer, given: Any) -> Answer:
    return {"conversation": Ref("Conversation", await answering.qualify_conversation(viewer, given))}


@strawberry.type
class ChatCommands:
    """What admins do with chats, and agents in conversations."""

    create_chat = command(CreateChatInput, ChatPayload, _create, "Admins only.")
    update_chat = command(UpdateChatInput, ChatPayload, _update, "Admins only.")
    reply_to_conversation = command(ReplyToConversationInput, ConversationPayload, _reply)
    assign_conversation = command(AssignConversationInput, ConversationPayload, _assign)
    close_conversation = command(CloseConversationInput, ConversationPayload, _close)
    qualify_conversation = command(
        QualifyConversationInput,
        ConversationPayload,
        _qualify,
        "Once; for a deal, convert the lead.",
    )
