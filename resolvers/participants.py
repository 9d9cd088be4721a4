"""Who else is in a deal: people who take part, users who follow."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind, Subject
from models.contacts import Person
from models.deals import Deal
from models.participants import Follower, Participant
from resolvers import access, commands, ids
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

MOST_PARTICIPANTS = 100


class Participation(TypedDict, total=False):
    """People who are to take part in a deal, or no longer."""

    deal_id: str
    person_ids: list[str]
    client_mutation_id: str | None


class Following(TypedDict, total=False):
    """A deal that the viewer follows, or no longer."""

    deal_id: str
    client_mutation_id: str | None


async def add_participants(viewer: Viewer, given: Participation) -> UUID:
    """Have people take part in a deal; who does already stays. At most MOST_PARTICIPANTS beside its own person."""
    deal_key, keys = _expect(given)
    async with commands.begin(viewer, given) as ledger:
        deal = await access.find_one(viewer, Deal, deal_key, "dealId", lock=True)
        await _require_people(viewer, keys)
        there = {each.person_id for each in await Participant.filter(deal_id=deal.id)}
        fresh = [key for key in keys if key not in {*there, deal.person_id}]
        if len(there) + len(fresh) > MOST_PARTICIPANTS:
            message = f"At most {MOST_PARTICIPANTS} further people take part in a deal: remove some first."
            raise refuse(ErrorCode.TOO_MANY, message, "personIds")
        rows = [Participant(account_id=viewer.account_id, deal_id=deal.id, person_id=key) for key in fresh]
        await Participant.bulk_create(rows)
        if rows:
            ledger.record(ChangeKind.PARTICIPANTS_CHANGED, *joining(rows))
    return deal.id


def joining(rows: Iterable[Participant]) -> list[Subject]:
    """The subjects for the log of people who take part from now on."""
    return [changes.added("participant", changes.snapshot(row)) for row in rows]


def leaving(rows: Iterable[Participant]) -> list[Subject]:
    """The subjects for the log of people who take part no longer."""
    return [changes.removed("participant", changes.snapshot(row)) for row in rows]


def _expect(given: Participation) -> tuple[UUID, Mapping[UUID, int]]:
    faults = Faults()
    with faults.noted():
        deal_key = ids.expect("Deal", given["deal_id"], "dealId")
    with faults.noted():
        keys = commands.keys_of("Person", given["person_ids"], "personIds")
    faults.raise_any()
    return deal_key, keys


async def _require_people(viewer: Viewer, keys: Mapping[UUID, int]) -> None:
    found = await access.find(viewer, Person, list(keys))
    faults = Faults()
    for key, place in keys.items():
        with faults.noted():
            if key not in found:
                raise access.not_found("Person", "personIds", place)
    faults.raise_any()


async def remove_participants(viewer: Viewer, given: Participation) -> UUID:
    """Have people take part in a deal no longer; never its own person. Who took no part is no fault."""
    deal_key, keys = _expect(given)
    async with commands.begin(viewer, given) as ledger:
        deal = await access.find_one(viewer, Deal, deal_key, "dealId", lock=True)
        await _require_people(viewer, keys)
        if deal.person_id is not None and deal.person_id in keys:
            message = "This is the deal's own person, who always takes part: give the deal another person first."
            raise refuse(ErrorCode.INVALID, message, "personIds", keys[deal.person_id])
        rows = await Participant.filter(deal_id=deal.id, person_id__in=list(keys)).order_by("id")
        await Participant.filter(id__in=[row.id for row in rows]).delete()
        if rows:
            ledger.record(ChangeKind.PARTICIPANTS_CHANGED, *leaving(rows))
    return deal.id


async def those_of(deal_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """The further people in each of these deals."""
    found: dict[UUID, set[UUID]] = {key: set() for key in deal_ids}
    rows: Any = Participant.filter(deal_id__in=list(deal_ids)).values_list("deal_id", "person_id")
    for deal_id, person_id in await rows:
        found[deal_id].add(person_id)
    return found


async def follow_deal(viewer: Viewer, given: Following) -> UUID:
    """Have the viewer follow a deal they see. Its owner does so anyway."""
    key = ids.expect("Deal", given["deal_id"], "dealId")
    async with commands.begin(viewer, given) as ledger:
        deal = await access.find_one(viewer, Deal, key, "dealId", lock=True)
        who: Any = {"account_id": viewer.account_id, "deal_id": deal.id, "user_id": viewer.user_id}
        if deal.owner_id != viewer.user_id and not await Follower.filter(**who).exists():
            follower = changes.snapshot(await Follower.create(**who))
            ledger.record(ChangeKind.FOLLOWERS_CHANGED, changes.added("follower", follower))
    return deal.id


async def unfollow_deal(viewer: Viewer, given: Following) -> UUID:
    """Have the viewer follow a deal no longer; its owner cannot. Not to have followed it is no fault."""
    key = ids.expect("Deal", given["deal_id"], "dealId")
    async with commands.begin(viewer, given) as ledger:
        deal = await access.find_one(viewer, Deal, key, "dealId", lock=True)
        if deal.owner_id == viewer.user_id:
            message = "A deal's owner always follows it: give it another owner first."
            raise refuse(ErrorCode.INVALID, message, "dealId")
        follower = await Follower.get_or_none(deal_id=deal.id, user_id=viewer.user_id)
        if follower is not None:
            await follower.delete()
            ledger.record(ChangeKind.FOLLOWERS_CHANGED, changes.removed("follower", changes.snapshot(follower)))
    return deal.id
