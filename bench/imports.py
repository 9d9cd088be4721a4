"""How long an import of many leads takes, and how much memory: `python -m bench.imports [ROWS]`.

Each line is a process of its own, so that its peak is its own: a first import, the same file
again, and a dry run, on SQLite and on PostgreSQL (LEJEK_BENCH_POSTGRES, a server on which
databases may be made). The file has four people for five rows, a company for ten, a label on one
row of three and a note on one of ten. `MB before` is what the process has before it begins, `CPU s`
is of this process without the database server, start-up included.
"""

import asyncio
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import asyncpg

from bench.load import peak
from models import database
from models.migrating import migrate
from resolvers import imports
from tests import given
from tests.uploading import sent_table, store_in

POSTGRES = os.environ.get("LEJEK_BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
HEADER = ["Tytuł", "Osoba", "E-mail", "Telefon", "Firma", "Wartość", "Etykiety", "Data zamknięcia", "Uwagi"]


def write_file(path: Path, rows: int) -> None:
    with path.open("w", encoding="cp1250", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        for n in range(rows):
            person = n * 7919 % max(rows * 4 // 5, 1)
            writer.writerow(
                [
                    f"Zapytanie nr {n}",
                    f"Łukasz Żółć{person}",
                    f"osoba{person}@firma{person % 500}.example",
                    f"+48 {500_000_000 + person}",
                    f"Zakład Źródło {n % max(rows // 10, 1)} sp. z o.o.",
                    f"{n % 90_000},50 zł" if n % 5 else "",
                    "Targi" if n % 3 == 0 else "",
                    f"{1 + n % 28:02}.03.2027",
                    "Oddzwonić po 15." if n % 10 == 0 else "",
                ]
            )


async def one(url: str, path: Path, dry_run: bool) -> tuple[float, int, int]:
    """Seconds, leads made, and rows there already, of one import."""
    await database.open_database(url)
    try:
        from models.users import User

        viewer = await given.viewer(await User.get(name="Admin"))
        store_in(path.parent / "store")
        began = time.perf_counter()
        report = await imports.run_import(viewer, await sent_table(viewer, path), dry_run=dry_run)
        return time.perf_counter() - began, report.rows_created, report.rows_unchanged
    finally:
        await database.close_database()


def measure(url: str, path: Path, dry_run: bool) -> None:
    """In a process of its own: do it, and print the numbers."""
    before = peak_megabytes()
    seconds, created, unchanged = asyncio.run(one(url, path, dry_run))
    print(seconds, time.process_time(), created, unchanged, before, peak_megabytes())


def peak_megabytes() -> float:
    """The most memory that this process has had; getrusage would tell its parent's where that had more."""
    return peak(os.getpid()) / 2**20


async def prepare(url: str) -> None:
    await migrate(url)
    await database.open_database(url)
    await given.company("Acme")
    await database.close_database()


async def new_postgres() -> str:
    name = f"lejek_bench_{uuid4().hex}"
    connection = await asyncpg.connect(f"{POSTGRES}/postgres")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return name


async def drop_postgres(name: str) -> None:
    connection = await asyncpg.connect(f"{POSTGRES}/postgres")
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


def table(url: str, kind: str, path: Path, rows: int) -> None:
    for what, dry_run in (("dry run", True), ("first", False), ("again", False)):
        command = [sys.executable, "-m", "bench.imports", "--one", url, str(path), str(int(dry_run))]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds, cpu, created, unchanged, before, peak = (float(each) for each in out.split())
        print(
            f"{kind:<10} {what:<8} {rows:>7,} {created:>8,.0f} {unchanged:>8,.0f} {seconds:>8.1f} {cpu:>8.1f} "
            f"{rows / seconds:>8,.0f} {before:>9.0f} {peak:>8.0f}"
        )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    print(
        f"{'database':<10} {'import':<8} {'rows':>7} {'made':>8} {'there':>8} "
        f"{'seconds':>8} {'CPU s':>8} {'rows/s':>8} {'MB before':>9} {'MB peak':>8}"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.csv"
        write_file(path, rows)
        url = f"sqlite://{folder}/lejek.db"
        asyncio.run(prepare(url))
        table(url, "SQLite", path, rows)
        name = asyncio.run(new_postgres())
        try:
            asyncio.run(prepare(f"{POSTGRES}/{name}"))
            table(f"{POSTGRES}/{name}", "PostgreSQL", path, rows)
        finally:
            asyncio.run(drop_postgres(name))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], Path(sys.argv[3]), sys.argv[4] == "1")
    else:
        main()
