"""An uploaded register: its companies that are wanted and not known become leads, worked on as an import is."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypedDict

from models.changes import Ledger
from models.imports import Import
from resolvers import text
from resolvers.access import Viewer
from resolvers.errors import ErrorCode, refuse
from resolvers.faults import Faults
from resolvers.import_known import Outcome
from resolvers.prospecting import Met, Numbered, Wanted, find_fresh, make_leads
from resolvers.register_files import CompanyField
from resolvers.spreadsheets import Row

MOST_LEADS = 10_000
MOST_WORDS = 50


class ProspectingDraft(TypedDict, total=False):
    """What a client gives to make leads of a register's companies; a missing mapping is guessed."""

    id: str
    mapping: dict[str, CompanyField] | None
    industries: list[str] | None
    places: list[str] | None
    size_from: int | None
    size_to: int | None
    most: int
    dry_run: bool
    client_mutation_id: str | None


def read_wanted(given: ProspectingDraft) -> Wanted:
    """Which companies a client wants; refuses bounds that nothing meets."""
    faults, least, largest = Faults(), given.get("size_from"), given.get("size_to")
    most = given.get("most", Wanted.most)
    words: dict[str, list[str]] = {"industries": [], "places": []}
    for name, read in words.items():
        with faults.noted():
            read += _words(name, given.get(name))
    with faults.noted():
        if least is not None and least < 0:
            raise refuse(ErrorCode.INVALID, "No company employs fewer than 0 people.", "sizeFrom")
    with faults.noted():
        if largest is not None and largest < max(least or 0, 0):
            raise refuse(ErrorCode.INVALID, "This must be no less than sizeFrom, and than 0.", "sizeTo")
    with faults.noted():
        if not 1 <= most <= MOST_LEADS:
            raise refuse(ErrorCode.INVALID, f"Give a number from 1 to {MOST_LEADS}.", "most")
    faults.raise_any()
    return Wanted(words["industries"], words["places"], least, largest, most)


def _words(name: str, given: Any) -> list[str]:
    if len(given or ()) > MOST_WORDS:
        raise refuse(ErrorCode.TOO_MANY, f"Give at most {MOST_WORDS} words.", name)
    return [text.line(each, name, place) for place, each in enumerate(given or ())]


class CompanyWriter:
    """Makes leads of the companies of a register for one viewer, until there are as many as are wanted.

    A dry run finds alike, and makes nothing.
    """

    def __init__(self, viewer: Viewer, job: Import) -> None:
        assert job.wanted is not None, "this import is of no register"
        self._viewer = viewer
        self._job = job
        self._wanted = Wanted(**job.wanted)
        self._met = Met()

    async def write(self, ledger: Ledger, rows: Sequence[tuple[Row, Any]]) -> Outcome:
        """Make leads of what is wanted of a batch; to be called in the ledger's transaction."""
        wanted: list[Numbered] = [(row.number, each) for row, each in rows if self._wanted.takes(each)]
        left = self._wanted.most - self._job.rows_created
        if not wanted or left <= 0:
            return Outcome()
        fresh = await find_fresh(self._viewer, wanted, self._met)
        outcome, made = Outcome(unchanged=len(wanted) - len(fresh)), fresh[:left]
        outcome.created = len(made)
        outcome.made.update(leads=len(made), organizations=len(made))
        if made and not self._job.is_dry_run:
            await make_leads(self._viewer, ledger, made)
        return outcome


def kept(wanted: Wanted | None) -> dict[str, Any] | None:
    """How an import keeps what is wanted."""
    return None if wanted is None else asdict(wanted)
