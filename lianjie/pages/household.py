"""One household across every organisation it is linked to, as of any day (L7, S2, S3).

What ties it, what moved, what each amount is for, what is due and when; on a phone and on paper.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from lianjie.base.words import N_
from lianjie.facts.queries import growing_used, linked, reasons
from lianjie.facts.queries.linked import Whose
from lianjie.facts.queries.reasons import GoodsOnly, Reason
from lianjie.ledger.queries import belonging, due, income, movements, payouts, rents
from lianjie.ledger.queries.movements import MovementRow
from lianjie.ledger.queries.payables import base_of
from lianjie.ledger.queries.rents import RentRow
from lianjie.ledger.rules.income import STREAMS, together
from lianjie.ledger.rules.movement import about, kind_of, says, stands
from lianjie.pages import access, columns, export
from lianjie.pages import household_links as links
from lianjie.pages.access import Place
from lianjie.pages.as_of import day_asked
from lianjie.pages.columns import Column

PAGE, USES = 25, 100
COLUMNS = (
    Column("day", N_("Day"), "day"),
    Column("organisation", N_("Organisation")),
    Column("text", N_("What")),
    Column("says", N_("For the household"), "word:movement"),
    Column("fen", N_("Yuan"), "yuan"),
    Column("good", N_("Good")),
    Column("quantity", N_("Quantity"), "quantity"),
    Column("source", N_("Source"), "code"),
)


@dataclass(frozen=True)
class Line:
    """One movement as the page shows it. `fen` and `quantity` carry no sign: `says` tells the way."""

    cursor: str
    day: date
    place: Place
    text: str
    says: str
    fen: int | None
    good: str
    quantity: int
    unit: str
    source: str
    about: str
    undone: bool
    reason: Reason | None
    rent: RentRow | None
    link: str

    @property
    def title(self) -> str:
        """What it is; a settlement with its year."""
        settled = self.source.removeprefix("reversal:").startswith("settlement:")
        return f"{self.text} {self.about}" if settled else self.text


def page(request: HttpRequest, party: str) -> HttpResponseBase:
    """Everything about one household that the reader may see, as of `?on=`; movements of `?year=`, in pages.

    `?as=csv` or `?as=xlsx` gives the movements as a file.
    """
    on = day_asked(request)
    who, places = opened(request, party, on)
    organisations = list(places)
    booked = belonging.movements_of(who, organisations, on)
    years = [year for year in movements.years(booked) if year <= on.year]
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else 0
    if request.GET.get("as") in ("csv", "xlsx"):
        name = f"{who.row.code}-{year or 'all'}-{on}"
        rows = columns.written(COLUMNS, _cells(lines_of(who, booked, places, year, on, None, None)))
        return export.as_asked(request.GET["as"], name, columns.heading(COLUMNS), rows)
    before = cursor(request.GET.get("after", ""))
    lines = lines_of(who, booked, places, year, on, before, PAGE + 1)
    return render(
        request,
        "members/household.html",
        {
            "party": who.row,
            "status": who.status,
            "people": len(who.people),
            "on": on,
            "years": years,
            "year": year,
            "lines": lines[:PAGE],
            "next_after": lines[PAGE - 1].cursor if len(lines) > PAGE else "",
            "first": before is None,
            **overview(who, booked, places, on),
        },
    )


def opened(request: HttpRequest, party: str, on: date) -> tuple[Whose, dict[int, Place]]:
    """The household on a day, and by id the organisations where the reader may see it. Raises Http404."""
    who = linked.whose(party, on)
    if who is None:
        raise Http404
    places = _places(request, who)
    if not places and not _sees_home(request, who):
        raise Http404
    return who, places


def overview(who: Whose, booked: list[MovementRow], places: dict[int, Place], on: date) -> dict[str, Any]:
    """What ties it, what it is owed and owes, what reached it, what it got by year."""
    organisations = list(places)
    ties = linked.ties(who, organisations, on)
    standing = stands(movements.sums(booked, who.ids, organisations, on))
    names = {pk: (place.code, place.name) for pk, place in places.items()}
    handed = movements.handed(who.ids)
    since = movements.since(booked, standing, on)
    owing = due.due(who, standing, ties, on, movements.rents(booked, who.row.id), since)
    incomes = income.by_year(booked, who.ids, organisations, on, handed, names, who.belongs)
    streams = {
        name: text for name, text in STREAMS.items() if any(name in _sums(each) for each in incomes.values())
    }
    goods: dict[str, int] = {}
    for each in standing:
        for good, quantity in each.in_kind.items():
            goods[good] = goods.get(good, 0) + quantity
    units = {one.goods[0]: one.goods[2] for one in owing if one.goods and one.kind == "loan"}
    return {
        "places": list(places.values()),
        "sent": payouts.to_parties(who.ids, organisations, on, belongs=who.belongs if who.spells else None)
        if "line" in handed
        else [],
        "ties": [
            (tie, place, tie.runs(on), links.of_tie(place, tie))
            for tie in ties
            for place in [places[tie.organisation_id]]
        ],
        "due": [
            (one, place, links.of_due(place, who.row.code, one))
            for one in owing
            for place in [places[one.organisation_id]]
        ],
        "most_used": USES,
        "used": [
            (each, places[each.organisation_id])
            for each in (
                growing_used.on_plots_of(who.row.id, organisations, on, USES)
                if any(tie.kind == "plot" for tie in ties)
                else ()
            )
        ],
        "owed_fen": sum(fen for each in standing for fen in each.owed.values() if fen > 0),
        "capital_fen": sum(each.capital for each in standing),
        "goods": [(good, quantity, units.get(good, "kg")) for good, quantity in goods.items()],
        "next": next((one for one in owing if one.day and one.day >= on), None),
        "streams": list(streams.values()),
        "sums": {year: _sums(each) for year, each in incomes.items()},
        "by_year": [
            (
                year,
                [(text, _sums(each).get(name, 0)) for name, text in streams.items()],
                sum(_sums(each).values()),
                each.parts,
            )
            for year, each in incomes.items()
        ],
        "beside": [
            (each, places[each.organisation_id])
            for each in (
                income.beside(who.ids, organisations, on, who.belongs) if "allotment" in handed else ()
            )
        ],
    }


def _sums(of: income.YearIncome) -> dict[str, int]:
    return together(of.parts)


def lines_of(
    who: Whose,
    booked: list[MovementRow],
    places: dict[int, Place],
    year: int,
    on: date,
    before: tuple[date, int, int] | None,
    limit: int | None,
) -> list[Line]:
    """Movements of the ledger and goods no entry tells, merged in one order: the latest first."""
    start = date(year, 1, 1) if year else None
    last = min(on, date(year, 12, 31)) if year else on
    rows = movements.within(booked, start, last, before=_in_ledger(before), limit=limit)
    alone = reasons.goods_only(who, list(places), start, last, before=before, limit=limit)
    merged: list[MovementRow | GoodsOnly] = [*rows, *alone]
    merged.sort(
        key=lambda row: (-row.day.toordinal(), row.rank if isinstance(row, GoodsOnly) else 0, -row.id)
    )
    merged = merged[:limit]
    told = [row for row in merged if isinstance(row, MovementRow)]
    why = reasons.reasons({(row.organisation_id, row.source) for row in told}, who)
    rented = _rents(who, told)
    return [
        _alone(row, places, who) if isinstance(row, GoodsOnly) else _booked(row, places, who, why, rented)
        for row in merged
    ]


def _in_ledger(before: tuple[date, int, int] | None) -> tuple[date, int] | None:
    """Where the ledger goes on: it comes first on a day, so after another rank that day is done."""
    if before is None:
        return None
    day, rank, pk = before
    return (day, pk) if rank == 0 else (day, 0)


def _booked(
    row: MovementRow,
    places: dict[int, Place],
    who: Whose,
    why: dict[reasons.Source, Reason],
    rented: dict[tuple[int, str], RentRow],
) -> Line:
    kind = kind_of(row.source)
    reason = why.get((row.organisation_id, row.source))
    rent = rented.get((row.organisation_id, base_of(row.source)))
    place, told = places[row.organisation_id], about(row.source)
    return Line(
        f"{row.day}_0_{row.id}",
        row.day,
        place,
        gettext(row.text) if row.text else "",
        "undone" if row.source.startswith("reversal:") else says(row.account, row.amount, row.good, kind),
        None if row.good else abs(row.amount),
        row.good,
        abs(row.amount) if row.good else 0,
        reason.units.get(row.good, reason.unit) if reason else "kg",
        row.source,
        told,
        row.reversed or row.source.startswith("reversal:"),
        reason,
        rent,
        links.of_movement(place, who.row.code, row.source, told, rent.lease.key if rent else "", reason),
    )


def _alone(row: GoodsOnly, places: dict[int, Place], who: Whose) -> Line:
    text = {1: N_("Input handed out"), 2: N_("Delivery"), 3: N_("Input given back")}[row.rank]
    place = places[row.organisation_id]
    return Line(
        f"{row.day}_{row.rank}_{row.id}",
        row.day,
        place,
        gettext(text),
        {1: "got", 2: "brought", 3: "came_back"}[row.rank],
        None,
        row.reason.good,
        row.reason.quantity,
        row.reason.unit,
        "",
        "",
        False,
        row.reason,
        None,
        links.of_movement(place, who.row.code, "", "", "", row.reason),
    )


def _rents(who: Whose, rows: list[MovementRow]) -> dict[tuple[int, str], RentRow]:
    """How each rent among the rows is counted: one schedule for each organisation that owes one."""
    found: dict[tuple[int, str], RentRow] = {}
    days: dict[int, list[date]] = {}
    for row in rows:
        if kind_of(row.source) == "rent":
            days.setdefault(row.organisation_id, []).append(row.day)
    for organisation, of in days.items():
        until = max(of) + timedelta(days=1)
        for rent in rents.schedule(organisation, min(of), until, who.row.id, let=who.let.get(organisation)):
            found[organisation, rents.source_of(rent.due)] = rent
    return found


def _cells(lines: list[Line]) -> Iterator[dict[str, object]]:
    for line in lines:
        yield {
            "day": line.day,
            "organisation": line.place.name,
            "text": line.text,
            "says": line.says,
            "fen": line.fen,
            "good": line.good or (line.reason.good if line.reason else ""),
            "quantity": (line.quantity, line.unit)
            if line.good
            else (line.reason.quantity, line.reason.unit)
            if line.reason and line.reason.quantity
            else None,
            "source": line.source,
        }


def _places(request: HttpRequest, who: Whose) -> dict[int, Place]:
    """Organisations the household is linked to and in which the reader may see it."""
    found: dict[int, Place] = {}
    for place in access.places(request, who.tied):
        if place.reads or who.row.id in place.own:
            found[place.id] = place
    return found


def _sees_home(request: HttpRequest, who: Whose) -> bool:
    """True for whoever looks after the area the household lives in, and for the household itself."""
    if any(grant.party_id == who.row.id for grant in access.grants(request)):
        return True
    return any(who.area_path.startswith(path) for path in access.areas(request, "read"))


def cursor(text: str) -> tuple[date, int, int] | None:
    day, _, rest = text.partition("_")
    rank, _, pk = rest.partition("_")
    try:
        return date.fromisoformat(day), int(rank), int(pk)
    except ValueError:
        return None
