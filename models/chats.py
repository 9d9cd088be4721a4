"""Chats with visitors of a site: what the chatbot asks, and what was said."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import AccountRow, now, one_of
from models.web_forms import FormLanguage


class ConversationStatus(StrEnum):
    """Whether anything more can be said."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class ChatAuthor(StrEnum):
    """Who said something."""

    VISITOR = "VISITOR"
    BOT = "BOT"
    AGENT = "AGENT"


class Chat(AccountRow):
    """A chat that sites embed. `key` is its public address; `steps` are the chatbot's, the first one first."""

    key = fields.CharField(max_length=32)
    name = fields.CharField(max_length=255)
    language = one_of(FormLanguage, max_length=4)
    greeting = fields.TextField(null=True)
    steps = fields.JSONField[list[dict[str, Any]]](default=list)
    owner_id = fields.UUIDField()
    is_active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "chats"


class Conversation(AccountRow):
    """What one visitor says. `step` is the chatbot's question that is open; `answers` by what they are kept as."""

    chat_id = fields.UUIDField()
    status = one_of(ConversationStatus, default=ConversationStatus.OPEN, max_length=6)
    assignee_id = fields.UUIDField(null=True)
    lead_id = fields.UUIDField(null=True)
    step = fields.CharField(max_length=64, null=True)
    answers = fields.JSONField[dict[str, str]](default=dict)
    created_at = fields.DatetimeField(default=now)
    updated_at = fields.DatetimeField(default=now)

    class Meta:
        table = "conversations"


class ChatMessage(AccountRow):
    """Something said, in order of `number` from 1. `agent_id` says which agent did."""

    conversation_id = fields.UUIDField()
    number = fields.IntField()
    author = one_of(ChatAuthor, max_length=7)
    agent_id = fields.UUIDField(null=True)
    body = fields.TextField()
    at = fields.DatetimeField(default=now)

    class Meta:
        table = "chat_messages"
