"""Labels: made by admins, put on leads and deals alike."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypedDict
from uuid import UUID

from models import changes
from models.accounts import Account
from models.changes import ChangeKind
from models.labels import DealLabel, Label, LeadLabel
from resolvers import access, commands, ids, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults

Kind = Literal["lead", "deal"]
NAME_LENGTH = 64
MOST_LABELS = 100
COLORS = ("blue", "brown", "dark-gray", "gray", "green", "orange", "pink", "purple", "red", "yellow")

_HEX_COLOR = re.compile(r"#[0-9a-f]{6}")


class LabelDraft(TypedDict, total=False):
    """A label as a client gives it: a name, and a colour by name or as `#rrggbb`."""

    name: str
    color: str
    client_mutation_id: str | None


async def create_label(viewer: Viewer, draft: LabelDraft) -> UUID:
    """Make a label of the account; only admins may, and each name only once."""
    access.require_admin(viewer, "make labels")
    faults = Faults()
    with faults.noted():
        name = text.line(draft.get("name"), "name", length=NAME_LENGTH)
    with faults.noted():
        color = _color(draft.get("color"))
    faults.raise_any()
    async with commands.begin(viewer, draft) as ledger:
        # Two labels of one name at once must not both find it free.
        await Account.filter(id=viewer.account_id).select_for_update(no_key=True).get()
        if await Label.filter(account_id=viewer.account_id, name=name).exists():
            raise refuse(ErrorCode.INVALID, "There is a label of this name already: use it.", "name")
        label = await Label.create(account_id=viewer.account_id, name=name, color=color)
        ledger.record(ChangeKind.LABEL_ADDED, changes.added("label", changes.snapshot(label)))
    return label.id


def _color(given: str | None) -> str:
    color = (given or "").strip().lower()
    if color not in COLORS and not _HEX_COLOR.fullmatch(color):
        raise refuse(ErrorCode.INVALID, f"A colour is #rrggbb or one of {', '.join(COLORS)}.", "color")
    return color


async def find_labels(viewer: Viewer, global_ids: Sequence[str] | None, *path: str | int) -> list[UUID]:
    """The keys of labels of the viewer's account, each once, sorted; none for null.

    Refuses with each id that is not there, and with TOO_MANY beyond MOST_LABELS.
    """
    given = list(dict.fromkeys(global_ids or ()))
    if len(given) > MOST_LABELS:
        raise refuse(ErrorCode.TOO_MANY, f"At most {MOST_LABELS} labels fit on one record.", *path)
    faults = Faults()
    places: dict[UUID, int] = {}
    for place, global_id in enumerate(given):
        with faults.noted():
            places[ids.expect("Label", global_id, *path, place)] = place
    known = set(await _known(viewer, places)) if places else set()
    for key, place in places.items():
        with faults.noted():
            if key not in known:
                raise access.not_found("Label", *path, place)
    faults.raise_any()
    return sorted(places)


async def _known(viewer: Viewer, keys: Iterable[UUID]) -> list[UUID]:
    found = Label.filter(account_id=viewer.account_id, id__in=list(keys))
    return [label.id for label in await found]


async def labels_of(kind: Kind, keys: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The label keys, sorted, of each of these leads or deals; an empty list where it has none."""
    found: dict[UUID, list[UUID]] = {key: [] for key in keys}
    if kind == "lead":
        for on_lead in await LeadLabel.filter(lead_id__in=list(keys)):
            found[on_lead.lead_id].append(on_lead.label_id)
    else:
        for on_deal in await DealLabel.filter(deal_id__in=list(keys)):
            found[on_deal.deal_id].append(on_deal.label_id)
    return {key: sorted(labels) for key, labels in found.items()}


async def put_labels(kind: Kind, account_id: UUID, key: UUID, label_ids: Iterable[UUID]) -> None:
    """Put labels on one lead or deal that does not have them."""
    if kind == "lead":
        rows = [LeadLabel(account_id=account_id, lead_id=key, label_id=label) for label in label_ids]
        await LeadLabel.bulk_create(rows)
    else:
        on_deal = [DealLabel(account_id=account_id, deal_id=key, label_id=label) for label in label_ids]
        await DealLabel.bulk_create(on_deal)


async def take_off(kind: Kind, keys: Sequence[UUID]) -> None:
    """Take all labels off these leads or deals."""
    if kind == "lead":
        await LeadLabel.filter(lead_id__in=list(keys)).delete()
    else:
        await DealLabel.filter(deal_id__in=list(keys)).delete()


async def replace_labels(
    kind: Kind, account_id: UUID, key: UUID, before: Sequence[UUID], after: Sequence[UUID]
) -> None:
    """Turn the labels of one lead or deal from one set into another, in its transaction."""
    gone: list[Any] = sorted(set(before) - set(after))
    if gone and kind == "lead":
        await LeadLabel.filter(lead_id=key, label_id__in=gone).delete()
    elif gone:
        await DealLabel.filter(deal_id=key, label_id__in=gone).delete()
    fresh = sorted(set(after) - set(before))
    if fresh:
        await put_labels(kind, account_id, key, fresh)
