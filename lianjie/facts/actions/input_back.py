"""Inputs that come back, and advances repaid. Each verb is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import COMMISSION, Books, enter_all, hand_over, members
from lianjie.facts.actions.store import Sieve, Want, alone, base, standing
from lianjie.facts.models import Delivery, InputBack, InputIssue
from lianjie.facts.queries import stock as queries
from lianjie.facts.rules import inputs as rules
from lianjie.facts.rules.handed import InKindFact
from lianjie.facts.rules.in_kind import Goods, moved

PAID_FROM = {"cash": "101", "bank": "102"}


class NoSuchInput(Refusal):
    what = N_("There is no input “{receipt}” in these books.")
    fix = N_("Look it up in the list of inputs.")


@dataclass(frozen=True)
class ComingBack:
    """Something of the input `issue` comes back.

    way       goods, cash, bank, or produce: set off against `delivery` (its key: 2025-BD0001)
    quantity  goods, in small units of the lot
    fen       by how much the advance falls; None for goods: their part of it
    """

    receipt: str
    day: date
    issue: str
    way: str
    quantity: int = 0
    fen: int | None = None
    delivery: str = ""
    evidence: str = ""
    place: str = ""


def come_back(given: ComingBack, books: Books) -> str:
    """Enter goods that came back or an advance repaid; returns the reference. The same again changes nothing.

    Refuses with NoSuchInput, NothingBack, GoodsOrMoney, SetOffUnsigned, NotItsDelivery, MoreBackThanOut,
    MoreThanAdvance, BackBeforeHandedOut; the ledger with MoreThanProduce.
    """
    return alone(come_back_all, given, books)


@transaction.atomic
def come_back_all(given: Sequence[ComingBack], books: Books) -> list[str]:
    """Enter what came back as `come_back` does, all of it or none; RowsRefused says what cannot be."""
    sieve, mine, wants = Sieve(), books.organisation_id, []
    issues = standing(InputIssue, mine, (each.issue for each in given), "household", "lot")
    list(InputIssue.objects.select_for_update().filter(pk__in=[row.pk for row in issues.values()]))
    brought = standing(Delivery, mine, (each.delivery for each in given if each.delivery))
    known = standing(InputBack, mine, (each.receipt for each in given))
    before = queries.backs([row.pk for row in issues.values()])
    for number, each in enumerate(given):
        with sieve.of(number):
            issue = issues.get(each.issue)
            if issue is None:
                raise NoSuchInput(receipt=each.issue)
            fen = each.fen
            if fen is None:
                came = before.get(issue.pk, [])
                earlier = sum(back.quantity for back in came)
                again = known.get(each.receipt)
                fen = again.amount_fen if again else _part(issue, earlier, each)
            _check(each, fen)
            if each.way == "goods":
                moved(Goods(issue.lot.good, issue.lot.unit, each.quantity))
            delivery = brought.get(each.delivery) if each.way == "produce" else None
            if each.way == "produce" and (delivery is None or delivery.household_id != issue.household_id):
                raise rules.NotItsDelivery(delivery=each.delivery)
            fields = {
                "day": each.day, "issue_id": issue.pk, "lot_id": issue.lot_id, "way": each.way,
                "quantity": each.quantity, "amount_fen": fen, "evidence": each.evidence,
                "delivery_id": delivery.pk if delivery else None,
            }  # fmt: skip
            refers = {"delivery_id": base(delivery.key)} if delivery else {}
            wants.append(Want(each.receipt, issue.area_id, fields, each.place, refers))
            if each.receipt not in known:
                before.setdefault(issue.pk, []).append(rules.Back(each.day, each.quantity, fen))
    rows = enter_all(InputBack, wants, books, sieve)
    stand = queries.backs([row.pk for row in issues.values()])
    for issue in issues.values():
        rules.standing(queries.issued_terms(issue), stand.get(issue.pk, []))
    member = members(books, (row.household_id for row in issues.values()))
    facts = []
    for each, (row, new) in zip(given, rows, strict=True):
        if new:
            issue = issues[each.issue]
            facts.append(_fact(each, row, issue, member(issue.household_id, issue.day)))
    hand_over(books, *facts)
    return [str(row.reference) for row, _ in rows]


def _part(issue: InputIssue, earlier: int, given: ComingBack) -> int:
    if given.way != "goods":
        return 0
    return rules.share_of_advance(queries.issued_terms(issue), earlier, given.quantity)


def _check(given: ComingBack, fen: int) -> None:
    """Refuses what is neither goods nor money, or both."""
    if given.way != "goods" and given.quantity:
        raise rules.GoodsOrMoney(receipt=given.issue)
    if fen < 0 or (given.quantity if given.way == "goods" else fen) <= 0:
        raise rules.NothingBack(receipt=given.issue)
    if given.way == "produce" and not given.evidence.strip():
        raise rules.SetOffUnsigned


def _fact(given: ComingBack, row: Any, issue: InputIssue, member: bool) -> InKindFact:
    commission = issue.lot.origin == COMMISSION
    about = (row.reference, row.day)
    if given.way == "goods":
        came = Goods(issue.lot.good, issue.lot.unit, row.quantity)
        return InKindFact(
            *about, "input_back", issue.household.code, member, came, advance_fen=-row.amount_fen,
            commission=commission, lot_id=issue.lot_id, of=issue.reference,
        )  # fmt: skip
    paid_from = f"delivery:{given.delivery}" if given.way == "produce" else PAID_FROM[given.way]
    return InKindFact(
        *about, "advance_paid", issue.household.code, member, advance_fen=-row.amount_fen,
        commission=commission, paid_from=paid_from,
    )  # fmt: skip
