"""Answers that were given a moment ago, so that boards that come back together cost one execution."""

from collections import OrderedDict
from collections.abc import Hashable

from subscriptions.operation import Payload

OVERHEAD = 600  # bytes of an entry beside its JSON, which is kept as bytes and as text


class RecentAnswers:
    """The latest answers of all groups, bounded in bytes; the one that was not used longest goes first."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._size = 0
        self._answers: OrderedDict[Hashable, Payload | None] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._answers

    def get(self, key: Hashable) -> Payload | None:
        """The answer under a key that is contained."""
        self._answers.move_to_end(key)
        return self._answers[key]

    def keep(self, key: Hashable, answer: Payload | None) -> None:
        """Add an answer, and drop old ones where all together pass the bound."""
        if key in self._answers:
            self._size -= _size(self._answers.pop(key))
        self._answers[key] = answer
        self._size += _size(answer)
        while self._size > self._bound:
            _, dropped = self._answers.popitem(last=False)
            self._size -= _size(dropped)


def _size(answer: Payload | None) -> int:
    return OVERHEAD if answer is None else OVERHEAD + 2 * answer.size
