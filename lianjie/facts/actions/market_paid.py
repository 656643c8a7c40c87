"""Payments of buyers and platforms, matched to orders: in part, in full, or kept as an advance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.market import debtor, hand_over, kept, party_id, sale_of
from lianjie.facts.actions.stock import Books, area_of, enter_one, is_member
from lianjie.facts.models import BuyerPayment, Party, PaymentMatch, SalesOrder
from lianjie.facts.queries import market as queries
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.rules import market as rules
from lianjie.facts.rules.handed_market import BuyerPaid


class NoSuchPayment(Refusal):
    what = N_("There is no payment “{payment}” in these books.")
    fix = N_("Look it up in the list of payments.")


class PaymentOfAnother(Refusal):
    what = N_("Order {number} is owed by {debtor}, not by {payer}.")
    fix = N_("Match it with a payment of the one who owes it, or correct who paid.")


class PaidBackTooMuch(Refusal):
    what = N_("Order {number} has {left} yuan too much paid; {fen} yuan cannot be paid back.")
    fix = N_("Enter first what was given back, then pay back at most that.")


@dataclass(frozen=True)
class MatchGiven:
    """So many fen for one order; 0 means all that it still owes."""

    channel: str
    order: str
    fen: int = 0


@dataclass(frozen=True)
class PaymentGiven:
    """Money that came in, or with `back` went back. `payer`: code, or "" for somebody not registered."""

    number: str
    day: date
    amount_fen: int
    payer: str = ""
    payer_name: str = ""
    into: str = "102"
    back: bool = False
    matches: tuple[MatchGiven, ...] = ()
    keep_rest: bool = False
    evidence: str = ""


@transaction.atomic
def receive_payment(given: PaymentGiven, books: Books) -> str:
    """Enter a payment and match it; returns its reference. The same again changes nothing.

    Refuses with PaymentNotAboveZero, MatchAboveOrder, MatchAbovePayment, AdvanceNotWanted, PaymentOfAnother,
    PaidBackTooMuch, NoSuchSale, NoSuchParty or NumberTaken.
    """
    if given.amount_fen <= 0:
        raise rules.PaymentNotAboveZero
    fields = {
        "day": given.day,
        "payer_id": party_id(given.payer),
        "payer_name": given.payer_name,
        "into": given.into,
        "amount_fen": given.amount_fen,
        "back": given.back,
        "evidence": given.evidence,
    }
    row, new = enter_one(BuyerPayment, given.number, area_of(books), fields, books)
    if not new:
        return str(row.reference)
    matched = _match(row, given.matches, given.keep_rest and not given.back, books, row.day)
    payer = row.payer
    member = bool(payer and is_member(books, payer, row.day))
    rest = row.amount_fen - matched
    fact = BuyerPaid(
        row.reference, row.day, payer.code if payer else "", member, row.into, matched, rest, row.back
    )
    hand_over(books, fact)
    return str(row.reference)


@transaction.atomic
def match_payment(payment: str, matches: Sequence[MatchGiven], *, day: date, books: Books) -> None:
    """Match what is left of an advance to orders. Refuses as `receive_payment` does."""
    row = _payment(books, payment)
    before = PaymentMatch.objects.filter(payment=row).count()
    matched = _match(row, matches, True, books, day)
    payer = row.payer
    member = bool(payer and is_member(books, payer, day))
    reference = f"paymentmatch:{row.key}/{before + 1}"
    hand_over(books, BuyerPaid(reference, day, payer.code if payer else "", member, "", matched))


def _match(row: BuyerPayment, matches: Sequence[MatchGiven], keep_rest: bool, books: Books, day: date) -> int:
    """Write the matches; returns the fen matched."""
    left = row.amount_fen - (
        PaymentMatch.objects.current().filter(payment=row).aggregate(n=Sum("amount_fen"))["n"] or 0
    )
    wanted: list[tuple[SalesOrder, int]] = []
    asked: list[tuple[str, int, int]] = []
    for each in matches:
        order = sale_of(books, each.channel, each.order)
        _same_debtor(order, row.payer)
        money = queries.money([order.pk])[order.pk]
        open_fen = order.amount_fen - money.refunded_fen - money.paid_fen
        if row.back:
            fen = each.fen or -open_fen
            if fen > -open_fen or fen <= 0:
                raise PaidBackTooMuch(number=order.number, left=Fen(max(-open_fen, 0)), fen=Fen(fen))
            open_fen = fen
        else:
            fen = each.fen or min(open_fen, left - sum(part for _, part in wanted))
        wanted.append((order, fen))
        asked.append((order.number, fen, open_fen))
    rules.check_matches(number(row), left, asked, keep_rest)
    before = PaymentMatch.objects.filter(payment=row).count()
    entry = books.entry
    PaymentMatch.objects.bulk_create(
        PaymentMatch(
            **kept(entry, order.area_id, f"{row.key}/{before + at}", day),
            payment=row,
            order=order,
            amount_fen=fen,
        )
        for at, (order, fen) in enumerate(wanted, 1)
    )
    return sum(fen for _, fen in wanted)


def _same_debtor(order: SalesOrder, payer: Party | None) -> None:
    owes = debtor(order)
    if (owes.pk if owes else None) != (payer.pk if payer else None):
        raise PaymentOfAnother(
            number=order.number, debtor=owes.name if owes else "–", payer=payer.name if payer else "–"
        )


def _payment(books: Books, payment: str) -> BuyerPayment:
    rows = BuyerPayment.objects.current().filter(
        numbered(payment), organisation_id=books.organisation_id, back=False
    )
    found = rows.first()
    if found is None:
        raise NoSuchPayment(payment=payment)
    BuyerPayment.objects.select_for_update().get(pk=found.pk)
    return BuyerPayment.objects.select_related("payer").get(pk=found.pk)
