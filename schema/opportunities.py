"""What a lead and a deal have in common."""

from datetime import date, datetime
from typing import Any

import strawberry

from resolvers import capabilities
from resolvers.capabilities import Kind
from resolvers.reads.declare import One, Value
from schema.activities import Activity, ActivityConnection, activities_paged
from schema.common import Label, Money, MoneyInput, Node, User, amount
from schema.contacts import Organization, Person
from schema.custom_fields import CustomFieldValue, CustomFieldValueInput
from schema.declaring import paged, reads, shows
from schema.enums import Capability, OpportunitySource, Visibility
from schema.notes import NoteConnection


@strawberry.interface(description="What a lead and a deal have in common.")
class Opportunity(Node):
    """An opportunity: a lead or a deal."""

    title: str = shows("title")
    value: Money | None = amount("value_minor")
    owner: User = reads(One("User", "owner_id"))
    person: Person | None = reads(One("Person", "person_id"), "Null as well where the viewer may not see it.")
    organization: Organization | None = reads(
        One("Organization", "organization_id"), "Null as well where the viewer may not see it."
    )
    labels: list[Label]
    custom_fields: list[CustomFieldValue] = strawberry.field(description="The values of custom fields that it has.")
    source: OpportunitySource = shows("source")
    expected_close_date: date | None = shows("expected_close_date", "day")
    capabilities: list[Capability]
    visibility: Visibility = shows("visibility")
    notes = strawberry.field(resolver=paged, graphql_type=NoteConnection)
    activities = strawberry.field(resolver=activities_paged, graphql_type=ActivityConnection)
    next_activity: Activity | None = reads(One("Activity", "next_activity_id"), "The earliest that is not done.")
    created_at: datetime = shows("created_at", "instant")
    updated_at: datetime = shows("updated_at", "instant")
    version: int = shows(
        "version",
        "int",
        "Grows by one with each change of this record; send it back as expectedVersion.",
    )


def capabilities_of(kind: Kind) -> Any:
    """The field that lists what its type can do, out of the table."""
    names = [str(capability) for capability in capabilities.of(kind)]
    return reads(Value((), lambda: names), "What it can do.")


@strawberry.input
class OpportunityFields:
    """What may be given of a lead and of a deal alike; inputs of both are made of it."""

    person_id: strawberry.ID | None = strawberry.UNSET
    organization_id: strawberry.ID | None = strawberry.UNSET
    owner_id: strawberry.ID | None = strawberry.UNSET
    value: MoneyInput | None = strawberry.UNSET
    label_ids: list[strawberry.ID] | None = strawberry.UNSET
    expected_close_date: date | None = strawberry.UNSET
    visibility: Visibility | None = strawberry.UNSET
    custom_fields: list[CustomFieldValueInput] | None = strawberry.field(
        default=strawberry.UNSET, description="Those to be set; the others stay. Null empties all."
    )
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input
class NewOpportunity(OpportunityFields):
    """What is given of one that is new."""

    title: str
    source: OpportunitySource | None = OpportunitySource.API
    idempotency_key: str | None = strawberry.UNSET


@strawberry.input
class OpportunityPatch(OpportunityFields):
    """What is given of one that is changed."""

    id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    title: str | None = strawberry.UNSET
