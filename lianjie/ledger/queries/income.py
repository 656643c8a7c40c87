"""A household's year across organisations: what each owes it by stream, and what reached it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from lianjie.ledger.models import Allotment, Payout, Posting
from lianjie.ledger.rules.income import Income, stream_of

OWED = ("114", "211", "212", "213")
BOOKED = ("posted", "paid", "closed")


@dataclass(frozen=True)
class YearIncome:
    """Parts by organisation, and the fen of settlements that were handed over so far."""

    parts: tuple[Income, ...]
    paid_fen: int


def year_income(parties: Collection[int], year: int, organisations: Collection[int]) -> YearIncome:
    """What a year comes to in the organisations the reader may see.

    parties  the household and whoever lives in it: wages are owed to a person

    Rent, produce and wages by the day they were booked; a settlement by the year it settles.
    """
    names: dict[int, tuple[str, str]] = {}
    fen: dict[int, dict[str, int]] = {}

    def add(organisation: int, code: str, name: str, stream: str, amount: int) -> None:
        names[organisation] = code, name
        of = fen.setdefault(organisation, {})
        of[stream] = of.get(stream, 0) + amount

    booked = Posting.objects.filter(
        party_id__in=parties,
        entry__organisation_id__in=organisations,
        entry__posted=True,
        entry__settlement__isnull=True,
        entry__day__gte=date(year, 1, 1),
        entry__day__lt=date(year + 1, 1, 1),
        account__in=OWED,
        good="",
    ).values_list(
        "entry__organisation_id",
        "entry__organisation__code",
        "entry__organisation__name",
        "entry__source",
        "amount_fen",
    )
    for organisation, code, name, source, amount in booked:
        stream = stream_of(source)
        if stream:
            add(organisation, code, name, stream, -amount)
    settled = (
        Allotment.objects.filter(
            party_id__in=parties,
            memo=False,
            step__settlement__organisation_id__in=organisations,
            step__settlement__year=year,
            step__settlement__state__in=BOOKED,
        )
        .values_list(
            "step__settlement__organisation_id",
            "step__settlement__organisation__code",
            "step__settlement__organisation__name",
            "step__stream",
        )
        .annotate(Sum("amount_fen"))
        .order_by()
    )
    for organisation, code, name, stream, amount in settled:
        add(organisation, code, name, stream, int(amount))
    paid = Payout.objects.filter(
        party_id__in=parties,
        settlement__organisation_id__in=organisations,
        settlement__year=year,
        settlement__state__in=BOOKED,
    ).aggregate(Sum("amount_fen"))["amount_fen__sum"]
    parts = [Income(*names[each], by_stream) for each, by_stream in fen.items() if any(by_stream.values())]
    return YearIncome(tuple(sorted(parts, key=lambda part: part.organisation)), int(paid or 0))


def years(parties: Collection[int], organisations: Collection[int]) -> list[int]:
    """Years in which something was booked for the party, the latest first."""
    booked = Posting.objects.filter(
        party_id__in=parties,
        entry__organisation_id__in=organisations,
        entry__settlement__isnull=True,
        account__in=OWED,
    )
    settled = Allotment.objects.filter(
        party_id__in=parties, memo=False, step__settlement__organisation_id__in=organisations
    )
    found = {day.year for day in booked.dates("entry__day", "year")}
    return sorted(found | set(settled.values_list("step__settlement__year", flat=True)), reverse=True)
