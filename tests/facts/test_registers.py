"""Registers as files: out and in without loss, all or nothing, every reason beside its row. PAINS 1."""

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianjie.base.refusal import Refusals
from lianjie.facts import registers
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.models import Fact, Loan, Source
from lianjie.facts.registers import bringing, taking
from lianjie.facts.registers.bringing import Brought
from lianjie.facts.registers.register import Desk
from lianjie.facts.rules.raw import RawBook, RawSheet
from lianjie.facts.rules.schema import LANGUAGES
from lianjie.facts.workbook import annotated, read
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.facts import register_world
from tests.ledger import coop

pytestmark = pytest.mark.both
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
ALL = frozenset({"enter_facts", "decide"})


@pytest.fixture
def here() -> int:
    return coop.make().pk


def desk(here: int, minute: int = 0, name: str = "registers.xlsx") -> Desk:
    at = AT.replace(minute=minute)
    return Desk(
        Entry(here, SourceGiven("workbook", name, f"{minute:064}"), at, None),
        post,
        register_world.deliver(here),
    )


def bring(here: int, path: Path, minute: int = 0, rights=ALL) -> Brought:
    raw = read(path, path.name, registers.SHEETS)
    return bringing.bring(raw, registers.REGISTERS, desk(here, minute), rights)


def facts() -> int:
    return sum(model.objects.count() for model in Fact.__subclasses__() if not model._meta.abstract)


def balances() -> dict:
    rows = Posting.objects.filter(entry__posted=True).values_list(
        "account", "good", "party__code", "quantity"
    )
    found: dict = {}
    for *of, quantity in rows:
        found[tuple(of)] = found.get(tuple(of), 0) + quantity
    return {of: total for of, total in found.items() if total}


@pytest.mark.parametrize("family", registers.FAMILIES, ids=lambda family: family.code)
def test_what_stands_goes_out_and_comes_in_again_without_loss(here, family, tmp_path):
    path = tmp_path / "out.xlsx"
    language = LANGUAGES[registers.FAMILIES.index(family) % 3]
    before = transaction.savepoint()
    register_world.fill(desk(here), family.code)
    taking.export(family, here, path, language)
    filled, booked = facts(), balances()
    again = bring(here, path, 1)
    assert (again.new, again.corrected) == (0, 0), "our own file changes nothing"
    for register in family.registers:
        assert again.by_register[register.code].unchanged > 0, f"nothing stands in {register.code}"
    assert facts() == filled

    transaction.savepoint_rollback(before)
    register_world.ground(desk(here), family.code)
    if family.code == "work":  # a payroll is approved by a person, never by a file
        workbook = openpyxl.load_workbook(path)
        workbook.remove(workbook[family.by_code["wages_paid"].sheet.caption.named(language)])
        workbook.save(path)
        again = bringing.Brought({k: v for k, v in again.by_register.items() if k != "wages_paid"})
        booked = {}
    entered = bring(here, path, 2)
    assert entered.new == again.unchanged, "into empty books, every row is new"
    assert balances() == booked, "and the ledger stands as it stood"
    count = facts()
    once_more = bring(here, path, 3)
    assert (once_more.new, once_more.corrected) == (0, 0)
    assert facts() == count


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_sheets_bear_one_name(language):
    titles = [sheet.caption.named(language).casefold() for sheet in registers.SHEETS]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("family", registers.FAMILIES, ids=lambda family: family.code)
def test_the_template_is_read_without_a_complaint(here, family, tmp_path):
    path = tmp_path / "template.xlsx"
    taking.template(family, path, "zh-hans")
    with pytest.raises(bringing.NothingInFile):
        bring(here, path)


def broken(here: int, path: Path, changes: dict[str, object], family: str = "in-kind") -> Refusals:
    """The family's own file with some cells changed, brought into books that have none of it."""
    before = transaction.savepoint()
    register_world.fill(desk(here), family)
    taking.export(registers.BY_CODE[family], here, path, "en")
    transaction.savepoint_rollback(before)
    register_world.ground(desk(here), family)
    workbook = openpyxl.load_workbook(path)
    for place, value in changes.items():
        title, _, cell = place.partition("!")
        workbook[title][cell] = value
    workbook.save(path)
    count = facts() + Source.objects.count()
    with pytest.raises(Refusals) as refused:
        bring(here, path)
    assert facts() + Source.objects.count() == count, "nothing was written"
    return refused.value


BROKEN: tuple[dict[str, tuple[object, str, str, str]], ...] = (
    {"Lots received!D2": ("=1+1", "CellIsFormula", "D", "paste it back as a value")},
    {
        "Loans in kind!C2": ("NOBODY", "NoSuchParty", "C", "Enter it first, or correct the code"),
        "Loans in kind!D3": ("NO-LOT", "NoSuchLot", "D", "no lot “NO-LOT”"),
        "Loans in kind!F4": ("bushel", "UnknownChoice", "F", "not one of the answers"),
        "Loans in kind!B5": ("2025-13-01", "NoSuchDay", "B", "no day 2025-13-01"),
        "Lots received!A3": (17, "CodeIsNumber", "A", "as text"),
        "Goods lost from stock!E2": (None, "CellEmpty", "E", "Fill it in"),
        "Inputs handed out!E2": (99_999, "LotHasLess", "D", "less than is taken from it"),
    },
    {
        "Loans in kind!G2": ("2025-02-01", "DueBeforeLent", "G", "after the day of lending"),
        "Loans in kind!A5": ("J3", "EnteredTwice", "A", "already entered in row 4"),
        "Loans in kind!E4": ("19.5", "PartOfAPiece", "E", "a piece cannot be parted"),
        "Goods lost from stock!F2": ("piece", "UnitDiffers", "F", "unit of the lot or loan"),
        "Returns!E3": (9_000, "MoreThanOwed", "C", "more than that"),
        "Decisions on loans!D3": ("Z9", "NothingToDecide", "D", ""),
        "Inputs handed out!B2": ("2031-01-01", "NotInTheFuture", "B", "has not come yet"),
    },
)


@pytest.mark.parametrize("cells", BROKEN, ids=["file", "cells", "verbs"])
def test_a_wrong_cell_is_refused_by_sheet_row_and_column_and_nothing_is_written(here, cells, tmp_path):
    """Every problem of a file at once, each with what to do."""
    refusal = broken(here, tmp_path / "broken.xlsx", {place: given[0] for place, given in cells.items()})
    for place, (_, code, letter, words) in cells.items():
        title, _, cell = place.partition("!")
        of_row = [r for r in refusal.refusals if (r.place.sheet, r.place.row) == (title, int(cell[1:]))]  # type: ignore[attr-defined]
        (found,) = [each for each in of_row if each.code == code]
        assert found.place.letter == letter  # type: ignore[attr-defined]
        assert words in found.say()


def test_what_rests_on_a_refused_row_points_to_it(here, tmp_path):
    refusal = broken(here, tmp_path / "broken.xlsx", {"Loans in kind!C2": "NOBODY"})
    resting = [each for each in refusal.refusals if each.code == "RestsOnRefused"]
    sheets = ("Returns", "Deferrals asked", "Losses on loans", "Decisions on loans", "Loans in kind")
    assert {each.place.sheet for each in resting} == set(sheets)  # type: ignore[attr-defined]
    assert "Mend row 2 of sheet “Loans in kind” first." in resting[-1].say()


def test_the_users_own_file_comes_back_with_its_reasons(here, tmp_path):
    path, back = tmp_path / "broken.xlsx", tmp_path / "back.xlsx"
    refusal = broken(here, path, {"Loans in kind!C2": "NOBODY", "Lots received!H3": "kept"})
    with translation.override("en"):
        assert annotated(path, refusal, back)
    workbook = openpyxl.load_workbook(back)
    sheet = workbook["Loans in kind"]
    reasons = sheet.cell(2, sheet.max_column).value
    assert reasons.startswith("Borrower: No household, person or organisation has the code “NOBODY”")
    assert sheet["C2"].fill.fgColor.rgb == "00FFC7CE"
    assert workbook["Lots received"]["H3"].value == "kept", "everything else is as it was"
    sheet["C2"] = "COOP-H1"
    workbook.save(back)
    assert bring(here, back).new > 10, "mended, with the reasons still in it, it is entered"


def test_rows_of_those_who_decide_are_not_entered_by_others(here, tmp_path):
    path = tmp_path / "out.xlsx"
    before = transaction.savepoint()
    register_world.fill(desk(here), "in-kind")
    taking.export(registers.BY_CODE["in-kind"], here, path, "zh-hans")
    assert bring(here, path, 1, frozenset({"enter_facts"})).new == 0, "what stands may be in the file"
    transaction.savepoint_rollback(before)
    with pytest.raises(Refusals) as refused:
        bring(here, path, 2, frozenset({"enter_facts"}))
    assert [each.code for each in refused.value.refusals] == ["RightMissing"]


def test_a_name_stands_for_a_code_when_it_is_one_members(here, tmp_path):
    register_world.fill(desk(here), "in-kind")
    path = tmp_path / "loan.xlsx"
    taking.export(registers.BY_CODE["in-kind"], here, path, "en", only="loans")
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["Loans in kind"]
    sheet["A2"], sheet["C2"], sheet["E2"] = "J9", Loan.objects.get(key="J1").borrower.name, 1
    sheet.delete_rows(3, 9)
    workbook.save(path)
    assert bring(here, path).new == 1
    assert Loan.objects.get(key="J9").borrower.code == "COOP-H1"
    assert Loan.objects.get(key="J9").place == "Loans in kind!A2", "which row made it"


def test_one_register_is_taken_out_narrowed_as_its_list_is(here, tmp_path):
    register_world.fill(desk(here), "in-kind")
    found = taking.rows_of(registers.REGISTERS["loans"], here, "coop-h2")
    assert [row["number"] for row in found] == ["J2"]


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shuffle=st.randoms(use_true_random=False))
def test_rows_in_any_order_and_any_of_them_twice_come_to_the_same(here, out, shuffle):
    """Loans and their returns refer to each other across sheets, in whatever order they are written."""
    raw, whole, booked = out
    before = transaction.savepoint()

    def mixed(sheet: RawSheet) -> RawSheet:
        rows = [*sheet.rows, *(row for row in sheet.rows if shuffle.random() < 0.5)]
        shuffle.shuffle(rows)
        return RawSheet(sheet.title, sheet.columns, tuple((n, cells) for n, (_, cells) in enumerate(rows, 2)))

    def entered(minute: int) -> Brought:
        book = RawBook("mixed", {code: mixed(sheet) for code, sheet in raw.sheets.items()})
        return bringing.bring(book, registers.REGISTERS, desk(here, minute), ALL)

    assert entered(1).new == whole
    assert balances() == booked
    count = facts()
    assert (entered(2).new, facts()) == (0, count)
    transaction.savepoint_rollback(before)


@pytest.fixture
def out(here, tmp_path) -> tuple[RawBook, int, dict]:
    """The file of everything in kind, how many rows it has and what its books are; the books empty again."""
    before = transaction.savepoint()
    register_world.fill(desk(here), "in-kind")
    path = tmp_path / "out.xlsx"
    taking.export(registers.BY_CODE["in-kind"], here, path, "zh-hans")
    booked = balances()
    transaction.savepoint_rollback(before)
    raw = read(path, path.name, registers.SHEETS)
    return raw, sum(len(sheet.rows) for sheet in raw.sheets.values()), booked
