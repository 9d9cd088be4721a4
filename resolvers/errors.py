"""Expected failures, as data: a stable code, a sentence, and where in the input it lies."""

from dataclasses import dataclass
from enum import StrEnum


class ErrorCode(StrEnum):
    """Why a command was refused."""

    NOT_FOUND = "NOT_FOUND"
    INVALID = "INVALID"
    FORBIDDEN = "FORBIDDEN"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    CAPABILITY_MISSING = "CAPABILITY_MISSING"
    LEAD_NEEDS_CONTACT = "LEAD_NEEDS_CONTACT"
    LEAD_ARCHIVED = "LEAD_ARCHIVED"
    OPEN_DEAL_LIMIT = "OPEN_DEAL_LIMIT"
    DUPLICATE_CONTACTS = "DUPLICATE_CONTACTS"
    REQUIRED_FIELD_MISSING = "REQUIRED_FIELD_MISSING"
    DEAL_CHANGED = "DEAL_CHANGED"
    DEAL_WON = "DEAL_WON"
    CONTACT_MERGED_SINCE = "CONTACT_MERGED_SINCE"
    HAS_INVOICE = "HAS_INVOICE"
    VALUE_IS_COMPUTED = "VALUE_IS_COMPUTED"
    TOO_MANY = "TOO_MANY"
    EMPTY = "EMPTY"


@dataclass(frozen=True)
class UserError:
    """One expected failure. `path` leads into the input, in the names clients use."""

    code: ErrorCode
    message: str
    path: list[str]


class Refused(Exception):
    """Raised by a verb that does nothing because of expected failures."""

    def __init__(self, *errors: UserError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


def refuse(code: ErrorCode, message: str, *path: str | int) -> Refused:
    """The exception for a single failure: `raise refuse(ErrorCode.INVALID, "…", "value")`."""
    return Refused(UserError(code, message, [str(step) for step in path]))
