"""Goods for sale: lots from deliveries, works on them, places, picking, the label and the public page."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import segno
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from lianjie.base.quantity import small_units
from lianjie.base.words import N_
from lianjie.facts.actions import market_goods as acts
from lianjie.facts.actions.market_goods import Make, PickGiven, Take, WorkGiven
from lianjie.facts.queries import market as sales
from lianjie.facts.queries import market_goods as queries
from lianjie.facts.queries.market_goods import MarketLotRow
from lianjie.facts.rules import market_goods as rules
from lianjie.pages import access, columns, export, market_forms
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering, may_enter
from lianjie.pages.market import SUBJECT, whole_number

LOTS = (
    Column("number", N_("Lot"), "code"),
    Column("good", N_("Good")),
    Column("grade", N_("Grade")),
    Column("product", N_("Packed as")),
    Column("day", N_("Day"), "day"),
    Column("origin", N_("Where from"), "word:lot_origin"),
    Column("place", N_("Place")),
    Column("owner", N_("Whose goods"), "word:lot_owner"),
    Column("quantity", N_("Came in"), "quantity"),
    Column("left", N_("Holds"), "quantity"),
    Column("packs", N_("Packs"), "whole"),
)
WORKS = {
    "sort": N_("Sort"),
    "pack": N_("Pack"),
    "move": N_("Move to another place"),
    "lose": N_("Enter a loss"),
}
SEEN_A_MINUTE = 60
"""Public pages one address may open in a minute."""
KEPT_SECONDS = 300


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Lots for sale with what each holds; `?as=csv` or `?as=xlsx` gives all of them."""
    place, today = access.place(request, code, "read"), timezone.localdate()
    search, wanted = request.GET.get("search", "").strip()[:60], request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = (_cells(row) for row in queries.every(place.id, today, search=search))
        return export.as_asked(
            wanted, f"{place.code}-lots", columns.heading(LOTS), columns.written(LOTS, rows)
        )
    return render(
        request,
        "market/lots.html",
        {
            "place": place,
            "page": queries.page(place.id, today, search=search, after=request.GET.get("after", "")),
            "stood": queries.stood(place.id, today),
            "free": queries.free_deliveries(place.id, limit=1).rows,
            "places": queries.places(place.id),
            "search": search,
            "may_enter": may_enter(place),
        },
    )


def _cells(row: MarketLotRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "good": row.goods.good,
        "grade": row.grade,
        "product": row.product,
        "day": row.day,
        "origin": row.origin,
        "place": row.place,
        "owner": row.owner,
        "quantity": (row.goods.quantity, row.goods.unit),
        "left": (row.left.quantity, row.left.unit),
        "packs": row.packs_left,
    }


def one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One lot: what it holds, whose produce is in it, every work before and after."""
    place = access.place(request, code, "read")
    row = _row(place, number)
    before, after = queries.way(row.id)
    shares = queries.provenance([row.id])[row.id]
    last = before[-1] if before else None
    told = queries.told(shares)
    went = sum(quantity for _, _, quantity in last.went) if last else 0
    return render(
        request,
        "market/lot.html",
        {
            "place": place,
            "lot": row,
            "before": before,
            "after": after,
            "last": last,
            "growers": told,
            "unknown": 1 - sum((each.share for each in told), 0),
            "cost_left": queries.cost_left([row.id])[row.id],
            "findings": rules.findings(last.kind, went, last.lost) if last else (),
            "works": WORKS.items(),
            "may_enter": may_enter(place),
        },
    )


def pool(request: HttpRequest, code: str) -> HttpResponse:
    """Make deliveries a lot."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    good = request.GET.get("good", "")[:40]
    free = queries.free_deliveries(place.id, good=good, limit=100).rows
    by_key = {row.key: row for row in free}
    form = market_forms.PoolForm(
        request.POST or None,
        initial={"day": today, "number": _number("GP"), "deliveries": list(by_key) if good else []},
        deliveries=free,
        places=queries.places(place.id),
    )
    back = reverse("market-lots", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        takes = tuple(Take(key, by_key[key].free) for key in given["deliveries"])
        lost = small_units(given["lost"] or "0", "kg")
        whole = sum(take.quantity for take in takes)
        agreed = small_units(given["agreed"] or "0", "yuan")
        work = WorkGiven(
            given["number"], given["day"], "pool", takes, (Make(given["lot"], whole - lost, given["grade"]),),
            lost, given["cause"], given["place"], bool(agreed), agreed, given["done_by"],
        )  # fmt: skip
        acts.work(work, books(request, place, SUBJECT))
        return reverse("market-lot", args=[place.code, given["lot"]])

    goods = sorted({row.good for row in free})
    return entering(
        request, place, form, N_("Make deliveries a lot"), back, run,
        template="market/pool.html", goods=goods, good=good,
    )  # fmt: skip


def work(request: HttpRequest, code: str, number: str, kind: str) -> HttpResponse:
    """Sort, pack, move or lose goods of a lot."""
    place = access.place(request, code, "enter_facts")
    row = _row(place, number)
    if kind not in WORKS:
        raise Http404
    unit = row.goods.unit
    left = Decimal(row.left.quantity) / (1_000 if unit == "kg" else 10_000)
    others = [
        each
        for each in queries.holding(place.id, timezone.localdate(), row.goods.good)
        if each.id != row.id and each.owner == row.owner
    ]
    form = market_forms.WorkForm(
        **market_forms.growing(
            request,
            {"day": timezone.localdate(), "number": _number(kind[:2].upper()), "quantity": f"{left:f}"},
            market_forms.OUT[kind],
        ),
        kind=kind,
        others=others,
        products=[each for each in sales.products(place.id) if each.good == row.goods.good],
        places=queries.places(place.id),
    )

    def run(given: Mapping[str, Any]) -> str:
        takes = [Take(row.number, small_units(given["quantity"], unit))]
        takes += [
            Take(given[f"also_{at}"], small_units(given[f"part_{at}"] or "0", unit))
            for at in range(1, form.others + 1)
            if given.get(f"also_{at}")
        ]
        quantity = sum(take.quantity for take in takes)
        lost = quantity if kind == "lose" else small_units(given["lost"] or "0", unit)
        makes = _makes(form, given, kind, quantity - lost, unit)
        acts.work(
            WorkGiven(
                given["number"], given["day"], kind, tuple(takes), makes, lost,
                given["cause"], given.get("place", ""), done_by=given["done_by"], evidence=given["evidence"],
            ),
            books(request, place, SUBJECT),
        )  # fmt: skip
        return reverse("market-lot", args=[place.code, row.number])

    back = reverse("market-lot", args=[place.code, row.number])
    return entering(request, place, form, WORKS[kind], back, run, template="market/lines.html", lot=row)


def _makes(
    form: market_forms.WorkForm, given: Mapping[str, Any], kind: str, rest: int, unit: str
) -> tuple[Make, ...]:
    if kind == "lose":
        return ()
    if kind == "move":
        return (Make(given["lot_1"], rest),)
    made = []
    for at in range(1, form.rows + 1):
        if kind == "pack" and given.get(f"product_{at}"):
            packs = whole_number(given[f"packs_{at}"])
            made.append(Make(given[f"lot_{at}"], product=given[f"product_{at}"], packs=packs))
        elif kind == "sort" and given.get(f"came_{at}"):
            came = small_units(given[f"came_{at}"], unit)
            made.append(Make(given[f"lot_{at}"], came, given[f"grade_{at}"]))
    return tuple(made)


def add_place(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a store, cold room or outlet."""
    place = access.place(request, code, "enter_facts")
    form = market_forms.PlaceForm(request.POST or None, initial={"day": timezone.localdate()})
    back = reverse("market-lots", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        acts.add_place(
            given["code"],
            name=given["name"],
            kind=given["kind"],
            day=given["day"],
            books=books(request, place, SUBJECT),
        )
        return back

    return entering(request, place, form, N_("Enter a place"), back, run)


def pick(request: HttpRequest, code: str, channel: str, number: str, line: int) -> HttpResponse:
    """Take goods of a lot for a line of an order, first in first out."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    order = sales.order(place.id, channel, number)
    of = next((each for each in order.lines if each.place == line), None) if order else None
    if of is None:
        raise Http404
    lots = [
        row
        for row in queries.holding(place.id, today, of.good)
        if row.owner == of.owner and row.product_code in ("", of.product_code)
    ]
    lots.sort(key=lambda row: not row.product_code)
    content = of.standing.quantity // of.packs if of.packs else 0
    most = min(of.standing.to_pick, lots[0].left.quantity) if lots else of.standing.to_pick
    scale = 1_000 if of.unit == "kg" else 10_000
    form = market_forms.PickForm(
        request.POST or None,
        initial={
            "number": _number("X"),
            "day": today,
            "packs": most // content if content else "",
            "quantity": f"{Decimal(most) / scale:f}",
        },
        lots=lots,
        packed=bool(of.packs),
    )
    back = reverse("sale", args=[place.code, channel, number])

    def run(given: Mapping[str, Any]) -> str:
        acts.pick(
            PickGiven(
                channel, number, line, given["lot"], given["day"],
                small_units(given.get("quantity") or "0", of.unit), whole_number(given.get("packs", "")),
                given["number"],
            ),
            books(request, place, SUBJECT),
        )  # fmt: skip
        return back

    return entering(request, place, form, N_("Pick from a lot"), back, run, sale=order, line=of)


def label(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The label of a lot, to print on A6."""
    place = access.place(request, code, "read")
    row = _row(place, number)
    link = request.build_absolute_uri(reverse("public-lot", args=[row.public_code]))
    drawn = segno.make(link, error="m", micro=False).svg_inline(scale=4, border=2)
    return render(
        request,
        "market/label.html",
        {"place": place, "lot": row, "link": link, "drawn": mark_safe(drawn), **_told(place.id, row)},
    )


@login_not_required
def public(request: HttpRequest, lot_code: str) -> HttpResponse:
    """What anyone may know who holds the box: base, protocol, harvest, certificate. No person is named."""
    who = request.META.get("REMOTE_ADDR", "")
    key = f"public-lot:{who}:{timezone.now():%H%M}"
    seen = cache.get_or_set(key, 0, 120) or 0
    cache.set(key, seen + 1, 120)
    if seen >= SEEN_A_MINUTE:
        return HttpResponse("429", status=429, headers={"Retry-After": "60"})
    found = queries.by_code(lot_code, timezone.localdate())
    if found is None:
        raise Http404
    organisation_id, row = found
    name, invented = queries.organisation_name(organisation_id)
    response = render(
        request,
        "market/public.html",
        {"lot": row, "organisation": name, "invented": invented, **_told(organisation_id, row)},
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


def _told(organisation_id: int, row: MarketLotRow) -> dict[str, Any]:
    """What a box tells: never a household, a name or a plot."""
    growers = queries.told(queries.provenance([row.id])[row.id])
    days = sorted(each.day for each in growers)
    product = next((each for each in sales.products(organisation_id) if each.code == row.product_code), None)
    return {
        "product": product,
        "bases": sorted({each.base for each in growers if each.base}),
        "first_day": days[0] if days else None,
        "last_day": days[-1] if days else None,
        "steps": queries.steps_done(growers, organisation_id),
        "households": len({each.household_id for each in growers}),
    }


def _row(place: Place, number: str) -> MarketLotRow:
    row = queries.lot(place.id, number, timezone.localdate())
    if row is None:
        raise Http404
    return row


def _number(letters: str) -> str:
    """A number nobody has used: the second in which the form was opened."""
    return f"{letters}-{timezone.localtime():%y%m%d%H%M%S}"
