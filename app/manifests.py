"""The manifests of documents that front ends' builds write, read and checked."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLSchema

from resolvers.documents import hash_of
from resolvers.reads.documents import BadDocument, Documents
from resolvers.reads.limits import Limits

LARGEST_MANIFEST = 64 * 1024 * 1024


class Unusable(Exception):
    """The manifest cannot be published; the message says why."""


def read_manifest(manifest: Any, schema: GraphQLSchema, limits: Limits) -> list[str]:
    """The documents of a manifest; raises Unusable where one is not what its hash says, or not valid."""
    known = Documents(schema, limits)
    texts = []
    for name, text in _entries(manifest):
        shown = name[:80]
        if not isinstance(text, str) or hash_of(text) != name.removeprefix("sha256:"):
            raise Unusable(f"{shown} is not the SHA-256 of its document: nothing was published.")
        try:
            known.read(text)
        except BadDocument as bad:
            raise Unusable(f"the document {shown} is not valid here ({bad}): nothing was published.") from bad
        texts.append(text)
    return texts


def load_manifest(file: Path) -> Any:
    """What a manifest says; raises Unusable where it is no JSON, or too long."""
    if file.stat().st_size > LARGEST_MANIFEST:
        raise Unusable(f"the manifest is longer than the {LARGEST_MANIFEST} bytes allowed.")
    try:
        return orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise Unusable(f"the manifest is not JSON in UTF-8: {error.msg}.") from error


def _entries(manifest: Any) -> Iterable[tuple[str, Any]]:
    operations = manifest.get("operations") if isinstance(manifest, dict) else None
    if isinstance(operations, list) and all(isinstance(each, dict) for each in operations):
        return [(str(each.get("id")), each.get("body")) for each in operations]
    if isinstance(manifest, Mapping):
        return list(manifest.items())
    raise Unusable("the manifest must be a JSON object: hashes and texts, or Apollo's with its operations.")
