"""The workbook: read, entered once, exported, read again the same; the template opens and is clean."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from lianjie.base.refusal import Refusals
from lianjie.facts import sealing, workbook
from lianjie.facts.actions.enter import SourceGiven, enter
from lianjie.facts.actions.withdraw import NoSuchFact, ReasonMissing, withdraw
from lianjie.facts.models import (
    Area,
    Contribution,
    Delivery,
    Lease,
    Membership,
    Party,
    Person,
    PersonalDetail,
    RegisteredStatus,
    Source,
)
from lianjie.facts.queries import export
from lianjie.facts.queries.known import known
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.checking import check
from lianjie.facts.rules.handed import BalanceFact, ContributionFact, DeliveryFact, Handed
from lianjie.facts.rules.raw import RawBook
from lianjie.facts.rules.sheets import SHEETS
from tests.facts.broken.sample import saved, typed

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
GIVEN = SourceGiven("workbook", "黄梅2025.xlsx", "0" * 64)


class Posted:
    """Stands at the ledger's door and remembers what was handed in."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Handed, ...]]] = []

    def __call__(self, kind, rows, *, organisation_id, year, at, by) -> None:
        self.calls.append((kind, tuple(rows)))

    def of(self, kind: str) -> tuple[Handed, ...]:
        return tuple(row for name, rows in self.calls if name == kind for row in rows)


def read(data: bytes) -> Book:
    raw = workbook.read(data, "book.xlsx")
    return check(raw, known(raw))


def take_in(data: bytes, post: Posted | None = None):
    return enter(read(data), source=GIVEN, by=None, at=NOW, post=post or Posted())


@pytest.mark.both
@pytest.mark.mission("R1", "R6", "L1", "L2")
def test_a_years_workbook_is_entered_and_handed_to_the_ledger():
    post = Posted()
    entered = take_in(saved(typed()), post)
    assert (entered.corrected, entered.unchanged) == (0, 0)
    assert entered.new == 51
    assert post.of("contribution")[0].fact == ContributionFact(
        "contribution:CZ001", datetime(2020, 1, 10).date(), "N0001", "household_fund", 500000
    )
    assert [(each.fact.party, each.fact.member, each.fact.amount_fen) for each in post.of("delivery")] == [
        ("N0001", True, 106420),
        ("N0006", False, 100),
    ]
    assert isinstance(post.of("delivery")[0].fact, DeliveryFact)
    assert post.of("balance")[1].fact == BalanceFact("accountbalance:2025-301", "301", 0, 3623450)
    lease = Lease.objects.get()
    assert (lease.extent_mu4, lease.rent_fen_per_mu, lease.due_month) == (24100, 60000, 11)
    assert Party.objects.filter(invented=False).count() == 0
    assert Party.objects.get(code="N0006").sort_key.startswith("sun")


@pytest.mark.both
def test_the_same_file_twice_changes_nothing():
    take_in(saved(typed()))
    before = (Source.objects.count(), Contribution.objects.count(), Party.objects.count())
    post = Posted()
    entered = take_in(saved(typed()), post)
    assert (entered.new, entered.corrected) == (0, 0)
    assert entered.unchanged == 51
    assert post.calls == []
    assert before == (Source.objects.count(), Contribution.objects.count(), Party.objects.count())


@pytest.mark.both
def test_another_content_under_a_known_key_is_a_correction():
    take_in(saved(typed()))
    book = typed()
    book.put("deliveries", 2, "grams", 160)
    book.put("deliveries", 2, "amount_fen", 1088)
    book.put("contributions", 3, "amount_fen", 1300)
    book.put("balances", 2, "debit_fen", 50001)
    book.put("balances", 4, "credit_fen", 13766.5)
    post = Posted()
    entered = take_in(saved(book), post)
    assert (entered.new, entered.corrected) == (0, 4)
    assert [(row.fact.reference, row.reverses) for row in post.of("delivery")] == [
        ("delivery:2025-BD0001~2", "delivery:2025-BD0001")
    ]
    assert post.of("contribution")[0].reverses == "contribution:CZ002"
    assert [row.reverses for row in post.of("balance")] == [
        "accountbalance:2025-102",
        "",
        "accountbalance:2025-332.1",
    ]
    assert Delivery.objects.count() == 3
    assert Delivery.objects.current().get(receipt="BD0001").grams == 160_000
    # Corrected back: a third version, not the first one revived.
    take_in(saved(typed()))
    assert Delivery.objects.current().get(receipt="BD0001").key == "2025-BD0001~3"


@pytest.mark.django_db
def test_a_corrected_day_of_joining_corrects_the_membership_and_does_not_double_it():
    take_in(saved(typed()))
    book = typed()
    book.put("members", 2, "day", datetime(2018, 7, 1))
    take_in(saved(book))
    assert Membership.objects.current().filter(member__code="N0001").count() == 1
    again = typed()
    again.put("members", 2, "day", datetime(2018, 7, 1))
    assert take_in(saved(again)).new == 0


@pytest.mark.django_db
def test_a_new_status_ends_the_one_before():
    take_in(saved(typed()))
    book = typed()
    book.put("parties", 3, "status", "已脱贫户")
    book.put("parties", 3, "status_day", datetime(2025, 6, 1))
    take_in(saved(book))
    spells = RegisteredStatus.objects.current().filter(household__code="N0002").order_by("day")
    assert [(s.status, str(s.day), str(s.until_day)) for s in spells] == [
        ("registered", "2020-12-31", "2025-06-01"),
        ("exited", "2025-06-01", "None"),
    ]
    assert take_in(saved(book)).corrected == 0


@pytest.mark.both
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_an_export_reads_back_as_the_same_book(tmp_path: Path, language: str):
    given = read(saved(typed()))
    entered = enter(given, source=GIVEN, by=None, at=NOW, post=Posted())
    out = export.book(entered.organisation_id, 2025, show_identity=True)
    # A tally and a status come back as they are kept: 320.5 points, the day of the status.
    assert out == given
    path = tmp_path / "out.xlsx"
    workbook.export(out, path, language)
    assert read(path.read_bytes()) == given
    assert take_in(path.read_bytes()).new == 0


@pytest.mark.django_db
def test_an_export_masks_identity_numbers_and_reading_it_back_keeps_them(tmp_path: Path):
    entered = take_in(saved(typed()))
    masked = export.book(entered.organisation_id, 2025)
    assert masked.people[0].id_number == "360426********0071"
    assert masked.people[0].phone == "****5678"
    path = tmp_path / "masked.xlsx"
    workbook.export(masked, path)
    assert b"360426199101010071" not in b"".join(ZipFile(path).read(n) for n in ZipFile(path).namelist())
    again = take_in(path.read_bytes())
    assert (again.new, again.corrected) == (0, 0)
    person = Person.objects.get(party__code="P0001")
    assert sealing.opened(person.id_number_sealed, sealing.person_row(person.pk)) == "360426199101010071"
    phone = PersonalDetail.objects.get(party=person.party)
    name = sealing.detail_row(person.pk, "phone", 1)
    assert sealing.opened(phone.sealed, name, phone.digest) == "13800005678"


@pytest.mark.both
def test_a_withdrawn_fact_stays_on_record_and_its_entry_is_reversed():
    entered = take_in(saved(typed()))
    post = Posted()
    about = {"organisation_id": entered.organisation_id, "source": SourceGiven("page", "交售"), "by": None}
    with pytest.raises(ReasonMissing):
        withdraw("delivery:2025-BD0001", reason=" ", at=NOW, post=post, **about)
    withdraw("delivery:2025-BD0001", reason="重复过磅", at=NOW, post=post, **about)
    assert post.calls == [("delivery", (Handed(None, "delivery:2025-BD0001"),))]
    assert not Delivery.objects.current().filter(receipt="BD0001").exists()
    with pytest.raises(NoSuchFact):
        withdraw("delivery:2025-BD0001", reason="again", at=NOW, post=post, **about)
    # Entered once more it stands again, and there is nothing left to reverse.
    post = Posted()
    take_in(saved(typed()), post)
    assert [(row.fact.reference, row.reverses) for row in post.of("delivery")] == [
        ("delivery:2025-BD0001~3", "")
    ]


@pytest.mark.both
def test_nothing_is_entered_when_the_ledger_refuses():
    class Full(Exception):
        pass

    def post(*args, **kwargs):
        raise Full

    book = read(saved(typed()))
    with pytest.raises(Full):
        enter(book, source=GIVEN, by=None, at=NOW, post=post)
    assert (Party.objects.count(), Area.objects.count(), Source.objects.count()) == (0, 0, 0)


def test_leaving_the_ledger_out_is_a_mistake_of_ours():
    with pytest.raises(TypeError):
        enter(Book(None), source=GIVEN, by=None, at=NOW)  # type: ignore[call-arg]


@pytest.mark.django_db
def test_a_second_cooperative_does_not_double_the_people_of_a_household():
    take_in(saved(typed()))
    book = typed()
    book.put("organisation", 2, "code", "HM02")
    book.put("organisation", 2, "name", "另一合作社")
    book.grids = {k: v for k, v in book.grids.items() if k not in ("任职", "单位关联", "科目余额")}
    entered = take_in(saved(book))
    assert entered.by_sheet["people"].new == 0
    assert entered.by_sheet["statuses"].new == 0
    assert entered.by_sheet["members"].new == 6


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_template_opens_elsewhere_and_has_what_it_promises(tmp_path: Path, language: str):
    path = tmp_path / "template.xlsx"
    workbook.template(path, language)
    book = load_workbook(path)
    for sheet in SHEETS:
        page = book[sheet.caption.named(language)]
        first = [str(cell.value).splitlines()[0].rstrip("* ") for cell in page[1]]
        assert first == [column.caption.named(language) for column in sheet.columns]
        assert page.freeze_panes == "B2"
        assert len(page.data_validations.dataValidation) >= 1
        for number, column in enumerate(sheet.columns):
            if column.kind in ("code", "party", "id_number", "receipt", "area"):
                widths = page.column_dimensions.values()
                style = next(w for w in widths if w.min <= number + 1 <= w.max)
                assert style.number_format == "@", (sheet.code, column.code)
    assert any(name.startswith("answers_") for name in book.defined_names)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_reads_without_a_complaint_but_that_it_is_empty(tmp_path: Path, language: str):
    path = tmp_path / "template.xlsx"
    workbook.template(path, language)
    raw = workbook.read(path)
    assert isinstance(raw, RawBook)
    with pytest.raises(Refusals) as refused:
        check(raw, known(raw))
    assert [r.code for r in refused.value.refusals] == ["SheetEmpty"]


@pytest.mark.django_db
def test_columns_may_stand_in_any_order_and_answers_in_any_language():
    book = typed()
    grid = book.grid("deliveries")
    book.grids["交售"] = [list(reversed(row)) for row in grid]
    book.put("parties", 2, "kind", "Household")
    book.put("members", 2, "consent", "签字")
    given, plain = read(saved(book)), read(saved(typed()))
    assert given == plain


@pytest.mark.django_db
def test_text_that_begins_like_a_formula_stays_text_in_what_we_write(tmp_path: Path):
    given = read(saved(typed()))
    row = replace(given.parties[0], name="=HYPERLINK(1)")
    path = tmp_path / "out.xlsx"
    workbook.export(replace(given, parties=(row, *given.parties[1:])), path)
    cell = load_workbook(path)["农户与单位"]["B2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")
    assert cell.quotePrefix


@pytest.mark.django_db
def test_findings_are_for_a_person_and_stop_nothing():
    book = typed()
    book.put("organisation", 2, "credit_code", "91110000600037341X")
    book.put("contributions", 2, "agreement", None)
    book.grids["成员"] = book.grids["成员"][:1] + book.grids["成员"][-1:]
    codes = {finding.code for finding in read(saved(book)).findings}
    assert {"credit-code-misfit", "fund-without-agreement", "too-few-farmers", "too-few-members"} <= codes
