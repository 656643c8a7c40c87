"""Bonds under contracts, leases and sub-leases: agreed, paid in, given back or forfeited, by whose decision;
and all of an organisation's, those told that are kept though what they are under is over."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.fen import Fen
from lianjie.base.quantity import small_units
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import bond as actions
from lianjie.facts.queries import asset_income, bonds
from lianjie.facts.queries import rents as leases
from lianjie.facts.queries.asset_income import ContractRow
from lianjie.facts.queries.bonds import BondHeld, BondRow
from lianjie.facts.queries.rents import ChangeRow, LeaseDetail
from lianjie.facts.rules import bond
from lianjie.facts.rules.bond import Bond
from lianjie.facts.rules.rent_terms import change_key
from lianjie.pages import access, columns, export
from lianjie.pages.access import Place
from lianjie.pages.assets_forms import Coded
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering
from lianjie.pages.in_kind_forms import evidence_field, number_field, short_text
from lianjie.pages.settlement_forms import day_field

SUBJECT = N_("Bond")
COLUMNS = (
    Column("party_code", N_("Code"), "code"),
    Column("party", N_("Name")),
    Column("under", N_("Under"), "word:bond_under"),
    Column("page", N_("Number"), "code"),
    Column("about", N_("What it is")),
    Column("kind", N_("Kind of bond"), "word:bond_kind"),
    Column("holder", N_("Who holds it"), "word:bond_holder"),
    Column("agreed", N_("Agreed (yuan)"), "yuan"),
    Column("paid", N_("Paid in (yuan)"), "yuan"),
    Column("returned", N_("Given back (yuan)"), "yuan"),
    Column("forfeited", N_("Forfeited (yuan)"), "yuan"),
    Column("held", N_("Held (yuan)"), "yuan"),
    Column("ends", N_("Last day"), "last_day"),
    Column("state", N_("State"), "word:bond_state"),
)


@dataclass(frozen=True)
class Section:
    """The bond of one agreement as its page shows it.

    name     of the section on its page; `title` what it is headed by, for a sub-lease the taker
    address  where it is entered; ours: the organisation holds it
    """

    name: str
    title: str
    moves: tuple[BondRow, ...]
    stands: Bond
    address: str
    ours: bool
    findings: tuple[Finding, ...]


def of_contract_page(place: Place, row: ContractRow) -> Section:
    """The bond of a contract, held by the organisation that lets."""
    ends = min(row.ended or date.max, row.terms.until)
    address = reverse("contract-bond", args=[place.code, row.number])
    return _section(place, "bond", row.payer, ends, address, contract=row.number)


def of_lease_page(place: Place, row: LeaseDetail) -> list[Section]:
    """The bond of a lease, held by the lessor; then those of its sub-leases, held by the organisation."""
    address = reverse("rent-bond", args=[place.code, row.key])
    found = [_section(place, "bond", row.lessor_name, row.terms.until, address, lease=row.key)]
    for change in row.changes:
        if change.kind == "sublease":
            key = change_key(row.key, "sublease", change.day)
            ends = min(filter(None, (change.until, row.terms.until)), default=None)
            address = reverse("sublease-bond", args=[place.code, key])
            found.append(_section(place, f"bond-{change.day}", change.taker, ends, address, sublease=key))
    return found


def _section(place: Place, name: str, party: str, ends: date | None, address: str, **under: str) -> Section:
    moves = bonds.moves(place.id, **under)
    stands, (column,) = bonds.of(moves), under
    findings = bond.findings(column, stands, party, ends, timezone.localdate())
    title = party if column == "sublease" else ""
    return Section(name, title, moves, stands, address, column != "lease", findings)


class BondForm(Coded):
    """What happened to a bond."""

    coded = {
        "act": ("bond_act", bond.ACTS),
        "kind": ("bond_kind", bond.KINDS),
        "by": ("income_into", ("bank", "cash")),
    }
    act = forms.ChoiceField(label=_("What happened"), choices=[])
    kind = forms.ChoiceField(label=_("Kind of bond"), choices=[])
    number = short_text(
        _("Number"), required=True, help_text=_("Of the agreement, the slip or the decision.")
    )
    day = day_field(_("Day"))
    amount = number_field(_("Amount (yuan)"))
    by = forms.ChoiceField(label=_("By"), choices=[])
    decided_by = short_text(_("Decided by"), longest=80, help_text=_("When it is given back or forfeited."))
    grounds = short_text(_("Reason"), longest=300)
    evidence = evidence_field()


def of_contract(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter what happened to the bond of a contract: the organisation holds it."""
    place = access.place(request, code, "enter_facts")
    row = asset_income.contract(place.id, number, timezone.localdate())
    if row is None:
        raise Http404
    back = f"{reverse('contract', args=[place.code, row.number])}#bond"
    return _entered(request, place, back, f"{row.asset} · {row.payer}", contract=row.number)


def of_lease(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Enter what happened to the bond of a lease: the household holds it."""
    place = access.place(request, code, "enter_facts")
    row = leases.lease(place.id, key)
    if row is None:
        raise Http404
    back = f"{reverse('rent-lease', args=[place.code, row.key])}#bond"
    return _entered(request, place, back, f"{row.parcel} · {row.lessor_name}", lease=row.key)


def of_sublease(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Enter what happened to the bond of a sub-lease: the organisation holds it for whoever took the land."""
    place = access.place(request, code, "enter_facts")
    lease, _, day = key.rpartition("-sublease-")
    row = leases.lease(place.id, lease) if lease else None
    change = _sublet(row, day)
    if row is None or change is None:
        raise Http404
    back = f"{reverse('rent-lease', args=[place.code, row.key])}#bond-{change.day}"
    return _entered(request, place, back, f"{row.parcel} · {change.taker}", sublease=key)


def _sublet(row: LeaseDetail | None, day: str) -> ChangeRow | None:
    changes = row.changes if row else ()
    return next((each for each in changes if each.kind == "sublease" and str(each.day) == day), None)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every bond, the last that something happened to first; `?late=1` those kept too long; `?as=csv` or
    `?as=xlsx` gives a file."""
    place, today = access.place(request, code, "read"), timezone.localdate()
    search = request.GET.get("search", "").strip()[:60]
    late = bonds.late(place.id, today)
    only_late = bool(request.GET.get("late"))
    fits = [each for each in late if any(search.casefold() in text.casefold() for text in _texts(each))]
    if request.GET.get("as") in ("csv", "xlsx"):
        rows = fits if only_late else bonds.every(place.id, today, search=search)
        cells = columns.written(COLUMNS, _cells(rows, today))
        return export.as_asked(request.GET["as"], f"{place.code}-bonds", columns.heading(COLUMNS), cells)
    shown, next_after, total = fits, "", len(fits)
    if not only_late:
        after = request.GET.get("after", "")
        shown, next_after, total = bonds.page(place.id, today, search=search, after=after)
    held_fen, given_fen = bonds.held(place.id, today)
    return render(
        request,
        "bonds/list.html",
        {
            "place": place,
            "rows": [(each, _state(each, today)) for each in shown],
            "total": total,
            "next_after": next_after,
            "search": search,
            "late": late,
            "only_late": only_late,
            "held_fen": held_fen,
            "given_fen": given_fen,
            "late_fen": sum(each.bond.held for each in late),
        },
    )


def _texts(row: BondHeld) -> tuple[str, ...]:
    return row.party, row.party_code, row.page, row.about


def _state(row: BondHeld, on: date) -> str:
    """late, held, unpaid, or over once nothing is held of what was paid in."""
    if row.overdue(on):
        return "late"
    if row.bond.held:
        return "held"
    return "over" if row.bond.paid else "unpaid"


def _cells(rows: Iterable[BondHeld], on: date) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {
            "party_code": row.party_code, "party": row.party, "under": row.under, "page": row.page,
            "about": row.about, "kind": row.kind, "holder": "ours" if row.ours else "theirs",
            "agreed": row.bond.agreed, "paid": row.bond.paid, "returned": row.bond.returned,
            "forfeited": row.bond.forfeited, "held": row.bond.held, "ends": row.ends,
            "state": _state(row, on),
        }  # fmt: skip


def _entered(request: HttpRequest, place: Place, back: str, about: str, **of: str) -> HttpResponse:
    if "take_back" in request.POST:
        try:
            mine = bonds.moves(place.id, **of)
            if request.POST["take_back"] not in {each.reference for each in mine}:
                raise Http404
            actions.take_back(
                request.POST["take_back"], request.POST.get("reason", ""), books(request, place, SUBJECT)
            )
        except Refusal as refusal:
            messages.error(request, refusal.say(gettext))
        else:
            messages.success(request, gettext("Taken back. It stays on record."))
        return redirect(back)

    def run(given: Mapping[str, Any]) -> str:
        actions.move(
            actions.Bonding(
                given["number"],
                given["day"],
                given["act"],
                small_units(given["amount"], "yuan"),
                kind=given["kind"],
                by=given["by"],
                decided_by=given["decided_by"],
                grounds=given["grounds"],
                evidence=given["evidence"],
                **of,
            ),
            books(request, place, SUBJECT),
        )
        return back

    form = BondForm(request.POST or None, initial=_begun(request, bonds.moves(place.id, **of)))
    return entering(request, place, form, N_("Enter what happened to the bond"), back, run, about=about)


def _begun(request: HttpRequest, moves: tuple[BondRow, ...]) -> dict[str, Any]:
    """What the form holds at first: `?act=` as the page of the agreement asks for, with all that is left."""
    act, stands = request.GET.get("act", ""), bonds.of(moves)
    left = stands.held if act in ("returned", "forfeited") else stands.unpaid if act == "paid" else 0
    begun = {"day": timezone.localdate(), "amount": str(Fen(left).yuan) if left > 0 else "", "act": act}
    return begun | ({"kind": moves[-1].kind} if moves else {})
