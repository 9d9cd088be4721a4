"""Custom fields of leads and deals, as admins define them."""

from collections.abc import Sequence
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.accounts import Account
from models.base import now
from models.changes import ChangeKind, Subject
from models.custom_fields import CustomField, CustomFieldType, StageCustomField
from models.formulas import FormulaField
from models.pipelines import Stage
from resolvers import access, commands, custom_options, field_names, formulas, ids
from resolvers.access import Viewer
from resolvers.custom_options import OptionDraft
from resolvers.custom_values import MOST_FIELDS
from resolvers.errors import ErrorCode, refuse
from resolvers.expressions import Field
from resolvers.faults import Faults

MOST_STAGES = 1000


class CustomFieldDraft(TypedDict, total=False):
    """A field as an admin gives it: a name, a type, and options where the type is of options."""

    name: str
    type: CustomFieldType
    options: list[str] | None
    is_required: bool | None
    required_by_stage_ids: list[str] | None
    client_mutation_id: str | None


class CustomFieldPatch(TypedDict, total=False):
    """What an admin changes of a field; of options and stages, all there are to be."""

    id: str
    name: str | None
    options: list[OptionDraft] | None
    is_required: bool | None
    required_by_stage_ids: list[str] | None
    client_mutation_id: str | None


class CustomFieldId(TypedDict, total=False):
    """A field to delete or to bring back."""

    id: str
    client_mutation_id: str | None


class CustomFieldOrder(TypedDict, total=False):
    """Fields in the order in which they are to be shown, before those that are not named."""

    ids: list[str]
    client_mutation_id: str | None


async def create_custom_field(viewer: Viewer, draft: CustomFieldDraft) -> UUID:
    """Give leads and deals a field, shown last; only admins may, and each name only once."""
    access.require_admin(viewer, "define custom fields")
    faults = Faults()
    with faults.noted():
        name = field_names.read(draft.get("name"))
    with faults.noted():
        options = custom_options.names_for(draft["type"], draft.get("options"))
    with faults.noted():
        stage_ids = await _stages(viewer, draft.get("required_by_stage_ids"))
    faults.raise_any()
    async with commands.begin(viewer, draft) as ledger:
        position = await _make_room(viewer)
        await field_names.require_free(viewer, name)
        field = await CustomField.create(
            account_id=viewer.account_id,
            name=name,
            folded_name=field_names.fold(name),
            type=draft["type"],
            position=position,
            is_required=bool(draft.get("is_required")),
        )
        made = await custom_options.add(field, options)
        await _require_by(field, stage_ids)
        after = changes.snapshot(field, stage_ids=stage_ids)
        ledger.record(ChangeKind.FIELD_ADDED, changes.added("custom_field", after), *made)
    return field.id


async def _make_room(viewer: Viewer) -> int:
    """Hold the account's definitions until the transaction ends; the position after the last field."""
    await Account.filter(id=viewer.account_id).select_for_update(no_key=True).get()
    kept = await CustomField.filter(account_id=viewer.account_id, removed_at=None).order_by("-position")
    if len(kept) >= MOST_FIELDS:
        raise refuse(ErrorCode.TOO_MANY, f"An account has at most {MOST_FIELDS} custom fields: delete one first.")
    return kept[0].position + 1 if kept else 0


async def _stages(viewer: Viewer, global_ids: Sequence[str] | None) -> list[UUID]:
    if not global_ids:
        return []
    if len(global_ids) > MOST_STAGES:
        raise refuse(ErrorCode.TOO_MANY, f"Give at most {MOST_STAGES} stages.", "requiredByStageIds")
    keys = commands.keys_of("Stage", global_ids, "requiredByStageIds")
    known = {stage.id for stage in await Stage.filter(account_id=viewer.account_id, id__in=list(keys))}
    commands.require_known("Stage", known, keys, "requiredByStageIds")
    return sorted(keys)


async def _require_by(field: CustomField, stage_ids: Sequence[UUID]) -> None:
    """Have exactly these stages require a field."""
    await StageCustomField.filter(field_id=field.id).delete()
    links = [StageCustomField(account_id=field.account_id, field_id=field.id, stage_id=key) for key in stage_ids]
    await StageCustomField.bulk_create(links)


async def _stages_of(field: CustomField) -> list[UUID]:
    links = await StageCustomField.filter(field_id=field.id)
    return sorted(link.stage_id for link in links)


async def update_custom_field(viewer: Viewer, patch: CustomFieldPatch) -> UUID:
    """Change what is given of a field; its type stays. Only admins may."""
    access.require_admin(viewer, "define custom fields")
    faults = Faults()
    with faults.noted():
        key = ids.expect("CustomField", patch["id"], "id")
    with faults.noted():
        name = None if patch.get("name") is None else field_names.read(patch["name"])
    with faults.noted():
        stage_ids = await _stages(viewer, patch.get("required_by_stage_ids"))
    faults.raise_any()
    async with commands.begin(viewer, patch) as ledger:
        field = await _lock(viewer, key)
        before = changes.snapshot(field, stage_ids=await _stages_of(field))
        if name is not None:
            await field_names.require_free(viewer, name, apart_from=key)
            field.name, field.folded_name = name, field_names.fold(name)
        if patch.get("is_required") is not None:
            field.is_required = bool(patch["is_required"])
        if "required_by_stage_ids" in patch:
            await _require_by(field, stage_ids)
        drafts = patch.get("options")
        subjects = [] if drafts is None else await custom_options.replace(field, drafts)
        after = changes.snapshot(field, stage_ids=await _stages_of(field))
        if after != before:
            await field.save()
            subjects.insert(0, changes.altered("custom_field", before, after))
        if subjects:
            ledger.record(ChangeKind.FIELD_UPDATED, *subjects)
    return key


async def _lock(viewer: Viewer, key: UUID, *, removed: bool = False) -> CustomField:
    """A field of the account, which nobody else changes until the transaction ends."""
    await Account.filter(id=viewer.account_id).select_for_update(no_key=True).get()
    field = await CustomField.get_or_none(id=key, account_id=viewer.account_id)
    if field is None or (field.removed_at is not None and not removed):
        raise access.not_found("CustomField", "id")
    return field


async def _alter(field: CustomField, **columns: Any) -> Subject:
    before = changes.snapshot(field)
    field.update_from_dict(columns)
    await field.save(update_fields=list(columns))
    return changes.altered("custom_field", before, changes.snapshot(field))


async def order_custom_fields(viewer: Viewer, given: CustomFieldOrder) -> list[UUID]:
    """Put fields into the order given; those left out follow, as they were. Only admins may; returns all."""
    access.require_admin(viewer, "define custom fields")
    keys = commands.keys_of("CustomField", given["ids"], "ids")
    async with commands.begin(viewer, given) as ledger:
        await Account.filter(id=viewer.account_id).select_for_update(no_key=True).get()
        kept = CustomField.filter(account_id=viewer.account_id, removed_at=None).order_by("position")
        fields = {field.id: field for field in await kept}
        commands.require_known("CustomField", fields.keys(), keys, "ids")
        others = [key for key in fields if key not in keys]
        places = [(fields[key], position) for position, key in enumerate([*keys, *others])]
        moved = [await _alter(field, position=position) for field, position in places if field.position != position]
        if moved:
            ledger.record(ChangeKind.FIELD_UPDATED, *moved)
    return [field.id for field, _ in places]


async def delete_custom_field(viewer: Viewer, given: CustomFieldId) -> UUID:
    """Take a field away from leads and deals; only admins may.

    Its values are kept for restoreCustomField. Not while a formula reads it.
    """
    access.require_admin(viewer, "define custom fields")
    key = ids.expect("CustomField", given["id"], "id")
    async with commands.begin(viewer, given) as ledger:
        field = await _lock(viewer, key)
        readers = await FormulaField.filter(account_id=viewer.account_id)
        formulas.refuse_read(Field("CustomField", str(key)), readers)
        ledger.record(ChangeKind.FIELD_UPDATED, await _alter(field, removed_at=now()))
    return key


async def restore_custom_field(viewer: Viewer, given: CustomFieldId) -> UUID:
    """Bring a deleted field back, last, with the values it had; only admins may."""
    access.require_admin(viewer, "define custom fields")
    key = ids.expect("CustomField", given["id"], "id")
    async with commands.begin(viewer, given) as ledger:
        field = await _lock(viewer, key, removed=True)
        if field.removed_at is not None:
            position = await _make_room(viewer)
            await field_names.require_free(viewer, field.name)
            ledger.record(ChangeKind.FIELD_UPDATED, await _alter(field, position=position, removed_at=None))
    return key
