"""Files of a test: a storage in its folder, and uploads that are there as if a client had sent them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from models import storage
from models.imports import Import
from models.users import User
from resolvers import ids
from resolvers.access import Viewer
from resolvers.import_files import receive_table
from resolvers.skip_files import find_parts, read_parts
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


async def sent_table(viewer: Viewer, file: Path) -> UUID:
    """The import of a file on this machine, as if its user had sent it."""
    return await receive_table(viewer, file.name, pieces(await asyncio.to_thread(file.read_bytes), 65_536))


async def skipped(import_id: UUID) -> str:
    """The text of an import's skip file, without its mark; empty where there is none."""
    return await skipped_of(await Import.get(id=import_id))


async def skipped_of(job: Import) -> str:
    """As `skipped`, of an import that may be in no database."""
    parts = await find_parts(job)
    return b"".join([piece async for piece in read_parts(parts)]).decode("utf-8-sig")


async def pieces(content: bytes, size: int = 300) -> AsyncIterator[bytes]:
    """Bytes as they come over a network."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def kept(folder: Path) -> list[bytes]:
    """What is stored, without what it is stored under."""
    return sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file())
