"""Published documents: kept under their hash for every server of the installation, and found by it."""

from collections.abc import Iterable
from hashlib import sha256

from models import database
from models.documents import PublishedDocument
from models.reading import one_step
from resolvers.errors import ErrorCode, refuse

MOST = 20_000
_TEXT = "SELECT text FROM published_documents WHERE hash = {0}"


def hash_of(text: str) -> str:
    """The SHA-256 of a document's text, in lower-case hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


async def publish(texts: Iterable[str]) -> int:
    """Keep documents that are not kept yet, all of them or none; how many were new.

    Refuses with TOO_MANY what would be more than MOST in all.
    """
    wanted = {hash_of(text): text for text in texts}
    async with database.transaction():
        known = {str(each) for each in await PublishedDocument.all().values_list("hash", flat=True)}
        new = [PublishedDocument(hash=key, text=text) for key, text in wanted.items() if key not in known]
        if len(known) + len(new) > MOST:
            raise refuse(ErrorCode.TOO_MANY, f"{MOST} documents can be published, and {len(known)} are already.")
        await PublishedDocument.bulk_create(new, ignore_conflicts=True)
    return len(new)


async def find_text(document_hash: str) -> str | None:
    """The text that was published under a hash; null where none was."""
    async with database.snapshot(single=True) as snapshot:
        statement = _TEXT.format("$1" if snapshot.dialect == "postgres" else "?1")
        rows = await snapshot.run(one_step(statement, [document_hash]), brief=True)
    return str(rows[0][0]) if rows else None
