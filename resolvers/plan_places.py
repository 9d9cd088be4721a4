"""Why the plan has no place left, and which open deals could give theirs back."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tortoise.expressions import Q

from models.base import now
from models.conversions import WaitingConversion
from models.deals import Deal, DealStatus
from models.pipelines import Stage
from resolvers import access, usage
from resolvers.access import Viewer


class PlaceReason(StrEnum):
    """Why a deal that is open may be one to close."""

    CLOSE_DATE_PASSED = "CLOSE_DATE_PASSED"
    ROTTEN = "ROTTEN"
    NOTHING_PLANNED = "NOTHING_PLANNED"


@dataclass(frozen=True)
class PlaceCandidates:
    """So many open deals, of those that the viewer sees, for one reason; a deal may count for several."""

    reason: PlaceReason
    count: int


@dataclass(frozen=True)
class PlanPlaces:
    """How the plan stands. Null limits: any number of open deals."""

    open_deal_limit: int | None
    open_deal_count: int
    places_left: int | None
    waitlist_count: int
    candidates: list[PlaceCandidates]


async def find_places(viewer: Viewer) -> PlanPlaces:
    """The plan's places, and by reason the open deals that could give theirs back by being won, lost or deleted."""
    limit, count = await usage.open_deal_limit(viewer.account_id), await usage.open_deal_count(viewer.account_id)
    conditions = {
        PlaceReason.CLOSE_DATE_PASSED: Q(expected_close_date__lt=now().date()),
        PlaceReason.ROTTEN: await _rotten(viewer),
        PlaceReason.NOTHING_PLANNED: Q(next_activity_id__isnull=True),
    }
    return PlanPlaces(
        limit,
        count,
        None if limit is None else max(0, limit - count),
        await WaitingConversion.filter(account_id=viewer.account_id).count(),
        [PlaceCandidates(reason, await _count(viewer, which)) for reason, which in conditions.items()],
    )


async def _count(viewer: Viewer, which: Q | None) -> int:
    if which is None:
        return 0
    return await Deal.filter(access.visible(viewer), which, status=DealStatus.OPEN, removed_at__isnull=True).count()


async def _rotten(viewer: Viewer) -> Q | None:
    """The condition for deals that are rotten, as `isRotten` says it; null where no stage lets deals rot."""
    stages = await Stage.filter(account_id=viewer.account_id, rotten_after_days__isnull=False)
    by_days: dict[int, list[Stage]] = {}
    for stage in stages:
        by_days.setdefault(stage.rotten_after_days or 0, []).append(stage)
    rotten: Q | None = None
    for days, those in by_days.items():
        before = now() - timedelta(days=days)
        idle = Q(last_activity_at__isnull=True) | Q(last_activity_at__lt=before)
        each = Q(stage_id__in=[stage.id for stage in those], stage_entered_at__lt=before) & idle
        rotten = each if rotten is None else rotten | each
    return rotten
