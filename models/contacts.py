"""People and organizations, and the normalised keys they are matched by."""

from enum import StrEnum

from tortoise import fields

from models.base import AccountRow, Record, one_of


class Contact(Record):
    """What people and organizations have in common.

    One that was merged into another, or whose import was undone, is a tombstone: `removed_at` says
    since when, and `merged_into_id` which contact its id leads to now. `import_key` is as a lead's.
    """

    name = fields.CharField(max_length=255)
    folded_name = fields.CharField(max_length=512)
    removed_at = fields.DatetimeField(null=True)
    merged_into_id = fields.UUIDField(null=True)
    import_key = fields.CharField(max_length=64, null=True)

    class Meta:
        abstract = True


class Person(Contact):
    """A human contact. `emails` and `phones` are lists of text, as the user wrote them."""

    emails = fields.JSONField[list[str]](default=list)
    phones = fields.JSONField[list[str]](default=list)
    organization_id = fields.UUIDField(null=True)

    class Meta:
        table = "people"


class Organization(Contact):
    """A company or another body."""

    domain = fields.CharField(max_length=253, null=True)
    address = fields.CharField(max_length=1000, null=True)

    class Meta:
        table = "organizations"


class ContactKeyKind(StrEnum):
    """What a contact can be found by when duplicates are looked for."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    DOMAIN = "DOMAIN"
    NAME = "NAME"
    NAME_PART = "NAME_PART"


class ContactKey(AccountRow):
    """One normalised value that a contact is matched by; exactly one of person and organization.

    EMAIL lower-cased, PHONE in E.164, DOMAIN without free-mail providers, NAME folded
    (no case, diacritics or legal form), NAME_PART a folded name's word, to find similar names.
    """

    person_id = fields.UUIDField(null=True)
    organization_id = fields.UUIDField(null=True)
    kind = one_of(ContactKeyKind, max_length=9)
    value = fields.CharField(max_length=512)

    class Meta:
        table = "contact_keys"
