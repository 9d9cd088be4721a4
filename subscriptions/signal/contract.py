"""What a signal must do: wake, in every process, those who follow an account's log.

It carries no data and may be lost: a tailer that misses one finds the change with its next poll.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

Wake = Callable[[], None]
Stop = Callable[[], Awaitable[None]]


class Signal(Protocol):
    """One way to carry wake-ups. The suite in tests/subscriptions/signal holds for every adapter."""

    def send(self, account_id: UUID) -> None:
        """Wake whoever listens to this account. Never waits and never raises: it follows a commit."""
        ...

    async def listen(self, account_id: UUID, wake: Wake) -> Stop:
        """Call `wake` in this event loop after each send for this account, until the answered stop is called.

        Several sends may be told by one wake. Whatever is sent after this returns is told.
        """
        ...

    async def close(self) -> None:
        """Give back whatever is held; nobody is woken afterwards."""
        ...
