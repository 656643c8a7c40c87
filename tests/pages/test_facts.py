"""Entering, correcting and withdrawing facts on pages; the workbook in and out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lianjie.facts.models import Delivery, Party
from lianjie.ledger.models import Entry

pytestmark = pytest.mark.both

DELIVERY = {
    "receipt": "9001",
    "day": "2026-10-02",
    "household": "H0002",
    "good": "白术",
    "grams": "12.5",
    "price_fen_per_kg": "32",
}


def test_a_delivery_is_entered_and_booked_once(reads):
    client = reads("chen")
    for _ in range(2):
        assert client.post("/o/C2001/enter/deliveries/", DELIVERY).status_code == 302
    row = Delivery.objects.get(key="2026-9001")
    assert (row.grams, row.amount_fen, row.recorded_by.username) == (12_500, 40_000, "chen")
    assert Entry.objects.filter(source="delivery:2026-9001").count() == 1


def test_an_addition_never_overwrites(reads):
    client = reads("chen")
    client.post("/o/C2001/enter/deliveries/", DELIVERY)
    response = client.post("/o/C2001/enter/deliveries/", DELIVERY | {"grams": "13"})
    assert response.status_code == 422
    assert "already entered" in response.content.decode()
    assert [row.grams for row in Delivery.objects.filter(key__startswith="2026-9001")] == [12_500]


def test_each_problem_stands_beside_its_field(reads):
    response = reads("chen").post(
        "/o/C2001/enter/deliveries/", DELIVERY | {"household": "H9", "grams": "many"}
    )
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"household", "grams"}
    assert not Delivery.objects.filter(key__startswith="2026-9001").exists()


@pytest.mark.mission("L1")
def test_labour_is_never_capital(reads):
    form = {"receipt": "R1", "day": "2026-01-05", "member": "H0002", "origin": "work", "amount_fen": "100"}
    response = reads("chen").post("/o/C2001/enter/contributions/", form)
    assert response.status_code == 422
    assert "origin" in response.context["form"].errors


def test_a_correction_is_a_new_version(reads):
    client = reads("chen")
    client.post("/o/C2001/enter/deliveries/", DELIVERY)
    address = "/o/C2001/correct/delivery:2026-9001"
    wrong = DELIVERY | {"grams": "14", "receipt": "other", "reason": "misread the scales"}
    assert client.post(address, wrong).status_code == 302
    rows = Delivery.objects.filter(key__startswith="2026-9001").order_by("pk")
    assert [(row.key, row.grams, row.amount_fen) for row in rows] == [
        ("2026-9001", 12_500, 40_000),
        ("2026-9001~2", 14_000, 44_800),
    ]
    text = client.get("/o/C2001/facts/delivery:2026-9001~2").content.decode()
    assert "misread the scales" in text
    assert "12.5" in text
    assert client.get(address).status_code == 404, "the former version is no longer corrected"
    again = client.post("/o/C2001/correct/delivery:2026-9001~2", wrong)
    assert again.status_code == 422
    assert "Nothing was changed" in again.content.decode()


def test_a_withdrawn_fact_stays_on_record(reads):
    client = reads("chen")
    client.post("/o/C2001/enter/deliveries/", DELIVERY)
    address = "/o/C2001/withdraw/delivery:2026-9001"
    assert b"with a reason" in client.post(address, {"reason": " "}).content
    assert client.post(address, {"reason": "never weighed"}).status_code == 302
    assert not Delivery.objects.current().filter(receipt="9001").exists()
    text = client.get("/o/C2001/facts/delivery:2026-9001~2").content.decode()
    assert "never weighed" in text
    assert Entry.objects.filter(source="delivery:2026-9001", reversed_by__isnull=False).exists()


@pytest.mark.mission("R6", "L2", "L7")
def test_a_household_comes_in_page_by_page(reads):
    client = reads("chen")
    steps = {
        "parties": {"code": "H9", "name": "新户", "kind": "household", "village": "361126104201",
                    "status": "ordinary", "status_day": "2026-01-01"},
        "people": {"code": "P9", "name": "新人", "household": "H9", "relation": "户主",
                   "since_day": "2020-01-01"},
        "members": {"member": "H9", "day": "2026-02-01", "consent": "signed", "is_farmer": "yes"},
        "contributions": {"receipt": "R9", "day": "2026-02-02", "member": "H9", "origin": "own_money",
                          "amount_fen": "1000"},
        "land": {"parcel": "L9", "household": "H9", "day": "2026-01-01", "contract_extent_mu4": "3.2",
                 "lease_day": "2026-01-01", "lease_until_day": "2027-12-31", "extent_basis": "contract",
                 "rent_fen_per_mu": "500", "due": "12-31", "form": "written"},
        "deliveries": DELIVERY | {"household": "H9"},
        "tallies": {"year": "2026", "party": "H9", "measure": "work_days", "unit": "day", "quantity": "12.5"},
    }  # fmt: skip
    for sheet, form in steps.items():
        response = client.post(f"/o/C2001/enter/{sheet}/", form)
        assert response.status_code == 302, (sheet, response.context["form"].errors)
    linked = client.get("/o/C2001/members/H9/").context["linked"]
    assert (linked.capital_fen, linked.leased_mu4, linked.delivered_grams) == (100_000, 32_000, 12_500)
    assert linked.tallies[0].quantity == 125_000
    assert linked.residents[0].name == "新人"
    assert client.get("/o/C2001/leases/?search=L9").context["page"].total == 1


def test_the_facts_come_out_and_back_unchanged(reads):
    client = reads("chen")
    book = b"".join(client.get("/o/C2001/workbook/facts/?year=2025").streaming_content)
    checked = _check(client, book)
    assert checked.status_code == 200
    assert checked.context["entered"].new == 0
    assert client.post("/o/C2001/workbook/confirm/").status_code == 302
    assert client.post("/o/C2001/workbook/confirm/")["Location"] == "/o/C2001/workbook/", "entered once"


def test_a_checked_file_writes_nothing_before_it_is_confirmed(reads, world):
    client = reads("chen")
    book = b"".join(client.get("/o/C2001/workbook/facts/?year=2025").streaming_content)
    other = reads("zhao")
    before = Party.objects.count(), Delivery.objects.count(), Entry.objects.count()
    assert _check(client, book).status_code == 200
    refused = other.post("/o/C2002/workbook/check/", {"file": SimpleUploadedFile("b.xlsx", book)})
    assert refused.status_code == 422
    assert "C2001" in refused.content.decode()
    assert (Party.objects.count(), Delivery.objects.count(), Entry.objects.count()) == before


def test_a_refused_file_comes_back_with_reasons(reads):
    client = reads("chen")
    template = b"".join(client.get("/o/C2001/workbook/template/").streaming_content)
    response = _check(client, template)
    assert response.status_code == 422
    assert response.context["count"] >= 1
    reasons = client.get("/o/C2001/workbook/reasons/")
    assert b"".join(reasons.streaming_content)[:2] == b"PK"
    assert _check(client, b"no workbook").status_code == 422
    assert client.get("/o/C2001/workbook/reasons/").status_code == 404


def _check(client, data: bytes):
    return client.post("/o/C2001/workbook/check/", {"file": SimpleUploadedFile("book.xlsx", data)})
