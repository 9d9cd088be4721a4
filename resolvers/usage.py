"""Places for open deals under an account's plan, counted in the transaction that needs them.

The count is a row of its own, locked after every other row and before the account's. It is
never read first and written later: a conditional update decides, so the limit holds under any
number of requests at once.
"""

import logging
from uuid import UUID

from models.accounts import Account, Plan, PlanUsage
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.statements import Arguments

logger = logging.getLogger(__name__)


async def take_places(account_id: UUID, count: int) -> bool:
    """Take so many places, all or none; false where they are not all free. In a transaction."""
    if count == 0:
        return True
    bind = Arguments()
    taken = await bind.fetch(f"""
        UPDATE plan_usages SET open_deals = open_deals + {bind.one(count)}
        WHERE account_id = {bind.one(account_id)} AND COALESCE(
            open_deals + {bind.one(count)} <= (
                SELECT p.open_deal_limit FROM accounts a JOIN plans p ON p.name = a.plan_name
                WHERE a.id = plan_usages.account_id), TRUE)
        RETURNING open_deals""")
    return bool(taken)


async def take_up_to(account_id: UUID, count: int) -> int:
    """Take as many places as are free, at most `count`; returns how many. In a transaction."""
    usage = await PlanUsage.filter(account_id=account_id).select_for_update().get()
    limit = await open_deal_limit(account_id)
    taken = count if limit is None else max(0, min(count, limit - usage.open_deals))
    if taken:
        usage.open_deals += taken
        await usage.save(update_fields=["open_deals"])
    return taken


async def free_places(account_id: UUID, count: int) -> None:
    """Give places back. In a transaction; after its commit call `admit_waiting`."""
    if count:
        usage = await PlanUsage.filter(account_id=account_id).select_for_update().get()
        usage.open_deals -= count
        await usage.save(update_fields=["open_deals"])


async def require_place(account_id: UUID) -> None:
    """Take one place, or refuse with OPEN_DEAL_LIMIT. In a transaction."""
    if not await take_places(account_id, 1):
        raise await limit_reached(account_id)


async def limit_reached(account_id: UUID, *path: str | int) -> Refused:
    """The refusal for a deal that has no place under the plan: the limit, and what to do."""
    account = await Account.get(id=account_id)
    limit = await open_deal_limit(account_id)
    message = (
        f"The plan {account.plan_name} holds {limit} open deals and all places are taken: "
        "win, lose or delete an open deal, or move to a larger plan."
    )
    return refuse(ErrorCode.OPEN_DEAL_LIMIT, message, *path)


async def open_deal_limit(account_id: UUID) -> int | None:
    """How many open deals the account's plan holds; null: any number."""
    account = await Account.get(id=account_id)
    return (await Plan.get(name=account.plan_name)).open_deal_limit


async def open_deal_count(account_id: UUID) -> int:
    """How many open deals the account has."""
    return (await PlanUsage.get(account_id=account_id)).open_deals


async def places_left(account_id: UUID) -> int | None:
    """How many more open deals the plan has room for; null: any number."""
    limit = await open_deal_limit(account_id)
    return None if limit is None else max(0, limit - await open_deal_count(account_id))


async def admit_waiting(account_id: UUID) -> None:
    """Let waiting leads have the places that a commit has just freed; never fails its caller."""
    from resolvers import waitlist  # it converts, and converting takes places: a circle at the top

    try:
        await waitlist.admit_waiting(account_id)
    except Exception:  # the command is done; those who wait keep their turn until the next place
        logger.exception("waiting leads were not admitted", extra={"account_id": str(account_id)})
