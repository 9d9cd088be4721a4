"""The frame path: the same bytes as through ASGI, in the same order."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from subscriptions.connection import Limits
from subscriptions.feeds import Feeds
from subscriptions.frames import FramePath, header
from subscriptions.sockets import Sockets
from tests.subscriptions.asking import App, FakeGateway, client, happen, serving


@given(st.one_of(st.integers(0, 300), st.integers(65_000, 66_000)))
def test_a_header_is_the_one_of_the_websockets_library(length: int) -> None:
    payload = b"x" * length
    assert header(length) + payload == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_where_no_uvicorn_is_behind_there_is_no_path() -> None:
    async def receive() -> dict[str, object]:
        return {}

    assert FramePath.behind(receive) is None


@pytest.mark.parametrize("frame_path", [True, False])
async def test_answers_of_every_size_come_whole_and_in_order_between_pongs(
    gateway: FakeGateway, app: App, feeds: Feeds, account_id: UUID, frame_path: bool
) -> None:
    async with (
        serving(Sockets(gateway, feeds, Limits(frame_path=frame_path))) as server,
        client(server.url) as board,
    ):
        await board.enter(account_id)
        await board.ask("ż")
        assert await board.told() == ("ż", "CaughtUp", 0)
        for revision, size in enumerate([1, 60, 200, 66_000, 1], 1):
            app.filler = size
            await happen(account_id)
            assert await board.told() == ("ż", "Change", revision)
            await board.say(type="ping")
            assert await board.hear() == {"type": "pong"}
