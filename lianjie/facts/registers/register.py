"""What a register is as a file: one sheet, what stands on it, and the verb a new row calls.

A new register is one short description: its columns, the rows that stand, and one call of the verb the page
of the register calls too. No rule is written twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.db.transaction import atomic
from django.utils.timezone import localdate

from lianjie.base.quantity import NotAQuantity
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import Books
from lianjie.facts.actions.store import Entry, Sieve
from lianjie.facts.models import Fact
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.choices import UNIT_CHOICES
from lianjie.facts.rules.handed import Post
from lianjie.facts.rules.schema import Caption, Choice, Column, Sheet

Values = dict[str, Any]
"""A row by column: text, date, whole small units; an empty cell is "", None, 0 or False by its kind."""

Given = TypeVar("Given")
Deliver = Callable[[Sequence[Mapping[str, str]], date], Book]
EMPTY: dict[str, Any] = {"date": None, "money": 0, "quantity": 0, "whole": 0, "year": 0, "yes_no": False}
UNITS = tuple(choice for choice in UNIT_CHOICES if choice.value in ("kg", "piece"))
DAY_HELP = N_("Year first: 2025-03-05.")


class UnitDiffers(Refusal):
    what = N_("{good} is counted in another unit here than {unit}.")
    fix = N_("Write the quantity in the unit of the lot or loan.")


@dataclass
class Desk:
    """Where the rows of a file are entered.

    deliver  makes the book of some deliveries of a year from their cells, checked as the workbook's rows are
    places   where the rows in hand stand in the file
    """

    entry: Entry
    post: Post
    deliver: Deliver
    places: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        return localdate(self.entry.at)

    @property
    def books(self) -> Books:
        of = self.entry
        return Books(of.organisation_id, of.source, of.at, of.by, self.post, of.place)


@dataclass(frozen=True)
class Ready:
    """Rows that were checked, and are still to be written.

    stands   whether all they rest on stands as it did; asked for in the transaction that will write
    write    puts them in; tells again and again how many are in
    """

    stands: Callable[[], bool]
    write: Callable[[Callable[[int], None]], None]


@dataclass(frozen=True)
class Register:
    """One register.

    rows    what stands in the books of an organisation, as the rows it could have been read from
    enter   one call of the verb, for some rows at once or, wrapped in `singly`, one by one
    right   what one must be allowed to, to enter a new row
    last    rows that come after the others of their day
    ready   checks rows and makes them ready without writing, where no row rests on another of its sheet: so
            that on SQLite, where one writes at a time, others wait for the writing only
    """

    sheet: Sheet
    model: type[Fact]
    rows: Callable[[int], Iterator[Values]]
    enter: Callable[[Sequence[Values], Desk], object]
    right: str = "enter_facts"
    last: Callable[[Values], bool] = lambda values: False
    ready: Callable[[Sequence[Values], Desk], Ready] | None = None

    @property
    def code(self) -> str:
        return self.sheet.code


@dataclass(frozen=True)
class Family:
    """Registers that refer to each other and are taken out as one file."""

    code: str
    title: str
    registers: tuple[Register, ...]
    by_code: dict[str, Register] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {r.code: r for r in self.registers})


def singly(enter: Callable[[Values, Desk], object]) -> Callable[[Sequence[Values], Desk], None]:
    """A verb of one row, called for each; those that are refused are named."""

    def entered(rows: Sequence[Values], desk: Desk) -> None:
        sieve = Sieve()
        for number, values in enumerate(rows):
            desk.entry.place = desk.places[number]
            with sieve.of(number), atomic():
                enter(values, desk)
        sieve.close()

    return entered


def gathered(rows: Sequence[Values], desk: Desk, made: Callable[[Values, str], Given]) -> list[Given]:
    """What each row gives a verb, from its values and its place. Refuses with RowsRefused."""
    sieve, found = Sieve(), []
    for number, (values, place) in enumerate(zip(rows, desk.places, strict=True)):
        with sieve.of(number):
            found.append(made(values, place))
    sieve.close()
    return found


def sheet(
    code: str, caption: Caption, help: str, columns: Sequence[Column], key: Sequence[str] = ("number",)
) -> Sheet:
    return Sheet(code, caption, dict, help, tuple(columns), tuple(key))


def filled(of: Sheet, values: Mapping[str, Any]) -> Values:
    """A row with every column: what is missing is empty by its kind, a quantity with its unit beside it 0."""
    empty = EMPTY | ({"number": 0} if "unit" in of.by_code else {})
    return {
        c.code: values.get(c.code) or (empty if c.code == "quantity" else EMPTY).get(c.kind, "")
        for c in of.columns
    }


def key_of(of: Sheet, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells the row apart from others of its sheet."""
    return tuple(values.get(column) or None for column in of.key)


# Columns. Captions are Simplified, English, and Traditional where it differs.


def number(code: str, *caption: str, help: str = "", example: str = "", required: bool = True) -> Column:
    return Column(code, Caption(*caption), "code", help, example, required, longest=40)


def text(
    code: str, *caption: str, help: str = "", example: str = "", required: bool = False, longest: int = 40
) -> Column:
    return Column(code, Caption(*caption), "note", help, example, required, longest=longest)


def day(code: str, *caption: str, help: str = DAY_HELP, required: bool = True) -> Column:
    return Column(code, Caption(*caption), "date", help, "2025-03-05", required)


def party(code: str, *caption: str, required: bool = True) -> Column:
    help = N_("The code, or the name when only one here has it.")
    return Column(code, Caption(*caption), "party", help, "N0001", required, longest=40)


def choice(
    code: str, choices: tuple[Choice, ...], *caption: str, help: str = "", required: bool = True
) -> Column:
    example = choices[0].caption.hans
    return Column(code, Caption(*caption), "choice", help, example, required, choices=choices)


def answers(*given: tuple[str, ...]) -> tuple[Choice, ...]:
    """Value, then its words in Simplified, English and Traditional."""
    return tuple(Choice(value, Caption(*words)) for value, *words in given)


def yes_no(code: str, choices: tuple[Choice, ...], *caption: str) -> Column:
    return Column(code, Caption(*caption), "yes_no", "", choices[1].caption.hans, choices=choices)


def money(code: str, *caption: str, help: str = "", required: bool = False, least: int | None = 0) -> Column:
    return Column(code, Caption(*caption), "money", help, "12.50", required, least=least)


def quantity(code: str, unit: str, *caption: str, required: bool = False, least: int = 0) -> Column:
    return Column(code, Caption(*caption), "quantity", "", "12.5", required, unit=unit, least=least)


def whole(code: str, *caption: str, help: str = "", required: bool = False) -> Column:
    return Column(code, Caption(*caption), "whole", help, "1", required, least=0)


def decimal(code: str, *caption: str, help: str = "", example: str = "1.5") -> Column:
    return Column(code, Caption(*caption), "number", help, example, least=0)


def amount(required: bool = True) -> tuple[Column, Column]:
    """A quantity with its unit beside it: nobody has to guess."""
    return (
        Column("quantity", Caption("数量", "Quantity", "數量"), "number", "", "12.5", required, least=0),
        Column("unit", Caption("单位", "Unit", "單位"), "unit", "", "公斤", required, choices=UNITS),
    )


EVIDENCE = text(
    "evidence", "凭据", "Evidence", "憑據", longest=300, help=N_("Where the paper or photo is kept.")
)


def scaled(given: str, scale: int, places: int) -> int:
    """A plain decimal in parts of `scale`. Refuses with NotAQuantity when it is finer."""
    try:
        found = Decimal(given or "0") * scale
    except InvalidOperation:
        raise NotAQuantity(text=given, unit="number", places=places) from None
    if found != int(found):
        raise NotAQuantity(text=given, unit="number", places=places)
    return int(found)


def plain(value: int, scale: int) -> str:
    """The reverse of `scaled`, as a cell is kept: no trailing zero; "" for 0."""
    made = f"{Decimal(value) / scale:f}"
    made = made.rstrip("0").rstrip(".") if "." in made else made
    return "" if made == "0" else made


def in_unit(good: str, unit: str, values: Values) -> int:
    """The quantity of a row, which must be counted as its good is. Refuses with UnitDiffers."""
    if values["unit"] != unit:
        raise UnitDiffers(good=good, unit=values["unit"])
    return int(values["quantity"])


def base(key: str) -> str:
    """The number on the paper: the key without the version a correction gave it."""
    return key.partition("~")[0]


def standing(model: type[Fact], organisation_id: int, *related: str) -> Iterator[Any]:
    """Rows of a table that stand, in the order of day, a slice at a time."""
    rows = model.objects.current().filter(organisation_id=organisation_id)
    rows = rows.select_related(*related) if related else rows
    return iter(rows.order_by("day", "pk").iterator(chunk_size=2000))


def fields(row: Any, *names: str, **more: Any) -> Values:
    """Columns that are called as the table calls them, and others."""
    return {name: getattr(row, name) for name in names} | more
