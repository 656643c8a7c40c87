"""Enter one fact, look at one with its history, correct it, take it back."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.enter import Entered, SourceGiven, enter
from lianjie.facts.actions.withdraw import withdraw
from lianjie.facts.queries import disputes
from lianjie.facts.queries import fact as facts
from lianjie.facts.queries.fact import FactDetail
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.schema import Sheet
from lianjie.facts.rules.sheets import BY_CODE
from lianjie.ledger.actions.posting import post
from lianjie.ledger.queries import journal
from lianjie.pages import access, fact_form, fact_history, fact_words
from lianjie.pages.access import Place
from lianjie.pages.entering import told_if_late

LISTS = {
    "parties": "households",
    "people": "households",
    "members": "members",
    "agreements": "agreements",
    "contributions": "contributions",
    "land": "leases",
    "deliveries": "deliveries",
    "tallies": "tallies",
    "posts": "posts",
    "links": "organisation",
    "figures": "organisation",
}
"""Sheet -> the page that lists its rows, for sheets people enter one by one."""


class AlreadyEntered(Refusal):
    what = N_("This is already entered with another content.")
    fix = N_("Open the fact in its register and correct it there, or give this one another number or day.")


class NothingToCorrect(Refusal):
    what = N_("Nothing was changed.")
    fix = N_("Change what is wrong, or go back.")


def new(request: HttpRequest, code: str, sheet: str) -> HttpResponse:
    """Add one fact. A number or day that is known with another content is refused, never overwritten."""
    place = access.place(request, code, "enter_facts")
    described = BY_CODE.get(sheet)
    if described is None or sheet not in LISTS:
        raise Http404
    today = timezone.localdate()
    form = fact_form.form_of(
        described, initial=_begin(sheet, request), data=request.POST or None, year=today.year
    )
    if request.method == "POST" and form.is_valid():
        try:
            entered = add(request, place, described, form.cleaned_data)
        except Refusal as refusal:
            fact_form.show(form, described, refusal)
        else:
            text = (
                gettext("Entered.") if entered.new else gettext("This was entered before; nothing changed.")
            )
            messages.success(request, text)
            again = "again" in request.POST
            return redirect(request.path) if again else redirect(LISTS[sheet], place.code)
    return _form(request, place, described, form, list_name=LISTS[sheet])


def add(request: HttpRequest, place: Place, sheet: Sheet, cells: Mapping[str, object]) -> Entered:
    """Enter one row, its cells as people write them. Refuses with Refusals, or AlreadyEntered.

    The same row again is the same fact: `entered.new` is 0 and nothing is written.
    """
    book = fact_form.book_of(place.id, sheet, cells, timezone.localdate())
    return _enter(request, place, sheet, book, name=sheet.caption.named("zh-hans"))


def one(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """A fact as it stands and every version before; a household reads those about itself."""
    place = access.place(request, code, "read_own")
    if reference.partition(":")[0] not in facts.TABLES:
        return fact_history.one(request, place, reference)
    if not place.reads and facts.party_of(place.id, reference) not in place.own:
        raise PermissionDenied(reference)
    found = _found(place, reference)
    columns = [
        (column.caption.named(fact_form.language()), _shown(column, found.cells[column.code]))
        for column in found.sheet.columns
    ]
    return render(
        request,
        "facts/one.html",
        {
            "place": place,
            "fact": found,
            "title": found.sheet.caption.named(fact_form.language()),
            "columns": [pair for pair in columns if pair[1]],
            "versions": [_changes(found, at) for at in range(len(found.versions))],
            "entries": journal.of_facts(place.id, [version.reference for version in found.versions]),
            "list_name": LISTS.get(found.sheet.code, "organisation"),
            "may_enter": "enter_facts" in place.rights and found.standing,
            "disputed": found.kind == "delivery"
            and reference.partition(":")[2].partition("~")[0] in disputes.open_keys(place.id),
        },
    )


def correct(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Enter the fact as it should have been: a new version with a reason; the old one stays."""
    place = access.place(request, code, "enter_facts")
    found = _standing(place, reference)
    sheet = found.sheet
    # An amount that was counted is counted again from the corrected weight and price.
    initial = found.cells | ({"amount_fen": ""} if sheet.code == "deliveries" else {})
    fixed = (*sheet.key, "year")
    form = fact_form.form_of(sheet, initial=initial, data=request.POST or None, fixed=fixed, year=found.year)
    reason = request.POST.get("reason", "").strip()
    if request.method == "POST" and form.is_valid():
        try:
            values = found.cells | form.cleaned_data
            book = fact_form.book_of(place.id, sheet, values, timezone.localdate())
            name = gettext("Correction: {reason}").format(reason=reason)
            _enter(request, place, sheet, book, name=name, correcting=True)
        except Refusal as refusal:
            fact_form.show(form, sheet, refusal)
        else:
            messages.success(request, gettext("Corrected. The former version is kept."))
            return redirect(LISTS[sheet.code], place.code)
    return _form(request, place, sheet, form, list_name=LISTS[sheet.code], fact=found, reason=reason)


def take_back(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Withdraw a fact that should never have been entered; it stays on record with the reason."""
    place = access.place(request, code, "enter_facts")
    found = _standing(place, reference)
    refusals = []
    if request.method == "POST":
        try:
            with told_if_late(request, place):
                withdraw(
                    reference,
                    organisation_id=place.id,
                    reason=request.POST.get("reason", ""),
                    source=SourceGiven("page", gettext("Withdrawal")),
                    by=request.user.pk,
                    at=timezone.now(),
                    post=post,
                )
        except Refusal as refusal:
            refusals = [refusal]
        else:
            messages.success(request, gettext("Withdrawn. It stays on record."))
            return redirect(LISTS[found.sheet.code], place.code)
    taken = fact_words.in_a_line(place.id, reference)
    shown = {"place": place, "fact": found, "refusals": refusals, "taken": taken}
    return render(request, "facts/withdraw.html", shown)


def _enter(
    request: HttpRequest, place: Place, sheet: Sheet, book: Book, *, name: str, correcting: bool = False
) -> Entered:
    """Through the one door; rolled back when an addition would correct, or a correction change nothing."""
    with told_if_late(request, place), transaction.atomic():
        entered = enter(
            book, source=SourceGiven("page", name[:200]), by=request.user.pk, at=timezone.now(), post=post
        )
        if correcting and not entered.corrected:
            raise NothingToCorrect
        if not correcting and entered.corrected and sheet.code not in ("parties", "people"):
            raise AlreadyEntered
    return entered


def _form(request: HttpRequest, place: Place, sheet: Sheet, form, **more: object) -> HttpResponse:
    return render(
        request,
        "facts/form.html",
        {
            "place": place,
            "form": form,
            "title": sheet.caption.named(fact_form.language()),
            "help": gettext(sheet.help),
            "parties": facts.codes_here(place.id),
        }
        | more,
        status=422 if form.errors else 200,
    )


def _begin(sheet: str, request: HttpRequest) -> dict[str, str]:
    """What a new form already knows: nothing is asked twice."""
    today = timezone.localdate().isoformat()
    begin = {"day": today, "is_farmer": "yes", "consent": "signed", "extent_basis": "contract"}
    if sheet == "parties":
        begin |= {"kind": "household", "status": "ordinary", "status_day": today}
    return begin | {
        name: request.GET[name] for name in ("household", "member", "party") if name in request.GET
    }


def _found(place: Place, reference: str) -> FactDetail:
    found = facts.fact(place.id, reference)
    if found is None:
        raise Http404
    return found


def _standing(place: Place, reference: str) -> FactDetail:
    found = _found(place, reference)
    if not found.standing or found.sheet.code not in LISTS:
        raise Http404
    return found


def _shown(column, text: str) -> str:
    """A cell's text with choices in the reader's words."""
    for choice in column.choices:
        if choice.value == text:
            return choice.caption.named(fact_form.language())
    return text


def _changes(found: FactDetail, at: int) -> dict[str, object]:
    """A version, with the columns in which it differs from the one before."""
    version = found.versions[at]
    before = found.versions[at - 1].cells if at else {}
    changed = [
        (
            column.caption.named(fact_form.language()),
            _shown(column, before[column.code]),
            _shown(column, version.cells[column.code]),
        )
        for column in found.sheet.columns
        if at and before[column.code] != version.cells[column.code]
    ]
    return {"version": version, "changed": changed, "number": at + 1}
