"""A large file of weighings: checked while others write, then entered whole or not at all. PAINS 1."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from lianjie.base.refusal import Refusals
from lianjie.facts import registers
from lianjie.facts.actions import expert, growing
from lianjie.facts.actions.audit import note
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.models import Act, Delivery, WeighIn
from lianjie.facts.registers import bringing, taking
from lianjie.facts.registers.bringing import File
from lianjie.facts.registers.register import Desk
from lianjie.facts.rules.growing import Step
from lianjie.facts.workbook import read
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Entry as Booked
from lianjie.ledger.queries import balances
from tests.facts import register_world
from tests.ledger import coop

pytestmark = pytest.mark.both
SHEET = registers.REGISTERS["weighed_in"]
FIRST = date(2025, 5, 1)
WAIT = 20
"""Seconds that a writer waits for another on SQLite (project/settings.py)."""


@pytest.fixture
def here() -> int:
    found: int = coop.make().pk
    register_world.fill(desk(found, 0), "growing")
    return found


def desk(here: int, minute: int) -> Desk:
    at = datetime(2026, 11, 1, 8, minute, tzinfo=UTC)
    entry = Entry(here, SourceGiven("workbook", "loads.xlsx", f"{minute:064}"), at, None)
    return Desk(entry, post, register_world.deliver(here))


def loads(count: int, first: int = 0) -> list[dict]:
    """Loads of plot A1, one a day for two hundred days and over again; each worth 100.00 yuan."""
    return [
        {"season": "JJ1", "plot": "A1", "day": FIRST + timedelta(days=n % 200), "receipt": f"LD{n}",
         "gross_grams": 52_000, "tare_grams": 2_000, "grade": "一级", "price_fen_per_kg": 200,
         "weighed_by": "赵"}
        for n in range(first, first + count)
    ]  # fmt: skip


def looked_at(desk: Desk, rows: list[dict], folder: Path) -> File:
    path = folder / "loads.xlsx"
    taking.write("loads", (SHEET,), path, "en", {SHEET.code: rows})
    raw = read(path, path.name, registers.SHEETS)
    return bringing.compare(raw, registers.REGISTERS, desk, {"enter_facts"})


def entered(file: File, desk: Desk) -> bringing.Counts:
    with transaction.atomic():
        return bringing.enter(file, desk).by_register[SHEET.code]


def written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Delivery, WeighIn, Booked))


def test_a_file_is_entered_booked_and_the_same_again_changes_nothing(here, tmp_path):
    before = written()
    assert entered(looked_at(desk(here, 1), loads(60), tmp_path), desk(here, 1)).new == 60
    assert written() == tuple(count + 60 for count in before)
    assert not balances.differences(here)
    assert set(Booked.objects.filter(source__startswith="delivery:2025-LD").values_list("posted")) == {
        (True,)
    }
    load = WeighIn.objects.select_related("delivery").get(key="2025-LD7")
    assert (load.delivery.key, load.delivery.grams, load.place) == (
        load.key,
        load.net_grams,
        "Harvests weighed in!A9",
    )
    again = entered(looked_at(desk(here, 2), loads(60), tmp_path), desk(here, 2))
    assert (again.new, again.corrected, again.unchanged) == (0, 0, 60)


def _season_begins_later(here: Desk) -> None:
    """With what is done and weighed in already still in it: its plots, its steps, a load of October."""
    day, last = date(2025, 5, 21), date(2025, 11, 30)
    steps = tuple(Step(code, code, day, last) for code in ("T1", "T2"))
    plan = growing.SeasonGiven("JJ1", "JD1", day, last, "苹果", "红", 1, (), steps)
    growing.plan_season(here.entry, plan, amend=True)


def _sprayed(here: Desk) -> None:
    expert.open_case(here.entry, "HZ9", base_code="JD1", plot="A1", day=FIRST, by="魏家", symptoms="叶黄")
    expert.add_step(here.entry, "HZ9", kind="prescription", day=FIRST + timedelta(days=3), person="陈农艺师",
                    text="螯合铁", dose="1:800", waiting_days=1)  # fmt: skip


def _weighed_otherwise(here: Desk) -> None:
    _weigh(here, loads(1, 6)[0] | {"gross_grams": 99_000})


def _weighed_alike(here: Desk) -> None:
    _weigh(here, loads(1, 6)[0])


def _another_weighed(here: Desk) -> None:
    _weigh(here, loads(1, 900)[0])


def _weigh(here: Desk, row: dict) -> None:
    here.places = ["by hand"]
    filled = {"moisture": "", "impurity": "", **row}
    made = SHEET.enter([filled], here)
    assert made is None


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        (_season_begins_later, {f"row {n},": "is outside season JJ1" for n in range(2, 22)}),
        (_sprayed, {"row 5,": "may not be harvested"}),
        (_weighed_otherwise, {"row 8,": "LD6 of 2025 is already entered with another content"}),
    ],
)
def test_what_no_longer_stands_when_it_is_written_is_refused_by_its_row(here, tmp_path, meanwhile, said):
    """Entered by somebody else between the check of the file and its writing."""
    file = looked_at(desk(here, 1), loads(40), tmp_path)
    meanwhile(desk(here, 2))
    before = written()
    with pytest.raises(Refusals) as refused:
        entered(file, desk(here, 1))
    told = [each.say() for each in refused.value.refusals]
    assert len(told) == len(said)
    for text, (row, why) in zip(told, said.items(), strict=True):
        assert (row in text, why in text) == (True, True), text
    assert written() == before, "nothing half-written"
    assert not balances.differences(here)


@pytest.mark.parametrize(("meanwhile", "new"), [(_weighed_alike, 39), (_another_weighed, 40)])
def test_what_somebody_else_entered_meanwhile_is_entered_once(here, tmp_path, meanwhile, new):
    file = looked_at(desk(here, 1), loads(40), tmp_path)
    meanwhile(desk(here, 2))
    assert entered(file, desk(here, 1)).new == new
    assert (
        WeighIn.objects.filter(key__startswith="2025-LD", key__in=[f"2025-LD{n}" for n in range(40)]).count()
        == 40
    )
    assert not balances.differences(here)


def test_loads_may_rest_on_a_season_of_the_same_file(here, tmp_path):
    seasons = registers.REGISTERS["seasons"]
    season = {"number": "JJ2", "base": "JD1", "day": FIRST, "last_day": date(2025, 12, 1), "good": "苹果",
              "plots": "A1", "protocol": ""}  # fmt: skip
    path = tmp_path / "both.xlsx"
    rows = [*loads(5), *(row | {"season": "JJ2"} for row in loads(5, 5))]
    taking.write("both", (seasons, SHEET), path, "en", {"seasons": [season], SHEET.code: rows})
    at = desk(here, 1)
    file = bringing.compare(read(path, path.name, registers.SHEETS), registers.REGISTERS, at, {"enter_facts"})
    assert entered(file, at).new == 10


@pytest.mark.django_db(transaction=True)
def test_others_write_while_a_large_file_is_checked_and_while_it_is_entered(engine, here, tmp_path):
    """SQLite has one writer. The check needs none: here another holds it all the while. The writing holds it
    for a fraction of the twenty seconds that others wait."""
    with transaction.atomic():
        note("enter", text="held")
        file, failed = _elsewhere(lambda: looked_at(desk(here, 1), loads(6_000), tmp_path))
    assert not failed
    waits: list[float] = []
    over = threading.Event()

    def clerk() -> None:
        while not (waits and over.wait(0.02)):
            start = time.monotonic()
            note("enter", text="meanwhile")
            waits.append(time.monotonic() - start)
        connection.close()

    other = threading.Thread(target=clerk)
    other.start()
    found = entered(file, desk(here, 1))
    over.set()
    other.join()
    assert found.new == 6_000
    assert Act.objects.filter(text="meanwhile").count() == len(waits)
    assert max(waits) < WAIT / 2


def _elsewhere(do: Callable[[], File]) -> tuple[File | None, list[BaseException]]:
    """What a thread with a connection of its own makes."""
    made: list[File] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            made.append(do())
        except BaseException as problem:
            failed.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return (made[0] if made else None), failed
