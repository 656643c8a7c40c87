"""Broken workbooks: each is refused by name and place, with a remedy, and nothing is written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from openpyxl import load_workbook

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts import workbook
from lianjie.facts.actions.intake import enter_workbook
from lianjie.facts.rules.raw import InWorkbook
from lianjie.facts.rules.sheets import BY_CODE
from tests.facts.broken import files
from tests.facts.broken.cases import CASES, Case
from tests.facts.broken.sample import letter, saved, title, typed

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ACCOUNTS = {"102": "银行存款", "121": "产品物资", "301": "股金", "332": "盈余分配"}

pytestmark = [pytest.mark.django_db, pytest.mark.mission("S1")]


def nothing_to_book(*args, **kwargs) -> None:
    """The sample is entered before some cases; its bookings are not looked at here."""


def put_in(data: bytes):
    return enter_workbook(data, name="book.xlsx", by=None, at=NOW, post=nothing_to_book, accounts=ACCOUNTS)


def rows() -> dict[str, int]:
    """How many rows every table of the room holds."""
    return {model.__name__: model.objects.count() for model in apps.get_app_config("facts").get_models()}  # type: ignore[attr-defined]


def refused(data: bytes) -> tuple[Refusal, ...]:
    """What the file is refused for; and not a row more in the database."""
    before = rows()
    with pytest.raises(Refusal) as found:
        put_in(data)
    assert rows() == before
    value = found.value
    return value.refusals if isinstance(value, Refusals) else (value,)


def place(refusal: Refusal) -> tuple[str, str, int, str]:
    assert isinstance(refusal, InWorkbook), refusal
    at = refusal.place
    return refusal.code, at.sheet, at.row, at.letter


def expected(case: Case) -> set[tuple[str, str, int, str]]:
    found = set()
    for code, sheet, row, column in case.expected:
        known = sheet in BY_CODE
        wanted = letter(sheet, column) if known and column in BY_CODE[sheet].by_code else column
        found.add((code, title(sheet) if known else sheet, row, wanted))
    return found


def test_there_are_more_than_sixty_and_each_has_a_name_of_its_own():
    assert len(CASES) + len(files.FILES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_sample_itself_is_accepted():
    _, entered = put_in(saved(typed()))
    assert entered.new == 51


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_workbook_is_refused_where_it_is_broken(case: Case):
    if case.registered:
        put_in(saved(typed()))
    book = typed()
    case.breaks(book)
    found = refused(saved(book))
    assert {place(each) for each in found} == expected(case)
    assert len(found) == len(case.expected)
    for each in found:
        text = each.say()
        assert each.place.sheet in text  # type: ignore[attr-defined]
        assert not each.place.row or f"row {each.place.row}" in text  # type: ignore[attr-defined]
        assert not each.place.letter or f"column {each.place.letter}" in text  # type: ignore[attr-defined]
        assert each.fix.format_map(each.details) in text
        assert "{" not in text


@pytest.mark.parametrize("case", files.FILES, ids=lambda case: case.name)
def test_a_file_that_is_no_workbook_is_refused_before_it_is_parsed(case: files.FileCase):
    found = refused(case.make())
    assert [each.code for each in found] == [case.expected]
    assert found[0].fix.format_map(found[0].details) in found[0].say()
    if isinstance(found[0], InWorkbook):
        assert found[0].place.sheet == title("deliveries")


def test_fifty_thousand_rows_are_still_read():
    raw = workbook.read(files.many_rows(50_000))
    assert len(raw.sheets["deliveries"].rows) == 50_000


def test_the_workbook_comes_back_with_reasons_and_reads_again_once_mended(tmp_path: Path):
    book = typed()
    book.put("deliveries", 3, "grams", -1)
    book.put("deliveries", 3, "household", "N0066")
    book.put("members", 2, "day", "去年")
    broken = saved(book)
    with pytest.raises(Refusals) as found:
        put_in(broken)
    path = tmp_path / "back.xlsx"
    assert workbook.annotated(broken, found.value, path)
    page = load_workbook(path)[title("deliveries")]
    last = page.max_column
    assert page.cell(1, last).value in ("原因", "Reasons")
    assert len(page.cell(3, last).value.splitlines()) == 2
    assert page[f"{letter('deliveries', 'grams')}3"].fill.fgColor.rgb == "00FFC7CE"
    assert page.cell(2, last).value is None
    # Sent again unmended: the same complaints, and none about our own column.
    again = refused(path.read_bytes())
    assert {place(each) for each in again} == {place(each) for each in found.value.refusals}
    mended = load_workbook(path)
    mended[title("deliveries")][f"{letter('deliveries', 'grams')}3"] = 1
    mended[title("deliveries")][f"{letter('deliveries', 'household')}3"] = "N0006"
    mended[title("members")][f"{letter('members', 'day')}2"] = "2018-06-01"
    mended.save(path)
    _, entered = put_in(path.read_bytes())
    assert entered.new == 51


@pytest.mark.parametrize("case", [c for c in CASES if not c.registered][::6], ids=lambda case: case.name)
def test_the_annotated_file_earns_the_same_reasons(case: Case, tmp_path: Path):
    book = typed()
    case.breaks(book)
    with pytest.raises(Refusals) as found:
        put_in(saved(book))
    path = tmp_path / "back.xlsx"
    assert workbook.annotated(saved(book), found.value, path)
    again = refused(path.read_bytes())
    assert sorted(map(place, again)) == sorted(map(place, found.value.refusals))


def test_reasons_that_belong_to_no_row_stand_on_a_sheet_of_their_own(tmp_path: Path):
    book = typed()
    book.rename("deliveries", "交售表")
    with pytest.raises(Refusals) as found:
        put_in(saved(book))
    path = tmp_path / "back.xlsx"
    assert workbook.annotated(saved(book), found.value, path)
    assert "交售表" in load_workbook(path).worksheets[0]["A1"].value


def test_a_file_that_cannot_be_opened_is_not_sent_back(tmp_path: Path):
    path = tmp_path / "back.xlsx"
    assert not workbook.annotated(b"", files.FileIsEmpty(), path)
    assert not path.exists()
