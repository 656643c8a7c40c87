"""An office's own terms: entered by one, approved by another, never shorter than the law."""

from datetime import date

import pytest
from django.utils import timezone

from lianjie.ledger.models import NoticeTerm
from lianjie.ledger.queries import notice_terms
from tests.pages.test_personal import signed_in
from tests.pages.world import build

pytestmark = [pytest.mark.django_db, pytest.mark.mission("S4")]
TERMS = "/o/C2001/terms/"


@pytest.fixture
def world(db):
    return build(households=2)


def given(**other) -> dict[str, object]:
    today = timezone.localdate().isoformat()
    source = "章程第三十条"
    return {"what": "answer", "days": 5, "counted": "working", "from_day": today, "source": source} | other


def test_a_term_counts_once_another_person_approves_it(world):
    guo, chen = signed_in(world, "guo"), signed_in(world, "chen")
    today = timezone.localdate()
    assert notice_terms.term(world.coop.pk, "answer", today).days == 7
    assert guo.post(TERMS, given()).status_code == 302
    number = NoticeTerm.objects.get().pk
    assert notice_terms.term(world.coop.pk, "answer", today).days == 7, "it waits"
    assert guo.post(f"{TERMS}{number}/", {"verdict": "approved"}).status_code == 422, "one's own"
    assert chen.post(f"{TERMS}{number}/", {"verdict": "approved"}).status_code == 403
    assert chen.post(TERMS, given(days=9)).status_code == 302
    mine = NoticeTerm.objects.latest("pk").pk
    assert guo.post(f"{TERMS}{mine}/", {"verdict": "rejected"}).status_code == 422
    assert guo.post(f"{TERMS}{mine}/", {"verdict": "approved"}).status_code == 302
    term = notice_terms.term(world.coop.pk, "answer", today)
    assert (term.days, term.counted, term.source) == (9, "working", "章程第三十条")
    assert "9 working days" in chen.get(TERMS).content.decode()
    assert notice_terms.term(world.other.pk, "answer", today).days == 7, "each office its own"


def test_nobody_goes_below_the_law_or_back_in_time(world):
    chen = signed_in(world, "chen")
    short = chen.post(TERMS, given(what="disclosure", days=7))
    assert short.status_code == 422
    assert "art. 40" in short.content.decode()
    assert chen.post(TERMS, given(from_day="2020-01-01")).status_code == 422
    assert chen.post(TERMS, given(source=" ")).status_code == 422
    assert chen.post(TERMS, given(days=0)).status_code == 422
    assert not NoticeTerm.objects.exists()
    assert signed_in(world, "wei").get(TERMS).status_code == 403


def test_the_law_itself_counts_fifteen_days_for_a_coop_and_ten_for_a_collective(world):
    village = world.coop.__class__.objects.get(code="V1")
    assert notice_terms.until(world.coop.pk, "disclosure", date(2026, 1, 5)) == date(2026, 1, 20)
    assert notice_terms.until(village.pk, "disclosure", date(2026, 1, 5)) == date(2026, 1, 15)
    assert notice_terms.until(world.coop.pk, "answer", date(2026, 1, 5)) == date(2026, 1, 12)
