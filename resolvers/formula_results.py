"""What formulas come to for deals: worked out in the transaction that changes what they read.

Whatever is recorded of a deal, of its activities, of its mail or of its stage passes through `settle`, so no
write can forget it. It runs while the account's row is held, so definitions and results agree.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from tortoise import connections

from models import changes, database
from models.accounts import Account
from models.changes import ChangeKind, Ledger, Subject, Values
from models.custom_fields import Value
from models.deals import Deal
from models.formulas import FormulaField, FormulaFieldType, FormulaFieldValue, FormulaGap, Results
from models.labels import DealLabel
from models.pipelines import Stage
from resolvers import custom_values, expressions, money, sort_keys
from resolvers.expressions import Field, Input, Program, Quantity, Reference
from resolvers.statements import Arguments, to_uuid

BATCH = 1000
# The columns of a deal that formulas read, or that say whether it has results at all.
_READ = {"value_minor", "currency", "probability", "stage_id", "custom", "removed_at"}
_ACTIVITIES = {Input.ACTIVITIES, Input.ACTIVITIES_DONE, Input.ACTIVITIES_TO_DO}
Quantities = Mapping[Reference, Quantity]


def reference_to(formula: FormulaField) -> Field:
    """How other formulas name a formula."""
    return Field("FormulaField", str(formula.id))


def in_turn(programs: Mapping[Field, Program]) -> list[Field]:
    """The formulas, each after those it reads. Raises BadExpression where they read each other in a circle."""
    turn: list[Field] = []
    while len(turn) < len(programs):
        ready = [
            each
            for each, program in programs.items()
            if each not in turn and all(other in turn for other in expressions.references(program) & programs.keys())
        ]
        if not ready:
            raise expressions.BadExpression("This reads its own result, by way of other formulas or directly.")
        turn += ready
    return turn


class Formulas:
    """The formulas of an account, ready to be worked out."""

    def __init__(self, rows: Sequence[FormulaField]) -> None:
        programs = {reference_to(row): expressions.parse(row.expression) for row in rows}
        self._types = {reference_to(row): row.type for row in rows}
        self._programs = {each: programs[each] for each in in_turn(programs)}
        reads = {each for program in programs.values() for each in expressions.references(program)}
        self.counts_activities = bool(_ACTIVITIES & reads)
        self.counts_mail = Input.EMAILS in reads

    def results(self, found: Quantities) -> Results:
        """What each formula comes to, from what a deal has."""
        known = dict(found)
        results: Results = {}
        for formula, program in self._programs.items():
            result = rounded(expressions.run(program, known.get), self._types[formula])
            results[formula.key] = result
            quantity = _quantity(result)
            if quantity is not None:
                known[formula] = quantity
        return results


def rounded(outcome: Quantity | FormulaGap, type: FormulaFieldType) -> Value:
    """A result as it is kept: rounded once, half to even, to a number's decimals or its currency's."""
    if isinstance(outcome, FormulaGap):
        return {"reason": outcome.value}
    if type is FormulaFieldType.NUMBER:
        millionths = round(outcome.amount * 10**sort_keys.DECIMALS)
        if abs(millionths) >= sort_keys.LARGEST:
            return {"reason": FormulaGap.OUT_OF_RANGE.value}
        return custom_values.number_value(sort_keys.to_number(millionths))
    currency = outcome.currency or ""
    minor = round(outcome.amount * 10 ** (money.exponent(currency) or 0))
    if abs(minor) >= sort_keys.LARGEST:
        return {"reason": FormulaGap.OUT_OF_RANGE.value}
    return custom_values.money_value(minor, currency)


@lru_cache(maxsize=4096)
def _exactly(plain: str, currency: str | None) -> Quantity:
    return Quantity(Fraction(plain), currency)


def _quantity(value: Mapping[str, str]) -> Quantity | None:
    """The number or the amount that a value holds."""
    if "number" in value:
        return _exactly(value["number"], None)
    return _exactly(value["amount"], value["currency"]) if "amount" in value else None


async def settle(ledger: Ledger) -> None:
    """Work the results of every deal out anew whose formulas may read what was recorded, and record them too."""
    touched = await _touched(ledger)
    formulas = await load(ledger.account_id) if touched else None
    if formulas is None:
        return
    deals = await Deal.filter(account_id=ledger.account_id, id__in=list(touched), removed_at=None)
    told: dict[str, list[Values]] = {}
    for each in (each for _, subjects in ledger.recorded for each in subjects if each["type"] == "deal"):
        told.setdefault(each["id"], []).append(each)
    for deal, before, subject in await _work_out(formulas, deals):
        if subject.id in told:
            _amend(told[subject.id], before, deal.formulas)
        else:
            ledger.recorded[touched[deal.id]][1].append(subject.plain)


def _amend(subjects: Sequence[Values], before: Results, after: Results) -> None:
    """Have the first of a deal's subjects tell of its new results, and the others know them."""
    for place, subject in enumerate(subjects):
        subject["after"]["formulas"] = after
        if subject["before"] is not None:
            subject["before"]["formulas"] = after if place else before


async def _touched(ledger: Ledger) -> dict[UUID, int]:
    """The deals whose results may have changed, each with the last change that has to do with it."""
    touched: dict[UUID, int] = {}
    for place, (_, subjects) in enumerate(ledger.recorded):
        for subject in subjects:
            before, after = subject["before"] or {}, subject["after"] or {}
            match subject["type"]:
                case "deal" if any(before.get(name) != after.get(name) for name in _READ):
                    touched[UUID(subject["id"])] = place
                case "activity":
                    owners = {side.get("deal_id") for side in (before, after)} - {None}
                    touched |= {UUID(owner): place for owner in owners}
                case "mail_link" if before.get("deal_id") != after.get("deal_id"):
                    owners = {side.get("deal_id") for side in (before, after)} - {None}
                    touched |= {UUID(owner): place for owner in owners}
                case "stage" if before and before.get("probability") != after.get("probability"):
                    of_stage = Deal.filter(account_id=ledger.account_id, stage_id=subject["id"], probability=None)
                    touched |= dict.fromkeys(await of_stage.values_list("id", flat=True), place)
    return touched


async def load(account_id: UUID) -> Formulas | None:
    """The formulas of an account; null where it has none."""
    rows = await FormulaField.filter(account_id=account_id)
    return Formulas(rows) if rows else None


async def hold(account_id: UUID) -> None:
    """Hold all deals of an account, then its row: in the order in which every other write takes them."""
    # Of values_list, Tortoise would lock nothing.
    await Deal.filter(account_id=account_id).order_by("id").select_for_update().only("id")
    await Account.filter(id=account_id).select_for_update(no_key=True).get()


async def forget(formula: FormulaField) -> None:
    """Delete a formula and what it came to for deals, removed ones too; their rows are settled afterwards."""
    await FormulaFieldValue.filter(formula_id=formula.id).delete()
    await formula.delete()


async def settle_all(ledger: Ledger) -> None:
    """Work the results of all deals of the account out anew, a change for each that has others now.

    Its deals and its row must be held, as `hold` does: then nobody makes or changes a deal meanwhile.
    """
    formulas = Formulas(await FormulaField.filter(account_id=ledger.account_id))
    keys = await Deal.filter(account_id=ledger.account_id, removed_at=None).order_by("id").values_list("id", flat=True)
    for start in range(0, len(keys), BATCH):
        deals = await Deal.filter(id__in=keys[start : start + BATCH]).order_by("id")
        for _, _, subject in await _work_out(formulas, deals):
            ledger.record(ChangeKind.DEAL_UPDATED, subject)


async def _work_out(formulas: Formulas, deals: Sequence[Deal]) -> list[tuple[Deal, Results, Subject]]:
    """Write the results of these deals; those that have others now, with what they had."""
    chances = {stage.id: stage.probability for stage in await Stage.filter(id__in={deal.stage_id for deal in deals})}
    keys = [deal.id for deal in deals]
    counts = await _activity_counts(keys) if formulas.counts_activities and deals else {}
    mail = await _mail_counts(keys) if formulas.counts_mail and deals else {}
    changed = []
    for deal in deals:
        counted = (*counts.get(deal.id, (0, 0)), mail.get(deal.id, 0))
        results = formulas.results(_read(deal, chances[deal.stage_id], *counted))
        if results != deal.formulas:
            changed.append((deal, deal.formulas, results))
    label_ids = await _labels([deal.id for deal, _, _ in changed])
    written = []
    for deal, before, results in changed:
        was = changes.snapshot(deal, label_ids=label_ids[deal.id])
        deal.formulas = results
        written.append((deal, before, changes.altered("deal", was, {**was, "formulas": results})))
    await _write([deal for deal, _, _ in changed])
    return written


def _read(deal: Deal, chance: int, total: int, done: int, emails: int) -> Quantities:
    """What formulas may read of a deal, as far as it has it."""
    found: dict[Reference, Quantity] = {
        Input.PROBABILITY: Quantity(Fraction(chance if deal.probability is None else deal.probability)),
        Input.ACTIVITIES: Quantity(Fraction(total)),
        Input.ACTIVITIES_DONE: Quantity(Fraction(done)),
        Input.ACTIVITIES_TO_DO: Quantity(Fraction(total - done)),
        Input.EMAILS: Quantity(Fraction(emails)),
    }
    if deal.value_minor is not None and deal.currency is not None:
        scale = 10 ** (money.exponent(deal.currency) or 0)
        found[Input.VALUE] = Quantity(Fraction(deal.value_minor, scale), deal.currency)
    for key, values in deal.custom.items():
        quantity = _quantity(values[0])
        if quantity is not None:
            found[Field("CustomField", key)] = quantity
    return found


async def _activity_counts(deal_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many activities each of these deals has, and how many of them are done."""
    bind = Arguments()
    rows = await bind.fetch(
        "SELECT deal_id, count(*) AS total, count(done_at) AS done FROM activities "
        f"WHERE deal_id {bind.among(deal_ids)} GROUP BY deal_id"
    )
    return {to_uuid(row["deal_id"]): (row["total"], row["done"]) for row in rows}


async def _mail_counts(deal_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many messages hang on each of these deals.

    Not those that its people sent elsewhere: who sees them differs, and a result is the same for all.
    """
    bind = Arguments()
    rows = await bind.fetch(
        f"SELECT deal_id, count(*) AS total FROM mail_links WHERE deal_id {bind.among(deal_ids)} GROUP BY deal_id"
    )
    return {to_uuid(row["deal_id"]): row["total"] for row in rows}


async def _labels(deal_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {key: [] for key in deal_ids}
    for link in await DealLabel.filter(deal_id__in=list(deal_ids)).order_by("label_id"):
        found[link.deal_id].append(link.label_id)
    return found


async def _write(deals: Sequence[Deal]) -> None:
    """Write the results alone: an edit of a formula is none of the deal, whose version stays."""
    postgres = database.current().dialect == "postgres"
    statement = f"UPDATE deals SET formulas = {'$1' if postgres else '?'} WHERE id = {'$2' if postgres else '?'}"
    values: list[list[Any]] = [[orjson.dumps(deal.formulas).decode(), str(deal.id)] for deal in deals]
    if values:
        await connections.get("default").execute_many(statement, values)
