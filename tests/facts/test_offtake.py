"""An order from its signing to a priced delivery, on both databases: L3."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts.actions import offtake
from lianjie.facts.actions.offtake import DeliveryGiven
from lianjie.facts.actions.offtake_anew import price_anew
from lianjie.facts.actions.stock import Books, NotInTheFuture
from lianjie.facts.actions.store import Entry, SourceGiven, standing
from lianjie.facts.actions.take_back import take_back
from lianjie.facts.actions.withdraw import FactStillUsed, withdraw
from lianjie.facts.bulk import FEW
from lianjie.facts.models import CallOff, Delivery, OfftakeContract, OfftakeDelivery, OfftakePromise, Party
from lianjie.facts.queries import offtake as queries
from lianjie.facts.registers.orders import FAMILY
from lianjie.facts.rules.offtake import OrderTerms
from lianjie.ledger.actions import floor_income
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.ledger import coop
from tests.ledger.coop import AT

pytestmark = [pytest.mark.both, pytest.mark.mission("L3")]
DAY = date(2025, 10, 8)


@pytest.fixture
def entry(db) -> Entry:
    made = coop.make()
    Party.objects.create(
        code="FIRM", kind="organisation", name="果业公司（示例）", area=made.area, invented=True
    )
    return Entry(made.pk, SourceGiven("page", "test"), AT, None)


@pytest.fixture
def terms() -> OrderTerms:
    return OrderTerms(
        number="DD1",
        buyer="FIRM",
        signed_day=date(2025, 3, 1),
        start=date(2025, 9, 1),
        until=date(2025, 12, 1),
        good="apple",
        grams=9_000_000,
        floors={"A": 500, "B": 450},
        breach="20 %",
        loss_bearer="buyer",
        loss_clause="insured",
        market="county",
        premium_millionths=100_000,
    )


def price_seen(entry: Entry, fen: int, day: date = DAY) -> None:
    offtake.record_price(
        entry, day=day, good="apple", grade="", market="county", fen_per_kg=fen, evidence="photo 7"
    )


def balance(party: str) -> int:
    rows = Posting.objects.filter(party__code=party, account__in=("114", "211"), entry__posted=True)
    return -sum(rows.values_list("amount_fen", flat=True))


def test_signed_promised_delivered_priced_and_booked(entry, terms):
    assert offtake.sign(entry, terms).new
    assert offtake.sign(entry, terms).unchanged == 1
    offtake.promise(entry, "DD1", household="COOP-H1", grams=2_000_000, extent_mu4=30_000, evidence="")
    price_seen(entry, 520)
    given = DeliveryGiven("COOP-H1", DAY, "R77", "A", 700_500)
    priced = offtake.take(entry, "DD1", given, post=post)
    assert (priced.fen_per_kg, priced.won) == (572, "market")
    row = Delivery.objects.get(receipt="R77")
    assert row.amount_fen == 400_686  # 700.5 kg x 5.72 yuan
    assert balance("COOP-H1") == 400_686
    found = queries.order(entry.organisation_id, "DD1")
    (home,) = found.homes
    assert (home.fulfilment.promised, home.fulfilment.delivered) == (2_000_000, 700_500)
    assert home.fulfilment.left == 1_299_500
    (delivered,) = found.deliveries
    assert [(w.kind, w.fen_per_kg, w.won) for w in delivered.weighed] == [
        ("floor", 500, False),
        ("market", 572, True),
    ]
    assert delivered.weighed[1].record.startswith("pricerecord:2025-10-08-county")
    assert queries.of_household(entry.organisation_id, row.household_id)[0].fulfilment == home.fulfilment
    with pytest.raises(Refusal) as caught:
        offtake.take(entry, "DD1", given, post=post)
    assert caught.value.code == "ReceiptUsed"


def test_a_delivery_that_stands_is_priced_once_and_its_entry_replaced(entry, terms):
    offtake.sign(entry, replace(terms, floors={"": 650}, market=""))
    first = Delivery.objects.get(household__code="COOP-H1")  # 1,200 kg at 6 yuan, written into the tables
    offtake.price_delivery(entry, "DD1", first.reference, post=post)
    now = Delivery.objects.current().get(household__code="COOP-H1")
    assert (now.key, now.price_fen_per_kg, now.amount_fen) == (f"{first.key}~2", 650, 780_000)
    assert balance("COOP-H1") == 780_000
    with pytest.raises(Refusal) as caught:
        offtake.price_delivery(entry, "DD1", now.reference, post=post)
    assert caught.value.code == "DeliveryPricedBefore"
    (row,) = queries.order(entry.organisation_id, "DD1").deliveries
    assert row.reference == now.reference


def test_a_price_agreed_higher_stands(entry, terms):
    offtake.sign(entry, replace(terms, floors={"": 550}, market=""))
    row = Delivery.objects.get(household__code="COOP-H2")
    with pytest.raises(Refusal) as caught:
        offtake.price_delivery(entry, "DD1", row.reference, post=post)
    assert caught.value.code == "DeliveryAgreedHigher"
    assert not OfftakeDelivery.objects.exists()


def test_without_a_market_price_nothing_is_written(entry, terms):
    offtake.sign(entry, terms)
    price_seen(entry, 520, date(2025, 9, 30))
    with pytest.raises(Refusal) as caught, transaction.atomic():
        offtake.take(entry, "DD1", DeliveryGiven("COOP-H1", DAY, "R9", "A", 1000), post=post)
    assert caught.value.code == "NoMarketPrice"
    assert "2025-10-01" in caught.value.say()
    assert not Delivery.objects.filter(receipt="R9").exists()


def test_changed_terms_are_a_new_version_and_keep_what_came(entry, terms):
    offtake.sign(entry, terms)
    offtake.promise(entry, "DD1", household="COOP-H2", grams=5_000, extent_mu4=0, evidence="")
    with pytest.raises(Refusal) as caught:
        offtake.sign(entry, replace(terms, grams=10_000_000))
    assert caught.value.code == "OrderNumberTaken"
    offtake.sign(entry, replace(terms, grams=10_000_000), amend=True)
    found = queries.order(entry.organisation_id, "DD1")
    assert (found.version, found.terms.grams, len(found.homes)) == (2, 10_000_000, 1)


def test_call_offs_stay_within_the_order(entry, terms):
    offtake.sign(entry, terms)
    asked = {"day": date(2025, 9, 1), "due_day": date(2025, 10, 1)}
    offtake.call_off(entry, "DD1", call="1", grams=8_000_000, **asked)
    for changed, code in (
        ({"grams": 1_000_001}, "CalledMoreThanOrdered"),
        ({"grams": 0}, "NothingPromised"),
        ({"grams": 1, "due_day": date(2026, 1, 1)}, "CallOffBeforeOrder"),
    ):
        with pytest.raises(Refusal) as caught:
            offtake.call_off(entry, "DD1", call="2", **asked | changed)
        assert caught.value.code == code


def test_what_was_signed_promised_and_called_by_mistake_is_taken_back_from_last_to_first(entry, terms):
    books = Books(entry.organisation_id, entry.source, entry.at, None, post)

    def back(reference: str) -> str:
        return take_back(reference, "entered for another order", books)

    offtake.sign(entry, terms)
    offtake.promise(entry, "DD1", household="COOP-H1", grams=5_000_000, extent_mu4=0, evidence="")
    offtake.call_off(entry, "DD1", call="1", grams=1_000, day=DAY, due_day=date(2025, 10, 20))
    with pytest.raises(FactStillUsed):
        back("offtakecontract:DD1")
    called, promised = CallOff.objects.get().reference, OfftakePromise.objects.get().reference
    back(called)
    assert floor_income.take_back_promise(promised, "entered for another order", books)
    back("offtakecontract:DD1")
    assert not queries.orders(entry.organisation_id)
    offtake.sign(entry, replace(terms, grams=1_000_000))
    assert queries.order(entry.organisation_id, "DD1").terms.grams == 1_000_000


def test_a_price_seen_is_taken_back_and_never_of_tomorrow(entry, terms):
    price_seen(entry, 700)
    (row,) = queries.prices(entry.organisation_id)
    take_back(row.reference, "another market", Books(entry.organisation_id, entry.source, AT, None, post))
    assert not queries.prices(entry.organisation_id)
    price_seen(entry, 700)
    assert len(queries.prices(entry.organisation_id)) == 1
    with pytest.raises(NotInTheFuture):
        price_seen(entry, 700, date(2099, 12, 31))
    offtake.sign(entry, terms)
    offtake.take(entry, "DD1", DeliveryGiven("COOP-H1", DAY, "R77", "A", 700_500), post=post)
    with pytest.raises(offtake.OrderGoodFixed):
        offtake.sign(entry, replace(terms, good="pear"), amend=True)


def test_words_nothing_backs_are_refused_by_rule_and_by_the_database(entry, terms):
    with pytest.raises(Refusals) as caught:
        offtake.sign(entry, replace(terms, assured=True))
    assert caught.value.refusals[0].code == "AssuranceNotBacked"
    offtake.sign(entry, terms)
    row = OfftakeContract.objects.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        OfftakeContract.objects.update(grams=1)
    row.pk, row.key, row.assured = None, "DD2", True
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


def test_a_delivery_is_priced_anew_when_the_price_seen_was_wrong(entry, terms):
    """The market paid 6.00, and 5.20 was entered: 100 kg x (6.00 - 5.20) x 1.1 = 88.00 were missing."""
    offtake.sign(entry, terms)
    price_seen(entry, 520)
    offtake.take(entry, "DD1", DeliveryGiven("COOP-H1", DAY, "R77", "A", 100_000), post=post)
    of = entry.organisation_id
    assert not queries.order(of, "DD1").deliveries[0].differs
    with pytest.raises(Refusal) as caught:
        price_anew(entry, "DD1", "none", post=post)
    assert caught.value.code == "AllStandAsPriced"
    price_seen(entry, 600)
    (row,) = queries.order(of, "DD1").deliveries
    assert (row.fen_per_kg, row.now) == (572, 660)
    with pytest.raises(Refusal) as caught:
        price_anew(entry, "DD1", " ", post=post)
    assert caught.value.code == "ReasonMissing"
    assert price_anew(entry, "DD1", "the board said 6.00", post=post) == 1
    (row,) = queries.order(of, "DD1").deliveries
    assert (row.fen_per_kg, row.amount_fen, row.differs) == (660, 66_000, False)
    assert row.weighed[1].seen_fen_per_kg == 600
    assert balance("COOP-H1") == 66_000
    assert not [each for each in queries.unpriced(of, terms) if each.receipt == "R77"]
    offtake.sign(entry, replace(terms, floors={"A": 900, "B": 450}), amend=True)
    assert not queries.order(of, "DD1").deliveries[0].differs, "other terms are no other price seen"


def test_a_receipt_taken_back_is_entered_anew_and_the_register_shows_what_stands(entry, terms):
    offtake.sign(entry, replace(terms, market=""))
    given = DeliveryGiven("COOP-H1", DAY, "R78", "A", 100_000)
    offtake.take(entry, "DD1", given, post=post)
    withdraw(
        "delivery:2025-R78", organisation_id=entry.organisation_id, reason="the neighbour's", at=AT, by=None,
        source=SourceGiven("page", "test"), post=post,
    )  # fmt: skip
    rows = list(FAMILY.registers[-1].rows(entry.organisation_id))
    assert [row["receipt"] for row in rows] == [], "taken back"
    offtake.take(entry, "DD1", replace(given, household="COOP-H2"), post=post)
    (row,) = queries.order(entry.organisation_id, "DD1").deliveries
    assert (row.household, row.amount_fen) == ("COOP-H2", 50_000)
    assert (balance("COOP-H1"), balance("COOP-H2")) == (0, 50_000)
    (row,) = FAMILY.registers[-1].rows(entry.organisation_id)
    assert (row["receipt"], row["household"]) == ("R78", "COOP-H2")


def test_receipts_taken_back_and_entered_anew_cost_the_same_questions_many_or_few(entry, terms):
    offtake.sign(entry, terms)
    price_seen(entry, 520)

    def again(first: int, rows: int) -> int:
        given = [
            ("DD1", DeliveryGiven("COOP-H1", DAY, f"R{n}", "A", 1_000)) for n in range(first, first + rows)
        ]
        offtake.take_all(entry, given, post=post)
        for _, each in given:
            reference = f"delivery:{DAY.year}-{each.receipt}"
            withdraw(
                reference, organisation_id=entry.organisation_id, reason="twice", at=AT, by=None,
                source=entry.source, post=post,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            offtake.take_all(entry, given, post=post)
        return len(asked)

    some, forty = again(1, FEW + 1), again(30, 40)
    assert forty == some
    kept = standing(OfftakeDelivery, entry.organisation_id, [f"{DAY.year}-R{n}" for n in range(30, 70)])
    assert len(kept) == 40


def test_an_order_is_not_changed_to_less_than_was_called_off(entry, terms):
    offtake.sign(entry, terms)
    offtake.call_off(entry, "DD1", call="1", day=DAY, due_day=DAY, grams=8_000_000)
    with pytest.raises(Refusal) as caught:
        offtake.sign(entry, replace(terms, grams=7_999_999), amend=True)
    assert caught.value.code == "CalledMoreThanOrdered"
