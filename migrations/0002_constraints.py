"""What must never be, and what must be found fast. The values are listed as they were then."""

from tortoise import migrations

from models.constraining import Constrain
from models.constraints import Check, Index, Reference, Rule, one_of_values, unique

VISIBILITIES = "OWNER TEAM EVERYONE"
SOURCES = "MANUAL API IMPORT WEB_FORM CHATBOT LIVE_CHAT PROSPECTOR CONVERSION"
KINDS = (
    "LEAD_ADDED LEAD_UPDATED LEAD_ARCHIVED LEAD_UNARCHIVED LEAD_DELETED LEAD_CONVERTED LEAD_WAITLISTED "
    "CONVERSION_UNDONE DEAL_ADDED DEAL_UPDATED DEAL_MOVED DEAL_CLOSED DEAL_REOPENED DEAL_DELETED DEAL_CONVERTED "
    "PIPELINE_ADDED PERSON_ADDED PERSON_UPDATED ORGANIZATION_ADDED ORGANIZATION_UPDATED LABEL_ADDED NOTE_ADDED "
    "COMMENT_ADDED ACTIVITY_ADDED ACTIVITY_COMPLETED INVOICE_ADDED INVOICE_VOIDED IMPORT_PROGRESSED "
    "TEAM_ADDED ACCESS_CHANGED"
)

ACCOUNTS: list[Rule] = [
    Check("plans", "limit_not_negative", "open_deal_limit >= 0"),
    Reference("accounts", "plan_name", "plans", "name", looked_up=False),
    Check("accounts", "revision_not_negative", "revision >= 0"),
    Check("accounts", "currency_of_three_letters", "length(currency) = 3"),
    Reference("plan_usages", "account_id", "accounts", "id"),
    Check("plan_usages", "open_deals_not_negative", "open_deals >= 0"),
]

USERS: list[Rule] = [
    unique("users", "account_id, id"),
    unique("users", "account_id, email"),
    one_of_values("users", "role", "ADMIN REGULAR"),
    Reference("users", "account_id", "accounts", "id"),
    unique("teams", "account_id, id"),
    Reference("teams", "account_id", "accounts", "id"),
    unique("team_members", "team_id, user_id"),
    Index("team_members", "user_id"),
    Reference("team_members", "account_id, team_id", "teams"),
    Reference("team_members", "account_id, user_id", "users"),
    unique("tokens", "hash"),
    Index("tokens", "user_id"),
    Reference("tokens", "account_id, user_id", "users"),
]

CONTACTS: list[Rule] = [
    one_of_values("people", "visibility", VISIBILITIES),
    Check("people", "version_positive", "version >= 1"),
    unique("people", "account_id, id"),
    Index("people", "account_id, created_at, id"),
    Index("people", "owner_id"),
    Index("people", "organization_id", where="organization_id IS NOT NULL"),
    Reference("people", "account_id, owner_id", "users"),
    Reference("people", "account_id, organization_id", "organizations"),
    one_of_values("organizations", "visibility", VISIBILITIES),
    Check("organizations", "version_positive", "version >= 1"),
    unique("organizations", "account_id, id"),
    Index("organizations", "account_id, created_at, id"),
    Index("organizations", "owner_id"),
    Reference("organizations", "account_id, owner_id", "users"),
    one_of_values("contact_keys", "kind", "EMAIL PHONE DOMAIN NAME NAME_PART"),
    Check("contact_keys", "of_one_contact", "(person_id IS NULL) <> (organization_id IS NULL)"),
    Index("contact_keys", "account_id, kind, value"),
    Index("contact_keys", "person_id", where="person_id IS NOT NULL"),
    Index("contact_keys", "organization_id", where="organization_id IS NOT NULL"),
    Reference("contact_keys", "account_id, person_id", "people"),
    Reference("contact_keys", "account_id, organization_id", "organizations"),
]

PIPELINES: list[Rule] = [
    unique("pipelines", "account_id, id"),
    unique("pipelines", "account_id", where="is_default", called="one_default"),
    Reference("pipelines", "account_id", "accounts", "id"),
    unique("stages", "account_id, id"),
    unique("stages", "account_id, pipeline_id, id"),
    Index("stages", "pipeline_id, position"),
    Check("stages", "probability_in_percent", "probability BETWEEN 0 AND 100"),
    Check("stages", "rotten_after_days_not_negative", "rotten_after_days >= 0"),
    Reference("stages", "account_id, pipeline_id", "pipelines"),
]

LABELS: list[Rule] = [
    unique("labels", "account_id, id"),
    Reference("labels", "account_id", "accounts", "id"),
    unique("lead_labels", "lead_id, label_id"),
    Index("lead_labels", "label_id"),
    Reference("lead_labels", "account_id, lead_id", "leads"),
    Reference("lead_labels", "account_id, label_id", "labels"),
    unique("deal_labels", "deal_id, label_id"),
    Index("deal_labels", "label_id"),
    Reference("deal_labels", "account_id, deal_id", "deals"),
    Reference("deal_labels", "account_id, label_id", "labels"),
]


def opportunity(table: str) -> list[Rule]:
    """What holds for leads and deals alike."""
    return [
        one_of_values(table, "visibility", VISIBILITIES),
        one_of_values(table, "source", SOURCES),
        Check(table, "version_positive", "version >= 1"),
        Check(table, "value_whole", "(value_minor IS NULL) = (currency IS NULL)"),
        Check(table, "value_not_negative", "value_minor >= 0"),
        Check(table, "currency_of_three_letters", "length(currency) = 3"),
        unique(table, "account_id, id"),
        Index(table, "owner_id"),
        Index(table, "person_id", where="person_id IS NOT NULL"),
        Index(table, "organization_id", where="organization_id IS NOT NULL"),
        Reference(table, "account_id, owner_id", "users"),
        Reference(table, "account_id, person_id", "people"),
        Reference(table, "account_id, organization_id", "organizations"),
        Reference(table, "account_id, next_activity_id", "activities", looked_up=False),
    ]


LEADS: list[Rule] = [
    *opportunity("leads"),
    Check("leads", "with_contact", "person_id IS NOT NULL OR organization_id IS NOT NULL"),
    unique("leads", "account_id, import_key", where="import_key IS NOT NULL"),
    Index("leads", "account_id, created_at, id", "removed_at IS NULL AND archived_at IS NULL", "inbox"),
    Index("leads", "account_id, created_at, id", "removed_at IS NULL", "listed"),
]

DEALS: list[Rule] = [
    *opportunity("deals"),
    one_of_values("deals", "status", "OPEN WON LOST"),
    Check("deals", "closed_when_not_open", "(status = 'OPEN') = (closed_at IS NULL)"),
    Check("deals", "probability_in_percent", "probability BETWEEN 0 AND 100"),
    unique("deals", "source_lead_id", where="source_lead_id IS NOT NULL"),
    Index("deals", "stage_id, status, created_at, id", "removed_at IS NULL", "on_board"),
    Index("deals", "pipeline_id, status", "removed_at IS NULL", "in_pipeline"),
    Index("deals", "account_id, created_at, id", "removed_at IS NULL", "listed"),
    Reference("deals", "account_id, pipeline_id, stage_id", "stages", "account_id, pipeline_id, id"),
    Reference("deals", "account_id, source_lead_id", "leads"),
    one_of_values("invoices", "status", "ISSUED VOID"),
    Check("invoices", "amount_not_negative", "amount_minor >= 0"),
    Check("invoices", "currency_of_three_letters", "length(currency) = 3"),
    unique("invoices", "account_id, number"),
    Index("invoices", "deal_id"),
    Reference("invoices", "account_id, deal_id", "deals"),
]

NOTES: list[Rule] = [
    Check("notes", "on_one_opportunity", "(lead_id IS NULL) <> (deal_id IS NULL)"),
    unique("notes", "account_id, id"),
    Index("notes", "lead_id, created_at, id", where="lead_id IS NOT NULL"),
    Index("notes", "deal_id, created_at, id", where="deal_id IS NOT NULL"),
    Reference("notes", "account_id, lead_id", "leads"),
    Reference("notes", "account_id, deal_id", "deals"),
    Reference("notes", "account_id, author_id", "users", looked_up=False),
    unique("comments", "account_id, note_id, id"),
    Index("comments", "note_id, created_at, id"),
    Reference("comments", "account_id, note_id", "notes"),
    Reference("comments", "account_id, author_id", "users", looked_up=False),
    Index("mentions", "note_id, position"),
    Index("mentions", "comment_id, position", where="comment_id IS NOT NULL"),
    Reference("mentions", "account_id, note_id", "notes"),
    Reference("mentions", "account_id, note_id, comment_id", "comments", "account_id, note_id, id"),
    Reference("mentions", "account_id, user_id", "users", looked_up=False),
]

ACTIVITIES: list[Rule] = [
    one_of_values("activities", "type", "CALL MEETING TASK DEADLINE EMAIL LUNCH"),
    Check("activities", "on_one_opportunity", "(lead_id IS NULL) <> (deal_id IS NULL)"),
    unique("activities", "account_id, id"),
    Index("activities", "lead_id, created_at, id", where="lead_id IS NOT NULL"),
    Index("activities", "deal_id, created_at, id", where="deal_id IS NOT NULL"),
    Index("activities", "assignee_id"),
    Reference("activities", "account_id, lead_id", "leads"),
    Reference("activities", "account_id, deal_id", "deals"),
    Reference("activities", "account_id, assignee_id", "users"),
]

CONVERSIONS: list[Rule] = [
    unique("conversions", "lead_id", where="undone_at IS NULL", called="one_standing"),
    Index("conversions", "lead_id"),
    Index("conversions", "deal_id"),
    Reference("conversions", "account_id, lead_id", "leads"),
    Reference("conversions", "account_id, deal_id", "deals"),
    Reference("conversions", "account_id, by_id", "users", looked_up=False),
    unique("waiting_conversions", "lead_id"),
    Index("waiting_conversions", "account_id, id"),
    Reference("waiting_conversions", "account_id, lead_id", "leads"),
    Reference("waiting_conversions", "account_id, requested_by_id", "users", looked_up=False),
    unique("idempotency_keys", "account_id, user_id, command, key"),
    Index("idempotency_keys", "created_at"),
    Reference("idempotency_keys", "account_id, user_id", "users"),
]

IMPORTS: list[Rule] = [
    one_of_values("imports", "status", "UPLOADED RUNNING COMPLETED FAILED"),
    Check(
        "imports",
        "counts_not_negative",
        "rows_read >= 0 AND rows_created >= 0 AND rows_unchanged >= 0 AND rows_skipped >= 0",
    ),
    Index("imports", "account_id, user_id"),
    Reference("imports", "account_id, user_id", "users"),
]

CHANGES: list[Rule] = [
    one_of_values("changes", "kind", KINDS),
    Check("changes", "revision_positive", "revision >= 1"),
    unique("changes", "account_id, revision"),
    Index("changes", "account_id, at"),
    Reference("changes", "account_id", "accounts", "id"),
    Reference("changes", "account_id, actor_id", "users", looked_up=False),
]


class Migration(migrations.Migration):
    """Constraints and indexes on every table."""

    dependencies = [("models", "0001_initial")]
    operations = [
        Constrain(
            *ACCOUNTS,
            *USERS,
            *CONTACTS,
            *PIPELINES,
            *LABELS,
            *LEADS,
            *DEALS,
            *NOTES,
            *ACTIVITIES,
            *CONVERSIONS,
            *IMPORTS,
            *CHANGES,
        )
    ]
