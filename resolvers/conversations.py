"""Conversations with visitors of a site: what they say, what the chatbot answers, and the lead they become.

Nobody is signed in: a visitor is known by a signed token, which `begin_conversation` hands out. All
users of the account see its conversations and may answer; see `resolvers.answering`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models import changes
from models.base import now
from models.changes import ChangeKind, Ledger, Values
from models.chats import Chat, ChatAuthor, ChatMessage, Conversation, ConversationStatus
from models.leads import Lead
from models.opportunities import OpportunitySource
from models.ways import Way
from models.web_forms import FormLanguage, FormMeaning
from resolvers import access, arrivals, chat_flows, signing, text
from resolvers.access import Viewer
from resolvers.chat_flows import Step
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.form_answers import facts_of
from resolvers.import_rows import LeadRow

MESSAGE_LENGTH = 4_000
MOST_MESSAGES = 1_000
_PURPOSE = "chat"
_SAID: Mapping[FormLanguage, Mapping[str, str]] = {
    FormLanguage.EN: {"choose": "Please choose one of these: {}.", "again": "I cannot read that. Please try again."},
    FormLanguage.PL: {"choose": "Proszę wybrać: {}.", "again": "Nie rozumiem. Proszę spróbować jeszcze raz."},
}
_CALLED = {ChatAuthor.VISITOR: "Visitor", ChatAuthor.BOT: "Chatbot", ChatAuthor.AGENT: "Agent"}


@dataclass
class Talk:
    """A locked conversation that is going on, with what is said in it now."""

    chat: Chat
    conversation: Conversation
    before: Values | None
    spoken: int
    said: list[ChatMessage] = field(default_factory=list)

    def speak(self, author: ChatAuthor, body: str, agent_id: UUID | None = None) -> None:
        """Say something. Refuses with TOO_MANY what is more than MOST_MESSAGES, and with INVALID what is closed."""
        if self.conversation.status is ConversationStatus.CLOSED:
            raise refuse(ErrorCode.INVALID, "This conversation is closed: begin a new one.", "body")
        number = self.spoken + len(self.said) + 1
        if number > MOST_MESSAGES:
            raise refuse(ErrorCode.TOO_MANY, f"A conversation has at most {MOST_MESSAGES} messages.", "body")
        own: dict[str, Any] = {"account_id": self.chat.account_id, "conversation_id": self.conversation.id}
        self.said.append(ChatMessage(**own, number=number, author=author, agent_id=agent_id, body=body))

    async def keep(self, ledger: Ledger) -> None:
        """Write what has changed, and have everybody who watches told of it."""
        conversation = self.conversation
        conversation.updated_at = now()
        await conversation.save(force_create=self.before is None)
        await ChatMessage.bulk_create(self.said)
        after = changes.snapshot(conversation)
        changed = changes.added if self.before is None else lambda noun, row: changes.altered(noun, self.before, row)
        messages = (changes.added("chat_message", changes.snapshot(each)) for each in self.said)
        ledger.record(ChangeKind.CONVERSATION_CHANGED, changed("conversation", after), *messages)


@dataclass(frozen=True)
class Heard:
    """What a visitor is shown: messages, what may be chosen now, and whether it is over."""

    messages: Sequence[ChatMessage]
    choices: Sequence[str]
    is_closed: bool


async def find_open_chat(key: str) -> Chat | None:
    """The chat at a public address; null where there is none, or it is not active."""
    return await Chat.get_or_none(key=key, is_active=True)


async def begin_conversation(chat: Chat) -> str:
    """Begin one, with what the chat says first; the visitor's token."""
    conversation = Conversation(account_id=chat.account_id, chat_id=chat.id)
    talk = Talk(chat, conversation, None, 0)
    async with changes.write(chat.account_id, None, way=Way.CHAT) as ledger:
        if chat.greeting:
            talk.speak(ChatAuthor.BOT, chat.greeting)
        if chat.steps:
            await _go_on(talk, ledger, chat.steps[0]["key"], qualifies=False)
        await talk.keep(ledger)
    return f"{conversation.id.hex}.{signing.sign(_PURPOSE, chat.key, conversation.id.hex)}"


def conversation_of(chat: Chat, token: str) -> UUID | None:
    """The conversation that a visitor's token is for; null where it is for none of this chat."""
    key, _, signature = token.partition(".")
    return UUID(key) if signing.is_signature(signature, _PURPOSE, chat.key, key) else None


async def say(chat: Chat, conversation_id: UUID, body: str) -> None:
    """Take what a visitor says, and answer where the chatbot has something to say."""
    said = text.text(body, "body")
    if len(said) > MESSAGE_LENGTH:
        raise refuse(ErrorCode.INVALID, f"A message has at most {MESSAGE_LENGTH} characters.", "body")
    async with changes.write(chat.account_id, None, way=Way.CHAT) as ledger:
        talk = await lock_talk(chat.account_id, conversation_id)
        talk.speak(ChatAuthor.VISITOR, said)
        step = chat_flows.step_of(talk.chat.steps, talk.conversation.step)
        if step is not None:
            await _answer(talk, ledger, step, said)
        await talk.keep(ledger)


async def lock_talk(account_id: UUID, conversation_id: UUID) -> Talk:
    """A conversation of an account, locked until the transaction ends; refuses with NOT_FOUND."""
    found = Conversation.filter(account_id=account_id, id=conversation_id).select_for_update()
    conversation = await found.first()
    if conversation is None:
        raise access.not_found("Conversation", "id")
    spoken = await ChatMessage.filter(conversation_id=conversation_id).count()
    chat = await Chat.get(id=conversation.chat_id)
    return Talk(chat, conversation, changes.snapshot(conversation), spoken)


async def hear(conversation_id: UUID, after: int) -> Heard:
    """What was said after a message's number."""
    conversation = await Conversation.get(id=conversation_id)
    chat = await Chat.get(id=conversation.chat_id)
    messages = await ChatMessage.filter(conversation_id=conversation_id, number__gt=after).order_by("number")
    step = chat_flows.step_of(chat.steps, conversation.step)
    choices = [choice["label"] for choice in step["choices"]] if step else []
    return Heard(messages, choices, conversation.status is ConversationStatus.CLOSED)


async def _answer(talk: Talk, ledger: Ledger, step: Step, said: str) -> None:
    """What the bot makes of an answer: it goes on, or asks again."""
    texts = _SAID[talk.chat.language]
    if step["choices"]:
        choice = chat_flows.chosen(step, said)
        if choice is None:
            offered = ", ".join(each["label"] for each in step["choices"])
            return talk.speak(ChatAuthor.BOT, texts["choose"].format(offered))
        return await _go_on(talk, ledger, choice["next"], qualifies=step["qualifies"])
    try:
        facts_of(FormMeaning(step["asks"]), said)
    except Refused:
        return talk.speak(ChatAuthor.BOT, texts["again"])
    talk.conversation.answers = {**talk.conversation.answers, step["asks"]: said}
    await _go_on(talk, ledger, step["next"], qualifies=step["qualifies"])


async def _go_on(talk: Talk, ledger: Ledger, key: str | None, *, qualifies: bool) -> None:
    """Say the steps from this one on, until one waits for the visitor or none follows."""
    while (step := chat_flows.step_of(talk.chat.steps, key)) is not None:
        talk.speak(ChatAuthor.BOT, step["says"])
        if chat_flows.waits(step):
            talk.conversation.step = step["key"]
            return
        key, qualifies = step["next"], step["qualifies"]
    talk.conversation.step = None
    if qualifies and talk.conversation.lead_id is None and talk.conversation.answers:
        owner = await access.load_viewer(talk.chat.account_id, talk.chat.owner_id, way=Way.CHAT)
        if owner is not None:
            await make_lead(owner, ledger, talk, OpportunitySource.CHATBOT, facts(talk.conversation.answers))


def facts(answers: Mapping[str, str]) -> dict[str, Any]:
    """What a lead is made of, by what a visitor has answered; a message is in the transcript anyway."""
    found: dict[str, Any] = {}
    for meaning, said in answers.items():
        if meaning != FormMeaning.MESSAGE:
            found |= facts_of(FormMeaning(meaning), said)
    return found


async def make_lead(
    viewer: Viewer, ledger: Ledger, talk: Talk, source: OpportunitySource, known: Mapping[str, Any]
) -> Lead:
    """Make a lead of a visitor, the viewer's own, with all that was said as a note."""
    row = LeadRow(**known)
    subject = row.organization or row.person or (row.emails + row.phones)[0]
    title = row.title or f"{subject}: {talk.chat.name}"[: text.LINE_LENGTH].strip()
    row = LeadRow(**{**vars(row), "title": title, "note": await _transcript(talk)})
    (arrival,) = await arrivals.receive(viewer, [row], source)
    (lead,) = await arrivals.write_leads(viewer, ledger, [arrival])
    talk.conversation.lead_id = lead.id
    return lead


async def _transcript(talk: Talk) -> str:
    earlier = await ChatMessage.filter(conversation_id=talk.conversation.id).order_by("number")
    lines = [f"{_CALLED[each.author]}: {each.body}" for each in (*earlier, *talk.said)]
    return "\n".join(lines)[-text.TEXT_LENGTH :]
