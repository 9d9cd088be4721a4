"""The contacts of imported rows: those known already, and those to be made, each once.

A row's organization is known where it has the folded name of one, or the domain (its website's
or its e-mails') and a similar name. A row's person is known where they have its e-mail, or its
phone and a similar name; with neither e-mail nor phone, where they have the same folded name in
the same organization. Different people who share a switchboard's number so stay different.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.base import new_id
from models.contacts import ContactKeyKind, Organization, Person
from resolvers import matching, text
from resolvers.access import Viewer
from resolvers.contact_keys import (
    Key,
    domain_key,
    email_key,
    organization_keys,
    organization_name_key,
    person_keys,
    person_name_key,
    phone_key,
)
from resolvers.import_rows import LeadRow
from resolvers.opportunities import FOLDED_LENGTH
from resolvers.statements import to_uuid

_PERSON_KINDS = (ContactKeyKind.EMAIL, ContactKeyKind.PHONE, ContactKeyKind.NAME)
_ORGANIZATION_KINDS = (ContactKeyKind.DOMAIN, ContactKeyKind.NAME)


@dataclass(frozen=True)
class Known:
    """A contact that rows can be matched to."""

    id: UUID
    name: str
    organization_id: UUID | None = None


Index = defaultdict[Key, list[Known]]


@dataclass
class Book:
    """Contacts by their keys: those read for these rows, then those made since."""

    read: Index
    made: Index

    def with_key(self, key: Key) -> Iterable[Known]:
        """The contacts with a key, the oldest first."""
        return (*self.read.get(key, ()), *self.made.get(key, ()))

    def add(self, known: Known, keys: Iterable[Key]) -> None:
        """Know a new contact by its keys."""
        for key in keys:
            if key[0] is not ContactKeyKind.NAME_PART:
                self.made[key].append(known)


@dataclass
class RowContacts:
    """The contacts of one row; `person` and `organization` are set where they are new with it."""

    person_id: UUID | None = None
    organization_id: UUID | None = None
    person: Person | None = None
    organization: Organization | None = None


def opportunity_columns(row: LeadRow, found: RowContacts) -> dict[str, Any]:
    """What a row says of a lead or a deal, with its contacts, as columns."""
    return {
        "title": row.title,
        "folded_title": text.fold(row.title)[:FOLDED_LENGTH],
        "value_minor": row.value_minor,
        "currency": row.currency,
        "person_id": found.person_id,
        "organization_id": found.organization_id,
        "expected_close_date": row.expected_close_date,
    }


@dataclass
class ContactFinder:
    """Finds the contacts of rows for one viewer.

    `made` keeps those a dry run would have made, for they are in no database when the next rows come.
    """

    viewer: Viewer
    is_dry_run: bool = False
    made_people: Index = field(default_factory=lambda: defaultdict(list))
    made_organizations: Index = field(default_factory=lambda: defaultdict(list))

    async def find(self, rows: Sequence[LeadRow], owners: Sequence[UUID]) -> list[RowContacts]:
        """The contacts of each row, in two statements; new ones are unsaved rows of their owners."""
        organizations = await self._read_organizations(rows)
        people = await self._read_people(rows)
        found = []
        for row, owner_id in zip(rows, owners, strict=True):
            contacts = RowContacts()
            if row.has_organization:
                self._take_organization(contacts, row, owner_id, organizations)
            if row.has_person:
                self._take_person(contacts, row, owner_id, people)
            found.append(contacts)
        return found

    async def _read_organizations(self, rows: Sequence[LeadRow]) -> Book:
        values = {value for row in rows if row.has_organization for _, value in _organization_wanted(row)}
        rows_held = await matching.read_holders(self.viewer, "Organization", values, _ORGANIZATION_KINDS)
        index: Index = defaultdict(list)
        for held in rows_held:
            known = Known(to_uuid(held["id"]), organization_name_key(held["name"]))
            index[ContactKeyKind(held["kind"]), held["value"]].append(known)
        return Book(index, self.made_organizations if self.is_dry_run else defaultdict(list))

    async def _read_people(self, rows: Sequence[LeadRow]) -> Book:
        values = {value for row in rows if row.has_person for _, value in _person_wanted(row)}
        index: Index = defaultdict(list)
        for held in await matching.read_holders(self.viewer, "Person", values, _PERSON_KINDS):
            employer = held["organization_id"]
            known = Known(to_uuid(held["id"]), person_name_key(held["name"]), to_uuid(employer) if employer else None)
            index[ContactKeyKind(held["kind"]), held["value"]].append(known)
        return Book(index, self.made_people if self.is_dry_run else defaultdict(list))

    def _take_organization(self, contacts: RowContacts, row: LeadRow, owner_id: UUID, book: Book) -> None:
        known = _known_organization(row, book)
        if known is None:
            contacts.organization = self._new_organization(row, owner_id)
            known = Known(contacts.organization.id, organization_name_key(contacts.organization.name))
            book.add(known, organization_keys(contacts.organization.name, contacts.organization.domain))
        contacts.organization_id = known.id

    def _take_person(self, contacts: RowContacts, row: LeadRow, owner_id: UUID, book: Book) -> None:
        known = _known_person(row, contacts.organization_id, book)
        if known is None:
            person = self._new_person(row, owner_id, contacts.organization_id)
            contacts.person = person
            known = Known(person.id, person_name_key(person.name), person.organization_id)
            book.add(known, person_keys(person.name, row.emails, row.phones))
        contacts.person_id = known.id

    def _new_organization(self, row: LeadRow, owner_id: UUID) -> Organization:
        name = row.organization or row.domain or ""
        return Organization(
            id=new_id(),
            account_id=self.viewer.account_id,
            owner_id=owner_id,
            name=name,
            folded_name=text.fold(name)[:FOLDED_LENGTH],
            domain=row.domain,
            address=row.address,
        )

    def _new_person(self, row: LeadRow, owner_id: UUID, organization_id: UUID | None) -> Person:
        name = row.person or (row.emails + row.phones)[0][: text.LINE_LENGTH]
        return Person(
            id=new_id(),
            account_id=self.viewer.account_id,
            owner_id=owner_id,
            name=name,
            folded_name=text.fold(name)[:FOLDED_LENGTH],
            emails=row.emails,
            phones=row.phones,
            organization_id=organization_id,
        )


def _organization_wanted(row: LeadRow) -> list[Key]:
    domains = [domain_key(row.domain)] if row.domain else [domain_key(each) for each in row.emails]
    keys = [(ContactKeyKind.DOMAIN, domain) for domain in domains if domain]
    if row.organization and (name := organization_name_key(row.organization)):
        keys.insert(0, (ContactKeyKind.NAME, name))
    return keys


def _known_organization(row: LeadRow, book: Book) -> Known | None:
    name = organization_name_key(row.organization) if row.organization else None
    for key in _organization_wanted(row):
        for known in book.with_key(key):
            if name is None or matching.similarity("Organization", name, known.name, True) >= matching.LIKENESS:
                return known
    return None


def _person_wanted(row: LeadRow) -> list[Key]:
    keys = [(ContactKeyKind.EMAIL, key) for each in row.emails if (key := email_key(each))]
    keys += [(ContactKeyKind.PHONE, key) for each in row.phones if (key := phone_key(each))]
    if not keys and row.person and (name := person_name_key(row.person)):
        keys.append((ContactKeyKind.NAME, name))
    return keys


def _known_person(row: LeadRow, organization_id: UUID | None, book: Book) -> Known | None:
    name = person_name_key(row.person) if row.person else None
    for key in _person_wanted(row):
        for known in book.with_key(key):
            if _is_same(key[0], name, organization_id, known):
                return known
    return None


def _is_same(kind: ContactKeyKind, name: str | None, organization_id: UUID | None, known: Known) -> bool:
    if kind is ContactKeyKind.PHONE:
        return name is None or matching.similarity("Person", name, known.name) >= matching.LIKENESS
    return kind is ContactKeyKind.EMAIL or organization_id == known.organization_id
