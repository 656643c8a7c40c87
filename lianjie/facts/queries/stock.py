"""The stock by lot, inputs handed out, and where a sack has been: borrower to borrower."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from lianjie.facts.models import (
    Fact,
    InputBack,
    InputIssue,
    Loan,
    LoanReturn,
    Lot,
    LotCost,
    LotLoss,
    MaterialIssue,
    MaterialReturn,
    MaterialUse,
    RentPayment,
)
from lianjie.facts.queries import in_kind
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.names import named_like
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import all_after, slice_after
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules import inputs
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.inputs import Back, Issued


@dataclass(frozen=True)
class LotRow:
    """One lot and what it holds."""

    id: int
    number: str
    reference: str
    day: date
    goods: Goods
    left: Goods
    grade: str
    origin: str
    giver: str
    evidence: str


@dataclass(frozen=True)
class IssueRow:
    """One input handed to a grower; `out` did not come back, `owed_fen` is still owed of its advance."""

    number: str
    reference: str
    day: date
    household_id: int
    household_code: str
    household: str
    village: str
    lot: str
    goods: Goods
    amount_fen: int
    evidence: str
    out: Goods
    owed_fen: int


@dataclass(frozen=True)
class BackRow:
    """What came back of an input: goods, or money of its advance. `delivery`: what it was set off against."""

    number: str
    reference: str
    day: date
    way: str
    goods: Goods
    amount_fen: int
    delivery: str
    evidence: str


@dataclass(frozen=True)
class TracePart:
    """One step of a sack's way. `kind`: lot, or as in KINDS; `depth` is how often it changed hands.

    number  that of the fact; of a rent its lease
    """

    depth: int
    kind: str
    number: str
    reference: str
    day: date
    goods: Goods
    party_code: str = ""
    party: str = ""
    here: bool = False


@dataclass(frozen=True)
class InKindOf:
    """What one household owes and got in kind."""

    loans: tuple[in_kind.LoanRow, ...]
    issues: tuple[IssueRow, ...]


@dataclass(frozen=True)
class Slice:
    """Some rows, where the next page begins, how many there are."""

    rows: tuple
    next_after: str
    total: int


def page(organisation_id: int, on: date, *, search: str = "", after: str = "", limit: int = 50) -> Slice:
    """Lots that had come in by day `on`, the latest first, with what each holds at its end."""
    found = _lots(organisation_id, search).filter(day__lte=on)
    shown = slice_after(found, "day", True, after=after, limit=limit)
    return Slice(tuple(_rows(shown.rows, on)), shown.next_after, found.count())


def every(organisation_id: int, on: date, *, search: str = "") -> Iterator[LotRow]:
    """All lots that fit and had come in by day `on`, for an export."""
    found = _lots(organisation_id, search).filter(day__lte=on)
    yield from _rows(list(all_after(found, "day", True)), on)


def available(organisation_id: int, on: date) -> tuple[LotRow, ...]:
    """Lots that still hold something, the oldest first: what can be lent or handed out."""
    found = _lots(organisation_id, "").order_by("day", "pk")
    return tuple(row for row in _rows(list(found), on) if row.left.quantity > 0)


def lot(organisation_id: int, of: str, on: date) -> LotRow | None:
    """The lot with this number, or None."""
    found = _lots(organisation_id, "").filter(numbered(of))
    return next(_rows(list(found[:1]), on), None)


@dataclass(frozen=True)
class CostRow:
    """What a lot cost, and how that was met."""

    reference: str
    day: date
    fen: int
    way: str


def cost(organisation_id: int, lot_id: int) -> CostRow | None:
    """What a lot cost, or None when nobody said."""
    row = LotCost.objects.current().filter(organisation_id=organisation_id, lot_id=lot_id).first()
    return CostRow(str(row.reference), row.day, row.amount_fen, row.way) if row else None


def totals(organisation_id: int, on: date) -> list[Goods]:
    """What all lots hold together, by good."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in every(organisation_id, on):
        sums[row.goods.good, row.goods.unit] += row.left.quantity
    return [Goods(good, unit, quantity) for (good, unit), quantity in sorted(sums.items())]


def _lots(organisation_id: int, search: str) -> QuerySet:
    found = Lot.objects.current().filter(organisation_id=organisation_id)
    if search:
        found = found.filter(
            Q(key__istartswith=search) | Q(good__icontains=search) | Q(giver__icontains=search)
        )
    return found


def _rows(found: Collection[Lot], on: date) -> Iterator[LotRow]:
    moved = in_kind.moves([row.pk for row in found])
    for row in found:
        goods = Goods(row.good, row.unit, row.quantity)
        held = rules.left(number(row), goods, moved[row.pk], on)
        yield LotRow(
            row.pk,
            number(row),
            row.reference,
            row.day,
            goods,
            Goods(row.good, row.unit, held),
            row.grade,
            row.origin,
            row.giver,
            row.evidence,
        )


# Inputs


def issues(organisation_id: int, *, search: str = "", after: str = "", limit: int = 50) -> Slice:
    """Inputs handed out, the latest first."""
    found = _issues(organisation_id, search)
    shown = slice_after(found, "day", True, after=after, limit=limit)
    return Slice(_issue_rows(shown.rows), shown.next_after, found.count())


def every_issue(organisation_id: int, *, search: str = "") -> Iterator[IssueRow]:
    """All inputs that fit, for an export."""
    some: list[InputIssue] = []
    for row in all_after(_issues(organisation_id, search), "day", True):
        some.append(row)
        if len(some) == SLICE:
            yield from _issue_rows(some)
            some = []
    yield from _issue_rows(some)


def issued(organisation_id: int, receipt: str) -> IssueRow | None:
    """The input with this receipt, or None."""
    found = _issues(organisation_id, "").filter(numbered(receipt))
    return next(iter(_issue_rows(list(found[:1]))), None)


def came_back(organisation_id: int, receipt: str) -> list[BackRow]:
    """What came back of an input, in order of day."""
    found = InputBack.objects.current().filter(
        numbered(receipt, "issue__key"), organisation_id=organisation_id
    )
    return [
        BackRow(
            number(row), row.reference, row.day, row.way, Goods(row.lot.good, row.lot.unit, row.quantity),
            row.amount_fen, number(row.delivery) if row.delivery else "", row.evidence,
        )
        for row in found.select_related("lot", "delivery").order_by("day", "pk")
    ]  # fmt: skip


def backs(issues: Collection[int], on: date | None = None) -> dict[int, list[Back]]:
    """Issue id -> what came back of it, up to a day or altogether."""
    found: dict[int, list[Back]] = defaultdict(list)
    wanted = sorted(issues)
    for start in range(0, len(wanted), SLICE):
        rows = InputBack.objects.current().filter(issue_id__in=wanted[start : start + SLICE])
        if on is not None:
            rows = rows.filter(day__lte=on)
        for pk, day, quantity, fen in rows.values_list("issue_id", "day", "quantity", "amount_fen"):
            found[pk].append(Back(day, quantity, fen))
    return found


def issued_terms(row: InputIssue) -> Issued:
    """A stored issue as the rules know it."""
    return Issued(number(row), row.day, Goods(row.lot.good, row.lot.unit, row.quantity), row.amount_fen)


def set_off(organisation_id: int) -> dict[tuple[int, str], int]:
    """Household and delivery (its first reference) -> fen of advances set off against it."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    rows = InputBack.objects.current().filter(organisation_id=organisation_id, way="produce")
    for home, key, fen in rows.values_list("issue__household_id", "delivery__key", "amount_fen"):
        found[home, f"delivery:{key.partition('~')[0]}"] += fen
    return found


def in_kind_of(organisation_id: int, party_id: int, on: date, here: Collection[type[Fact]]) -> InKindOf:
    """Loans and inputs of one household up to a day, the latest first; `here`: tables with anything of it."""
    found = _issues(organisation_id, "").filter(household_id=party_id, day__lte=on).order_by("-day", "-pk")
    return InKindOf(
        in_kind.loans_of(organisation_id, party_id, on) if Loan in here else (),
        _issue_rows(list(found), on) if InputIssue in here else (),
    )


def _issues(organisation_id: int, search: str) -> QuerySet:
    found = InputIssue.objects.current().filter(organisation_id=organisation_id)
    if search:
        hit = named_like("household", search) | Q(key__istartswith=search) | Q(lot__good__icontains=search)
        found = found.filter(hit)
    return found.select_related("household__area", "lot")


def _issue_rows(found: Collection[InputIssue], on: date | None = None) -> tuple[IssueRow, ...]:
    """Stored issues as pages get them, with what came back up to a day."""
    of = backs([row.pk for row in found], on)
    return tuple(_issue_row(row, inputs.standing(issued_terms(row), of.get(row.pk, []))) for row in found)


def _issue_row(row: InputIssue, now: inputs.Standing) -> IssueRow:
    return IssueRow(
        number(row),
        row.reference,
        row.day,
        row.household_id,
        row.household.code,
        row.household.name,
        row.household.area.name,
        number(row.lot),
        Goods(row.lot.good, row.lot.unit, row.quantity),
        row.amount_fen,
        row.evidence,
        Goods(row.lot.good, row.lot.unit, now.out),
        now.owed_fen,
    )


# The way of a sack

WHOSE: dict[type[Fact], tuple[str, ...]] = {
    Loan: ("borrower",),
    InputIssue: ("household",),
    InputBack: ("issue__household",),
    MaterialIssue: ("agreement__worker",),
    MaterialReturn: ("agreement__worker",),
    MaterialUse: ("done__plot__household",),
    RentPayment: ("household",),
}
"""Table -> the way to whoever got the goods, or gave them back."""
KINDS: dict[type[Fact], str] = {
    Loan: "lent",
    InputIssue: "issued",
    InputBack: "input_back",
    LotLoss: "lost",
    MaterialIssue: "material",
    MaterialReturn: "material_back",
    MaterialUse: "used",
    RentPayment: "rent",
}


def trace(organisation_id: int, of: str) -> tuple[TracePart, ...]:
    """From where the goods of a lot first came in, through every loan and return, to where they are now."""
    start = Lot.objects.current().filter(organisation_id=organisation_id).filter(numbered(of)).first()
    if start is None:
        return ()
    first = start
    while first.returned is not None:
        first = first.returned.loan.lot
    return tuple(_down(first, start.pk))


def _down(first: Lot, here: int) -> Iterator[TracePart]:
    """The tree below a lot, level by level read, depth first told."""
    below: dict[int, list] = defaultdict(list)
    back: dict[int, list[Lot]] = defaultdict(list)
    level = [first.pk]
    while level:
        lent = list(
            Loan.objects.current()
            .filter(lot_id__in=level)
            .select_related("borrower", "lot")
            .order_by("day", "pk")
        )
        for row in lent:
            below[row.lot_id].append(row)
        for model in (InputIssue, InputBack, LotLoss, MaterialIssue, MaterialReturn, MaterialUse):
            rows = (
                model.objects.current()
                .filter(lot_id__in=level)
                .select_related("lot", *WHOSE.get(model, ()))
                .order_by("day", "pk")
            )
            for row in rows:
                lost = isinstance(row, MaterialReturn) and row.lost
                if not (lost or (isinstance(row, InputBack) and not row.quantity)):
                    below[row.lot_id].append(row)
        handed = in_kind.rents_in_kind().filter(lot_id__in=level).select_related("lot", "household")
        for row in handed.order_by("day", "pk"):
            below[row.lot_id].append(row)
        returns = LoanReturn.objects.current().filter(loan__in=lent)
        lots = (
            Lot.objects.current()
            .filter(returned__in=returns)
            .select_related("returned")
            .order_by("day", "pk")
        )
        for row in lots:
            back[row.returned.loan_id].append(row)
        level = [row.pk for row in lots]
    waiting: list[tuple[int, object]] = [(0, first)]
    while waiting:
        depth, row = waiting.pop()
        yield _part(depth, row, here)
        if isinstance(row, Lot):
            waiting.extend((depth + 1, each) for each in reversed(below[row.pk]))
        elif isinstance(row, Loan):
            waiting.extend((depth + 1, each) for each in reversed(back[row.pk]))


def _part(depth: int, row, here: int) -> TracePart:
    if isinstance(row, Lot):
        goods = Goods(row.good, row.unit, row.quantity)
        return TracePart(
            depth, "lot", number(row), row.reference, row.day, goods, party=row.giver, here=row.pk == here
        )
    goods = Goods(row.lot.good, row.lot.unit, row.quantity)
    who = row
    for name in "".join(WHOSE.get(type(row), ())).split("__"):
        who = getattr(who, name) if name else None
    kind = KINDS[type(row)]
    named = number(row).rpartition(":")[0] if kind == "rent" else number(row)
    return TracePart(
        depth, kind, named, row.reference, row.day, goods,
        who.code if who else "", who.name if who else "",
    )  # fmt: skip
