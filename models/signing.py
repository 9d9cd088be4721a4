"""The key that links and addresses are signed with: one for all servers of a database, made once."""

from secrets import token_hex

from tortoise import fields

from models.base import Row

_NAME = "links"


class SigningKey(Row):
    """A random key, in hex."""

    name = fields.CharField(max_length=16)
    secret = fields.CharField(max_length=64)

    class Meta:
        table = "signing_keys"


async def signing_key() -> bytes:
    """The key of the open database; of servers that start together, one makes it."""
    row, _ = await SigningKey.get_or_create(name=_NAME, defaults={"secret": token_hex(32)})
    return bytes.fromhex(row.secret)
