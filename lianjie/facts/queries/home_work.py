"""What home workers hold: material out, pieces and material back, as of any day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from lianjie.facts.models import MaterialIssue, MaterialReturn, PieceReturn
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.work import AgreementRow, agreements
from lianjie.facts.rules import home_work as rules
from lianjie.facts.rules.home_work import Balance, Brought, Step
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.work import Terms


@dataclass(frozen=True)
class AccountLine:
    """One line of a worker's account. `kind`: out, brought, returned, lost."""

    day: date
    kind: str
    reference: str
    number: str
    goods: tuple[Goods, ...]
    brought: Brought | None = None
    lot: str = ""
    text: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class HomeAccount:
    """One agreement of work given out, with what moved and what is still with the worker."""

    terms: Terms
    name: str
    balances: tuple[Balance, ...]
    lines: tuple[AccountLine, ...]
    brought: tuple[Brought, ...]

    @property
    def pieces_e4(self) -> int:
        return sum(each.pieces_e4 for each in self.brought)

    @property
    def defects(self) -> dict[str, int]:
        """Cause -> pieces."""
        sums: dict[str, int] = {}
        for each in self.brought:
            for cause, pieces in each.defects.items():
                sums[cause] = sums.get(cause, 0) + pieces
        return sums

    @property
    def defects_e4(self) -> int:
        return sum(self.defects.values())

    @property
    def findings(self) -> tuple[Any, ...]:
        return rules.findings(self.terms.number, self.terms, self.brought, self.balances)


def brought(organisation_id: int, agreement: str) -> QuerySet[PieceReturn]:
    """Pieces brought under an agreement, as they stand. For actions of this room."""
    return _under(PieceReturn, organisation_id, agreement)


def steps(organisation_id: int, terms: Terms) -> list[Step]:
    """Every move of material under an agreement, as it stands."""
    return [step for line in _lines(organisation_id, terms, None) for step in _steps(line)]


def accounts(organisation_id: int, workshop: str, on: date | None = None) -> list[HomeAccount]:
    """Every worker of a workshop whose agreement gives work out, at the end of day `on`."""
    rows = agreements(organisation_id, workshop)
    return [_account(organisation_id, row, on) for row in rows if row.terms.home]


def account(
    organisation_id: int, workshop: str, agreement: str, on: date | None = None
) -> HomeAccount | None:
    """One worker's account under an agreement, or None."""
    rows = agreements(organisation_id, workshop)
    row = next((each for each in rows if each.terms.home and each.terms.number == agreement), None)
    return _account(organisation_id, row, on) if row else None


def _account(organisation_id: int, row: AgreementRow, on: date | None) -> HomeAccount:
    lines = _lines(organisation_id, row.terms, on)
    return HomeAccount(
        row.terms,
        row.name,
        rules.balances(row.terms.worker, (step for line in lines for step in _steps(line)), on),
        tuple(sorted(lines, key=lambda each: (each.day, each.kind != "out"), reverse=True)),
        tuple(line.brought for line in lines if line.brought),
    )


def _steps(line: AccountLine) -> list[Step]:
    kind = "used" if line.kind == "brought" else line.kind
    return [Step(line.day, kind, goods.good, goods.unit, goods.quantity) for goods in line.goods]


def _lines(organisation_id: int, terms: Terms, on: date | None) -> list[AccountLine]:
    found = []
    for row in _under(MaterialIssue, organisation_id, terms.number).select_related("lot"):
        found.append(_material(row, "out", ""))
    for row in _under(MaterialReturn, organisation_id, terms.number).select_related("lot"):
        found.append(_material(row, "lost" if row.lost else "returned", row.account))
    for row in brought(organisation_id, terms.number):
        found.append(
            AccountLine(
                row.day, "brought", row.reference, number(row), rules.used(terms, row.pieces_e4),
                Brought(row.pieces_e4, row.defects), evidence=row.evidence,
            )
        )  # fmt: skip
    return [line for line in found if on is None or line.day <= on]


def _material(row: MaterialIssue | MaterialReturn, kind: str, text: str) -> AccountLine:
    goods = Goods(row.lot.good, row.lot.unit, row.quantity)
    return AccountLine(
        row.day, kind, row.reference, number(row), (goods,), None, number(row.lot), text, row.evidence
    )


def _under(model: Any, organisation_id: int, agreement: str) -> QuerySet[Any]:
    rows = model.objects.current().filter(organisation_id=organisation_id)
    return rows.filter(numbered(agreement, "agreement__key")).order_by("day", "pk")
