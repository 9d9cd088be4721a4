"""What a visitor of a chat hears as it is said: their conversation, fed by the account's change log.

An event is what a poll after the same message would answer, and its id is the number of the last message
that the visitor has by then. So a visitor who comes back says no more than that number.
"""

from collections.abc import Callable, Hashable, Sequence
from uuid import UUID

import orjson

from models.changes import Change, ChangeKind
from models.chats import Chat
from resolvers.conversations import Heard, find_open_chat, hear
from subscriptions.operation import Moment


def told(heard: Heard) -> bytes:
    """What a visitor is shown, as JSON."""
    messages = [
        {"number": each.number, "author": each.author, "body": each.body, "at": each.at} for each in heard.messages
    ]
    return orjson.dumps({"messages": messages, "choices": heard.choices, "isClosed": heard.is_closed})


class Hearing:
    """One visitor's subscription to their own conversation, from the message after `heard` on.

    `end` is called once the chat is closed to visitors. What was answered counts as heard only
    when it is delivered: an answer that is lost on the way is given again.
    """

    after: int | None = None  # messages are counted, so it begins in the present of the log

    def __init__(self, chat: Chat, conversation_id: UUID, heard: int, end: Callable[[], None]) -> None:
        self._chat = chat
        self._conversation_id = conversation_id
        self._heard = self._answered = heard
        self._end = end

    @property
    def key(self) -> Hashable:
        """Nobody else has heard just as much."""
        return id(self)

    @property
    def account_id(self) -> UUID:
        """The account whose chat it is."""
        return self._chat.account_id

    async def answer(self, moment: Moment) -> bytes | None:
        """What the visitor has not heard yet, where this moment may have brought some."""
        if isinstance(moment, Change) and not self._concerns(moment):
            return None
        if await find_open_chat(self._chat.key) is None:
            return self._end()
        heard = await hear(self._conversation_id, self._heard)
        self._answered = max([self._heard, *(each.number for each in heard.messages)])
        return told(heard)

    async def answer_together(self, changes: Sequence[Change]) -> Sequence[bytes | None]:
        """All that they have brought, told with the last of them that did."""
        answers: list[bytes | None] = [None] * len(changes)
        for place in [place for place, change in enumerate(changes) if self._concerns(change)][-1:]:
            answers[place] = await self.answer(changes[place])
        return answers

    async def crossed(self, change: Change, renewed: "Hearing") -> None:
        """Visitors have no rights that change."""

    async def refreshed(self) -> "Hearing":
        """The same: see `crossed`."""
        return self

    def delivered(self) -> int:
        """Take what was answered last as heard; the number of its last message."""
        self._heard = self._answered
        return self._heard

    def _concerns(self, change: Change) -> bool:
        match change.kind:
            case ChangeKind.CONVERSATION_CHANGED:
                return any(each.id == str(self._conversation_id) for each in change.find("conversation"))
            case ChangeKind.CHAT_UPDATED:
                return any(each.id == str(self._chat.id) for each in change.find("chat"))
        return False
