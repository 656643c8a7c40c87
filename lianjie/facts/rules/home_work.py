"""Work given out to homes: material out, pieces and material back, and what is still with the worker.

Home work is contract work (Civil Code, art. 770), not employment: the organisation keeps the material as its
own, and the worker answers for it by count. Wages are paid in money and are never made less by goods
(Regulations on wages of rural migrant workers 2019, art. 11): what is lost is named, and taken off nowhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lianjie.base.quantity import small_units
from lianjie.base.quantity import unit as unit_of
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.in_kind import UNITS, Goods, said
from lianjie.facts.rules.work import ONE, WHOLE, Norm, Terms, allowed_e4

CAUSES = ("material", "work", "size", "damage", "other")
"""Why a piece has a defect: bad material, bad work, wrong size, damaged on the way."""


class HomeWorkByPiece(Refusal):
    what = N_("Agreement {number} gives work out to a home, and is not paid by the piece.")
    fix = N_("Choose payment by the piece.")


class HomeWorkNotEmployment(Refusal):
    what = N_("Agreement {number} gives work out to a home: contract work, not employment.")
    fix = N_("Choose casual labour as its standing (Civil Code, art. 770).")


class NormUnreadable(Refusal):
    what = N_("“{line}” is not a material with what a piece takes of it.")
    fix = N_("Write one material a line: its name, a number and kg or piece, for example “竹篾 0.25 kg”.")


class NormMissing(Refusal):
    what = N_("Agreement {number} says what is made, and not of what material.")
    fix = N_("Write each material with what one piece takes of it.")


class AllowanceUnclear(Refusal):
    what = N_("The allowance of agreement {number} is not between 0 and 100 %.")
    fix = N_("Give the part of the pieces that is paid although they have defects.")


class NotGivenOut(Refusal):
    what = N_("Agreement {number} gives no work out to a home.")
    fix = N_("Enter an agreement that names what is made and of what, or use the attendance sheet.")


class CountedWhenBrought(Refusal):
    what = N_("The pieces of agreement {number} are counted when they are brought back.")
    fix = N_("Enter them on the worker's account of home work; they go into the wages from there.")


class NotAMaterialOf(Refusal):
    what = N_("By agreement {number} nothing is made of {good}.")
    fix = N_("Choose a lot of {known}.")


class MoreThanWithWorker(Refusal):
    what = N_("On {day} {worker} has {left} of {good}; {short} more is used, given back or lost.")
    fix = N_("Enter the material handed out first, or count again.")


class MoreDefectsThanPieces(Refusal):
    what = N_("Receipt {receipt} has more defects than pieces, or a defect below zero.")
    fix = N_("Count again; every piece has at most one cause.")


class HandedOutBefore(Refusal):
    what = N_("Lot {lot} was not handed to {worker} before.")
    fix = N_("Choose a lot that was handed out under this agreement.")


@dataclass(frozen=True)
class Step:
    """One move of material. `kind`: out, used, returned, lost; the quantity is above zero."""

    day: date
    kind: str
    good: str
    unit: str
    quantity: int


@dataclass(frozen=True)
class Balance:
    """One material with one worker, in small units: what went out, and what became of it."""

    good: str
    unit: str
    out: int = 0
    used: int = 0
    returned: int = 0
    lost: int = 0

    @property
    def left(self) -> int:
        """Still with the worker."""
        return self.out - self.used - self.returned - self.lost


@dataclass(frozen=True)
class Brought:
    """Pieces brought in one go, in ten-thousandths; `paid_defects` are within the allowance of the day."""

    pieces_e4: int
    defects: Mapping[str, int]

    @property
    def defects_e4(self) -> int:
        return sum(self.defects.values())

    @property
    def good_e4(self) -> int:
        return self.pieces_e4 - self.defects_e4


def read_norms(text: str) -> tuple[Norm, ...]:
    """Materials as people write them, one a line: “竹篾 0.25 kg”. Refuses with NormUnreadable."""
    norms = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        *name, number, unit = ["", "", *line.split()]
        try:
            quantity = small_units(number, unit) if unit in UNITS else 0
        except Refusal:
            quantity = 0
        good = " ".join(name).strip()
        if not good or len(good) > 40 or quantity <= 0:
            raise NormUnreadable(line=line)
        norms.append(Norm(good, unit, quantity))
    return tuple(norms)


def written_norms(norms: Iterable[Norm]) -> str:
    """Materials as `read_norms` reads them, parted by semicolons instead of lines."""
    return "; ".join(f"{each.good} {_plain(each)} {each.unit}" for each in norms)


def _plain(norm: Norm) -> str:
    number = Decimal(norm.quantity) / int(unit_of(norm.unit).small)
    return f"{number.normalize():f}"


def check_agreement(terms: Terms) -> None:
    """Refuses what cannot be agreed for work given out."""
    if not 0 <= terms.allowance_e6 <= ONE:
        raise AllowanceUnclear(number=terms.number)
    if not terms.home:
        return
    if terms.basis != "piece":
        raise HomeWorkByPiece(number=terms.number)
    if terms.status != "casual":
        raise HomeWorkNotEmployment(number=terms.number)
    if not terms.materials:
        raise NormMissing(number=terms.number)


def used(terms: Terms, pieces_e4: int) -> tuple[Goods, ...]:
    """Material by the norm for pieces brought, those with defects too; half a small unit up."""
    return tuple(
        Goods(norm.good, norm.unit, (pieces_e4 * norm.quantity * 2 + 10_000) // 20_000)
        for norm in terms.materials
    )


def check_brought(receipt: str, brought: Brought) -> None:
    """Refuses with MoreDefectsThanPieces."""
    if brought.good_e4 < 0 or any(each < 0 for each in brought.defects.values()):
        raise MoreDefectsThanPieces(receipt=receipt)


def balances(worker: str, steps: Iterable[Step], on: date | None = None) -> tuple[Balance, ...]:
    """Each material with one worker at the end of day `on`. On one day it goes out before it comes back.

    Refuses with MoreThanWithWorker at the first step that takes more than is there.
    """
    order = sorted(steps, key=lambda each: (each.day, each.kind != "out"))
    found: dict[str, Balance] = {}
    for step in order:
        if on is not None and step.day > on:
            break
        old = found.get(step.good, Balance(step.good, step.unit))
        sums = {"out": old.out, "used": old.used, "returned": old.returned, "lost": old.lost}
        sums[step.kind] += step.quantity
        new = Balance(step.good, step.unit, **sums)
        if new.left < 0:
            goods = Goods(step.good, step.unit, 0)
            raise MoreThanWithWorker(
                day=step.day,
                worker=worker,
                good=step.good,
                left=said(goods, old.left),
                short=said(goods, -new.left),
            )
        found[step.good] = new
    return tuple(found[good] for good in sorted(found))


def findings(
    number: str, terms: Terms, brought: Iterable[Brought], held: Iterable[Balance]
) -> tuple[Finding, ...]:
    """Defects above what was agreed, and material lost: for a person to talk about, not to take off."""
    found = []
    brought = tuple(brought)
    pieces, defects = sum(each.pieces_e4 for each in brought), sum(each.defects_e4 for each in brought)
    if defects > allowed_e4(pieces, terms.allowance_e6):
        found.append(
            Finding(
                "defects-above-allowance",
                N_("{defects} of {pieces} pieces have defects, more than the agreed {percent} %."),
                {
                    "defects": f"{Decimal(defects) / WHOLE:f}",
                    "pieces": f"{Decimal(pieces) / WHOLE:f}",
                    "percent": f"{Decimal(terms.allowance_e6) / WHOLE:f}",
                },
                where=number,
            )
        )
    if any(each.lost for each in held):
        found.append(
            Finding(
                "material-lost",
                N_(
                    "Material was lost. Wages are paid in money and in full; a compensation needs an "
                    "agreement of its own."
                ),
                severity="note",
                where=number,
                law=N_("Regulations on wages of rural migrant workers, art. 11"),
            )
        )
    return tuple(found)
