"""Inputs made from the schema itself: a full one that is accepted, and for each place in it values that are bad."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    is_list_type,
    is_non_null_type,
)

from models.base import new_id
from resolvers import ids
from tests.commanding import input_of

Path = tuple[str | int, ...]
MANY = 1_001
LEFT_OUT = "left out"

# What each field is given where all is well, unless it says otherwise below. Ids are named by their type.
EXAMPLES: dict[str, Any] = {
    "ID": None,
    "String": "Abc",
    "Int": 1,
    "Boolean": True,
    "Date": "2030-01-31",
    "DateTime": "2030-01-31T12:00:00+01:00",
    "Decimal": "12.50",
    "currency": "PLN",
    "emails": "jan@example.com",
    "to": "jan@example.com",
    "cc": "ola@example.com",
    "bcc": "ewa@example.com",
    "phones": "+48 600 100 200",
    "domain": "example.com",
    "color": "red",
    "newPassword": "a password of words",
    "column": "Osoba",
    "importRecords.kind": "PEOPLE",
    "field": "PERSON_NAME",
    "CompanyColumnMapping.column": "Osoba",
    "CompanyColumnMapping.field": "NAME",
    "source": "API",
    "role": "REGULAR",
    "onDuplicateContacts": "KEEP",
    "dryRun": False,
    "background": False,
    "createCustomField.type": "OPTION",
    "target": "DEAL",
    "meaning": "EMAIL",
    "email": "jan@example.com",
    "phone": "+48 600 100 200",
    "qualifies": False,
    "redirectUrl": "https://example.com/thanks",
    "Upload": None,
    "expression": "value / 3",
    "billingFrequency": "MONTHLY",
    "take": "NAME",
}
# The type of what a field's id names, where its name does not say it: `personId`, `labelIds`.
IDS = {
    **dict.fromkeys(("updateLead.id", "archiveLeads.ids", "unarchiveLeads.ids", "deleteLeads.ids"), "Lead"),
    **dict.fromkeys(("updateDeal.id", "moveDeal.id", "winDeal.id", "loseDeal.id", "deleteDeals.ids"), "Deal"),
    **{"reopenDeal.id": "Deal", "convertDealToLead.id": "Deal", "undoConversion.leadId": "Converted"},
    **{"updateDocumentTemplate.id": "DocumentTemplate", "templateId": "DocumentTemplate", "renderInvoice.id": "Sent"},
    **{"createInvoice.dealId": "SellingDeal", "lineIds": "DealProduct", "removeInvoicePayment.id": "InvoicePayment"},
    **{"installmentId": "DealInstallment"},
    **dict.fromkeys(("updateInvoice.id", "sendInvoice.id"), "Draft"),
    **{
        "voidInvoice.id": "Invoice",
        "addInvoicePayment.invoiceId": "Invoice",
        "completeActivity.id": "Activity",
        "importLeads.id": "Import",
    },
    **{"voidInvoice.id": "Invoice", "completeActivity.id": "Activity", "importLeads.id": "Import"},
    **{"inReplyTo": "MailMessage"},
    **{"updatePerson.id": "Person", "updateOrganization.id": "Organization"},
    **{"unfollowDeal.dealId": "OthersDeal", "updateProject.id": "Project", "phaseId": "ProjectPhase"},
    **{"updateProjectTask.id": "ProjectTask", "removeProjectTask.id": "ProjectTask"},
    **{"revokeToken.id": "Token", "leaveWaitlist.ids": "Lead", "updateWebForm.id": "WebForm", "updateChat.id": "Chat"},
    **dict.fromkeys((f"{verb}Conversation.id" for verb in ("replyTo", "assign", "close", "qualify")), "Conversation"),
    **{"ProjectPhaseInput.id": "ProjectPhase"},
    **{"updateCustomField.id": "OptionField", "orderCustomFields.ids": "CustomField", "optionIds": "CustomFieldOption"},
    **{"deleteCustomField.id": "CustomField", "restoreCustomField.id": "CustomField"},
    **{"updateFormulaField.id": "FormulaField", "deleteFormulaField.id": "FormulaField"},
    **{"CustomFieldOptionInput.id": "CustomFieldOption", "requiredByStageIds": "Stage"},
    **{"renameFile.id": "File", "deleteFiles.ids": "File", "restoreFiles.ids": "RemovedFile"},
    **{"setProjectPhases.id": "ProjectPhase"},
    **{"updateProduct.id": "Product", "updateDealProduct.id": "DealProduct"},
    **{"removeDealProducts.ids": "DealProduct", "orderDealProducts.ids": "DealProduct"},
    **{f"{verb}.dealId": "SellingDeal" for verb in ("removeDealProducts", "orderDealProducts", "setDealInstallments")},
    **{"importRecords.id": "Import", "prospectCompanies.id": "Import", "undoImport.id": "Imported"},
    **{"survivorId": "Person", "mergeContacts.mergedId": "OtherPerson", "undoMerge.mergedId": "Merged"},
    **{"keepContactsSeparate.contactId": "Person", "keepContactsSeparate.otherIds": "OtherPerson"},
    **{"contactId": "Person", "useContactId": "OtherPerson", "assigneeId": "User", "ownerId": "User"},
    **{
        "contactId": "Person",
        "useContactId": "OtherPerson",
        "assigneeId": "User",
        "ownerId": "User",
        "ownerIds": "User",
    },
}
# What may not be given together: each is left out of the full input, and tried in the other's place.
INSTEAD_OF = {
    "addNote.dealId": "leadId",
    "sendMail.dealId": "leadId",
    "addActivity.dealId": "leadId",
    "addFile.personId": "dealId",
    "addFile.organizationId": "dealId",
    "winDeal.lostReason": None,
    "reopenDeal.lostReason": None,
    "createInvoice.installmentId": "lineIds",
    "ColumnMapping.customFieldId": None,  # of a field that every account has
    "WebFormFieldInput.customFieldId": None,  # of an e-mail address
    "ChatStepInput.asks": None,  # of a step with choices
    "ChatStepInput.next": None,
    "ChatChoiceInput.next": None,
    # A text field's value is a text.
    **{f"CustomFieldValueInput.{name}": None for name in ("number", "money", "date", "optionIds")},
    **{f"CustomFieldValueInput.{name}": None for name in ("personId", "organizationId", "userId")},
}

_LONG = [("300 characters", "x" * 300), ("200,000 characters", "x" * 200_000)]
_ODD = [("NUL", "a\0b"), ("a control character", "a\x07b"), ("half a surrogate", "a\ud800b")]
BAD_SCALARS: Mapping[str, list[tuple[str, Any]]] = {
    "ID": [
        *(("empty", ""), ("garbage", "garbage"), ("a number", 17), ("no digits", "lead_"), *_LONG, *_ODD),
        *(("digits of another script", f"lead_{'٣' * 32}"), ("a list", ["x", "y"])),
    ],
    "Upload": [("empty", ""), ("garbage", "garbage"), ("a number", 17), ("an id of another type", f"deal_{0:032x}")],
    "String": [("empty", ""), ("blank", " \u2003"), ("a number", 17), *_LONG, *_ODD],
    "Int": [("negative", -1), ("lowest", -(2**31)), ("highest", 2**31 - 1), ("33 bits", 2**32), ("a text", "1")],
    "Boolean": [("a text", "true"), ("a number", 1)],
    "Date": [
        *(("empty", ""), ("no such day", "2026-02-30"), ("year 10000", "10000-01-01"), ("year 0", "0000-01-01")),
        *(("an instant", "2026-01-01T00:00:00Z"), ("a number", 20260101), ("NUL", "2026-01-0\0"), _LONG[1]),
    ],
    "DateTime": [
        *(("empty", ""), ("without zone", "2026-01-01T00:00:00"), ("no such instant", "2026-02-30T00:00:00Z")),
        *(("after the last", "9999-12-31T23:59:59-01:00"), ("before the first", "0001-01-01T00:00:00+01:00")),
        *(("no such zone", "2026-01-01T00:00:00+99:00"), ("a number", 0), _LONG[1]),
    ],
    "Decimal": [
        *(("negative", "-1"), ("too many decimals", "0.001"), ("too large", "9" * 30), ("larger", "9" * 500)),
        *(("no number", "NaN"), ("infinite", "Infinity"), ("with exponent", "1e3"), ("empty", ""), _LONG[1]),
        *(("a float", 1.5), ("true", True), ("another script's digit", "٣"), ("comma", "1,50")),
    ],
    "currency": [("unknown", "ABC"), ("small letters", "pln"), ("a name", "złoty")],
}


@dataclass(frozen=True)
class Case:
    """A mutation with one bad value in an input that is otherwise accepted."""

    mutation: str
    place: Path
    what: str
    given: dict[str, Any]

    @property
    def field(self) -> str:
        """The field in question, by its name."""
        return next(step for step in reversed(self.place) if isinstance(step, str))

    def __str__(self) -> str:
        return f"{self.mutation}.{'.'.join(map(str, self.place))}: {self.what}"


def full_input(mutation: str, known: Mapping[str, str]) -> dict[str, Any]:
    """An input with every field that can be given with the others. `known` has an id of each type."""
    return _object(mutation, input_of(mutation), known)


def _object(scope: str, kind: GraphQLInputObjectType, known: Mapping[str, str]) -> dict[str, Any]:
    fields = {name: field for name, field in kind.fields.items() if f"{scope}.{name}" not in INSTEAD_OF}
    return {name: _example(scope, name, field.type, known) for name, field in fields.items()}


def _example(scope: str, name: str, kind: GraphQLInputType, known: Mapping[str, str]) -> Any:
    if is_non_null_type(kind):
        return _example(scope, name, kind.of_type, known)
    if is_list_type(kind):
        return [_example(scope, name, kind.of_type, known)]
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind.name, kind, known)
    if kind.name == "Upload":
        return known["Upload"]
    if kind.name == "ID":
        return known[_id_type(scope, name)]
    if isinstance(kind, GraphQLEnumType):
        return EXAMPLES.get(f"{scope}.{name}", EXAMPLES.get(name, next(iter(kind.values))))
    return EXAMPLES.get(name, EXAMPLES[kind.name])


def _id_type(scope: str, name: str) -> str:
    """Whose id a field of a mutation or an input type takes; KeyError for a new one that nobody has said it of."""
    bare = name.removesuffix("s").removesuffix("Id")
    known = IDS.get(f"{scope}.{name}") or IDS.get(name)
    return known or {each.lower(): each for each in ids.PREFIXES}[bare.lower()]


def bad_inputs(mutation: str, known: Mapping[str, str], others: Mapping[str, str]) -> Iterator[Case]:
    """The full input of a mutation with one bad value in it, for every place and every bad value."""
    yield Case(mutation, ("input",), "null", None)  # type: ignore[arg-type]
    yield Case(mutation, ("input",), "empty", {})
    yield Case(mutation, ("input",), "a field unknown", {**full_input(mutation, known), "nonsense": 1})
    for place, what, value in _bad_fields(mutation, input_of(mutation), (), known, others):
        yield Case(mutation, place, what, _with(mutation, full_input(mutation, known), place, value))


def _with(mutation: str, given: dict[str, Any], place: Path, value: Any) -> dict[str, Any]:
    given = copy.deepcopy(given)
    given.pop(INSTEAD_OF.get(f"{mutation}.{place[-1]}") or "", None)
    target: Any = given
    for step, following in pairwise(place):
        if isinstance(target, dict):  # what the full input leaves out
            target.setdefault(step, [None] if isinstance(following, int) else {})
        target = target[step]
    if value is LEFT_OUT:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return given


Bad = Iterator[tuple[Path, str, Any]]


def _bad_fields(
    scope: str, kind: GraphQLInputObjectType, at: Path, known: Mapping[str, str], others: Mapping[str, str]
) -> Bad:
    for name, field in kind.fields.items():
        if is_non_null_type(field.type):
            yield (*at, name), "null", None
            if f"{scope}.{name}" not in INSTEAD_OF and field.default_value is None:
                yield (*at, name), "missing", LEFT_OUT
        yield from _bad_values(scope, name, field.type, (*at, name), known, others)


def _bad_values(
    scope: str, name: str, kind: GraphQLInputType, at: Path, known: Mapping[str, str], others: Mapping[str, str]
) -> Bad:
    if is_non_null_type(kind):
        yield from _bad_values(scope, name, kind.of_type, at, known, others)
    elif is_list_type(kind):
        yield at, "an empty list", []
        yield at, "a list of null", [None]
        yield at, f"{MANY} items", [_distinct(scope, name, kind.of_type, known) for _ in range(MANY)]
        yield from _bad_values(scope, name, kind.of_type, (*at, 0), known, others)
    elif isinstance(kind, GraphQLInputObjectType):
        yield at, "a number", 17
        yield at, "an empty object", {}
        yield from _bad_fields(kind.name, kind, at, known, others)
    elif isinstance(kind, GraphQLEnumType):
        yield from ((at, what, value) for what, value in (("unknown", "NONSENSE"), ("empty", ""), ("a number", 1)))
    else:
        yield from ((at, what, value) for what, value in BAD_SCALARS[kind.name] + BAD_SCALARS.get(name, []))
        if kind.name == "ID":
            yield from ((at, what, value) for what, value in _wrong_ids(_id_type(scope, name), known, others))


def _wrong_ids(type_name: str, known: Mapping[str, str], others: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    prefix = known[type_name].partition("_")[0]
    yield "unknown", f"{prefix}_{new_id().hex}"
    yield "another account's", others[type_name]
    yield "in capitals", known[type_name].upper()
    for wrong in known.values():
        if wrong.partition("_")[0] != prefix:
            yield f"of a {wrong.partition('_')[0]}", wrong


def _distinct(scope: str, name: str, kind: GraphQLInputType, known: Mapping[str, str]) -> Any:
    """One of many items of a list, none like another where ids make them so."""
    return _renewed(_example(scope, name, kind, known), set(known.values()))


def _renewed(example: Any, known: set[str]) -> Any:
    if isinstance(example, dict):
        return {name: _renewed(value, known) for name, value in example.items()}
    if isinstance(example, str) and example in known:
        return f"{example.partition('_')[0]}_{new_id().hex}"
    return example
