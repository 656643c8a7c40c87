"""The member account (成员账户) of one year: opening, every movement, closing.

Source: accounting system 财会〔2021〕37号, the form of the member account and how to fill it. Capital and
reserve shares add up over the years; subsidy and donation shares are counted anew by each settlement, so
its line holds the difference; dealings and returns are those of the year alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from lianjie.base.words import N_

SHARED = ("reserve", "subsidy", "donation")


@dataclass(frozen=True)
class Movement:
    """Amounts of one line, in fen; `traded` good -> (grams, fen)."""

    fund_contribution: int = 0
    other_contribution: int = 0
    reserve: int = 0
    subsidy: int = 0
    donation: int = 0
    patronage: int = 0
    remainder: int = 0
    traded: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __add__(self, other: "Movement") -> "Movement":
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)[:-1]}
        traded = dict(self.traded)
        for good, (grams, fen) in other.traded.items():
            before = traded.get(good, (0, 0))
            traded[good] = (before[0] + grams, before[1] + fen)
        return Movement(**sums, traded=traded)


@dataclass(frozen=True)
class Line:
    """One dated line. `text` is a catalogue text; `reference` names the fact or settlement behind it."""

    day: date
    text: str
    reference: str
    movement: Movement


@dataclass(frozen=True)
class MemberAccount:
    """Opening + lines = closing, column by column. `goods` are the goods traded in the year, in order."""

    year: int
    opening: Movement
    lines: tuple[Line, ...]
    closing: Movement
    goods: tuple[str, ...]

    @property
    def has_figures(self) -> bool:
        """False when nothing ever moved."""
        return bool(self.lines) or self.opening != Movement()


@dataclass(frozen=True)
class Settled:
    """What a posted settlement of `year` gave the member, in fen."""

    year: int
    quantified: dict[str, int]
    patronage: int
    remainder: int


def member_account(
    year: int, contributions: Iterable[Line], deliveries: Iterable[Line], settled: Sequence[Settled]
) -> MemberAccount:
    """Put the account together. A settlement is entered on the last day of its year.

    contributions  of any year, movements in the two capital columns
    deliveries     movements in `traded`; only those of `year` count
    settled        posted settlements up to `year`, the earliest first
    """
    capital = list(contributions)
    opening = Movement()
    for line in capital:
        if line.day.year < year:
            opening += line.movement
    shares = dict.fromkeys(SHARED, 0)
    closing_lines: list[Line] = []
    for each in settled:
        after = _shares_after(shares, each)
        if each.year < year:
            shares = after
        elif each.year == year:
            closing_lines = _settlement_lines(each, shares, after)
    opening += Movement(**shares)  # type: ignore[arg-type]
    lines = sorted(
        [line for line in (*capital, *deliveries) if line.day.year == year], key=lambda line: line.day
    )
    lines += closing_lines
    closing = opening
    for line in lines:
        closing += line.movement
    return MemberAccount(year, opening, tuple(lines), closing, tuple(sorted(closing.traded)))


def _shares_after(before: dict[str, int], each: Settled) -> dict[str, int]:
    """Reserve shares add up; subsidy and donation shares are those of the last settlement."""
    after = {kind: each.quantified.get(kind, 0) for kind in SHARED}
    after["reserve"] += before["reserve"]
    return after


def _settlement_lines(each: Settled, before: dict[str, int], after: dict[str, int]) -> list[Line]:
    day = date(each.year, 12, 31)
    source = f"settlement:{each.year}"
    changes = {kind: after[kind] - before[kind] for kind in SHARED}
    found = (
        (N_("Reserve share of the year"), Movement(reserve=changes["reserve"])),
        (N_("Subsidy share counted anew"), Movement(subsidy=changes["subsidy"])),
        (N_("Donation share counted anew"), Movement(donation=changes["donation"])),
        (N_("Surplus returned by dealings"), Movement(patronage=each.patronage)),
        (N_("Remaining surplus shared out"), Movement(remainder=each.remainder)),
    )
    return [Line(day, text, source, moved) for text, moved in found if moved != Movement()]
