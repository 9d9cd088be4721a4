"""Who looks at what: the places that have viewers, and what is told of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from resolvers import ids
from resolvers.access import Viewer, not_found
from resolvers.events import is_seen
from resolvers.reads.run import Ref


@dataclass
class Audience:
    """Users who look at the same place; its field is that of the schema's type of that name."""

    users: list[Ref] = field(default_factory=list)
    type_name: str = "BoardViewers"

    @classmethod
    def of(cls, user_ids: Collection[UUID]) -> "Audience":
        """The audience of these users."""
        return cls([Ref("User", key) for key in user_ids])


async def find_place(viewer: Viewer, root_field: str, arguments: Mapping[str, Any]) -> UUID | None:
    """The key of what a subscription's root field asks the viewers of; null where it asks for something else.

    Refuses with NOT_FOUND a pipeline that is not of the viewer's account, and with INVALID what is no id of one.
    """
    if root_field != "boardViewers":
        return None
    key = ids.expect("Pipeline", arguments["pipelineId"], "pipelineId")
    if not await is_seen(viewer, "Pipeline", key):
        raise not_found("Pipeline", "pipelineId")
    return key
