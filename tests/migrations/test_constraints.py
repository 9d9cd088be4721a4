"""What must never be is refused by both databases themselves: every rule is there, and works."""

from typing import Any

import pytest
from tortoise import connections
from tortoise.exceptions import IntegrityError
from tortoise.migrations.schema_editor.asyncpg import AsyncpgSchemaEditor
from tortoise.migrations.schema_editor.sqlite import SqliteSchemaEditor

from models import database as databases
from models.base import new_id
from models.constraining import Constrain
from models.constraints import Check, Index, Reference
from models.conversions import Conversion
from models.custom_fields import CustomFieldValue
from models.database import Database
from models.invoices import Invoice
from models.leads import Lead
from models.migrating import migrate
from tests import given
from tests.given import Company
from tests.migrations.rows import change_row, copy_row, one_of_each
from tests.migrations.rules import CHECKS, INDEXES, REFERENCES, RULES, UNIQUES

# What breaks each check, as the SET clause of an UPDATE of a row that is sound.
BREAKING = {
    "plans_limit_not_negative": "open_deal_limit = -1",
    "accounts_revision_not_negative": "revision = -1",
    "accounts_currency_of_three_letters": "currency = 'zł'",
    "plan_usages_open_deals_not_negative": "open_deals = -1",
    "people_version_positive": "version = 0",
    "organizations_version_positive": "version = 0",
    "people_removed_where_merged": "removed_at = NULL",
    "organizations_removed_where_merged": "removed_at = NULL",
    "person_merges_of_two": "survivor_id = merged_id",
    "organization_merges_of_two": "survivor_id = merged_id",
    "person_separations_of_two": "other_id = contact_id",
    "organization_separations_of_two": "other_id = contact_id",
    "contact_keys_of_one_contact": "person_id = NULL",
    "stages_probability_in_percent": "probability = 101",
    "stages_rotten_after_days_not_negative": "rotten_after_days = -1",
    "leads_version_positive": "version = 0",
    "leads_value_whole": "currency = NULL",
    "leads_value_not_negative": "value_minor = -1",
    "leads_currency_of_three_letters": "currency = 'zł'",
    "leads_with_contact": "person_id = NULL, organization_id = NULL",
    "deals_version_positive": "version = 0",
    "deals_value_whole": "value_minor = NULL",
    "deals_value_not_negative": "value_minor = -1",
    "deals_currency_of_three_letters": "currency = 'zł'",
    "deals_closed_when_not_open": "status = 'OPEN'",
    "deals_probability_in_percent": "probability = -1",
    "deals_recurring_whole": "mrr_minor = 1",
    "products_version_positive": "version = 0",
    "products_tax_rate_in_percent": "tax_rate = 100001",
    "product_prices_price_not_negative": "price_minor = -1",
    "product_prices_currency_of_three_letters": "currency = 'zł'",
    "deal_products_discount_in_bounds": "discount = 100001",
    "deal_products_currency_of_three_letters": "currency = 'zł'",
    "deal_products_price_not_negative": "price_minor = -1",
    "deal_products_quantity_positive": "quantity = 0",
    "deal_products_tax_rate_in_percent": "tax_rate = -1",
    "deal_products_cycles_in_bounds": "billing_frequency = 'MONTHLY', billing_cycles = 209",
    "deal_products_one_time_once": "billing_cycles = 1",
    "deal_products_weekly_for_a_time": "billing_frequency = 'WEEKLY'",
    "deal_discounts_discount_in_bounds": "discount = 0",
    "deal_discounts_currency_of_three_letters": "currency = 'zł'",
    "deal_installments_amount_positive": "amount_minor = 0",
    "deal_installments_currency_of_three_letters": "currency = 'zł'",
    "document_templates_version_positive": "version = 0",
    "documents_of_one_source": "template_id = NULL",
    "documents_version_positive": "version = 0",
    "invoices_version_positive": "version = 0",
    "invoices_amount_not_negative": "amount_minor = -1, paid_minor = -1",
    "invoices_paid_at_most_once": "paid_minor = 3",
    "invoices_series_whole": "series_number = NULL",
    "invoices_sent_with_number": "number = NULL",
    "invoice_lines_quantity_positive": "quantity = 0",
    "invoice_lines_amounts_not_negative": "tax_minor = -1",
    "invoice_lines_currency_of_three_letters": "currency = 'zł'",
    "invoice_payments_amount_positive": "amount_minor = 0",
    "invoice_payments_currency_of_three_letters": "currency = 'zł'",
    "invoice_settings_days_not_negative": "days_to_pay = -1",
    "invoice_series_number_positive": "last_number = 0",
    "invoices_currency_of_three_letters": "currency = 'zł'",
    "notes_on_one_opportunity": "lead_id = NULL",
    "mail_links_on_one_opportunity": "lead_id = NULL",
    "mail_deliveries_attempts_not_negative": "attempts = -1",
    "activities_on_one_opportunity": "lead_id = NULL",
    "projects_version_positive": "version = 0",
    "projects_closed_when_not_open": "status = 'OPEN'",
    "deal_log_field_where_changed": "field = 'title'",
    "custom_field_values_on_one_opportunity": "lead_id = NULL",
    "custom_field_values_amount_whole": "currency = NULL",
    "files_one_parent": "deal_id = NULL",
    "files_size_not_negative": "size = -1",
    "uploads_known_once_stored": "status = 'STORED'",
    "formula_field_values_value_or_reason": "sort_key = NULL",
    "formula_field_values_amount_whole": "currency = NULL",
    "web_forms_with_stage": "stage_id = NULL",
    "web_forms_version_positive": "version = 0",
    "web_form_fields_names_custom_field": "custom_field_id = NULL",
    "chat_messages_by_an_agent": "author = 'BOT'",
    "form_submissions_became_one": "lead_id = NULL",
    "imports_counts_not_negative": "rows_read = -1",
    "conversion_runs_counts_in_order": "leads_converted = 1",
    "conversion_runs_finished_when_not_running": "status = 'RUNNING'",
    "changes_revision_positive": "revision = 0",
}


async def rows_of(statement: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = await connections.get("default").execute_query_dict(statement)
    return rows


async def found_in(database: Database) -> set[str]:
    """The names of all constraints and indexes that are no primary key."""
    if database.dialect == "postgres":
        constraints = (
            "SELECT conname AS name FROM pg_constraint WHERE conrelid <> 0 AND contype IN ('c', 'f') AND convalidated"
        )
        indexes = "SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public'"
        names = {row["name"] for row in [*await rows_of(constraints), *await rows_of(indexes)]}
        return {name for name in names if not name.endswith("_pkey") and "tortoise" not in name}
    indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    tables = await rows_of("SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'tortoise%'")
    constraints_of = [line.split('"')[1] for row in tables for line in row["sql"].split("\n") if " CONSTRAINT " in line]
    return {row["name"] for row in await rows_of(indexes)} | set(constraints_of)


async def test_every_declared_rule_is_in_the_database_and_no_other(database: Database) -> None:
    assert await found_in(database) == {rule.name for rule in RULES}


def test_no_two_rules_share_a_name() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(len(rule.name) <= 63 for rule in RULES), "PostgreSQL would cut the name"


def test_every_foreign_key_that_is_looked_up_has_an_index() -> None:
    def leads_to(index: Index, reference: Reference) -> bool:
        wanted = [column for column in reference.columns.split(", ") if column != "account_id"] or ["account_id"]
        columns = [column for column in index.columns.split(", ") if column != "account_id" or wanted == ["account_id"]]
        return index.table == reference.table and columns[:1] == wanted[-1:]

    keyed = {"plan_usages_account_id_in_accounts"}  # it is the primary key
    unindexed = {
        reference.name
        for reference in REFERENCES
        if reference.looked_up and not any(leads_to(index, reference) for index in INDEXES)
    }
    assert unindexed == keyed


def test_every_check_has_a_row_that_breaks_it() -> None:
    assert {check.name for check in CHECKS if not check.name.endswith("_known")} == BREAKING.keys()


async def refusal(database: Database, rule: Check | Reference | Index, attempt: object) -> None:
    """The attempt must fail because of the rule; SQLite does not say which foreign key it was."""
    with pytest.raises(IntegrityError) as refused:
        await attempt  # type: ignore[misc]
    if database.dialect == "postgres" or isinstance(rule, Check):
        assert rule.name in str(refused.value)


async def test_every_check_refuses_the_row_that_breaks_it(database: Database, acme: Company) -> None:
    rows = await one_of_each(acme)
    for check in CHECKS:
        column = check.about.removesuffix("_known")
        breaking = BREAKING.get(check.name, f"{column} = 'NOPE'")
        await refusal(database, check, change_row(rows[check.table], breaking))


def pointing(reference: Reference, target: object) -> str:
    """The SET clause that points a row elsewhere. A row of exactly one parent lets go of the one it has."""
    column = reference.columns.split(", ")[-1]
    let_go = {
        ("notes", "deal_id"): "lead_id = NULL, ",
        ("files", "message_id"): "deal_id = NULL, ",
        ("mail_links", "deal_id"): "lead_id = NULL, ",
        ("activities", "deal_id"): "lead_id = NULL, ",
        ("contact_keys", "organization_id"): "person_id = NULL, ",
        ("custom_field_values", "deal_id"): "lead_id = NULL, ",
        ("documents", "invoice_id"): "template_id = NULL, ",
        ("files", "person_id"): "deal_id = NULL, ",
        ("files", "organization_id"): "deal_id = NULL, ",
        ("project_tasks", "project_id"): "phase_id = NULL, ",
        ("form_submissions", "deal_id"): "lead_id = NULL, ",
    }
    return f"{let_go.get((reference.table, column), '')}{column} = '{target}'"


async def test_no_row_points_into_another_account(database: Database, acme: Company, other: Company) -> None:
    ours = await one_of_each(acme)
    theirs = await one_of_each(other)
    theirs["leads"] = await given.lead(other.anna)  # one that no deal comes from, nor waits
    theirs["people"], theirs["organizations"] = await given.person(other.anna), await given.organization(other.anna)
    for reference in [each for each in REFERENCES if "account_id" in each.target_columns]:
        elsewhere = pointing(reference, theirs[reference.target].pk)
        await refusal(database, reference, change_row(ours[reference.table], elsewhere))


async def test_no_row_points_to_what_is_not_there(database: Database, acme: Company) -> None:
    rows = await one_of_each(acme)
    for reference in [each for each in REFERENCES if each.target not in {"plans", "accounts"}]:
        await refusal(database, reference, change_row(rows[reference.table], pointing(reference, new_id())))


async def test_no_account_is_on_a_plan_that_is_not_there(acme: Company) -> None:
    with pytest.raises(IntegrityError):
        await change_row(acme.account, "plan_name = 'Unheard of'")


async def test_no_row_is_of_an_account_that_is_not_there(database: Database, acme: Company) -> None:
    rows = await one_of_each(acme)
    for reference in [each for each in REFERENCES if each.target == "accounts" and each.table != "plan_usages"]:
        other = {"key": "another"} if reference.table == "web_forms" else {}  # or that is refused before
        copied = copy_row(rows[reference.table], new_id(), account_id=new_id(), **other)
        await refusal(database, reference, copied)
    with pytest.raises(IntegrityError):
        await change_row(rows["plan_usages"], f"account_id = '{new_id()}'")


async def test_what_must_be_unique_is_refused_twice(database: Database, acme: Company) -> None:
    rows = await one_of_each(acme)
    of_deal = await CustomFieldValue.get(deal_id=rows["deals"].pk)  # beside that of a lead
    external: Any = {"is_external": True, "status": "SENT", "number": "1", "amount_minor": 1, "currency": "PLN"}
    recorded = await Invoice.create(account_id=acme.id, deal_id=rows["deals"].pk, **external)
    draft: Any = {"deal_id": rows["deals"].pk, "installment_id": new_id(), "amount_minor": 1, "currency": "PLN"}
    others = {
        "custom_field_values_deal_id_field_id_place": of_deal,
        "invoices_account_id_number": recorded,
        "invoices_installment_id": await Invoice.create(account_id=acme.id, **draft),
    }
    different: dict[str, dict[str, Any]] = {  # lets a row break one rule alone
        "deals_account_id_import_key": {"source_lead_id": (await given.lead(acme.anna)).id},
        "products_account_id_import_key": {"code": "S-3"},
    }
    for rule in UNIQUES:
        row = copy_row(others.get(rule.name, rows[rule.table]), new_id(), **different.get(rule.name, {}))
        await refusal(database, rule, row)


async def test_a_deals_stage_is_one_of_its_own_pipeline(acme: Company) -> None:
    second, stages = await given.pipeline(acme.account, "Second", is_default=False)
    deal = await given.deal(acme.anna, acme.stages[0])
    with pytest.raises(IntegrityError):
        await change_row(deal, f"stage_id = '{stages[0].id}'")
    with pytest.raises(IntegrityError):
        await change_row(deal, f"pipeline_id = '{second.id}'")
    await change_row(deal, f"pipeline_id = '{second.id}', stage_id = '{stages[0].id}'")


async def test_a_note_is_not_on_a_lead_and_a_deal_at_once(acme: Company) -> None:
    lead, deal = await given.lead(acme.anna), await given.deal(acme.anna, acme.stages[0])
    for child in (await given.note(acme.anna, lead), await given.activity(acme.anna, lead)):
        with pytest.raises(IntegrityError):
            await change_row(child, f"deal_id = '{deal.id}'")
        await change_row(child, f"deal_id = '{deal.id}', lead_id = NULL")


async def test_a_row_that_others_point_to_stays(acme: Company) -> None:
    lead = await given.lead(acme.anna)
    with pytest.raises(IntegrityError):
        await acme.anna.delete()
    assert await Lead.filter(id=lead.id).exists()


async def test_an_undone_conversion_makes_room_for_another(acme: Company) -> None:
    lead, deal = await given.lead(acme.anna), await given.deal(acme.anna, acme.stages[0])
    facts: dict[str, Any] = {"account_id": acme.id, "lead_id": lead.id, "deal_id": deal.id}
    facts |= {"by_id": acme.anna.id, "deal_version": 1}
    await Conversion.create(**facts, undone_at=lead.created_at)
    await Conversion.create(**facts, undone_at=lead.created_at)
    await Conversion.create(**facts)
    with pytest.raises(IntegrityError):
        await Conversion.create(**facts)


async def test_leads_that_were_not_imported_have_no_import_key_to_share(acme: Company) -> None:
    await given.lead(acme.anna)
    await given.lead(acme.anna)
    assert await Lead.filter(import_key__isnull=True).count() == 2


async def test_rules_are_taken_off_and_put_back_under_rows_that_are_there(empty_url: str) -> None:
    await migrate(empty_url)
    database = await databases.open_database(empty_url)
    rows = await one_of_each(await given.company())
    connection = connections.get("default")
    editor = (AsyncpgSchemaEditor if database.dialect == "postgres" else SqliteSchemaEditor)(connection)
    if database.dialect == "sqlite":
        await connection.execute_query("PRAGMA foreign_keys = OFF", [])
    operation = Constrain(*RULES)

    await operation.database_backward("models", None, None, editor)
    assert await found_in(database) == set()
    await change_row(rows["leads"], "version = 0")
    await change_row(rows["leads"], "version = 7")
    await operation.database_forward("models", None, None, editor)
    await operation.database_forward("models", None, None, editor)

    assert await found_in(database) == {rule.name for rule in RULES}
    assert (await Lead.get(id=rows["leads"].pk)).version == 7
    with pytest.raises(IntegrityError):
        await change_row(rows["leads"], "version = 0")
    await databases.close_database()
