"""Bases, seasons at a glance, receipts of weighed harvests, and what a household grows."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from lianjie.facts.models import (
    CaseStep,
    Delivery,
    Fact,
    GrowingBase,
    Plot,
    Season,
    StepDone,
    WeighIn,
    YieldEstimate,
)
from lianjie.facts.queries import disputes
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.rules.growing import NetWeight, Progress, Step, Waiting, Weighing, net_weight, progress


@dataclass(frozen=True)
class BaseRow:
    """A base in the list."""

    code: str
    name: str
    plots: int
    extent_mu4: int
    seasons: tuple[str, ...]


@dataclass(frozen=True)
class PlotLine:
    """A plot in a season: each step with its standing and day; what was estimated and weighed in, grams.

    estimate  reference of the last estimate, "" without one
    """

    code: str
    household: str
    household_code: str
    extent_mu4: int
    steps: tuple[tuple[Step, Progress, date | None], ...]
    estimate_grams: int
    harvest_grams: int
    estimate: str


@dataclass(frozen=True)
class SeasonDetail:
    """A season on a day; `version` counts changes of the plan."""

    number: str
    base: str
    base_name: str
    day: date
    until: date | None
    good: str
    variety: str
    target_grams: int
    estimate_grams: int
    harvest_grams: int
    standard_moisture: int
    standard_impurity: int
    protocol: tuple[Step, ...]
    lines: tuple[PlotLine, ...]
    late: int
    version: int
    evidence: str


@dataclass(frozen=True)
class Receipt:
    """What a grower holds after weighing. `weight` says what was taken off; the delivery may say another
    weight by now, when it was corrected without measuring anew.

    first  grams, grade and price as first entered, when the delivery was corrected since, never taken back
    """

    delivery: str
    receipt: str
    day: date
    household: str
    household_code: str
    good: str
    grade: str
    plot: str
    base: str
    weighing: Weighing
    weight: NetWeight
    grams: int
    price_fen_per_kg: int
    amount_fen: int
    weighed_by: str
    disputed: bool
    first: tuple[int, str, int] | None = None


def standing(model: type[Fact], organisation_id: int, key: str) -> Any:
    """The newest version of a fact by its base key, or None."""
    return model.objects.current().filter(numbered(key), organisation_id=organisation_id).first()


def plots(organisation_id: int, base: str) -> dict[str, Plot]:
    """Plots of a base by code."""
    rows = Plot.objects.current().filter(numbered(base, "base__key"), organisation_id=organisation_id)
    return {row.code: row for row in rows.select_related("household").order_by("code")}


def bases(organisation_id: int) -> list[BaseRow]:
    """The bases with their size and seasons, the latest season first."""
    here = {"organisation_id": organisation_id}
    extents: defaultdict[str, list[int]] = defaultdict(list)
    for base, extent in Plot.objects.current().filter(**here).values_list("base__key", "extent_mu4"):
        extents[base.partition("~")[0]].append(extent)
    seasons: defaultdict[str, list[str]] = defaultdict(list)
    grown = Season.objects.current().filter(**here).order_by("-day", "key")
    for base, key in grown.values_list("base__key", "key"):
        seasons[base.partition("~")[0]].append(key.partition("~")[0])
    return [
        BaseRow(code, row.name, len(extents[code]), sum(extents[code]), tuple(seasons[code]))
        for row in GrowingBase.objects.current().filter(**here).order_by("key")
        if (code := row.key.partition("~")[0])
    ]


def season(organisation_id: int, number: str, on: date) -> SeasonDetail | None:
    """A season at a glance at the end of day `on`."""
    row = standing(Season, organisation_id, number)
    if row is None:
        return None
    base = row.base.key.partition("~")[0]
    protocol = steps_of(row)
    of = {"organisation_id": organisation_id, "day__lte": on}
    mine = numbered(number, "season__key")
    done = {
        (d.plot.code, d.step): d.day
        for d in StepDone.objects.current().filter(mine, **of).select_related("plot")
    }
    estimates = {
        e.plot.code: e
        for e in YieldEstimate.objects.current()
        .filter(mine, **of)
        .select_related("plot")
        .order_by("day", "pk")
    }
    harvest = _harvest(WeighIn.objects.current().filter(mine, **of).select_related("plot", "delivery"))
    lines = []
    known = plots(organisation_id, base)
    for code in row.plots:
        plot = known.get(code)
        if plot is None:
            continue
        seen = tuple(
            (s, progress(s, done.get((code, s.code)), on), done.get((code, s.code))) for s in protocol
        )
        lines.append(
            PlotLine(
                code,
                plot.household.name,
                plot.household.code,
                plot.extent_mu4,
                seen,
                estimates[code].grams if code in estimates else 0,
                harvest.get(code, 0),
                estimates[code].reference if code in estimates else "",
            )
        )
    return SeasonDetail(
        number,
        base,
        row.base.name,
        row.day,
        row.until_day,
        row.good,
        row.variety,
        row.target_grams,
        sum(line.estimate_grams for line in lines),
        sum(line.harvest_grams for line in lines),
        row.standard_moisture,
        row.standard_impurity,
        protocol,
        tuple(lines),
        sum(state == "late" for line in lines for _, state, _ in line.steps),
        int(row.key.partition("~")[2] or 1),
        row.evidence,
    )


def steps_of(row: Season) -> tuple[Step, ...]:
    """The protocol kept with a season."""
    return tuple(
        Step(**(s | {"first": date.fromisoformat(s["first"]), "last": date.fromisoformat(s["last"])}))
        for s in row.protocol
    )


def _harvest(rows: Any) -> dict[str, int]:
    """Plot code -> grams of its deliveries as they stand now; withdrawn ones count nothing."""
    rows = list(rows)
    if not rows:
        return {}
    heads = Delivery.objects.current().filter(
        organisation_id=rows[0].organisation_id, receipt__in={row.delivery.receipt for row in rows}
    )
    grams = {head.key.partition("~")[0]: head.grams for head in heads}
    found: dict[str, int] = {}
    for row in rows:
        key = row.key.partition("~")[0]
        found[row.plot.code] = found.get(row.plot.code, 0) + grams.get(key, 0)
    return found


def waiting(organisation_id: int, base_id: int) -> list[Waiting]:
    """Prescriptions with a waiting period on a base; an empty plot means all of it."""
    base = GrowingBase.objects.get(pk=base_id).key.partition("~")[0]
    rows = CaseStep.objects.current().filter(
        numbered(base, "case__base__key"),
        organisation_id=organisation_id,
        kind="prescription",
        waiting_days__gt=0,
    )
    return [
        Waiting(
            row.case.key.partition("~")[0],
            row.case.plot.code if row.case.plot else "",
            row.day,
            row.day + timedelta(days=row.waiting_days),
            row.text,
        )
        for row in rows.select_related("case", "case__plot")
    ]


def same_load(organisation_id: int, weighed: WeighIn) -> str:
    """Receipt of another load of the same plot and day that says the same weights, "" when there is none."""
    alike = ("plot_id", "day", "gross_grams", "tare_grams", "moisture", "impurity")
    rows = WeighIn.objects.current().filter(
        organisation_id=organisation_id, **{column: getattr(weighed, column) for column in alike}
    )
    other = rows.exclude(pk=weighed.pk).select_related("delivery").order_by("pk").first()
    return other.delivery.receipt if other else ""


@dataclass(frozen=True)
class TooEarly:
    """A load weighed in though a waiting period ran on its plot: the prescription was entered after it."""

    delivery: str
    receipt: str
    plot: str
    day: date


def too_early(organisation_id: int, base: str, plot: str, given: date, until: date) -> list[TooEarly]:
    """Loads of a plot, or of a whole base, of days in which none should have been harvested, by day."""
    rows = WeighIn.objects.current().filter(
        numbered(base, "plot__base__key"), organisation_id=organisation_id, day__gte=given, day__lt=until
    )
    if plot:
        rows = rows.filter(plot__code=plot)
    return [
        TooEarly(row.key.partition("~")[0], row.delivery.receipt, row.plot.code, row.day)
        for row in rows.select_related("plot", "delivery").order_by("day", "pk")
    ]


def receipt(organisation_id: int, delivery: str) -> Receipt | None:
    """The receipt of a weighed harvest, by the key of its delivery."""
    found = _receipts(organisation_id, numbered(delivery))
    return found[0] if found else None


@dataclass(frozen=True)
class Delivered:
    """A delivery as it stands."""

    grams: int
    grade: str
    price_fen_per_kg: int


def delivered(organisation_id: int, delivery: str) -> Delivered:
    """The delivery with this key; there is one, as `grower` says."""
    found = standing(Delivery, organisation_id, delivery)
    return Delivered(found.grams, found.grade, found.price_fen_per_kg)


def grower(organisation_id: int, delivery: str) -> int | None:
    """Whose delivery it is, or None when none stands under this key."""
    found = standing(Delivery, organisation_id, delivery)
    return found.household_id if found else None


def of_season(organisation_id: int, number: str) -> list[Receipt]:
    """Receipts of a season, the latest first."""
    keys = WeighIn.objects.current().filter(numbered(number, "season__key"), organisation_id=organisation_id)
    return _receipts(organisation_id, pk__in=keys.values("pk"))


def of_household(
    organisation_id: int, household_id: int, here: Collection[type[Fact]]
) -> tuple[list[Plot], list[Receipt]]:
    """Plots a household grows on, and its receipts; `here`: tables with anything of it."""
    mine = Plot.objects.current().filter(organisation_id=organisation_id, household_id=household_id)
    return (
        list(mine.select_related("base").order_by("key")) if Plot in here else [],
        _receipts(organisation_id, delivery__household_id=household_id) if WeighIn in here else [],
    )


def _receipts(organisation_id: int, *among: Q, **narrow: Any) -> list[Receipt]:
    rows = (
        WeighIn.objects.current()
        .filter(*among, organisation_id=organisation_id, **narrow)
        .select_related("delivery", "plot", "plot__base")
        .order_by("-day", "-pk")
    )
    if not rows:
        return []
    heads = {
        head.key.partition("~")[0]: head
        for head in Delivery.objects.current()
        .filter(organisation_id=organisation_id, receipt__in=[r.delivery.receipt for r in rows])
        .select_related("household")
    }
    again = Delivery.objects.filter(organisation_id=organisation_id, withdrawn=True)
    taken_back = {
        key.partition("~")[0]
        for key in again.filter(receipt__in=[r.delivery.receipt for r in rows]).values_list("key", flat=True)
    }
    corrected = [key for key, head in heads.items() if "~" in head.key and key not in taken_back]
    first = {
        each.key: each for each in Delivery.objects.filter(organisation_id=organisation_id, key__in=corrected)
    }
    open_ = disputes.open_keys(organisation_id)
    keys = ((row, row.key.partition("~")[0]) for row in rows)
    return [_receipt(row, key, heads[key], first.get(key), key in open_) for row, key in keys if key in heads]


def _receipt(row: WeighIn, key: str, head: Delivery, first: Delivery | None, disputed: bool) -> Receipt:
    weighing = Weighing(
        row.gross_grams,
        row.tare_grams,
        row.moisture,
        row.standard_moisture,
        row.impurity,
        row.standard_impurity,
    )
    return Receipt(
        key,
        head.receipt,
        head.day,
        head.household.name,
        head.household.code,
        head.good,
        head.grade,
        row.plot.code,
        row.plot.base.name,
        weighing,
        net_weight(weighing),
        head.grams,
        head.price_fen_per_kg,
        head.amount_fen,
        row.weighed_by,
        disputed,
        (first.grams, first.grade, first.price_fen_per_kg) if first else None,
    )
