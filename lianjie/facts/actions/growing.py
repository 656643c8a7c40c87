"""Bases, plots, seasons, work done, harvests weighed in and disputes. Each verb is one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.enter import enter
from lianjie.facts.actions.store import Entry, Kept, Want, base, keep
from lianjie.facts.models import (
    Delivery,
    DeliveryDispute,
    DisputeAnswer,
    GrowingBase,
    Parcel,
    Party,
    Plot,
    Season,
    StepDone,
    WeighIn,
    YieldEstimate,
)
from lianjie.facts.queries import disputes as disputed
from lianjie.facts.queries import growing as queries
from lianjie.facts.queries.parties import NoSuchParty
from lianjie.facts.rules import growing as rules
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.growing import NetWeight, Step, Weighing
from lianjie.facts.rules.handed import Post


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


class ReceiptTaken(Refusal):
    what = N_("Receipt {receipt} of {year} is already entered with another content.")
    fix = N_("Take the next number, or open the delivery and dispute it if it is wrong.")


class NoDelivery(Refusal):
    what = N_("There is no delivery “{receipt}” that still stands.")
    fix = N_("Look it up in the register of deliveries.")


class NetWeightSame(Refusal):
    what = N_("The weight found is the one that stands.")
    fix = N_("Answer that the delivery stands, or give the weight that is right.")


class OutsideSeason(Refusal):
    what = N_("{day} is outside season {season}.")
    fix = N_("Correct the day, or choose the season it belongs to.")


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


@dataclass(frozen=True)
class Harvest:
    """A load on the scale. Weights in grams, shares in hundredths of a percent."""

    season: str
    plot: str
    day: date
    receipt: str
    gross_grams: int
    tare_grams: int
    moisture: int
    impurity: int
    weighed_by: str


@transaction.atomic
def add_base(entry: Entry, code: str, *, name: str, day: date) -> Kept:
    """Enter a base. Refuses with CodeInUse."""
    return _once(GrowingBase, Want(code, _area(entry), {"name": name, "day": day}), entry)


@transaction.atomic
def add_plot(
    entry: Entry, base_code: str, code: str, *, household: str, extent_mu4: int, day: date, parcel: str = ""
) -> Kept:
    """Enter a plot of a base and who grows on it. Refuses with NoSuchBase, NoSuchParty, NoSuchParcel."""
    of, grower = _base(entry, base_code), _party(household)
    land = None
    if parcel:
        land = Parcel.objects.current().filter(organisation_id=entry.organisation_id, code=parcel).first()
        if land is None:
            raise NoSuchParcel(code=parcel)
    fields = {
        "base_id": of.pk,
        "code": code,
        "household_id": grower.pk,
        "parcel_id": land.pk if land else None,
        "extent_mu4": extent_mu4,
        "day": day,
    }
    refers = {"base_id": base_code} | ({"parcel_id": base(land.key)} if land else {})
    return _once(Plot, Want(f"{base_code}/{code}", grower.area_id, fields, refers=refers), entry)


@transaction.atomic
def plan_season(entry: Entry, given: SeasonGiven, *, amend: bool = False) -> Kept:
    """Enter a season's plan and protocol; with `amend`, the next version of one that stands.

    Refuses with NoPlots, UnknownPlot, SeasonEndsBeforeStart or CodeInUse.
    """
    of = _base(entry, given.base)
    known = set(queries.plots(entry.organisation_id, given.base))
    plots = given.plots or tuple(sorted(known))
    if not plots:
        raise rules.NoPlots
    for plot in plots:
        if plot not in known:
            raise rules.UnknownPlot(plot=plot, base=given.base)
    if given.last_day < given.day:
        raise rules.SeasonEndsBeforeStart(last_day=given.last_day, day=given.day)
    protocol = [asdict(s) | {"first": str(s.first), "last": str(s.last)} for s in given.protocol]
    fields = {
        "base_id": of.pk,
        "day": given.day,
        "until_day": given.last_day + timedelta(days=1),
        "good": given.good,
        "variety": given.variety,
        "target_grams": given.target_grams,
        "plots": sorted(set(plots)),
        "protocol": protocol,
        "standard_moisture": given.standard_moisture,
        "standard_impurity": given.standard_impurity,
        "evidence": given.evidence,
    }
    want = Want(given.number, of.area_id, fields, refers={"base_id": given.base})
    return keep(Season, [want], entry) if amend else _once(Season, want, entry)


@transaction.atomic
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
) -> Kept:
    """Enter a step of the protocol as done on some plots. Another day later is a correction.

    Refuses with NoSuchSeason, UnknownStep, UnknownPlot or DoneInFuture.
    """
    season = _season(entry, number)
    if step not in {each["code"] for each in season.protocol}:
        raise rules.UnknownStep(season=number, step=step)
    if day > today:
        raise rules.DoneInFuture(day=day)
    wants = []
    for code in plots:
        plot = _plot(entry, season, code)
        fields = {
            "season_id": season.pk,
            "plot_id": plot.pk,
            "step": step,
            "day": day,
            "done_by": done_by,
            "evidence": evidence,
        }
        refers = {"season_id": number, "plot_id": base(plot.key)}
        wants.append(Want(f"{number}/{step}/{code}", plot.area_id, fields, refers=refers))
    return keep(StepDone, wants, entry)


@transaction.atomic
def estimate(entry: Entry, number: str, *, plot: str, day: date, grams: int, by: str) -> Kept:
    """Enter what a plot is expected to give."""
    season = _season(entry, number)
    on = _plot(entry, season, plot)
    fields = {"season_id": season.pk, "plot_id": on.pk, "day": day, "grams": grams, "estimated_by": by}
    refers = {"season_id": number, "plot_id": base(on.key)}
    return keep(YieldEstimate, [Want(f"{number}/{plot}/{day}", on.area_id, fields, refers=refers)], entry)


@transaction.atomic
def weigh_in(
    entry: Entry, given: Harvest, *, book: Callable[[str, str, NetWeight], Book], post: Post
) -> WeighIn:
    """Weigh a harvest in: the net weight becomes a delivery and is booked, how it was weighed is kept.

    book  makes the one-row book of the delivery from the grower's code, the good and the net weight

    Refuses with HarvestWhileWaiting, OutsideSeason, ReceiptTaken and as rules.net_weight does.
    The same load entered twice is entered once.
    """
    season = _season(entry, given.season)
    if not season.day <= given.day < (season.until_day or date.max):
        raise OutsideSeason(day=given.day, season=given.season)
    plot = _plot(entry, season, given.plot)
    rules.refuse_while_waiting(given.plot, given.day, queries.waiting(entry.organisation_id, plot.base_id))
    shares = {
        "moisture": given.moisture,
        "standard_moisture": season.standard_moisture,
        "impurity": given.impurity,
        "standard_impurity": season.standard_impurity,
    }
    net = rules.net_weight(Weighing(given.gross_grams, given.tare_grams, **shares))
    entered = enter(
        book(plot.household.code, season.good, net), source=entry.source, by=entry.by, at=entry.at, post=post
    )
    if entered.corrected:
        raise ReceiptTaken(receipt=given.receipt, year=given.day.year)
    delivery = _delivery(entry, f"{given.day.year}-{given.receipt}")
    fields = {
        "delivery_id": delivery.pk,
        "season_id": season.pk,
        "plot_id": plot.pk,
        "day": given.day,
        "gross_grams": given.gross_grams,
        "tare_grams": given.tare_grams,
        "net_grams": net.net,
        "weighed_by": given.weighed_by,
        **shares,
    }
    refers = {"delivery_id": base(delivery.key), "season_id": given.season, "plot_id": base(plot.key)}
    want = Want(base(delivery.key), plot.area_id, fields, refers=refers)
    kept = keep(WeighIn, [want], entry)
    if kept.corrected:
        raise ReceiptTaken(receipt=given.receipt, year=given.day.year)
    return WeighIn.objects.get(organisation_id=entry.organisation_id, key=want.key)


@transaction.atomic
def raise_dispute(entry: Entry, receipt: str, *, day: date, by: str, claim: str) -> DeliveryDispute:
    """Say that a delivery is not accepted as it stands. `receipt`: key of the delivery.

    Refuses with NoDelivery, AnswerNeedsPerson or AlreadyDisputed.
    """
    delivery = _delivery(entry, receipt)
    if not (by.strip() and claim.strip()):
        raise rules.AnswerNeedsPerson
    if day < delivery.day:
        raise rules.AnsweredBeforeRaised(day=day, raised=delivery.day)
    of = base(delivery.key)
    before = disputed.of_delivery(entry.organisation_id, of)
    if rules.open_dispute(before):
        raise rules.AlreadyDisputed(receipt=delivery.receipt)
    fields = {
        "of": of,
        "delivery_id": delivery.pk,
        "day": day,
        "raised_by": by.strip(),
        "claim": claim.strip(),
    }
    want = Want(f"{of}/{len(before) + 1}", delivery.area_id, fields, refers={"delivery_id": of})
    return keep(DeliveryDispute, [want], entry).new[0]


@transaction.atomic
def answer_dispute(
    entry: Entry,
    receipt: str,
    *,
    day: date,
    by: str,
    text: str,
    net_grams: int | None,
    book: Callable[[str, date, int], Book],
    post: Post,
) -> DisputeAnswer:
    """Answer the open dispute: the delivery stands (None), or is corrected to the weight found.

    book  makes the one-row book of the corrected delivery from its reference, its day and the weight

    Refuses with NothingToAnswer, AnswerNeedsPerson, AnsweredBeforeRaised or NetWeightSame.
    """
    delivery = _delivery(entry, receipt)
    open_ = rules.open_dispute(disputed.of_delivery(entry.organisation_id, base(delivery.key)))
    if open_ is None:
        raise rules.NothingToAnswer(receipt=delivery.receipt)
    if not (by.strip() and text.strip()):
        raise rules.AnswerNeedsPerson
    if day < open_.raised.day:
        raise rules.AnsweredBeforeRaised(day=day, raised=open_.raised.day)
    if net_grams is not None:
        made = book(delivery.reference, delivery.day, net_grams)
        entered = enter(made, source=entry.source, by=entry.by, at=entry.at, post=post)
        if not entered.corrected:
            raise NetWeightSame
    key = open_.raised.reference.partition(":")[2]
    dispute = DeliveryDispute.objects.get(organisation_id=entry.organisation_id, key=key)
    fields = {
        "dispute_id": dispute.pk,
        "day": day,
        "answered_by": by.strip(),
        "text": text.strip(),
        "outcome": "stands" if net_grams is None else "corrected",
        "net_grams": net_grams or 0,
    }
    return keep(DisputeAnswer, [Want(key, dispute.area_id, fields)], entry).new[0]


def _once(model, want: Want, entry: Entry) -> Kept:
    kept = keep(model, [want], entry)
    if kept.corrected:
        raise CodeInUse(code=want.key)
    return kept


def _base(entry: Entry, code: str) -> GrowingBase:
    found = queries.standing(GrowingBase, entry.organisation_id, code)
    if found is None:
        raise NoSuchBase(code=code)
    return found


def _season(entry: Entry, number: str) -> Season:
    found = queries.standing(Season, entry.organisation_id, number)
    if found is None:
        raise NoSuchSeason(number=number)
    return found


def _plot(entry: Entry, season: Season, code: str) -> Plot:
    of = base(season.base.key)
    found = queries.plots(entry.organisation_id, of).get(code)
    if found is None or code not in season.plots:
        raise rules.UnknownPlot(plot=code, base=of)
    return found


def _delivery(entry: Entry, receipt: str) -> Delivery:
    key = base(receipt.removeprefix("delivery:"))
    found = queries.standing(Delivery, entry.organisation_id, key)
    if found is None:
        raise NoDelivery(receipt=receipt)
    return found


def _party(code: str) -> Party:
    found = Party.objects.filter(code=code, kind__in=("household", "person")).first()
    if found is None:
        raise NoSuchParty(code=code)
    return found


def _area(entry: Entry) -> int:
    return Party.objects.values_list("area_id", flat=True).get(pk=entry.organisation_id)
