"""Expressions: exact, forgiving of a Chinese keyboard, and nothing but arithmetic."""

from fractions import Fraction

import pytest

from lianjie.base.refusal import Refusal
from lianjie.ledger.rules import expression
from lianjie.ledger.rules.expression import is_name, parse, plain, rounded
from tests.ledger.rules.plans import chinese


class Names:
    """A scope of plain values."""

    known = {
        "a": Fraction(10),
        "b": Fraction(3),
        "zero": Fraction(0),
        "word": "registered",
        "yes": True,
        "tags": ("old", "new"),
        "first": "2020-03-01",
        "last": "2024-12-31",
        "delivery_kg.apple": Fraction(7),
    }

    def value(self, name):
        return self.known[name]

    def aggregate(self, function, what, group):
        return Fraction(100 if function == "sum" else 4)


VALUES = [
    ("a / b", Fraction(10, 3)),
    ("40%", Fraction(2, 5)),
    ("0.1 + 0.2", Fraction(3, 10)),
    ("（a + b）× 2", Fraction(26)),
    ("a ÷ b − 1", Fraction(7, 3)),
    ("50％ * a", Fraction(5)),
    ("-a + b", Fraction(-7)),
    ("min(a, b, 2)", Fraction(2)),
    ("max(a, b)", Fraction(10)),
    ("sum(a, everyone) / count(everyone)", Fraction(25)),
    ("delivery_kg.apple * 2", Fraction(14)),
    ("a if word == 'registered' else b", Fraction(10)),
    ("a if b > 5 or not yes else b", Fraction(3)),
    ("a if 'old' in tags and 1 < b <= 3 else 0", Fraction(10)),
    ("a if word in ('exited', 'monitored') else b", Fraction(3)),
    ('round_to(a / b, 0.5, "down")', Fraction(3)),
    ('round_to(a / b, 0.5, "up")', Fraction(7, 2)),
    ('round_to(2.5, 1, "half_even")', Fraction(2)),
    ('round_to(2.5, 1, "half_up")', Fraction(3)),
    ("years(first, last)", Fraction(4)),
    ("years(first, '2025-03-01')", Fraction(5)),
    ("years(first, '2025-02-28')", Fraction(4)),
    ("days(first, '2020-03-31')", Fraction(30)),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_values_are_exact(text, value):
    assert parse(text).number(Names()) == value


GALLERY = [
    ("a +", "NotAnExpression", "“a +” cannot be read as a rule: a +."),
    ("x" * 1001, "NotAnExpression", f"“{'x' * 40}…” cannot be read as a rule: 1001 > 1000."),
    ("(" * 50 + "a" + ")" * 50 + " + " + "-" * 60 + "a", "NotAnExpression", None),
    ("a ** 2", "NotAllowedInAnExpression", "“a ** 2” is not allowed in “a ** 2”."),
    (
        "__import__('os')",
        "NotAllowedInAnExpression",
        "“__import__('os')” is not allowed in “__import__('os')”.",
    ),
    ("[x for x in a]", "NotAllowedInAnExpression", "“[x for x in a]” is not allowed in “[x for x in a]”."),
    ("a.b.c", "NotAllowedInAnExpression", "“a.b.c” is not allowed in “a.b.c”."),
    ("1e5", "NotAllowedInAnExpression", "“1e5” is not allowed in “1e5”."),
    ("lambda: a", "NotAllowedInAnExpression", "“lambda: a” is not allowed in “lambda: a”."),
    ("sum(a + b, everyone)", "WrongArguments", "“sum(a + b, everyone)” does not give sum what it needs."),
    ("count(a, b)", "WrongArguments", "“count(a, b)” does not give count what it needs."),
    ("min(a)", "WrongArguments", "“min(a)” does not give min what it needs."),
    (
        'round_to(a, 0, "down")',
        "WrongArguments",
        '“round_to(a, 0, "down")” does not give round_to what it needs.',
    ),
    (
        'round_to(a, 1, "near")',
        "WrongArguments",
        '“round_to(a, 1, "near")” does not give round_to what it needs.',
    ),
    ("a / zero", "DividedByNothing", "“a / zero” divides by zero."),
    ("a + word", "WrongKindOfValue", "“a + word” mixes numbers with words: registered."),
    ("a if b else 0", "WrongKindOfValue", "“a if b else 0” mixes numbers with words: 3."),
    (
        "a if word > 3 else 0",
        "WrongKindOfValue",
        "“a if word > 3 else 0” mixes numbers with words: registered, 3.",
    ),
    (
        "years(word, last)",
        "WrongKindOfValue",
        "“years(word, last)” mixes numbers with words: registered, 2024-12-31.",
    ),
]


@pytest.mark.parametrize(("text", "code", "what"), GALLERY)
def test_the_gallery(text, code, what):
    with pytest.raises(Refusal) as caught:
        parse(text).number(Names())
    assert caught.value.code == code
    assert what is None or caught.value.say().startswith(what + " ")
    assert caught.value.say(chinese)


def test_the_gallery_has_every_refusal():
    classes = {
        each.__name__
        for each in vars(expression).values()
        if isinstance(each, type) and issubclass(each, Refusal) and each.__module__ == expression.__name__
    }
    assert classes == {row[1] for row in GALLERY}


def test_an_expression_says_what_it_refers_to():
    found = parse("sum(a, members) + b * 2 if word == 'x' else delivery_kg.apple")
    assert found.names == {"b", "word", "delivery_kg.apple"}
    assert {(each.function, each.what, each.group) for each in found.aggregates} == {("sum", "a", "members")}


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("surplus", True),
        ("盈余", True),
        ("a1_b", True),
        ("1a", False),
        ("a b", False),
        ("if", False),
        ("sum", False),
    ],
)
def test_names(name, good):
    assert is_name(name) is good


@pytest.mark.parametrize(
    ("number", "mode", "whole"),
    [
        ("2.5", "half_up", 3),
        ("-2.5", "half_up", -3),
        ("2.5", "half_even", 2),
        ("3.5", "half_even", 4),
        ("-0.1", "down", -1),
        ("0.1", "up", 1),
    ],
)
def test_rounding_has_names(number, mode, whole):
    assert rounded(Fraction(number), Fraction(1), mode) == whole


def test_numbers_are_shown_exactly():
    assert [plain(Fraction(text)) for text in ("1/4", "-5/2", "7", "1/3", "-1/3")] == [
        "0.25",
        "-2.5",
        "7",
        "1/3",
        "-1/3",
    ]
