"""Reading in steps: what several readings ask next is asked at once, and each gets its own rows back."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given as drawn
from hypothesis import strategies as st

from models import database as databases
from models.database import Database
from models.reading import Filled, Steps, one_step, together
from tests.given import Company

# What a reading asks in each of its steps: how many statements; the statements are named by the reading.
PLANS = st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=5)


def reading(name: int, counts: Sequence[int]) -> Steps[list[Any]]:
    """Ask so many statements in each step; answers all rows, in order."""
    got: list[Any] = []
    for step, count in enumerate(counts):
        got += yield [(f"{name}.{step}.{number}", ()) for number in range(count)]
    return got


@drawn(PLANS)
def test_each_of_many_readings_gets_the_rows_of_its_own_statements(plans: list[list[int]]) -> None:
    steps, visits = together([reading(name, counts) for name, counts in enumerate(plans)]), 0
    try:
        asked: list[Filled] = next(steps)
        while True:
            visits += 1
            asked = steps.send([[("row of", text)] for text, _ in asked])
    except StopIteration as finished:
        answers = finished.value
    wanted = [
        [[("row of", f"{name}.{step}.{number}")] for step, count in enumerate(counts) for number in range(count)]
        for name, counts in enumerate(plans)
    ]
    assert answers == wanted
    assert visits == max(map(len, plans), default=0)


async def test_a_single_step_of_many_statements_answers_the_rows_of_each_in_order(
    database: Database, acme: Company
) -> None:
    place = "$" if database.dialect == "postgres" else "?"
    statements: list[Filled] = [
        (f"SELECT name, {place}2 || {place}1 FROM users WHERE name = {place}1 ORDER BY name", ["Anna", "Hi "]),
        (f"SELECT name FROM users WHERE name = {place}1", ["Nobody"]),
        (f"SELECT name FROM users WHERE name IN ({place}1, {place}2) ORDER BY name DESC", ["Anna", "Bartek"]),
    ]

    async with databases.snapshot(single=True) as snapshot:
        first, second, third = await snapshot.run(together([one_step(*each) for each in statements]))

    assert [tuple(row) for row in first] == [("Anna", "Hi Anna")]
    assert list(second) == []
    assert [row[0] for row in third] == ["Bartek", "Anna"]
