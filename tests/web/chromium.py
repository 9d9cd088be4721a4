"""The Chromium that is there: LEJEK_TEST_CHROMIUM, else Debian's, else Google's. None is ever fetched."""

import os
import shutil

NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
# No sandbox, because containers have none to give; nothing that would ask the network for anything.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium() -> str | None:
    """Where it is; null where there is none."""
    named = os.environ.get("LEJEK_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)
