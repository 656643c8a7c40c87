"""A form for one row of the workbook, built from the same description, checked by the same rules."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django import forms
from django.utils.translation import get_language, gettext

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts.queries import export
from lianjie.facts.queries.known import known
from lianjie.facts.rules import checking, writing
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.raw import InWorkbook, RawBook, RawSheet
from lianjie.facts.rules.schema import Column, Sheet, letters
from lianjie.facts.rules.sheets import BY_CODE
from lianjie.ledger.queries import balances

DECIMAL = {"money", "quantity", "number"}
YEARLY = ("tallies", "figures", "balances", "announced")
"""Sheets whose rows have no day of their own: the form asks for the year."""


def language() -> str:
    """The reader's language as captions name it."""
    return (get_language() or "zh-hans").lower()


def form_of(
    sheet: Sheet,
    *,
    initial: Mapping[str, str],
    data: Mapping[str, str] | None = None,
    fixed: tuple[str, ...] = (),
    year: int | None = None,
) -> forms.Form:
    """A form with a field for every column.

    fixed  columns that name the fact: shown, and kept as they are
    year   given for sheets without a day
    """
    fields: dict[str, forms.Field] = {}
    if sheet.code in YEARLY:
        fields["year"] = forms.IntegerField(
            label=gettext("Year"), min_value=1949, max_value=2199, initial=year, disabled="year" in fixed
        )
    for column in sheet.columns:
        fields[column.code] = _field(column, column.code in fixed)
    made = type("RowForm", (forms.Form,), fields)
    return made(data, initial=dict(initial) | ({"year": year} if year else {}))


def _field(column: Column, fixed: bool) -> forms.Field:
    common = {
        "label": column.caption.named(language()),
        "help_text": gettext(column.help),
        "required": column.required,
        "disabled": fixed,
    }
    if column.choices:
        empty = [] if column.required else [("", "—")]
        named = [(c.value, c.caption.named(language())) for c in column.choices]
        return forms.ChoiceField(choices=empty + named, **common)
    widget: forms.Widget = forms.TextInput(attrs={"autocomplete": "off"})
    if column.kind == "date":
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif column.kind in DECIMAL:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    elif column.kind == "party":
        widget = forms.TextInput(attrs={"list": "parties", "autocomplete": "off"})
    return forms.CharField(widget=widget, max_length=column.longest, strip=True, **common)


def book_of(organisation_id: int, sheet: Sheet, values: Mapping[str, object], today: date) -> Book:
    """The row as a book of one row. Refuses with Refusals, as a workbook would be refused."""
    return book_of_many(organisation_id, sheet, [values], today)


def book_of_many(
    organisation_id: int, sheet: Sheet, rows: Sequence[Mapping[str, object]], today: date
) -> Book:
    """Rows of one year as a book; a refusal's row counts from 1."""
    cells = [{name: str(value) for name, value in values.items() if value} for values in rows]
    raw = RawBook(
        sheet.caption.named(language()),
        {
            "organisation": _raw_organisation(organisation_id, _year(sheet, rows[0], today)),
            sheet.code: _raw(sheet, cells),
        },
    )
    chart = {code: account.name for code, account in balances.chart().accounts.items()}
    return checking.check(raw, known(raw, chart))


def deliver_to(organisation_id: int) -> Callable[[Sequence[Mapping[str, str]], date], Book]:
    """Makes the book of some deliveries of a year from their cells."""
    return lambda rows, day: book_of_many(organisation_id, BY_CODE["deliveries"], rows, day)


def show(form: forms.Form, sheet: Sheet, refusal: Refusal) -> None:
    """Put each refusal beside its field; what is about no field goes on top."""
    title = sheet.caption.named(language())
    for each in refusal.refusals if isinstance(refusal, Refusals) else (refusal,):
        if not isinstance(each, InWorkbook):
            form.add_error(None, each.say(gettext))
            continue
        column = next((c.code for i, c in enumerate(sheet.columns) if letters(i) == each.place.letter), "")
        if each.place.sheet == title and column in form.fields:
            form.add_error(column, each.reason(gettext))
        else:
            form.add_error(None, each.reason(gettext))


def _year(sheet: Sheet, values: Mapping[str, object], today: date) -> int:
    """The year of the book: asked for, that of the row's day, or this year."""
    if sheet.code in YEARLY:
        return int(str(values["year"]))
    day = str(values.get("day") or "")
    in_year = any(c.within == "year" for c in sheet.columns)
    if in_year and day[:4].isdigit():
        return int(day[:4])
    return today.year


def _raw(sheet: Sheet, rows: Sequence[Mapping[str, str]]) -> RawSheet:
    columns = {c.code: (i, c.caption.named(language())) for i, c in enumerate(sheet.columns)}
    made = tuple((n, tuple(cells.get(c.code) for c in sheet.columns)) for n, cells in enumerate(rows, 1))
    return RawSheet(sheet.caption.named(language()), columns, made)


def _raw_organisation(organisation_id: int, year: int) -> RawSheet:
    sheet = BY_CODE["organisation"]
    row = export.organisation_row(organisation_id, year)
    cells = {c.code: writing.cell(c, row, language()) for c in sheet.columns}
    return _raw(sheet, [{code: f"{value}" for code, value in cells.items() if value is not None}])
