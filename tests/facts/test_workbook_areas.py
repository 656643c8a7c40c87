"""Areas: imported from a list, or brought in by a book; the tree holds whatever comes first."""

from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

import lianjie.facts
from lianjie.base.refusal import Refusals
from lianjie.facts.actions import registry
from lianjie.facts.actions.people import (
    AreaListUnreadable,
    RoleUnknown,
    RoleWithoutScope,
    assign,
    import_areas,
    register_organisation,
)
from lianjie.facts.actions.registry import AreaNotRegistered, PartyNotRegistered, RegisteredOtherwise
from lianjie.facts.models import Area, Assignment, Organisation
from lianjie.facts.rules.book import AreaRow

SAMPLE = Path(lianjie.facts.__file__).with_name("areas-sample.csv")
VILLAGE = "513430102210"


def tree() -> dict[str, str | None]:
    return dict(Area.objects.values_list("code", "parent__code"))


@pytest.mark.both
def test_the_sample_is_imported_once_each_area_under_the_one_above():
    assert import_areas(SAMPLE) == 14
    assert import_areas(SAMPLE) == 0
    assert tree()[VILLAGE] == "513430102000"
    assert tree()["510000000000"] is None
    county = Area.objects.get(code="513430000000")
    assert Area.objects.within(county).count() == 12
    assert Area.objects.get(code=VILLAGE).level == "village"


@pytest.mark.both
def test_villages_may_come_before_what_lies_above_them():
    registry.add_areas([AreaRow(VILLAGE, "木府"), AreaRow("513430102200", "灯厂")])
    assert set(tree().values()) == {None}
    registry.add_areas([AreaRow("510000000000", "四川省")])
    assert tree()[VILLAGE] == "510000000000"
    import_areas(SAMPLE)
    assert tree()[VILLAGE] == "513430102000"
    for area in Area.objects.select_related("parent"):
        above = area.parent.path if area.parent else ""
        assert area.path == f"{above}{area.pk:x}/"


@pytest.mark.django_db
def test_every_wrong_line_is_named_and_nothing_is_imported(tmp_path: Path):
    path = tmp_path / "areas.csv"
    path.write_text("# note\ncode,name\n51,四川省\n5134x,凉山\n513430,\n", encoding="utf-8")
    with pytest.raises(Refusals) as refused:
        import_areas(path)
    assert [each.details["line"] for each in refused.value.refusals] == [4, 5]
    assert not Area.objects.exists()
    path.write_bytes("code,name\n51,四川省\n".encode("gb18030"))
    with pytest.raises(AreaListUnreadable):
        import_areas(path)
    path.write_text("51,四川省\n", encoding="utf-8")
    with pytest.raises(AreaListUnreadable):
        import_areas(path)


@pytest.mark.django_db
def test_an_organisation_is_registered_once():
    import_areas(SAMPLE)
    about = {"code": "MF01", "name": "木府魔芋专业合作社", "kind": "coop", "area": VILLAGE, "invented": True}
    first = register_organisation(**about)
    assert register_organisation(**about) == first
    assert Organisation.objects.get().kind == "coop"
    with pytest.raises(RegisteredOtherwise):
        register_organisation(**(about | {"name": "另一个合作社"}))
    with pytest.raises(AreaNotRegistered):
        register_organisation(**(about | {"code": "MF02", "area": "513430102299"}))


@pytest.mark.django_db
def test_a_role_is_given_once_and_always_somewhere():
    import_areas(SAMPLE)
    register_organisation(code="MF01", name="木府魔芋专业合作社", kind="coop", area=VILLAGE)
    user = get_user_model().objects.create(username="kuaiji").pk
    day = date(2025, 1, 1)
    assert assign(user, "accountant", organisation="MF01", start_day=day) == assign(
        user, "accountant", organisation="MF01", start_day=date(2025, 6, 1)
    )
    assign(user, "supervisor", area="513430", start_day=day)
    assert Assignment.objects.count() == 2
    with pytest.raises(RoleUnknown):
        assign(user, "king", organisation="MF01", start_day=day)
    with pytest.raises(RoleWithoutScope):
        assign(user, "chair", start_day=day)
    with pytest.raises(PartyNotRegistered):
        assign(user, "chair", organisation="MF99", start_day=day)
    with pytest.raises(AreaNotRegistered):
        assign(user, "supervisor", area="110000", start_day=day)
