"""What can be taken out of an account as a table: a question for each page of rows, and cells made of its answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    """

    root: str
    arguments: Mapping[str, str]
    fields: str
    columns: Mapping[str, Read]
    given: Mapping[str, Any]
    has_custom_fields: bool = False
    below: str | None = None
    page: int = 250

    @property
    def document(self) -> str:
        """The question for one page."""
        declared = "".join(f", ${name}: {type_name}" for name, type_name in self.arguments.items())
        used = "".join(f", {name}: ${name}" for name in self.arguments)
        custom = _CUSTOM if self.has_custom_fields else ""
        page = f"nodes {{ id {self.fields} {custom} }} pageInfo {{ hasNextPage endCursor }}"
        return (
            f"query ($after: String{declared}) {{ {self.root}(first: {self.page}, after: $after{used}) {{ {page} }} }}"
        )

    def rows(self, node: Node) -> Sequence[Node]:
        """What of a row of the list is in the table."""
        return [node] if self.below is None else [{**each, "parent": node} for each in node[self.below]]


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
