"""The inputs of a settlement, gathered from the facts and the books of one organisation and year."""

from fractions import Fraction

from django.db.models import Max, Sum

from lianjie.base.period import Period
from lianjie.base.quantity import unit
from lianjie.facts.queries import standing
from lianjie.facts.queries.standing import Standing
from lianjie.ledger.models import Allotment
from lianjie.ledger.queries import balances
from lianjie.ledger.rules.flow import CARRIED_OUT
from lianjie.ledger.rules.given import Announced, Given, GivenFigure, Recipient
from lianjie.ledger.rules.step_booking import SHARE_CAPITAL

QUANTIFIED = {
    "reserve": "reserve_share",
    "subsidy": "subsidy_share",
    "donation": "donation_share",
}
"""Kind of a quantification -> the measure of next year's weights it becomes."""


def given(organisation_id: int, code: str, year: int) -> Given:
    """What a plan is run on: figures, every party's measures, figures announced.

    Figures come from the books where the books know them; a figure entered for the year stands beside
    them under its own name and wins over the books under the same one.
    """
    period = Period.year(year)
    shares = _quantified(organisation_id, year)
    return Given(
        organisation=code,
        period=period,
        figures=_from_books(organisation_id, year) | _entered(organisation_id, year),
        recipients=tuple(
            _recipient(each, shares.get(each.party_id, {}))
            for each in standing.standings(organisation_id, period)
        ),
        announced=tuple(
            Announced(
                name=each.name,
                of=each.of,
                value=Fraction(each.value),
                unit=each.unit,
                tolerance=Fraction(each.tolerance),
                recipient=each.recipient,
                source=each.source,
            )
            for each in standing.announced(organisation_id, year)
        ),
    )


def _from_books(organisation_id: int, year: int) -> dict[str, GivenFigure]:
    return {
        name: GivenFigure(Fraction(fen, 100), "yuan", f"books:{year}")
        for name, fen in balances.year_figures(organisation_id, year).items()
    }


def _entered(organisation_id: int, year: int) -> dict[str, GivenFigure]:
    return {
        each.name: GivenFigure(Fraction(each.value), each.unit, each.source)
        for each in standing.year_figures(organisation_id, year)
    }


def _recipient(each: Standing, shares: dict[str, int]) -> Recipient:
    measures = {name: measure.quantity for name, measure in each.measures.items()}
    sources = {name: tuple(measure.sources) for name, measure in each.measures.items()}
    for name, fen in shares.items():
        measures[name] = measures.get(name, 0) + fen
        sources[name] = (*sources.get(name, ()), "settlements")
    # A measure in another unit of its kind would be counted wrongly; small units are shared by the kind.
    assert all(unit(m.unit).small for m in each.measures.values())
    return Recipient(
        code=each.code,
        name=each.name,
        kind=each.kind,
        attributes=each.attributes,
        measures=measures,
        sources=sources,
    )


def _quantified(organisation_id: int, year: int) -> dict[int, dict[str, int]]:
    """What earlier settlements wrote to the member accounts: party -> measure -> fen.

    Reserve shares and capital kept from a dividend add up over the years; subsidy and donation shares are
    those of the last year.
    """
    rows = Allotment.objects.filter(
        party__isnull=False,
        step__settlement__organisation_id=organisation_id,
        step__settlement__year__lt=year,
        step__settlement__state__in=CARRIED_OUT,
    )
    found: dict[int, dict[str, int]] = {}

    def add(party: int, measure: str, fen: int) -> None:
        of_party = found.setdefault(party, {})
        of_party[measure] = of_party.get(measure, 0) + fen

    memos = rows.filter(memo=True)
    last = memos.aggregate(Max("step__settlement__year"))["step__settlement__year__max"]
    by_kind = memos.values_list("party_id", "step__stream", "step__settlement__year")
    for party, kind, of_year, fen in by_kind.annotate(Sum("amount_fen")).order_by():
        if kind == "reserve" or of_year == last:
            add(party, QUANTIFIED[kind], int(fen))
    kept = rows.filter(account=SHARE_CAPITAL).values_list("party_id")
    for party, fen in kept.annotate(Sum("amount_fen")).order_by():
        add(party, "contribution", int(fen))
    return found
