"""Whatever takes an entry back says in the journal why, who did it and when: S1, S4."""

import pytest

from lianjie.ledger.models import Entry
from tests.pages.test_facts import DELIVERY
from tests.pages.test_work import BASE, HOME, UNTIL, chen, sheet  # noqa: F401

pytestmark = [pytest.mark.both, pytest.mark.mission("S1", "S4")]
LOT = {"lot": "L1", "day": "2026-03-01", "good": "竹篾", "unit": "kg", "quantity": "40", "origin": "bought"}


def taken_back(client, source: str, why: str, closed: str = "") -> None:
    row = Entry.objects.get(source=f"reversal:{source}")
    assert row.text == why
    assert (f"{row.own_day}" if row.own_day else "") == closed
    page = client.get("/o/C2001/journal/").content.decode()
    head = page.partition(f"reverses {source}")[2].partition("</th>")[0]
    assert why in page
    assert "taken back by 陈会计" in head or "taken back by chen" in head, head


@pytest.fixture
def client(reads):
    return reads("chen")


def test_a_delivery_withdrawn_and_one_corrected(client):
    client.post("/o/C2001/enter/deliveries/", DELIVERY)
    right = DELIVERY | {"grams": "14", "reason": "misread the scales"}
    assert client.post("/o/C2001/correct/delivery:2026-9001", right).status_code == 302
    taken_back(client, "delivery:2026-9001", "Correction: misread the scales")
    assert (
        client.post("/o/C2001/withdraw/delivery:2026-9001~2", {"reason": "never weighed"}).status_code == 302
    )
    taken_back(client, "delivery:2026-9001~2", "never weighed")
    page = client.get("/o/C2001/facts/delivery:2026-9001~2").content.decode()
    assert page.count("taken back by") == 2, "the fact's own page says it too"


def test_a_payment_of_wages_and_material_of_a_home_worker(reads, chen):  # noqa: F811
    sheet(chen)
    approved = {"approved_by": "郭", "seen": "28150"}
    assert reads("guo").post(f"{BASE}CJ1/payroll/{UNTIL}", approved).status_code == 302
    address = "/o/C2001/payrolls/CJ1-2026-03-31/"
    assert chen.post(address, {"day": "2026-04-02", "method": "bank", "evidence": "0402"}).status_code == 302
    assert chen.post(f"{address}unpaid/", {"reason": "银行退回"}).status_code == 302
    taken_back(chen, "wagepayment:CJ1-2026-03-31", "银行退回")
    chen.post(f"{BASE}CJ1/agreements/", HOME)
    assert chen.post("/o/C2001/stock/receive/", LOT).status_code == 302
    home = f"{BASE}CJ1/home/JJ1/"
    out = {"receipt": "M1", "day": "2026-03-02", "lot": "L1", "quantity": "30"}
    assert chen.post(f"{home}material/", out).status_code == 302
    assert chen.post(f"{home}withdraw/materialissue:M1/", {"reason": "发错了人"}).status_code == 302
    taken_back(chen, "materialissue:M1", "发错了人")
