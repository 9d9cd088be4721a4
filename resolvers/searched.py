"""Where a search looks: in titles, contacts, notes, custom fields and participants, as far as a viewer sees them.

Notes and values are as visible as the lead or deal that is looked at, and so ask for no more than
their account; each contact is seen or not by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from models import changes
from models.custom_fields import Values
from resolvers.access import Binder, Viewer, account_scope, custom_field_scope, live_scope
from resolvers.searching import Search, like
from resolvers.text import pattern

Noun = Literal["lead", "deal"]


@dataclass(frozen=True)
class Row:
    """A lead or a deal to look at: its key and its contacts' in SQL; `custom` where a change tells its values."""

    noun: Noun
    key: str
    person: str
    organization: str
    custom: Values | None = None

    @classmethod
    def under(cls, noun: Noun, alias: str) -> "Row":
        """Those under an alias, as they are now."""
        return cls(noun, f"{alias}.id", f"{alias}.person_id", f"{alias}.organization_id")

    @classmethod
    def told(cls, values: changes.Values, alias: str, bind: Binder) -> "Row":
        """A deal as a change has it, or, where that does not tell, as it is under an alias."""
        person, organization = (
            _told(values, name, f"{alias}.{name}", bind) for name in ("person_id", "organization_id")
        )
        return cls("deal", f"{alias}.id", person, organization, values.get("custom"))


def _told(values: changes.Values, name: str, column: str, bind: Binder) -> str:
    if name not in values:
        return column
    return "NULL" if values[name] is None else bind.one(UUID(values[name]))


@dataclass(frozen=True)
class Looking:
    """A search by a viewer, becoming SQL conditions.

    What is beside the rows is looked through first, and once for all of them; `one_by_one` where
    few are asked about.
    """

    search: Search
    viewer: Viewer
    bind: Binder
    one_by_one: bool = False

    def anywhere(self, row: Row, title: str) -> str:
        """The condition that a lead or deal has it, be it in this column with its folded title or beside."""
        return f"({self._text(title)} OR {self.beside_title(row)})"

    def beside_title(self, row: Row) -> str:
        """The condition that it is in anything but the title."""
        found = [self.people(row.person), self._organizations(row.organization), self._notes(row)]
        found += [self._kept_values(row)] if row.custom is None else self._told_values(row.custom)
        found += [self._participants(row)] if row.noun == "deal" else []
        return " OR ".join(found)

    def people(self, key: str) -> str:
        """The condition that a person with this key is seen, and has it."""
        return self._among(key, "people p", "p.id", self.person("p"))

    def person(self, alias: str) -> str:
        """The condition that the person under an alias is seen, and has it in their name or is reached by it."""
        found = self._text(f"{alias}.folded_name")
        for kind, part in (("EMAIL", self.search.email), ("PHONE", self.search.phone)):
            if part:
                met = f"k.kind = '{kind}' AND {like('k.value', pattern(part), self.bind)}"
                found += f" OR {self._among(f'{alias}.id', 'contact_keys k', 'k.person_id', self._own('k', met))}"
        return f"{live_scope(self.viewer, alias, self.bind)} AND ({found})"

    def note(self, alias: str) -> str:
        """The condition that the note under an alias, of a lead or deal that is seen, has it."""
        return self._own(alias, self._text(f"{alias}.folded_body"))

    def _organizations(self, key: str) -> str:
        met = f"{live_scope(self.viewer, 'o', self.bind)} AND {self._text('o.folded_name')}"
        return self._among(key, "organizations o", "o.id", met)

    def _notes(self, row: Row) -> str:
        owner = f"n.{row.noun}_id"
        return self._among(row.key, "notes n", owner, f"{owner} IS NOT NULL AND {self.note('n')}")

    def _participants(self, row: Row) -> str:
        return self._among(row.key, "deal_participants m", "m.deal_id", self._own("m", self.people("m.person_id")))

    def _kept_values(self, row: Row) -> str:
        owner, text = f"v.{row.noun}_id", f"{self._text('v.sort_key')} AND {self._fields('v.field_id', 'TEXT')}"
        option = self._among("v.option_id", "custom_field_options c", "c.id", self._option())
        found = (f"{owner} IS NOT NULL AND {self._own('v', met)}" for met in (text, option))
        return " OR ".join(self._among(row.key, "custom_field_values v", owner, met) for met in found)

    def _told_values(self, custom: Values) -> list[str]:
        """The same of values as a change has them, which a field has that is there still."""
        texts = [key for key, values in custom.items() if any(map(self._is_in, values))]
        options = [UUID(value["option_id"]) for values in custom.values() for value in values if "option_id" in value]
        found = []
        if texts:
            scope = custom_field_scope(self.viewer, "f", self.bind)
            found.append(self._any("custom_fields f", "f.id", map(UUID, texts), scope))
        if options:
            found.append(self._any("custom_field_options c", "c.id", options, self._option()))
        return found

    def _is_in(self, value: dict[str, str]) -> bool:
        return "text" in value and self.search.is_in(value["sort_key"])

    def _option(self) -> str:
        return self._own(
            "c", f"{self._text('c.folded_name')} AND {self._fields('c.field_id', 'OPTION', 'MULTI_OPTION')}"
        )

    def _fields(self, key: str, *types: str) -> str:
        among = ", ".join(f"'{each}'" for each in types)
        met = f"f.type IN ({among}) AND {custom_field_scope(self.viewer, 'f', self.bind)}"
        return self._among(key, "custom_fields f", "f.id", met)

    def _text(self, column: str) -> str:
        return self.search.sql(column, self.bind)

    def _own(self, alias: str, met: str) -> str:
        return f"{account_scope(self.viewer, alias, self.bind)} AND {met}"

    def _any(self, table: str, column: str, keys: Iterable[UUID], met: str) -> str:
        return f"EXISTS (SELECT 1 FROM {table} WHERE {column} {self.bind.among(keys)} AND {met})"

    def _among(self, key: str, table: str, column: str, met: str) -> str:
        if self.one_by_one:
            return f"EXISTS (SELECT 1 FROM {table} WHERE {column} = {key} AND {met})"
        return f"{key} IN (SELECT {column} FROM {table} WHERE {met})"
