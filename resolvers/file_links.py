"""Links to files: each opens one file for a short while, for whoever has it, and says nothing of others."""

import time
from urllib.parse import quote
from uuid import UUID

from models.files import File
from resolvers import ids, installation, signing

_STEP = 300  # links of the same moment are the same link, so that answers can be shared and compared
_STEPS = 3
_PURPOSE = "file"


def link_of(key: str, name: str) -> str:
    """The link to a file, good for 10 to 15 minutes: `/files/file_…/offer.pdf?expires=…&signature=…`."""
    file_id, expires = ids.encode("File", key), str((int(time.time()) // _STEP + _STEPS) * _STEP)
    signature = signing.sign(_PURPOSE, file_id, expires)
    base = installation.current().public_url
    return f"{base}/files/{file_id}/{quote(name, safe='')}?expires={expires}&signature={signature}"


async def follow(file_id: str, expires: str, signature: str) -> File | None:
    """The file that a link leads to; null where the link is not ours or too old, or the file is gone."""
    if not signing.is_signature(signature, _PURPOSE, file_id, expires) or int(expires) < time.time():
        return None
    decoded = ids.decode(file_id)
    key: UUID | None = decoded[1] if decoded else None
    return await File.get_or_none(id=key, removed_at__isnull=True)
