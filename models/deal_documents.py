"""Documents: templates, and the PDFs that were made of them and of invoices."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, Versioned, now, one_of


class DocumentLanguage(StrEnum):
    """The language of a document."""

    EN = "EN"
    PL = "PL"


class DocumentTemplate(Versioned):
    """What documents are made of: HTML with merge fields, in Liquid. One that is not active makes no more."""

    name = fields.CharField(max_length=255)
    body = fields.TextField()
    language = one_of(DocumentLanguage, default=DocumentLanguage.EN, max_length=8)
    is_active = fields.BooleanField(default=True)

    class Meta:
        table = "document_templates"


class Document(AccountRow):
    """A PDF of a deal, made of a template or of an invoice at the version that `source_version` says.

    `version` counts the documents that a deal has of one source in one language. The file may be
    gone: `file_id` is no foreign key.
    """

    deal_id = fields.UUIDField()
    template_id = fields.UUIDField(null=True)
    invoice_id = fields.UUIDField(null=True)
    source_version = fields.IntField()
    language = one_of(DocumentLanguage, max_length=8)
    version = fields.IntField()
    name = fields.CharField(max_length=255)
    file_id = fields.UUIDField(null=True)
    creator_id = fields.UUIDField()
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "documents"
