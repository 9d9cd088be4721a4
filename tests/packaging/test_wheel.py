"""The built wheel in a fresh environment, beside another distribution that owns the name `schema`."""

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path
from typing import IO
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "web/dist"
UV = str(Path(sys.executable).with_name("uv"))

pytestmark = pytest.mark.slow


def run(*command: str, cwd: Path) -> str:
    """The output of a command; a failure shows all of it."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(out), cwd=ROOT)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and PyPI's `schema`, away from the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    run(UV, "venv", "--python", sys.executable, "venv", cwd=folder)
    python = str(folder / "venv/bin/python")
    lock = str(ROOT / "requirements.lock")
    run(UV, "pip", "install", "--python", python, "--constraint", lock, str(wheel), "schema", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def address(environment: Path) -> Iterator[str]:
    """Where the installed `lejek serve` answers."""
    command = [str(environment / "venv/bin/lejek"), "serve", "--port", "0", "--no-demo"]
    with (
        open(environment / "errors.txt", "w+") as errors,
        subprocess.Popen(command, cwd=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as server,
    ):
        try:
            yield first_address(server, errors)
        finally:
            server.terminate()
            server.communicate(timeout=30)


def first_address(server: subprocess.Popen[str], errors: IO[str]) -> str:
    """The first address that a server prints; it prints them once it listens."""
    for line in server.stdout or ():
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found.group()
    errors.seek(0)
    pytest.fail(f"the server printed no address:\n{errors.read()}")


def test_the_wheel_installs_no_name_but_lejek(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"lejek", "lejek-0.1.0.dist-info"}
    for room in ("app", "schema", "resolvers", "subscriptions", "models", "migrations"):
        assert f"lejek/rooms/{room}/__init__.py" in names
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_the_installed_server_answers(address: str) -> None:
    with urlopen(f"{address}/healthz", timeout=10) as answer:
        assert answer.status == 200
    with urlopen(f"{address}/readyz", timeout=10) as answer:
        assert answer.status == 200


def test_the_installed_server_has_the_pages_and_all_that_they_load(address: str) -> None:
    names = ["/forms/form.css", "/forms/frame.js", "/forms/embed.js"]
    names += ["/chats/chat.css", "/chats/chat.js", "/chats/embed.js", "/schema.graphql"]
    if (BUILT / "index.html").exists():
        files = [file for file in BUILT.rglob("*") if file.is_file() and ".vite" not in file.parts]
        names += ["/", "/graphiql", *(f"/assets/{file.name}" for file in files if file.parent.name == "assets")]
    for name in names:
        with urlopen(f"{address}{name}", timeout=10) as answer:
            assert answer.status == 200 and answer.read(1), name


def test_another_distributions_schema_stays_intact(environment: Path, address: str) -> None:
    (metadata,) = environment.glob("venv/lib/python*/site-packages/schema-*.dist-info")
    files = Distribution.at(metadata).files or []
    hashed = [file for file in files if file.hash]
    assert hashed
    for file in hashed:
        digest = hashlib.sha256(Path(str(file.locate())).read_bytes()).digest()
        assert file.hash is not None
        assert file.hash.value == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_each_schema_is_found_where_it_belongs(environment: Path) -> None:
    python = str(environment / "venv/bin/python")
    theirs = run(python, "-c", "import schema; print(schema.Schema.__module__, schema.__file__)", cwd=environment)
    assert "rooms" not in theirs
    ours = run(python, "-c", "import lejek, schema; print(schema.__file__)", cwd=environment)
    assert "lejek/rooms/schema" in ours
