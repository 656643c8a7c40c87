"""Bank accounts: entered by one, approved by another; the number is never shown again."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import bank as acts
from lianjie.facts.actions.bank import AccountGiven
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.queries import bank
from lianjie.facts.queries import fact as facts
from lianjie.facts.rules import bank as rules
from lianjie.pages import access
from lianjie.pages.in_kind_forms import evidence_field, household_field, short_text
from lianjie.pages.settlement_forms import day_field


class AccountForm(forms.Form):
    """An account as on the card or passbook."""

    party = household_field(_("Household, person or this organisation"))
    holder = short_text(
        _("Account holder"),
        required=True,
        longest=60,
        help_text=_("Exactly as on the card or passbook, with its dot."),
    )
    number = short_text(
        _("Account number"),
        required=True,
        longest=40,
        help_text=_("It is kept encrypted; later only the last four digits are shown."),
    )
    bank = short_text(_("Bank and branch"), required=True, longest=80)
    bank_code = short_text(
        _("Routing number"), longest=20, help_text=_("12 digits, where the bank asks for it.")
    )
    day = day_field(_("Used from"))
    evidence = evidence_field()


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """All accounts, those that wait first."""
    place = access.place(request, code, "read")
    search, state = request.GET.get("search", "").strip(), request.GET.get("state", "")
    return render(
        request,
        "payouts/accounts.html",
        {
            "place": place,
            "rows": bank.accounts(place.id, search=search, state=state),
            "search": search,
            "state": state,
            "may_enter": "enter_facts" in place.rights,
            "may_rule": "approve" in place.rights,
        },
    )


def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enter an account; it waits for a second person."""
    place = access.place(request, code, "enter_facts")
    initial = {"day": timezone.localdate(), "party": request.GET.get("party", "")}
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        entry = Entry(place.id, SourceGiven("page", gettext("Bank account")), timezone.now(), request.user.pk)
        try:
            acts.add_account(entry, AccountGiven(**form.cleaned_data))
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            if rules.looks_mistyped(rules.number(form.cleaned_data["number"])):
                messages.warning(
                    request,
                    gettext(
                        "The check digit of this card number does not fit; look at the card again before it"
                        " is approved."
                    ),
                )
            messages.success(
                request, gettext("Entered. Another person must approve it before money is sent there.")
            )
            return redirect("accounts", code)
    return render(
        request,
        "payouts/account.html",
        {"place": place, "form": form, "parties": facts.codes_here(place.id)},
        status=422 if form.errors else 200,
    )


def rule(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Look at one account that waits, beside the one it takes the place of; approve or reject it."""
    place = access.place(request, code, "approve")
    row = bank.account(place.id, key)
    if row is None:
        raise Http404
    problem = None
    if request.method == "POST":
        verdict = "approved" if request.POST.get("verdict") == "approved" else "rejected"
        try:
            acts.rule_account(
                place.id,
                key,
                verdict=verdict,
                reason=request.POST.get("reason", ""),
                at=timezone.now(),
                by=request.user.pk,
            )
        except Refusal as refusal:
            problem = refusal
        else:
            messages.success(request, gettext("Entered."))
            return redirect("accounts", code)
    return render(
        request,
        "payouts/rule_account.html",
        {
            "place": place,
            "row": row,
            "others": [each for each in bank.of_party(place.id, row.party_id) if each.key != key],
            "problem": problem,
        },
        status=422 if problem else 200,
    )
