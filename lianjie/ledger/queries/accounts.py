"""Where a year stands, and what posted settlements gave one party: the ledger's part of a member account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from lianjie.base.words import N_
from lianjie.facts.queries.household import Linkages
from lianjie.ledger.models import Allotment, Payout, Settlement
from lianjie.ledger.rules.flow import CARRIED_OUT
from lianjie.ledger.rules.member_account import Line, MemberAccount, Movement, Settled
from lianjie.ledger.rules.member_account import member_account as put_together
from lianjie.ledger.rules.step_booking import SHARE_CAPITAL

ENDED = ("withdrawn", "reversed")


@dataclass(frozen=True)
class YearState:
    """The living settlement of a year."""

    year: int
    round: int
    state: str
    plan: str
    objections_until: date | None


@dataclass(frozen=True)
class AllottedYear:
    """What posted settlements of one year gave one party, in fen.

    owed        stream -> fen given (dividend, patronage, rent, wage, produce, other), goods at their worth
    quantified  kind -> fen quantified to the member, not owed (reserve, subsidy, donation)
    kept        stream -> the part of `owed` kept as the member's capital instead of being paid
    """

    year: int
    settled_day: date
    state: str
    owed: dict[str, int]
    quantified: dict[str, int]
    kept: dict[str, int]


@dataclass(frozen=True)
class PayoutRow:
    """Money handed to a party."""

    year: int
    day: date
    amount_fen: int
    method: str
    evidence: str


def year_state(organisation_id: int, year: int) -> YearState | None:
    """The living settlement of the year, or None."""
    row = (
        Settlement.objects.filter(organisation_id=organisation_id, year=year)
        .exclude(state__in=ENDED)
        .select_related("plan")
        .first()
    )
    if row is None:
        return None
    return YearState(row.year, row.round, row.state, str(row.plan), row.objections_until)


def member_account(year: int, linked: Linkages, allotted: Iterable[AllottedYear]) -> MemberAccount:
    """The member account of one year: capital and dealings from the facts, the rest from settlements."""
    years = [each for each in allotted if each.year <= year]
    return put_together(
        year,
        [
            *(
                Line(
                    each.settled_day,
                    N_("Dividend kept as capital"),
                    f"settlement:{each.year}",
                    Movement(other_contribution=sum(each.kept.values())),
                )
                for each in years
                if each.kept
            ),
            *(
                Line(
                    row.day,
                    N_("Capital paid in") if row.amount_fen >= 0 else N_("Capital returned"),
                    row.reference,
                    _capital(row.origin, row.amount_fen),
                )
                for row in linked.contributions
            ),
        ],
        [
            Line(
                row.day,
                N_("Delivery"),
                row.reference,
                Movement(traded={row.good: (row.grams, row.amount_fen)}),
            )
            for row in linked.deliveries
        ],
        [
            Settled(
                each.year,
                each.quantified,
                each.owed.get("patronage", 0),
                each.owed.get("dividend", 0),
            )
            for each in years
        ],
    )


def _capital(origin: str, fen: int) -> Movement:
    if origin == "household_fund":
        return Movement(fund_contribution=fen)
    return Movement(other_contribution=fen)


def allotted_years(organisation_id: int, party_id: int, year: int) -> list[AllottedYear]:
    """What posted settlements up to and including `year` gave the party, the earliest first.

    A settlement of a year is counted on the last day of that year.
    """
    rows = (
        Allotment.objects.filter(
            party_id=party_id,
            step__settlement__organisation_id=organisation_id,
            step__settlement__year__lte=year,
            step__settlement__state__in=CARRIED_OUT,
        )
        .values_list("step__settlement__year", "step__settlement__state", "step__stream", "memo")
        .annotate(
            given_fen=Sum("amount_fen"),
            kept_fen=Sum("amount_fen", filter=Q(account=SHARE_CAPITAL), default=0),
        )
        .order_by("step__settlement__year", "step__stream")
    )
    found: dict[int, AllottedYear] = {}
    for of_year, state, stream, memo, fen, kept in rows:
        given = found.setdefault(of_year, AllottedYear(of_year, date(of_year, 12, 31), state, {}, {}, {}))
        (given.quantified if memo else given.owed)[stream] = int(fen)
        if kept:
            given.kept[stream] = int(kept)
    return list(found.values())


def payouts(organisation_id: int, party_id: int) -> list[PayoutRow]:
    """Money handed to the party by settlements of the organisation, the latest first."""
    rows = Payout.objects.filter(
        settlement__organisation_id=organisation_id, party_id=party_id
    ).select_related("settlement")
    return [
        PayoutRow(r.settlement.year, r.day, r.amount_fen, r.method, r.evidence)
        for r in rows.order_by("-day", "-pk")
    ]
