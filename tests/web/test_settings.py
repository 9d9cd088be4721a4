"""The settings: what admins define, as their pages show and change it."""

from uuid import uuid4

from playwright.async_api import expect

from tests.web.axe import find_barriers
from tests.web.server import Server
from tests.web.windows import JAN, Windows

CREATE_PERSON = (
    """mutation ($input: CreatePersonInput!) { createPerson(input: $input) { person { id } errors { message } } }"""
)
PERSON = "query ($id: ID!) { person(id: $id) { id name emails phones } }"
PRODUCTS = """query ($search: String) {
  products(search: $search) { nodes { name code isActive taxRate prices { price { amount currency } } } }
}"""
USAGE = "{ viewer { account { plan { openDealCount } } } }"
PLACES = "{ planPlaces { candidates { reason count } } }"
FIELDS = "{ customFields { name type isRequired options { name isActive } } }"


async def test_a_custom_field_is_made_changed_deleted_and_brought_back(server: Server, windows: Windows) -> None:
    name = f"Size {uuid4().hex[:8]}"
    page = await windows.open("/settings")
    await page.get_by_role("button", name="New field").click()
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("What it holds").select_option("OPTION")
    for number, option in enumerate(("Small", "Large"), start=1):
        await page.get_by_role("button", name="Add an option").click()
        await page.get_by_label(f"Option {number}", exact=True).fill(option)
    assert await find_barriers(page) == []
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("listitem").filter(has_text=name)).to_contain_text("Small, Large")
    await page.get_by_role("button", name=f"Edit: {name}").click()
    await page.get_by_role("button", name="Remove “Small”").click()
    await page.get_by_label("Option 1", exact=True).fill("Huge")
    await page.get_by_role("button", name="Save").click()
    row = page.get_by_role("listitem").filter(has_text=name)
    await expect(row).to_contain_text("Huge")
    fields = (await server.ask(FIELDS))["customFields"]
    (field,) = [each for each in fields if each["name"] == name]
    assert [each["name"] for each in field["options"] if each["isActive"]] == ["Huge"]
    await page.get_by_role("button", name=f"Move “{name}” up").click()
    await expect(page.get_by_role("button", name=f"Move “{name}” down")).to_be_enabled()
    assert (await server.ask(FIELDS))["customFields"][-2]["name"] == name
    await page.get_by_role("button", name=f"Delete: {name}").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(row).to_contain_text("Deleted")
    await page.get_by_role("button", name=f"Bring back: {name}").click()
    await expect(row).to_contain_text("Huge")


async def test_a_formula_that_does_not_fit_is_refused_with_what_the_check_says(windows: Windows) -> None:
    name = f"Left over {uuid4().hex[:8]}"
    page = await windows.open("/settings")
    await page.get_by_role("button", name="New formula").click()
    await page.get_by_label("Name", exact=True).fill(name)
    formula = page.get_by_label("Formula", exact=True)
    await formula.fill("value * probability% +")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Something is missing at the end.")).to_be_visible()
    await formula.fill("value * probability%")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("listitem").filter(has_text=name)).to_contain_text("value * probability%")
    await page.get_by_role("button", name=f"Delete: {name}").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("heading", name=name)).to_have_count(0)


async def test_a_product_is_put_into_the_catalogue_and_changed(server: Server, windows: Windows) -> None:
    name = f"Roof {uuid4().hex[:8]}"
    page = await windows.open("/settings/products")
    await page.get_by_role("button", name="New product").click()
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("Code").fill(name[-8:])
    await page.get_by_label("Tax, in percent").fill("23")
    await page.get_by_label("Price", exact=True).fill("1 200,50")
    assert await find_barriers(page) == []
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("searchbox", name="Search products").fill(name[-8:])
    row = page.get_by_role("listitem").filter(has_text=name)
    await expect(row).to_contain_text("1,200.50")
    await row.get_by_role("button", name="Edit").click()
    await page.get_by_role("button", name="Add a price").click()
    await page.get_by_label("Price", exact=True).last.fill("300")
    await page.get_by_label("Currency").last.fill("eur")
    await page.get_by_role("checkbox", name="It is sold").uncheck()
    await page.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("Not sold")
    (product,) = (await server.ask(PRODUCTS, search=name))["products"]["nodes"]
    assert (product["code"], product["isActive"], product["taxRate"]) == (name[-8:], False, "23")
    prices = {(each["price"]["currency"], each["price"]["amount"]) for each in product["prices"]}
    assert prices == {("PLN", "1200.50"), ("EUR", "300.00")}


async def test_duplicates_are_merged_side_by_side_undone_and_kept_separate(server: Server, windows: Windows) -> None:
    word = uuid4().hex[:8]
    ids = []
    for name in (f"Ewa {word}", f"Ewa {word} Nowak"):
        made = await server.ask(CREATE_PERSON, input={"name": name, "emails": [f"ewa@{word}.example"]})
        ids.append(made["createPerson"]["person"]["id"])
    page = await windows.open("/settings/contacts")
    pair = f"Ewa {word} Nowak and Ewa {word}"
    await page.get_by_role("button", name=f"Compare and merge: {pair}").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("checkbox", name="Name:").check()
    assert await find_barriers(page) == []
    await dialog.get_by_role("button", name="Merge").click()
    undo = page.get_by_role("button", name=f"Undo the merge of Ewa {word} Nowak")
    await expect(undo).to_be_visible()
    for each in ids:
        person = (await server.ask(PERSON, id=each))["person"]
        assert (person["id"], person["name"]) == (ids[0], f"Ewa {word} Nowak")
    await undo.click()
    await expect(undo).to_have_count(0)
    keep = page.get_by_role("button", name=f"Keep separate: {pair}")
    await expect(keep).to_be_visible()
    assert (await server.ask(PERSON, id=ids[1]))["person"]["id"] == ids[1]
    await keep.click()
    await expect(keep).to_have_count(0)
    await page.get_by_label("Look at").select_option("organizations")
    await expect(page.get_by_role("listitem").get_by_role("heading", level=2).first).to_be_visible()


async def test_a_chat_is_defined_tried_and_makes_a_lead(server: Server, windows: Windows) -> None:
    name = f"Ask {uuid4().hex[:8]}"
    page = await windows.open("/settings/chats")
    await page.get_by_role("button", name="New chat").click()
    await page.get_by_label("Name, the page’s heading").fill(name)
    await page.get_by_label("Step 1 says").fill("A quote?")
    await page.get_by_label("Step 1 then waits for").select_option("CHOICES")
    await page.get_by_label("Step 1, answer 1", exact=True).fill("Yes")
    await page.get_by_role("button", name="Add an answer to step 1").click()
    await page.get_by_label("Step 1, answer 2", exact=True).fill("No")
    await page.get_by_role("button", name="Add a step").click()
    await page.get_by_label("Step 2 says").fill("Where may we write to?")
    await page.get_by_label("Step 2 then waits for").select_option("EMAIL")
    await page.get_by_role("checkbox", name="Who ends with step 2 becomes a lead").check()
    assert await find_barriers(page) == []
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("No way leads to this step.")).to_be_visible()
    await page.get_by_label("Step 1, answer 1 leads to").select_option(label="2. Where may we write to?")
    await page.get_by_role("button", name="Save").click()
    link = page.get_by_role("link", name=f"Try it: {name}")
    visitor = await windows.open(str(await link.get_attribute("href")), user=None)
    await visitor.get_by_role("button", name="Start a conversation").click()
    await visitor.get_by_role("button", name="Yes").click()
    await expect(visitor.get_by_text("Where may we write to?")).to_be_visible()
    await visitor.get_by_label("Your message").fill(f"ewa@{name[-8:]}.example")
    await visitor.keyboard.press("Enter")
    await expect(visitor.get_by_role("listitem").filter(has_text=name[-8:] + ".example")).to_be_visible()
    leads = (await server.ask("{ leads(first: 250) { nodes { source person { emails } } } }"))["leads"]["nodes"]
    assert [each["source"] for each in leads if name[-8:] in str(each["person"])] == ["CHATBOT"]


async def test_a_template_is_refused_with_what_is_wrong_with_it_and_kept_once_it_is_right(windows: Windows) -> None:
    name = f"Offer {uuid4().hex[:8]}"
    page = await windows.open("/settings/templates")
    await page.get_by_role("button", name="New template").click()
    await page.get_by_label("Name", exact=True).fill(name)
    body = page.get_by_label("HTML with merge fields")
    await body.fill("<h1>{{ deal.title </h1>")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".refusal")).to_be_visible()
    assert await find_barriers(page) == []
    await body.fill("<h1>{{ deal.title }}</h1>")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()


async def test_how_full_the_plan_is_is_told_live(server: Server, windows: Windows) -> None:
    board = await server.add_board("New")
    page = await windows.open("/settings/plan")
    shown = page.locator(".plan-count")
    count = (await server.ask(USAGE))["viewer"]["account"]["plan"]["openDealCount"]
    await expect(shown).to_contain_text(str(count))
    await expect(page.get_by_text("Nobody waits.")).to_be_visible()
    await server.add_deal(board.stages["New"], "One more")
    await expect(shown).to_contain_text(str(count + 1))


async def test_what_would_free_places_is_counted_by_reason(server: Server, windows: Windows) -> None:
    board = await server.add_board("New")
    page = await windows.open("/settings/plan")
    for reason, term in (("CLOSE_DATE_PASSED", "Expected day has passed"), ("NOTHING_PLANNED", "No activity planned")):
        count = {each["reason"]: each["count"] for each in (await server.ask(PLACES))["planPlaces"]["candidates"]}
        shown = page.locator("dl > div").filter(has_text=term).locator("dd")
        await expect(shown).to_have_text(f"{count[reason]:,}")
        await server.add_deal(board.stages["New"], "Late", expectedCloseDate="2020-01-01")
        await expect(shown).to_have_text(f"{count[reason] + 1:,}")


async def test_who_is_no_admin_reads_the_settings(windows: Windows) -> None:
    page = await windows.open("/settings", user=JAN)
    await expect(page.get_by_text("Only admins change them.")).to_be_visible()
    await expect(page.get_by_role("button", name="New field")).to_have_count(0)
    await expect(page.get_by_role("button", name="Edit:")).to_have_count(0)
