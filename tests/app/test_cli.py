"""The command line as a process of its own: it serves, stops gently, and says what is wrong."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.cli import cli
from models import database as databases
from models.users import Password
from tests import given

pytestmark = pytest.mark.slow


async def start(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LEJEK_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lejek",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**clean, **environment},
    )


async def lejek(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run a command to its end: exit code, output, errors."""
    process = await start(*arguments, **environment)
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


@asynccontextmanager
async def served(*arguments: str, **environment: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server process and its address."""
    process = await start("serve", "--port", "0", *arguments, **environment)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            while not (found := re.search(r"(http://\S+)/graphql", line := (await process.stdout.readline()).decode())):
                assert line, (await process.communicate())[1].decode()
        yield process, found[1]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def make_user(url: str) -> None:
    await databases.open_database(url)
    await given.company("Acme")
    await databases.close_database()


async def test_a_new_server_migrates_serves_and_stops_gently(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'new' / 'lejek.db'}"
    async with served("--no-demo", "--database-url", url, LEJEK_DATA_DIR=str(tmp_path)) as (process, address):
        await make_user(url)
        code, token, errors = await lejek("token", "anna@example.com", "--database-url", url)
        assert code == 0, errors
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {token.strip()}"}, timeout=30) as http:
            assert (await http.get(f"{address}/readyz")).json() == {"status": "ready"}
            answer = await http.post(f"{address}/graphql", json={"query": "{ viewer { user { name } } }"})
            assert answer.json() == {"data": {"viewer": {"user": {"name": "Anna"}}}}
        protocols: Any = ["graphql-transport-ws"]
        async with connect(f"{address.replace('http', 'ws')}/graphql", subprotocols=protocols) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"token": token.strip()}}))
            assert await socket.recv() == '{"type":"connection_ack"}'
            process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 30)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
        assert await asyncio.wait_for(process.wait(), 30) in {0, -signal.SIGTERM}
        assert process.stderr is not None
        logs = (await process.stderr.read()).decode()
        assert "Traceback" not in logs and token.strip() not in logs


async def test_a_database_is_migrated_once(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'lejek.db'}"
    code, _, said = await lejek("migrate", "--database-url", url)
    assert code == 0 and "0001_initial" in said
    assert await lejek("migrate", LEJEK_DATABASE_URL=url) == (0, "", "The database is up to date.\n")


async def test_a_token_is_made_for_a_user_who_is_known_by_one_account(sqlite_url: str) -> None:
    await databases.open_database(sqlite_url)
    for name in ("Acme", "Other"):
        await given.company(name)
    await databases.close_database()
    code, output, errors = await lejek("token", "anna@example.com", LEJEK_DATABASE_URL=sqlite_url)
    assert (code, output) == (2, "") and "--account: Acme, Other" in errors
    code, output, _ = await lejek("token", "Anna@Example.com", "--account", "Other", LEJEK_DATABASE_URL=sqlite_url)
    assert code == 0 and re.fullmatch(r"lejek_[\w-]{43}\n", output)
    code, output, errors = await lejek("token", "nobody@example.com", LEJEK_DATABASE_URL=sqlite_url)
    assert (code, output) == (2, "") and "no user" in errors


def test_the_schema_is_printed() -> None:
    result = CliRunner().invoke(cli, ["sdl"])
    assert result.exit_code == 0
    assert "type Mutation {" in result.stdout and "directive @capability" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--workers", "0"], {}, "--workers"),
        (["--redis-url", "http://secret@127.0.0.1"], {}, "redis_url"),
        ([], {"LEJEK_REDIS_URL": "127.0.0.1:6379"}, "redis_url"),
        ([], {"LEJEK_PORT": "many"}, "port"),
        (["--database-url", "mysql://secret@host/db"], {}, "database_url"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(
    arguments: list[str], environment: dict[str, str], said: str
) -> None:
    result = CliRunner().invoke(cli, ["serve", *arguments], env=environment)
    assert result.exit_code == 2 and said in result.stderr
    assert isinstance(result.exception, SystemExit) and "secret" not in result.stderr


async def test_a_taken_port_is_said_so(sqlite_url: str) -> None:
    async with served("--no-demo", "--database-url", sqlite_url) as (_, address):
        port = address.rpartition(":")[2]
        code, _, errors = await lejek("serve", "--port", port, "--database-url", sqlite_url)
        assert code == 2 and f"Cannot serve on 127.0.0.1:{port}" in errors and "Traceback" not in errors


async def test_a_password_is_set_from_a_pipe_and_never_too_short(sqlite_url: str) -> None:
    await make_user(sqlite_url)
    for given_password, code, said in (("short", 2, "at least 10 characters"), ("long enough", 0, "")):
        process = await start("password", "anna@example.com", "--database-url", sqlite_url)
        _, errors = await asyncio.wait_for(process.communicate(f"{given_password}\n".encode()), 60)
        assert process.returncode == code and said in errors.decode() and given_password not in errors.decode()
    await databases.open_database(sqlite_url)
    kept = await Password.all()
    await databases.close_database()
    assert [each.hash.startswith("$argon2id$") for each in kept] == [True]


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("app.cli", {"tortoise", "strawberry", "graphql", "uvicorn", "pydantic_settings", "structlog"}),
        ("app.import_files", {"graphql", "strawberry", "uvicorn", "fpdf"}),
        ("schema.build", {"fpdf", "uvicorn"}),
    ],
)
async def test_a_command_does_not_wait_for_what_others_need(module: str, absent: set[str]) -> None:
    code = f"import lejek, sys, {module}; print(*sys.modules.keys() & {absent})"
    python = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert (await python.communicate())[0] == b"\n"
