"""The registers: households, land and leases, contributions, agreements, deliveries, tallies, posts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.words import N_
from lianjie.facts.queries import disputes, registers
from lianjie.facts.queries.registers import Asked
from lianjie.facts.queries.registers import Row as RegisterRow
from lianjie.pages import access, columns, export
from lianjie.pages.access import Place
from lianjie.pages.columns import Column


@dataclass(frozen=True)
class Register:
    """One register as a page: its words and columns. `sheet` is the workbook's sheet that fills it."""

    kind: str
    title: str
    lede: str
    columns: tuple[Column, ...]
    sheet: str = ""
    spell: bool = False
    beside: tuple[str, ...] = ()

    @property
    def named(self) -> str:
        """The title in the reader's language."""
        return gettext(self.title)

    @property
    def explained(self) -> str:
        """The line under the title in the reader's language."""
        return gettext(self.lede)


PARTY = Column("party", N_("Name"))
VILLAGE = Column("village", N_("Village"), wide=True)
DAY = Column("day", N_("Day"), "day", wide=True)
UNTIL = Column("until", N_("Last day"), "last_day", wide=True)

REGISTERS = {
    each.kind: each
    for each in (
        Register(
            "households",
            N_("Households"),
            N_("Every household with anything in these books, member or not."),
            (
                PARTY,
                Column("code", N_("Code"), "code", wide=True),
                VILLAGE,
                Column("group", N_("Village group"), wide=True),
                Column("people", N_("People"), "whole"),
                Column("status", N_("Registered status"), "word:status"),
                Column("member", N_("Member"), "yes_no", wide=True),
            ),
            sheet="parties",
        ),
        Register(
            "contributions",
            N_("Contributions"),
            N_("Capital paid in, by origin. A return of capital is below zero."),
            (
                PARTY,
                VILLAGE,
                DAY,
                Column("origin", N_("Origin"), "word:origin", wide=True),
                Column("amount", N_("Amount (yuan)"), "yuan"),
                Column("shares", N_("Shares"), "shares", wide=True),
                Column("receipt", N_("Receipt"), "code", wide=True),
                Column("right_until", N_("Land right until"), "last_day", wide=True),
            ),
            sheet="contributions",
        ),
        Register(
            "agreements",
            N_("Share agreements"),
            N_("A household's fund turned into a share: the principle and the method of the dividend."),
            (
                PARTY,
                VILLAGE,
                Column("code", N_("Code"), "code", wide=True),
                Column("fund", N_("Fund"), wide=True),
                Column("amount", N_("Amount (yuan)"), "yuan"),
                Column("floor", N_("Least a year (yuan)"), "yuan"),
                Column("day", N_("From"), "day", wide=True),
                UNTIL,
            ),
            sheet="agreements",
            spell=True,
        ),
        Register(
            "leases",
            N_("Land and leases"),
            N_("Land use let to the organisation, and the rent a mu and year."),
            (
                PARTY,
                VILLAGE,
                Column("parcel", N_("Parcel"), "code", wide=True),
                Column("extent", N_("Let (mu)"), "mu"),
                Column("rent_in", N_("Rent in"), "word:rent", wide=True),
                Column("rent", N_("Rent (yuan a mu)"), "price"),
                Column("day", N_("From"), "day", wide=True),
                UNTIL,
                Column("form", N_("Form"), "word:form", wide=True),
            ),
            sheet="land",
            spell=True,
            beside=("parcels",),
        ),
        Register(
            "parcels",
            N_("Parcels"),
            N_("Plots of the households, let or not, by contract and by measurement."),
            (
                PARTY,
                VILLAGE,
                Column("parcel", N_("Parcel"), "code", wide=True),
                Column("place", N_("Name of the plot"), wide=True),
                Column("contract_extent", N_("By contract (mu)"), "mu"),
                Column("measured_extent", N_("Measured (mu)"), "mu", wide=True),
                Column("land_type", N_("Kind of land"), wide=True),
            ),
            sheet="land",
            beside=("leases",),
        ),
        Register(
            "deliveries",
            N_("Deliveries"),
            N_("Crop handed in, graded and weighed; the receipt is in the grower's hand."),
            (
                PARTY,
                VILLAGE,
                DAY,
                Column("receipt", N_("Receipt"), "code", wide=True),
                Column("good", N_("Good"), wide=True),
                Column("grade", N_("Grade"), wide=True),
                Column("weight", N_("Weight (kg)"), "kg"),
                Column("price", N_("Price (yuan a kg)"), "price", wide=True),
                Column("amount", N_("Amount (yuan)"), "yuan"),
            ),
            sheet="deliveries",
            beside=("tallies",),
        ),
        Register(
            "tallies",
            N_("Tallies"),
            N_("Other counts a plan may share by: work points, days worked."),
            (
                PARTY,
                VILLAGE,
                Column("year", N_("Year")),
                Column("measure", N_("Measure"), "word:measure"),
                Column("quantity", N_("Quantity"), "quantity"),
            ),
            sheet="tallies",
            beside=("deliveries",),
        ),
        Register(
            "posts",
            N_("Posts"),
            N_("Who holds an office, here or in a linked organisation, and since when."),
            (
                PARTY,
                Column("title", N_("Post"), "word:title"),
                Column("held_in", N_("Held in"), wide=True),
                Column("day", N_("Since"), "day"),
                UNTIL,
            ),
            sheet="posts",
            spell=True,
        ),
    )
}


def listing(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """A register, searched, narrowed and in pages; `?as=csv` or `?as=xlsx` gives all of it as a file."""
    place = access.place(request, code, "read")
    register, asked, today = REGISTERS[kind], _asked(request), timezone.localdate()
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = registers.every(kind, place.id, today, asked)
        columned = (Column("party_code", N_("Party code")), *register.columns)
        if kind == "leases":
            columned = (*columned, Column("due", N_("Due each year"), "code"))
        if kind == "deliveries":
            columned = (*columned, Column("dispute", N_("Dispute")))
            rows = _disputed(place, rows)
        return export.as_asked(
            wanted,
            f"{place.code}-{kind}",
            columns.heading(columned),
            columns.written(columned, ({"party_code": row.party_code} | row.cells for row in rows)),
        )
    page = registers.page(kind, place.id, today, asked, after=request.GET.get("after", ""))
    return render(
        request,
        "registers/list.html",
        {
            "place": place,
            "register": register,
            "beside": [REGISTERS[name] for name in register.beside],
            "page": page,
            "asked": asked,
            "villages": registers.villages(kind, place.id),
            "years": registers.years(kind, place.id),
            "may_enter": "enter_facts" in place.rights,
        },
    )


def _disputed(place: Place, rows: Iterable[RegisterRow]) -> Iterator[RegisterRow]:
    """Deliveries with a word beside those argued about now."""
    open_ = disputes.open_keys(place.id)
    for row in rows:
        key = row.reference.partition(":")[2].partition("~")[0]
        yield replace(row, cells=row.cells | {"dispute": gettext("in dispute") if key in open_ else ""})


def _asked(request: HttpRequest) -> Asked:
    year = request.GET.get("year", "")
    standing = request.GET.get("standing", "")
    return Asked(
        search=request.GET.get("search", "").strip()[:60],
        year=int(year) if year.isdigit() and len(year) == 4 else None,
        village=request.GET.get("village", "")[:12],
        standing="now" if standing == "now" else "all",
    )
