"""Files: what is kept of each beside its bytes, and the uploads that are no file of anything yet."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, now, one_of


class UploadStatus(StrEnum):
    """How far an upload has come."""

    WAITING = "WAITING"
    ARRIVING = "ARRIVING"
    STORED = "STORED"


class Upload(AccountRow):
    """Bytes that a user sends (null: that came by mail, or were made here), until they are taken; swept where not.

    `token_hash` is what is kept of a one-time URL. What the bytes are is known once STORED; `size`
    earlier, where it was said.
    """

    user_id = fields.UUIDField(null=True)
    name = fields.CharField(max_length=255)
    status = one_of(UploadStatus, default=UploadStatus.WAITING, max_length=8)
    token_hash = fields.CharField(max_length=64, null=True)
    size = fields.BigIntField(null=True)
    sha256 = fields.CharField(max_length=64, null=True)
    media_type = fields.CharField(max_length=127, null=True)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "uploads"


class File(AccountRow):
    """A file of exactly one deal, person, organization or e-mail message. It has the key of the upload that it was."""

    name = fields.CharField(max_length=255)
    size = fields.BigIntField()
    sha256 = fields.CharField(max_length=64)
    media_type = fields.CharField(max_length=127)
    deal_id = fields.UUIDField(null=True)
    person_id = fields.UUIDField(null=True)
    organization_id = fields.UUIDField(null=True)
    message_id = fields.UUIDField(null=True)
    uploader_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(default=now)
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "files"


def storage_key(row: Upload | File) -> str:
    """Where the bytes lie in the storage."""
    return f"{row.account_id.hex}/{row.id.hex}"
