"""The merge fields of one deal: what a template filled in for it says, as far as the viewer may see it."""

from collections.abc import Iterable
from typing import Any

from models.base import now
from models.contacts import Organization, Person
from models.deal_documents import DocumentLanguage
from models.pipelines import Pipeline, Stage
from models.products import DiscountType, Product
from models.users import User
from resolvers import access, participants, wording
from resolvers.access import Viewer
from resolvers.merging import Fields, day_text, deal_fields, line_fields, money_text
from resolvers.sales import Sale


async def fields_of(viewer: Viewer, sale: Sale, language: DocumentLanguage) -> Fields:
    """Every field that `SAMPLE` has, of this deal; people and organizations out of the viewer's sight are empty."""
    deal = sale.deal
    others = (await participants.those_of([deal.id]))[deal.id]
    people = await access.find(viewer, Person, [*others, *([deal.person_id] if deal.person_id else [])])
    firms = await access.find(viewer, Organization, [deal.organization_id] if deal.organization_id else [])
    stage, owner = await Stage.get(id=deal.stage_id), await User.get(id=deal.owner_id)
    place = {"stage": stage.name, "pipeline": (await Pipeline.get(id=deal.pipeline_id)).name}
    return {
        "today": wording.day(now().date(), language),
        "deal": {**deal_fields(deal, language), **place},
        "owner": {"name": owner.name, "email": owner.email},
        "person": _person(people.get(deal.person_id) if deal.person_id else None),
        "organization": _organization(next(iter(firms.values()), None)),
        "participants": [_person(people[key]) for key in sorted(people)],
        **await _sold(sale, language),
    }


async def _sold(sale: Sale, language: DocumentLanguage) -> dict[str, Any]:
    products = await _products(line.product_id for line in sale.lines)
    return {
        "lines": [
            {**_product(products[line.product_id]), **line_fields(line, language)}
            for line in sale.lines
            if line.is_enabled
        ],
        "discounts": [
            {
                "description": each.description,
                "discount": f"{wording.number(each.discount, language)} %"
                if each.discount_type is DiscountType.PERCENTAGE
                else wording.amount(each.discount, each.currency, language),
            }
            for each in sale.discounts
        ],
        "installments": [
            {
                "description": each.description,
                "amount": money_text(each.amount_minor, each.currency, language),
                "billsOn": day_text(each.bills_on, language),
            }
            for each in sale.installments
        ],
    }


async def _products(keys: Iterable[Any]) -> dict[Any, Product]:
    return {row.id: row for row in await Product.filter(id__in=list(keys))}


def _product(product: Product) -> dict[str, str]:
    return {"product": product.name, "code": product.code or "", "unit": product.unit or ""}


def _person(person: Person | None) -> dict[str, str]:
    if person is None:
        return {"name": "", "email": "", "phone": ""}
    return {"name": person.name, "email": next(iter(person.emails), ""), "phone": next(iter(person.phones), "")}


def _organization(firm: Organization | None) -> dict[str, str]:
    if firm is None:
        return {"name": "", "address": "", "domain": ""}
    return {"name": firm.name, "address": firm.address or "", "domain": firm.domain or ""}
