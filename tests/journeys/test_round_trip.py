"""A whole account, exported and imported into an empty one, is the same account; and an import can be taken back."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from models.accounts import Account, PlanUsage
from models.activities import ActivityType
from models.base import Visibility, now
from models.contacts import Organization, Person
from models.custom_fields import CustomField, CustomFieldOption, CustomFieldType
from models.database import Database
from models.deals import Deal
from models.import_kinds import ImportKind
from models.labels import LeadLabel
from models.leads import Lead
from models.products import BillingFrequency, DealProduct, DiscountType, Product, ProductPrice, TaxMethod
from resolvers import (
    activities,
    contacts,
    custom_fields,
    deals,
    ids,
    imports,
    installments,
    leads,
    lines,
    notes,
    products,
)
from resolvers.access import Viewer
from resolvers.errors import ErrorCode
from tests import given
from tests.given import Company
from tests.refusals import global_id, refused
from tests.replaying import State, rows_of, told
from tests.tables import export, import_, settled, table, undo
from tests.uploading import sent_table, skipped

pytestmark = pytest.mark.usefixtures("store")

CONTACTS = (ImportKind.ORGANIZATIONS, ImportKind.PEOPLE)
OPPORTUNITIES = (ImportKind.LEADS, ImportKind.DEALS)
SOLD = (ImportKind.LINES, ImportKind.DISCOUNTS, ImportKind.INSTALLMENTS)
CHILDREN = (ImportKind.NOTES, ImportKind.ACTIVITIES)
ORDER = (*CONTACTS, ImportKind.PRODUCTS, *OPPORTUNITIES, *SOLD, *CHILDREN)
few = st.integers(0, 2)
names = st.sampled_from(["Jan Nowak", "Żubr sp. z o.o.", "=1+1", "O'Neil, Ewa", 'A "quoted" one', "-", "Łoś; dach"])
texts = st.sampled_from(["=1+1", 'two\n\nlines, "quoted"', "<b>bold</b>; 'x'", "@[nobody] ąęł"])
worth = st.one_of(st.none(), st.tuples(st.integers(0, 10**9), st.sampled_from(["PLN", "JPY", "KWD"])))
a_contact = st.tuples(names, few, st.lists(st.sampled_from(["a@zubr.pl", "b@los.pl"]), unique=True, max_size=2), few)
LABELS = ["Hot, warm", '"Quoted"; a | b', "'=1", "=1", 'six" pipe']
OPTIONS = ["a, b", "=1", "Łoś; dach"]
# A field of each type, by names that are not easy on a table.
FIELDS = dict(
    zip(
        ["Title", "Value", "value (custom)", "=Date", "Łoś", "A; b", "Advisor", "Firm", "Owner"],
        CustomFieldType,
        strict=True,
    )
)
custom_values = st.fixed_dictionaries(
    {},
    optional={
        "Title": names.map(lambda text: {"text": text}),
        "Value": st.sampled_from(["0", "-1.234", "1234.567", "99999999999.000001"]).map(
            lambda n: {"number": Decimal(n)}
        ),
        "value (custom)": st.sampled_from([("1.234", "KWD"), ("0", "JPY"), ("1234.50", "PLN")]).map(
            lambda money: {"money": {"amount": Decimal(money[0]), "currency": money[1]}}
        ),
        "=Date": st.dates().map(lambda day: {"date": day}),
        "Łoś": few.map(lambda place: {"options": [place]}),
        "A; b": st.sets(few, min_size=1).map(lambda places: {"options": sorted(places)}),
        "Advisor": few.map(lambda place: {"person": place}),
        "Firm": few.map(lambda place: {"organization": place}),
        "Owner": few.map(lambda place: {"user": place}),
    },
)
an_opportunity = st.fixed_dictionaries(
    {"title": names, "value": worth, "person": few, "owner": few, "stage": few, "how": few}
    | {"custom": custom_values, "lines": st.lists(st.tuples(few, few, few), max_size=3)}
    | {"labels": st.sets(st.sampled_from(range(len(LABELS))), max_size=3)}
    | {"notes": st.lists(st.tuples(texts, few, st.none() | few), max_size=2)}
    | {"activities": st.lists(st.tuples(names, st.sampled_from(ActivityType), few, st.booleans()), max_size=2)}
    | {"discounts": st.lists(st.tuples(names, few), max_size=2), "installments": st.lists(names, max_size=3)}
)
a_product = st.fixed_dictionaries(
    {"name": names, "tax_rate": st.sampled_from([Decimal(0), Decimal("8.125"), Decimal(23)])},
    optional={
        "description": st.sampled_from(["=1", "two\nlines"]),
        "unit": st.just("h"),
        "prices": st.just([{"amount": Decimal("1.234"), "currency": "KWD"}, {"amount": Decimal(5), "currency": "PLN"}]),
    },
)
BILLED: list[dict[str, Any]] = [
    {"tax_method": TaxMethod.INCLUSIVE},
    {"billing_frequency": BillingFrequency.WEEKLY, "billing_cycles": 3, "billing_starts_on": date(2030, 1, 31)},
    {"billing_frequency": BillingFrequency.ANNUALLY, "is_enabled": False},
]
MEASURED: list[dict[str, Any]] = [
    {},
    {"quantity": Decimal("1.125"), "discount": Decimal("8.125")},
    {"discount_type": DiscountType.AMOUNT, "discount": Decimal(1)},
]


async def sell(viewer: Viewer, deal: Deal, sold: Any, catalogue: list[str]) -> None:
    """Put lines onto a deal; of a product, what is measured, and how it is billed, by their places."""
    currency = deal.currency or "PLN"
    price = {"amount": Decimal("1.5" if currency == "KWD" else "7"), "currency": currency}
    made: Any = [
        {"product_id": catalogue[product], "item_price": price, **MEASURED[measured], **BILLED[billed]}
        for product, measured, billed in sold
    ]
    if made:
        await lines.add_lines(viewer, {"deal_id": global_id(deal), "products": made})


REDUCED: list[dict[str, Any]] = [
    {"discount_type": DiscountType.PERCENTAGE, "discount": Decimal("8.125")},
    {"discount_type": DiscountType.PERCENTAGE, "discount": Decimal(100)},
    {"discount_type": DiscountType.AMOUNT, "discount": Decimal(2)},
]


async def reduce_and_split(viewer: Viewer, deal: Deal, each: Any) -> None:
    """Give a deal its discounts, and the installments that what it sells may have."""
    key = global_id(deal)
    discounts: Any = [{"description": text, **REDUCED[kind]} for text, kind in each["discounts"]]
    await installments.set_discounts(viewer, {"deal_id": key, "discounts": discounts})
    if each["lines"] and all(billed == 0 for _, _, billed in each["lines"]):
        due = {"amount": Decimal(3), "bills_on": date(2030, 1, 31)}
        parts: Any = [{"description": text, **due} for text in each["installments"]]
        await installments.set_installments(viewer, {"deal_id": key, "installments": parts})


async def write_upon(record: Any, each: Any, users: list[Any]) -> None:
    """Put notes, some of which mention somebody, and activities onto a lead or a deal."""
    on: Any = {"lead_id" if isinstance(record, Lead) else "deal_id": global_id(record)}
    for body, author, mentioned in each["notes"]:
        more = "" if mentioned is None else f" @[{global_id(users[mentioned])}]!"
        await notes.add_note(await given.viewer(users[author]), {**on, "body": body + more})
    for subject, type, assignee, is_done in each["activities"]:
        whose: Any = {"assignee_id": global_id(users[assignee]), "due_at": now() if is_done else None}
        viewer = await given.viewer(users[assignee])
        key = await activities.add_activity(viewer, {**on, **whose, "subject": subject, "type": type})
        if is_done:
            await activities.complete_activity(viewer, {"id": ids.encode("Activity", key)})


async def define_fields(viewer: Viewer) -> None:
    for name, type in FIELDS.items():
        options = OPTIONS if "OPTION" in type else None
        await custom_fields.create_custom_field(viewer, {"name": name, "type": type, "options": options})


async def drafts_of(values: Any, people: list[Person], firms: list[Organization], users: list[Any]) -> Any:
    """Values of custom fields as a client gives them."""
    fields = {field.name: field for field in await CustomField.filter(account_id=users[0].account_id)}
    pointed = {"person": people, "organization": firms, "user": users}
    drafts = []
    for name, value in values.items():
        (member, given_value), field = next(iter(value.items())), fields[name]
        if member in pointed:
            value = {f"{member}_id": global_id(pointed[member][given_value])}
        elif member == "options":
            options = await CustomFieldOption.filter(field_id=field.id).order_by("position")
            value = {"option_ids": [global_id(options[place]) for place in given_value]}
        drafts.append({"custom_field_id": global_id(field), **value})
    return drafts


async def shown(viewer: Viewer) -> dict[str, list[Any]]:
    """All that an account exports, without the ids and instants that are each account's own; contacts by name."""
    found = {}
    contacts_there = [*await Person.filter(account_id=viewer.account_id)]
    contacts_there += await Organization.filter(account_id=viewer.account_id)
    names = {global_id(contact): contact.name for contact in contacts_there}
    for kind in ORDER:
        opened = await table(viewer, kind.lower())
        kept = [
            place
            for place, name in enumerate(opened.columns)
            if "ID" not in name and (kind in CHILDREN or name != "Created")
        ]
        cells = [[row[place] for place in kept] async for page in opened.rows() for row in page]
        rows = [[names.get(cell, cell) if isinstance(cell, str) else cell for cell in row] for row in cells]
        found[kind.value] = sorted(rows, key=repr)
    return found


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@over(
    people=st.lists(a_contact, min_size=3, max_size=4),
    opportunities=st.lists(an_opportunity, max_size=4),
    catalogue=st.lists(a_product, min_size=3, max_size=3),
    form=st.sampled_from(["csv", "jsonl", "xlsx"]),
)
async def test_a_whole_account_goes_round(
    database: Database, tmp_path_factory: Any, people: Any, opportunities: Any, catalogue: Any, form: str
) -> None:
    one, other, folder = await given.company("One"), await given.company("Other"), tmp_path_factory.mktemp("files")
    users = [one.anna, one.bartek, one.admin]
    mine, theirs = await given.viewer(one.admin), await given.viewer(other.admin)
    for viewer in (mine, theirs):
        await define_fields(viewer)
    made, firms = [], []
    for name, owner, emails, organization in people:
        firm = await given.organization(users[owner], name, domain=None if organization else "zubr.pl", address=name)
        firms.append(firm)
        made.append(
            await given.person(
                users[owner],
                name,
                emails=emails,
                phones=["+48 600 100 200"][:owner],
                organization_id=None if organization == 1 else firm.id,
                visibility=Visibility.TEAM if organization else Visibility.EVERYONE,
            )
        )
    named = [await given.label(one.account, name) for name in LABELS]
    sold = []
    for place, each in enumerate(catalogue):
        draft = {**each, "code": "=A" if place else None} if place < 2 else each
        sold.append(ids.encode("Product", await products.create_product(mine, draft)))
    for each in opportunities:
        minor, currency = each["value"] or (None, None)
        columns: dict[str, Any] = {"value_minor": minor, "currency": currency, "person_id": made[each["person"]].id}
        labels, owner = [named[place] for place in each["labels"]], users[each["owner"]]
        lead = await given.lead(owner, each["title"], labels, **columns)
        closed: dict[str, Any] = [
            {},
            {"status": "WON", "closed_at": now()},
            {"status": "LOST", "closed_at": now(), "lost_reason": "=price"},
        ][each["how"]]
        deal = await given.deal(
            owner, one.stages[each["stage"]], each["title"], labels, **columns, **closed, probability=50
        )
        drafts = await drafts_of(each["custom"], made, firms, users)
        await leads.update_lead(mine, {"id": global_id(lead), "custom_fields": drafts})
        await deals.update_deal(mine, {"id": global_id(deal), "custom_fields": drafts})
        await sell(mine, deal, each["lines"], sold)
        await reduce_and_split(mine, deal, each)
        for record in (lead, deal):
            await write_upon(record, each, users)
        await Lead.filter(id=lead.id).update(archived_at=now() if each["how"] else None)
    await products.update_product(mine, {"id": sold[0], "is_active": False})
    async with told(other.id):
        files = [(kind, await export(mine, kind, form, folder)) for kind in ORDER]
        files = [(kind, file) for kind, file in files if file.stat().st_size]  # no row, no JSON line
        for kind, file in files:
            report = await import_(theirs, kind, file)
            assert report.skipped == (), report.skipped
        again = [await import_(theirs, kind, file) for kind, file in files]
    assert await shown(theirs) == await shown(mine)
    assert {(report.rows_created, report.rows_skipped) for report in again} == {(0, 0)}


@pytest.mark.parametrize("kind", [*CONTACTS, *OPPORTUNITIES])
async def test_an_import_is_undone_as_a_unit(acme: Company, tmp_path: Path, kind: ImportKind) -> None:
    rows = "ID,Title,Person,E-mail,Organization,Value\n1,A,Jan,jan@zubr.pl,Żubr,100\n2,B,Ewa,ewa@los.pl,Łoś,200\n"
    (tmp_path / "first.csv").write_text(rows)
    more_rows = rows.replace("A,Jan", "A2,Jan Nowak").replace("Żubr", "Żubr SA") + "3,C,Olga,,Wilk,1\n"
    (tmp_path / "more.csv").write_text(more_rows)
    admin = await given.viewer(acme.admin)
    async with told(acme.id):
        empty = settled(await rows_of(acme.id))
        first = await import_(admin, kind, tmp_path / "first.csv")
        filled = settled(await rows_of(acme.id))
        more = await import_(admin, kind, tmp_path / "more.csv")
        assert (first.rows_created, more.rows_created, more.rows_skipped) == (2, 1, 0)
        for report, before in ((more, filled), (first, empty)):
            await undo(admin, report)
            assert settled(await rows_of(acme.id)) == before
        assert (await PlanUsage.get(account_id=acme.id)).open_deals == 0
        async with refused(ErrorCode.INVALID, "id"):
            await undo(admin, first)
        assert (await import_(admin, kind, tmp_path / "first.csv")).rows_created == 2


async def test_what_was_changed_since_an_import_stays(acme: Company, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("ID,Title,Person\n1,A,Jan\n2,B,Ewa\n")
    admin = await given.viewer(acme.admin)
    async with told(acme.id):
        report = await import_(admin, ImportKind.DEALS, tmp_path / "deals.csv")
        kept = await Deal.get(title="A")
        await deals.update_deal(admin, {"id": global_id(kept), "title": "Mine now"})
        await contacts.update_person(admin, {"id": global_id(await Person.get(name="Ewa")), "phones": ["600100200"]})
        await undo(admin, report)
    assert [deal.title for deal in await Deal.filter(removed_at=None)] == ["Mine now"]
    assert {person.name for person in await Person.filter(removed_at=None)} == {"Jan", "Ewa"}
    assert (await PlanUsage.get(account_id=acme.id)).open_deals == 1


async def test_deals_over_the_plan_limit_go_to_the_skip_file(acme: Company, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("Title,Status,Stage\nA,,Proposal\nB,won,\nC,OPEN,\nD,,\nE,,Nowhere\nF,maybe,\n")
    await Account.filter(id=acme.id).update(plan_name=(await given.limited_account(2)).plan_name)
    report = await import_(await given.viewer(acme.admin), ImportKind.DEALS, tmp_path / "deals.csv")
    assert (report.rows_created, report.rows_skipped) == (3, 3)
    assert [each.number for each in report.skipped] == [5, 6, 7]
    assert "no place" in report.skipped[0].reason and "no place" in await skipped(report.import_id)
    assert (await PlanUsage.get(account_id=acme.id)).open_deals == 2
    assert (await Deal.get(title="A")).stage_id == acme.stages[1].id


async def test_an_id_of_this_very_account_updates_its_record(acme: Company, tmp_path: Path) -> None:
    person = await given.person(acme.anna, "Jan", emails=["jan@zubr.pl"])
    hidden = await given.organization(acme.celina, "Secret", visibility=Visibility.OWNER)
    (tmp_path / "people.csv").write_text(f"ID,Person,E-mail\n{global_id(person)},Jan Nowak,\n")
    (tmp_path / "firms.csv").write_text(f"ID,Organization\n{global_id(hidden)},Mine\n")
    anna = await given.viewer(acme.anna)
    async with told(acme.id):
        assert (await import_(anna, ImportKind.PEOPLE, tmp_path / "people.csv")).rows_created == 0
        assert (await import_(anna, ImportKind.ORGANIZATIONS, tmp_path / "firms.csv")).rows_created == 0
    person = await Person.get(id=person.id)
    assert (person.name, person.emails) == ("Jan Nowak", ["jan@zubr.pl"])
    assert (await Organization.get(id=hidden.id)).name == "Secret"
    assert await Lead.all().count() == 0


async def test_an_id_elsewhere_has_one_space_for_many_whatever_it_is_of(acme: Company, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("ID,Person\nA  1,Jan\n")
    (tmp_path / "leads.csv").write_text("ID,Title,Person ID\nB  1,Roof,A  1\nB 1,Dach,A 1\n")
    admin = await given.viewer(acme.admin)
    async with told(acme.id):
        assert (await import_(admin, ImportKind.PEOPLE, tmp_path / "people.csv")).rows_created == 1
        report = await import_(admin, ImportKind.LEADS, tmp_path / "leads.csv")
    assert (report.rows_created, report.rows_unchanged, report.rows_skipped) == (1, 1, 0)
    assert (await Lead.get(account_id=acme.id)).person_id == (await Person.get(name="Jan")).id


async def test_a_known_lead_is_updated_and_undoing_gives_back_what_it_was(acme: Company, tmp_path: Path) -> None:
    admin = await given.viewer(acme.admin)
    await define_fields(admin)
    header = "ID;Title;Person;Labels;Amount;Owner (custom);Owner;Advisor;A; b;Title (custom)".replace("A; b", '"A; b"')
    (tmp_path / "first.csv").write_text(f"{header}\n1;A;Jan;Hot;100;;;;;\n2;B;Ewa;;;;;;;\n")
    jan = await given.person(acme.anna, "Jan")
    rows = f'1;A2;;Cold;;Anna@example.com;bartek@example.com;{global_id(jan)};"=1\nŁOŚ; DACH";Boss\n2;;;;;;;;;\n'
    (tmp_path / "more.csv").write_text(f"{header}\n{rows}")
    async with told(acme.id):
        await import_(admin, ImportKind.LEADS, tmp_path / "first.csv")
        filled = settled(await rows_of(acme.id))
        more = await import_(admin, ImportKind.LEADS, tmp_path / "more.csv")
        assert (more.rows_created, more.rows_unchanged, more.rows_skipped) == (0, 1, 0)
        lead = await Lead.get(title="A2")
        assert (lead.value_minor, lead.owner_id) == (10000, acme.bartek.id)
        assert await LeadLabel.filter(lead_id=lead.id).count() == 1
        fields = {field.name: str(field.id) for field in await CustomField.filter(account_id=acme.id)}
        assert lead.custom[fields["Advisor"]][0]["person_id"] == str(jan.id)
        assert lead.custom[fields["Owner"]][0]["user_id"] == str(acme.anna.id)
        assert (len(lead.custom[fields["A; b"]]), lead.custom[fields["Title"]][0]["text"]) == (2, "Boss")
        await undo(admin, more)
        after = settled(await rows_of(acme.id))
        assert after == filled
    await Lead.filter(title="A").update(archived_at=now())
    (left_out,) = (await import_(admin, ImportKind.LEADS, tmp_path / "more.csv")).skipped
    assert "archived" in left_out.reason


async def test_a_bad_value_of_a_custom_field_goes_to_the_skip_file(acme: Company, tmp_path: Path) -> None:
    admin = await given.viewer(acme.admin)
    await define_fields(admin)
    (tmp_path / "leads.csv").write_text(
        "Person;Value (custom) (custom);Łoś;Advisor;Firm;Owner (custom)\nJan;dużo;=2;;;\nEwa;1 200,5;=1;;;\n"
        "Iga;;;nobody;;\nOla;;;;;nobody@example.com\nAla;;;;;nobody\n"
    )
    report = await import_(admin, ImportKind.LEADS, tmp_path / "leads.csv")
    assert [each.number for each in report.skipped] == [2, 4, 5, 6]
    reasons = [each.reason for each in report.skipped]
    assert (
        "Value (custom) (custom): This is not an amount" in reasons[0]
        and "Łoś: This field has no option =2" in reasons[0]
    )
    assert [reason.split(" the ")[0] for reason in reasons[1:3]] == [
        "There is no contact with",
        "No user of this account has",
    ]
    lead = await Lead.get(title="Ewa lead")
    assert sorted(values[0].get("number", "") for values in lead.custom.values()) == ["", "1200.5"]


async def test_products_and_lines_are_updated_and_undone_as_a_unit(acme: Company, tmp_path: Path) -> None:
    admin = await given.viewer(acme.admin)
    deal = await given.deal(acme.anna, acme.stages[0], "Roof", value_minor=500, currency="PLN")
    (tmp_path / "products.csv").write_text("ID,Name,Code,Price (PLN),VAT\n1,Tile,T-1,10,23%\n2,Hour,,5 EUR,\n")
    (tmp_path / "more.csv").write_text("ID,Name,Code,Price (PLN)\n,Red tile,T-1,12\n2,,H,\n3,Nail,H,\n4,,,1\n")
    head = "ID,Deal ID,Product ID,Code,Quantity,Price,Discount,Billing frequency,Billing cycles\n"
    of_deal = global_id(deal)
    (tmp_path / "lines.csv").write_text(f"{head}1,{of_deal},1,,2,,50,,\n2,{of_deal},,T-1,1,100 PLN,,MONTHLY,12\n")
    (tmp_path / "again.csv").write_text(
        f"{head}1,{of_deal},,,3,,,,\n2,{of_deal},,,,,,,\n3,nowhere,1,,1,,,,\n4,{of_deal},9,,1,,,,\n"
        f"5,{of_deal},2,,1,,,,\n6,{of_deal},1,,0,,,,\n7,{of_deal},1,,1,,,WEEKLY,\n"
    )
    before = settled(await rows_of(acme.id))
    async with told(acme.id):
        first = await import_(admin, ImportKind.PRODUCTS, tmp_path / "products.csv")
        tile = await Product.get(code="T-1")
        assert (first.rows_created, tile.tax_rate) == (2, 23000)
        filled = settled(await rows_of(acme.id))
        more = await import_(admin, ImportKind.PRODUCTS, tmp_path / "more.csv")
        assert [each.number for each in more.skipped] == [4, 5]
        assert await Product.filter(id=tile.id, name="Red tile").exists()
        assert [price.price_minor for price in await ProductPrice.filter(product_id=tile.id)] == [1200]
        await undo(admin, more)
        assert _without_ids(settled(await rows_of(acme.id))) == _without_ids(filled)
        sold = await import_(admin, ImportKind.LINES, tmp_path / "lines.csv")
        assert (sold.rows_created, (await Deal.get(id=deal.id)).value_minor) == (2, 123_000 * 12 // 10 + 1230)
        selling = settled(await rows_of(acme.id))
        again = await import_(admin, ImportKind.LINES, tmp_path / "again.csv")
        assert [each.number for each in again.skipped] == [4, 5, 6, 7, 8], again.skipped
        assert (again.rows_created, again.rows_unchanged) == (0, 1)
        await undo(admin, again)
        assert settled(await rows_of(acme.id)) == selling
        await undo(admin, first)
        assert await Product.filter(account_id=acme.id).count() == 1, "what a deal sells stays"
        await undo(admin, sold)
        assert await DealProduct.filter(account_id=acme.id).count() == 0
        left = {key: row for key, row in settled(await rows_of(acme.id)).items() if not key[0].startswith("product")}
        assert left == before


def _without_ids(state: State) -> list[str]:
    """What is there, prices by what they are of, for a price that is given back is a new row."""
    return sorted(
        repr({name: row[name] for name in row if key[0] != "product_price" or name != "id"})
        for key, row in state.items()
    )


async def test_only_an_admin_imports_products(acme: Company, tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("Name\nTile\n")
    anna = await given.viewer(acme.anna)
    key = await sent_table(anna, tmp_path / "products.csv")
    async with refused(ErrorCode.FORBIDDEN):
        await imports.run_import(anna, key, kind=ImportKind.PRODUCTS)
