"""The sheets of what came of the year: deliveries, tallies, figures, balances, figures announced."""

from lianjie.base.words import N_
from lianjie.facts.rules import book, columns
from lianjie.facts.rules.choices import UNIT_CHOICES
from lianjie.facts.rules.schema import Caption as C
from lianjie.facts.rules.schema import Column, Sheet

DELIVERIES = Sheet(
    "deliveries",
    C("交售", "Deliveries"),
    book.DeliveryRow,
    N_("Crop handed in, graded and weighed, by receipt."),
    (
        Column(
            "receipt",
            C("过磅单号", "Receipt", "過磅單號"),
            "receipt",
            N_("The number of the weighing receipt; each once."),
            "BD0001",
            True,
            longest=40,
        ),
        columns.day("day", C("交售日期", "Day"), N_("A day of the book's year."), "2025-10-12", True, "year"),
        columns.party(
            "household",
            C("交售人代码", "Grower", "交售人代碼"),
            N_("A household or person; not only members."),
            "N0001",
        ),
        Column(
            "good",
            C("品种", "Good", "品種"),
            "name",
            N_("A word for the product, the same in the plan."),
            "苹果",
            True,
            longest=40,
        ),
        Column(
            "grams",
            C("重量（公斤）", "Weight (kg)"),
            "quantity",
            N_("More than zero, at most three decimals."),
            "156.5",
            True,
            unit="kg",
            least=1,
        ),
        columns.money(
            "price_fen_per_kg",
            C("单价（元/公斤）", "Price (yuan/kg)", "單價（元/公斤）"),
            N_("Zero when not agreed yet."),
            "6.80",
        ),
        columns.money(
            "amount_fen",
            C("金额（元）", "Amount (yuan)", "金額（元）"),
            N_("Weight times price; counted when left empty."),
            "1064.20",
            False,
        ),
        Column("grade", C("等级", "Grade", "等級"), "text", N_("As on the receipt."), "一级", longest=20),
        columns.EVIDENCE,
    ),
    ("receipt",),
)
TALLIES = Sheet(
    "tallies",
    C("计量", "Tallies", "計量"),
    book.TallyRow,
    N_("Any other measure the plan shares by: work points, days worked, sheep kept."),
    (
        columns.party("party", C("农户或成员代码", "Party", "農戶或成員代碼"), N_("Whose it is."), "N0001"),
        Column(
            "measure",
            C("计量名称", "Measure", "計量名稱"),
            "name",
            N_("The same word as in the plan."),
            "工分",
            True,
            longest=40,
        ),
        Column(
            "unit",
            C("单位", "Unit", "單位"),
            "unit",
            N_("Choose from the list."),
            "分值",
            True,
            choices=UNIT_CHOICES,
        ),
        Column(
            "quantity", C("数量", "Quantity", "數量"), "number", N_("Zero or more."), "320", True, least=0
        ),
        columns.EVIDENCE,
    ),
    ("party", "measure"),
)
FIGURES = Sheet(
    "figures",
    C("年度数据", "Figures", "年度數據"),
    book.FigureRow,
    N_("Figures of the year the books do not hold, under the names the plan uses."),
    (
        Column(
            "name",
            C("数据名称", "Figure", "數據名稱"),
            "name",
            N_("The same word as in the plan."),
            "surplus",
            True,
            longest=60,
        ),
        Column("value", C("数值", "Value", "數值"), "number", N_("A plain number."), "128000.00", True),
        Column(
            "unit",
            C("单位", "Unit", "單位"),
            "unit",
            N_("Choose from the list."),
            "元",
            True,
            choices=UNIT_CHOICES,
        ),
        columns.EVIDENCE,
    ),
    ("name",),
)
BALANCES = Sheet(
    "balances",
    C("科目余额", "Balances", "科目餘額"),
    book.BalanceRow,
    N_("The trial balance before the year is closed, by account. Both columns add up to the same sum."),
    (
        Column(
            "account",
            C("科目编码", "Account", "科目編碼"),
            "account",
            N_("A code of the chart of accounts."),
            "102",
            True,
            longest=60,
        ),
        columns.money(
            "debit_fen",
            C("借方余额（元）", "Debit (yuan)", "借方餘額（元）"),
            N_("One side of each row."),
            "50000.00",
            False,
        ),
        columns.money(
            "credit_fen",
            C("贷方余额（元）", "Credit (yuan)", "貸方餘額（元）"),
            N_("One side of each row."),
            "",
            False,
        ),
    ),
    ("account",),
)
ANNOUNCED = Sheet(
    "announced",
    C("已公布数据", "Announced", "已公佈數據"),
    book.AnnouncedRow,
    N_("Figures already printed or promised; the settlement is held against them."),
    (
        Column(
            "name",
            C("公布事项", "Announced figure", "公佈事項"),
            "text",
            N_("What was announced."),
            "分红总额",
            True,
            longest=60,
        ),
        Column(
            "of",
            C("对应算式", "Compared with", "對應算式"),
            "text",
            N_("An expression of the plan's language."),
            "dividend",
            True,
            longest=200,
        ),
        Column("value", C("公布数值", "Value", "公佈數值"), "number", N_("A plain number."), "128000", True),
        Column(
            "unit",
            C("单位", "Unit", "單位"),
            "unit",
            N_("Choose from the list."),
            "元",
            True,
            choices=UNIT_CHOICES,
        ),
        Column(
            "tolerance",
            C("允许误差", "Tolerance", "允許誤差"),
            "number",
            N_("In the same unit; empty means exact."),
            "",
            least=0,
        ),
        columns.party(
            "recipient",
            C("对象代码", "Recipient", "對象代碼"),
            N_("When it is about one recipient."),
            "",
            False,
        ),
        columns.EVIDENCE,
    ),
    ("name", "recipient"),
)
