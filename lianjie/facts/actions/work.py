"""Workshops, work agreements, attendance sheets, payrolls approved, booked and paid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import named, not_in_the_future, parties_of
from lianjie.facts.actions.store import (
    Entry,
    Kept,
    Sieve,
    Want,
    base,
    heads,
    keep,
    next_key,
    plainly,
    standing,
)
from lianjie.facts.models import (
    Party,
    Payroll,
    PayrollLine,
    PieceReturn,
    Recognition,
    WageFloor,
    WagePayment,
    WorkAgreement,
    WorkDone,
    Workshop,
)
from lianjie.facts.queries import work as queries
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.rules import home_work as home_rules
from lianjie.facts.rules import work as rules
from lianjie.facts.rules.handed import Handed, Post, WageLine, WagesFact
from lianjie.facts.rules.work import Done, Slip, Terms


class NoSuchWorkshop(Refusal):
    what = N_("There is no workshop “{code}”.")
    fix = N_("Enter it in the register of workshops first.")


class NoSuchWorkAgreement(Refusal):
    what = N_("There is no work agreement “{number}” in workshop {workshop}.")
    fix = N_("Enter the agreement that was signed first.")


class WorkAgreementTaken(Refusal):
    what = N_("There is already a work agreement {number}, with other terms.")
    fix = N_("Give this one another number.")


class WorkAfterTheEnd(Refusal):
    what = N_("Agreement {number} cannot end on {last_day}: work of {day} is counted under it.")
    fix = N_("Give a later last day, or correct the sheet of that day first.")


class EndBeforeStart(Refusal):
    what = N_("Agreement {number} began on {start}; it cannot end on {last_day}.")
    fix = N_("Correct the day.")


class WorkshopCodeTaken(Refusal):
    what = N_("Workshop {code} is entered already, with another name, form, place or day.")
    fix = N_("Give this one another code; the other one is corrected by the register's Excel file.")


class FloorNotAboveZero(Refusal):
    what = N_("A minimum wage is above zero.")
    fix = N_("Write yuan an hour, as the office's notice says.")


class RecognitionEndsFirst(Refusal):
    what = N_("Recognised from {start} on, it cannot end on {last_day}.")
    fix = N_("Correct the first or the last day.")


class NoSuchCriteria(Refusal):
    what = N_("There are no local criteria “{code}”.")
    fix = N_("Choose criteria from the list.")


class CriteriaNotYet(Refusal):
    what = N_("The local criteria “{code}” were not in force yet on {day}; they are from {start}.")
    fix = N_("Correct the day of the recognition, or choose the criteria it was made under.")


class PayrollMade(Refusal):
    what = N_("The payroll {key} is approved already.")
    fix = N_("What was corrected since stands in the next payroll; choose a later day.")


class NoSuchPayroll(Refusal):
    what = N_("There is no payroll “{key}”.")
    fix = N_("Look it up on the page of the workshop.")


class PayrollPaid(Refusal):
    what = N_("The payroll {key} was paid on {day}.")
    fix = N_("It is paid once; look at its evidence.")


class PaidBeforeItsEnd(Refusal):
    what = N_("The payroll {key} counts work up to {last_day}; it cannot have been paid on {day}.")
    fix = N_("Correct the day of the payment.")


class PaidWithoutEvidence(Refusal):
    what = N_("A payment needs its evidence.")
    fix = N_("Give the number of the bank's receipt, or of the list the workers signed.")


class PayrollChanged(Refusal):
    what = N_("The payroll is {now} yuan now; you approved {seen} yuan.")
    fix = N_("Attendance, or what is taken off, has changed. Look at the sums again and approve those.")


@dataclass(frozen=True)
class Counted:
    """What one agreement gave on the day of a sheet."""

    agreement: str
    quantity_e4: int
    defects_e4: int = 0
    place: str = ""


@transaction.atomic
def open_workshop(
    entry: Entry, code: str, *, name: str, form: str, address: str, start: date, until: date | None = None,
    new: bool = False,
) -> Kept:  # fmt: skip
    """Enter a workshop; other details later are a correction.

    new  refuses with WorkshopCodeTaken what would change one that stands
    """
    fields = {"name": name, "form": form, "address": address, "day": start, "until_day": until}
    kept = keep(Workshop, [Want(code, _area(entry), fields)], entry)
    if new and any(old for old, _ in kept.corrected):
        raise WorkshopCodeTaken(code=code)
    return kept


@transaction.atomic
def recognise(
    entry: Entry,
    code: str,
    *,
    by: str,
    criteria: str,
    start: date,
    until: date | None,
    evidence: str,
    persons: int | None = None,
) -> Kept:
    """Enter that an office recognised a workshop, under which criteria, for how many persons.

    Refuses with NoSuchCriteria, or CriteriaNotYet when no version was in force on the day.
    """
    shop = _workshop(entry, code)
    known = queries.criteria()
    if criteria not in known:
        raise NoSuchCriteria(code=criteria)
    if rules.criteria_on(known, criteria, start) is None:
        raise CriteriaNotYet(code=criteria, day=start, start=known[criteria][0].start)
    if until and until <= start:
        raise RecognitionEndsFirst(start=start, last_day=until - timedelta(days=1))
    fields = {
        "workshop_id": shop.pk, "recognised_by": by, "criteria": criteria, "persons": persons,
        "day": start, "until_day": until, "evidence": evidence,
    }  # fmt: skip
    return keep(
        Recognition, [Want(f"{code}-{start}", shop.area_id, fields, refers={"workshop_id": code})], entry
    )


@transaction.atomic
def set_floor(entry: Entry, *, start: date, hour_fen: int, evidence: str) -> Kept:
    """Enter the minimum wage of the place for an hour, with its source. Refuses with FloorNotAboveZero."""
    if hour_fen <= 0:
        raise FloorNotAboveZero
    fields = {"day": start, "until_day": None, "hour_fen": hour_fen, "evidence": evidence}
    return keep(WageFloor, [Want(f"floor-{start}", _area(entry), fields)], entry)


def agree(entry: Entry, terms: Terms) -> Kept:
    """Enter a work agreement as signed. The same again changes nothing; other terms are refused."""
    with plainly():
        return agree_all(entry, [terms], [entry.place])


@transaction.atomic
def agree_all(entry: Entry, given: Sequence[Terms], places: Sequence[str]) -> Kept:
    """Enter agreements as `agree` does, all of them or none; RowsRefused says which cannot be.

    places  where each stands in the source
    """
    sieve, wants = Sieve(), []
    shops = standing(Workshop, entry.organisation_id, (terms.workshop for terms in given))
    people = parties_of(terms.worker for terms in given)
    for number, (terms, place) in enumerate(zip(given, places, strict=True)):
        with sieve.of(number):
            if terms.rate_fen <= 0:
                raise rules.RateNotAboveZero(number=terms.number)
            if terms.public_post and not terms.funder.strip():
                raise rules.FunderMissing(number=terms.number)
            if terms.until and terms.until <= terms.start:
                last = terms.until - timedelta(days=1)
                raise EndBeforeStart(number=terms.number, start=terms.start, last_day=last)
            home_rules.check_agreement(terms)
            shop, worker = _shop(shops, terms.workshop), named(people, terms.worker)
            fields = {
                "workshop_id": shop.pk, "worker_id": worker.pk, "job": terms.job,
                "day": terms.start, "until_day": terms.until, "basis": terms.basis,
                "rate_fen": terms.rate_fen, "status": terms.status, "day_hours": terms.day_hours,
                "cost": terms.cost, "defects_paid": terms.defects_paid, "public_post": terms.public_post,
                "evidence": terms.evidence, "funder": terms.funder or None, "home": _home(terms),
            }  # fmt: skip
            wants.append(Want(terms.number, worker.area_id, fields, place, {"workshop_id": terms.workshop}))
    sieve.close()
    kept = keep(WorkAgreement, wants, entry)
    taken = {base(row.key) for _, row in kept.corrected}
    for number, want in enumerate(wants):
        if want.key in taken:
            sieve.at[number] = WorkAgreementTaken(number=want.key)
    sieve.close()
    return kept


@transaction.atomic
def end_agreement(entry: Entry, code: str, number: str, *, last_day: date, evidence: str) -> Kept:
    """Enter the last day of an agreement; its other terms stay.

    Refuses with NoSuchWorkAgreement, EndBeforeStart or WorkAfterTheEnd.
    """
    row = standing(WorkAgreement, entry.organisation_id, [number], "workshop", "worker").get(number)
    if row is None or base(row.workshop.key) != code:
        raise NoSuchWorkAgreement(number=number, workshop=code)
    if last_day < row.day:
        raise EndBeforeStart(number=number, start=row.day, last_day=last_day)
    mine = numbered(number, "agreement__key")
    after = [
        day
        for model in (WorkDone, PieceReturn)
        for day in model.objects.current()
        .filter(mine, organisation_id=entry.organisation_id, day__gt=last_day)
        .values_list("day", flat=True)
    ]
    if after:
        raise WorkAfterTheEnd(number=number, last_day=last_day, day=max(after))
    columns = (
        "workshop_id", "worker_id", "job", "day", "basis", "rate_fen", "status", "day_hours", "cost",
        "defects_paid", "public_post", "funder", "home",
    )  # fmt: skip
    fields = {column: getattr(row, column) for column in columns}
    fields |= {"until_day": last_day + timedelta(days=1), "evidence": evidence}
    return keep(WorkAgreement, [Want(number, row.area_id, fields, refers={"workshop_id": code})], entry)


def enter_sheet(entry: Entry, code: str, day: date, counted: Iterable[Counted]) -> Kept:
    """Enter the sheet of a day: many workers at once. Another count later is a correction.

    Refuses with Refusals, every wrong line at once.
    """
    _workshop(entry, code)
    return count_all(entry, [(code, day, each) for each in counted])


@transaction.atomic
def count_all(entry: Entry, given: Sequence[tuple[str, date, Counted]]) -> Kept:
    """Enter lines of sheets, each with its workshop and day, as `enter_sheet` does: all of them or none."""
    sieve, wants = Sieve(), []
    of = entry.organisation_id
    shops = standing(Workshop, of, (code for code, _, _ in given))
    agreed = standing(WorkAgreement, of, (each.agreement for *_, each in given), "workshop", "worker")
    months: dict[tuple[str, date], dict[str, dict[date, int]]] = {}
    for number, (code, day, each) in enumerate(given):
        with sieve.of(number):
            _shop(shops, code)
            not_in_the_future(day, entry)
            row = agreed.get(each.agreement)
            if row is None or base(row.workshop.key) != code:
                raise NoSuchWorkAgreement(number=each.agreement, workshop=code)
            terms = queries.terms_of(row)
            if terms.home:
                raise home_rules.CountedWhenBrought(number=terms.number)
            done = Done("", terms, day, each.quantity_e4, each.defects_e4)
            rules.check_work(done)
            if terms.basis == "month":
                month = (code, day.replace(day=1))
                if month not in months:
                    months[month] = queries.month_by_day(of, code, day)
                days = months[month].setdefault(terms.number, {})
                rules.check_month(done, sum(count for on, count in days.items() if on != day))
                days[day] = each.quantity_e4
            fields = {
                "agreement_id": row.pk, "day": day,
                "quantity_e4": each.quantity_e4, "defects_e4": each.defects_e4,
            }  # fmt: skip
            key, refers = f"{each.agreement}-{day}", {"agreement_id": each.agreement}
            wants.append(Want(key, row.area_id, fields, each.place, refers))
    sieve.close()
    return keep(WorkDone, wants, entry)


def _shop(shops: Mapping[str, Workshop], code: str) -> Workshop:
    if code not in shops:
        raise NoSuchWorkshop(code=code)
    return shops[code]


def draft(organisation_id: int, code: str, last_day: date, *, may_deduct: bool = False) -> tuple[Slip, ...]:
    """The payroll as it would be approved now. Nothing is written."""
    done = queries.done_until(organisation_id, code, last_day)
    return rules.payroll(done, queries.paid_before(organisation_id), may_deduct=may_deduct)


@transaction.atomic
def approve(
    entry: Entry,
    code: str,
    last_day: date,
    *,
    approved_by: str,
    seen_fen: int,
    deduction_evidence: str = "",
    post: Post,
) -> Payroll:
    """Approve a payroll, keep its lines and book it: all or nothing, once.

    seen_fen            what the approver saw on the draft
    deduction_evidence  where the workers agreed in writing to what is taken off; without it nothing is
    """
    shop = _workshop(entry, code)
    Party.objects.select_for_update().get(pk=entry.organisation_id)
    if not approved_by.strip():
        raise rules.ApproverMissing
    not_in_the_future(last_day, entry)
    key = _free_key(entry, f"{code}-{last_day}")
    made = draft(entry.organisation_id, code, last_day, may_deduct=bool(deduction_evidence.strip()))
    lines = [line for slip in made for line in slip.lines]
    if not lines:
        raise rules.NoWageToPay(last_day=last_day)
    if sum(line.fen for line in lines) != seen_fen:
        raise PayrollChanged(now=Fen(sum(line.fen for line in lines)), seen=Fen(seen_fen))
    row = Payroll.objects.create(
        organisation_id=entry.organisation_id, area_id=shop.area_id, key=key, day=last_day,
        source_id=entry.source_id, recorded_at=entry.at, recorded_by_id=entry.by, workshop=shop,
        approved_by=approved_by.strip(), deduction_evidence=deduction_evidence.strip(),
    )  # fmt: skip
    works = {base(done.key): done for done in heads(WorkDone, entry.organisation_id)}
    agreements = {base(each.key): each for each in _agreements(entry, shop)}
    PayrollLine.objects.bulk_create(
        [
            PayrollLine(
                payroll=row,
                done=works[line.done.work],
                agreement=agreements[line.done.terms.number],
                work=line.done.work,
                fen=line.fen,
                before_fen=line.before_fen,
            )
            for line in lines
        ],
        batch_size=1000,
    )
    _post(entry, WagesFact(row.reference, last_day, _wages(row)), post)
    return row


def _free_key(entry: Entry, key: str) -> str:
    """The key of a payroll up to a day, numbered on where earlier ones were taken back; else PayrollMade."""
    mine = Payroll.objects.filter(organisation_id=entry.organisation_id, corrects__isnull=True)
    taken = {row.key: row for row in mine.filter(key__startswith=key).select_related("corrected_by")}
    for number in range(1, len(taken) + 2):
        each = key if number == 1 else f"{key}-{number}"
        if each not in taken:
            return each
        if not hasattr(taken[each], "corrected_by"):
            raise PayrollMade(key=each)
    raise AssertionError(key)


@transaction.atomic
def pay(entry: Entry, key: str, *, day: date, method: str, evidence: str, post: Post) -> WagePayment:
    """Enter that a payroll was paid out, with its evidence, and book it. Once."""
    row = Payroll.objects.current().filter(organisation_id=entry.organisation_id, key=key).first()
    if row is None:
        raise NoSuchPayroll(key=key)
    last = WagePayment.objects.filter(payroll=row, corrected_by__isnull=True).first()
    if last is not None and not last.withdrawn:
        raise PayrollPaid(key=key, day=last.day)
    if not evidence.strip():
        raise PaidWithoutEvidence
    not_in_the_future(day, entry)
    if day < row.day:
        raise PaidBeforeItsEnd(key=key, last_day=row.day, day=day)
    payment = WagePayment.objects.create(
        organisation_id=entry.organisation_id, area_id=row.area_id,
        key=next_key(last.key) if last else key, corrects=last, day=day,
        source_id=entry.source_id, place=entry.place, recorded_at=entry.at, recorded_by_id=entry.by,
        payroll=row, method=method, evidence=evidence.strip(),
    )  # fmt: skip
    _post(entry, WagesFact(payment.reference, day, _wages(row), "102" if method == "bank" else "101"), post)
    return payment


def _home(terms: Terms) -> dict[str, Any] | None:
    if not terms.home:
        return None
    materials = [asdict(norm) for norm in terms.materials]
    return {"product": terms.product, "allowance_e6": terms.allowance_e6, "materials": materials}


def _wages(row: Payroll) -> tuple[WageLine, ...]:
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in row.lines.select_related("agreement__worker"):
        agreement = line.agreement
        sums[agreement.worker.code, agreement.status, agreement.cost] += line.fen
    return tuple(WageLine(*who, fen) for who, fen in sorted(sums.items()))


def _post(entry: Entry, fact: WagesFact, post: Post) -> None:
    post(
        "wages",
        [Handed(fact)],
        organisation_id=entry.organisation_id,
        year=fact.day.year,
        at=entry.at,
        by=entry.by,
    )


def _agreements(entry: Entry, shop: Workshop) -> list[WorkAgreement]:
    rows = WorkAgreement.objects.current().filter(organisation_id=entry.organisation_id)
    rows = rows.select_related("workshop", "worker")
    return [row for row in rows if base(row.workshop.key) == base(shop.key)]


def _workshop(entry: Entry, code: str) -> Workshop:
    return _shop(standing(Workshop, entry.organisation_id, [code]), code)


def _area(entry: Entry) -> int:
    return Party.objects.values_list("area_id", flat=True).get(pk=entry.organisation_id)
