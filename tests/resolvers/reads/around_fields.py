"""The custom fields and formulas of a world, and their values on its leads and deals."""

from decimal import Decimal
from typing import Any

from models.custom_fields import CustomField, CustomFieldOption, CustomFieldType, CustomFieldValue
from models.deals import Deal
from models.formulas import FormulaField, FormulaFieldType, FormulaFieldValue, FormulaGap
from models.leads import Lead
from resolvers import text
from resolvers.custom_values import money_value, number_value
from tests.resolvers.reads.filling import START, Filling

_POINTED = {"PERSON": "Person", "ORGANIZATION": "Organization", "USER": "User"}


async def make_fields(filling: Filling) -> None:
    """Custom fields of each type, one of them deleted, with values of some, and formulas of each type."""
    types = [*CustomFieldType, CustomFieldType.TEXT]
    fields = [
        CustomField(**filling.own(), name=f"F{place}", folded_name=f"f{place}", type=each, position=place)
        for place, each in enumerate(types)
    ]
    fields[-1].removed_at = START
    await filling.save("CustomField", fields)
    options = [
        CustomFieldOption(**filling.own(), field_id=field.id, name=f"O{place}", folded_name=f"o{place}", position=place)
        for field in fields
        if "OPTION" in field.type
        for place in range(3)
    ]
    options[-1].removed_at = START
    await filling.save("CustomFieldOption", options)
    records: list[Lead | Deal] = [*filling.rows["Lead"], *filling.rows["Deal"]]
    pairs = [(field, record) for record in records for field in fields if filling.dice.random() < 0.5]
    values = [_value(filling, field, record, 0) for field, record in pairs]
    values += [_value(filling, field, record, 1) for field, record in pairs if field.type.startswith("MULTI")]
    await filling.keep(values)
    await _make_formulas(filling)


def _value(filling: Filling, field: CustomField, record: Lead | Deal, place: int) -> CustomFieldValue:
    type_name = type(record).__name__
    columns = _columns(filling, field)
    key = text.fold(str(columns.get("text", columns.get(field.type.lower(), ""))))
    if "text" in columns:
        columns["text"] = filling.mark(columns["text"], type_name, record)
    at = {f"{type_name.lower()}_id": record.id, "place": place}
    return CustomFieldValue(**filling.own(), field_id=field.id, sort_key=key, **columns, **at)


def _columns(filling: Filling, field: CustomField) -> dict[str, Any]:
    """What a value of a field fills."""
    match field.type:
        case CustomFieldType.TEXT:
            return {"text": filling.dice.choice(["Ćma", "_%"])}
        case CustomFieldType.NUMBER:
            return {"number": "-1.5"}
        case CustomFieldType.MONEY:
            return {"amount": "12.00", "currency": "PLN"}
        case CustomFieldType.DATE:
            return {"day": "2026-05-01"}
        case CustomFieldType.OPTION | CustomFieldType.MULTI_OPTION:
            of_field = [each.id for each in filling.rows["CustomFieldOption"] if each.field_id == field.id]
            return {"option_id": filling.dice.choice(of_field)}
        case pointed:
            return {f"{pointed.lower()}_id": filling.one(_POINTED[pointed])}


async def _make_formulas(filling: Filling) -> None:
    formulas = [
        FormulaField(**filling.own(), name=each, folded_name=each, expression="1", type=each, position=place)
        for place, each in enumerate(FormulaFieldType)
    ]
    await filling.save("FormulaField", formulas)
    await filling.keep(_result(filling, formula, deal) for formula in formulas for deal in filling.rows["Deal"])


def _result(filling: Filling, formula: FormulaField, deal: Deal) -> FormulaFieldValue:
    minor = filling.dice.choice([None, -150, 0, 2000])
    columns: dict[str, Any] = {"reason": FormulaGap.MISSING_INPUT}
    if minor is not None and formula.type is FormulaFieldType.MONEY:
        columns = money_value(minor, "PLN")
    elif minor is not None:
        columns = number_value(Decimal(minor))
    return FormulaFieldValue(**filling.own(), formula_id=formula.id, deal_id=deal.id, **columns)
