"""Puts the rooms into the wheel as lejek/rooms/*, so that no other name is installed."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOMS = ("app", "schema", "resolvers", "subscriptions", "models", "migrations")
BOARD = "web/dist"  # built by Node, so it may be missing; the API works without it


class RoomsHook(BuildHookInterface):  # type: ignore[type-arg]  # the config type is hatchling's own
    """Maps each room of the checkout to its place in the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to include; an editable install reads the checkout and needs none."""
        if version == "editable":
            return
        root = Path(self.root)
        for folder in (*ROOMS, BOARD):
            if (root / folder).is_dir():
                build_data["force_include"][str(root / folder)] = f"lejek/rooms/{folder}"
