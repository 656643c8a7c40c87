"""Workshops, work and wages: what a piece of work is worth, and who is to be paid what.

A payroll pays up to a day whatever was worked and not paid before. A correction made after a payroll is a
difference in the next one. Wages are paid in money only, with a slip
(Regulations on wages of rural migrant workers 2019, arts. 11, 15).
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Literal

from lianjie.base.fen import Fen
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.facts import parameters

Form = Literal["factory", "home", "coop"]
Basis = Literal["day", "hour", "piece", "month"]
Status = Literal["staff", "casual"]
WHOLE = 10_000
"""Days, hours, pieces and months are kept in ten-thousandths."""
MONTH_DAYS = Fraction(2175, 100)
"""Paid days of a month (notice 劳社部发〔2008〕3号)."""
ONE_DAY = timedelta(days=1)
ONE = 1_000_000
"""Shares of pieces are kept in millionths."""


class RateNotAboveZero(Refusal):
    what = N_("The work agreement {number} names no rate of pay.")
    fix = N_("Give yuan for a day, an hour or a piece, as signed.")


class WorkOutsideAgreement(Refusal):
    what = N_("{worker} has no work agreement {number} on {day}.")
    fix = N_("Correct the day, or enter the agreement that was signed.")


class WorkBelowZero(Refusal):
    what = N_("The work of {worker} on {day} is below zero, or has more defects than pieces.")
    fix = N_("Give what was counted; enter 0 when nothing was worked.")


class MoreHoursThanDay(Refusal):
    what = N_("{worker} cannot have worked {quantity} on {day}.")
    fix = N_("A day has one day of work at most two times over, and 24 hours; correct the sheet.")


class MoreThanTheMonth(Refusal):
    what = N_("With this sheet months worked by {worker} in {month} would come to {quantity}.")
    fix = N_("A month is counted once, or in parts that come to one; correct the other sheet of the month.")


class FunderMissing(Refusal):
    what = N_("The public post {number} has nobody who pays for it.")
    fix = N_("Name the office or fund that pays for the post.")


class NoWageToPay(Refusal):
    what = N_("Nothing that was worked until {last_day} is still to be paid.")
    fix = N_("Enter the attendance first, or choose a later day.")


class ApproverMissing(Refusal):
    what = N_("A payroll is approved by a named person.")
    fix = N_("Write the name of whoever approves it.")


@dataclass(frozen=True)
class Norm:
    """Material one piece takes, in small units of `unit`."""

    good: str
    unit: str
    quantity: int


@dataclass(frozen=True)
class Terms:
    """A work agreement: fen for a whole day, hour, piece or month.

    cost          account the wage is a cost of: 401 production, 521 operation
    defects_paid  agreed: pieces with defects are paid too
    allowance_e6  agreed: so many of a million pieces are paid although they have defects
    product       what is made of handed-out material; "" when no work is given out
    materials     what one piece takes by the norm
    funder        who pays for a public post
    """

    number: str
    workshop: str
    worker: str
    job: str
    start: date
    until: date | None
    basis: Basis
    rate_fen: int
    status: Status = "casual"
    day_hours: int = 8
    cost: str = "401"
    defects_paid: bool = False
    public_post: bool = False
    evidence: str = ""
    product: str = ""
    allowance_e6: int = 0
    materials: tuple[Norm, ...] = ()
    funder: str = ""

    @property
    def home(self) -> bool:
        """Work given out: contract work (Civil Code, art. 770), not employment."""
        return bool(self.product)


def allowed_e4(pieces_e4: int, allowance_e6: int) -> int:
    """How many pieces may have defects: up to a whole piece, in the worker's favour."""
    return -(-pieces_e4 * allowance_e6 // (ONE * WHOLE)) * WHOLE


@dataclass(frozen=True)
class Done:
    """Work of one agreement on one day as it stands now; `work` names it through all its versions."""

    work: str
    terms: Terms
    day: date
    quantity_e4: int
    defects_e4: int = 0

    @property
    def span(self) -> tuple[date, date]:
        """First and last day this work was done on: of work paid by the month all of its days agreed."""
        if self.terms.basis != "month":
            return self.day, self.day
        first = self.day.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - ONE_DAY
        end = self.terms.until - ONE_DAY if self.terms.until else last
        return max(first, self.terms.start), min(last, end)

    @property
    def unpaid_e4(self) -> int:
        """Pieces with defects above what the agreement allows."""
        if self.terms.defects_paid:
            return 0
        return max(self.defects_e4 - allowed_e4(self.quantity_e4, self.terms.allowance_e6), 0)

    @property
    def worth_fen(self) -> int:
        """Half a fen goes to the worker."""
        counted = self.quantity_e4 - self.unpaid_e4
        return (counted * self.terms.rate_fen * 2 + WHOLE) // (2 * WHOLE)


@dataclass(frozen=True)
class Line:
    """What one piece of work still gives: its worth less what earlier payrolls gave for it."""

    done: Done
    before_fen: int

    @property
    def fen(self) -> int:
        return self.done.worth_fen - self.before_fen


@dataclass(frozen=True)
class Slip:
    """One worker's pay. `kept_back` are differences below zero: overpaid, and not taken off."""

    worker: str
    lines: tuple[Line, ...]
    kept_back: tuple[Line, ...] = ()

    @property
    def fen(self) -> int:
        return sum(line.fen for line in self.lines)


def payroll(done: Iterable[Done], before: Mapping[str, int], *, may_deduct: bool) -> tuple[Slip, ...]:
    """Slips by worker code. Work is paid once: only the difference to what was paid before is due.

    may_deduct  the workers agreed in writing that what they got too much is taken off
    A slip never falls below zero.
    """
    by_worker: dict[str, list[Line]] = defaultdict(list)
    for each in sorted(done, key=lambda d: (d.terms.worker, d.day, d.work)):
        line = Line(each, before.get(each.work, 0))
        if line.fen:
            by_worker[each.terms.worker].append(line)
    return tuple(_slip(worker, lines, may_deduct) for worker, lines in by_worker.items())


def _slip(worker: str, lines: list[Line], may_deduct: bool) -> Slip:
    if may_deduct and sum(line.fen for line in lines) >= 0:
        return Slip(worker, tuple(lines))
    return Slip(
        worker,
        tuple(line for line in lines if line.fen > 0),
        tuple(line for line in lines if line.fen < 0),
    )


def check_work(done: Done) -> None:
    """Refuses work outside the agreement, below zero or more than a day holds."""
    terms = done.terms
    if done.day < terms.start or (terms.until is not None and done.day >= terms.until):
        raise WorkOutsideAgreement(worker=terms.worker, number=terms.number, day=done.day)
    if done.quantity_e4 < 0 or not 0 <= done.defects_e4 <= done.quantity_e4:
        raise WorkBelowZero(worker=terms.worker, day=done.day)
    most = {"day": 2 * WHOLE, "hour": 24 * WHOLE, "month": WHOLE}.get(terms.basis)
    if most is not None and done.quantity_e4 > most:
        raise MoreHoursThanDay(worker=terms.worker, quantity=Decimal(done.quantity_e4) / WHOLE, day=done.day)


def check_month(done: Done, others_e4: int) -> None:
    """Refuses more than one month of pay in a calendar month; `others_e4` is what its other days count."""
    in_all = done.quantity_e4 + others_e4
    if done.terms.basis == "month" and in_all > WHOLE:
        raise MoreThanTheMonth(
            worker=done.terms.worker, quantity=Decimal(in_all) / WHOLE, month=f"{done.day:%Y-%m}"
        )


@dataclass(frozen=True)
class Floor:
    """The minimum wage of the place for an hour, as the office set it, with its source."""

    start: date
    hour_fen: int
    source: str


@dataclass(frozen=True)
class Spell:
    """Days on which one minimum wage held, or none was set; the last day counts too."""

    first: date
    last: date
    floor: Floor | None


def floor_on(floors: Sequence[Floor], day: date) -> Floor | None:
    """The minimum wage in force on a day. `floors`: the earliest first."""
    return next((each for each in reversed(floors) if each.start <= day), None)


def spells(floors: Sequence[Floor], first: date, last: date) -> list[Spell]:
    """The minimum wages in force on the days from `first` to `last`, in order."""
    begins = [first, *(each.start for each in floors if first < each.start <= last)]
    ends = [*(day - ONE_DAY for day in begins[1:]), last]
    return [Spell(day, end, floor_on(floors, day)) for day, end in zip(begins, ends, strict=True)]


def changes(floors: Sequence[Floor], days: Iterable[tuple[date, date]]) -> tuple[Spell, ...]:
    """The minimum wages of the days worked when they differ, so that people are told; else nothing.

    days  first and last day of each piece of work
    """
    days = tuple(days)
    if not days:
        return ()
    found = spells(floors, min(first for first, _ in days), max(last for _, last in days))
    differ = len({each.floor.hour_fen if each.floor else None for each in found}) > 1
    return tuple(found) if differ else ()


def findings(slips: Iterable[Slip], pay_day: date, floors: Sequence[Floor]) -> tuple[Finding, ...]:
    """What a person must weigh before approving: minimum wage, interval, overpaid work.

    floors  the minimum wages of the place, the earliest first: each day of work is held against the one in
            force on it
    """
    slips = tuple(slips)
    found: list[Finding] = []
    if not floors:
        found.append(Finding("wage-floor-unset", N_("No minimum wage is set, so rates were not checked.")))
    for slip in slips:
        found += _by_day(slip, floors) if floors else []
        found += _late(slip, pay_day)
        if slip.kept_back:
            over = -sum(line.fen for line in slip.kept_back)
            found.append(
                Finding(
                    "wage-overpaid",
                    N_("{worker} got {sum} yuan too much; it is not taken off without a signed agreement."),
                    {"worker": slip.worker, "sum": str(Fen(over))},
                    where=slip.worker,
                )
            )
    return tuple(found)


def _by_day(slip: Slip, floors: Sequence[Floor]) -> list[Finding]:
    """Agreement by agreement, and within it minimum wage by minimum wage, with the days worked under it."""
    worked: dict[tuple[str, date | None], tuple[Terms, Spell]] = {}
    for line in slip.lines:
        if not line.done.quantity_e4:
            continue
        for each in spells(floors, *line.done.span):
            key = line.done.terms.number, each.floor.start if each.floor else None
            known = worked[key][1] if key in worked else each
            days = Spell(min(known.first, each.first), max(known.last, each.last), each.floor)
            worked[key] = line.done.terms, days
    return [found for terms, days in worked.values() for found in _below_floor(terms, days.floor, days)]


def agreed_findings(terms: Iterable[Terms], floor: Floor | None) -> tuple[Finding, ...]:
    """What is wrong with what was agreed, before anybody works for it."""
    return tuple(found for each in terms for found in _below_floor(each, floor) if floor)


def rate_below(terms: Terms, floor: Floor | None) -> Fraction | None:
    """Hours the rate pays for when it is below the minimum wage of so many hours; None when it is not."""
    hours = {
        "hour": Fraction(1),
        "day": Fraction(terms.day_hours),
        "month": terms.day_hours * MONTH_DAYS,
    }.get(terms.basis)
    if floor is None or hours is None or terms.rate_fen >= floor.hour_fen * hours:
        return None
    return hours


def _below_floor(terms: Terms, floor: Floor | None, days: Spell | None = None) -> list[Finding]:
    said: dict[str, Any] = {"number": terms.number}
    if days is not None:
        said["days"] = f"{days.first}" if days.first == days.last else f"{days.first} – {days.last}"
    if floor is None:
        text = N_("{number}, work of {days}: no minimum wage was set for it, so its rate was not checked.")
        return [Finding("wage-floor-unset", text, said, where=terms.number)]
    said["floor"] = str(Fen(floor.hour_fen))
    if terms.basis == "piece" and not terms.home:
        text = N_(
            "{number} is paid by the piece and no hours are counted: compare it with {floor} yuan an hour."
        )
        if days is not None:
            text = N_(
                "{number}, work of {days}, is paid by the piece and no hours are counted: compare it with"
                " {floor} yuan an hour."
            )
        return [Finding("piece-rate-unchecked", text, said, "note", terms.number, floor.source)]
    hours = rate_below(terms, floor)
    if hours is None:
        return []
    text = N_("{number}: {rate} yuan for {hours} hours is below the minimum wage of {floor} yuan an hour.")
    if days is not None:
        text = N_(
            "{number}, work of {days}: {rate} yuan for {hours} hours is below the minimum wage of {floor}"
            " yuan an hour."
        )
    said |= {
        "rate": str(Fen(terms.rate_fen)),
        "hours": f"{Decimal(hours.numerator) / hours.denominator:f}",
    }
    return [Finding("below-minimum-wage", text, said, where=terms.number, law=floor.source)]


def _late(slip: Slip, pay_day: date) -> list[Finding]:
    found = []
    for basis in ("hour", "month"):
        days = [line.done.day for line in slip.lines if line.done.terms.basis == basis]
        rule = next(
            (row for row in reversed(parameters_of("interval"))
             if days and row["basis"] == basis and row["from"] <= min(days)),
            None,
        )  # fmt: skip
        if rule is not None and (pay_day - min(days)).days > rule["days"]:
            text = N_("{worker} is paid {days} days after the first day worked; at most {most} are allowed.")
            details = {"worker": slip.worker, "days": (pay_day - min(days)).days, "most": rule["days"]}
            found.append(Finding("pay-interval", text, details, where=slip.worker, law=rule["law"]))
    return found


@dataclass(frozen=True)
class Criteria:
    """What a place asks of a workshop it recognises, in one version: from `start` up to, not including,
    `until`; None while no later one follows."""

    code: str
    start: date
    until: date | None
    min_workers: int
    min_months: int
    source: str


Versions = Mapping[str, tuple[Criteria, ...]]
"""Code -> every version of the criteria, the earliest first."""


@lru_cache(maxsize=8)
def criteria(*texts: str) -> Versions:
    """Every version of every set of criteria in some TOML texts: the ones that came along, a place's own.

    The same code again with another `from` is the next version, and changes nothing before its day; with the
    same `from` the later text counts.
    """
    rows: dict[tuple[str, date], Mapping[str, Any]] = {}
    for text in texts:
        for row in tomllib.loads(text).get("criteria", ()):
            rows[row["code"], row["from"]] = row
    found: dict[str, tuple[Criteria, ...]] = {}
    for code in dict.fromkeys(code for code, _ in rows):
        starts = sorted(start for of, start in rows if of == code)
        found[code] = tuple(
            Criteria(code, start, until, row["min_workers"], row["min_months"], row["source"])
            for start, until in zip(starts, [*starts[1:], None], strict=True)
            for row in [rows[code, start]]
        )
    return found


def criteria_on(versions: Versions, code: str, day: date) -> Criteria | None:
    """The version in force on a day; None before the first, or of a code that is not known."""
    return next((each for each in reversed(versions.get(code, ())) if each.start <= day), None)


def parameters_of(name: str) -> list[dict[str, Any]]:
    """Rows of one table of parameters/workshops.toml, the earliest first."""
    return sorted(_data()[name], key=lambda row: row["from"])


def parameter_on(name: str, day: date) -> Mapping[str, Any]:
    """The row of a table in force on a day; before the first one, that."""
    rows = parameters_of(name)
    return next((row for row in reversed(rows) if row["from"] <= day), rows[0])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(parameters.text("workshops"))
