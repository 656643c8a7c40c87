"""Members: the list, and one household's account with everything that ties it to the organisation."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from lianjie.base.words import N_
from lianjie.facts.queries import growing, household, offtake, people, stock, work
from lianjie.facts.queries.people import MemberFilter, MemberRow
from lianjie.ledger.queries import accounts, movements, rents
from lianjie.ledger.rules.member_account import MemberAccount, Movement
from lianjie.pages import access, columns, export
from lianjie.pages.columns import Column
from lianjie.pages.format import masked

COLUMNS = (
    Column("code", N_("Code")),
    Column("name", N_("Name")),
    Column("kind", N_("Kind"), "word:kind"),
    Column("village", N_("Village")),
    Column("status", N_("Registered status"), "word:status"),
    Column("joined", N_("Joined"), "day"),
    Column("until", N_("Last day"), "last_day"),
    Column("farmer", N_("Farmer"), "yes_no"),
    Column("shares", N_("Shares"), "shares"),
    Column("capital", N_("Capital (yuan)"), "yuan"),
)
STATUSES = ("ordinary", "registered", "exited", "monitored", "risk_eliminated")
KINDS = ("household", "person", "organisation")
SORTS = (
    ("name", N_("Name")),
    ("code", N_("Code")),
    ("joined", N_("Joined, latest first")),
    ("capital", N_("Capital, most first")),
)


@dataclass(frozen=True)
class AccountLine:
    """One row of the member account as the page shows it; `traded` has a pair for every good."""

    day: str
    text: str
    reference: str
    movement: Movement
    traded: tuple[tuple[int, int] | None, ...]
    total: bool


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """The members, searched, narrowed, sorted; `?as=csv` or `?as=xlsx` gives all of them, names masked
    unless the reader enters facts here."""
    place = access.place(request, code, "read")
    chosen, today = _chosen(request), timezone.localdate()
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        mask = request.GET.get("masked") == "1" or "enter_facts" not in place.rights
        rows = people.all_members(place.id, today, chosen)
        return export.as_asked(
            wanted,
            f"{place.code}-members",
            columns.heading(COLUMNS),
            columns.written(COLUMNS, _cells(rows, mask)),
        )
    page = people.members(place.id, today, chosen, after=request.GET.get("after", ""))
    villages, tags = people.villages_and_tags(place.id, page.total is None)
    return render(
        request,
        "members/list.html",
        {
            "place": place,
            "page": page,
            "chosen": chosen,
            "villages": villages,
            "tags": tags,
            "statuses": STATUSES,
            "kinds": KINDS,
            "sorts": SORTS,
            "may_enter": "enter_facts" in place.rights,
        },
    )


def account(request: HttpRequest, code: str, party: str) -> HttpResponse:
    """One party: its account of a year, all its linkages, what it got, its people."""
    place = access.place(request, code, "read_own")
    who = access.party(place, party)
    today = timezone.localdate()
    years = household.party_years(place.id, who.id) or [today.year]
    year = _year(request, years)
    full = who.id in place.own or "enter_facts" in place.rights
    home = household.home(who.id)
    here = home.tied.get(place.id, frozenset())
    linked = household.linkages(place.id, who.id, today, year, home)
    handed = movements.handed([who.id])
    last = max(year, today.year)
    allotted = accounts.allotted_years(place.id, who.id, last) if "allotment" in handed else []
    kept = accounts.member_account(year, linked, allotted)
    return render(
        request,
        "members/account.html",
        {
            "place": place,
            "party": who,
            "own": who.id in place.own,
            "full_names": full,
            "year": year,
            "years": years,
            "account": kept,
            "lines": tuple(_lines(kept)),
            "in_kind": stock.in_kind_of(place.id, who.id, today, here),
            "linked": linked,
            "allotted": [each for each in allotted if each.year <= today.year],
            "payouts": accounts.payouts(place.id, who.id) if "payout" in handed else [],
            "growing": growing.of_household(place.id, who.id, here),
            "offtake": offtake.of_household(place.id, who.id, here),
            "rents": rents.of_household(place.id, who.id, year, linked.leases),
            "work": work.of_household(place.id, who.id, here),
            "may_enter": "enter_facts" in place.rights,
        },
    )


def _chosen(request: HttpRequest) -> MemberFilter:
    def one_of(name: str, known: tuple[str, ...], default: str = "") -> str:
        asked = request.GET.get(name, "")
        return asked if asked in known else default

    return MemberFilter(
        search=request.GET.get("search", "").strip()[:60],
        status=one_of("status", STATUSES),
        kind=one_of("kind", KINDS),
        standing=one_of("standing", ("now", "left", "all"), "now"),
        village=request.GET.get("village", "")[:12],
        tag=request.GET.get("tag", "")[:40],
        sort=one_of("sort", tuple(name for name, _ in SORTS), "name"),
    )


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdigit() and len(asked) == 4 else years[0]


def _cells(rows: Iterator[MemberRow], mask: bool) -> Iterator[dict[str, object]]:
    for row in rows:
        person = row.kind != "organisation"
        yield {
            "code": row.code,
            "name": masked(row.name) if mask and person else row.name,
            "kind": row.kind,
            "village": row.area_name,
            "status": row.status,
            "joined": row.joined_day,
            "until": row.until_day,
            "farmer": row.is_farmer,
            "shares": row.shares_e4,
            "capital": row.contribution_fen,
        }


def _lines(kept: MemberAccount) -> Iterator[AccountLine]:
    """Opening, movements, closing: every good of the year has its two columns in each."""
    goods = kept.goods
    yield _line(f"{kept.year}-01-01", N_("Opening balance"), "", kept.opening, goods, total=True)
    for each in kept.lines:
        yield _line(each.day.isoformat(), each.text, each.reference, each.movement, goods, total=False)
    yield _line(f"{kept.year}-12-31", N_("Closing balance"), "", kept.closing, goods, total=True)


def _line(
    day: str, text: str, reference: str, movement: Movement, goods: tuple[str, ...], *, total: bool
) -> AccountLine:
    traded = tuple(movement.traded.get(good) for good in goods)
    return AccountLine(day, text, reference, movement, traded, total)
