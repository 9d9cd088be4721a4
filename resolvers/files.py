"""Files of deals, people and organizations: added from uploads, renamed, deleted and brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypedDict
from uuid import UUID

from models import changes
from models.base import Record, now
from models.changes import ChangeKind, Ledger
from models.contacts import Organization, Person
from models.deals import Deal
from models.files import File, Upload
from resolvers import access, commands, file_names, idempotency, ids, text, uploads
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

RESTORABLE = timedelta(days=30)


class FileDraft(TypedDict, total=False):
    """An upload that becomes a file of exactly one deal, person or organization; the name may be another."""

    file: str
    deal_id: str | None
    person_id: str | None
    organization_id: str | None
    name: str | None
    idempotency_key: str | None
    client_mutation_id: str | None


class FileRenaming(TypedDict, total=False):
    """A file and its new name."""

    id: str
    name: str
    client_mutation_id: str | None


class FileIds(TypedDict, total=False):
    """Files to do the same with."""

    ids: list[str]
    client_mutation_id: str | None


@dataclass(frozen=True)
class FileParent:
    """What a file belongs to: the table, the column of `files` and the key, and where in the input it came from."""

    model: type[Record]
    column: str
    key: UUID
    path: tuple[str, ...] = ()


_MODELS: Mapping[str, type[Record]] = {"deal_id": Deal, "person_id": Person, "organization_id": Organization}


def _parent(draft: FileDraft) -> FileParent:
    given = {column: draft.get(column) for column in _MODELS if draft.get(column) is not None}
    if len(given) != 1:
        raise refuse(ErrorCode.INVALID, "Give exactly one of dealId, personId and organizationId.", "dealId")
    ((column, global_id),) = given.items()
    path = column.removesuffix("_id") + "Id"
    model = _MODELS[column]
    return FileParent(model, column, ids.expect(model.__name__, str(global_id), path), (path,))


def _parent_of(file: File) -> FileParent:
    column = next(each for each in _MODELS if getattr(file, each) is not None)
    return FileParent(_MODELS[column], column, getattr(file, column))


async def add_file(viewer: Viewer, draft: FileDraft) -> UUID:
    """Make an upload a file of what the viewer sees; returns the file's key.

    A lead's id is refused with CAPABILITY_MISSING: a lead has no files.
    """

    async def act() -> idempotency.Answer:
        return await _add(viewer, draft)

    answer = await idempotency.once(viewer, "add_file", draft.get("idempotency_key"), _meant(draft), act)
    return UUID(answer["id"])


async def _add(viewer: Viewer, draft: FileDraft) -> idempotency.Answer:
    faults = Faults()
    with faults.noted():
        parent = _parent(draft)
    with faults.noted():
        name = _name(draft.get("name"))
    faults.raise_any()
    async with commands.begin(viewer, draft) as ledger:
        await access.find_one(viewer, parent.model, parent.key, *parent.path, lock=True)
        upload = await uploads.take_upload(viewer, draft["file"], "file")
        file = await keep(ledger, upload, name, **{parent.column: parent.key})
        answer = {"id": str(file.id)}
        await idempotency.remember(viewer, "add_file", draft.get("idempotency_key"), _meant(draft), answer)
    return answer


def _meant(draft: FileDraft) -> Mapping[str, Any]:
    """The input without the upload: a multipart request that is sent again brings the same file as another one."""
    return {name: value for name, value in draft.items() if name != "file"}


def _name(given: str | None) -> str | None:
    return None if given is None else file_names.clean(text.line(given, "name"))


async def keep(ledger: Ledger, upload: Upload, name: str | None = None, **parent: Any) -> File:
    """Make a taken upload a file of what the column names; the caller has seen and locked that."""
    file = await File.create(
        id=upload.id,
        account_id=upload.account_id,
        name=name or upload.name,
        size=upload.size,
        sha256=upload.sha256,
        media_type=upload.media_type,
        uploader_id=upload.user_id,
        **parent,
    )
    ledger.record(ChangeKind.FILE_ADDED, changes.added("file", changes.snapshot(file)))
    return file


async def rename_file(viewer: Viewer, renaming: FileRenaming) -> UUID:
    """Give a file another name; the same one is no change."""
    key = ids.expect("File", renaming["id"], "id")
    name = file_names.clean(text.line(renaming["name"], "name"))
    async with commands.begin(viewer, renaming) as ledger:
        (file,) = await _lock(viewer, {key: 0}, "id")
        if file.name != name:
            await _change(ledger, ChangeKind.FILE_UPDATED, file, name=name)
    return key


async def delete_files(viewer: Viewer, given: FileIds) -> list[UUID]:
    """Delete files, all or none; for 30 days they can be restored.

    Only who uploaded a file, who owns what it belongs to, and admins may.
    """
    keys = commands.keys_of("File", given["ids"], "ids")
    async with commands.begin(viewer, given) as ledger:
        for file in await _lock(viewer, keys, "ids", owned_to="delete this file"):
            await _change(ledger, ChangeKind.FILE_DELETED, file, removed_at=now())
    return list(keys)


async def restore_files(viewer: Viewer, given: FileIds) -> list[UUID]:
    """Bring deleted files back, all or none, within 30 days; by those who may delete them."""
    keys = commands.keys_of("File", given["ids"], "ids")
    async with commands.begin(viewer, given) as ledger:
        for file in await _lock(viewer, keys, "ids", removed=True, owned_to="restore this file"):
            await _change(ledger, ChangeKind.FILE_RESTORED, file, removed_at=None)
    return list(keys)


async def _change(ledger: Ledger, kind: ChangeKind, file: File, **columns: Any) -> None:
    before = changes.snapshot(file)
    file.update_from_dict(columns)
    await file.save(update_fields=list(columns))
    ledger.record(kind, changes.altered("file", before, changes.snapshot(file)))


async def _lock(
    viewer: Viewer, keys: Mapping[UUID, int], *path: str, removed: bool = False, owned_to: str | None = None
) -> Sequence[File]:
    """Files that are there, or (`removed`) can be restored, on what the viewer sees, that being locked.

    Refuses with every one that is not, and where `owned_to` says what for, with each that is not
    the viewer's to touch.
    """
    there = File.filter(account_id=viewer.account_id, id__in=list(keys), message_id__isnull=True)
    there = there.filter(removed_at__gt=now() - RESTORABLE) if removed else there.filter(removed_at__isnull=True)
    parents = await _lock_parents(viewer, await there)
    found = {file.id: file for file in await there.order_by("id").select_for_update()}
    faults = Faults()
    for key, place in keys.items():
        with faults.noted():
            at: tuple[str | int, ...] = path if path == ("id",) else (*path, place)
            file = found.get(key)
            parent = None if file is None else parents.get(_parent_of(file).key)
            if file is None or parent is None:
                raise access.not_found("File", *at)
            if owned_to and file.uploader_id != viewer.user_id:
                access.require_ownership(viewer, parent, owned_to, *at)
    faults.raise_any()
    return [found[key] for key in keys]


async def _lock_parents(viewer: Viewer, files: Sequence[File]) -> dict[UUID, Record]:
    found: dict[UUID, Record] = {}
    for column, model in _MODELS.items():
        keys = {key for file in files if (key := getattr(file, column)) is not None}
        if keys:
            found |= await access.find(viewer, model, sorted(keys), lock=True)
    return found
