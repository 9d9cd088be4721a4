"""The real server with the demo, in a process of its own, and a colleague who works by plain HTTP."""

import asyncio
import os
import re
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

FILE = "lejek.sqlite"
TOKENS = "browser-tests-of-lipa,browser-tests-of-nordlicht"
CREATE_PIPELINE = """mutation ($input: CreatePipelineInput!) {
  createPipeline(input: $input) { pipeline { id stages { id name } } errors { message } }
}"""
CREATE_DEAL = """mutation ($input: CreateDealInput!) { createDeal(input: $input) { deal { id } errors { message } } }"""
MOVE_DEAL = """mutation ($input: MoveDealInput!) { moveDeal(input: $input) { deal { id } errors { message } } }"""


@dataclass(frozen=True)
class Board:
    """A pipeline of a test's own."""

    id: str
    stages: dict[str, str]  # ids by name

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/pipelines/{self.id}"


@dataclass(frozen=True)
class Server:
    """Where it listens, and a client with the token of an admin of the demo's first account."""

    port: int
    http: httpx.AsyncClient
    database: Path

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of one document, which must go without errors, in the payload as well."""
        answer = (await self.http.post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in answer, answer
        for payload in answer["data"].values():
            assert not (isinstance(payload, dict) and payload.get("errors")), payload
        return answer["data"]

    async def add_board(self, *stages: str, name: str = "Tests", **more: Any) -> Board:
        """A new pipeline with stages of these names; `more` is for the last of them."""
        drafts: list[dict[str, Any]] = [{"name": stage} for stage in stages]
        drafts[-1].update(more)
        made = await self.ask(CREATE_PIPELINE, input={"name": name, "stages": drafts})
        pipeline = made["createPipeline"]["pipeline"]
        return Board(pipeline["id"], {stage["name"]: stage["id"] for stage in pipeline["stages"]})

    async def add_deal(self, stage: str, title: str, **more: Any) -> str:
        """The id of a new deal in a stage."""
        made = await self.ask(CREATE_DEAL, input={"stageId": stage, "title": title, **more})
        return str(made["createDeal"]["deal"]["id"])

    async def forget_changes(self) -> None:
        """The log keeps nothing of what happened until now, as after a long time."""
        await asyncio.to_thread(self._forget_changes)

    def _forget_changes(self) -> None:
        with closing(sqlite3.connect(self.database, timeout=30)) as kept, kept:
            kept.execute("DELETE FROM changes")

    async def move(self, deal: str, stage: str) -> None:
        """The colleague moves a deal."""
        await self.ask(MOVE_DEAL, input={"id": deal, "stageId": stage})


async def start(folder: Path) -> tuple[Process, int]:
    """Start it on a SQLite file in this folder; ends when it listens."""
    command = [str(Path(sys.executable).with_name("lejek")), "serve", "--port", "0"]
    environment = {
        **os.environ,
        "LEJEK_DATABASE_URL": f"sqlite://{folder / FILE}",
        "LEJEK_DATA_DIR": str(folder),
        "LEJEK_DEMO_TOKENS": TOKENS,
    }
    with (folder / "log.txt").open("w") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=log, env=environment, cwd=folder)
    assert process.stdout is not None
    async for line in process.stdout:
        if found := re.search(rb"http://127\.0\.0\.1:(\d+)", line):
            return process, int(found.group(1))
    raise AssertionError(f"the server did not start:\n{(folder / 'log.txt').read_text()}")
