"""Long lists by keyset: every member once, in order, whatever the size; nobody counts a large one."""

from datetime import date

import pytest

from lianjie.facts.models import Membership, Party
from lianjie.facts.queries import people, registers
from lianjie.facts.queries.people import MemberFilter
from lianjie.facts.queries.registers import Asked
from tests.pages.world import build

pytestmark = pytest.mark.both
TODAY = date(2026, 3, 1)


@pytest.fixture
def coop(engine):
    return build(households=16).coop


def walked(coop, chosen: MemberFilter) -> list[str]:
    """Codes of every row, page after page of three."""
    codes, after = [], ""
    while True:
        page = people.members(coop.pk, TODAY, chosen, after=after, limit=3)
        codes += [row.code for row in page.rows]
        after = page.next_after
        if not after:
            return codes


@pytest.mark.parametrize("sort", ["name", "code", "joined", "capital"])
@pytest.mark.parametrize("standing", ["now", "left", "all"])
def test_the_pages_hold_every_member_once_whichever_way_they_are_found(coop, monkeypatch, sort, standing):
    chosen = MemberFilter(sort=sort, standing=standing)
    few = walked(coop, chosen)
    monkeypatch.setattr(people, "FEW", 2)
    assert walked(coop, chosen) == few
    wanted = Membership.objects.filter(organisation_id=coop.pk)
    wanted = {
        "now": wanted.on(TODAY),
        "left": wanted.current().filter(until_day__lte=TODAY),
        "all": wanted.current(),
    }[standing]
    assert sorted(few) == sorted(wanted.values_list("member__code", flat=True))
    if sort == "code":
        assert few == sorted(few)


def test_a_large_organisation_is_narrowed_and_searched_alike(coop, monkeypatch):
    name = Party.objects.filter(memberships__organisation=coop, kind="household").earliest("sort_key")
    asked = [
        MemberFilter(search=name.name),
        MemberFilter(search=name.sort_key.replace(" ", "")),
        MemberFilter(search="".join(part[0] for part in name.sort_key.split())),
        MemberFilter(search=name.code),
        MemberFilter(village=name.area.code),
        MemberFilter(kind="household", status="ordinary"),
    ]
    before = [walked(coop, chosen) for chosen in asked]
    assert all(name.code in codes for codes in before[:5])
    monkeypatch.setattr(people, "FEW", 2)
    assert [walked(coop, chosen) for chosen in asked] == before
    assert people.members(coop.pk, TODAY, MemberFilter()).total is None
    villages, tags = people.villages_and_tags(coop.pk)
    assert tags
    assert isinstance(villages, list)


def test_a_long_register_is_not_counted(coop, monkeypatch):
    page = registers.page("contributions", coop.pk, TODAY, Asked(), after="", limit=3)
    assert page.total == len(list(registers.every("contributions", coop.pk, TODAY, Asked())))
    assert page.sums["amount"] > 0
    years = registers.years("contributions", coop.pk)
    monkeypatch.setattr(registers, "MOST", 2)
    short = registers.page("contributions", coop.pk, TODAY, Asked(), after="", limit=3)
    assert (short.rows, short.total, short.sums) == (page.rows, None, {})
    assert set(years) <= set(registers.years("contributions", coop.pk))
