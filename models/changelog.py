"""What became of each deal, field by field, kept for as long as the deal is.

The entries are worked out from the changes of the log when those are appended, so nothing that is
told can be missing here; unlike the log they are not forgotten with time.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from tortoise import fields

from models.base import AccountRow, one_of
from models.ways import Way

Values = Mapping[str, Any]


class DealEvent(StrEnum):
    """What an entry says of its deal."""

    CREATED = "CREATED"
    CONVERTED = "CONVERTED"
    CHANGED = "CHANGED"
    REMOVED = "REMOVED"
    REVIVED = "REVIVED"


class DealLogEntry(AccountRow):
    """One entry. `field` is a column's name, with `value` for an amount and its currency.

    Where it is `custom`, `custom_field_id` says which custom field changed. A plain value is in
    `old_value` and `new_value` as text, an amount as `minor currency` (of a custom field, as
    `amount currency`), a line as `_line` writes it; the key of another row is in `old_id` and `new_id`.
    """

    deal_id = fields.UUIDField()
    revision = fields.BigIntField()
    at = fields.DatetimeField()
    actor_id = fields.UUIDField(null=True)
    way = one_of(Way, max_length=6)
    event = one_of(DealEvent, max_length=9)
    field = fields.CharField(max_length=32, null=True)
    custom_field_id = fields.UUIDField(null=True)
    old_value = fields.CharField(max_length=1000, null=True)
    new_value = fields.CharField(max_length=1000, null=True)
    old_id = fields.UUIDField(null=True)
    new_id = fields.UUIDField(null=True)

    class Meta:
        table = "deal_log"


PLAIN = ("title", "expected_close_date", "probability", "status", "lost_reason", "visibility", "source")
KEYS = ("stage_id", "owner_id", "person_id", "organization_id")
AMOUNT = "value"
_CUSTOM_PLAIN = ("text", "number", "amount", "day")
_CUSTOM_KEYS = ("option_id", "person_id", "organization_id", "user_id")
LINE = "products"


def entries_of(subjects: Iterable[Values]) -> Iterator[dict[str, Any]]:
    """The columns of the entries for one change, given its subjects; none where it is of no deal."""
    lead = next((each["id"] for each in subjects if each["type"] == "lead" and each["after"]), None)
    for subject in subjects:
        if subject["type"] == "deal":
            for columns in _of_deal(subject["before"], subject["after"], lead):
                yield {"deal_id": subject["id"], **columns}
        elif subject["type"] == "participant":
            yield from _of_participant(subject["before"], subject["after"])
        elif subject["type"] == "deal_product":
            yield from _of_line(subject["before"], subject["after"])


def _of_deal(before: Values | None, after: Values, lead: str | None) -> Iterator[dict[str, Any]]:
    if before is None:
        yield {"event": DealEvent.CREATED} if lead is None else {"event": DealEvent.CONVERTED, "new_id": lead}
        return
    if (before["removed_at"] is None) is not (after["removed_at"] is None):
        yield {"event": DealEvent.REMOVED if before["removed_at"] is None else DealEvent.REVIVED}
    for name in PLAIN:
        if before.get(name) != after.get(name):
            yield _changed(name, old_value=_text(before.get(name)), new_value=_text(after.get(name)))
    for name in KEYS:
        if before.get(name) != after.get(name):
            yield _changed(name, old_id=before.get(name), new_id=after.get(name))
    if _amount(before) != _amount(after):
        yield _changed(AMOUNT, old_value=_amount(before), new_value=_amount(after))
    yield from _of_labels(set(before.get("label_ids", ())), set(after.get("label_ids", ())))
    yield from _of_custom(before.get("custom", {}), after.get("custom", {}))


def _changed(field: str, **columns: Any) -> dict[str, Any]:
    return {"event": DealEvent.CHANGED, "field": field, **columns}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _amount(values: Values) -> str | None:
    minor = values.get("value_minor")
    return None if minor is None else f"{minor} {values['currency']}"


def _of_labels(before: set[str], after: set[str]) -> Iterator[dict[str, Any]]:
    for label in sorted(before - after):
        yield _changed("label_ids", old_id=label)
    for label in sorted(after - before):
        yield _changed("label_ids", new_id=label)


def _of_custom(before: Values, after: Values) -> Iterator[dict[str, Any]]:
    for key in sorted({*before, *after}):
        old, new = before.get(key, []), after.get(key, [])
        gone = [value for value in old if value not in new]
        fresh = [value for value in new if value not in old]
        pairs = (
            zip_longest(gone, fresh)
            if len(old) <= 1 and len(new) <= 1
            else [
                *((value, None) for value in gone),
                *((None, value) for value in fresh),
            ]
        )
        for one, other in pairs:
            columns = {**_custom("old", one), **_custom("new", other)}
            yield _changed("custom", custom_field_id=key, **columns)


def _custom(side: str, value: Values | None) -> dict[str, Any]:
    """A custom value as an entry keeps it: as text, or as the key of what it points to."""
    if value is None:
        return {}
    key = next((value[name] for name in _CUSTOM_KEYS if name in value), None)
    if key is not None:
        return {f"{side}_id": key}
    plain = next(value[name] for name in _CUSTOM_PLAIN if name in value)
    return {f"{side}_value": f"{plain} {value['currency']}" if "amount" in value else plain}


def _of_participant(before: Values | None, after: Values | None) -> Iterator[dict[str, Any]]:
    columns = {"old_id": before and before["person_id"], "new_id": after and after["person_id"]}
    yield {"deal_id": (after or before or {})["deal_id"], **_changed("participants", **columns)}


def _of_line(before: Values | None, after: Values | None) -> Iterator[dict[str, Any]]:
    """A line that came, went, or sells something else, or at another price; not one that was put elsewhere."""
    if _line(before) != _line(after):
        columns = {"old_id": before and before["product_id"], "new_id": after and after["product_id"]}
        values = {"old_value": _line(before), "new_value": _line(after)}
        yield {"deal_id": (after or before or {})["deal_id"], **_changed(LINE, **columns, **values)}


def _line(values: Values | None) -> str | None:
    """What a line sells, as an entry keeps it: quantity in thousandths, price, currency, and whether it counts."""
    if values is None:
        return None
    return f"{values['quantity']} {values['price_minor']} {values['currency']} {'+' if values['is_enabled'] else '-'}"
