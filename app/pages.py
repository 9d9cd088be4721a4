"""The web pages: our own built files, kept in memory, compressed once, cached by their names."""

import gzip
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from html import escape
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response


def _policy(styles: str) -> str:
    return "; ".join(
        (
            "default-src 'self'",
            f"style-src {styles}",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


# Nothing may come from anywhere but here, and no script or style may be written into a page.
SECURITY = {
    "content-security-policy": _policy("'self'"),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_SECURITY_OF = {"graphiql.html": {**SECURITY, "content-security-policy": _policy("'self' 'unsafe-inline'")}}  # Monaco
BUILT = Path(__file__).resolve().parent.parent / "web" / "dist"
_HASHED = "assets/"  # the bundler's files, whose names change with what is in them
_COMPRESSIBLE = {"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "font/ttf"}
_WORTH_COMPRESSING = 1_000


@dataclass(frozen=True)
class File:
    """A file as it is sent."""

    body: bytes
    media: str
    hashed: bool

    @cached_property
    def tag(self) -> str:
        """What changes when the file does."""
        return sha256(self.body).hexdigest()[:32]

    @cached_property
    def compressed(self) -> bytes | None:
        """The file in gzip; null where that gains nothing."""
        if self.media.partition(";")[0] not in _COMPRESSIBLE or len(self.body) < _WORTH_COMPRESSING:
            return None
        return gzip.compress(self.body, 9, mtime=0)


class Pages:
    """The pages of a folder of built files; without it they say how to get it."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): File(path.read_bytes(), _media(path), _is_hashed(path, folder))
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    async def graphiql(self, request: Request) -> Response:
        """GraphiQL, from our own files."""
        return await self._page("graphiql.html", request)

    async def board(self, request: Request) -> Response:
        """The board; where it is not built, a page that says how to get it, and where everything else is."""
        if "index.html" not in self._files:
            return HTMLResponse(_plain("Lejek", _ADDRESSES + _UNBUILT), headers=SECURITY)
        return await self._page("index.html", request)

    async def file(self, request: Request) -> Response:
        """A file that a page needs, or the board for an address within it."""
        path = request.path_params["path"]
        if path in self._files:
            return await self._send(self._files[path], request)
        if "index.html" in self._files and "text/html" in request.headers.get("accept", "") and "." not in path:
            return await self._page("index.html", request)
        return PlainTextResponse("There is nothing at this address.\n", 404, headers=SECURITY)

    async def _page(self, name: str, request: Request) -> Response:
        if name not in self._files:
            return HTMLResponse(_plain("The web pages are not built", _UNBUILT), 503, headers=SECURITY)
        return await self._send(self._files[name], request, _SECURITY_OF.get(name, SECURITY))

    async def _send(self, file: File, request: Request, security: Mapping[str, str] = SECURITY) -> Response:
        compressed = None
        if takes_gzip(request.headers):
            compressed = await run_in_threadpool(lambda: file.compressed)
        tag = f'"{file.tag}{"-gzip" if compressed else ""}"'
        headers = {
            **security,
            "etag": tag,
            "vary": "Accept-Encoding",
            "cache-control": "public, max-age=31536000, immutable" if file.hashed else "no-cache",
        }
        if tag in [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        if compressed:
            headers["content-encoding"] = "gzip"
        return Response(compressed or file.body, headers=headers, media_type=file.media)


def takes_gzip(headers: Headers) -> bool:
    """Whether a client takes gzip."""
    for each in headers.get("accept-encoding", "").split(","):
        coding, _, weight = each.strip().lower().partition(";")
        if coding.strip() == "gzip":
            return weight.strip().replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _is_hashed(path: Path, folder: Path) -> bool:
    return path.relative_to(folder).as_posix().startswith(_HASHED)


def _media(path: Path) -> str:
    known = {".js": "text/javascript", ".ttf": "font/ttf", ".woff2": "font/woff2", ".map": "application/json"}
    return known.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _plain(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><h1>{escape(title)}</h1>{content}</html>\n"
    )


_ADDRESSES = """<p>A sales pipeline as an API.</p><ul>
<li>/graphql: the API, over HTTP and WebSocket (graphql-transport-ws)</li>
<li><a href="/healthz">/healthz</a> and <a href="/readyz">/readyz</a>: how the server is</li></ul>"""
_UNBUILT = """<p>The API at /graphql works without the web pages: the board, and GraphiQL at /graphiql. To build them,
install Node 20.19 or newer and start the server with <code>./run serve</code>.</p>"""
