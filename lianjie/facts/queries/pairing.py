"""Pairings, pledges, projects and benefits as they stand; claims on orders, each order counted once."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from lianjie.facts.models import (
    Fact,
    OrderClaim,
    OrganisationLink,
    PairingProject,
    Pledge,
    PledgeDelivery,
    ProjectBenefit,
    SalesOrder,
    Shipment,
    ShipmentLoad,
    ShipmentReceipt,
    StockOffer,
)
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.market import money
from lianjie.facts.queries.names import named_like
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import all_after, slice_after
from lianjie.facts.rules import pairing as rules
from lianjie.facts.rules.pairing import Benefit, Benefits, Claimed, Promised


@dataclass(frozen=True)
class PairingRow:
    """One pairing. `until`: the day after its last; `kept`: pledges of which something arrived."""

    number: str
    reference: str
    partner_code: str
    partner: str
    kind: str
    day: date
    until: date | None
    evidence: str
    pledges: int
    kept: int
    last: date | None


@dataclass(frozen=True)
class PledgeRow:
    """One pledge and what arrived of it."""

    number: str
    reference: str
    day: date
    kind: str
    what: str
    money: bool
    unit: str
    due: date | None
    evidence: str
    promised: Promised

    @property
    def state(self) -> str:
        return self.promised.state

    @property
    def measure(self) -> str:
        """Unit as a page writes it: yuan, kg, piece or person."""
        return "yuan" if self.money else self.unit


@dataclass(frozen=True)
class ArrivalRow:
    """Something that arrived."""

    number: str
    reference: str
    day: date
    pledge: str
    what: str
    money: bool
    unit: str
    amount: int
    project: str
    taken_as: str
    evidence: str


@dataclass(frozen=True)
class ProjectRow:
    """A project: money in, and its benefits year by year, the latest first."""

    number: str
    reference: str
    pairing: str
    partner: str
    day: date
    name: str
    base_year: int | None
    money_fen: int
    evidence: str
    years: tuple[Benefits, ...]


@dataclass(frozen=True)
class BenefitRow:
    """What one household got, or its base."""

    number: str
    reference: str
    day: date
    household_code: str
    household: str
    village: str
    kind: str
    fen: int
    base: bool
    evidence: str


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins; "" on the last."""

    rows: tuple
    next_after: str
    total: int | None = None


@dataclass(frozen=True)
class Bought:
    """What a partner took under a pairing: orders and net fen, offers accepted or not, and what went to it.

    sent, received  unit -> small units: loaded on shipments tied to the pairing, and signed for by receipts
    open            those shipments of which nothing was signed for yet
    """

    orders: int
    fen: int
    offers: int
    sent: dict[str, int]
    received: dict[str, int]
    open: int


def running(organisation_id: int, day: date) -> list[tuple[str, str]]:
    """(number, partner) of the pairings that run on a day, for a choice."""
    rows = OrganisationLink.objects.on(day).filter(organisation_id=organisation_id, kind="pairs")
    return [(number(row), row.giver.name) for row in rows.select_related("giver").order_by("day", "pk")]


def page(organisation_id: int, *, search: str = "", after: str = "", limit: int = 50) -> Page:
    """Pairings, the latest first."""
    shown = slice_after(_pairings(organisation_id, search), "day", True, after=after, limit=limit)
    return Page(tuple(_rows(organisation_id, shown.rows)), shown.next_after)


def every(organisation_id: int, *, search: str = "") -> Iterator[PairingRow]:
    """All pairings that fit."""
    return _rows(organisation_id, list(all_after(_pairings(organisation_id, search), "day", True)))


def pairing(organisation_id: int, of: str) -> PairingRow | None:
    """The pairing with this number, or None."""
    found = _pairings(organisation_id, "").filter(numbered(of))[:1]
    return next(_rows(organisation_id, list(found)), None)


def with_result(organisation_id: int) -> tuple[int, int]:
    """M45: pairings of which something of a pledge arrived, and pairings."""
    return rules.with_result([row.kept > 0 for row in every(organisation_id)])


def _pairings(organisation_id: int, search: str) -> QuerySet:
    found = OrganisationLink.objects.current().filter(organisation_id=organisation_id, kind="pairs")
    if search:
        found = found.filter(named_like("giver", search) | Q(key__istartswith=search))
    return found.select_related("giver__organisation")


def _rows(organisation_id: int, found: Collection[OrganisationLink]) -> Iterator[PairingRow]:
    pledged: dict[str, int] = defaultdict(int)
    kept: dict[str, set[int]] = defaultdict(set)
    last: dict[str, date] = {}
    mine = {"organisation_id": organisation_id}
    for row in Pledge.objects.current().filter(**mine).select_related("pairing"):
        pledged[number(row.pairing)] += 1
    for arrived in PledgeDelivery.objects.current().filter(**mine).select_related("pledge__pairing"):
        of = number(arrived.pledge.pairing)
        kept[of].add(arrived.pledge_id)
        last[of] = max(last.get(of, arrived.day), arrived.day)
    for row in found:
        of = number(row)
        yield PairingRow(
            of, row.reference, row.giver.code, row.giver.name, row.giver.organisation.kind, row.day,
            row.until_day, row.evidence, pledged[of], len(kept[of]), last.get(of),
        )  # fmt: skip


def pledges(organisation_id: int, of: str) -> tuple[PledgeRow, ...]:
    """Pledges of a pairing with what arrived, in order of day."""
    rows = list(
        Pledge.objects.current()
        .filter(numbered(of, "pairing__key"), organisation_id=organisation_id)
        .order_by("day", "pk")
    )
    arrived: dict[int, dict] = {}
    some = PledgeDelivery.objects.current().filter(pledge__in=rows).order_by().values("pledge_id")
    for each in some.annotate(fen=Sum("amount_fen"), goods=Sum("quantity"), times=Count("pk")):
        arrived[each["pledge_id"]] = each
    found = []
    for row in rows:
        got = arrived.get(row.pk, {"fen": 0, "goods": 0, "times": 0})
        promised = Promised(row.amount_fen or row.quantity, got["fen"] + got["goods"], got["times"])
        found.append(
            PledgeRow(
                number(row), row.reference, row.day, row.kind, row.what, bool(row.amount_fen), row.unit,
                row.due_day, row.evidence, promised,
            )
        )  # fmt: skip
    return tuple(found)


def arrivals(organisation_id: int, of: str) -> tuple[ArrivalRow, ...]:
    """What arrived of a pairing's pledges, the latest first."""
    rows = (
        PledgeDelivery.objects.current()
        .filter(numbered(of, "pledge__pairing__key"), organisation_id=organisation_id)
        .select_related("pledge", "project")
        .order_by("-day", "-pk")
    )
    return tuple(
        ArrivalRow(
            number(row), row.reference, row.day, number(row.pledge), row.pledge.what, bool(row.amount_fen),
            row.pledge.unit, row.amount_fen or row.quantity, number(row.project) if row.project else "",
            row.taken_as, row.evidence,
        )
        for row in rows
    )  # fmt: skip


def projects(organisation_id: int, of: str = "") -> tuple[ProjectRow, ...]:
    """Projects of a pairing, or of all, in order of day."""
    rows = PairingProject.objects.current().filter(organisation_id=organisation_id)
    if of:
        rows = rows.filter(numbered(of, "pairing__key"))
    return tuple(_project(row) for row in rows.select_related("pairing__giver").order_by("day", "pk"))


def project(organisation_id: int, of: str) -> ProjectRow | None:
    """The project with this number, or None."""
    rows = PairingProject.objects.current().filter(numbered(of), organisation_id=organisation_id)
    found = rows.select_related("pairing__giver").first()
    return _project(found) if found else None


def _project(row: PairingProject) -> ProjectRow:
    came = PledgeDelivery.objects.current().filter(project=row).aggregate(n=Sum("amount_fen"))["n"] or 0
    got = [
        Benefit(*each)
        for each in ProjectBenefit.objects.current()
        .filter(project=row)
        .annotate(year=ExtractYear("day"))
        .values_list("household__code", "year", "amount_fen", "base")
    ]
    years = sorted({each.year for each in got if not each.base}, reverse=True)
    return ProjectRow(
        number(row), row.reference, number(row.pairing), row.pairing.giver.name, row.day, row.name,
        row.base_year, came, row.evidence,
        tuple(rules.benefits(got, year, row.base_year) for year in years),
    )  # fmt: skip


def benefits(organisation_id: int, of: str, *, search: str = "", after: str = "", limit: int = 50) -> Page:
    """What households got from a project, the latest first."""
    shown = slice_after(_benefits(organisation_id, of, search), "day", True, after=after, limit=limit)
    return Page(tuple(_benefit(row) for row in shown.rows), shown.next_after)


def every_benefit(organisation_id: int, of: str, *, search: str = "") -> Iterator[BenefitRow]:
    """All that fits, for an export."""
    return (_benefit(row) for row in all_after(_benefits(organisation_id, of, search), "day", True))


def _benefits(organisation_id: int, of: str, search: str) -> QuerySet:
    found = ProjectBenefit.objects.current().filter(
        numbered(of, "project__key"), organisation_id=organisation_id
    )
    if search:
        found = found.filter(
            named_like("household", search) | Q(area__name__icontains=search) | Q(key__istartswith=search)
        )
    return found.select_related("household", "area")


def _benefit(row: ProjectBenefit) -> BenefitRow:
    return BenefitRow(
        number(row), row.reference, row.day, row.household.code, row.household.name, row.area.name, row.kind,
        row.amount_fen, row.base, row.evidence,
    )  # fmt: skip


def bought(organisation_id: int, of: str) -> Bought:
    """What a partner ordered and offered under a pairing."""
    orders = SalesOrder.objects.current().filter(
        numbered(of, "pairing__key"), organisation_id=organisation_id
    )
    fen = dict(orders.values_list("pk", "amount_fen"))
    back = money(fen)
    offers = StockOffer.objects.current().filter(
        numbered(of, "pairing__key"), organisation_id=organisation_id
    )
    shipments = Shipment.objects.current().filter(
        numbered(of, "pairing__key"), organisation_id=organisation_id
    )
    loads = ShipmentLoad.objects.current().filter(shipment__in=shipments).order_by()
    receipts = ShipmentReceipt.objects.current().filter(shipment__in=shipments).order_by()
    return Bought(
        len(fen), sum(fen.values()) - sum(each.refunded_fen for each in back.values()), offers.count(),
        dict(loads.values_list("pick__lot__unit").annotate(Sum("pick__quantity"))),
        dict(receipts.values_list("line__product__unit").annotate(Sum("quantity"))),
        shipments.exclude(pk__in=receipts.values("shipment_id")).count(),
    )  # fmt: skip


def claimed(organisation_id: int, start: date, until: date) -> list[Claimed]:
    """Claims on the orders of a half-open period, with each order's amount net of refunds."""
    rows = list(
        OrderClaim.objects.current()
        .filter(organisation_id=organisation_id, order__day__gte=start, order__day__lt=until)
        .filter(order__corrected_by=None, order__withdrawn=False)
        .values_list("kind", "claimant", "order_id", "order__key", "order__amount_fen")
    )
    ids = sorted({row[2] for row in rows})
    back: dict[int, int] = {}
    for first in range(0, len(ids), SLICE):
        back.update({pk: each.refunded_fen for pk, each in money(ids[first : first + SLICE]).items()})
    return [Claimed(kind, who, key, fen - back[pk]) for kind, who, pk, key, fen in rows]


def claim_years(organisation_id: int) -> list[int]:
    """Years in which orders are claimed, the latest first."""
    rows = OrderClaim.objects.current().filter(organisation_id=organisation_id).order_by()
    years = rows.annotate(year=ExtractYear("order__day")).values_list("year", flat=True).distinct()
    return sorted(years, reverse=True)


def next_number(organisation_id: int, letter: str, day: date) -> str:
    """The next number of pairings (JD), pledges (CN), arrivals (DW), projects (XM), benefits (SY)."""
    tables: dict[str, type[Fact]] = {
        "JD": OrganisationLink,
        "CN": Pledge,
        "DW": PledgeDelivery,
        "XM": PairingProject,
        "SY": ProjectBenefit,
    }
    rows = tables[letter].objects.filter(organisation_id=organisation_id)
    return f"{letter}{day:%Y%m%d}-{(rows.aggregate(n=Max('pk'))['n'] or 0) + 1}"
