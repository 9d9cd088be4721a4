"""Custom fields: defined by admins, held by leads and deals alike, carried by conversions."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.base import Visibility, new_id
from models.changes import ChangeKind
from models.custom_fields import CustomFieldType
from models.deals import Deal
from models.leads import Lead
from resolvers import conversions, custom_fields, deals, ids, leads, reversals
from resolvers.access import Viewer
from resolvers.custom_fields import create_custom_field, update_custom_field
from resolvers.custom_values import MOST_FIELDS
from resolvers.errors import ErrorCode
from tests import given
from tests.asking import ask, statements
from tests.given import Company
from tests.refusals import global_id, refused
from tests.replaying import told
from tests.resolvers import telling
from tests.resolvers.test_waitlist import WAIT, convert, limit

VALUES = """customFields { field { name } text number money { amount currency } date option { name isActive }
  person { name } organization { name } user { name } }"""
DEFINED = "{ customFields { id name type isRequired options { id name isActive } } }"


async def define(company: Company, name: str, type: str = "TEXT", **more: Any) -> str:
    """The id of a new field."""
    admin = await given.viewer(company.admin)
    draft: Any = {"name": name, "type": CustomFieldType(type), **more}
    return ids.encode("CustomField", await create_custom_field(admin, draft))


async def options_of(company: Company, field: str) -> dict[str, str]:
    """The ids of a field's options, by name."""
    (found,) = [each for each in await defined(company) if each["id"] == field]
    return {option["name"]: option["id"] for option in found["options"]}


async def defined(company: Company) -> list[dict[str, Any]]:
    """The fields of an account, in order."""
    fields: list[dict[str, Any]] = (await ask(await given.viewer(company.anna), DEFINED))["customFields"]
    return fields


async def shown(viewer: Viewer, row: Lead | Deal) -> dict[str, list[Any]]:
    """The values of a lead or a deal, by field."""
    kind = type(row).__name__.lower()
    answer = await ask(viewer, f"query ($id: ID!) {{ row: {kind}(id: $id) {{ {VALUES} }} }}", id=global_id(row))
    found: dict[str, list[Any]] = {}
    for each in answer["row"]["customFields"]:
        values = [value for name, value in each.items() if name != "field" and value is not None]
        named = [value.get("name", value) if isinstance(value, dict) else value for value in values]
        found.setdefault(each["field"]["name"], []).extend(named)
    return found


async def fill(company: Company) -> tuple[list[dict[str, Any]], dict[str, list[Any]]]:
    """A field of each type: values for all of them, and how they are shown."""
    person = await given.person(company.anna, "Ewa Mak")
    firm = await given.organization(company.anna, "Młyn")
    one = await define(company, "Size", "OPTION", options=["Small", "Large"])
    many = await define(company, "Colours", "MULTI_OPTION", options=["Red", "Green", "Blue"])
    sizes, colours = await options_of(company, one), await options_of(company, many)
    values: list[tuple[str, dict[str, Any], Any]] = [
        (await define(company, "Word"), {"text": "  Żółć "}, "Żółć"),
        (await define(company, "Area", "NUMBER"), {"number": Decimal("-12.500")}, "-12.5"),
        (
            await define(company, "Budget", "MONEY"),
            {"money": {"amount": Decimal(7), "currency": "PLN"}},
            {"amount": "7.00", "currency": "PLN"},
        ),
        (await define(company, "Due", "DATE"), {"date": date(2030, 1, 31)}, "2030-01-31"),
        (one, {"option_ids": [sizes["Large"]]}, "Large"),
        (many, {"option_ids": [colours["Blue"], colours["Red"]]}, ["Red", "Blue"]),
        (await define(company, "Broker", "PERSON"), {"person_id": global_id(person)}, "Ewa Mak"),
        (await define(company, "Bank", "ORGANIZATION"), {"organization_id": global_id(firm)}, "Młyn"),
        (await define(company, "Engineer", "USER"), {"user_id": global_id(company.bartek)}, "Bartek"),
    ]
    names = {each["id"]: each["name"] for each in await defined(company)}
    drafts = [{"custom_field_id": field, **value} for field, value, _ in values]
    return drafts, {names[field]: value if isinstance(value, list) else [value] for field, _, value in values}


async def test_values_of_every_type_are_kept_and_shown_on_leads_and_deals_alike(acme: Company) -> None:
    drafts, expected = await fill(acme)
    anna = await given.viewer(acme.anna)
    person = global_id(await given.person(acme.anna))
    async with told(acme.id):
        lead = await leads.create_lead(anna, {"title": "A", "person_id": person, "custom_fields": drafts})
        deal = await deals.create_deal(
            anna, {"title": "A", "stage_id": global_id(acme.stages[0]), "custom_fields": drafts}
        )
    one, other = await Lead.get(id=lead), await Deal.get(id=deal)
    assert await shown(anna, one) == await shown(anna, other) == expected
    async with statements() as asked:
        await ask(anna, f"{{ deals {{ nodes {{ {VALUES} }} }} leads {{ nodes {{ {VALUES} }} }} }}")
    assert len(asked) == 4  # each list, and the values below each


async def test_what_is_given_is_set_the_rest_stays_and_null_empties(acme: Company) -> None:
    word, size = await define(acme, "Word"), await define(acme, "Area", "NUMBER")
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    this = {"id": global_id(lead)}
    both: Any = [{"custom_field_id": word, "text": "A"}, {"custom_field_id": size, "number": Decimal("1.0")}]
    async with told(acme.id) as log:
        await leads.update_lead(anna, {**this, "custom_fields": both})
        await leads.update_lead(anna, {**this, "custom_fields": both})  # again: no change
        await leads.update_lead(anna, {**this, "custom_fields": [{"custom_field_id": word, "text": None}]})
        assert await shown(anna, lead) == {"Area": ["1"]}
        await leads.update_lead(anna, {**this, "title": "Else"})
        await leads.update_lead(anna, {**this, "custom_fields": None})
    assert [change.kind for change in log] == [ChangeKind.LEAD_UPDATED] * 4
    assert await shown(anna, lead) == {}


async def test_a_value_that_its_field_does_not_take_is_refused(acme: Company, other: Company) -> None:
    drafts, _ = await fill(acme)
    by_name = dict(zip([each["name"] for each in await defined(acme)], await defined(acme), strict=True))
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    hidden = await given.person(acme.celina, visibility=Visibility.OWNER)
    sizes, colours = by_name["Size"]["options"], by_name["Colours"]["options"]
    theirs = await define(other, "Word")
    for field, value, code, path in [
        ("Word", {"number": Decimal(1)}, ErrorCode.INVALID, ["number"]),
        ("Word", {"text": " "}, ErrorCode.INVALID, ["text"]),
        ("Word", {"text": "x" * 256}, ErrorCode.INVALID, ["text"]),
        ("Area", {"number": Decimal("0.0000001")}, ErrorCode.INVALID, ["number"]),
        ("Area", {"number": Decimal(10**12)}, ErrorCode.INVALID, ["number"]),
        ("Budget", {"money": {"amount": Decimal("0.001"), "currency": "PLN"}}, ErrorCode.INVALID, ["money", "amount"]),
        ("Size", {"option_ids": [each["id"] for each in sizes]}, ErrorCode.TOO_MANY, ["optionIds"]),
        ("Size", {"option_ids": [colours[0]["id"]]}, ErrorCode.NOT_FOUND, ["optionIds", 0]),
        ("Broker", {"person_id": global_id(hidden)}, ErrorCode.NOT_FOUND, ["personId"]),
        ("Engineer", {"user_id": global_id(other.anna)}, ErrorCode.NOT_FOUND, ["userId"]),
    ]:
        draft: Any = [{"custom_field_id": by_name[field]["id"], **value}]
        async with refused(code, "customFields", 0, *path):
            await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": draft})
    for unknown in (theirs, ids.encode("CustomField", new_id())):
        async with refused(ErrorCode.NOT_FOUND, "customFields", 0, "customFieldId"):
            draft = [{"custom_field_id": unknown, "text": "A"}]
            await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": draft})
    async with refused(ErrorCode.INVALID, "customFields", 1, "customFieldId"):
        twice: Any = [{"custom_field_id": by_name["Word"]["id"], "text": each} for each in "AB"]
        await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": twice})
    async with refused(ErrorCode.TOO_MANY, "customFields"):
        await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": drafts * MOST_FIELDS})


async def test_a_contact_in_a_value_is_shown_to_those_who_see_it(acme: Company) -> None:
    broker = await define(acme, "Broker", "PERSON")
    celina, hidden = await given.viewer(acme.celina), await given.person(acme.celina, visibility=Visibility.OWNER)
    lead = await given.lead(acme.celina)
    draft: Any = [{"custom_field_id": broker, "person_id": global_id(hidden)}]
    await leads.update_lead(celina, {"id": global_id(lead), "custom_fields": draft})
    assert await shown(celina, lead) == {"Broker": ["Jan Kowalski"]}
    assert await shown(await given.viewer(acme.anna), lead) == {"Broker": []}


async def test_a_conversion_its_undo_and_the_way_back_carry_the_values(acme: Company) -> None:
    drafts, expected = await fill(acme)
    anna, lead = await given.viewer(acme.anna), await given.lead(acme.anna)
    word: Any = [drafts[0]["custom_field_id"]]

    def saying(text: str) -> Any:
        return [{"custom_field_id": word[0], "text": text}]

    async with told(acme.id):
        await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": drafts})
        await conversions.convert_leads(anna, {"lead_ids": [global_id(lead)]})
        deal = await Deal.get(source_lead_id=lead.id)
        assert await shown(anna, deal) == expected
        await deals.update_deal(anna, {"id": global_id(deal), "custom_fields": saying("Of the deal")})
        await reversals.undo_conversion(anna, {"lead_id": global_id(lead), "force": True})
        assert await shown(anna, lead) == expected  # as they were
        await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": saying("Of the lead")})
        await conversions.convert_leads(anna, {"lead_ids": [global_id(lead)]})
        assert await shown(anna, deal) == {**expected, "Word": ["Of the lead"]}  # the same deal, once more
        back = await reversals.convert_deal_to_lead(anna, {"id": global_id(deal)})
    assert await shown(anna, await Lead.get(id=back)) == {**expected, "Word": ["Of the lead"]}


async def test_a_lead_in_line_takes_along_what_it_has_when_its_turn_comes(acme: Company) -> None:
    word, anna = await define(acme, "Word", is_required=True), await given.viewer(acme.anna)
    deal, lead = await given.deal(acme.anna, acme.stages[0]), await given.lead(acme.anna)
    await limit(acme, 1)
    for text in ("As it is put in line", "As it is admitted"):
        draft: Any = [{"custom_field_id": word, "text": text}]
        await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": draft})
        await convert(acme, [lead], **WAIT)
    await deals.win_deal(anna, {"id": global_id(deal)})
    assert await shown(anna, await Deal.get(source_lead_id=lead.id)) == {"Word": ["As it is admitted"]}


async def test_a_deal_has_what_every_deal_and_its_stage_require(acme: Company) -> None:
    first, second = map(global_id, acme.stages[:2])
    lead = await given.lead(acme.anna)
    word = await define(acme, "Word", is_required=True)
    area = await define(acme, "Area", "NUMBER", required_by_stage_ids=[second])
    anna, filled = await given.viewer(acme.anna), {"custom_field_id": word, "text": "A"}
    required = await ask(
        anna,
        """{ customFields { name isRequired requiredByStages { name } }
        pipelines { stages { requiredCustomFields { name } } } }""",
    )
    assert required["customFields"] == [
        {"name": "Word", "isRequired": True, "requiredByStages": []},
        {"name": "Area", "isRequired": False, "requiredByStages": [{"name": acme.stages[1].name}]},
    ]
    assert [each["requiredCustomFields"] for each in required["pipelines"][0]["stages"]] == [[], [{"name": "Area"}], []]
    async with refused(ErrorCode.REQUIRED_FIELD_MISSING, "stageId") as caught:
        await deals.create_deal(anna, {"title": "A", "stage_id": second})
    assert "Word, Area" in caught.value.errors[0].message
    draft: Any = {"title": "A", "stage_id": first, "custom_fields": [filled]}
    deal = {"id": ids.encode("Deal", await deals.create_deal(anna, draft))}
    async with refused(ErrorCode.REQUIRED_FIELD_MISSING, "stageId"):
        await deals.move_deal(anna, {**deal, "stage_id": second})
    sized: Any = [{"custom_field_id": area, "number": Decimal(1)}]
    await deals.update_deal(anna, {**deal, "custom_fields": sized})
    await deals.move_deal(anna, {**deal, "stage_id": second})
    async with refused(ErrorCode.REQUIRED_FIELD_MISSING):
        await deals.update_deal(anna, {**deal, "custom_fields": [{"custom_field_id": area, "number": None}]})
    (failed,) = (await conversions.convert_leads(anna, {"lead_ids": [global_id(lead)]})).results
    assert [error.code for error in failed.errors] == [ErrorCode.REQUIRED_FIELD_MISSING]
    await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": [filled]})  # a lead may lack it
    (result,) = (await conversions.convert_leads(anna, {"lead_ids": [global_id(lead)]})).results
    assert result.errors == []


async def test_the_changelog_tells_each_value_from_what_to_what(acme: Company) -> None:
    drafts, _ = await fill(acme)
    anna, deal = await given.viewer(acme.anna), await given.deal(acme.anna, acme.stages[0])
    this = {"id": global_id(deal)}
    await deals.update_deal(anna, {**this, "custom_fields": drafts})
    await deals.update_deal(
        anna, {**this, "custom_fields": [{**drafts[2], "money": None}, {**drafts[5], "option_ids": []}]}
    )
    log = """query ($id: ID!) { deal(id: $id) { changelog { nodes { field customField { name } oldValue newValue
        oldOption { name } newOption { name } newPerson { name } newOrganization { name } newUser { name } } } } }"""
    entries = (await ask(anna, log, id=global_id(deal)))["deal"]["changelog"]["nodes"]
    assert {entry.pop("field") for entry in entries} == {"customFields"}
    told_of = [
        (entry.pop("customField")["name"], [(side, each) for side, each in entry.items() if each is not None])
        for entry in entries
    ]
    chosen = [("Colours", side, {"name": each}) for side in ("oldOption", "newOption") for each in ("Red", "Blue")]
    expected = [
        ("Word", "newValue", "Żółć"),
        ("Area", "newValue", "-12.5"),
        ("Budget", "newValue", "7.00 PLN"),
        ("Budget", "oldValue", "7.00 PLN"),
        ("Due", "newValue", "2030-01-31"),
        ("Size", "newOption", {"name": "Large"}),
        ("Broker", "newPerson", {"name": "Ewa Mak"}),
        ("Bank", "newOrganization", {"name": "Młyn"}),
        ("Engineer", "newUser", {"name": "Bartek"}),
    ]
    assert sorted(map(str, told_of)) == sorted(str((name, [(side, each)])) for name, side, each in expected + chosen)


async def test_boards_and_inboxes_hear_of_values(acme: Company) -> None:
    word = await define(acme, "Word")
    anna = await given.viewer(acme.anna)
    lead, deal = await given.lead(acme.anna), await given.deal(acme.anna, acme.stages[0])
    draft: Any = [{"custom_field_id": word, "text": "A"}]
    await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": draft})
    await deals.update_deal(anna, {"id": global_id(deal), "custom_fields": draft})
    (_, updated) = await telling.told(anna, "leadInboxChanged")
    assert (updated.type_name, updated.fields) == ("LeadUpdated", ["customFields"])
    (_, updated) = await telling.told(anna, "pipelineChanged", pipelineId=global_id(acme.pipeline))
    assert (updated.type_name, updated.fields) == ("DealUpdated", ["customFields"])


async def test_whoever_watches_leads_or_deals_reads_again_when_fields_are_defined_otherwise(acme: Company) -> None:
    admin, anna = await given.viewer(acme.admin), await given.viewer(acme.anna)
    colour = await define(acme, "Colour", "OPTION", options=["Red", "Blue"])
    (red, _) = (await options_of(acme, colour)).values()
    await update_custom_field(admin, {"id": colour, "name": "Hue"})
    await update_custom_field(admin, {"id": colour, "options": [{"id": red, "name": "Crimson"}]})
    await custom_fields.delete_custom_field(admin, {"id": colour})
    await custom_fields.restore_custom_field(admin, {"id": colour})
    deal, pipeline = global_id(await given.deal(acme.anna, acme.stages[0])), global_id(acme.pipeline)
    for root_field, arguments in (
        ("pipelineChanged", {"pipelineId": pipeline}),
        ("leadInboxChanged", {}),
        ("dealChanged", {"dealId": deal}),
        ("dealsChanged", {}),
    ):
        events = await telling.told(anna, root_field, **arguments)
        assert [(each.type_name, each.revision) for each in events] == [("Resync", n) for n in range(1, 6)]


async def test_fields_are_renamed_ordered_deleted_and_brought_back(acme: Company) -> None:
    admin, anna = await given.viewer(acme.admin), await given.viewer(acme.anna)
    one, two, three = [await define(acme, name) for name in ("One", "Two", "Three")]
    lead = await given.lead(acme.anna)
    values: Any = [{"custom_field_id": each, "text": "A"} for each in (one, two)]
    await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": values})
    async with told(acme.id) as log:
        for _ in range(2):
            await update_custom_field(admin, {"id": two, "name": "2", "is_required": True})
            await custom_fields.order_custom_fields(admin, {"ids": [three, two]})
        assert [field["name"] for field in await defined(acme)] == ["Three", "2", "One"]
        await custom_fields.delete_custom_field(admin, {"id": one})
        assert await shown(anna, lead) == {"2": ["A"]}
        assert [field["name"] for field in await defined(acme)] == ["Three", "2"]
        for _ in range(2):
            await custom_fields.restore_custom_field(admin, {"id": one})
    assert [change.kind for change in log] == [ChangeKind.FIELD_UPDATED] * 4
    assert [field["name"] for field in await defined(acme)] == ["Three", "2", "One"]
    assert await shown(anna, lead) == {"2": ["A"], "One": ["A"]}
    await custom_fields.delete_custom_field(admin, {"id": one})
    async with refused(ErrorCode.NOT_FOUND, "id"):
        await update_custom_field(admin, {"id": one, "name": "1"})
    await define(acme, "one")
    async with refused(ErrorCode.INVALID, "name"):
        await custom_fields.restore_custom_field(admin, {"id": one})


async def test_options_are_kept_renamed_added_and_left_out(acme: Company) -> None:
    admin, anna, lead = await given.viewer(acme.admin), await given.viewer(acme.anna), await given.lead(acme.anna)
    size = await define(acme, "Size", "OPTION", options=["Small", "Large"])
    sizes = await options_of(acme, size)
    chosen: Any = [{"custom_field_id": size, "option_ids": [sizes["Small"]]}]
    await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": chosen})
    async with told(acme.id) as log:
        for _ in range(2):
            large = {"id": sizes["Large"], "name": "L"}
            given_options: Any = [{"name": "M"} if "M" not in sizes else {"id": sizes["M"], "name": "M"}, large]
            await update_custom_field(admin, {"id": size, "options": given_options})
            sizes |= await options_of(acme, size)
    assert [change.kind for change in log] == [ChangeKind.FIELD_UPDATED]
    (field,) = await defined(acme)
    assert {option["name"]: option["isActive"] for option in field["options"]} == {"M": True, "L": True, "Small": False}
    assert await shown(anna, lead) == {"Size": ["Small"]}
    async with refused(ErrorCode.NOT_FOUND, "customFields", 0, "optionIds", 0):
        await leads.update_lead(anna, {"id": global_id(lead), "custom_fields": chosen})
    for options, code, path in (
        ([], ErrorCode.EMPTY, []),
        ([{"name": "A"}, {"name": "Ą"}], ErrorCode.INVALID, [1, "name"]),
        ([{"id": ids.encode("CustomFieldOption", new_id()), "name": "A"}], ErrorCode.NOT_FOUND, [0, "id"]),
        ([large, {**large, "name": "B"}], ErrorCode.INVALID, [1, "id"]),
    ):
        async with refused(code, "options", *path):
            await update_custom_field(admin, {"id": size, "options": options})  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("draft", "code", "path"),
    [
        ({"name": " ", "type": CustomFieldType.TEXT}, ErrorCode.INVALID, ["name"]),
        ({"name": "ŻÓŁĆ", "type": CustomFieldType.TEXT}, ErrorCode.INVALID, ["name"]),
        ({"name": "New", "type": CustomFieldType.TEXT, "options": ["A"]}, ErrorCode.INVALID, ["options"]),
        ({"name": "New", "type": CustomFieldType.OPTION}, ErrorCode.EMPTY, ["options"]),
        ({"name": "New", "type": CustomFieldType.OPTION, "options": ["A", "a"]}, ErrorCode.INVALID, ["options", 1]),
    ],
)
async def test_a_bad_field_is_refused(acme: Company, draft: Any, code: ErrorCode, path: list[Any]) -> None:
    await define(acme, "Żółć")
    async with refused(code, *path):
        await create_custom_field(await given.viewer(acme.admin), draft)


async def test_only_admins_define_fields_and_only_of_their_account(acme: Company, other: Company) -> None:
    field = await define(acme, "Word")
    anna, stranger = await given.viewer(acme.anna), await given.viewer(other.admin)
    for verb, draft in (
        (create_custom_field, {"name": "Mine", "type": CustomFieldType.TEXT}),
        (update_custom_field, {"id": field, "name": "Mine"}),
        (custom_fields.order_custom_fields, {"ids": [field]}),
        (custom_fields.delete_custom_field, {"id": field}),
        (custom_fields.restore_custom_field, {"id": field}),
    ):
        async with refused(ErrorCode.FORBIDDEN):
            await verb(anna, draft)  # type: ignore[operator]
        if verb is not create_custom_field:
            path = ["ids", 0] if "ids" in draft else ["id"]
            async with refused(ErrorCode.NOT_FOUND, *path):
                await verb(stranger, draft)  # type: ignore[operator]
    assert await defined(other) == []
    async with refused(ErrorCode.NOT_FOUND, "requiredByStageIds", 0):
        await define(acme, "Area", required_by_stage_ids=[global_id(other.stages[0])])


async def test_an_account_has_so_many_fields_at_most(acme: Company) -> None:
    for number in range(MOST_FIELDS):
        await define(acme, f"F{number}")
    async with refused(ErrorCode.TOO_MANY):
        await define(acme, "One more")
