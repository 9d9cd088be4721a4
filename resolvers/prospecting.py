"""Prospecting: companies of a register that nobody in the account knows yet become leads.

Where companies come from is a `Register`; which are wanted, `Wanted`. A company is known where an
organization has its name or its domain, or where an earlier run has made a lead of it, whatever
became of that since.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol

from models import changes
from models.changes import Ledger
from models.leads import Lead
from models.opportunities import OpportunitySource
from resolvers import arrivals, text
from resolvers.access import Viewer
from resolvers.contact_keys import domain_key, organization_name_key
from resolvers.import_contacts import ContactFinder
from resolvers.import_rows import LeadRow

BATCH = 200


@dataclass(frozen=True)
class Company:
    """A company as a register has it. `number` is its number there; `size`, how many people it employs."""

    name: str
    number: str | None = None
    domain: str | None = None
    address: str | None = None
    place: str | None = None
    industry: str | None = None
    size: int | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def key(self) -> str:
        """Its identity in the account: its number, or else its name and place."""
        named = f"{organization_name_key(self.name)}\n{text.fold(self.place or '')}"
        return hashlib.sha256(f"prospect\n{self.number or named}".encode()).hexdigest()

    @property
    def facts(self) -> str | None:
        """What a lead has no field for, as a note."""
        shown = {
            "Register number": self.number,
            "Industry": self.industry,
            "Place": self.place,
            "Employees": self.size,
            "E-mail": self.email,
            "Phone": self.phone,
        }
        return "\n".join(f"{name}: {value}" for name, value in shown.items() if value is not None) or None


Numbered = tuple[int, Company]  # with its place in the file


class Register(Protocol):
    """Somewhere that knows companies."""

    def companies(self) -> Iterator[Company]:
        """All of them, one after another."""
        ...


@dataclass(frozen=True)
class Wanted:
    """Which companies: words of the industry and of the place, any of each; how many employees; how many at most."""

    industries: Sequence[str] = ()
    places: Sequence[str] = ()
    size_from: int | None = None
    size_to: int | None = None
    most: int = 1_000

    def takes(self, company: Company) -> bool:
        """Whether it is wanted. What the register does not say of it, it does not meet."""
        return (
            _has_any(company.industry, self.industries)
            and _has_any(company.place, self.places)
            and (self.size_from is None or (company.size is not None and company.size >= self.size_from))
            and (self.size_to is None or (company.size is not None and company.size <= self.size_to))
        )


def _has_any(value: str | None, words: Sequence[str]) -> bool:
    return not words or any(text.fold(word) in text.fold(value or "") for word in words)


@dataclass
class Found:
    """What a run came to: companies read, wanted, known already, and those that became leads."""

    read: int = 0
    wanted: int = 0
    known: int = 0
    leads: list[str] = field(default_factory=list)  # their titles


async def prospect(viewer: Viewer, register: Register, wanted: Wanted, *, dry_run: bool = False) -> Found:
    """Make leads of the companies that are wanted and not known, the viewer's own, batch by batch.

    Running it again makes no second lead. A dry run finds alike, and writes nothing.
    """
    found, met = Found(), Met()
    for batch in _batches(_chosen(register, wanted, found)):
        fresh = await find_fresh(viewer, batch, met)
        found.known += len(batch) - len(fresh)
        fresh = fresh[: wanted.most - len(found.leads)]
        if fresh and not dry_run:
            async with changes.write(viewer.account_id, viewer.user_id, way=viewer.way) as ledger:
                await make_leads(viewer, ledger, fresh)
        found.leads += [company.name for company in fresh]
        if len(found.leads) >= wanted.most:
            break
    return found


def _chosen(register: Register, wanted: Wanted, found: Found) -> Iterator[Numbered]:
    for company in register.companies():
        found.read += 1
        if wanted.takes(company):
            found.wanted += 1
            yield found.read, company


def _batches(companies: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    while batch := list(islice(companies, BATCH)):
        yield batch


class Met:
    """The companies that a file has told of so far. To meet one again under its own number is no second time."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}

    def before(self, number: int, marks: Iterable[str]) -> bool:
        """Whether any of these marks was met under an earlier number."""
        return any([self._first.setdefault(mark, number) < number for mark in marks])


async def find_fresh(viewer: Viewer, numbered: Sequence[Numbered], met: Met) -> list[Company]:
    """Those that are no lead yet, no organization that the viewer sees, and not in the file before."""
    batch = [company for _, company in numbered]
    made = Lead.filter(account_id=viewer.account_id, import_key__in=[company.key for company in batch])
    made_keys = {str(key) for key in await made.values_list("import_key", flat=True)}
    contacts = await ContactFinder(viewer).find([_row(each) for each in batch], [viewer.user_id] * len(batch))
    fresh = []
    for (number, company), found in zip(numbered, contacts, strict=True):
        marks = {company.key, f"name {organization_name_key(company.name)}"}
        marks |= {f"domain {key}"} if company.domain and (key := domain_key(company.domain)) else set()
        if not met.before(number, marks) and company.key not in made_keys and found.organization is not None:
            fresh.append(company)
    return fresh


def _row(company: Company) -> LeadRow:
    title = f"{company.name[: text.LINE_LENGTH - 5]} lead"
    address = company.address or company.place
    return LeadRow(title=title, organization=company.name, domain=company.domain, address=address, note=company.facts)


async def make_leads(viewer: Viewer, ledger: Ledger, companies: Sequence[Company]) -> None:
    """Leads of companies that are not known, the viewer's own, in the ledger's transaction."""
    came = await arrivals.receive(viewer, [_row(each) for each in companies], OpportunitySource.PROSPECTOR)
    keyed = [_keyed(each, company) for each, company in zip(came, companies, strict=True)]
    await arrivals.write_leads(viewer, ledger, keyed)


def _keyed(arrival: arrivals.Arrival, company: Company) -> arrivals.Arrival:
    return replace(arrival, columns={**arrival.columns, "import_key": company.key})
