"""Documents that front ends published: the texts that may be asked for by their hash."""

from tortoise import fields

from models.base import Row, now


class PublishedDocument(Row):
    """A GraphQL document under the SHA-256 of its text. It is of the installation, and holds nobody's data."""

    hash = fields.CharField(max_length=64)
    text = fields.TextField()
    published_at = fields.DatetimeField(default=now)

    class Meta:
        table = "published_documents"
