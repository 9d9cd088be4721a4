"""Custom fields in imported files: which columns are theirs, and what their cells say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from models.custom_fields import CustomField, CustomFieldOption, CustomFieldType, Value
from resolvers import custom_values, field_names, ids, import_values, money, text
from resolvers.access import Viewer
from resolvers.contact_keys import email_key
from resolvers.custom_options import CHOSEN
from resolvers.errors import ErrorCode, refuse


class Pointer(NamedTuple):
    """Whom a cell points at: a contact by an external id, a user by their e-mail address."""

    type: CustomFieldType
    to: str


@dataclass(frozen=True)
class ImportedField:
    """A custom field, and the options it has by their folded names, in order."""

    key: UUID
    name: str
    type: CustomFieldType
    options: Mapping[str, UUID]

    @property
    def id(self) -> str:
        """The field's global id, which stands for it in a mapping."""
        return ids.encode("CustomField", self.key)

    def read(self, cells: Sequence[str], currency: str) -> list[Value] | Pointer:
        """What cells say of it; refuses what is no value of its type."""
        cell = cells[0]
        match self.type:
            case CustomFieldType.TEXT:
                return [custom_values.text_value(cell)]
            case CustomFieldType.NUMBER:
                return [custom_values.checked_number(import_values.number(cell))]
            case CustomFieldType.MONEY:
                amount, stated = import_values.amount(cell)
                minor, code = money.to_minor({"amount": amount, "currency": stated or currency})
                return [custom_values.money_value(minor, code)]
            case CustomFieldType.DATE:
                return [custom_values.day_value(import_values.day(cell))]
            case CustomFieldType.OPTION:
                return self._options([cell])
            case CustomFieldType.MULTI_OPTION:
                return self._options(self._names(cell))
            case CustomFieldType.USER:
                if email_key(cell) is None:
                    raise refuse(ErrorCode.INVALID, "A user is named by their e-mail address.")
        return Pointer(self.type, cell)

    def _names(self, cell: str) -> list[str]:
        """The options that a cell names, on lines of their own or between separators that are in no name."""
        lines = [line for line in cell.split("\n") if line.strip()]
        parts = [[line] if text.fold(line) in self.options else import_values.parts(line) for line in lines]
        return [name for each in parts for name in each]

    def _options(self, names: Sequence[str]) -> list[Value]:
        chosen = {text.fold(name): name for name in names}
        unknown = ", ".join(name for folded, name in chosen.items() if folded not in self.options)
        if unknown:
            raise refuse(ErrorCode.INVALID, f"This field has no option {unknown}: add it first.")
        return [custom_values.points_to("option_id", key) for name, key in self.options.items() if name in chosen]


async def fields_of(viewer: Viewer) -> list[ImportedField]:
    """The custom fields of leads and deals, in order."""
    kept = await CustomField.filter(account_id=viewer.account_id, removed_at=None).order_by("position", "id")
    options: dict[UUID, dict[str, UUID]] = {field.id: {} for field in kept if field.type in CHOSEN}
    if options:
        named = CustomFieldOption.filter(account_id=viewer.account_id, removed_at=None, field_id__in=list(options))
        for option in await named.order_by("position", "id"):
            options[option.field_id].setdefault(text.fold(option.name), option.id)
    return [ImportedField(field.id, field.name, field.type, options.get(field.id, {})) for field in kept]


def suffixed(name: str, names: Collection[str]) -> str:
    """The column of a field whose own name another column has; `names` are those of all fields, folded."""
    while field_names.fold(name) in names:
        name = f"{name} (custom)"
    return name


def columns_of(fields: Sequence[ImportedField], columns: Sequence[str]) -> dict[str, ImportedField]:
    """The columns that are custom fields by their names, as an export names them."""
    names = {field_names.fold(field.name) for field in fields}
    named = {field_names.fold(column): column for column in reversed(columns)}
    found: dict[str, ImportedField] = {}
    for field in sorted(fields, key=lambda field: len(field.name)):
        wanted = (field_names.fold(name) for name in (suffixed(field.name, names), field.name))
        column = next((named[name] for name in wanted if name in named and named[name] not in found), None)
        if column is not None:
            found[column] = field
    return found
