"""Several faults of one input, told together, so that a client corrects them in one go."""

from collections.abc import Iterator
from contextlib import contextmanager

from resolvers.errors import Refused, UserError


class Faults:
    """Notes refusals instead of stopping at the first, and refuses with all of them in the end."""

    def __init__(self) -> None:
        self._errors: list[UserError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Run a check; a refusal in it is noted and the code after it runs on."""
        try:
            yield
        except Refused as refused:
            self._errors.extend(refused.errors)

    def raise_any(self) -> None:
        """Refuse with everything noted so far; nothing where there is nothing."""
        if self._errors:
            raise Refused(*self._errors)
