"""Book what facts hand over, in the transaction that enters them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.store import Entry as FactsEntry
from lianjie.facts.actions.store import SourceGiven
from lianjie.facts.queries.corrected import whys
from lianjie.facts.rules.handed import (
    AssetFact,
    BalanceFact,
    BondFact,
    ContributionFact,
    DeliveryFact,
    Handed,
    HandedKind,
    HomeWorkFact,
    InKindFact,
    LotCostFact,
    OrderFact,
    WagesFact,
)
from lianjie.facts.rules.handed_channel import ChannelSettled
from lianjie.facts.rules.handed_market import BuyerPaid, GoodsChanged, SaleGivenBack, SaleMade
from lianjie.facts.rules.order_account import FloorsToBook
from lianjie.facts.rules.pairing import PairingMoney
from lianjie.facts.rules.rent_terms import RentToHand
from lianjie.ledger.actions import floor_income as floors
from lianjie.ledger.actions import journal, rents
from lianjie.ledger.actions.posting_sales import reverse_sales
from lianjie.ledger.models import Entry, Settlement
from lianjie.ledger.queries import balances, floor_income, payables
from lianjie.ledger.queries.lot_worth import Worth
from lianjie.ledger.rules import (
    booking,
    booking_assets,
    booking_bond,
    booking_channel,
    booking_in_kind,
    booking_market,
    booking_order,
    booking_pairing,
    booking_work,
)
from lianjie.ledger.rules.entry import Entry as Record
from lianjie.ledger.rules.flow import CARRIED_OUT

CORRECTION = N_("Correction")


class YearIsSettled(Refusal):
    what = N_("The trial balance of {year} cannot be brought in: the year's settlement is booked.")
    fix = N_("Reverse the settlement first, or correct the books of the following year.")


def post(
    kind: HandedKind,
    rows: Sequence[Handed],
    *,
    organisation_id: int,
    year: int,
    at: datetime,
    by: int | None,
) -> None:
    """Book facts of one kind, once each; reverse the entries of those that were corrected or withdrawn.

    What takes an entry back says why: whoever hands over has written the new version with its reason before.
    """
    former = [row.reverses for row in rows if row.reverses]
    why = whys(organisation_id, former) if former else {}
    if kind == "balance":
        said = next(iter(why.values()), "")
        _bring_in(organisation_id, year, [row.fact for row in rows], said=said, at=at, by=by)
        return
    if kind == "lease":
        for row in rows:
            text = _text(why, row.reverses)
            rents.reverse_all(organisation_id, row.reverses, text=text, at=at, by=by)
        return
    if kind in ("rent", "floors"):
        _carried_out(organisation_id, rows, at=at, by=by)
        return
    for row in rows:
        paid = row.fact.reference if isinstance(row.fact, WagesFact) and row.fact.paid_from else ""
        gone = row.reverses if row.fact is None and row.reverses.startswith("payroll:") else ""
        if paid or gone:
            payables.refuse_in_batch(organisation_id, payables.base_of(paid or gone).partition(":")[2])
    orders = [row.fact for row in rows if isinstance(row.fact, OrderFact)]
    for order in sorted({fact.order for fact in orders if fact.kind == "floor"}):
        floor_income.refuse_beyond(organisation_id, order)
    _reverse(organisation_id, former, why, at=at, by=by)
    journal.book(organisation_id, list(_entries(organisation_id, rows)), at=at, by=by, late=True)


def _carried_out(organisation_id: int, rows: Sequence[Handed], *, at: datetime, by: int | None) -> None:
    """What a file says the ledger did: rents handed over, floor incomes booked. The ledger knows the sums."""
    for row in rows:
        if isinstance(row.fact, RentToHand):
            of = FactsEntry(organisation_id, SourceGiven(*row.fact.source), at, by, row.fact.place)
            rents.pay(of, row.fact.lease, row.fact.given)
        elif isinstance(row.fact, FloorsToBook) and not floor_income.booked(
            organisation_id, order=row.fact.order
        ):
            of = FactsEntry(organisation_id, SourceGiven(*row.fact.source), at, by)
            floors.book_all(of, row.fact.order, row.fact.today)


def _entries(organisation_id: int, rows: Sequence[Handed]) -> Iterator[Record]:
    worth = Worth(organisation_id, rows)
    for row in rows:
        made = None
        if isinstance(row.fact, ContributionFact):
            made = booking.contribution(row.fact)
        elif isinstance(row.fact, DeliveryFact):
            made = booking.delivery(row.fact)
        elif isinstance(row.fact, InKindFact):
            produce = _produce(organisation_id, row.fact)
            made = booking_in_kind.moved(row.fact, produce, worth.of(row.fact))
        elif isinstance(row.fact, LotCostFact):
            made = booking_in_kind.cost(row.fact)
        elif isinstance(row.fact, WagesFact):
            made = booking_work.wages(row.fact)
        elif isinstance(row.fact, SaleMade):
            made = booking_market.sale(row.fact)
        elif isinstance(row.fact, SaleGivenBack):
            made = booking_market.given_back(row.fact)
        elif isinstance(row.fact, BuyerPaid):
            made = booking_market.paid(row.fact)
        elif isinstance(row.fact, GoodsChanged):
            made = booking_market.changed(row.fact)
        elif isinstance(row.fact, HomeWorkFact):
            made = booking_work.home_work(row.fact)
        elif isinstance(row.fact, OrderFact):
            made = booking_order.order(row.fact)
        elif isinstance(row.fact, AssetFact):
            made = booking_assets.moved(row.fact)
        elif isinstance(row.fact, PairingMoney):
            made = booking_pairing.arrived(row.fact)
        elif isinstance(row.fact, ChannelSettled):
            made = booking_channel.settled(row.fact)
        elif isinstance(row.fact, BondFact):
            made = booking_bond.moved(row.fact)
        if made is not None:
            yield made


def _produce(organisation_id: int, fact: InKindFact) -> str:
    """Where the delivery stands as owed that an advance is set off against, "" when there is none."""
    if not fact.paid_from.startswith("delivery:"):
        return ""
    return payables.produce(organisation_id, fact.party, fact.paid_from, -fact.advance_fen)


def _text(why: Mapping[str, str], reference: str) -> str:
    return why.get(reference, CORRECTION)[:200]


def _reverse(
    organisation_id: int, references: Sequence[str], why: Mapping[str, str], *, at: datetime, by: int | None
) -> None:
    for start in range(0, len(references), journal.SLICE):
        found = Entry.objects.filter(
            organisation_id=organisation_id,
            source__in=references[start : start + journal.SLICE],
            reversed_by=None,
        )
        for entry in found:
            journal.reverse(entry.pk, text=_text(why, entry.source), at=at, by=by)
    reverse_sales(organisation_id, {each: _text(why, each) for each in references}, at=at, by=by)


def _bring_in(
    organisation_id: int,
    year: int,
    facts: Sequence[object],
    *,
    said: str,
    at: datetime,
    by: int | None,
) -> None:
    """One entry that takes the books from where they stand to the trial balance.

    So a fact booked here already is not counted twice, and bringing the same balance in again books nothing.
    """
    settled = Settlement.objects.filter(organisation_id=organisation_id, year=year, state__in=CARRIED_OUT)
    if settled.exists():
        raise YearIsSettled(year=year)
    rows = [fact for fact in facts if isinstance(fact, BalanceFact)]
    for row in rows:
        balances.chart().account(row.account)
    standing = balances.balances(organisation_id, date(year + 1, 1, 1))
    earlier = Entry.objects.filter(
        organisation_id=organisation_id, source__startswith=f"balances:{year}."
    ).count()
    entry = booking.balances(year, rows, standing, number=earlier + 1)
    if entry is not None:
        entry = replace(entry, text=said[:200] or entry.text)
        journal.book(organisation_id, [entry], at=at, by=by)
