"""Where the bytes of files lie: a folder of this machine, or a bucket of anything that speaks S3."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, ObjectStore, S3Store

_CHUNK = 256 * 1024
_PARTS_AT_ONCE = 2  # of 5 MiB each, so that is what an upload takes of memory


class Storage:
    """Objects by key. One is there wholly or not at all, and is never changed."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def write(self, key: str, content: AsyncIterator[bytes] | bytes) -> None:
        """Keep what comes. Where `content` raises, nothing is kept, and that is raised."""
        await obstore.put_async(self._store, key, content, max_concurrency=_PARTS_AT_ONCE)

    async def read(self, key: str, part: tuple[int, int] | None = None) -> AsyncIterator[bytes]:
        """The bytes as they come, or from the first up to but not with the second place.

        Raises FileNotFoundError where none are.
        """
        found = await obstore.get_async(self._store, key, options={"range": part} if part else None)
        async for chunk in found.stream(min_chunk_size=_CHUNK):
            yield chunk

    @asynccontextmanager
    async def copied_here(self, key: str) -> AsyncIterator[Path]:
        """A temporary file with an object's bytes, to be read back and forth; FileNotFoundError where none are."""
        with NamedTemporaryFile(prefix="lejek-") as file:
            async for chunk in self.read(key):
                await asyncio.to_thread(file.write, chunk)
            file.flush()
            yield Path(file.name)

    async def keys_under(self, prefix: str) -> list[str]:
        """The keys below a prefix, as a path has files below it, in their order."""
        return sorted([each["path"] async for page in obstore.list(self._store, prefix) for each in page])

    async def copy(self, key: str, to: str) -> None:
        """Have what lies at one key at another too."""
        await obstore.copy_async(self._store, key, to)

    async def remove(self, keys: Iterable[str]) -> None:
        """Have these objects no more; one that is not there is no fault."""
        for key in keys:
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._store, key)


def storage_at(url: str, endpoint: str | None = None) -> Storage:
    """The storage at `s3://BUCKET/PREFIX`, or in the folder of that path, which is made where it is not there.

    Credentials and region of a bucket are those of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
    AWS_REGION and so on; `endpoint` is the address of another server than Amazon's.
    """
    if not is_bucket(url):
        return Storage(LocalStore(Path(url).absolute(), mkdir=True, automatic_cleanup=True))
    parts, plain = urlsplit(url), (endpoint or "").startswith("http://")
    return Storage(
        S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            endpoint=endpoint,
            client_options={"allow_http": plain},
        )
    )


def is_bucket(url: str) -> bool:
    """Whether that is the address of a bucket, and not a path."""
    return url.startswith("s3://")


_current: Storage | None = None


def open_storage(storage: Storage) -> None:
    """Have this as the storage that the process works on."""
    global _current
    _current = storage


def current() -> Storage:
    """The open storage; RuntimeError where none is."""
    if _current is None:
        raise RuntimeError("no storage is open: use models.storage.open_storage first")
    return _current
