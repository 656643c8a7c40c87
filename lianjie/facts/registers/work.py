"""Workshops, work agreements, day sheets of attendance, payrolls paid."""

from collections.abc import Iterator, Sequence
from datetime import date

from lianjie.base.words import N_
from lianjie.facts.actions import work
from lianjie.facts.models import Recognition, WageFloor, WagePayment, WorkAgreement, WorkDone, Workshop
from lianjie.facts.queries.work import terms_of
from lianjie.facts.registers.register import (
    Desk,
    Family,
    Register,
    Values,
    answers,
    base,
    choice,
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
    whole,
    yes_no,
)
from lianjie.facts.rules.choices import YES_NO
from lianjie.facts.rules.home_work import read_norms, written_norms
from lianjie.facts.rules.schema import Caption as C
from lianjie.facts.rules.work import Terms

FORMS = answers(
    ("factory", "厂房式车间", "factory workshop", "廠房式車間"),
    ("home", "居家式（来料加工）", "home work given out", "居家式（來料加工）"),
    ("coop", "合作社式车间", "workshop of the cooperative", "合作社式車間"),
)
BASES = answers(
    ("day", "计日", "by the day", "計日"),
    ("hour", "计时", "by the hour", "計時"),
    ("piece", "计件", "by the piece", "計件"),
    ("month", "计月", "by the month", "計月"),
)
STATUS = answers(
    ("casual", "临时务工", "casual labour", "臨時務工"),
    ("staff", "固定人员", "permanent staff", "固定人員"),
)
COSTS = answers(
    ("401", "生产成本（401）", "production (401)", "生產成本（401）"),
    ("521", "经营支出（521）", "operation (521)", "經營支出（521）"),
)
METHODS = answers(
    ("bank", "银行转账", "bank transfer", "銀行轉賬"),
    ("cash", "现金签领", "cash, signed for", "現金簽領"),
)
SHOP = number("workshop", "车间代码", "Workshop", "車間代碼", example="CJ01")
SINCE = day("day", "起始日期", "Since", "起始日期")
LAST = day("until_day", "终止日期", "Last day", "終止日期", required=False)
SIGNED = text("evidence", "凭据", "Evidence", "憑據", required=True, longest=300)

SHOPS = sheet(
    "workshops",
    C("务工车间", "Workshops", "務工車間"),
    N_("Places of work near home. Other details later are a correction."),
    (
        number("code", "车间代码", "Code", "車間代碼", example="CJ01"),
        text("name", "名称", "Name", "名稱", required=True, longest=80),
        choice("form", FORMS, "形式", "Form of the workshop"),
        text("address", "地点", "Place", "地點", required=True, longest=120),
        SINCE, LAST,
    ),
    ("code",),
)  # fmt: skip


def _shops(organisation_id: int) -> Iterator[Values]:
    for row in standing(Workshop, organisation_id):
        yield fields(row, "name", "form", "address", "day", "until_day", code=base(row.key))


def _open(v: Values, desk: Desk) -> object:
    return work.open_workshop(
        desk.entry, v["code"], name=v["name"], form=v["form"], address=v["address"], start=v["day"],
        until=v["until_day"],
    )  # fmt: skip


RECOGNISED = sheet(
    "recognitions",
    C("车间认定", "Recognitions", "車間認定"),
    N_("A workshop recognised by an office under local criteria."),
    (
        SHOP, day("day", "认定日期", "From", "認定日期"), LAST,
        text("by", "认定机关", "Recognised by", "認定機關", required=True, longest=80),
        text("criteria", "认定标准代码", "Local criteria", "認定標準代碼", required=True, example="wushan"),
        whole("persons", "认定人数", "Recognised for (persons)", "認定人數"), SIGNED,
    ),
    ("workshop", "day"),
)  # fmt: skip


def _recognised(organisation_id: int) -> Iterator[Values]:
    for row in standing(Recognition, organisation_id, "workshop"):
        yield fields(row, "day", "until_day", "criteria", "persons", "evidence",
                     workshop=base(row.workshop.key), by=row.recognised_by)  # fmt: skip


def _recognise(v: Values, desk: Desk) -> object:
    return work.recognise(
        desk.entry, v["workshop"], by=v["by"], criteria=v["criteria"], start=v["day"], until=v["until_day"],
        evidence=v["evidence"], persons=v["persons"] or None,
    )  # fmt: skip


FLOORS = sheet(
    "wage_floors",
    C("最低工资", "Minimum wages", "最低工資"),
    N_("The minimum wage of the place for an hour, with its source."),
    (
        day("day", "执行日期", "From", "執行日期"),
        money("hour_fen", "小时最低工资（元）", "Minimum wage (yuan an hour)", "小時最低工資（元）",
              required=True, least=1),
        text("evidence", "依据文件", "Source", "依據文件", required=True, longest=300),
    ),
    ("day",),
)  # fmt: skip


def _floors(organisation_id: int) -> Iterator[Values]:
    for row in standing(WageFloor, organisation_id):
        yield fields(row, "day", "hour_fen", "evidence")


def _floor(v: Values, desk: Desk) -> object:
    return work.set_floor(desk.entry, start=v["day"], hour_fen=v["hour_fen"], evidence=v["evidence"])


AGREEMENTS = sheet(
    "work_agreements",
    C("务工协议", "Work agreements", "務工協議"),
    N_("Work agreed with a person or household, as it was signed."),
    (
        number("number", "务工协议号", "Number of the agreement", "務工協議號", example="WG001"),
        SHOP, party("worker", "务工人员代码", "Worker", "務工人員代碼"),
        text("job", "工种", "Work", "工種", required=True, longest=80), SINCE, LAST,
        choice("basis", BASES, "计酬方式", "Paid by", "計酬方式"),
        money("rate_fen", "工价（元）", "Yuan for a day, an hour, a piece or a month", "工價（元）",
              required=True, least=1),
        choice("status", STATUS, "身份", "Standing"),
        whole("day_hours", "每日工时", "Hours a day", "每日工時"),
        choice("cost", COSTS, "列支科目", "A cost of", "列支科目"),
        yes_no("defects_paid", YES_NO, "次品也计酬", "Pieces with defects are paid too", "次品也計酬"),
        yes_no("public_post", YES_NO, "公益岗位", "Public post", "公益崗位"),
        text("funder", "公益岗位出资方", "Who pays for the public post", "公益崗位出資方", longest=80),
        text("product", "来料加工成品", "Work given out: what is made", "來料加工成品"),
        text("materials", "每件用料", "Material of one piece", "每件用料", longest=300,
             help=N_("Materials with what one piece takes, parted by semicolons."),
             example="竹篾 0.25 kg; 扣子 4 piece"),
        decimal("allowance", "照付次品率（%）", "Defects that are paid all the same (%)", "照付次品率（%）"),
        SIGNED,
    ),
)  # fmt: skip
AGREED = ("job", "basis", "rate_fen", "status", "cost", "defects_paid", "public_post", "evidence")


def _agreements(organisation_id: int) -> Iterator[Values]:
    for row in standing(WorkAgreement, organisation_id, "workshop", "worker"):
        terms = terms_of(row)
        yield fields(row, *AGREED, "day", "until_day", "day_hours", number=terms.number,
                     workshop=terms.workshop, worker=row.worker.code, funder=terms.funder,
                     product=terms.product, materials=written_norms(terms.materials),
                     allowance=plain(terms.allowance_e6, 10_000))  # fmt: skip


def _agree(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> Terms:
        return Terms(
            number=v["number"], workshop=v["workshop"], worker=v["worker"], start=v["day"],
            until=v["until_day"], day_hours=v["day_hours"] or 8, funder=v["funder"], product=v["product"],
            materials=read_norms(v["materials"].replace("；", ";").replace(";", "\n")),
            allowance_e6=scaled(v["allowance"], 10_000, 4), **{name: v[name] for name in AGREED},
        )  # fmt: skip

    return work.agree_all(desk.entry, gathered(rows, desk, given), desk.places)


DONE = sheet(
    "work_done",
    C("考勤计件", "Attendance", "考勤計件"),
    N_("What was worked under an agreement on a day. Another count later is a correction."),
    (
        SHOP, number("agreement", "务工协议号", "Agreement", "務工協議號", example="WG001"),
        day("day", "日期", "Day"),
        quantity("quantity_e4", "piece", "天数、小时或件数", "Days, hours or pieces", "天數、小時或件數"),
        quantity("defects_e4", "piece", "次品件数", "Pieces with defects", "次品件數"),
    ),
    ("agreement", "day"),
)  # fmt: skip


def _done(organisation_id: int) -> Iterator[Values]:
    for row in standing(WorkDone, organisation_id, "agreement__workshop"):
        agreed = row.agreement
        if agreed.home:
            # Counted from what was brought, on the worker's own account.
            continue
        yield fields(row, "day", "quantity_e4", "defects_e4", workshop=base(agreed.workshop.key),
                     agreement=base(agreed.key))  # fmt: skip


def _count(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> tuple[str, date, work.Counted]:
        return v["workshop"], v["day"], work.Counted(v["agreement"], v["quantity_e4"], v["defects_e4"], place)

    return work.count_all(desk.entry, gathered(rows, desk, given))


PAID = sheet(
    "wages_paid",
    C("工资发放", "Wages paid", "工資發放"),
    N_("An approved payroll paid out, with the bank's or the workers' evidence."),
    (
        number("payroll", "工资表号", "Payroll", "工資表號", example="CJ01-2025-08-31"),
        day("day", "发放日期", "Day of payment", "發放日期"),
        choice("method", METHODS, "发放方式", "Paid by", "發放方式"), SIGNED,
    ),
    ("payroll",),
)  # fmt: skip


def _paid(organisation_id: int) -> Iterator[Values]:
    for row in standing(WagePayment, organisation_id, "payroll"):
        yield fields(row, "day", "method", "evidence", payroll=row.payroll.key)


def _pay(v: Values, desk: Desk) -> object:
    return work.pay(
        desk.entry, v["payroll"], day=v["day"], method=v["method"], evidence=v["evidence"], post=desk.post
    )


FAMILY = Family(
    "work",
    N_("Workshops, attendance and wages"),
    (
        Register(SHOPS, Workshop, _shops, singly(_open)),
        Register(RECOGNISED, Recognition, _recognised, singly(_recognise)),
        Register(FLOORS, WageFloor, _floors, singly(_floor)),
        Register(AGREEMENTS, WorkAgreement, _agreements, _agree),
        Register(DONE, WorkDone, _done, _count),
        Register(PAID, WagePayment, _paid, singly(_pay)),
    ),
)
