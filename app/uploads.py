"""Taking files that are a request's body: POST /uploads takes a table to import, PUT /uploads/… a large file."""

from abc import ABC, abstractmethod
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope, Send

from app.doors import answering
from app.http import identify, reply
from app.identity import Credential
from app.intake import arriving, check_length
from app.requests import Refusal, headers_of
from app.settings import Settings
from resolvers import ids, import_files, uploads
from resolvers.access import require_writing


class UploadDoor(ABC):
    """An ASGI application that takes a file and answers its `uploadId`."""

    method: str

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one file, or say why not; of one that is refused or breaks off nothing is kept."""
        async with answering(receive, send) as answer:
            if scope["method"] != self.method:
                message = f"Use {self.method}, with the file as the body."
                raise Refusal(405, message, "METHOD_NOT_ALLOWED", allow=self.method)
            await reply(answer, 201, orjson.dumps({"uploadId": await self.take(scope, receive)}))

    @abstractmethod
    async def take(self, scope: Scope, receive: Receive) -> str:
        """Store the file; returns the global id that it is known by from now on."""


class TableDoor(UploadDoor):
    """At /uploads: `POST /uploads?fileName=leads.csv` answers the id of an import that waits for its mapping."""

    method = "POST"

    async def take(self, scope: Scope, receive: Receive) -> str:
        """Store a table of the user's whose token or session it is."""
        headers = headers_of(scope)
        viewer = await identify(headers, self.method, Credential.viewer)
        require_writing(viewer)
        check_length(headers, self._settings.upload_bytes)
        chunks = arriving(receive, self._settings.upload_bytes, self._settings.body_seconds)
        return ids.encode(
            "Import", await import_files.receive_table(viewer, file_name_of(scope["query_string"]), chunks)
        )


class LargeUploadDoor(UploadDoor):
    """At /uploads/…, the address that startUpload answered: whoever has it may send the file, once."""

    method = "PUT"

    async def take(self, scope: Scope, receive: Receive) -> str:
        """Store a file that was announced; one that did not come whole may be sent again."""
        check_length(headers_of(scope), self._settings.large_upload_bytes)
        upload = await uploads.claim_upload(scope["path_params"]["token"])
        if upload is None:
            raise Refusal(404, "This address has taken its file, or is too old: ask for another by startUpload.")
        most = upload.size or self._settings.large_upload_bytes
        await uploads.fill_upload(upload, arriving(receive, most, self._settings.body_seconds))
        return ids.encode("Upload", upload.id)


def file_name_of(query_string: bytes) -> str:
    """The name of the file that the parameter fileName gives; refuses where it is missing."""
    try:
        given = parse_qs(query_string.decode("ascii"), errors="strict", max_num_fields=20).get("fileName", [])
    except ValueError as error:
        raise Refusal(400, "The URL's parameters are not UTF-8.") from error
    if len(given) != 1:
        raise Refusal(400, "Name the file in the URL: /uploads?fileName=leads.csv")
    return given[0]
