"""What cannot be is refused with words, whichever form it comes by; nothing falls over, nothing is kept."""

import pytest
from django.apps import apps

from lianjie.facts.models import Fact

pytestmark = pytest.mark.both
BOOKS = "/o/C2001/"
SHOP = {"number": "W1", "name": "分拣车间", "form": "factory", "address": "村口", "start": "2025-01-01"}
PLOT = {"plot": "A1", "household": "", "mu": "5", "parcel": "", "day": "2025-01-10"}
PRICE = {
    "day": "2025-03-01",
    "good": "白术",
    "market": "县城",
    "grade": "",
    "price": "3",
    "evidence": "微信群",
}
PRODUCT = {"code": "P1", "day": "2025-01-01", "name": "白术片", "good": "白术", "unit": "kg", "content": "1",
           "attribution": "lot"}  # fmt: skip
CHANNEL = {"code": "Q1", "day": "2025-01-01", "kind": "platform_shop", "name": "平台", "fee_basis": "gross",
           "fee_percent": "5", "fee_fixed": ""}  # fmt: skip
ASSET = {"number": "ZC1", "name": "粮仓", "kind": "building", "category": "operating", "origin": "bought",
         "paid": "bank", "start": "2025-01-01", "cost": "10000", "residual": "5", "life_years": "20",
         "evidence": "发票"}  # fmt: skip
RECOGNISED = {"by": "县人社局", "criteria": "longjing-2018", "start": "2025-03-01", "last_day": "",
              "persons": "", "evidence": "牌"}  # fmt: skip
AGREED = {"number": "A1", "worker": "", "job": "分拣", "start": "2025-03-01", "last_day": "", "basis": "day",
          "rate": "100", "day_hours": "8", "status": "casual", "cost": "401", "evidence": "协议"}  # fmt: skip

FLOOR = {"start": "2025-01-01", "hour": "16", "evidence": "县人社局通知"}
LOT = {"lot": "L2", "day": "2025-01-10", "good": "地膜", "unit": "kg", "quantity": "50", "origin": "bought",
       "amount": "100", "paid": "bank", "evidence": "发票"}  # fmt: skip
ISSUED = {"receipt": "FF1", "day": "2025-03-01", "household": "", "lot": "L1", "quantity": "2", "amount": "",
          "evidence": ""}  # fmt: skip

WRONG = [
    ("workshops/minimum-wage/", FLOOR, "hour", "0", "above zero"),
    ("prices/", PRICE, "price", "1e3", "Enter a number."),
    ("prices/", PRICE, "day", "2099-12-31", "2099-12-31"),
    ("workshops/new/", SHOP | {"number": "W2", "name": "编织车间"}, "number", "W1", "entered already"),
    ("stock/receive/", LOT, "lot", "一\n二", "cannot be a number of a receipt"),
    ("inputs/issue/", ISSUED, "amount", "-1", "below zero"),
    ("bases/JD1/plots/", PLOT, "mu", "0", "has no size"),
    ("prices/", PRICE, "price", "0", "is not above zero"),
    ("products/enter/", PRODUCT, "content", "-5", "less than nothing"),
    ("products/channel/", CHANNEL, "fee_percent", "NaN", "NaN"),
    ("products/channel/", CHANNEL, "fee_percent", "abc", "abc"),
    ("products/channel/", CHANNEL, "fee_percent", "-1", "below zero"),
    ("products/channel/", CHANNEL, "fee_percent", "101", "more than all"),
    ("assets/register/", ASSET, "residual", "-5", "below zero"),
    ("workshops/W1/recognitions/", RECOGNISED, "last_day", "2025-02-01", "cannot end on 2025-02-01"),
    ("workshops/W1/agreements/", AGREED, "last_day", "2025-02-01", "cannot end on 2025-02-01"),
]


@pytest.fixture
def chen(reads, world):
    chen = reads("chen")
    assert (
        chen.post(f"{BOOKS}bases/new/", {"base": "JD1", "name": "东坡", "day": "2025-01-10"}).status_code
        == 302
    )
    assert chen.post(f"{BOOKS}workshops/new/", SHOP).status_code == 302
    assert chen.post(f"{BOOKS}stock/receive/", LOT | {"lot": "L1"}).status_code == 302
    return chen


@pytest.mark.parametrize(("path", "given", "field", "wrong", "says"), WRONG)
def test_a_wrong_value_is_refused_and_a_right_one_taken(chen, world, path, given, field, wrong, says):
    home = {name: world.home.code for name in ("household", "worker") if name in given}
    said = given | home
    before = _facts()
    answer = chen.post(f"{BOOKS}{path}", said | {field: wrong})
    assert answer.status_code == 422, answer.headers.get("Location")
    assert says in answer.content.decode()
    assert _facts() == before
    answer = chen.post(f"{BOOKS}{path}", said)
    assert answer.status_code == 302, answer.content.decode()
    assert _facts() == before + 1


def _facts() -> int:
    return sum(model.objects.count() for model in apps.get_models() if issubclass(model, Fact))


def test_a_list_with_nothing_to_choose_says_what_to_do_first(reads, world):
    for path in ("loans/lend/", "inputs/issue/"):
        page = reads("chen").get(f"{BOOKS}{path}").content.decode()
        assert "Nothing is in stock: enter first what came into it." in page
