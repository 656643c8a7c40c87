"""Harvests weighed in: the net weight becomes a delivery and is booked, how it was weighed is kept.

A file may hold fifty thousand loads, and on SQLite nobody else writes while they are entered. So what takes
long, looking up, checking, working out weights and making the rows ready, is done by `ready` and needs no
lock; `write` only puts the rows in. Between the two others may write: `as_seen` tells, inside the
transaction, whether anything that the loads rest on was entered meanwhile.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import registry, store, wanted
from lianjie.facts.actions.growing import Seasons
from lianjie.facts.actions.stock import members, not_in_the_future
from lianjie.facts.actions.store import Entry, Kept, RowsRefused, Seen, Sieve, Want, base, plainly
from lianjie.facts.models import CaseStep, Delivery, Membership, Party, Plot, Season, WeighIn
from lianjie.facts.rules import growing as rules
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.growing import NetWeight, Weighing
from lianjie.facts.rules.handed import DeliveryFact, Handed, Post

AT_ONCE = 5_000
"""Loads written by one statement of each table."""


class ReceiptTaken(Refusal):
    what = N_("Receipt {receipt} of {year} is already entered with another content.")
    fix = N_("Take the next number, or open the delivery and dispute it if it is wrong.")


class OutsideSeason(Refusal):
    what = N_("{day} is outside season {season}.")
    fix = N_("Correct the day, or choose the season it belongs to.")


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
    place: str = ""

    @property
    def key(self) -> str:
        """The key of its delivery: receipt numbers begin anew each year."""
        return f"{self.day.year}-{self.receipt}"


@dataclass(frozen=True)
class Loaded:
    """A load that may be entered: on which plot, in which season, and its net weight."""

    given: Harvest
    season: Season
    plot: Plot
    net: NetWeight

    @property
    def household(self) -> str:
        return str(self.plot.household.code)

    @property
    def good(self) -> str:
        return str(self.season.good)


Books = Callable[[Sequence[Loaded]], Iterable[Book]]
"""Makes the books of some loads' deliveries, one for each year."""


@dataclass(frozen=True)
class Ready:
    """Loads that were checked, and the rows they will be. Nothing is written yet.

    deliveries   new ones, and the ids of those that stood
    facts        what the ledger is told of each new one
    """

    entry: Entry
    loads: Sequence[Loaded]
    deliveries: Kept
    facts: Sequence[DeliveryFact]
    weighings: Kept

    def as_seen(self, seen: Seen) -> bool:
        """Whether all that the loads rest on stands as it did. In the transaction that will write."""
        loads = self.loads
        keys = {load.given.key for load in loads}
        return not (
            seen.later(Season, "key", {load.given.season for load in loads})
            or seen.later(Plot, "key", {base(load.plot.key) for load in loads})
            or seen.later(Membership, "member_id", {load.plot.household_id for load in loads})
            or seen.later(CaseStep, "kind", {"prescription"})
            or seen.later(Delivery, "key", keys)
            or seen.later(WeighIn, "key", keys)
        )

    def write(self, post: Post, heard: Callable[[int], None] = lambda done: None) -> None:
        """Put the rows in and book the deliveries, in the caller's transaction.

        heard   told again and again how many loads are in; may raise to stop
        """
        entry, ids = self.entry, dict(self.deliveries.stood)
        to = {"organisation_id": entry.organisation_id, "at": entry.at, "by": entry.by}
        for start in range(0, len(self.facts), AT_ONCE):
            heard(start)
            some = slice(start, start + AT_ONCE)
            kept = store.write(Kept(new=self.deliveries.new[some]), entry)
            ids |= kept.ids
            by_year: dict[int, list[Handed]] = {}
            for fact in self.facts[some]:
                by_year.setdefault(fact.day.year, []).append(Handed(fact))
            for year, facts in by_year.items():
                post("delivery", facts, year=year, **to)
        for row in self.weighings.new:
            row.delivery_id = ids[base(row.key)]
        store.write(self.weighings, entry)


def seen(entry: Entry) -> Seen:
    """What stands now; taken before `ready` when others may write between that and `write`."""
    return Seen(entry.organisation_id, Season, Plot, Membership, CaseStep, Delivery, WeighIn)


@transaction.atomic
def weigh_in(
    entry: Entry, given: Harvest, *, book: Callable[[str, str, NetWeight], Book], post: Post
) -> WeighIn:
    """Weigh a harvest in.

    book  makes the one-row book of the delivery from the grower's code, the good and the net weight

    Refuses with HarvestWhileWaiting, OutsideSeason, ReceiptTaken and as rules.net_weight does.
    The same load entered twice is entered once.
    """
    Party.objects.select_for_update().get(pk=entry.organisation_id)
    with plainly():
        made = ready(
            entry, [given], lambda loads: [book(each.household, each.good, each.net) for each in loads]
        )
    made.write(post)
    return WeighIn.objects.current().get(
        pk=made.weighings.ids.get(given.key) or made.weighings.stood[given.key]
    )


def ready(entry: Entry, given: Sequence[Harvest], books: Books) -> Ready:
    """Check harvests as `weigh_in` does and make their rows ready; RowsRefused says which cannot be."""
    loads = _loads(entry, given)
    made = [each for book in books(loads) for each in _deliveries(book)]
    deliveries = store.ready(Delivery, made, entry)
    weighings = store.ready(WeighIn, map(_weighing, loads), entry)
    # A number taken back may be weighed in anew; one that stands is never overwritten.
    taken = {base(row.key) for kept in (deliveries, weighings) for old, row in kept.corrected if old}
    if taken:
        raise RowsRefused(
            {
                n: ReceiptTaken(receipt=each.receipt, year=each.day.year)
                for n, each in enumerate(given)
                if each.key in taken
            }
        )
    deliveries, weighings = _anew(deliveries), _anew(weighings)
    return Ready(entry, loads, deliveries, _facts(entry, loads, deliveries), weighings)


def _anew(kept: Kept) -> Kept:
    """Rows entered after they were taken back count among the new."""
    return Kept([*kept.new, *(row for _, row in kept.corrected)], stood=kept.stood)


def _loads(entry: Entry, given: Sequence[Harvest]) -> list[Loaded]:
    sieve, seasons = Sieve(), Seasons(entry, (each.season for each in given))
    loads = []
    for number, each in enumerate(given):
        with sieve.of(number):
            season = seasons.get(each.season)
            not_in_the_future(each.day, entry)
            if not season.day <= each.day < (season.until_day or date.max):
                raise OutsideSeason(day=each.day, season=each.season)
            plot = seasons.plot(season, each.plot)
            rules.refuse_while_waiting(each.plot, each.day, seasons.waiting(plot.base_id))
            net = rules.net_weight(Weighing(each.gross_grams, each.tare_grams, **_shares(each, season)))
            loads.append(Loaded(each, season, plot, net))
    sieve.close()
    return loads


def _deliveries(book: Book) -> list[Want]:
    codes = {row.household for row in book.deliveries} | {book.organisation.code}
    return wanted.deliveries(book, wanted.Parties(registry.known_parties(codes)))


def _weighing(load: Loaded) -> Want:
    """How a load was weighed; which delivery it became is filled in when that is written."""
    given, season, plot = load.given, load.season, load.plot
    fields = {
        "season_id": season.pk,
        "plot_id": plot.pk,
        "day": given.day,
        "gross_grams": given.gross_grams,
        "tare_grams": given.tare_grams,
        "net_grams": load.net.net,
        "weighed_by": given.weighed_by,
        **_shares(given, season),
    }
    refers = {"season_id": given.season, "plot_id": base(plot.key)}
    return Want(given.key, plot.area_id, fields, given.place, refers)


def _facts(entry: Entry, loads: Sequence[Loaded], deliveries: Kept) -> list[DeliveryFact]:
    codes = {load.plot.household_id: load.household for load in loads}
    member = members(entry, codes)
    return [
        DeliveryFact(
            row.reference,
            row.day,
            codes[row.household_id],
            member(row.household_id, row.day),
            row.amount_fen,
        )
        for row in deliveries.new
    ]


def _shares(given: Harvest, season: Season) -> dict[str, int]:
    return {
        "moisture": given.moisture,
        "standard_moisture": season.standard_moisture,
        "impurity": given.impurity,
        "standard_impurity": season.standard_impurity,
    }
