"""A bond under a contract or lease: agreed, paid in, given back or forfeited, and by whose decision."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.quantity import small_units
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import bond as actions
from lianjie.facts.queries import asset_income, bonds
from lianjie.facts.queries import rents as leases
from lianjie.facts.rules import bond
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.assets_forms import Coded
from lianjie.pages.entering import books, entering
from lianjie.pages.in_kind_forms import evidence_field, number_field, short_text
from lianjie.pages.settlement_forms import day_field

SUBJECT = N_("Bond")


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
    back = reverse("contract", args=[place.code, row.number])
    return _entered(request, place, back, f"{row.asset} · {row.payer}", contract=row.number)


def of_lease(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Enter what happened to the bond of a lease: the household holds it."""
    place = access.place(request, code, "enter_facts")
    row = leases.lease(place.id, key)
    if row is None:
        raise Http404
    back = reverse("rent-lease", args=[place.code, row.key])
    return _entered(request, place, back, f"{row.parcel} · {row.lessor_name}", lease=row.key)


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
        return redirect(f"{back}#bond")

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
        return f"{back}#bond"

    form = BondForm(request.POST or None, initial={"day": timezone.localdate()})
    return entering(request, place, form, N_("Enter what happened to the bond"), back, run, about=about)
