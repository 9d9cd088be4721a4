"""Imports of records from files."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import strawberry

from models.import_kinds import ImportKind as Kind
from resolvers import ids, import_undoing, imports
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, Refused, refuse
from resolvers.faults import Faults
from resolvers.import_fields import ImportField
from resolvers.reads.run import Ref
from resolvers.register_files import CompanyField
from schema.common import Node, UserError
from schema.declaring import Answer, Info, command, identifies, shows
from schema.enums import ImportKind, ImportStatus

strawberry.enum(CompanyField, description="What a column of a register may mean; SIZE: how many people it employs.")
strawberry.enum(ImportField, description="What a column may mean; FIRST_NAME and LAST_NAME make one name.")


@strawberry.type(description="One file of records, and how far its import has come. Counts are of rows.")
class Import(Node):
    """An import."""

    id: strawberry.ID = identifies("Import")
    file_name: str = shows("file_name")
    status: ImportStatus = shows("status")
    is_dry_run: bool = shows("is_dry_run", "flag")
    rows_read: int = shows("rows_read", "int")
    kind: ImportKind = shows("kind")
    rows_created: int = shows("rows_created", "int")
    rows_updated: int = shows("rows_updated", "int")
    rows_unchanged: int = shows("rows_unchanged", "int")
    rows_skipped: int = shows("rows_skipped", "int")
    failure: str | None = shows("failure")
    created_at: datetime = shows("created_at", "instant")
    finished_at: datetime | None = shows("finished_at", "instant")
    undone_at: datetime | None = shows("undone_at", "instant")


@strawberry.type(description="A column of an uploaded file.")
class ImportColumn:
    """A column, and what it is taken for."""

    name: str
    samples: list[str] = strawberry.field(description="Its first cells.")
    field: ImportField | None = strawberry.field(
        description="The field it would be read as; null: left out, or a custom field."
    )
    custom_field_id: strawberry.ID | None = strawberry.field(description="The custom field it would be read as.")


@strawberry.type(description="What an uploaded file holds.")
class ImportPreview:
    """The columns of a file."""

    columns: list[ImportColumn]
    errors: list[UserError]


@strawberry.input(description="Which field a column is read as; a custom field of leads and deals by its id instead.")
class ColumnMapping:
    """A column and its field."""

    column: str
    field: ImportField | None = strawberry.UNSET
    custom_field_id: strawberry.ID | None = strawberry.UNSET


@strawberry.input(description="An uploaded file to import leads from.")
class ImportLeadsInput:
    """An import to begin."""

    id: strawberry.ID = strawberry.field(description="The uploadId that POST /uploads answered.")
    mapping: list[ColumnMapping] | None = strawberry.field(
        default=strawberry.UNSET, description="Omitted: as importPreview guesses it."
    )
    dry_run: bool = strawberry.field(default=False, description="Decide about every row and make nothing.")
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(
    description="An uploaded file to import; a row whose external id is known already updates its record."
)
class ImportRecordsInput(ImportLeadsInput):
    """An import to begin."""

    kind: ImportKind = strawberry.field(description="What its rows become.")


@strawberry.input(description="Which field of a company a column is read as.")
class CompanyColumnMapping:
    """A column and its field."""

    column: str
    field: CompanyField


@strawberry.input(
    description="An uploaded register of companies. Words are looked for in the industry and the place, any of each; "
    "what a register does not say of a company, the company does not meet."
)
class ProspectCompaniesInput:
    """A register to make leads of."""

    id: strawberry.ID = strawberry.field(description="The uploadId that POST /uploads answered.")
    mapping: list[CompanyColumnMapping] | None = strawberry.field(
        default=strawberry.UNSET, description="Omitted: by the columns' names, in English and Polish."
    )
    industries: list[str] | None = strawberry.UNSET
    places: list[str] | None = strawberry.UNSET
    size_from: int | None = strawberry.field(
        default=strawberry.UNSET, description="How many people are employed, at least."
    )
    size_to: int | None = strawberry.UNSET
    most: int = strawberry.field(default=1_000, description="No more leads than this; at most 10,000.")
    dry_run: bool = strawberry.field(default=False, description="Find alike, and make nothing.")
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="An import to take back within 30 days.")
class UndoImportInput:
    """An import to undo."""

    id: strawberry.ID
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of an import.")
class ImportPayload:
    """The import after the command."""

    import_: Import | None = strawberry.field(name="import")
    errors: list[UserError]


async def _import_leads(viewer: Viewer, given: Any) -> Answer:
    return {"import_": Ref("Import", await imports.begin_import(viewer, _mapped(given)))}


async def _prospect_companies(viewer: Viewer, given: Any) -> Answer:
    return {"import_": Ref("Import", await imports.begin_prospecting(viewer, _mapped(given)))}


def _mapped(given: Any) -> Any:
    mapping = given.get("mapping")
    return given if mapping is None else {**given, "mapping": _by_column(mapping)}


async def _undo_import(viewer: Viewer, given: Any) -> Answer:
    return {"import_": Ref("Import", await import_undoing.undo_import(viewer, given))}


def _by_column(mapping: list[Any]) -> dict[str, str]:
    faults = Faults()
    for place, each in enumerate(mapping):
        with faults.noted():
            if (each.get("field") is None) is (each.get("custom_field_id") is None):
                raise refuse(ErrorCode.INVALID, "Give a field, or the id of a custom one.", "mapping", place, "field")
    faults.raise_any()
    fields = {each["column"]: each.get("field") or each["custom_field_id"] for each in mapping}
    if len(fields) < len(mapping):
        raise refuse(ErrorCode.INVALID, "A column is mapped twice: give each of them one field.", "mapping")
    return fields


async def preview_import(info: Info, id: strawberry.ID, kind: ImportKind | None = strawberry.UNSET) -> Any:
    """The columns of an uploaded file, and which field each would be read as, where its rows are of that kind."""
    try:
        key = ids.expect("Import", id, "id")
        return SimpleNamespace(
            columns=await imports.guess_mapping(info.context.viewer, key, kind or Kind.LEADS), errors=[]
        )
    except Refused as refused:
        return SimpleNamespace(columns=[], errors=refused.errors)


@strawberry.type
class ImportCommands:
    """What may be done about imports."""

    import_leads = command(
        ImportLeadsInput,
        ImportPayload,
        _import_leads,
        "Begins importing an uploaded file and answers at once; importProgress tells how it gets on.",
    )
    import_records = command(
        ImportRecordsInput, ImportPayload, _import_leads, "As importLeads, for all other kinds too."
    )
    prospect_companies = command(
        ProspectCompaniesInput,
        ImportPayload,
        _prospect_companies,
        "Begins making leads of the companies of an uploaded register that nobody in the account knows, and answers "
        "at once; importProgress tells how it gets on: rowsUnchanged counts companies that are known already.",
    )
    undo_import = command(
        UndoImportInput,
        ImportPayload,
        _undo_import,
        "Deletes what the import made and gives back what it changed, but nothing that was changed since.",
    )
