"""Formula fields, as admins define them for the deals of their account."""

import re
from collections.abc import Mapping
from typing import TypedDict
from uuid import UUID

from models import changes
from models.changes import ChangeKind
from models.custom_fields import CustomField, CustomFieldType
from models.formulas import FormulaField, FormulaFieldType
from resolvers import access, commands, expressions, field_names, formula_results, ids, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.expressions import BadExpression, Field, Input, Program, Reference
from resolvers.faults import Faults
from resolvers.formula_results import reference_to

MOST_FORMULAS = 10
EXPRESSION_LENGTH = 1000
_NAMED = re.compile(r"\[([^\[\]]*)\]")
_READABLE = {
    CustomFieldType.NUMBER: FormulaFieldType.NUMBER,
    CustomFieldType.MONEY: FormulaFieldType.MONEY,
}
_OF_EVERY_DEAL: Mapping[Reference, FormulaFieldType] = {
    Input.VALUE: FormulaFieldType.MONEY,
    Input.PROBABILITY: FormulaFieldType.NUMBER,
    Input.ACTIVITIES: FormulaFieldType.NUMBER,
    Input.ACTIVITIES_DONE: FormulaFieldType.NUMBER,
    Input.ACTIVITIES_TO_DO: FormulaFieldType.NUMBER,
    Input.EMAILS: FormulaFieldType.NUMBER,
}


class FormulaFieldDraft(TypedDict, total=False):
    """A formula as an admin gives it: fields by their ids in braces, or by their names in square brackets."""

    name: str
    expression: str
    client_mutation_id: str | None


class FormulaFieldPatch(TypedDict, total=False):
    """What an admin changes of a formula."""

    id: str
    name: str | None
    expression: str | None
    client_mutation_id: str | None


class FormulaFieldId(TypedDict, total=False):
    """A formula to delete."""

    id: str
    client_mutation_id: str | None


async def create_formula_field(viewer: Viewer, draft: FormulaFieldDraft) -> UUID:
    """Work a formula out for every deal from now on; only admins may, and MOST_FORMULAS fit an account."""
    access.require_admin(viewer, "define formulas")
    faults = Faults()
    with faults.noted():
        name = field_names.read(draft.get("name"))
    with faults.noted():
        expression = text.line(draft.get("expression"), "expression", length=EXPRESSION_LENGTH)
    faults.raise_any()
    async with commands.begin(viewer, draft) as ledger:
        await formula_results.hold(viewer.account_id)
        kept = await FormulaField.filter(account_id=viewer.account_id).order_by("position")
        if len(kept) >= MOST_FORMULAS:
            raise refuse(ErrorCode.TOO_MANY, f"An account has at most {MOST_FORMULAS} formulas: delete one first.")
        await field_names.require_free(viewer, name)
        formula = FormulaField(
            account_id=viewer.account_id,
            name=name,
            folded_name=field_names.fold(name),
            position=kept[-1].position + 1 if kept else 0,
        )
        await _define(formula, expression, kept)
        await formula.save()
        ledger.record(ChangeKind.FIELD_ADDED, changes.added("formula_field", changes.snapshot(formula)))
        await formula_results.settle_all(ledger)
    return formula.id


async def _define(formula: FormulaField, expression: str, others: list[FormulaField]) -> None:
    """Give a formula its expression and its type; refuses one that cannot be worked out, or breaks another."""
    fields = await CustomField.filter(account_id=formula.account_id, removed_at=None)
    try:
        formula.expression = _by_ids(expression, [*fields, *others])
        programs = {reference_to(each): expressions.parse(each.expression) for each in [*others, formula]}
        types = dict(_OF_EVERY_DEAL)
        types |= {Field("CustomField", str(each.id)): _READABLE[each.type] for each in fields if each.type in _READABLE}
        _require_known(programs, types, {str(each.id): each for each in fields})
        for each in formula_results.in_turn(programs):
            types[each] = expressions.type_of(programs[each], types)
    except BadExpression as bad:
        raise refuse(ErrorCode.INVALID, str(bad), "expression") from bad
    formula.type = types[reference_to(formula)]
    for other in others:
        if types[reference_to(other)] is not other.type:
            message = f"{other.name} reads this, and would be of another type then: change it first."
            raise refuse(ErrorCode.INVALID, message, "expression")


def _by_ids(expression: str, fields: list[CustomField | FormulaField]) -> str:
    """The expression with the ids of fields in the place of their names."""
    named = {each.folded_name: each for each in fields}

    def id_of(match: re.Match[str]) -> str:
        field = named.get(field_names.fold(match[1]))
        if field is None:
            raise BadExpression("There is no field of a name that stands in square brackets here.")
        return f"{{{ids.encode(type(field).__name__, field.id)}}}"

    return _NAMED.sub(id_of, expression)


def _require_known(
    programs: Mapping[Field, Program], types: Mapping[Reference, FormulaFieldType], fields: Mapping[str, CustomField]
) -> None:
    for program in programs.values():
        for each in expressions.references(program) - types.keys() - programs.keys():
            known = fields.get(each.key) if isinstance(each, Field) else None
            if known is None:
                raise BadExpression("There is no field of an id that stands in braces here.")
            raise BadExpression(f"{known.name} is of type {known.type}: a formula reads numbers and money.")


async def update_formula_field(viewer: Viewer, patch: FormulaFieldPatch) -> UUID:
    """Rename a formula, or work another one out in its place for every deal; only admins may."""
    access.require_admin(viewer, "define formulas")
    key = ids.expect("FormulaField", patch["id"], "id")
    name, expression = patch.get("name"), patch.get("expression")
    faults = Faults()
    with faults.noted():
        name = None if name is None else field_names.read(name)
    with faults.noted():
        expression = None if expression is None else text.line(expression, "expression", length=EXPRESSION_LENGTH)
    faults.raise_any()
    async with commands.begin(viewer, patch) as ledger:
        await formula_results.hold(viewer.account_id)
        formula, others = await _find(viewer, key)
        before = changes.snapshot(formula)
        if name is not None:
            await field_names.require_free(viewer, name, apart_from=key)
            formula.name, formula.folded_name = name, field_names.fold(name)
        if expression is not None:
            await _define(formula, expression, others)
        after = changes.snapshot(formula)
        if after != before:
            await formula.save()
            ledger.record(ChangeKind.FIELD_UPDATED, changes.altered("formula_field", before, after))
            await formula_results.settle_all(ledger)
    return key


async def _find(viewer: Viewer, key: UUID) -> tuple[FormulaField, list[FormulaField]]:
    """A formula of the account, and the others."""
    kept = await FormulaField.filter(account_id=viewer.account_id).order_by("position")
    formula = next((each for each in kept if each.id == key), None)
    if formula is None:
        raise access.not_found("FormulaField", "id")
    return formula, [each for each in kept if each.id != key]


async def delete_formula_field(viewer: Viewer, given: FormulaFieldId) -> UUID:
    """Take a formula and its results away; only admins may, and not while another formula reads it."""
    access.require_admin(viewer, "define formulas")
    key = ids.expect("FormulaField", given["id"], "id")
    async with commands.begin(viewer, given) as ledger:
        await formula_results.hold(viewer.account_id)
        formula, others = await _find(viewer, key)
        refuse_read(reference_to(formula), others)
        await formula_results.forget(formula)
        ledger.record(ChangeKind.FIELD_UPDATED, changes.removed("formula_field", changes.snapshot(formula)))
        await formula_results.settle_all(ledger)
    return key


def refuse_read(field: Field, formulas: list[FormulaField]) -> None:
    """Refuse to take away a field that formulas read."""
    readers = [each.name for each in formulas if field in expressions.references(expressions.parse(each.expression))]
    if readers:
        message = f"The formula {readers[0]} reads this field: change or delete that first."
        raise refuse(ErrorCode.INVALID, message, "id")
