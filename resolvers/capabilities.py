"""What tells a lead from a deal: one table of data, and the checks that are made from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from models.opportunities import OpportunitySource
from resolvers.errors import ErrorCode, refuse

Kind = Literal["Lead", "Deal"]


class Capability(StrEnum):
    """What one kind of opportunity can do and another cannot."""

    PROJECTS = "PROJECTS"
    PRODUCTS = "PRODUCTS"
    DOCUMENTS = "DOCUMENTS"
    FILES = "FILES"
    LEADBOOSTER = "LEADBOOSTER"
    ARCHIVING = "ARCHIVING"
    INVOICING = "INVOICING"
    FORMULA_FIELDS = "FORMULA_FIELDS"
    PARTICIPANTS = "PARTICIPANTS"
    PIPELINE = "PIPELINE"
    CHANGELOG = "CHANGELOG"


@dataclass(frozen=True)
class Row:
    """One line of the table; `descriptions` has a sentence for people by locale, `note` a limit to it."""

    capability: Capability
    lead: bool
    deal: bool
    descriptions: dict[str, str]
    note: str | None = None

    def description(self, locale: str) -> str:
        """The sentence in a locale, or in English where it has none."""
        return self.descriptions.get(locale, self.descriptions["en"])


TABLE: Sequence[Row] = (
    Row(
        Capability.PROJECTS,
        lead=False,
        deal=True,
        descriptions={
            "en": "A deal can be linked to projects; a lead cannot.",
            "pl": "Szansę sprzedaży można powiązać z projektami, a leada nie.",
        },
    ),
    Row(
        Capability.PRODUCTS,
        lead=False,
        deal=True,
        descriptions={
            "en": "A deal can have products; a lead cannot.",
            "pl": "Szansa sprzedaży może mieć produkty, a lead nie.",
        },
    ),
    Row(
        Capability.DOCUMENTS,
        lead=False,
        deal=True,
        descriptions={
            "en": "Documents are made from templates for a deal, not for a lead.",
            "pl": "Dokumenty z szablonów powstają dla szansy sprzedaży, a nie dla leada.",
        },
    ),
    Row(
        Capability.FILES,
        lead=False,
        deal=True,
        descriptions={
            "en": "Files can be uploaded to a deal, not to a lead.",
            "pl": "Pliki można dodać do szansy sprzedaży, a do leada nie.",
        },
    ),
    Row(
        Capability.LEADBOOSTER,
        lead=True,
        deal=False,
        descriptions={
            "en": "Web forms, chatbot, live chat and prospector make leads; a deal is made by web forms only.",
            "pl": "Formularze, chatbot, czat na żywo i prospector tworzą leady; "
            "szanse sprzedaży tworzą tylko formularze.",
        },
        note="web forms only",
    ),
    Row(
        Capability.ARCHIVING,
        lead=True,
        deal=False,
        descriptions={
            "en": "A lead can be archived out of the inbox and brought back; a deal cannot.",
            "pl": "Leada można zarchiwizować i przywrócić do skrzynki, a szansy sprzedaży nie.",
        },
    ),
    Row(
        Capability.INVOICING,
        lead=False,
        deal=True,
        descriptions={
            "en": "Invoices are issued for a deal, not for a lead.",
            "pl": "Faktury wystawia się do szansy sprzedaży, a nie do leada.",
        },
    ),
    Row(
        Capability.FORMULA_FIELDS,
        lead=False,
        deal=True,
        descriptions={
            "en": "Computed custom fields are worked out for a deal, not for a lead.",
            "pl": "Pola z formułami są wyliczane dla szansy sprzedaży, a dla leada nie.",
        },
    ),
    Row(
        Capability.PARTICIPANTS,
        lead=False,
        deal=True,
        descriptions={
            "en": "Further people can take part in a deal, not in a lead.",
            "pl": "W szansie sprzedaży mogą uczestniczyć kolejne osoby, a w leadzie nie.",
        },
    ),
    Row(
        Capability.PIPELINE,
        lead=False,
        deal=True,
        descriptions={
            "en": "A deal goes through a pipeline's stages until it is won or lost; a lead waits in the inbox.",
            "pl": "Szansa sprzedaży przechodzi przez etapy lejka, aż zostanie wygrana lub przegrana; "
            "lead czeka w skrzynce.",
        },
    ),
    Row(
        Capability.CHANGELOG,
        lead=False,
        deal=True,
        descriptions={
            "en": "A deal shows who changed which field and when; a lead does not.",
            "pl": "Szansa sprzedaży pokazuje, kto, kiedy i które pole zmienił, a lead nie.",
        },
    ),
)

# The tools whose work begins in the inbox; web forms may open a deal at once.
LEAD_ONLY_SOURCES = frozenset({OpportunitySource.CHATBOT, OpportunitySource.LIVE_CHAT, OpportunitySource.PROSPECTOR})


@dataclass(frozen=True)
class CapabilityRow:
    """A line of the table as one reader sees it."""

    capability: Capability
    lead: bool
    deal: bool
    description: str
    note: str | None


def rows(locale: str = "en") -> list[CapabilityRow]:
    """The table in a locale (en, pl; English for any other), in its own order."""
    return [CapabilityRow(row.capability, row.lead, row.deal, row.description(locale), row.note) for row in TABLE]


def of(kind: Kind) -> list[Capability]:
    """What a kind of opportunity can do."""
    return [row.capability for row in TABLE if (row.lead if kind == "Lead" else row.deal)]


def allowed_source(kind: Kind, source: OpportunitySource, *path: str | int) -> OpportunitySource:
    """The source, where this kind may come from it; else refuses with CAPABILITY_MISSING."""
    if kind == "Deal" and source in LEAD_ONLY_SOURCES:
        message = f"{source} makes leads, not deals: create a lead and convert it."
        raise refuse(ErrorCode.CAPABILITY_MISSING, message, *path)
    return source
