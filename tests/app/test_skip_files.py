"""The rows that an import left out, taken out by who may see it."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from app.settings import Settings
from app.skip_files import SkipFileDoor
from models.database import Database
from resolvers import ids, imports
from resolvers.tokens import make_token
from tests import given
from tests.app.conftest import serving
from tests.given import Company
from tests.uploading import sent_table, store_in


async def test_a_skip_file_is_given_to_who_may_see_the_import(
    settings: Settings, database: Database, acme: Company, other: Company, tmp_path: Path
) -> None:
    store_in(tmp_path / "store")
    (tmp_path / "leads.csv").write_text("Title,Person\nA,Jan\nB,\n")
    (tmp_path / "whole.csv").write_text("Title,Person\nA,Jan\n")
    anna = await given.viewer(acme.anna)
    app = Starlette(routes=[Route("/imports/{path:path}", SkipFileDoor())])
    async with serving(app, settings) as http:
        keys = [await sent_table(anna, tmp_path / name) for name in ("leads.csv", "whole.csv")]
        for key in keys:
            await imports.run_import(anna, key)
        path, whole = [f"/imports/{ids.encode('Import', key)}/skipped.csv" for key in keys]

        async def ask(user: object, asked: str = path) -> tuple[int, str]:
            token = await make_token(user.account_id, user.id, "tests")  # type: ignore[attr-defined]
            answer = await http.get(asked, headers={"authorization": f"Bearer {token}"})
            return answer.status_code, answer.content.decode("utf-8-sig")

        status, text = await ask(acme.anna)
        assert (status, text.splitlines()[1].split(",")[0], text.splitlines()[1][-2:]) == (200, "3", "B,")
        assert (await ask(acme.admin))[0] == 200
        for user in (acme.bartek, other.admin):
            assert (await ask(user))[0] == 404
        for wrong in (whole, "/imports/import_0/skipped.csv", f"/imports/{ids.encode('Import', acme.id)}/skipped.csv"):
            assert (await ask(acme.anna, wrong))[0] == 404
        assert (await http.get(path)).status_code == 401
