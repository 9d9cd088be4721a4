"""How much live service each token, account and socket may take at once."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable

# Who holds a connection, and how many of them they may hold: a token, and its account.
Holder = tuple[Hashable, int]


class Seats:
    """The connections of this process, counted for everyone who holds them."""

    def __init__(self) -> None:
        self._taken: Counter[Hashable] = Counter()

    def take(self, holders: Iterable[Holder]) -> Callable[[], None] | None:
        """One seat for all its holders, or for none; answers the way to give it back, once."""
        held = list(holders)
        if any(self._taken[holder] >= most for holder, most in held):
            return None
        self._taken.update(holder for holder, _ in held)
        seat = [holder for holder, _ in held]

        def leave() -> None:
            self._taken -= Counter(seat)
            seat.clear()

        return leave

    def __len__(self) -> int:
        return sum(self._taken.values())


class Rate:
    """So many a second, and so many at once after a pause. Times are a monotonic clock's seconds."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = float(burst)
        self._at = 0.0

    def allows(self, now: float) -> bool:
        """Whether one more may happen now; if so, it counts."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
