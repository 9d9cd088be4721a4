"""What verbs and reads know of the installation they run in: its key, its address, its bounds."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_bytes

LARGEST_FILE = 1024**3


@dataclass(frozen=True)
class Installation:
    """One installation. `public_url` is where browsers reach it; empty: links are relative to the API's address.

    Mail for leads and deals comes to addresses at `mail_domain`; null: none is taken. It is sent
    from `mail_from`; null: from each user's own address.
    """

    key: bytes
    public_url: str = ""
    largest_file: int = LARGEST_FILE
    mail_domain: str | None = None
    mail_from: str | None = None
    sends_mail: bool = True


_current = Installation(token_bytes(32))


def install(installation: Installation) -> Callable[[], None]:
    """Have this as the installation that the process works for; answers what puts back the one before.

    The first is one with a key of its own.
    """
    global _current
    before, _current = _current, installation

    def put_back() -> None:
        global _current
        _current = before

    return put_back


def current() -> Installation:
    """The installation that the process works for."""
    return _current
