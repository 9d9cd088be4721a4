"""The signal of a single process: a call."""

import logging
from uuid import UUID

from subscriptions.signal.contract import Stop, Wake

logger = logging.getLogger(__name__)


class MemorySignal:
    """Wakes listeners of this process, in the event loop that sends."""

    def __init__(self) -> None:
        self._listeners: dict[UUID, dict[object, Wake]] = {}

    def send(self, account_id: UUID) -> None:
        """Wake the account's listeners; one that fails keeps none of the others from waking."""
        for wake in list(self._listeners.get(account_id, {}).values()):
            try:
                wake()
            except Exception:
                logger.exception("a listener to account %s could not be woken", account_id)

    async def listen(self, account_id: UUID, wake: Wake) -> Stop:
        """Wake with each send for this account, until stopped; stopping twice does nothing more."""
        token = object()
        self._listeners.setdefault(account_id, {})[token] = wake

        async def stop() -> None:
            listeners = self._listeners.get(account_id, {})
            listeners.pop(token, None)
            if not listeners:
                self._listeners.pop(account_id, None)

        return stop

    async def close(self) -> None:
        """Forget every listener."""
        self._listeners.clear()
