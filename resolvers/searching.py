"""What is looked for in leads and deals: a text as people give it, held against folded ones in Python and in SQL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resolvers.access import Binder
from resolvers.text import escaped, fold, pattern, sought

LEAST_LETTERS = 2  # fewer are in nearly every text, and find what is exactly them
LEAST_DIGITS = 5
_DIALLED = re.compile(r"[+()\d\s./-]+")


@dataclass(frozen=True)
class Search:
    """What is looked for: `folded` in texts and names; with an `@` in e-mails too; dialled digits in phones too."""

    folded: str
    email: str | None
    phone: str | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Search | None":
        """The search of a filter; null where it has none. Refuses with INVALID one that is too long."""
        text = sought(given.get("search"), "filter", "search")
        folded, digits = fold(text), "".join(each for each in text if each.isascii() and each.isdigit())
        if not folded:
            return None
        dialled = len(digits) >= LEAST_DIGITS and _DIALLED.fullmatch(text.strip())
        email = text.strip().lower() if "@" in text and len(folded) >= LEAST_LETTERS else None
        return cls(folded, email, digits.lstrip("0") if dialled else None)

    def is_in(self, folded: str) -> bool:
        """Whether a folded text has it."""
        return self.folded in folded if len(self.folded) >= LEAST_LETTERS else self.folded == folded

    def sql(self, column: str, bind: Binder) -> str:
        """The same of a column with folded texts."""
        part = pattern(self.folded) if len(self.folded) >= LEAST_LETTERS else escaped(self.folded)
        return like(column, part, bind)


def like(column: str, part: str, bind: Binder) -> str:
    """The SQL condition that a column is as a pattern of `resolvers.text` says."""
    return f"{column} LIKE {bind.one(part)} ESCAPE '\\'"
