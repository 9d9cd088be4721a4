"""What can be taken out of an account as a table: a question for each page of rows, and cells made of its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from resolvers import mentions
from resolvers.import_values import quoted

Node = Mapping[str, Any]
Cell = str | list[str] | None
Read = Callable[[Node], Cell]


@dataclass(frozen=True)
class Export:
    """A list of the schema, as a table. `fields` is what is asked of each row, `columns` the cells it becomes.

    The columns are named so that an import takes them for what they are. `arguments` are the
    list's, with their types; `given` says what is asked with where nothing else is. `below` is a list
    of each row's own, whose members are the rows of the table; what they are below is their `parent`.
    Where that list is read in pages itself, `members` is what is asked of each of its rows. The rows
    of `then`, of the same columns, follow in the same table.
    """

    root: str
    arguments: Mapping[str, str]
    fields: str
    columns: Mapping[str, Read]
    given: Mapping[str, Any]
    has_custom_fields: bool = False
    below: str | None = None
    page: int = 250
    members: str | None = None
    then: "Export | None" = None

    @property
    def filters(self) -> set[str]:
        """The arguments that who asks may give: none where one filter would be of two lists."""
        return set() if self.then else {"filter", "search"} & self.arguments.keys()

    @property
    def document(self) -> str:
        """The question for one page."""
        declared = "".join(f", ${name}: {type_name}" for name, type_name in self.arguments.items())
        used = "".join(f", {name}: ${name}" for name in self.arguments)
        custom = _CUSTOM if self.has_custom_fields else ""
        below = f"{self.below}(first: {_MEMBERS}) {{ {self._members} }}" if self.members else ""
        page = f"nodes {{ id {self.fields} {below} {custom} }} {_PAGED}"
        return (
            f"query ($after: String{declared}) {{ {self.root}(first: {self.page}, after: $after{used}) {{ {page} }} }}"
        )

    @property
    def further(self) -> str:
        """The question for one more page of what is below a row."""
        page = f"{self.below}(first: {_MEMBERS}, after: $after) {{ {self._members} }}"
        return f"query ($id: ID!, $after: String) {{ parent: {self.root.removesuffix('s')}(id: $id) {{ {page} }} }}"

    @property
    def _members(self) -> str:
        return f"nodes {{ {self.members} }} {_PAGED}"


_MEMBERS = 100
_PAGED = "pageInfo { hasNextPage endCursor }"
CUSTOM_FIELDS = "{ customFields { id name } }"
_CUSTOM = """customFields { field { id } text number money { amount currency } date option { name }
  person { id } organization { id } user { email } }"""


def custom_column(field_id: str) -> Read:
    """The cell for a custom field: its value, several options as a list."""

    def read(node: Node) -> Cell:
        values = [_custom_cell(value) for value in node["customFields"] if value["field"]["id"] == field_id]
        return values if len(values) > 1 else next(iter(values), None)

    return read


def _custom_cell(value: Node) -> str:
    if value["money"] is not None:
        return _money(value["money"])
    if value["number"] is not None:
        return _unmistakable(str(value["number"]))
    shown = [value[name] for name in ("text", "date") if value[name] is not None]
    pointed = [(value[noun] or {}).get(part) for noun, part in _POINTED]
    return str(next((each for each in (*shown, *pointed) if each is not None), ""))


_POINTED = (("option", "name"), ("person", "id"), ("organization", "id"), ("user", "email"))


def cell(*path: str) -> Read:
    """What lies at a path below the row; null where something on the way is."""

    def read(node: Node) -> Cell:
        value: Any = node
        for step in path:
            value = None if value is None else value[step]
        return value if value is None or isinstance(value, list) else str(value)

    return read


def _unmistakable(number: str) -> str:
    """The number with four decimals instead of three: 1.234 may be read as a thousand."""
    return f"{number}0" if len(number.partition(".")[2]) == 3 else number


def _money(money: Mapping[str, Any]) -> str:
    return f"{_unmistakable(str(money['amount']))} {money['currency']}"


def number_cell(*path: str) -> Read:
    """A number that lies at a path below the row."""
    read = cell(*path)

    def number(node: Node) -> Cell:
        found = read(node)
        return None if found is None else _unmistakable(str(found))

    return number


def flag_cell(name: str) -> Read:
    """Whether something is so."""
    return lambda node: "TRUE" if node[name] else "FALSE"


def prices_cell(node: Node) -> Cell:
    """The prices of a product, each with its currency."""
    return [_money(each["price"]) for each in node["prices"]]


def discount_cell(percentage: str, amount: str) -> Read:
    """What is taken off: in percent, or as an amount."""

    def read(node: Node) -> Cell:
        off = node[amount]
        return _unmistakable(str(node[percentage] if off is None else off["amount"]))

    return read


def labels_cell(node: Node) -> Cell:
    """The names of labels, those in quotes that an import would else take for several."""
    return [quoted(label["name"]) for label in node["labels"]]


def parent_cell(type_name: str) -> Read:
    """The id of what a row is below, where that is of a type."""
    return lambda node: node["parent"]["id"] if node["parent"]["__typename"] == type_name else None


def body_cell(node: Node) -> Cell:
    """The text of a note, whose mentions are by e-mail addresses there."""
    return mentions.by_addresses(node["body"], node["mentions"])
