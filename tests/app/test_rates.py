"""How often strangers may do something: counted for all servers that share a Redis, and let be where there is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from limits import RateLimitItemPerHour

from app.asgi import create_app
from app.chats import BEGINNINGS
from app.rates import Rates
from app.settings import Settings
from models.chats import Chat
from models.web_forms import FormLanguage
from resolvers.chats import create_chat
from tests import given
from tests.app.conftest import serving
from tests.own_redis import OwnRedis

THREE = RateLimitItemPerHour(3)


@asynccontextmanager
async def rates(url: str | None) -> AsyncIterator[Rates]:
    opened = Rates(url)
    try:
        yield opened
    finally:
        await opened.close()


async def test_servers_that_share_a_redis_count_together(own_redis: OwnRedis) -> None:
    async with rates(own_redis.url) as here, rates(own_redis.url) as there:
        taken = [await each.take(THREE, "chat", "key", "10.0.0.1") for each in (here, there, here, there, here)]
        assert taken == [True, True, True, False, False]
        assert await there.take(THREE, "chat", "key", "10.0.0.2")
        assert await there.take(THREE, "form", "key", "10.0.0.1")
    async with rates(own_redis.url) as later:  # a server that was restarted
        assert not await later.take(THREE, "chat", "key", "10.0.0.1")


async def test_without_a_redis_each_server_counts_for_itself() -> None:
    async with rates(None) as here, rates(None) as there:
        assert [await here.take(THREE, "a") for _ in range(4)] == [True, True, True, False]
        assert await there.take(THREE, "a")


async def test_everybody_is_let_in_while_redis_is_away_and_counted_once_it_is_back(own_redis: OwnRedis) -> None:
    async with rates(own_redis.url) as opened:
        assert await opened.take(THREE, "a")
        await own_redis.kill()
        assert [await opened.take(THREE, "a") for _ in range(5)] == [True] * 5
        await own_redis.start()
        assert [await opened.take(THREE, "a") for _ in range(4)] == [True, True, True, False]


@pytest.mark.timeout(120)
async def test_two_servers_let_one_address_begin_as_many_chats_as_one(
    sqlite_url: str, own_redis: OwnRedis, tmp_path: Path
) -> None:
    settings = Settings(port=0, database_url=sqlite_url, redis_url=own_redis.url, data_dir=tmp_path)
    async with serving(create_app(settings), settings) as http:
        acme = await given.company()
        key = await create_chat(await given.viewer(acme.admin), {"name": "Site", "language": FormLanguage.EN})
        path = f"/chats/{(await Chat.get(id=key)).key}"
        statuses = [(await http.post(path, json={})).status_code for _ in range(BEGINNINGS.amount - 1)]
        assert set(statuses) == {201}
    async with serving(create_app(settings), settings) as other:
        assert [(await other.post(path, json={})).status_code for _ in range(2)] == [201, 429]
