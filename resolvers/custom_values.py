"""Values of custom fields as clients give them: checked by the field's type, and kept with the record."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from models.contacts import Organization, Person
from models.custom_fields import CustomField, CustomFieldOption, CustomFieldType, Value, Values
from resolvers import access, ids, money, sort_keys, text, users
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

MOST_FIELDS = 100
VALUE_LENGTH = 255
_LARGEST_NUMBER = 10**12


class CustomFieldDraft(TypedDict, total=False):
    """A value of a field as a client gives it: in the one member for its type; in none, to empty it."""

    custom_field_id: str
    text: str | None
    number: Decimal | None
    money: money.MoneyDraft | None
    date: date | None
    option_ids: list[str] | None
    person_id: str | None
    organization_id: str | None
    user_id: str | None


@dataclass(frozen=True)
class _Given:
    """A value to be read: who gives it for which field, and where it stands in the input."""

    viewer: Viewer
    field: CustomField
    value: Any
    path: tuple[str | int, ...]
    options: Mapping[UUID, CustomFieldOption]


async def _text(given: _Given) -> list[Value]:
    return [text_value(given.value, *given.path)]


def text_value(given: str, *path: str | int) -> Value:
    """A line of text as it is kept; refuses what is none."""
    line = text.line(given, *path, length=VALUE_LENGTH)
    return {"text": line, "sort_key": text.fold(line)[: 2 * VALUE_LENGTH]}


async def _number(given: _Given) -> list[Value]:
    return [checked_number(given.value, *given.path)]


def checked_number(number: Decimal, *path: str | int) -> Value:
    """A number as it is kept; refuses one that is too large, or has too many decimals."""
    if not number.is_finite() or abs(number) >= _LARGEST_NUMBER:
        raise refuse(ErrorCode.INVALID, "This number is larger than Lejek can keep.", *path)
    if number != round(number, sort_keys.DECIMALS):
        message = f"A number has at most {sort_keys.DECIMALS} decimals; this has more."
        raise refuse(ErrorCode.INVALID, message, *path)
    return number_value(number)


def number_value(number: Decimal) -> Value:
    """A number of at most `sort_keys.DECIMALS` decimals as it is kept."""
    plain = f"{number:f}"
    shown = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return {"number": "0" if shown in ("-0", "") else shown, "sort_key": sort_keys.of_number(number)}


async def _money(given: _Given) -> list[Value]:
    return [money_value(*money.to_minor(given.value, *given.path))]


def money_value(minor: int, currency: str) -> Value:
    """An amount as it is kept."""
    shown = {"amount": money.to_text(minor, currency), "currency": currency}
    return {**shown, "sort_key": sort_keys.of_amount(minor, currency)}


async def _date(given: _Given) -> list[Value]:
    return [day_value(given.value)]


def day_value(day: date) -> Value:
    """A day as it is kept."""
    return {"day": day.isoformat(), "sort_key": day.isoformat()}


async def _options(given: _Given) -> list[Value]:
    chosen = list(dict.fromkeys(given.value))
    if len(chosen) > 1 and given.field.type is CustomFieldType.OPTION:
        raise refuse(ErrorCode.TOO_MANY, "This field takes one option.", *given.path)
    faults = Faults()
    values = []
    for place, global_id in enumerate(chosen[: len(given.options) + 1]):
        with faults.noted():
            key = ids.expect("CustomFieldOption", global_id, *given.path, place)
            if key not in given.options or given.options[key].field_id != given.field.id:
                raise access.not_found("CustomFieldOption", *given.path, place)
            values.append(points_to("option_id", key))
    faults.raise_any()
    return sorted(values, key=lambda value: given.options[UUID(value["option_id"])].position)


def points_to(column: str, key: UUID) -> Value:
    """What points at a row, by that column, as it is kept."""
    return {column: str(key), "sort_key": str(key)}


async def _person(given: _Given) -> list[Value]:
    key = ids.expect("Person", given.value, *given.path)
    return [points_to("person_id", (await access.find_one(given.viewer, Person, key, *given.path)).id)]


async def _organization(given: _Given) -> list[Value]:
    key = ids.expect("Organization", given.value, *given.path)
    return [points_to("organization_id", (await access.find_one(given.viewer, Organization, key, *given.path)).id)]


async def _user(given: _Given) -> list[Value]:
    return [points_to("user_id", await users.find_user(given.viewer, given.value, *given.path))]


# The member that a value of each type is given in, by its name here and for clients, and what reads it.
_READ: Mapping[CustomFieldType, tuple[str, str, Callable[[_Given], Awaitable[list[Value]]]]] = {
    CustomFieldType.TEXT: ("text", "text", _text),
    CustomFieldType.NUMBER: ("number", "number", _number),
    CustomFieldType.MONEY: ("money", "money", _money),
    CustomFieldType.DATE: ("date", "date", _date),
    CustomFieldType.OPTION: ("option_ids", "optionIds", _options),
    CustomFieldType.MULTI_OPTION: ("option_ids", "optionIds", _options),
    CustomFieldType.PERSON: ("person_id", "personId", _person),
    CustomFieldType.ORGANIZATION: ("organization_id", "organizationId", _organization),
    CustomFieldType.USER: ("user_id", "userId", _user),
}
_NAMES = {member: name for member, name, _ in _READ.values()}

Patch = dict[str, list[Value]]


async def read_values(viewer: Viewer, drafts: Sequence[CustomFieldDraft] | None, *path: str | int) -> Patch | None:
    """The values given, by field, an empty list for a field to be emptied; null empties all.

    Refuses each value that its field does not take, and each field that is not there or given twice.
    """
    if drafts is None:
        return None
    if len(drafts) > MOST_FIELDS:
        raise refuse(ErrorCode.TOO_MANY, f"An account has at most {MOST_FIELDS} custom fields.", *path)
    fields = {field.id: field for field in await CustomField.filter(account_id=viewer.account_id, removed_at=None)}
    options = await _options_of(viewer, drafts)
    faults = Faults()
    found: Patch = {}
    for place, draft in enumerate(drafts):
        with faults.noted():
            field = _field(fields, draft, *path, place)
            if str(field.id) in found:
                raise refuse(ErrorCode.INVALID, "This field is given twice.", *path, place, "customFieldId")
            found[str(field.id)] = await _read(viewer, field, draft, options, *path, place)
    faults.raise_any()
    return found


async def _options_of(viewer: Viewer, drafts: Sequence[CustomFieldDraft]) -> dict[UUID, CustomFieldOption]:
    if not any(draft.get("option_ids") for draft in drafts):
        return {}
    kept = CustomFieldOption.filter(account_id=viewer.account_id, removed_at=None)
    return {option.id: option for option in await kept}


def _field(fields: Mapping[UUID, CustomField], draft: CustomFieldDraft, *path: str | int) -> CustomField:
    key = ids.expect("CustomField", draft["custom_field_id"], *path, "customFieldId")
    if key not in fields:
        raise access.not_found("CustomField", *path, "customFieldId")
    return fields[key]


async def _read(
    viewer: Viewer,
    field: CustomField,
    draft: CustomFieldDraft,
    options: Mapping[UUID, CustomFieldOption],
    *path: str | int,
) -> list[Value]:
    member, name, read = _READ[field.type]
    faults = Faults()
    for other in _NAMES.keys() - {member}:
        with faults.noted():
            if draft.get(other) is not None:
                message = f"This is a field of type {field.type}: give its value as {name}."
                raise refuse(ErrorCode.INVALID, message, *path, _NAMES[other])
    faults.raise_any()
    value = draft.get(member)
    return [] if value is None else await read(_Given(viewer, field, value, (*path, name), options))


def merged(before: Values, patch: Patch | None) -> Values:
    """The values of a record after a patch."""
    if patch is None:
        return {}
    return {key: values for key, values in {**before, **patch}.items() if values}
