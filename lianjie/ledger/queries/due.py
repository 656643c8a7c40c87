"""What is due between a household and its organisations on a day: when, how much, from whom to whom."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from lianjie.facts.queries import asset_income, history, in_kind, offtake
from lianjie.facts.queries.linked import BONDS, Tie, Whose
from lianjie.facts.rules.rent import RentDue
from lianjie.ledger.queries import floor_income, rents
from lianjie.ledger.rules.movement import ADVANCE, Stands

AHEAD = timedelta(days=366)
BEHIND = timedelta(days=3 * 366)
GIVES = (
    "loan", "order", "advance", "material", "bond_given", "contract", "order_money", "overpaid",
)  # fmt: skip
"""What a household is to give."""
KINDS = {
    "payroll": "wage",
    "delivery": "produce",
    "floorincome": "floor_income",
    "settlement": "settlement",
    "rent": "rent",
}
"""Kind of a booked debt -> the word for it."""


@dataclass(frozen=True)
class Due:
    """One thing that is due.

    kind    rent, wage, produce, floor_income, settlement, bond, bond_sublet, contract_back (paid beyond all a
            contract that ended owes), other: owed to the household;
            loan, order, advance, material, bond_given, contract, order_money, overpaid: owed by it
    day     None when no day was agreed; of a bond the first day after what it is under
    fen     None for goods, and for a rent that has no price yet
    goods   good, small units and unit
    state   coming, late, open (no day agreed), unbooked (fallen due, not in the journal yet)
    since   the day of its oldest part, where no day was agreed
    about   a lease's key and year, a settlement's year, the number of a loan, order or contract, a workshop
    """

    kind: str
    organisation_id: int
    day: date | None
    state: str
    about: str
    fen: int | None = None
    goods: tuple[str, int, str] | None = None
    rent: RentDue | None = None
    extent_mu4: int = 0
    since: date | None = None

    @property
    def lease(self) -> str:
        """Key of the lease a rent is due on."""
        return self.about.rpartition(":")[0]

    @property
    def bond(self) -> bool:
        """True for a bond, whoever holds it."""
        return self.kind in BONDS.values()

    @property
    def by_household(self) -> bool:
        """True when the household is to give, False when it is to get."""
        return self.kind in GIVES


def due(
    of: Whose,
    stands: Iterable[Stands],
    ties: Collection[Tie],
    on: date,
    booked: Mapping[int, Mapping[str, int]] | None = None,
    since: Mapping[tuple[int, str, str], date] | None = None,
) -> list[Due]:
    """Everything due on the day and in the year after it, by day; what has no day comes last.

    stands  how the household stands with each organisation at the end of the day
    ties    its linkages: only organisations with a lease, loan or order are asked about them
    booked  organisation -> rents booked, as movements.rents gives them, when they are known
    since   since when what has no day is owed, as movements.since gives it
    """
    party_id = of.row.id
    found: list[Due] = []
    by = {each.organisation: each for each in stands}
    for each in by.values():
        found += _owed(each, since or {})
        found += _material(each, ties) if each.material else []
    for organisation in _with("lease", ties):
        owed = by[organisation].owed if organisation in by else {}
        dated = _rents(organisation, of, owed, on, None if booked is None else booked.get(organisation, {}))
        known = {("rent", organisation, one.about) for one in dated}
        found = [one for one in found if (one.kind, one.organisation_id, one.about) not in known]
        found += dated
    for organisation in _with("loan", ties):
        found += _loans(organisation, party_id, on)
    for organisation in _with("order", ties):
        numbers = {tie.number for tie in ties if tie.kind == "order" and tie.organisation_id == organisation}
        found += [each for each in _orders(organisation, party_id, on) if each.about in numbers]
    for tie in ties:
        if tie.kind == "contract" and not tie.runs(on):
            found += _beyond(tie, on)
        if tie.bond and tie.runs(on) and tie.kept:
            state = "open" if tie.ends is None else "late" if tie.ends <= on else "coming"
            found.append(Due(tie.kind, tie.organisation_id, tie.ends, state, tie.number, tie.kept))
    return sorted(found, key=lambda one: (one.day or date.max, one.by_household, one.kind, one.about))


def _with(kind: str, ties: Collection[Tie]) -> list[int]:
    return sorted({tie.organisation_id for tie in ties if tie.kind == kind})


def _beyond(tie: Tie, on: date) -> list[Due]:
    """What was paid beyond all that a contract owes which ended early."""
    row = asset_income.contract(tie.organisation_id, tie.number, on)
    if row is None or not row.paying.beyond_fen:
        return []
    return [Due("contract_back", tie.organisation_id, row.ended, "late", row.number, row.paying.beyond_fen)]


def _owed(of: Stands, since: Mapping[tuple[int, str, str], date]) -> list[Due]:
    at = of.organisation

    def open_(kind: str, what: str, about: str, fen: int) -> Due:
        return Due(kind, at, None, "open", about, fen, since=since.get((at, what, about)))

    owed = [
        open_(KINDS.get(kind, "other"), kind, about, fen) for (kind, about), fen in of.owed.items() if fen > 0
    ]
    owed += [
        Due("overpaid", at, None, "open", about, -fen)
        for (kind, about), fen in of.owed.items()
        if fen < 0 and kind in ("rent", "floorincome", "delivery")
    ]
    owed += [open_(kind, kind, "", fen) for kind, fen in of.charged.items() if fen > 0]
    if of.advances > 0:
        owed.append(open_(ADVANCE, ADVANCE, "", of.advances))
    return owed


def _material(of: Stands, ties: Iterable[Tie]) -> list[Due]:
    """Material of a workshop that is with the household: it comes back as pieces, or as it is."""
    shops = [tie.number for tie in ties if tie.kind == "work" and tie.organisation_id == of.organisation]
    units = history.units(of.organisation, of.material)
    return [
        Due("material", of.organisation, None, "open", shops[0] if shops else "",
            goods=(good, quantity, units.get(good, "kg")))
        for good, quantity in of.material.items()
    ]  # fmt: skip


def _rents(
    organisation: int, of: Whose, owed: dict[tuple[str, str], int], on: date, booked: Mapping[str, int] | None
) -> list[Due]:
    """Rents to come, fallen due and not booked, and booked and not handed over."""
    found = []
    for row in rents.schedule(
        organisation, on - BEHIND, on + AHEAD, of.row.id, let=of.let[organisation], known=booked
    ):
        if row.elsewhere:
            continue
        about = rents.source_of(row.due).removeprefix("rent:")
        left = owed.get(("rent", about), 0)
        if row.booked_fen is None or row.due.day > on:
            state = "coming" if row.due.day > on else "unbooked"
            fen = row.due.fen
        elif left > 0:
            state, fen = "late" if row.due.day < on else "open", left
        else:
            continue
        extent = row.lease.terms.extent_mu4
        found.append(Due("rent", organisation, row.due.day, state, about, fen, None, row.due, extent))
    return found


def _loans(organisation: int, party: int, on: date) -> list[Due]:
    return [
        Due(
            "loan",
            organisation,
            row.standing.due,
            "late" if row.standing.due < on else "coming",
            row.number,
            goods=(row.terms.returns.good, row.standing.outstanding, row.terms.returns.unit),
        )
        for row in in_kind.loans_of(organisation, party, on)
        if row.standing.outstanding
    ]


def _orders(organisation: int, party: int, on: date) -> list[Due]:
    found, short = [], []
    for row in offtake.of_household(organisation, party):
        came = sum(each.grams for each in row.deliveries if each.day <= on)
        left = row.fulfilment.promised - came
        if left > 0:
            last = offtake.last_day(row.until)
            state = "late" if last < on else "coming"
            found.append(Due("order", organisation, last, state, row.number, goods=(row.good, left, "kg")))
        if row.floor and row.floor.short and offtake.last_day(row.until) < on:
            short.append(row)
    known = floor_income.booked(organisation, party_id=party) if short else {}
    for row in short:
        if not any(source.startswith(f"{floor_income.BEGINS}{row.number}:") for source in known):
            last, fen = offtake.last_day(row.until), row.floor.short if row.floor else 0
            found.append(Due("floor_income", organisation, last, "unbooked", row.number, fen))
    return found
