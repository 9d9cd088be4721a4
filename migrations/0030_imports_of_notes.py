"""Imports of notes and activities, and what undoing an import does to them and to labels."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.constraining import Constrain, Release
from models.constraints import one_of_values, unique

KEYED = (("Note", "notes"), ("Activity", "activities"))
IMPORTED = "LEADS DEALS PEOPLE ORGANIZATIONS PRODUCTS LINES DISCOUNTS INSTALLMENTS"
HAPPENED = (
    "LEAD_ADDED LEAD_UPDATED LEAD_ARCHIVED LEAD_UNARCHIVED LEAD_DELETED LEAD_CONVERTED LEAD_WAITLISTED "
    "CONVERSION_UNDONE DEAL_ADDED DEAL_UPDATED DEAL_MOVED DEAL_CLOSED DEAL_REOPENED DEAL_DELETED DEAL_CONVERTED "
    "PIPELINE_ADDED PERSON_ADDED PERSON_UPDATED ORGANIZATION_ADDED ORGANIZATION_UPDATED LABEL_ADDED NOTE_ADDED "
    "COMMENT_ADDED ACTIVITY_ADDED ACTIVITY_COMPLETED INVOICE_ADDED INVOICE_VOIDED IMPORT_PROGRESSED "
    "TEAM_ADDED ACCESS_CHANGED "
    "MAIL_ADDED MAIL_UPDATED PARTICIPANTS_CHANGED FOLLOWERS_CHANGED CONVERSION_ADVANCED "
    "PROJECT_ADDED PROJECT_UPDATED PRODUCT_ADDED PRODUCT_UPDATED PRODUCTS_CHANGED INSTALLMENTS_CHANGED "
    "INVOICE_UPDATED INVOICE_SENT PAYMENTS_CHANGED INVOICING_CHANGED TEMPLATE_ADDED TEMPLATE_UPDATED "
    "DOCUMENT_ADDED FIELD_ADDED FIELD_UPDATED FILE_ADDED FILE_UPDATED FILE_DELETED FILE_RESTORED "
    "CONTACTS_MERGED MERGE_UNDONE CONTACTS_SEPARATED FORM_ADDED FORM_UPDATED WAITLIST_LEFT "
    "CHAT_ADDED CHAT_UPDATED CONVERSATION_CHANGED"
)
MORE = "NOTE_UPDATED NOTE_REMOVED ACTIVITY_UPDATED ACTIVITY_REMOVED LABEL_REMOVED"


class Migration(migrations.Migration):
    """Keys on notes and activities, two more kinds of imports, and what the log can tell of them."""

    dependencies = [("models", "0029_searched_texts")]
    operations = [
        *(ops.AddField(name, "import_key", fields.CharField(max_length=64, null=True)) for name, _ in KEYED),
        Release(one_of_values("imports", "kind", IMPORTED), one_of_values("changes", "kind", HAPPENED)),
        Constrain(
            one_of_values("imports", "kind", f"{IMPORTED} NOTES ACTIVITIES"),
            one_of_values("changes", "kind", f"{HAPPENED} {MORE}"),
            *(unique(table, "account_id, import_key", where="import_key IS NOT NULL") for _, table in KEYED),
        ),
    ]
