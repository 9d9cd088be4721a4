"""API tokens: made by users for their programs, shown once, revoked."""

from models.users import Token
from resolvers.access import load_viewer_of_token
from resolvers.errors import ErrorCode
from resolvers.tokens import MOST_TOKENS, create_token, hashed, revoke_token
from tests import given
from tests.asking import ask
from tests.refusals import refused


async def test_a_token_stands_for_its_user_until_it_is_revoked(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    key, secret = await create_token(anna, {"name": "CI"})
    assert await load_viewer_of_token(hashed(secret)) == anna
    for _ in range(2):
        await revoke_token(anna, {"id": f"token_{key.hex}"})
    assert await load_viewer_of_token(hashed(secret)) is None


async def test_what_is_secret_of_a_token_is_not_kept(acme: given.Company) -> None:
    key, secret = await create_token(await given.viewer(acme.anna), {"name": "CI"})
    assert secret not in {str(value) for value in vars(await Token.get(id=key)).values()}


async def test_a_token_is_its_users_own_even_before_an_admin(acme: given.Company) -> None:
    key, _ = await create_token(await given.viewer(acme.anna), {"name": "CI"})
    admin = await given.viewer(acme.admin)
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await revoke_token(admin, {"id": f"token_{key.hex}"})
    for viewer, names in ((await given.viewer(acme.anna), ["CI"]), (admin, [])):
        data = await ask(viewer, f'{{ tokens {{ name }} node(id: "token_{key.hex}") {{ id }} }}')
        assert [each["name"] for each in data["tokens"]] == names
        assert (data["node"] is not None) is bool(names)


async def test_a_user_has_only_so_many_tokens(acme: given.Company) -> None:
    anna = await given.viewer(acme.anna)
    tokens = [
        Token(account_id=acme.id, user_id=acme.anna.id, name="old", hash=f"{number}") for number in range(MOST_TOKENS)
    ]
    await Token.bulk_create(tokens)
    async with refused(ErrorCode.TOO_MANY):
        await create_token(anna, {"name": "one more"})
    await revoke_token(anna, {"id": f"token_{tokens[0].id.hex}"})
    await create_token(anna, {"name": "one more"})
