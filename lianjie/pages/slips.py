"""Receipts in the hand of whoever brought or got goods: on the page, as text, as a picture, on A6 paper."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.facts.queries import in_kind as loans
from lianjie.facts.queries import stock as stocks
from lianjie.facts.queries import work
from lianjie.facts.queries.growing import Receipt
from lianjie.facts.queries.in_kind import LoanRow
from lianjie.facts.rules import work as rules
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.documents.slip import Pair, Slip, slip_pdf, slip_png
from lianjie.pages import access
from lianjie.pages import format as told
from lianjie.pages.access import Place
from lianjie.pages.settlement_way import language


def as_asked(request: HttpRequest, slip: Slip, name: str) -> HttpResponse | None:
    """The receipt as text, picture or paper, when `?as=` asks for it."""
    wanted = request.GET.get("as", "")
    if wanted == "txt":
        context = {"slip": slip}
        return render(request, "parts/slip.txt", context, content_type="text/plain; charset=utf-8")
    if wanted not in ("png", "pdf"):
        return None
    make, kind = (slip_png, "image/png") if wanted == "png" else (slip_pdf, "application/pdf")
    made = HttpResponse(make(slip, language=language(), say=gettext), content_type=kind)
    made["Content-Disposition"] = f'inline; filename="{name}.{wanted}"'
    return made


def weighed(place: Place, of: Receipt) -> Slip:
    """A load on the scale: every figure from the gross weight to the amount."""
    w, net = of.weighing, of.weight
    pairs = [
        Pair(gettext("Grower"), f"{of.household} {of.household_code}"),
        Pair(gettext("Base and plot"), f"{of.base} {of.plot}"),
        Pair(gettext("Good"), f"{of.good} {of.grade}".strip()),
        Pair(gettext("Gross (kg)"), told.kg(w.gross_grams)),
        Pair(gettext("Tare (kg)"), told.kg(net.tare)),
        Pair(gettext("Impurity (%)"), _share(w.impurity, w.standard_impurity)),
        Pair(gettext("Off for impurity (kg)"), told.kg(net.for_impurity)),
        Pair(gettext("Moisture (%)"), _share(w.moisture, w.standard_moisture)),
        Pair(gettext("Off for moisture (kg)"), told.kg(net.for_moisture)),
        Pair(gettext("Net (kg)"), told.kg(net.net), strong=of.grams == net.net),
    ]
    if of.grams != net.net:
        pairs.append(Pair(gettext("Corrected to (kg)"), told.kg(of.grams), strong=True))
    if of.price_fen_per_kg:
        pairs.append(Pair(gettext("Price (yuan a kg)"), told.yuan(of.price_fen_per_kg)))
        pairs.append(Pair(gettext("Amount (yuan)"), told.yuan(of.amount_fen), strong=True))
    else:
        pairs.append(Pair(gettext("Price (yuan a kg)"), gettext("not agreed yet")))
    if of.first:
        grams, grade, price = of.first
        parts = [f"{told.kg(grams)} {gettext('kg')}", grade, told.yuan(price) if price else ""]
        pairs.append(Pair(gettext("As first entered"), " · ".join(part for part in parts if part)))
    pairs.append(Pair(gettext("Weighed by"), of.weighed_by))
    note = gettext(
        "Impurity above the agreed share comes off first; then the weight the dry matter has at the agreed"
        " moisture counts. Half a gram is rounded up for the grower."
    )
    state = gettext("in dispute") if of.disputed else ""
    return _slip(place, gettext("Weighing receipt"), of.receipt, of, pairs, [note], state)


def _share(measured: int, agreed: int) -> str:
    """Hundredths of a percent, beside what was agreed; nothing measured takes nothing off."""
    if not measured:
        return gettext("not measured")
    return gettext("{measured} (agreed {agreed})").format(
        measured=told.percent(measured), agreed=told.percent(agreed)
    )


def _slip(
    place: Place, title: str, number: str, of: object, pairs: Sequence[Pair], notes: Sequence[str] = (),
    state: str = "",
) -> Slip:  # fmt: skip
    day = of.day  # type: ignore[attr-defined]
    pairs = [Pair(gettext("Day"), told.day(day)), *pairs]
    signatures = [gettext("Handed over by"), gettext("Taken over by")]
    return Slip(
        f"{title} {number}", place.name, place.code, day, place.invented, pairs, notes, signatures, state
    )


def _quantity(goods: Goods) -> str:
    return f"{told.quantity(goods.quantity, goods.unit)} {goods.good}"


# Inputs and loans


def given_out(request: HttpRequest, code: str, receipt: str) -> HttpResponse:
    """The receipt of an input handed out."""
    place = access.place(request, code, "read_own")
    row = stocks.issued(place.id, receipt)
    if row is None or not (place.reads or row.household_id in place.own):
        raise Http404
    advance = told.yuan(row.amount_fen) if row.amount_fen else gettext("free")
    pairs = [
        Pair(gettext("Household"), f"{row.household} {row.household_code}"),
        Pair(gettext("Good"), row.goods.good),
        Pair(gettext("Quantity"), told.quantity(row.goods.quantity, row.goods.unit), strong=True),
        Pair(gettext("From lot"), row.lot),
        Pair(gettext("Advance (yuan)"), advance, strong=bool(row.amount_fen)),
    ]
    backs = stocks.came_back(place.id, row.number)
    for each in backs:
        parts = [told.quantity(each.goods.quantity, each.goods.unit)] if each.goods.quantity else []
        if each.amount_fen:
            parts.append(gettext("{sum} yuan off the advance").format(sum=told.yuan(each.amount_fen)))
        if each.delivery:
            parts.append(each.delivery)
        label = f"{told.word(each.way, 'input_back_way')} · {told.day(each.day)} · {each.number}"
        pairs.append(Pair(label, ", ".join(parts)))
    if backs:
        pairs.append(Pair(gettext("Not given back"), told.quantity(row.out.quantity, row.out.unit)))
    if backs and row.amount_fen:
        pairs.append(
            Pair(
                gettext("Still owed of the advance (yuan)"),
                told.yuan(row.owed_fen),
                strong=bool(row.owed_fen),
            )
        )
    notes = (
        [gettext("The household owes the advance; it is never taken from rent.")] if row.amount_fen else []
    )
    slip = _slip(place, gettext("Input handed out"), row.number, row, pairs, notes)
    entered = "enter_facts" in place.rights
    more = {"issue": row, "backs": backs if entered else [], "may_enter": entered}
    return _shown(request, place, slip, row.number, "inputs", **more)


def lent(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The receipt of goods lent: what was handed over, what is to be given back and when."""
    place, row = _loan(request, code, number)
    terms = row.terms
    pairs = [
        *_borrower(row),
        Pair(gettext("Lent"), _quantity(terms.lent), strong=True),
        Pair(gettext("Grade"), row.grade or "–"),
        Pair(gettext("From lot"), row.lot),
        Pair(gettext("To return"), _quantity(terms.returns), strong=True),
        Pair(gettext("Due"), told.day(terms.due_day)),
    ]
    if terms.substitute:
        paid = _quantity(row.substitute_pays)
        pairs.append(Pair(gettext("Substitute"), f"{terms.substitute} · {_pays(paid)}"))
    for cause, bearer in row.bearers:
        borne = gettext("borne by: {who}").format(who=told.word(bearer, "loan_bearer"))
        pairs.append(Pair(told.word(cause, "cause"), borne))
    return _shown(
        request, place, _slip(place, gettext("Lent in kind"), row.number, terms, pairs), row.number, "loans"
    )


def _pays(paid: str) -> str:
    return gettext("one unit of it pays: {quantity}").format(quantity=paid)


def given_back(request: HttpRequest, code: str, number: str, receipt: str) -> HttpResponse:
    """The receipt of goods a borrower gave back, and what it still owes after it."""
    place, row = _loan(request, code, number)
    event = next((e for e in loans.story(row) if e.kind == "returned" and e.number == receipt), None)
    if event is None or event.quantity is None:
        raise Http404
    after = loans.loan(place.id, number, event.day)
    assert after is not None
    pairs = [*_borrower(row), Pair(gettext("Came back"), _quantity(event.quantity), strong=True)]
    if event.text:
        pairs.append(Pair(gettext("Grade"), event.text))
    if event.pays:
        pairs.append(Pair(gettext("pays"), _quantity(event.pays)))
    owed = Goods(row.terms.returns.good, row.terms.returns.unit, after.standing.outstanding)
    pairs += [
        Pair(gettext("Into lot"), event.lot),
        Pair(gettext("Still owed at the end of this day"), _quantity(owed), strong=True),
        Pair(gettext("Due"), told.day(after.standing.due)),
    ]
    slip = _slip(place, gettext("Loan in kind returned"), event.number, event, pairs)
    return _shown(request, place, slip, event.number, "loans")


def _loan(request: HttpRequest, code: str, number: str) -> tuple[Place, LoanRow]:
    place = access.place(request, code, "read_own")
    row = loans.loan(place.id, number, timezone.localdate())
    if row is None or not (place.reads or row.borrower_id in place.own):
        raise Http404
    return place, row


def _borrower(row: LoanRow) -> list[Pair]:
    return [
        Pair(gettext("Borrower"), f"{row.borrower} {row.borrower_code}"),
        Pair(gettext("Loan in kind"), row.number),
    ]


def _shown(
    request: HttpRequest, place: Place, slip: Slip, number: str, back: str, **more: object
) -> HttpResponse:
    answer = as_asked(request, slip, number)
    context = {"place": place, "slip": slip, "back": back}
    return answer or render(request, "in_kind/slip.html", context | more)


def wages(request: HttpRequest, code: str, key: str, worker: str) -> HttpResponse:
    """A worker's slip of a payroll, for whoever reads the books and for the worker's household."""
    place = access.place(request, code, "read_own")
    row = work.payroll(place.id, key)
    found = next((each for each in work.slips(place.id, key) if each.code == worker), None)
    if (
        row is None
        or found is None
        or not (place.reads or work.is_of(worker, place.own, [line.day for line in found.lines]))
    ):
        raise Http404
    pairs = [Pair(gettext("Worker"), f"{found.name} {found.code}")]
    for line in found.lines:
        label = f"{told.day(line.day)} {line.job}"
        pairs.append(Pair(label, _reckoned(line)))
    pairs.append(Pair(gettext("Sum"), told.yuan(found.fen), strong=True))
    pairs.append(Pair(gettext("Approved by"), row.approved_by))
    paid = work.how_paid(place.id, key, worker)
    owed = gettext("withdrawn") if row.gone else gettext("still owed")
    pairs.append(Pair(gettext("Paid on"), f"{told.day(paid[0])} {paid[1]}" if paid else owed))
    changes = rules.changes(work.floors(place.id), (line.span for line in found.lines))
    slip = Slip(
        f"{gettext('Wage slip')} {row.last_day}", place.name, place.code, row.last_day, place.invented, pairs,
        notes=_minimum_wages(changes), signatures=[gettext("Received, signature")],
        state=gettext("withdrawn") if row.gone else "",
    )  # fmt: skip
    return _shown(request, place, slip, f"{key}-{worker}", "workshops")


def _reckoned(line: work.PaidLine) -> str:
    """The line as whoever has a pocket calculator checks it."""
    counted = told.shares(line.quantity_e4) or "0"
    if line.unpaid_e4:
        counted = f"({counted} − {told.shares(line.unpaid_e4)})"
    before = f" − {told.yuan(line.before_fen)}" if line.before_fen else ""
    said = f"{counted} × {told.yuan(line.rate_fen)}{before} = {told.yuan(line.fen)}"
    if line.defects_e4:
        said += "; " + gettext("{number} with defects").format(number=told.shares(line.defects_e4))
    if line.unpaid_e4:
        said += ", " + gettext("{number} of them not paid").format(number=told.shares(line.unpaid_e4))
    if line.before_fen:
        said += "; " + gettext("corrected; {sum} before").format(sum=told.yuan(line.before_fen))
    return said


def _minimum_wages(changes: Sequence[rules.Spell]) -> list[str]:
    """Which minimum wage held on which days, when it changed within the work of a slip."""
    if not changes:
        return []
    parts = [
        gettext("{first} – {last}: {sum} yuan an hour").format(
            first=told.day(each.first), last=told.day(each.last), sum=told.yuan(each.floor.hour_fen)
        )
        if each.floor
        else gettext("{first} – {last}: none set").format(
            first=told.day(each.first), last=told.day(each.last)
        )
        for each in changes
    ]
    said = gettext("The minimum wage changed within these days; each day is held against the one of its day.")
    return [f"{said} {'; '.join(parts)}."]
