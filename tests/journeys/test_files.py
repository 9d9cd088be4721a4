"""Files from the outside: by GraphQL multipart and by one-time URL, out again in ranges, on a disk and in a bucket."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson

from app.asgi import create_app
from app.settings import Settings
from models.files import Upload
from resolvers.tokens import make_token
from tests import given
from tests.app.conftest import serving
from tests.journeys.client import Client, is_a
from tests.journeys.conftest import World, global_id
from tests.uploading import kept

ADD = """mutation ($input: AddFileInput!) { addFile(input: $input) {
  file { id name size mediaType sha256 url } errors { code path message } } }"""
START = """mutation ($input: StartUploadInput!) { startUpload(input: $input) {
  uploadId url expiresAt errors { code path message } } }"""
WATCH = """subscription ($id: ID!) { dealChanged(dealId: $id) { __typename
  ... on DealUpdated { fields deal { files { nodes { name } } } } } }"""
DELETE = "mutation ($input: FileIdsInput!) { deleteFiles(input: $input) { errors { code path message } } }"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2_000)
LARGE = b"".join(hashlib.sha256(bytes([number % 256])).digest() * 32_768 for number in range(12))  # 12 MiB


class Sender:
    """Sends files as a browser or a script would."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {token}"}

    async def form(self, *parts: tuple[str, Any], **headers: str) -> httpx.Response:
        """A request of these parts."""
        return await self._http.post("/graphql", files=parts, headers=headers or self._headers)

    async def add(self, name: str, content: bytes, **given: Any) -> Any:
        """The payload of addFile with a file in a multipart request."""
        answer = (await self.form(*form_of(name, content, **given))).json()
        assert "errors" not in answer, answer
        return answer["data"]["addFile"]


def form_of(name: str, content: bytes, **given: Any) -> list[tuple[str, Any]]:
    operations = {"query": ADD, "variables": {"input": {"file": None, **given}}}
    place = {"0": ["variables.input.file"]}
    plain = [("operations", (None, orjson.dumps(operations))), ("map", (None, orjson.dumps(place)))]
    return [*plain, ("0", (name, content, "text/html"))]


async def test_a_file_of_a_deal_is_sent_watched_and_opened(world: World) -> None:
    anna = await world.client(world.acme.anna)
    deal = global_id(await given.deal(world.acme.bartek, world.acme.stages[0]))
    async with anna.watch(WATCH, id=deal) as watch:
        await watch.until(is_a("CaughtUp"))
        payload = await Sender(world.http, anna.token).add("../Żółty plan.png", PNG, dealId=deal)
        event = (await watch.until(is_a("DealUpdated")))[-1]
    assert (event["fields"], event["deal"]["files"]["nodes"]) == (["files"], [{"name": "Żółty plan.png"}])
    file = payload["file"]
    assert (file["name"], file["size"], file["mediaType"]) == ("Żółty plan.png", len(PNG), "image/png")
    assert file["sha256"] == hashlib.sha256(PNG).hexdigest()
    async with httpx.AsyncClient(base_url=world.http.base_url) as browser:  # knows nothing but the link
        opened = await browser.get(file["url"])
        assert (opened.status_code, opened.content) == (200, PNG)
        assert opened.headers["content-disposition"].startswith('inline; filename="___ty plan.png"; file')
        again = await browser.get(file["url"], headers={"if-none-match": opened.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await browser.get(file["url"].replace("expires=", "expires=1"))).status_code == 404
        assert (await browser.get(file["url"].partition("?")[0])).status_code == 404
        await anna.do(DELETE, ids=[file["id"]])
        assert (await browser.get(file["url"])).status_code == 404


async def test_what_a_page_could_run_is_only_ever_saved(world: World) -> None:
    anna = await world.client(world.acme.anna)
    deal = global_id(await given.deal(world.acme.anna, world.acme.stages[0]))
    for name, content in (("a.png", b"<html><script>alert(1)"), ("b.svg", b'<svg xmlns="x"/>'), ("c.txt", b"hello")):
        payload = await Sender(world.http, anna.token).add(name, content, dealId=deal)
        answer = await world.http.get(payload["file"]["url"])
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_a_multipart_request_is_checked_and_leaves_nothing(world: World) -> None:
    anna = await world.client(world.acme.anna)
    lead = global_id(await given.lead(world.acme.anna))
    sender, form = Sender(world.http, anna.token), form_of("a.png", PNG, dealId=lead)
    payload = await sender.add("a.png", PNG, dealId=lead)
    assert [error["code"] for error in payload["errors"]] == ["CAPABILITY_MISSING"]
    assert (await sender.form(*form, cookie="lejek_session=x")).status_code == 401
    maps: list[Any] = [{"1": ["variables.input.file"]}, {"0": []}, {}, 7, {"0": ["query"]}]
    maps += [{"0": [f"variables{path}"]} for path in ("", ".input.dealId", ".input.nothing", ".input.file.x")]
    broken = [[form[0], ("map", (None, orjson.dumps(each))), form[2]] for each in maps]
    broken += [form[::-1], form[:2], form[:1], [form[1]], [("operations", (None, b"[]")), *form[1:]]]
    for parts in broken:
        answer = await sender.form(*parts)
        assert (answer.status_code, "data" in answer.json()) == (400, False), (parts, answer.text)
    cut = httpx.Request("POST", "http://x/", files=form)
    body, kind = cut.read(), cut.headers["content-type"]
    for content, content_type in ((body[:-40], kind), (b"nonsense", kind), (body, "multipart/form-data")):
        headers = {"authorization": f"Bearer {anna.token}", "content-type": content_type}
        assert (await world.http.post("/graphql", content=content, headers=headers)).status_code in {400, 415}
    assert await Upload.all().count() == 0


async def _send_large(http: httpx.AsyncClient, client: Client, deal: str) -> dict[str, Any]:
    """Send a large file by a one-time URL; the file it becomes."""
    started = await client.do(START, fileName="film.bin", size=len(LARGE))

    async def body(content: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(content), 100_000):
            yield content[start : start + 100_000]

    async with httpx.AsyncClient(base_url=http.base_url, timeout=60) as browser:
        for wrong, status in ((LARGE[:-1], 400), (LARGE + b"x", 413)):
            assert (await browser.put(started["url"], content=body(wrong))).status_code == status
        sent = await browser.put(started["url"], content=body(LARGE))
        assert (sent.status_code, sent.json()) == (201, {"uploadId": started["uploadId"]})
        assert (await browser.put(started["url"], content=body(LARGE))).status_code == 404
        assert (await browser.get(started["url"])).status_code == 405
    return dict((await client.do(ADD, file=started["uploadId"], dealId=deal))["file"])


async def _read_in_ranges(http: httpx.AsyncClient, file: dict[str, Any]) -> None:
    """What an interrupted download does."""
    content, size = b"", len(LARGE)
    while len(content) < size:
        part = await http.get(file["url"], headers={"range": f"bytes={len(content)}-{len(content) + 4_999_999}"})
        end = min(size, len(content) + 5_000_000)
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {len(content)}-{end - 1}/{size}"
        content += part.content
    assert hashlib.sha256(content).hexdigest() == file["sha256"]
    whole = await http.get(file["url"], headers={"range": "bytes=5-9", "if-range": '"another"'})
    assert (whole.status_code, whole.content) == (200, LARGE)
    beyond = await http.get(file["url"], headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    head = await http.head(file["url"])
    assert (head.headers["content-length"], head.content) == (str(size), b"")


async def test_a_large_file_is_sent_by_a_one_time_url_and_read_in_ranges(world: World) -> None:
    anna = await world.client(world.acme.anna)
    deal = global_id(await given.deal(world.acme.anna, world.acme.stages[0]))
    await _read_in_ranges(world.http, await _send_large(world.http, anna, deal))


@asynccontextmanager
async def _served(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, Client, str]]:
    async with serving(create_app(settings), settings) as http:
        company = await given.company()
        deal = global_id(await given.deal(company.anna, company.stages[0]))
        yield http, Client(http, await make_token(company.id, company.anna.id, "tests")), deal


async def test_files_lie_in_a_bucket_that_speaks_s3(bucket: str, sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(
        port=0, database_url=sqlite_url, data_dir=tmp_path, files_url="s3://files/lejek", files_endpoint=bucket
    )
    async with _served(settings) as (http, anna, deal):
        await _read_in_ranges(http, await _send_large(http, anna, deal))
        listed = (await http.get(f"{bucket}/files?list-type=2")).text
    assert listed.count("<Key>lejek/") == 1 and f"<Size>{len(LARGE)}</Size>" in listed
    assert kept(tmp_path / "files") == []
