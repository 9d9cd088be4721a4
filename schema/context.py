"""What every resolver is given: who asks, and the reader that answers them."""

from dataclasses import dataclass, field

from resolvers.access import Viewer
from resolvers.reads.run import Reader


@dataclass
class Context:
    """The context of one operation. Close it when the operation is answered."""

    viewer: Viewer
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.viewer)

    async def close(self) -> None:
        """Give back what reading took."""
        await self.reader.renew()
