"""How much a first look costs."""

import gzip
import json
from typing import Any

import pytest

from app.pages import BUILT

BUDGET = 180 * 1024
MANIFEST = BUILT / ".vite/manifest.json"
BOARD = "src/board/page.tsx"


def scripts_of(entry: str, manifest: dict[str, Any], seen: set[str]) -> set[str]:
    """The files of an entry and of all that it imports at once."""
    if entry in seen:
        return set()
    seen.add(entry)
    chunk = manifest[entry]
    return {chunk["file"]}.union(*(scripts_of(each, manifest, seen) for each in chunk.get("imports", [])))


def test_the_board_comes_with_at_most_180_kb_of_script() -> None:
    if not MANIFEST.exists():
        pytest.skip("THE SIZE OF THE PAGES IS NOT TESTED: web/ is not built")
    manifest = json.loads(MANIFEST.read_text())
    files = {file for entry in ("index.html", BOARD) for file in scripts_of(entry, manifest, set())}
    size = sum(len(gzip.compress((BUILT / file).read_bytes())) for file in files if file.endswith(".js"))
    assert 40 * 1024 < size <= BUDGET, f"{size:,} bytes in {sorted(files)}"
