"""`lejek documents publish`: the manifest that a front end's build writes, checked and kept."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from graphql import GraphQLSchema

from models.database import close_database, open_database
from models.migrating import migrate
from resolvers.documents import hash_of, publish
from resolvers.errors import Refused
from resolvers.reads.documents import BadDocument, Documents
from resolvers.reads.limits import Limits

LARGEST_MANIFEST = 64 * 1024 * 1024


class Unusable(Exception):
    """The manifest cannot be published; the message says why."""


documents = typer.Typer(help="Documents that front ends may ask for by their hash.", no_args_is_help=True)


@documents.callback()
def _group() -> None:
    """Documents that front ends may ask for by their hash."""


@documents.command("publish")
def publish_documents(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The manifest, as JSON.")],
    database_url: Annotated[
        str | None, typer.Option("--database-url", help="sqlite://PATH or postgres://…; else LEJEK_DATABASE_URL.")
    ] = None,
) -> None:
    """Publish the documents of a manifest: an object of hashes and texts, or Apollo's persisted query manifest.

    Each hash must be the SHA-256 of its text, and each text valid here; else nothing is published.
    """
    from app.cli import fail, run, settings_with
    from schema.build import graphql_schema

    settings = settings_with(database_url=database_url)

    async def work() -> None:
        await migrate(settings.database_url)
        await open_database(settings.database_url)
        try:
            texts = read_manifest(_load(file), graphql_schema, settings.document_limits)
            new = await publish(texts)
        except (Unusable, Refused, OSError) as error:
            fail(str(error))
        finally:
            await close_database()
        typer.echo(f"Published {len(texts)} documents, {new} of them new.")

    run(work())


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


def _load(file: Path) -> Any:
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
