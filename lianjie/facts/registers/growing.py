"""Bases, plots, seasons with their protocol, steps done, yield estimates, harvests weighed in."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.actions import growing, growing_used, weighing
from lianjie.facts.actions.store import RowsRefused
from lianjie.facts.models import (
    Delivery,
    GrowingBase,
    MaterialUse,
    Plot,
    Season,
    StepDone,
    WeighIn,
    YieldEstimate,
)
from lianjie.facts.registers.register import (
    EVIDENCE,
    Desk,
    Family,
    Ready,
    Register,
    Values,
    amount,
    base,
    day,
    decimal,
    fields,
    gathered,
    money,
    number,
    party,
    plain,
    quantity,
    scaled,
    sheet,
    singly,
    standing,
    text,
)
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.growing import Step, read_protocol, write_protocol
from lianjie.facts.rules.growing_used import hours_of, minutes_of
from lianjie.facts.rules.raw import InWorkbook
from lianjie.facts.rules.schema import Caption as C

BASE = number("base", "基地代码", "Base", "基地代碼", example="JD1")
PLOT = number("plot", "地块", "Plot", "地塊", example="A1")
SEASON = number("season", "生产季编号", "Season", "生產季編號", example="JD1-2025")
STEP = number("step", "工序代码", "Step", "工序代碼", example="T1")
DAY = day("day", "日期", "Day")
PROTOCOL = N_("code | name | first day | last day | materials | machine hours; semicolons between steps.")
SHARE = 100
"""Shares of weight are kept in hundredths of a percent."""

BASES = sheet(
    "bases",
    C("生产基地", "Bases", "生產基地"),
    N_("Production bases of the organisation."),
    (BASE, text("name", "名称", "Name", "名稱", required=True, longest=80), day("day", "起始日期", "Since")),
    ("base",),
)


def _bases(organisation_id: int) -> Iterator[Values]:
    for row in standing(GrowingBase, organisation_id):
        yield fields(row, "name", "day", base=base(row.key))


def _base(v: Values, desk: Desk) -> object:
    return growing.add_base(desk.entry, v["base"], name=v["name"], day=v["day"])


PLOTS = sheet(
    "plots",
    C("基地地块", "Plots", "基地地塊"),
    N_("Pieces of a base, and who grows on them."),
    (
        BASE, PLOT, party("household", "种植户代码", "Grower", "種植戶代碼"),
        quantity("extent_mu4", "mu", "面积（亩）", "Size (mu)", "面積（畝）", required=True, least=1),
        day("day", "起始日期", "Since"),
        number("parcel", "承包地块代码", "Parcel in the land register", "承包地塊代碼", required=False),
    ),
    ("base", "plot"),
)  # fmt: skip


def _plots(organisation_id: int) -> Iterator[Values]:
    for row in standing(Plot, organisation_id, "base", "household", "parcel"):
        yield fields(row, "extent_mu4", "day", base=base(row.base.key), plot=row.code,
                     household=row.household.code, parcel=row.parcel.code if row.parcel else "")  # fmt: skip


def _plot(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> growing.PlotGiven:
        kept = (v["household"], v["extent_mu4"], v["day"], v["parcel"])
        return growing.PlotGiven(v["base"], v["plot"], *kept, place)

    return growing.add_plots(desk.entry, gathered(rows, desk, given))


SEASONS = sheet(
    "seasons",
    C("生产季", "Seasons", "生產季"),
    N_("A crop on plots of a base, with its protocol. A changed plan is entered on the season's own page."),
    (
        number("number", "生产季编号", "Number of the season", "生產季編號", example="JD1-2025"), BASE,
        day("day", "起始日期", "First day"), day("last_day", "终止日期", "Last day", "終止日期"),
        text("good", "品种", "Good", "品種", required=True),
        text("variety", "品系", "Variety", longest=60),
        quantity("target_grams", "kg", "目标产量（公斤）", "Target yield (kg)", "目標產量（公斤）"),
        text("plots", "地块清单", "Plots", "地塊清單", longest=2000,
             help=N_("Codes with spaces between; empty for every plot of the base.")),
        text("protocol", "操作规程", "Protocol", "操作規程", longest=8000,
             help=PROTOCOL,
             example="T1 | 移栽 | 2025-04-01 | 2025-04-20 | 基肥 | 1.5"),
        decimal("moisture", "约定水分（%）", "Agreed moisture (%)", "約定水分（%）"),
        decimal("impurity", "约定杂质（%）", "Agreed impurity (%)", "約定雜質（%）"),
        EVIDENCE,
    ),
)  # fmt: skip


def _seasons(organisation_id: int) -> Iterator[Values]:
    for row in standing(Season, organisation_id, "base"):
        last = row.until_day - timedelta(days=1)
        steps = [
            Step(**(s | {"first": date.fromisoformat(s["first"]), "last": date.fromisoformat(s["last"])}))
            for s in row.protocol
        ]
        yield fields(
            row, "day", "good", "variety", "target_grams", "evidence", number=base(row.key), last_day=last,
            base=base(row.base.key), plots=" ".join(row.plots),
            protocol=write_protocol(steps).replace("\n", "；"),
            moisture=plain(row.standard_moisture, SHARE), impurity=plain(row.standard_impurity, SHARE),
        )  # fmt: skip


def _season(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> growing.SeasonGiven:
        protocol = v["protocol"].replace("；", "\n").replace(";", "\n")
        return growing.SeasonGiven(
            v["number"], v["base"], v["day"], v["last_day"], v["good"], v["variety"], v["target_grams"],
            tuple(v["plots"].split()), read_protocol(protocol, v["day"], v["last_day"]),
            scaled(v["moisture"], SHARE, 2), scaled(v["impurity"], SHARE, 2), v["evidence"], place,
        )  # fmt: skip

    return growing.plan_seasons(desk.entry, gathered(rows, desk, given))


STEPS = sheet(
    "steps_done",
    C("农事记录", "Work done on plots", "農事記錄"),
    N_("A step of the protocol done on a plot. Another day later is a correction."),
    (
        SEASON, STEP, PLOT, DAY,
        text("done_by", "操作人", "Done by", required=True, longest=80),
        decimal("machine_hours", "实际机械工时（小时）", "Machine hours used", "實際機械工時（小時）",
                help=N_("Empty when not recorded; twenty minutes are 0.33.")),
        EVIDENCE,
    ),
    ("season", "step", "plot"),
)  # fmt: skip


def _steps(organisation_id: int) -> Iterator[Values]:
    for row in standing(StepDone, organisation_id, "season", "plot"):
        yield fields(row, "step", "day", "done_by", "evidence", season=base(row.season.key),
                     plot=row.plot.code, machine_hours=hours_of(row.machine_minutes))  # fmt: skip


def _step(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> growing.StepGiven:
        kept = (v["day"], v["done_by"], v["evidence"])
        ran = minutes_of(v["machine_hours"])
        return growing.StepGiven(v["season"], v["step"], v["plot"], *kept, place, ran)

    return growing.do_steps(desk.entry, gathered(rows, desk, given), desk.today)


USED = sheet(
    "materials_used",
    C("实际用料", "Materials really used", "實際用料"),
    N_("What was used on a plot for a step done there; with a lot it comes out of the stock."),
    (
        SEASON, STEP, PLOT, DAY,
        text("good", "用料", "Material", help=N_("Not needed with a lot."), example="复合肥"),
        *amount(),
        number("lot", "批次号", "Lot", "批次號", required=False,
               help=N_("Only when it was taken out of the stock for this.")),
        EVIDENCE,
    ),
    ("season", "step", "plot", "day", "good", "lot"),
)  # fmt: skip


def _used(organisation_id: int) -> Iterator[Values]:
    for row in standing(MaterialUse, organisation_id, "done__season", "done__plot", "lot"):
        done = row.done
        lot = base(row.lot.key) if row.lot else ""
        yield fields(row, "day", "good", "unit", "quantity", "evidence", season=base(done.season.key),
                     step=done.step, plot=done.plot.code, lot=lot)  # fmt: skip


def _use(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> growing_used.Using:
        kept = (v["day"], v["good"], v["unit"], v["quantity"], v["lot"], v["evidence"])
        return growing_used.Using(v["season"], v["step"], v["plot"], *kept, place)

    return growing_used.use_all(gathered(rows, desk, given), desk.books)


ESTIMATES = sheet(
    "estimates",
    C("估产", "Yield estimates", "估產"),
    N_("What a plot is expected to give, as seen on a day."),
    (
        SEASON, PLOT, DAY,
        quantity("grams", "kg", "估产（公斤）", "Estimate (kg)", "估產（公斤）", required=True),
        text("by", "估产人", "Estimated by", "估產人", required=True, longest=80),
    ),
    ("season", "plot", "day"),
)  # fmt: skip


def _estimates(organisation_id: int) -> Iterator[Values]:
    for row in standing(YieldEstimate, organisation_id, "season", "plot"):
        yield fields(
            row, "day", "grams", season=base(row.season.key), plot=row.plot.code, by=row.estimated_by
        )


def _estimate(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> growing.EstimateGiven:
        return growing.EstimateGiven(v["season"], v["plot"], v["day"], v["grams"], v["by"], place)

    return growing.estimate_all(desk.entry, gathered(rows, desk, given))


WEIGHED = sheet(
    "weighed_in",
    C("采收过磅", "Harvests weighed in", "採收過磅"),
    N_("A load on the scale; its net weight becomes a delivery."),
    (
        SEASON, PLOT, DAY, number("receipt", "过磅单号", "Receipt", "過磅單號"),
        quantity("gross_grams", "kg", "毛重（公斤）", "Gross (kg)", required=True, least=1),
        quantity("tare_grams", "kg", "皮重（公斤）", "Tare (kg)"),
        decimal("moisture", "水分（%）", "Moisture (%)"),
        decimal("impurity", "杂质（%）", "Impurity (%)", "雜質（%）"),
        text("grade", "等级", "Grade", "等級", longest=20),
        money("price_fen_per_kg", "单价（元/公斤）", "Price (yuan/kg)", "單價（元/公斤）",
              help=N_("Empty when not agreed yet.")),
        text("weighed_by", "过磅人", "Weighed by", "過磅人", required=True, longest=80),
    ),
    ("receipt", "day"),
)  # fmt: skip


def _weighed(organisation_id: int) -> Iterator[Values]:
    now = {base(each.key): each for each in standing(Delivery, organisation_id)}
    for row in standing(WeighIn, organisation_id, "season", "plot", "delivery"):
        delivery = now.get(base(row.key), row.delivery)
        yield fields(
            row, "day", "gross_grams", "tare_grams", "weighed_by", season=base(row.season.key),
            plot=row.plot.code, receipt=delivery.receipt, grade=delivery.grade,
            moisture=plain(row.moisture, SHARE), impurity=plain(row.impurity, SHARE),
            price_fen_per_kg=delivery.price_fen_per_kg,
        )  # fmt: skip


def _loads(rows: Sequence[Values], desk: Desk) -> Ready:
    def given(v: Values, place: str) -> weighing.Harvest:
        return weighing.Harvest(
            v["season"], v["plot"], v["day"], v["receipt"], v["gross_grams"], v["tare_grams"],
            scaled(v["moisture"], SHARE, 2), scaled(v["impurity"], SHARE, 2), v["weighed_by"], place,
        )  # fmt: skip

    def books(loads: Sequence[weighing.Loaded]) -> Iterator[Book]:
        by_year: dict[int, list[int]] = {}
        for at, load in enumerate(loads):
            by_year.setdefault(load.given.day.year, []).append(at)
        for some in by_year.values():
            cells = [_delivery(loads[at], rows[at]) for at in some]
            try:
                yield desk.deliver(cells, loads[some[0]].given.day)
            except Refusals as wrong:
                raise _by_row(wrong, some) from None

    seen = weighing.seen(desk.entry)
    made = weighing.ready(desk.entry, gathered(rows, desk, given), books)
    return Ready(lambda: made.as_seen(seen), lambda heard: made.write(desk.post, heard))


def _weigh(rows: Sequence[Values], desk: Desk) -> None:
    _loads(rows, desk).write(lambda done: None)


def _delivery(load: weighing.Loaded, v: Values) -> dict[str, str]:
    return {
        "receipt": load.given.receipt,
        "day": load.given.day.isoformat(),
        "household": load.household,
        "good": load.good,
        "grams": f"{Decimal(load.net.net) / 1000:f}",
        "price_fen_per_kg": f"{Fen(v['price_fen_per_kg']).yuan:f}",
        "grade": v["grade"],
    }


def _by_row(wrong: Refusals, numbers: Sequence[int]) -> Refusals:
    """What is wrong with deliveries, row by row when every problem is about one."""
    at: dict[int, list[Refusal]] = {}
    for each in wrong.refusals:
        row = each.place.row if isinstance(each, InWorkbook) else 0
        if not 1 <= row <= len(numbers):
            return wrong
        at.setdefault(numbers[row - 1], []).append(each)
    return RowsRefused({number: Refusals(some) for number, some in at.items()})


FAMILY = Family(
    "growing",
    N_("Bases, seasons, work done and harvests"),
    (
        Register(BASES, GrowingBase, _bases, singly(_base)),
        Register(PLOTS, Plot, _plots, _plot),
        Register(SEASONS, Season, _seasons, _season),
        Register(STEPS, StepDone, _steps, _step),
        Register(USED, MaterialUse, _used, _use),
        Register(ESTIMATES, YieldEstimate, _estimates, _estimate),
        Register(WEIGHED, WeighIn, _weighed, _weigh, ready=_loads),
    ),
)
