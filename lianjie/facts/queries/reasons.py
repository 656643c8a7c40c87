"""Why a booked amount is what it is: the fact behind an entry, in the few figures a household asks for."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from lianjie.facts.models import (
    Contribution,
    Delivery,
    DeliveryDispute,
    InputIssue,
    Loan,
    LoanReturn,
    OfftakeDelivery,
    PayrollLine,
)
from lianjie.facts.queries import disputes
from lianjie.facts.queries.linked import UNPRICED, Table, Whose

Source = tuple[int, str]
"""An organisation's id and an entry's source."""


@dataclass(frozen=True)
class Worked:
    """Work a payroll paid: so many ten-thousandths of `basis` at a rate, by one person."""

    person: str
    basis: str
    quantity_e4: int
    rate_fen: int
    fen: int


@dataclass(frozen=True)
class Reason:
    """The figures behind one amount. `kind` is the first word of the source.

    number  what opens the fact's page: a reference, or the number of a loan, order or payroll
    won     which price of the order won, "" without an order
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
    origin: str = ""
    shares_e4: int = 0
    worked: tuple[Worked, ...] = ()


@dataclass(frozen=True)
class GoodsOnly:
    """Goods that moved and no entry under the household's name tells: a free input, a delivery unpriced.

    rank  1 for inputs, 2 for deliveries: with day and id, its place in the order of movements
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
    found |= _loans(by_kind["loan"], by_kind["loanreturn"])
    found |= _payrolls(by_kind["payroll"] | by_kind["wagepayment"], of.ids)
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
    )
    for rank, rows in asked:
        table: Table = UNPRICED if rank == 2 else InputIssue
        at = [each for each in organisations if table in of.tied.get(each, ())]
        if not at:
            continue
        rows = rows.filter(
            household_id=of.row.id,
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


def _input(row: InputIssue) -> Reason:
    return Reason(
        "inputissue", row.key.partition("~")[0], row.lot.good, row.lot.grade, row.quantity, row.lot.unit
    )


def _loans(lent: dict[Source, str], returned: dict[Source, str]) -> dict[Source, Reason]:
    found: dict[Source, Reason] = {}
    if lent:
        loans = Loan.objects.filter(_keys(lent)).select_related("lot")
        found |= _by_source(
            lent,
            (
                (
                    r.organisation_id,
                    r.key,
                    Reason("loan", r.key.partition("~")[0], r.lot.good, r.lot.grade, r.quantity, r.lot.unit),
                )
                for r in loans
            ),
        )
    if returned:
        returns = LoanReturn.objects.filter(_keys(returned)).select_related("loan")
        found |= _by_source(
            returned,
            (
                (
                    r.organisation_id,
                    r.key,
                    Reason("loanreturn", r.loan.key.partition("~")[0], r.good, r.grade, r.quantity, r.unit),
                )
                for r in returns
            ),
        )
    return found


def _payrolls(wanted: dict[Source, str], parties: Collection[int]) -> dict[Source, Reason]:
    """A payroll's key is that of its payment too."""
    if not wanted:
        return {}
    lines = PayrollLine.objects.filter(
        payroll__organisation_id__in={of for of, _ in wanted},
        payroll__key__in=set(wanted.values()),
        agreement__worker_id__in=parties,
    ).select_related("payroll", "agreement__worker", "done")
    worked: dict[tuple[int, str], dict[tuple[str, str, int], list[int]]] = defaultdict(dict)
    for line in lines.order_by("pk"):
        of = worked[line.payroll.organisation_id, line.payroll.key]
        key = line.agreement.worker.name, line.agreement.basis, line.agreement.rate_fen
        sums = of.setdefault(key, [0, 0])
        sums[0] += line.done.quantity_e4 if line.fen > 0 else 0
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
                        Worked(person, basis, quantity, rate, fen)
                        for (person, basis, rate), (quantity, fen) in of.items()
                    ),
                ),
            )
            for (organisation, key), of in worked.items()
        ),
    )
