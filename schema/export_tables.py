"""The tables that can be taken out of an account: what each asks of the schema, and its columns."""

from collections.abc import Mapping
from typing import Any

from schema.exports import (
    Export,
    Read,
    body_cell,
    cell,
    discount_cell,
    flag_cell,
    labels_cell,
    number_cell,
    parent_cell,
    prices_cell,
)

_RIGHTS: Mapping[str, Read] = {"Owner": cell("owner", "email"), "Visibility": cell("visibility")}
_CONTACTS: Mapping[str, Read] = {
    "Person ID": cell("person", "id"),
    "Person": cell("person", "name"),
    "Organization ID": cell("organization", "id"),
    "Organization": cell("organization", "name"),
}
_SHARED = """title person { id name } organization { id name } value { amount currency } labels { name }
  expectedCloseDate owner { email } visibility createdAt"""
_WORTH: Mapping[str, Read] = {
    "Value": number_cell("value", "amount"),
    "Currency": cell("value", "currency"),
    "Labels": labels_cell,
    "Expected close date": cell("expectedCloseDate"),
    **_RIGHTS,
    "Created": cell("createdAt"),
}

_OF_DEALS: Mapping[str, str] = {"filter": "DealFilter", "orderBy": "DealOrder"}
_BY_AGE: Mapping[str, Any] = {"orderBy": {"field": "CREATED_AT", "direction": "ASC"}}
_PARENT: Mapping[str, Read] = {"Deal ID": cell("parent", "id"), "Deal": cell("parent", "title")}

_OF_LEADS: Mapping[str, str] = {"filter": "LeadFilter", "orderBy": "LeadOrder"}
_ARCHIVED_TOO: Mapping[str, Any] = {"filter": {"archived": None}, **_BY_AGE}
_ON: Mapping[str, Read] = {
    "Lead ID": parent_cell("Lead"),
    "Deal ID": parent_cell("Deal"),
    "On": cell("parent", "title"),
}


def _on_both(below: str, members: str, columns: Mapping[str, Read]) -> Export:
    """What is on all leads, and then what is on all deals."""
    columns = {"ID": cell("id"), **_ON, **columns}
    asked: dict[str, Any] = {"below": below, "members": members, "page": 50}
    of_deals = Export("deals", _OF_DEALS, "__typename title", columns, _BY_AGE, **asked)
    return Export("leads", _OF_LEADS, "__typename title", columns, _ARCHIVED_TOO, **asked, then=of_deals)


def _in_deals(below: str, members: str, columns: Mapping[str, Read]) -> Export:
    """What whole lists of deals have."""
    columns = {"ID": cell("id"), **_PARENT, **columns}
    return Export("deals", _OF_DEALS, f"title {below} {{ {members} }}", columns, _BY_AGE, below=below, page=50)


EXPORTS: Mapping[str, Export] = {
    "leads": Export(
        "leads",
        _OF_LEADS,
        f"{_SHARED} archivedAt",
        {"ID": cell("id"), "Title": cell("title"), **_CONTACTS, **_WORTH, "Archived": cell("archivedAt")},
        _ARCHIVED_TOO,
        has_custom_fields=True,
    ),
    "deals": Export(
        "deals",
        _OF_DEALS,
        f"{_SHARED} pipeline {{ name }} stage {{ name }} status probability lostReason",
        {
            "ID": cell("id"),
            "Title": cell("title"),
            "Pipeline": cell("pipeline", "name"),
            "Stage": cell("stage", "name"),
            "Status": cell("status"),
            "Probability": cell("probability"),
            "Lost reason": cell("lostReason"),
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
            "ID": cell("id"),
            "Person": cell("name"),
            "E-mail": cell("emails"),
            "Phone": cell("phones"),
            "Organization ID": cell("organization", "id"),
            "Organization": cell("organization", "name"),
            **_RIGHTS,
        },
        {},
    ),
    "organizations": Export(
        "organizations",
        {"search": "String"},
        "name domain address owner { email } visibility",
        {
            "ID": cell("id"),
            "Organization": cell("name"),
            "Domain": cell("domain"),
            "Address": cell("address"),
            **_RIGHTS,
        },
        {},
    ),
    "products": Export(
        "products",
        {"search": "String"},
        "name code description unit taxRate isActive prices { price { amount currency } }",
        {
            "ID": cell("id"),
            "Product": cell("name"),
            "Code": cell("code"),
            "Description": cell("description"),
            "Unit": cell("unit"),
            "Tax rate": number_cell("taxRate"),
            "Prices": prices_cell,
            "Active": flag_cell("isActive"),
        },
        {},
    ),
    "lines": _in_deals(
        "products",
        """id product { id name code } quantity itemPrice { amount currency } discountType
          discountPercentage discountAmount { amount } taxRate taxMethod isEnabled billingFrequency billingCycles
          billingStartsOn total { amount } tax { amount }""",
        {
            "Product ID": cell("product", "id"),
            "Product": cell("product", "name"),
            "Code": cell("product", "code"),
            "Quantity": number_cell("quantity"),
            "Price": number_cell("itemPrice", "amount"),
            "Currency": cell("itemPrice", "currency"),
            "Discount": discount_cell("discountPercentage", "discountAmount"),
            "Discount type": cell("discountType"),
            "Tax rate": number_cell("taxRate"),
            "Tax method": cell("taxMethod"),
            "Enabled": flag_cell("isEnabled"),
            "Billing frequency": cell("billingFrequency"),
            "Billing cycles": cell("billingCycles"),
            "Billing starts on": cell("billingStartsOn"),
            "Line total": number_cell("total", "amount"),
            "Of it tax": number_cell("tax", "amount"),
        },
    ),
    "discounts": _in_deals(
        "discounts",
        "id description discountType percentage amount { amount currency }",
        {
            "Description": cell("description"),
            "Discount": discount_cell("percentage", "amount"),
            "Discount type": cell("discountType"),
            "Currency": cell("amount", "currency"),
        },
    ),
    "installments": _in_deals(
        "installments",
        "id description amount { amount currency } billsOn isInvoiced",
        {
            "Description": cell("description"),
            "Amount": number_cell("amount", "amount"),
            "Currency": cell("amount", "currency"),
            "Bills on": cell("billsOn"),
            "Invoiced": flag_cell("isInvoiced"),
        },
    ),
    "notes": _on_both(
        "notes",
        "id body author { email } mentions { id email } createdAt",
        {"Note": body_cell, "Author": cell("author", "email"), "Created": cell("createdAt")},
    ),
    "activities": _on_both(
        "activities",
        "id subject type dueAt doneAt assignee { email }",
        {
            "Subject": cell("subject"),
            "Type": cell("type"),
            "Due": cell("dueAt"),
            "Done": cell("doneAt"),
            "Assignee": cell("assignee", "email"),
        },
    ),
    "invoices": _in_deals(
        "invoices",
        """id number status isExternal issuedAt dueOn seller { name taxId }
          buyer { name address taxId } taxes { net { amount } tax { amount } } amount { amount currency }
          owed { amount } note createdAt""",
        {
            "Number": cell("number"),
            "Status": cell("status"),
            "Issued elsewhere": flag_cell("isExternal"),
            "Issued": cell("issuedAt"),
            "Due": cell("dueOn"),
            "Seller": cell("seller", "name"),
            "Seller tax ID": cell("seller", "taxId"),
            "Buyer": cell("buyer", "name"),
            "Buyer address": cell("buyer", "address"),
            "Buyer tax ID": cell("buyer", "taxId"),
            "Net": number_cell("taxes", "net", "amount"),
            "Tax": number_cell("taxes", "tax", "amount"),
            "Total": number_cell("amount", "amount"),
            "Owed": number_cell("owed", "amount"),
            "Currency": cell("amount", "currency"),
            "Note": cell("note"),
            "Created": cell("createdAt"),
        },
    ),
}
