"""Bases, plots, seasons, work done, harvests weighed in and disputes. Each verb is one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import not_in_the_future, parties_of
from lianjie.facts.actions.store import (
    Entry,
    Kept,
    RowsRefused,
    Sieve,
    Want,
    base,
    keep,
    plainly,
    standing,
)
from lianjie.facts.models import (
    Fact,
    GrowingBase,
    Parcel,
    Party,
    Plot,
    Season,
    StepDone,
    WeighIn,
    YieldEstimate,
)
from lianjie.facts.queries import growing as queries
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.queries.parties import SLICE, NoSuchParty
from lianjie.facts.rules import growing as rules
from lianjie.facts.rules.growing import Step, Waiting
from lianjie.facts.rules.growing_used import shared_by_size


class NoSuchBase(Refusal):
    what = N_("There is no base “{code}” in these books.")
    fix = N_("Look it up in the list of bases.")


class NoSuchSeason(Refusal):
    what = N_("There is no season “{number}” in these books.")
    fix = N_("Look it up on the page of its base.")


class NoSuchParcel(Refusal):
    what = N_("There is no parcel “{code}” in these books.")
    fix = N_("Enter the parcel in the land register first, or leave it empty.")


class CodeInUse(Refusal):
    what = N_("“{code}” is already entered with another content.")
    fix = N_("Give this one another code.")


class NoDelivery(Refusal):
    what = N_("There is no delivery “{receipt}” that still stands.")
    fix = N_("Look it up in the register of deliveries.")


@dataclass(frozen=True)
class SeasonGiven:
    """A season as planned. `plots` empty means every plot of the base; shares in hundredths of a percent."""

    number: str
    base: str
    day: date
    last_day: date
    good: str
    variety: str
    target_grams: int
    plots: tuple[str, ...]
    protocol: tuple[Step, ...]
    standard_moisture: int = 0
    standard_impurity: int = 0
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class PlotGiven:
    """A plot of a base and who grows on it. `parcel`: code in the land register."""

    base: str
    code: str
    household: str
    extent_mu4: int
    day: date
    parcel: str = ""
    place: str = ""


@dataclass(frozen=True)
class StepGiven:
    """A step of the protocol of a season, done on a plot."""

    season: str
    step: str
    plot: str
    day: date
    done_by: str
    evidence: str = ""
    place: str = ""
    machine_minutes: int | None = None


@dataclass(frozen=True)
class EstimateGiven:
    """What a plot is expected to give."""

    season: str
    plot: str
    day: date
    grams: int
    by: str
    place: str = ""


@transaction.atomic
def add_base(entry: Entry, code: str, *, name: str, day: date) -> Kept:
    """Enter a base. Refuses with CodeInUse."""
    return _once(GrowingBase, [Want(code, _area(entry), {"name": name, "day": day})], entry)


def add_plot(
    entry: Entry, base_code: str, code: str, *, household: str, extent_mu4: int, day: date, parcel: str = ""
) -> Kept:
    """Enter a plot of a base and who grows on it. Refuses with NoSuchBase, NoSuchParty, NoSuchParcel."""
    with plainly():
        return add_plots(entry, [PlotGiven(base_code, code, household, extent_mu4, day, parcel)])


@transaction.atomic
def add_plots(entry: Entry, given: Sequence[PlotGiven]) -> Kept:
    """Enter plots as `add_plot` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants = Sieve(), []
    bases = standing(GrowingBase, entry.organisation_id, (each.base for each in given))
    people = parties_of(each.household for each in given)
    land = _parcels(entry, {each.parcel for each in given if each.parcel})
    for number, each in enumerate(given):
        with sieve.of(number):
            of, grower, parcel = bases.get(each.base), people.get(each.household), land.get(each.parcel)
            if of is None:
                raise NoSuchBase(code=each.base)
            if grower is None or grower.kind not in ("household", "person"):
                raise NoSuchParty(code=each.household)
            if each.parcel and parcel is None:
                raise NoSuchParcel(code=each.parcel)
            if each.extent_mu4 <= 0:
                raise rules.PlotWithoutSize(plot=each.code)
            fields = {
                "base_id": of.pk,
                "code": each.code,
                "household_id": grower.pk,
                "parcel_id": parcel.pk if parcel else None,
                "extent_mu4": each.extent_mu4,
                "day": each.day,
            }
            refers = {"base_id": each.base} | ({"parcel_id": base(parcel.key)} if parcel else {})
            wants.append(Want(f"{each.base}/{each.code}", grower.area_id, fields, each.place, refers))
    sieve.close()
    return _once(Plot, wants, entry)


def _parcels(entry: Entry, codes: set[str]) -> dict[str, Parcel]:
    found, wanted = {}, sorted(codes)
    for start in range(0, len(wanted), SLICE):
        rows = Parcel.objects.current().filter(code__in=wanted[start : start + SLICE])
        found |= {row.code: row for row in rows.filter(organisation_id=entry.organisation_id).order_by("-pk")}
    return found


def plan_season(entry: Entry, given: SeasonGiven, *, amend: bool = False) -> Kept:
    """Enter a season's plan and protocol; with `amend`, the next version of one that stands.

    Refuses with NoSuchBase, NoPlots, UnknownPlot, SeasonEndsBeforeStart or CodeInUse; a next version that
    leaves out what is entered of the season with OtherCropWeighedIn, WeighedInOutside, PlotNotEmpty or
    StepWasDone.
    """
    with plainly():
        return plan_seasons(entry, [given], amend=amend)


@transaction.atomic
def plan_seasons(entry: Entry, given: Sequence[SeasonGiven], *, amend: bool = False) -> Kept:
    """Enter plans as `plan_season` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants = Sieve(), []
    bases = standing(GrowingBase, entry.organisation_id, (each.base for each in given))
    plots_of = {code: set(queries.plots(entry.organisation_id, code)) for code in bases}
    for number, each in enumerate(given):
        with sieve.of(number):
            of = bases.get(each.base)
            if of is None:
                raise NoSuchBase(code=each.base)
            known = plots_of[each.base]
            plots = set(each.plots) or known
            if not plots:
                raise rules.NoPlots
            for plot in sorted(plots - known):
                raise rules.UnknownPlot(plot=plot, base=each.base)
            if each.last_day < each.day:
                raise rules.SeasonEndsBeforeStart(last_day=each.last_day, day=each.day)
            if amend:
                _fits(entry, each, plots)
            protocol = [vars(s) | {"first": str(s.first), "last": str(s.last)} for s in each.protocol]
            fields = {
                "base_id": of.pk,
                "day": each.day,
                "until_day": each.last_day + timedelta(days=1),
                "good": each.good,
                "variety": each.variety,
                "target_grams": each.target_grams,
                "plots": sorted(plots),
                "protocol": protocol,
                "standard_moisture": each.standard_moisture,
                "standard_impurity": each.standard_impurity,
                "evidence": each.evidence,
            }
            wants.append(Want(each.number, of.area_id, fields, each.place, {"base_id": each.base}))
    sieve.close()
    return keep(Season, wants, entry) if amend else _once(Season, wants, entry)


def _fits(entry: Entry, given: SeasonGiven, plots: set[str]) -> None:
    """A changed plan holds everything that is already entered of the season."""

    def of(model: type[Fact]) -> list[Any]:
        rows = model.objects.current().filter(numbered(given.number, "season__key"))
        return list(rows.filter(organisation_id=entry.organisation_id).select_related("plot", "season"))

    season, done, loads = given.number, of(StepDone), of(WeighIn)
    for load in loads:
        if load.season.good != given.good:
            raise rules.OtherCropWeighedIn(season=season, good=load.season.good, other=given.good)
        if not given.day <= load.day <= given.last_day:
            raise rules.WeighedInOutside(season=season, day=load.day)
    for plot in sorted({each.plot.code for each in (*done, *loads, *of(YieldEstimate))} - plots):
        raise rules.PlotNotEmpty(plot=plot, season=season)
    for step in sorted({each.step for each in done} - {each.code for each in given.protocol}):
        raise rules.StepWasDone(step=step, season=season)


def do_step(
    entry: Entry,
    number: str,
    *,
    step: str,
    plots: Sequence[str],
    day: date,
    done_by: str,
    evidence: str,
    today: date,
    machine_minutes: int | None = None,
) -> Kept:
    """Enter a step of the protocol as done on some plots. Another day later is a correction.

    machine_minutes   of all these plots together, shared by their size; None says nothing of them

    Refuses with NoSuchSeason, UnknownStep, UnknownPlot or DoneInFuture.
    """
    seasons = Seasons(entry, [number])
    season = seasons.get(number)
    of: dict[str, int] = {}
    if machine_minutes is not None:
        of = shared_by_size(machine_minutes, {p: seasons.plot(season, p).extent_mu4 for p in plots})
    given = [StepGiven(number, step, p, day, done_by, evidence, machine_minutes=of.get(p)) for p in plots]
    with plainly():
        return do_steps(entry, given, today)


@transaction.atomic
def do_steps(entry: Entry, given: Sequence[StepGiven], today: date) -> Kept:
    """Enter steps as `do_step` does, all of them or none. Machine hours not given stay as they stand."""
    sieve, seasons, wants = Sieve(), Seasons(entry, (each.season for each in given)), []
    stood = standing(
        StepDone, entry.organisation_id, (f"{each.season}/{each.step}/{each.plot}" for each in given)
    )
    for number, each in enumerate(given):
        with sieve.of(number):
            season = seasons.get(each.season)
            if each.step not in {known["code"] for known in season.protocol}:
                raise rules.UnknownStep(season=each.season, step=each.step)
            if each.day > today:
                raise rules.DoneInFuture(day=each.day)
            plot = seasons.plot(season, each.plot)
            fields = {
                "season_id": season.pk,
                "plot_id": plot.pk,
                "step": each.step,
                "day": each.day,
                "done_by": each.done_by,
                "machine_minutes": each.machine_minutes,
                "evidence": each.evidence,
            }
            refers = {"season_id": each.season, "plot_id": base(plot.key)}
            key = f"{each.season}/{each.step}/{each.plot}"
            if each.machine_minutes is None and key in stood:
                fields["machine_minutes"] = stood[key].machine_minutes
            wants.append(Want(key, plot.area_id, fields, each.place, refers))
    sieve.close()
    return keep(StepDone, wants, entry)


def estimate(entry: Entry, number: str, *, plot: str, day: date, grams: int, by: str) -> Kept:
    """Enter what a plot is expected to give."""
    with plainly():
        return estimate_all(entry, [EstimateGiven(number, plot, day, grams, by)])


@transaction.atomic
def estimate_all(entry: Entry, given: Sequence[EstimateGiven]) -> Kept:
    """Enter estimates as `estimate` does, all of them or none."""
    sieve, seasons, wants = Sieve(), Seasons(entry, (each.season for each in given)), []
    for number, each in enumerate(given):
        with sieve.of(number):
            season = seasons.get(each.season)
            not_in_the_future(each.day, entry)
            on = seasons.plot(season, each.plot)
            fields = {
                "season_id": season.pk,
                "plot_id": on.pk,
                "day": each.day,
                "grams": each.grams,
                "estimated_by": each.by,
            }
            refers = {"season_id": each.season, "plot_id": base(on.key)}
            key = f"{each.season}/{each.plot}/{each.day}"
            wants.append(Want(key, on.area_id, fields, each.place, refers))
    sieve.close()
    return keep(YieldEstimate, wants, entry)


def _once(model: type[Fact], wants: list[Want], entry: Entry) -> Kept:
    """Keep what is new. Refuses with CodeInUse, row by row, what stands with another content."""
    kept = keep(model, wants, entry)
    if kept.corrected:
        taken = {base(row.key) for _, row in kept.corrected}
        refused = {n: CodeInUse(code=want.key) for n, want in enumerate(wants) if want.key in taken}
        raise refused[0] if len(wants) == 1 else RowsRefused(refused)
    return kept


class Seasons:
    """Seasons by number, the plots of their bases and what still waits there, each read once."""

    def __init__(self, entry: Entry, numbers: Iterable[str]) -> None:
        self.organisation_id = entry.organisation_id
        self._found = standing(Season, entry.organisation_id, numbers, "base")
        self._plots: dict[str, dict[str, Plot]] = {}
        self._waiting: dict[int, list[Waiting]] = {}

    def get(self, number: str) -> Season:
        """The season. Refuses with NoSuchSeason."""
        if number not in self._found:
            raise NoSuchSeason(number=number)
        return self._found[number]

    def plot(self, season: Season, code: str) -> Plot:
        """A plot of the season. Refuses with UnknownPlot."""
        of = base(season.base.key)
        if of not in self._plots:
            self._plots[of] = queries.plots(self.organisation_id, of)
        found = self._plots[of].get(code)
        if found is None or code not in season.plots:
            raise rules.UnknownPlot(plot=code, base=of)
        return found

    def waiting(self, base_id: int) -> list[Waiting]:
        if base_id not in self._waiting:
            self._waiting[base_id] = queries.waiting(self.organisation_id, base_id)
        return self._waiting[base_id]


def _area(entry: Entry) -> int:
    return Party.objects.values_list("area_id", flat=True).get(pk=entry.organisation_id)
