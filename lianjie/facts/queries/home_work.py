"""What home workers hold: material out, pieces and material back, as of any day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

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
    return _under(PieceReturn, organisation_id, numbered(agreement, "agreement__key"))


def steps(organisation_id: int, terms: Terms) -> list[Step]:
    """Every move of material under an agreement, as it stands."""
    lines = _lines(organisation_id, [terms], numbered(terms.number, "agreement__key"), None)
    return [step for line in lines[terms.number] for step in _steps(line)]


def accounts(organisation_id: int, workshop: str, on: date | None = None) -> list[HomeAccount]:
    """Every worker of a workshop whose agreement gives work out, at the end of day `on`."""
    rows = [row for row in agreements(organisation_id, workshop) if row.terms.home]
    return _accounts(organisation_id, rows, numbered(workshop, "agreement__workshop__key"), on)


def account(
    organisation_id: int, workshop: str, agreement: str, on: date | None = None
) -> HomeAccount | None:
    """One worker's account under an agreement, or None."""
    rows = agreements(organisation_id, workshop)
    mine = [each for each in rows if each.terms.home and each.terms.number == agreement]
    found = _accounts(organisation_id, mine[:1], numbered(agreement, "agreement__key"), on)
    return found[0] if found else None


def _accounts(
    organisation_id: int, rows: Sequence[AgreementRow], under: Q, on: date | None
) -> list[HomeAccount]:
    if not rows:
        return []
    of = _lines(organisation_id, [row.terms for row in rows], under, on)
    return [_account(row, of[row.terms.number], on) for row in rows]


def _account(row: AgreementRow, lines: Sequence[AccountLine], on: date | None) -> HomeAccount:
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


def _lines(
    organisation_id: int, terms: Sequence[Terms], under: Q, on: date | None
) -> dict[str, list[AccountLine]]:
    """Number of each of these agreements -> its lines; three questions, however many agreements."""
    of = {each.number: each for each in terms}
    found: dict[str, list[AccountLine]] = {each: [] for each in of}

    def note(row: Any, line: AccountLine) -> None:
        if on is None or line.day <= on:
            found[number(row.agreement)].append(line)

    for model in (MaterialIssue, MaterialReturn):
        for row in _under(model, organisation_id, under).select_related("lot"):
            if number(row.agreement) in of:
                note(row, _material(row))
    for row in _under(PieceReturn, organisation_id, under):
        if number(row.agreement) in of:
            used = rules.used(of[number(row.agreement)], row.pieces_e4)
            told = Brought(row.pieces_e4, row.defects)
            note(row, AccountLine(row.day, "brought", row.reference, number(row), used, told,
                                  evidence=row.evidence))  # fmt: skip
    return found


def _material(row: MaterialIssue | MaterialReturn) -> AccountLine:
    goods = Goods(row.lot.good, row.lot.unit, row.quantity)
    kind, text = "out", ""
    if isinstance(row, MaterialReturn):
        kind, text = "lost" if row.lost else "returned", row.account
    return AccountLine(
        row.day, kind, row.reference, number(row), (goods,), None, number(row.lot), text, row.evidence
    )


def _under(model: Any, organisation_id: int, under: Q) -> QuerySet[Any]:
    """Rows of a table under one agreement, or under those of one workshop."""
    rows = model.objects.current().filter(under, organisation_id=organisation_id)
    return rows.select_related("agreement").order_by("day", "pk")
