"""The questions of web forms: what each is kept as, and how that is asked for."""

from collections.abc import Mapping, Sequence
from typing import TypedDict
from uuid import UUID

from models.custom_fields import CustomField, CustomFieldType
from models.web_forms import FormMeaning
from resolvers import access, ids, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.opportunities import Columns

MOST_FIELDS = 50
# One of these is required on every form, so that whatever it makes has a contact.
CONTACTS = (FormMeaning.EMAIL, FormMeaning.PHONE, FormMeaning.PERSON_NAME, FormMeaning.ORGANIZATION_NAME)
# Custom fields whose answers say nothing of who or what the account knows.
ASKABLE = frozenset(CustomFieldType) - {CustomFieldType.PERSON, CustomFieldType.ORGANIZATION, CustomFieldType.USER}


class FormFieldDraft(TypedDict, total=False):
    """A question as an admin gives it; a custom field where that is its meaning, and nowhere else."""

    label: str
    meaning: FormMeaning
    custom_field_id: str | None
    is_required: bool | None


async def read_fields(viewer: Viewer, drafts: Sequence[FormFieldDraft]) -> list[Columns]:
    """The columns of a form's questions, in order.

    Refuses one that is asked twice, and a form on which no contact is required.
    """
    if not drafts:
        raise refuse(ErrorCode.EMPTY, "Give at least one field.", "fields")
    if len(drafts) > MOST_FIELDS:
        raise refuse(ErrorCode.TOO_MANY, f"A form has at most {MOST_FIELDS} fields.", "fields")
    known = {field.id: field for field in await CustomField.filter(account_id=viewer.account_id, removed_at=None)}
    faults = Faults()
    found: list[Columns] = []
    asked: set[tuple[FormMeaning, UUID | None]] = set()
    for place, draft in enumerate(drafts):
        with faults.noted():
            columns = _read_field(draft, known, place)
            if (what := (columns["meaning"], columns["custom_field_id"])) in asked:
                raise refuse(ErrorCode.INVALID, "This is asked twice.", "fields", place, "meaning")
            asked.add(what)
            found.append(columns)
    faults.raise_any()
    if not any(each["is_required"] and each["meaning"] in CONTACTS for each in found):
        message = f"Require one of {', '.join(CONTACTS)}, so that there is somebody to answer."
        raise refuse(ErrorCode.LEAD_NEEDS_CONTACT, message, "fields")
    return found


def _read_field(draft: FormFieldDraft, known: Mapping[UUID, CustomField], place: int) -> Columns:
    faults = Faults()
    with faults.noted():
        label = text.line(draft.get("label"), "fields", place, "label")
    with faults.noted():
        custom_field_id = _custom_field(draft, known, "fields", place, "customFieldId")
    faults.raise_any()
    return {
        "label": label,
        "meaning": draft["meaning"],
        "custom_field_id": custom_field_id,
        "is_required": bool(draft.get("is_required")),
    }


def _custom_field(draft: FormFieldDraft, known: Mapping[UUID, CustomField], *path: str | int) -> UUID | None:
    given = draft.get("custom_field_id")
    if draft["meaning"] is not FormMeaning.CUSTOM_FIELD:
        if given is not None:
            raise refuse(ErrorCode.INVALID, "Only a field that means CUSTOM_FIELD has a custom field.", *path)
        return None
    if given is None:
        raise refuse(ErrorCode.INVALID, "Say which custom field the answer is kept in.", *path)
    key = ids.expect("CustomField", given, *path)
    if key not in known:
        raise access.not_found("CustomField", *path)
    if known[key].type not in ASKABLE:
        message = f"A field of type {known[key].type} is not for visitors: it would show them whom you know."
        raise refuse(ErrorCode.INVALID, message, *path)
    return key
