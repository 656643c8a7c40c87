"""Under an order: deposit, crop sold to the buyer, breaches, insurance. Each verb is one transaction.

A verb writes its row, reads what the party owes and paid anew and lets the rules judge the whole.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.offtake import NoSuchOrder, written_candidate
from lianjie.facts.actions.stock import (
    Books,
    NumberTaken,
    area_of,
    enter_all,
    enter_one,
    members,
    named,
    parties_of,
    party_of,
)
from lianjie.facts.actions.store import Sieve, Want, alone, base, keep, renumbered, standing
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing, taken_back
from lianjie.facts.models import (
    Fact,
    InsuranceClaim,
    InsurancePolicy,
    OfftakeContract,
    OfftakePromise,
    OrderBreach,
    OrderMoney,
    OrderSale,
    Party,
    SalesOrder,
)
from lianjie.facts.queries import offtake, order_account
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.rules import offtake as offtake_rules
from lianjie.facts.rules import order_account as rules
from lianjie.facts.rules.handed import Handed, OrderFact
from lianjie.facts.rules.in_kind import NothingMoved

WasMember = Callable[[int, date], bool]


class NoSuchPolicy(Refusal):
    what = N_("There is no policy “{policy}” under this order.")
    fix = N_("Enter the policy first.")


class NoSuchClaim(Refusal):
    what = N_("There is no claim “{claim}” under this order.")
    fix = N_("Enter first what was reported to the insurer.")


class PremiumNotOurs(Refusal):
    what = N_("The premium of policy {policy} is not paid by this organisation, or is paid already.")
    fix = N_("Look at who pays it and how much.")


class SoldOnTheMarket(Refusal):
    what = N_(
        "Contract {contract} is sold by market orders: number {number} of {day}. "
        "Sold here too, the crop would be booked twice."
    )
    fix = N_("Enter this sale as a market order under the contract, or take those orders back first.")


@dataclass(frozen=True)
class Moving:
    """Money under an order. `party` is the buyer when empty; `about` a policy or claim."""

    number: str
    order: str
    day: date
    kind: str
    fen: int
    party: str = ""
    about: str = ""
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class Selling:
    """Crop handed to the buyer by the organisation itself; without a price the order's terms give it."""

    number: str
    order: str
    day: date
    grade: str
    grams: int
    fen_per_kg: int = 0
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class Breaking:
    """A breach of an order; `party` is the buyer, the organisation itself or a household that promised."""

    number: str
    order: str
    day: date
    party: str
    kind: str
    account: str
    remedy: str = "none"
    grams: int = 0
    loss_fen: int = 0
    damages_fen: int = 0
    evidence: str = ""


@dataclass(frozen=True)
class Insuring:
    """A policy that pays for a lost harvest; `until` is the day after its last."""

    number: str
    order: str
    insurer: str
    start: date
    until: date
    premium_fen: int
    premium_by: str
    cover_fen: int
    clause: str
    evidence: str = ""


@dataclass(frozen=True)
class Claiming:
    """A loss reported to the insurer."""

    number: str
    order: str
    policy: str
    day: date
    claimed_fen: int
    account: str
    evidence: str = ""


def move(given: Moving, books: Books) -> str:
    """Enter money that moved, and book it; returns the reference. The same again changes nothing.

    Refuses with DepositNotHeld, MorePaidThanOrderOwes, MoreThanWeOwe, FloorNotOnBuyer and so on.
    """
    return alone(move_all, given, books)


@transaction.atomic
def move_all(given: Sequence[Moving], books: Books) -> list[str]:
    """Enter money as `move` does, all of it or none; RowsRefused says what cannot be.

    What rests on money that moved before it, a deposit kept or a premium, is judged one by one.
    """
    sieve, wants, whose, area = Sieve(), [], [], area_of(books)
    orders = _orders(books, (each.order for each in given))
    people = parties_of(each.party for each in given if each.party)
    alike = _Alike(OrderMoney, books, (each.number for each in given))
    if len(given) > 1 and any(each.kind in JUDGED_ALONE for each in given):
        return [move(each, books) for each in given]
    for number, each in enumerate(given):
        with sieve.of(number):
            order = _among(orders, each.order)
            if each.fen <= 0:
                raise rules.NothingMovedInMoney
            party = named(people, each.party) if each.party else order.buyer
            about, penalty = each.about, 0
            if each.kind in ("kept", "doubled"):
                about = _broken(books, order, each)
                penalty = each.fen if each.kind == "doubled" else 0
            if each.kind == "floor":
                rules.check_floor(offtake.terms_of(order), each.day)
                party = order.buyer
            if each.kind in ("premium", "payout"):
                party = Party.objects.get(pk=books.organisation_id)
                _insured(books, each)
            fields = {
                "day": each.day, "contract_id": alike.contract(each.number, order), "party_id": party.pk,
                "kind": each.kind, "amount_fen": each.fen, "penalty_fen": penalty, "about": about,
                "evidence": each.evidence,
            }  # fmt: skip
            whose.append((order, party))
            wants.append(Want(each.number, area, fields, each.place))
    rows = enter_all(OrderMoney, wants, books, sieve)
    fresh = [number for number, (_, new) in enumerate(rows) if new]
    for of, party in {(given[number].order, whose[number][1]) for number in fresh}:
        _judge(books, of, party)
    member = members(books, (whose[n][1].pk for n in fresh))
    facts = [
        _fact(member, whose[n][0], rows[n][0], given[n].kind, whose[n][1], given[n].fen,
              penalty_fen=rows[n][0].penalty_fen)
        for n in fresh
    ]  # fmt: skip
    _hand(books, *facts)
    return [str(row.reference) for row, _ in rows]


JUDGED_ALONE = ("kept", "doubled", "premium", "payout")


def sell(given: Selling, books: Books) -> str:
    """Enter crop sold to the buyer, priced by the order's terms, at its cost; returns the reference.

    Refuses with SalePriceBelowOrder, SoldOnTheMarket, and for all the reasons of rules.offtake.price.
    """
    return alone(sell_all, given, books)


@transaction.atomic
def sell_all(given: Sequence[Selling], books: Books) -> list[str]:
    """Enter sales as `sell` does, all of them or none."""
    sieve, references, wants = Sieve(), [""] * len(given), {}
    orders = _orders(books, (each.order for each in given))
    known = standing(OrderSale, books.organisation_id, (each.number for each in given), "contract")
    elsewhere = _sold_elsewhere(books)
    prices = offtake.Prices(books.organisation_id)
    costs = order_account.Costs(books.organisation_id)
    area = area_of(books)
    for number, each in enumerate(given):
        with sieve.of(number):
            order = _among(orders, each.order)
            if each.number in known and _same_sale(known[each.number], each):
                references[number] = str(known[each.number].reference)
                continue
            if each.grams <= 0:
                raise NothingMoved(good=order.good)
            if each.order in elsewhere:
                market_number, day = elsewhere[each.order]
                raise SoldOnTheMarket(contract=each.order, number=market_number, day=day)
            seen = prices.until(order.good, each.day)
            priced = offtake_rules.price(offtake.terms_of(order), order.good, each.grade, each.day, seen)
            price = each.fen_per_kg or priced.fen_per_kg
            if price < priced.fen_per_kg:
                raise rules.SalePriceBelowOrder(given=Fen(price), due=Fen(priced.fen_per_kg))
            fields = {
                "day": each.day, "contract_id": order.pk, "grade": each.grade, "grams": each.grams,
                "fen_per_kg": price, "amount_fen": offtake_rules.worth(each.grams, price),
                "due_day": each.day + timedelta(days=order.pay_within_days), "won": priced.won,
                "candidates": [dict(written_candidate(one)) for one in priced.candidates],
                "evidence": each.evidence, "cost_fen": costs.next(each.order, each.grams),
            }  # fmt: skip
            wants[number] = Want(each.number, area, fields, each.place)
    sieve.close()
    with renumbered(list(wants)):
        rows = enter_all(OrderSale, list(wants.values()), books, Sieve())
    member = members(books, {orders[given[number].order].buyer_id for number in wants})
    facts = []
    for number, (row, new) in zip(wants, rows, strict=True):
        references[number] = str(row.reference)
        if new:
            order = orders[given[number].order]
            more = {"cost_fen": row.cost_fen}
            facts.append(_fact(member, order, row, "sale", order.buyer, row.amount_fen, **more))
    _hand(books, *facts)
    return references


def _sold_elsewhere(books: Books) -> dict[str, tuple[str, date]]:
    """Contract -> the latest market order under it."""
    rows = SalesOrder.objects.current().filter(organisation_id=books.organisation_id, contract__isnull=False)
    found = rows.order_by("day", "pk").values_list("contract__key", "number", "day")
    return {base(key): (number, day) for key, number, day in found}


def _same_sale(known: OrderSale, given: Selling) -> bool:
    """A price seen since is no difference: what was sold stays sold at its price."""
    stands = (known.day, base(known.contract.key), known.grade, known.grams, known.evidence)
    asked = (given.day, given.order, given.grade, given.grams, given.evidence)
    return stands == asked and given.fen_per_kg in (0, known.fen_per_kg)


@transaction.atomic
def break_(given: Breaking, books: Books) -> str:
    """Enter a breach and book the damages asked for; returns the reference.

    Refuses with DepositOrDamages, DamagesUnsaid or BreachByStranger.
    """
    order, party = _order(books, given.order), party_of(given.party)
    rules.check_breach(_breach(given))
    promised = offtake.of_order(OfftakePromise, books.organisation_id, given.order)
    if party.pk not in (order.buyer_id, books.organisation_id):
        if not promised.filter(household=party).exists():
            raise rules.BreachByStranger(party=given.party, order=given.order)
        if given.remedy == "deposit":
            raise rules.BreachByStranger(party=given.party, order=given.order)
    fields = {
        "day": given.day, "contract_id": order.pk, "party_id": party.pk, "kind": given.kind,
        "grams": given.grams, "loss_fen": given.loss_fen, "remedy": given.remedy,
        "damages_fen": given.damages_fen, "account": given.account, "evidence": given.evidence,
    }  # fmt: skip
    row, new = _kept(OrderBreach, given.number, order, fields, books)
    if new and given.damages_fen:
        ours = party.pk == books.organisation_id
        kind, whose = ("damages_ours", order.buyer) if ours else ("damages", party)
        _post(books, order, row, kind, whose, given.damages_fen)
    return str(row.reference)


@transaction.atomic
def insure(given: Insuring, books: Books) -> str:
    """Enter a policy that pays for a lost harvest; returns the reference. Refuses with NumberTaken."""
    order = _order(books, given.order)
    if given.cover_fen <= 0:
        raise rules.NothingMovedInMoney
    if given.until <= given.start:
        raise offtake_rules.OrderWindowEmpty(day=given.start, last_day=given.until - timedelta(days=1))
    fields = {
        "day": given.start, "until_day": given.until, "contract_id": order.pk, "insurer": given.insurer,
        "premium_fen": given.premium_fen, "premium_by": given.premium_by, "cover_fen": given.cover_fen,
        "clause": given.clause, "evidence": given.evidence,
    }  # fmt: skip
    want = Want(given.number, area_of(books), fields, refers={"contract_id": given.order})
    kept = keep(InsurancePolicy, [want], books.entry)
    if any(old for old, _ in kept.corrected):
        raise NumberTaken(number=given.number)
    return f"insurancepolicy:{given.number}"


@transaction.atomic
def claim(given: Claiming, books: Books) -> str:
    """Enter a loss reported to the insurer; returns the reference."""
    _order(books, given.order)
    if given.claimed_fen <= 0:
        raise rules.NothingMovedInMoney
    policy = _policy(books, given.order, given.policy)
    fields = {
        "day": given.day, "policy_id": policy.pk, "claimed_fen": given.claimed_fen,
        "account": given.account, "evidence": given.evidence,
    }  # fmt: skip
    row, _ = enter_one(InsuranceClaim, given.number, area_of(books), fields, books)
    return str(row.reference)


TABLES: dict[str, type[Fact]] = {
    model._meta.model_name or "": model
    for model in (OrderMoney, OrderSale, OrderBreach, InsurancePolicy, InsuranceClaim)
}


@transaction.atomic
def take_back(order: str, reference: str, reason: str, books: Books) -> str:
    """Withdraw what should not have been entered; its entry is reversed. To correct it, enter it anew.

    Refuses with ReasonMissing, NoSuchFact, FactStillUsed, or what the rules say of the steps that remain.
    """
    if not reason.strip():
        raise ReasonMissing
    contract = _order(books, order)
    name, _, key = reference.partition(":")
    model = TABLES.get(name)
    found: Any = None
    if model is not None:
        rows = model.objects.current().filter(organisation_id=books.organisation_id, key=key)
        found = rows.first()
    if found is None:
        raise NoSuchFact(reference=reference)
    _unused(books, order, found)
    row = taken_back(found, reason, books.entry)
    for party in {contract.buyer, getattr(found, "party", contract.buyer)}:
        _judge(books, order, party)
    _hand(books, reverses=found.reference)
    return str(row.reference)


def _unused(books: Books, order: str, found: Any) -> None:
    """A policy with a claim, a claim or breach with money behind it stay."""
    if isinstance(found, InsurancePolicy):
        user = InsuranceClaim.objects.current().filter(policy=found).first()
        if user is not None:
            raise FactStillUsed(reference=found.reference, user=user.reference)
    if isinstance(found, InsurancePolicy | InsuranceClaim | OrderBreach):
        money = (
            offtake.of_order(OrderMoney, books.organisation_id, order).filter(about=base(found.key)).first()
        )
        if money is not None:
            raise FactStillUsed(reference=found.reference, user=money.reference)


def _broken(books: Books, order: OfftakeContract, given: Moving) -> str:
    """The breach for which a deposit is kept or doubled; refuses without one, or above earnest money."""
    by = order.buyer_id if given.kind == "kept" else books.organisation_id
    rows = offtake.of_order(OrderBreach, books.organisation_id, given.order)
    breach = rows.filter(party_id=by, remedy="deposit", day__lte=given.day).order_by("day", "pk").first()
    if breach is None:
        raise rules.NoBreachBehind(party=Party.objects.get(pk=by).name)
    others = offtake.of_order(OrderMoney, books.organisation_id, given.order).filter(
        kind__in=("kept", "doubled")
    )
    in_all = given.fen + sum(others.exclude(numbered(given.number)).values_list("amount_fen", flat=True))
    most = offtake_rules.earnest_fen(offtake.terms_of(order))
    if most is not None and in_all > most:
        raise rules.AboveEarnestMoney(most=Fen(most), asked=Fen(in_all))
    return base(breach.key)


def _insured(books: Books, given: Moving) -> None:
    money = offtake.of_order(OrderMoney, books.organisation_id, given.order).exclude(numbered(given.number))
    if given.kind == "premium":
        policy = _policy(books, given.order, given.about)
        paid = money.filter(kind="premium", about=given.about).values_list("amount_fen", flat=True)
        if policy.premium_by != "coop" or sum(paid) + given.fen > policy.premium_fen:
            raise PremiumNotOurs(policy=given.about)
        return
    rows = InsuranceClaim.objects.current().filter(organisation_id=books.organisation_id)
    found = rows.filter(numbered(given.about)).select_related("policy").first()
    if not given.about or found is None:
        raise NoSuchClaim(claim=given.about)
    claims = rows.filter(policy__key__startswith=base(found.policy.key)).values_list("key", flat=True)
    paid = money.filter(kind="payout", about__in=[base(key) for key in claims])
    in_all = given.fen + sum(paid.values_list("amount_fen", flat=True))
    if in_all > found.policy.cover_fen:
        cover = Fen(found.policy.cover_fen)
        raise rules.AboveCover(policy=base(found.policy.key), cover=cover, asked=Fen(given.fen))


def _policy(books: Books, order: str, number: str) -> InsurancePolicy:
    found = offtake.of_order(InsurancePolicy, books.organisation_id, order).filter(numbered(number)).first()
    if not number or found is None:
        raise NoSuchPolicy(policy=number)
    return found


class _Alike:
    """Rows of a table that stand by number: another version of their order is no difference."""

    def __init__(self, model: type[Fact], books: Books, numbers: Iterable[str]) -> None:
        self.known = standing(model, books.organisation_id, numbers, "contract")

    def contract(self, number: str, order: OfftakeContract) -> int:
        """Which version of the order the row names."""
        row = self.known.get(number)
        same = row is not None and base(row.contract.key) == base(order.key)
        return row.contract_id if row is not None and same else order.pk


def _kept(
    model: type[Fact], number: str, order: OfftakeContract, fields: dict[str, Any], books: Books
) -> tuple[Any, bool]:
    """Another version of the order is no difference."""
    fields = fields | {"contract_id": _Alike(model, books, [number]).contract(number, order)}
    return enter_one(model, number, area_of(books), fields, books)


def _order(books: Books, number: str) -> OfftakeContract:
    """The standing order; the organisation is locked until the transaction ends."""
    return _among(_orders(books, [number]), number)


def _orders(books: Books, numbers: Iterable[str]) -> dict[str, OfftakeContract]:
    Party.objects.select_for_update().get(pk=books.organisation_id)
    return standing(OfftakeContract, books.organisation_id, numbers, "buyer")


def _among(orders: Mapping[str, OfftakeContract], number: str) -> OfftakeContract:
    if number not in orders:
        raise NoSuchOrder(number=number)
    return orders[number]


def _breach(given: Breaking) -> rules.Breach:
    return rules.Breach(
        given.number, given.day, given.party, given.kind, given.account, given.remedy, given.grams,
        given.loss_fen, given.damages_fen, given.evidence,
    )  # fmt: skip


def _judge(books: Books, order: str, party: Party) -> None:
    rules.standing(party.code, *order_account.steps(books.organisation_id, order))


def _post(
    books: Books, order: OfftakeContract, row: Any, kind: str, party: Party, fen: int, **more: int
) -> None:
    _hand(books, _fact(members(books, [party.pk]), order, row, kind, party, fen, **more))


def _fact(
    member: WasMember, order: OfftakeContract, row: Any, kind: str, party: Party, fen: int, **more: int
) -> OrderFact:
    """In whose account it stands is told by the day the order was signed, so that both sides meet."""
    return OrderFact(
        row.reference, row.day, kind, party.code, member(party.pk, order.signed_day), fen, **more,
        order=base(order.key), bearer=order.loss_bearer,
    )  # fmt: skip


def _hand(books: Books, *facts: OrderFact, reverses: str = "") -> None:
    rows = [Handed(fact) for fact in facts] + ([Handed(None, reverses)] if reverses else [])
    year = facts[0].day.year if facts else books.at.year
    if rows:
        books.post("order", rows, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)
