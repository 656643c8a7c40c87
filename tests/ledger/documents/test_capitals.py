"""Amounts in Chinese capitals."""

import pytest

from lianjie.ledger.documents.capitals import LARGEST_FEN, capital_yuan

EXAMPLES = {
    0: "零元整",
    5: "伍分",
    50: "伍角整",
    55: "伍角伍分",
    100: "壹元整",
    101: "壹元零壹分",
    1000: "壹拾元整",
    # The three examples of the rules for filling in bills and settlement vouchers.
    140950: "壹仟肆佰零玖元伍角整",
    600714: "陆仟零柒元壹角肆分",
    1640902: "壹万陆仟肆佰零玖元零贰分",
    32504: "叁佰贰拾伍元零肆分",
    10_050_000: "壹拾万零伍佰元整",
    10_000_100: "壹拾万零壹元整",
    100_000_000: "壹佰万元整",
    1_000_000_010_000: "壹佰亿零壹佰元整",
    1_000_100_000_000: "壹佰亿零壹佰万元整",
    12_345_678_901_234: "壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分",
    -250: "负贰元伍角整",
}


@pytest.mark.parametrize(("fen", "text"), EXAMPLES.items())
def test_known_amounts(fen, text):
    assert capital_yuan(fen) == text


def test_traditional_characters():
    assert capital_yuan(12_368_900, traditional=True) == "壹拾貳萬參仟陸佰捌拾玖元整"


def test_more_than_any_cooperative_holds_is_not_written():
    assert capital_yuan(LARGEST_FEN).endswith("玖分")
    with pytest.raises(ValueError, match="capitals"):
        capital_yuan(LARGEST_FEN + 1)


def read_back(text: str) -> int:
    """The fen a person reads off the capitals, by counting: an independent way back."""
    digits = {each: n for n, each in enumerate("零壹贰叁肆伍陆柒捌玖")}
    places = {"拾": 10, "佰": 100, "仟": 1000}
    total = group = digit = fen = 0
    for each in text.rstrip("整"):
        if each in digits:
            digit = digits[each]
        elif each in places:
            group, digit = group + digit * places[each], 0
        elif each in "万亿元":
            total += (group + digit) * {"万": 10**4, "亿": 10**8, "元": 1}[each]
            group = digit = 0
        else:
            fen, digit = fen + digit * {"角": 10, "分": 1}[each], 0
    return total * 100 + fen


def test_every_amount_reads_back_as_itself():
    for fen in [*range(0, 40_000, 7), *range(9_999_000, 10_200_000, 997), *(7**n for n in range(16))]:
        assert read_back(capital_yuan(fen)) == fen
