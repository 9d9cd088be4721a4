"""People and organizations."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import contacts
from resolvers.access import Viewer
from resolvers.reads.declare import Connection, Many, One, Term
from resolvers.reads.filters import by_name
from resolvers.reads.run import Ref
from schema.common import Node, PageInfo, User, UserError
from schema.declaring import Answer, command, identifies, paged, reads, shows
from schema.enums import Visibility
from schema.files import FILES_OF_ORGANIZATION, FILES_OF_PERSON, FileConnection
from schema.mail import MAIL, MAIL_OF_PERSON, MailMessageConnection

if TYPE_CHECKING:
    from schema.merges import OrganizationMerge, PersonMerge

_ORDERS = {"NAME": (Term("{a}.folded_name"),)}
PEOPLE = Connection("Person", order="NAME", descending=False, orders=_ORDERS, filters=(by_name,))
ORGANIZATIONS = Connection("Organization", order="NAME", descending=False, orders=_ORDERS, filters=(by_name,))
_BY_TIME = (Term("{a}.at", "instant"),)
MEMBERS = Connection("Person", column="organization_id", order="NAME", descending=False, orders=_ORDERS)


@strawberry.interface(description="A person or an organization.")
class Contact(Node):
    """What people and organizations have in common."""

    name: str


@strawberry.type(description="A human contact.")
class Person(Contact):
    """A person."""

    id: strawberry.ID = identifies("Person")
    name: str = shows("name")
    emails: list[str] = shows("emails", "json")
    phones: list[str] = shows("phones", "json")
    organization: "Organization | None" = reads(One("Organization", "organization_id"))
    mail_messages = reads(MAIL_OF_PERSON, MAIL, arguments=paged, answers=MailMessageConnection)
    files = reads(FILES_OF_PERSON, arguments=paged, answers=FileConnection)
    merges: list[Annotated["PersonMerge", strawberry.lazy("schema.merges")]] = reads(
        Many("PersonMerge", column="survivor_id", order=_BY_TIME), "What was merged into it, earliest first."
    )
    owner: User = reads(One("User", "owner_id"))
    visibility: Visibility = shows("visibility")
    created_at: datetime = shows("created_at", "instant")
    updated_at: datetime = shows("updated_at", "instant")
    version: int = shows("version", "int")


@strawberry.type(description="One person in a list.")
class PersonEdge:
    """A person and where it lies."""

    cursor: str
    node: Person


@strawberry.type(description="A page of people.")
class PersonConnection:
    """A page of people."""

    edges: list[PersonEdge]
    nodes: list[Person]
    page_info: PageInfo
    total_count: int


@strawberry.type(description="A company or another body.")
class Organization(Contact):
    """An organization."""

    id: strawberry.ID = identifies("Organization")
    name: str = shows("name")
    domain: str | None = shows("domain")
    address: str | None = shows("address")
    people = reads(MEMBERS, "Its people.", arguments=paged, answers=PersonConnection)
    files = reads(FILES_OF_ORGANIZATION, arguments=paged, answers=FileConnection)
    merges: list[Annotated["OrganizationMerge", strawberry.lazy("schema.merges")]] = reads(
        Many("OrganizationMerge", column="survivor_id", order=_BY_TIME), "What was merged into it, earliest first."
    )
    owner: User = reads(One("User", "owner_id"))
    visibility: Visibility = shows("visibility")
    created_at: datetime = shows("created_at", "instant")
    updated_at: datetime = shows("updated_at", "instant")
    version: int = shows("version", "int")


@strawberry.type(description="One organization in a list.")
class OrganizationEdge:
    """An organization and where it lies."""

    cursor: str
    node: Organization


@strawberry.type(description="A page of organizations.")
class OrganizationConnection:
    """A page of organizations."""

    edges: list[OrganizationEdge]
    nodes: list[Organization]
    page_info: PageInfo
    total_count: int


@strawberry.input(description="A new person.")
class CreatePersonInput:
    """A new person."""

    name: str
    emails: list[str] | None = strawberry.UNSET
    phones: list[str] | None = strawberry.UNSET
    organization_id: strawberry.ID | None = strawberry.UNSET
    owner_id: strawberry.ID | None = strawberry.UNSET
    visibility: Visibility | None = strawberry.UNSET


@strawberry.input(description="A new organization.")
class CreateOrganizationInput:
    """A new organization."""

    name: str
    domain: str | None = strawberry.UNSET
    address: str | None = strawberry.UNSET
    owner_id: strawberry.ID | None = strawberry.UNSET
    visibility: Visibility | None = strawberry.UNSET


@strawberry.type(description="What became of a person.")
class PersonPayload:
    """The person after the command."""

    person: Person | None
    errors: list[UserError]


@strawberry.type(description="What became of an organization.")
class OrganizationPayload:
    """The organization after the command."""

    organization: Organization | None
    errors: list[UserError]


@strawberry.input(description="What to change of a person; what is left out stays, null unsets.")
class UpdatePersonInput:
    """A change of a person."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    name: str | None = strawberry.UNSET
    emails: list[str] | None = strawberry.UNSET
    phones: list[str] | None = strawberry.UNSET
    organization_id: strawberry.ID | None = strawberry.UNSET
    owner_id: strawberry.ID | None = strawberry.UNSET
    visibility: Visibility | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to change of an organization; what is left out stays, null unsets.")
class UpdateOrganizationInput:
    """A change of an organization."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    name: str | None = strawberry.UNSET
    domain: str | None = strawberry.UNSET
    address: str | None = strawberry.UNSET
    owner_id: strawberry.ID | None = strawberry.UNSET
    visibility: Visibility | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


async def _create_person(viewer: Viewer, draft: Any) -> Answer:
    return {"person": Ref("Person", await contacts.create_person(viewer, draft))}


async def _create_organization(viewer: Viewer, draft: Any) -> Answer:
    return {"organization": Ref("Organization", await contacts.create_organization(viewer, draft))}


async def _update_person(viewer: Viewer, patch: Any) -> Answer:
    return {"person": Ref("Person", await contacts.update_person(viewer, patch))}


async def _update_organization(viewer: Viewer, patch: Any) -> Answer:
    return {"organization": Ref("Organization", await contacts.update_organization(viewer, patch))}


@strawberry.type
class ContactCommands:
    """What may be done with contacts."""

    create_person = command(CreatePersonInput, PersonPayload, _create_person)
    create_organization = command(CreateOrganizationInput, OrganizationPayload, _create_organization)
    update_person = command(UpdatePersonInput, PersonPayload, _update_person)
    update_organization = command(UpdateOrganizationInput, OrganizationPayload, _update_organization)
