"""What a step really used, beside its plan: read, shared by size, out of the stock, taken back. P1."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.refusal import Refusals
from lianjie.facts import registers
from lianjie.facts.actions import growing, growing_used, stock, take_back
from lianjie.facts.actions import in_kind as loans
from lianjie.facts.actions.growing_used import Material, Using
from lianjie.facts.actions.stock import Receiving
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.actions.weighing import OutsideSeason
from lianjie.facts.actions.withdraw import FactStillUsed
from lianjie.facts.models import MaterialUse, StepDone
from lianjie.facts.queries import growing as seasons
from lianjie.facts.queries import stock as lots
from lianjie.facts.queries.growing_used import season_use
from lianjie.facts.registers import bringing, taking
from lianjie.facts.registers.register import Desk
from lianjie.facts.rules import growing_used as rules
from lianjie.facts.rules.growing import Step, UnknownPlot, UnknownStep
from lianjie.facts.rules.growing_used import Compared, Done, Used
from lianjie.facts.rules.in_kind import GoodCountedOtherwise, Goods, LotHasLess, NothingMoved, PartOfAPiece
from lianjie.facts.workbook import read
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.facts import register_world
from tests.ledger import coop

pytestmark = pytest.mark.mission("P1")
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
DAY = date(2025, 4, 3)
KG, PIECE = 1_000, 10_000
sizes = st.dictionaries(st.text("ABC0123", min_size=1, max_size=3), st.integers(1, 10**7), min_size=1)


@given(st.integers(0, 10**10), sizes, st.sampled_from([1, PIECE]))
def test_what_was_used_together_is_shared_by_size_and_adds_up(total, plots, least):
    total -= total % least
    shared = rules.shared_by_size(total, plots, least)
    assert sum(shared.values()) == total
    assert shared == rules.shared_by_size(total, dict(reversed(plots.items())), least)
    whole = sum(plots.values())
    for plot, part in shared.items():
        assert part % least == 0
        assert abs(part - Fraction(total * plots[plot], whole)) < least


@given(st.integers(0, 5_999_999))
def test_every_minute_is_written_in_hours_and_read_again(minutes):
    assert rules.minutes_of(rules.hours_of(minutes)) == minutes


@pytest.mark.parametrize(
    ("text", "minutes"), [("", None), (" ", None), ("0", 0), ("1.5", 90), ("0.33", 20), ("7", 420)]
)
def test_hours_as_people_write_them(text, minutes):
    assert rules.minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["-1", "1.234", "1h", "１½", "NaN", "1e9", "Infinity"])
def test_what_are_no_hours_is_refused(text):
    with pytest.raises(rules.HoursUnreadable, match="machine hours"):
        rules.minutes_of(text)


def test_doses_are_read_where_a_protocol_gives_figures():
    found = rules.doses("基肥 1500 公斤/亩、百香果苗 110 株/亩，薄膜3.5kg / mu, 人工除草两遍")
    assert [(d.good, d.unit, d.per_mu) for d in found] == [
        ("基肥", "kg", 1_500_000),
        ("百香果苗", "piece", 1_100_000),
        ("薄膜", "kg", 3_500),
    ]


@pytest.mark.parametrize(
    ("text", "good", "unit", "per_mu"),
    [
        ("基肥 200 公斤/亩", "基肥", "kg", 200 * KG),
        ("基肥 每亩 200 公斤", "基肥", "kg", 200 * KG),
        ("基肥：每亩施用 200 公斤。", "基肥", "kg", 200 * KG),
        ("每亩施基肥200公斤", "基肥", "kg", 200 * KG),
        ("基肥 200 斤/亩", "基肥", "kg", 100 * KG),
        ("石灰亩用 5 千克", "石灰", "kg", 5 * KG),
        ("硼肥 50 g/亩", "硼肥", "kg", 50),
        ("农家肥 1 t/ha", "农家肥", "kg", Fraction(1_000 * KG, 15)),
        ("农家肥 每公顷 15 吨", "农家肥", "kg", 1_000 * KG),
        ("45% 复合肥 ４０ 公斤/亩", "45% 复合肥", "kg", 40 * KG),
        ("地膜 2.5 kg per mu", "地膜", "kg", 2_500),
        ("Manure 200 kg a mu", "Manure", "kg", 200 * KG),
        ("百香果苗 每亩 110 株", "百香果苗", "piece", 110 * PIECE),
        ("每亩栽百香果苗 110 株", "百香果苗", "piece", 110 * PIECE),
        ("果袋 800 个/亩", "果袋", "piece", 800 * PIECE),
        ("mulch 3 kg/mu", "mulch", "kg", 3 * KG),
    ],
)
def test_doses_are_read_as_people_write_them(text, good, unit, per_mu):
    assert rules.doses(text) == (rules.Dose(good, unit, per_mu),)
    assert rules.unread(text) == ()


@pytest.mark.parametrize(
    "text",
    ["每亩 200 公斤", "亩用 5 千克", "基肥 150-200 公斤/亩", "尿素 20 公斤", "80%敌敌畏 1000 倍液",
     "药水 2 升/亩", "基肥 200 公斤/丈"],
)  # fmt: skip
def test_a_dose_that_cannot_be_read_is_told(text):
    """No material, a range, no size, or a unit that no stock is counted in: nothing is guessed."""
    assert rules.doses(f"人工除草两遍、{text}，地膜 3 公斤/亩") == (rules.Dose("地膜", "kg", 3 * KG),)
    assert rules.unread(f"人工除草两遍、{text}，地膜 3 公斤/亩") == (text,)


def test_planned_beside_used_only_where_somebody_recorded_it():
    steps = (
        Step("T1", "施肥", DAY, DAY, "基肥 10 公斤/亩", "0.5"),
        Step("T2", "除草", DAY, DAY, "人工"),
        Step("T3", "采挖", DAY, DAY, "", "1"),
    )
    done = [Done("T1", plot, 2 * rules.MU, 90 if plot == "A" else None) for plot in "ABC"]
    done += [Done("T2", "A", 2 * rules.MU, None), Done("T9", "A", 1, 5)]
    used = [Used("T1", plot, "基肥", "kg", 25 * KG) for plot in "AB"]
    used += [Used("T2", "A", "基肥", "kg", 4 * KG), Used("T9", "A", "基肥", "kg", 1)]
    first, second = rules.compared(steps, done, used)
    assert first.lines == (
        Compared("基肥", "kg", 40 * KG, 50 * KG, 4 * rules.MU),
        Compared("", "minute", 60, 90, 2 * rules.MU),
    )
    assert (first.lines[0].over, first.lines[0].used_per_mu) == (10 * KG, 12_500)
    assert first.silent == ("C",)
    assert second.lines == (Compared("基肥", "kg", None, 4 * KG, 2 * rules.MU),)
    assert second.lines[0].over is None
    assert second.silent == ()
    assert rules.totals((first, second), 8 * rules.MU) == (
        Compared("基肥", "kg", 40 * KG, 54 * KG, 8 * rules.MU),
        Compared("", "minute", 60, 90, 8 * rules.MU),
    )


@pytest.fixture
def here() -> int:
    return coop.make().pk


def desk(here: int, minute: int = 0) -> Desk:
    source = SourceGiven("workbook", "season.xlsx", f"{minute:064}")
    return Desk(Entry(here, source, AT.replace(minute=minute), None), post, register_world.deliver(here))


@pytest.fixture
def books(here) -> stock.Books:
    """Two plots of 2.5 mu, planted and recorded; 800 kg of manure came in, 401 kg of them are used."""
    register_world.fill(desk(here), "growing")
    return desk(here).books


def using(**changed) -> Using:
    given = {"season": "JJ1", "step": "T1", "plot": "A1", "day": date(2025, 4, 5), "good": "有机肥",
             "unit": "kg", "quantity": 10 * KG, "lot": "YJ1"}  # fmt: skip
    return Using(**(given | changed))


def booked(account: str, good: str = "有机肥") -> int:
    rows = Posting.objects.filter(entry__posted=True, account=account, good=good)
    return sum(rows.values_list("quantity", flat=True))


def left(books, lot: str = "YJ1") -> int:
    found = lots.lot(books.organisation_id, lot, AT.date())
    assert found is not None
    return found.left.quantity


@pytest.mark.both
def test_goods_of_a_lot_leave_the_stock_and_come_back_when_the_use_is_taken_back(books):
    assert (left(books), booked("121"), booked("521")) == (399 * KG, 399 * KG, 401 * KG)
    reference = growing_used.use(using(), books)
    assert growing_used.use(using(), books) == reference, "the same again changes nothing"
    assert (left(books), booked("121"), booked("521")) == (389 * KG, 389 * KG, 411 * KG)
    kinds = [part.kind for part in lots.trace(books.organisation_id, "YJ1")]
    assert kinds == ["lot", "used", "used", "used"]
    with pytest.raises(FactStillUsed):
        take_back.take_back("stepdone:JJ1/T1/A1", "wrong", books)
    take_back.take_back(reference, "weighed wrongly", books)
    assert (left(books), booked("121"), booked("521")) == (399 * KG, 399 * KG, 401 * KG)
    again = growing_used.use(using(quantity=11 * KG), books)
    assert again == f"{reference}~3"
    assert (left(books), booked("521")) == (388 * KG, 412 * KG)


@pytest.mark.both
def test_what_came_from_elsewhere_books_nothing(books):
    before = Posting.objects.count()
    reference = growing_used.use(using(good="地膜", lot="", quantity=3_500), books)
    take_back.take_back(reference, "wrong plot", books)
    assert Posting.objects.count() == before
    assert not MaterialUse.objects.current().filter(good="地膜").exists()


@pytest.mark.both
def test_a_lot_used_on_a_base_is_not_taken_back(books):
    with pytest.raises(FactStillUsed):
        loans.take_back("lot:YJ1", "wrong", books)


WRONG = (
    ({"season": "JJ9"}, growing.NoSuchSeason, "JJ9"),
    ({"step": "T9"}, UnknownStep, "no step “T9”"),
    ({"plot": "Z1"}, UnknownPlot, "Z1"),
    ({"day": date(2025, 12, 24)}, OutsideSeason, "outside season JJ1"),
    ({"day": date(2027, 1, 1)}, OutsideSeason, "outside season JJ1"),
    ({"quantity": 0}, NothingMoved, "above zero"),
    ({"quantity": 400 * KG}, LotHasLess, "less than is taken"),
    ({"lot": "NO"}, stock.NoSuchLot, "NO"),
    ({"good": "复合肥"}, rules.NotOfTheLot, "YJ1 holds 有机肥, not 复合肥"),
    ({"unit": "piece"}, GoodCountedOtherwise, "counted in kg"),
    ({"lot": "", "unit": "piece"}, GoodCountedOtherwise, "counted in kg"),
    ({"lot": "", "good": ""}, rules.GoodUnclear, "cannot be the name"),
    ({"lot": "", "good": "肥/水"}, rules.GoodUnclear, "肥/水"),
    (
        {"lot": "", "good": "苗", "unit": "piece", "quantity": 5_000},
        PartOfAPiece,
        "0.5 pieces of 苗",
    ),
)


@pytest.mark.both
@pytest.mark.parametrize(
    ("changed", "refusal", "said"), WRONG, ids=lambda each: getattr(each, "__name__", "")
)
def test_a_use_that_cannot_be_is_refused_and_says_why(books, changed, refusal, said):
    before = (MaterialUse.objects.count(), Posting.objects.count())
    with pytest.raises(refusal) as refused:
        growing_used.use(using(**changed), books)
    assert said in str(refused.value)
    assert (MaterialUse.objects.count(), Posting.objects.count()) == before


@pytest.mark.both
def test_a_step_not_done_another_figure_of_the_day_and_goods_on_behalf_are_refused(books):
    take_back.take_back("stepdone:JJ1/T2/A2", "not yet", books)
    with pytest.raises(rules.NotDoneYet, match="T2 is not entered as done on plot A2"):
        growing_used.use(using(step="T2", plot="A2"), books)
    growing_used.use(using(), books)
    with pytest.raises(rules.UsedTwice, match="already entered for step T1"):
        growing_used.use(using(quantity=12 * KG), books)
    stock.receive(Receiving("DG1", DAY, Goods("农药", "kg", 9 * KG), "commission"), books)
    with pytest.raises(rules.LotOnBehalf, match="Hand it out as an input"):
        growing_used.use(using(lot="DG1", good=""), books)


@pytest.mark.both
def test_hours_are_shared_by_size_and_stay_when_only_the_day_is_corrected(books):
    rows = {row.plot.code: row for row in StepDone.objects.current().filter(step="T1")}
    assert [rows[code].machine_minutes for code in ("A1", "A2")] == [233, 232]
    said = {"step": "T1", "plots": ["A1"], "done_by": "王", "evidence": "", "today": AT.date()}
    growing.do_step(books.entry, "JJ1", day=date(2025, 4, 4), **said)
    row = StepDone.objects.current().get(step="T1", plot__code="A1")
    assert (row.key, row.machine_minutes) == ("JJ1/T1/A1~2", 233)
    growing.do_step(books.entry, "JJ1", day=date(2025, 4, 4), machine_minutes=0, **said)
    assert StepDone.objects.current().get(step="T1", plot__code="A1").machine_minutes == 0


@pytest.mark.both
def test_the_season_as_of_a_day_is_what_had_been_used_by_then(books):
    found = seasons.season(books.organisation_id, "JJ1", AT.date())
    use = season_use(books.organisation_id, found, AT.date())
    assert [(line.good, line.used) for line in use.steps[0].lines] == [
        ("有机肥", 401 * KG),
        ("苗木", 155 * PIECE),
        ("", 465),
    ]
    assert [(line.good, line.used_per_mu) for line in use.totals][:1] == [("有机肥", 80_200)]
    assert {entry.lot for entry in use.entered} == {"YJ1", ""}
    before = seasons.season(books.organisation_id, "JJ1", date(2025, 4, 2))
    assert season_use(books.organisation_id, before, date(2025, 4, 2)).steps == ()


def brought(here: int, rows: dict, path, minute: int = 1):
    family = registers.BY_CODE["growing"]
    taking.write("season", family.registers, path, "en", rows)
    return bringing.bring(read(path, path.name, registers.SHEETS), registers.REGISTERS, desk(here, minute),
                          {"enter_facts"})  # fmt: skip


@pytest.mark.both
def test_a_file_names_each_row_that_cannot_be_and_enters_nothing(here, books, tmp_path):
    row = {"season": "JJ1", "step": "T1", "plot": "A1", "day": DAY, "good": "石灰", "unit": "kg",
           "quantity": 5 * KG}  # fmt: skip
    rows = [
        row,
        row | {"good": "苗", "unit": "piece", "quantity": 25_000},
        row | {"good": "有机肥", "lot": "NO"},
        row | {"plot": "A9"},
        row | {"good": "有机肥", "lot": "YJ1", "quantity": 2 * KG},
    ]
    before = MaterialUse.objects.count()
    with pytest.raises(Refusals) as refused:
        brought(here, {"materials_used": rows}, tmp_path / "used.xlsx")
    said = [str(each) for each in refused.value.refusals]
    assert len(said) == 4
    for text, (place, why) in zip(
        said,
        (
            ("row 3, column F", "2.5 pieces of 苗: a piece cannot be parted"),
            ("row 4, column H", "no lot “NO”"),
            ("row 5, column C", "A9"),
            ("row 6", "already entered for step T1"),
        ),
        strict=True,
    ):
        assert place in text
        assert why in text
    assert MaterialUse.objects.count() == before
    assert brought(here, {"materials_used": rows[:1]}, tmp_path / "used.xlsx", 2).new == 1
    assert brought(here, {"materials_used": rows[:1]}, tmp_path / "used.xlsx", 3).new == 0
    hours = {
        "season": "JJ1",
        "step": "T1",
        "plot": "A1",
        "day": DAY,
        "done_by": "王",
        "machine_hours": "1.255",
    }
    with pytest.raises(Refusals, match="at most two decimals"):
        brought(here, {"steps_done": [hours]}, tmp_path / "hours.xlsx", 4)
    assert (
        brought(here, {"steps_done": [hours | {"machine_hours": ""}]}, tmp_path / "h.xlsx", 5).corrected == 0
    )


@pytest.mark.both
def test_used_together_is_one_verb_and_keeps_pieces_whole(books):
    made = growing_used.use_together(
        "JJ1", "T2", ["A1", "A2"], date(2025, 5, 3), [Material("袋", "piece", 3 * PIECE)], books, "照片"
    )
    rows = MaterialUse.objects.current().filter(good="袋").order_by("key")
    assert [(row.quantity, row.evidence) for row in rows] == [(2 * PIECE, "照片"), (PIECE, "照片")]
    assert made == [row.reference for row in rows]
