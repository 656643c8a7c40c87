"""Loans in kind: the list, one loan's page, and its verbs. Nothing is decided here."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.quantity import small_units
from lianjie.base.quantity import unit as unit_of
from lianjie.base.words import N_
from lianjie.facts.actions import in_kind as acts
from lianjie.facts.queries import in_kind as queries
from lianjie.facts.queries import stock
from lianjie.facts.queries.in_kind import LoanRow
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules.in_kind import Goods
from lianjie.pages import access, columns, export, in_kind_forms
from lianjie.pages.access import Place
from lianjie.pages.as_of import day_asked
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering, taking_back
from lianjie.pages.format import quantity, word

SUBJECT = N_("Loans and stock")
COLUMNS = (
    Column("number", N_("Number"), "code"),
    Column("party_code", N_("Party code")),
    Column("party", N_("Borrower")),
    Column("village", N_("Village")),
    Column("day", N_("Lent on"), "day"),
    Column("lot", N_("From lot"), "code"),
    Column("lent_good", N_("Good")),
    Column("lent", N_("Lent"), "quantity"),
    Column("owed_good", N_("Good returned")),
    Column("owed", N_("To return"), "quantity"),
    Column("returned", N_("Came back"), "quantity"),
    Column("forgiven", N_("Written off"), "quantity"),
    Column("outstanding", N_("Still owed"), "quantity"),
    Column("due", N_("Due"), "day"),
    Column("season", N_("Due season")),
    Column("area", N_("Planted with it (mu)"), "mu"),
    Column("state", N_("State"), "word:loan_state"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Loans, searched and narrowed, today or on `?on=`; `?as=csv` or `?as=xlsx` gives all of them."""
    place, on = access.place(request, code, "read"), day_asked(request)
    state = request.GET.get("state", "")
    asked = {
        "search": request.GET.get("search", "").strip()[:60],
        "state": state if state in queries.STATES else "",
    }
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = (_cells(row) for row in queries.every(place.id, on, **asked))
        return export.as_asked(
            wanted, f"{place.code}-loans", columns.heading(COLUMNS), columns.written(COLUMNS, rows)
        )
    page = queries.page(place.id, on, **asked, after=request.GET.get("after", ""))
    return render(
        request,
        "in_kind/list.html",
        {
            "place": place,
            "page": page,
            "asked": asked,
            "states": queries.STATES,
            "on": on,
            "may_enter": "enter_facts" in place.rights,
        },
    )


def _cells(row: LoanRow) -> dict[str, Any]:
    unit = row.terms.returns.unit
    now = row.standing
    return {
        "number": row.number,
        "party_code": row.borrower_code,
        "party": row.borrower,
        "village": row.village,
        "day": row.terms.day,
        "lot": row.lot,
        "lent_good": row.terms.lent.good,
        "lent": (row.terms.lent.quantity, row.terms.lent.unit),
        "owed_good": row.terms.returns.good,
        "owed": (now.owed, unit),
        "returned": (now.returned, unit),
        "forgiven": (now.forgiven, unit),
        "outstanding": (now.outstanding, unit),
        "due": now.due,
        "season": row.season,
        "area": row.area_mu4,
        "state": row.state,
    }


def one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One loan: what was agreed, what is owed in kind and when, and everything that happened."""
    place, row = _opened(request, code, number)
    return render(
        request,
        "in_kind/loan.html",
        {
            "place": place,
            "loan": row,
            "story": queries.story(row),
            "findings": rules.check(row.terms),
            "may_enter": "enter_facts" in place.rights,
            "may_decide": "decide" in place.rights,
            "may_ask": _may_ask(place, row) and not row.standing.asked and row.standing.outstanding,
        },
    )


def lend(request: HttpRequest, code: str) -> HttpResponse:
    """Lend from a lot."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    lots = {row.number: row for row in stock.available(place.id, today)}
    initial = {"day": today, "lot": request.GET.get("lot", "")}
    form = in_kind_forms.LendForm(request.POST or None, initial=initial, lots=lots.values())

    def run(given: Mapping[str, Any]) -> str:
        unit = lots[given["lot"]].goods.unit
        acts.lend(
            acts.Lending(
                given["number"],
                given["day"],
                given["borrower"],
                given["lot"],
                small_units(given["quantity"], unit),
                given["due_day"],
                given["rule"],
                _ratio(given["ratio"], rules.ONE if given["rule"] == "same" else 0),
                given["owed_good"],
                given["owed_unit"],
                given["season"],
                small_units(given["area"] or "0", "mu"),
                given["substitute"],
                given["substitute_unit"],
                _ratio(given["substitute_ratio"], 0),
                given["disease"],
                given["disaster"],
                given["negligence"],
                given["evidence"],
            ),
            books(request, place, SUBJECT),
        )
        return reverse("loan", args=[place.code, given["number"]])

    return entering(request, place, form, N_("Lend in kind"), reverse("loans", args=[place.code]), run)


def give_back(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Goods come back: all, or a part."""
    place, row = _opened(request, code, number, "enter_facts")
    terms = row.terms
    goods = {terms.returns.good: terms.returns.unit}
    choices = [(terms.returns.good, f"{terms.returns.good} · {word(terms.returns.unit, 'good_unit')}")]
    if terms.substitute:
        goods[terms.substitute], paid = terms.substitute_unit, row.substitute_pays
        name = f"{terms.substitute} · {word(terms.substitute_unit, 'good_unit')}"
        pays = gettext("one unit of it pays:")
        choices.append((terms.substitute, f"{name} ({pays} {quantity(paid.quantity, paid.unit)})"))
    form = in_kind_forms.ReturnForm(
        request.POST or None, initial={"day": timezone.localdate()}, goods=choices
    )

    def run(given: Mapping[str, Any]) -> str:
        unit = goods[given["good"]]
        brought = Goods(given["good"], unit, small_units(given["quantity"], unit))
        acts.give_back(
            acts.Returning(
                given["receipt"], given["day"], row.number, brought, given["into"], given["grade"],
                given["evidence"],
            ),
            books(request, place, SUBJECT),
        )  # fmt: skip
        return _address(place, row)

    return _step(request, place, form, N_("Take back what was lent"), row, run)


def ask(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The household asks for more time: by itself, or through whoever enters facts."""
    place, row = _opened(request, code, number)
    if not _may_ask(place, row):
        raise PermissionDenied("enter_facts")
    form = in_kind_forms.AskForm(
        request.POST or None, initial={"day": timezone.localdate(), "number": _next(row, "Y")}
    )

    def run(given: Mapping[str, Any]) -> str:
        area = small_units(given["area"] or "0", "mu")
        asking = acts.Asking(
            given["number"], given["day"], row.number, given["until"], area, given["wish"], given["evidence"]
        )
        acts.ask_deferral(asking, books(request, place, SUBJECT))
        return _address(place, row)

    return _step(request, place, form, N_("Ask to return later"), row, run)


def lose(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Part of what is owed was lost; it stays owed until a person decides."""
    place, row = _opened(request, code, number, "enter_facts")
    form = in_kind_forms.LossForm(
        request.POST or None, initial={"day": timezone.localdate(), "number": _next(row, "S")}
    )

    def run(given: Mapping[str, Any]) -> str:
        quantity = small_units(given["quantity"], row.terms.returns.unit)
        losing = acts.Losing(
            given["number"], given["day"], row.number, given["cause"], quantity, given["account"],
            given["evidence"],
        )  # fmt: skip
        acts.report_loss(losing, books(request, place, SUBJECT))
        return _address(place, row)

    return _step(request, place, form, N_("Report a loss"), row, run)


def decide(request: HttpRequest, code: str, number: str, reference: str) -> HttpResponse:
    """A person decides a deferral or a loss, under their name and with a reason."""
    place, row = _opened(request, code, number, "decide")
    event = next((each for each in queries.story(row) if each.reference == reference and each.open), None)
    if event is None:
        raise Http404
    deferral = event.kind == "asked"
    name = request.user.get_full_name()
    initial = {"day": timezone.localdate(), "number": _next(row, "P"), "person_name": name}
    form: forms.Form
    if deferral:
        form = in_kind_forms.DecideDeferralForm(
            request.POST or None, initial=initial | {"until": event.until}
        )
    else:
        # What the agreement says stands there; who decides may decide otherwise.
        bearer = dict(row.bearers).get(event.cause)
        if event.quantity and bearer in ("lender", "borrower"):
            borne = event.quantity.quantity if bearer == "lender" else 0
            initial["forgiven"] = f"{Decimal(borne) / int(unit_of(event.quantity.unit).small):f}"
        form = in_kind_forms.DecideLossForm(request.POST or None, initial=initial)

    def run(given: Mapping[str, Any]) -> str:
        granted = deferral and given["answer"] == "granted"
        if granted and not given["until"]:
            raise rules.DeferralNotLater(due=row.standing.due, asked="–")
        forgiven = 0 if deferral else small_units(given["forgiven"], row.terms.returns.unit)
        deciding = acts.Deciding(
            given["number"], given["day"], row.number, reference, given["person_name"], given["grounds"],
            given["until"] if granted else None, forgiven, given["evidence"],
        )  # fmt: skip
        acts.decide(deciding, books(request, place, SUBJECT))
        return _address(place, row)

    title = N_("Decide a deferral") if deferral else N_("Decide who bears a loss")
    return _step(request, place, form, title, row, run, event=event)


def take_back(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Withdraw an entry of a loan or of the stock; to correct it, enter it anew afterwards."""
    return taking_back(request, code, reference, SUBJECT, "loans", acts.take_back)


def _step(
    request: HttpRequest,
    place: Place,
    form: forms.Form,
    title: str,
    row: LoanRow,
    run: Callable[[Mapping[str, Any]], str],
    event: object = None,
) -> HttpResponse:
    """A form of one loan, which says what is still owed above it."""
    more = {"template": "in_kind/form.html", "loan": row, "of": row.number, "event": event}
    return entering(request, place, form, title, _address(place, row), run, **more)


def _opened(request: HttpRequest, code: str, number: str, right: str = "") -> tuple[Place, LoanRow]:
    """The loan, if the reader may see it: its own, or any with the right to read."""
    place = access.place(request, code, right or "read_own")
    row = queries.loan(place.id, number, timezone.localdate())
    if row is None or not (place.reads or row.borrower_id in place.own):
        raise Http404
    return place, row


def _may_ask(place: Place, row: LoanRow) -> bool:
    return "enter_facts" in place.rights or row.borrower_id in place.own


def _address(place: Place, row: LoanRow) -> str:
    return reverse("loan", args=[place.code, row.number])


def _next(row: LoanRow, letter: str) -> str:
    """The number of a loan's next step: sent twice by mistake, it is entered once."""
    return f"{row.number}-{letter}{queries.entered(row.id) + 1}"


def _ratio(text: str, otherwise: int) -> int:
    """A plain decimal as millionths."""
    return rules.ratio_of(text) if text else otherwise
