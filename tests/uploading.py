"""Files of a test: a storage in its folder, and uploads that are there as if a client had sent them."""

from collections.abc import AsyncIterator
from pathlib import Path

from models import storage
from models.users import User
from resolvers import ids
from resolvers.uploads import expect_upload, fill_upload
from tests import given

PDF = b"%PDF-1.7\n" + b"An offer. " * 100


def store_in(folder: Path) -> Path:
    """Have files stored in this folder."""
    storage.open_storage(storage.storage_at(str(folder)))
    return folder


async def uploaded(who: User, name: str = "offer.pdf", content: bytes = PDF) -> str:
    """The id of a file that a user has sent."""
    upload = await expect_upload(await given.viewer(who), name)
    await fill_upload(upload, pieces(content))
    return ids.encode("Upload", upload.id)


async def pieces(content: bytes, size: int = 300) -> AsyncIterator[bytes]:
    """Bytes as they come over a network."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def kept(folder: Path) -> list[bytes]:
    """What is stored, without what it is stored under."""
    return sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file())
