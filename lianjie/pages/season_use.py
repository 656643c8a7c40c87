"""What a season really used beside its plan, as a page shows it and as a file has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from lianjie.base.quantity import unit as unit_of
from lianjie.base.words import N_
from lianjie.facts.queries.growing_used import SeasonUse
from lianjie.facts.rules.growing_used import MINUTE, Compared
from lianjie.pages import export
from lianjie.pages.fact_form import language
from lianjie.pages.format import MINUS, hours, quantity

HEADING = (
    N_("Step"), N_("Material"), N_("Unit"), N_("On (mu)"), N_("Planned"), N_("Used"), N_("Difference"),
    N_("Planned a mu"), N_("Used a mu"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One material of a step, or its machine hours, in the reader's words; "" where nothing is planned.

    over  above zero when more was used than planned, below when less, 0 as planned or not planned
    """

    name: str
    planned: str
    planned_mu: str
    used: str
    used_mu: str
    difference: str
    over: int


@dataclass(frozen=True)
class Part:
    """A step, or the whole season with `title` ""."""

    title: str
    lines: tuple[Line, ...]
    silent: str = ""


def table(of: SeasonUse) -> tuple[Part, ...]:
    """The steps of which anything is known or missing, then the whole season."""
    comma = "、" if language().startswith("zh") else ", "
    parts = [
        Part(f"{each.step.code} {each.step.name}", _lines(each.lines), comma.join(each.silent))
        for each in of.steps
        if each.lines or each.silent
    ]
    whole = [Part("", _lines(of.totals))] if of.totals else []
    return (*parts, *whole)


def _lines(lines: tuple[Compared, ...]) -> tuple[Line, ...]:
    return tuple(_line(each) for each in lines)


def _line(of: Compared) -> Line:
    sign = "+" if (of.over or 0) > 0 else ""
    return Line(
        _name(of),
        _told(of.planned, of.unit),
        _told(of.planned_per_mu, of.unit),
        _told(of.used, of.unit),
        _told(of.used_per_mu, of.unit),
        sign + _told(of.over, of.unit),
        (of.over or 0) and (1 if (of.over or 0) > 0 else -1),
    )


def _name(of: Compared) -> str:
    return of.good or gettext("Machine hours")


def _told(value: int | None, unit: str) -> str:
    if value is None:
        return ""
    if unit != MINUTE:
        return quantity(value, unit)
    return f"{MINUS if value < 0 else ''}{hours(abs(value))}"


def file(kind: str, name: str, of: SeasonUse) -> HttpResponseBase:
    """The figures as a CSV file or a workbook, one line for each material of a step, then the season's."""
    heading = [gettext(text) for text in HEADING]
    return export.as_asked(kind, name, heading, _rows(of))


def _rows(of: SeasonUse) -> Iterator[list[str | Decimal]]:
    for each in of.steps:
        for line in each.lines:
            yield _row(f"{each.step.code} {each.step.name}", line)
    for line in of.totals:
        yield _row(gettext("Whole season"), line)


def _row(step: str, of: Compared) -> list[str | Decimal]:
    label = gettext("hours") if of.unit == MINUTE else gettext(unit_of(of.unit).label)
    figures = (of.planned, of.used, of.over, of.planned_per_mu, of.used_per_mu)
    numbers: list[str | Decimal] = ["" if each is None else _number(each, of.unit) for each in figures]
    return [step, _name(of), label, Decimal(of.mu4) / 10_000, *numbers]


def _number(value: int, unit: str) -> Decimal:
    if unit == MINUTE:
        return (Decimal(value) / 60).quantize(Decimal("0.01"))
    return Decimal(value) / int(unit_of(unit).small)
