"""Finding leads and deals by a text: in their titles, and in the contacts on them that the viewer sees."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.changes import Values
from resolvers.access import Binder, Viewer, account_scope, live_scope
from resolvers.text import fold, pattern

LEAST_DIGITS = 5
_DIALLED = re.compile(r"[+()\d\s./-]+")


@dataclass(frozen=True)
class Search:
    """What is looked for: `folded` in titles and names; with an `@` in e-mails too; dialled digits in phones too."""

    folded: str
    email: str | None
    phone: str | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Search | None":
        """The search of a filter; null where it has none."""
        text = (given.get("search") or "").replace("\x00", "")
        folded, digits = fold(text), "".join(each for each in text if each.isascii() and each.isdigit())
        if not folded:
            return None
        dialled = len(digits) >= LEAST_DIGITS and _DIALLED.fullmatch(text.strip())
        return cls(folded, text.strip().lower() if "@" in text else None, digits.lstrip("0") if dialled else None)

    def anywhere(self, viewer: Viewer, alias: str, bind: Binder, *, one_by_one: bool = False) -> str:
        """The SQL condition for the leads or deals under an alias that have it.

        Contacts are found first, and once for all of them; `one_by_one` where few are asked about.
        """
        title = f"{alias}.folded_title LIKE {self._pattern(self.folded, bind)} ESCAPE '\\'"
        return f"({title} OR {self.on_contacts(viewer, _columns(alias), bind, one_by_one=one_by_one)})"

    def on_contacts(self, viewer: Viewer, keys: tuple[str, str], bind: Binder, *, one_by_one: bool) -> str:
        """The SQL condition for the person and the organization with these keys, of which one has it."""
        person, organization = (
            f"{each}.folded_name LIKE {self._pattern(self.folded, bind)} ESCAPE '\\'" for each in "po"
        )
        reached = self._reached(viewer, bind, one_by_one=one_by_one)
        met = f"{live_scope(viewer, 'p', bind)} AND ({person}{reached})"
        people = _among(keys[0], "people p", "p.id", met, one_by_one=one_by_one)
        met = f"{live_scope(viewer, 'o', bind)} AND {organization}"
        return f"{people} OR {_among(keys[1], 'organizations o', 'o.id', met, one_by_one=one_by_one)}"

    def _reached(self, viewer: Viewer, bind: Binder, *, one_by_one: bool) -> str:
        """The condition for people who are reached by it, to be added to that of their names."""
        found = ""
        for kind, part in (("EMAIL", self.email), ("PHONE", self.phone)):
            if part:
                value = f"k.value LIKE {self._pattern(part, bind)} ESCAPE '\\'"
                met = f"{account_scope(viewer, 'k', bind)} AND k.kind = '{kind}' AND {value}"
                found += f" OR {_among('p.id', 'contact_keys k', 'k.person_id', met, one_by_one=one_by_one)}"
        return found

    def _pattern(self, part: str, bind: Binder) -> str:
        return bind.one(pattern(part))


def _columns(alias: str) -> tuple[str, str]:
    return f"{alias}.person_id", f"{alias}.organization_id"


def keys_of(values: Values, alias: str, bind: Binder) -> tuple[str, str]:
    """The keys of a deal's contacts as a change has them, or, where it does not tell, as they are under an alias."""
    person, organization = _columns(alias)
    return _key(values, "person_id", person, bind), _key(values, "organization_id", organization, bind)


def _key(values: Values, name: str, column: str, bind: Binder) -> str:
    if name not in values:
        return column
    return "NULL" if values[name] is None else bind.one(UUID(values[name]))


def _among(key: str, table: str, column: str, met: str, *, one_by_one: bool) -> str:
    if one_by_one:
        return f"EXISTS (SELECT 1 FROM {table} WHERE {column} = {key} AND {met})"
    return f"{key} IN (SELECT {column} FROM {table} WHERE {met})"
