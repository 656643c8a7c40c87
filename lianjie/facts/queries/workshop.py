"""Who was really paid in which workshop: by month, over an area, and the ledger of wages the law asks for.

A month counts as paid for a worker when a paid payroll gave more than nothing for work done in it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from lianjie.facts import sealing
from lianjie.facts.models import (
    PayrollLine,
    Person,
    Recognition,
    WorkAgreement,
    Workshop,
)
from lianjie.facts.queries.payroll_lines import WITH, paid_for_e4
from lianjie.facts.queries.work import STANDING, criteria, done_until, last_of_month, paid_lines, terms_of
from lianjie.facts.rules import identity, workshop
from lianjie.facts.rules.work import Done, Terms, criteria_on
from lianjie.facts.rules.workshop import Measured, Month


@dataclass(frozen=True)
class Paid:
    """What paid payrolls gave one worker of a workshop for one month of work."""

    organisation_id: int
    workshop: str
    worker: str
    name: str
    month: str
    fen: int


@dataclass(frozen=True)
class AreaRow:
    """One workshop of an area, in figures."""

    organisation: str
    organisation_name: str
    village: str
    code: str
    name: str
    form: str
    measured: Measured


@dataclass(frozen=True)
class PostRow:
    """A public post: who holds it, who pays, for how long, and the months it was paid."""

    terms: Terms
    name: str
    village: str
    paid_months: tuple[str, ...]
    paid_fen: int


@dataclass(frozen=True)
class LedgerRow:
    """One worker in one payroll, with the columns of the wage ledger (art. 15 of the Regulations of 2019).

    Quantities that are paid, in ten-thousandths: times the rate they are what was earned. `identity` is
    masked; `taken_off_fen` is what signed agreements took off.
    """

    payroll: str
    first_day: date
    last_day: date
    pay_day: date | None
    code: str
    name: str
    identity: str
    village: str
    items: str
    days_e4: int
    hours_e4: int
    pieces_e4: int
    months_e4: int
    earned_fen: int
    taken_off_fen: int
    method: str
    evidence: str

    @property
    def fen(self) -> int:
        return self.earned_fen - self.taken_off_fen


@dataclass(frozen=True)
class Attendance:
    """What one worker did in a month, day by day, for the notice board; quantities in ten-thousandths."""

    code: str
    name: str
    basis: str
    days: tuple[tuple[int, int], ...]
    total_e4: int
    worth_fen: int
    paid_fen: int


def paid(organisations: Collection[int], shop: str = "", until: date | None = None) -> list[Paid]:
    """Paid work by workshop, worker and month of work; `until`: paid by that day."""
    rows = paid_lines(payroll__organisation_id__in=organisations)
    if until:
        rows = rows.filter(paid_on__lte=until)
    sums: dict[tuple[int, str, str, str, str], int] = defaultdict(int)
    for organisation, key, code, name, day, fen in rows.values_list(
        "payroll__organisation_id", "payroll__workshop__key", "agreement__worker__code",
        "agreement__worker__name", "done__day", "fen",
    ):  # fmt: skip
        if not shop or _base(key) == shop:
            sums[organisation, _base(key), code, name, f"{day:%Y-%m}"] += fen
    return [Paid(*who, fen) for who, fen in sorted(sums.items()) if fen > 0]


def months(organisation_id: int, shop: str, wanted: Sequence[str]) -> list[Month]:
    """Recognised and paid, month by month."""
    return _months(wanted, paid([organisation_id], shop), _recognised([organisation_id]).get(shop, []))


def measured(organisation_id: int, shop: str, wanted: Sequence[str]) -> Measured:
    """One workshop in figures over some months."""
    rows = paid([organisation_id], shop)
    recognised = _recognised([organisation_id]).get(shop, [])
    k = workshop.stable_months(workshop.last_day(wanted[-1]))
    return workshop.measured(_months(wanted, rows, recognised), by_worker(rows), k)


def by_worker(rows: Collection[Paid]) -> dict[str, set[str]]:
    """Worker -> months with pay."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row.worker].add(row.month)
    return found


def of_area(
    organisations: Collection[int], wanted: Sequence[str], stable: int, *, form: str = ""
) -> list[AreaRow]:
    """Every workshop of some organisations with what was paid in some months: indicators M30 to M32."""
    rows: dict[tuple[int, str], list[Paid]] = defaultdict(list)
    for row in paid(organisations):
        rows[row.organisation_id, row.workshop].append(row)
    found = []
    shops = Workshop.objects.current().filter(organisation_id__in=organisations)
    if form:
        shops = shops.filter(form=form)
    for shop in shops.select_related("organisation__area").order_by("organisation__code", "key"):
        code = _base(shop.key)
        of = rows[shop.organisation_id, code]
        in_months = _months(wanted, of, _recognised([shop.organisation_id]).get(code, []))
        found.append(
            AreaRow(
                shop.organisation.code, shop.organisation.name, shop.organisation.area.name, code, shop.name,
                shop.form, workshop.measured(in_months, by_worker(of), stable),
            )
        )  # fmt: skip
    return found


def posts(organisation_id: int) -> list[PostRow]:
    """Public posts, by number."""
    rows = WorkAgreement.objects.current().filter(organisation_id=organisation_id, public_post=True)
    got: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lines = paid_lines(payroll__organisation_id=organisation_id, agreement__public_post=True)
    for key, day, fen in lines.values_list("agreement__key", "done__day", "fen"):
        got[_base(key)][f"{day:%Y-%m}"] += fen
    found = []
    for row in rows.select_related("workshop", "worker__area").order_by("key"):
        terms = terms_of(row)
        months_paid = tuple(sorted(month for month, fen in got[terms.number].items() if fen > 0))
        fen = sum(got[terms.number].values())
        found.append(PostRow(terms, row.worker.name, row.worker.area.name, months_paid, fen))
    return found


def ledger(organisation_id: int, start: date, until: date, shop: str = "") -> Iterator[LedgerRow]:
    """The wage ledger of payrolls whose last day lies in the half-open period, by payroll and worker."""
    lines = (
        PayrollLine.objects.filter(
            payroll__organisation_id=organisation_id,
            payroll__day__gte=start,
            payroll__day__lt=until,
            **STANDING,
        )
        .select_related(*WITH, "payroll__workshop", "agreement__worker__area")
        .order_by("payroll__day", "payroll__key", "agreement__worker__code", "done__day", "pk")
    )
    payments: dict[tuple[int, int], Paying] = {}
    handed = paid_lines(
        payroll__organisation_id=organisation_id, payroll__day__gte=start, payroll__day__lt=until
    )
    for payroll, worker, *how in handed.values_list(
        "payroll_id", "agreement__worker_id", "paid_on", "paid_by", "proof"
    ):
        payments[payroll, worker] = Paying(*how)
    of: dict[tuple[int, int], list[PayrollLine]] = defaultdict(list)
    for line in lines:
        if not shop or _base(line.payroll.workshop.key) == shop:
            of[line.payroll_id, line.agreement.worker_id].append(line)
    masked = _masked({worker for _, worker in of})
    counted = paid_for_e4([line for some in of.values() for line in some])
    for (payroll, worker), some in of.items():
        yield _ledger_row(some, counted, payments.get((payroll, worker)), masked.get(worker, ""))


class Paying(NamedTuple):
    """How a worker's part of a payroll was handed over."""

    day: date
    method: str
    evidence: str


def _ledger_row(
    lines: list[PayrollLine], counted: Mapping[int, int], payment: Paying | None, identity_masked: str
) -> LedgerRow:
    first = lines[0]
    sums = dict.fromkeys(("day", "hour", "piece", "month"), 0)
    items: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.agreement.basis] += counted[line.pk]
        items[line.agreement.job] += line.fen
    who = first.agreement.worker
    return LedgerRow(
        first.payroll.key, min(_first_day(line) for line in lines), first.payroll.day,
        payment.day if payment else None, who.code, who.name, identity_masked, who.area.name,
        "; ".join(items), sums["day"], sums["hour"], sums["piece"], sums["month"],
        sum(line.fen for line in lines if line.fen > 0), -sum(line.fen for line in lines if line.fen < 0),
        payment.method if payment else "", payment.evidence if payment else "",
    )  # fmt: skip


def _first_day(line: PayrollLine) -> date:
    """Of work paid by the month its first day there, of other work its day."""
    return Done(line.work, terms_of(line.agreement), line.done.day, 0).span[0]


def vouchers(organisation_id: int, shop: str, wanted: Sequence[str]) -> dict[str, str]:
    """Month -> evidence of the payments for work done in it."""
    found: dict[str, set[str]] = {month: set() for month in wanted}
    lines = paid_lines(payroll__organisation_id=organisation_id, fen__gt=0)
    for key, day, evidence, paid_on in lines.values_list(
        "payroll__workshop__key", "done__day", "proof", "paid_on"
    ).distinct():
        month = f"{day:%Y-%m}"
        if _base(key) == shop and month in found:
            found[month].add(f"{paid_on} {evidence}")
    return {month: "; ".join(sorted(each)) for month, each in found.items()}


def attendance(organisation_id: int, shop: str, month: str) -> list[Attendance]:
    """Who worked when in a month, and what was paid for it: the notice board."""
    first = date(int(month[:4]), int(month[5:7]), 1)
    rows = [each for each in done_until(organisation_id, shop, last_of_month(first)) if each.day >= first]
    got = {(row.worker, row.month): (row.name, row.fen) for row in paid([organisation_id], shop)}
    names = dict(
        WorkAgreement.objects.filter(organisation_id=organisation_id).values_list(
            "worker__code", "worker__name"
        )
    )
    by_worker_basis: dict[tuple[str, str], list] = defaultdict(list)
    for each in sorted(rows, key=lambda done: done.day):
        if each.quantity_e4:
            by_worker_basis[each.terms.worker, each.terms.basis].append(each)
    told: set[str] = set()
    found = []
    for (worker, basis), done in sorted(by_worker_basis.items()):
        # What was paid is told once a worker, also when it was worked on two bases.
        paid_fen = 0 if worker in told else got.get((worker, month), ("", 0))[1]
        told.add(worker)
        found.append(
            Attendance(
                worker, names.get(worker, ""), basis,
                tuple((each.day.day, each.quantity_e4) for each in done),
                sum(each.quantity_e4 for each in done), sum(each.worth_fen for each in done), paid_fen,
            )
        )  # fmt: skip
    return found


def roster(
    organisation_id: int, shop: str, wanted: Sequence[str]
) -> list[tuple[Terms, str, str, str, int, int]]:
    """Everyone paid in some months: terms, name, masked identity, village, paid months, fen."""
    rows = paid([organisation_id], shop)
    of: dict[str, list[Paid]] = defaultdict(list)
    for row in rows:
        if row.month in wanted:
            of[row.worker].append(row)
    agreements = (
        WorkAgreement.objects.current()
        .filter(organisation_id=organisation_id, worker__code__in=of)
        .select_related("workshop", "worker__area")
        .order_by("key")
    )
    masked = _masked({row.worker_id for row in agreements})
    found, seen = [], set()
    for row in agreements:
        code = row.worker.code
        if _base(row.workshop.key) != shop or code in seen:
            continue
        seen.add(code)
        number = len({each.month for each in of[code]})
        fen = sum(each.fen for each in of[code])
        identity_masked = masked.get(row.worker_id, "")
        found.append((terms_of(row), row.worker.name, identity_masked, row.worker.area.name, number, fen))
    return found


def _masked(workers: Collection[int]) -> dict[int, str]:
    """Person -> identity number with only the county and the last four; of those who are persons."""
    found = {}
    for row in Person.objects.filter(pk__in=workers, id_number_sealed__isnull=False):
        number = sealing.opened(row.id_number_sealed, sealing.person_row(row.pk))
        found[row.pk] = identity.mask(number)
    return found


def _months(
    wanted: Sequence[str], rows: Sequence[Paid], recognised: list[tuple[date, date | None, int]]
) -> list[Month]:
    persons: dict[str, set[str]] = defaultdict(set)
    fen: dict[str, int] = defaultdict(int)
    for row in rows:
        persons[row.month].add(row.worker)
        fen[row.month] += row.fen
    return [
        Month(month, _recognised_in(month, recognised), len(persons[month]), fen[month]) for month in wanted
    ]


def _recognised_in(month: str, spells: list[tuple[date, date | None, int]]) -> int:
    """The greatest number a recognition running in the month names."""
    first = date(int(month[:4]), int(month[5:7]), 1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    running = [
        persons for start, until, persons in spells if start < after and (until is None or until > first)
    ]
    return max(running, default=0)


def _recognised(organisations: Collection[int]) -> dict[str, list[tuple[date, date | None, int]]]:
    """Workshop -> recognitions with the persons they name, or else the criteria ask for."""
    known = criteria()
    found: dict[str, list[tuple[date, date | None, int]]] = defaultdict(list)
    rows = Recognition.objects.current().filter(organisation_id__in=organisations).select_related("workshop")
    for row in rows:
        asked = criteria_on(known, row.criteria, row.day)
        persons = row.persons if row.persons is not None else asked.min_workers if asked else 0
        found[_base(row.workshop.key)].append((row.day, row.until_day, persons))
    return found


def _base(key: str) -> str:
    return key.partition("~")[0]
