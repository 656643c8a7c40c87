"""What land rights put in as capital have lost, as the journal holds it and as their years give it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from lianjie.base.period import first_day, last_day, month_of
from lianjie.facts.models import Contribution
from lianjie.facts.rules.land_right import LandRight, to_book
from lianjie.ledger.models import Posting
from lianjie.ledger.queries.payables import base_of, elsewhere_until


@dataclass(frozen=True)
class LandRights:
    """All land rights put in: their worth, what is written off, how many say no day on which they end."""

    worth_fen: int
    written_off_fen: int
    endless: int

    @property
    def left_fen(self) -> int:
        return self.worth_fen - self.written_off_fen


def not_written_off(organisation_id: int, start: date, until: date) -> tuple[tuple[str, date, int], ...]:
    """Source, last day and fen of each whole month of the period for which nothing is written off yet."""
    rights = _rights(organisation_id)
    if not rights:
        return ()
    brought = elsewhere_until(organisation_id)
    kept = month_of(brought + timedelta(days=1)) - 1 if brought else -1
    begin = max(month_of(start), min(month_of(right.start) for right in rights))
    months = to_book(rights, _booked(organisation_id), begin, month_of(until), kept)
    return tuple((f"landright:{first_day(month):%Y-%m}", last_day(month), fen) for month, fen in months)


def of_organisation(organisation_id: int) -> LandRights | None:
    """None where no land right was put in as capital."""
    rows = _rows(organisation_id)
    worth = rows.aggregate(fen=Sum("amount_fen"))["fen"]
    if worth is None:
        return None
    lines = Posting.objects.filter(entry__organisation_id=organisation_id, entry__posted=True, account="162")
    return LandRights(
        int(worth),
        -int(lines.aggregate(fen=Sum("amount_fen"))["fen"] or 0),
        rows.filter(right_until_day=None).count(),
    )


def _rows(organisation_id: int) -> QuerySet[Contribution]:
    return Contribution.objects.current().filter(organisation_id=organisation_id, origin="land_right")


def _rights(organisation_id: int) -> list[LandRight]:
    rows = _rows(organisation_id).exclude(right_until_day=None)
    together = rows.order_by().values_list("day", "right_until_day").annotate(fen=Sum("amount_fen"))
    return [LandRight(start, until, int(fen)) for start, until, fen in together]


def _booked(organisation_id: int) -> dict[int, int]:
    """Month -> fen; what was reversed stands no more."""
    found: dict[int, int] = defaultdict(int)
    lines = Posting.objects.filter(
        entry__organisation_id=organisation_id,
        entry__posted=True,
        entry__source__startswith="landright:",
        entry__reversed_by=None,
        entry__reverses=None,
        account="162",
    )
    for source, fen in lines.values_list("entry__source", "amount_fen"):
        first = date.fromisoformat(base_of(source).removeprefix("landright:") + "-01")
        found[month_of(first)] -= fen
    return dict(found)
