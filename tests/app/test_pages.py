"""The web pages: compressed, cached by their names, and held to our own origin."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Route

from app.pages import Pages

SCRIPT = "console.log('Lejek');\n" * 500


def build(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def served(folder: Path) -> httpx.AsyncClient:
    pages = Pages(folder)
    routes = [
        Route("/graphiql", pages.graphiql),
        Route("/", pages.board),
        Route("/{path:path}", pages.file),
    ]
    return httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=routes)), base_url="http://lejek")


@pytest_asyncio.fixture
async def built(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    build(tmp_path, graphiql_html="<title>GraphiQL</title>", assets__app_js=SCRIPT, robots_txt="none")
    async with served(tmp_path) as http:
        yield http


async def test_graphiql_is_served_from_our_own_files(built: httpx.AsyncClient) -> None:
    response = await built.get("/graphiql")
    assert (response.status_code, response.text) == (200, "<title>GraphiQL</title>")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/graphiql", "/", "/assets/app.js", "/nothing"])
async def test_every_page_is_held_to_our_own_origin(built: httpx.AsyncClient, path: str) -> None:
    headers = (await built.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy and "http" not in policy
    assert ("unsafe-inline" in policy) == (path == "/graphiql"), "only Monaco writes styles into its page"
    assert headers["x-content-type-options"] == "nosniff"


async def test_a_hashed_file_may_be_kept_for_good_and_comes_compressed(built: httpx.AsyncClient) -> None:
    response = await built.get("/assets/app.js", headers={"accept-encoding": "gzip"})
    assert response.text == SCRIPT
    assert response.headers["content-encoding"] == "gzip" and int(response.headers["content-length"]) < 500
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"].startswith("text/javascript")
    plain = await built.get("/assets/app.js", headers={"accept-encoding": "gzip;q=0"})
    assert plain.text == SCRIPT and "content-encoding" not in plain.headers
    assert plain.headers["etag"] != response.headers["etag"]


async def test_what_a_browser_has_is_not_sent_again(built: httpx.AsyncClient) -> None:
    first = await built.get("/graphiql")
    again = await built.get("/graphiql", headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert (await built.get("/graphiql", headers={"if-none-match": '"other"'})).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/assets/../../secret", "/assets/%2e%2e/%2e%2e/secret", "/deals/1"])
async def test_what_is_not_built_is_not_found(built: httpx.AsyncClient, path: str) -> None:
    assert (await built.get(path, headers={"accept": "text/html"})).status_code == 404


async def test_until_the_board_is_built_the_root_says_how_to_get_it(built: httpx.AsyncClient) -> None:
    response = await built.get("/")
    assert response.status_code == 200
    assert "./run serve" in response.text and "Node" in response.text and "/graphql" in response.text


async def test_a_board_answers_for_every_address_within_it(tmp_path: Path) -> None:
    build(tmp_path, index_html="the board")
    async with served(tmp_path) as http:
        assert (await http.get("/")).text == "the board"
        assert (await http.get("/deals/1", headers={"accept": "text/html"})).text == "the board"
        assert (await http.get("/deals/1", headers={"accept": "application/json"})).status_code == 404
        assert (await http.get("/missing.js", headers={"accept": "text/html"})).status_code == 404


async def test_without_built_pages_graphiql_says_how_to_get_it(tmp_path: Path) -> None:
    async with served(tmp_path / "missing") as http:
        response = await http.get("/graphiql")
        assert response.status_code == 503
        assert "./run serve" in response.text and "Node" in response.text
