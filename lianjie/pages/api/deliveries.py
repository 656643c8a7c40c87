"""Crop handed in: the register, and one delivery entered by the verb of the page."""

from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from lianjie.facts.queries import registers
from lianjie.facts.queries.registers import Asked
from lianjie.facts.rules.sheets import BY_CODE
from lianjie.pages import access, fact_form, facts
from lianjie.pages.api.said import PROBLEMS, Fen, Grams, Listed, Paged, left, named, refused_in

router = Router(tags=["deliveries"])
SHEET = BY_CODE["deliveries"]


class DeliveriesAsked(Listed):
    search: str = Field("", max_length=60, description="Beginning of a receipt, a good, a name or a code")
    village: str = Field("", max_length=12, description="Code of an area")
    year: int | None = Field(None, ge=1949, le=2199)


class Delivery(Schema):
    reference: str = Field(description="Names the fact: delivery:YEAR-RECEIPT, and ~2 after a correction")
    party: str = Field(description="Code of whoever handed it in")
    name: str = Field(description="Masked unless the reader enters facts here")
    village: str
    day: date
    receipt: str
    good: str
    grade: str
    grams: Grams
    price_fen_per_kg: Fen
    amount_fen: Fen


class Deliveries(Paged):
    rows: list[Delivery]


@router.get("/o/{code}/deliveries/", url_name="api-deliveries", response={200: Deliveries, **PROBLEMS})
def deliveries(request: HttpRequest, code: str, asked: Query[DeliveriesAsked]) -> Deliveries:
    """Deliveries as they stand, the latest first, in pages."""
    place = access.place(request, code, "read")
    narrowed = Asked(search=asked.search.strip(), village=asked.village, year=asked.year)
    found = registers.page(
        "deliveries", place.id, timezone.localdate(), narrowed, after=asked.after, limit=asked.limit
    )
    left(request, place)
    rows = [
        Delivery(
            reference=row.reference,
            party=row.party_code,
            name=named(row.cells["party"], place),
            village=row.cells["village"],
            day=row.cells["day"],
            receipt=row.cells["receipt"],
            good=row.cells["good"],
            grade=row.cells["grade"],
            grams=row.cells["weight"],
            price_fen_per_kg=row.cells["price"],
            amount_fen=row.cells["amount"],
        )
        for row in found.rows
    ]
    return Deliveries(rows=rows, next_after=found.next_after)


class Given(Schema):
    """A delivery as the weighing receipt says it. The receipt's number makes it one: each once a year."""

    receipt: str = Field(min_length=1, max_length=40)
    day: date
    household: str = Field(min_length=1, max_length=40, description="Code of whoever hands it in")
    good: str = Field(min_length=1, max_length=40)
    grams: Grams = Field(ge=1, le=10**12)
    price_fen_per_kg: Fen = Field(ge=0, le=10**12, description="Whole fen a kilogram; 0 when not agreed yet")
    amount_fen: Fen | None = Field(
        None, ge=0, le=10**14, description="Whole fen; weight times price when left out"
    )
    grade: str = Field("", max_length=20)
    evidence: str = Field("", max_length=200)


class EnteredOnce(Schema):
    reference: str
    new: bool = Field(description="False when it was entered before, and nothing changed")


@router.post(
    "/o/{code}/enter/deliveries/",
    url_name="api-enter-delivery",
    response={200: EnteredOnce, 201: EnteredOnce, **PROBLEMS},
)
def enter_delivery(request: HttpRequest, code: str, given: Given) -> Status:
    """Enter one delivery. Again the same: 200, the same record. The same number with another content: 409."""
    place = access.place(request, code, "enter_facts")
    fields = {column.caption.named(fact_form.language()): column.code for column in SHEET.columns}
    with refused_in(fields, conflict=facts.AlreadyEntered):
        entered = facts.add(request, place, SHEET, _cells(given))
    made = EnteredOnce(reference=f"delivery:{given.day.year}-{given.receipt}", new=bool(entered.new))
    return Status(201 if made.new else 200, made)


def _cells(given: Given) -> dict[str, str]:
    """As the row of a workbook: kilograms and yuan in full."""
    amount = "" if given.amount_fen is None else _hundredths(given.amount_fen)
    return {
        "receipt": given.receipt,
        "day": given.day.isoformat(),
        "household": given.household,
        "good": given.good,
        "grams": f"{Decimal(given.grams) / 1000:f}",
        "price_fen_per_kg": _hundredths(given.price_fen_per_kg),
        "amount_fen": amount,
        "grade": given.grade,
        "evidence": given.evidence,
    }


def _hundredths(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"
