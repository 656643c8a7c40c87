"""Why a booked amount is what it is: the fact behind an entry, in the few figures a household asks for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from lianjie.facts.models import (
    Contribution,
    Delivery,
    DeliveryDispute,
    InputBack,
    InputIssue,
    Loan,
    LoanDecision,
    LoanReturn,
    MaterialIssue,
    MaterialReturn,
    OfftakeDelivery,
    PayrollLine,
    PieceReturn,
    RentPayment,
)
from lianjie.facts.queries import disputes
from lianjie.facts.queries.linked import UNPRICED, Table, Whose
from lianjie.facts.queries.payroll_lines import WITH, paid_for_e4

Source = tuple[int, str]
"""An organisation's id and an entry's source."""


@dataclass(frozen=True)
class Worked:
    """Work a payroll paid: so many ten-thousandths of `basis` at a rate, by one person.

    Of what was corrected the difference, and without pieces that are not paid: times the rate it is `fen`.
    """

    person: str
    basis: str
    quantity_e4: int
    rate_fen: int
    fen: int
    code: str


@dataclass(frozen=True)
class Reason:
    """The figures behind one amount. `kind` is the first word of the source.

    number  what opens the fact's page: a reference, or the number of a loan, order or payroll
    won     which price of the order won, "" without an order
    shop    the workshop of a home worker's agreement
    units   good of the entry -> the unit it is counted in, where that is not `unit` of `good`
    """

    kind: str
    number: str
    good: str = ""
    grade: str = ""
    quantity: int = 0
    unit: str = "kg"
    fen_per_kg: int = 0
    receipt: str = ""
    order: str = ""
    won: str = ""
    disputed: bool = False
    cause: str = ""
    origin: str = ""
    shares_e4: int = 0
    worked: tuple[Worked, ...] = ()
    shop: str = ""
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GoodsOnly:
    """Goods that moved and no entry under the household's name tells: a free input, a delivery unpriced.

    rank  1 for inputs, 2 for deliveries, 3 for inputs given back: with day and id, its place in their order
    """

    rank: int
    id: int
    day: date
    organisation_id: int
    reason: Reason


def reasons(sources: Collection[Source], of: Whose) -> dict[Source, Reason]:
    """Source -> the reason; one question for each kind of fact among them, however many there are.

    of  the household: of a payroll only its own lines and its people's count
    """
    by_kind: dict[str, dict[Source, str]] = defaultdict(dict)
    for organisation, source in sources:
        kind, _, key = source.removeprefix("reversal:").partition(":")
        by_kind[kind][organisation, source] = key
    found: dict[Source, Reason] = {}
    found |= _deliveries(by_kind["delivery"], of)
    found |= _contributions(by_kind["contribution"])
    found |= _inputs(by_kind["inputissue"])
    found |= _inputs_back(by_kind["inputback"])
    found |= _loans(by_kind)
    found |= _material(by_kind)
    found |= _rents(by_kind["rentpayment"])
    paid = {source: key.partition("~")[0] for source, key in by_kind["wagepayment"].items()}
    found |= _payrolls(by_kind["payroll"] | paid, of)
    return found


def goods_only(
    of: Whose,
    organisations: Collection[int],
    start: date | None,
    on: date,
    *,
    before: tuple[date, int, int] | None = None,
    limit: int | None = 50,
) -> list[GoodsOnly]:
    """Goods alone, from `start` to the end of day `on`, the latest first.

    before  day, rank and id of a row: only what comes after it; within a day ranks rise and ids fall
    """
    found: list[GoodsOnly] = []
    asked = (
        (1, InputIssue.objects.filter(amount_fen=0).select_related("lot")),
        (2, Delivery.objects.filter(amount_fen=0)),
        (3, InputBack.objects.filter(amount_fen=0).select_related("issue", "lot")),
    )
    for rank, rows in asked:
        table: Table = UNPRICED if rank == 2 else InputIssue
        at = [each for each in organisations if table in of.tied.get(each, ())]
        if not at:
            continue
        rows = rows.filter(
            **{"issue__household_id" if rank == 3 else "household_id": of.row.id},
            organisation_id__in=at,
            day__lte=on,
            corrected_by__isnull=True,
            withdrawn=False,
        )
        if start is not None:
            rows = rows.filter(day__gte=start)
        if before is not None:
            day, last_rank, pk = before
            same_day = Q(day=day, pk__lt=pk) if rank == last_rank else Q(day=day)
            rows = rows.filter(Q(day__lt=day) | same_day if rank >= last_rank else Q(day__lt=day))
        for row in rows.order_by("-day", "-pk")[:limit]:
            if isinstance(row, InputBack):
                reason = _input_back(row)
            else:
                reason = _input(row) if isinstance(row, InputIssue) else _delivery(row, {}, set())
            found.append(GoodsOnly(rank, row.pk, row.day, row.organisation_id, reason))
    return found


def _keys(wanted: dict[Source, str]) -> Q:
    return Q(organisation_id__in={of for of, _ in wanted}, key__in=set(wanted.values()))


def _by_source(wanted: dict[Source, str], made: Iterable[tuple[int, str, Reason]]) -> dict[Source, Reason]:
    by_key = {(organisation, key): reason for organisation, key, reason in made}
    return {source: by_key[source[0], key] for source, key in wanted.items() if (source[0], key) in by_key}


def _deliveries(wanted: dict[Source, str], whose: Whose) -> dict[Source, Reason]:
    if not wanted:
        return {}
    rows = list(Delivery.objects.filter(_keys(wanted)))
    under: dict[tuple[int, str], OfftakeDelivery] = {}
    if any(OfftakeDelivery in models for models in whose.tied.values()):
        found = OfftakeDelivery.objects.current().filter(
            delivery__household_id__in={row.household_id for row in rows},
            organisation_id__in={of for of, _ in wanted},
        )
        under = {
            (row.organisation_id, row.key.partition("~")[0]): row for row in found.select_related("contract")
        }
    open_ = {
        (organisation, key)
        for organisation in {of for of, _ in wanted}
        if DeliveryDispute in whose.tied.get(organisation, ())
        for key in disputes.open_keys(organisation)
    }
    return _by_source(wanted, ((r.organisation_id, r.key, _delivery(r, under, open_)) for r in rows))


def _delivery(
    row: Delivery,
    under: dict[tuple[int, str], OfftakeDelivery],
    open_: Collection[tuple[int, str]],
) -> Reason:
    at = row.organisation_id, row.key.partition("~")[0]
    order = under.get(at)
    return Reason(
        "delivery",
        row.reference,
        row.good,
        row.grade,
        row.grams,
        "kg",
        row.price_fen_per_kg,
        row.receipt,
        order.contract.key.partition("~")[0] if order else "",
        order.won if order else "",
        at in open_,
    )


def _contributions(wanted: dict[Source, str]) -> dict[Source, Reason]:
    if not wanted:
        return {}
    rows = Contribution.objects.filter(_keys(wanted))
    return _by_source(
        wanted,
        (
            (
                r.organisation_id,
                r.key,
                Reason("contribution", r.reference, origin=r.origin, shares_e4=r.shares_e4),
            )
            for r in rows
        ),
    )


def _inputs(wanted: dict[Source, str]) -> dict[Source, Reason]:
    if not wanted:
        return {}
    rows = InputIssue.objects.filter(_keys(wanted)).select_related("lot")
    return _by_source(wanted, ((r.organisation_id, r.key, _input(r)) for r in rows))


def _inputs_back(wanted: dict[Source, str]) -> dict[Source, Reason]:
    """What came back of an input; its receipt opens the input's own page."""
    if not wanted:
        return {}
    rows = InputBack.objects.filter(_keys(wanted)).select_related("issue", "lot")
    return _by_source(wanted, ((r.organisation_id, r.key, _input_back(r)) for r in rows))


def _input_back(row: InputBack) -> Reason:
    number = row.issue.key.partition("~")[0]
    return Reason("inputback", number, row.lot.good, row.lot.grade, row.quantity, row.lot.unit)


def _input(row: InputIssue) -> Reason:
    return Reason(
        "inputissue", row.key.partition("~")[0], row.lot.good, row.lot.grade, row.quantity, row.lot.unit
    )


def _rents(wanted: dict[Source, str]) -> dict[Source, Reason]:
    """A rent handed over in grain, wholly or in part: how much of which, out of which lot."""
    if not wanted:
        return {}
    rows = RentPayment.objects.filter(_keys(wanted), lot__isnull=False).select_related("lot")
    found = {
        (row.organisation_id, row.key): Reason(
            "rentpayment",
            row.lot.key.partition("~")[0],
            row.lot.good,
            row.lot.grade,
            row.quantity,
            row.lot.unit,
        )
        for row in rows
        if row.lot is not None
    }
    return {source: found[source[0], key] for source, key in wanted.items() if (source[0], key) in found}


def _loans(by_kind: Mapping[str, dict[Source, str]]) -> dict[Source, Reason]:
    """What was handed over; the entry itself names what is owed for it, maybe another good."""
    found: dict[Source, Reason] = {}
    for model, ways in ((Loan, ("lot",)), (LoanReturn, ("loan",)), (LoanDecision, ("loan", "loss"))):
        kind = model._meta.model_name or ""
        if wanted := by_kind.get(kind):
            rows = model.objects.filter(_keys(wanted)).select_related(*ways)
            found |= _by_source(wanted, ((r.organisation_id, r.key, _loan(kind, r)) for r in rows))
    return found


def _loan(kind: str, row: Any) -> Reason:
    loan = row if kind == "loan" else row.loan
    moved = row.lot if kind == "loan" else row if kind == "loanreturn" else None
    return Reason(
        kind,
        loan.key.partition("~")[0],
        moved.good if moved else "",
        moved.grade if moved else "",
        row.quantity if moved else 0,
        moved.unit if moved else "kg",
        cause="" if moved else row.loss.cause,
        units={loan.owed_good: loan.owed_unit},
    )


def _material(by_kind: Mapping[str, dict[Source, str]]) -> dict[Source, Reason]:
    """Material handed to a home worker, given back or lost, and the pieces made of it."""
    found: dict[Source, Reason] = {}
    for model in (MaterialIssue, MaterialReturn, PieceReturn):
        if wanted := by_kind.get(model._meta.model_name or ""):
            rows = model.objects.filter(_keys(wanted)).select_related("agreement__workshop", "lot")
            found |= _by_source(wanted, ((r.organisation_id, r.key, _homework(r)) for r in rows))
    return found


def _homework(row: Any) -> Reason:
    kind, agreement = row._meta.model_name, row.agreement
    at = {"number": agreement.key.partition("~")[0], "shop": agreement.workshop.key.partition("~")[0]}
    if kind != "piecereturn":
        return Reason(kind, **at, units={row.lot.good: row.lot.unit})
    home = agreement.home or {}
    units = {each["good"]: each["unit"] for each in home.get("materials", ())}
    return Reason(kind, **at, good=home.get("product", ""), quantity=row.pieces_e4, unit="piece", units=units)


def _payrolls(wanted: dict[Source, str], whose: Whose) -> dict[Source, Reason]:
    """A payroll's key is that of its payment too."""
    if not wanted:
        return {}
    lines = PayrollLine.objects.filter(
        payroll__organisation_id__in={of for of, _ in wanted},
        payroll__key__in=set(wanted.values()),
        agreement__worker_id__in=whose.ids,
    ).select_related(*WITH)
    mine = [line for line in lines.order_by("pk") if whose.belongs(line.agreement.worker_id, line.done.day)]
    counted = paid_for_e4(mine)
    worked: dict[tuple[int, str], dict[tuple[str, str, int, str], list[int]]] = defaultdict(dict)
    for line in mine:
        of = worked[line.payroll.organisation_id, line.payroll.key]
        who, agreed = line.agreement.worker, line.agreement
        key = who.name, agreed.basis, agreed.rate_fen, who.code
        sums = of.setdefault(key, [0, 0])
        sums[0] += counted[line.pk]
        sums[1] += line.fen
    return _by_source(
        wanted,
        (
            (
                organisation,
                key,
                Reason(
                    "payroll",
                    key,
                    worked=tuple(
                        Worked(person, basis, quantity, rate, fen, code)
                        for (person, basis, rate, code), (quantity, fen) in of.items()
                    ),
                ),
            )
            for (organisation, key), of in worked.items()
        ),
    )
