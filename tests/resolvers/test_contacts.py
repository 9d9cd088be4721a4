"""People and organizations: made and changed, found by their keys, told in the log."""

from typing import Any
from uuid import UUID

import pytest

from models import changes
from models.base import Visibility
from models.changes import Change, ChangeKind
from models.contacts import ContactKey, Organization, Person
from resolvers import contacts, ids
from resolvers.contacts import PersonDraft
from resolvers.errors import ErrorCode, Refused
from tests import given


async def keys_of(**contact: UUID) -> set[tuple[str, str]]:
    return {(row.kind.value, row.value) for row in await ContactKey.filter(**contact)}


async def refused(command: Any) -> list[tuple[ErrorCode, list[str]]]:
    with pytest.raises(Refused) as caught:
        await command
    return [(error.code, error.path) for error in caught.value.errors]


async def test_a_person_is_made_with_keys_and_one_change(acme: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    house = await contacts.create_organization(
        viewer, {"name": "Żubr sp. z o.o.", "domain": "https://www.Zubr.pl/o-nas"}
    )
    key = await contacts.create_person(
        viewer,
        {
            "name": " Łukasz Żółć ",
            "emails": ["Lukasz@Zubr.pl", "Lukasz@Zubr.pl"],
            "phones": ["600 100 200"],
            "organization_id": ids.encode("Organization", house),
            "owner_id": ids.encode("User", acme.bartek.id),
            "visibility": Visibility.TEAM,
            "client_mutation_id": "m1",
        },
    )
    person = await Person.get(id=key)
    assert (person.name, person.folded_name, person.emails) == ("Łukasz Żółć", "lukasz zolc", ["Lukasz@Zubr.pl"])
    assert (person.organization_id, person.owner_id, person.visibility) == (house, acme.bartek.id, "TEAM")
    assert await keys_of(person_id=key) == {
        ("NAME", "lukasz zolc"),
        ("NAME_PART", "lukasz"),
        ("NAME_PART", "zolc"),
        ("EMAIL", "lukasz@zubr.pl"),
        ("PHONE", "+48600100200"),
    }
    assert (await Organization.get(id=house)).domain == "zubr.pl"
    assert await keys_of(organization_id=house) == {("NAME", "zubr"), ("NAME_PART", "zubr"), ("DOMAIN", "zubr.pl")}

    added = (await changes.read_after(acme.id, 0))[-1]
    assert (added.kind, added.client_mutation_id) == (ChangeKind.PERSON_ADDED, "m1")
    assert added.find("person")[0].after == changes.snapshot(person)


async def test_every_fault_of_a_person_is_told_at_once_and_nothing_is_made(
    acme: given.Company, other: given.Company
) -> None:
    viewer = await given.viewer(acme.anna)
    foreign = await given.organization(other.anna)
    draft: PersonDraft = {
        "name": " ",
        "emails": ["jan@acme.pl", "jan", "a b@acme.pl"],
        "phones": ["brak"],
        "organization_id": ids.encode("Organization", foreign.id),
        "owner_id": ids.encode("User", other.anna.id),
    }
    assert await refused(contacts.create_person(viewer, draft)) == [
        (ErrorCode.INVALID, ["name"]),
        (ErrorCode.INVALID, ["emails", "1"]),
        (ErrorCode.INVALID, ["emails", "2"]),
        (ErrorCode.INVALID, ["phones", "0"]),
        (ErrorCode.NOT_FOUND, ["organizationId"]),
        (ErrorCode.NOT_FOUND, ["ownerId"]),
    ]
    assert await Person.filter(account_id=acme.id).count() == 0
    assert await Change.filter(account_id=acme.id).count() == 0


@pytest.mark.parametrize(
    ("field", "value", "code", "path"),
    [
        ("name", "x" * 256, ErrorCode.INVALID, ["name"]),
        ("name", "a\x00b", ErrorCode.INVALID, ["name"]),
        ("emails", ["a@b.pl"] * 51, ErrorCode.TOO_MANY, ["emails"]),
        ("emails", ["x" * 320 + "@acme.pl"], ErrorCode.INVALID, ["emails", "0"]),
        ("organization_id", "nonsense", ErrorCode.INVALID, ["organizationId"]),
    ],
)
async def test_a_bad_field_of_a_person_is_refused(
    acme: given.Company, field: str, value: Any, code: ErrorCode, path: list[str]
) -> None:
    viewer = await given.viewer(acme.anna)
    draft: Any = {"name": "Jan", field: value}
    assert await refused(contacts.create_person(viewer, draft)) == [(code, path)]


@pytest.mark.parametrize(("field", "value"), [("domain", "not a domain"), ("address", "x" * 1001), ("name", None)])
async def test_a_bad_field_of_an_organization_is_refused(acme: given.Company, field: str, value: Any) -> None:
    viewer = await given.viewer(acme.anna)
    draft: Any = {"name": "Żubr", field: value}
    assert await refused(contacts.create_organization(viewer, draft)) == [(ErrorCode.INVALID, [field])]


async def test_an_update_changes_what_is_given_and_the_keys_with_it(acme: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    key = await contacts.create_person(
        viewer, {"name": "Jan Kowalski", "emails": ["jan@acme.pl"], "phones": ["600100200"]}
    )
    await contacts.update_person(
        viewer, {"id": ids.encode("Person", key), "expected_version": 1, "name": "Jan Lis", "emails": None}
    )
    person = await Person.get(id=key)
    assert (person.name, person.emails, person.phones, person.version) == ("Jan Lis", [], ["600100200"], 2)
    assert await keys_of(person_id=key) == {
        ("NAME", "jan lis"),
        ("NAME_PART", "jan"),
        ("NAME_PART", "lis"),
        ("PHONE", "+48600100200"),
    }
    updated = (await changes.read_after(acme.id, 1))[0]
    assert updated.kind is ChangeKind.PERSON_UPDATED
    assert updated.find("person")[0].changed == {"name", "folded_name", "emails", "version", "updated_at"}


async def test_an_organization_is_updated_with_its_keys(acme: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    key = await contacts.create_organization(viewer, {"name": "Żubr", "domain": "zubr.pl", "address": "Leśna 1"})
    await contacts.update_organization(viewer, {"id": ids.encode("Organization", key), "domain": None})
    assert (await Organization.get(id=key)).address == "Leśna 1"
    assert await keys_of(organization_id=key) == {("NAME", "zubr"), ("NAME_PART", "zubr")}
    assert (await changes.read_after(acme.id, 1))[0].kind is ChangeKind.ORGANIZATION_UPDATED


async def test_an_update_that_changes_nothing_leaves_no_change(acme: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    key = await contacts.create_person(viewer, {"name": "Jan"})
    await contacts.update_person(viewer, {"id": ids.encode("Person", key), "name": " Jan "})
    assert (await Person.get(id=key)).version == 1
    assert await changes.revision_of(acme.id) == 1


async def test_an_update_of_another_version_is_refused(acme: given.Company) -> None:
    viewer = await given.viewer(acme.anna)
    key = ids.encode("Person", await contacts.create_person(viewer, {"name": "Jan"}))
    update = contacts.update_person(viewer, {"id": key, "expected_version": 7, "name": "Ewa"})
    assert await refused(update) == [(ErrorCode.VERSION_CONFLICT, ["expectedVersion"])]


async def test_only_the_owner_or_an_admin_gives_a_contact_away_or_hides_it(acme: given.Company) -> None:
    key = await contacts.create_person(await given.viewer(acme.anna), {"name": "Jan"})
    patch: contacts.PersonPatch = {
        "id": ids.encode("Person", key),
        "owner_id": ids.encode("User", acme.bartek.id),
        "visibility": Visibility.OWNER,
    }
    assert await refused(contacts.update_person(await given.viewer(acme.bartek), patch)) == [
        (ErrorCode.FORBIDDEN, ["ownerId"]),
        (ErrorCode.FORBIDDEN, ["visibility"]),
    ]
    await contacts.update_person(await given.viewer(acme.admin), patch)
    assert (await Person.get(id=key)).owner_id == acme.bartek.id


async def test_a_contact_out_of_sight_is_not_there(acme: given.Company, other: given.Company) -> None:
    hidden = await given.person(acme.celina, visibility="OWNER")
    foreign = await given.person(other.anna)
    viewer = await given.viewer(acme.anna)
    for person in (hidden, foreign):
        update = contacts.update_person(viewer, {"id": ids.encode("Person", person.id), "name": "Mine"})
        assert await refused(update) == [(ErrorCode.NOT_FOUND, ["id"])]
