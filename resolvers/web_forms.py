"""Web forms as admins define them: what is asked, what it becomes, and whose that is."""

from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Any, TypedDict
from urllib.parse import urlsplit
from uuid import UUID

from models import changes
from models.accounts import Account
from models.base import now
from models.changes import ChangeKind, Subject, Values
from models.users import User
from models.web_forms import FormLanguage, FormTarget, WebForm, WebFormField, WebFormOwner
from resolvers import access, commands, ids, opportunities, pipelines, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.form_fields import FormFieldDraft, read_fields
from resolvers.opportunities import Columns, Read

MOST_FORMS = 200
MOST_OWNERS = 100
_BUTTON_LENGTH = 64
_URL_LENGTH = 1000
_WHAT = "define web forms"


class WebFormDraft(TypedDict, total=False):
    """A form as an admin gives it; a name, a language and fields are needed."""

    name: str
    language: FormLanguage
    target: FormTarget | None
    stage_id: str | None
    fields: list[FormFieldDraft]
    owner_ids: list[str] | None
    intro: str | None
    button: str | None
    consent_text: str | None
    thanks: str | None
    redirect_url: str | None
    is_active: bool | None
    client_mutation_id: str | None


class WebFormPatch(WebFormDraft, total=False):
    """What an admin changes of a form; of fields and owners, all there are to be."""

    id: str
    expected_version: int | None


def _optional_text(column: str, name: str) -> Read:
    async def read(viewer: Viewer, given: str | None) -> Columns:
        return {column: text.text(given, name) if given is not None and given.strip() else None}

    return read


async def _name(viewer: Viewer, given: str | None) -> Columns:
    return {"name": text.line(given, "name")}


async def _language(viewer: Viewer, given: FormLanguage | None) -> Columns:
    if given is None:
        raise refuse(ErrorCode.INVALID, "A form is in EN or PL.", "language")
    return {"language": given}


async def _target(viewer: Viewer, given: FormTarget | None) -> Columns:
    return {"target": given or FormTarget.LEAD}


async def _stage(viewer: Viewer, given: str | None) -> Columns:
    return {"stage_id": None if given is None else (await pipelines.find_stage(viewer, given, "stageId")).id}


async def _fields(viewer: Viewer, given: Sequence[FormFieldDraft] | None) -> Columns:
    return {"fields": await read_fields(viewer, given or ())}


async def _owners(viewer: Viewer, given: Sequence[str] | None) -> Columns:
    if given is not None and len(given) > MOST_OWNERS:
        raise refuse(ErrorCode.TOO_MANY, f"At most {MOST_OWNERS} users take turns.", "ownerIds")
    if given is None:
        return {"owners": [viewer.user_id]}
    keys = commands.keys_of("User", given, "ownerIds")
    known = {user.id for user in await User.filter(account_id=viewer.account_id, id__in=list(keys))}
    commands.require_known("User", known, keys, "ownerIds")
    return {"owners": list(keys)}


async def _button(viewer: Viewer, given: str | None) -> Columns:
    return {"button": text.optional_line(given, "button", length=_BUTTON_LENGTH)}


async def _redirect_url(viewer: Viewer, given: str | None) -> Columns:
    url = text.optional_line(given, "redirectUrl", length=_URL_LENGTH)
    if url is not None and not _is_address(url):
        raise refuse(ErrorCode.INVALID, "This is not an address such as https://example.com/thanks.", "redirectUrl")
    return {"redirect_url": url}


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not set(url) & set(' "<>\\^`{|}')
    except ValueError:
        return False


async def _is_active(viewer: Viewer, given: bool | None) -> Columns:
    return {"is_active": True if given is None else given}


_READ: Mapping[str, Read] = {
    "name": _name,
    "language": _language,
    "target": _target,
    "stage_id": _stage,
    "fields": _fields,
    "owner_ids": _owners,
    "intro": _optional_text("intro", "intro"),
    "button": _button,
    "consent_text": _optional_text("consent_text", "consentText"),
    "thanks": _optional_text("thanks", "thanks"),
    "redirect_url": _redirect_url,
    "is_active": _is_active,
}
_NEEDED: WebFormDraft = {"target": None, "fields": [], "owner_ids": None}


async def create_web_form(viewer: Viewer, draft: WebFormDraft) -> UUID:
    """Open a form at an address that nobody can guess; only admins may.

    A form that makes deals opens them in its stage, or in the first one of the default pipeline.
    """
    access.require_admin(viewer, _WHAT)
    found = await opportunities.columns(viewer, {**_NEEDED, **draft}, _READ)
    await _settle_stage(viewer, found, None)
    fields, owners = found.pop("fields"), found.pop("owners")
    async with commands.begin(viewer, draft) as ledger:
        await _make_room(viewer)
        form = await WebForm.create(account_id=viewer.account_id, key=token_urlsafe(16), **found)
        await _put(form, fields, owners)
        ledger.record(ChangeKind.FORM_ADDED, changes.added("web_form", await _snapshot(form)))
    return form.id


async def update_web_form(viewer: Viewer, patch: WebFormPatch) -> UUID:
    """Change what is given of a form; only admins may. What visitors have sent stays."""
    access.require_admin(viewer, _WHAT)
    key = ids.expect("WebForm", patch["id"], "id")
    found = await opportunities.columns(viewer, patch, _READ)
    async with commands.begin(viewer, patch) as ledger:
        form = await WebForm.filter(account_id=viewer.account_id, id=key).select_for_update().first()
        if form is None:
            raise access.not_found("WebForm", "id")
        _check_version(form, patch)
        await _settle_stage(viewer, found, form)
        before = await _snapshot(form)
        fields, owners = found.pop("fields", None), found.pop("owners", None)
        form.update_from_dict({**found, "version": form.version + 1, "updated_at": now()})
        await form.save(update_fields=[*found, "version", "updated_at"])
        await _put(form, fields, owners)
        ledger.record(ChangeKind.FORM_UPDATED, _revised(before, await _snapshot(form)))
    return key


def _check_version(form: WebForm, patch: WebFormPatch) -> None:
    expected = patch.get("expected_version")
    if expected is not None and expected != form.version:
        message = f"This is at version {form.version} now: read it again, then repeat your change."
        raise refuse(ErrorCode.VERSION_CONFLICT, message, "expectedVersion")


async def _settle_stage(viewer: Viewer, found: Columns, form: WebForm | None) -> None:
    """A form that makes deals has a stage, one that makes leads has none; refuses a stage for leads."""
    target = found.get("target", form.target if form else None)
    if target is FormTarget.DEAL:
        if found.get("stage_id", form.stage_id if form else None) is None:
            found["stage_id"] = (await pipelines.find_stage(viewer, None, "stageId")).id
    elif found.get("stage_id") is not None:
        message = "A form that makes leads has no stage: leave stageId out, or let the form make deals."
        raise refuse(ErrorCode.INVALID, message, "stageId")
    else:
        found["stage_id"] = None


async def _make_room(viewer: Viewer) -> None:
    """Hold the account's definitions until the transaction ends; refuses more than MOST_FORMS."""
    await Account.filter(id=viewer.account_id).select_for_update(no_key=True).get()
    if await WebForm.filter(account_id=viewer.account_id).count() >= MOST_FORMS:
        raise refuse(ErrorCode.TOO_MANY, f"An account has at most {MOST_FORMS} web forms: change one of them.")


async def _put(form: WebForm, fields: Sequence[Columns] | None, owners: Sequence[UUID] | None) -> None:
    """Write all of a form's fields and owners anew, those of them that are given."""
    own: dict[str, Any] = {"account_id": form.account_id, "form_id": form.id}
    if fields is not None:
        await WebFormField.filter(form_id=form.id).delete()
        await WebFormField.bulk_create([WebFormField(**own, position=at, **each) for at, each in enumerate(fields)])
    if owners is not None:
        await WebFormOwner.filter(form_id=form.id).delete()
        await WebFormOwner.bulk_create([WebFormOwner(**own, position=at, user_id=k) for at, k in enumerate(owners)])


async def _snapshot(form: WebForm) -> Values:
    """A form with its fields and owners, as the log has it."""
    fields = await WebFormField.filter(form_id=form.id).order_by("position")
    owners = await WebFormOwner.filter(form_id=form.id).order_by("position").values_list("user_id", flat=True)
    asked = [{"label": f.label, "meaning": f.meaning, "is_required": f.is_required} for f in fields]
    return changes.snapshot(form, fields=asked, owner_ids=list(owners))


def _revised(before: Values, after: Values) -> Subject:
    return changes.altered("web_form", before, after)
