"""How an account invoices: who sells, its numbers, its days to pay; and who is on an invoice."""

from collections.abc import Mapping
from typing import TypedDict
from uuid import UUID

from models import changes
from models.accounts import Account
from models.base import new_id
from models.changes import ChangeKind
from models.contacts import Organization, Person
from models.deals import Deal
from models.invoices import InvoiceSettings, Party
from resolvers import access, commands, opportunities, text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.opportunities import Columns, Read
from resolvers.statements import Arguments

ADDRESS_LENGTH = 1000
SHORT = 64
PREFIX_LENGTH = 16
MOST_DAYS = 366


class PartyDraft(TypedDict, total=False):
    """Who sells or buys, as it is to be on an invoice; the name is needed."""

    name: str
    address: str | None
    tax_id: str | None


class SettingsDraft(TypedDict, total=False):
    """What is to change of how an account invoices: the fields given, and no others."""

    seller: PartyDraft | None
    bank_account: str | None
    number_prefix: str | None
    days_to_pay: int | None
    client_mutation_id: str | None


def party(given: PartyDraft, *path: str | int) -> Party:
    """A party as it is kept; refuses with every fault of it."""
    faults = Faults()
    found: Party = {}
    with faults.noted():
        found["name"] = text.line(given.get("name"), *path, "name")
    with faults.noted():
        address = given.get("address")
        found["address"] = None if address is None or not address.strip() else _address(address, *path)
    with faults.noted():
        found["tax_id"] = text.optional_line(given.get("tax_id"), *path, "taxId", length=SHORT)
    faults.raise_any()
    return found


def _address(given: str, *path: str | int) -> str:
    address = text.text(given, *path, "address")
    if len(address) > ADDRESS_LENGTH:
        raise refuse(ErrorCode.INVALID, f"At most {ADDRESS_LENGTH} characters fit.", *path, "address")
    return address


async def buyer_of(viewer: Viewer, deal: Deal) -> Party | None:
    """Who buys in a deal, as far as the viewer may see them: its organization, or else its person."""
    if deal.organization_id is not None:
        for found in (await access.find(viewer, Organization, [deal.organization_id])).values():
            return {"name": found.name, "address": found.address, "tax_id": None}
    if deal.person_id is not None:
        for person in (await access.find(viewer, Person, [deal.person_id])).values():
            return {"name": person.name, "address": None, "tax_id": None}
    return None


async def _seller(viewer: Viewer, given: PartyDraft | None) -> Columns:
    return {"seller": {} if given is None else party(given, "seller")}


async def _bank_account(viewer: Viewer, given: str | None) -> Columns:
    return {"bank_account": text.optional_line(given, "bankAccount", length=SHORT)}


async def _number_prefix(viewer: Viewer, given: str | None) -> Columns:
    return {"number_prefix": text.line(given, "numberPrefix", length=PREFIX_LENGTH)}


async def _days_to_pay(viewer: Viewer, given: int | None) -> Columns:
    if given is None or not 0 <= given <= MOST_DAYS:
        raise refuse(ErrorCode.INVALID, f"Give from 0 to {MOST_DAYS} days.", "daysToPay")
    return {"days_to_pay": given}


_FIELDS: Mapping[str, Read] = {
    "seller": _seller,
    "bank_account": _bank_account,
    "number_prefix": _number_prefix,
    "days_to_pay": _days_to_pay,
}


async def set_invoicing(viewer: Viewer, given: SettingsDraft) -> None:
    """Change how the account invoices; only admins may. Invoices that were sent stay as they are."""
    access.require_admin(viewer, "change how invoices are made")
    found = await opportunities.columns(viewer, given, _FIELDS)
    async with commands.begin(viewer, given) as ledger:
        await Account.filter(id=viewer.account_id).select_for_update(no_key=True).get()
        settings, before = await settings_of(viewer.account_id), None
        if settings._saved_in_db:
            before = changes.snapshot(settings)
        settings.update_from_dict(found)
        after = changes.snapshot(settings)
        if after != before:
            await settings.save()
            subject = changes.added("invoice_settings", after) if before is None else None
            ledger.record(
                ChangeKind.INVOICING_CHANGED, subject or changes.altered("invoice_settings", before or {}, after)
            )


async def settings_of(account_id: UUID) -> InvoiceSettings:
    """How an account invoices; the defaults, not written, where nobody has said."""
    found = await InvoiceSettings.get_or_none(account_id=account_id)
    return found or InvoiceSettings(account_id=account_id)


async def take_number(account_id: UUID, year: int) -> int:
    """The next number of an account's year: to be called in the transaction that uses it.

    Whoever takes the next one waits until this transaction has ended; if it is undone, so is the
    number, and none is ever left out.
    """
    bind, fresh = Arguments(), new_id()
    values = ", ".join(bind.one(value) for value in (fresh, account_id, year))
    rows = await bind.fetch(
        f"INSERT INTO invoice_series (id, account_id, year, last_number) VALUES ({values}, 1) "
        "ON CONFLICT (account_id, year) DO UPDATE SET last_number = invoice_series.last_number + 1 "
        "RETURNING last_number"
    )
    return int(rows[0]["last_number"])
