"""Rents on the pages: the schedule, booking what is due, terms in grain, what becomes of a lease: L2."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from lianjie.facts.models import Lease, LeaseChange, Party
from lianjie.ledger.models import Entry, Posting
from lianjie.ledger.queries import payables

pytestmark = [pytest.mark.both, pytest.mark.mission("L2", "L7")]
BASE = "/o/C2001/rents/"
GRAIN = {
    "kind": "grain",
    "good": "稻谷",
    "jin_per_mu": "700",
    "market": "县粮食市场",
    "window_first": "09-10",
    "window_last": "09-20",
    "years_before": "0",
    "reset_years": "1",
    "fixed_years": "0",
    "step_percent": "",
    "step_years": "0",
    "step_compound": "0",
    "paid_years": "1",
    "day": "2021-01-01",
    "evidence": "流转合同",
}


@pytest.fixture
def lease(world) -> Lease:
    return Lease.objects.get(lessor=world.home)


def test_the_schedule_books_what_is_due_once(reads, lease):
    chen = reads("chen")
    page = chen.get(f"{BASE}?year=2024")
    assert len(page.context["rows"]) == 8
    assert all(row.booked_fen is None for row in page.context["rows"])
    assert "not booked" in page.content.decode()
    assert chen.post(f"{BASE}?year=2024", {"last": "2024-12-31"}).status_code == 302
    assert chen.post(f"{BASE}?year=2024", {"last": "2024-12-31"}).status_code == 302
    assert Entry.objects.filter(source__startswith="rent:").count() == 8
    assert "not booked" not in chen.get(f"{BASE}?year=2024").content.decode()
    assert chen.get(f"{BASE}?year=2024").status_code == 200
    sheet = load_workbook(BytesIO(b"".join(chen.get(f"{BASE}?year=2024&as=xlsx").streaming_content))).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 8
    assert all(row[6] == row[7] > 0 for row in rows)


def test_a_rent_in_grain_is_agreed_waits_and_is_booked(reads, world, lease):
    chen = reads("chen")
    assert chen.post(f"{BASE}terms/{lease.key}", GRAIN).status_code == 302
    page = chen.get(f"{BASE}lease/{lease.key}").content.decode()
    assert "350 kg of 稻谷 a mu" in page
    assert "no price of 稻谷" in page
    answer = chen.post(f"{BASE}?year=2024", {"last": "2024-12-31"}, follow=True)
    assert "no price yet" in answer.content.decode()
    answer = chen.post(f"{BASE}?year=2024", {"last": "2024-12-31"})
    assert answer.status_code == 422
    assert "Enter the prices seen there" in answer.content.decode()
    assert not Entry.objects.filter(source__startswith=f"rent:{lease.key}").exists()
    for day, price in (("2024-09-10", "2.60"), ("2024-09-20", "2.70")):
        seen = {
            "day": day,
            "good": "稻谷",
            "grade": "",
            "market": "县粮食市场",
            "price": price,
            "evidence": "行情",
        }
        assert chen.post("/o/C2001/prices/", seen).status_code == 302
    assert chen.post(f"{BASE}?year=2024", {"last": "2024-12-31"}).status_code == 302
    page = chen.get(f"/o/C2001/members/{world.home.code}/?year=2024").content.decode()
    assert "稻谷 at the mean of 2 prices" in page
    assert "booked" in page
    assert "2.65 yuan a kg" in page
    late = {"day": "2024-09-15", "good": "稻谷", "grade": "", "market": "县粮食市场", "price": "2.50"}
    assert chen.post("/o/C2001/prices/", late | {"evidence": "行情"}).status_code == 302
    page = chen.get(f"{BASE}lease/{lease.key}").content.decode()
    assert "terms or prices changed since" in page
    anew = {"anew": "1", "reason": "漏记一个价格"}
    assert chen.post(f"{BASE}pay/2024/{lease.key}", anew).status_code == 302
    page = chen.get(f"{BASE}lease/{lease.key}").content.decode()
    assert "terms or prices changed since" not in page
    again = chen.post(f"{BASE}pay/2024/{lease.key}", anew, follow=True).content.decode()
    assert "is booked as terms and prices give it" in again


def test_where_a_lease_names_a_grade_only_prices_of_that_grade_count(reads, lease):
    chen = reads("chen")
    assert chen.post(f"{BASE}terms/{lease.key}", GRAIN | {"grade": "三等"}).status_code == 302
    seen = {"good": "稻谷", "market": "县粮食市场", "evidence": "行情"}
    for day, grade, price in (("2024-09-10", "三等", "2.60"), ("2024-09-12", "一等", "2.90"),
                              ("2024-09-15", "", "2.80"), ("2024-09-20", "三等", "2.70")):  # fmt: skip
        said = seen | {"day": day, "grade": grade, "price": price}
        assert chen.post("/o/C2001/prices/", said).status_code == 302
    assert chen.get(f"{BASE}terms/{lease.key}").context["form"]["grade"].value() == "三等"
    page = chen.get(f"{BASE}lease/{lease.key}").content.decode()
    assert "350 kg of 稻谷 三等 a mu, at the price of “县粮食市场”, taken anew every year" in page
    assert "稻谷 三等 at the mean of 2 prices" in page
    assert "2.65 yuan a kg" in page
    assert chen.post(f"{BASE}terms/{lease.key}", GRAIN).status_code == 302
    assert "稻谷 at the mean of 4 prices" in chen.get(f"{BASE}lease/{lease.key}").content.decode()


def test_terms_that_cannot_be_are_refused_beside_the_form(reads, lease):
    answer = reads("chen").post(f"{BASE}terms/{lease.key}", GRAIN | {"market": "", "paid_years": "2"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "needs the grain" in page
    assert "paid at a time" in page


def test_a_window_of_prices_is_month_and_day(reads, lease):
    for wrong in ("1900-01-01", "2099-12-31", "02-1", "九月"):
        answer = reads("chen").post(f"{BASE}terms/{lease.key}", GRAIN | {"window_first": wrong})
        assert answer.status_code == 422
        assert "Write month and day with two digits each" in answer.content.decode()


def test_a_sub_lease_needs_written_consent(reads, lease):
    chen = reads("chen")
    given = {
        "kind": "sublease",
        "day": "2025-03-01",
        "taker": "E2001",
        "consent": "verbal",
        "evidence": "电话",
    }
    answer = chen.post(f"{BASE}change/{lease.key}", given)
    assert answer.status_code == 422
    assert "art. 46" in answer.content.decode()
    assert not LeaseChange.objects.exists()
    assert chen.post(f"{BASE}change/{lease.key}", given | {"consent": "signed"}).status_code == 302
    back = {"kind": "hand_back", "day": "2025-06-01", "evidence": "交接单"}
    assert chen.post(f"{BASE}change/{lease.key}", back).status_code == 302
    page = chen.get(f"{BASE}lease/{lease.key}").content.decode()
    assert "Handed back" in page
    assert "151 of the 365 days of the year" in page, "what it was let for is still paid"


def test_what_was_entered_of_a_lease_by_mistake_is_taken_back_and_the_rents_are_as_before(reads, lease):
    chen, address = reads("chen"), f"{BASE}lease/{lease.key}"

    def rents() -> list[tuple[int, int | None, int | None]]:
        return [(row.year, row.due.fen, row.booked_fen) for row in chen.get(address).context["rows"]]

    def back(reference: str, reason: str = "点错了"):
        return chen.post(f"/o/C2001/take-back/{reference}", {"reason": reason})

    before = rents()
    given = {"kind": "hand_back", "day": "2025-06-01", "evidence": "交接单"}
    assert chen.post(f"{BASE}change/{lease.key}", given).status_code == 302
    assert rents() != before
    handed = f"leasechange:{lease.key}-hand_back-2025-06-01"
    assert f"take-back/{handed}" in chen.get(f"/o/C2001/facts/{handed}").content.decode()
    assert back(handed, " ").status_code == 422
    assert back(handed).status_code == 302
    assert rents() == before
    assert chen.post(f"{BASE}terms/{lease.key}", GRAIN).status_code == 302
    assert rents() != before
    agreed = f"rentterms:{lease.key}"
    assert f"facts/{agreed}" in chen.get(address).content.decode()
    assert back(agreed).status_code == 302
    assert rents() == before
    assert chen.post(f"{BASE}terms/{lease.key}", GRAIN).status_code == 302, "and may be agreed again"


def test_land_let_anew_cannot_be_as_if_it_was_never_handed_back(reads, lease):
    chen = reads("chen")
    given = {"kind": "hand_back", "day": "2025-06-01", "evidence": "交接单"}
    assert chen.post(f"{BASE}change/{lease.key}", given).status_code == 302
    again = Lease.objects.get(pk=lease.pk)
    again.pk, again.key, again.day = None, "anew@2025-07-01", date(2025, 7, 1)
    again.save(force_insert=True)
    answer = chen.post(
        f"/o/C2001/take-back/leasechange:{lease.key}-hand_back-2025-06-01", {"reason": "没有交还"}
    )
    assert answer.status_code == 422
    assert "let anew from 2025-07-01 on, under lease anew@2025-07-01" in answer.content.decode()


def test_a_rent_goes_whole_and_through_an_agent_in_two_steps(reads, world, lease):
    chen, pay = reads("chen"), f"{BASE}pay/2024/{lease.key}"
    assert chen.get(pay).status_code == 404, "nothing is owed before it is booked"
    assert chen.post(f"{BASE}?year=2024", {"last": "2024-12-31"}).status_code == 302
    owed = -Posting.objects.get(party=world.home, entry__source=f"rent:{lease.key}:2024").amount_fen
    given = {
        "amount": f"{owed / 100:.2f}",
        "method": "bank",
        "agent": "V1",
        "day": "2025-01-10",
        "evidence": "回单",
    }
    less = chen.post(pay, given | {"amount": "1.00"})
    assert less.status_code == 422
    assert "art. 17" in less.content.decode()
    assert "not agreed in grain" in chen.post(pay, given | {"method": "in_kind"}).content.decode()
    assert "evidence" in chen.post(pay, given | {"evidence": " "}).content.decode()
    assert (
        "is not booked; it cannot be paid" in chen.post(pay, given | {"day": "2024-06-01"}).content.decode()
    )
    assert chen.post(pay, given).status_code == 302
    assert "not confirmed" in chen.get(f"{BASE}lease/{lease.key}").content.decode()
    assert "late" in chen.get("/h/H0001/?on=2025-02-01").content.decode(), "an agent is not the household"
    assert "has not confirmed" in chen.post(pay, given | {"agent": ""}).content.decode()
    assert chen.post(pay, given | {"day": "2025-01-20", "evidence": "签字表"}).status_code == 302
    page = chen.get(f"{BASE}lease/{lease.key}").content.decode()
    assert "received 2025-01-20" in page
    assert "m²" in page
    assert f"rent:{lease.key}:2024" not in {each.source for each in payables.items(world.coop.pk, "rent")}
    assert "handed over" in chen.get("/h/H0001/").content.decode()
    assert "was handed over on" in chen.post(pay, given).content.decode()
    # Taken back, it is owed again; the entry is reversed and both stay.
    assert chen.post(pay, {"take_back": "1", "reason": "重复登记"}).status_code == 302
    assert "not confirmed" in chen.get(f"{BASE}lease/{lease.key}").content.decode()
    assert Entry.objects.filter(source__startswith="reversal:rentpayment:").count() == 1
    held = payables.items(world.coop.pk, "rent", carried=True)
    assert f"rent:{lease.key}:2024" in {each.source for each in held}, "the agent has it again: still owed"
    assert reads("guo").get(pay).status_code == 403


def test_who_may(reads, lease):
    for address, wei in (("", 403), (f"lease/{lease.key}", 403), (f"terms/{lease.key}", 403)):
        assert reads("wei").get(BASE + address).status_code == wei
        assert reads("zhao").get(BASE + address).status_code == 404
    assert reads("guo").get(BASE).status_code == 200
    assert reads("guo").post(f"{BASE}?year=2024", {}).status_code == 403
    assert reads("chen").get(f"{BASE}lease/nothing").status_code == 404
    assert reads("chen").get(f"{BASE}?year=0000").status_code == 200
    assert reads("chen").get(f"{BASE}terms/{lease.key}").status_code == 200
    assert reads("chen").get(f"{BASE}change/{lease.key}").status_code == 200


def test_land_handed_back_is_let_anew_and_comes_out_and_back_unchanged(reads, world):
    chen = reads("chen")
    land = {
        "parcel": "P-NEW", "household": world.home.code, "day": "2023-03-01", "contract_extent_mu4": "4",
        "contract_until_day": "2030-12-31", "lease_day": "2024-01-01", "lease_until_day": "2027-12-31",
        "extent_basis": "contract", "rent_fen_per_mu": "500", "due": "11-30", "form": "written",
        "evidence": "合同",
    }  # fmt: skip
    anew = land | {"lease_day": "2026-01-01", "lease_until_day": "2028-12-31", "rent_fen_per_mu": "650"}
    assert chen.post("/o/C2001/enter/land/", land).status_code == 302
    assert chen.post("/o/C2001/enter/land/", anew).status_code == 422, "it is still let"
    back = {"kind": "hand_back", "day": "2025-07-01", "evidence": "交还单"}
    assert chen.post(f"{BASE}change/P-NEW@2024-01-01", back).status_code == 302
    assert chen.post("/o/C2001/enter/land/", anew).status_code == 302
    page = chen.get("/o/C2001/leases/?search=P-NEW").content.decode()
    assert "2025-06-30" in page
    assert "2028-12-31" in page
    assert "2027-12-31" not in page
    assert (
        f"{BASE}lease/P-NEW@2026-01-01" in chen.get("/o/C2001/facts/lease:P-NEW@2026-01-01").content.decode()
    )
    book = b"".join(chen.get("/o/C2001/workbook/facts/?year=2026").streaming_content)
    answer = chen.post("/o/C2001/workbook/check/", {"file": SimpleUploadedFile("facts.xlsx", book)})
    assert answer.status_code == 200, answer.content.decode()
    assert (answer.context["entered"].new, answer.context["entered"].corrected) == (0, 0)


def test_a_land_right_is_valued_as_capital_for_the_years_left(reads, world):
    """HLJ-HUANAN-LANDVALUE: 1,200 mu at 727 yuan a mu and year for eleven years are 9,596,400 yuan."""
    chen = reads("chen")
    land = {
        "parcel": "P-CAP", "household": world.home.code, "day": "2017-01-01", "contract_extent_mu4": "1200",
        "contract_until_day": "2027-12-31", "lease_day": "2017-01-01", "lease_until_day": "2027-12-31",
        "extent_basis": "contract", "rent_fen_per_mu": "0", "due": "11-30", "form": "written",
        "evidence": "合同",
    }  # fmt: skip
    assert chen.post("/o/C2001/enter/land/", land).status_code == 302
    page = f"{BASE}value/P-CAP@2017-01-01"
    assert chen.get(page).context["form"].initial["years"] == 11
    said = {"day": "2017-01-01", "price": "727", "years": "12", "shares": "960", "receipt": "ZJ-P-CAP",
            "evidence": "作价决议"}  # fmt: skip
    assert "2027-12-31" in chen.post(page, said).content.decode()
    assert chen.post(page, said | {"years": "11"}).status_code == 302
    lease = chen.get(f"{BASE}lease/P-CAP@2017-01-01").content.decode()
    assert "9,596,400.00" in lease
    assert "1,200 mu × 727.00 × 11" in lease
    entry = Entry.objects.get(source="contribution:ZJ-P-CAP")
    assert dict(entry.postings.values_list("account", "amount_fen")) == {
        "161": 959_640_000,
        "301": -959_640_000,
    }
    seen = chen.get(f"{BASE}?year=2026").content.decode()
    assert "Land rights put in as capital" in seen
    for _ in range(2):
        assert chen.post(f"{BASE}?year=2026", {"last": "2026-06-30"}).status_code == 302
    months = Entry.objects.filter(source__startswith="landright:")
    assert [(row.source, row.day.isoformat()) for row in months.order_by("day")][-1] == (
        "landright:2026-06", "2026-06-30"
    )  # fmt: skip
    lines = Posting.objects.filter(entry__in=months)
    assert set(lines.values_list("account", "amount_fen")) == {("401", 7_270_000), ("162", -7_270_000)}
    assert (months.count(), lines.count()) == (6, 12)
    assert "436,200.00" in chen.get(f"{BASE}?year=2026").content.decode()
    held = chen.post("/o/C2001/enter/contributions/", {
        "receipt": "ZJ-X", "day": "2026-01-01", "member": world.home.code, "origin": "own_money",
        "amount_fen": "10", "right_until_day": "2027-12-31", "evidence": "收据",
    })  # fmt: skip
    assert held.status_code == 422
    assert "Only a land right has a last day" in held.content.decode()


def test_land_is_not_let_twice_over_a_renewal(reads, world):
    """A lease renewed to 2027 and a new one from 2027 on the same land both owed the rent of 2027."""
    chen = reads("chen")
    land = {
        "parcel": "P-NEW", "household": world.home.code, "day": "2023-03-01", "contract_extent_mu4": "4",
        "contract_until_day": "2030-12-31", "lease_day": "2024-01-01", "lease_until_day": "2026-12-31",
        "extent_basis": "contract", "rent_fen_per_mu": "500", "due": "11-30", "form": "written",
        "evidence": "合同",
    }  # fmt: skip
    anew = land | {"lease_day": "2027-01-01", "lease_until_day": "2029-12-31", "rent_fen_per_mu": "650"}
    renewal = {"kind": "renewal", "day": "2026-11-20", "last_day": "2027-12-31", "evidence": "续签"}
    assert chen.post("/o/C2001/enter/land/", land).status_code == 302
    assert "For another rent" in chen.get(f"{BASE}change/P-NEW@2024-01-01").content.decode()
    assert chen.post(f"{BASE}change/P-NEW@2024-01-01", renewal).status_code == 302
    assert chen.post("/o/C2001/enter/land/", anew).status_code == 422, "let by the renewal"
    later = anew | {"lease_day": "2028-01-01"}
    assert chen.post("/o/C2001/enter/land/", later).status_code == 302
    answer = chen.post(f"{BASE}change/P-NEW@2024-01-01", renewal | {"last_day": "2028-12-31"})
    assert answer.status_code == 422
    assert "P-NEW@2028-01-01" in answer.content.decode()
    assert Lease.objects.current().filter(parcel__code="P-NEW").count() == 2


LAND = {
    "parcel": "P-NEW", "day": "2023-03-01", "contract_extent_mu4": "4", "contract_until_day": "2030-12-31",
    "lease_day": "2024-01-01", "lease_until_day": "2027-12-31", "extent_basis": "contract",
    "rent_fen_per_mu": "500", "due": "11-30", "form": "written", "evidence": "合同",
}  # fmt: skip


def owed(key: str) -> dict[str, int]:
    found = payables.items(Party.objects.get(code="C2001").pk, "rent")
    codes = dict(Party.objects.values_list("pk", "code"))
    return {codes[each.party_id]: each.fen for each in found if key in each.source}


def test_a_rent_booked_to_a_household_the_lease_no_longer_names_is_marked_and_booked_anew(reads, world):
    """The wrong household was entered: the rent stayed owed to it, marked nowhere, and could be paid out."""
    chen, land = reads("chen"), LAND | {"household": world.home.code}
    other = Party.objects.filter(kind="household").exclude(pk=world.home.pk).order_by("code").first()
    key = "P-NEW@2024-01-01"
    assert chen.post("/o/C2001/enter/land/", land).status_code == 302
    assert chen.post(f"{BASE}?year=2025", {"last": "2025-12-31"}).status_code == 302
    given = land | {"household": other.code, "reason": "wrong home"}
    assert chen.post(f"/o/C2001/correct/lease:{key}", given).status_code == 302
    assert f"booked to {world.home.code}" in chen.get(f"{BASE}?year=2025").content.decode()
    assert f"booked to {world.home.code}" in chen.get(f"{BASE}lease/{key}").content.decode()
    hand = {"amount": "2000", "method": "bank", "day": "2025-12-01", "evidence": "回单"}
    answer = chen.post(f"{BASE}pay/2025/{key}", hand)
    assert answer.status_code == 422
    assert "Book it anew first" in answer.content.decode()
    chen.post(f"{BASE}pay/2025/{key}", {"anew": "1", "reason": "wrong home"})
    assert owed("P-NEW") == {other.code: 200_000}
    assert "booked to" not in chen.get(f"{BASE}lease/{key}").content.decode()
    assert chen.post(f"{BASE}pay/2025/{key}", hand).status_code == 302


def test_with_a_lease_taken_back_its_rents_are_unless_one_was_handed_over(reads, world):
    """The rent of a lease that no longer was stayed a cost and a debt, in no list of rents, and payable."""
    chen, key = reads("chen"), "P-NEW@2024-01-01"
    assert chen.post("/o/C2001/enter/land/", LAND | {"household": world.home.code}).status_code == 302
    assert chen.post(f"{BASE}?year=2025", {"last": "2025-12-31"}).status_code == 302
    hand = {"amount": "2000", "method": "bank", "day": "2025-12-01", "evidence": "回单"}
    assert chen.post(f"{BASE}pay/2025/{key}", hand).status_code == 302
    answer = chen.post(f"/o/C2001/withdraw/lease:{key}", {"reason": "twice"})
    assert "rentpayment:P-NEW" in answer.content.decode()
    assert Lease.objects.current().filter(parcel__code="P-NEW").exists()
    chen.post(f"{BASE}pay/2025/{key}", {"take_back": "1", "reason": "twice"})
    assert owed("P-NEW") == {world.home.code: 200_000}
    assert chen.post(f"/o/C2001/withdraw/lease:{key}", {"reason": "twice"}).status_code == 302
    assert owed("P-NEW") == {}
    assert chen.post("/o/C2001/enter/land/", LAND | {"household": world.home.code}).status_code == 302
    assert chen.post(f"{BASE}?year=2025", {"last": "2025-12-31"}).status_code == 302
    assert owed("P-NEW") == {world.home.code: 200_000}


def test_a_rent_is_handed_over_partly_in_grain_of_a_lot(reads, world, lease):
    chen, pay = reads("chen"), f"{BASE}pay/2024/{lease.key}"
    assert chen.post(f"{BASE}terms/{lease.key}", GRAIN | {"grade": "三等"}).status_code == 302
    seen = {"good": "稻谷", "market": "县粮食市场", "evidence": "行情", "day": "2024-09-10", "grade": "三等"}
    assert chen.post("/o/C2001/prices/", seen | {"price": "2.60"}).status_code == 302
    assert chen.post(f"{BASE}?year=2024", {"last": "2024-12-31"}).status_code == 302
    for lot, grade in (("DG-1", "三等"), ("DG-2", "一等")):
        came = {"lot": lot, "day": "2024-10-01", "good": "稻谷", "unit": "kg", "quantity": "3000",
                "origin": "bought", "grade": grade, "cost": "7500", "way": "bank"}  # fmt: skip
        assert chen.post("/o/C2001/stock/receive/", came).status_code == 302
    form = chen.get(pay).content.decode()
    assert "DG-1 · 稻谷 · 三等" in form
    assert "DG-2" not in form, "another grade than the lease names"
    assert re.search(r"At most [\d,.]+ kg, for [\d,.]+ yuan", form)
    owed = -Posting.objects.get(party=world.home, entry__source=f"rent:{lease.key}:2024").amount_fen
    given = {"amount": f"{owed / 100:.2f}", "method": "in_kind", "lot": "DG-1", "kg": "100", "agent": "",
             "day": "2025-01-10", "evidence": "签字单"}  # fmt: skip
    refused = chen.post(pay, given)
    assert refused.status_code == 422
    assert "100 kg settle 260.00 yuan of the rent of 2024" in refused.content.decode()
    assert chen.post(pay, given | {"method": "cash"}).status_code == 302
    page = chen.get(f"{BASE}lease/{lease.key}").content.decode()
    assert "100 kg 稻谷 三等 (260.00)" in page
    assert "/o/C2001/stock/of/DG-1/" in page
    home = chen.get("/h/H0001/").content.decode()
    assert "100 kg 稻谷 三等 · DG-1" in home
    lot = chen.get("/o/C2001/stock/of/DG-1/").content.decode()
    for text in ("2,900 kg", "Handed over as rent", f"{BASE}lease/{lease.key}", "7,250.00"):
        assert text in lot
    assert chen.post(pay, {"take_back": "1", "reason": "误记"}).status_code == 302
    assert "7,250.00" not in chen.get("/o/C2001/stock/of/DG-1/").content.decode()
