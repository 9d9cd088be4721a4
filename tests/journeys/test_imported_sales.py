"""Discounts and installments of deals come in as tables, are updated by their ids, and are taken back as a unit."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.deals import Deal
from models.import_kinds import ImportKind
from models.products import DealDiscount, DealInstallment, DiscountType
from resolvers import installments, invoices, lines, products
from resolvers.access import Viewer
from tests import given
from tests.given import Company
from tests.refusals import global_id
from tests.replaying import rows_of, told
from tests.tables import import_, settled, undo

pytestmark = pytest.mark.usefixtures("store")


async def sold(viewer: Viewer, company: Company, title: str = "Roof", **line: Any) -> Deal:
    """A deal of one line, worth 100 PLN."""
    deal = await given.deal(company.anna, company.stages[0], title)
    product = await products.create_product(viewer, {"name": "Tile"})
    price = {"amount": Decimal(100), "currency": "PLN"}
    draft: Any = {"product_id": f"product_{product.hex}", "item_price": price, **line}
    await lines.add_lines(viewer, {"deal_id": global_id(deal), "products": [draft]})
    return deal


async def value_of(deal: Deal) -> int | None:
    return (await Deal.get(id=deal.id)).value_minor


async def test_discounts_are_updated_and_undone_as_a_unit(acme: Company, tmp_path: Path) -> None:
    admin = await given.viewer(acme.admin)
    deal = await sold(admin, acme)
    head, of = "ID,Deal ID,Description,Discount,Discount type,Currency\n", global_id(deal)
    (tmp_path / "first.csv").write_text(f"{head}1,{of},Spring,10%,,\n2,{of},Friends,5,amount,PLN\n")
    (tmp_path / "more.csv").write_text(
        f"{head}1,{of},,20,,\n2,{of},,,,\n3,{of},,5,,\n4,{of},Free,0,,\n5,{of},Euro,5,AMOUNT,EUR\n"
        f"6,nowhere,Spring,5,,\n7,{of},Half,101,,\n2,{of},,,PERCENTAGE,\n8,{of},Loyal,1,,\n,,No deal,1,,\n"
    )
    async with told(acme.id):
        before = settled(await rows_of(acme.id))
        first = await import_(admin, ImportKind.DISCOUNTS, tmp_path / "first.csv")
        assert (first.rows_created, await value_of(deal)) == (2, 8500)
        filled = settled(await rows_of(acme.id))
        more = await import_(admin, ImportKind.DISCOUNTS, tmp_path / "more.csv")
        assert [each.number for each in more.skipped] == [4, 5, 6, 7, 8, 9, 11], more.skipped
        assert (more.rows_created, more.rows_updated, more.rows_unchanged) == (1, 1, 1)
        assert await value_of(deal) == 7400
        for report, there in ((more, filled), (first, before)):
            await undo(admin, report)
            assert settled(await rows_of(acme.id)) == there


async def test_installments_are_updated_and_undone_as_a_unit(acme: Company, tmp_path: Path) -> None:
    admin = await given.viewer(acme.admin)
    deal, monthly = await sold(admin, acme), await sold(admin, acme, "Care", billing_frequency="MONTHLY")
    head, of = "ID,Deal ID,Description,Amount (PLN),Bills on\n", global_id(deal)
    (tmp_path / "first.csv").write_text(f"{head}1,{of},Now,40,2030-01-31\n2,{of},Later,60,28.02.2030\n")
    (tmp_path / "more.csv").write_text(
        f"{head}1,{of},,41,\n2,{of},,,\n3,{global_id(monthly)},Now,1,2030-01-31\n4,{of},Now,0,2030-01-31\n"
        f"5,{of},Now,,2030-01-31\n6,{of},Now,5 EUR,2030-01-31\n7,{of},Now,5,tomorrow\n8,{of},Last,5,2031-01-31\n"
    )
    async with told(acme.id):
        before = settled(await rows_of(acme.id))
        first = await import_(admin, ImportKind.INSTALLMENTS, tmp_path / "first.csv")
        assert (first.rows_created, await value_of(deal)) == (2, 12_300 * 100 // 123)
        filled = settled(await rows_of(acme.id))
        more = await import_(admin, ImportKind.INSTALLMENTS, tmp_path / "more.csv")
        assert [each.number for each in more.skipped] == [4, 5, 6, 7, 8], more.skipped
        assert "exclude each other" in more.skipped[0].reason
        assert (more.rows_created, more.rows_updated, more.rows_unchanged) == (1, 1, 1)
        for report, there in ((more, filled), (first, before)):
            await undo(admin, report)
            assert settled(await rows_of(acme.id)) == there


async def test_what_was_set_or_invoiced_since_stays_when_an_import_is_undone(acme: Company, tmp_path: Path) -> None:
    admin = await given.viewer(acme.admin)
    deal = await sold(admin, acme)
    of = global_id(deal)
    (tmp_path / "discounts.csv").write_text(f"Deal ID,Description,Discount\n{of},Spring,10\n{of},Friends,5\n")
    (tmp_path / "parts.csv").write_text(
        f"ID,Deal ID,Description,Amount,Bills on\n1,{of},Now,40,2030-01-31\n2,{of},Later,60,2030-02-28\n"
    )
    (tmp_path / "again.csv").write_text("ID,Deal ID,Amount\n1," + of + ",41\n")
    async with told(acme.id):
        discounts = await import_(admin, ImportKind.DISCOUNTS, tmp_path / "discounts.csv")
        parts = await import_(admin, ImportKind.INSTALLMENTS, tmp_path / "parts.csv")
        spring, friends = await DealDiscount.filter(deal_id=deal.id).order_by("position")
        drafts: Any = [
            {"description": "New", "discount_type": DiscountType.PERCENTAGE, "discount": Decimal(1)},
            {"description": "Spring", "discount_type": DiscountType.PERCENTAGE, "discount": Decimal(10)},
        ]
        await installments.set_discounts(admin, {"deal_id": of, "discounts": drafts})
        assert (await DealDiscount.get(description="Spring")).id == spring.id, "it stays the same one"
        assert not await DealDiscount.filter(id=friends.id).exists()
        now = await DealInstallment.get(description="Now")
        billing: Any = {"deal_id": of, "installment_id": global_id(now), "buyer": {"name": "Żubr"}}
        await invoices.create_invoice(admin, billing)
        (skipped,) = (await import_(admin, ImportKind.INSTALLMENTS, tmp_path / "again.csv")).skipped
        assert "is invoiced" in skipped.reason
        await undo(admin, parts)
        await undo(admin, discounts)
    assert [each.description for each in await DealInstallment.all()] == ["Now"]
    assert {each.description for each in await DealDiscount.all()} == {"New", "Spring"}


async def test_parts_of_deals_that_one_does_not_see_are_left_out(acme: Company, tmp_path: Path) -> None:
    hidden = await given.deal(acme.celina, acme.stages[0], "Secret", visibility="OWNER")
    (tmp_path / "discounts.csv").write_text(f"Deal ID,Description,Discount\n{global_id(hidden)},Spring,10\n")
    anna = await given.viewer(acme.anna)
    async with told(acme.id):
        (skipped,) = (await import_(anna, ImportKind.DISCOUNTS, tmp_path / "discounts.csv")).skipped
    assert "may not see it" in skipped.reason
    assert await DealDiscount.all().count() == 0
