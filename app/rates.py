"""How often strangers may do something: counted in Redis, where there is one for all servers, else in this process."""

from typing import Any

import structlog
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter

_log = structlog.get_logger("lejek")


class Rates:
    """Counts what was done, by whom, in windows of time."""

    def __init__(self, redis_url: str | None) -> None:
        self._pool: Any = None
        if redis_url is None:
            self._limiter = FixedWindowRateLimiter(MemoryStorage())
            return
        from redis.asyncio import ConnectionPool  # a third of a second, for those who have a Redis

        self._pool = ConnectionPool.from_url(redis_url)
        shared: dict[str, Any] = {"connection_pool": self._pool}
        storage = RedisStorage(f"async+{redis_url}", implementation="redispy", key_prefix="lejek:rates", **shared)
        self._limiter = FixedWindowRateLimiter(storage)

    async def take(self, most: RateLimitItem, *who: str) -> bool:
        """Count once more, and say whether it is still within the limit.

        Where nothing can be counted it is let in: a lead that is lost is worse than one too many.
        """
        try:
            return await self._limiter.hit(most, *who)
        except Exception as error:
            _log.warning("rates are not counted", exc_info=error)
            return True

    async def close(self) -> None:
        """Let go of Redis."""
        if self._pool is not None:
            await self._pool.aclose()
