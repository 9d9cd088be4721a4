"""Large files: PUT takes one, once, at the address that startUpload answered."""

import orjson
from starlette.types import Receive, Scope, Send

from app.errors import internal
from app.http import refuse_http, reply
from app.intake import arriving, check_length
from app.requests import Disconnected, Refusal, headers_of
from app.settings import Settings
from resolvers import ids, uploads
from resolvers.errors import Refused


class LargeUploadDoor:
    """The ASGI application at /uploads/…: whoever has the address may send the file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one file, or say why not; one that did not come whole may be sent again."""
        try:
            await reply(send, 201, orjson.dumps({"uploadId": await self._take(scope, receive)}))
        except Disconnected:
            return
        except Refusal as refused:
            await refuse_http(receive, send, refused)
        except Refused as refused:
            await refuse_http(receive, send, Refusal(400, str(refused), refused.errors[0].code.value))
        except Exception as error:
            await reply(send, 500, orjson.dumps({"errors": [internal(error)]}))

    async def _take(self, scope: Scope, receive: Receive) -> str:
        if scope["method"] != "PUT":
            raise Refusal(405, "Use PUT, with the file as the body.", "METHOD_NOT_ALLOWED", allow="PUT")
        check_length(headers_of(scope), self._settings.large_upload_bytes)
        upload = await uploads.claim_upload(scope["path_params"]["token"])
        if upload is None:
            raise Refusal(404, "This address has taken its file, or is too old: ask for another by startUpload.")
        most = upload.size or self._settings.large_upload_bytes
        await uploads.fill_upload(upload, arriving(receive, most, self._settings.body_seconds))
        return ids.encode("Upload", upload.id)
