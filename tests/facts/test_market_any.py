"""The market in any order of events, each sent twice: nothing is lost and nothing is made. M1, M4."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import market, market_back, market_goods, market_paid, market_undo, shipment
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.market_back import RefundGiven
from lianjie.facts.actions.market_goods import Make, PickGiven, Take, WorkGiven
from lianjie.facts.actions.market_paid import MatchGiven, PaymentGiven
from lianjie.facts.actions.shipment import ReceivingGiven, ShippingGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.models import (
    Delivery,
    LotInput,
    LotWork,
    MarketLot,
    OrderRefund,
    Party,
    PaymentMatch,
    Pick,
    SalesOrder,
    ShipmentLoad,
)
from lianjie.facts.queries import in_kind as stock
from lianjie.facts.queries import market as sales
from lianjie.facts.queries import market_goods as lots_of
from lianjie.facts.queries import shipment as ways
from lianjie.facts.rules.market import ChannelGiven, LineGiven, OrderGiven, ProductGiven
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import attribution
from tests.ledger import coop
from tests.support.fill import fill

pytestmark = [pytest.mark.both, pytest.mark.mission("M1", "M4"), pytest.mark.slow]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
DAY = date(2026, 10, 1)
WRITTEN = (LotWork, LotInput, MarketLot, Pick, ShipmentLoad, OrderRefund, PaymentMatch, Posting)
amounts = st.integers(1, 900)
owners = st.sampled_from(["own", "consigned"])


def total(rows, column: str = "quantity") -> int:
    return rows.aggregate(n=Sum(column))["n"] or 0


class Market(RuleBasedStateMachine):
    """Deliver and pool, sort, pack, move, lose, order, pick, ship, receive, give back, pay, take back."""

    lots = Bundle("lots")
    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.org = coop.make(balances=False)
        self.books = Books(self.org.pk, SourceGiven("page", "any"), AT, None, post)
        self.count = 0
        market_goods.add_place("CK", name="库", kind="store", day=DAY, books=self.books)
        market_goods.add_place("OUT", name="代销点", kind="outlet", day=DAY, books=self.books)
        market.add_product(ProductGiven("BOX", DAY, "盒", "pear", content=7), self.books)
        market.add_product(ProductGiven("LOOSE", DAY, "散", "pear"), self.books)
        market.add_channel(ChannelGiven("WS", DAY, "wholesale", "批发"), self.books)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def name(self, letters: str) -> str:
        self.count += 1
        return f"{letters}{self.count}"

    def act(self, verb: Callable[[], object], again: bool = True) -> bool:
        """Do it twice: the second time changes nothing, and a refusal leaves nothing behind."""
        before = self.written()
        try:
            with transaction.atomic():
                verb()
        except Refusal:
            assert self.written() == before, "half-written"
            return False
        after = self.written()
        if again:
            with transaction.atomic():
                verb()
            assert self.written() == after, "replayed"
        return True

    def written(self) -> list[int]:
        return [model.objects.count() for model in WRITTEN]

    def work(self, kind: str, takes, makes, **more) -> None:
        given = WorkGiven(self.name("W"), DAY, kind, takes, makes, **more)
        self.act(lambda: market_goods.work(given, self.books))

    @rule(target=lots, home=st.sampled_from(["H1", "H2", "H4"]), grams=amounts, price=amounts, owner=owners)
    def pool(self, home, grams, price, owner):
        number, lot = self.name("PEAR"), self.name("L")
        fill(
            Delivery, organisation_id=self.org.pk, key=number, receipt=number, day=DAY, good="pear",
            household=Party.objects.get(code=f"COOP-{home}"), grams=grams,
            amount_fen=0 if owner == "consigned" else price,
        )  # fmt: skip
        consigned = {"consigned": owner == "consigned", "agreed_fen": price * 1_000}
        self.work("pool", (Take(number, grams),), (Make(lot, grams),), place="CK", **consigned)
        return lot

    @rule(target=lots, lot=lots, first=amounts, second=amounts, lost=st.integers(0, 90))
    def sort(self, lot, first, second, lost):
        new = self.name("L")
        makes = (Make(new, first), Make(self.name("L"), second))
        self.work("sort", (Take(lot, first + second + lost),), makes, lost=lost, cause="rot", place="CK")
        return new

    @rule(target=lots, one=lots, other=lots, grams=amounts)
    def mix(self, one, other, grams):
        new = self.name("L")
        self.work("sort", (Take(one, grams), Take(other, grams)), (Make(new, 2 * grams),))
        return new

    @rule(target=lots, lot=lots, packs=st.integers(1, 60), lost=st.integers(0, 9))
    def pack(self, lot, packs, lost):
        new = self.name("P")
        makes = (Make(new, product="BOX", packs=packs),)
        self.work("pack", (Take(lot, packs * 7 + lost),), makes, lost=lost, cause="trimming", place="CK")
        return new

    @rule(target=lots, lot=lots, grams=amounts, place=st.sampled_from(["CK", "OUT"]))
    def move(self, lot, grams, place):
        new = self.name("M")
        self.work("move", (Take(lot, grams),), (Make(new, grams),), place=place)
        return new

    @rule(lot=lots, grams=amounts)
    def lose(self, lot, grams):
        self.work("lose", (Take(lot, grams),), (), lost=grams, cause="rot")

    @rule(
        target=orders,
        packs=st.integers(0, 30),
        fen=amounts,
        owner=owners,
        growers=st.booleans(),
        gone=st.booleans(),
    )
    def order(self, packs, fen, owner, growers, gone):
        number = self.name("S")
        line = LineGiven("BOX", fen, packs, owner=owner) if packs else LineGiven("LOOSE", fen, 0, 100, owner)
        borne = "growers" if growers else "organisation"
        sent_day = DAY if gone else None
        given = OrderGiven("WS", number, DAY, (line,), refunds_borne_by=borne, sent_day=sent_day)
        self.act(lambda: market.enter_order(given, self.books))
        return number

    @rule(order=orders, lot=lots, quantity=amounts)
    def pick(self, order, lot, quantity):
        given = PickGiven("WS", order, 1, lot, DAY, quantity)
        self.act(lambda: market_goods.pick(given, self.books), again=False)

    @rule(order=orders)
    def ship(self, order):
        row = sales.order(self.org.pk, "WS", order)
        picks = tuple(each.reference for each in ways.waiting(self.org.pk, row.id)) if row else ()
        given = ShippingGiven(self.name("Y"), DAY, picks, "城里")
        self.act(lambda: shipment.ship(given, self.books))

    @rule(order=orders, short=st.integers(0, 30), pays_sent=st.booleans())
    def receive(self, order, short, pays_sent):
        row = sales.order(self.org.pk, "WS", order)
        for way in ways.of_order(row.id) if row else ():
            quantity = max(way.loaded - short, 0)
            lines = (("WS", order, 1, quantity),)
            given = ReceivingGiven(way.number, DAY, lines, "收货员", None, pays_sent)
            self.act(lambda given=given: shipment.receive(given, self.books))

    @rule(
        order=orders,
        kind=st.sampled_from(["refund", "return", "spoilage", "cancelled"]),
        fen=st.integers(0, 300),
        quantity=st.integers(0, 70),
    )
    def give_back(self, order, kind, fen, quantity):
        into = self.name("R") if kind == "return" and quantity else ""
        given = RefundGiven(
            self.name("T"), DAY, "WS", order, kind, fen, 1 if quantity else 0, quantity, "", into, "CK"
        )
        self.act(lambda: market_back.give_back(given, self.books))

    @rule(order=orders, fen=amounts, keep=st.booleans())
    def pay(self, order, fen, keep):
        given = PaymentGiven(self.name("F"), DAY, fen, matches=(MatchGiven("WS", order),), keep_rest=keep)
        self.act(lambda: market_paid.receive_payment(given, self.books))

    @rule(data=st.data())
    def take_back(self, data):
        known = [
            f"{model._meta.model_name}:{key}"
            for model in (LotWork, Pick, OrderRefund, SalesOrder)
            for key in model.objects.current().filter(organisation=self.org).values_list("key", flat=True)
        ]
        known += [f"shipment:{row.number}" for row in ways.page(self.org.pk).rows]
        if known:
            reference = data.draw(st.sampled_from(sorted(known)))
            self.act(lambda: market_undo.take_back(reference, "错", self.books), again=False)

    def booked(self, account: str, good: str = "") -> int:
        rows = Posting.objects.filter(
            entry__organisation=self.org, entry__posted=True, account=account, good=good
        )
        return total(rows, "quantity" if good else "amount_fen")

    @invariant()
    def grams_are_somewhere(self):
        mine = {"organisation": self.org}
        inputs, picks = LotInput.objects.current().filter(**mine), Pick.objects.current().filter(**mine)
        pooled, back = (
            total(inputs.filter(delivery__isnull=False)),
            total(inputs.filter(refund__isnull=False)),
        )
        lost = total(LotWork.objects.current().filter(**mine), "lost")
        held = self.held()
        assert pooled + back == held + total(picks) + lost
        waiting = total(picks.exclude(loads__in=ShipmentLoad.objects.current()))
        assert sum(self.booked(account, "pear") for account in ("121", "125", "128")) == held + waiting
        assert self.booked("502", "pear") == -pooled

    @invariant()
    def what_goods_cost_is_somewhere(self):
        mine = {"organisation": self.org}
        rows = list(MarketLot.objects.current().filter(**mine))
        left = lots_of.cost_left([row.lot_id for row in rows])
        assert all(fen >= 0 for fen in left.values())
        for owner, accounts in (("own", ("121", "125")), ("consigned", ("128",))):
            held = sum(left[row.lot_id] for row in rows if row.owner == owner)
            picks = Pick.objects.current().filter(**mine, line__owner=owner)
            waiting = total(picks.exclude(loads__in=ShipmentLoad.objects.current()), "cost_fen")
            bought = LotInput.objects.current().filter(**mine, delivery__amount_fen__gt=0)
            # Deliveries were written straight into the table here, so buying them was not booked.
            before = total(bought, "cost_fen") if owner == "own" else 0
            assert sum(self.booked(account) for account in accounts) + before == held + waiting

    @invariant()
    def what_buyers_owe_is_what_they_kept_and_did_not_pay(self):
        owed = 0
        for row in sales.every(self.org.pk):
            owed += sum(line.standing.sold_fen for line in row.lines)
            owed -= sales.booked_back_fen(row.id) + row.money.paid_fen
            for line in attribution.of_order(self.org.pk, row):
                if line.households:
                    assert sum(home.quantity for home in line.households) == line.quantity
                    assert sum(home.fen for home in line.households) == line.fen
        assert self.booked("113") == owed

    def held(self) -> int:
        lots = list(
            MarketLot.objects.current().filter(organisation=self.org).values_list("lot_id", flat=True)
        )
        moves = stock.moves(lots)
        left = [sum(move.quantity for move in moves[lot]) for lot in lots]
        assert all(each >= 0 for each in left)
        return sum(left)


def test_nothing_is_lost_and_nothing_is_made(engine):
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Market,
        settings=settings(
            max_examples=6, stateful_step_count=20, suppress_health_check=checks, phases=[Phase.generate]
        ),
    )
