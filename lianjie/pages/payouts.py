"""Batches of payments: made, approved by another, sent, answered; cash signed for; equal to the books."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.queries import bank
from lianjie.ledger import banks
from lianjie.ledger.actions import payouts as acts
from lianjie.ledger.queries import payables, payouts, statements
from lianjie.ledger.queries.payables import PURPOSE_WORDS
from lianjie.ledger.queries.payouts import BatchRow
from lianjie.pages import access, columns, export
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.format import yuan
from lianjie.pages.in_kind_forms import short_text
from lianjie.pages.settlement_forms import day_field
from lianjie.pages.words import WORDS

SHOWN = 200
LINES = (
    Column("identity", N_("Payment"), "code"),
    Column("party_code", N_("Party code")),
    Column("party", N_("Household")),
    Column("village", N_("Village")),
    Column("fen", N_("Amount (yuan)"), "yuan"),
    Column("holder", N_("Account holder")),
    Column("bank", N_("Bank")),
    Column("end", N_("Last digits")),
    Column("state", N_("State"), "word:line_state"),
    Column("reason", N_("Reason")),
    Column("settled_day", N_("Paid on"), "day"),
    Column("evidence", N_("Evidence")),
)


class MakeForm(forms.Form):
    """What to pay, how and when."""

    purpose = forms.ChoiceField(label=_("What for"))
    method = forms.ChoiceField(label=_("How"))
    layout = forms.ChoiceField(label=_("Layout of the bank's file"), required=False)
    day = day_field(_("To be paid on"))
    note = short_text(
        _("What the passbook shows"), longest=20, help_text=_("Short; most banks show 10 characters.")
    )

    def __init__(self, *args, owed: dict[str, int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [  # type: ignore[attr-defined]
            (name, f"{gettext(PURPOSE_WORDS[name])} · {yuan(fen)}") for name, fen in owed.items()
        ]
        self.fields["method"].choices = [(m, gettext(WORDS["method"][m])) for m in ("bank", "cash")]  # type: ignore[attr-defined]
        language = get_language() or "zh-hans"
        self.fields["layout"].choices = [(c, of.named(language)) for c, of in banks.layouts().items()]  # type: ignore[attr-defined]


class RuleForm(forms.Form):
    """A checker's word."""

    reason = short_text(_("Reason"), longest=300, help_text=_("Needed for a rejection."))


class AnswerForm(forms.Form):
    """The bank's answer."""

    file = forms.FileField(label=_("The bank's answer"))
    day = day_field(_("Paid on"))


class HandForm(forms.Form):
    """What became of lines, entered by hand."""

    day = day_field(_("Paid, or came back, on"))
    evidence = short_text(_("Evidence, or why it failed"), longest=200, required=True)


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """All batches, what is owed by purpose, what waits for a second person, and the reconciliation."""
    place = access.place(request, code, "read")
    return render(
        request,
        "payouts/list.html",
        {
            "place": place,
            "rows": payouts.batches(place.id),
            "owed": [(name, gettext(words), _owed(place.id)[name]) for name, words in PURPOSE_WORDS.items()],
            "elsewhere_until": payables.elsewhere_until(place.id),
            "overpaid": _overpaid(place.id),
            "reconciled": payouts.reconciled(place.id),
            "accounts_waiting": bank.waiting(place.id),
            "may_make": _may(place),
        },
    )


def make(request: HttpRequest, code: str) -> HttpResponse:
    """Make a batch of everybody owed something for one purpose."""
    place = access.place(request, code, "settle")
    owed = {name: fen for name, fen in _owed(place.id).items() if fen}
    form = MakeForm(request.POST or None, owed=owed, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = acts.make(place.id, at=timezone.now(), by=request.user.pk, **said)
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            out = len(made.left_out)
            if out:
                told = ngettext(
                    "{count} household is not in it; see below why.",
                    "{count} households are not in it; see below why.",
                    out,
                )
                messages.warning(request, told.format(count=out))
                request.session["left_out"] = [[e.party_id, e.fen, e.why] for e in made.left_out[:SHOWN]]
            return redirect("payout", code, made.number)
    return render(
        request,
        "payouts/make.html",
        {"place": place, "form": form, "owed": owed},
        status=422 if form.errors else 200,
    )


def one(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """A batch with its lines; `?as=xlsx` and `?as=csv` give them with masked accounts."""
    place, row = _opened(request, code, number)
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        asked = {name: request.GET.get(name, "").strip() for name in ("search", "state")}
        cells = ({**each.__dict__} for each in payouts.lines(place.id, number, **asked))
        return export.as_asked(
            wanted, f"{place.code}-payout-{number}", columns.heading(LINES), columns.written(LINES, cells)
        )
    return render(request, "payouts/batch.html", _context(request, place, row))


def rule(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Approve or reject: by somebody else than the maker, with a fresh second factor."""
    place, row = _opened(request, code, number, "approve")
    form = RuleForm(request.POST or None)

    def run() -> None:
        verdict = "approved" if request.POST.get("verdict") == "approved" else "rejected"
        reason = form.cleaned_data["reason"]
        acts.approve(place.id, number, verdict=verdict, reason=reason, at=timezone.now(), by=request.user.pk)

    return _acted(request, place, row, form, run, rule_form=form)


def file(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The file for the bank. It holds account numbers in full, so it is sent to nobody but its cashier."""
    place, row = _opened(request, code, number, "pay")
    if request.method != "POST":
        return redirect("payout", code, number)
    try:
        name, data = acts.export(place.id, number, at=timezone.now(), by=request.user.pk)
    except (Refusal, Refusals) as problem:
        return render(
            request, "payouts/batch.html", _context(request, place, row) | _refused(problem), status=422
        )
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def answer(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Read the bank's answer: settled lines are booked, failed ones owe again."""
    place, row = _opened(request, code, number, "pay")
    form = AnswerForm(request.POST or None, request.FILES or None, auto_id="answer_%s")

    def run() -> None:
        given = form.cleaned_data["file"]
        how = {"day": form.cleaned_data["day"], "at": timezone.now(), "by": request.user.pk}
        found = acts.read_answer(place.id, number, given.read(), **how)
        told = gettext("{settled} paid, {failed} failed.").format(**found)
        again = gettext("Nothing new: this answer was read before.")
        messages.success(request, told if any(found.values()) else again)

    return _acted(request, place, row, form, run, answer_form=form)


def by_hand(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Enter chosen lines as paid, with their evidence, as failed, or as money that came back."""
    place, row = _opened(request, code, number, "pay")
    form = HandForm(request.POST or None, auto_id="hand_%s")
    chosen = request.POST.getlist("line")

    @transaction.atomic
    def run() -> None:
        said, how = form.cleaned_data, {"at": timezone.now(), "by": request.user.pk}
        if request.POST.get("became") == "failed":
            for identity in chosen:
                acts.fail(place.id, number, identity, reason=said["evidence"], **how)
        elif request.POST.get("became") == "came_back":
            for identity in chosen:
                acts.came_back(place.id, number, identity, evidence=said["evidence"], day=said["day"], **how)
        else:
            acts.settle(place.id, number, chosen, evidence=said["evidence"], day=said["day"], **how)

    return _acted(request, place, row, form, run, hand_form=form)


def close(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """All lines have an end."""
    place, row = _opened(request, code, number, "pay")
    return _acted(
        request, place, row, None, lambda: acts.close(place.id, number, at=timezone.now(), by=request.user.pk)
    )


def sheet(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The sheet that households sign for cash, to be printed."""
    place, row = _opened(request, code, number)
    return render(
        request,
        "payouts/sheet.html",
        {
            "place": place,
            "batch": row,
            "lines": payouts.lines(place.id, number),
            "today": timezone.localdate(),
        },
    )


def _opened(request: HttpRequest, code: str, number: int, right: str = "read") -> tuple[Place, BatchRow]:
    place = access.place(request, code, right)
    row = payouts.batch(place.id, number)
    if row is None:
        raise Http404
    return place, row


def _acted(
    request: HttpRequest,
    place: Place,
    row: BatchRow,
    form: forms.Form | None,
    run: Callable[[], None],
    **more: object,
) -> HttpResponse:
    """Do it and come back to the batch; or the batch with the refusal on it."""
    if request.method != "POST":
        return redirect("payout", place.code, row.number)
    problem: dict[str, object] = {}
    if form is None or form.is_valid():
        try:
            run()
        except (Refusal, Refusals) as refusal:
            problem = _refused(refusal)
        else:
            messages.success(request, gettext("Entered."))
            return redirect("payout", place.code, row.number)
    context = _context(request, place, row) | more | problem
    return render(request, "payouts/batch.html", context, status=422)


def _context(request: HttpRequest, place: Place, row: BatchRow) -> dict[str, object]:
    today = timezone.localdate()
    sent = row.state == "exported" or (row.state == "approved" and row.method == "cash")
    left_out = request.session.pop("left_out", [])
    named = statements.names(party for party, _, _ in left_out)
    asked = {name: request.GET.get(name, "").strip() for name in ("search", "state", "after")}
    lines = payouts.lines(place.id, row.number, **asked, limit=SHOWN + 1)
    unlike = payouts.differences(place.id, row.number) if row.state == "draft" else []
    return asked | {
        "place": place,
        "batch": row,
        "lines": lines[:SHOWN],
        "next_after": lines[SHOWN - 1].identity if len(lines) > SHOWN else "",
        "events": payouts.events(place.id, row.number),
        "disputed": payouts.disputed(place.id, row.number) if row.state == "draft" else [],
        "differences": unlike[:SHOWN],
        "more_differences": len(unlike[SHOWN:]),
        "left_out": [
            (named[party].code, named[party].name, fen, why) for party, fen, why in left_out if party in named
        ],
        "layout_name": banks.layout(row.layout).named(get_language() or "en") if row.layout else "",
        "rule_form": RuleForm(),
        "answer_form": AnswerForm(initial={"day": today}, auto_id="answer_%s"),
        "hand_form": HandForm(initial={"day": today}, auto_id="hand_%s"),
        "may_rule": row.state == "draft" and "approve" in place.rights and row.made_by_id != request.user.pk,
        "may_file": row.method == "bank" and row.state in ("approved", "exported") and "pay" in place.rights,
        "may_answer": row.method == "bank" and row.state == "exported" and "pay" in place.rights,
        "may_hand": row.waiting > 0 and "pay" in place.rights and sent,
        "may_take_back": row.method == "bank" and row.settled_fen > 0 and "pay" in place.rights,
        "may_close": row.waiting == 0 and row.state in ("approved", "exported") and "pay" in place.rights,
    }


def _refused(problem: Refusal | Refusals) -> dict[str, object]:
    return {"refusals": problem.refusals if isinstance(problem, Refusals) else (problem,)}


def _owed(organisation_id: int) -> dict[str, int]:
    return {name: sum(each.fen for each in payables.items(organisation_id, name)) for name in PURPOSE_WORDS}


def _overpaid(organisation_id: int) -> list[tuple[str, str, str, int]]:
    found = [
        each
        for name in PURPOSE_WORDS
        if name != "settlement"
        for each in payables.overpaid(organisation_id, name)
    ]
    named = statements.names(each.party_id for each in found)
    return [(named[each.party_id].code, named[each.party_id].name, each.source, each.fen) for each in found]


def _may(place: Place) -> bool:
    return "settle" in place.rights
