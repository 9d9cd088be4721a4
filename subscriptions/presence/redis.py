"""The register between processes: in Redis, a sorted set for each place, of visits by when they end.

Ends are told by Redis's own clock, so it does not matter what the servers' clocks say.
"""

import asyncio
from collections.abc import Collection
from uuid import UUID

from redis.asyncio import Redis

from subscriptions.presence.contract import LEASE_SECONDS, Visits
from subscriptions.signal.redis import ANSWER_SECONDS, connected

_PREFIX = "lejek-present:"
_NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) "
_STAY = (
    _NOW
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i]) end
if #ARGV > 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""
)
_LEAVE = """
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  for i = 1, #ARGV do
    if string.sub(member, 1, 32) == ARGV[i] then redis.call('ZREM', KEYS[1], member) end
  end
end
"""


class RedisRegister:
    """Keeps visits in Redis; raises where it does not answer."""

    def __init__(self, url: str, lease_seconds: float = LEASE_SECONDS) -> None:
        self._client: Redis = connected(url)
        self._lease = str(round(lease_seconds * 1000))

    async def stay(self, place: UUID, visits: Visits) -> frozenset[UUID]:
        """Enter or renew these visits, and answer the users of all that have not ended, everywhere."""
        members = [visit.hex + user.hex for visit, user in visits.items()]
        found = await self._run(_STAY, place, self._lease, *members)
        return frozenset(UUID(member.decode()[32:]) for member in found)

    async def leave(self, place: UUID, visits: Collection[UUID]) -> None:
        """End these visits."""
        await self._run(_LEAVE, place, *[visit.hex for visit in visits])

    async def close(self) -> None:
        """Leave Redis."""
        await self._client.aclose()

    async def _run(self, script: str, place: UUID, *arguments: str) -> list[bytes]:
        async with asyncio.timeout(ANSWER_SECONDS):
            found: list[bytes] | None = await self._client.eval(script, 1, _PREFIX + place.hex, *arguments)
        return found or []
