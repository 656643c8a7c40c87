"""Behind a statement's code: one answer for all until the number is right, then one household. S4."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from lianjie.facts.models import Assignment
from lianjie.facts.queries.parties import ids_by_code
from lianjie.ledger.actions import objection_code, settlement
from lianjie.ledger.models import Objection
from lianjie.ledger.queries import settlements
from tests.ledger import coop
from tests.ledger.coop import AT
from tests.ledger.documents.test_statement import text_of
from tests.ledger.test_settlement_way import WHO, disclosed
from tests.pages.test_settlement import WAY, as_  # noqa: F401  the cast

pytestmark = [pytest.mark.django_db, pytest.mark.mission("S4")]


@pytest.fixture
def made():
    return coop.make()


@pytest.fixture
def phone() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def mine(made):
    disclosed(made)
    return objection_code.printed(settlements.list_of(made.pk)[0].id)["COOP-H1"]


def bare(answer, code: str) -> str:
    text = re.sub(
        r'csrfmiddlewaretoken" value="[^"]*"|name="next" value="[^"]*"', "", answer.content.decode()
    )
    return text.replace(code, "CODE")


def test_whether_a_code_exists_is_not_to_be_learnt(phone, mine):
    real, none = f"{mine.code[:4]}-{mine.code[4:8]}-{mine.code[8:]}", "ZZZZ-ZZZZ-ZZZZ"
    assert bare(phone.get(f"/q/{real}/"), real) == bare(phone.get(f"/q/{none}/"), none)
    wrong = "999999" if mine.pin != "999999" else "888888"
    tried = [phone.post("/q/", {"secret": each, "pin": wrong}) for each in (real, none)]
    assert [each.status_code for each in tried] == [422, 422]
    assert bare(tried[0], real) == bare(tried[1], none)
    shut = [
        [phone.post("/q/", {"secret": each, "pin": wrong}).status_code for _ in range(5)]
        for each in (real, none)
    ]
    assert shut[0] == shut[1] == [422, 422, 422, 422, 429]


def test_a_household_reads_its_lines_objects_and_sees_the_answer(phone, mine, made, as_):  # noqa: F811
    opened = phone.post("/q/", {"secret": mine.code, "pin": mine.pin})
    assert opened.status_code == 302
    at = opened["location"]
    page = phone.get(at).content.decode()
    result = settlements.worked(settlements.list_of(made.pk)[0]).outcome
    assert f"{result.totals['COOP-H1'] / 100:,.2f}" in page
    assert "COOP-H2" not in page
    assert 'name="robots" content="noindex"' in page
    # A browser told to send no referrer sends “Origin: null”, and its form is refused.
    assert "no-referrer" not in page
    assert phone.post(at, {"step": "", "text": " "}).status_code == 200
    assert phone.post(at, {"step": "patronage", "text": "少了一张磅单"}).status_code == 302
    assert "Received" in phone.get(at).content.decode()
    raised = Objection.objects.get()
    assert (raised.party.code, raised.raised_by) == ("COOP-H1", None)
    assert as_("member").post(f"{WAY}objections/{raised.pk}/take/").status_code == 403
    as_("chair").post(f"{WAY}objections/{raised.pk}/take/")
    assert "Being looked at" in phone.get(at).content.decode()
    settlement.answer(raised.pk, outcome="explained", text="已在内", person_name="孙监事", **WHO)
    page = phone.get(at).content.decode()
    assert "已在内" in page
    assert "孙监事" in page
    assert phone.post(at, {"leave": "1"}).status_code == 302
    assert "已在内" not in phone.get(at).content.decode()
    assert "已在内" not in Client().get(at).content.decode()


def test_the_codes_are_printed_for_whoever_hands_statements_out_and_for_the_household(mine, made, as_):  # noqa: F811
    def text(role: str, name: str) -> str:
        return re.sub(r"\s", "", text_of(as_(role).get(f"{WAY}files/{name}").content))

    code = f"{mine.code[:4]}-{mine.code[4:8]}-{mine.code[8:]}"
    bound = text("accountant", "statements.pdf")
    assert code in bound
    assert mine.pin in bound
    own = text("member", "statements/COOP-H1.pdf")
    assert code in own
    for seen in (text("supervisor", "statements.pdf"), text("supervisor", "statements/COOP-H1.pdf")):
        assert code not in seen
        assert mine.pin not in seen


def test_late_objections_are_listed_for_supervisors_without_names(mine, made, as_):  # noqa: F811
    row = settlements.list_of(made.pk)[0]
    home = ids_by_code({"COOP-H1"})["COOP-H1"]
    settlement.object_to(row, home, "少了", at=AT, by=None)
    client = as_("outsider")
    Assignment.objects.create(
        user_id=int(client.session["_auth_user_id"]),
        role="supervisor",
        area=made.area,
        start_day=date(2020, 1, 1),
    )
    page = client.get(f"/areas/{made.area.code}/objections/").content.decode()
    assert "late" in page
    assert made.name in page
    assert "COOP-H1" not in page
    assert client.get(f"/areas/{made.area.code}/objections/?as=csv").status_code == 200
    finding = as_("chair").get(f"{WAY}objections/").content.decode()
    assert "has no answer yet" in finding
    assert as_("accountant").get(f"/areas/{made.area.code}/objections/").status_code in (403, 404)


def test_a_new_code_needs_a_reason(mine, made, as_):  # noqa: F811
    at = f"{WAY}codes/COOP-H1/"
    assert as_("supervisor").post(at, {"reason": "x"}).status_code == 403
    assert as_("accountant").post(at, {"reason": ""}).status_code == 200
    assert as_("accountant").post(at, {"reason": "遗失"}).status_code == 302
    assert objection_code.printed(settlements.list_of(made.pk)[0].id)["COOP-H1"].code != mine.code


def test_booking_over_an_objection_is_the_chairs_to_decide(mine, made, as_):  # noqa: F811
    row = settlements.list_of(made.pk)[0]
    number = settlement.object_to(row, ids_by_code({"COOP-H1"})["COOP-H1"], "少了", at=AT, by=None)
    at = f"{WAY}objections/{number}/over/"
    told = {"person_name": "郭理事长", "reason": "三方已核对"}
    assert as_("accountant").post(at, told).status_code == 403
    assert as_("chair").post(at, told).status_code == 302
    assert settlements.objections_open(row.id) == 0
    assert "三方已核对" in as_("accountant").get(f"{WAY}objections/").content.decode()
    assert date.today() > AT.date() - timedelta(1)
