"""What a deal leaves behind when it becomes a lead: all that a lead cannot have stays with it in the trash."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tortoise.models import Model

from models.deal_documents import Document
from models.files import File
from models.invoices import Invoice
from models.participants import Participant
from models.products import DealProduct
from models.projects import DealProject
from resolvers.capabilities import Capability

# The rows that a deal has by each capability.
_HAD: Mapping[Capability, tuple[type[Model], dict[str, Any]]] = {
    Capability.PROJECTS: (DealProject, {}),
    Capability.PRODUCTS: (DealProduct, {}),
    Capability.DOCUMENTS: (Document, {}),
    Capability.FILES: (File, {"removed_at__isnull": True}),
    Capability.INVOICING: (Invoice, {}),
    Capability.PARTICIPANTS: (Participant, {}),
}


async def stayed_behind(deal_id: UUID) -> list[Capability]:
    """The capabilities by which a deal has something that no lead can have."""
    had = {capability: model.filter(deal_id=deal_id, **those) for capability, (model, those) in _HAD.items()}
    return [capability for capability, rows in had.items() if await rows.exists()]
