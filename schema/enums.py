"""The enums of the domain, as clients see them."""

from enum import StrEnum

import strawberry

from models.activities import ActivityType
from models.base import Visibility
from models.changelog import DealEvent
from models.conversions import ConversionRunStatus
from models.deal_documents import DocumentLanguage
from models.deals import DealStatus
from models.import_kinds import ImportKind
from models.imports import ImportStatus
from models.invoices import InvoiceStatus
from models.mail import MailStatus, PartyRole
from models.opportunities import OpportunitySource
from models.products import BillingFrequency, DiscountType, TaxMethod
from models.projects import ProjectStatus
from models.users import Role, TokenScope
from models.ways import Way
from models.web_forms import FormLanguage, FormMeaning
from resolvers.capabilities import Capability
from resolvers.errors import ErrorCode
from resolvers.matching import MatchReason

for _enum, _description in {
    ActivityType: "The kind of an activity.",
    Role: "What a user may do in the account.",
    TokenScope: "Whether a token may change anything: READ may not, WRITE may what its user may.",
    Visibility: "Who in the account sees a record, beside admins and its owner.",
    DealStatus: "Where a deal stands.",
    InvoiceStatus: "Where an invoice stands.",
    ImportStatus: "Where an import stands.",
    ConversionRunStatus: "Where a conversion in the background stands.",
    ImportKind: "What the rows of a file become.",
    OpportunitySource: "How a lead or a deal came to be.",
    DealEvent: "What an entry of a deal's changelog says.",
    Way: "Which way a change came in: by a token, on the board, …",
    ProjectStatus: "Where a project stands.",
    DocumentLanguage: "The language of a document.",
    BillingFrequency: "How often a product in a deal is billed.",
    DiscountType: "What a discount is measured in.",
    TaxMethod: "Whether a price includes its tax, is without it, or has none.",
    FormLanguage: "What a form or a chat says of its own is in.",
    FormMeaning: "What an answer is kept as. A MESSAGE becomes a note; a CUSTOM_FIELD is asked for by its type.",
    Capability: "What one kind of opportunity can do and another cannot.",
    ErrorCode: "Why a command was refused.",
    MailStatus: "How a message stands: RECEIVED came in; the others go out.",
    PartyRole: "What somebody is in a message.",
    MatchReason: "Why two contacts may be the same.",
}.items():
    strawberry.enum(_enum, description=_description)


@strawberry.enum(description="Which way a list goes.")
class Direction(StrEnum):
    """The direction of an order."""

    ASC = "ASC"
    DESC = "DESC"


__all__ = [
    "ActivityType",
    "BillingFrequency",
    "Capability",
    "ConversionRunStatus",
    "DealEvent",
    "DealStatus",
    "Direction",
    "DiscountType",
    "DocumentLanguage",
    "ErrorCode",
    "FormLanguage",
    "FormMeaning",
    "ImportKind",
    "ImportStatus",
    "InvoiceStatus",
    "MailStatus",
    "MatchReason",
    "OpportunitySource",
    "PartyRole",
    "ProjectStatus",
    "Role",
    "TaxMethod",
    "TokenScope",
    "Visibility",
    "Way",
]
