"""One account of a world being filled: what is rolled for its rows, and how they are kept."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from models.base import Visibility, new_id
from resolvers import ids
from tests.given import Company

START = datetime(2026, 1, 1, tzinfo=UTC)
# Texts of a type that say whose they are, so that one which is shown tells of which row it is.
MARKED = {
    "Activity": ["subject"],
    "Chat": ["name", "greeting"],
    "Comment": ["body"],
    "ConversionRun": ["failure"],
    "CustomField": ["name"],
    "CustomFieldOption": ["name"],
    "Deal": ["title", "lost_reason"],
    "DealDiscount": ["description"],
    "DealInstallment": ["description"],
    "Document": ["name"],
    "DocumentTemplate": ["name", "body"],
    "File": ["name"],
    "FormSubmission": ["consent_text"],
    "FormulaField": ["name"],
    "Import": ["file_name", "failure"],
    "Invoice": ["number", "note"],
    "InvoiceLine": ["name"],
    "Lead": ["title"],
    "MailMessage": ["subject", "snippet", "failure"],
    "Note": ["body"],
    "Organization": ["name", "domain", "address"],
    "Person": ["name"],
    "Product": ["name", "description"],
    "Project": ["name", "description"],
    "ProjectPhase": ["name"],
    "ProjectTask": ["title"],
    "Token": ["name"],
    "WebForm": ["name", "intro", "thanks"],
}


class Filling:
    """Rows of each type by its name, those that were there before included, and dice for the next ones."""

    def __init__(self, company: Company, dice: Random) -> None:
        self.company = company
        self.dice = dice
        self.rows: dict[str, list[Any]] = {
            "User": [company.admin, company.anna, company.bartek, company.celina],
            "Team": [company.sales, company.support],
            "Pipeline": [company.pipeline],
            "Stage": company.stages,
            "Label": [company.label],
        }

    async def save(self, type_name: str, rows: list[Any]) -> list[Any]:
        """Keep the rows of a type, in one statement, their texts marked as theirs; returns them."""
        for row in rows:
            for column in MARKED.get(type_name, []):
                text = getattr(row, column)
                if text is not None:
                    setattr(row, column, self.mark(text, type_name, row))
        await self.keep(rows)
        self.rows[type_name] = rows
        return rows

    async def keep(self, rows: Iterable[Any]) -> None:
        """Keep rows of one table, in one statement."""
        rows = list(rows)
        await type(rows[0]).bulk_create(rows)

    def mark(self, text: str, type_name: str, row: Any) -> str:
        """A text that names a row."""
        return f"{text} {ids.encode(type_name, row.id)}"

    def own(self) -> dict[str, Any]:
        """The columns of any row of the account."""
        return {"id": new_id(), "account_id": self.company.id}

    def record(self) -> dict[str, Any]:
        """The columns of a row that has an owner and may be seen by some."""
        return {
            **self.own(),
            "owner_id": self.one("User"),
            "visibility": self.dice.choice(list(Visibility)),
            "created_at": self.instant(),
            "updated_at": self.instant(),
        }

    def one(self, type_name: str) -> UUID:
        """The key of any row of a type."""
        key: UUID = self.dice.choice(self.rows[type_name]).id
        return key

    def any(self, type_name: str) -> UUID | None:
        """The key of any row of a type, or null, as likely as each of the rows."""
        key: UUID | None = self.dice.choice([None, *(row.id for row in self.rows[type_name])])
        return key

    def maybe(self, **columns: Any) -> dict[str, Any]:
        """These columns, each with six chances in ten."""
        return {name: value for name, value in columns.items() if self.dice.random() < 0.6}

    def instant(self) -> datetime:
        """One of few instants: rows have ties, and microseconds."""
        return START + timedelta(hours=self.dice.randint(0, 5), microseconds=self.dice.choice([0, 0, 120]))
