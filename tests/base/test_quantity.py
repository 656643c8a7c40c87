"""Quantities are whole small units; what is finer is refused, never rounded."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.quantity import UNITS, NotAQuantity, UnknownUnit, counted, small_units, unit, written

exact = sorted(u.code for u in UNITS.values() if u.kind != "rate")


@given(st.sampled_from(exact), st.integers(-(10**12), 10**12))
def test_a_small_unit_written_and_read_again_is_the_same(code, small):
    scaled = written(small, code) * 10**12
    if scaled.denominator == 1:  # a third of a hectare has no decimals
        assert small_units(f"{Decimal(scaled.numerator).scaleb(-12):f}", code) == small


@pytest.mark.parametrize(
    ("text", "code", "small"),
    [
        ("1", "kg", 1000),
        ("0.5", "jin", 250),
        ("2", "jin", 1000),
        ("1.5", "mu", 15_000),
        ("0.0001", "mu", 1),
        ("1", "ha", 150_000),
        ("1", "t", 1_000_000),
        ("12.34", "yuan", 1234),
        ("1.5", "wan_yuan", 1_500_000),
        ("1,000", "share", 10_000_000),
        ("0.5", "day", 5000),
    ],
)
def test_what_people_write_in_small_units(text, code, small):
    assert small_units(text, code) == small


def test_fifteen_mu_are_one_hectare():
    assert small_units("15", "mu") == small_units("1", "ha")
    assert small_units("2", "jin") == small_units("1", "kg")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.0005", "kg"),
        ("x", "mu"),
        ("", "kg"),
        ("inf", "t"),
        ("0.001", "yuan"),
        ("1e9", "kg"),
        ("1E3", "yuan"),
    ],
)
def test_what_is_no_quantity_or_too_fine_is_refused(text, code):
    with pytest.raises(NotAQuantity) as refused:
        small_units(text, code)
    assert code in str(refused.value)
    assert str(UNITS[code].places) in str(refused.value)


def test_a_float_is_no_quantity():
    with pytest.raises(TypeError):
        small_units(0.5, "kg")


def test_an_unknown_unit_is_refused_with_the_known_ones():
    with pytest.raises(UnknownUnit, match=r"“catty”.*kg"):
        unit("catty")


def test_a_rate_in_percent_is_a_hundredth():
    assert written(1, "percent") == 100
    assert written(Fraction(1, 20), "percent") == 5


@pytest.mark.parametrize(
    ("number", "label", "said"),
    [("1", "pieces", "piece"), ("−1", "days", "day"), ("+1", "hours", "hour"), ("0.5", "pieces", "pieces"),
     ("11", "pieces", "pieces"), ("1,001", "packs", "packs"), ("1", "kg", "kg")],
)  # fmt: skip
def test_one_of_a_thing_is_not_said_in_the_plural(number, label, said):
    assert counted(number, label) == said
