"""How much live service anyone may take: connections held at once, operations begun in a second."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from subscriptions.connection import Limits
from subscriptions.feeds import Feeds
from subscriptions.seats import Rate, Seats
from subscriptions.sockets import Sockets
from tests.subscriptions.asking import FakeGateway, client, serving


def test_a_seat_is_taken_for_all_its_holders_or_for_none() -> None:
    seats = Seats()
    first = seats.take([("token a", 1), ("account", 2)])
    assert first is not None
    assert seats.take([("token a", 1), ("account", 2)]) is None
    second = seats.take([("token b", 1), ("account", 2)])
    assert second is not None
    assert seats.take([("token c", 1), ("account", 2)]) is None
    second()
    second()
    assert seats.take([("token c", 1), ("account", 2)]) is not None
    assert len(seats) == 4


@given(st.lists(st.floats(0, 0.2), max_size=60))
def test_no_more_are_allowed_than_the_burst_and_the_time_since_give(pauses: list[float]) -> None:
    rate, now, allowed = Rate(per_second=10, burst=5), 100.0, 0
    for pause in pauses:
        now += pause
        allowed += rate.allows(now)
    assert allowed <= 5 + 10 * (now - 100.0) + 1e-6
    assert rate.allows(now + 1)


async def test_a_connection_too_many_is_closed_with_1013_until_another_has_gone(
    gateway: FakeGateway, feeds: Feeds, account_id: UUID
) -> None:
    gateway.connections = 1
    async with serving(Sockets(gateway, feeds)) as server:
        async with client(server.url) as one, client(server.url) as other:
            await one.enter(account_id)
            await other.say(type="connection_init", payload={"token": f"{account_id} admin"})
            assert await other.closed() == (1013, "Too many connections")
            async with client(server.url) as another_user:
                await another_user.enter(account_id, "anna")
        async with client(server.url) as later:
            await gateway.deserted()
            await later.enter(account_id)


async def test_operations_begun_too_fast_are_refused_one_by_one_and_the_socket_stays(
    gateway: FakeGateway, feeds: Feeds, account_id: UUID
) -> None:
    limits = Limits(operations_per_second=0.001, operations_at_once=2)
    async with serving(Sockets(gateway, feeds, limits)) as server, client(server.url) as board:
        await board.enter(account_id)
        for number in range(3):
            await board.say(type="subscribe", id=str(number), payload={"query": "never"})
        refused = await board.hear()
        assert (refused["type"], refused["id"]) == ("error", "2")
        assert refused["payload"][0]["extensions"]["code"] == "TOO_MANY"
        await board.say(type="ping")
        assert await board.hear() == {"type": "pong"}
