"""One cell -> the value its column keeps, or a refusal that says what to write instead."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from lianjie.base.fen import Fen
from lianjie.base.quantity import NotAQuantity, small_units, unit
from lianjie.base.words import N_
from lianjie.facts.rules import identity, personal
from lianjie.facts.rules.choices import MEASURE_WORDS
from lianjie.facts.rules.raw import Cell, InWorkbook, Place
from lianjie.facts.rules.schema import Column, choice_of, nearest, plain, tidy

Value = str | int | bool | date | None
EARLIEST = date(1949, 10, 1)
LATEST = date(2199, 12, 31)
LARGEST = 10**15
"""Small units above this are a slip of the hand: ten trillion yuan, a billion tonnes."""

LABOUR = ("劳务", "务工", "劳动", "用工", "工票", "投工", "勞務", "務工", "勞動", "labour", "labor", "work")
NO_CAPITAL = ("信用", "姓名", "商誉", "商譽", "特许经营", "特許經營", "credit", "goodwill", "franchise")


class CellEmpty(InWorkbook):
    what = N_("Nothing is written.")
    fix = N_("Fill it in; for example {example}.")


class TooLong(InWorkbook):
    what = N_("The text has {count} characters; at most {longest} fit.")
    fix = N_("Shorten it.")


class BrokenText(InWorkbook):
    what = N_("“{text}” holds characters that were lost (�) when the file was saved.")
    fix = N_("Type it again and save the file as .xlsx.")


class LooksLikeFormula(InWorkbook):
    what = N_("“{text}” begins like a formula.")
    fix = N_("Begin with a letter, a digit or a Chinese character.")


class CodeIsNumber(InWorkbook):
    what = N_("The code {text} is kept as a number; Excel drops leading zeros and long digits.")
    fix = N_("Format the column as text, then type the code again.")


class CodeIsDate(InWorkbook):
    what = N_("Excel turned this code into the date {text}.")
    fix = N_("Format the column as text, then type the code again.")


class CodeHasSpaces(InWorkbook):
    what = N_("The code “{text}” has a space, a line break or a “~” in it.")
    fix = N_("Write the code without it.")


class NotMoney(InWorkbook):
    what = N_("“{text}” is not an amount of money.")
    fix = N_("Write a plain number of yuan, for example 1234.50, without a unit.")


class TooFineMoney(InWorkbook):
    what = N_("{text} has more than two decimals.")
    fix = N_("Round it to whole fen, as the receipt says.")


class NotNumber(InWorkbook):
    what = N_("“{text}” is not a number.")
    fix = N_("Write a plain number without a unit, for example {example}.")


class TooFine(InWorkbook):
    what = N_("{text} is finer than we keep.")
    fix = N_("Write at most {places} decimals.")


class NotWhole(InWorkbook):
    what = N_("{text} is not a whole number.")
    fix = N_("Write a whole number.")


class TooSmall(InWorkbook):
    what = N_("{text} is too small.")
    fix = N_("Write {least} or more.")


class TooLarge(InWorkbook):
    what = N_("{text} is too large to be right.")
    fix = N_("Check the unit and the zeros.")


class NotADate(InWorkbook):
    what = N_("“{text}” is not a date.")
    fix = N_("Write it as 2025-03-05, 2025/3/5 or 2025年3月5日.")


class AmbiguousDate(InWorkbook):
    what = N_("“{text}” can be read as more than one date.")
    fix = N_("Write the year first: 2025-03-05.")


class NoSuchDay(InWorkbook):
    what = N_("There is no day {text} in the calendar.")
    fix = N_("Check month and day.")


class DayOutOfRange(InWorkbook):
    what = N_("The day {text} cannot be right.")
    fix = N_("Write a day from 1949-10-01 to 2199-12-31.")


class NotAMonthDay(InWorkbook):
    what = N_("“{text}” is not a day of the year.")
    fix = N_("Write month and day, for example 11-30.")


class UnknownChoice(InWorkbook):
    what = N_("“{text}” is not one of the answers of this column.")
    fix = N_("Choose {nearest}; possible are: {choices}.")


class LabourIsNotCapital(InWorkbook):
    what = N_(
        "“{text}”: labour is never share capital (Regulations on the Registration of Market Entities, "
        "art. 13; Law on Farmers' Professional Cooperatives, art. 13)."
    )
    fix = N_("Enter the work on the sheet of tallies, or pay it as a wage; take this row out.")


class NeverCapital(InWorkbook):
    what = N_(
        "“{text}” cannot be paid in as capital: credit, a person's name, goodwill and franchises are "
        "excluded (Regulations on the Registration of Market Entities, art. 13)."
    )
    fix = N_("Enter what was really paid in, or take this row out.")


class IdNumberIsNumber(InWorkbook):
    what = N_("The identity number is kept as a number, so Excel has lost its last digits ({text}).")
    fix = N_("Format the column as text and type all 18 characters again from the card.")


class IdNumberDamaged(InWorkbook):
    what = N_("The identity number {text} has been damaged by Excel: its last digits became zeros.")
    fix = N_("Format the column as text and type all 18 characters again from the card.")


class IdNumberWrong(InWorkbook):
    what = N_("The identity number {text} is mistyped: its length, day of birth or check digit does not fit.")
    fix = N_("Compare all 18 characters with the card.")


class PhoneWrong(InWorkbook):
    what = N_("The phone {text} is not a telephone number.")
    fix = N_("Type 6 to 20 digits.")


class NotAPlanName(InWorkbook):
    what = N_("“{text}” cannot be used as a name in a plan.")
    fix = N_("Begin with a letter or Chinese character; use only letters, digits and underscores, no spaces.")


class NotAYear(InWorkbook):
    what = N_("“{text}” is not a year.")
    fix = N_("Write four digits, for example 2025.")


class NotAnAccount(InWorkbook):
    what = N_("“{text}” is not an account code.")
    fix = N_("Write the code of the chart of accounts, for example 102 or 332.1.")


def read(column: Column, cell: Cell, place: Place) -> Value:
    """The value of a cell that is not empty. Refuses with one of the refusals above."""
    if isinstance(cell, str):
        if "\ufffd" in cell:
            raise BrokenText(place, text=cell)
        cell = tidy(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        cell = str(cell)  # no number anybody typed
    return READERS[column.kind](column, cell, place)


def shown(cell: Cell) -> str:
    """A cell as people see it in Excel: at most 15 digits, no trailing zero, dates in ISO form."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        # Excel keeps and shows 15 significant digits; 0.1+0.2 stands in the file as 0.30000000000000004.
        number = Decimal(f"{cell:.15g}")
        return f"{number:f}" if abs(number) < 10**15 else str(number)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    return "" if cell is None else str(cell)


def _text(column: Column, cell: Cell, place: Place) -> str:
    text = shown(cell)
    if len(text) > 1 and plain(text)[:1] in ("=", "+", "-", "@"):
        raise LooksLikeFormula(place, text=text[:40])
    if len(text) > column.longest:
        raise TooLong(place, count=len(text), longest=column.longest)
    return text


def _note(column: Column, cell: Cell, place: Place) -> str:
    text = shown(cell)
    if len(text) > column.longest:
        raise TooLong(place, count=len(text), longest=column.longest)
    return text


def _code(column: Column, cell: Cell, place: Place) -> str:
    if isinstance(cell, bool | int | float):
        raise CodeIsNumber(place, text=shown(cell))
    if not isinstance(cell, str):
        raise CodeIsDate(place, text=shown(cell))
    if re.search(r"[\s~]", cell):
        raise CodeHasSpaces(place, text=cell)
    return _text(column, cell, place)


def _area(column: Column, cell: Cell, place: Place) -> str:
    """A code or a name; twelve digits survive being a number, shorter ones would not."""
    if isinstance(cell, float) and re.fullmatch(r"\d{12}", shown(cell)):
        return shown(cell)
    if isinstance(cell, bool | int | float | date):
        return _code(column, cell, place)
    return _text(column, cell, place)


def _account(column: Column, cell: Cell, place: Place) -> str:
    text = shown(cell)
    if not re.fullmatch(r"\d{3}(\.\w+)?", text):
        raise NotAnAccount(place, text=text)
    return text


def _decimal(cell: Cell, refuse: Callable[[], InWorkbook]) -> Decimal:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Decimal(f"{cell:.15g}")
    text = shown(cell).replace(",", "").replace("，", "")
    if isinstance(cell, bool) or not re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", text):
        raise refuse()
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern above lets only decimals through
        raise refuse() from None


def _money(column: Column, cell: Cell, place: Place) -> int:
    yuan = _decimal(cell, lambda: NotMoney(place, text=shown(cell)))
    if yuan * 100 != (yuan * 100).to_integral_value():
        raise TooFineMoney(place, text=shown(cell))
    return _bounded(column, Fen.of_yuan(yuan).n, "0.01" if column.least else "0", cell, place)


def _quantity(column: Column, cell: Cell, place: Place) -> int:
    number = _decimal(cell, lambda: NotNumber(place, text=shown(cell), example=column.example or "12.5"))
    try:
        small = small_units(number, column.unit)
    except NotAQuantity:
        raise TooFine(place, text=shown(cell), places=unit(column.unit).places) from None
    least = "0" if not column.least else f"{1 / Decimal(int(unit(column.unit).small)):f}"
    return _bounded(column, small, least, cell, place)


def _bounded(column: Column, small: int, least: str, cell: Cell, place: Place) -> int:
    if column.least is not None and small < column.least:
        raise TooSmall(place, text=shown(cell), least=least)
    if abs(small) > LARGEST:
        raise TooLarge(place, text=shown(cell))
    return small


def _number(column: Column, cell: Cell, place: Place) -> str:
    number = _decimal(cell, lambda: NotNumber(place, text=shown(cell), example=column.example or "12.5"))
    if column.least is not None and number < column.least:
        raise TooSmall(place, text=shown(cell), least=column.least)
    if abs(number) > LARGEST:
        raise TooLarge(place, text=shown(cell))
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _whole(column: Column, cell: Cell, place: Place) -> int:
    number = _decimal(cell, lambda: NotNumber(place, text=shown(cell), example="1"))
    if number != number.to_integral_value():
        raise NotWhole(place, text=shown(cell))
    return _bounded(column, int(number), str(column.least or 0), cell, place)


def _date(column: Column, cell: Cell, place: Place) -> date:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, str):
        cell = _written_date(cell, place)
    if not isinstance(cell, date):
        raise NotADate(place, text=shown(cell))
    if not EARLIEST <= cell <= LATEST:
        raise DayOutOfRange(place, text=cell.isoformat())
    return cell


def _written_date(text: str, place: Place) -> date:
    """Year first, so that it can be read in one way only."""
    found = re.fullmatch(r"(\d{4})(?:-(\d\d?)-(\d\d?)|/(\d\d?)/(\d\d?)|年(\d\d?)月(\d\d?)日)", text)
    if found is None:
        if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})", text):
            raise AmbiguousDate(place, text=text)
        raise NotADate(place, text=text)
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        raise NoSuchDay(place, text=text) from None


def _month_day(column: Column, cell: Cell, place: Place) -> str:
    if isinstance(cell, date):  # Excel turns 11-30 into a date of this year
        return f"{cell.month:02}-{cell.day:02}"
    found = re.fullmatch(r"(\d\d?)(?:-|/|月)(\d\d?)日?", shown(cell))
    try:
        if found:
            day = date(2001, int(found[1]), int(found[2]))
            return f"{day.month:02}-{day.day:02}"
    except ValueError:
        pass
    raise NotAMonthDay(place, text=shown(cell))


def _choice(column: Column, cell: Cell, place: Place) -> str:
    text = shown(cell)
    found = choice_of(column, text)
    if found is not None:
        return found
    if column.code == "origin":
        _refuse_never_capital(text, place)
    language = column.caption.language_of(place.column)
    words = [choice.caption.named(language) for choice in column.choices]
    raise UnknownChoice(place, text=text, nearest=nearest(text, words) or words[0], choices="、".join(words))


def _refuse_never_capital(text: str, place: Place) -> None:
    if any(word in text.lower() for word in LABOUR):
        raise LabourIsNotCapital(place, text=text)
    if any(word in text.lower() for word in NO_CAPITAL):
        raise NeverCapital(place, text=text)


def _yes_no(column: Column, cell: Cell, place: Place) -> bool:
    return _choice(column, cell, place) == "yes"


def _id_number(column: Column, cell: Cell, place: Place) -> str:
    if not isinstance(cell, str):
        raise IdNumberIsNumber(place, text=shown(cell)[:6] + "…")
    number = identity.compact(cell)
    if identity.is_masked(number) or identity.is_id_number(number):
        return number
    # A refusal is printed, mailed and logged: it must not carry a whole number.
    seen = identity.mask(number)
    raise (IdNumberDamaged if identity.is_damaged(number) else IdNumberWrong)(place, text=seen)


def _phone(column: Column, cell: Cell, place: Place) -> str:
    text = shown(cell)
    if personal.is_masked(text):
        return ""  # printed by us: the number registered stays
    try:
        return personal.phone(text)
    except personal.NotAPhone:
        raise PhoneWrong(place, text=personal.masked("phone", text.strip()[-4:])) from None


def _credit_code(column: Column, cell: Cell, place: Place) -> str:
    return _code(column, identity.compact(cell) if isinstance(cell, str) else cell, place)


def _name(column: Column, cell: Cell, place: Place) -> str:
    text = _text(column, cell, place)
    name = MEASURE_WORDS.get(text, text) if column.code == "measure" else text
    # A measure may name a product after a dot: purchase_yuan.seed.
    if not all(part.isidentifier() and plain(part) == part.casefold() for part in name.split(".")):
        raise NotAPlanName(place, text=text)
    return name


def _year(column: Column, cell: Cell, place: Place) -> int:
    found = re.fullmatch(r"((?:19|20|21)\d\d)年?", shown(cell))
    if found is None:
        raise NotAYear(place, text=shown(cell))
    return int(found[1])


READERS: dict[str, Callable[[Column, Cell, Place], Value]] = {
    "code": _code,
    "party": _code,
    "receipt": _code,
    "area": _area,
    "account": _account,
    "text": _text,
    "money": _money,
    "quantity": _quantity,
    "number": _number,
    "whole": _whole,
    "date": _date,
    "month_day": _month_day,
    "choice": _choice,
    "yes_no": _yes_no,
    "unit": _choice,
    "id_number": _id_number,
    "phone": _phone,
    "credit_code": _credit_code,
    "name": _name,
    "note": _note,
    "year": _year,
}
