"""Tables as they leave an account and come into one, and what taking an import back leaves."""

from pathlib import Path

from app.asgi import make_engine
from app.exports import _Table
from app.settings import Settings
from app.tables import FORMATS
from models.import_kinds import ImportKind
from resolvers import ids, imports
from resolvers.access import Viewer
from resolvers.import_undoing import undo_import
from resolvers.import_work import ImportReport
from schema.export_tables import EXPORTS
from tests.replaying import State
from tests.uploading import sent_table

ENGINE = make_engine(Settings())


async def table(viewer: Viewer, noun: str) -> _Table:
    opened = _Table(ENGINE, viewer, EXPORTS[noun], EXPORTS[noun].given)
    await opened.open()
    return opened


async def export(viewer: Viewer, kind: ImportKind, form: str, folder: Path) -> Path:
    noun = kind.lower()
    opened = await table(viewer, noun)
    pieces = [piece async for piece in FORMATS[form][1](opened.columns, opened.rows())]
    (folder / f"{noun}.{form}").write_bytes(b"".join(pieces))
    return folder / f"{noun}.{form}"


async def import_(viewer: Viewer, kind: ImportKind, file: Path) -> ImportReport:
    """Import a file of this machine; the fixture `store` says where it is kept meanwhile."""
    return await imports.run_import(viewer, await sent_table(viewer, file), kind=kind)


async def undo(viewer: Viewer, report: ImportReport) -> None:
    """Take an import back."""
    await undo_import(viewer, {"id": ids.encode("Import", report.import_id)})


def settled(state: State) -> State:
    """What is there, without tombstones, imports, and what every write moves on."""
    left = {key: row for key, row in state.items() if key[0] != "import" and row.get("removed_at") is None}
    moved = ("version", "updated_at")
    return {key: {name: row[name] for name in row if name not in moved} for key, row in left.items()}
