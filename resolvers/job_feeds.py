"""What is told of work that goes on beside the requests: how an import, or a conversion of many leads, gets on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.changes import Change
from resolvers.events import Event, event_of, look
from resolvers.reads.run import Reader, Ref


@dataclass(frozen=True)
class JobKind:
    """A kind of work: its type, the log's noun for it, the event that tells of it, and the field it is in."""

    type_name: str
    noun: str
    event: str
    field: str
    argument: str  # of the subscription, with its id


# By the subscription's root field.
JOBS = {
    "importProgress": JobKind("Import", "import", "ImportProgress", "import_", "importId"),
    "conversionProgress": JobKind("ConversionRun", "conversion_run", "ConversionProgress", "run", "runId"),
}


@dataclass(frozen=True)
class Job:
    """One piece of work that is watched."""

    kind: JobKind
    key: UUID

    async def tell(self, reader: Reader, change: Change) -> Event | None:
        """What those who watch it are told of a change; null: the change is not of it."""
        if not any(subject.id == str(self.key) for subject in change.find(self.kind.noun)):
            return None
        if not await look(reader, self.kind.type_name, self.key):
            return None
        return event_of(self.kind.event, change, **self._shown())

    def present(self, revision: int, at: datetime) -> Event:
        """How it stands now."""
        return Event(self.kind.event, revision, at, **self._shown())

    def _shown(self) -> dict[str, Any]:
        return {self.kind.field: Ref(self.kind.type_name, self.key)}
