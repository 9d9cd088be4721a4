"""From what a request asks with to the text of a document: its own, or the one that its hash stands for.

Front ends publish their documents when they are built (`lejek documents publish`), and then send
hashes in `extensions.persistedQuery`, as Apollo's clients do. Unless a server takes only published
ones, a hash may also come with its text once, and is known to that process from then on.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from resolvers.documents import find_text, hash_of
from resolvers.reads.documents import BadDocument

NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
MISMATCH = "PERSISTED_QUERY_MISMATCH"
NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
NOT_PUBLISHED = "DOCUMENT_NOT_PUBLISHED"
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Texts:
    """The texts that hashes stand for, the latest used of them remembered within a number of characters."""

    def __init__(self, *, only_published: bool = False, characters: int = 4_000_000) -> None:
        self._only_published = only_published
        self._characters = characters
        self._known: OrderedDict[str, str] = OrderedDict()
        self._length = 0

    async def find(self, text: str | None, extensions: Mapping[str, Any]) -> str:
        """The text that is asked with; raises BadDocument where there is none, or it is not the hash's."""
        given = extensions.get("persistedQuery")
        if given is None and not self._only_published and text:
            return text
        asked = hash_of(text or "") if given is None else _hash_of(given)
        if text is not None and asked != hash_of(text):
            raise _bad("The hash is not the SHA-256 of the query that came with it.", MISMATCH)
        return self._recall(asked) or self._keep(asked, await self._look(asked, text))

    async def _look(self, asked: str, text: str | None) -> str:
        if text is not None and not self._only_published:
            return text
        published = await find_text(asked)
        if published is not None:
            return published
        if text is not None:
            raise _bad("This server takes published documents only: publish it with `lejek documents`.", NOT_PUBLISHED)
        raise _bad("PersistedQueryNotFound", NOT_FOUND)  # clients know it by this message

    def _recall(self, asked: str) -> str | None:
        if asked in self._known:
            self._known.move_to_end(asked)
        return self._known.get(asked)

    def _keep(self, asked: str, text: str) -> str:
        if asked not in self._known:  # two may have looked at once
            self._known[asked] = text
            self._length += len(text)
        while self._length > self._characters:
            _, forgotten = self._known.popitem(last=False)
            self._length -= len(forgotten)
        return text


def _hash_of(given: Any) -> str:
    if not isinstance(given, dict) or given.get("version") != 1:
        raise _bad("PersistedQueryNotSupported: persistedQuery needs version 1 and a sha256Hash.", NOT_SUPPORTED)
    asked = given.get("sha256Hash")
    if not isinstance(asked, str) or _HASH.fullmatch(asked) is None:
        raise _bad("sha256Hash must be 64 lower-case hexadecimal digits.", NOT_SUPPORTED)
    return asked


def _bad(message: str, code: str) -> BadDocument:
    return BadDocument([GraphQLError(message)], code)
