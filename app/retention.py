"""Forgetting: what is old enough is deleted a while after it could be: changes, sessions, files, results."""

import asyncio
from datetime import timedelta

import structlog

from models import changes
from models.accounts import Account
from models.base import now
from resolvers.sessions import forget_sessions
from resolvers.sweeping import sweep_conversion_results, sweep_files

HOUR = 3_600.0
_log = structlog.get_logger("lejek")


async def forget_old(days: int, pause: float = HOUR) -> None:
    """Forget what is older than so many days, now and then, until cancelled."""
    while True:
        try:
            await forget_once(days)
            await forget_sessions(now() - timedelta(seconds=HOUR))
        except Exception as error:
            _log.error("old changes and sessions could not be forgotten", exc_info=error)
        await asyncio.sleep(pause)


async def sweep_old(pause: float = HOUR) -> None:
    """Sweep what nobody can ask for any more, now and then, until cancelled."""
    while True:
        try:
            for sweep in (sweep_files, sweep_conversion_results):
                while await sweep():
                    pass
        except Exception as error:
            _log.error("what is old could not be swept", exc_info=error)
        await asyncio.sleep(pause)


async def forget_once(days: int) -> int:
    """Forget the changes of every account that are older than so many days; returns how many."""
    bound = now() - timedelta(days=days)
    forgotten = 0
    for account in await Account.all():
        forgotten += await changes.forget_before(account.id, bound)
    return forgotten
