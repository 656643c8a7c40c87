"""Sales: orders and what happens to them, products, channels, payments. Nothing is decided here."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from lianjie.base.quantity import small_units
from lianjie.base.words import N_
from lianjie.facts.actions import market as acts
from lianjie.facts.actions import market_back, market_paid, market_undo
from lianjie.facts.queries import market as queries
from lianjie.facts.queries import market_goods, shipment
from lianjie.facts.queries.market import OrderRow, ProductRow
from lianjie.facts.rules import market as rules
from lianjie.facts.rules.in_kind import ratio_of
from lianjie.facts.rules.market import ChannelGiven, FeeRule, LineGiven, OrderGiven, ProductGiven
from lianjie.ledger.queries import attribution
from lianjie.pages import access, columns, export, market_forms
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering, may_enter, taking_back

SUBJECT = N_("Sales and goods for sale")
ORDERS = (
    Column("channel", N_("Channel")),
    Column("number", N_("Number"), "code"),
    Column("day", N_("Day"), "day"),
    Column("buyer", N_("Purchaser")),
    Column("goods", N_("Products")),
    Column("amount", N_("Amount (yuan)"), "yuan"),
    Column("refunded", N_("Given back (yuan)"), "yuan"),
    Column("net", N_("Net amount (yuan)"), "yuan"),
    Column("paid", N_("Paid (yuan)"), "yuan"),
    Column("state", N_("State"), "word:sale_state"),
)
PARTS = (
    Column("line", N_("Product")),
    Column("code", N_("Party code")),
    Column("household", N_("Household")),
    Column("receipt", N_("Receipt"), "code"),
    Column("day", N_("Day"), "day"),
    Column("base", N_("Base")),
    Column("plot", N_("Plot")),
    Column("quantity", N_("Quantity"), "quantity"),
    Column("amount", N_("Amount (yuan)"), "yuan"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Orders, searched and narrowed; `?as=csv` or `?as=xlsx` gives all of them."""
    place = access.place(request, code, "read")
    asked = {
        "search": request.GET.get("search", "").strip()[:60],
        "channel": request.GET.get("channel", "")[:30],
        "claimant": request.GET.get("claimant", "").strip()[:120],
        "year": request.GET.get("year", "")[:4],
    }
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = (_cells(row) for row in queries.every(place.id, **asked))
        return export.as_asked(
            wanted, f"{place.code}-sales", columns.heading(ORDERS), columns.written(ORDERS, rows)
        )
    page = queries.page(place.id, **asked, after=request.GET.get("after", ""))
    return render(
        request,
        "market/list.html",
        {
            "place": place,
            "page": page,
            "asked": asked,
            "channels": queries.channels(place.id),
            "may_enter": may_enter(place),
        },
    )


def _cells(row: OrderRow) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "number": row.number,
        "day": row.day,
        "buyer": row.buyer,
        "goods": "、".join(line.product for line in row.lines),
        "amount": row.money.amount_fen,
        "refunded": row.money.refunded_fen,
        "net": row.money.net_fen,
        "paid": row.money.paid_fen,
        "state": row.state,
    }


def one(request: HttpRequest, code: str, channel: str, number: str) -> HttpResponse:
    """One order: its lines and how far they are, shipments, what was given back, payments, claims."""
    place, row = _opened(request, code, channel, number)
    return render(
        request,
        "market/order.html",
        {
            "place": place,
            "order": row,
            "refunds": queries.refunds(row.id),
            "claims": queries.claims(row.id),
            "payments": queries.payments(row.id),
            "picks": shipment.waiting(place.id, row.id),
            "shipments": shipment.of_order(row.id),
            "may_enter": may_enter(place),
        },
    )


def whose(request: HttpRequest, code: str, channel: str, number: str) -> HttpResponseBase:
    """Whose produce went into an order, to the gram and the fen; `?as=csv` or `?as=xlsx` as a file."""
    place, row = _opened(request, code, channel, number)
    parts = attribution.of_order(place.id, row)
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        cells = (
            {
                "line": line.line.product,
                "code": home.code,
                "household": home.name,
                "receipt": each.of.receipt if each.of else "",
                "day": each.of.day if each.of else None,
                "base": each.of.base if each.of else "",
                "plot": each.of.plot if each.of else "",
                "quantity": (each.quantity, line.line.unit),
                "amount": each.fen,
            }
            for line in parts
            for home in line.households
            for each in home.deliveries
        )
        name = f"{place.code}-{row.number}-growers"
        return export.as_asked(wanted, name, columns.heading(PARTS), columns.written(PARTS, cells))
    return render(request, "market/whose.html", {"place": place, "order": row, "lines": parts})


def went(request: HttpRequest, code: str, member: str) -> HttpResponse:
    """Your produce went here: the sales that a household's deliveries went into."""
    place = access.place(request, code, "read_own")
    party = access.party(place, member)
    rows = list(attribution.of_household(place.id, party.id, party.code))
    return render(request, "market/went.html", {"place": place, "party": party, "rows": rows})


def packing_list(request: HttpRequest, code: str, channel: str, number: str) -> HttpResponse:
    """What is picked for an order, to print and lay on the boxes."""
    place, row = _opened(request, code, channel, number)
    picks = shipment.waiting(place.id, row.id)
    return render(request, "market/packing.html", {"place": place, "order": row, "picks": picks})


def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enter an order by hand."""
    place = access.place(request, code, "enter_facts")
    products = {row.code: row for row in queries.products(place.id)}
    form = market_forms.OrderForm(
        **market_forms.growing(
            request,
            {"day": timezone.localdate(), "channel": request.GET.get("channel", "")},
            market_forms.ROWS,
        ),
        channels=queries.channels(place.id),
        products=list(products.values()),
    )

    def run(given: Mapping[str, Any]) -> str:
        lines = tuple(
            _line(given, at, products) for at in range(1, form.rows + 1) if given.get(f"product_{at}")
        )
        order = OrderGiven(
            given["channel"], given["number"], given["day"], lines, buyer=given["buyer"],
            buyer_name=given["buyer_name"], ship_to=given["ship_to"], contract=given["contract"],
            refunds_borne_by=given["refunds_borne_by"], evidence=given["evidence"],
        )  # fmt: skip
        acts.enter_order(order, books(request, place, SUBJECT))
        return reverse("sale", args=[place.code, order.channel, order.number])

    back = reverse("sales", args=[place.code])
    return entering(request, place, form, N_("Enter an order"), back, run, template="market/lines.html")


def _line(given: Mapping[str, Any], at: int, products: Mapping[str, ProductRow]) -> LineGiven:
    product = products[given[f"product_{at}"]]
    price = small_units(given[f"price_{at}"] or "0", "yuan")
    owner = given[f"owner_{at}"] or "own"
    if product.content:
        packs = whole_number(given[f"packs_{at}"])
        return LineGiven(
            product.code,
            rules.amount(price, packs * product.content, product.unit, packs),
            packs,
            owner=owner,
        )
    loose = small_units(given[f"packs_{at}"] or "0", product.unit)
    return LineGiven(product.code, rules.amount(price, loose, product.unit), 0, loose, owner)


def refund(request: HttpRequest, code: str, channel: str, number: str) -> HttpResponse:
    """Something is given back, or cancelled before it is sent."""
    place, row = _opened(request, code, channel, number, "enter_facts")
    form = market_forms.RefundForm(
        request.POST or None,
        initial={"day": timezone.localdate(), "number": f"TK-{timezone.localtime():%y%m%d%H%M%S}"},
        lines=row.lines,
        places=market_goods.places(place.id),
    )

    def run(given: Mapping[str, Any]) -> str:
        at = int(given["line"] or 0)
        unit = next((line.unit for line in row.lines if line.place == at), "kg")
        back = market_back.RefundGiven(
            given["number"], given["day"], channel, number, given["kind"],
            small_units(given["amount"] or "0", "yuan"), at, small_units(given["quantity"] or "0", unit),
            given["why"], given["into"], given["place"], given["evidence"],
        )  # fmt: skip
        market_back.give_back(back, books(request, place, SUBJECT))
        return address(place, row)

    return entering(request, place, form, N_("Give back or cancel"), address(place, row), run)


def pay(request: HttpRequest, code: str, channel: str, number: str) -> HttpResponse:
    """A payment for this order, or money paid back."""
    place, row = _opened(request, code, channel, number, "enter_facts")
    open_fen = row.money.open_fen
    initial = {
        "day": timezone.localdate(),
        "amount": Decimal(abs(open_fen)) / 100 if open_fen else "",
        "back": open_fen < 0,
        "number": f"SK-{timezone.localtime():%y%m%d%H%M%S}",
    }
    form = market_forms.PaymentForm(request.POST or None, initial=initial)

    def run(given: Mapping[str, Any]) -> str:
        paid = market_paid.PaymentGiven(
            given["number"], given["day"], small_units(given["amount"], "yuan"), row.debtor_code,
            row.buyer[:120], given["into"], given["back"],
            (market_paid.MatchGiven(channel, number),), given["keep_rest"], given["evidence"],
        )  # fmt: skip
        market_paid.receive_payment(paid, books(request, place, SUBJECT))
        return address(place, row)

    return entering(request, place, form, N_("Enter a payment"), address(place, row), run)


def claim(request: HttpRequest, code: str, channel: str, number: str) -> HttpResponse:
    """Somebody counts this order as theirs."""
    place, row = _opened(request, code, channel, number, "enter_facts")
    form = market_forms.ClaimForm(request.POST or None, initial={"day": timezone.localdate()})

    def run(given: Mapping[str, Any]) -> str:
        acts.claim_order(
            channel,
            number,
            given["kind"],
            given["claimant"],
            day=given["day"],
            books=books(request, place, SUBJECT),
        )
        return address(place, row)

    return entering(request, place, form, N_("Who counts this order"), address(place, row), run)


def products(request: HttpRequest, code: str) -> HttpResponse:
    """Products and sales channels."""
    place = access.place(request, code, "read")
    search = request.GET.get("search", "").strip()[:60]
    return render(
        request,
        "market/products.html",
        {
            "place": place,
            "products": queries.products(place.id, search),
            "channels": queries.channels(place.id),
            "search": search,
            "today": timezone.localdate(),
            "may_enter": may_enter(place),
        },
    )


def add_product(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a product."""
    place = access.place(request, code, "enter_facts")
    initial = {"day": date(timezone.localdate().year, 1, 1), "producer": place.code}
    form = market_forms.ProductForm(request.POST or None, initial=initial)
    back = reverse("products", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        content = small_units(given["content"] or "0", given["unit"])
        acts.add_product(ProductGiven(**(given | {"content": content})), books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("Enter a product"), back, run)


def add_channel(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a sales channel."""
    place = access.place(request, code, "enter_facts")
    initial = {"day": date(timezone.localdate().year, 1, 1)}
    form = market_forms.ChannelForm(request.POST or None, initial=initial)
    back = reverse("products", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        fee = FeeRule(
            given["fee_basis"],
            ratio_of(given["fee_percent"] or "0") // 100,
            small_units(given["fee_fixed"] or "0", "yuan"),
        )
        channel = ChannelGiven(
            given["code"], given["day"], given["kind"], given["name"], given["platform"], given["payer"], fee
        )
        acts.add_channel(channel, books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("Enter a channel"), back, run)


def take_back(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Withdraw an entry of the market; to correct it, enter it anew afterwards."""
    return taking_back(request, code, reference, SUBJECT, "sales", market_undo.take_back)


def address(place: Place, row: OrderRow) -> str:
    """The page of an order."""
    return reverse("sale", args=[place.code, row.channel_code, row.number])


def whole_number(text: str) -> int:
    """A count of packs. Refuses with NotAQuantity."""
    return small_units(text or "0", "g")


def _opened(
    request: HttpRequest, code: str, channel: str, number: str, right: str = "read"
) -> tuple[Place, OrderRow]:
    place = access.place(request, code, right)
    row = queries.order(place.id, channel, number)
    if row is None:
        raise Http404
    return place, row
