"""What notes and activities hang on: exactly one lead or one deal, seen and locked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from models.activities import Activity
from models.deals import Deal
from models.leads import Lead
from models.notes import Note
from resolvers import access, ids, leads
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse

ChildT = TypeVar("ChildT", Note, Activity)


@dataclass(frozen=True)
class ParentId:
    """The key of a lead or of a deal, and where in the input it came from."""

    model: type[Lead] | type[Deal]
    key: UUID
    path: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a child that hangs on it."""
        is_lead = self.model is Lead
        return {"lead_id": self.key if is_lead else None, "deal_id": None if is_lead else self.key}


def parent_id(given: Mapping[str, Any]) -> ParentId:
    """The lead or deal that an input names; it must name exactly one."""
    lead_id, deal_id = given.get("lead_id"), given.get("deal_id")
    if (lead_id is None) == (deal_id is None):
        raise refuse(ErrorCode.INVALID, "Give exactly one of leadId and dealId.", "leadId")
    if deal_id is None:
        return ParentId(Lead, ids.expect("Lead", str(lead_id), "leadId"), ("leadId",))
    return ParentId(Deal, ids.expect("Deal", deal_id, "dealId"), ("dealId",))


def parent_of(child: Note | Activity) -> ParentId:
    """The lead or deal that a note or an activity hangs on."""
    if child.lead_id is not None:
        return ParentId(Lead, child.lead_id)
    assert child.deal_id is not None, "the database lets no child be without a parent"
    return ParentId(Deal, child.deal_id)


async def lock_parent(viewer: Viewer, parent: ParentId) -> Lead | Deal:
    """The lead or deal, seen by the viewer and locked, so that no conversion passes in between.

    Refuses with LEAD_ARCHIVED for an archived lead: it is read-only.
    """
    return _writable(await access.find_one(viewer, parent.model, parent.key, *parent.path, lock=True), *parent.path)


async def find_child(viewer: Viewer, model: type[ChildT], key: UUID, *path: str | int) -> tuple[ChildT, Lead | Deal]:
    """A note or an activity whose lead or deal the viewer sees, and that parent, locked.

    A conversion may hand the child to another parent while its lock is waited for: then the
    child is read again, and the new parent is locked.
    """
    child = await model.get_or_none(id=key, account_id=viewer.account_id)
    while child is not None:
        parent = parent_of(child)
        found = await access.find(viewer, parent.model, [parent.key], lock=True)
        again = await model.get_or_none(id=key, account_id=viewer.account_id)
        if again is not None and parent_of(again).key == parent.key:
            if parent.key not in found:
                break
            return again, _writable(found[parent.key], *path)
        child = again
    raise access.not_found(model.__name__, *path)


def _writable(record: Lead | Deal, *path: str | int) -> Lead | Deal:
    if isinstance(record, Lead):
        leads.require_unarchived(record, *path)
    return record
