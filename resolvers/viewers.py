"""Who looks at what: the places that have viewers, and what is told of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from resolvers.access import Viewer
from resolvers.events import is_seen, require_seen
from resolvers.reads.run import Ref


@dataclass
class Audience:
    """Users who look at the same place; its field is that of the schema's types of viewers."""

    users: list[Ref] = field(default_factory=list)

    @classmethod
    def of(cls, user_ids: Collection[UUID]) -> "Audience":
        """The audience of these users."""
        return cls([Ref("User", key) for key in user_ids])


@dataclass(frozen=True)
class Place:
    """A row that is looked at, by its key, which no other row of any type has."""

    type_name: str
    key: UUID

    @property
    def is_open_to_all(self) -> bool:
        """Whether everybody in the account sees it: nobody loses sight of a board."""
        return self.type_name == "Pipeline"

    async def is_open_to(self, viewer: Viewer) -> bool:
        """Whether the viewer may look at it, or still may."""
        return await is_seen(viewer, self.type_name, self.key)


# The type whose viewers a subscription's root field asks for, and the argument with its id.
_PLACES = {"boardViewers": ("Pipeline", "pipelineId"), "dealViewers": ("Deal", "dealId")}


async def find_place(viewer: Viewer, root_field: str, arguments: Mapping[str, Any]) -> Place | None:
    """What a subscription's root field asks the viewers of; null where it asks for something else.

    Refuses with NOT_FOUND what the viewer does not see, and with INVALID what is no id of it.
    """
    if root_field not in _PLACES:
        return None
    type_name, argument = _PLACES[root_field]
    return Place(type_name, await require_seen(viewer, type_name, arguments[argument], argument))
