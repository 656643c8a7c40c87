"""What was really used for a step done: materials, some of them out of the stock, and machine hours.

Goods of a lot leave the stock as an input handed out free does: stock (121) to operating expense (521), in
goods alone, as they came in. Bought on behalf of members (127) they are theirs, who owe what they cost: such
a lot is refused here, is handed out as an input, and its use is entered without a lot. What a household had
before, or got as an input, has left the stock or never was in it, and books nothing.

Source: accounting system 财会〔2021〕37号, notes on 121, 127, 521. Which inputs were used, how much and when
must be recorded: law on the quality and safety of agricultural products (2022), art. 27.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from lianjie.facts.actions.growing import Seasons
from lianjie.facts.actions.stock import COMMISSION, UNCLEAR, Books, Lots, Units, enter_keyed, hand_over
from lianjie.facts.actions.store import Sieve, Want, alone, base, plainly, standing
from lianjie.facts.actions.weighing import OutsideSeason
from lianjie.facts.models import Lot, MaterialUse, StepDone
from lianjie.facts.rules import growing as seasons_rules
from lianjie.facts.rules import growing_used as rules
from lianjie.facts.rules.handed import InKindFact
from lianjie.facts.rules.in_kind import PIECE, GoodCountedOtherwise, Goods, moved


@dataclass(frozen=True)
class Using:
    """Some of a material, used on a plot for a step done there. With `lot` it comes out of the stock."""

    season: str
    step: str
    plot: str
    day: date
    good: str
    unit: str
    quantity: int
    lot: str = ""
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class Material:
    """A material as it was used on several plots together."""

    good: str
    unit: str
    quantity: int
    lot: str = ""


def use(given: Using, books: Books) -> str:
    """Enter a material used; returns the reference. The same again changes nothing.

    Refuses with NotDoneYet, UnknownStep, UnknownPlot, NotInTheFuture, OutsideSeason, GoodUnclear,
    NotOfTheLot, LotOnBehalf, NoSuchLot, LotIsForSale, LotHasLess, GoodCountedOtherwise, NothingMoved,
    PartOfAPiece or UsedTwice.
    """
    return alone(use_all, given, books)


@transaction.atomic
def use_all(given: Sequence[Using], books: Books) -> list[str]:
    """Enter materials as `use` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants, entry = Sieve(), [], books.entry
    seasons = Seasons(entry, (each.season for each in given))
    lots = Lots.of(books, (each.lot for each in given))
    units = Units.of(books, (each.good for each in given if not each.lot))
    done = standing(StepDone, books.organisation_id, (_done(each) for each in given))
    goods: dict[int, Goods] = {}
    for number, each in enumerate(given):
        with sieve.of(number):
            season = seasons.get(each.season)
            if each.step not in {step["code"] for step in season.protocol}:
                raise seasons_rules.UnknownStep(season=each.season, step=each.step)
            plot = seasons.plot(season, each.plot)
            if _done(each) not in done:
                raise rules.NotDoneYet(step=each.step, plot=each.plot)
            if not season.day <= each.day < season.until_day:
                raise OutsideSeason(day=each.day, season=each.season)
            lot = _lot(each, lots) if each.lot else None
            goods[number] = _goods(each, lot, units)
            fields = {
                "day": each.day,
                "done_id": done[_done(each)].pk,
                "lot_id": lot.pk if lot else None,
                "good": goods[number].good,
                "unit": each.unit,
                "quantity": each.quantity,
                "evidence": each.evidence,
            }
            refers = {"done_id": _done(each)} | ({"lot_id": base(lot.key)} if lot else {})
            key = f"{_done(each)}/{each.day}/{f'@{each.lot}' if lot else goods[number].good}"
            wants.append(Want(key, plot.area_id, fields, each.place, refers))
    sieve.close()
    by_key = dict(zip((want.key for want in wants), range(len(wants)), strict=True))

    def twice(want: Want) -> rules.UsedTwice:
        of = given[by_key[want.key]]
        good = goods[by_key[want.key]].good
        return rules.UsedTwice(good=good, plot=of.plot, day=of.day, step=of.step)

    rows = enter_keyed(MaterialUse, wants, books, sieve, twice)
    fresh = [n for n, (_, new) in enumerate(rows) if new and given[n].lot]
    lots.hold(given[n].lot for n in fresh)
    hand_over(
        books,
        *(
            InKindFact(rows[n][0].reference, rows[n][0].day, "used", went=goods[n], lot_id=rows[n][0].lot_id)
            for n in fresh
        ),
    )
    return [str(row.reference) for row, _ in rows]


def use_together(
    season: str,
    step: str,
    plots: Sequence[str],
    day: date,
    materials: Sequence[Material],
    books: Books,
    evidence: str = "",
) -> list[str]:
    """Enter materials used on several plots together, shared by their size; whole pieces stay whole.

    Refuses as `use` does.
    """
    known = Seasons(books.entry, [season])
    found = known.get(season)
    sizes = {code: known.plot(found, code).extent_mu4 for code in plots}
    given = []
    for each in materials:
        moved(Goods(each.good, each.unit, each.quantity))
        least = PIECE if each.unit == "piece" else 1
        for plot, part in rules.shared_by_size(each.quantity, sizes, least).items():
            if part:
                kept = (each.good, each.unit, part, each.lot, evidence)
                given.append(Using(season, step, plot, day, *kept))
    with plainly():
        return use_all(given, books)


def _done(given: Using) -> str:
    """The key of the step done, as actions.growing gives it."""
    return f"{given.season}/{given.step}/{given.plot}"


def _lot(given: Using, lots: Lots) -> Lot:
    lot = lots.seed(given.lot)
    if lot.origin == COMMISSION:
        raise rules.LotOnBehalf(lot=given.lot)
    if given.good and given.good != lot.good:
        raise rules.NotOfTheLot(lot=given.lot, held=lot.good, good=given.good)
    if given.unit != lot.unit:
        raise GoodCountedOtherwise(good=lot.good, unit=lot.unit)
    return lot


def _goods(given: Using, lot: Lot | None, units: Units) -> Goods:
    good = lot.good if lot else given.good
    if not lot and (not good or len(good) > 40 or good[0] == "@" or any(each in good for each in UNCLEAR)):
        raise rules.GoodUnclear(good=good)
    goods = moved(Goods(good, given.unit, given.quantity))
    if not lot:
        units.same(goods)
    return goods
