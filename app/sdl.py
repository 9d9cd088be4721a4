"""The schema as a file, for code generators and editors."""

from functools import cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from schema.build import sdl


async def schema_file(request: Request) -> Response:
    """The printed schema."""
    headers = {"content-disposition": 'attachment; filename="schema.graphql"', "cache-control": "no-cache"}
    return PlainTextResponse(_printed(), headers=headers)


@cache
def _printed() -> str:
    return sdl()
