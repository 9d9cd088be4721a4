"""The people and organizations of a world, some of them merged into others, and the keys they are found by."""

from typing import Any

from models.contacts import Contact, ContactKey, ContactKeyKind, Organization, Person
from models.merges import Merge, OrganizationMerge, PersonMerge
from resolvers import text
from tests.resolvers.reads.filling import START, Filling


async def make_contacts(filling: Filling) -> None:
    """Organizations, people in some of them, merges of both, and the people's addresses."""
    organizations = [_organization(filling) for _ in range(6)]
    _merge(organizations)
    await filling.save("Organization", organizations)
    people = [_person(filling, number) for number in range(9)]
    _merge(people)
    await filling.save("Person", people)
    await filling.save("OrganizationMerge", _merges(filling, OrganizationMerge, organizations))
    await filling.save("PersonMerge", _merges(filling, PersonMerge, people))
    await filling.keep(
        ContactKey(account_id=filling.company.id, person_id=each.id, kind=ContactKeyKind.EMAIL, value=value)
        for each in people
        for value in each.emails
    )


def _contact(filling: Filling, number: int) -> dict[str, Any]:
    name = filling.dice.choice(["Łucja Ćma", "Jan Kowalski", "Zakład Źródło"])
    columns = filling.record() | filling.maybe(import_key=f"{name} {number}")
    return {**columns, "name": name, "folded_name": text.fold(name)}


def _organization(filling: Filling) -> Organization:
    known = filling.maybe(domain="a.example", address="Kwiatowa 1, Łódź")
    return Organization(**_contact(filling, filling.dice.randint(0, 10**9)), **known)


def _person(filling: Filling, number: int) -> Person:
    emails = ["a@b.example"] if number % 2 else []
    phones = ["+48 500 600 700"][: filling.dice.randint(0, 1)]
    return Person(
        **_contact(filling, number), emails=emails, phones=phones, organization_id=filling.any("Organization")
    )


def _merge(contacts: list[Any]) -> None:
    """Of the last, one is gone, and two are merged into the first and the second."""
    for gone, survivor in zip(contacts[-3:], [None, *contacts[:2]], strict=True):
        gone.removed_at = START
        gone.merged_into_id = survivor and survivor.id


def _merges(filling: Filling, model: type[Merge], contacts: list[Contact]) -> list[Merge]:
    """The merges of those that are merged, and one of two that no longer are."""
    merged = [(each.merged_into_id, each.id, None) for each in contacts if each.merged_into_id is not None]
    undone = (contacts[2].id, contacts[1].id, START)
    return [
        model(**filling.own(), survivor_id=survivor, merged_id=gone, by_id=filling.one("User"), undone_at=at)
        for survivor, gone, at in [*merged, undone]
    ]
