"""Files of deals, people and organizations, and how their bytes come in."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import file_links, files, uploads
from resolvers.access import Viewer
from resolvers.ids import encode
from resolvers.reads.declare import Connection, Need, One, Term, Value
from resolvers.reads.run import Ref
from schema.common import DeletePayload, Node, PageInfo, User, UserError
from schema.declaring import Answer, command, identifies, reads, shows
from schema.scalars import Upload

if TYPE_CHECKING:
    from schema.contacts import Organization, Person
    from schema.deals import Deal

_BY_TIME = {"CREATED_AT": (Term("{a}.created_at", "instant"),)}
FILES_OF_DEAL = Connection("File", column="deal_id", orders=_BY_TIME)
FILES_OF_PERSON = Connection("File", column="person_id", orders=_BY_TIME)
FILES_OF_ORGANIZATION = Connection("File", column="organization_id", orders=_BY_TIME)
_LINK = Value((Need("{a}.id", "key"), Need("{a}.name")), file_links.link_of)


@strawberry.type(description="A file of a deal, a person or an organization.")
class File(Node):
    """A file."""

    id: strawberry.ID = identifies("File")
    name: str = shows("name")
    media_type: str = shows("media_type", description="What it is, by its bytes: image/png, application/pdf…")
    size: int = shows("size", "int", "In bytes.")
    sha256: str = shows("sha256")
    url: str = reads(_LINK, "Opens it in a browser, for 10 to 15 minutes, and needs nothing else; then ask anew.")
    uploader: User | None = reads(One("User", "uploader_id"), "Null: it came by e-mail, or was made here.")
    deal: Annotated["Deal", strawberry.lazy("schema.deals")] | None = reads(One("Deal", "deal_id"))
    person: Annotated["Person", strawberry.lazy("schema.contacts")] | None = reads(One("Person", "person_id"))
    organization: Annotated["Organization", strawberry.lazy("schema.contacts")] | None = reads(
        One("Organization", "organization_id")
    )
    created_at: datetime = shows("created_at", "instant")


@strawberry.type(description="One file in a list.")
class FileEdge:
    """A file and where it lies."""

    cursor: str
    node: File


@strawberry.type(description="A page of files, newest first.")
class FileConnection:
    """A page of files."""

    edges: list[FileEdge]
    nodes: list[File]
    page_info: PageInfo
    total_count: int


@strawberry.input(description="A file that is about to be sent, too large for one request of GraphQL.")
class StartUploadInput:
    """A large file."""

    file_name: str
    size: int = strawberry.field(description="In bytes.")


@strawberry.type(description="Where a large file goes.")
class UploadPayload:
    """Where to send the file."""

    upload_id: strawberry.ID | None = strawberry.field(description="What addFile takes, once the file was sent.")
    url: str | None = strawberry.field(
        description="PUT the bytes here, once, with no header of who you are: whoever has this address may."
    )
    expires_at: datetime | None
    errors: list[UserError]


@strawberry.input(description="Exactly one of dealId, personId and organizationId. A lead has no files.")
class AddFileInput:
    """A new file."""

    file: Upload
    deal_id: strawberry.ID | None = strawberry.UNSET
    person_id: strawberry.ID | None = strawberry.UNSET
    organization_id: strawberry.ID | None = strawberry.UNSET
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Omitted: the file's own name.")
    idempotency_key: str | None = strawberry.UNSET
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="A file and its new name.")
class RenameFileInput:
    """A new name."""

    id: strawberry.ID
    name: str
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.input(description="Up to 1,000 files.")
class FileIdsInput:
    """Files."""

    ids: list[strawberry.ID]
    client_mutation_id: str | None = strawberry.UNSET


@strawberry.type(description="What became of a file.")
class FilePayload:
    """The file after the command."""

    file: File | None
    errors: list[UserError]


@strawberry.type(description="What became of files.")
class FilesPayload:
    """The files after the command."""

    files: list[File]
    errors: list[UserError]


async def _start_upload(viewer: Viewer, draft: Any) -> Answer:
    link = await uploads.start_upload(viewer, draft)
    return {"upload_id": link.upload_id, "url": link.url, "expires_at": link.expires_at}


async def _add_file(viewer: Viewer, draft: Any) -> Answer:
    return {"file": Ref("File", await files.add_file(viewer, draft))}


async def _rename_file(viewer: Viewer, given: Any) -> Answer:
    return {"file": Ref("File", await files.rename_file(viewer, given))}


async def _delete_files(viewer: Viewer, given: Any) -> Answer:
    return {"deleted_ids": [encode("File", key) for key in await files.delete_files(viewer, given)]}


async def _restore_files(viewer: Viewer, given: Any) -> Answer:
    return {"files": [Ref("File", key) for key in await files.restore_files(viewer, given)]}


@strawberry.type
class FileCommands:
    """What may be done with files."""

    start_upload = command(StartUploadInput, UploadPayload, _start_upload, "The way in for large files.")
    add_file = command(AddFileInput, FilePayload, _add_file)
    rename_file = command(RenameFileInput, FilePayload, _rename_file)
    delete_files = command(
        FileIdsInput, DeletePayload, _delete_files, "They can be restored for 30 days; then they are gone."
    )
    restore_files = command(FileIdsInput, FilesPayload, _restore_files)
