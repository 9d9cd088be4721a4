"""Files of deals and contacts: from upload to sweep, and never another's."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from models.base import Visibility, new_id, now
from models.changes import ChangeKind
from models.deals import Deal
from models.files import File, Upload
from models.imports import Import, ImportStatus
from models.leads import Lead
from resolvers import file_links, ids, import_files
from resolvers.errors import ErrorCode, Refused
from resolvers.files import add_file, delete_files, rename_file, restore_files
from resolvers.imports import run_import
from resolvers.reversals import undo_conversion
from resolvers.sweeping import sweep_files
from resolvers.uploads import KEPT, MOST_AT_ONCE, expect_upload, fill_upload, start_upload
from tests import given
from tests.asking import ask
from tests.commanding import do
from tests.refusals import global_id, refused
from tests.replaying import told
from tests.resolvers import telling
from tests.uploading import PDF, kept, pieces, sent_table, skipped, store_in, uploaded

_FILES = """query ($id: ID!) { deal(id: $id) { files { totalCount nodes {
  name mediaType size sha256 uploader { name } deal { title } person { name } } }
  timeline { nodes { file { name } } } } }"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    return store_in(tmp_path / "files")


async def _added(acme: given.Company, deal: Deal, **more: Any) -> UUID:
    file = more.get("file") or await uploaded(acme.anna)
    draft: Any = {**more, "file": file, "deal_id": global_id(deal)}
    return await add_file(await given.viewer(acme.anna), draft)


async def _shown(acme: given.Company, deal: Deal) -> list[dict[str, Any]]:
    answer = await ask(await given.viewer(acme.bartek), _FILES, id=global_id(deal))
    shown = answer["deal"]["files"]
    assert shown["totalCount"] == len(shown["nodes"])
    timed = [item["file"]["name"] for item in answer["deal"]["timeline"]["nodes"] if item["file"]]
    assert timed == [each["name"] for each in shown["nodes"]]
    return list(shown["nodes"])


async def test_a_file_is_added_renamed_deleted_and_restored(acme: given.Company, folder: Path) -> None:
    deal, anna = await given.deal(acme.anna, acme.stages[0], title="Big"), await given.viewer(acme.anna)
    async with told(acme.id) as log:
        key = await _added(acme, deal)
        file = {"id": ids.encode("File", key)}
        for _ in range(2):
            await rename_file(await given.viewer(acme.bartek), {**file, "name": "../Oferta\u202e.pdf"})
    assert [change.kind for change in log] == [ChangeKind.FILE_ADDED, ChangeKind.FILE_UPDATED]
    (shown,) = await _shown(acme, deal)
    assert (shown["name"], shown["mediaType"], shown["size"]) == ("Oferta.pdf", "application/pdf", len(PDF))
    assert (shown["uploader"], shown["deal"], shown["person"]) == ({"name": "Anna"}, {"title": "Big"}, None)
    assert await Upload.all().count() == 0 and kept(folder) == [PDF]
    async with told(acme.id) as log:
        assert await delete_files(anna, {"ids": [file["id"]]}) == [key]
        assert await _shown(acme, deal) == []
        assert await restore_files(anna, {"ids": [file["id"]]}) == [key]
    assert [change.kind for change in log] == [ChangeKind.FILE_DELETED, ChangeKind.FILE_RESTORED]
    assert len(await _shown(acme, deal)) == 1
    events = [telling.shown(event) for event in await telling.told(anna, "dealChanged", dealId=global_id(deal))]
    assert events == [{"deal": str(deal.id), "fields": ["files"]}] * 4


async def test_contacts_have_files_too(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    for row, kind in (
        (await given.person(acme.anna), "person"),
        (await given.organization(acme.anna), "organization"),
    ):
        await add_file(anna, {"file": await uploaded(acme.anna), f"{kind}_id": global_id(row)})  # type: ignore[misc]
        document = f"query ($id: ID!) {{ {kind}(id: $id) {{ files {{ nodes {{ name {kind} {{ name }} }} }} }} }}"
        (shown,) = (await ask(anna, document, id=global_id(row)))[kind]["files"]["nodes"]
        assert shown == {"name": "offer.pdf", kind: {"name": row.name}}


async def test_a_lead_has_no_files_and_the_error_says_what_to_do(acme: given.Company) -> None:
    lead = global_id(await given.lead(acme.anna))
    payload = await do(await given.viewer(acme.anna), "addFile", file=await uploaded(acme.anna), dealId=lead)
    (error,) = payload["errors"]
    assert (error["code"], error["path"]) == ("CAPABILITY_MISSING", ["dealId"])
    assert "convert the lead first" in error["message"]


async def test_an_upload_is_taken_once_and_by_nobody_else(acme: given.Company, folder: Path) -> None:
    deal = global_id(await given.deal(acme.anna, acme.stages[0]))
    anna, bartek = await given.viewer(acme.anna), await given.viewer(acme.bartek)
    draft: Any = {"file": await uploaded(acme.anna), "deal_id": deal, "idempotency_key": "1"}
    async with refused(ErrorCode.NOT_FOUND, "file"):
        await add_file(bartek, draft)
    key = await add_file(anna, draft)
    assert await add_file(anna, {**draft, "file": await uploaded(acme.anna)}) == key  # sent again, and kept once
    async with refused(ErrorCode.NOT_FOUND, "file"):
        await add_file(anna, {"file": draft["file"], "deal_id": deal})
    half = await expect_upload(anna, "half.pdf")
    async with refused(ErrorCode.NOT_FOUND, "file"):
        await add_file(anna, {"file": ids.encode("Upload", half.id), "deal_id": deal})
    for parents in ({}, {"deal_id": deal, "person_id": deal}):
        async with refused(ErrorCode.INVALID, "dealId"):
            await add_file(anna, {"file": draft["file"], **parents})  # type: ignore[typeddict-item]


async def test_what_is_out_of_sight_is_as_unknown(acme: given.Company, other: given.Company) -> None:
    hidden = await given.deal(acme.anna, acme.stages[0], visibility=Visibility.OWNER)
    key = await _added(acme, hidden)
    stranger, file = await given.viewer(other.admin), ids.encode("File", key)
    for viewer, who in ((await given.viewer(acme.celina), acme.celina), (stranger, other.admin)):
        assert (await ask(viewer, "query ($id: ID!) { node(id: $id) { id } }", id=file)) == {"node": None}
        for verb in (delete_files, restore_files):
            async with refused(ErrorCode.NOT_FOUND, "ids", 0):
                await verb(viewer, {"ids": [file]})
        async with refused(ErrorCode.NOT_FOUND, "id"):
            await rename_file(viewer, {"id": file, "name": "Mine"})
        draft = await uploaded(who)
        async with refused(ErrorCode.NOT_FOUND, "dealId"):
            await add_file(viewer, {"file": draft, "deal_id": global_id(hidden)})


async def test_only_uploader_owner_and_admin_delete(acme: given.Company) -> None:
    deal = await given.deal(acme.bartek, acme.stages[0])
    for who, may in ((acme.celina, False), (acme.anna, True), (acme.bartek, True), (acme.admin, True)):
        file = {"ids": [ids.encode("File", await _added(acme, deal))]}
        if may:
            await delete_files(await given.viewer(who), file)
            continue
        async with refused(ErrorCode.FORBIDDEN, "ids", 0):
            await delete_files(await given.viewer(who), file)


async def test_files_stay_with_the_deal_through_undo_and_come_back_with_it(acme: given.Company) -> None:
    lead = await given.lead(acme.anna)
    anna, lead_id = await given.viewer(acme.anna), global_id(lead)
    converted = await do(anna, "convertLeads", leadIds=[lead_id])
    deal = await Deal.get(source_lead_id=lead.id)
    assert converted["results"][0]["deal"]["id"] == global_id(deal)
    await _added(acme, deal)
    async with told(acme.id):
        await undo_conversion(anna, {"lead_id": lead_id})
    assert await File.filter(deal_id=deal.id).count() == 1
    await do(anna, "convertLeads", leadIds=[lead_id])
    assert [each["name"] for each in await _shown(acme, deal)] == ["offer.pdf"]
    turned = await do(anna, "convertDealToLead", id=global_id(deal))
    assert turned["stayedBehind"] == ["FILES"]
    assert await File.filter(deal_id=deal.id).count() == 1


async def test_bytes_that_nobody_can_ask_for_are_swept_and_no_others(acme: given.Company, folder: Path) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    names = ["kept", "deleted", "long deleted"]
    keys = [await _added(acme, deal, file=await uploaded(acme.anna, each, each.encode())) for each in names]
    await uploaded(acme.anna, "waiting", b"waiting")
    await uploaded(acme.anna, "orphan", b"orphan")
    await File.filter(id=keys[1]).update(removed_at=now() - timedelta(days=29))
    await File.filter(id=keys[2]).update(removed_at=now() - timedelta(days=31))
    await Upload.filter(name="orphan").update(created_at=now() - KEPT - timedelta(hours=2))
    assert await sweep_files() == 2
    assert kept(folder) == sorted([b"kept", b"deleted", b"waiting"])
    assert await sweep_files() == 0
    anna = await given.viewer(acme.anna)
    await restore_files(anna, {"ids": [ids.encode("File", keys[1])]})
    async with refused(ErrorCode.NOT_FOUND, "ids", 0):
        await restore_files(anna, {"ids": [ids.encode("File", keys[2])]})


async def test_the_files_of_old_imports_are_swept_with_what_they_left_out(
    acme: given.Company, folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "leads.csv"
    table.write_text("Title;Person\nA;\nB;Jan\n")
    anna = await given.viewer(acme.anna)
    old, recent, running, waiting = [await sent_table(anna, table) for _ in range(4)]
    for key in (old, recent):
        await run_import(anna, key)
    long_ago = now() - import_files.KEPT - timedelta(hours=2)
    await Import.filter(id__in=[old, running, waiting]).update(created_at=long_ago)
    await Import.filter(id=old).update(finished_at=long_ago)
    await Import.filter(id=running).update(status=ImportStatus.RUNNING)
    assert await sweep_files() == 2
    assert len(kept(folder)) == 3, "the tables of the recent one and the running one, and what one left out"
    assert await sweep_files() == 0
    assert (await skipped(old), await Lead.all().count()) == ("", 1)
    async with refused(ErrorCode.INVALID, "id"):
        await run_import(anna, old)


async def test_an_upload_that_fails_leaves_nothing(acme: given.Company, folder: Path) -> None:
    anna = await given.viewer(acme.anna)

    async def broken() -> Any:
        yield b"x" * 6_000_000  # more than a part, so that the storage has begun
        raise ConnectionError

    for chunks, error in ((broken(), ConnectionError), (pieces(b""), Refused)):
        with pytest.raises(error):
            await fill_upload(await expect_upload(anna, "a"), chunks)
    assert await Upload.all().count() == 0 and kept(folder) == []
    for size in (0, -1, 2**40):
        async with refused(ErrorCode.INVALID, "size"):
            await start_upload(anna, {"file_name": "a", "size": size})
    who = {"account_id": acme.id, "user_id": acme.anna.id}
    await Upload.bulk_create([Upload(id=new_id(), name="a", **who) for _ in range(MOST_AT_ONCE)])
    async with refused(ErrorCode.TOO_MANY, "fileName"):
        await start_upload(anna, {"file_name": "a", "size": 1})


async def test_a_link_opens_one_file_until_it_is_too_old(acme: given.Company, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = await given.deal(acme.anna, acme.stages[0])
    key, two = await _added(acme, deal), await _added(acme, deal)
    link = file_links.link_of(str(key), "żółw.pdf")
    path, _, query = link.partition("?")
    _, expires, signature = (part.partition("=")[2] for part in f"&{query}".split("&"))
    assert path == f"/files/{ids.encode('File', key)}/%C5%BC%C3%B3%C5%82w.pdf"
    found = await file_links.follow(ids.encode("File", key), expires, signature)
    assert found is not None and found.id == key
    for forged in (
        (ids.encode("File", two), expires, signature),
        (ids.encode("File", key), str(int(expires) + 300), signature),
        (ids.encode("File", key), expires, signature[:-1]),
        (ids.encode("File", key), expires, ""),
    ):
        assert await file_links.follow(*forged) is None
    clock = int(expires) + 1
    monkeypatch.setattr("resolvers.file_links.time.time", lambda: clock)
    assert await file_links.follow(ids.encode("File", key), expires, signature) is None
