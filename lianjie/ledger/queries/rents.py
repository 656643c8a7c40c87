"""Rents as the journal holds them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lianjie.facts.models import Fact, Lease, LeaseChange, RentTerms
from lianjie.facts.queries.rents import LeaseDetail, leases, of_years, rents_of_leases
from lianjie.facts.rules.rent import RentDue
from lianjie.facts.rules.rent_terms import Handed
from lianjie.ledger.models import Posting


@dataclass(frozen=True)
class RentRow:
    """A rent on the schedule. `booked_fen` is what the journal holds for it, None when it is not booked.

    handed  how far it has come: to an agent, to the household
    """

    lease: LeaseDetail
    due: RentDue
    booked_fen: int | None
    handed: tuple[Handed, ...] = ()

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
        """True when what was booked is not what the terms and prices give now."""
        return self.booked_fen is not None and self.booked_fen != self.due.fen


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
    return tuple(RentRow(lease, each, known.get(source_of(each))) for lease, each in rents)


def of_household(
    organisation_id: int, party_id: int, year: int, here: Collection[type[Fact]]
) -> tuple[RentRow, ...]:
    """What falls due to one household in the year and the next; nothing outside the years people enter.

    here  tables with anything of the household
    """
    if Lease not in here or not 1949 <= year < 2199:
        return ()
    let = leases(organisation_id, lessor_id=party_id, plain=not {RentTerms, LeaseChange} & set(here))
    return schedule(organisation_id, date(year, 1, 1), date(year + 2, 1, 1), party_id, let=let)


def of_lease(organisation_id: int, dues: tuple[RentDue, ...], lease: LeaseDetail) -> tuple[RentRow, ...]:
    """The rents of one lease with what is booked of them."""
    known = booked(organisation_id)
    came: dict[int, list[Handed]] = defaultdict(list)
    for year, hop in of_years(lease.key, organisation_id):
        came[year].append(hop)
    return tuple(
        RentRow(lease, each, known.get(source_of(each)), tuple(came[each.day.year])) for each in dues
    )


def source_of(rent: RentDue) -> str:
    """How the journal names a rent: its lease and the year it is for."""
    return f"rent:{rent.reference.removeprefix('lease:')}:{rent.day.year}"


def booked(organisation_id: int, party_id: int | None = None) -> dict[str, int]:
    """Source of every rent booked and not reversed, to one party or to all -> fen owed by it."""
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
            found[source] -= fen
    return dict(found)
