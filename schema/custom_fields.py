"""Custom fields: defined for an account, with values on its leads and deals."""

from datetime import date as Day
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.custom_fields import CustomFieldType
from resolvers import custom_fields
from resolvers.access import Viewer
from resolvers.ids import encode
from resolvers.reads.declare import Many, Need, One, Term, Value
from resolvers.reads.run import Ref
from schema.common import Money, MoneyInput, Node, User, UserError
from schema.contacts import Organization, Person
from schema.declaring import Answer, command, identifies, reads, shows

if TYPE_CHECKING:
    from schema.pipelines import Stage

strawberry.enum(CustomFieldType, description="What a custom field holds.")

_IN_TURN = (Term("{a}.position", "int"),)
CUSTOM_FIELDS = Many("CustomField", order=_IN_TURN)
_IN_FIELDS_TURN = (
    Term("(SELECT vf.position FROM custom_fields vf WHERE vf.id = {a}.field_id)", "int"),
    Term("{a}.field_id", "key"),
    Term("{a}.place", "int"),
)
VALUES_OF_LEAD = Many("CustomFieldValue", column="lead_id", order=_IN_FIELDS_TURN)
VALUES_OF_DEAL = Many("CustomFieldValue", column="deal_id", order=_IN_FIELDS_TURN)
# What is ordered by a custom field: nulls for those without a value, the first of several options.
BY_CUSTOM_FIELD = (
    "(SELECT ov.sort_key FROM custom_field_values ov "
    "WHERE ov.{owner} = {{a}}.id AND ov.field_id = {{{{key}}}} AND ov.place = 0)"
)


@strawberry.type(description="What can be chosen in a custom field.")
class CustomFieldOption(Node):
    """An option."""

    id: strawberry.ID = identifies("CustomFieldOption")
    name: str = shows("name")
    is_active: bool = reads(
        Value((Need("CASE WHEN {a}.removed_at IS NULL THEN 1 ELSE 0 END", "int"),), bool),
        "Whether it can be chosen; one that cannot stays on the values that have it.",
    )


@strawberry.type(description="A field that the account keeps of its leads and deals alike.")
class CustomField(Node):
    """A custom field."""

    id: strawberry.ID = identifies("CustomField")
    name: str = shows("name")
    type: CustomFieldType = shows("type")
    position: int = shows("position", "int")
    options: list[CustomFieldOption] = reads(
        Many("CustomFieldOption", column="field_id", order=_IN_TURN), "Of a field that is chosen from a list."
    )
    is_required: bool = shows(
        "is_required", "flag", "Every deal must have it; a lead may lack it until it is converted."
    )
    required_by_stages: list[Annotated["Stage", strawberry.lazy("schema.pipelines")]] = reads(
        Many("Stage", through=("stage_custom_fields", "field_id", "stage_id"), order=_IN_TURN),
        "The stages that a deal enters only with a value.",
    )


def _money(amount: str | None, currency: str | None) -> dict[str, str] | None:
    return None if amount is None or currency is None else {"amount": amount, "currency": currency}


AMOUNT = Value((Need("{a}.amount"), Need("{a}.currency")), _money, makes_object=True)


@strawberry.type(
    description="A value of a custom field: what its type says is not null, but a person or an organization is where "
    "the viewer may not see it. A field in which several options are chosen has one value for each."
)
class CustomFieldValue:
    """A value."""

    field: CustomField = reads(One("CustomField", "field_id"))
    text: str | None = shows("text")
    number: Decimal | None = shows("number")
    money: Money | None = reads(AMOUNT)
    date: Day | None = shows("day")
    option: CustomFieldOption | None = reads(One("CustomFieldOption", "option_id"))
    person: Person | None = reads(One("Person", "person_id"))
    organization: Organization | None = reads(One("Organization", "organization_id"))
    user: User | None = reads(One("User", "user_id"))


@strawberry.input(
    description="A value of a custom field, in the one member that its type asks for; none of them empties the field."
)
class CustomFieldValueInput:
    """A value, as given."""

    custom_field_id: strawberry.ID
    text: str | None = strawberry.UNSET
    number: Decimal | None = strawberry.UNSET
    money: MoneyInput | None = strawberry.UNSET
    date: Day | None = strawberry.UNSET
    option_ids: list[strawberry.ID] | None = strawberry.UNSET
    person_id: strawberry.ID | None = strawberry.UNSET
    organization_id: strawberry.ID | None = strawberry.UNSET
    user_id: strawberry.ID | None = strawberry.UNSET


@strawberry.input(
    description="What a custom field must hold, in the members for its type; bounds are included, amounts are of one "
    "currency. isEmpty alone asks whether it holds anything."
)
class CustomFieldFilter:
    """A condition."""

    custom_field_id: strawberry.ID
    is_empty: bool | None = strawberry.UNSET
    contains: str | None = strawberry.UNSET
    number_from: Decimal | None = strawberry.UNSET
    number_to: Decimal | None = strawberry.UNSET
    money_from: MoneyInput | None = strawberry.UNSET
    money_to: MoneyInput | None = strawberry.UNSET
    date_from: Day | None = strawberry.UNSET
    date_to: Day | None = strawberry.UNSET
    option_ids: list[strawberry.ID] | None = strawberry.UNSET
    person_ids: list[strawberry.ID] | None = strawberry.UNSET
    organization_ids: list[strawberry.ID] | None = strawberry.UNSET
    user_ids: list[strawberry.ID] | None = strawberry.UNSET


@strawberry.input(description="A new custom field, shown last. Options are for OPTION and MULTI_OPTION.")
class CreateCustomFieldInput:
    """A new field."""

    name: str
    type: CustomFieldType
    options: list[str] | None = strawberry.UNSET
    is_required: bool | None = strawberry.UNSET
    required_by_stage_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="The stages that a deal enters only with a value."
    )
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="An option: one that is there, by its id, or a new one.")
class CustomFieldOptionInput:
    """An option."""

    id: strawberry.ID | None = strawberry.UNSET
    name: str


@strawberry.input(
    description="What to change of a custom field; what is left out stays. Options are all there are to be, in order: "
    "one left out can no longer be chosen."
)
class UpdateCustomFieldInput:
    """A change of a field."""

    id: strawberry.ID
    name: str | None = strawberry.UNSET
    options: list[CustomFieldOptionInput] | None = strawberry.UNSET
    is_required: bool | None = strawberry.UNSET
    required_by_stage_ids: list[strawberry.ID] | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="Custom fields in the order in which they are to be shown; those left out follow.")
class OrderCustomFieldsInput:
    """The fields."""

    ids: list[strawberry.ID]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A custom field to delete, or to bring back with the values it had.")
class CustomFieldIdInput:
    """The field."""

    id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a custom field.")
class CustomFieldPayload:
    """The field after the command."""

    custom_field: CustomField | None
    errors: list[UserError]


@strawberry.type(description="What became of the custom fields.")
class CustomFieldsPayload:
    """The fields after the command."""

    custom_fields: list[CustomField]
    errors: list[UserError]


@strawberry.type(description="What became of a custom field that was deleted.")
class DeleteCustomFieldPayload:
    """The id that is gone."""

    deleted_id: strawberry.ID | None
    errors: list[UserError]


async def _create_field(viewer: Viewer, draft: Any) -> Answer:
    return {"custom_field": Ref("CustomField", await custom_fields.create_custom_field(viewer, draft))}


async def _update_field(viewer: Viewer, patch: Any) -> Answer:
    return {"custom_field": Ref("CustomField", await custom_fields.update_custom_field(viewer, patch))}


async def _order_fields(viewer: Viewer, given: Any) -> Answer:
    keys = await custom_fields.order_custom_fields(viewer, given)
    return {"custom_fields": [Ref("CustomField", key) for key in keys]}


async def _delete_field(viewer: Viewer, given: Any) -> Answer:
    return {"deleted_id": encode("CustomField", await custom_fields.delete_custom_field(viewer, given))}


async def _restore_field(viewer: Viewer, given: Any) -> Answer:
    return {"custom_field": Ref("CustomField", await custom_fields.restore_custom_field(viewer, given))}


@strawberry.type
class CustomFieldCommands:
    """What admins do with custom fields."""

    create_custom_field = command(CreateCustomFieldInput, CustomFieldPayload, _create_field, "Admins only.")
    update_custom_field = command(UpdateCustomFieldInput, CustomFieldPayload, _update_field, "Admins only.")
    order_custom_fields = command(OrderCustomFieldsInput, CustomFieldsPayload, _order_fields, "Admins only.")
    delete_custom_field = command(
        CustomFieldIdInput, DeleteCustomFieldPayload, _delete_field, "Admins only. Its values are kept."
    )
    restore_custom_field = command(CustomFieldIdInput, CustomFieldPayload, _restore_field, "Admins only.")
