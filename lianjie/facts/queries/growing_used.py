"""What a season really used, beside its plan, as of a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from lianjie.facts.models import MaterialUse, StepDone
from lianjie.facts.queries.growing import SeasonDetail
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.rules.growing_used import Compared, Done, StepUse, Used, compared, totals


@dataclass(frozen=True)
class UseRow:
    """A material used on a plot; `lot` is "" when it did not come out of the stock."""

    reference: str
    day: date
    step: str
    plot: str
    good: str
    unit: str
    quantity: int
    lot: str
    evidence: str


@dataclass(frozen=True)
class SeasonUse:
    """Planned beside used by step, the season's totals on all its plots, and every use entered."""

    steps: tuple[StepUse, ...]
    totals: tuple[Compared, ...]
    entered: tuple[UseRow, ...]
    mu4: int


def season_use(organisation_id: int, season: SeasonDetail, on: date) -> SeasonUse:
    """What a season used up to the end of day `on`."""
    sizes = {line.code: line.extent_mu4 for line in season.lines}
    names = {step.code: f"{step.code} {step.name}" for step in season.protocol}
    of = {"organisation_id": organisation_id, "day__lte": on}
    rows = StepDone.objects.current().filter(numbered(season.number, "season__key"), **of)
    done = [
        Done(row.step, row.plot.code, sizes[row.plot.code], row.machine_minutes)
        for row in rows.select_related("plot").order_by("plot__code")
        if row.plot.code in sizes and row.step in names
    ]
    went = MaterialUse.objects.current().filter(numbered(season.number, "done__season__key"), **of)
    here = {(each.step, each.plot) for each in done}
    used, entered = [], []
    for use in went.select_related("done__plot", "lot").order_by("day", "done__plot__code", "pk"):
        step, plot = use.done.step, use.done.plot.code
        if (step, plot) not in here:
            continue  # done later than the day asked about, or on a plot the plan no longer has
        used.append(Used(step, plot, use.good, use.unit, use.quantity))
        lot = number(use.lot) if use.lot else ""
        kept = (use.good, use.unit, use.quantity, lot, use.evidence)
        entered.append(UseRow(str(use.reference), use.day, names[step], plot, *kept))
    steps, whole = compared(season.protocol, done, used), sum(sizes.values())
    return SeasonUse(steps, totals(steps, whole) if whole else (), tuple(entered), whole)


@dataclass(frozen=True)
class OnItsPlot:
    """A material used on a plot of a household, by day `day`."""

    organisation_id: int
    season: str
    use: UseRow


def on_plots_of(household_id: int, organisations: Collection[int], on: date, limit: int) -> list[OnItsPlot]:
    """What was used on a household's plots up to the end of day `on`, the latest first, at most `limit`."""
    rows = MaterialUse.objects.current().filter(
        done__plot__household_id=household_id, organisation_id__in=organisations, day__lte=on
    )
    found = []
    for row in rows.select_related("done__plot__base", "done__season", "lot").order_by("-day", "-pk")[:limit]:
        done = row.done
        names = {step["code"]: step["name"] for step in done.season.protocol}
        plot = f"{done.plot.base.name} {done.plot.code}"
        kept = (row.good, row.unit, row.quantity, number(row.lot) if row.lot else "", row.evidence)
        use = UseRow(str(row.reference), row.day, names.get(done.step, done.step), plot, *kept)
        found.append(OnItsPlot(row.organisation_id, number(done.season), use))
    return found
