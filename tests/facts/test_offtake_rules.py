"""Orders: what may be signed, the best of the prices, and promises kept: L3."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.refusal import Refusal
from lianjie.facts.rules import offtake
from lianjie.facts.rules.offtake import OrderTerms, PriceSeen

pytestmark = pytest.mark.mission("L3")

TERMS = OrderTerms(
    number="DD2025-01",
    buyer="LSYY",
    signed_day=date(2025, 3, 10),
    start=date(2025, 9, 1),
    until=date(2025, 12, 1),
    good="黄精",
    grams=50_000_000,
    floors={"一等": 1_300, "二等": 1_100},
    breach="一方违约，按未履行部分货款的百分之二十支付违约金",
    loss_bearer="buyer",
    loss_clause="受灾绝收的，收购方按每亩八百元补足",
    market="县药材市场",
    premium_millionths=50_000,
    market_days=7,
    same_day_market="镇收购点",
)
DAY = date(2025, 10, 8)


def seen(market: str, day: date, fen: int, grade: str = "一等") -> PriceSeen:
    return PriceSeen(f"pricerecord:{day}-{market}-{grade}", day, market, grade, fen)


def test_the_best_price_wins_and_every_price_is_kept():
    prices = [
        seen("县药材市场", date(2025, 10, 1), 1_250),
        seen("县药材市场", date(2025, 10, 6), 1_283),
        seen("镇收购点", DAY, 1_320),
        seen("省城市场", DAY, 9_999),
    ]
    priced = offtake.price(TERMS, "黄精", "一等", DAY, prices)
    assert [(each.kind, each.fen_per_kg) for each in priced.candidates] == [
        ("floor", 1_300),
        ("market", 1_347),  # 12.83 x 1.05 = 13.4715
        ("same_day", 1_320),
    ]
    assert (priced.fen_per_kg, priced.won) == (1_347, "market")
    assert priced.candidates[1].seen == prices[1]


@pytest.mark.parametrize(
    ("changed", "good", "grade", "day", "refusal"),
    [
        ({}, "白术", "一等", DAY, "NotThisGood"),
        ({}, "黄精", "特等", DAY, "GradeNotInOrder"),
        ({}, "黄精", "一等", date(2025, 12, 1), "OutsideWindow"),
        ({}, "黄精", "一等", DAY, "NoMarketPrice"),
        ({"market": "", "same_day_market": "镇收购点"}, "黄精", "一等", DAY, "NoMarketPrice"),
    ],
)
def test_a_price_is_refused_with_the_remedy(changed, good, grade, day, refusal):
    old = [
        seen("县药材市场", DAY - timedelta(days=8), 2_000),
        seen("镇收购点", DAY - timedelta(days=1), 2_000),
    ]
    with pytest.raises(Refusal) as caught:
        offtake.price(replace(TERMS, **changed), good, grade, day, old)
    assert caught.value.code == refusal
    assert caught.value.say().count(".") >= 2


def test_a_price_for_every_grade_gives_way_to_one_of_the_grade():
    prices = [seen("镇收购点", DAY, 1_900, grade=""), seen("镇收购点", DAY, 1_700, grade="一等")]
    terms = replace(TERMS, market="")
    assert offtake.price(terms, "黄精", "一等", DAY, prices).fen_per_kg == 1_700
    assert offtake.price(terms, "黄精", "二等", DAY, prices).fen_per_kg == 1_900


@given(
    floor=st.integers(0, 10**6),
    market=st.integers(1, 10**6),
    day_price=st.integers(1, 10**6),
    premium=st.integers(0, 1_000_000),
    grams=st.integers(0, 10**9),
)
def test_never_below_the_floor_nor_below_any_price_the_terms_name(floor, market, day_price, premium, grams):
    terms = replace(TERMS, floors={"一等": floor}, premium_millionths=premium)
    prices = [seen("县药材市场", DAY, market), seen("镇收购点", DAY, day_price)]
    priced = offtake.price(terms, "黄精", "一等", DAY, prices)
    assert priced.fen_per_kg >= max(floor, market, day_price)
    assert priced.fen_per_kg == max(each.fen_per_kg for each in priced.candidates)
    assert priced.won in {each.kind for each in priced.candidates if each.fen_per_kg == priced.fen_per_kg}
    assert 2 * abs(offtake.worth(grams, priced.fen_per_kg) * 1000 - grams * priced.fen_per_kg) <= 1000
    assert priced == offtake.price(terms, "黄精", "一等", DAY, prices[::-1])


@given(
    promised=st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 10**7)),
    came=st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 10**7), st.integers(0, 10**7))),
)
def test_promised_is_what_came_and_what_is_left(promised, came):
    found = offtake.fulfilment(promised, came)
    for each in found.values():
        assert each.promised == each.delivered - each.beyond + each.left
        assert not (each.left and each.beyond)
    assert sum(each.delivered for each in found.values()) == sum(grams for _, grams, _ in came)
    assert sum(each.fen for each in found.values()) == sum(fen for _, _, fen in came)
    assert found == offtake.fulfilment(promised, came[::-1])


@given(
    asked=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 10**6)), max_size=8),
    came=st.integers(0, 10**7),
)
def test_call_offs_are_served_in_the_order_of_their_days(asked, came):
    rows = [(str(at), DAY + timedelta(days=days), grams) for at, (days, grams) in enumerate(asked)]
    served = offtake.called(rows, came)
    assert sum(each.came for each in served) == min(came, sum(grams for _, _, grams in rows))
    open_ = [each.open > 0 for each in served]
    assert open_ == sorted(open_)
    assert all(each.came == 0 for each in served[open_.index(True) + 1 :]) if True in open_ else True


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"number": "a/b"}, ["OrderNumberUnusable"]),
        ({"until": date(2025, 9, 1)}, ["OrderWindowEmpty"]),
        ({"floors": {}}, ["OrderWithoutGrades"]),
        ({"floors": {"一等": 0}, "market": "", "same_day_market": ""}, ["OrderWithoutPrice"]),
        ({"assured": True}, ["AssuranceNotBacked"]),
        ({"assured": True, "backing": "floor_income"}, ["BackingIncomplete", "AssuranceNotBacked"]),
        (
            {"assured": True, "backing": "insurance", "insurance": " "},
            ["BackingIncomplete", "AssuranceNotBacked"],
        ),
        ({"assured": True, "backing": "insurance", "insurance": "县支公司 2025-118"}, []),
        ({"assured": True, "backing": "floor_income", "floor_income_fen_per_mu": 80_000}, []),
    ],
)
def test_what_may_be_signed(changed, codes):
    assert [each.code for each in offtake.refusals(replace(TERMS, **changed))] == codes


def test_a_deposit_above_a_fifth_is_a_finding_with_its_article():
    least = 50_000 * 1_100  # fen, at the lowest floor
    assert TERMS.value_fen == least
    assert not offtake.findings(replace(TERMS, deposit_fen=least // 5))
    (found,) = offtake.findings(replace(TERMS, deposit_fen=least // 5 + 1))
    assert found.law == "Civil Code, art. 586"
    assert "110,000.01" in found.say()
    assert "110,000.00" in found.say()


def test_a_contract_with_a_grade_without_a_floor_has_no_value_to_count_a_fifth_of():
    open_ = replace(TERMS, floors={"一等": 1_380, "二等": 0}, market="县", deposit_fen=500_000)
    assert (open_.value_fen, offtake.earnest_fen(open_)) == (None, None)
    (found,) = offtake.findings(open_)
    assert (found.code, found.severity) == ("deposit-without-a-value", "note")
    assert not offtake.findings(replace(open_, deposit_fen=0))


def test_floors_are_read_as_people_write_them():
    assert offtake.read_floors("一等 13.80\n 二等：11\n\n") == {"一等": 1_380, "二等": 1_100}
    for text, code in (
        ("一等", "FloorUnreadable"),
        ("一等 -1", "FloorUnreadable"),
        ("甲 1\n甲 2", "GradeTwice"),
    ):
        with pytest.raises(Refusal) as caught:
            offtake.read_floors(text)
        assert caught.value.code == code
