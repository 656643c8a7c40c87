"""A land right put in as capital: what it is worth for the years left, entered as a contribution."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.fen import Fen
from lianjie.facts.queries import rents as leases
from lianjie.facts.queries.rents import LeaseDetail
from lianjie.facts.rules.asset_income import years_on
from lianjie.facts.rules.draft import ONE_DAY
from lianjie.facts.rules.rent_terms import land_value
from lianjie.facts.rules.sheets import BY_CODE
from lianjie.pages import access
from lianjie.pages.entering import entering_at
from lianjie.pages.facts import add
from lianjie.pages.format import mu, yuan
from lianjie.pages.offtake_forms import fen
from lianjie.pages.offtake_forms import yuan as yuan_field
from lianjie.pages.rents import trail
from lianjie.pages.settlement_forms import day_field


class ValueForm(forms.Form):
    """What the right to a parcel is worth."""

    day = day_field(_("Put in on"), _("The years are counted from this day."))
    price = yuan_field(
        _("Worth of a mu for a year (yuan)"), help_text=_("As the assembly or an appraiser valued it.")
    )
    years = forms.IntegerField(
        label=_("Years"),
        min_value=1,
        max_value=70,
        help_text=_("No more than the years left of the household's contract; nothing is discounted."),
    )
    shares = forms.DecimalField(
        label=_("Shares"), min_value=0, max_digits=12, decimal_places=4, required=False
    )
    receipt = forms.CharField(label=_("Contribution no."), max_length=40)
    evidence = forms.CharField(
        label=_("Evidence"), help_text=_("The resolution or the report that valued it."), max_length=160
    )


def value(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Value the right to a parcel and enter it as the household's capital: extent x price x years."""
    place = access.place(request, code, "enter_facts")
    found = leases.lease(place.id, key)
    if found is None:
        raise Http404
    first = {"day": found.terms.start, "years": _left(found) or None, "receipt": f"ZJ-{found.parcel}"[:40]}
    form = ValueForm(request.POST or None, initial=first)
    at = trail(place, found)

    def run(said: Mapping[str, Any]) -> str:
        worth = land_value(found.terms, found.contract_until, said["day"], said["years"], fen(said["price"]))
        how = f"{mu(found.terms.extent_mu4)} mu × {yuan(fen(said['price']))} × {said['years']}"
        cells = {
            "receipt": said["receipt"],
            "day": said["day"].isoformat(),
            "member": found.terms.lessor,
            "origin": "land_right",
            "amount_fen": str(Fen(worth).yuan),
            "shares_e4": str(said["shares"] or ""),
            "agreement": "",
            "right_until_day": (years_on(said["day"], said["years"]) - ONE_DAY).isoformat(),
            "evidence": f"{said['evidence']} · {found.parcel}: {how}",
        }
        add(request, place, BY_CODE["contributions"], cells)
        return at[-1][0]

    return entering_at(request, place, form, gettext("Value as capital"), at, run, of=found.parcel)


def _left(found: LeaseDetail) -> int:
    """Whole years from the first day to the end of the lease and of the household's contract."""
    ends = [day for day in (found.terms.until, found.contract_until) if day is not None]
    years = 0
    while ends and years < 70 and years_on(found.terms.start, years + 1) <= min(ends):
        years += 1
    return years
