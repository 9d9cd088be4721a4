"""`lejek documents publish`: the manifest that a front end's build writes, checked and kept."""

from pathlib import Path
from typing import Annotated

import typer

from app.terminal import DatabaseUrl, database, fail, migrate, run, settings_with

documents = typer.Typer(help="Documents that front ends may ask for by their hash.", no_args_is_help=True)


@documents.callback()
def _group() -> None:
    """Documents that front ends may ask for by their hash."""


@documents.command("publish")
def publish_documents(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The manifest, as JSON.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Publish the documents of a manifest: an object of hashes and texts, or Apollo's persisted query manifest.

    Each hash must be the SHA-256 of its text, and each text valid here; else nothing is published.
    """
    settings = settings_with(database_url=database_url)

    async def work() -> None:
        from app.manifests import Unusable, load_manifest, read_manifest
        from resolvers.documents import publish
        from resolvers.errors import Refused
        from schema.build import graphql_schema

        await migrate(settings)
        async with database(settings):
            try:
                texts = read_manifest(load_manifest(file), graphql_schema, settings.document_limits)
                new = await publish(texts)
            except (Unusable, Refused, OSError) as error:
                fail(str(error))
        typer.echo(f"Published {len(texts)} documents, {new} of them new.")

    run(work())
