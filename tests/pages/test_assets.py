"""Assets, contracts and income on pages: R3, and the indicator over an area: M29."""

import csv
from datetime import date

import pytest
from django.urls import reverse

from lianjie.facts.actions.asset_income import Earning, earn
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.models import Assignment, CollectiveAsset, Party
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Entry
from tests.pages.world import AT

pytestmark = [pytest.mark.both, pytest.mark.mission("R3")]
O = "/o/V1"  # noqa: E741
STORE = {"number": "ZC-1", "name": "冷库", "kind": "building", "category": "operating",
         "origin": "poverty_fund", "paid": "bank", "start": "2025-03-10", "quantity": "1", "cost": "120000",
         "residual": "5",
         "life_years": "10", "keeper": "王管理员", "evidence": "移交清单"}  # fmt: skip
LET = {"number": "HT-1", "day": "2025-06-20", "payer": "H0001", "start": "2025-07-01", "last": "2028-06-30",
       "first_due": "2025-07-10", "yearly": "36000", "purpose": "冷链保鲜"}  # fmt: skip
PAID = {"receipt": "SK-1", "day": "2025-07-09", "amount": "36000", "into": "bank"}


def sent(client, address: str, form: dict[str, str]) -> None:
    response = client.post(address, form)
    assert response.status_code == 302, response.context["form"].errors


@pytest.fixture
def chen(reads, world):
    """Chen also keeps the books of the first village's collective."""
    village = Party.objects.get(code="V1")
    Assignment.objects.create(
        user=world.users["chen"], role="accountant", organisation=village, start_day=date(2020, 1, 1)
    )
    client = reads("chen")
    sent(client, f"{O}/assets/register/", STORE)
    sent(client, f"{O}/assets/of/ZC-1/let/", LET)
    sent(client, f"{O}/assets/due/", {"until": "2025-12-31"})
    return client


def test_from_the_register_to_the_year_under_both_definitions(chen):
    sent(chen, f"{O}/assets/contracts/of/HT-1/receive/", PAID)
    earn = {"number": "SR-1", "day": "2025-09-01", "source": "subsidy", "amount": "50000", "into": "bank"}
    sent(chen, f"{O}/income/enter/", earn)
    page = chen.get(f"{O}/income/?year=2025")
    assert (page.context["income"].operating_fen, page.context["income"].total_fen) == (3_600_000, 8_600_000)
    assert page.context["books"].operating_fen == 3_600_000
    assert page.context["books"].surplus_fen == 3_600_000 - 9 * 95_000
    asset = chen.get(f"{O}/assets/of/ZC-1/")
    assert asset.context["asset"].worn_fen == 9 * 95_000
    assert asset.context["asset"].state == "let"
    contract = chen.get(f"{O}/assets/contracts/of/HT-1/")
    assert contract.context["contract"].paying.due_fen == 7_200_000
    assert "not booked yet" in contract.content.decode(), "the payment of 2026 waits for its booking"
    assert Entry.objects.filter(source="contractreceipt:SK-1", posted=True).count() == 1


def test_what_was_paid_beforehand_is_given_back_once_the_contract_ended(chen):
    at = f"{O}/assets/contracts/of/HT-1/"
    sent(chen, f"{at}receive/", PAID)
    sent(chen, f"{at}receive/", PAID | {"receipt": "SK-2", "amount": "1200.50", "day": "2025-09-01"})
    assert f"{at}give-back/" not in chen.get(at).content.decode(), "it stands against the years to come"
    sent(chen, f"{at}end/", {"number": "ZZ-1", "day": "2026-03-01", "grounds": "协商"})
    assert f"{at}give-back/" in chen.get(at).content.decode()
    home = chen.get(reverse("linkage", args=["H0001"]))
    (back,) = [(one, link) for one, _, link in home.context["due"] if one.kind == "contract_back"]
    assert (back[0].fen, str(back[0].day), back[1]) == (120_050, "2026-03-01", at)
    assert 'value="1200.50"' in chen.get(f"{at}give-back/").content.decode()
    given = {"receipt": "TK-1", "day": "2026-03-05", "amount": "1200.51", "into": "bank"}
    assert "1200.51 is more" in chen.post(f"{at}give-back/", given).content.decode()
    assert "above zero" in chen.post(f"{at}give-back/", given | {"amount": "-5"}).content.decode()
    assert "above zero" in chen.post(f"{at}receive/", given | {"amount": "-5"}).content.decode()
    sent(chen, f"{at}give-back/", given | {"amount": "1200.50"})
    page = chen.get(at)
    assert page.context["contract"].paying.received_fen == 3_600_000
    assert f"{at}give-back/" not in page.content.decode()
    home = chen.get(reverse("linkage", args=["H0001"]))
    (tie,) = [tie for tie, *_ in home.context["ties"] if tie.kind == "contract"]
    assert (tie.number, tie.value, str(tie.until)) == ("HT-1", 3_600_000, "2026-03-01")
    assert "Contract payment given back" in home.content.decode()
    sent(chen, f"{O}/assets/take-back/contractreceipt:TK-1/", {"reason": "not paid out"})
    assert 'id="beyond">1,200.50' in chen.get(at).content.decode()


def test_a_wrong_entry_is_refused_beside_the_form_and_taken_back(chen):
    again = chen.post(f"{O}/assets/of/ZC-1/let/", LET | {"number": "HT-2", "start": "2026-01-01",
                                                        "first_due": "2026-01-01"})  # fmt: skip
    assert again.status_code == 422
    assert "contract HT-1 holds it" in again.content.decode()
    sent(chen, f"{O}/assets/contracts/of/HT-1/receive/", PAID)
    sent(chen, f"{O}/assets/take-back/contractreceipt:SK-1/", {"reason": "wrong payer"})
    sent(chen, f"{O}/assets/contracts/of/HT-1/receive/", PAID | {"amount": "35000"})
    assert chen.get(f"{O}/assets/contracts/of/HT-1/").context["contract"].paying.received_fen == 3_500_000
    land = STORE | {"number": "LD-1", "kind": "forest_land", "name": "后山", "cost": "", "life_years": ""}
    assert "extent is missing" in chen.post(f"{O}/assets/register/", land | {"paid": "held"}).content.decode()
    sent(chen, f"{O}/assets/register/", land | {"paid": "held", "extent": "320.5"})


def test_lists_search_narrow_and_come_out_as_files(chen):
    assert chen.get(f"{O}/assets/?search=冷库").context["page"].total == 1
    assert chen.get(f"{O}/assets/?kind=forest_land").context["page"].total == 0
    assert chen.get(f"{O}/assets/?kind=poverty_fund").context["page"].total == 1
    assert chen.get(f"{O}/assets/contracts/?search=魏").context["page"].total == 1
    for of, word in (("assets/", "ZC-1"), ("assets/contracts/", "HT-1"), ("income/", "contractdue:HT-1-1")):
        assert word in b"".join(chen.get(f"{O}/{of}?as=csv").streaming_content).decode()
        assert b"".join(chen.get(f"{O}/{of}?as=xlsx").streaming_content).startswith(b"PK")


def test_a_stranger_and_a_reader_without_the_right_enter_nothing(chen, reads):
    assert reads("zhao").get(f"{O}/assets/").status_code == 404
    luo = reads("luo")
    assert luo.get(f"{O}/assets/").status_code == 200
    assert luo.post(f"{O}/assets/register/", STORE | {"number": "ZC-9"}).status_code == 403
    assert CollectiveAsset.objects.count() == 1


def test_the_villages_of_an_area_by_both_definitions(chen, reads):
    """M29: one of four villages by operating income, two by total income."""
    luo, at = reads("luo"), AT.replace(year=2026)
    other = Books(Party.objects.get(code="V2").pk, SourceGiven("page", "income"), at, None, post)
    earn(Earning("SR-1", date(2025, 6, 1), "subsidy", 9_000_000), other)
    address = "/areas/361126000000/collective-income/?year=2025"
    above = luo.get(address).context["above"]
    assert (above.operating, above.total, above.villages) == (1, 2, 4)
    above = luo.get(f"{address}&threshold=100000").context["above"]
    assert (above.operating, above.total) == (0, 0)
    wrong = luo.get(f"{address}&threshold=lots")
    assert "not an amount" in wrong.content.decode()
    assert "上坪村" in b"".join(luo.get(f"{address}&as=csv").streaming_content).decode()
    assert chen.get(address).status_code == 404, "an accountant of one organisation has no area"


@pytest.mark.mission("L2")
def test_a_bond_is_held_for_its_payer_and_given_back_by_a_decision(chen):
    address = f"{O}/assets/contracts/of/HT-1/bond/"
    paid = {
        "act": "paid",
        "kind": "deposit",
        "number": "YJ-1",
        "day": "2025-07-01",
        "amount": "6000",
        "by": "bank",
    }
    assert "no bond was agreed" in chen.post(address, paid).content.decode()
    sent(chen, address, paid | {"act": "agreed", "number": "YJ-0"})
    sent(chen, address, paid)
    home = chen.get(reverse("linkage", args=["H0001"]))
    assert [(each.kind, each.fen) for each, *_ in home.context["due"] if each.kind == "bond"] == [
        ("bond", 600_000)
    ]
    back = paid | {"act": "returned", "number": "YJ-2", "amount": "1000", "day": "2025-08-01"}
    assert "by a decision" in chen.post(address, back).content.decode()
    sent(chen, address, back | {"decided_by": "成员大会", "grounds": "场地清理完毕"})
    page = chen.get(f"{O}/assets/contracts/of/HT-1/")
    assert page.context["bonds"][0].stands.held == 500_000
    assert "成员大会" in page.content.decode()
    chen.post(address, {"take_back": "bondmove:YJ-2", "reason": "typed twice"})
    page = chen.get(f"{O}/assets/contracts/of/HT-1/")
    assert page.context["bonds"][0].stands.held == 600_000
    assert chen.post(address, {"take_back": "bondmove:nothing", "reason": "x"}).status_code == 404


@pytest.mark.mission("L2")
def test_a_bond_kept_after_its_contract_ended_is_told_to_all_who_must_see_to_it(chen, reads):
    address = f"{O}/assets/contracts/of/HT-1/bond/"
    move = {"kind": "deposit", "day": "2025-07-01", "amount": "6000", "by": "bank"}
    sent(chen, address, move | {"act": "agreed", "number": "YJ-0"})
    sent(chen, address, move | {"act": "paid", "number": "YJ-1"})
    assert chen.get(f"{O}/").context["bonds_late"] == []
    assert chen.get(f"{O}/bonds/?late=1").context["total"] == 0
    sent(
        chen,
        f"{O}/assets/contracts/of/HT-1/end/",
        {"number": "ZZ-1", "day": "2025-11-01", "grounds": "协商"},
    )
    page = chen.get(f"{O}/assets/contracts/of/HT-1/").content.decode()
    assert "ended on 2025-10-31, and 6,000.00 yuan of its bond are still held" in page
    (late,) = chen.get(f"{O}/").context["bonds_late"]
    assert (late.page, str(late.ends), late.bond.held) == ("HT-1", "2025-11-01", 600_000)
    due = [each for each, *_ in chen.get(reverse("linkage", args=["H0001"])).context["due"] if each.bond]
    assert [(each.state, str(each.day), each.fen) for each in due] == [("late", "2025-11-01", 600_000)]
    found = chen.get(f"{O}/bonds/?search=ht-1")
    assert [state for _, state in found.context["rows"]] == ["late"]
    told = b"".join(chen.get(f"{O}/bonds/?as=csv").streaming_content).decode()
    assert "6000,6000,0,0,6000,2025-10-31,kept too long" in told
    form = chen.get(f"{address}?act=returned").content.decode()
    assert 'value="6000.00"' in form
    assert reads("zhao").get(f"{O}/bonds/").status_code == 404


def test_the_statements_come_out_with_every_column_of_form_03(reads, world):
    chen = reads("chen")
    assert chen.post("/o/C2001/rents/?year=2024", {"last": "2024-12-31"}).status_code == 302
    rows = b"".join(chen.get("/o/C2001/forms/?as=csv").streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(rows.splitlines()))
    assert len({len(line) for line in lines}) == 1
    assert lines[0][-5:-3] == ["Share capital", "Special funds"]
    for line in (each for each in lines if each[0] == "03"):
        assert sum(map(float, line[-5:])) == pytest.approx(float(line[3]))


def test_a_year_without_books_says_so(reads, world):
    """The page of income by source leads there: it was not found in a year of which nothing is booked."""
    chen = reads("chen")
    assert "Nothing is booked yet." in chen.get("/o/C2001/forms/1999/").content.decode()
    assert chen.get("/o/C2001/forms/1999/?as=csv").status_code == 200
    assert chen.get("/o/C2001/forms/9999/").status_code == 404
