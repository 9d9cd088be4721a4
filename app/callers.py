"""Who has just asked, remembered for a moment: most requests come from who asked a moment ago.

What is remembered is forgotten at once where this process changes anything in the account or ends
the credential, and within SECONDS whatever another process did. Commands, and
sockets, which look up who they speak for when rights change, do not go through here.
"""

from collections import OrderedDict
from time import monotonic
from uuid import UUID

from app.identity import Credential
from resolvers.access import Viewer

SECONDS = 1.0
MOST = 10_000
_Key = tuple[Credential, str]


class Callers:
    """The viewers of credentials, as they were read less than so many seconds ago."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST) -> None:
        self._seconds = seconds
        self._most = most
        self._known: OrderedDict[_Key, tuple[float, Viewer]] = OrderedDict()
        self._of_account: dict[UUID, set[_Key]] = {}
        self._forgettings = 0

    async def find(self, credential: Credential, locale: str) -> Viewer | None:
        """The viewer that a credential stands for; null where it is unknown, revoked or over."""
        key = credential, locale
        until, viewer = self._known.get(key, (0.0, None))
        if until > monotonic():
            return viewer
        until, forgettings = monotonic() + self._seconds, self._forgettings
        viewer = await credential.viewer(locale)
        if viewer is None:
            self._drop(key)
        elif forgettings == self._forgettings:  # else it may have been read before what changed
            self._keep(key, until, viewer)
        return viewer

    def forget_account(self, account_id: UUID) -> None:
        """Forget everyone of an account: its rights may have changed."""
        self._forgettings += 1
        for key in self._of_account.pop(account_id, set()):
            self._known.pop(key, None)

    def forget_credential(self, credential_hash: str) -> None:
        """Forget who came in by a credential, by its hash."""
        self._forgettings += 1
        for key in [each for each in self._known if each[0].hash == credential_hash]:
            self._drop(key)

    def _keep(self, key: _Key, until: float, viewer: Viewer) -> None:
        self._drop(key)
        self._known[key] = until, viewer
        self._of_account.setdefault(viewer.account_id, set()).add(key)
        if len(self._known) > self._most:
            self._drop(next(iter(self._known)))

    def _drop(self, key: _Key) -> None:
        if key in self._known:
            _, viewer = self._known.pop(key)
            keys = self._of_account.get(viewer.account_id, set())
            keys.discard(key)
            if not keys:
                self._of_account.pop(viewer.account_id, None)
