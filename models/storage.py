"""Where the bytes of files lie: a folder of this machine, or a bucket of anything that speaks S3."""

from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, ObjectStore, S3Store

_CHUNK = 256 * 1024
_PARTS_AT_ONCE = 2  # of 5 MiB each, so that is what an upload takes of memory


class Storage:
    """Objects by key. One is there wholly or not at all, and is never changed."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Keep what comes. Where `chunks` raises, nothing is kept, and that is raised."""
        await obstore.put_async(self._store, key, chunks, max_concurrency=_PARTS_AT_ONCE)

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to but not with `end`, as they come; raises FileNotFoundError where none are."""
        found = await obstore.get_async(self._store, key, options={"range": (start, end)})
        async for chunk in found.stream(min_chunk_size=_CHUNK):
            yield chunk

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
