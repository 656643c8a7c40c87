"""Home work of a closed month and of a settled year, by the pages and by Excel: L5, S1.

Material out, pieces back, defects, wages; entered, corrected, taken back. What was closed stays to the fen
and the gram; what changes stands on the first open day with its own day, and adds up.
"""

from collections import Counter
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lianjie.facts.actions.people import assign
from lianjie.facts.models import Party
from lianjie.facts.queries.bookable import bookable
from lianjie.ledger.actions import closing, journal
from lianjie.ledger.models import Entry, Posting
from lianjie.ledger.rules.entry import Posting as Line
from lianjie.ledger.rules.entry import entry
from tests.ledger import coop
from tests.ledger.coop import AT
from tests.ledger.test_settlement_way import posted

pytestmark = [pytest.mark.both, pytest.mark.mission("L5", "S1")]
BASE = "/o/COOP/workshops/"
HOME = f"{BASE}JJ/home/JJ-1/"
SHOP = {"number": "JJ", "name": "竹编", "form": "home", "address": "各户", "start": "2025-01-01"}
AGREED = {
    "number": "JJ-1", "worker": "COOP-H1", "job": "编竹篮", "start": "2025-01-01", "basis": "piece",
    "rate": "4.50", "day_hours": "8", "status": "casual", "cost": "401", "product": "竹篮",
    "materials": "竹篾 0.25 kg", "allowance": "2", "evidence": "承揽协议",
}  # fmt: skip
LOT = {"lot": "L1", "day": "2025-03-01", "good": "竹篾", "unit": "kg", "quantity": "40", "origin": "bought"}
OUT = {"receipt": "M1", "day": "2025-03-02", "lot": "L1", "quantity": "30"}
BROUGHT = {"receipt": "P1", "day": "2025-03-20", "pieces": "100", "defect_work": "3"}
RETURNED = {"receipt": "R1", "day": "2025-03-21", "lot": "L1", "quantity": "1"}
LATE = {"closed": date(2025, 7, 1), "settled": date(2026, 1, 1)}


@pytest.fixture
def client(engine) -> Client:
    made = coop.make()
    for reference in bookable(made.pk, date(2024, 1, 1), date(2026, 1, 1)):
        lines = Line("102", 100), Line("301", -100)
        journal.book(made.pk, [entry(reference, date(2024, 1, 2), "x", *lines)], at=AT, by=None)
    for name, role in (("chen", "accountant"), ("guo", "chair")):
        user = get_user_model().objects.create_user(name)
        assign(user.pk, role, organisation="COOP", start_day=date(2024, 1, 1))
    return as_("chen")


def as_(name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    user = get_user_model().objects.get(username=name)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def enter(client: Client, address: str, given: dict[str, str], late: date | None = None) -> str:
    answer = client.post(address, given, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200, page
    told = f"is booked on {late}, the first open day" in page
    assert told == bool(late), f"{address} {given}"
    return page


def shut(how: str) -> date:
    made = Party.objects.get(code="COOP")
    if how == "settled":
        posted(made)
    else:
        closing.close(made.pk, LATE[how], today=date(2026, 3, 2), reason="x", at=AT, by=None)
    return LATE[how]


def stands(until: date | None = None, of: str = "COOP-H1") -> dict[tuple[str, str], int]:
    """What the books hold of the worker and of the stock, by account and good; before a day or ever."""
    sums: Counter[tuple[str, str]] = Counter()
    rows = Posting.objects.filter(entry__posted=True)
    rows = rows.filter(entry__day__lt=until) if until else rows
    for account, good, party, fen, quantity in rows.values_list(
        "account", "good", "party__code", "amount_fen", "quantity"
    ):
        if good or (account in ("213", "212") and party == of):
            sums[account, good] += quantity if good else fen
    return {key: value for key, value in sums.items() if value}


def late_entries(day: date) -> set[str]:
    rows = Entry.objects.filter(own_day__isnull=False)
    assert all(row.day == day and row.own_day < day for row in rows)
    return set(rows.values_list("source", flat=True))


def shut_with_work(client, how: str) -> date:
    """A workshop with material out and pieces brought, then closed or settled; the first open day."""
    enter(client, f"{BASE}new/", SHOP)
    enter(client, f"{BASE}JJ/agreements/", AGREED)
    enter(client, "/o/COOP/stock/receive/", LOT)
    enter(client, f"{HOME}material/", OUT)
    enter(client, f"{HOME}pieces/", BROUGHT)
    return shut(how)


@pytest.mark.parametrize("how", ["closed", "settled"])
def test_everything_of_home_work_in_what_is_closed(client, how):
    open_day = shut_with_work(client, how)
    before = stands(open_day)
    assert (before["124", "竹篾"], before["121", "竹篮"]) == (5_000, 970_000)

    # Entered late: material out, given back and lost, more pieces.
    enter(client, f"{HOME}material/", OUT | {"receipt": "M2", "quantity": "4"}, open_day)
    enter(client, f"{HOME}returns/", RETURNED, open_day)
    lost = RETURNED | {
        "receipt": "R2",
        "lost": "on",
        "account": "火灾",
        "evidence": "照片",
        "quantity": "0.5",
    }
    enter(client, f"{HOME}returns/", lost, open_day)
    ten = BROUGHT | {"receipt": "P2", "day": "2025-03-25", "pieces": "10", "defect_work": ""}
    enter(client, f"{HOME}pieces/", ten, open_day)
    assert stands(open_day) == before, "what was closed stays as it was"
    page = client.get(HOME).content.decode()
    assert page.count("5 kg") >= 1  # 34 out - 27.5 used - 1 back - 0.5 lost
    assert client.get(HOME).context["account"].balances[0].left == 5_000
    now = stands()
    assert (now["124", "竹篾"], now["121", "竹篾"]) == (5_000, 40_000 - 34_000 + 1_000)

    # Corrected: taken back with its reason, and entered anew under the same number.
    enter(client, f"{HOME}withdraw/materialreturn:R1/", {"reason": "称错"}, open_day)
    enter(client, f"{HOME}returns/", RETURNED | {"quantity": "2"}, open_day)
    enter(client, f"{HOME}withdraw/piecereturn:P1/", {"reason": "点错了数"}, open_day)
    enter(client, f"{HOME}pieces/", BROUGHT | {"pieces": "90", "defect_work": "5"}, open_day)
    assert stands(open_day) == before
    assert client.get(HOME).context["account"].balances[0].left == 6_500  # 34 - 25 - 2 - 0.5
    now = stands()
    assert (now["124", "竹篾"], now["121", "竹篾"], now["121", "竹篮"]) == (6_500, 8_000, 950_000)
    assert Entry.objects.get(source="reversal:piecereturn:P1").text == "点错了数"

    # Wages: 85 + 10 pieces, and 2 of 5 defects within two of a hundred: 97 x 4.50.
    chair = as_("guo")
    draft = chair.get(f"{BASE}JJ/payroll/?until=2025-03-31")
    assert draft.context["fen"] == 43_650
    said = {"approved_by": "郭理事长", "seen": "43650"}
    enter(chair, f"{BASE}JJ/payroll/?until=2025-03-31", said, open_day)
    key = "/o/COOP/payrolls/JJ-2025-03-31/"
    enter(client, key, {"day": "2025-04-03", "method": "bank", "evidence": "回单"}, open_day)
    assert ("213", "") not in stands()
    enter(client, f"{key}unpaid/", {"reason": "记错日期"}, open_day)
    assert stands()["213", ""] == -43_650
    enter(client, key, {"day": f"{open_day}", "method": "bank", "evidence": "回单"})
    assert stands(open_day) == before

    # A day corrected after its payroll: ten pieces fewer are a difference in the next one, kept back.
    enter(client, f"{HOME}withdraw/piecereturn:P2/", {"reason": "是别人的"}, open_day)
    assert chair.get(f"{BASE}JJ/payroll/?until=2025-04-30").context["findings"][-1].code == "wage-overpaid"
    more = BROUGHT | {"receipt": "P3", "day": "2025-04-10", "pieces": "20", "defect_work": ""}
    enter(client, f"{HOME}pieces/", more, open_day)
    draft = chair.get(f"{BASE}JJ/payroll/?until=2025-04-30")
    assert draft.context["fen"] == 9_000
    said = {"approved_by": "郭", "seen": "4500", "deduction_evidence": "补扣协议"}
    enter(chair, f"{BASE}JJ/payroll/?until=2025-04-30", said, open_day)
    assert stands()["213", ""] == -4_500
    slip = client.get("/o/COOP/payrolls/JJ-2025-04-30/slips/COOP-H1/").content.decode()
    assert "45.00" in slip
    sources = late_entries(open_day)
    assert {
        "materialissue:M2",
        "piecereturn:P2",
        "reversal:piecereturn:P2",
        "payroll:JJ-2025-03-31",
    } <= sources
    assert client.get("/o/COOP/journal/").content.decode().count("booked late, of 2025-03") > 5
    for good in ("", "竹篾", "竹篮"):
        sums = Posting.objects.filter(good=good).values_list("amount_fen", "quantity")
        assert sum(fen + quantity for fen, quantity in sums) == 0


def sheet_of(client: Client) -> openpyxl.Workbook:
    answer: Any = client.get("/o/COOP/files/of/home-work/")
    return openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))


def send(client: Client, book: openpyxl.Workbook):
    made = BytesIO()
    book.save(made)
    return client.post("/o/COOP/files/check/", {"file": SimpleUploadedFile("来料.xlsx", made.getvalue())})


@pytest.mark.parametrize("how", ["closed", "settled"])
def test_the_same_by_excel(client, how):
    open_day = shut_with_work(client, how)
    before = stands(open_day)
    book = sheet_of(client)
    assert send(client, book).context["brought"].unchanged == 2, "what came out goes in and changes nothing"
    out, brought, back = (
        book[name] for name in ("Material handed out", "Pieces brought", "Material given back or lost")
    )
    out.append(["M2", date(2025, 3, 5), "JJ-1", "L1", 4, "公斤", None])
    brought.append(["P2", date(2025, 3, 25), "JJ-1", 10, None, None, None, None, None, None])
    back.append(["R1", date(2025, 3, 21), "JJ-1", "L1", 1, "公斤", "否", None, None])
    tried = send(client, book)
    assert tried.status_code == 200, tried.content.decode()
    assert tried.context["brought"].new == 3
    page = client.post("/o/COOP/files/confirm/", follow=True).content.decode()
    assert f"{open_day}" in page, "the file says too where it is booked"
    assert late_entries(open_day) == {"materialissue:M2", "piecereturn:P2", "materialreturn:R1"}
    assert stands(open_day) == before
    # A line changed in the file is refused with what to do; taken back first, it is entered anew.
    book = sheet_of(client)
    book["Pieces brought"].cell(3, 4).value = 12
    refused = send(client, book)
    assert refused.status_code == 422
    enter(client, f"{HOME}withdraw/piecereturn:P2/", {"reason": "点错"}, open_day)
    assert send(client, book).context["brought"].new == 1
    client.post("/o/COOP/files/confirm/")
    assert client.get(HOME).context["account"].pieces_e4 == 1_120_000
    assert stands(open_day) == before
