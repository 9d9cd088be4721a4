"""What every command begins with: its transaction, the version it expects, its list of ids."""

from collections.abc import Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar
from uuid import UUID

from models import changes
from models.base import Record, Versioned, now
from models.changes import Subject
from resolvers import access, formula_results, ids, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

LARGEST_LIST = 1000

changes.derive(formula_results.settle)

RecordT = TypeVar("RecordT", bound=Record)


def begin(viewer: Viewer, given: Mapping[str, Any]) -> AbstractAsyncContextManager[changes.Ledger]:
    """The viewer's write transaction, whose changes carry the client's mutation id."""
    mutation_id = text.optional_line(given.get("client_mutation_id"), "clientMutationId")
    return changes.write(viewer.account_id, viewer.user_id, mutation_id, viewer.way)


def check_version(record: Versioned, given: Mapping[str, Any]) -> None:
    """Refuse with VERSION_CONFLICT where the client expects another version than there is."""
    expected = given.get("expected_version")
    if expected is not None and expected != record.version:
        message = f"This is at version {record.version} now: read it again, then repeat your change."
        raise refuse(ErrorCode.VERSION_CONFLICT, message, "expectedVersion")


async def revise(noun: str, record: Versioned, found: Mapping[str, Any], *, touched: bool = False) -> Subject | None:
    """Write what differs to a locked record that has no labels; its subject for the log, null for no change.

    `touched`: what belongs to it differs, so it is at a new version whatever its columns say.
    """
    different = {name: value for name, value in found.items() if getattr(record, name) != value}
    if not different and not touched:
        return None
    before = changes.snapshot(record)
    changed = {**different, "version": record.version + 1, "updated_at": now()}
    record.update_from_dict(changed)
    await record.save(update_fields=list(changed))
    return changes.altered(noun, before, changes.snapshot(record))


def keys_of(type_name: str, global_ids: Sequence[str], *path: str | int, most: int = LARGEST_LIST) -> dict[UUID, int]:
    """The keys of a list of ids, in order and each once, with where it stands in the list.

    Refuses an empty list with EMPTY, one of more than `most` different ids with TOO_MANY,
    and otherwise with every id that is none of this type.
    """
    if not global_ids:
        raise refuse(ErrorCode.EMPTY, f"Give at least one {type_name.lower()}.", *path)
    first = {global_id: place for place, global_id in reversed(list(enumerate(global_ids)))}
    if len(first) > most:
        message = f"These are {len(first)} ids; at most {most} fit into one command."
        raise refuse(ErrorCode.TOO_MANY, message, *path)
    faults = Faults()
    keys: dict[UUID, int] = {}
    for global_id, place in sorted(first.items(), key=lambda item: item[1]):
        with faults.noted():
            keys[ids.expect(type_name, global_id, *path, place)] = place
    faults.raise_any()
    return keys


async def lock_all(viewer: Viewer, model: type[RecordT], keys: Mapping[UUID, int], *path: str | int) -> list[RecordT]:
    """The records of `keys_of`, locked, in the order asked; refuses with every one that is not there."""
    found = await access.find(viewer, model, list(keys), lock=True)
    require_known(model.__name__, found.keys(), keys, *path)
    return [found[key] for key in keys]


def require_known(type_name: str, known: Set[UUID], keys: Mapping[UUID, int], *path: str | int) -> None:
    """Refuse with NOT_FOUND for each of the keys of a list that is not among the known ones."""
    faults = Faults()
    for key, place in keys.items():
        with faults.noted():
            if key not in known:
                raise access.not_found(type_name, *path, place)
    faults.raise_any()


def require_all_owned(
    viewer: Viewer, records: Sequence[Record], keys: Mapping[UUID, int], what: str, *path: str | int
) -> None:
    """Refuse with FORBIDDEN for each record that is neither the viewer's nor an admin's to touch."""
    faults = Faults()
    for record in records:
        with faults.noted():
            access.require_ownership(viewer, record, what, *path, keys[record.id])
    faults.raise_any()
