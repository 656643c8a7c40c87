"""A glut on pages: a plan, declarations, an offer, a sale, the figures and their files. M5."""

import pytest

from lianjie.facts.models import OfferAnswer, StockDeclaration, StockOffer

pytestmark = [pytest.mark.django_db, pytest.mark.mission("M5")]
O = "/o/C2001"  # noqa: E741
PLAN = {"number": "QK-1", "good": "马铃薯", "day": "2026-02-01", "last": "2026-05-31", "target": "430000",
        "in_charge": "郭理事长", "channels": ["wholesale", "walk_in"], "past_years": "1"}  # fmt: skip
STOCK = {"number": "SB-1", "good": "马铃薯", "holder": "H0001", "since": "2026-02-01", "opening": "1200",
         "day": "2026-05-20", "went": "1100.5", "lost": "40"}  # fmt: skip
OFFER = {"number": "YY-1", "day": "2026-02-10", "buyer": "批发市场", "weight": "2000", "price": "1.05",
         "place": "村口", "start": "2026-02-10", "last": "2026-04-30"}  # fmt: skip
YES = {
    "number": "DF-1",
    "day": "2026-02-11",
    "answer": "accepted",
    "person_name": "郭理事长",
    "grounds": "合适",
}
SALE = {"number": "XS-1", "day": "2026-03-01", "seller": "H0001", "offer": "YY-1", "weight": "1100.5",
        "amount": "1155.53"}  # fmt: skip


def sent(client, address: str, form: dict) -> None:
    response = client.post(O + address, form)
    assert response.status_code == 302, response.context["form"].errors


@pytest.fixture
def chen(reads):
    client = reads("chen")
    sent(client, "/glut/plan/", PLAN)
    sent(client, "/glut/declare/", STOCK)
    return client


def test_from_the_plan_to_the_figures(chen, reads):
    sent(chen, "/glut/of/QK-1/offers/enter/", OFFER)
    assert chen.post(f"{O}/glut/answer/YY-1/", YES).status_code == 403, "whoever enters facts does not decide"
    sent(reads("guo"), "/glut/answer/YY-1/", YES)
    sent(chen, "/glut/of/QK-1/sold/enter/", SALE)
    sent(chen, "/glut/of/QK-1/sold/enter/", SALE | {"number": "XS-0", "day": "2025-03-01", "offer": "",
                                                    "weight": "1000", "amount": "1000"})  # fmt: skip
    page = chen.get(f"{O}/glut/of/QK-1/").content.decode()
    for shown in ("91.7 %", "110.1 %", "105.0 %", "1.0500 ÷ 1.0000"):
        assert shown in page
    for plot in ("volume", "cleared"):
        drawn = chen.get(f"{O}/glut/of/QK-1/{plot}.svg").content.decode()
        assert drawn.startswith("<svg")
        assert "<desc" in drawn


def test_lists_come_out_as_files_and_are_searched(chen):
    sent(chen, "/glut/of/QK-1/offers/enter/", OFFER)
    for what, shown in (("declared", "魏青根"), ("offers", "批发市场"), ("sold", "")):
        assert shown in chen.get(f"{O}/glut/of/QK-1/{what}/").content.decode()
        text = b"".join(chen.get(f"{O}/glut/of/QK-1/{what}/?as=csv").streaming_content).decode()
        assert shown in text
        assert b"".join(chen.get(f"{O}/glut/of/QK-1/{what}/?as=xlsx").streaming_content).startswith(b"PK")
    assert "Nothing fits" in chen.get(f"{O}/glut/of/QK-1/declared/?search=nobody").content.decode()
    assert len(chen.get(f"{O}/glut/of/QK-1/declared/?search=wqg").context["page"].rows) == 1


def test_a_wrong_declaration_is_corrected_by_a_new_one(chen):
    sent(chen, "/glut/correct/SB-1/", STOCK | {"lost": "99.5"})
    row = StockDeclaration.objects.current().get()
    assert (row.key, row.lost_grams) == ("SB-1~2", 99_500)
    answer = chen.post(f"{O}/glut/correct/SB-1/", STOCK | {"lost": "100"})
    assert answer.status_code == 422
    assert "more than the 1,200 kg" in answer.content.decode()


def test_a_household_declares_its_own_and_no_other(chen, reads):
    wei = reads("wei")
    form = STOCK | {"number": "SB-2", "opening": "1300"}
    sent(wei, "/glut/declare/", form)
    assert wei.post(f"{O}/glut/declare/", form | {"number": "SB-3", "holder": "H0002"}).status_code == 422
    assert "159.5" in wei.get(f"{O}/glut/declare/").content.decode()
    assert wei.get(f"{O}/glut/of/QK-1/").status_code == 403


def test_entries_are_taken_back_with_a_reason(chen, reads):
    sent(chen, "/glut/of/QK-1/offers/enter/", OFFER)
    sent(reads("guo"), "/glut/answer/YY-1/", YES)
    answer = chen.post(f"{O}/glut/take-back/stockoffer:YY-1/", {"reason": "wrong"})
    assert answer.status_code == 422
    sent(chen, "/glut/take-back/offeranswer:DF-1/", {"reason": "wrong"})
    sent(chen, "/glut/take-back/stockoffer:YY-1/", {"reason": "wrong"})
    assert not StockOffer.objects.current().exists()
    assert not OfferAnswer.objects.current().exists()
