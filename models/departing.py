"""Who has just left, told within this process: sessions that were signed out, tokens that were revoked."""

from collections.abc import Callable

Listener = Callable[[str], None]

_listeners: list[Listener] = []


def on_departure(listener: Listener) -> Callable[[], None]:
    """Call `listener(hash)` once what is kept of a credential is good no more; returns the way to stop it.

    Other processes are not told: they look, or let nothing they know become old.
    """
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def depart(credential_hash: str) -> None:
    """Tell that a credential has left. Call it after the commit."""
    for listener in list(_listeners):
        listener(credential_hash)
