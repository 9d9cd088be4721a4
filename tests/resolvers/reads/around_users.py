"""What users of a world have of their own: tokens, imports, and conversions of many leads."""

from models.conversions import ConversionRun, ConversionRunStatus
from models.imports import Import, ImportKind
from models.users import Token
from models.ways import Way
from tests.resolvers.reads.filling import START, Filling


async def make_own(filling: Filling) -> None:
    """A token of each user, one of them revoked, and imports and conversions of several."""
    tokens = [Token(**filling.own(), user_id=user.id, name="CI", hash=user.id.hex) for user in filling.rows["User"]]
    tokens[-1].revoked_at = START
    await filling.save("Token", tokens)
    await filling.save("Import", [_import(filling, number) for number in range(6)])
    await filling.save("ConversionRun", [_run(filling, number) for number in range(6)])


def _import(filling: Filling, number: int) -> Import:
    is_over = number % 2 == 1
    return Import(
        **filling.own(),
        user_id=filling.one("User"),
        file_name="leads.csv",
        path="x",
        kind=filling.dice.choice(list(ImportKind)),
        wanted={"legal": ["sp. z o.o."]} if number % 3 else None,
        failure="Not a table." if is_over else None,
        finished_at=START if is_over else None,
        undone_at=START if number == 3 else None,
        created_at=filling.instant(),
    )


def _run(filling: Filling, number: int) -> ConversionRun:
    is_over = number % 2 == 1
    return ConversionRun(
        **filling.own(),
        user_id=filling.one("User"),
        way=Way.API,
        status=ConversionRunStatus.FAILED if is_over else ConversionRunStatus.RUNNING,
        failure="The server was stopped." if is_over else None,
        finished_at=START if is_over else None,
        leads_total=filling.dice.randint(0, 9),
        created_at=filling.instant(),
    )
