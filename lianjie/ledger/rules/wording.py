"""Formulas in words people read, and the same formulas with one recipient's own values put in.

status == "registered"      the registered status is registered poor household
10% * surplus               10% of surplus
2 * shares                  2 × shares 5            (filled)
"""

import ast
from dataclasses import dataclass
from fractions import Fraction

from lianjie.base.fen import Fen
from lianjie.base.quantity import counted, unit
from lianjie.base.words import N_, Say, english
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.expression import Expression, Scope, Value, dotted, parse, plain
from lianjie.ledger.rules.plan import Plan

ATOM, TIMES, PLUS, TEST = 4, 3, 2, 1
DECIMALS = 4
SMALLEST = Fraction(1, 10**DECIMALS)

_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", PLUS),
    ast.Sub: ("−", PLUS),
    ast.Mult: ("×", TIMES),
    ast.Div: ("÷", TIMES),
}
_TESTS: dict[type[ast.cmpop], str] = {
    ast.Eq: N_("{a} is {b}"),
    ast.NotEq: N_("{a} is not {b}"),
    ast.Lt: N_("{a} is less than {b}"),
    ast.LtE: N_("{a} is at most {b}"),
    ast.Gt: N_("{a} is more than {b}"),
    ast.GtE: N_("{a} is at least {b}"),
    ast.In: N_("{a} is one of {b}"),
    ast.NotIn: N_("{a} is none of {b}"),
}
_AGGREGATES = {
    "sum": N_("the total {what} of {group}"),
    "count": N_("the number of {group}"),
    "highest": N_("the highest {what} among {group}"),
    "lowest": N_("the lowest {what} among {group}"),
}
_FUNCTIONS = {
    "years": N_("the full years from {a} to {b}"),
    "days": N_("the days from {a} to {b}"),
    "compound": N_("(1 + {a}) multiplied {b} times"),
}
_ROUNDED = {
    "down": N_("({number}, rounded down to a multiple of {step})"),
    "up": N_("({number}, rounded up to a multiple of {step})"),
    "half_up": N_("({number}, rounded to the nearest multiple of {step})"),
    "half_even": N_("({number}, rounded to the nearest multiple of {step}, halves to the even one)"),
}


@dataclass(frozen=True)
class Wording:
    """Words of one plan in one language. `say` translates catalogue texts."""

    plan: Plan
    language: str = "en"
    say: Say = english

    # numbers

    def number(self, value: Fraction) -> str:
        """Thousands apart, four decimals, more only for what is smaller; "…" marks digits that go on."""
        places = DECIMALS if abs(value) >= SMALLEST else 3 * DECIMALS
        text = plain(value, places)
        cut = "/" in text
        if cut:
            text = plain(Fraction(int(value * 10**places), 10**places), places)
        whole, dot, rest = text.partition(".")
        sign = "−" if value < 0 else ""
        grouped = f"{sign}{int(whole.lstrip('-') or 0):,}"
        return f"{grouped}{dot}{rest}…" if cut else f"{grouped}{dot}{rest}"

    def yuan(self, value: Fraction) -> str:
        """Money with two decimals, or with more when it is not whole fen."""
        fen = value * 100
        text = str(Fen(int(fen))) if fen.denominator == 1 else self.number(value)
        return self.say(N_("{number} yuan")).format(number=text)

    def fen(self, fen: int) -> str:
        return self.yuan(Fraction(fen, 100))

    def quantity(self, value: Fraction, code: str) -> str:
        """A number with its unit: yuan, percent, mu … A plain number stands alone."""
        if code == "yuan":
            return self.yuan(value)
        if code == "percent":
            return f"{self.number(value * 100)}%"
        if code in ("number", ""):
            return self.number(value)
        number = self.number(value)
        unit = self.say(counted(number, self.label(code)))
        return self.say(N_("{number} {unit}")).format(number=number, unit=unit)

    def unit(self, code: str) -> str:
        """The unit's word; the unit of equal parts is a part."""
        if code in ("", "number"):
            return ""
        return self.say(self.label(code))

    def label(self, code: str) -> str:
        """The catalogue text of the unit."""
        return N_("parts") if code == "part" else unit(code).label

    # names

    def name(self, name: str) -> str:
        """What people call a name of the plan."""
        if name.startswith(terms.RECEIVED):
            step = self.plan.named(name.removeprefix(terms.RECEIVED), self.language, self.say)
            return self.say(N_("the amount received under “{step}”")).format(step=step)
        _, dot, product = name.partition(".")
        standard = terms.standard_measure(name)
        if dot and standard is not None:
            measure = self.say(standard.label)
            return self.say(N_("{measure} ({product})")).format(measure=measure, product=product)
        if self.plan.step(name) is not None:
            step = self.plan.named(name, self.language, self.say)
            return self.say(N_("the amount of “{step}”")).format(step=step)
        return self.plan.named(name, self.language, self.say)

    def unit_of(self, name: str) -> str:
        """The unit code in which formulas see a name; empty for what is not counted."""
        if name == terms.EQUALLY:
            return "part"
        weight, figure = self.plan.weight(name), self.plan.figure(name)
        if weight is not None:
            return weight.unit
        if figure is not None:
            return figure.unit
        money = name in terms.IN_A_STEP or name.startswith(terms.RECEIVED)
        if money or self.plan.step(name) or self.plan.part_step(name):
            return "yuan"
        return self.plan.measure_unit(name) or ""

    def word(self, value: Value, name: str = "") -> str:
        """A value that is a word: a status, a kind, a day, a list."""
        if isinstance(value, bool):
            return self.say(N_("yes")) if value else self.say(N_("no"))
        if isinstance(value, Fraction):
            return self.quantity(value, self.unit_of(name) if name else "number")
        if isinstance(value, tuple):
            return self.say(N_(", ")).join(self.word(each, name) for each in value)
        labels = {"status": terms.STATUS_LABELS, "kind": terms.KIND_LABELS}.get(name, {})
        return self.say(labels[value]) if value in labels else value

    # formulas

    def of(self, text: str) -> str:
        """A formula in words."""
        return _Teller(self, parse(text), None).told()

    def condition(self, text: str) -> str:
        """A formula that is a question, in words; a bare name stands for "it holds"."""
        expression = parse(text)
        return _Teller(self, expression, None)._test(expression.tree)

    def filled(self, text: str, scope: Scope) -> str:
        """A formula with each name followed by its value: "2 × shares 5"."""
        return _Teller(self, parse(text), scope).told()

    def held(self, text: str) -> str:
        """A formula in words, in brackets when it is more than one name or number."""
        return _Teller(self, parse(text), None).held()

    def money(self, text: str) -> str:
        """A formula in words whose value is yuan; a plain number gets its unit."""
        value = constant(text)
        return self.of(text) if value is None else self.yuan(value)


def sentence(text: str) -> str:
    """With a capital first letter, where the script has capitals."""
    return text[:1].upper() + text[1:]


def constant(text: str) -> Fraction | None:
    """The number a text is, when it is nothing but numbers."""
    expression = parse(text)
    if expression.names or expression.aggregates:
        return None
    return expression.number(_NOWHERE)


def hundredth(text: str) -> str:
    """`rate` of `rate * 100`, for a percent that is worked out from a plain number; else empty."""
    tree = parse(text).tree
    if not isinstance(tree, ast.BinOp) or not isinstance(tree.op, ast.Mult):
        return ""
    hundred = isinstance(tree.right, ast.Constant) and tree.right.value == 100
    return ast.unparse(tree.left) if hundred else ""


class _Nowhere:
    def value(self, name: str) -> Value:
        raise KeyError(name)

    def aggregate(self, function: str, what: str, group: str) -> Fraction:
        raise KeyError(what)


_NOWHERE = _Nowhere()


class _Teller:
    """Walks one formula's tree and puts it into words."""

    def __init__(self, wording: Wording, expression: Expression, scope: Scope | None) -> None:
        self.wording, self.say = wording, wording.say
        self.expression, self.scope = expression, scope

    def told(self) -> str:
        return self.tell(self.expression.tree)[0]

    def held(self) -> str:
        return self._held(self.expression.tree, ATOM)

    def tell(self, node: ast.AST) -> tuple[str, int]:
        """Words and how tightly they hold together."""
        name = dotted(node) if isinstance(node, ast.expr) else None
        if name is not None:
            return self._name(name), ATOM
        method = getattr(self, f"_{type(node).__name__.lower()}")
        told: tuple[str, int] = method(node)
        return told

    def _name(self, name: str) -> str:
        words = self.wording.name(name)
        if self.scope is None:
            return words
        value = self.wording.word(self.scope.value(name), name)
        return self.say(N_("{name} {value}")).format(name=words, value=value or "–")

    def _held(self, node: ast.AST, least: int) -> str:
        text, level = self.tell(node)
        return text if level >= least else self.say(N_("({formula})")).format(formula=text)

    def _constant(self, node: ast.Constant) -> tuple[str, int]:
        if isinstance(node.value, bool | str):
            return self.wording.word(node.value), ATOM
        return self.wording.number(Fraction(str(node.value))), ATOM

    def _tuple(self, node: ast.Tuple | ast.List) -> tuple[str, int]:
        return self.say(N_(", ")).join(self.tell(each)[0] for each in node.elts), ATOM

    _list = _tuple

    def _binop(self, node: ast.BinOp) -> tuple[str, int]:
        percent = _percent(node)
        if percent is not None:
            return f"{self.wording.number(percent)}%", ATOM
        if isinstance(node.op, ast.Mult) and self.scope is None:
            for part, other in ((node.left, node.right), (node.right, node.left)):
                percent = _percent(part)
                if percent is not None:
                    return self._part_of(percent, other), TIMES
        sign, level = _SIGNS[type(node.op)]
        tight = level + (sign in ("−", "÷"))
        return f"{self._held(node.left, level)} {sign} {self._held(node.right, tight)}", level

    def _part_of(self, percent: Fraction, other: ast.AST) -> str:
        text = self.say(N_("{percent}% of {whole}"))
        return text.format(percent=self.wording.number(percent), whole=self._held(other, ATOM))

    def _unaryop(self, node: ast.UnaryOp) -> tuple[str, int]:
        if isinstance(node.op, ast.USub):
            return f"−{self._held(node.operand, ATOM)}", TIMES
        if dotted(node.operand) is not None:
            return self._holds(dotted(node.operand) or "", holds=False), TEST
        return self.say(N_("it is not so that {test}")).format(test=self._test(node.operand)), TEST

    def _holds(self, name: str, holds: bool = True) -> str:
        if name == "member":
            return self.say(N_("is a member")) if holds else self.say(N_("is not a member"))
        text = N_("{name} holds") if holds else N_("{name} does not hold")
        return self.say(text).format(name=self.wording.name(name))

    def _test(self, node: ast.AST, inside: bool = False) -> str:
        """A question; a bare name stands for "it holds"."""
        name = dotted(node) if isinstance(node, ast.expr) else None
        if name is not None:
            return self._holds(name)
        text = self.tell(node)[0]
        mixed = inside and isinstance(node, ast.BoolOp | ast.IfExp)
        return self.say(N_("({formula})")).format(formula=text) if mixed else text

    def _boolop(self, node: ast.BoolOp) -> tuple[str, int]:
        between = self.say(N_("{a} and {b}")) if isinstance(node.op, ast.And) else self.say(N_("{a} or {b}"))
        text = self._test(node.values[0], inside=True)
        for each in node.values[1:]:
            text = between.format(a=text, b=self._test(each, inside=True))
        return text, TEST

    def _compare(self, node: ast.Compare) -> tuple[str, int]:
        parts = [node.left, *node.comparators]
        told = [
            self._compared(left, op, right)
            for left, op, right in zip(parts, node.ops, parts[1:], strict=False)
        ]
        text = told[0]
        for each in told[1:]:
            text = self.say(N_("{a} and {b}")).format(a=text, b=each)
        return text, TEST

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        name = dotted(left) or ""
        if isinstance(right, ast.Constant) and isinstance(right.value, bool) and name:
            return self._holds(name, right.value == isinstance(op, ast.Eq))
        tagged = isinstance(op, ast.In | ast.NotIn) and isinstance(left, ast.Constant)
        if tagged and isinstance(right, ast.Name):
            has, lacks = N_("“{b}” includes “{a}”"), N_("“{b}” does not include “{a}”")
            text = self.say(has) if isinstance(op, ast.In) else self.say(lacks)
            return text.format(a=self.tell(left)[0], b=self.wording.name(right.id))
        a = self._held(left, PLUS)
        return self.say(_TESTS[type(op)]).format(a=a, b=self._answer(right, name))

    def _answer(self, node: ast.expr, name: str) -> str:
        """A constant said in the words of the name it is compared with."""
        if isinstance(node, ast.Tuple | ast.List):
            return self.say(N_(", ")).join(self._answer(each, name) for each in node.elts)
        if isinstance(node, ast.Constant) and name:
            value = node.value
            if isinstance(value, str):
                return self.wording.word(value, name) or self.say(N_("not recorded"))
            return self.wording.word(Fraction(str(value)), name)
        return self._held(node, PLUS)

    def _ifexp(self, node: ast.IfExp) -> tuple[str, int]:
        test = self._test(node.test)
        if self.scope is None:
            text = self.say(N_("{then} if {test}, otherwise {other}"))
            then, other = self._held(node.body, PLUS), self._held(node.orelse, PLUS)
            return text.format(then=then, test=test, other=other), TEST
        # Only what counts for this one is told, with the reason.
        whole = ast.unparse(node.test)
        if parse(whole).truth(self.scope):
            text, chosen = self.say(N_("{then} (because {test})")), node.body
        else:
            text, chosen = self.say(N_("{then} (because this does not hold: {test})")), node.orelse
        return text.format(then=self.tell(chosen)[0], test=test), ATOM

    def _call(self, node: ast.Call) -> tuple[str, int]:
        function = dotted(node.func) or ""
        if function in _AGGREGATES:
            return self._aggregate(function, [dotted(each) or "" for each in node.args]), ATOM
        if function in ("min", "max"):
            return self._least_or_greatest(function, node.args), ATOM
        if function == "round_to":
            number, step = (self.tell(each)[0] for each in node.args[:2])
            mode = str(node.args[2].value) if isinstance(node.args[2], ast.Constant) else "half_up"
            return self.say(_ROUNDED.get(mode, _ROUNDED["half_up"])).format(number=number, step=step), ATOM
        a, b = (self.tell(each)[0] for each in node.args)
        return self.say(_FUNCTIONS[function]).format(a=a, b=b), ATOM

    def _least_or_greatest(self, function: str, parts: list[ast.expr]) -> str:
        if function == "max" and len(parts) == 2:
            for part, other in ((parts[0], parts[1]), (parts[1], parts[0])):
                if isinstance(part, ast.Constant) and part.value == 0:
                    text = self.say(N_("{number} (zero when below zero)"))
                    return text.format(number=self._held(other, ATOM))
        listed = self.say(N_(", ")).join(self.tell(each)[0] for each in parts)
        smallest, greatest = N_("the smallest of ({list})"), N_("the greatest of ({list})")
        return (self.say(smallest) if function == "min" else self.say(greatest)).format(list=listed)

    def _aggregate(self, function: str, names: list[str]) -> str:
        what, group = ("", names[0]) if function == "count" else (names[0], names[1])
        label = self.wording.name(what) if what else ""
        text = self.say(_AGGREGATES[function]).format(what=label, group=self.wording.name(group))
        if self.scope is None:
            return text
        value = self.scope.aggregate(function, what, group)
        shown = self.wording.quantity(value, self.wording.unit_of(what) if what else "number")
        return self.say(N_("{name} {value}")).format(name=text, value=shown)


def _percent(node: ast.AST) -> Fraction | None:
    """40% was written (40/100)."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div):
        return None
    top, bottom = node.left, node.right
    if not isinstance(top, ast.Constant) or not isinstance(bottom, ast.Constant) or bottom.value != 100:
        return None
    return Fraction(str(top.value))
