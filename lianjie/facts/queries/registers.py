"""The registers of one organisation: current facts of a kind, searched, narrowed and in slices."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum

from lianjie.facts.models import (
    Area,
    Contribution,
    Delivery,
    Household,
    Lease,
    Listed,
    Membership,
    Parcel,
    Party,
    Post,
    RegisteredStatus,
    Residence,
    ShareAgreement,
    Tally,
)
from lianjie.facts.queries import rents
from lianjie.facts.queries.listed import listed, spelled
from lianjie.facts.queries.names import named_like
from lianjie.facts.queries.slices import all_after, slice_after, years_of


@dataclass(frozen=True)
class Asked:
    """What a register is narrowed to; empty narrows nothing.

    standing  for what lasts: "now" (running on the day) or "all"
    """

    search: str = ""
    year: int | None = None
    village: str = ""
    standing: str = "all"


@dataclass(frozen=True)
class Row:
    """One line. `cells` by column name; `party_code` is whose it is; `reference` names the fact."""

    reference: str
    party_code: str
    cells: dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Some lines, where the next page begins, how many there are, and their sums by column.

    Above MOST lines nobody counts: `total` is None and there are no sums; the file has every line.
    """

    rows: tuple[Row, ...]
    next_after: str
    total: int | None
    sums: dict[str, int]


@dataclass(frozen=True)
class _Register:
    """How one register is read.

    rows    every current fact of it
    party   path to whose it is
    order   field and whether the greatest comes first
    cells   a model row -> cells
    sums    column -> field to add up
    search  further fields searched by their beginning
    spell   True when it lasts from a day to a day
    tie     whose id orders lines of one value
    more    rows of one slice -> id of a row -> cells that other tables tell of it
    """

    rows: Callable[[int], QuerySet]
    party: str
    order: tuple[str, bool]
    cells: Callable[[Any], dict[str, Any]]
    sums: dict[str, str]
    search: tuple[str, ...] = ()
    spell: bool = False
    dated: bool = True
    tie: str = "pk"
    more: Callable[[int, Sequence[Any]], Mapping[int, Mapping[str, Any]]] | None = None


MOST = 2_000
"""A list of more lines than this is neither counted nor added up for a page of it."""


def page(kind: str, organisation_id: int, day: date, asked: Asked, *, after: str, limit: int = 50) -> Page:
    """One page of a register."""
    register = REGISTERS[kind]
    found = _narrowed(register, organisation_id, day, asked)
    shown = slice_after(found, *register.order, after=after, limit=limit, tie=register.tie)
    rows = tuple(_rows(register, organisation_id, shown.rows))
    if shown.next_after and _long(register, organisation_id):
        narrowed = asked.search or asked.village or asked.year or asked.standing == "now"
        if not narrowed or found.order_by()[MOST : MOST + 1].exists():
            return Page(rows, shown.next_after, None, {})
    sums = {name: Sum(field) for name, field in register.sums.items()}
    totals = found.order_by().aggregate(lines=Count("pk"), **sums)
    return Page(
        rows,
        shown.next_after,
        int(totals.pop("lines")),
        {name: int(value or 0) for name, value in totals.items()},
    )


def every(kind: str, organisation_id: int, day: date, asked: Asked) -> Iterator[Row]:
    """Every line that fits, for an export; memory stays flat."""
    register = REGISTERS[kind]
    found = all_after(_narrowed(register, organisation_id, day, asked), *register.order, tie=register.tie)
    while some := tuple(islice(found, 500)):
        yield from _rows(register, organisation_id, some)


def villages(kind: str, organisation_id: int) -> list[tuple[str, str]]:
    """Code and name of the villages found in a register."""
    register = REGISTERS[kind]
    at = f"{register.party}__"
    rows = register.rows(organisation_id).order_by()
    if not _long(register, organisation_id):
        return sorted(rows.values_list(f"{at}area__code", f"{at}area__name").distinct())
    # Of a large register: the villages of the organisation's own area in which somebody lives.
    here = Party.objects.select_related("area").get(pk=organisation_id).area
    living = Party.objects.filter(area_id=OuterRef("pk"), kind="household")
    return sorted(Area.objects.within(here).filter(Exists(living)).values_list("code", "name"))


def years(kind: str, organisation_id: int) -> list[int]:
    """Years found in a dated register, the latest first."""
    register = REGISTERS[kind]
    if not register.dated:
        return []
    return years_of(register.rows(organisation_id).model, organisation_id)


def _long(register: _Register, organisation_id: int) -> bool:
    """True when more than MOST lines were ever entered: an index tells, not asked which still stand."""
    entered = register.rows(organisation_id).model._default_manager.filter(organisation_id=organisation_id)
    return bool(entered.order_by()[MOST : MOST + 1].exists())


def _narrowed(register: _Register, organisation_id: int, day: date, asked: Asked) -> QuerySet:
    found: Any = register.rows(organisation_id)
    if asked.village and found.model is Listed:
        found = found.filter(
            area_id__in=list(Area.objects.filter(code=asked.village).values_list("pk", flat=True))
        )
    elif asked.village:
        found = found.filter(**{f"{register.party}__area__code": asked.village})
    if asked.year and register.dated:
        found = found.filter(day__gte=date(asked.year, 1, 1), day__lt=date(asked.year + 1, 1, 1))
    if asked.standing == "now" and register.spell:
        found = found.lasting(day).filter(day__lte=day)
    if asked.search and found.model is Listed:
        found = found.filter(spelled(organisation_id, asked.search, "party_id") | _numbered(asked.search))
    elif asked.search:
        said = named_like(register.party, asked.search)
        for field in register.search:
            said |= Q(**{f"{field}__istartswith": asked.search})
        found = found.filter(said)
    return found


def _numbered(text: str) -> Q:
    """Households whose national number begins so; numbers have digits, so a name asks no table of them."""
    if not any(letter.isdigit() for letter in text):
        return Q()
    numbered = Household.objects.filter(national_number__istartswith=text)
    return Q(party_id__in=list(numbered.values_list("pk", flat=True)[:MOST]))


def _rows(register: _Register, organisation_id: int, rows: Sequence[Any]) -> Iterator[Row]:
    more = register.more(organisation_id, rows) if register.more else {}
    for row in rows:
        party = getattr(row, register.party)
        cells = {"party": party.name, "village": party.area.name} | register.cells(row)
        yield Row(
            getattr(row, "reference", f"household:{party.pk}"), party.code, cells | dict(more.get(row.pk, {}))
        )


def _as_let(organisation_id: int, rows: Sequence[Lease]) -> dict[int, dict[str, Any]]:
    """Until when each lease runs after what became of it, and its rent a mu unless that is in grain."""
    found = {each.key: each.terms for each in rents.leases(organisation_id, only=rows)}
    terms = {row.pk: found[_named(row)] for row in rows}
    return {
        pk: {
            "until": each.until,
            "rent": None if each.grain else each.rent_fen_per_mu,
            "rent_in": "grain" if each.grain else "cash",
        }
        for pk, each in terms.items()
    }


def _households(organisation_id: int) -> QuerySet[Listed]:
    """Households with anything in the organisation's books."""
    of = OuterRef("party_id")
    people = Residence.objects.current().filter(household_id=of, until_day=None).order_by()
    status = RegisteredStatus.objects.current().filter(household_id=of, until_day=None)
    return (
        listed(organisation_id)
        .filter(kind="household")
        .select_related("party", "party__area", "party__household")
        .annotate(
            status=Subquery(status.order_by("-day", "-pk").values("status")[:1]),
            heads=Subquery(people.values("household_id").annotate(n=Sum(1)).values("n")),
        )
    )


def _as_members(organisation_id: int, rows: Sequence[Listed]) -> dict[int, dict[str, Any]]:
    """Whether each household is a member. Asked once a slice: PostgreSQL would read all members for it."""
    members = Membership.objects.current().filter(organisation_id=organisation_id, until_day=None)
    found = set(
        members.filter(member_id__in=[row.party_id for row in rows]).values_list("member_id", flat=True)
    )
    return {row.pk: {"member": row.party_id in found} for row in rows}


def _facts(model: Any, *related: str) -> Callable[[int], QuerySet]:
    """Current facts of a table in one organisation's books, with what their cells name."""

    def rows(organisation_id: int) -> QuerySet:
        return model.objects.current().filter(organisation_id=organisation_id).select_related(*related)

    return rows


def _named(row: Any) -> str:
    """The number the paper bears: the key without the version a correction gave it."""
    return row.key.partition("~")[0]


REGISTERS = {
    "households": _Register(
        rows=_households,
        party="party",
        order=("sort_key", False),
        tie="party_id",
        cells=lambda r: {
            "code": r.code,
            "group": r.party.household.village_group,
            "people": r.heads or 0,
            "status": r.status or "",
        },
        sums={},
        dated=False,
        more=_as_members,
    ),
    "contributions": _Register(
        rows=_facts(Contribution, "member__area", "agreement"),
        party="member",
        order=("day", True),
        cells=lambda r: {
            "day": r.day,
            "origin": r.origin,
            "amount": r.amount_fen,
            "shares": r.shares_e4,
            "receipt": _named(r),
            "right_until": r.right_until_day,
            "evidence": r.evidence,
        },
        sums={"amount": "amount_fen", "shares": "shares_e4"},
        search=("key",),
    ),
    "agreements": _Register(
        rows=_facts(ShareAgreement, "member__area"),
        party="member",
        order=("day", True),
        cells=lambda r: {
            "day": r.day,
            "until": r.until_day,
            "code": _named(r),
            "fund": r.fund,
            "amount": r.amount_fen,
            "floor": r.floor_fen_per_year,
            "principle": r.principle,
            "method": r.method,
            "returned": r.principal_returned,
        },
        sums={"amount": "amount_fen"},
        search=("key", "fund"),
        spell=True,
    ),
    "leases": _Register(
        rows=_facts(Lease, "lessor__area", "parcel"),
        party="lessor",
        order=("lessor__sort_key", False),
        cells=lambda r: {
            "parcel": r.parcel.code,
            "place": r.parcel.name,
            "extent": r.extent_mu4,
            "contract_extent": r.parcel.contract_extent_mu4,
            "basis": r.extent_basis,
            "day": r.day,
            "due": f"{r.due_month:02d}-{r.due_day_of_month:02d}",
            "form": r.form,
        },
        sums={"extent": "extent_mu4"},
        search=("parcel__code", "parcel__name"),
        spell=True,
        more=_as_let,
    ),
    "parcels": _Register(
        rows=_facts(Parcel, "household__area"),
        party="household",
        order=("household__sort_key", False),
        cells=lambda r: {
            "parcel": r.code,
            "place": r.name,
            "contract_extent": r.contract_extent_mu4,
            "measured_extent": r.measured_extent_mu4,
            "land_type": r.land_type,
            "grade": r.grade,
            "until": r.contract_until_day,
        },
        sums={"contract_extent": "contract_extent_mu4"},
        search=("code", "name"),
        dated=False,
    ),
    "deliveries": _Register(
        rows=_facts(Delivery, "household__area"),
        party="household",
        order=("day", True),
        cells=lambda r: {
            "day": r.day,
            "receipt": r.receipt,
            "good": r.good,
            "grade": r.grade,
            "weight": r.grams,
            "price": r.price_fen_per_kg,
            "amount": r.amount_fen,
        },
        sums={"weight": "grams", "amount": "amount_fen"},
        search=("receipt", "good"),
    ),
    "tallies": _Register(
        rows=_facts(Tally, "party__area"),
        party="party",
        order=("day", True),
        cells=lambda r: {
            "year": r.year,
            "measure": r.measure,
            "quantity": (r.quantity, r.unit),
            "evidence": r.evidence,
        },
        sums={},
        search=("measure",),
    ),
    "posts": _Register(
        rows=_facts(Post, "person__area", "held_in"),
        party="person",
        order=("day", True),
        cells=lambda r: {
            "title": r.title,
            "held_in": r.held_in.name,
            "day": r.day,
            "until": r.until_day,
            "evidence": r.evidence,
        },
        sums={},
        spell=True,
    ),
}
