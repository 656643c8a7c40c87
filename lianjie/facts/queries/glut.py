"""Clearing plans, declarations, offers and sales as they stand, and the figures made of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum

from lianjie.facts.models import (
    ClearingPlan,
    Fact,
    OfferAnswer,
    OrderRefund,
    Party,
    Product,
    ReportedSale,
    SalesOrder,
    StockDeclaration,
    StockOffer,
)
from lianjie.facts.queries import market, stock
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.names import named_like
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import all_after, slice_after
from lianjie.facts.rules import glut as rules
from lianjie.facts.rules.glut import Declared, Sold


@dataclass(frozen=True)
class PlanRow:
    """One clearing plan. `until` is the day after its last."""

    id: int
    number: str
    reference: str
    day: date
    until: date
    good: str
    target: int
    in_charge: str
    channels: tuple[str, ...]
    past_years: int
    evidence: str


@dataclass(frozen=True)
class DeclarationRow:
    """One declaration; grams."""

    number: str
    reference: str
    holder_id: int | None
    holder_code: str
    holder: str
    village: str
    declared: Declared
    evidence: str


@dataclass(frozen=True)
class OfferRow:
    """One offer. `state`: open, accepted or declined; `sold` grams sold against it."""

    number: str
    reference: str
    day: date
    buyer: str
    pairing: str
    grade: str
    grams: int
    price_fen: int
    place: str
    start: date
    until: date
    evidence: str
    state: str
    person: str
    answered: date | None
    grounds: str
    answer_reference: str
    sold: int

    @property
    def left(self) -> int:
        return self.grams - self.sold


@dataclass(frozen=True)
class SaleRow:
    """One sale; `order` names the order it is a line of, "" for a reported one."""

    number: str
    reference: str
    seller: str
    buyer: str
    offer: str
    order: str
    channel: str
    sold: Sold


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins; "" on the last."""

    rows: tuple
    next_after: str
    total: int | None = None


@dataclass(frozen=True)
class Figures:
    """A plan in figures: all of it, by village, and by grade. `lots`: grams in stock by lot, or None."""

    cleared: rules.Cleared
    sold: rules.Compared
    villages: tuple[tuple[str, rules.Cleared, rules.Compared], ...]
    grades: tuple[tuple[str, rules.Cleared, rules.Compared], ...]
    differing: tuple[rules.Differs, ...]
    stores: int | None
    lots: int | None


def plans(organisation_id: int, *, search: str = "", after: str = "", limit: int = 50) -> Page:
    """Plans, the latest first."""
    shown = slice_after(_plans(organisation_id, search), "day", True, after=after, limit=limit)
    return Page(tuple(_plan(row) for row in shown.rows), shown.next_after)


def every_plan(organisation_id: int, *, search: str = "") -> Iterator[PlanRow]:
    """All plans that fit, for an export."""
    return (_plan(row) for row in all_after(_plans(organisation_id, search), "day", True))


def plan(organisation_id: int, of: str) -> PlanRow | None:
    """The plan with this number, or None."""
    found = _plans(organisation_id, "").filter(numbered(of)).first()
    return _plan(found) if found else None


def _plans(organisation_id: int, search: str) -> QuerySet:
    found = ClearingPlan.objects.current().filter(organisation_id=organisation_id)
    if search:
        found = found.filter(
            Q(key__istartswith=search) | Q(good__icontains=search) | Q(in_charge__icontains=search)
        )
    return found


def _plan(row: ClearingPlan) -> PlanRow:
    return PlanRow(
        row.pk, number(row), row.reference, row.day, row.until_day, row.good, row.target_grams, row.in_charge,
        tuple(row.channels.split()), row.past_years, row.evidence,
    )  # fmt: skip


def goods(organisation_id: int) -> tuple[str, ...]:
    """Goods of the plans, the latest plan's first."""
    return tuple(dict.fromkeys(row.good for row in every_plan(organisation_id)))


# Declarations


def declarations(
    organisation_id: int, of: PlanRow, *, search: str = "", after: str = "", limit: int = 50
) -> Page:
    """Declarations of a plan's good within its period, the latest first."""
    shown = slice_after(_declarations(organisation_id, of, search), "day", True, after=after, limit=limit)
    return Page(tuple(_declaration(row) for row in shown.rows), shown.next_after)


def every_declaration(organisation_id: int, of: PlanRow, *, search: str = "") -> Iterator[DeclarationRow]:
    """All declarations that fit."""
    rows = all_after(_declarations(organisation_id, of, search), "day", True)
    return (_declaration(row) for row in rows)


def declaration(organisation_id: int, of: str) -> DeclarationRow | None:
    """The standing declaration with this number, or None."""
    rows = StockDeclaration.objects.current().filter(numbered(of), organisation_id=organisation_id)
    found = rows.select_related("holder", "area").first()
    return _declaration(found) if found else None


def of_holders(organisation_id: int, holders: Collection[int]) -> list[DeclarationRow]:
    """What these households declared, the latest first."""
    rows = StockDeclaration.objects.current().filter(organisation_id=organisation_id, holder__in=holders)
    return [_declaration(row) for row in rows.select_related("holder", "area").order_by("-day", "-pk")]


def labels(parties: Collection[int]) -> list[tuple[str, str]]:
    """(code, name) of these parties, for a choice."""
    return list(Party.objects.filter(pk__in=parties).order_by("code").values_list("code", "name"))


def _declarations(organisation_id: int, of: PlanRow, search: str) -> QuerySet:
    found = StockDeclaration.objects.current().filter(
        organisation_id=organisation_id, good=of.good, day__gte=of.day, day__lt=of.until
    )
    if search:
        named = named_like("holder", search)
        found = found.filter(
            named | Q(store__icontains=search) | Q(area__name__icontains=search) | Q(key__istartswith=search)
        )
    return found.select_related("holder", "area")


def _declaration(row: StockDeclaration) -> DeclarationRow:
    who = row.holder
    shape = Declared(
        who.code if who else row.store, row.area.name, row.good, row.grade, row.since_day, row.day,
        row.opening_grams, row.came_grams, row.went_grams, row.lost_grams, row.pk,
    )  # fmt: skip
    return DeclarationRow(
        number(row), row.reference, row.holder_id, who.code if who else "", who.name if who else row.store,
        row.area.name, shape, row.evidence,
    )  # fmt: skip


# Offers


def offers(organisation_id: int, of: PlanRow, *, search: str = "", after: str = "", limit: int = 50) -> Page:
    """Offers under a plan, the latest first."""
    shown = slice_after(_offers(organisation_id, of, search), "day", True, after=after, limit=limit)
    return Page(tuple(_offer_rows(shown.rows)), shown.next_after)


def every_offer(organisation_id: int, of: PlanRow, *, search: str = "") -> Iterator[OfferRow]:
    """All offers that fit."""
    return _offer_rows(list(all_after(_offers(organisation_id, of, search), "day", True)))


def offer(organisation_id: int, of: str) -> tuple[OfferRow, PlanRow] | None:
    """The offer with this number and its plan, or None."""
    rows = StockOffer.objects.current().filter(numbered(of), organisation_id=organisation_id)
    found = rows.select_related("pairing__giver", "plan").first()
    return (next(_offer_rows([found])), _plan(found.plan)) if found else None


def _offers(organisation_id: int, of: PlanRow, search: str) -> QuerySet:
    found = StockOffer.objects.current().filter(
        numbered(of.number, "plan__key"), organisation_id=organisation_id
    )
    if search:
        found = found.filter(
            Q(buyer_name__icontains=search) | Q(place_of__icontains=search) | Q(key__istartswith=search)
        )
    return found.select_related("pairing__giver")


def _offer_rows(found: Collection[StockOffer]) -> Iterator[OfferRow]:
    ids = [row.pk for row in found]
    answers: dict[int, OfferAnswer] = {}
    sold: dict[int, int] = defaultdict(int)
    for start in range(0, len(ids), SLICE):
        some = ids[start : start + SLICE]
        answers.update({row.offer_id: row for row in OfferAnswer.objects.current().filter(offer_id__in=some)})
        rows = ReportedSale.objects.current().filter(offer_id__in=some).order_by().values_list("offer_id")
        sold.update(dict(rows.annotate(Sum("grams"))))
    for row in found:
        said = answers.get(row.pk)
        yield OfferRow(
            number(row), row.reference, row.day, row.buyer_name,
            row.pairing.giver.name if row.pairing else "", row.grade, row.grams, row.price_fen, row.place_of,
            row.from_day, row.until_day, row.evidence, said.answer if said else "open",
            said.person_name if said else "", said.day if said else None, said.grounds if said else "",
            said.reference if said else "", sold[row.pk],
        )  # fmt: skip


# Sales


def sales(organisation_id: int, of: PlanRow, *, search: str = "", after: str = "", limit: int = 50) -> Page:
    """Reported sales of the plan's period and the same of past years, the latest first."""
    shown = slice_after(_sales(organisation_id, of, search), "day", True, after=after, limit=limit)
    return Page(tuple(_sale(row) for row in shown.rows), shown.next_after)


def every_sale(organisation_id: int, of: PlanRow, *, search: str = "") -> Iterator[SaleRow]:
    """All sales that fit, those of orders after the reported ones."""
    yield from (_sale(row) for row in all_after(_sales(organisation_id, of, search), "day", True))
    if not search:
        yield from order_sales(organisation_id, of)


def _spans(of: PlanRow, column: str = "day") -> Q:
    found = Q()
    for start, until in rules.periods(of.day, of.until, of.past_years):
        found |= Q(**{f"{column}__gte": start, f"{column}__lt": until})
    return found


def _sales(organisation_id: int, of: PlanRow, search: str) -> QuerySet:
    found = ReportedSale.objects.current().filter(_spans(of), organisation_id=organisation_id, good=of.good)
    if search:
        named = named_like("seller", search)
        found = found.filter(
            named
            | Q(buyer_name__icontains=search)
            | Q(area__name__icontains=search)
            | Q(key__istartswith=search)
        )
    return found.select_related("seller", "area", "offer")


def _sale(row: ReportedSale) -> SaleRow:
    shape = Sold(row.day, row.area.name, row.good, row.grade, row.grams, row.amount_fen, row.reference)
    return SaleRow(
        number(row), row.reference, row.seller.name if row.seller else "", row.buyer_name,
        number(row.offer) if row.offer else "", "", "", shape,
    )  # fmt: skip


def order_sales(organisation_id: int, of: PlanRow) -> Iterator[SaleRow]:
    """Lines of the organisation's own orders of the good, by weight, net of what came back."""
    products = Product.objects.filter(organisation_id=organisation_id, good=of.good, unit="kg")
    orders = (
        SalesOrder.objects.current()
        .filter(_spans(of), organisation_id=organisation_id, lines__product__in=products)
        .select_related("channel", "buyer", "area")
        .distinct()
    )
    waiting: list[SalesOrder] = []
    for row in all_after(orders, "day", True):
        waiting.append(row)
        if len(waiting) == SLICE:
            yield from _lines(waiting, of)
            waiting = []
    yield from _lines(waiting, of)


def _lines(orders: Collection[SalesOrder], of: PlanRow) -> Iterator[SaleRow]:
    lines = market.lines([row.pk for row in orders])
    back: dict[int, int] = defaultdict(int)
    refunds = OrderRefund.objects.current().filter(order__in=[row.pk for row in orders])
    for line_id, fen in refunds.exclude(kind="cancelled").values_list("line_id", "amount_fen"):
        back[line_id or 0] += fen
    for row in orders:
        for line in lines[row.pk]:
            if line.good != of.good or line.unit != "kg" or not line.standing.with_buyer:
                continue
            shape = Sold(
                row.day, row.area.name, line.good, line.grade, line.standing.with_buyer,
                line.standing.sold_fen - back[line.id], row.reference,
            )  # fmt: skip
            yield SaleRow(
                row.number, row.reference, "", row.buyer.name if row.buyer else row.buyer_name, "",
                row.number, number(row.channel), shape,
            )  # fmt: skip


# Figures


def figures(organisation_id: int, of: PlanRow) -> Figures:
    """Cleared share, volume and price of a plan, by village and grade, each from the records themselves."""
    all_ = [row.declared for row in every_declaration(organisation_id, of)]
    kept = rules.latest(all_)
    sold = [row.sold for row in every_sale(organisation_id, of)]

    def parts(by) -> tuple[tuple[str, rules.Cleared, rules.Compared], ...]:
        held, went = rules.grouped(kept, by), rules.grouped(sold, by)
        return tuple(
            (name, rules.cleared(held.get(name, ())), _compared(went.get(name, ()), of))
            for name in sorted({*held, *went})
        )

    stores, lots = _stores(organisation_id, of, kept)
    return Figures(
        rules.cleared(kept), _compared(sold, of), parts(_village), parts(_grade),
        tuple(rules.differing(all_)), stores, lots,
    )  # fmt: skip


def _compared(sold, of: PlanRow) -> rules.Compared:
    return rules.compared(sold, of.day, of.until, of.past_years)


def _village(row: Declared | Sold) -> str:
    return row.village


def _grade(row: Declared | Sold) -> str:
    return row.grade


def _stores(organisation_id: int, of: PlanRow, kept: list[Declared]) -> tuple[int | None, int | None]:
    """Grams the stores declare and grams their lots hold on the last day declared, where both exist."""
    stores = set(
        StockDeclaration.objects.current()
        .filter(organisation_id=organisation_id, good=of.good, holder=None)
        .values_list("store", flat=True)
    )
    mine = [row for row in kept if row.holder in stores]
    on = max((row.day for row in mine), default=of.until - timedelta(days=1))
    totals = [
        goods for goods in stock.totals(organisation_id, on) if (goods.good, goods.unit) == (of.good, "kg")
    ]
    if not mine or not totals:
        return None, None
    return sum(row.closing for row in mine), sum(goods.quantity for goods in totals)


def entered(organisation_id: int, kind: type[Fact]) -> int:
    """How many of a table were ever entered here: the next number is one more."""
    return kind.objects.filter(organisation_id=organisation_id, corrects__isnull=True).count()


def next_number(organisation_id: int, letter: str, day: date) -> str:
    """The next number of declarations (SB), offers (YY), answers (DF) or sales (XS)."""
    tables: dict[str, type[Fact]] = {
        "SB": StockDeclaration, "YY": StockOffer, "DF": OfferAnswer, "XS": ReportedSale, "QK": ClearingPlan,
    }  # fmt: skip
    return f"{letter}{day:%Y%m%d}-{entered(organisation_id, tables[letter]) + 1}"
