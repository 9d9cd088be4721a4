"""Keyed commands act once: the same key with the same input answers with the first answer.

A key belongs to one user and one command, and counts for 24 hours. It is written in the
transaction of the command itself, so an answer is remembered exactly where its changes are.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from models.base import now
from models.conversions import IdempotencyKey
from resolvers import text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, Refused, refuse

KEPT = timedelta(hours=24)
Answer = dict[str, Any]

# What may differ between two sendings of the same command.
_NOT_INPUT = {"idempotency_key", "client_mutation_id"}


async def recall(viewer: Viewer, command: str, key: str | None, given: Mapping[str, Any]) -> Answer | None:
    """The first answer to this command under this key; null where there is none yet, or no key.

    Refuses with IDEMPOTENCY_MISMATCH where the key came with other input before.
    """
    if key is None:
        return None
    known = await _keys(viewer, command, key).filter(created_at__gte=now() - KEPT).first()
    if known is None:
        return None
    if known.input_hash != fingerprint(given):
        message = "This key was used with other input in the last 24 hours: take a new one for a new command."
        raise refuse(ErrorCode.IDEMPOTENCY_MISMATCH, message, "idempotencyKey")
    return known.answer


async def remember(viewer: Viewer, command: str, key: str | None, given: Mapping[str, Any], answer: Answer) -> None:
    """Keep the answer under the key; to be called inside the command's write transaction.

    Raises IntegrityError where another request has just done the same: then all is undone.
    """
    if key is None:
        return
    await _keys(viewer, command, key).filter(created_at__lt=now() - KEPT).delete()
    await IdempotencyKey.create(
        account_id=viewer.account_id,
        user_id=viewer.user_id,
        command=command,
        key=_checked(key),
        input_hash=fingerprint(given),
        answer=answer,
    )


async def once(
    viewer: Viewer,
    command: str,
    key: str | None,
    given: Mapping[str, Any],
    act: Callable[[], Awaitable[Answer]],
) -> Answer:
    """Act, or answer as the first request with this key did.

    `act` runs its own write transaction and calls `remember` inside. Of two requests at once one
    acts; the other is undone by the database, or refused because of what the first one did (a
    last place taken), and gets the first one's answer.
    """
    known = await recall(viewer, command, key, given)
    if known is not None:
        return known
    try:
        return await act()
    except (IntegrityError, Refused):
        known = await recall(viewer, command, key, given)
        if known is None:
            raise
        return known


def fingerprint(given: Mapping[str, Any]) -> str:
    """The SHA-256 of an input as canonical JSON; equal for inputs that mean the same."""
    meant = {name: value for name, value in given.items() if name not in _NOT_INPUT}
    canonical = json.dumps(meant, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return str(value.normalize())
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case set() | frozenset():
            return sorted(str(item) for item in value)
        case _:
            return str(value)


def _keys(viewer: Viewer, command: str, key: str) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.filter(
        account_id=viewer.account_id, user_id=viewer.user_id, command=command, key=_checked(key)
    )


def _checked(key: str) -> str:
    return text.line(key, "idempotencyKey")
