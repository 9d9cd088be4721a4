"""What a deal leaves behind when it becomes a lead: all that a lead cannot have stays with it in the trash."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tortoise.models import Model

from models.files import File
from models.participants import Participant
from models.projects import DealProject
from resolvers.capabilities import Capability

# The rows that a deal has by each capability.
_HAD: Mapping[Capability, tuple[type[Model], dict[str, Any]]] = {
    Capability.PROJECTS: (DealProject, {}),
    Capability.FILES: (File, {"removed_at__isnull": True}),
    Capability.PARTICIPANTS: (Participant, {}),
}


async def stayed_behind(deal_id: UUID) -> list[Capability]:
    """The capabilities by which a deal has something that no lead can have."""
    had = {capability: model.filter(deal_id=deal_id, **those) for capability, (model, those) in _HAD.items()}
    return [capability for capability, rows in had.items() if await rows.exists()]
