"""What lines of payrolls pay for, so that whoever multiplies it by the rate finds the line's sum."""

from collections import defaultdict
from collections.abc import Collection

from lianjie.facts.models import PayrollLine
from lianjie.facts.queries.work import STANDING, terms_of
from lianjie.facts.rules.work import Done

WITH = ("done", "agreement__worker", "agreement__workshop", "payroll")
"""What a line is fetched with, to be counted."""


def paid_for_e4(lines: Collection[PayrollLine]) -> dict[int, int]:
    """Line -> days, hours, pieces or months it pays for, in ten-thousandths.

    Pieces with defects that are not paid are left out; of a correction it is the difference to what the
    payroll before counted, below zero when less was worked. One question, and only when something was
    corrected.
    """
    corrected = [line for line in lines if line.before_fen]
    earlier: dict[tuple[int, str], list[PayrollLine]] = defaultdict(list)
    if corrected:
        rows = PayrollLine.objects.filter(work__in={line.work for line in corrected}, **STANDING)
        for row in rows.select_related(*WITH).order_by("pk"):
            earlier[row.payroll.organisation_id, row.work].append(row)
    found = {line.pk: _counted(line) for line in lines}
    for line in corrected:
        before = [row for row in earlier[line.payroll.organisation_id, line.work] if row.pk < line.pk]
        found[line.pk] -= _counted(before[-1]) if before else 0
    return found


def _counted(line: PayrollLine) -> int:
    if line.done.withdrawn:
        return 0
    done = Done(
        line.work, terms_of(line.agreement), line.done.day, line.done.quantity_e4, line.done.defects_e4
    )
    return done.quantity_e4 - done.unpaid_e4
