"""Pairing assistance on pages: from the partner to the household, files, taking back. R5."""

import pytest

from lianjie.facts.models import OrganisationLink, Pledge

pytestmark = [pytest.mark.django_db, pytest.mark.mission("R5")]
P = "/o/C2001/pairings"
PAIR = {"number": "JD-1", "partner": "CITY", "name": "海云市", "kind": "public_body", "day": "2026-01-01"}
PLEDGE = {"number": "CN-1", "day": "2026-02-01", "kind": "funds", "what": "基地资金", "amount": "500000"}
PROJECT = {"number": "XM-1", "name": "养鸭基地", "day": "2026-02-01", "base_year": "2025"}
MONEY = {"number": "DW-1", "day": "2026-03-01", "amount": "300000", "project": "XM-1",
         "taken_as": "special_fund", "into": "bank", "evidence": "银行回单"}  # fmt: skip
PAID = {"number": "SY-1", "day": "2026-05-01", "household": "H0001", "kind": "dividend", "amount": "3100"}


def sent(client, address: str, form: dict) -> None:
    response = client.post(P + address, form)
    assert response.status_code == 302, response.context["form"].errors


@pytest.fixture
def chen(reads):
    client = reads("chen")
    sent(client, "/enter/", PAIR)
    sent(client, "/of/JD-1/pledge/", PLEDGE)
    sent(client, "/of/JD-1/project/", PROJECT)
    return client


def test_from_the_promise_to_the_household(chen):
    assert "0 / 1" in chen.get(f"{P}/").content.decode()
    assert chen.post(f"{P}/of/JD-1/pledge/CN-1/", MONEY | {"evidence": ""}).status_code == 422
    sent(chen, "/of/JD-1/pledge/CN-1/", MONEY)
    assert "1 / 1" in chen.get(f"{P}/").content.decode()
    page = chen.get(f"{P}/of/JD-1/").content.decode()
    assert "300,000.00" in page
    assert "arrived in part" in page
    sent(chen, "/project/XM-1/benefit/", PAID)
    assert "no base" in chen.get(f"{P}/project/XM-1/").content.decode()
    before = PAID | {"number": "SY-2", "day": "2025-05-01", "amount": "100", "base": "on"}
    sent(chen, "/project/XM-1/benefit/", before)
    page = chen.get(f"{P}/project/XM-1/").content.decode()
    assert "3,000.00" in page
    assert "over 1 of 1 whose 2025 is known" in page
    text = b"".join(chen.get(f"{P}/project/XM-1/?as=csv").streaming_content).decode()
    assert "魏青根" in text
    assert chen.get(f"{P}/claims/").status_code == 200


def test_ended_and_taken_back(chen):
    sent(chen, "/of/JD-1/end/", {"last": "2026-06-30"})
    row = OrganisationLink.objects.current().get(kind="pairs")
    assert str(row.until_day) == "2026-07-01"
    assert chen.post(f"{P}/take-back/{row.reference}/", {"reason": "x"}).status_code == 422
    sent(chen, "/take-back/pledge:CN-1/", {"reason": "entered twice"})
    assert not Pledge.objects.current().exists()
    assert b"".join(chen.get(f"{P}/?as=xlsx").streaming_content).startswith(b"PK")
