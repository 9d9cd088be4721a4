"""What a deal can do beyond a lead, and the doors that leads come in by, on their pages."""

from uuid import uuid4

from playwright.async_api import expect

from tests.web.server import Server
from tests.web.windows import Windows

PRODUCT = (
    """mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { id } errors { message } } }"""
)


async def test_a_deal_is_sold_and_invoiced_on_its_page(server: Server, windows: Windows) -> None:
    name = f"Roof {uuid4().hex[:8]}"
    await server.ask(PRODUCT, input={"name": name, "prices": [{"amount": "100", "currency": "PLN"}], "taxRate": "23"})
    board = await server.add_board("New")
    deal = await server.add_deal(board.stages["New"], "A roof")
    page = await windows.open(f"/deals/{deal}")
    await page.get_by_role("combobox", name="Add a product").fill(name)
    await page.get_by_role("option", name=name).click()
    quantity = page.get_by_label(f"Quantity of {name}")
    await quantity.fill("3")
    await quantity.press("Enter")
    await expect(page.locator(".deal-worth")).to_contain_text("369")  # with the tax
    await page.get_by_role("button", name="Draft an invoice").click()
    await expect(page.locator(".invoices").get_by_text("Draft").first).to_be_visible()


async def test_what_a_visitor_sends_by_a_form_is_in_the_inbox_at_once(server: Server, windows: Windows) -> None:
    word = uuid4().hex[:8]
    inbox = await windows.open(f"/leads?search={word}")
    await expect(inbox.get_by_text("No leads match these filters.")).to_be_visible()
    await expect(inbox.locator(".inbox-head .chip[data-tone=live]")).to_be_visible()
    editor = await windows.open("/web-forms", bypass_csp=True)  # the test asks the clock of the form's page
    await editor.get_by_role("button", name="New form").click()
    await editor.get_by_label("Name, the page’s heading").fill(f"Contact {word}")
    await editor.get_by_role("button", name="Save").click()
    preview = editor.frame_locator(".form-preview")
    await expect(preview.get_by_role("heading", name=f"Contact {word}")).to_be_visible()
    await preview.get_by_label("Your name").fill(f"Ewa {word}")
    await preview.get_by_label("E-mail").fill(f"ewa@{word}.example")
    frame = next(each for each in editor.frames if "/forms/" in each.url)
    await frame.wait_for_function("performance.now() > 2500")  # who is faster than people are is asked again
    await preview.get_by_role("button").click()
    await expect(preview.get_by_text("Thank you")).to_be_visible()
    await expect(inbox.get_by_role("list", name="Leads").get_by_role("link", name=word)).to_be_visible()
