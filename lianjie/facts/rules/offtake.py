"""Orders: what may be signed, which price a delivery gets and why, and who has delivered how much.

Sources: Civil Code, arts. 585-588 (earnest money and penalties); the forms of orders in use put a lost
harvest on the grower, so the words “drought or flood, income assured” need a clause that backs them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_

DEPOSIT_PERCENT = 20
"""Most earnest money of a contract's value (Civil Code, art. 586)."""

NUMBER = re.compile(r"(?!new$)[\w-]{1,30}")


class OrderNumberUnusable(Refusal):
    what = N_("“{number}” cannot be the number of an order.")
    fix = N_("Use up to 30 letters, digits and hyphens.")


class OrderWindowEmpty(Refusal):
    what = N_("The crop is to be taken until {last_day}, before the first day {day}.")
    fix = N_("Give a last day on or after the first day.")


class OrderWithoutPrice(Refusal):
    what = N_("Grade “{grade}” of the order has neither a floor nor a market whose price counts.")
    fix = N_("Give the grade a floor above zero, or name the market.")


class OrderWithoutGrades(Refusal):
    what = N_("The order names no grade.")
    fix = N_("Write at least one grade with its floor price.")


class FloorUnreadable(Refusal):
    what = N_("“{line}” is not a grade with its floor price.")
    fix = N_("Write one grade a line: the grade, a space, and yuan a kilogram, for example “一等 13.80”.")


class PriceSeenNotAboveZero(Refusal):
    what = N_("The price of {good} on {day} is not above zero.")
    fix = N_(
        "Write what was asked or paid for a kilogram that day; without a price there is nothing to keep."
    )


class GradeTwice(Refusal):
    what = N_("Grade “{grade}” has two floor prices.")
    fix = N_("Leave one of them.")


class AssuranceNotBacked(Refusal):
    what = N_("“Income assured in drought or flood” may not be printed: nothing in this order pays for it.")
    fix = N_(
        "Name a floor income per mu above zero, or the insurance policy that pays; or leave the words out."
    )


class BackingIncomplete(Refusal):
    what = N_("The order says a lost harvest is backed by {backing}, without saying by how much or by whom.")
    fix = N_(
        "For a floor income give yuan per mu; for insurance give the insurer and the number of the policy."
    )


class NotThisGood(Refusal):
    what = N_("Order {order} is for {good}, not for {other}.")
    fix = N_("Choose the order this good was promised to.")


class GradeNotInOrder(Refusal):
    what = N_("Order {order} has no grade “{grade}”.")
    fix = N_("Use one of its grades: {known}.")


class OutsideWindow(Refusal):
    what = N_("{day} is outside the days of order {order}, {first} to {last}.")
    fix = N_("Price the delivery without the order, or agree on a longer order first.")


class NoMarketPrice(Refusal):
    what = N_("No price of {good} ({grade}) at “{market}” is on record from {first} to {last}.")
    fix = N_("Enter the price seen there, with its day and evidence; then price the delivery again.")


@dataclass(frozen=True)
class OrderTerms:
    """What an order says. Money in fen, prices in fen a kilogram, `until` the day after the last.

    floors   grade -> floor, 0 for none
    market   whose price counts with `premium_millionths` on it, at most `market_days` days old; "" for none
    same_day_market  whose price of the very day counts; "" for none
    backing  what pays for a lost harvest: none, floor_income, insurance
    assured  whether the words that income is assured are to be printed
    """

    number: str
    buyer: str
    signed_day: date
    start: date
    until: date
    good: str
    grams: int
    floors: Mapping[str, int]
    breach: str
    loss_bearer: str
    loss_clause: str
    market: str = ""
    premium_millionths: int = 0
    market_days: int = 7
    same_day_market: str = ""
    deposit_fen: int = 0
    pay_within_days: int = 0
    backing: str = "none"
    floor_income_fen_per_mu: int = 0
    insurance: str = ""
    assured: bool = False
    evidence: str = ""

    @property
    def value_fen(self) -> int | None:
        """What the whole quantity is worth at the lowest floor: the least the contract is about.

        None when a grade has no floor: then only the market tells, on a day to come.
        """
        lowest = min(self.floors.values(), default=0)
        return self.grams * lowest // 1000 if lowest else None


@dataclass(frozen=True)
class PriceSeen:
    """A price on record."""

    reference: str
    day: date
    market: str
    grade: str
    fen_per_kg: int


@dataclass(frozen=True)
class Candidate:
    """A price the terms offer. `kind`: floor, market, same_day; `seen` the record behind it."""

    kind: str
    fen_per_kg: int
    seen: PriceSeen | None = None


@dataclass(frozen=True)
class Priced:
    """The price of a delivery: the best of the candidates, the earliest of the terms when they are equal."""

    fen_per_kg: int
    won: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Fulfilment:
    """One household under an order, in grams; `left` is still to come, `beyond` came on top."""

    promised: int
    delivered: int
    fen: int = 0

    @property
    def left(self) -> int:
        return max(self.promised - self.delivered, 0)

    @property
    def beyond(self) -> int:
        return max(self.delivered - self.promised, 0)


@dataclass(frozen=True)
class FloorIncome:
    """What an order assures one household on its mu, and what it got for what it brought, in fen."""

    assured: int
    came: int

    @property
    def short(self) -> int:
        """What a lost harvest leaves to be paid on top, once the order's days are over."""
        return max(self.assured - self.came, 0)


@dataclass(frozen=True)
class Called:
    """A call-off with what came for it, the earliest due day served first."""

    number: str
    due_day: date
    grams: int
    came: int

    @property
    def open(self) -> int:
        return self.grams - self.came

    def late(self, today: date) -> bool:
        """True when something is still open after its day."""
        return self.open > 0 and today > self.due_day

    def state(self, today: date) -> str:
        """fulfilled, late or open."""
        return "late" if self.late(today) else "open" if self.open else "fulfilled"


def read_floors(text: str) -> dict[str, int]:
    """Grades and floors as people write them, one a line. Refuses with FloorUnreadable and GradeTwice."""
    floors: dict[str, int] = {}
    for line in filter(None, (each.strip() for each in text.splitlines())):
        grade, _, price = line.replace("：", " ").replace(":", " ").rpartition(" ")
        grade = grade.strip()
        try:
            fen = Fen.of_yuan(price)
        except Refusal:
            raise FloorUnreadable(line=line) from None
        if not grade or len(grade) > 20 or fen.n < 0:
            raise FloorUnreadable(line=line)
        if grade in floors:
            raise GradeTwice(grade=grade)
        floors[grade] = fen.n
    return floors


def refusals(terms: OrderTerms) -> Iterator[Refusal]:
    """Everything for which an order cannot be signed."""
    if not NUMBER.fullmatch(terms.number):
        yield OrderNumberUnusable(number=terms.number)
    if terms.until <= terms.start:
        yield OrderWindowEmpty(day=terms.start, last_day=terms.until - timedelta(days=1))
    if not terms.floors:
        yield OrderWithoutGrades()
    if not terms.market and not terms.same_day_market:
        yield from (OrderWithoutPrice(grade=grade) for grade, floor in terms.floors.items() if not floor)
    backed = terms.backing == "floor_income" and terms.floor_income_fen_per_mu > 0
    backed = backed or (terms.backing == "insurance" and bool(terms.insurance.strip()))
    if terms.backing != "none" and not backed:
        yield BackingIncomplete(backing=terms.backing.replace("_", " "))
    if terms.assured and not backed:
        yield AssuranceNotBacked()


def earnest_fen(terms: OrderTerms) -> int | None:
    """How much of a deposit is earnest money, rounded down; None while the contract's value is open."""
    return None if terms.value_fen is None else terms.value_fen * DEPOSIT_PERCENT // 100


def findings(terms: OrderTerms) -> tuple[Finding, ...]:
    """What a person must weigh in a lawful order."""
    found = []
    value = terms.value_fen
    most = earnest_fen(terms)
    if terms.deposit_fen and most is None:
        found.append(
            Finding(
                "deposit-without-a-value",
                N_(
                    "A deposit is earnest money up to 20 % of the contract's value, and this value is open: "
                    "a grade has no floor. Agree in writing on what the contract is worth."
                ),
                severity="note",
                where=terms.number,
                law=N_("Civil Code, art. 586"),
            )
        )
    elif value is not None and most is not None and terms.deposit_fen > most:
        found.append(
            Finding(
                "deposit-above-a-fifth",
                N_(
                    "The deposit of {deposit} yuan is more than 20 % of the contract's value of {value} "
                    "yuan, counted at the lowest floor; what is above {most} yuan is not earnest money."
                ),
                {"deposit": Fen(terms.deposit_fen), "value": Fen(value), "most": Fen(most)},
                where=terms.number,
                law=N_("Civil Code, art. 586"),
            )
        )
    if terms.loss_bearer == "grower" and terms.backing == "none":
        found.append(
            Finding(
                "harvest-risk-on-grower",
                N_("A lost harvest falls on the growers alone, and nothing backs them."),
                severity="note",
                where=terms.number,
            )
        )
    return tuple(found)


def price(terms: OrderTerms, good: str, grade: str, day: date, seen: Sequence[PriceSeen]) -> Priced:
    """The price of a delivery of `grade` on `day`: the best of floor, market with premium, price of the day.

    seen  prices of the good on record; others than the terms name are passed over

    The market's price with the premium is rounded once, half a fen up, in the grower's favour.
    Refuses with NotThisGood, GradeNotInOrder, OutsideWindow or NoMarketPrice.
    """
    if good != terms.good:
        raise NotThisGood(order=terms.number, good=terms.good, other=good)
    if grade not in terms.floors:
        raise GradeNotInOrder(order=terms.number, grade=grade, known=", ".join(terms.floors))
    if not terms.start <= day < terms.until:
        last = terms.until - timedelta(days=1)
        raise OutsideWindow(order=terms.number, day=day, first=terms.start, last=last)
    candidates = tuple(_candidates(terms, grade, day, seen))
    best = max(candidates, key=lambda each: each.fen_per_kg)
    return Priced(best.fen_per_kg, best.kind, candidates)


def _candidates(terms: OrderTerms, grade: str, day: date, seen: Sequence[PriceSeen]) -> Iterator[Candidate]:
    if floor := terms.floors[grade]:
        yield Candidate("floor", floor)
    if terms.market:
        record = _latest(terms, terms.market, grade, day - timedelta(days=terms.market_days), day, seen)
        yield Candidate("market", with_premium(record.fen_per_kg, terms.premium_millionths), record)
    if terms.same_day_market:
        record = _latest(terms, terms.same_day_market, grade, day, day, seen)
        yield Candidate("same_day", record.fen_per_kg, record)


def _latest(
    terms: OrderTerms, market: str, grade: str, first: date, last: date, seen: Sequence[PriceSeen]
) -> PriceSeen:
    """The newest record of the market; one of the very grade before one for every grade."""
    fitting = [
        each
        for each in seen
        if each.market == market and each.grade in (grade, "") and first <= each.day <= last
    ]
    if not fitting:
        raise NoMarketPrice(good=terms.good, grade=grade, market=market, first=first, last=last)
    return max(fitting, key=lambda each: (each.day, each.grade == grade, each.reference))


def with_premium(fen_per_kg: int, premium_millionths: int) -> int:
    """A price with its premium, half a fen up."""
    return int(Fraction(fen_per_kg * (1_000_000 + premium_millionths), 1_000_000) + Fraction(1, 2))


def worth(grams: int, fen_per_kg: int) -> int:
    """Fen for a weight, half a fen up, as every delivery is counted."""
    return int(Fraction(grams * fen_per_kg, 1000) + Fraction(1, 2))


def fulfilment(
    promised: Mapping[str, int], delivered: Iterable[tuple[str, int, int]]
) -> dict[str, Fulfilment]:
    """Household -> what it promised and brought. `delivered`: household, grams, fen."""
    grams: dict[str, int] = {}
    fen: dict[str, int] = {}
    for household, weight, amount in delivered:
        grams[household] = grams.get(household, 0) + weight
        fen[household] = fen.get(household, 0) + amount
    return {
        household: Fulfilment(promised.get(household, 0), grams.get(household, 0), fen.get(household, 0))
        for household in sorted({*promised, *grams})
    }


def floor_income(terms: OrderTerms, extent_mu4: int, came_fen: int) -> FloorIncome | None:
    """A household's floor income, extent x yuan a mu, half a fen up; None when the order assures none."""
    if terms.backing != "floor_income" or not extent_mu4:
        return None
    exact = Fraction(extent_mu4 * terms.floor_income_fen_per_mu, 10_000)
    return FloorIncome(int(exact + Fraction(1, 2)), came_fen)


def called(call_offs: Iterable[tuple[str, date, int]], delivered_grams: int) -> tuple[Called, ...]:
    """Call-offs (number, due day, grams) served in the order of their days from what was delivered."""
    left = delivered_grams
    served = []
    for number, due_day, grams in sorted(call_offs, key=lambda each: (each[1], each[0])):
        came = min(left, grams)
        left -= came
        served.append(Called(number, due_day, grams, came))
    return tuple(served)
