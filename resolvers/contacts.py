"""What may be done with contacts: people and organizations made and changed, their keys kept in step."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, TypeVar
from uuid import UUID

from models import changes
from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.contacts import ContactKey, Organization, Person
from models.deals import Deal
from models.leads import Lead
from resolvers import access, commands, contact_keys, ids, opportunities, text
from resolvers.access import Viewer
from resolvers.contact_keys import Key
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.labels import Kind, labels_of
from resolvers.opportunities import FOLDED_LENGTH, Columns, Read
from resolvers.statements import insert_rows

EMAIL_LENGTH = 320
PHONE_LENGTH = 64
ADDRESS_LENGTH = 1000
MOST_ADDRESSES = 50

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@]+")
_DIGITS = re.compile(r"\d")


class PersonDraft(TypedDict, total=False):
    """A person as a client gives them; the name is needed."""

    name: str
    emails: list[str] | None
    phones: list[str] | None
    organization_id: str | None
    owner_id: str | None
    visibility: Visibility | None
    client_mutation_id: str | None


class PersonPatch(PersonDraft, total=False):
    """What a client changes of a person: the fields given, and no others."""

    id: str
    expected_version: int | None


class OrganizationDraft(TypedDict, total=False):
    """An organization as a client gives it; the name is needed."""

    name: str
    domain: str | None
    address: str | None
    owner_id: str | None
    visibility: Visibility | None
    client_mutation_id: str | None


class OrganizationPatch(OrganizationDraft, total=False):
    """What a client changes of an organization: the fields given, and no others."""

    id: str
    expected_version: int | None


def name_columns(given: str | None, *path: str | int) -> Columns:
    """The columns for a contact's name; refuses what is no line of text."""
    name = text.line(given, *path)
    return {"name": name, "folded_name": text.fold(name)[:FOLDED_LENGTH]}


def email(given: str, *path: str | int) -> str:
    """An e-mail address, trimmed; refuses what is none."""
    address = text.line(given, *path, length=EMAIL_LENGTH)
    if not _EMAIL.fullmatch(address) or contact_keys.domain_of(address) is None:
        raise refuse(ErrorCode.INVALID, "This is not an e-mail address, such as jan@example.com.", *path)
    return address


def phone(given: str, *path: str | int) -> str:
    """A phone number as it was written, trimmed; refuses what has not three digits."""
    number = text.line(given, *path, length=PHONE_LENGTH)
    if len(_DIGITS.findall(number)) < 3:
        raise refuse(ErrorCode.INVALID, "This is not a phone number, such as +48 600 100 200.", *path)
    return number


def domain(given: str | None, *path: str | int) -> str | None:
    """The domain of a website, without `www.`; null for blank, refuses what is no host name."""
    written = text.optional_line(given, *path, length=1000)
    if written is None:
        return None
    found = contact_keys.domain_of(written)
    if found is None or len(found) > 253:
        raise refuse(ErrorCode.INVALID, "This is not a domain, such as example.com.", *path)
    return found


def _each(check: Callable[..., str], given: Sequence[str] | None, path: str) -> list[str]:
    if given is not None and len(given) > MOST_ADDRESSES:
        raise refuse(ErrorCode.TOO_MANY, f"At most {MOST_ADDRESSES} fit on one person.", path)
    faults = Faults()
    found: list[str] = []
    for place, value in enumerate(given or ()):
        with faults.noted():
            found.append(check(value, path, place))
    faults.raise_any()
    return list(dict.fromkeys(found))


async def _name(viewer: Viewer, given: str | None) -> Columns:
    return name_columns(given, "name")


async def _emails(viewer: Viewer, given: list[str] | None) -> Columns:
    return {"emails": _each(email, given, "emails")}


async def _phones(viewer: Viewer, given: list[str] | None) -> Columns:
    return {"phones": _each(phone, given, "phones")}


async def _domain(viewer: Viewer, given: str | None) -> Columns:
    return {"domain": domain(given, "domain")}


async def _address(viewer: Viewer, given: str | None) -> Columns:
    return {"address": text.optional_line(given, "address", length=ADDRESS_LENGTH)}


_RIGHTS: Mapping[str, Read] = {name: opportunities.FIELDS[name] for name in ("owner_id", "visibility")}
_PERSON: Mapping[str, Read] = {
    "name": _name,
    "emails": _emails,
    "phones": _phones,
    "organization_id": opportunities.FIELDS["organization_id"],
    **_RIGHTS,
}
_ORGANIZATION: Mapping[str, Read] = {"name": _name, "domain": _domain, "address": _address, **_RIGHTS}


async def create_person(viewer: Viewer, draft: PersonDraft) -> UUID:
    """Make a person, the viewer's own unless an owner is given. Duplicates are allowed."""
    found = await _new_columns(viewer, draft, _PERSON)
    async with commands.begin(viewer, draft) as ledger:
        person = Person(account_id=viewer.account_id, **found)
        await insert_people([person])
        ledger.record(ChangeKind.PERSON_ADDED, changes.added("person", changes.snapshot(person)))
    return person.id


async def create_organization(viewer: Viewer, draft: OrganizationDraft) -> UUID:
    """Make an organization, the viewer's own unless an owner is given. Duplicates are allowed."""
    found = await _new_columns(viewer, draft, _ORGANIZATION)
    async with commands.begin(viewer, draft) as ledger:
        organization = Organization(account_id=viewer.account_id, **found)
        await insert_organizations([organization])
        after = changes.snapshot(organization)
        ledger.record(ChangeKind.ORGANIZATION_ADDED, changes.added("organization", after))
    return organization.id


async def _new_columns(viewer: Viewer, draft: Mapping[str, Any], fields: Mapping[str, Read]) -> Columns:
    given = {name: value for name, value in draft.items() if value is not None}
    return {"owner_id": viewer.user_id, **await opportunities.columns(viewer, {"name": None, **given}, fields)}


async def update_person(viewer: Viewer, patch: PersonPatch) -> UUID:
    """Change the fields given. What changes nothing leaves no change behind."""
    key = ids.expect("Person", patch["id"], "id")
    async with commands.begin(viewer, patch) as ledger:
        linked = await _lock_linked(viewer, "person_id", key)
        person = await access.find_one(viewer, Person, key, "id", lock=True)
        revised = await _revise("person", viewer, person, patch, _PERSON)
        if revised is not None:
            await ContactKey.filter(person_id=key).delete()
            await _insert_keys("person_id", [(person, _person_keys(person))])
            ledger.record(ChangeKind.PERSON_UPDATED, revised)
            await _tell_linked(ledger, linked, revised)
    return key


async def update_organization(viewer: Viewer, patch: OrganizationPatch) -> UUID:
    """Change the fields given. What changes nothing leaves no change behind."""
    key = ids.expect("Organization", patch["id"], "id")
    async with commands.begin(viewer, patch) as ledger:
        linked = await _lock_linked(viewer, "organization_id", key)
        organization = await access.find_one(viewer, Organization, key, "id", lock=True)
        revised = await _revise("organization", viewer, organization, patch, _ORGANIZATION)
        if revised is not None:
            await ContactKey.filter(organization_id=key).delete()
            await _insert_keys("organization_id", [(organization, _organization_keys(organization))])
            ledger.record(ChangeKind.ORGANIZATION_UPDATED, revised)
            await _tell_linked(ledger, linked, revised)
    return key


Linked = list[tuple[ChangeKind, Kind, Lead | Deal]]


async def _lock_linked(viewer: Viewer, column: str, key: UUID) -> Linked:
    """The leads and deals that show a contact, locked before it, as everywhere."""
    held: dict[str, Any] = {"account_id": viewer.account_id, column: key, "removed_at": None}
    leads = await Lead.filter(**held).order_by("id").select_for_update(no_key=True)
    deals = await Deal.filter(**held).order_by("id").select_for_update(no_key=True)
    return [
        *((ChangeKind.LEAD_UPDATED, "lead", lead) for lead in leads),
        *((ChangeKind.DEAL_UPDATED, "deal", deal) for deal in deals),
    ]


async def _tell_linked(ledger: changes.Ledger, linked: Linked, revised: changes.Subject) -> None:
    """What shows a contact changes with it: boards and the inbox are told of each, by its own revision."""
    nouns: tuple[Kind, ...] = ("lead", "deal")
    labelled = {noun: await labels_of(noun, [row.id for _, each, row in linked if each == noun]) for noun in nouns}
    for kind, noun, row in linked:
        same = changes.snapshot(row, label_ids=labelled[noun][row.id])
        ledger.record(kind, changes.altered(noun, same, same), revised)


ContactT = TypeVar("ContactT", Person, Organization)


async def _revise(
    subject: str, viewer: Viewer, contact: ContactT, patch: Mapping[str, Any], fields: Mapping[str, Read]
) -> changes.Subject | None:
    commands.check_version(contact, patch)
    found = await opportunities.columns(viewer, patch, fields)
    opportunities.require_rights(viewer, contact, found)
    return await commands.revise(subject, contact, found)


async def insert_people(people: Sequence[Person]) -> None:
    """Write new people with their keys, in two statements; to be called in a write transaction.

    It records no change: who calls it does, in the change the people belong to.
    """
    if people:
        await Person.bulk_create(people)
        await _insert_keys("person_id", [(person, _person_keys(person)) for person in people])


async def insert_organizations(organizations: Sequence[Organization]) -> None:
    """As `insert_people`, for organizations."""
    if organizations:
        await Organization.bulk_create(organizations)
        await _insert_keys("organization_id", [(each, _organization_keys(each)) for each in organizations])


def _person_keys(person: Person) -> list[Key]:
    return contact_keys.person_keys(person.name, person.emails, person.phones)


def _organization_keys(organization: Organization) -> list[Key]:
    return contact_keys.organization_keys(organization.name, organization.domain)


async def _insert_keys(column: str, keyed: Sequence[tuple[Person | Organization, list[Key]]]) -> None:
    columns = ("id", "account_id", column, "kind", "value")
    rows = [(new_id(), each.account_id, each.id, kind.value, value) for each, keys in keyed for kind, value in keys]
    await insert_rows("contact_keys", columns, rows)
