"""Workshops by what was really paid: persons by month beside the recognised number, stable work, what lacks.

The register and the roster say who should be there; only the payroll says who was.
Sources: local notices in parameters/workshops.toml; indicators M30-M32.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lianjie.base.fen import Fen
from lianjie.base.refusal import Finding
from lianjie.base.words import N_
from lianjie.facts.rules.work import (
    Criteria,
    Floor,
    Spell,
    Terms,
    floor_on,
    parameter_on,
    parameters_of,
    rate_below,
    spells,
)


@dataclass(frozen=True)
class Month:
    """One month of a workshop: persons recognised for and persons paid; fen worked for and paid."""

    month: str
    recognised: int
    persons: int
    fen: int

    @property
    def short(self) -> bool:
        """Fewer were paid than the part of the recognised that the parameters ask for."""
        return self.persons * 100 < self.recognised * int(shell_rule(last_day(self.month))["percent"])


@dataclass(frozen=True)
class Measured:
    """A workshop over some months: distinct persons paid, those with stable work, whether it is doubtful."""

    persons: int
    stable: int
    paid_months: int
    recognised: int
    doubtful: bool
    fen: int


def months_until(last: str, number: int) -> list[str]:
    """`number` months up to and with `last`, as 2026-03, the earliest first."""
    year, month = int(last[:4]), int(last[5:7])
    found = []
    for _ in range(number):
        found.append(f"{year:04d}-{month:02d}")
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found[::-1]


def doubtful(months: Sequence[Month]) -> bool:
    """True when the last months of the list, as many as the parameters say, were all short."""
    number = shell_rule(last_day(months[-1].month))["months"] if months else 0
    last = months[-number:]
    return bool(number) and len(last) == number and all(each.short for each in last)


def measured(months: Sequence[Month], paid: Mapping[str, Collection[str]], stable_months: int) -> Measured:
    """A workshop in figures. `paid`: worker -> months with pay among those of `months`."""
    wanted = {each.month for each in months}
    by_worker = {worker: len(wanted & set(of)) for worker, of in paid.items()}
    return Measured(
        persons=sum(1 for number in by_worker.values() if number),
        stable=sum(1 for number in by_worker.values() if number >= stable_months),
        paid_months=sum(1 for each in months if each.persons),
        recognised=max((each.recognised for each in months), default=0),
        doubtful=doubtful(months),
        fen=sum(each.fen for each in months),
    )


def missing(
    criteria: Criteria,
    terms: Iterable[Terms],
    paid: Mapping[str, Collection[str]],
    vouchers: Mapping[str, str],
    months: Sequence[str],
    floors: Sequence[Floor],
) -> tuple[Finding, ...]:
    """What still lacks for the reward under local criteria, in words; nothing when the papers are complete.

    paid      worker -> months with pay
    vouchers  month -> evidence of its payment, "" for none
    floors    the minimum wages of the place, the earliest first: a rate is held against those of its months
    """
    found = []
    enough = [worker for worker, of in paid.items() if len(set(of) & set(months)) >= criteria.min_months]
    if len(enough) < criteria.min_workers:
        found.append(
            _lacks(
                "too-few-persons",
                N_("Persons paid in at least {months} months: {have}; asked for: {asked}."),
                criteria,
                {"have": len(enough), "months": criteria.min_months, "asked": criteria.min_workers},
            )
        )
    without = [month for month in months if not vouchers.get(month, "").strip()]
    if without:
        text = N_("No paid payroll is on record for {months}.")
        found.append(_lacks("voucher-missing", text, criteria, {"months": ", ".join(without)}))
    for each in terms:
        if each.worker in enough and not each.evidence.strip():
            text = N_("Agreement {number} has no paper on record.")
            found.append(_lacks("agreement-without-paper", text, criteria, {"number": each.number}))
        if each.worker in enough:
            for spell in _below(each, sorted(set(paid[each.worker]) & set(months)), floors):
                text = N_("Agreement {number}: {rate} yuan is below the minimum wage of {days}.")
                days = f"{spell.first} – {spell.last}"
                details = {"number": each.number, "rate": str(Fen(each.rate_fen)), "days": days}
                found.append(_lacks("wage-below-floor", text, criteria, details))
    if months and floor_on(floors, last_day(months[-1])) is None:
        found.append(_lacks("floor-unset", N_("No minimum wage is on record to compare with."), criteria, {}))
    return tuple(found)


def _below(terms: Terms, months: Sequence[str], floors: Sequence[Floor]) -> list[Spell]:
    """Days of some months, while the agreement ran, on which its rate was below the minimum wage."""
    found: dict[date, Spell] = {}
    for month in months:
        first, last = date(int(month[:4]), int(month[5:]), 1), last_day(month)
        first = max(first, terms.start)
        last = min(last, terms.until - timedelta(days=1)) if terms.until else last
        for each in spells(floors, first, last) if first <= last else ():
            if each.floor is not None and rate_below(terms, each.floor):
                known = found.get(each.floor.start, each)
                found[each.floor.start] = Spell(known.first, each.last, each.floor)
    return list(found.values())


def _lacks(code: str, text: str, criteria: Criteria, details: dict[str, Any]) -> Finding:
    return Finding(code, text, details, where=criteria.code, law=criteria.source)


def last_day(month: str) -> date:
    """The last day of a month, given as 2026-03."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)


def shell_rule(day: date) -> Mapping[str, Any]:
    """How a doubtful workshop was told on a day: months and percent."""
    return parameter_on("shell", day)


def stable_months(day: date) -> int:
    """From how many paid months work was called stable on a day."""
    return int(parameter_on("stable", day)["months"])


def papers_to_attach(day: date) -> tuple[str, ...]:
    """Papers an office asks for beside ours, by the notice in force on a day."""
    rows = [row for row in parameters_of("attach") if row["from"] <= day]
    return tuple(rows[-1]["papers"]) if rows else ()
