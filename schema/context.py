"""What every resolver is given: who asks, and the reader that answers them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from resolvers.access import Viewer
from resolvers.reads.run import Reader, answer_whole
from resolvers.reads.select import Question


@dataclass
class Context:
    """The context of one operation. Close it when the operation is answered."""

    viewer: Viewer

    @cached_property
    def reader(self) -> Reader:
        """Reads for the viewer where graphql-core answers; a plan does without."""
        return Reader(self.viewer)

    async def read(self, question: Question) -> dict[str, Any] | None:
        """The data of a query that plans answer wholly; null for any other. Raises GraphQLError."""
        return await answer_whole(self.viewer, question)

    async def close(self) -> None:
        """Give back what reading took."""
        if "reader" in self.__dict__:
            await self.reader.renew()
