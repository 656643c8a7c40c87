"""Workshops, who works in them, what was worked and what was paid."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lianjie.facts import parameters
from lianjie.facts.models import (
    Fact,
    Party,
    Payroll,
    PayrollLine,
    Recognition,
    Residence,
    WageFloor,
    WagePayment,
    WageSent,
    WorkAgreement,
    WorkDone,
    Workshop,
)
from lianjie.facts.rules import work as rules
from lianjie.facts.rules.work import Criteria, Done, Floor, Norm, Terms


@dataclass(frozen=True)
class WorkshopRow:
    """A workshop in the register. `agreed` people have an agreement today, `paid` were ever paid."""

    code: str
    name: str
    form: str
    address: str
    start: date
    until: date | None
    agreed: int
    paid: int
    paid_fen: int


@dataclass(frozen=True)
class RecognitionRow:
    """A recognition beside what is on record: people paid and months with pay while it ran.

    criteria  the version in force on its first day: a later one does not judge it
    steady    people paid in as many months as it asks for
    """

    by: str
    start: date
    until: date | None
    criteria: Criteria | None
    evidence: str
    workers: int
    months: int
    steady: int

    @property
    def enough(self) -> bool:
        """At least as many people paid, each in as many months, as the criteria ask for."""
        return self.criteria is not None and self.steady >= self.criteria.min_workers


@dataclass(frozen=True)
class AgreementRow:
    """A work agreement with the worker's name."""

    terms: Terms
    name: str


@dataclass(frozen=True)
class PayrollRow:
    """A payroll: approved by whom, its sum, and when it was paid (None while anybody is owed).

    reached  how many workers have been paid
    by_hand  paid as a whole, not in a batch of payments
    gone     why it was taken back before anybody was paid; "" while it stands
    """

    key: str
    reference: str
    workshop: str
    last_day: date
    approved_by: str
    fen: int
    workers: int
    reached: int
    paid_day: date | None
    evidence: str
    by_hand: bool
    gone: str = ""


@dataclass(frozen=True)
class PaidLine:
    """One line of a kept slip.

    unpaid_e4  of the pieces with defects those that are not paid: quantity less these, times the rate
    span       first and last day it was worked on
    """

    day: date
    job: str
    basis: str
    rate_fen: int
    quantity_e4: int
    defects_e4: int
    unpaid_e4: int
    before_fen: int
    fen: int
    reference: str
    span: tuple[date, date]


@dataclass(frozen=True)
class PaidSlip:
    """One worker's slip of a payroll, as it was approved."""

    code: str
    name: str
    lines: tuple[PaidLine, ...]

    @property
    def fen(self) -> int:
        return sum(line.fen for line in self.lines)


@dataclass(frozen=True)
class WageMonth:
    """A household's work and wages of one month: who worked, days, hours, pieces and months, and fen."""

    month: str
    worker: str
    workshop: str
    days_e4: int
    hours_e4: int
    pieces_e4: int
    months_e4: int
    worth_fen: int
    approved_fen: int
    paid_fen: int


STANDING = {"payroll__corrected_by__isnull": True}
"""Lines of payrolls that were not taken back."""


def paid_lines(**narrow: Any) -> QuerySet[PayrollLine]:
    """Lines that were handed over: of a payroll paid as a whole, or to a worker in a batch of payments.

    Each has `paid_on`, `paid_by` (bank or cash) and `proof`, the evidence.
    """
    whole = WagePayment.objects.current().filter(payroll_id=OuterRef("payroll_id"))
    sent = WageSent.objects.current().filter(
        payroll_id=OuterRef("payroll_id"), worker_id=OuterRef("agreement__worker_id")
    )

    def told(column: str) -> Coalesce:
        return Coalesce(Subquery(whole.values(column)[:1]), Subquery(sent.values(column)[:1]))

    return PayrollLine.objects.filter(Exists(whole) | Exists(sent), **narrow).annotate(
        paid_on=told("day"), paid_by=told("method"), proof=told("evidence")
    )


def workshops(organisation_id: int, today: date) -> list[WorkshopRow]:
    """The register, by code."""
    agreed: dict[str, set[int]] = defaultdict(set)
    rows = WorkAgreement.objects.on(today).filter(organisation_id=organisation_id)
    for key, worker in rows.values_list("workshop__key", "worker_id"):
        agreed[_base(key)].add(worker)
    paid: dict[str, set[int]] = defaultdict(set)
    sums: dict[str, int] = defaultdict(int)
    lines = paid_lines(payroll__organisation_id=organisation_id)
    for key, worker, fen in lines.values_list("payroll__workshop__key", "agreement__worker_id", "fen"):
        paid[_base(key)].add(worker)
        sums[_base(key)] += fen
    found = Workshop.objects.current().filter(organisation_id=organisation_id).order_by("key")
    return [
        WorkshopRow(
            code, row.name, row.form, row.address, row.day, row.until_day,
            len(agreed[code]), len(paid[code]), sums[code],
        )
        for row in found
        for code in [_base(row.key)]
    ]  # fmt: skip


def workshop(organisation_id: int, code: str) -> Workshop | None:
    """The workshop's row as it stands; for the verbs of this room."""
    found = Workshop.objects.current().filter(organisation_id=organisation_id)
    return next((row for row in found if _base(row.key) == code), None)


def recognitions(organisation_id: int, code: str) -> list[RecognitionRow]:
    """Recognised against actually paid, side by side."""
    known = criteria()
    rows = Recognition.objects.current().filter(organisation_id=organisation_id).select_related("workshop")
    found = []
    for row in rows.order_by("day", "pk"):
        if _base(row.workshop.key) != code:
            continue
        lines = paid_lines(payroll__organisation_id=organisation_id, done__day__gte=row.day, fen__gt=0)
        if row.until_day:
            lines = lines.filter(done__day__lt=row.until_day)
        paid: dict[int, set[str]] = defaultdict(set)
        for key, worker, day in lines.values_list(
            "payroll__workshop__key", "agreement__worker_id", "done__day"
        ):
            if _base(key) == code:
                paid[worker].add(f"{day:%Y-%m}")
        asked = rules.criteria_on(known, row.criteria, row.day)
        steady = [of for of in paid.values() if asked and len(of) >= asked.min_months]
        found.append(
            RecognitionRow(
                row.recognised_by, row.day, row.until_day, asked, row.evidence,
                len(paid), len(set().union(*paid.values())), len(steady),
            )
        )  # fmt: skip
    return found


def agreements(organisation_id: int, code: str, on: date | None = None) -> list[AgreementRow]:
    """Work agreements of a workshop, those running on a day or all, by number."""
    rows = WorkAgreement.objects.on(on) if on else WorkAgreement.objects.current()
    rows = rows.filter(organisation_id=organisation_id).select_related("workshop", "worker").order_by("key")
    return [AgreementRow(terms_of(row), row.worker.name) for row in rows if _base(row.workshop.key) == code]


def terms_of(row: WorkAgreement) -> Terms:
    home = row.home or {}
    return Terms(
        number=_base(row.key),
        workshop=_base(row.workshop.key),
        worker=row.worker.code,
        job=row.job,
        start=row.day,
        until=row.until_day,
        basis=row.basis,
        rate_fen=row.rate_fen,
        status=row.status,
        day_hours=row.day_hours,
        cost=row.cost,
        defects_paid=row.defects_paid,
        public_post=row.public_post,
        evidence=row.evidence,
        product=home.get("product", ""),
        allowance_e6=home.get("allowance_e6", 0),
        materials=tuple(Norm(**each) for each in home.get("materials", ())),
        funder=row.funder or "",
    )


def done_until(organisation_id: int, code: str, last_day: date) -> list[Done]:
    """Work of a workshop up to a day, as it stands now: withdrawn work counts as nothing worked."""
    terms = {row.terms.number: row.terms for row in agreements(organisation_id, code)}
    rows = WorkDone.objects.filter(
        organisation_id=organisation_id, corrected_by__isnull=True, day__lte=last_day
    ).select_related("agreement")
    return [
        Done(
            _base(row.key),
            terms[number],
            row.day,
            0 if row.withdrawn else row.quantity_e4,
            0 if row.withdrawn else row.defects_e4,
        )
        for row in rows
        if (number := _base(row.agreement.key)) in terms
    ]


def sheet(organisation_id: int, code: str, day: date) -> dict[str, tuple[int, int]]:
    """Agreement number -> quantity and defects already entered for the day."""
    return {
        each.terms.number: (each.quantity_e4, each.defects_e4)
        for each in done_until(organisation_id, code, day)
        if each.day == day
    }


def month_by_day(organisation_id: int, code: str, day: date) -> dict[str, dict[date, int]]:
    """Agreement number -> day of the month of `day` -> what was counted, for those paid by the month."""
    rows = WorkDone.objects.current().filter(
        organisation_id=organisation_id,
        agreement__basis="month",
        day__gte=day.replace(day=1),
        day__lte=last_of_month(day),
    )
    found: dict[str, dict[date, int]] = defaultdict(dict)
    columns = ("agreement__key", "agreement__workshop__key", "day", "quantity_e4")
    for agreement, shop, on, quantity in rows.values_list(*columns):
        if _base(shop) == code:
            found[_base(agreement)][on] = quantity
    return found


def paid_before(organisation_id: int) -> dict[str, int]:
    """Key of the work -> what approved payrolls gave for it."""
    sums: dict[str, int] = defaultdict(int)
    rows = PayrollLine.objects.filter(payroll__organisation_id=organisation_id, **STANDING)
    for work, fen in rows.values_list("work", "fen"):
        sums[work] += fen
    return sums


def floors(organisation_id: int) -> tuple[Floor, ...]:
    """The minimum wages of the place, the earliest first; each holds until the next."""
    rows = WageFloor.objects.current().filter(organisation_id=organisation_id).order_by("day", "pk")
    return tuple(Floor(row.day, row.hour_fen, row.evidence) for row in rows)


def criteria() -> rules.Versions:
    """The local criteria that came along, and those of the place's own file in the folder of the data."""
    own = settings.DATA / "workshops.toml"
    return rules.criteria(parameters.text("workshops"), own.read_text("utf-8") if own.is_file() else "")


def payrolls(organisation_id: int, code: str = "") -> list[PayrollRow]:
    """Payrolls, the latest first; those taken back too."""
    payments = {
        row.payroll_id: row for row in WagePayment.objects.current().filter(organisation_id=organisation_id)
    }
    sent: dict[int, dict[int, WageSent]] = defaultdict(dict)
    for each in WageSent.objects.current().filter(organisation_id=organisation_id):
        sent[each.payroll_id][each.worker_id] = each
    found = []
    rows = Payroll.objects.filter(organisation_id=organisation_id, corrects__isnull=True)
    rows = rows.select_related("workshop", "corrected_by")
    for row in rows.prefetch_related("lines__agreement").order_by("-day", "key"):
        if code and _base(row.workshop.key) != code:
            continue
        lines, payment = row.lines.all(), payments.get(row.pk)
        workers, parts = {line.agreement.worker_id for line in lines}, sent.get(row.pk, {})
        last = payment or (
            max(parts.values(), key=lambda each: each.day) if workers <= parts.keys() else None
        )
        found.append(
            PayrollRow(
                row.key, row.reference, _base(row.workshop.key), row.day, row.approved_by,
                sum(line.fen for line in lines), len(workers),
                len(workers if payment else workers & parts.keys()),
                last.day if last else None, last.evidence if last else "", payment is not None,
                row.corrected_by.reason if hasattr(row, "corrected_by") else "",
            )
        )  # fmt: skip
    return found


def payroll(organisation_id: int, key: str) -> PayrollRow | None:
    """One payroll by its key."""
    return next((row for row in payrolls(organisation_id) if row.key == key), None)


def slips(organisation_id: int, key: str) -> list[PaidSlip]:
    """The slips of an approved payroll, by worker."""
    rows = PayrollLine.objects.filter(payroll__organisation_id=organisation_id, payroll__key=key)
    rows = rows.select_related("done", "agreement__worker", "agreement__workshop").order_by(
        "agreement__worker__code", "done__day", "work"
    )
    kept: dict[tuple[str, str], list[PaidLine]] = defaultdict(list)
    for row in rows:
        agreement, done = row.agreement, row.done
        quantity, defects = (0, 0) if done.withdrawn else (done.quantity_e4, done.defects_e4)
        worked = Done(row.work, terms_of(agreement), done.day, quantity, defects)
        kept[agreement.worker.code, agreement.worker.name].append(
            PaidLine(
                done.day, agreement.job, agreement.basis, agreement.rate_fen, quantity, defects,
                worked.unpaid_e4, row.before_fen, row.fen, done.reference, worked.span,
            )
        )  # fmt: skip
    return [PaidSlip(code, name, tuple(lines)) for (code, name), lines in kept.items()]


def by_day(workers: Collection[int]) -> dict[tuple[int, str, int, str], dict[date, int]]:
    """Organisation, payroll, worker and status -> day worked -> fen the payroll gave for it."""
    found: dict[tuple[int, str, int, str], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    rows = PayrollLine.objects.filter(agreement__worker_id__in=workers)
    for *of, day, fen in rows.values_list(
        "payroll__organisation_id", "payroll__key", "agreement__worker_id", "agreement__status", "done__day",
        "fen",
    ):  # fmt: skip
        found[tuple(of)][day] += fen
    return found


def how_paid(organisation_id: int, key: str, worker: str) -> tuple[date, str] | None:
    """When a worker's part of a payroll was handed over, and the evidence; None while it is owed."""
    lines = paid_lines(
        payroll__organisation_id=organisation_id, payroll__key=key, agreement__worker__code=worker
    )
    return lines.values_list("paid_on", "proof").first()


def is_of(worker: str, households: Collection[int], days: Iterable[date]) -> bool:
    """Whether the worker is one of the households, or lived in one of them on any of the days."""
    row = Party.objects.filter(code=worker).first()
    if row is None:
        return False
    home = homes([row.pk])
    return row.pk in households or any(home(row.pk, day) in households for day in days)


def homes(people: Collection[int]) -> Callable[[int, date], int | None]:
    """Tells in which household a person lived on a day: what is earned is that household's.

    Before the first day on record it is the first household; after somebody left, none.
    """
    spells: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    rows = Residence.objects.current().filter(person_id__in=people)
    for person, first, until, household in rows.values_list("person_id", "day", "until_day", "household_id"):
        spells[person].append((first, until or date.max, household))

    def home(person: int, day: date) -> int | None:
        of = sorted(spells.get(person, ()))
        if of and day < of[0][0]:
            return of[0][2]
        return next((household for first, until, household in of if first <= day < until), None)

    return home


def of_household(organisation_id: int, party_id: int, here: Collection[type[Fact]]) -> list[WageMonth]:
    """Work and wages of a household and its people by month, the latest first: its wage stream.

    Work counts where its worker lived on its day, so that nothing counts in two households.

    here  tables with anything of the household and its people
    """
    if WorkAgreement not in here:
        return []
    people = set(
        Residence.objects.current().filter(household_id=party_id).values_list("person_id", flat=True)
    )
    home = homes(people)
    people.add(party_id)
    rows = WorkDone.objects.current().filter(organisation_id=organisation_id, agreement__worker_id__in=people)
    rows = rows.select_related("agreement__workshop", "agreement__worker")
    given: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    mine = {"payroll__organisation_id": organisation_id, "agreement__worker_id__in": people}
    handed = set(paid_lines(**mine).values_list("pk", flat=True))
    for pk, work, fen in PayrollLine.objects.filter(**mine, **STANDING).values_list("pk", "work", "fen"):
        given[work].append((fen, pk in handed))
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0] * 7)
    for row in rows:
        worker = row.agreement.worker_id
        if worker != party_id and home(worker, row.day) != party_id:
            continue
        done, work = (
            Done(_base(row.key), terms_of(row.agreement), row.day, row.quantity_e4, row.defects_e4),
            row,
        )
        at = sums[f"{row.day:%Y-%m}", work.agreement.worker.name, work.agreement.workshop.name]
        at[("day", "hour", "piece", "month").index(done.terms.basis)] += row.quantity_e4
        at[4] += done.worth_fen
        at[5] += sum(fen for fen, _ in given[done.work])
        at[6] += sum(fen for fen, paid in given[done.work] if paid)
    return [WageMonth(*key, *sums[key]) for key in sorted(sums, reverse=True)]


def last_of_month(day: date) -> date:
    """The last day of the day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _base(key: str) -> str:
    return key.partition("~")[0]
