"""A household reads its own lines and objects, with the code and the number on its statement. No account.

Every code is answered alike until its number is right: the same page and words, whether it exists or not.
What a code opened is remembered in the session for twenty minutes.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from lianjie.base.refusal import Refusal
from lianjie.ledger.actions import objection_code, settlement
from lianjie.ledger.queries import objections, settlements, statements
from lianjie.ledger.queries.statements import ObjectionRow, PartyName
from lianjie.ledger.rules import objection as rules
from lianjie.ledger.rules.explanation import Explanation, explanations
from lianjie.pages.settlement_forms import text_field
from lianjie.pages.settlement_way import attempt, language

OPEN_MINUTES = 20
KEPT = "statement_codes"
"""Name in the session: index of a code -> [settlement, party, open until]."""


class DoorForm(forms.Form):
    """Code and number, as printed."""

    secret = forms.CharField(
        label=_("Code on the statement"),
        max_length=40,
        help_text=_("Twelve letters and digits, beside the square to scan."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    pin = forms.CharField(
        label=_("Number on the statement"),
        max_length=20,
        help_text=_("Six digits, at the very bottom of the last page."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class OwnObjectionForm(forms.Form):
    """The line, and what is wrong."""

    step = forms.ChoiceField(label=_("Line"), required=False)
    text = text_field(_("What is wrong"), length=1000)

    def __init__(self, *args, steps: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = [("", gettext("The whole settlement")), *steps]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Raised:
    """One objection of the household, and what became of it."""

    row: ObjectionRow
    label: str
    standing: objections.Standing


@dataclass(frozen=True)
class OwnLines:
    """What the code opens: this household's lines and nothing of anybody else."""

    organisation: str
    year: int
    state: str
    party: PartyName
    lines: tuple[Explanation, ...]
    total_fen: int
    raised: tuple[Raised, ...]
    takes_objections: bool
    until: date | None


@login_not_required
@never_cache
@sensitive_post_parameters("secret", "pin")
def ask(request: HttpRequest) -> HttpResponse:
    """Code and number typed in by hand."""
    form = DoorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _try(request, form)
    return _gate(request, form)


@login_not_required
@never_cache
@sensitive_post_parameters("secret", "pin")
def door(request: HttpRequest, secret: str) -> HttpResponse:
    """Behind the square on the statement: the number is asked first, then the lines are shown."""
    if "pin" in request.POST:
        form = DoorForm(request.POST)
        return _try(request, form) if form.is_valid() else _gate(request, form)
    opened = _opened(request, secret)
    if opened is None:
        return _gate(request, DoorForm(initial={"secret": rules.grouped(rules.tidy(secret))}))
    if request.POST.get("leave"):
        _forget(request, secret)
        return redirect("code-door")
    return _lines(request, secret, *opened)


def _try(request: HttpRequest, form: DoorForm) -> HttpResponse:
    secret, pin = form.cleaned_data["secret"], form.cleaned_data["pin"]
    try:
        found = objection_code.open_by(
            secret, pin, address=request.META.get("REMOTE_ADDR", ""), at=timezone.now()
        )
    except rules.TriedTooOften as refusal:
        return _gate(request, form, refusal, status=429)
    except rules.CodeDoesNotFit as refusal:
        return _gate(request, form, refusal, status=422)
    until = timezone.now() + timedelta(minutes=OPEN_MINUTES)
    kept = request.session.get(KEPT, {})
    request.session.cycle_key()
    request.session[KEPT] = kept | {found.index: [found.settlement_id, found.party_id, until.isoformat()]}
    return redirect("code", rules.grouped(rules.tidy(secret)))


def _gate(
    request: HttpRequest, form: DoorForm, refusal: Refusal | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "refusals": (refusal,) if refusal else ()}
    return render(request, "disclosure/door.html", context, status=status)


def _opened(request: HttpRequest, secret: str) -> tuple[int, int] | None:
    """Settlement and party that this session opened with this code a short while ago."""
    kept = request.session.get(KEPT, {}).get(objection_code.index_of(secret))
    if kept is None or datetime.fromisoformat(kept[2]) < timezone.now():
        return None
    return kept[0], kept[1]


def _forget(request: HttpRequest, secret: str) -> None:
    kept = request.session.get(KEPT, {})
    kept.pop(objection_code.index_of(secret), None)
    request.session[KEPT] = kept


def _lines(request: HttpRequest, secret: str, settlement_id: int, party_id: int) -> HttpResponse:
    row = settlements.by_id(settlement_id)
    worked = settlements.worked(row)
    party = statements.names([party_id])[party_id]
    told = explanations(
        worked.plan, worked.given, worked.outcome, party.code, language=language(), say=gettext
    )
    lines = tuple(each for each in told if not each.memo and each.amount_fen)
    steps = [(each.step, each.title) for each in lines]
    takes = row.state in ("disclosed", "decided")
    form = OwnObjectionForm(request.POST or None, steps=steps)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and takes and form.is_valid():
        asked = form.cleaned_data
        refusals = attempt(
            lambda: settlement.object_to(
                row, party_id, asked["text"], step_name=asked["step"], at=timezone.now(), by=None
            )
        )
        if not refusals:
            messages.success(request, gettext("Your objection has arrived. Look here again for the answer."))
            return redirect("code", secret)
    labels = {each.name: worked.plan.named(each.name, language(), gettext) for each in worked.plan.steps}
    standing = objections.standing(row.id, timezone.localdate())
    own = OwnLines(
        organisation=row.organisation_name,
        year=row.year,
        state=row.state,
        party=party,
        lines=lines,
        total_fen=sum(each.amount_fen for each in lines),
        raised=tuple(
            Raised(each, labels.get(each.step_name, ""), standing[each.id])
            for each in statements.objections(row.id, [party_id])
        ),
        takes_objections=takes,
        until=row.objections_until,
    )
    context = {"own": own, "form": form, "refusals": refusals}
    return render(request, "disclosure/own.html", context, status=422 if refusals else 200)
