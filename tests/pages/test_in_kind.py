"""Loans in kind, stock and inputs on pages: L4, L6, L7."""

from datetime import UTC, date, datetime

import pytest

from lianjie.facts.models import Loan, LoanReturn
from lianjie.ledger.models import Closing, Entry
from lianjie.ledger.queries import balances

pytestmark = [pytest.mark.both, pytest.mark.mission("L4", "L7")]
O = "/o/C2001"  # noqa: E741
LOT = {"lot": "ZY-01", "day": "2026-02-01", "good": "芋种", "unit": "kg", "quantity": "500",
       "grade": "一级", "origin": "granted", "giver": "县农技站", "evidence": "调拨单"}  # fmt: skip
LOAN = {"number": "JY-1", "day": "2026-03-01", "borrower": "H0001", "lot": "ZY-01", "quantity": "200",
        "due_day": "2026-10-31", "season": "2026 秋", "area": "2.5", "rule": "same", "owed_unit": "kg",
        "substitute_unit": "kg", "disease": "lender", "disaster": "lender",
        "negligence": "borrower"}  # fmt: skip
BACK = {"receipt": "HS-1", "day": "2026-10-20", "good": "芋种", "quantity": "120", "into": "ZY-02"}


def sent(client, address: str, form: dict[str, str]) -> None:
    response = client.post(O + address, form)
    assert response.status_code == 302, response.context["form"].errors


@pytest.fixture
def chen(reads):
    client = reads("chen")
    sent(client, "/stock/receive/", LOT)
    sent(client, "/loans/lend/", LOAN)
    return client


def test_a_loan_from_lending_to_the_last_kilogram(chen, reads):
    sent(chen, "/loans/of/JY-1/return/", BACK)
    assert "80 kg" in chen.get(f"{O}/loans/of/JY-1/").content.decode()
    ask = {"number": "JY-1-Y2", "day": "2026-10-25", "until": "2027-10-31", "area": "2", "wish": "多种两亩"}
    wei = reads("wei")
    sent(wei, "/loans/of/JY-1/ask/", ask)
    about = "loandeferral:JY-1-Y2"
    decide = f"/loans/of/JY-1/decide/{about}/"
    form = {"number": "JY-1-P3", "day": "2026-10-26", "answer": "granted", "until": "2027-10-31",
            "person_name": "郭理事长", "grounds": "有地可种"}  # fmt: skip
    assert chen.post(O + decide, form).status_code == 403, "whoever enters facts does not decide"
    sent(reads("guo"), decide, form)
    page = chen.get(f"{O}/loans/of/JY-1/")
    assert page.context["loan"].standing.due.isoformat() == "2027-10-31"
    assert "郭理事长" in page.content.decode()
    sent(chen, "/loans/of/JY-1/return/", BACK | {"receipt": "HS-2", "quantity": "80", "into": ""})
    assert chen.get(f"{O}/loans/of/JY-1/").context["loan"].state == "returned"
    assert Entry.objects.filter(source__in=["loanreturn:HS-1", "loanreturn:HS-2"], posted=True).count() == 2
    again = {"number": "JY-2", "borrower": "H0002", "lot": "ZY-02", "day": "2026-10-28", "quantity": "100"}
    sent(chen, "/loans/lend/", LOAN | again | {"due_day": "2027-10-31"})
    for lot in ("ZY-01", "ZY-02"):
        parts = chen.get(f"{O}/stock/of/{lot}/").context["trace"]
        assert [(part.depth, part.kind, part.number) for part in parts] == [
            (0, "lot", "ZY-01"), (1, "lent", "JY-1"), (2, "lot", "ZY-02"), (3, "lent", "JY-2"),
            (2, "lot", "HS-2"),
        ]  # fmt: skip
    back = chen.get(f"{O}/stock/of/HS-2/").content.decode()
    assert f"{O}/stock/of/HS-2/cost/" in back, (
        "what came back is handed out for an advance once its worth is said"
    )
    sent(chen, "/stock/of/HS-2/cost/", {"day": "2026-10-28", "cost": "240", "way": "held"})
    assert f"{O}/stock/of/HS-2/cost/" not in chen.get(f"{O}/stock/of/HS-2/").content.decode()


def test_whoever_borrows_and_gives_back_holds_a_receipt(chen, reads):
    sent(chen, "/loans/of/JY-1/return/", BACK)
    sent(
        chen,
        "/loans/of/JY-1/return/",
        BACK | {"receipt": "HS-2", "day": "2026-10-22", "quantity": "30", "into": ""},
    )
    wei = reads("wei")
    lent = wei.get(f"{O}/loans/of/JY-1/receipt/?as=txt").content.decode()
    for text in (
        "Lent: 200 kg 芋种",
        "To return: 200 kg 芋种",
        "Due: 2026-10-31",
        "Disease: borne by: the lender",
    ):
        assert text in lent
    first = wei.get(f"{O}/loans/of/JY-1/receipts/HS-1/").content.decode()
    assert "120 kg 芋种" in first
    assert "80 kg 芋种" in first, "owed at the end of that day, whatever came later"
    assert wei.get(f"{O}/loans/of/JY-1/receipts/HS-1/?as=png").content.startswith(b"\x89PNG")
    assert wei.get(f"{O}/loans/of/JY-1/receipts/HS-9/").status_code == 404
    assert reads("zhao").get(f"{O}/loans/of/JY-1/receipt/").status_code == 404


def test_more_than_is_owed_is_refused_beside_the_form(chen):
    response = chen.post(f"{O}/loans/of/JY-1/return/", BACK | {"quantity": "201"})
    assert response.status_code == 422
    assert "still owes 200 kg" in response.content.decode()
    assert not LoanReturn.objects.exists()


def test_a_loss_is_decided_by_name(chen, reads):
    form = {"number": "JY-1-S1", "day": "2026-08-01", "cause": "disease", "quantity": "50",
            "account": "软腐病", "evidence": "植保站报告"}  # fmt: skip
    sent(chen, "/loans/of/JY-1/loss/", form)
    page = reads("guo").get(f"{O}/loans/of/JY-1/decide/loanloss:JY-1-S1/")
    assert "the lender" in page.content.decode(), "what was agreed about disease stands beside the form"
    form = {"number": "JY-1-P2", "day": "2026-08-05", "forgiven": "50", "person_name": "郭理事长",
            "grounds": "约定由社承担"}  # fmt: skip
    sent(reads("guo"), "/loans/of/JY-1/decide/loanloss:JY-1-S1/", form)
    assert chen.get(f"{O}/loans/of/JY-1/").context["loan"].standing.outstanding == 150_000
    assert Entry.objects.filter(source="loandecision:JY-1-P2").exists()


def test_a_wrong_weight_is_taken_back_and_entered_anew(chen):
    sent(chen, "/loans/of/JY-1/return/", BACK)
    sent(chen, "/loans/take-back/loanreturn:HS-1/", {"reason": "misread the scales"})
    sent(chen, "/loans/of/JY-1/return/", BACK | {"quantity": "121"})
    assert chen.get(f"{O}/loans/of/JY-1/").context["loan"].standing.returned == 121_000


@pytest.mark.mission("L6")
def test_inputs_are_handed_out_against_a_receipt(chen):
    form = {"receipt": "FF-1", "day": "2026-04-01", "household": "H0002", "lot": "ZY-01", "quantity": "50",
            "amount": "300"}  # fmt: skip
    refused = chen.post(f"{O}/inputs/issue/", form)
    assert refused.status_code == 422
    assert "Nothing says what lot ZY-01 cost" in refused.content.decode()
    assert "Enter what it cost" in chen.get(f"{O}/stock/of/ZY-01/").content.decode()
    sent(chen, "/stock/of/ZY-01/cost/", {"day": "2026-03-01", "cost": "1800", "way": "bank"})
    sent(chen, "/inputs/issue/", form)
    lot = chen.get(f"{O}/stock/of/ZY-01/").content.decode()
    for text in ("1,800.00", "Bank transfer", "1,620.00"):
        assert text in lot
    assert "300.00" in chen.get(f"{O}/inputs/?search=H0002").content.decode()
    receipt = f"{O}/inputs/of/FF-1/"
    page = chen.get(receipt).content.decode()
    for text in ("H0002", "50 kg", "300.00", "never taken from rent"):
        assert text in page
    assert chen.get(f"{receipt}?as=png").content.startswith(b"\x89PNG")
    assert chen.get(f"{receipt}?as=pdf").content.startswith(b"%PDF")
    assert "Quantity: 50 kg" in chen.get(f"{receipt}?as=txt").content.decode()
    assert chen.get(f"{O}/inputs/of/NONE/").status_code == 404
    account = chen.get(f"{O}/members/H0002/").content.decode()
    assert "FF-1" in account
    assert chen.get(f"{O}/stock/").context["page"].rows[0].left.quantity == 250_000


@pytest.mark.mission("L6")
def test_an_input_comes_back_and_its_advance_is_repaid_never_from_rent(chen):
    sent(chen, "/stock/of/ZY-01/cost/", {"day": "2026-03-01", "cost": "300", "way": "held"})
    form = {"receipt": "FF-1", "day": "2026-03-05", "household": "H0002", "lot": "ZY-01", "quantity": "70",
            "amount": "100"}  # fmt: skip
    sent(chen, "/inputs/issue/", form)
    back = "/inputs/of/FF-1/back/"
    sent(chen, back, {"receipt": "TH-1", "day": "2026-05-05", "way": "goods", "quantity": "30"})
    receipt = f"{O}/inputs/of/FF-1/"
    page = chen.get(receipt).content.decode()
    assert "42.86 yuan off the advance" in page
    assert "57.14" in page
    assert "57.14 still owed" in chen.get(f"{O}/inputs/").content.decode()
    assert "Not used, given back" in chen.get(f"{O}/stock/of/ZY-01/").content.decode()
    told = chen.get(O + back).content.decode()
    assert "40 kg 芋种 not given back, 57.14 yuan of the advance still owed" in told
    unsigned = {"receipt": "TH-2", "day": "2026-05-06", "way": "produce", "amount": "10"}
    answer = chen.post(O + back, unsigned)
    assert "only when the household signed" in answer.content.decode()
    sent(chen, back, {"receipt": "TH-2", "day": "2026-05-06", "way": "cash", "amount": "57.14"})
    page = chen.get(receipt)
    assert "Give back, or repay" in page.content.decode(), "goods may still come back"
    assert "repaid" in chen.get(f"{O}/inputs/").content.decode()
    sent(chen, "/loans/take-back/inputback:TH-2/", {"reason": "误记"})
    assert "57.14 still owed" in chen.get(f"{O}/inputs/").content.decode()
    assert "TH-1" in chen.get(f"{receipt}?as=txt").content.decode()
    assert chen.get(f"{receipt}?as=pdf").content.startswith(b"%PDF")


def test_lists_search_narrow_and_come_out_as_files(chen):
    assert chen.get(f"{O}/loans/?search=魏").context["page"].total == 1
    assert chen.get(f"{O}/loans/?search=H0009").context["page"].total == 0
    assert chen.get(f"{O}/loans/?state=overdue").context["page"].total == 1
    assert chen.get(f"{O}/loans/?state=closed").context["page"].total == 0
    for of in ("loans", "stock", "inputs"):
        text = b"".join(chen.get(f"{O}/{of}/?as=csv").streaming_content).decode()
        assert ("JY-1" in text or "ZY-01" in text) == (of != "inputs")
        book = b"".join(chen.get(f"{O}/{of}/?as=xlsx").streaming_content)
        assert book.startswith(b"PK")


def test_a_household_sees_its_own_loan_and_no_other(chen, reads):
    sent(chen, "/loans/lend/", LOAN | {"number": "JY-2", "borrower": "H0002", "quantity": "10"})
    wei = reads("wei")
    assert wei.get(f"{O}/loans/of/JY-1/").status_code == 200
    assert wei.get(f"{O}/loans/of/JY-2/").status_code == 404
    assert wei.post(f"{O}/loans/of/JY-1/return/", BACK).status_code == 403
    assert wei.get(f"{O}/loans/").status_code == 403
    assert "芋种" in wei.get(f"{O}/members/H0001/").content.decode()
    assert reads("zhao").get(f"{O}/loans/of/JY-1/").status_code == 404
    assert Loan.objects.count() == 2


def _moved(client, party: str = "H0001") -> dict[str, tuple[str, str, int, str]]:
    """Source -> what a movement of the household's page says, its good, quantity and unit."""
    lines = client.get(f"/h/{party}/").context["lines"]
    return {line.source: (line.says, line.good, line.quantity, line.unit) for line in lines if line.good}


def test_hens_lent_for_eggs_are_hens_handed_over_and_eggs_to_give_back(chen, reads):
    sent(chen, "/stock/receive/", LOT | {"lot": "MJ", "good": "母鸡", "unit": "piece", "quantity": "20"})
    terms = {"rule": "offspring", "ratio": "25", "owed_good": "鸡蛋", "owed_unit": "piece"}
    more = {"number": "JJ-1", "lot": "MJ", "quantity": "4", "substitute": "玉米", "substitute_ratio": "2.5"}
    sent(chen, "/loans/lend/", LOAN | terms | more)
    loan = chen.get(f"{O}/loans/of/JJ-1/").content.decode()
    assert "for each unit lent: 25 pieces 鸡蛋" in loan
    assert "one unit of it pays: 2.5 pieces 鸡蛋" in loan
    assert (
        "玉米 · kg (one unit of it pays: 2.5 pieces)"
        in chen.get(f"{O}/loans/of/JJ-1/return/").content.decode()
    )
    sent(
        chen,
        "/loans/of/JJ-1/return/",
        BACK | {"receipt": "YM-1", "good": "玉米", "quantity": "8", "into": ""},
    )
    lost = {"number": "JJ-1-S1", "day": "2026-08-01", "cause": "negligence", "quantity": "10",
            "account": "没关笼", "evidence": "照片"}  # fmt: skip
    sent(chen, "/loans/of/JJ-1/loss/", lost)
    decide = "/loans/of/JJ-1/decide/loanloss:JJ-1-S1/"
    assert reads("guo").get(O + decide).context["form"]["forgiven"].value() == "0", "as agreed"
    form = {"number": "JJ-1-P1", "day": "2026-08-05", "forgiven": "10", "person_name": "郭理事长",
            "grounds": "家中困难"}  # fmt: skip
    sent(reads("guo"), decide, form)
    loan = chen.get(f"{O}/loans/of/JJ-1/").content.decode()
    assert "pays 20 pieces 鸡蛋" in loan
    assert "not as agreed" in loan
    assert _moved(chen) == {
        "loan:JY-1": ("lent", "芋种", 200_000, "kg"),
        "loan:JJ-1": ("lent", "鸡蛋", 1_000_000, "piece"),
        "loanreturn:YM-1": ("came_back", "鸡蛋", 200_000, "piece"),
        "loandecision:JJ-1-P1": ("forgiven", "鸡蛋", 100_000, "piece"),
    }
    page = chen.get("/h/H0001/").content.decode()
    assert "JJ-1 · 4 pieces 母鸡" in page
    assert "JJ-1 · 8 kg 玉米" in page
    journal = chen.get(f"{O}/journal/").content.decode()
    assert "100 pieces" in journal
    assert "200000" not in journal, "goods stand in the unit they are counted in"
    file = b"".join(chen.get(f"{O}/journal/?as=csv").streaming_content).decode()
    assert "鸡蛋,100,pieces" in file
    assert "芋种,-200,kg" in file


def test_a_loan_ends_on_the_day_of_its_last_step(chen, reads):
    sent(chen, "/loans/of/JY-1/return/", BACK)
    lost = {"number": "JY-1-S1", "day": "2026-10-21", "cause": "disease", "quantity": "80",
            "account": "软腐病", "evidence": "植保站报告"}  # fmt: skip
    sent(chen, "/loans/of/JY-1/loss/", lost)
    form = {"number": "JY-1-P1", "day": "2026-11-02", "forgiven": "80", "person_name": "郭理事长",
            "grounds": "约定由社承担"}  # fmt: skip
    sent(reads("guo"), "/loans/of/JY-1/decide/loanloss:JY-1-S1/", form)
    (tie,) = [tie for tie, *_ in chen.get("/h/H0001/").context["ties"] if tie.kind == "loan"]
    assert tie.until.isoformat() == "2026-11-03"
    assert tie.note == "settled"
    assert "Returned, the rest written off" in chen.get(f"{O}/loans/of/JY-1/").content.decode()
    assert chen.get(f"{O}/loans/?state=closed").context["page"].total == 1
    sent(chen, "/loans/take-back/loandecision:JY-1-P1/", {"reason": "wrong loan"})
    assert _moved(chen)["reversal:loandecision:JY-1-P1"][0] == "undone"


def test_half_a_hen_is_lent_to_nobody(chen):
    sent(chen, "/stock/receive/", LOT | {"lot": "MJ-1", "good": "母鸡", "unit": "piece", "quantity": "20"})
    half = LOAN | {"number": "JY-9", "lot": "MJ-1", "quantity": "0.5"}
    answer = chen.post(f"{O}/loans/lend/", half)
    assert answer.status_code == 422
    assert "0.5 pieces of 母鸡: a piece cannot be parted" in answer.content.decode()
    assert not Loan.objects.filter(key="JY-9").exists()
    sent(chen, "/loans/lend/", half | {"quantity": "1"})


def test_what_is_of_a_closed_month_says_where_it_is_booked_and_the_month_stands(chen, world):
    here = world.coop.pk
    at = datetime(2026, 11, 2, tzinfo=UTC)
    until = date(2026, 10, 1)
    Closing.objects.create(organisation=world.coop, number=1, act="close", until_day=until, at=at, sha256="x")
    before = balances.balances(here, date(2026, 10, 1))
    late = LOAN | {"number": "JY-9", "day": "2026-09-03", "quantity": "10"}
    said = chen.post(O + "/loans/lend/", late, follow=True).content.decode()
    assert "The books of 2026-09-03 are closed and stay as they were" in said
    assert "booked on 2026-10-01" in said
    said = chen.post(f"{O}/loans/take-back/loan:JY-1/", {"reason": "误记"}, follow=True).content.decode()
    assert "The books of 2026-03-01 are closed" in said
    assert balances.balances(here, date(2026, 10, 1)) == before
    said = chen.post(O + "/loans/lend/", LOAN | {"number": "JY-8", "day": "2026-10-03"}, follow=True)
    assert "are closed" not in said.content.decode()


@pytest.mark.mission("L6")
def test_a_free_input_given_back_stands_on_the_households_page(chen):
    sent(chen, "/stock/of/ZY-01/cost/", {"day": "2026-03-01", "cost": "300", "way": "held"})
    form = {"receipt": "FF-1", "day": "2026-03-05", "household": "H0002", "lot": "ZY-01", "quantity": "70",
            "amount": ""}  # fmt: skip
    sent(chen, "/inputs/issue/", form)
    back = {"receipt": "TH-1", "day": "2026-05-05", "way": "goods", "quantity": "30"}
    sent(chen, "/inputs/of/FF-1/back/", back)
    page = chen.get("/h/H0002/?year=2026").content.decode()
    assert "Input given back" in page
    assert "30 kg" in page


def test_loans_and_stock_are_shown_as_they_stood_on_a_day(chen):
    sent(chen, "/loans/of/JY-1/return/", BACK | {"day": "2026-10-20", "quantity": "200"})

    def on(day: str, state: str = ""):
        lots = chen.get(f"{O}/stock/?on={day}").context["page"].rows
        loans = chen.get(f"{O}/loans/?on={day}&state={state}").context["page"].rows
        held = {row.number: row.left.quantity // 1000 for row in lots}
        return held, {row.number: row.standing.outstanding // 1000 for row in loans}

    assert on("2026-01-31") == ({}, {})
    assert on("2026-02-20") == ({"ZY-01": 500}, {})
    assert on("2026-10-19", "open") == ({"ZY-01": 300}, {"JY-1": 200})
    assert on("2026-10-20", "open") == ({"ZY-01": 300, "ZY-02": 200}, {})
    assert on("2026-10-20", "closed")[1] == {"JY-1": 0}
    assert on("2026-10-19", "closed")[1] == {}
    table = b"".join(chen.get(f"{O}/loans/?on=2026-10-19&as=csv").streaming_content).decode()
    assert "JY-1" in table
    assert "ZY-02" not in b"".join(chen.get(f"{O}/stock/?on=2026-10-19&as=csv").streaming_content).decode()
