"""Uploads: bytes on their way in, kept until a command takes them as a file or an import.

A row is written before the first byte comes, so that what a crash leaves behind is found and swept.
Nothing of it is told: an upload is nobody's but the user's who sends it.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, TypedDict
from uuid import UUID

from models import database, storage
from models.base import now
from models.files import File, Upload, UploadStatus, storage_key
from resolvers import access, file_names, ids, installation, media_types, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse

KEPT = timedelta(hours=24)
MOST_AT_ONCE = 200
_PIECE = 65_536


class UploadDraft(TypedDict, total=False):
    """A large file that a client is about to send, and how many bytes it has."""

    file_name: str
    size: int


@dataclass(frozen=True)
class UploadLink:
    """Where a large file goes: the upload's global id, a URL that takes it once, and until when."""

    upload_id: str
    url: str
    expires_at: datetime


async def start_upload(viewer: Viewer, draft: UploadDraft) -> UploadLink:
    """Expect a file of a size, at a URL that takes it once, by PUT, with no other proof of who sends it."""
    most = installation.current().largest_file
    if not 0 < draft["size"] <= most:
        raise refuse(ErrorCode.INVALID, f"A file has from 1 to {most} bytes.", "size")
    name, token = text.line(draft["file_name"], "fileName"), token_urlsafe(32)
    upload = await expect_upload(viewer, name, token_hash=_hash(token), size=draft["size"])
    url = f"{installation.current().public_url}/uploads/{token}"
    return UploadLink(ids.encode("Upload", upload.id), url, upload.created_at + KEPT)


async def expect_upload(
    viewer: Viewer, file_name: str, *, token_hash: str | None = None, size: int | None = None
) -> Upload:
    """Note that a file is about to come; refuses with TOO_MANY a user who has sent many and used none."""
    if await Upload.filter(user_id=viewer.user_id).count() >= MOST_AT_ONCE:
        message = f"{MOST_AT_ONCE} uploads wait to be used: use them, or try again when they are swept in a day."
        raise refuse(ErrorCode.TOO_MANY, message, "fileName")
    async with database.transaction():
        return await Upload.create(
            account_id=viewer.account_id,
            user_id=viewer.user_id,
            name=file_names.clean(file_name),
            token_hash=token_hash,
            size=size,
        )


async def claim_upload(token: str) -> Upload | None:
    """The upload that a one-time URL is for, which nobody else can claim now; null where there is none."""
    async with database.transaction():
        waiting = Upload.filter(token_hash=_hash(token), status=UploadStatus.WAITING, created_at__gt=now() - KEPT)
        if not await waiting.update(status=UploadStatus.ARRIVING):
            return None
        return await Upload.get(token_hash=_hash(token))


async def fill_upload(upload: Upload, chunks: AsyncIterator[bytes]) -> None:
    """Store the bytes of an upload as they come, and what they are.

    Refuses none at all, and other than as many as were announced; then, and where `chunks` raises,
    nothing is stored, and a one-time URL takes the file again.
    """
    intake = _Intake(chunks)
    try:
        await storage.current().write(storage_key(upload), intake.chunks())
        intake.require(upload.size)
    except BaseException:
        await _give_up(upload)
        raise
    async with database.transaction():
        upload.update_from_dict(
            {
                "status": UploadStatus.STORED,
                "size": intake.size,
                "sha256": intake.digest.hexdigest(),
                "media_type": media_types.sniff(bytes(intake.head), upload.name),
            }
        )
        await upload.save()


class _Intake:
    """What passes through on its way into the storage: how much, its hash, its beginning."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self.size = 0
        self.digest = hashlib.sha256()
        self.head = bytearray()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes, each noted as it passes."""
        async for chunk in self._chunks:
            self.size += len(chunk)
            self.digest.update(chunk)
            if len(self.head) < media_types.HEAD:
                self.head += chunk[: media_types.HEAD - len(self.head)]
            if chunk:
                yield chunk

    def require(self, size: int | None) -> None:
        """Refuse what is no file, or another one than was announced."""
        if not self.size:
            raise refuse(ErrorCode.INVALID, "The file is empty: send its bytes.", "file")
        if size is not None and size != self.size:
            message = f"{size} bytes were announced and {self.size} came: send the whole file."
            raise refuse(ErrorCode.INVALID, message, "file")


async def _give_up(upload: Upload) -> None:
    """Have nothing of an upload that failed, but the URL that takes it again."""
    await storage.current().remove([storage_key(upload)])
    async with database.transaction():
        mine = Upload.filter(id=upload.id)
        await (mine.delete() if upload.token_hash is None else mine.update(status=UploadStatus.WAITING))


async def take_upload(viewer: Viewer, global_id: str, *path: str | int) -> Upload:
    """The stored upload of the viewer's own, for the command whose transaction this is, and for no other.

    Refuses with NOT_FOUND one that is another's, not whole yet, or taken.
    """
    key = ids.expect("Upload", global_id, *path)
    mine = Upload.filter(id=key, account_id=viewer.account_id, user_id=viewer.user_id, created_at__gt=now() - KEPT)
    upload = await mine.filter(status=UploadStatus.STORED).select_for_update().get_or_none()
    if upload is None:
        raise access.not_found("Upload", *path)
    await upload.delete()
    return upload


async def store_made(account_id: UUID, name: str, content: bytes) -> Upload:
    """Store bytes that came by mail, or were made here; a command that `take_made` is given them takes them."""
    async with database.transaction():
        upload = await Upload.create(account_id=account_id, name=file_names.clean(name))
    await fill_upload(upload, _pieces(content))
    return upload


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]


async def copy_file(viewer: Viewer, file: File) -> Upload:
    """An upload of the viewer's own with the bytes of a file that they see."""
    about = {name: getattr(file, name) for name in ("name", "size", "sha256", "media_type")}
    who: dict[str, Any] = {"account_id": viewer.account_id, "user_id": viewer.user_id}
    async with database.transaction():
        upload = await Upload.create(**who, **about, status=UploadStatus.ARRIVING)
    await storage.current().copy(storage_key(file), storage_key(upload))
    upload.status = UploadStatus.STORED
    async with database.transaction():
        await upload.save(update_fields=["status"])
    return upload


async def take_made(upload: Upload) -> Upload:
    """Take what the caller itself has just stored, in the transaction of the command that keeps it."""
    await upload.delete()
    return upload


async def discard_uploads(uploads: list[Upload]) -> None:
    """Forget those of these uploads that no command has taken."""
    left = await Upload.filter(id__in=[each.id for each in uploads])
    await storage.current().remove(storage_key(each) for each in left)
    async with database.transaction():
        await Upload.filter(id__in=[each.id for each in left]).delete()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
