"""Formula fields: worked out for each deal."""

from decimal import Decimal
from typing import Any

import strawberry

from models.formulas import FormulaFieldType, FormulaGap
from resolvers import formulas
from resolvers.access import Viewer
from resolvers.ids import encode
from resolvers.reads.declare import Many, One, Term
from resolvers.reads.run import Ref
from schema.common import Money, MoneyInput, Node, UserError
from schema.custom_fields import AMOUNT
from schema.declaring import Answer, command, identifies, reads, shows

strawberry.enum(FormulaFieldType, description="What a formula comes to.")
strawberry.enum(FormulaGap, description="Why a formula comes to nothing.")

FORMULA_FIELDS = Many("FormulaField", order=(Term("{a}.position", "int"),))
RESULTS = Many(
    "FormulaFieldValue",
    column="deal_id",
    order=(Term("(SELECT vf.position FROM formula_fields vf WHERE vf.id = {a}.formula_id)", "int"),),
)
# What deals are ordered by: null where the formula comes to nothing.
BY_FORMULA_FIELD = (
    "(SELECT ov.sort_key FROM formula_field_values ov WHERE ov.deal_id = {a}.id AND ov.formula_id = {{key}})"
)


@strawberry.type(description="A formula that is worked out for every deal.")
class FormulaField(Node):
    """A formula."""

    id: strawberry.ID = identifies("FormulaField")
    name: str = shows("name")
    expression: str = shows(
        "expression",
        description="+ - * / ( ) and %, decimals, value, probability, activities, activitiesDone, activitiesToDo, and "
        "other fields by their ids in braces.",
    )
    type: FormulaFieldType = shows("type")
    position: int = shows("position", "int")


@strawberry.type(
    description="What a formula comes to: a number or money, rounded once, half to even; or a reason why it is neither."
)
class FormulaFieldValue:
    """A result."""

    field: FormulaField = reads(One("FormulaField", "formula_id"))
    number: Decimal | None = shows("number")
    money: Money | None = reads(AMOUNT)
    reason: FormulaGap | None = shows("reason")


@strawberry.input(
    description="What a formula must come to, in the members for its type; bounds are included, amounts are of one "
    "currency. isEmpty alone asks whether it comes to anything."
)
class FormulaFieldFilter:
    """A condition."""

    formula_field_id: strawberry.ID
    is_empty: bool | None = strawberry.UNSET
    number_from: Decimal | None = strawberry.UNSET
    number_to: Decimal | None = strawberry.UNSET
    money_from: MoneyInput | None = strawberry.UNSET
    money_to: MoneyInput | None = strawberry.UNSET


@strawberry.input(
    description="A new formula. Fields are named by their ids in braces, or by their names in square brackets, such "
    "as [Budget] * probability% - 100 * [Hourly rate]."
)
class CreateFormulaFieldInput:
    """A new formula."""

    name: str
    expression: str
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="What to change of a formula; what is left out stays.")
class UpdateFormulaFieldInput:
    """A change of a formula."""

    id: strawberry.ID
    name: str | None = strawberry.UNSET
    expression: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A formula to delete.")
class FormulaFieldIdInput:
    """The formula."""

    id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a formula.")
class FormulaFieldPayload:
    """The formula after the command."""

    formula_field: FormulaField | None
    errors: list[UserError]


@strawberry.type(description="What became of a formula that was deleted.")
class DeleteFormulaFieldPayload:
    """The id that is gone."""

    deleted_id: strawberry.ID | None
    errors: list[UserError]


async def _create_formula(viewer: Viewer, draft: Any) -> Answer:
    return {"formula_field": Ref("FormulaField", await formulas.create_formula_field(viewer, draft))}


async def _update_formula(viewer: Viewer, patch: Any) -> Answer:
    return {"formula_field": Ref("FormulaField", await formulas.update_formula_field(viewer, patch))}


async def _delete_formula(viewer: Viewer, given: Any) -> Answer:
    return {"deleted_id": encode("FormulaField", await formulas.delete_formula_field(viewer, given))}


@strawberry.type
class FormulaFieldCommands:
    """What admins do with formulas."""

    create_formula_field = command(
        CreateFormulaFieldInput,
        FormulaFieldPayload,
        _create_formula,
        "Admins only; up to 10. It is checked, and worked out for every deal at once.",
    )
    update_formula_field = command(
        UpdateFormulaFieldInput, FormulaFieldPayload, _update_formula, "Admins only. Worked out anew for every deal."
    )
    delete_formula_field = command(
        FormulaFieldIdInput, DeleteFormulaFieldPayload, _delete_formula, "Admins only; not while another reads it."
    )
