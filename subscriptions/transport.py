"""Ending a connection at once, which ASGI has no message for.

Under uvicorn, `send` waits until the transport may be written, for a close as for anything
else; and when the application returns, uvicorn calls `transport.close()`, which waits for the
peer to read what is buffered. A peer that never reads therefore holds both for as long as it
likes. Only `transport.abort()` ends it. uvicorn hands the application bound methods of the
connection's asyncio protocol, whose transport is a public attribute; `receive` is the one that
middleware passes on unwrapped. Elsewhere there is nothing to abort, and returning must do.
"""

from collections.abc import Callable
from typing import Any

from subscriptions.gateway import Receive


def aborter(receive: Receive) -> Callable[[], None]:
    """The way to drop the connection behind an ASGI `receive`; one that does nothing where there is none."""
    transport: Any = getattr(getattr(receive, "__self__", None), "transport", None)
    abort: Callable[[], None] | None = getattr(transport, "abort", None)
    return abort if callable(abort) else lambda: None
