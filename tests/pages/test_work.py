"""Workshops on the pages: sheet, payroll, approval by the chair, payment, slips: L5."""

import pytest
from django.conf import settings

from lianjie.base.period import Period
from lianjie.facts.models import Payroll, WagePayment, WorkDone
from lianjie.facts.queries.standing import standings
from lianjie.ledger.models import Posting
from tests.facts.test_workshop import OWN

pytestmark = [pytest.mark.both, pytest.mark.mission("L5")]
BASE = "/o/C2001/workshops/"
SHOP = {
    "number": "CJ1",
    "name": "药材分拣车间",
    "form": "factory",
    "address": "村部旁",
    "start": "2026-01-01",
}
AGREEMENT = {
    "number": "YG1",
    "worker": "H0001",
    "job": "分拣",
    "start": "2026-01-01",
    "basis": "day",
    "rate": "120",
    "day_hours": "8",
    "status": "casual",
    "cost": "401",
    "evidence": "用工协议第1号",
}
PIECES = AGREEMENT | {"number": "YG2", "worker": "P0001", "basis": "piece", "rate": "0.85", "status": "staff"}
UNTIL = "?until=2026-03-31"


@pytest.fixture
def chen(reads):
    client = reads("chen")
    for address, given in (("new/", SHOP), ("CJ1/agreements/", AGREEMENT), ("CJ1/agreements/", PIECES)):
        answer = client.post(BASE + address, given)
        assert answer.status_code == 302, answer.content.decode()
    return client


def sheet(client, day="2026-03-02", **given):
    return client.post(f"{BASE}CJ1/sheet/?day={day}", given or {
        "quantity-YG1": "1", "quantity-YG2": "200", "defects-YG2": "10",
    })  # fmt: skip


def test_from_the_sheet_to_the_paid_slip(reads, chen, world):
    assert sheet(chen).status_code == 302
    guo = reads("guo")
    page = guo.get(f"{BASE}CJ1/payroll/{UNTIL}").content.decode()
    assert "281.50" in page  # 120 + 190 x 0.85
    assert "No minimum wage is set" in page
    said = {"approved_by": "郭长青", "seen": "28150"}
    assert guo.post(f"{BASE}CJ1/payroll/{UNTIL}", said).status_code == 302
    address = "/o/C2001/payrolls/CJ1-2026-03-31/"
    page = chen.get(address).content.decode()
    assert "10 with defects" in page
    assert "161.50" in page
    assert "still owed" in page
    paid = {"day": "2026-04-02", "method": "bank", "evidence": "代发回单 0402"}
    assert chen.post(address, paid | {"evidence": ""}).status_code == 422
    assert chen.post(address, paid).status_code == 302
    assert "代发回单 0402" in chen.get(address).content.decode()
    # The slip of a person of the household is the household's to see, and no other household's.
    slip = f"{address}slips/P0001/"
    text = reads("wei").get(f"{slip}?as=txt").content.decode()
    for said in (
        "2026-03-02 分拣: (200 − 10) × 0.85 = 161.50; 10 with defects, 10 of them not paid",
        "Sum: 161.50",
        "2026-04-02 代发回单 0402",
    ):
        assert said in text
    assert reads("wei").get(f"{slip}?as=png").content.startswith(b"\x89PNG")
    assert 'slips/P0001/"' in reads("wei").get("/h/H0001/").content.decode()
    assert reads("zhao").get(slip).status_code == 404
    assert reads("wei").get(f"{address}slips/H0002/").status_code == 404
    owed = Posting.objects.filter(account__in=("212", "213")).values_list("amount_fen", flat=True)
    assert (len(owed), sum(owed)) == (4, 0)
    home = chen.get("/o/C2001/members/H0001/").content.decode()
    assert "Work and wages" in home
    assert "281.50" not in home
    assert "120.00" in home
    assert "161.50" in home, "the pay of a person of the household is the household's stream too"
    assert "Wages" in chen.get("/o/C2001/journal/?year=2026").content.decode()
    assert "281.50" in chen.get(BASE).content.decode()


def test_a_payroll_changed_meanwhile_is_looked_at_again(reads, chen):
    sheet(chen)
    answer = reads("guo").post(f"{BASE}CJ1/payroll/{UNTIL}", {"approved_by": "郭长青", "seen": "12000"})
    assert answer.status_code == 422
    assert "you approved 120.00 yuan" in answer.content.decode()
    assert not Payroll.objects.exists()


def test_what_is_taken_off_is_seen_before_it_is_approved(reads, chen):
    guo = reads("guo")
    sheet(chen)
    assert (
        guo.post(f"{BASE}CJ1/payroll/{UNTIL}", {"approved_by": "郭长青", "seen": "28150"}).status_code == 302
    )
    sheet(chen, **{"quantity-YG1": "0.5"})
    sheet(chen, "2026-04-01", **{"quantity-YG1": "1"})
    april = f"{BASE}CJ1/payroll/?until=2026-04-30"
    page = guo.get(april).content.decode()
    assert "got 60.00 yuan too much" in page
    said = {"approved_by": "郭长青", "seen": "12000", "deduction_evidence": "扣回协议，本人签字"}
    answer = guo.post(april, said)
    assert answer.status_code == 422
    assert 'name="seen" value="6000"' in answer.content.decode()
    assert guo.post(april, said | {"seen": "6000"}).status_code == 302
    assert "corrected; 120.00 before" in chen.get("/o/C2001/payrolls/CJ1-2026-04-30/").content.decode()


def test_days_worked_are_a_weight_of_the_households_year(chen, world):
    sheet(chen)
    by_code = {each.code: each for each in standings(world.coop.pk, Period.year(2026))}
    assert by_code["H0001"].measures["work_days"].quantity == 10_000
    assert by_code["H0001"].measures["work_days"].sources == ["workdone:YG1-2026-03-02"]


def test_a_wrong_line_stops_the_sheet_and_keeps_what_was_typed(chen):
    given = {"quantity-YG1": "2.5", "quantity-YG2": "abc"}
    answer = sheet(chen, **given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "abc" in page
    assert "2.5" in page
    assert sheet(chen, **{"quantity-YG1": "2.5"}).status_code == 422
    assert not WorkDone.objects.exists()


def test_the_minimum_wage_and_a_recognition(chen, reads):
    floor = {"start": "2026-01-01", "hour": "18", "evidence": "县人社局 2026-1 号"}
    assert chen.post(f"{BASE}minimum-wage/", floor).status_code == 302
    recognised = {
        "by": "县人社局",
        "criteria": "longjing-2018",
        "start": "2026-01-01",
        "evidence": "认定文件",
    }
    assert chen.post(f"{BASE}CJ1/recognitions/", recognised).status_code == 302
    page = chen.get(f"{BASE}CJ1/").content.decode()
    assert "fewer than asked for" in page
    sheet(chen)
    page = reads("guo").get(f"{BASE}CJ1/payroll/{UNTIL}").content.decode()
    assert (
        "YG1, work of 2026-03-02: 120.00 yuan for 8 hours is below the minimum wage of 18.00 yuan an hour"
        in page
    )
    assert "县人社局 2026-1 号" in page


def test_who_may(reads, chen):
    sheet(chen)
    said = {"approved_by": "陈会计", "seen": "28150"}
    assert chen.post(f"{BASE}CJ1/payroll/{UNTIL}", said).status_code == 403, "who enters does not approve"
    assert reads("guo").get(f"{BASE}CJ1/sheet/").status_code == 403
    assert reads("luo").get(f"{BASE}CJ1/payroll/{UNTIL}").status_code == 200
    assert reads("luo").post(f"{BASE}CJ1/payroll/{UNTIL}", said).status_code == 403
    assert reads("wei").get(BASE).status_code == 403
    assert reads("zhao").get(BASE).status_code == 404
    assert "Work and wages" in reads("wei").get("/o/C2001/members/H0001/").content.decode()
    assert not WagePayment.objects.exists()


HOME = AGREEMENT | {
    "number": "JJ1", "basis": "piece", "rate": "4.50", "product": "竹篮", "materials": "竹篾 0.25 kg",
    "allowance": "2", "job": "编竹篮",
}  # fmt: skip


def test_home_work_from_material_to_wages(reads, chen):
    assert chen.post(f"{BASE}CJ1/agreements/", HOME | {"materials": "竹篾"}).status_code == 422
    assert chen.post(f"{BASE}CJ1/agreements/", HOME | {"status": "staff"}).status_code == 422
    assert chen.post(f"{BASE}CJ1/agreements/", HOME).status_code == 302
    lot = {
        "lot": "L1",
        "day": "2026-03-01",
        "good": "竹篾",
        "unit": "kg",
        "quantity": "40",
        "origin": "bought",
    }
    assert chen.post("/o/C2001/stock/receive/", lot).status_code == 302
    address = f"{BASE}CJ1/home/JJ1/"
    out = {"receipt": "M1", "day": "2026-03-02", "lot": "L1", "quantity": "30"}
    assert chen.post(f"{address}material/", out | {"quantity": "41"}).status_code == 422
    assert chen.post(f"{address}material/", out).status_code == 302
    brought = {"receipt": "P1", "day": "2026-03-20", "pieces": "100", "defect_work": "3"}
    assert chen.post(f"{address}pieces/", brought | {"pieces": "121"}).status_code == 422
    assert chen.post(f"{address}pieces/", brought).status_code == 302
    back = {"receipt": "R1", "day": "2026-03-21", "lot": "L1", "quantity": "1", "lost": "on"}
    assert chen.post(f"{address}returns/", back).status_code == 422, "a loss needs its evidence"
    assert chen.post(f"{address}returns/", back | {"evidence": "照片"}).status_code == 302
    page = chen.get(address).content.decode()
    assert "Contract work (Civil Code, art. 770), not employment" in page
    assert "3 of 100 pieces have defects, more than the agreed 2 %." in page
    assert "4 kg" in page
    assert "30 kg" in chen.get(f"{address}?on=2026-03-10").content.decode()
    assert "竹篮" in chen.get(f"{BASE}CJ1/").content.decode()
    assert "quantity-JJ1" not in chen.get(f"{BASE}CJ1/sheet/?day=2026-03-20").content.decode()
    assert "445.50" in reads("guo").get(f"{BASE}CJ1/payroll/{UNTIL}").content.decode()  # 99 x 4.50
    for asked in (f"{address}?as=csv", f"{BASE}CJ1/home/?as=csv"):
        assert "竹篾" in b"".join(chen.get(asked).streaming_content).decode()
    home = chen.get("/h/H0001/").context
    due = [(one.kind, one.goods) for one, *_ in home["due"] if one.goods]
    assert due == [("material", ("竹篾", 4_000, "kg"))]
    says = {line.source: (line.says, line.quantity, line.unit) for line in home["lines"]}
    assert says == {
        "materialissue:M1": ("with_it", 30_000, "kg"),
        "piecereturn:P1": ("worked_up", 25_000, "kg"),
        "materialreturn:R1": ("material_back", 1_000, "kg"),
    }
    assert "JJ1 · 100 pieces 竹篮" in chen.get("/h/H0001/").content.decode()
    withdraw = f"{address}withdraw/materialreturn:R1/"
    assert chen.get(withdraw).status_code == 200
    assert chen.post(withdraw, {"reason": "找到了"}).status_code == 302
    assert "5 kg" in chen.get(address).content.decode()
    assert chen.get(f"{address}withdraw/workdone:x/").status_code == 404
    assert reads("guo").post(f"{address}pieces/", brought).status_code == 403
    assert reads("wei").get(address).status_code == 403
    assert reads("zhao").get(address).status_code == 404


def test_papers_public_posts_the_wage_ledger_and_an_areas_workshops(reads, chen, world):
    post = AGREEMENT | {
        "number": "GY1",
        "worker": "H0002",
        "basis": "month",
        "rate": "800",
        "public_post": "on",
    }
    assert chen.post(f"{BASE}CJ1/agreements/", post).status_code == 422, "nobody pays for it"
    post |= {"funder": "县人社局", "last_day": "2026-12-31", "job": "保洁"}
    assert chen.post(f"{BASE}CJ1/agreements/", post).status_code == 302
    recognised = {
        "by": "县人社局", "criteria": "longjing-2018", "start": "2026-01-01", "evidence": "文件",
        "persons": "12",
    }  # fmt: skip
    assert chen.post(f"{BASE}CJ1/recognitions/", recognised).status_code == 302
    assert sheet(chen, **{"quantity-YG1": "1", "quantity-GY1": "1"}).status_code == 302
    assert sheet(chen, "2026-03-30", **{"quantity-GY1": "0.5"}).status_code == 422, "the month is counted"
    said = {"approved_by": "郭长青", "seen": "92000"}
    assert reads("guo").post(f"{BASE}CJ1/payroll/{UNTIL}", said).status_code == 302
    paid = {"day": "2026-04-02", "method": "bank", "evidence": "代发回单 0402"}
    assert chen.post("/o/C2001/payrolls/CJ1-2026-03-31/", paid).status_code == 302

    page = chen.get(f"{BASE}CJ1/").content.decode()
    assert "Somebody should go and look" in page, "twelve recognised, two paid"
    asked = "?until=2026-04&months=6"
    page = chen.get(f"{BASE}CJ1/papers/{asked}").content.decode()
    assert "Persons paid in at least 6 months: 0; asked for: 5." in page
    assert "No paid payroll is on record for 2025-11, 2025-12, 2026-01, 2026-02, 2026-04." in page
    assert "营业执照副本" in page
    for name in ("all.pdf", "board.pdf"):
        answer = chen.get(f"{BASE}CJ1/papers/{name}?until=2026-03")
        assert answer.content.startswith(b"%PDF")
    page = chen.get(f"{BASE}public-posts/").content.decode()
    assert "县人社局" in page
    assert "2026-03" in page
    page = chen.get(f"{BASE}wage-ledger/?year=2026").content.decode()
    assert "代发回单 0402" in page
    area = "361126104000"
    for address, text in (
        (f"{BASE}public-posts/?as=csv", "县人社局"),
        (f"{BASE}wage-ledger/?year=2026&as=csv", "代发回单 0402"),
    ):
        assert text in b"".join(chen.get(address).streaming_content).decode()
    luo = reads("luo")
    page = luo.get(f"/areas/{area}/workshops/?until=2026-04")
    assert "药材分拣车间" in page.content.decode()
    answer = luo.get(f"/areas/{area}/workshops/?until=2026-04&as=csv")
    assert "药材分拣车间" in b"".join(answer.streaming_content).decode()
    assert reads("zhao").get(f"/areas/{area}/workshops/").status_code == 404
    assert reads("wei").get(f"{BASE}wage-ledger/").status_code == 403
    assert reads("zhao").get(f"{BASE}CJ1/papers/all.pdf").status_code == 404


def test_what_has_not_come_yet_is_not_counted(chen):
    answer = sheet(chen, "2099-01-05")
    assert answer.status_code == 422
    assert "2099-01-05 has not come yet" in answer.content.decode()
    assert not WorkDone.objects.exists()


def test_the_approver_sees_why_each_amount_and_what_is_below_the_minimum(chen, reads):
    floor = {"start": "2026-01-01", "hour": "16", "evidence": "县人社局通知"}
    assert chen.post(f"{BASE}minimum-wage/", floor).status_code == 302
    sheet(chen)
    page = reads("guo").get(f"{BASE}CJ1/payroll/{UNTIL}").content.decode()
    assert "2026-03-02 分拣: (200 − 10) × 0.85 = 161.50" in page
    assert "YG2, work of 2026-03-02, is paid by the piece and no hours are counted" in page
    # 120 yuan for eight hours is 15 an hour: told as soon as it is agreed, not only when it is paid.
    assert "below the minimum wage of 16.00 yuan an hour" in chen.get(f"{BASE}CJ1/").content.decode()


def test_an_agreement_ends_on_its_last_day(chen, reads):
    sheet(chen)
    end, last = f"{BASE}CJ1/agreements/YG1/end/", {"evidence": "解除协议书"}
    assert chen.post(end, last | {"last_day": "2025-12-31"}).status_code == 422
    answer = chen.post(end, last | {"last_day": "2026-03-01"})
    assert answer.status_code == 422
    assert "work of 2026-03-02 is counted under it" in answer.content.decode()
    assert chen.post(end, last | {"last_day": "2026-03-31"}).status_code == 302
    assert "– 2026-03-31" in chen.get(f"{BASE}CJ1/").content.decode()
    assert "quantity-YG1" not in chen.get(f"{BASE}CJ1/sheet/?day=2026-04-01").content.decode()
    assert "quantity-YG1" in chen.get(f"{BASE}CJ1/sheet/?day=2026-03-31").content.decode()
    assert "281.50" in reads("guo").get(f"{BASE}CJ1/payroll/{UNTIL}").content.decode()
    assert chen.get(f"{BASE}CJ1/agreements/NONE/end/").status_code == 404
    assert reads("luo").get(end).status_code == 403


def test_an_agreement_nobody_worked_under_is_taken_back(chen):
    sheet(chen, **{"quantity-YG1": "1"})
    used = chen.post("/o/C2001/take-back/workagreement:YG1", {"reason": "重复"})
    assert used.status_code == 422
    assert "still used by workdone:" in used.content.decode()
    assert chen.post("/o/C2001/take-back/workagreement:YG2", {"reason": "重复"}).status_code == 302
    assert "YG2" not in chen.get(f"{BASE}CJ1/").content.decode()


def test_a_payment_entered_by_mistake_is_taken_back_and_entered_anew(reads, chen):
    sheet(chen)
    assert (
        reads("guo").post(f"{BASE}CJ1/payroll/{UNTIL}", {"approved_by": "郭", "seen": "28150"}).status_code
        == 302
    )
    address = "/o/C2001/payrolls/CJ1-2026-03-31/"
    paid = {"day": "2026-04-02", "method": "bank", "evidence": "回单 0402"}
    assert chen.post(address, paid).status_code == 302
    assert "unpaid/" in chen.get(address).content.decode()
    assert reads("guo").post(f"{address}unpaid/", {"reason": "x"}).status_code == 403
    assert chen.post(f"{address}unpaid/", {"reason": ""}).status_code == 422
    assert chen.post(f"{address}unpaid/", {"reason": "银行退回"}).status_code == 302
    page = chen.get(address).content.decode()
    assert "still owed" in page
    assert "unpaid/" not in page
    assert chen.post(f"{address}unpaid/", {"reason": "again"}).status_code == 422
    owed = Posting.objects.filter(account__in=("212", "213")).values_list("amount_fen", flat=True)
    assert sum(owed) == -28_150
    assert chen.post(address, paid | {"day": "2026-04-09", "evidence": "回单 0409"}).status_code == 302
    page = chen.get(address).content.decode()
    assert "Paid on 2026-04-09 (回单 0409)" in page
    owed = Posting.objects.filter(account__in=("212", "213")).values_list("amount_fen", flat=True)
    assert sum(owed) == 0
    assert "281.50" in chen.get(BASE).content.decode()
    home = reads("wei").get("/h/H0001/").content.decode()
    assert home.count("slips/P0001/") >= 3, "every payment says what it pays"


def test_a_minimum_wage_that_changes_within_a_month_is_told_on_payroll_and_slip(reads, chen):
    for start, hour in (("2026-01-01", "15"), ("2026-03-16", "16")):
        floor = {"start": start, "hour": hour, "evidence": f"通知 {start}"}
        assert chen.post(f"{BASE}minimum-wage/", floor).status_code == 302
    sheet(chen)
    sheet(chen, "2026-03-16", **{"quantity-YG1": "1"})
    told = "The minimum wage changed within these days"
    page = reads("guo").get(f"{BASE}CJ1/payroll/{UNTIL}").content.decode()
    assert "YG1, work of 2026-03-16: 120.00 yuan for 8 hours is below the minimum wage of 16.00" in page
    assert page.count("YG1, work of") == 1, "what was worked before the change was worth its minimum"
    assert told in page
    approved = {"approved_by": "郭", "seen": "40150"}
    assert reads("guo").post(f"{BASE}CJ1/payroll/{UNTIL}", approved).status_code == 302
    page = chen.get("/o/C2001/payrolls/CJ1-2026-03-31/").content.decode()
    assert page.count(told) == 2, "once for the payroll and once on the slip of whoever worked on both sides"
    slip = chen.get("/o/C2001/payrolls/CJ1-2026-03-31/slips/H0001/").content.decode()
    assert "2026-03-02 – 2026-03-15: 15.00 yuan an hour; 2026-03-16 – 2026-03-16: 16.00" in slip
    assert told not in chen.get("/o/C2001/payrolls/CJ1-2026-03-31/slips/P0001/").content.decode()
    assert "Minimum wages by day" in chen.get(BASE).content.decode()
    pieces = chen.get("/o/C2001/payrolls/CJ1-2026-03-31/slips/P0001/").content.decode()
    assert "(200 − 10) × 0.85 = 161.50; 10 with defects, 10 of them not paid" in pieces


def test_the_papers_show_every_version_of_the_criteria_and_which_one_counts(chen):
    own = settings.DATA / "workshops.toml"
    own.write_text(OWN, encoding="utf-8")
    try:
        page = chen.get(f"{BASE}CJ1/papers/?criteria=wushan&until=2026-06").content.decode()
        assert page.count("counts here") == 1
        assert "2018-01-01 – 2026-06-30" in page
        assert "武山县新公告（示例）" in page
        page = chen.get(f"{BASE}CJ1/papers/?criteria=wushan&until=2026-07").content.decode()
        assert "Persons paid in at least 9 months: 0; asked for: 3." in page
        assert chen.get(f"{BASE}CJ1/papers/all.pdf?criteria=wushan&until=2026-07").status_code == 200
    finally:
        own.unlink()


def test_a_payroll_nobody_was_paid_by_is_withdrawn_and_made_anew(reads, chen):
    sheet(chen)
    guo, address = reads("guo"), "/o/C2001/payrolls/CJ1-2026-03-31/"
    approve = {"approved_by": "郭", "seen": "28150"}
    assert "while nothing is handed over" in guo.get(f"{BASE}CJ1/payroll/{UNTIL}").content.decode()
    assert guo.post(f"{BASE}CJ1/payroll/{UNTIL}", approve).status_code == 302
    assert "may withdraw the payroll" in guo.get(address).content.decode()
    assert chen.post(f"{address}withdraw/", {"reason": "x"}).status_code == 403, "who enters does not decide"
    assert guo.post(f"{address}withdraw/", {"reason": " "}).status_code == 422
    # Paid, it is not withdrawn; the payment taken back, it may be.
    paid = {"day": "2026-04-02", "method": "bank", "evidence": "0402"}
    assert chen.post(address, paid).status_code == 302
    assert "stays as it was" in chen.get(address).content.decode()
    answer = guo.post(f"{address}withdraw/", {"reason": "多记一天"})
    assert "281.50 yuan were handed over on 2026-04-02" in answer.content.decode()
    assert chen.post(f"{address}unpaid/", {"reason": "没有发"}).status_code == 302
    assert guo.post(f"{address}withdraw/", {"reason": "多记一天。"}).status_code == 302
    page = guo.get(address).content.decode()
    assert "Withdrawn before anything was handed over: 多记一天。" in page
    assert "Enter the payment" not in chen.get(address).content.decode()
    assert chen.post(address, paid).status_code == 422
    assert guo.post(f"{address}withdraw/", {"reason": "again"}).status_code == 422
    assert "withdrawn" in chen.get(f"{address}slips/H0001/?as=txt").content.decode()
    owed = Posting.objects.filter(account__in=("212", "213")).values_list("amount_fen", flat=True)
    assert sum(owed) == 0
    # The day is mended, and the payroll made anew under the next number.
    sheet(chen, **{"quantity-YG1": "0.5", "quantity-YG2": "200", "defects-YG2": "10"})
    assert guo.post(f"{BASE}CJ1/payroll/{UNTIL}", approve | {"seen": "22150"}).status_code == 302
    anew = "/o/C2001/payrolls/CJ1-2026-03-31-2/"
    assert "221.50" in chen.get(anew).content.decode()
    assert guo.post(f"{BASE}CJ1/payroll/{UNTIL}", approve).status_code == 422
    assert chen.post(anew, paid).status_code == 302
    ledger = chen.get("/o/C2001/workshops/wage-ledger/?year=2026").context
    assert ledger["fen"] == 22_150, "the ledger holds what stands"
    assert {row.payroll for row in ledger["rows"]} == {"CJ1-2026-03-31-2"}
    home = chen.get("/h/H0001/").content.decode()
    assert "多记一天" in home
    shop = chen.get(f"{BASE}CJ1/").content.decode()
    assert shop.count("withdrawn") == 1


def test_whoever_multiplies_finds_the_sum_on_every_page(reads, chen):
    """Defects that are not paid and a corrected day: household page, slip and wage ledger multiply out."""
    guo = reads("guo")
    sheet(chen)
    approve = {"approved_by": "郭", "seen": "28150"}
    assert guo.post(f"{BASE}CJ1/payroll/{UNTIL}", approve).status_code == 302
    home = chen.get("/h/H0001/").content.decode()
    assert "190 × 0.85 by the piece = 161.50" in home
    sheet(chen, **{"quantity-YG1": "1.5", "quantity-YG2": "210", "defects-YG2": "10"})
    sheet(chen, "2026-04-02", **{"quantity-YG1": "2"})
    april = {"approved_by": "郭", "seen": "30850"}  # 0.5 + 2 days, ten pieces
    assert guo.post(f"{BASE}CJ1/payroll/?until=2026-04-30", april).status_code == 302
    home = chen.get("/h/H0001/").content.decode()
    assert "2.5 × 120.00 by the day = 300.00" in home
    assert "10 × 0.85 by the piece = 8.50" in home
    key = "/o/C2001/payrolls/CJ1-2026-04-30/slips/"
    assert "1.5 × 120.00 − 120.00 = 60.00" in chen.get(f"{key}H0001/?as=txt").content.decode()
    rows = chen.get(f"{BASE}wage-ledger/?year=2026").context["rows"]
    counted = [(row.days_e4, row.pieces_e4, row.fen) for row in rows if row.payroll.endswith("04-30")]
    assert sorted(counted) == [(0, 100_000, 850), (25_000, 0, 30_000)]
