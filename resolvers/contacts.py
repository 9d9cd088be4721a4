"""What may be done with contacts: people and organizations made and changed, their keys kept in step."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.base import Visibility
from models.changes import ChangeKind
from models.contacts import Organization, Person
from models.deals import Deal
from models.leads import Lead
from resolvers import access, commands, contact_keys, contact_kinds, ids, opportunities, text
from resolvers.access import Viewer
from resolvers.contact_kinds import ORGANIZATION, PERSON, ContactKind, ContactT
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.labels import Kind, labels_of
from resolvers.opportunities import FOLDED_LENGTH, Columns, Read

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
    return await _create(viewer, PERSON, draft, _PERSON)


async def create_organization(viewer: Viewer, draft: OrganizationDraft) -> UUID:
    """Make an organization, the viewer's own unless an owner is given. Duplicates are allowed."""
    return await _create(viewer, ORGANIZATION, draft, _ORGANIZATION)


async def _create(
    viewer: Viewer, kind: ContactKind[ContactT], draft: Mapping[str, Any], fields: Mapping[str, Read]
) -> UUID:
    given = {name: value for name, value in draft.items() if value is not None}
    found = await opportunities.columns(viewer, {"name": None, **given}, fields)
    async with commands.begin(viewer, draft) as ledger:
        contact = kind.model(**{"account_id": viewer.account_id, "owner_id": viewer.user_id, **found})
        await _insert(kind, [contact])
        ledger.record(kind.added, changes.added(kind.noun, changes.snapshot(contact)))
    return contact.id


async def update_person(viewer: Viewer, patch: PersonPatch) -> UUID:
    """Change the fields given. What changes nothing leaves no change behind."""
    return await _update(viewer, PERSON, patch, _PERSON)


async def update_organization(viewer: Viewer, patch: OrganizationPatch) -> UUID:
    """Change the fields given. What changes nothing leaves no change behind."""
    return await _update(viewer, ORGANIZATION, patch, _ORGANIZATION)


async def _update(
    viewer: Viewer, kind: ContactKind[ContactT], patch: Mapping[str, Any], fields: Mapping[str, Read]
) -> UUID:
    key = ids.expect(kind.type_name, patch["id"], "id")
    async with commands.begin(viewer, patch) as ledger:
        linked = await lock_linked(viewer, kind, key)
        contact = await access.find_one(viewer, kind.model, key, "id", lock=True)
        commands.check_version(contact, patch)
        found = await opportunities.columns(viewer, patch, fields)
        opportunities.require_rights(viewer, contact, found)
        revised = await commands.revise(kind.noun, contact, found)
        if revised is not None:
            await contact_kinds.replace_keys(kind, contact)
            ledger.record(kind.updated, revised)
            await tell_linked(ledger, linked, revised)
    return key


Linked = list[tuple[ChangeKind, Kind, Lead | Deal]]


async def lock_linked(viewer: Viewer, kind: ContactKind[Any], *keys: UUID) -> Linked:
    """The leads and deals that show one of these contacts, locked before it, as everywhere."""
    held: dict[str, Any] = {"account_id": viewer.account_id, f"{kind.column}__in": keys, "removed_at": None}
    leads = await Lead.filter(**held).order_by("id").select_for_update(no_key=True)
    deals = await Deal.filter(**held).order_by("id").select_for_update(no_key=True)
    return [
        *((ChangeKind.LEAD_UPDATED, "lead", lead) for lead in leads),
        *((ChangeKind.DEAL_UPDATED, "deal", deal) for deal in deals),
    ]


async def tell_linked(ledger: changes.Ledger, linked: Linked, revised: changes.Subject) -> None:
    """What shows a contact changes with it: boards and the inbox are told of each, by its own revision."""
    nouns: tuple[Kind, ...] = ("lead", "deal")
    labelled = {noun: await labels_of(noun, [row.id for _, each, row in linked if each == noun]) for noun in nouns}
    for kind, noun, row in linked:
        same = changes.snapshot(row, label_ids=labelled[noun][row.id])
        ledger.record(kind, changes.altered(noun, same, same), revised)


async def insert_people(people: Sequence[Person]) -> None:
    """Write new people with their keys, in two statements; to be called in a write transaction.

    It records no change: who calls it does, in the change the people belong to.
    """
    await _insert(PERSON, people)


async def insert_organizations(organizations: Sequence[Organization]) -> None:
    """As `insert_people`, for organizations."""
    await _insert(ORGANIZATION, organizations)


async def _insert(kind: ContactKind[ContactT], contacts: Sequence[ContactT]) -> None:
    if contacts:
        await kind.model.bulk_create(contacts)
        await contact_kinds.insert_keys(kind, contacts)
