"""What more can happen: the log's kinds, with those of products, fields, files, doors and contacts."""

from tortoise import migrations

from models.constraining import Constrain, Release
from models.constraints import one_of_values

BEFORE = (
    "LEAD_ADDED LEAD_UPDATED LEAD_ARCHIVED LEAD_UNARCHIVED LEAD_DELETED LEAD_CONVERTED LEAD_WAITLISTED "
    "CONVERSION_UNDONE DEAL_ADDED DEAL_UPDATED DEAL_MOVED DEAL_CLOSED DEAL_REOPENED DEAL_DELETED DEAL_CONVERTED "
    "PIPELINE_ADDED PERSON_ADDED PERSON_UPDATED ORGANIZATION_ADDED ORGANIZATION_UPDATED LABEL_ADDED NOTE_ADDED "
    "COMMENT_ADDED ACTIVITY_ADDED ACTIVITY_COMPLETED INVOICE_ADDED INVOICE_VOIDED IMPORT_PROGRESSED "
    "TEAM_ADDED ACCESS_CHANGED"
)
MORE = (
    # mail
    "MAIL_ADDED",
    "MAIL_UPDATED",
    "PARTICIPANTS_CHANGED",
    "FOLLOWERS_CHANGED",
    "CONVERSION_ADVANCED",
    # projects
    "PROJECT_ADDED",
    "PROJECT_UPDATED",
    # products
    "PRODUCT_ADDED",
    "PRODUCT_UPDATED",
    "PRODUCTS_CHANGED",
    "INSTALLMENTS_CHANGED",
    # invoices
    "INVOICE_UPDATED",
    "INVOICE_SENT",
    "PAYMENTS_CHANGED",
    "INVOICING_CHANGED",
    # documents
    "TEMPLATE_ADDED",
    "TEMPLATE_UPDATED",
    "DOCUMENT_ADDED",
    # custom fields
    "FIELD_ADDED",
    "FIELD_UPDATED",
    # files
    "FILE_ADDED",
    "FILE_UPDATED",
    "FILE_DELETED",
    "FILE_RESTORED",
    # clean contacts
    "CONTACTS_MERGED",
    "MERGE_UNDONE",
    "CONTACTS_SEPARATED",
    # doors
    "FORM_ADDED",
    "FORM_UPDATED",
    "WAITLIST_LEFT",
    "CHAT_ADDED",
    "CHAT_UPDATED",
    "CONVERSATION_CHANGED",
)


class Migration(migrations.Migration):
    """The log takes them."""

    dependencies = [("models", "0004_board_index")]
    operations = [
        Release(one_of_values("changes", "kind", BEFORE)),
        Constrain(one_of_values("changes", "kind", " ".join((BEFORE, *MORE)))),
    ]
