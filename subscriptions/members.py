"""A member: one subscription of one listener, and how far it has been told."""

import asyncio
import logging
from collections.abc import Callable
from typing import ClassVar

from subscriptions.operation import Listener, Operation, Payload, failure

logger = logging.getLogger(__name__)


BROKEN = failure(
    "The server failed to answer a change. Subscribe again after the last revision you have.", "INTERNAL_SERVER_ERROR"
)
FORBIDDEN = failure("You may no longer ask for this: your rights have changed.", "FORBIDDEN")


class Member:
    """Everything up to `cursor` has been told to the listener, in order, each change once."""

    told: ClassVar[int] = 0  # messages to all members of this process, ever

    def __init__(self, operation: Operation, listener: Listener, on_end: Callable[["Member"], None]) -> None:
        self.operation = operation
        self.listener = listener
        self.cursor = -1
        self.ended = False
        self.task: asyncio.Task[None] | None = None
        self._on_end = on_end

    def tell(self, payload: Payload | None) -> None:
        """Pass an answer on, where there is one and the member still listens."""
        if payload is None or self.ended:
            return
        try:
            self.listener.next(payload)
            Member.told += 1
        except Exception:
            logger.exception("a listener failed and is left out; the others go on")
            self.cancel()

    def advance(self, revision: int, payload: Payload | None) -> None:
        """Tell the next change; one that was told already is left out, one that is not next is a bug."""
        if revision <= self.cursor or self.ended:
            return
        if revision != self.cursor + 1:
            logger.error("revision %d follows %d: the member is ended, so that it resumes", revision, self.cursor)
            return self.fail(BROKEN)
        self.cursor = revision
        self.tell(payload)

    def fail(self, errors: bytes) -> None:
        """End it, telling why, so that it comes back and resumes."""
        if self.ended:
            return
        self.cancel()
        try:
            self.listener.fail(errors)
        except Exception:
            logger.exception("a listener could not be told that it ends")

    def cancel(self) -> None:
        """End it at once: nothing is told any more, and nothing of it stays."""
        if self.ended:
            return
        self.ended = True
        if self.task is not None:
            self.task.cancel()
        self._on_end(self)
