"""Duplicate contacts at a conversion: reviewed, answered, kept, or replaced where they are exact."""

from typing import Any
from uuid import UUID

from models.base import Visibility
from models.contacts import Person
from models.deals import Deal
from resolvers.conversions import (
    ConversionOutcome,
    DuplicateContactsPolicy,
    OnError,
    convert_leads,
    preview_conversion,
)
from resolvers.duplicates import use_exact
from resolvers.errors import ErrorCode
from resolvers.matching import Match, MatchReason
from tests import given
from tests.refusals import global_id
from tests.replaying import told, unchanged

KEEP, USE_EXACT = DuplicateContactsPolicy.KEEP, DuplicateContactsPolicy.USE_EXACT


async def twins(company: given.Company) -> tuple[Person, Person]:
    """A person of old, and a new one with the same e-mail."""
    old = await given.person(company.bartek, "Jan Nowak", emails=["jan@zubr.pl"])
    return old, await given.person(company.anna, "J. Nowak", emails=["jan@zubr.pl"])


async def convert(company: given.Company, *leads: Any, **request: Any) -> Any:
    anna = await given.viewer(company.anna)
    return await convert_leads(anna, {"lead_ids": [global_id(lead) for lead in leads], **request})


async def test_a_lead_with_a_contact_to_review_stays_as_it_is(acme: given.Company) -> None:
    old, new = await twins(acme)
    lead, clear = await given.lead(acme.anna, person_id=new.id), await given.lead(acme.anna, "Clear")
    async with unchanged(acme.id):
        report = await convert(acme, clear, lead)
    assert [result.outcome for result in report.results] == [ConversionOutcome.SKIPPED, ConversionOutcome.NEEDS_REVIEW]
    assert [(error.code, error.path) for error in report.results[1].errors] == [
        (ErrorCode.DUPLICATE_CONTACTS, ["leadIds", "1"])
    ]
    (review,) = report.review
    assert (review.lead_id, review.contact_type, review.contact_id) == (lead.id, "Person", new.id)
    assert [(match.contact_id, match.is_exact) for match in review.matches] == [(old.id, True)]
    skipping = await convert(acme, clear, lead, on_error=OnError.SKIP)
    assert [result.outcome for result in skipping.results] == [
        ConversionOutcome.CONVERTED, ConversionOutcome.NEEDS_REVIEW
    ]  # fmt: skip
    assert skipping.review == report.review


async def test_an_answer_is_taken(acme: given.Company) -> None:
    old, new = await twins(acme)
    one, two = [await given.lead(acme.anna, person_id=new.id) for _ in "12"]
    use = {"contact_id": global_id(new), "use_contact_id": global_id(old)}
    async with told(acme.id):
        report = await convert(acme, one, contacts=[use])
    assert (await Deal.get(id=report.results[0].deal_id)).person_id == old.id
    report = await convert(acme, two, contacts=[{"contact_id": global_id(new), "use_contact_id": None}])
    assert (await Deal.get(id=report.results[0].deal_id)).person_id == new.id


async def test_an_answer_counts_whatever_the_policy(acme: given.Company) -> None:
    _, new = await twins(acme)
    third = await given.person(acme.anna, "Olga Mak")
    leads = [await given.lead(acme.anna, person_id=new.id) for _ in "123"]
    other_one = [{"contact_id": global_id(new), "use_contact_id": global_id(third)}]
    this_one = [{"contact_id": global_id(new)}]
    for lead, policy, contacts, expected in (
        (leads[0], KEEP, other_one, third.id),
        (leads[1], USE_EXACT, other_one, third.id),
        (leads[2], USE_EXACT, this_one, new.id),
    ):
        report = await convert(acme, lead, on_duplicate_contacts=policy, contacts=contacts)
        assert (await Deal.get(id=report.results[0].deal_id)).person_id == expected


async def test_contacts_are_kept_where_that_is_asked(acme: given.Company) -> None:
    _, new = await twins(acme)
    lead = await given.lead(acme.anna, person_id=new.id)
    report = await convert(acme, lead, on_duplicate_contacts=KEEP)
    assert (await Deal.get(id=report.results[0].deal_id)).person_id == new.id
    assert report.review == []


async def test_an_exact_match_is_used_where_that_is_asked(acme: given.Company) -> None:
    old, new = await twins(acme)
    zubr = await given.organization(acme.anna, "Żubr", domain="zubr.pl")
    again = await given.organization(acme.anna, "Zubr")
    lead = await given.lead(acme.anna, person_id=new.id, organization_id=again.id)
    async with told(acme.id):
        report = await convert(acme, lead, on_duplicate_contacts=USE_EXACT)
    deal = await Deal.get(id=report.results[0].deal_id)
    assert (deal.person_id, deal.organization_id) == (old.id, zubr.id)


async def test_a_match_that_is_not_exact_is_not_used(acme: given.Company) -> None:
    await given.person(acme.bartek, "Jan Maria Nowak")
    new = await given.person(acme.anna, "Jan Nowak")
    lead = await given.lead(acme.anna, person_id=new.id)
    report = await convert(acme, lead, on_duplicate_contacts=USE_EXACT)
    assert (await Deal.get(id=report.results[0].deal_id)).person_id == new.id


async def test_new_contacts_of_one_batch_that_are_the_same_become_one(acme: given.Company) -> None:
    people = [await given.person(acme.anna, name, phones=["+48221234567"]) for name in ("Ewa Lis", "E. Lis", "Lis")]
    leads = [await given.lead(acme.anna, person_id=person.id) for person in reversed(people)]
    report = await convert(acme, *leads, on_duplicate_contacts=USE_EXACT)
    deals = await Deal.filter(id__in=[result.deal_id for result in report.results])
    assert {deal.person_id for deal in deals} == {people[0].id}


async def test_two_leads_of_one_contact_are_both_reviewed_and_answered_together(acme: given.Company) -> None:
    old, new = await twins(acme)
    leads = [await given.lead(acme.anna, person_id=new.id) for _ in "12"]
    report = await convert(acme, *leads)
    assert [review.lead_id for review in report.review] == [lead.id for lead in leads]
    use = {"contact_id": global_id(new), "use_contact_id": global_id(old)}
    report = await convert(acme, *leads, contacts=[use])
    assert {deal.person_id for deal in await Deal.all()} == {old.id}


async def test_contacts_out_of_sight_are_neither_shown_nor_used(acme: given.Company) -> None:
    await given.person(acme.celina, "Jan Nowak", emails=["jan@zubr.pl"], visibility=Visibility.OWNER)
    new = await given.person(acme.anna, "Jan Nowak", emails=["jan@zubr.pl"])
    one, two = [await given.lead(acme.anna, person_id=new.id) for _ in "12"]
    assert (await convert(acme, one)).results[0].outcome is ConversionOutcome.CONVERTED
    report = await convert(acme, two, on_duplicate_contacts=USE_EXACT)
    assert (await Deal.get(id=report.results[0].deal_id)).person_id == new.id


async def test_other_accounts_contacts_are_no_matches(acme: given.Company, other: given.Company) -> None:
    await given.person(other.anna, "Jan Nowak", emails=["jan@zubr.pl"])
    new = await given.person(acme.anna, "Jan Nowak", emails=["jan@zubr.pl"])
    lead = await given.lead(acme.anna, person_id=new.id)
    assert (await convert(acme, lead)).results[0].outcome is ConversionOutcome.CONVERTED


async def test_a_contact_that_the_joined_deal_does_not_take_needs_no_review(acme: given.Company) -> None:
    _, new = await twins(acme)
    full = await given.deal(acme.anna, acme.stages[0], person_id=(await given.person(acme.anna, "Olga Mak")).id)
    empty = await given.deal(acme.anna, acme.stages[0])
    one, two = [await given.lead(acme.anna, person_id=new.id) for _ in "12"]
    into = [
        {"lead_id": global_id(one), "deal_id": global_id(full)},
        {"lead_id": global_id(two), "deal_id": global_id(empty)},
    ]
    report = await convert(acme, one, two, into_deals=into, on_error=OnError.SKIP)
    assert [result.outcome for result in report.results] == [
        ConversionOutcome.CONVERTED, ConversionOutcome.NEEDS_REVIEW
    ]  # fmt: skip


async def test_a_preview_lists_what_to_review(acme: given.Company) -> None:
    old, new = await twins(acme)
    lead = await given.lead(acme.anna, person_id=new.id)
    async with unchanged(acme.id):
        preview = await preview_conversion(await given.viewer(acme.anna), [global_id(lead)], None)
    assert preview.errors == []
    assert [(review.lead_id, review.contact_id) for review in preview.review] == [(lead.id, new.id)]
    assert [match.contact_id for match in preview.review[0].matches] == [old.id]


def _match(number: int, score: float = 0.95, *, exact: bool = True) -> Match:
    return Match("Person", UUID(int=number), score, [MatchReason.SAME_EMAIL], exact)


def test_the_best_match_outside_the_batch_goes_to_all_that_are_the_same() -> None:
    matches = {
        UUID(int=1): [_match(2), _match(9, 0.9)],
        UUID(int=2): [_match(1), _match(8)],
        UUID(int=3): [_match(7, exact=False)],
        UUID(int=4): [_match(5)],
        UUID(int=5): [_match(4), _match(6)],
        UUID(int=6): [_match(5)],
    }
    chosen = {one.int: other.int for one, other in use_exact(matches).items()}
    assert chosen == {1: 8, 2: 8, 3: 3, 4: 4, 5: 4, 6: 4}
