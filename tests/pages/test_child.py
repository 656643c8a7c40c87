"""Somebody under 14: masked whole, opened with a guardian's consent, named on no notice (PIPL, art. 31)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from lianjie.facts import sealing
from lianjie.facts.models import Party, Person, Residence, Seen
from lianjie.facts.queries import child as children
from lianjie.facts.rules.child import is_child
from lianjie.ledger.rules.notice import shown_name
from tests.pages.test_personal import PERSON, signed_in
from tests.pages.world import ID_NUMBER, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    made = build(households=2)
    born = timezone.localdate() - timedelta(days=365 * 9)
    Person.objects.filter(party__code="P0001").update(birth_day=born)
    return made


def test_fourteen_years_to_the_day():
    assert is_child(date(2012, 12, 1), date(2026, 11, 30))
    assert not is_child(date(2012, 11, 30), date(2026, 11, 30))
    assert not is_child(None, date(2026, 11, 30))


def test_a_childs_data_open_with_the_guardians_consent_alone(world):
    chen, luo = signed_in(world, "chen"), signed_in(world, "luo")
    text = chen.get(PERSON).content.decode()
    assert "360426********0071" not in text
    assert "Under 14" in text
    see = {"kind": ["id_number"], "purpose": "agreement", "reason": "signing the lease"}
    assert chen.post(f"{PERSON}see/", see).status_code == 422
    see |= {"purpose": "guardian", "reason": "the mother asked in the office"}
    assert chen.post(f"{PERSON}see/", see).status_code == 422, "no consent yet"
    assert chen.post(f"{PERSON}everything/", see).status_code == 422
    assert not Seen.objects.exists()
    told = {"guardian": "林秋月", "relation": "母亲", "day": "2026-11-01", "evidence": "同意书3号"}
    assert luo.post(f"{PERSON}consent/", told).status_code == 403
    assert chen.post(f"{PERSON}consent/", told | {"guardian": ""}).status_code == 422
    assert chen.post(f"{PERSON}consent/", told).status_code == 302
    assert "林秋月" in chen.get(PERSON).content.decode()
    assert ID_NUMBER in chen.post(f"{PERSON}see/", see).content.decode()
    assert chen.post(f"{PERSON}everything/", see).status_code == 200
    assert chen.post(f"{PERSON}see/", see | {"purpose": "agreement"}).status_code == 422
    chen.post(f"{PERSON}consent/", {"take_back": "1"})
    assert chen.post(f"{PERSON}see/", see).status_code == 422


def test_nobody_consents_for_a_grown_person(world):
    told = {"guardian": "某人", "relation": "叔叔", "day": "2026-11-01", "evidence": "口头"}
    refused = signed_in(world, "chen").post("/o/C2001/people/P0002/consent/", told)
    assert refused.status_code == 422


def test_a_child_is_known_by_its_number_where_no_day_of_birth_is_registered(world):
    person = Person.objects.get(party__code="P0001")
    number = "53990120200101001"
    sealed = sealing.seal(number + "0", sealing.person_row(person.pk))
    Person.objects.filter(pk=person.pk).update(birth_day=None, id_number_sealed=sealed)
    assert children.is_child(person.pk, date(2026, 11, 30))
    assert not children.is_child(person.pk, date(2034, 1, 1))


def test_no_notice_shows_a_child_nor_a_household_by_the_name_of_one(world):
    today = timezone.localdate()
    head = Residence.objects.current().get(person__code="P0001")
    assert children.among(["P0001", "P0002", "H0001", "H0002"], today) == {"P0001", "H0001"}
    assert Party.objects.get(pk=head.household_id).code == "H0001"
    assert shown_name("魏青根", "household", "full", child=True) == "***"
