"""The two kinds of contact, and what of them is kept where."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from models.base import new_id
from models.changes import ChangeKind
from models.contacts import Contact, ContactKey, Organization, Person
from models.merges import (
    Merge,
    OrganizationMerge,
    OrganizationSeparation,
    PersonMerge,
    PersonSeparation,
    Separation,
)
from resolvers import contact_keys
from resolvers.contact_keys import Key
from resolvers.matching import ContactType
from resolvers.statements import insert_rows

ContactT = TypeVar("ContactT", bound=Contact)


@dataclass(frozen=True)
class ContactKind(Generic[ContactT]):
    """One kind: its names in the schema, in the log and in the tables that point to it, and its keys."""

    type_name: ContactType
    noun: str
    column: str
    model: type[ContactT]
    merges: type[Merge]
    separations: type[Separation]
    keys_of: Callable[[Any], list[Key]]
    added: ChangeKind
    updated: ChangeKind


PERSON = ContactKind(
    "Person",
    "person",
    "person_id",
    Person,
    PersonMerge,
    PersonSeparation,
    lambda person: contact_keys.person_keys(person.name, person.emails, person.phones),
    ChangeKind.PERSON_ADDED,
    ChangeKind.PERSON_UPDATED,
)
ORGANIZATION = ContactKind(
    "Organization",
    "organization",
    "organization_id",
    Organization,
    OrganizationMerge,
    OrganizationSeparation,
    lambda organization: contact_keys.organization_keys(organization.name, organization.domain),
    ChangeKind.ORGANIZATION_ADDED,
    ChangeKind.ORGANIZATION_UPDATED,
)
KINDS: Mapping[str, ContactKind[Any]] = {kind.type_name: kind for kind in (PERSON, ORGANIZATION)}


async def insert_keys(kind: ContactKind[ContactT], contacts: Iterable[ContactT]) -> None:
    """Write the keys that these contacts, which have none yet, are matched by."""
    columns = ("id", "account_id", kind.column, "kind", "value")
    rows = [
        (new_id(), each.account_id, each.id, key.value, value) for each in contacts for key, value in kind.keys_of(each)
    ]
    await insert_rows("contact_keys", columns, rows)


async def replace_keys(kind: ContactKind[ContactT], contact: ContactT) -> None:
    """Write a contact's keys anew; none for one that was merged into another."""
    await ContactKey.filter(**{kind.column: contact.id}).delete()
    if contact.removed_at is None:
        await insert_keys(kind, [contact])
