"""Stock by lot, loans in kind with everything that happens to them, inputs handed out."""

from collections.abc import Callable, Iterator, Sequence

from lianjie.base.words import N_
from lianjie.facts.actions import in_kind, input_back, stock, store
from lianjie.facts.models import (
    InputBack,
    InputIssue,
    Loan,
    LoanDecision,
    LoanDeferral,
    LoanLoss,
    LoanReturn,
    Lot,
    LotCost,
    LotLoss,
)
from lianjie.facts.registers.lot_costs import LOT, LOT_COSTS, cost, costs
from lianjie.facts.registers.register import (
    EVIDENCE,
    UNITS,
    Desk,
    Family,
    Register,
    Values,
    amount,
    answers,
    base,
    choice,
    day,
    decimal,
    fields,
    gathered,
    in_unit,
    money,
    number,
    party,
    plain,
    quantity,
    scaled,
    sheet,
    standing,
    text,
)
from lianjie.facts.rules.in_kind import ONE, Goods, NothingToDecide
from lianjie.facts.rules.schema import Caption as C

ORIGINS = answers(
    ("opening", "原有", "held before"),
    ("bought", "购入", "bought", "購入"),
    ("commission", "受托代购", "bought on behalf of members", "受託代購"),
    ("granted", "拨给", "granted", "撥給"),
    ("harvested", "自产", "own harvest", "自產"),
)
CAUSES = answers(
    ("disease", "病害", "disease"),
    ("disaster", "灾害", "disaster", "災害"),
    ("negligence", "管理不善", "negligence"),
    ("other", "其他原因", "other cause"),
)
RULES = answers(
    ("same", "借多少还多少", "as much of the same", "借多少還多少"),
    ("ratio", "同种物资，按比例", "the same good, by a ratio", "同種物資，按比例"),
    (
        "offspring",
        "按头数还仔畜、禽蛋或果实",
        "so many young, eggs or fruit for each",
        "按頭數還仔畜、禽蛋或果實",
    ),
    ("product", "其他物资，按比例", "another good, by a ratio", "其他物資，按比例"),
)
BEARERS = answers(
    ("lender", "出借方", "the lender"),
    ("borrower", "借用户", "the borrower", "借用戶"),
    ("decided", "发生时决定", "decided when it happens", "發生時決定"),
)
LOAN = number("loan", "借贷协议号", "Loan", "借貸協議號", example="JY2025-01")
GOOD = text("good", "物资", "Good", "物資", required=True, example="魔芋种芋")
GRADE = text("grade", "等级", "Grade", "等級", longest=20, example="一级")
CAUSE = choice("cause", CAUSES, "原因类别", "Cause", "原因類別")
ACCOUNT = text("account", "经过", "What happened", "經過", longest=300)
DAY = day("day", "日期", "Day")


def _goods(row: Lot | LoanReturn) -> Values:
    return fields(row, "day", "good", "unit", "quantity", "grade", "evidence")


# Stock

LOTS = sheet(
    "lots",
    C("入库批次", "Lots received", "入庫批次"),
    N_("Goods that came into the stock; what a borrower brought back stands on the sheet of returns."),
    (
        LOT, DAY, GOOD, *amount(), GRADE,
        choice("origin", ORIGINS, "来源", "Where from", "來源"),
        text("giver", "供方", "From whom", longest=120),
        EVIDENCE,
    ),
    ("lot",),
)  # fmt: skip


def _lots(organisation_id: int) -> Iterator[Values]:
    entered = {answer.value for answer in ORIGINS}
    for row in standing(Lot, organisation_id):
        if row.origin in entered:  # the others were made by a return or by a work of the market
            yield _goods(row) | fields(row, "origin", "giver", lot=base(row.key))


def _receive(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> stock.Receiving:
        goods = Goods(v["good"], v["unit"], v["quantity"])
        kept = (v["grade"], v["giver"], v["evidence"])
        return stock.Receiving(v["lot"], v["day"], goods, v["origin"], *kept, place)

    return stock.receive_all(gathered(rows, desk, given), desk.books)


def lots_of(rows: Sequence[Values], desk: Desk) -> Callable[[Values], Lot]:
    """The lot a row names. Refuses with NoSuchLot."""
    found = store.standing(Lot, desk.entry.organisation_id, (v["lot"] for v in rows))

    def lot(v: Values) -> Lot:
        if v["lot"] not in found:
            raise stock.NoSuchLot(lot=v["lot"])
        return found[v["lot"]]

    return lot


def _loans_of(rows: Sequence[Values], desk: Desk) -> Callable[[Values], Loan]:
    """The loan a row names. Refuses with NoSuchLoan."""
    found = store.standing(Loan, desk.entry.organisation_id, (v["loan"] for v in rows))

    def loan(v: Values) -> Loan:
        if v["loan"] not in found:
            raise in_kind.NoSuchLoan(loan=v["loan"])
        return found[v["loan"]]

    return loan


LOT_LOSSES = sheet(
    "lot_losses",
    C("库存损失", "Goods lost from stock", "庫存損失"),
    N_("Goods of a lot lost while the organisation kept them."),
    (
        number("number", "损失单号", "Number of the loss", "損失單號"),
        DAY,
        LOT,
        CAUSE,
        *amount(),
        ACCOUNT,
        EVIDENCE,
    ),
)


def _lot_losses(organisation_id: int) -> Iterator[Values]:
    for row in standing(LotLoss, organisation_id, "lot"):
        yield fields(row, "day", "cause", "quantity", "account", "evidence", number=base(row.key),
                     lot=base(row.lot.key), unit=row.lot.unit)  # fmt: skip


def _lose_lot(rows: Sequence[Values], desk: Desk) -> object:
    lots = lots_of(rows, desk)

    def given(v: Values, place: str) -> stock.LosingLot:
        lost = in_unit(lots(v).good, lots(v).unit, v)
        told = (v["account"], v["evidence"])
        return stock.LosingLot(v["number"], v["day"], v["lot"], v["cause"], lost, *told, place)

    return stock.lose_all(gathered(rows, desk, given), desk.books)


INPUTS = sheet(
    "inputs",
    C("投入品发放", "Inputs handed out", "投入品發放"),
    N_("Handed to a grower against a receipt, free or as an advance."),
    (
        number("receipt", "领用单号", "Receipt", "領用單號"),
        DAY, party("household", "农户代码", "Household", "農戶代碼"), LOT, *amount(),
        money("amount_fen", "垫付款（元）", "Advance (yuan)",
            "墊付款（元）", help=N_("Empty when it is free.")),
        EVIDENCE,
    ),
    ("receipt",),
)  # fmt: skip


def _inputs(organisation_id: int) -> Iterator[Values]:
    for row in standing(InputIssue, organisation_id, "lot", "household"):
        yield fields(row, "day", "quantity", "amount_fen", "evidence", receipt=base(row.key),
                     household=row.household.code, lot=base(row.lot.key), unit=row.lot.unit)  # fmt: skip


def _issue(rows: Sequence[Values], desk: Desk) -> object:
    lots = lots_of(rows, desk)

    def given(v: Values, place: str) -> stock.Issuing:
        went = in_unit(lots(v).good, lots(v).unit, v)
        kept = (v["amount_fen"], v["evidence"])
        return stock.Issuing(v["receipt"], v["day"], v["household"], v["lot"], went, *kept, place)

    return stock.issue_all(gathered(rows, desk, given), desk.books)


WAYS = answers(
    ("goods", "退回物资", "goods", "退回物資"),
    ("cash", "现金", "cash", "現金"),
    ("bank", "银行转账", "bank transfer", "銀行轉帳"),
    ("produce", "抵扣交售款", "out of produce", "抵扣交售款"),
)
INPUTS_BACK = sheet(
    "inputs_back",
    C("投入品退回与垫付款归还", "Inputs back, advances repaid", "投入品退回與墊付款歸還"),
    N_("Goods not used, or money of the advance; never out of rent or wages."),
    (
        number("receipt", "收据号", "Receipt", "收據號"), DAY,
        number("issue", "领用单号", "Receipt of the input", "領用單號"),
        choice("way", WAYS, "方式", "How"), *amount(required=False),
        money("amount_fen", "抵减垫付款（元）", "Off the advance (yuan)", "抵減墊付款（元）",
              help=N_("Of goods, empty: their part of the advance.")),
        number("delivery", "交售凭证号", "Delivery", "交售憑證號", required=False, example="2025-BD0001",
               help=N_("Only out of produce: the year and the receipt.")),
        EVIDENCE,
    ),
    ("receipt",),
)  # fmt: skip


def _inputs_back(organisation_id: int) -> Iterator[Values]:
    for row in standing(InputBack, organisation_id, "lot", "issue", "delivery"):
        goods = {"quantity": row.quantity, "unit": row.lot.unit} if row.quantity else {}
        yield fields(row, "day", "way", "amount_fen", "evidence", receipt=base(row.key),
                     issue=base(row.issue.key),
                     delivery=base(row.delivery.key) if row.delivery else "", **goods)  # fmt: skip


def _come_back(rows: Sequence[Values], desk: Desk) -> object:
    issues = store.standing(InputIssue, desk.entry.organisation_id, (v["issue"] for v in rows), "lot")

    def given(v: Values, place: str) -> input_back.ComingBack:
        issue = issues.get(v["issue"])
        if issue is None:
            raise input_back.NoSuchInput(receipt=v["issue"])
        came = in_unit(issue.lot.good, issue.lot.unit, v) if v["quantity"] else 0
        fen = v["amount_fen"] or (None if v["way"] == "goods" else 0)
        return input_back.ComingBack(
            v["receipt"], v["day"], v["issue"], v["way"], came, fen, v["delivery"], v["evidence"], place
        )

    return input_back.come_back_all(gathered(rows, desk, given), desk.books)


# Loans

LOANS = sheet(
    "loans",
    C("实物借贷", "Loans in kind", "實物借貸"),
    N_("Goods of a lot lent, and what was agreed about their return."),
    (
        number("number", "借贷协议号", "Number of the agreement", "借貸協議號", example="JY2025-01"),
        DAY, party("borrower", "借用户代码", "Borrower", "借用戶代碼"), LOT, *amount(),
        day("due_day", "应还日期", "Due", "應還日期"),
        choice("rule", RULES, "归还方式", "What is returned", "歸還方式"),
        decimal("ratio", "每单位应还", "Returned for each unit lent", "每單位應還",
                help=N_("Not needed for the same quantity."), example="25"),
        text("owed_good", "应还物资", "Good returned", "應還物資",
             help=N_("Only when it is another good: eggs, lambs, flour.")),
        choice("owed_unit", UNITS, "应还单位", "Good returned is counted in", "應還單位", required=False),
        text("season", "应还季节", "Due season", "應還季節"),
        quantity("area_mu4", "mu", "种植面积（亩）", "Planted with it (mu)", "種植面積（畝）"),
        text("substitute", "替代物资", "Substitute", "替代物資"),
        decimal("substitute_ratio", "每单位替代物抵", "One unit of the substitute pays", "每單位替代物抵"),
        choice("substitute_unit", UNITS, "替代物单位", "Substitute is counted in",
            "替代物單位", required=False),
        choice("disease", BEARERS, "病害由谁承担", "Loss by disease is borne by",
            "病害由誰承擔", required=False),
        choice("disaster", BEARERS, "灾害由谁承担", "Loss by disaster is borne by",
            "災害由誰承擔", required=False),
        choice("negligence", BEARERS, "管理不善由谁承担", "Loss by negligence is borne by",
               "管理不善由誰承擔", required=False),
        EVIDENCE,
    ),
)  # fmt: skip


def _loans(organisation_id: int) -> Iterator[Values]:
    for row in standing(Loan, organisation_id, "lot", "borrower"):
        other = row.owed_good != row.lot.good or row.owed_unit != row.lot.unit
        yield fields(
            row, "day", "quantity", "due_day", "rule", "season", "area_mu4", "substitute", "evidence",
            number=base(row.key), borrower=row.borrower.code, lot=base(row.lot.key), unit=row.lot.unit,
            ratio="" if row.rule == "same" else plain(row.ratio_e6, ONE),
            owed_good=row.owed_good if other else "", owed_unit=row.owed_unit if other else "",
            substitute_ratio=plain(row.substitute_ratio_e6, ONE),
            substitute_unit=row.substitute_unit if row.substitute else "",
            disease=row.disease_borne_by, disaster=row.disaster_borne_by, negligence=row.negligence_borne_by,
        )  # fmt: skip


def _lend(rows: Sequence[Values], desk: Desk) -> object:
    lots = lots_of(rows, desk)

    def given(v: Values, place: str) -> in_kind.Lending:
        lot = lots(v)
        return in_kind.Lending(
            v["number"], v["day"], v["borrower"], v["lot"], in_unit(lot.good, lot.unit, v), v["due_day"],
            v["rule"], ONE if v["rule"] == "same" else scaled(v["ratio"], ONE, 6),
            v["owed_good"], v["owed_unit"] or lot.unit, v["season"], v["area_mu4"], v["substitute"],
            v["substitute_unit"] or "kg", scaled(v["substitute_ratio"], ONE, 6), v["disease"] or "decided",
            v["disaster"] or "decided", v["negligence"] or "borrower", v["evidence"], place,
        )  # fmt: skip

    return in_kind.lend_all(gathered(rows, desk, given), desk.books)


RETURNS = sheet(
    "loan_returns",
    C("实物归还", "Returns", "實物歸還"),
    N_("Goods a borrower brought back; they become a lot of their own."),
    (
        number("receipt", "归还单号", "Receipt", "歸還單號"), DAY, LOAN, GOOD, *amount(), GRADE,
        number("lot", "入库批次号", "Into lot", "入庫批次號", required=False,
               help=N_("Empty: the number of the receipt.")),
        EVIDENCE,
    ),
    ("receipt",),
)  # fmt: skip


def _returns(organisation_id: int) -> Iterator[Values]:
    lots = dict(
        Lot.objects.current()
        .filter(organisation_id=organisation_id, returned__isnull=False)
        .values_list("returned_id", "key")
    )
    for row in standing(LoanReturn, organisation_id, "loan"):
        number, into = base(row.key), base(lots.get(row.pk, ""))
        yield _goods(row) | {
            "receipt": number,
            "loan": base(row.loan.key),
            "lot": "" if into == number else into,
        }


def _give_back(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> in_kind.Returning:
        goods = Goods(v["good"], v["unit"], v["quantity"])
        kept = (v["lot"], v["grade"], v["evidence"])
        return in_kind.Returning(v["receipt"], v["day"], v["loan"], goods, *kept, place)

    return in_kind.give_back_all(gathered(rows, desk, given), desk.books)


DEFERRALS = sheet(
    "deferrals",
    C("延期申请", "Deferrals asked", "延期申請"),
    N_("A household asks to return later; it changes nothing until a person decides."),
    (
        number("number", "申请号", "Number of the request", "申請號"), DAY, LOAN,
        day("due_day", "申请还期", "Wants to return by", "申請還期"),
        quantity("extra_mu4", "mu", "拟增种（亩）", "To plant more (mu)", "擬增種（畝）"),
        text("wish", "农户原话", "In its own words", "農戶原話", longest=300),
        EVIDENCE,
    ),
)  # fmt: skip


def _deferrals(organisation_id: int) -> Iterator[Values]:
    for row in standing(LoanDeferral, organisation_id, "loan"):
        yield fields(row, "day", "extra_mu4", "wish", "evidence", number=base(row.key),
                     loan=base(row.loan.key), due_day=row.until)  # fmt: skip


def _ask(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> in_kind.Asking:
        kept = (v["extra_mu4"], v["wish"], v["evidence"])
        return in_kind.Asking(v["number"], v["day"], v["loan"], v["due_day"], *kept, place)

    return in_kind.ask_all(gathered(rows, desk, given), desk.books)


LOSSES = sheet(
    "loan_losses",
    C("借贷损失", "Losses on loans", "借貸損失"),
    N_("Part of what is owed was lost with the borrower."),
    (
        number("number", "报损单号", "Number of the report", "報損單號"),
        DAY,
        LOAN,
        CAUSE,
        *amount(),
        ACCOUNT,
        EVIDENCE,
    ),
)


def _losses(organisation_id: int) -> Iterator[Values]:
    for row in standing(LoanLoss, organisation_id, "loan"):
        yield fields(row, "day", "cause", "quantity", "account", "evidence", number=base(row.key),
                     loan=base(row.loan.key), unit=row.loan.owed_unit)  # fmt: skip


def _lose(rows: Sequence[Values], desk: Desk) -> object:
    loans = _loans_of(rows, desk)

    def given(v: Values, place: str) -> in_kind.Losing:
        lost = in_unit(loans(v).owed_good, loans(v).owed_unit, v)
        told = (v["account"], v["evidence"])
        return in_kind.Losing(v["number"], v["day"], v["loan"], v["cause"], lost, *told, place)

    return in_kind.report_all(gathered(rows, desk, given), desk.books)


DECISIONS = sheet(
    "loan_decisions",
    C("借贷决定", "Decisions on loans", "借貸決定"),
    N_("A named person answers a deferral or a loss, with a reason."),
    (
        number("number", "决定号", "Number of the decision", "決定號"), DAY, LOAN,
        number("about", "申请号或报损单号", "Deferral or loss decided", "申請號或報損單號"),
        day("due_day", "准予还期", "New due day", "准予還期", required=False,
            help=N_("Of a deferral; empty when it is refused.")),
        *amount(required=False),
        text("person_name", "决定人", "Decided by", "決定人", required=True, longest=80),
        text("grounds", "理由", "Grounds", required=True, longest=300),
        EVIDENCE,
    ),
)  # fmt: skip


def _decisions(organisation_id: int) -> Iterator[Values]:
    for row in standing(LoanDecision, organisation_id, "loan", "deferral", "loss"):
        yield fields(
            row, "day", "person_name", "grounds", "evidence", number=base(row.key), loan=base(row.loan.key),
            about=base((row.deferral or row.loss).key), due_day=row.until, quantity=row.forgiven,
            unit=row.loan.owed_unit if row.forgiven else "",
        )  # fmt: skip


def _decide(rows: Sequence[Values], desk: Desk) -> object:
    loans, about = _loans_of(rows, desk), _about(rows, desk)

    def given(v: Values, place: str) -> in_kind.Deciding:
        loan = loans(v)
        if (loan.pk, v["about"]) not in about:
            raise NothingToDecide(reference=v["about"])
        forgiven = in_unit(loan.owed_good, loan.owed_unit, v) if v["quantity"] else 0
        return in_kind.Deciding(
            v["number"], v["day"], v["loan"], about[loan.pk, v["about"]], v["person_name"], v["grounds"],
            v["due_day"], forgiven, v["evidence"], place,
        )  # fmt: skip

    return in_kind.decide_all(gathered(rows, desk, given), desk.books)


def _about(rows: Sequence[Values], desk: Desk) -> dict[tuple[int, str], str]:
    """Loan and number of a deferral or a loss -> its reference. A deferral comes before a loss."""
    found: dict[tuple[int, str], str] = {}
    numbers = {v["about"] for v in rows}
    for model in (LoanLoss, LoanDeferral):
        stands = store.standing(model, desk.entry.organisation_id, numbers)
        found |= {(row.loan_id, number): str(row.reference) for number, row in stands.items()}
    return found


FAMILY = Family(
    "in-kind",
    N_("Stock, loans in kind and inputs"),
    (
        Register(LOTS, Lot, _lots, _receive),
        Register(LOT_COSTS, LotCost, costs, cost),
        Register(LOT_LOSSES, LotLoss, _lot_losses, _lose_lot),
        Register(LOANS, Loan, _loans, _lend),
        Register(RETURNS, LoanReturn, _returns, _give_back),
        Register(DEFERRALS, LoanDeferral, _deferrals, _ask),
        Register(LOSSES, LoanLoss, _losses, _lose),
        Register(DECISIONS, LoanDecision, _decisions, _decide, right="decide"),
        Register(INPUTS, InputIssue, _inputs, _issue),
        Register(INPUTS_BACK, InputBack, _inputs_back, _come_back),
    ),
)
