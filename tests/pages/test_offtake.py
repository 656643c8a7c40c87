"""Orders on the pages: signed, promised, priced with the reason; who may, and what is refused: L3."""

from datetime import date
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from lianjie.base.refusal import Refusals
from lianjie.facts import registers
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.models import Delivery, OfftakeContract, PriceRecord
from lianjie.facts.registers import bringing, taking
from lianjie.facts.registers.register import Desk
from lianjie.facts.workbook import read
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import payables
from tests.facts import register_world

pytestmark = [pytest.mark.both, pytest.mark.mission("L3")]
BASE = "/o/C2001/orders/"
ORDER = {
    "number": "DD-01",
    "buyer": "E2001",
    "signed_day": "2025-03-10",
    "start": "2025-09-01",
    "last_day": "2025-12-31",
    "good": "白术",
    "kg": "40000",
    "floors": "一等 31.50\n二等 28",
    "market": "县药材市场",
    "premium": "5",
    "market_days": "10",
    "same_day_market": "",
    "deposit": "50000",
    "pay_within_days": "7",
    "breach": "按未履行部分货款的百分之二十支付违约金",
    "loss_bearer": "buyer",
    "loss_clause": "受灾绝收的，按每亩补足保底收入",
    "backing": "floor_income",
    "floor_income": "800",
    "insurance": "",
    "assured": "on",
    "evidence": "订单合同原件",
}


def test_an_order_is_signed_promised_and_a_delivery_priced(reads, world):
    chen = reads("chen")
    assert chen.post(f"{BASE}new/", ORDER).status_code == 302
    page = chen.get(f"{BASE}DD-01/").content.decode()
    assert "Income assured in drought or flood" in page
    assert "floor for 一等: 31.50 yuan a kg" in page
    promised = {"household": world.home.code, "kg": "1500.5", "mu": "3"}
    assert chen.post(f"{BASE}DD-01/promises/", promised).status_code == 302
    asked = {"call": "1", "day": "2025-09-20", "due_day": "2025-10-10", "kg": "800"}
    assert chen.post(f"{BASE}DD-01/call-offs/", asked).status_code == 302
    seen = {
        "day": "2025-10-01",
        "good": "白术",
        "grade": "一等",
        "market": "县药材市场",
        "price": "33.10",
        "evidence": "照片",
    }
    assert chen.post("/o/C2001/prices/", seen).status_code == 302
    taken = {"household": world.home.code, "day": "2025-10-06", "receipt": "X1", "grade": "一等", "kg": "700"}
    assert chen.post(f"{BASE}DD-01/deliveries/", taken).status_code == 302
    page = chen.get(f"{BASE}DD-01/").content.decode()
    assert "34.76 yuan a kg" in page  # 33.10 x 1.05 = 34.755
    assert "县药材市场" in page
    assert "24,332.00" in page
    assert "800.5" in page  # left
    assert (
        "Market price with what is added: 34.76"
        in chen.get(f"/o/C2001/members/{world.home.code}/").content.decode()
    )


def test_a_price_seen_corrected_marks_its_deliveries_and_they_are_priced_anew(reads, world):
    chen = reads("chen")
    seen = {
        "day": "2025-10-01", "good": "白术", "grade": "一等", "market": "县药材市场", "price": "33.10",
        "evidence": "照片",
    }  # fmt: skip
    taken = {"household": world.home.code, "day": "2025-10-06", "receipt": "X1", "grade": "一等", "kg": "700"}
    for address, given in (("orders/new", ORDER), ("prices", seen), ("orders/DD-01/deliveries", taken)):
        assert chen.post(f"/o/C2001/{address}/", given).status_code == 302
    page = chen.post("/o/C2001/prices/", seen | {"price": "34.10"}, follow=True).content.decode()
    assert "in place of the price of that day" in page
    page = chen.get(f"{BASE}DD-01/").content.decode()
    assert "now 35.81 a kg" in page
    said = chen.post(f"{BASE}DD-01/pricing/", {"anew": "1", "reason": "行情录错"}, follow=True)
    assert "Priced anew: 1." in said.content.decode()
    assert "25,067.00" in said.content.decode()
    assert "now 35.81" not in said.content.decode()
    assert "行情录错" in chen.get("/o/C2001/facts/delivery:2025-X1~2").content.decode()


def test_the_words_nothing_backs_are_refused_with_the_remedy(reads):
    answer = reads("chen").post(f"{BASE}new/", ORDER | {"backing": "none", "floor_income": ""})
    assert answer.status_code == 422
    assert "may not be printed" in answer.content.decode()
    assert not OfftakeContract.objects.exists()


def test_a_deposit_above_a_fifth_is_shown_with_its_article(reads):
    chen = reads("chen")
    chen.post(f"{BASE}new/", ORDER | {"deposit": "224000.01"})  # 40,000 kg at 28 yuan, a fifth
    page = chen.get(f"{BASE}DD-01/").content.decode()
    assert "Civil Code, art. 586" in page
    assert "224,000.00" in page


def test_a_delivery_that_stands_is_priced_or_refused(reads, world):
    chen = reads("chen")
    chen.post(f"{BASE}new/", ORDER | {"market": "", "floors": "一等 40"})
    row = Delivery.objects.filter(good="白术", household=world.home).order_by("day").first()
    page = chen.get(f"{BASE}DD-01/pricing/").content.decode()
    assert row.reference in page
    assert chen.post(f"{BASE}DD-01/pricing/", {"delivery": row.reference}).status_code == 302
    now = Delivery.objects.current().get(receipt=row.receipt, day=row.day)
    assert now.price_fen_per_kg == 4_000
    again = chen.post(f"{BASE}DD-01/pricing/", {"delivery": now.reference})
    assert again.status_code == 422
    assert "already priced by order DD-01" in again.content.decode()


def test_changed_terms_keep_the_former(reads):
    chen = reads("chen")
    chen.post(f"{BASE}new/", ORDER)
    changed = ORDER | {"kg": "50000", "reason": "扩种"}
    assert chen.post(f"{BASE}DD-01/change/", changed).status_code == 302
    assert "version 2" in chen.get(f"{BASE}DD-01/").content.decode()
    assert OfftakeContract.objects.count() == 2


def test_the_register_and_the_fulfilment_are_files_too(reads, world):
    chen = reads("chen")
    chen.post(f"{BASE}new/", ORDER)
    chen.post(f"{BASE}DD-01/promises/", {"household": world.home.code, "kg": "12.5"})
    for address, at in ((f"{BASE}?as=xlsx", 6), (f"{BASE}DD-01/?as=xlsx", 3)):
        answer = chen.get(address)
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
        assert [row[at] for row in sheet.iter_rows(values_only=True)][1] == 12.5


@pytest.mark.parametrize("address", ["", "DD-01/", "DD-01/pricing/", "new/"])
def test_who_may(reads, world, address):
    chen = reads("chen")
    chen.post(f"{BASE}new/", ORDER)
    writing = address in ("DD-01/pricing/", "new/")
    assert chen.get(f"{BASE}{address}").status_code == 200
    assert reads("guo").get(f"{BASE}{address}").status_code == (403 if writing else 200)
    assert reads("wei").get(f"{BASE}{address}").status_code == 403
    assert reads("zhao").get(f"{BASE}{address}").status_code == 404
    assert reads("luo").post("/o/C2001/prices/", {}).status_code == 403
    assert not PriceRecord.objects.exists()


def test_from_the_deposit_to_a_sale_a_breach_and_an_insurance(reads, world):
    chen = reads("chen")
    insured = ORDER | {"market": "", "backing": "insurance", "floor_income": "", "insurance": "农险"}
    assert chen.post(f"{BASE}new/", insured).status_code == 302
    one = f"{BASE}DD-01/"
    page = chen.get(one).content.decode()
    assert "No policy on record runs through all days" in page
    assert "<strong>Income assured" not in page
    policy = {
        "number": "BD1", "insurer": "农险", "start": "2025-09-01", "last_day": "2025-12-30", "cover": "90000",
        "premium": "3000", "premium_by": "coop", "clause": "绝收按亩赔付", "evidence": "保单",
    }  # fmt: skip
    assert chen.post(f"{one}insurance/", policy).status_code == 302
    assert "not all days of the order" in chen.get(one).content.decode()
    assert (
        chen.post(f"{one}insurance/", policy | {"number": "BD2", "last_day": "2025-12-31"}).status_code == 302
    )
    assert "<strong>Income assured" in chen.get(one).content.decode()
    claim = {"number": "BA1", "policy": "BD2", "day": "2025-10-02", "claimed": "5000", "account": "冰雹"}
    assert chen.post(f"{one}claims/", claim).status_code == 302

    money = {"number": "Q1", "day": "2025-09-02", "kind": "deposit", "amount": "50000", "evidence": "回单"}
    assert chen.post(f"{one}money/", money | {"kind": "kept"}).status_code == 422
    assert chen.post(f"{one}money/", money).status_code == 302
    sale = {"number": "X1", "day": "2025-10-06", "grade": "一等", "kg": "100", "evidence": "出库单"}
    assert chen.post(f"{one}sales/", sale | {"price": "31"}).status_code == 422
    assert chen.post(f"{one}sales/", sale).status_code == 302
    breach = {
        "number": "B1", "day": "2025-12-30", "party": "E2001", "kind": "refusal", "loss": "100",
        "remedy": "damages", "damages": "131", "account": "拒收", "evidence": "函",
    }  # fmt: skip
    assert chen.post(f"{one}breaches/", breach | {"remedy": "deposit"}).status_code == 422
    assert chen.post(f"{one}breaches/", breach).status_code == 302
    page = chen.get(one).content.decode()
    assert "3,150.00" in page
    assert "3,281.00" in page, "the sale and the damages are owed"
    assert "more than 130 %" in page
    assert "late" in page
    answer = chen.get(f"{one}account/?as=csv")
    assert "拒收" in b"".join(answer.streaming_content).decode()
    assert chen.post(f"{one}withdraw/orderbreach:B1/", {"reason": "误记"}).status_code == 302
    assert "3,281.00" not in chen.get(one).content.decode()
    assert chen.post(f"{one}withdraw/orderbreach:B1/", {"reason": "误记"}).status_code == 404
    assert reads("guo").post(f"{one}money/", money).status_code == 403
    assert reads("zhao").get(f"{one}money/").status_code == 404
    assert reads("luo").get(f"{one}account/?as=csv").status_code == 200


def lost(chen, home: str, bearer: str) -> str:
    """An order over whose household is 1,000 yuan short of its floor income, all booked; its address."""
    order = ORDER | {"market": "", "premium": "", "deposit": "", "loss_bearer": bearer}
    assert chen.post(f"{BASE}new/", order).status_code == 302
    promised = {"household": home, "kg": "1500", "mu": "3"}
    assert chen.post(f"{BASE}DD-01/promises/", promised).status_code == 302
    taken = {"household": home, "day": "2025-10-06", "receipt": "X1", "grade": "二等", "kg": "50"}
    assert chen.post(f"{BASE}DD-01/deliveries/", taken).status_code == 302
    return f"{BASE}DD-01/"


def sums(**of: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for account, fen in Posting.objects.filter(entry__posted=True, **of).values_list("account", "amount_fen"):
        found[account] = found.get(account, 0) + fen
    return {account: fen for account, fen in found.items() if fen}


FLOOR = {"number": "BD-1", "day": "2026-01-20", "kind": "floor", "amount": "600", "evidence": "银行回单"}


def test_the_buyer_that_bears_a_lost_harvest_owes_the_floor_income_and_makes_it_good(reads, world):
    chen, home = reads("chen"), world.home.code
    at = lost(chen, home, "buyer")
    assert "0.00 yuan are booked; 600.00 yuan made good is more" in _refused(chen, at, FLOOR)
    assert "Made good by the buyer" not in chen.get(at).content.decode()
    before = sums()
    for _ in range(2):
        assert chen.post(f"{at}floor-income/", {"home": home}).status_code == 302
    booked = {account: fen - before.get(account, 0) for account, fen in sums().items()}
    assert {account: fen for account, fen in booked.items() if fen} == {
        "113": 100_000, "502": -100_000, "521": 100_000, "114": -100_000,
    }  # fmt: skip
    assert "Still owed by the buyer" in chen.get(at).content.decode()
    assert 'value="1000.00"' in chen.get(f"{at}money/?kind=floor").content.decode()
    assert "Money under an order" in chen.get("/h/E2001/").content.decode()
    assert "the buyer owes no floor income" in _refused(chen, at, FLOOR | {"day": "2025-12-30"})
    assert "1,000.00 yuan are booked; 1,000.01 yuan" in _refused(chen, at, FLOOR | {"amount": "1000.01"})
    for _ in range(2):
        assert chen.post(f"{at}money/", FLOOR).status_code == 302
    assert "1,200.00 yuan made good" in _refused(chen, at, FLOOR | {"number": "BD-2"})
    page = chen.get(at)
    assert page.context["backed"] == {"owed": True, "received": 60_000, "left": 40_000, "late": True}
    assert page.context["account"].buyer.owed == 0, "beside what it owes for crop"
    claim = {"entry__source__contains": "floorclaim:DD-01:"}
    assert sums(party__code="E2001") == {"113": 40_000}

    # The receipt was wrong: 71.5 kg leave 398 yuan, less than the buyer made good already.
    right = {"household": home, "day": "2025-10-06", "receipt": "X1", "good": "白术", "grade": "二等",
             "grams": "71.5", "price_fen_per_kg": "28", "reason": "少记"}  # fmt: skip
    assert (
        chen.post(f"/o/C2001/correct/{Delivery.objects.get(receipt='X1').reference}", right).status_code
        == 302
    )
    told = chen.post(f"{at}floor-income/", {"home": home}, follow=True).content.decode()
    assert "398.00 yuan are booked; 600.00 yuan made good is more" in told
    assert sums(**claim)["113"] == 100_000, "nothing was booked"
    assert chen.post(f"{at}withdraw/ordermoney:BD-1/", {"reason": "typed twice"}).status_code == 302
    assert chen.post(f"{at}floor-income/", {"home": home}).status_code == 302
    assert sums(**claim) == {"113": 39_800, "502": -39_800}
    assert chen.post(f"{at}money/", FLOOR | {"amount": "398"}).status_code == 302
    assert "113" not in sums(party__code="E2001")
    assert "Enter what the buyer made good" not in chen.get(at).content.decode()


def test_a_file_with_money_made_good_books_the_floor_incomes_first(reads, world, tmp_path):
    lost(reads("chen"), world.home.code, "buyer")
    rows = [{"number": f"BD-{n}", "order": "DD-01", "day": date(2026, 1, n), "kind": "floor", "fen": fen}
            for n, fen in ((20, 60_000), (21, 40_000))]  # fmt: skip
    path = tmp_path / "money.xlsx"
    entry = Entry(world.coop.pk, SourceGiven("workbook", "m"), timezone.now(), None)

    def brought(wanted):
        taking.write("money", registers.BY_CODE["order-money"].registers, path, "en", {"order_money": wanted})
        desk = Desk(entry, post, register_world.deliver(world.coop.pk))
        raw = read(path, path.name, registers.SHEETS)
        return bringing.bring(raw, registers.REGISTERS, desk, {"enter_facts"}).new

    with pytest.raises(Refusals, match=r"1,000.00 yuan are booked; 1,000.01 yuan made good is more"):
        brought([rows[0], rows[1] | {"fen": 40_001}])
    assert not sums(entry__source__contains="floor"), "nothing of it was kept"
    with pytest.raises(Refusals, match="DD-99"):
        brought([rows[0] | {"order": "DD-99"}])
    assert (brought(rows), brought(rows)) == (2, 0)
    assert "113" not in sums(party__code="E2001")
    assert sums(entry__source__contains="floorclaim:DD-01:") == {"113": 100_000, "502": -100_000}


def _refused(chen, at: str, money: dict[str, str]) -> str:
    answer = chen.post(f"{at}money/", money)
    assert answer.status_code == 422
    return str(answer.content.decode())


@pytest.mark.parametrize("bearer", ["shared", "grower"])
def test_where_the_order_fixes_no_part_of_the_buyer_nothing_is_claimed(reads, world, bearer):
    chen, home = reads("chen"), world.home.code
    at = lost(chen, home, bearer)
    assert chen.post(f"{at}floor-income/", {"home": home}).status_code == 302
    assert not sums(party__code="E2001")
    if bearer == "grower":
        assert "makes good no floor income" in _refused(chen, at, FLOOR)
        return
    assert "Booked beyond that" in chen.get(at).content.decode()
    assert chen.post(f"{at}money/", FLOOR).status_code == 302
    assert sums(entry__source="ordermoney:BD-1") == {"102": 60_000, "502": -60_000}
    assert chen.get(at).context["backed"]["left"] == 40_000


@pytest.mark.mission("L7")
def test_a_lost_harvest_is_paid_up_to_the_floor_income(reads, world):
    """3 mu at 800 yuan assure 2,400; 50 kg at 28.00 brought 1,400; 1,000 are left, whoever bears the loss."""
    chen, home = reads("chen"), world.home.code
    order = ORDER | {"market": "", "premium": "", "deposit": ""}
    assert chen.post(f"{BASE}new/", order).status_code == 302
    promised = {"household": home, "kg": "1500", "mu": "3"}
    assert chen.post(f"{BASE}DD-01/promises/", promised).status_code == 302
    taken = {"household": home, "day": "2025-10-06", "receipt": "X1", "grade": "二等", "kg": "50"}
    assert chen.post(f"{BASE}DD-01/deliveries/", taken).status_code == 302
    page = chen.get(f"{BASE}DD-01/").content.decode()
    assert "falls short of the floor income by 1,000.00 yuan" in page
    due = chen.get(f"/h/{home}/?on=2026-01-01").content.decode()
    assert "Floor income" in due
    assert "Floor income" not in chen.get(f"/h/{home}/?on=2025-12-31").content.decode(), "not over yet"
    book = f"{BASE}DD-01/floor-income/"
    for _ in range(2):
        assert chen.post(book, {"home": home}).status_code == 302
    owed = Posting.objects.filter(entry__source__contains="floorincome:DD-01:", entry__posted=True)
    assert sorted(owed.values_list("account", "amount_fen")) == [("114", -100_000), ("521", 100_000)]
    items = [each.fen for each in payables.items(world.coop.pk, "produce") if "floorincome" in each.source]
    assert items == [100_000]
    # The receipt was wrong: 60 kg. The difference is booked, the former entry stays.
    right = {"household": home, "day": "2025-10-06", "receipt": "X1", "good": "白术", "grade": "二等",
             "grams": "60", "price_fen_per_kg": "28", "reason": "少记十公斤"}  # fmt: skip
    reference = Delivery.objects.get(receipt="X1").reference
    assert chen.post(f"/o/C2001/correct/{reference}", right).status_code == 302
    assert chen.post(book, {"home": home}).status_code == 302
    assert sum(owed.filter(account="114").values_list("amount_fen", flat=True)) == -72_000
    items = [each.fen for each in payables.items(world.coop.pk, "produce") if "floorincome" in each.source]
    assert items == [72_000]
    assert "720.00" in chen.get(f"{BASE}DD-01/").content.decode()
