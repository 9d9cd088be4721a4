"""The options of custom fields that are chosen from a list."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.base import now
from models.changes import Subject
from models.custom_fields import CustomField, CustomFieldOption, CustomFieldType
from resolvers import access, ids, text
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.opportunities import FOLDED_LENGTH

MOST_OPTIONS = 200
CHOSEN = frozenset({CustomFieldType.OPTION, CustomFieldType.MULTI_OPTION})


class OptionDraft(TypedDict, total=False):
    """An option: one that is there, by its id, or a new one."""

    id: str | None
    name: str


def names_for(type: CustomFieldType, given: Sequence[str] | None) -> list[str]:
    """The names of a new field's options; refuses options of a field without, and none of one with."""
    if type not in CHOSEN:
        if given:
            raise refuse(ErrorCode.INVALID, f"A field of type {type} has no options: leave them out.", "options")
        return []
    _require_some(given or ())
    faults = Faults()
    names: list[str] = []
    for place, name in enumerate(given or ()):
        with faults.noted():
            names.append(_new_name(name, names, "options", place))
    faults.raise_any()
    return names


def _require_some(given: Sequence[object]) -> None:
    if not given:
        raise refuse(ErrorCode.EMPTY, "Give at least one option to choose.", "options")
    if len(given) > MOST_OPTIONS:
        raise refuse(ErrorCode.TOO_MANY, f"A field has at most {MOST_OPTIONS} options.", "options")


def _new_name(given: str | None, others: Sequence[str], *path: str | int) -> str:
    name = text.line(given, *path)
    if text.fold(name) in map(text.fold, others):
        raise refuse(ErrorCode.INVALID, "There is an option of this name already.", *path)
    return name


def _named(name: str) -> dict[str, Any]:
    return {"name": name, "folded_name": text.fold(name)[:FOLDED_LENGTH]}


async def add(field: CustomField, names: Sequence[str]) -> list[Subject]:
    """Give a new field its options, in order; their subjects for the log."""
    options = [
        CustomFieldOption(account_id=field.account_id, field_id=field.id, position=position, **_named(name))
        for position, name in enumerate(names)
    ]
    await CustomFieldOption.bulk_create(options)
    return [changes.added("custom_field_option", changes.snapshot(option)) for option in options]


async def replace(field: CustomField, drafts: Sequence[OptionDraft]) -> list[Subject]:
    """Have exactly these options to choose, in order; the subjects of those that changed.

    One that is left out stays on the values that have it, and comes back when it is named again.
    """
    if field.type not in CHOSEN:
        raise refuse(ErrorCode.INVALID, f"A field of type {field.type} has no options: leave them out.", "options")
    _require_some(drafts)
    kept = {option.id: option for option in await CustomFieldOption.filter(field_id=field.id)}
    wanted = _understand(kept, drafts)
    chosen = {key for key, _ in wanted}
    subjects = []
    for position, (key, name) in enumerate(wanted):
        if key is None:
            option = await CustomFieldOption.create(
                account_id=field.account_id, field_id=field.id, position=position, **_named(name)
            )
            subjects.append(changes.added("custom_field_option", changes.snapshot(option)))
        else:
            columns = {**_named(name), "position": position, "removed_at": None}
            subjects += await _alter(kept[key], columns)
    for key, option in kept.items():
        if key not in chosen and option.removed_at is None:
            subjects += await _alter(option, {"removed_at": now()})
    return subjects


def _understand(kept: Mapping[UUID, CustomFieldOption], drafts: Sequence[OptionDraft]) -> list[tuple[UUID | None, str]]:
    faults = Faults()
    wanted: list[tuple[UUID | None, str]] = []
    for place, draft in enumerate(drafts):
        with faults.noted():
            name = _new_name(draft.get("name"), [each for _, each in wanted], "options", place, "name")
            global_id = draft.get("id")
            key = None if global_id is None else ids.expect("CustomFieldOption", global_id, "options", place, "id")
            if key is not None and key not in kept:
                raise access.not_found("CustomFieldOption", "options", place, "id")
            if key is not None and key in (each for each, _ in wanted):
                raise refuse(ErrorCode.INVALID, "This option is given twice.", "options", place, "id")
            wanted.append((key, name))
    faults.raise_any()
    return wanted


async def _alter(option: CustomFieldOption, columns: Mapping[str, object]) -> list[Subject]:
    before = changes.snapshot(option)
    option.update_from_dict(dict(columns))
    after = changes.snapshot(option)
    if after == before:
        return []
    await option.save(update_fields=list(columns))
    return [changes.altered("custom_field_option", before, after)]
