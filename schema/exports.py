"""What can be taken out of an account as a table: a question for each page of rows, and cells made of its answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


def _of(*path: str) -> Read:
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


def _number(*path: str) -> Read:
    """A number that lies at a path below the row."""
    read = _of(*path)

    def number(node: Node) -> Cell:
        found = read(node)
        return None if found is None else _unmistakable(str(found))

    return number


def _flag(name: str) -> Read:
    return lambda node: "TRUE" if node[name] else "FALSE"


def _prices(node: Node) -> Cell:
    return [_money(each["price"]) for each in node["prices"]]


def _discount(node: Node) -> Cell:
    """In percent, or as an amount off the whole line."""
    off = node["discountAmount"]
    return _unmistakable(str(node["discountPercentage"] if off is None else off["amount"]))


def _labels(node: Node) -> Cell:
    return [label["name"] for label in node["labels"]]


_RIGHTS: Mapping[str, Read] = {"Owner": _of("owner", "email"), "Visibility": _of("visibility")}
_CONTACTS: Mapping[str, Read] = {
    "Person ID": _of("person", "id"),
    "Person": _of("person", "name"),
    "Organization ID": _of("organization", "id"),
    "Organization": _of("organization", "name"),
}
_SHARED = """title person { id name } organization { id name } value { amount currency } labels { name }
  expectedCloseDate owner { email } visibility createdAt"""
_WORTH: Mapping[str, Read] = {
    "Value": _number("value", "amount"),
    "Currency": _of("value", "currency"),
    "Labels": _labels,
    "Expected close date": _of("expectedCloseDate"),
    **_RIGHTS,
    "Created": _of("createdAt"),
}

_OF_DEALS: Mapping[str, str] = {"filter": "DealFilter", "orderBy": "DealOrder"}
_BY_AGE: Mapping[str, Any] = {"orderBy": {"field": "CREATED_AT", "direction": "ASC"}}
_PARENT: Mapping[str, Read] = {"Deal ID": _of("parent", "id"), "Deal": _of("parent", "title")}

EXPORTS: Mapping[str, Export] = {
    "leads": Export(
        "leads",
        {"filter": "LeadFilter", "orderBy": "LeadOrder"},
        f"{_SHARED} archivedAt",
        {"ID": _of("id"), "Title": _of("title"), **_CONTACTS, **_WORTH, "Archived": _of("archivedAt")},
        {"filter": {"archived": None}, "orderBy": {"field": "CREATED_AT", "direction": "ASC"}},
        has_custom_fields=True,
    ),
    "deals": Export(
        "deals",
        _OF_DEALS,
        f"{_SHARED} pipeline {{ name }} stage {{ name }} status probability lostReason",
        {
            "ID": _of("id"),
            "Title": _of("title"),
            "Pipeline": _of("pipeline", "name"),
            "Stage": _of("stage", "name"),
            "Status": _of("status"),
            "Probability": _of("probability"),
            "Lost reason": _of("lostReason"),
            **_CONTACTS,
            **_WORTH,
        },
        _BY_AGE,
        has_custom_fields=True,
    ),
    "people": Export(
        "people",
        {"search": "String"},
        "name emails phones organization { id name } owner { email } visibility",
        {
            "ID": _of("id"),
            "Person": _of("name"),
            "E-mail": _of("emails"),
            "Phone": _of("phones"),
            "Organization ID": _of("organization", "id"),
            "Organization": _of("organization", "name"),
            **_RIGHTS,
        },
        {},
    ),
    "organizations": Export(
        "organizations",
        {"search": "String"},
        "name domain address owner { email } visibility",
        {
            "ID": _of("id"),
            "Organization": _of("name"),
            "Domain": _of("domain"),
            "Address": _of("address"),
            **_RIGHTS,
        },
        {},
    ),
    "products": Export(
        "products",
        {"search": "String"},
        "name code description unit taxRate isActive prices { price { amount currency } }",
        {
            "ID": _of("id"),
            "Product": _of("name"),
            "Code": _of("code"),
            "Description": _of("description"),
            "Unit": _of("unit"),
            "Tax rate": _number("taxRate"),
            "Prices": _prices,
            "Active": _flag("isActive"),
        },
        {},
    ),
    "lines": Export(
        "deals",
        _OF_DEALS,
        """title products { id product { id name code } quantity itemPrice { amount currency } discountType
          discountPercentage discountAmount { amount } taxRate taxMethod isEnabled billingFrequency billingCycles
          billingStartsOn total { amount } tax { amount } }""",
        {
            "ID": _of("id"),
            **_PARENT,
            "Product ID": _of("product", "id"),
            "Product": _of("product", "name"),
            "Code": _of("product", "code"),
            "Quantity": _number("quantity"),
            "Price": _number("itemPrice", "amount"),
            "Currency": _of("itemPrice", "currency"),
            "Discount": _discount,
            "Discount type": _of("discountType"),
            "Tax rate": _number("taxRate"),
            "Tax method": _of("taxMethod"),
            "Enabled": _flag("isEnabled"),
            "Billing frequency": _of("billingFrequency"),
            "Billing cycles": _of("billingCycles"),
            "Billing starts on": _of("billingStartsOn"),
            "Line total": _number("total", "amount"),
            "Of it tax": _number("tax", "amount"),
        },
        _BY_AGE,
        below="products",
        page=50,
    ),
    "invoices": Export(
        "deals",
        _OF_DEALS,
        """title invoices { id number status isExternal issuedAt dueOn seller { name taxId }
          buyer { name address taxId } taxes { net { amount } tax { amount } } amount { amount currency }
          owed { amount } note createdAt }""",
        {
            "ID": _of("id"),
            **_PARENT,
            "Number": _of("number"),
            "Status": _of("status"),
            "Issued elsewhere": _flag("isExternal"),
            "Issued": _of("issuedAt"),
            "Due": _of("dueOn"),
            "Seller": _of("seller", "name"),
            "Seller tax ID": _of("seller", "taxId"),
            "Buyer": _of("buyer", "name"),
            "Buyer address": _of("buyer", "address"),
            "Buyer tax ID": _of("buyer", "taxId"),
            "Net": _number("taxes", "net", "amount"),
            "Tax": _number("taxes", "tax", "amount"),
            "Total": _number("amount", "amount"),
            "Owed": _number("owed", "amount"),
            "Currency": _of("amount", "currency"),
            "Note": _of("note"),
            "Created": _of("createdAt"),
        },
        _BY_AGE,
        below="invoices",
        page=50,
    ),
}
