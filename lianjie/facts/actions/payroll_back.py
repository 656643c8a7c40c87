"""Take back a payroll nobody was paid by, or a payment of one that was entered by mistake."""

from django.db import transaction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.store import Entry
from lianjie.facts.actions.withdraw import ReasonMissing, taken_back
from lianjie.facts.actions.work import NoSuchPayroll
from lianjie.facts.models import Party, Payroll, WagePayment
from lianjie.facts.queries import work as queries
from lianjie.facts.rules.handed import Handed, Post


class PayrollHandedOver(Refusal):
    what = N_("Of the payroll {key} {sum} yuan were handed over on {day}.")
    fix = N_(
        "Correct the attendance; the difference stands in the next payroll. A payment entered by mistake is"
        " taken back first."
    )


class NotPaid(Refusal):
    what = N_("No payment of payroll {key} is entered here.")
    fix = N_("What was paid in a batch is entered as come back in that batch.")


@transaction.atomic
def take_back_payroll(entry: Entry, key: str, *, reason: str, post: Post) -> Payroll:
    """Withdraw a payroll of which nothing was handed over: its entry is reversed, and its work is to be paid.

    What was paid out is never undone in the books: a correction after it is a difference in the next payroll.

    Refuses with ReasonMissing, NoSuchPayroll, PayrollHandedOver, or WagesInABatch by `post`.
    """
    if not reason.strip():
        raise ReasonMissing
    Party.objects.select_for_update().get(pk=entry.organisation_id)
    row = Payroll.objects.current().filter(organisation_id=entry.organisation_id, key=key).first()
    if row is None:
        raise NoSuchPayroll(key=key)
    paid = queries.paid_lines(payroll=row).values_list("fen", "paid_on")
    if paid:
        raise PayrollHandedOver(key=key, sum=Fen(sum(fen for fen, _ in paid)), day=max(on for _, on in paid))
    gone = taken_back(row, reason, entry)
    about = {"organisation_id": entry.organisation_id, "at": entry.at, "by": entry.by}
    post("wages", [Handed(None, row.reference)], year=row.day.year, **about)
    return gone


@transaction.atomic
def take_back_payment(entry: Entry, key: str, *, reason: str, post: Post) -> WagePayment:
    """Withdraw a payment entered by mistake: its entry is reversed and the payroll is owed again.

    Refuses with ReasonMissing or NotPaid.
    """
    if not reason.strip():
        raise ReasonMissing
    found = WagePayment.objects.current().filter(organisation_id=entry.organisation_id, payroll__key=key)
    payment = found.first()
    if payment is None:
        raise NotPaid(key=key)
    row = taken_back(payment, reason, entry)
    about = {"organisation_id": entry.organisation_id, "at": entry.at, "by": entry.by}
    post("wages", [Handed(None, payment.reference)], year=payment.day.year, **about)
    return row
