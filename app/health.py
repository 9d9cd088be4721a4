"""Whether the process lives, and whether it can serve."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.migrating import unmigrated

_NO_STORE = {"cache-control": "no-store"}
_PATIENCE = 5.0


async def healthz(request: Request) -> Response:
    """200 as long as the process answers at all."""
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)


async def readyz(request: Request) -> Response:
    """200 where the database answers and has every migration, else 503 and what is wrong."""
    try:
        async with asyncio.timeout(_PATIENCE):
            missing = await unmigrated()
    except Exception as error:
        return _not_ready(f"The database does not answer ({type(error).__name__}).")
    if missing:
        return _not_ready(f"The database lacks {len(missing)} migrations: run lejek migrate.")
    return JSONResponse({"status": "ready"}, headers=_NO_STORE)


def _not_ready(reason: str) -> Response:
    return JSONResponse({"status": "not ready", "reason": reason}, 503, headers=_NO_STORE)
