"""What the verbs of leads and deals share: fields checked, rights held, a row altered."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict
from uuid import UUID

from tortoise.expressions import F

from models import changes, custom_fields
from models.base import Record, Visibility, now
from models.changes import Subject
from models.contacts import Organization, Person
from models.opportunities import Opportunity, OpportunitySource
from resolvers import access, custom_values, ids, labels, money, text, users
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

Columns = dict[str, Any]
Read = Callable[[Viewer, Any], Awaitable[Columns]]

# The length of the column for folded titles: folding can make a text longer.
FOLDED_LENGTH = 512


class OpportunityDraft(TypedDict, total=False):
    """The fields that a client may give for a lead and for a deal."""

    title: str
    person_id: str | None
    organization_id: str | None
    owner_id: str | None
    value: money.MoneyDraft | None
    label_ids: list[str] | None
    expected_close_date: date | None
    visibility: Visibility | None
    custom_fields: list[custom_values.CustomFieldDraft] | None
    client_mutation_id: str | None


class CreationDraft(OpportunityDraft, total=False):
    """What may be given when either is made."""

    source: OpportunitySource | None
    idempotency_key: str | None


async def _title(viewer: Viewer, given: str | None) -> Columns:
    title = text.line(given, "title")
    return {"title": title, "folded_title": text.fold(title)[:FOLDED_LENGTH]}


async def _value(viewer: Viewer, given: money.MoneyDraft | None) -> Columns:
    minor, currency = (None, None) if given is None else money.to_minor(given, "value")
    return {"value_minor": minor, "currency": currency}


async def _person(viewer: Viewer, given: str | None) -> Columns:
    if given is None:
        return {"person_id": None}
    key = ids.expect("Person", given, "personId")
    return {"person_id": (await access.find_one(viewer, Person, key, "personId")).id}


async def _organization(viewer: Viewer, given: str | None) -> Columns:
    if given is None:
        return {"organization_id": None}
    key = ids.expect("Organization", given, "organizationId")
    return {"organization_id": (await access.find_one(viewer, Organization, key, "organizationId")).id}


async def _owner(viewer: Viewer, given: str | None) -> Columns:
    if given is None:
        raise refuse(ErrorCode.INVALID, "It must have an owner: give a user's id.", "ownerId")
    return {"owner_id": await users.find_user(viewer, given, "ownerId")}


async def _visibility(viewer: Viewer, given: Visibility | None) -> Columns:
    if given is None:
        raise refuse(ErrorCode.INVALID, "It must have a visibility: OWNER, TEAM or EVERYONE.", "visibility")
    return {"visibility": given}


async def _labels(viewer: Viewer, given: list[str] | None) -> Columns:
    return {"label_ids": await labels.find_labels(viewer, given, "labelIds")}


async def _expected_close_date(viewer: Viewer, given: date | None) -> Columns:
    return {"expected_close_date": given}


async def _custom_fields(viewer: Viewer, given: list[custom_values.CustomFieldDraft] | None) -> Columns:
    return {"custom": await custom_values.read_values(viewer, given, "customFields")}


FIELDS: Mapping[str, Read] = {
    "title": _title,
    "value": _value,
    "person_id": _person,
    "organization_id": _organization,
    "owner_id": _owner,
    "visibility": _visibility,
    "label_ids": _labels,
    "expected_close_date": _expected_close_date,
    "custom_fields": _custom_fields,
}

# Null stands for the default in these when a record is made, and is no value when it is changed.
_DEFAULTED = {"owner_id", "visibility", "source"}


async def columns(viewer: Viewer, given: Mapping[str, Any], fields: Mapping[str, Read]) -> Columns:
    """The columns for the fields a client gave (and `label_ids`); refuses with every fault at once.

    What is given of custom fields is a patch: put it onto those of the record by `with_custom`.
    """
    faults = Faults()
    found: Columns = {}
    for name, read in fields.items():
        if name in given:
            with faults.noted():
                found |= await read(viewer, given[name])
    faults.raise_any()
    return found


async def new_columns(viewer: Viewer, draft: Mapping[str, Any], fields: Mapping[str, Read]) -> Columns:
    """As `columns`, for a record to be made: the title is needed, the owner is the viewer unless given."""
    given = {name: value for name, value in draft.items() if value is not None or name not in _DEFAULTED}
    defaults = {"owner_id": viewer.user_id, "source": OpportunitySource.API, "label_ids": []}
    return with_custom({}, defaults | await columns(viewer, {"title": None, **given}, fields))


def with_custom(before: custom_fields.Values, found: Columns) -> Columns:
    """The columns with what they patch of custom fields put onto the values there were."""
    if "custom" not in found:
        return found
    return {**found, "custom": custom_values.merged(before, found["custom"])}


def require_rights(viewer: Viewer, record: Record, found: Columns) -> None:
    """Refuse a new owner or visibility with FORBIDDEN to all but the owner and admins."""
    faults = Faults()
    for column, path, what in (
        ("owner_id", "ownerId", "give it to another owner"),
        ("visibility", "visibility", "change who sees it"),
    ):
        if found.get(column, getattr(record, column)) != getattr(record, column):
            with faults.noted():
                access.require_ownership(viewer, record, what, path)
    faults.raise_any()


async def revise(kind: labels.Kind, record: Opportunity, found: Columns, *, touched: bool = False) -> Subject | None:
    """Write what differs to a locked record, its labels too; the subject for the log, null for no change.

    `touched`: what belongs to it differs, so it is at a new version whatever its columns say.
    """
    label_ids = await parent_label_ids(kind, record.id)
    before = changes.snapshot(record, label_ids=label_ids)
    different = {name: value for name, value in found.items() if name != "label_ids" and getattr(record, name) != value}
    wanted = found.get("label_ids", label_ids)
    if not different and wanted == label_ids and not touched:
        return None
    await labels.replace_labels(kind, record.account_id, record.id, label_ids, wanted)
    await _alter(record, different)
    return changes.altered(kind, before, changes.snapshot(record, label_ids=wanted))


async def _alter(record: Opportunity, different: Columns) -> None:
    changed = {**different, "version": record.version + 1, "updated_at": now()}
    record.update_from_dict(changed)
    await record.save(update_fields=list(changed))


async def revise_all(
    kind: labels.Kind, records: Sequence[Opportunity], alike: Columns, *, unlabelled: bool = False
) -> list[Subject]:
    """Write the same columns to many locked records of one kind, in a constant number of statements.

    `unlabelled`: and take all labels off them. Returns their subjects for the log, in the order of the records.
    """
    labels_on = await labels.labels_of(kind, [record.id for record in records])
    at = now()
    subjects = []
    for record in records:
        before = changes.snapshot(record, label_ids=labels_on[record.id])
        record.update_from_dict({**alike, "version": record.version + 1, "updated_at": at})
        after = changes.snapshot(record, label_ids=[] if unlabelled else labels_on[record.id])
        subjects.append(changes.altered(kind, before, after))
    rows = type(records[0]).filter(id__in=[record.id for record in records])
    await rows.update(**alike, version=F("version") + 1, updated_at=at)
    if unlabelled:
        await labels.take_off(kind, [record.id for record in records])
    return subjects


async def parent_label_ids(kind: labels.Kind, key: UUID) -> list[UUID]:
    """The labels on one lead or deal."""
    return (await labels.labels_of(kind, [key]))[key]
