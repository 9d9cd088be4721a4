"""What pages for visitors share: templates, and the styles and scripts that they and those around them use."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FOLDER = Path(__file__).parent / "visitors"
_MEDIA = {".css": "text/css", ".js": "text/javascript"}
_HEADERS = {
    "cache-control": "public, max-age=3600",
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
}
TEMPLATES = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def asset_routes(at: str, files: Mapping[str, str]) -> list[Route]:
    """Routes that serve files, each below this address by its name there."""
    return [Route(f"{at}/{name}", _served(_FOLDER / file)) for name, file in files.items()]


def _served(path: Path) -> Callable[[Request], Awaitable[Response]]:
    body, media = path.read_bytes(), _MEDIA[path.suffix]

    async def asset(_: Request) -> Response:
        return Response(body, headers=_HEADERS, media_type=media)

    return asset


def address_of(request: Request) -> str:
    """Where a visitor comes from, for counting; empty where nobody knows."""
    return request.client.host if request.client else ""
