"""Terms of rent and what becomes of leases. The leases themselves stand in the year's workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from lianjie.base.words import N_
from lianjie.facts.actions import rent, store
from lianjie.facts.models import Lease, LeaseChange, RentPayment, RentTerms
from lianjie.facts.queries import rents
from lianjie.facts.registers.register import (
    EVIDENCE,
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
from lianjie.facts.rules.choices import CONSENT, YES_NO
from lianjie.facts.rules.handed import Handed
from lianjie.facts.rules.rent import Grain, LeaseTerms, Step
from lianjie.facts.rules.rent_terms import ChangeGiven, Handing, RentToHand
from lianjie.facts.rules.schema import Caption as C
from lianjie.facts.rules.schema import Column

KINDS = answers(
    ("cash", "现金", "cash", "現金"), ("grain", "实物计价（粮食）", "grain at its price", "實物計價（糧食）")
)
CHANGES = answers(
    ("hand_back", "退地", "handed back"),
    ("renewal", "续租", "renewed", "續租"),
    ("sublease", "转租", "sub-let", "轉租"),
)
LEASE = number(
    "lease",
    "租约号",
    "Lease",
    "租約號",
    help=N_("The parcel, “@” and the first day."),
    example="D001@2024-01-01",
)
DAY = timedelta(days=1)
MILLIONTHS = 10_000
"""Millionths of a percent."""


def _month_day(code: str, *caption: str) -> Column:
    help = N_("Month and day, for example 09-01.")
    return Column(code, C(*caption), "month_day", help, "09-01")


TERMS = sheet(
    "rent_terms",
    C("租金条款", "Terms of rent", "租金條款"),
    N_("How the rent of a lease is counted, from its first rent on. Other terms later are a correction."),
    (
        LEASE, day("day", "约定日期", "Agreed on", "約定日期"),
        choice("kind", KINDS, "计租方式", "Kind of rent", "計租方式"),
        text("good", "粮食品种", "Grain", "糧食品種"),
        text("grade", "粮食等级", "Grade of the grain", "糧食等級", longest=20,
             help=N_("As in the price records; only prices of this grade count. Empty: every price counts.")),
        quantity("grams_per_mu", "jin", "每亩斤数", "Jin a mu", "每畝斤數"),
        text("market", "价格来源", "Market", "價格來源", longest=80),
        _month_day("window_first", "价格窗口起", "Window begins", "價格窗口起"),
        _month_day("window_last", "价格窗口止", "Window ends", "價格窗口止"),
        whole("window_years_before", "窗口提前年数", "Window so many years before", "窗口提前年數"),
        whole("reset_years", "几年重定价", "Price taken anew every (years)", "幾年重定價"),
        whole("fixed_years", "固定租金年数", "First years in fixed cash", "固定租金年數"),
        money("fixed_fen_per_mu", "固定租金（元/亩）", "Fixed rent (yuan/mu)", "固定租金（元/畝）"),
        whole("step_years", "几年递增", "Rises every (years)", "幾年遞增"),
        decimal("step_percent", "递增幅度（%）", "Rises by (%)", "遞增幅度（%）"),
        yes_no("step_compound", YES_NO, "逐次递增", "On the rent before", "逐次遞增"),
        whole("paid_years", "一次付几年", "Paid for (years)", "一次付幾年"),
        decimal("share_percent", "另分成（%）", "A share beside it (%)", "另分成（%）"),
        text("share_of", "分成依据", "Of which result", "分成依據"),
        EVIDENCE,
    ),
    ("lease",),
)  # fmt: skip
OF_GRAIN = ("good", "grams_per_mu", "market", "window_first", "window_last", "window_years_before")
SAID = (
    "day",
    "kind",
    "fixed_years",
    "fixed_fen_per_mu",
    "step_years",
    "step_compound",
    "share_of",
    "evidence",
    "grade",
)


def _terms(organisation_id: int) -> Iterator[Values]:
    for row in standing(RentTerms, organisation_id, "lease"):
        yield fields(
            row, *OF_GRAIN, *SAID, lease=base(row.lease.key), paid_years=_above_one(row.paid_years),
            reset_years=_above_one(row.reset_years), step_percent=plain(row.step_millionths, MILLIONTHS),
            share_percent=plain(row.share_millionths, MILLIONTHS),
        )  # fmt: skip


def _above_one(years: int) -> int:
    """One year is what an empty cell means."""
    return years if years > 1 else 0


def _agree(rows: Sequence[Values], desk: Desk) -> object:
    of = desk.entry.organisation_id
    found = store.standing(Lease, of, (v["lease"] for v in rows))
    first = {each.key: each.first for each in rents.leases(of, only=found.values())}

    def given(v: Values, place: str) -> rent.TermsGiven:
        if v["lease"] not in first:
            raise rent.NoSuchLease(lease=v["lease"])
        return rent.TermsGiven(v["lease"], _agreed(v, first[v["lease"]]), v["day"], v["evidence"], place)

    return rent.agree_all(desk.entry, gathered(rows, desk, given))


def _agreed(v: Values, first: LeaseTerms) -> LeaseTerms:
    begin, end = (tuple(int(part) for part in (v[name] or "01-01").split("-")) for name in OF_GRAIN[3:5])
    grain = Grain(
        v["good"], v["grams_per_mu"], v["market"], (begin[0], begin[1]), (end[0], end[1]),
        v["window_years_before"], v["reset_years"] or 1, v["grade"],
    )  # fmt: skip
    step = Step(v["step_years"], scaled(v["step_percent"], MILLIONTHS, 4), v["step_compound"])
    return replace(
        first,
        grain=grain if v["kind"] == "grain" else None,
        step=step if step.years or step.millionths else None,
        fixed_years=v["fixed_years"],
        fixed_fen_per_mu=v["fixed_fen_per_mu"],
        paid_years=v["paid_years"] or 1,
        share_millionths=scaled(v["share_percent"], MILLIONTHS, 4) or 0,
        share_of=v["share_of"],
    )


BECAME = sheet(
    "lease_changes",
    C("租约变动", "What becomes of leases", "租約變動"),
    N_("A lease handed back from a day on, renewed to a last day, or sub-let with written consent."),
    (
        LEASE, choice("kind", CHANGES, "变动", "Change", "變動"), day("day", "日期", "Day"),
        day("last_day", "续租（转租）止", "Renewed or sub-let until", "續租（轉租）止", required=False),
        party("taker", "转租承租人代码", "Sub-tenant", "轉租承租人代碼", required=False),
        choice("consent", CONSENT, "农户同意方式", "Consent", "農戶同意方式", required=False),
        EVIDENCE,
    ),
    ("lease", "kind", "day"),
)  # fmt: skip


def _became(organisation_id: int) -> Iterator[Values]:
    for row in standing(LeaseChange, organisation_id, "lease", "taker"):
        yield fields(row, "kind", "day", "consent", "evidence", lease=base(row.lease.key),
                     last_day=row.until_day - DAY if row.until_day else None,
                     taker=row.taker.code if row.taker else "")  # fmt: skip


def _change(rows: Sequence[Values], desk: Desk) -> object:
    given = [
        (
            v["lease"],
            ChangeGiven(
                v["kind"],
                v["day"],
                v["last_day"] + DAY if v["last_day"] else None,
                v["taker"],
                v["consent"],
                v["evidence"],
            ),
        )
        for v in rows
    ]
    return rent.change_all(desk.entry, given, desk.places)


METHODS = answers(
    ("bank", "银行转账", "bank transfer", "銀行轉帳"),
    ("cash", "现金", "cash", "現金"),
    ("in_kind", "实物", "in kind", "實物"),
)
HOPS = answers(("household", "农户", "the household", "農戶"), ("agent", "经办人", "an agent", "經辦人"))
PAID = sheet(
    "rents_handed",
    C("租金兑付", "Rents handed over", "租金兌付"),
    N_("A rent handed over whole: in money, in grain of a lot of the stock, or partly in each."),
    (
        LEASE, whole("year", "租金年度", "Rent of the year", "租金年度", required=True),
        choice("hop", HOPS, "交给", "To whom", "交給"), day("day", "日期", "Day"),
        money("amount_fen", "租金（元）", "Rent (yuan)", "租金（元）", required=True),
        choice("method", METHODS, "方式", "How", help=N_("Of a part in grain: how the rest was paid.")),
        number("lot", "粮食批次号", "Lot of the grain", "糧食批次號", required=False),
        quantity("quantity", "kg", "粮食（公斤）", "Grain (kg)", "糧食（公斤）"),
        party("agent", "经办人代码", "Agent", "經辦人代碼", required=False),
        EVIDENCE,
    ),
    ("lease", "year", "hop"),
)  # fmt: skip


def _paid(organisation_id: int) -> Iterator[Values]:
    for row in standing(RentPayment, organisation_id, "lease", "lot", "agent"):
        yield fields(row, "year", "hop", "day", "amount_fen", "method", "evidence", quantity=row.quantity,
                     lease=base(row.lease.key), lot=base(row.lot.key) if row.lot else "",
                     agent=row.agent.code if row.agent else "")  # fmt: skip


def _pay(v: Values, desk: Desk) -> None:
    """What stands as the file says is passed over."""
    of, source = desk.entry, desk.entry.source
    key = f"{v['lease']}:{v['year']}/{v['hop']}"
    row = store.standing(RentPayment, of.organisation_id, [key], "lot", "agent").get(key)
    if row:
        agent, lot = row.agent.code if row.agent else "", base(row.lot.key) if row.lot else ""
        said = ("day", "amount_fen", "method", "evidence", "quantity")
        kept = fields(row, *said, agent=agent, lot=lot)
        if all(v[name] == value for name, value in kept.items()):
            return
    given = Handing(
        v["year"], v["hop"], v["day"], v["amount_fen"], v["method"], v["evidence"], v["agent"], v["lot"],
        v["quantity"],
    )  # fmt: skip
    fact = RentToHand(v["lease"], given, (source.kind, source.name, source.sha256), of.place)
    desk.post(
        "rent", [Handed(fact)], organisation_id=of.organisation_id, year=v["year"], at=of.at, by=of.by
    )  # fmt: skip


FAMILY = Family(
    "rents",
    N_("Terms of rent and changes of leases"),
    (
        Register(TERMS, RentTerms, _terms, _agree),
        Register(BECAME, LeaseChange, _became, _change),
        Register(PAID, RentPayment, _paid, singly(_pay)),
    ),
)
