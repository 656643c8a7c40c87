"""Money is whole fen: read from yuan without loss, never from a float, never divided."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.fen import Fen, NotAnAmount

whole = st.integers(-(10**15), 10**15)


@given(whole)
def test_yuan_written_and_read_again_is_the_same(n):
    assert Fen.of_yuan(Fen(n).yuan) == Fen(n)
    assert Fen.of_yuan(str(Fen(n))) == Fen(n)


@given(whole, whole)
def test_adding_and_taking_away_are_those_of_whole_numbers(a, b):
    assert Fen(a) + Fen(b) == Fen(a + b)
    assert Fen(a) + Fen(b) - Fen(b) == Fen(a)
    assert (Fen(a) < Fen(b)) == (a < b)
    assert -Fen(a) == Fen(-a)
    assert 3 * Fen(a) == Fen(a) * 3 == Fen(3 * a)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.01", 1),
        ("1,234.50", 123450),
        ("1，234.5", 123450),
        (" 12 ", 1200),
        ("-3.2", -320),
        (Decimal("1E+3"), 100000),
        (7, 700),
        ("１２", 1200),
    ],
)
def test_yuan_as_people_write_them(text, fen):
    assert Fen.of_yuan(text) == Fen(fen)


@pytest.mark.parametrize("text", ["", "abc", "1.234", "0.001", "NaN", "inf", "1元", "--1", "1.2.3"])
def test_what_is_no_amount_is_refused_with_its_text(text):
    with pytest.raises(NotAnAmount) as refused:
        Fen.of_yuan(text)
    assert f"“{text}”" in str(refused.value)
    assert "two decimals" in str(refused.value)


@pytest.mark.parametrize("wrong", [1.5, 1.0, float("nan"), True])
def test_floats_and_truths_are_no_money(wrong):
    with pytest.raises(TypeError):
        Fen(wrong)


def test_a_float_of_yuan_is_no_money():
    with pytest.raises(TypeError):
        Fen.of_yuan(0.1)


def test_money_is_neither_divided_nor_mixed_with_numbers():
    for wrong in (
        lambda: Fen(1) / 2,
        lambda: Fen(1) // 2,
        lambda: Fen(1) + 1,
        lambda: Fen(1) * 1.5,
        lambda: Fen(1) < 2,
    ):
        with pytest.raises(TypeError):
            wrong()
    assert Fen(1) != 1


def test_fen_print_in_yuan_with_two_decimals():
    assert str(Fen(123456789)) == "1,234,567.89"
    assert str(Fen(-5)) == "-0.05"
    assert not Fen(0)
