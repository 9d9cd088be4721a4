"""Who else is in a deal: people who take part, users who follow."""

from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.deals import Deal
from models.participants import Participant
from resolvers import conversions, deals, ids, participants, reversals
from resolvers.errors import ErrorCode
from resolvers.participants import MOST_PARTICIPANTS, add_participants, follow_deal, remove_participants, unfollow_deal
from tests import given
from tests.asking import ask
from tests.refusals import global_id, refused
from tests.replaying import told

_WHO = "query ($id: ID!) { deal(id: $id) { participants { name } followers { name } } }"


async def _who(acme: given.Company, deal: Deal) -> tuple[list[str], list[str]]:
    answer = (await ask(await given.viewer(acme.admin), _WHO, id=global_id(deal)))["deal"]
    return [each["name"] for each in answer["participants"]], [each["name"] for each in answer["followers"]]


async def test_further_people_take_part_beside_the_deals_own(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    own, olga, piotr = [await given.person(acme.anna, name) for name in ("Jan Nowak", "Olga Mak", "Piotr Zych")]
    deal = await given.deal(acme.anna, acme.stages[0], person_id=own.id)
    both = {"deal_id": global_id(deal), "person_ids": [global_id(piotr), global_id(olga), global_id(own)]}
    async with told(acme.id) as log:
        for _ in range(2):
            assert await add_participants(anna, both) == deal.id
    assert [change.kind for change in log] == [ChangeKind.PARTICIPANTS_CHANGED]
    assert (await _who(acme, deal))[0] == ["Jan Nowak", "Olga Mak", "Piotr Zych"]
    await deals.update_deal(anna, {"id": global_id(deal), "person_id": global_id(olga)})
    assert (await _who(acme, deal))[0] == ["Olga Mak", "Piotr Zych"]
    async with refused(ErrorCode.INVALID, "personIds", 1):
        everyone = [global_id(piotr), global_id(olga)]
        await remove_participants(anna, {"deal_id": global_id(deal), "person_ids": everyone})
    async with told(acme.id) as log:
        for _ in range(2):
            await remove_participants(anna, {"deal_id": global_id(deal), "person_ids": [global_id(piotr)]})
    assert [change.kind for change in log] == [ChangeKind.PARTICIPANTS_CHANGED]
    assert (await _who(acme, deal))[0] == ["Olga Mak"]


async def test_who_may_not_take_part_is_refused(acme: given.Company, other: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    deal, lead = await given.deal(acme.anna, acme.stages[0]), await given.lead(acme.anna)
    hidden = await given.person(acme.celina, visibility=Visibility.OWNER)
    foreign = await given.person(other.anna)
    person = global_id(await given.person(acme.anna))
    for unseen in (global_id(hidden), global_id(foreign), ids.encode("Person", new_id())):
        async with refused(ErrorCode.NOT_FOUND, "personIds", 1):
            await add_participants(anna, {"deal_id": global_id(deal), "person_ids": [person, unseen]})
    secret = await given.deal(acme.celina, acme.stages[0], visibility=Visibility.OWNER)
    for verb in (add_participants, remove_participants):
        async with refused(ErrorCode.CAPABILITY_MISSING, "dealId"):
            await verb(anna, {"deal_id": global_id(lead), "person_ids": [person]})
        async with refused(ErrorCode.NOT_FOUND, "dealId"):
            await verb(anna, {"deal_id": global_id(secret), "person_ids": [person]})
        async with refused(ErrorCode.EMPTY, "personIds"):
            await verb(anna, {"deal_id": global_id(deal), "person_ids": []})
    crowd = [await given.person(acme.anna, f"Person {number}") for number in range(2)]
    there = [Participant(account_id=acme.id, deal_id=deal.id, person_id=crowd[0].id)]
    for number in range(MOST_PARTICIPANTS - 1):
        guest = await given.person(acme.anna, f"Guest {number}")
        there.append(Participant(account_id=acme.id, deal_id=deal.id, person_id=guest.id))
    await Participant.bulk_create(there)
    async with refused(ErrorCode.TOO_MANY, "personIds"):
        await add_participants(anna, {"deal_id": global_id(deal), "person_ids": [global_id(each) for each in crowd]})


async def test_users_follow_a_deal_and_its_owner_always_does(acme: given.Company) -> None:
    deal, lead = await given.deal(acme.anna, acme.stages[0]), await given.lead(acme.anna)
    bartek, anna = await given.viewer(acme.bartek), await given.viewer(acme.anna)
    async with told(acme.id) as log:
        for who in (bartek, bartek, anna):
            await follow_deal(who, {"deal_id": global_id(deal)})
        assert (await _who(acme, deal))[1] == ["Anna", "Bartek"]
        for _ in range(2):
            await unfollow_deal(bartek, {"deal_id": global_id(deal)})
    assert [change.kind for change in log] == [ChangeKind.FOLLOWERS_CHANGED] * 2
    assert (await _who(acme, deal))[1] == ["Anna"]
    async with refused(ErrorCode.INVALID, "dealId"):
        await unfollow_deal(anna, {"deal_id": global_id(deal)})
    for verb in (follow_deal, unfollow_deal):
        async with refused(ErrorCode.CAPABILITY_MISSING, "dealId"):
            await verb(anna, {"deal_id": global_id(lead)})


async def test_the_people_of_leads_that_join_a_deal_take_part_until_that_is_undone(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    own = await given.person(acme.anna, "Jan Nowak")
    deal = await given.deal(acme.anna, acme.stages[0], person_id=own.id)
    olga = await given.person(acme.anna, "Olga Mak")
    leads = [await given.lead(acme.anna, person_id=each.id) for each in (olga, olga, own)]
    into = [{"lead_id": global_id(lead), "deal_id": global_id(deal)} for lead in leads]
    async with told(acme.id):
        await conversions.convert_leads(
            anna, {"lead_ids": [global_id(lead) for lead in leads], "into_deals": into, "on_duplicate_contacts": "KEEP"}
        )
    assert (await _who(acme, deal))[0] == ["Jan Nowak", "Olga Mak"]
    assert await participants.those_of([deal.id]) == {deal.id: {olga.id}}
    async with told(acme.id):
        await reversals.undo_conversion(anna, {"lead_id": global_id(leads[0])})
    assert (await _who(acme, deal))[0] == ["Jan Nowak"]


async def test_those_who_take_part_come_back_with_the_deal(acme: given.Company) -> None:
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    await conversions.convert_leads(anna, {"lead_ids": [global_id(lead)]})
    deal = await Deal.get(source_lead_id=lead.id)
    olga = await given.person(acme.anna, "Olga Mak")
    await add_participants(anna, {"deal_id": global_id(deal), "person_ids": [global_id(olga)]})
    await reversals.undo_conversion(anna, {"lead_id": global_id(lead)})
    await conversions.convert_leads(anna, {"lead_ids": [global_id(lead)]})
    assert "Olga Mak" in (await _who(acme, deal))[0]
