"""Giving files out: GET /files/… as the API's links have it, whole or in ranges, and nothing that a page could run."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, quote

from starlette.types import Receive, Scope, Send

from app.doors import answering
from app.requests import Refusal, headers_of
from app.sending import begin, stream
from models import storage
from models.files import File, storage_key
from resolvers import file_links

# What a browser shows by itself and cannot run; everything else is saved.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_PATH = re.compile(r"/files/(file_[0-9a-f]{32})(?:/[^/]*)?")


class DownloadDoor:
    """The ASGI application at /files/."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send one file, or say why not."""
        async with answering(receive, send) as answer:
            if scope["method"] not in {"GET", "HEAD"}:
                raise Refusal(405, "Use GET.", "METHOD_NOT_ALLOWED", allow="GET, HEAD")
            await _Answer(await _find(scope), headers_of(scope), receive, answer).give(scope["method"])


async def _find(scope: Scope) -> File:
    path = _PATH.fullmatch(scope["path"])
    given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20)
    expires, signature = (given.get(name, [""])[-1] for name in ("expires", "signature"))
    file = None if path is None else await file_links.follow(path[1], expires, signature)
    if file is None:
        raise Refusal(404, "There is no such file, or the link is too old: ask the API for the file's url anew.")
    return file


class _Answer:
    """One file on its way out."""

    def __init__(self, file: File, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        self._file = file
        self._headers = headers
        self._receive = receive
        self._send = send
        self._tag = f'"{file.sha256}"'

    async def give(self, method: str) -> None:
        """Send the head, and what is asked of the file."""
        common = {"etag": self._tag, "cache-control": "private, no-cache"}
        if self._tag in self._headers.get("if-none-match", ""):
            await begin(self._send, 304, common)
            await self._send({"type": "http.response.body", "body": b""})
            return
        start, end = byte_range(self._file.size, self._asked())
        about = {**common, **_about(self._file), "content-length": str(end - start)}
        if end - start < self._file.size:
            about["content-range"] = f"bytes {start}-{end - 1}/{self._file.size}"
        status = 206 if end - start < self._file.size else 200
        if method == "HEAD":
            await begin(self._send, status, about)
            await self._send({"type": "http.response.body", "body": b""})
        else:
            pieces = storage.current().read(storage_key(self._file), (start, end))
            await stream(self._receive, self._send, status, about, pieces)

    def _asked(self) -> str:
        """The range; none where it is meant for another file than is there now."""
        return self._headers.get("range", "") if self._headers.get("if-range", self._tag) == self._tag else ""


def _about(file: File) -> dict[str, str]:
    sandbox = "" if file.media_type in _SHOWN else "; sandbox"
    return {
        "content-type": file.media_type,
        "content-disposition": disposition(file.name, is_shown=file.media_type in _SHOWN),
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "content-security-policy": f"default-src 'none'{sandbox}",
        "cross-origin-resource-policy": "same-site",
        "referrer-policy": "no-referrer",
    }


def disposition(name: str, *, is_shown: bool) -> str:
    """A Content-Disposition, with a file's name as RFC 6266 has it."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"{'inline' if is_shown else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def byte_range(size: int, asked: str) -> tuple[int, int]:
    """The first byte and the one after the last that a Range header asks for of a file of that size.

    All of them where it asks for nothing that is understood (RFC 9110, 14.2). Refuses a range that
    lies beyond the file with 416.
    """
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found[0] == "bytes=-" or (found[1] and found[2] and int(found[1]) > int(found[2])):
        return 0, size
    if found[1]:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    else:
        start, end = max(0, size - int(found[2])), size
    if start >= size:
        beyond = {"content-range": f"bytes */{size}"}
        raise Refusal(416, f"The file has {size} bytes.", "RANGE_NOT_SATISFIABLE", **beyond)
    return start, end
