"""The house rules that import-linter cannot say."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "schema", "resolvers", "subscriptions", "models", "lejek")
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
BUCKETS = {"utils", "util", "helpers", "helper", "managers", "manager", "services", "misc", "common_utils"}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Each (module, name) that a file imports; the name is empty for `import module`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def is_syntax_tree(module: str, name: str) -> bool:
    if module.startswith("graphql.language"):
        return True
    return module.split(".")[0] == "graphql" and (name.endswith("Node") or name in {"visit", "Visitor", "language"})


def test_only_the_readers_know_graphql_cores_syntax_tree() -> None:
    elsewhere = [path for path in FILES if not place(path).startswith("resolvers/reads/")]
    assert [place(path) for path in elsewhere if any(is_syntax_tree(*each) for each in imports(path))] == []


@pytest.mark.parametrize("room", ["schema", "models"])
def test_annotations_are_evaluated_where_libraries_read_them(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert [place(path) for path in files if ("__future__", "annotations") in imports(path)] == []


def test_no_room_has_a_bucket() -> None:
    assert [place(path) for path in FILES if path.stem in BUCKETS or path.parent.name in BUCKETS] == []


def test_no_file_outgrows_a_reader() -> None:
    assert {place(path): lines for path in FILES if (lines := path.read_text().count("\n")) > 400} == {}


def tracked(pattern: str = "*") -> list[str]:
    """The files of the repository, as git knows them."""
    listed = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def test_locks_name_no_address() -> None:
    locks = tracked("*package-lock.json")
    assert "web/package-lock.json" in locks
    assert [lock for lock in locks if '"resolved"' in (ROOT / lock).read_text()] == []
    assert not re.search(r"://|--index-url|--find-links|file:", (ROOT / "requirements.lock").read_text())


def test_nothing_that_is_built_is_committed() -> None:
    built = re.compile(r"(^|/)(node_modules|dist|__pycache__|\.venv)/")
    assert [name for name in tracked() if built.search(name)] == []
