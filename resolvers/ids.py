"""Global ids: opaque to clients, and naming the type of what they stand for."""

from collections.abc import Callable
from uuid import UUID

from resolvers.errors import ErrorCode, refuse

# The prefix of each type's ids, by the type's name in the schema.
PREFIXES = {
    "Lead": "lead",
    "Deal": "deal",
    "Pipeline": "pipeline",
    "Stage": "stage",
    "Person": "person",
    "Organization": "organization",
    "Label": "label",
    "User": "user",
    "Team": "team",
    "Note": "note",
    "Comment": "comment",
    "MailMessage": "mail",
    "MailThread": "thread",
    "Activity": "activity",
    "Invoice": "invoice",
    "InvoiceLine": "charge",
    "DocumentTemplate": "template",
    "Document": "document",
    "InvoicePayment": "payment",
    "Import": "import",
    "ConversionRun": "run",
    "ChangelogEntry": "entry",
    "Project": "project",
    "ProjectPhase": "phase",
    "ProjectTask": "task",
    "Token": "token",
    "CustomField": "field",
    "CustomFieldOption": "option",
    "Upload": "upload",
    "File": "file",
    "FormulaField": "formula",
    "Product": "product",
    "ProductPrice": "price",
    "DealProduct": "line",
    "DealDiscount": "discount",
    "DealInstallment": "installment",
    "PersonMerge": "personmerge",
    "OrganizationMerge": "organizationmerge",
    "WebForm": "form",
    "FormSubmission": "submission",
    "Chat": "chat",
    "Conversation": "conversation",
}
TYPES = {prefix: name for name, prefix in PREFIXES.items()}
# What to do with a lead where a deal is needed, and the reverse.
INSTEAD = {
    ("Lead", "Deal"): "convert the lead first",
    ("Deal", "Lead"): "turn it back with convertDealToLead",
}


def encode(type_name: str, key: UUID | str) -> str:
    """The global id of a row: its type's prefix and its key in hex."""
    return f"{PREFIXES[type_name]}_{str(key).replace('-', '')}"


def encoder(type_name: str) -> Callable[[str | None], str | None]:
    """What makes global ids of keys of one type, given as text, as lists of rows have them; null of null."""
    start = f"{PREFIXES[type_name]}_"
    return lambda key: None if key is None else start + key.replace("-", "")


def decode(global_id: str) -> tuple[str, UUID] | None:
    """The type name and key that a global id stands for; null for anything else."""
    prefix, _, digits = global_id.partition("_")
    if prefix not in TYPES or len(digits) != 32 or not digits.isascii():
        return None
    try:
        key = UUID(hex=digits)
    except ValueError:
        return None
    return (TYPES[prefix], key) if key.hex == digits else None


def expect(type_name: str, global_id: str, *path: str | int) -> UUID:
    """The key of an id that must be of one type.

    Refuses with INVALID what is no id or another type's, and with CAPABILITY_MISSING a lead
    where only a deal can do it or the reverse, saying what to do instead.
    """
    decoded = decode(global_id)
    if decoded is None:
        raise refuse(ErrorCode.INVALID, f"This is not an id of a {type_name.lower()}.", *path)
    actual, key = decoded
    if actual == type_name:
        return key
    instead = INSTEAD.get((actual, type_name))
    if instead is not None:
        message = f"Only a {type_name.lower()} can do this, and this is a {actual.lower()}: {instead}."
        raise refuse(ErrorCode.CAPABILITY_MISSING, message, *path)
    message = f"This is the id of a {actual.lower()}; a {type_name.lower()} is needed."
    raise refuse(ErrorCode.INVALID, message, *path)
