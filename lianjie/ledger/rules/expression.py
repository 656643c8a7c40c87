"""The small arithmetic that plans are written in: exact, without loops, without surprises.

    surplus - loss_covered
    10% * surplus
    contribution + reserve_share + special_fund / count(members)
    round_to(pool / sum(persons, members), 10, "down")
    2 * shares if years(joined, period_last_day) < 5 else shares

Numbers are fractions, so nothing is lost before a rounding that somebody named. A text is parsed by
Python's own parser and walked once against a short list of what is allowed; it is never executed.
"""

import ast
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from keyword import iskeyword
from math import ceil, floor
from typing import Literal, Protocol, get_args

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

Value = Fraction | str | bool | tuple["Fraction | str", ...]
Rounder = Literal["down", "up", "half_up", "half_even"]
ROUNDERS: tuple[str, ...] = get_args(Rounder)

AGGREGATES = {"sum": 2, "count": 1, "highest": 2, "lowest": 2}
"""Functions over a group: their arguments are names, not values."""

USAGE = {
    "sum": "sum(weight, group)",
    "count": "count(group)",
    "highest": "highest(weight, group)",
    "lowest": "lowest(weight, group)",
    "min": "min(a, b, …)",
    "max": "max(a, b, …)",
    "round_to": 'round_to(number, step, "down")',
    "years": "years(first_day, last_day)",
    "days": "days(first_day, last_day)",
    "compound": "compound(rate, times)",
}

LONGEST = 1000
MOST_TIMES = 100
DEEPEST = 40


class NotAnExpression(Refusal):
    what = N_("“{text}” cannot be read as a rule: {near}.")
    fix = N_("Write it with names, numbers and + - * / ( ), for example 10% * (surplus - loss).")


class NotAllowedInAnExpression(Refusal):
    what = N_("“{part}” is not allowed in “{text}”.")
    fix = N_("Use + - * /, comparisons, and, or, not, if … else, and these: {functions}.")


class WrongArguments(Refusal):
    what = N_("“{part}” does not give {function} what it needs.")
    fix = N_("Write {usage}.")


class DividedByNothing(Refusal):
    what = N_("“{text}” divides by zero.")
    fix = N_("Check the figures it uses, or say what holds then: a / b if b > 0 else 0.")


class WrongKindOfValue(Refusal):
    what = N_("“{text}” mixes numbers with words: {value}.")
    fix = N_("Calculate with numbers only; compare words with words, in quotes.")


class Scope(Protocol):
    """Where an expression finds what its names mean."""

    def value(self, name: str) -> Value: ...

    def aggregate(self, function: str, what: str, group: str) -> Fraction: ...


@dataclass(frozen=True)
class Aggregate:
    """One `sum(land_mu, members)` in an expression; `what` is empty for count."""

    function: str
    what: str
    group: str


@dataclass(frozen=True)
class Expression:
    """A parsed text: what it refers to, its tree for showing it, and how to evaluate it."""

    text: str
    tree: ast.expr
    names: frozenset[str]
    aggregates: frozenset[Aggregate]
    run: Callable[[Scope], Value]

    def number(self, scope: Scope) -> Fraction:
        """Evaluate to a number. Refuses with WrongKindOfValue otherwise."""
        return _number(self.run(scope), self.text)

    def truth(self, scope: Scope) -> bool:
        """Evaluate to true or false; a number is not an answer to a question."""
        result = self.run(scope)
        if not isinstance(result, bool):
            raise WrongKindOfValue(text=self.text, value=shown(result))
        return result


def is_name(text: str) -> bool:
    """A name a plan may give: letters of any script, digits, underscores; not a word of the language.

    Words the parser keeps for itself ("yield", "class") count as such: no formula could use them.
    """
    plain = text.isidentifier() and unicodedata.normalize("NFKC", text) == text
    return plain and not iskeyword(text) and text not in USAGE


def rounded(number: Fraction, step: Fraction, mode: str) -> Fraction:
    """`number` to a multiple of `step`. half_up rounds halves away from zero, half_even to the even one."""
    units = number / step
    if mode == "down":
        return floor(units) * step
    if mode == "up":
        return ceil(units) * step
    if mode == "half_even":
        return round(units) * step
    if mode == "half_up":
        whole = floor(abs(units) + Fraction(1, 2))
        return (whole if units >= 0 else -whole) * step
    raise ValueError(f"no rounding is called {mode}")


def shown(value: Value) -> str:
    """A value as people read it: decimals where they end, a fraction where they do not."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return plain(value)
    return value if isinstance(value, str) else ", ".join(map(shown, value))


def plain(number: Fraction, places: int = 12) -> str:
    """A fraction as a plain decimal text when it ends within `places`, else as n/d."""
    denominator = number.denominator
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    needed = max(twos, fives)
    if denominator != 1 or needed > places:
        return f"{number.numerator}/{number.denominator}"
    if needed == 0:
        return str(number.numerator)
    digits = str(abs(number.numerator) * 10**needed // number.denominator).rjust(needed + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-needed]}.{digits[-needed:]}"


@lru_cache(maxsize=8192)
def parse(text: str) -> Expression:
    """Read an expression. Refuses with NotAnExpression, NotAllowedInAnExpression, WrongArguments."""
    source = _typed(text)
    if len(source) > LONGEST:
        raise NotAnExpression(text=f"{text[:40]}…", near=f"{len(source)} > {LONGEST}")
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        near = getattr(error, "text", None) or source
        raise NotAnExpression(text=text, near=str(near).strip()) from None
    reader = _Reader(text, source)
    run = reader.read(tree, 0)
    return Expression(text, tree, frozenset(reader.names), frozenset(reader.aggregates), run)


def _typed(text: str) -> str:
    """What people type on a Chinese keyboard, and `40%`, as the parser wants it."""
    source = " ".join(text.split()).translate(_SIGNS)
    return re.sub(r"(\d+(?:\.\d+)?)\s*%", r"(\1/100)", source)


_SIGNS = str.maketrans({"×": "*", "÷": "/", "（": "(", "）": ")", "，": ",", "−": "-", "％": "%"})

_ARITHMETIC: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}

_COMPARISONS: dict[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,  # type: ignore[operator]
    ast.LtE: lambda a, b: a <= b,  # type: ignore[operator]
    ast.Gt: lambda a, b: a > b,  # type: ignore[operator]
    ast.GtE: lambda a, b: a >= b,  # type: ignore[operator]
    ast.In: lambda a, b: a in b,  # type: ignore[operator]
    ast.NotIn: lambda a, b: a not in b,  # type: ignore[operator]
}


class _Reader:
    """Walks the tree once: refuses what is not allowed, gathers names, builds the evaluator."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source = text, source
        self.names: set[str] = set()
        self.aggregates: set[Aggregate] = set()

    def read(self, node: ast.expr, depth: int) -> Callable[[Scope], Value]:
        if depth > DEEPEST:
            raise NotAnExpression(text=self.text, near=self._part(node))
        name = dotted(node)
        if name is not None:
            self.names.add(name)
            return lambda scope: scope.value(name)
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise self._refused(node)
        result: Callable[[Scope], Value] = method(node, depth + 1)
        return result

    def _part(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.source, node) or self.text

    def _refused(self, node: ast.AST) -> NotAllowedInAnExpression:
        return NotAllowedInAnExpression(part=self._part(node), text=self.text, functions=", ".join(USAGE))

    def _constant(self, node: ast.Constant, depth: int) -> Callable[[Scope], Value]:
        value: Value
        if isinstance(node.value, bool | str):
            value = node.value
        elif isinstance(node.value, int | float):
            # The parser's own float has already lost digits; the text has not.
            digits = self._part(node)
            if not re.fullmatch(r"\d+(\.\d+)?|\.\d+", digits):
                raise self._refused(node)
            value = Fraction(digits)
        else:
            raise self._refused(node)
        return lambda scope: value

    def _tuple(self, node: ast.Tuple | ast.List, depth: int) -> Callable[[Scope], Value]:
        if not all(isinstance(each, ast.Constant) for each in node.elts):
            raise self._refused(node)
        empty = _Nowhere()
        values = tuple(self.read(each, depth)(empty) for each in node.elts)
        return lambda scope: values  # type: ignore[return-value]

    _list = _tuple

    def _binop(self, node: ast.BinOp, depth: int) -> Callable[[Scope], Value]:
        operate = _ARITHMETIC.get(type(node.op))
        if operate is None:
            raise self._refused(node)
        left, right, text = (
            self.read(node.left, depth),
            self.read(node.right, depth),
            self.text,
        )

        def run(scope: Scope) -> Value:
            try:
                return operate(_number(left(scope), text), _number(right(scope), text))
            except ZeroDivisionError:
                raise DividedByNothing(text=text) from None

        return run

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> Callable[[Scope], Value]:
        operand, text = self.read(node.operand, depth), self.text
        if isinstance(node.op, ast.Not):
            return lambda scope: not _truth(operand(scope), text)
        if isinstance(node.op, ast.USub):
            return lambda scope: -_number(operand(scope), text)
        raise self._refused(node)

    def _boolop(self, node: ast.BoolOp, depth: int) -> Callable[[Scope], Value]:
        parts, text = [self.read(each, depth) for each in node.values], self.text
        every = all if isinstance(node.op, ast.And) else any
        return lambda scope: every(_truth(part(scope), text) for part in parts)

    def _compare(self, node: ast.Compare, depth: int) -> Callable[[Scope], Value]:
        parts = [self.read(each, depth) for each in [node.left, *node.comparators]]
        tests = [_COMPARISONS.get(type(op)) for op in node.ops]
        if None in tests:
            raise self._refused(node)
        text = self.text

        def run(scope: Scope) -> Value:
            values = [part(scope) for part in parts]
            return all(
                _compared(test, a, b, text)  # type: ignore[arg-type]
                for test, a, b in zip(tests, values, values[1:], strict=False)
            )

        return run

    def _ifexp(self, node: ast.IfExp, depth: int) -> Callable[[Scope], Value]:
        test, then, other = (self.read(each, depth) for each in (node.test, node.body, node.orelse))
        text = self.text
        return lambda scope: then(scope) if _truth(test(scope), text) else other(scope)

    def _call(self, node: ast.Call, depth: int) -> Callable[[Scope], Value]:
        function = node.func.id if isinstance(node.func, ast.Name) else ""
        if function not in USAGE or node.keywords:
            raise self._refused(node)
        if function in AGGREGATES:
            return self._aggregate(node, function)
        parts = [self.read(each, depth) for each in node.args]
        if not _enough(function, len(parts)):
            raise self._arguments(node, function)
        text, calculate = self.text, _FUNCTIONS[function]
        return lambda scope: calculate([part(scope) for part in parts], text)

    def _aggregate(self, node: ast.Call, function: str) -> Callable[[Scope], Value]:
        names = [dotted(each) for each in node.args]
        if len(names) != AGGREGATES[function] or None in names:
            raise self._arguments(node, function)
        what, group = ("", names[0]) if function == "count" else (names[0], names[1])
        found = Aggregate(function, str(what), str(group))
        self.aggregates.add(found)
        return lambda scope: scope.aggregate(found.function, found.what, found.group)

    def _arguments(self, node: ast.Call, function: str) -> WrongArguments:
        return WrongArguments(part=self._part(node), function=function, usage=USAGE[function])


class _Nowhere:
    def value(self, name: str) -> Value:
        raise KeyError(name)

    def aggregate(self, function: str, what: str, group: str) -> Fraction:
        raise KeyError(what)


def dotted(node: ast.expr) -> str | None:
    """`land_mu` or `delivery_kg.apple` as one name; None for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


def _enough(function: str, given: int) -> bool:
    return given >= 2 if function in ("min", "max") else given == (3 if function == "round_to" else 2)


def _number(value: Value, text: str) -> Fraction:
    if isinstance(value, Fraction):
        return value
    raise WrongKindOfValue(text=text, value=shown(value))


def _truth(value: Value, text: str) -> bool:
    if isinstance(value, bool):
        return value
    raise WrongKindOfValue(text=text, value=shown(value))


def _compared(test: Callable[[object, object], bool], a: Value, b: Value, text: str) -> bool:
    if isinstance(b, tuple):
        return test(a, b)
    if type(a) is not type(b):
        raise WrongKindOfValue(text=text, value=f"{shown(a)}, {shown(b)}")
    return test(a, b)


def _round_to(values: list[Value], text: str) -> Value:
    step, mode = _number(values[1], text), values[2]
    if step <= 0 or mode not in ROUNDERS:
        raise WrongArguments(part=text, function="round_to", usage=USAGE["round_to"])
    return rounded(_number(values[0], text), step, str(mode))


def _days_of(values: list[Value], text: str) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(str(value)) for value in values)
    except ValueError:
        raise WrongKindOfValue(text=text, value=", ".join(map(shown, values))) from None
    return first, last


def _years(values: list[Value], text: str) -> Value:
    """Whole years gone by: the birthday counts, the day before it does not."""
    first, last = _days_of(values, text)
    return Fraction(last.year - first.year - ((last.month, last.day) < (first.month, first.day)))


def _days(values: list[Value], text: str) -> Value:
    first, last = _days_of(values, text)
    return Fraction((last - first).days)


def _compound(values: list[Value], text: str) -> Value:
    """What one grows to by `rate`, `times` over: 1.21 for 10 percent twice. A discount divides by it."""
    rate, times = (_number(value, text) for value in values)
    if times.denominator != 1 or not 0 <= times <= MOST_TIMES:
        raise WrongArguments(part=text, function="compound", usage=f"{USAGE['compound']}, 0 … {MOST_TIMES}")
    return (1 + rate) ** int(times)


_FUNCTIONS: Mapping[str, Callable[[list[Value], str], Value]] = {
    "min": lambda values, text: min(_number(value, text) for value in values),
    "max": lambda values, text: max(_number(value, text) for value in values),
    "round_to": _round_to,
    "years": _years,
    "days": _days,
    "compound": _compound,
}
