"""Skip files: what each batch left out, and nothing of batches that were never committed."""

import csv
from pathlib import Path

import pytest

from models.base import new_id
from models.imports import Import
from resolvers.skip_files import SkipFile, Skipped, remove_skip_file
from resolvers.spreadsheets import open_table
from tests.uploading import kept, skipped_of, store_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the storage."""
    return store_in(tmp_path / "store")


def begun(columns: list[str]) -> tuple[Import, SkipFile]:
    job = Import(account_id=new_id(), path="account/upload")
    return job, opened(job, columns)


def opened(job: Import, columns: list[str]) -> SkipFile:
    skip = SkipFile(job)
    skip.lay_out(columns, ";")
    return skip


def commit(job: Import, skip: SkipFile, skipped: int, rows: int = 10) -> None:
    """What an import does once a batch of so many rows is committed."""
    skip.keep()
    job.rows_read += rows
    job.rows_skipped += skipped


async def reasons(job: Import) -> list[str]:
    return [row[1] for row in csv.reader((await skipped_of(job)).splitlines(), delimiter=";")][1:]


async def test_a_skip_file_runs_no_formula_and_reads_back_as_it_was(folder: Path, tmp_path: Path) -> None:
    row = ["=1+1", "+48 600", "-5", "@x", 'plain; "quoted"', " =2"]
    job, skip = begun(["a", "b", "c", "d", "e", "=f"])
    await skip.add([Skipped(7, "=bad", row)])
    commit(job, skip, 1)
    text = await skipped_of(job)
    written = list(csv.reader(text.splitlines(), delimiter=";"))
    assert not any(cell.lstrip()[:1] in ("=", "+", "-", "@") for line in written for cell in line if cell)
    (tmp_path / "again.csv").write_text(text, "utf-8", newline="")
    with open_table(tmp_path / "again.csv") as table:
        assert next(table.rows).cells[2:] == ["=1+1", "+48 600", "-5", "@x", 'plain; "quoted"', "' =2"]


async def test_a_skip_file_loses_what_was_written_and_not_kept(folder: Path) -> None:
    job, skip = begun(["a"])
    await skip.add([Skipped(2, "first", ["1"])])
    assert await reasons(job) == []
    commit(job, skip, 1)
    await skip.add([Skipped(13, "undone", ["2"])])
    assert await reasons(job) == ["first"]
    await skip.add([])  # the next attempt takes it
    commit(job, skip, 0)
    await skip.add([Skipped(23, "later", ["3"])])
    assert await reasons(job) == ["first"]

    resumed = opened(job, ["a"])
    await resumed.add([Skipped(23, "resumed", ["3"])])
    commit(job, resumed, 1)
    assert await reasons(job) == ["first", "resumed"]

    job.rows_read = job.rows_skipped = 0
    anew = opened(job, ["a"])
    assert await reasons(job) == []
    await anew.add([])
    commit(job, anew, 0, rows=30)
    assert (await reasons(job), kept(folder)) == ([], [])


async def test_a_removed_skip_file_leaves_those_of_others(folder: Path) -> None:
    (job, skip), (other, others) = begun(["a"]), begun(["a"])
    other.path = "account/uploads"
    for each, written in ((job, skip), (other, others)):
        await written.add([Skipped(2, "no", ["1"])])
        commit(each, written, 1)
    await remove_skip_file(job)
    assert (await reasons(job), await reasons(other)) == ([], ["no"])
