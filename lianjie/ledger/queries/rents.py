"""Rents as the journal holds them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from lianjie.facts.models import RentTerms
from lianjie.facts.queries.rents import LeaseDetail, leases, of_years, rents_of_leases
from lianjie.facts.rules.rent import RentDue, due_day
from lianjie.facts.rules.rent_terms import Handed
from lianjie.ledger.models import Entry, Posting
from lianjie.ledger.queries.payables import base_of, elsewhere_until


@dataclass(frozen=True)
class RentRow:
    """A rent on the schedule. `booked_fen` is what the journal holds for it, None when it is not booked.

    handed  how far it has come: to an agent, to the household
    elsewhere  fallen due within books brought in from elsewhere, which hold it: neither booked nor paid here
    booked_to  the code of whom the journal owes it, when that is not whom it is due to now
    """

    lease: LeaseDetail
    due: RentDue
    booked_fen: int | None
    handed: tuple[Handed, ...] = ()
    elsewhere: bool = False
    booked_to: str = ""

    @property
    def year(self) -> int:
        """The year it is for, as the journal names it."""
        return self.due.day.year

    @property
    def paid(self) -> Handed | None:
        """The household's own receipt."""
        return next((each for each in self.handed if each.hop == "household"), None)

    @property
    def carried(self) -> Handed | None:
        """The agent who has it or had it."""
        return next((each for each in self.handed if each.hop == "agent"), None)

    @property
    def differs(self) -> bool:
        """True when what was booked is not what the lease, its terms and the prices give now."""
        return self.booked_fen is not None and (self.booked_fen != self.due.fen or bool(self.booked_to))


def schedule(
    organisation_id: int,
    start: date,
    until: date,
    lessor_id: int | None = None,
    *,
    let: Iterable[LeaseDetail] | None = None,
    known: Mapping[str, int] | None = None,
) -> tuple[RentRow, ...]:
    """What falls due in the half-open period and whether it is booked; of one household when it is given.

    let    the household's leases, when they are known
    known  what `booked` gives of it, when it is known
    """
    rents = rents_of_leases(organisation_id, start, until, lessor_id, let=let)
    if known is None:
        known = booked(organisation_id, lessor_id) if rents else {}
    kept = elsewhere_until(organisation_id) if rents else None
    whose = holders(organisation_id) if rents and lessor_id is None else {}
    return tuple(_row(lease, each, known, kept, whose=whose) for lease, each in rents)


def not_booked(organisation_id: int, start: date, until: date) -> tuple[RentDue, ...]:
    """Rents fallen due in the period that neither the journal holds nor books brought in from elsewhere."""
    rows = schedule(organisation_id, start, until)
    return tuple(row.due for row in rows if row.booked_fen is None and not row.elsewhere)


def parts_of_years(organisation_id: int, start: date, until: date) -> tuple[tuple[str, date, int], ...]:
    """Of rents paid in advance: source, day and fen of each later year begun in the period and not yet
    charged to it. A rent booked otherwise than its terms give it now waits until it is booked anew."""
    ahead = RentTerms.objects.current().filter(organisation_id=organisation_id, paid_years__gt=1)
    if not ahead.exists():
        return ()
    let = [each for each in leases(organisation_id) if each.terms.paid_years > 1]
    first = min((each.terms.start for each in let), default=start)
    known = booked(organisation_id)
    rows = Entry.objects.filter(
        organisation_id=organisation_id, source__startswith="rentyear:", reversed_by=None
    )
    charged = {base_of(source) for source in rows.values_list("source", flat=True)}
    found = [
        (f"rentyear:{lease.key}:{rent.day.year}-{of.year}", due_day(lease.terms, of.year), of.fen or 0)
        for lease, rent in rents_of_leases(organisation_id, first, until, let=let)
        if known.get(source_of(rent)) == rent.fen
        for of in rent.years[1:]
    ]
    return tuple(each for each in found if start <= each[1] < until and each[0] not in charged)


def over(organisation_id: int, start: date, until: date) -> tuple[RentRow, ...]:
    """Rents booked for the period and due no more."""
    known = {
        source: fen
        for source, fen in booked(organisation_id).items()
        if start.year <= _parts(source)[1] < until.year
    }
    shown = {source_of(each) for _, each in rents_of_leases(organisation_id, start, until)}
    if not known.keys() - shown:
        return ()
    found = {each.key: each for each in leases(organisation_id)}
    return tuple(RentRow(lease, each, known[source_of(each)]) for lease, each in _over(found, shown, known))


def of_household(
    organisation_id: int, party_id: int, year: int, let: Collection[LeaseDetail]
) -> tuple[RentRow, ...]:
    """What falls due to one household in the year and the next; nothing outside the years people enter.

    let  the household's leases
    """
    if not let or not 1949 <= year < 2199:
        return ()
    return schedule(organisation_id, date(year, 1, 1), date(year + 2, 1, 1), party_id, let=let)


def of_lease(organisation_id: int, dues: tuple[RentDue, ...], lease: LeaseDetail) -> tuple[RentRow, ...]:
    """The rents of one lease with what is booked of them; a rent booked that is due no more is among them."""
    known = booked(organisation_id)
    came: dict[int, list[Handed]] = defaultdict(list)
    for year, hop in of_years(lease.key, organisation_id):
        came[year].append(hop)
    kept = elsewhere_until(organisation_id)
    over = _over({lease.key: lease}, {source_of(each) for each in dues}, known)
    every = (*dues, *(each for _, each in over))
    whose = holders(organisation_id, lease.key)
    rows = [_row(lease, each, known, kept, tuple(came[each.day.year]), whose) for each in every]
    return tuple(sorted(rows, key=lambda row: row.due.day))


def _row(
    lease: LeaseDetail,
    rent: RentDue,
    known: Mapping[str, int],
    kept: date | None,
    handed: tuple[Handed, ...] = (),
    whose: Mapping[str, str] = MappingProxyType({}),
) -> RentRow:
    source = source_of(rent)
    fen, holder = known.get(source), whose.get(source, "")
    elsewhere = fen is None and kept is not None and rent.day <= kept
    return RentRow(lease, rent, fen, handed, elsewhere, holder if holder != rent.lessor else "")


def _over(
    leases_of: Mapping[str, LeaseDetail], shown: Collection[str], known: Mapping[str, int]
) -> Iterator[tuple[LeaseDetail, RentDue]]:
    """Rents booked that no terms give any more, the land having gone back before they fell due."""
    for source, fen in known.items():
        key, year = _parts(source)
        if fen and source not in shown and key in leases_of:
            terms = leases_of[key].terms
            yield (
                leases_of[key],
                RentDue(terms.reference, terms.lessor, terms.member, due_day(terms, year), 0),
            )


def _parts(source: str) -> tuple[str, int]:
    key, _, year = source.removeprefix("rent:").rpartition(":")
    return key, int(year)


def source_of(rent: RentDue) -> str:
    """How the journal names a rent: its lease and the year it is for."""
    return f"rent:{rent.reference.removeprefix('lease:')}:{rent.day.year}"


def holders(organisation_id: int, key: str = "") -> dict[str, str]:
    """Source of every rent booked and not reversed, of one lease or of all -> the code of whom it is owed."""
    rows = Posting.objects.filter(
        entry__organisation_id=organisation_id,
        entry__source__startswith=f"rent:{key}:" if key else "rent:",
        entry__reversed_by=None,
        party__isnull=False,
    )
    return {base_of(source): code for source, code in rows.values_list("entry__source", "party__code")}


def booked(organisation_id: int, party_id: int | None = None) -> dict[str, int]:
    """Source of every rent booked and not reversed, to one party or to all -> fen owed by it.

    A rent booked anew stands under the source it had first.
    """
    rows = Posting.objects.filter(entry__source__startswith="rent:", entry__reversed_by=None)
    if party_id is None:
        rows = rows.filter(entry__organisation_id=organisation_id, party__isnull=False)
    else:
        # Asked for the organisation too, SQLite would begin with all its entries.
        rows = rows.filter(party_id=party_id)
    found: dict[str, int] = defaultdict(int)
    asked = rows.values_list("entry__organisation_id", "entry__source", "amount_fen")
    for organisation, source, fen in asked.iterator() if party_id is None else asked:
        if organisation == organisation_id:
            found[base_of(source)] -= fen
    return dict(found)
