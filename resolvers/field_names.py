"""Names of custom fields and of formulas: each only once in an account, whatever its case and diacritics."""

from uuid import UUID

from models.custom_fields import CustomField
from models.formulas import FormulaField
from resolvers import text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse

LENGTH = 64
_FORBIDDEN = "[]"  # formulas name fields between them


def read(given: str | None) -> str:
    """The name that a client gives in `name`; refuses what is none."""
    name = text.line(given, "name", length=LENGTH)
    if any(character in name for character in _FORBIDDEN):
        raise refuse(ErrorCode.INVALID, "The name of a field has no square brackets: formulas put it in them.", "name")
    return name


def fold(name: str) -> str:
    """The name as it is compared."""
    return text.fold(name)[: 2 * LENGTH]


async def require_free(viewer: Viewer, name: str, apart_from: UUID | None = None) -> None:
    """Refuse a name that another field has. The account's row must be held."""
    alike = {"account_id": viewer.account_id, "folded_name": fold(name)}
    fields = await CustomField.filter(**alike, removed_at=None).values_list("id", flat=True)
    formulas = await FormulaField.filter(**alike).values_list("id", flat=True)
    if {*fields, *formulas} - {apart_from}:
        raise refuse(ErrorCode.INVALID, "There is a field of this name already: use it, or take another name.", "name")
