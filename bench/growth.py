"""How reads grow: `python -m bench.growth [--tables 1000 10000 100000 1000000] [--rate 40] [--only sqlite]`.

Over tables of so many deals and as many leads, each size in a database of its own, stages of 143
deals: Lejek and the limit of `bench.reads` are asked what that asks, and how many leads there are.
Over the smallest, they are asked for more and more rows: 2, 15 and 143 of each of a board's seven
stages, and 10, 100 and 250 leads. CPU is of server and database, in ms for each request with all
connections busy; `grew` is how many times the first of its column it is; p50 and p99 are of what a
client waits where it asks so often a second, or for the count with all connections busy. Needs what
`bench.reads` needs.
"""

import argparse
import asyncio
from collections.abc import Sequence

from bench.reads import QUESTIONS, Filled, Question, Results, filled, measure_all

IN_STAGE = 143
KINDS = ["limit", "lejek"]
SELDOM = [Question("count")]  # and not so often a second: it takes as long as there are rows
ASKED = [*QUESTIONS, *SELDOM]
MORE = [Question("board", 2), Question("board", 15), Question("board", IN_STAGE)]
MORE += [Question("inbox", 10), Question("inbox", 100), Question("inbox", 250)]
HEAD = (
    f"{'database':<9} {'table':>9} {'asked':<7} {'rows':>5} {'server':<6} {'CPU ms':>8} {'of limit':>8} {'grew':>6} "
    f"{'p50 ms':>7} {'p99 ms':>7}"
)


def rows_of(question: Question) -> int:
    """How many rows answer a question of so many of each."""
    return {"board": 7 * question.first, "inbox": question.first, "detail": 41}.get(question.name, 1)


class Growth:
    """Lines of a table that know what the first of their kind cost."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self._first: dict[tuple[str, str], float] = {}

    async def tell(self, at: Filled, table: int, questions: Sequence[Question], given: argparse.Namespace) -> None:
        """Measure these questions over one table, and print a line for each and each server."""
        busy = await measure_all(at, KINDS, questions, given, None)
        in_one_round = argparse.Namespace(**{**vars(given), "rounds": 1})
        often = [question for question in questions if question not in SELDOM]
        steady = await measure_all(at, KINDS, often, in_one_round, given.rate)
        for question in questions:
            for kind in KINDS:
                self._print(table, question, kind, busy, steady)

    def _print(self, table: int, question: Question, kind: str, busy: Results, steady: Results) -> None:
        cost, waits = busy[question, kind].cost, (steady.get((question, kind)) or busy[question, kind])
        ratio = cost / busy[question, "limit"].cost
        grew = cost / self._first.setdefault((question.name, kind), cost)
        print(
            f"{self._dialect:<9} {table:>9,} {question.name:<7} {rows_of(question):>5,} {kind:<6} {cost:>8.2f} "
            f"{ratio:>7.2f}x {grew:>5.1f}x {waits.waited(0.5):>7.1f} {waits.waited(0.99):>7.1f}",
            flush=True,
        )


async def main(given: argparse.Namespace) -> None:
    """Both databases, one after the other."""
    print(f"{given.rate:g} a second for p50 and p99\n{HEAD}", flush=True)
    for dialect in given.only or ("sqlite", "postgres"):
        tables = Growth(dialect)
        for table in given.tables:
            async with filled(dialect, deals=table, leads=table, in_stage=IN_STAGE) as at:
                await tables.tell(at, table, ASKED, given)
                if table == given.tables[0]:
                    await Growth(dialect).tell(at, table, MORE, given)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How reads grow with the tables and with the rows they answer.")
    parser.add_argument("--tables", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--rate", type=float, default=40, help="how often a second to ask for p50 and p99")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is told")
    parser.add_argument("--only", action="append", choices=["sqlite", "postgres"])
    asyncio.run(main(parser.parse_args()))
